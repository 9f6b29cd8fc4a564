"""The rows of links, facts, foci and status: numbers of the findings in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ictal.eeg.findings.types import Fact, Findings, Link, LinkCoupling, OnsetPlace
from ictal.report import words

ABOUT: Mapping[str, str] = {
    "captured": "What was captured",
    "sides": "Sides and foci",
    "migration": "Migrations",
    "chance": "Places together, against chance",
    "links": "Ties between the legs",
    "paths": "Paths",
    "clusters": "Clusters",
}


@dataclass(frozen=True, slots=True)
class LinkRow:
    """How one leg was reached from another."""

    legs: str
    way: str
    delay: str
    handover: str
    speed: str
    locking: str
    regression: str
    source: str


@dataclass(frozen=True, slots=True)
class FactRow:
    """One number with its interval, and what chance gives of it where that is known."""

    about: str
    meaning: str
    value: str
    interval: str
    chance: str
    cases: int


def link_row(link: Link) -> LinkRow:
    """One link in words; what is not known is a dash."""
    c = link.coupling
    mirrored = " (mirror place)" if link.homotopic else ""
    return LinkRow(
        legs=f"{link.from_leg} {link.from_electrode} → {link.to_leg} {link.to_electrode}",
        way=f"{link.way}{mirrored}",
        delay=words.signed_s(link.delay_s),
        handover=words.signed_s(link.handover_s),
        speed="–" if link.speed_cm_s is None else f"{words.number(link.speed_cm_s)} cm/s",
        locking="–" if c is None else f"{c.lagged_locking:.2f}{_p(c.lagged_p)}",
        regression="–" if c is None else f"{c.h2_forward:.2f} / {c.h2_backward:.2f}{_p(c.h2_p)}",
        source="–" if c is None else _tie(c),
    )


def _p(p: float | None) -> str:
    return "" if p is None else f" (p {p:.3f})"


def _tie(c: LinkCoupling) -> str:
    if c.conducted:
        return "perhaps one source"
    if c.tied is None:
        return "too short to judge"
    if not c.tied:
        return "not tied"
    return {1.0: "tied, the first leads", -1.0: "tied, the second leads"}.get(c.direction or 0.0, "tied")


def onset_text(onset: OnsetPlace | None) -> str:
    """The onset by the field, as a sentence; empty when it cannot be told."""
    if onset is None:
        return ""
    return (
        f" The field of its first seconds speaks for {onset.electrode} (confidence {onset.confidence:.2f}), then for "
        f"{onset.runner_up} ({onset.runner_up_confidence:.2f})."
    )


def fact_rows(findings: Findings) -> tuple[tuple[str, tuple[FactRow, ...]], ...]:
    """Numbers by what they are about, with what chance gives of each; those without a value are left out."""
    told = {f.name: f for f in findings.facts}
    beside = ("_by_chance", "_p")
    rows = [
        FactRow(f.about, f.meaning, _value(f, f.value), _interval(f), _chance(told, f), f.cases)
        for f in findings.facts
        if f.value is not None and not f.name.endswith(beside)
    ]
    groups = ((title, tuple(r for r in rows if r.about == about)) for about, title in ABOUT.items())
    return tuple((title, group) for title, group in groups if group)


def _value(fact: Fact, value: float | None) -> str:
    if value is None:
        return "not captured"
    if fact.interval.startswith("95 % interval"):
        return words.percent(value)
    if fact.interval.startswith("exact one-sided"):
        return f"up to {words.percent(value) if fact.unit == '1' else words.number(value) + ' ' + fact.unit}"
    return words.number(value) + ("" if fact.unit in ("1", "count") else f" {fact.unit}")


def _interval(fact: Fact) -> str:
    if fact.low is None or fact.high is None:
        return ""
    if fact.interval.startswith("95 % interval"):
        return f"{100 * fact.low:.0f} to {100 * fact.high:.0f} %"
    return f"{words.number(fact.low)} to {words.number(fact.high)}"


def _chance(told: Mapping[str, Fact], fact: Fact) -> str:
    chance, p = told.get(f"{fact.name}_by_chance"), told.get(f"{fact.name}_p")
    text = "" if chance is None or chance.value is None else f"{words.number(chance.value)} ({_interval(chance)})"
    if p is not None and p.value is not None:
        text += f"{', ' if text else ''}p = {p.value:.3f}"
    return text


def stability(findings: Findings) -> Mapping[str, str]:
    """For each focus, by its electrode: how often it is found again."""
    return {s.electrode: f"{s.found} of {s.draws} draws" for s in findings.stability}


def status_rows(findings: Findings) -> tuple[tuple[str, str], ...]:
    """Each rule of status that was told, and its answer."""
    return tuple(
        (
            f"Status by {s.rule}: {s.definition} ({s.provenance})",
            f"{'met' if s.met else 'not captured'}; worst hour {words.span(s.worst_hour_s)}, longest without a pause "
            f"{words.span(s.longest_s)}" + ("" if s.applies else "; shown because the age does not choose one"),
        )
        for s in findings.status
    )


def cluster_text(findings: Findings) -> str:
    """Clusters and storm in words; empty when there was none."""
    if not findings.clusters:
        return ""
    spans = "; ".join(
        f"{words.in_recording(c.start_s)} to {words.in_recording(c.stop_s)}, {len(c.seizure_ids)} seizures"
        for c in findings.clusters[:12]
    )
    storm = {True: "It was a storm.", False: "It was no storm.", None: "A storm was not captured."}[findings.storm]
    return f"{words.counted(len(findings.clusters), 'cluster')}: {spans}. {storm}"


def infant_text(findings: Findings) -> str:
    """How old the infant was, as told."""
    infant = findings.infant
    if infant.age_days is None:
        return "age not told"
    text = f"{words.number(infant.age_days)} days old"
    if infant.postmenstrual_weeks is not None:
        text += f", {infant.postmenstrual_weeks:.1f} weeks of postmenstrual age"
    if infant.head_cm is not None:
        text += f"; distances are those of a median head of {infant.head_cm:.1f} cm"
    return text + (f" (assumed: {infant.assumed})" if infant.assumed else "")
