"""Which stays belong to one seizure, and how did it come from one to the next?

handover   A ------------          B begins near the end of A and outlasts it:
                      B ---------  migration, or spread when B is a neighbour of the same side
joining    A ------------------    B is near, on the same side, and A goes on: spread
                 B ---------
both sides A -------------         onsets within two seconds, left and right: simultaneous
           B --------------
apart      A ------------------    far, and A goes on: two seizures, open at once
                 B -------
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ictal.base.electrodes import Hemisphere, angle_between
from ictal.eeg.tracking.settings import TrackingSettings
from ictal.eeg.tracking.types import Leg, Passage

NEAR_RAD = 0.85
"""Places nearer than this are neighbours: C3-T7 is 0.80, F3-P3 1.4, O1-O2 0.63 on the unit sphere."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A leg that still looks for its seizure.

    `track` tells which candidates are one continuous movement, `log_odds` how likely the leg is ictal.
    """

    leg: Leg
    track: tuple[int, int]
    log_odds: float


@dataclass(frozen=True, slots=True)
class _Choice:
    seizure: int
    leg: int
    way: Passage
    distance_s: float


def link(candidates: Sequence[Candidate], settings: TrackingSettings) -> list[tuple[Candidate, ...]]:
    """Group legs into seizures; every leg but the first of each says from which leg it came and how."""
    seizures: list[list[Candidate]] = []
    for candidate in sorted(candidates, key=lambda c: (c.leg.start_s, c.leg.stop_s, c.leg.electrode)):
        choices = [
            choice
            for s, members in enumerate(seizures)
            for k, earlier in enumerate(members)
            if (choice := _choice(s, k, earlier, candidate, members, settings)) is not None
        ]
        if not choices:
            seizures.append([candidate])
            continue
        best = min(choices, key=lambda c: (c.distance_s, -c.seizure, -c.leg))
        joined = replace(candidate.leg, came_from=best.leg, came_by=best.way)
        seizures[best.seizure].append(replace(candidate, leg=joined))
    return [tuple(members) for members in seizures]


def _choice(
    s: int, k: int, a: Candidate, b: Candidate, members: Sequence[Candidate], settings: TrackingSettings
) -> _Choice | None:
    """Can `b` have come from `a`, how, and how well does it fit (smaller is better)?"""
    first, second = a.leg, b.leg
    delay_s, offset_s = second.start_s - first.start_s, second.start_s - first.stop_s
    sides = {first.hemisphere, second.hemisphere}
    crosses = sides == {Hemisphere.left, Hemisphere.right}
    near = angle_between(first.electrode, second.electrode) <= NEAR_RAD
    if offset_s > settings.handover_gap_s:
        return None
    if a.track == b.track:
        return _Choice(s, k, _way(first, second, crosses, near), abs(offset_s) - 100.0)
    if not _one_rhythm(first.frequency_hz, second.frequency_hz, settings):
        return None
    overlap_s = first.interval.overlap_s(second.interval)
    if delay_s <= settings.simultaneous_s and overlap_s >= 0.5 * min(first.duration_s, second.duration_s):
        if crosses and k == 0:
            return _Choice(s, k, Passage.simultaneous, 0.0)
        return _Choice(s, k, Passage.spread, 1.0) if near or not crosses else None
    longest_overlap_s = min(settings.handover_overlap_s, 0.6 * max(first.duration_s, second.duration_s))
    outlasts = second.stop_s > first.stop_s
    taken = any(c.leg.came_from == k and c.leg.came_by is Passage.migration for c in members)
    if outlasts and -offset_s <= longest_overlap_s:
        return _Choice(s, k, _way(first, second, crosses, near), abs(offset_s) + (10.0 if taken else 0.0))
    if near and not crosses:
        return _Choice(s, k, Passage.spread, 20.0)
    return None


def _one_rhythm(a_hz: float, b_hz: float, settings: TrackingSettings) -> bool:
    """The rhythm of a seizure is stable: it changes little from one leg to the next, or is seen at its double."""
    ratio = max(a_hz, b_hz) / max(min(a_hz, b_hz), 1e-6)
    return ratio <= settings.rhythm_ratio or abs(ratio - 2.0) <= 0.15


def _way(first: Leg, second: Leg, crosses: bool, near: bool) -> Passage:
    """Migration when the next place is on the other side, or in another region while the first wanes; else spread."""
    if crosses:
        return Passage.migration
    goes_on_s = first.stop_s - second.start_s
    waned = goes_on_s <= 0.5 * second.duration_s
    return Passage.migration if waned and (not near or first.lobe is not second.lobe) else Passage.spread
