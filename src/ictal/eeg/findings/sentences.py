"""The findings in plain sentences, the most important first, and what was not captured."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ictal.base.provenance import Step
from ictal.eeg.findings.missed import rate_missed_per_h, share_missed
from ictal.eeg.findings.status import Status
from ictal.eeg.findings.types import Findings, Share

SHORT_S = 1800.0
"""A recording with less readable time than this says little about what it did not show; own design."""

HARDLY_READ_SHARE = 0.5
"""A derivation that could be read for less than this share of the recorded time is named; own design."""


def sentences(findings: Findings, statuses: tuple[Status, ...] = ()) -> Findings:
    """The findings with their `statements` filled in."""
    said = (
        *_seizures(findings),
        *_moved(findings),
        *_foci(findings),
        *_together(findings),
        *_caution(findings),
        *_missed(findings),
    )
    said = (*said, *_status(findings, statuses))
    return replace(findings, statements=said)


def _seizures(f: Findings) -> Iterator[str]:
    marked = _marked(f)
    done = "marked" if marked is not None else "found"
    found = f"1 seizure was {done}" if f.seizures == 1 else f"{f.seizures} seizures were {done}"
    if f.recorded.readable_s <= 0:
        if f.seizures == 0:
            yield "Nothing of this recording could be read, so nothing can be said about seizures."
        elif marked is not None:
            yield f"{found}, and at no time could half of the electrodes be read."
        else:
            yield f"{found} by few electrodes: at no time could half of them be read, so others may have been missed."
        return
    read = f"{duration(f.recorded.readable_s)} that could be read"
    if f.seizures == 0:
        yield f"No seizure was {done} in {read}."
        return
    yield f"{found} in {read}: {duration(f.seizure_s)} of seizure, {f.burden_min_per_h or 0.0:.1f} minutes an hour."
    not_read_s = next((s.outcome.get("seizure_s_not_read") for s in f.steps if s.name == "findings"), None)
    if isinstance(not_read_s, int | float) and not_read_s >= 1:
        yield (
            f"{duration(not_read_s)} of seizure lies in time in which less than half of the electrodes could be read: "
            "it was bridged or seen by few, and is not counted in the minutes an hour."
        )
    if marked is not None:
        yield from _source(f, marked)


def _marked(f: Findings) -> Step | None:
    """The step that took marks from elsewhere, when there was one."""
    return next((step for step in f.steps if step.name == "marks"), None)


def _source(f: Findings, marked: Step) -> Iterator[str]:
    """Whose seizures are these, and which of them have no place or were left out?"""
    lost, left_out = marked.outcome.get("not_localised"), marked.outcome.get("left_out")
    source = marked.parameters.get("source")
    yield f"The times of the seizures are marks from elsewhere ({source}); their places were found here."
    if lost:
        yield f"{lost} of {f.seizures} could not be localised: they count, and nothing is said of where they were."
    if left_out:
        were = "mark was" if left_out == 1 else "marks were"
        yield f"{left_out} {were} left out, with the reason in the notices."


def _moved(f: Findings) -> Iterator[str]:
    if f.migration.migrating.of == 0:
        return
    moving, crossing = f.migration.migrating, f.migration.crossing_midline
    if moving.count == 0:
        yield "It was not seen to migrate." if f.migration.migrating.of == 1 else "None of them was seen to migrate."
        return
    if f.migration.migrating.of == 1:
        sides = ", and showed legs on both sides of the head" if crossing.count else ""
        yield f"It migrated from one region or hemisphere to another{sides}."
        return
    moved = f"{_of(moving)} migrated from one region or hemisphere to another"
    yield f"{moved}; {_of(crossing)} showed legs on both sides of the head."


def _foci(f: Findings) -> Iterator[str]:
    i = f.independence
    if f.foci:
        names = ", ".join(f"{x.electrode} ({x.hemisphere} {x.lobe}, {x.seizures})" for x in f.foci)
        yield f"Seizures kept starting at {_counted(i.foci, 'place')}: {names}."
    elif f.seizures > 1:
        yield "No place of repeated onset was found."
    if i.both_hemispheres:
        yield "The foci lie in both hemispheres."
    if i.overlapping_pairs:
        were = "was" if len(i.overlapping_pairs) == 1 else "were"
        yield f"{_counted(len(i.overlapping_pairs), 'pair')} of seizures {were} open at once in different places."


def _together(f: Findings) -> Iterator[str]:
    """Did places follow each other by more than chance, and did seizures come in clusters?"""
    told = {x.name: x for x in f.facts}
    seen, chance, p = (told.get(n) for n in ("handovers", "handovers_by_chance", "handovers_p"))
    if seen is not None and chance is not None and p is not None:
        times = _counted(round(seen.value or 0), "time")
        yield (
            f"A place took over from another {times}; with each place's own timing shuffled it is "
            f"{chance.value:.1f} (95 % of shuffles {chance.low:.0f}-{chance.high:.0f}; p = {p.value:.3f})."
        )
    if f.clusters:
        count = sum(len(c.seizure_ids) for c in f.clusters)
        storm = ": a storm" if f.storm else ""
        yield f"{count} of {f.seizures} seizures came in {_counted(len(f.clusters), 'cluster')}{storm}."


def _caution(f: Findings) -> Iterator[str]:
    if f.recorded.readable_s < SHORT_S:
        read = duration(f.recorded.readable_s)
        yield f"Only {read} could be read: what was not seen here was not captured, which is not the same as absent."
    elif f.seizures == 0 or f.migration.migrating.count == 0:
        yield "What was not seen was not captured in this recording, which is not the same as absent."
    if f.recorded.gaps:
        lost = duration(f.recorded.duration_s - f.recorded.recorded_s)
        yield f"The recording has {_counted(len(f.recorded.gaps), 'gap')}, {lost} in all, in which nobody looked."
    hardly = [q.derivation for q in f.quality if q.readable_s < HARDLY_READ_SHARE * q.recorded_s]
    if hardly and f.recorded.readable_s > 0:
        names = ", ".join(hardly)
        yield f"Less than half of the time could be read on {names}: seizures there may have been missed."


def _missed(f: Findings) -> Iterator[str]:
    placed = f.migration.migrating
    rate, most = rate_missed_per_h(f.recorded.readable_s / 3600.0), share_missed(placed.of)
    if f.seizures == 0 and rate is not None:
        yield f"Without a seizure in this time, up to {rate:.2g} seizures an hour could have been missed (95 % bound)."
    if most is not None and placed.count == 0:
        rests = f"That none migrated rests on {_counted(placed.of, 'seizure')}"
        yield f"{rests}: up to {100 * most:.0f} % of this infant's could migrate and be missed (exact 95 % bound)."
    other = next((x for x in f.facts if x.name == "second_hemisphere_missed" and x.value is not None), None)
    if other is not None and other.value is not None:
        left = any(x.name == "onsets_left" and x.value for x in f.facts)
        here, there = ("left", "right") if left else ("right", "left")
        all_ = "The one onset with a side was" if other.cases == 1 else f"All {other.cases} onsets with a side were"
        share = f"up to {100 * other.value:.0f} % of this infant's"
        yield f"{all_} on the {here}: {share} could begin on the {there} and be missed (exact 95 % bound)."


def _status(f: Findings, statuses: tuple[Status, ...]) -> Iterator[str]:
    if f.seizures == 0:
        return
    for s in statuses:
        unknown = "gestation" if f.infant.age_days is not None else "age"
        age = f", shown because the {unknown} is not known" if s.applies is None else ""
        met = "met" if s.met else "not captured"
        worst = f"{duration(s.worst_hour_s)} of seizure in the worst hour, {duration(s.longest_s)} without a pause"
        yield f"Status by {s.rule.name} ({s.rule.text}; {s.rule.provenance}){age}: {met}, with {worst}."


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _of(share: Share) -> str:
    if share.share is None or share.low is None or share.high is None:
        return "none"
    interval = f"95 % interval {100 * share.low:.0f}-{100 * share.high:.0f} %"
    return f"{share.count} of {share.of} ({100 * share.share:.0f} %, {interval})"


def duration(seconds: float) -> str:
    """A length of time in words that fit its size: `0.4 s`, `48 s`, `3 min 20 s`, `23 h 40 min`."""
    s = round(seconds)
    if 0 < seconds < 9.95:
        return f"{max(seconds, 0.1):.1f}".removesuffix(".0") + " s"
    if s < 120:
        return f"{s} s"
    if s < 7200:
        return f"{s // 60} min {s % 60} s" if s % 60 else f"{s // 60} min"
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes % 60 else f"{minutes // 60} h"
