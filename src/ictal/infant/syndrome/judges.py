"""The functions that judge a row from the record and the findings: one question each, `yes`, `no` or `unknown`.

A recording answers `yes` or nothing: what it did not show was not captured.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ictal.infant.syndrome.terms import text_of
from ictal.infant.syndrome.types import Answer, Case, GeneVariant, Judged, Link, RecordingSeen

YEAR_DAYS = 365.25
MONTH_DAYS = 30.4375

METABOLIC_GENES = ("ALDH7A1", "PNPO", "PLPBP", "SLC2A1")
DOMINANT = ("SLC2A1",)


@dataclass(frozen=True, slots=True)
class Judge:
    """A judging function, with the limits that a row must give it."""

    judge: Callable[[Case, Mapping[str, float], str], Judged]
    limits: tuple[str, ...] = ()


def onset_before(case: Case, limits: Mapping[str, float], _: str) -> Judged:
    """Did seizures begin before this age?"""
    low, high = case.onset_low_days, case.onset_high_days
    if low is None or high is None:
        return Judged(answer="unknown", reason=_onset_reason(case))
    limit = limits["days"]
    said = f"the first seizure was at {age_text(low, high)}"
    if high < limit:
        return Judged(answer="yes", reason=f"{said}.", evidence=case.onset)
    if low >= limit:
        return Judged(answer="no", reason=f"{said}, not before {age_text(limit, limit)}.", evidence=case.onset)
    reason = f"{said}: it cannot be told whether that is before {age_text(limit, limit)}."
    return Judged(answer="unknown", reason=reason, evidence=case.onset)


def onset_between(case: Case, limits: Mapping[str, float], _: str) -> Judged:
    """Did seizures begin between these ages?"""
    low, high = case.onset_low_days, case.onset_high_days
    if low is None or high is None:
        return Judged(answer="unknown", reason=_onset_reason(case))
    start, stop = limits["from_days"], limits["to_days"]
    said = f"the first seizure was at {age_text(low, high)}"
    if start <= low and high < stop:
        return Judged(answer="yes", reason=f"{said}.", evidence=case.onset)
    if high < start or low >= stop:
        return Judged(answer="no", reason=f"{said}.", evidence=case.onset)
    return Judged(answer="unknown", reason=f"{said}: it cannot be told on which side.", evidence=case.onset)


def focal_seizures(case: Case, _: Mapping[str, float], __: str) -> Judged:
    """Were focal seizures seen, on EEG or by somebody?"""
    showing = [r for r in case.recordings if r.focal > 0]
    seen = case.seen("focal-seizures")
    if showing:
        links = tuple(_recording_link(r, f"{_counted(r.focal, 'focal seizure')} of {r.seizures}") for r in showing)
        against = " The record says that focal seizures were not there: look at both." if seen.answer == "no" else ""
        return Judged(
            answer="yes", reason=f"recordings show focal seizures.{against}", evidence=(*links, *seen.evidence)
        )
    if seen.answer == "yes":
        return Judged(answer="yes", reason="the record reports focal seizures.", evidence=seen.evidence)
    if seen.contradictory:
        return Judged(answer="unknown", reason=_contradiction("focal seizures"), evidence=seen.evidence)
    if seen.answer == "no":
        return Judged(answer="no", reason="the record says that there were none.", evidence=seen.evidence)
    return Judged(answer="unknown", reason=_not_shown(case, "a focal seizure", "no focal seizure is recorded"))


def migration_seen(case: Case, limits: Mapping[str, float], _: str) -> Judged:
    """Did an ictal EEG show seizures that migrate?"""
    showing = [r for r in case.recordings if r.migrating > 0]
    count, placed = sum(r.migrating for r in case.recordings), sum(r.placed for r in case.recordings)
    reported = case.seen("migrating-reported")
    links = (
        *(_recording_link(r, f"{r.migrating} of {r.placed} placed seizures migrated") for r in showing),
        *reported.evidence,
    )
    seen = f"{count} of {placed} placed seizures migrated"
    against = " The record says that none was seen: look at both." if reported.answer == "no" else ""
    if count >= limits["seizures"]:
        return Judged(answer="yes", reason=f"{seen}.{against}", evidence=links)
    if reported.answer == "yes" and count >= limits["reported_and"]:
        return Judged(answer="yes", reason=f"{seen}, and the record reports migrating seizures.", evidence=links)
    if reported.answer == "yes" and reported.traced:
        return Judged(
            answer="yes", reason="the record reports it and names the examination that showed it.", evidence=links
        )
    if count:
        reason = f"{seen}: so few are to be looked at before they count ({limits['seizures']:g} do).{against}"
        return Judged(answer="unknown", reason=reason, evidence=links)
    if reported.answer == "yes":
        reason = "the record reports migrating seizures, and no recording is here that shows them: attach its findings."
        return Judged(answer="unknown", reason=reason, evidence=links)
    if reported.contradictory:
        return Judged(answer="unknown", reason=_contradiction("migrating seizures"), evidence=links)
    if reported.answer == "no":
        reason = "the record says that migrating seizures were not seen: not captured, which is not the same as absent."
        return Judged(answer="unknown", reason=reason, evidence=links)
    return Judged(answer="unknown", reason=_not_shown(case, "a migrating seizure", "no ictal EEG is here"))


def both_sides(case: Case, _: Mapping[str, float], __: str) -> Judged:
    """Did seizures keep starting on the left and on the right, over all recordings?"""
    left, right = sum(r.foci_left for r in case.recordings), sum(r.foci_right for r in case.recordings)
    links = tuple(
        Link(kind="recording", where=r.name, text="; ".join(r.places) or f"{r.foci_left} left, {r.foci_right} right")
        for r in case.recordings
        if r.foci_left or r.foci_right
    )
    if left and right:
        return Judged(answer="yes", reason="seizures kept starting on the left and on the right.", evidence=links)
    if left or right:
        side, other = ("left", "right") if left else ("right", "left")
        placed, hours = sum(r.placed for r in case.recordings), sum(r.readable_h for r in case.recordings)
        reason = (
            f"seizures kept starting on the {side}; a repeated onset on the {other} was not captured in {placed} "
            f"placed seizures and {hours:.1f} readable hours, which is not the same as absent."
        )
        return Judged(answer="unknown", reason=reason, evidence=links)
    return Judged(answer="unknown", reason=_not_shown(case, "a repeated onset on each side", "no ictal EEG is here"))


def drug_resistance(case: Case, limits: Mapping[str, float], _: str) -> Judged:
    """Did two or more medicines fail?"""
    failed = {m.name.casefold(): m for m in case.medicines if m.kind == "medicine" and m.outcome == "failed"}
    helped = [m for m in case.medicines if m.kind == "medicine" and m.outcome == "helped"]
    if len(failed) >= limits["failed"]:
        names = ", ".join(m.name for m in failed.values())
        reason = f"{len(failed)} medicines failed ({names}); whether each trial was adequate is for a reader to judge."
        return Judged(answer="yes", reason=reason, evidence=tuple(m.link for m in failed.values()))
    if case.drug_resistant:
        return Judged(
            answer="yes", reason="the record calls the epilepsy drug-resistant.", evidence=case.drug_resistant
        )
    if helped and not failed:
        names = ", ".join(m.name for m in helped)
        reason = f"a medicine is recorded as sufficient ({names}), and none as having failed."
        return Judged(answer="no", reason=reason, evidence=tuple(m.link for m in helped))
    if case.seizure_free and not failed:
        return Judged(
            answer="no", reason="seizures are recorded to have stopped under a medicine.", evidence=case.seizure_free
        )
    if failed:
        return Judged(answer="unknown", reason=f"one medicine failed so far ({next(iter(failed.values())).name}).")
    if case.undecided:
        return Judged(answer="unknown", reason=case.undecided[0].text)
    return Judged(answer="unknown", reason="no medicine is recorded with what came of it.")


def impairment(case: Case, limits: Mapping[str, float], _: str) -> Judged:
    """Is development impaired? Normal development counts against it only from the age that the row gives."""
    seen = case.seen("impairment")
    if seen.answer == "yes":
        return Judged(answer="yes", reason="the record reports delay or regression.", evidence=seen.evidence)
    if seen.contradictory:
        return Judged(answer="unknown", reason=_contradiction("delay or regression"), evidence=seen.evidence)
    if seen.answer == "no" and case.age_days is not None and case.age_days >= limits["days"]:
        reason = f"development is recorded as normal at {age_text(case.age_days, case.age_days)}."
        return Judged(answer="no", reason=reason, evidence=seen.evidence)
    if seen.answer == "no":
        reason = "development is recorded as normal so far, which it can be at onset."
        return Judged(answer="unknown", reason=reason, evidence=seen.evidence)
    return Judged(answer="unknown", reason="development is not recorded.")


def impaired_before_onset(case: Case, _: Mapping[str, float], __: str) -> Judged:
    """Was development abnormal before the first seizure?"""
    seen = case.seen("impairment")
    if seen.answer == "no":
        return Judged(answer="no", reason="development is recorded as normal.", evidence=seen.evidence)
    if seen.answer == "unknown":
        return Judged(answer="unknown", reason="development is not recorded.", evidence=seen.evidence)
    if seen.since_days is None or case.onset_low_days is None or case.onset_high_days is None:
        reason = "the ages of the first sign of delay and of the first seizure are not both recorded."
        return Judged(answer="unknown", reason=reason, evidence=seen.evidence)
    since, links = age_text(seen.since_days, seen.since_days), (*seen.evidence, *case.onset)
    if seen.since_days < case.onset_low_days:
        return Judged(answer="yes", reason=f"development was abnormal from {since} on.", evidence=links)
    if seen.since_exact and seen.since_days > case.onset_high_days:
        return Judged(
            answer="no", reason=f"delay is recorded from {since} on, after the first seizure.", evidence=links
        )
    return Judged(answer="unknown", reason="it cannot be told which came first, delay or seizures.", evidence=links)


def feature_there(case: Case, _: Mapping[str, float], feature: str) -> Judged:
    """Was this feature there?"""
    seen, text = case.seen(feature), text_of(feature)
    if seen.contradictory:
        return Judged(answer="unknown", reason=_contradiction(text), evidence=seen.evidence)
    if seen.answer == "yes":
        return Judged(answer="yes", reason=f"the record reports {text}.", evidence=seen.evidence)
    if seen.answer == "no":
        return Judged(answer="no", reason=f"it was looked for ({text}) and not there.", evidence=seen.evidence)
    return Judged(answer="unknown", reason=f"nothing is recorded of {text}.")


def treatable_metabolic(case: Case, _: Mapping[str, float], __: str) -> Judged:
    """Was a treatable metabolic disease proven, by a marker, a gene, or the answer to its vitamin?"""
    for feature in ("aasa", "plp-response", "low-csf-glucose"):
        seen = case.seen(feature)
        if seen.answer == "yes":
            return Judged(answer="yes", reason=f"the record reports {text_of(feature)}.", evidence=seen.evidence)
    genes = [v for v in case.variants if v.gene in METABOLIC_GENES and v.counts]
    names = ", ".join(sorted({v.gene for v in genes}))
    if any(_enough(v, genes) for v in genes):
        reason = f"what the laboratory found in {names} is enough for the disease."
        return Judged(answer="yes", reason=reason, evidence=tuple(v.link for v in genes))
    vitamins = [m for m in case.medicines if m.kind == "vitamin" and m.outcome in ("helped", "improved")]
    if vitamins:
        reason = f"seizures are recorded to answer to {vitamins[0].name}."
        return Judged(answer="yes", reason=reason, evidence=tuple(m.link for m in vitamins))
    if genes:
        reason = (
            f"one variant of {names} is recorded, whose disease needs two: look for the second, and for the marker."
        )
        return Judged(answer="unknown", reason=reason, evidence=tuple(v.link for v in genes))
    looked = [case.seen("aasa"), case.seen("low-csf-glucose")]
    links = tuple(link for seen in looked for link in seen.evidence)
    if all(seen.answer == "no" for seen in looked):
        return Judged(answer="no", reason="alpha-AASA was not raised and CSF glucose was not low.", evidence=links)
    if any(seen.contradictory for seen in looked):
        return Judged(answer="unknown", reason=_contradiction("a metabolic marker"), evidence=links)
    done = [text_of(f) for f in ("aasa", "low-csf-glucose") if case.seen(f).answer == "no"]
    if done:
        return Judged(
            answer="unknown", reason=f"only a part was looked for (not there: {', '.join(done)}).", evidence=links
        )
    return Judged(
        answer="unknown", reason="neither alpha-AASA nor CSF glucose is recorded: not asked, or not written down."
    )


def _enough(variant: GeneVariant, variants: Sequence[GeneVariant]) -> bool:
    """Is this enough for the disease: dominant, the cause by the laboratory's word, on both alleles, or one of two?"""
    twice = sum(v.gene == variant.gene for v in variants) > 1
    both = variant.zygosity in ("homozygous", "hemizygous", "compound heterozygous")
    return variant.gene in DOMINANT or variant.causative or both or twice


