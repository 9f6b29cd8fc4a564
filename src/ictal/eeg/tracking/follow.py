"""From discharges to seizures: the door of the tracking room."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.ndimage import uniform_filter1d

from ictal.base.electrodes import angle_between, neighbours
from ictal.base.statistics import median
from ictal.base.time import Interval, IntervalSet
from ictal.eeg.detection.types import Discharge, Scores
from ictal.eeg.signal.stream import Preparer
from ictal.eeg.signal.types import HIDING, INTERNAL_RATE_HZ, Mask, Montage
from ictal.eeg.tracking import bonds, kernels, places
from ictal.eeg.tracking.company import Place, companies
from ictal.eeg.tracking.conduction import AROUND, Together
from ictal.eeg.tracking.judge import Judge, packaged, probability, span_of
from ictal.eeg.tracking.link import Candidate, in_order, link
from ictal.eeg.tracking.measures import Measures, measure, values
from ictal.eeg.tracking.places import Episode, Stay
from ictal.eeg.tracking.settings import TrackingSettings
from ictal.eeg.tracking.types import Leg, Seizure, mark_pattern

Samples = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]

REACH_RAD, LEAST_SHARED_S = 1.1, 2.0
"""Discharges within this angle of a leg's centre, that share this much time with it, are part of the leg."""


@dataclass(frozen=True, slots=True)
class Observed:
    """An episode with the stays found in it and what was measured of each.

    `beside` tells for each stay which other one is the largest at the same time (its number in `stays`), and how much
    of it moves with that one without delay.
    """

    episode: Episode
    members: tuple[Discharge, ...]
    stays: tuple[Stay, ...]
    measures: tuple[Measures, ...]
    beside: tuple[tuple[int | None, float], ...]


def follow(
    discharges: Sequence[Discharge], scores: Scores, montage: Montage, signal: Preparer, settings: TrackingSettings
) -> tuple[Seizure, ...]:
    """Which seizures do these discharges make, where did each begin, and how did it move?

    `signal` prepares the same montage; what it gives of each episode tells a second place from the far field of the
    first, and a discharge from a normal rhythm. Sorted by onset; a recording without discharges gives none.
    """
    observed = list(observe(discharges, scores, montage, signal, settings))
    return assemble(observed, montage, packaged(), hours_of(scores), settings)


def hours_of(scores: Scores) -> float:
    """How many hours were recorded, gaps not counted?"""
    recorded = ((scores.flags & np.uint8(Mask.gap)) == 0).any(axis=0)
    return float(np.count_nonzero(recorded)) / 3600


def assemble(
    observed: Sequence[Observed], montage: Montage, judge: Judge, hours: float, settings: TrackingSettings
) -> tuple[Seizure, ...]:
    """Which seizures do these stays make? Likely stays become legs, legs are linked, likely seizures are kept."""
    alone = judge.alone.log_odds([values(m) for seen in observed for m in seen.measures])
    odds = judge.company.log_odds(companies(placed(observed), alone, hours))
    legs = candidates(observed, odds, montage, settings)
    which, said = pairs_of(legs, observed, settings)
    linked = chains(legs, which, judge.bond.log_odds(said), settings)
    found = []
    for members, confidence in zip(linked, judge.confidences(linked, hours), strict=True):
        if confidence >= settings.accept_confidence:
            path = tuple(c.leg for c in members)
            found.append(Seizure(path, mark_pattern(path), round(confidence, 3)))
    return tuple(sorted(found, key=lambda s: (s.start_s, s.stop_s)))


def placed(observed: Sequence[Observed]) -> list[Place]:
    """All stays of a recording, one among the others."""
    found: list[Place] = []
    for seen in observed:
        before = len(found)
        for stay, measures, (beside, together) in zip(seen.stays, seen.measures, seen.beside, strict=True):
            found.append(
                Place(
                    float(seen.episode.start_s + stay.start),
                    float(seen.episode.start_s + stay.stop),
                    seen.episode.electrodes[stay.electrode],
                    _size_uv(stay, seen.episode),
                    measures,
                    None if beside is None else before + beside,
                    together,
                )
            )
    return found


def candidates(
    observed: Sequence[Observed], odds: Floats, montage: Montage, settings: TrackingSettings
) -> list[list[Candidate]]:
    """Likely legs, episode by episode, in order of onset. `odds` are the log-odds of all stays, in order."""
    found: list[list[Candidate]] = []
    at = 0
    for number, seen in enumerate(observed):
        found.append(
            in_order(
                [
                    Candidate(_leg(stay, seen, montage), (number, stay.track), float(o))
                    for stay, o in zip(seen.stays, odds[at : at + len(seen.stays)], strict=True)
                    if probability(o) >= settings.leg_probability
                ]
            )
        )
        at += len(seen.stays)
    return found


