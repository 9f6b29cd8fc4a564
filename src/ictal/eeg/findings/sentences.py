"""The findings in plain sentences, the most important first, and what was not captured."""

from __future__ import annotations

from dataclasses import replace

from ictal.eeg.findings.types import Findings, Share

SHORT_S = 1800.0
"""A recording with less readable time than this says little about what it did not show; own design."""


def sentences(findings: Findings) -> Findings:
    """The findings with their `statements` filled in."""
    said = [_seizures(findings), *_moved(findings), *_foci(findings), *_caution(findings)]
    return replace(findings, statements=tuple(s for s in said if s))


def _seizures(f: Findings) -> str:
    read = duration(f.recorded.readable_s)
    if f.recorded.readable_s <= 0:
        return "Nothing of this recording could be read, so nothing can be said about seizures."
    if f.seizures == 0:
        return f"No seizure was found in {read} that could be read."
    noun = "seizure was" if f.seizures == 1 else "seizures were"
    return (
        f"{f.seizures} {noun} found in {read} that could be read: {duration(f.seizure_s)} of seizure, "
        f"{f.burden_min_per_h:.1f} minutes an hour."
    )


def _moved(f: Findings) -> list[str]:
    if f.seizures == 0:
        return []
    moving, crossing = f.migration.migrating, f.migration.crossing_midline
    if moving.count == 0:
        return ["None of them was seen to migrate."] if f.seizures > 1 else ["It was not seen to migrate."]
    first = f"{_of(moving)} migrated from one region or hemisphere to another"
    return [f"{first}; {_of(crossing)} showed legs on both sides of the head."]


def _foci(f: Findings) -> list[str]:
    i = f.independence
    if not f.foci:
        return ["No place of repeated onset was found."] if f.seizures > 1 else []
    names = ", ".join(f"{x.electrode} ({x.hemisphere} {x.lobe}, {x.seizures})" for x in f.foci)
    start = f"Seizures kept starting at {i.foci} place{'s' if i.foci > 1 else ''}: {names}."
    sides = "The foci lie in both hemispheres." if i.both_hemispheres else ""
    pairs = len(i.overlapping_pairs)
    open_at_once = f"{pairs} pair{'s' if pairs != 1 else ''} of seizures were open at once in different places." if pairs else ""
    return [s for s in (start, sides, open_at_once) if s]


def _caution(f: Findings) -> list[str]:
    said = []
    if f.recorded.readable_s < SHORT_S:
        said.append(
            f"Only {duration(f.recorded.readable_s)} could be read: what was not seen here was not captured, which is not "
            f"the same as absent."
        )
    elif f.seizures == 0 or f.migration.migrating.count == 0:
        said.append("What was not seen was not captured in this recording, which is not the same as absent.")
    if f.recorded.gaps:
        lost_s = f.recorded.duration_s - f.recorded.recorded_s
        said.append(f"The recording has {len(f.recorded.gaps)} gap(s), {duration(lost_s)} in all, in which nobody looked.")
    return said


def _of(share: Share) -> str:
    if share.share is None or share.low is None or share.high is None:
        return "none"
    return f"{share.count} of {share.of} ({100 * share.share:.0f} %, 95 % interval {100 * share.low:.0f}-{100 * share.high:.0f} %)"


def duration(seconds: float) -> str:
    """A length of time in words that fit its size: `48 s`, `3 min 20 s`, `23 h 40 min`."""
    s = round(seconds)
    if s < 120:
        return f"{s} s"
    if s < 7200:
        return f"{s // 60} min {s % 60} s" if s % 60 else f"{s // 60} min"
    return f"{s // 3600} h {s % 3600 // 60} min"