JUDGES: dict[str, Judge] = {
    "onset_before": Judge(onset_before, ("days",)),
    "onset_between": Judge(onset_between, ("from_days", "to_days")),
    "focal_seizures": Judge(focal_seizures),
    "migration_seen": Judge(migration_seen, ("seizures", "reported_and")),
    "both_sides": Judge(both_sides),
    "drug_resistance": Judge(drug_resistance, ("failed",)),
    "impairment": Judge(impairment, ("days",)),
    "impaired_before_onset": Judge(impaired_before_onset),
    "feature": Judge(feature_there),
    "treatable_metabolic": Judge(treatable_metabolic),
}
"""Every function that a row may name."""


def pointers(case: Case, answers: Mapping[str, Answer]) -> tuple[str, ...]:
    """What points to the syndrome before all of it is there: several foci, or a first sight of migration?"""
    found = []
    if answers.get("ictal-migration") == "yes":
        found.append("migration was seen")
    elif any(r.migrating for r in case.recordings) or case.seen("migrating-reported").answer == "yes":
        found.append("migration was seen once or is reported")
    if answers.get("both-hemispheres") == "yes":
        found.append("seizures arise in both hemispheres")
    elif sum(r.foci for r in case.recordings) > 1:
        found.append("seizures have several foci")
    if case.seen("multifocal").answer == "yes":
        found.append("multifocal discharges are recorded")
    return tuple(found)