def pairs_of(
    legs: Sequence[Sequence[Candidate]], observed: Sequence[Observed], settings: TrackingSettings
) -> tuple[list[list[tuple[int, int]]], list[tuple[float, ...]]]:
    """Which legs of each episode could be of one seizure, and the numbers of all these pairs, one after the other."""
    which, said = [], []
    for members, seen in zip(legs, observed, strict=True):
        some, numbers = bonds.pairs(members, seen.episode, settings.handover_gap_s)
        which.append(some)
        said += numbers
    return which, said


def chains(
    legs: Sequence[Sequence[Candidate]],
    which: Sequence[Sequence[tuple[int, int]]],
    odds: Floats,
    settings: TrackingSettings,
) -> list[tuple[Candidate, ...]]:
    """Which legs hang together for long enough to be a seizure? `odds` are the log-odds of all pairs, in order."""
    found: list[tuple[Candidate, ...]] = []
    at = 0
    for members, some in zip(legs, which, strict=True):
        told = dict(zip(some, odds[at : at + len(some)].tolist(), strict=True))
        at += len(some)
        found += link(members, settings, told)
    return [c for c in found if span_of(c)[1] - span_of(c)[0] >= settings.minimum_s - settings.edge_s]


def observe(
    discharges: Sequence[Discharge], scores: Scores, montage: Montage, signal: Preparer, settings: TrackingSettings
) -> Iterator[Observed]:
    """Where did something rhythmic stay, for how long, and what can be measured of it? One episode after another."""
    electrodes = tuple(d.electrode for d in montage.derivations)
    around = neighbours(electrodes)
    least_s = settings.minimum_s - settings.edge_s
    stretches = [(s, m) for s, m in _spans(discharges, settings.handover_gap_s) if s.duration_s >= least_s]
    episodes = [_episode(span, members, scores, electrodes) for span, members in stretches]

    def seen(episode: Episode, members: Sequence[Discharge], uv: Samples) -> Observed:
        together = Together(uv)
        peaks = places.peaks(episode, around, settings.same_rhythm_hz, together)
        stays = _without_far_fields(places.stays(episode, peaks, around, settings), episode, together, settings)
        measures = tuple(
            measure(s, episode, scores, uv[:, _samples(s.start) : _samples(s.stop)], around, _movement_s(s, stays))
            for s in stays
        )
        beside = tuple(_beside(s, stays, episode, together) for s in stays)
        return Observed(episode, tuple(members), tuple(stays), measures, beside)

    # Only the windows are prepared in threads: this is many short steps, which would keep waiting for each other.
    windows = signal.windows((episode.start_s, episode.seconds) for episode in episodes)
    for episode, (_, members), uv in zip(episodes, stretches, windows, strict=True):
        observed = seen(episode, members, uv)
        if observed.stays:
            yield observed


def _beside(stay: Stay, stays: Sequence[Stay], episode: Episode, together: Together) -> tuple[int | None, float]:
    """Which other stay is the largest for most of this one's time, and how much of this one moves with it?"""
    best, largest = None, 0.0
    for k, other in enumerate(stays):
        first, last = max(stay.start, other.start), min(stay.stop, other.stop)
        if other.electrode != stay.electrode and last - first >= 0.5 * (stay.stop - stay.start):
            size = float(episode.amplitude_uv[other.electrode, first:last].mean())
            if size > largest:
                best, largest = k, size
    if best is None:
        return None, 0.0
    other = stays[best]
    shared = slice(max(stay.start, other.start), min(stay.stop, other.stop))
    rhythm_hz = episode.frequency_hz[other.electrode, shared]
    return best, float(together.in_phase(stay.electrode, other.electrode, rhythm_hz, shared.start).mean())


def _movement_s(stay: Stay, stays: Sequence[Stay]) -> float:
    """How long is the whole movement that a stay is part of?"""
    track = [s for s in stays if s.track == stay.track]
    return float(max(s.stop for s in track) - min(s.start for s in track))


def _spans(discharges: Sequence[Discharge], gap_s: float) -> Iterator[tuple[Interval, list[Discharge]]]:
    """Stretches of time in which something is ictal, pauses up to `gap_s` included, with their discharges."""
    ordered = sorted(discharges)
    k = 0
    for span in IntervalSet.of((d.interval for d in ordered), join_gap_s=gap_s):
        members = []
        while k < len(ordered) and ordered[k].start_s < span.stop_s:
            members.append(ordered[k])
            k += 1
        yield span, members


