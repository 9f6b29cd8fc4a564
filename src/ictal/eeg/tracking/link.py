"""Which stays belong to one seizure, and how did it come from one to the next?

handover   A ------------          B begins near the end of A and outlasts it:
                      B ---------  migration, or spread when B is a neighbour of the same side
joining    A ------------------    B is near, on the same side, and A goes on: spread
                 B ---------
both sides A -------------         onsets within three seconds, on different sides: simultaneous
           B --------------
together   A --------------        two that begin and end nearly together, whatever their rhythm: one seizure
             B -----------
apart      A ------------------    far, and A goes on: two seizures, open at once
                 B -------
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ictal.base.electrodes import Hemisphere, angle_between
from ictal.eeg.tracking.settings import TrackingSettings
from ictal.eeg.tracking.types import Leg, Passage

NEAR_RAD = 0.85
"""Places nearer than this are neighbours: C3-T7 is 0.80, F3-P3 1.4, O1-O2 0.63 on the unit sphere."""


LEAST_BOND, NOT_BOUND = 0.5, -9.0
"""Log-odds from which two legs are of one seizure (most pairs are, and two seizures made one are lost), and those of
legs too far apart in time to be asked about; own design."""

TOGETHER = 0.8
"""Seizures that share this much of the time from the first onset to the last end are one."""


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
    apart: bool = False
    """The drawings would make two seizures of them."""


def in_order(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Candidates in order of onset, the likelier first where two begin and end at once."""
    return sorted(candidates, key=lambda c: (c.leg.start_s, c.leg.stop_s, -c.log_odds, c.leg.electrode))


def link(
    candidates: Sequence[Candidate], settings: TrackingSettings, bonds: Mapping[tuple[int, int], float] | None = None
) -> list[tuple[Candidate, ...]]:
    """Group legs into seizures; every leg but the first of each says from which leg it came and how.

    `bonds` are the log-odds that two candidates `(a, b)`, counted in order (`in_order`), are of one seizure: of legs of
    one rhythm the likeliest is taken, if it is likely enough, those far apart too. Without them, the drawings above say
    what is apart, and what fits best in time is taken.
    """
    ordered = in_order(candidates)
    seizures: list[list[int]] = []
    legs = [c.leg for c in ordered]

    def bond(a: int, b: int) -> float | None:
        return None if bonds is None else bonds.get((a, b), NOT_BOUND)

    for b, candidate in enumerate(ordered):
        choices = [
            choice
            for s, members in enumerate(seizures)
            for k, a in enumerate(members)
            if (choice := _choice((s, k), ordered[a], candidate, [legs[m] for m in members], settings)) is not None
            and _joins(choice, bond(a, b), candidate.track == ordered[a].track)
        ]
        if not choices:
            seizures.append([b])
            continue
        best = min(
            choices, key=lambda c: (-(bond(seizures[c.seizure][c.leg], b) or 0.0), c.distance_s, -c.seizure, -c.leg)
        )
        legs[b] = replace(candidate.leg, came_from=best.leg, came_by=best.way)
        seizures[best.seizure].append(b)
    return _joined([[replace(ordered[k], leg=legs[k]) for k in members] for members in seizures], settings)


def _joins(choice: _Choice, bond: float | None, one_track: bool) -> bool:
    """Is a choice taken into account? One movement always; else what the judge binds, or what the drawings do."""
    if one_track:
        return True
    return not choice.apart if bond is None else bond > LEAST_BOND


def _joined(seizures: Sequence[Sequence[Candidate]], settings: TrackingSettings) -> list[tuple[Candidate, ...]]:
    """Seizures that begin and end nearly together are one, whatever the rhythm that each place shows of it."""
    done: list[tuple[Candidate, ...]] = []
    for members in seizures:
        twin = next((k for k, other in enumerate(done) if _shared(members, other) >= TOGETHER), None)
        if twin is None:
            done.append(tuple(members))
        else:
            done[twin] = _merged(done[twin], members, settings)
    return done


def _shared(a: Sequence[Candidate], b: Sequence[Candidate]) -> float:
    """Which share of the time of both do two seizures have in common?"""
    spans = [(min(c.leg.start_s for c in x), max(c.leg.stop_s for c in x)) for x in (a, b)]
    (p, q), (r, t) = spans
    return (min(q, t) - max(p, r)) / (max(q, t) - min(p, r))


def _merged(a: Sequence[Candidate], b: Sequence[Candidate], settings: TrackingSettings) -> tuple[Candidate, ...]:
    """The legs of two seizures as those of one, in order of onset; the later onset joined the earlier one."""
    first, second = (a, b) if a[0].leg.start_s <= b[0].leg.start_s else (b, a)
    old = [(0, k) for k in range(len(first))] + [(1, k) for k in range(len(second))]
    legs = [*first, *second]
    order = sorted(range(len(legs)), key=lambda n: legs[n].leg.start_s)
    place = {old[n]: new for new, n in enumerate(order)}
    onset, end_s = legs[order[0]].leg, max(c.leg.stop_s for c in legs)
    goes_on = onset.duration_s >= TOGETHER * (end_s - onset.start_s)
    out: list[Candidate] = []
    for n in order:
        part, leg = old[n][0], legs[n].leg
        if leg.came_from is not None:
            leg = replace(leg, came_from=place[part, leg.came_from])
        elif part == 1:
            leg = replace(leg, came_from=place[0, 0], came_by=Passage.spread)
        if out and leg.start_s - onset.start_s <= settings.simultaneous_s and leg.hemisphere is not onset.hemisphere:
            leg = replace(leg, came_from=0, came_by=Passage.simultaneous)
        elif goes_on and leg.came_by is Passage.migration:
            leg = replace(leg, came_by=Passage.spread)  # the first place does not wane
        out.append(replace(legs[n], leg=leg))
    return tuple(out)


def _choice(
    where: tuple[int, int], a: Candidate, b: Candidate, members: Sequence[Leg], settings: TrackingSettings
) -> _Choice | None:
    """Can `b` have come from `a`, how, and how well does it fit (smaller is better)?

    `where` is the seizure and the leg of it that `a` is, `members` are the legs of that seizure so far.
    """
    s, k = where
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
        if first.hemisphere is not second.hemisphere and k == 0:
            return _Choice(s, k, Passage.simultaneous, 0.0)
        return _Choice(s, k, Passage.spread, 1.0)
    longest_overlap_s = min(settings.handover_overlap_s, 0.6 * max(first.duration_s, second.duration_s))
    outlasts = second.stop_s > first.stop_s
    taken = any(leg.came_from == k and leg.came_by is Passage.migration for leg in members)
    if outlasts and -offset_s <= longest_overlap_s:
        distance_s = abs(offset_s) + (10.0 if taken else 0.0)
        return _Choice(s, k, _way(first, second, crosses, near), distance_s)
    return _Choice(s, k, Passage.spread, 20.0, apart=crosses or not near)


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