def age_text(low_days: float, high_days: float) -> str:
    """An age in the unit that a reader would choose: `10 days`, `3.0 months`, `0 to 28 days`."""
    if low_days != high_days:
        return f"{_age(low_days)} to {_age(high_days)}"
    return _age(low_days)


def _age(days: float) -> str:
    if days < 61:
        whole = f"{days:.0f}" if days >= 1 or days == 0 else f"{days:.1f}"
        return f"{whole} day" if whole == "1" else f"{whole} days"
    if days < 2 * YEAR_DAYS:
        return f"{days / MONTH_DAYS:.1f}".removesuffix(".0") + " months"
    return f"{days / YEAR_DAYS:.1f}".removesuffix(".0") + " years"


def _onset_reason(case: Case) -> str:
    if case.seen("seizures").answer == "no":
        return "the record says that there were no seizures, so there is no age at the first one."
    return "the age at the first seizure is not recorded."


def _contradiction(what: str) -> str:
    return f"the record says of {what} that it was there and that it was not: look at the entries."


def _not_shown(case: Case, what: str, nothing: str) -> str:
    """Why a recording does not answer: none, nothing readable, no seizure, or not captured in so much."""
    if not case.recordings:
        return f"{nothing}: not recorded, or not attached."
    hours, seizures = sum(r.readable_h for r in case.recordings), sum(r.seizures for r in case.recordings)
    if hours <= 0 and not seizures:
        return "nothing of the recordings could be read."
    few = " Too little recording to say more." if hours < 24 else ""
    read = f"{hours:.1f} readable hours" if hours >= 1 else _counted(max(1, round(60 * hours)), "readable minute")
    had = f"{_counted(seizures, 'seizure')} in {read}"
    return f"{what} was not captured ({had}), which is not the same as absent.{few}"


def _recording_link(recording: RecordingSeen, text: str) -> Link:
    at = f" at {', '.join(recording.moments)}" if recording.moments else ""
    return Link(kind="recording", where=f"{recording.name}{at}", text=text)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun if count == 1 else noun + 's'}"