def _episode(span: Interval, members: Sequence[Discharge], scores: Scores, electrodes: tuple[str, ...]) -> Episode:
    first, last = math.floor(span.start_s), min(math.ceil(span.stop_s), scores.score.shape[1])
    active = np.zeros((len(electrodes), last - first), dtype=bool)
    row = {label: i for i, label in enumerate(scores.labels)}
    for d in members:
        active[row[d.derivation], math.floor(d.start_s) - first : math.ceil(d.stop_s) - first] = True
    amplitude_uv, frequency_hz = scores.amplitude_uv[:, first:last], scores.frequency_hz[:, first:last]
    readable = (scores.flags[:, first:last] & HIDING) == 0
    return Episode(first, electrodes, active, amplitude_uv, frequency_hz, readable)


def _without_far_fields(
    stays: list[Stay], episode: Episode, together: Together, settings: TrackingSettings
) -> list[Stay]:
    """Leave out, or cut, stays for the time in which they are the far field of a stronger, like one in phase."""
    kept: list[Stay] = []
    smooth = uniform_filter1d(episode.amplitude_uv, 5, axis=1, mode="nearest")
    rhythm_hz = np.ascontiguousarray(episode.frequency_hz)
    limits = (settings.same_rhythm_hz, settings.conducted_ratio, IN_PHASE, ALL_IN_PHASE)
    for stay in stays:
        own = np.ones(stay.stop - stay.start, dtype=bool)
        for other in stays:
            first, last = max(stay.start, other.start), min(stay.stop, other.stop)
            if other.electrode != stay.electrode and last - first >= SHORTEST_FIELD_S:
                pair = (stay.electrode, other.electrode)
                spectra = together.spectra(pair)
                field = kernels.field_seconds(smooth, rhythm_hz, spectra, AROUND, (first, last), pair, limits)
                own[first - stay.start : last - stay.start] &= ~field
        kept.extend(
            Stay(stay.start + round(i.start_s), stay.start + round(i.stop_s), stay.electrode, stay.track)
            for i in IntervalSet.from_mask(own, 1.0)
            if i.duration_s >= (settings.shortest_leg_s if own.all() else SHORTEST_REST_S)
        )
    return sorted(kept)


SHORTEST_FIELD_S = 4
SHORTEST_REST_S = 6
"""What is left of a stay beside its time as a far field must last this long; own design."""

IN_PHASE, ALL_IN_PHASE = 0.6, 0.8
"""Share of a far rhythm that must move without delay with the stronger one to be called its field: of one that is
smaller by `conducted_ratio`, and of any that is smaller; own design, measured (docs/tracking.md)."""


def _size_uv(stay: Stay, episode: Episode) -> float:
    return median(episode.amplitude_uv[stay.electrode, stay.start : stay.stop])


def _samples(second: int) -> int:
    return round(second * INTERNAL_RATE_HZ)


def _leg(stay: Stay, seen: Observed, montage: Montage) -> Leg:
    episode = seen.episode
    centre = episode.electrodes[stay.electrode]
    end_s = max(d.stop_s for d in seen.members)  # the last second of a recording may be a part
    span = Interval(float(episode.start_s + stay.start), min(float(episode.start_s + stay.stop), end_s))
    hz = median(episode.frequency_hz[stay.electrode, stay.start : stay.stop])
    part = [
        d
        for d in seen.members
        if d.interval.overlap_s(span) >= LEAST_SHARED_S and angle_between(d.electrode, centre) <= REACH_RAD
    ]
    part.sort(key=lambda d: (angle_between(d.electrode, centre), d.derivation))
    own = montage.derivations[stay.electrode].label
    channels = tuple(dict.fromkeys([own, *(d.derivation for d in part)]))
    start_s, stop_s = _seen(span, episode, [montage.index(label) for label in channels])
    return Leg(start_s, stop_s, centre, round(hz, 2), round(_size_uv(stay, episode), 2), channels)


def _seen(span: Interval, episode: Episode, rows: Sequence[int]) -> tuple[float, float]:
    """The span from the first to the last second that could be read on any of these derivations.

    What is masked may be bridged, as it lies between what was seen; a leg neither begins nor ends in it.
    """
    first, last = math.floor(span.start_s) - episode.start_s, math.ceil(span.stop_s) - episode.start_s
    read = np.flatnonzero(episode.readable[rows, first:last].any(axis=0))
    if not len(read):
        return span.start_s, span.stop_s
    start_s, stop_s = (float(episode.start_s + first + int(k)) for k in (read[0], read[-1] + 1))
    return max(start_s, span.start_s), min(stop_s, span.stop_s)
