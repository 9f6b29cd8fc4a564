"""From discharges to seizures: the door of the tracking room."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.ndimage import uniform_filter1d

from ictal.base.electrodes import angle_between, neighbours
from ictal.base.statistics import median
from ictal.base.time import Interval, IntervalSet
from ictal.eeg.detection.types import Discharge, Scores
from ictal.eeg.signal.stream import Preparer
from ictal.eeg.signal.types import INTERNAL_RATE_HZ, Montage
from ictal.eeg.tracking import places
from ictal.eeg.tracking.conduction import Together
from ictal.eeg.tracking.judge import Judge, packaged, probability
from ictal.eeg.tracking.link import Candidate, link
from ictal.eeg.tracking.measures import Measures, measure
from ictal.eeg.tracking.places import Episode, Stay
from ictal.eeg.tracking.settings import TrackingSettings
from ictal.eeg.tracking.types import Leg, Seizure, mark_pattern

Samples = npt.NDArray[np.float32]

REACH_RAD, LEAST_SHARED_S = 1.1, 2.0
"""Discharges within this angle of a leg's centre, that share this much time with it, are part of the leg."""


@dataclass(frozen=True, slots=True)
class Observed:
    """An episode with the stays found in it and what was measured of each."""

    episode: Episode
    members: tuple[Discharge, ...]
    stays: tuple[Stay, ...]
    measures: tuple[Measures, ...]


def follow(
    discharges: Sequence[Discharge], scores: Scores, montage: Montage, signal: Preparer, settings: TrackingSettings
) -> tuple[Seizure, ...]:
    """Which seizures do these discharges make, where did each begin, and how did it move?

    `signal` prepares the same montage; what it gives of each episode tells a second place from the far field of the
    first, and a discharge from a normal rhythm. Sorted by onset; a recording without discharges gives none.
    """
    return assemble(observe(discharges, scores, montage, signal, settings), montage, settings)


def assemble(observed: Iterable[Observed], montage: Montage, settings: TrackingSettings) -> tuple[Seizure, ...]:
    """Which seizures do these stays make? Likely stays become legs, legs are linked, likely seizures are kept."""
    judge = packaged()
    found: list[Seizure] = []
    for number, seen in enumerate(observed):
        for members in link(candidates(number, seen, montage, judge, settings), settings):
            legs = tuple(c.leg for c in members)
            seizure = Seizure(legs, mark_pattern(legs), round(judge.confidence(members), 3))
            if seizure.duration_s >= settings.minimum_s and seizure.confidence >= settings.accept_confidence:
                found.append(seizure)
    return tuple(sorted(found, key=lambda s: (s.start_s, s.stop_s)))


def candidates(
    number: int, seen: Observed, montage: Montage, judge: Judge, settings: TrackingSettings
) -> list[Candidate]:
    """Which stays of one episode may be legs of a seizure, and how likely?"""
    odds = [judge.log_odds(m) for m in seen.measures]
    return [
        Candidate(_leg(stay, seen, montage), (number, stay.track), o)
        for stay, o in zip(seen.stays, odds, strict=True)
        if probability(o) >= settings.leg_probability
    ]


def observe(
    discharges: Sequence[Discharge], scores: Scores, montage: Montage, signal: Preparer, settings: TrackingSettings
) -> Iterator[Observed]:
    """Where did something rhythmic stay, for how long, and what can be measured of it? One episode after another."""
    electrodes = tuple(d.electrode for d in montage.derivations)
    around = neighbours(electrodes)
    stretches = [(s, m) for s, m in _spans(discharges, settings.handover_gap_s) if s.duration_s >= settings.minimum_s]
    episodes = [_episode(span, members, scores, electrodes) for span, members in stretches]
    windows = signal.windows((episode.start_s, episode.seconds) for episode in episodes)
    for (_, members), episode, uv in zip(stretches, episodes, windows, strict=True):
        together = Together(uv)
        peaks = places.peaks(episode, around, settings.same_rhythm_hz, together)
        stays = _without_far_fields(places.stays(episode, peaks, around, settings), episode, together, settings)
        if stays:
            measures = tuple(
                measure(s, episode, scores, uv[:, _samples(s.start) : _samples(s.stop)], around, _movement_s(s, stays))
                for s in stays
            )
            yield Observed(episode, tuple(members), tuple(stays), measures)


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
    return Episode(first, electrodes, active, scores.amplitude_uv[:, first:last], scores.frequency_hz[:, first:last])


def _without_far_fields(
    stays: list[Stay], episode: Episode, together: Together, settings: TrackingSettings
) -> list[Stay]:
    """Leave out, or cut, stays for the time in which they are the far field of a stronger one."""
    kept: list[Stay] = []
    for stay in stays:
        own = np.ones(stay.stop - stay.start, dtype=bool)
        for other in stays:
            first, last = max(stay.start, other.start), min(stay.stop, other.stop)
            if other.electrode != stay.electrode and last - first >= SHORTEST_FIELD_S:
                field = _is_field(stay.electrode, other.electrode, episode, together, settings)[first:last]
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


def _is_field(
    weak: int, strong: int, episode: Episode, together: Together, settings: TrackingSettings
) -> npt.NDArray[np.bool_]:
    """In which seconds of the episode is one electrode the far field of the other: smaller, alike and in phase?"""
    pair = [weak, strong]
    amplitude = uniform_filter1d(episode.amplitude_uv[pair], 5, axis=1, mode="nearest")
    hz = episode.frequency_hz[pair]
    alike = uniform_filter1d(places.same_rhythm(hz[0], hz[1], settings.same_rhythm_hz).astype(np.float32), 5) > 0.5
    phase = together.in_phase(weak, strong, hz[1])
    ratio = amplitude[0] / np.maximum(amplitude[1], 1e-6)
    field: npt.NDArray[np.bool_] = alike & (
        ((ratio < settings.conducted_ratio) & (phase >= IN_PHASE)) | ((ratio < 1.0) & (phase >= ALL_IN_PHASE))
    )
    return field


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
    return Leg(span.start_s, span.stop_s, centre, round(hz, 2), round(_size_uv(stay, episode), 2), channels)
