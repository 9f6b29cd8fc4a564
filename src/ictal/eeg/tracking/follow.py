"""From discharges to seizures: the door of the tracking room."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from ictal.base.electrodes import angle_between, neighbours
from ictal.base.time import Interval, IntervalSet
from ictal.eeg.detection.types import Discharge, Scores
from ictal.eeg.signal.stream import Preparer
from ictal.eeg.signal.types import INTERNAL_RATE_HZ, Montage
from ictal.eeg.tracking import conduction, places
from ictal.eeg.tracking.confidence import confidence
from ictal.eeg.tracking.link import Candidate, link
from ictal.eeg.tracking.places import Episode, Stay
from ictal.eeg.tracking.settings import TrackingSettings
from ictal.eeg.tracking.types import Leg, Seizure, mark_pattern

REACH_RAD = 1.1
"""Discharges within this angle of a leg's centre are part of the leg."""


def follow(
    discharges: Sequence[Discharge], scores: Scores, montage: Montage, signal: Preparer, settings: TrackingSettings
) -> tuple[Seizure, ...]:
    """Which seizures do these discharges make, where did each begin, and how did it move?

    `signal` prepares the same montage; a few seconds of it are read where two places beat alike, to tell a second place
    from the far field of the first. Sorted by onset; a recording without discharges gives none.
    """
    electrodes = tuple(d.electrode for d in montage.derivations)
    around = {e: ns for e, ns in neighbours(electrodes).items()}
    found: list[Seizure] = []
    for number, (span, members) in enumerate(_spans(discharges, settings.handover_gap_s)):
        episode = _episode(span, members, scores, electrodes)
        stays = places.stays(episode, places.peaks(episode, around, settings.same_rhythm_hz), around, settings)
        stays = _without_far_fields(stays, episode, signal, settings)
        candidates = [Candidate(_leg(s, episode, members, montage), (number, s.track)) for s in stays]
        for legs in link(candidates, settings):
            sure = confidence(legs, members, scores, montage)
            seizure = Seizure(legs, mark_pattern(legs), round(sure, 3))
            if seizure.duration_s >= settings.minimum_s and sure >= settings.accept_confidence:
                found.append(seizure)
    return tuple(sorted(found, key=lambda s: (s.start_s, s.stop_s)))


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
    stays: list[Stay], episode: Episode, signal: Preparer, settings: TrackingSettings
) -> list[Stay]:
    """Leave out, or shorten, stays that are the far field of a stronger one while that one lasts."""
    kept: list[Stay] = []
    uv = None
    for weak in sorted(stays, key=lambda s: -_size_uv(s, episode)):
        pieces = [weak]
        for strong in kept:
            start, stop = max(weak.start, strong.start), min(weak.stop, strong.stop)
            if stop - start < 3 or not _may_be_field(weak, strong, slice(start, stop), episode, settings):
                continue
            if uv is None:
                uv = signal.window(episode.start_s, episode.seconds)
            a, b = (uv[s.electrode, _samples(start) : _samples(stop)] for s in (weak, strong))
            hz = float(np.median(episode.frequency_hz[strong.electrode, start:stop]))
            if conduction.in_phase(a, b, hz) >= IN_PHASE:
                pieces = [
                    Stay(max(p.start, lo), min(p.stop, hi), p.electrode, p.track)
                    for p in pieces
                    for lo, hi in ((p.start, start), (stop, p.stop))
                    if min(p.stop, hi) - max(p.start, lo) >= settings.shortest_leg_s
                ]
        kept.extend(pieces)
    return sorted(kept)


IN_PHASE = 0.6
"""Share of a far rhythm that must move without delay with the stronger one to be called its field; own design."""


def _may_be_field(weak: Stay, strong: Stay, both: slice, episode: Episode, settings: TrackingSettings) -> bool:
    a, b = episode.amplitude_uv[weak.electrode, both], episode.amplitude_uv[strong.electrode, both]
    hz = episode.frequency_hz[[weak.electrode, strong.electrode], both]
    alike = np.median(places.same_rhythm(hz[0], hz[1], settings.same_rhythm_hz)) > 0.5
    return bool(alike and np.median(a / np.maximum(b, 1e-6)) < settings.conducted_ratio)


def _size_uv(stay: Stay, episode: Episode) -> float:
    return float(np.median(episode.amplitude_uv[stay.electrode, stay.start : stay.stop]))


def _samples(second: int) -> int:
    return round(second * INTERNAL_RATE_HZ)


def _leg(stay: Stay, episode: Episode, members: Sequence[Discharge], montage: Montage) -> Leg:
    centre = episode.electrodes[stay.electrode]
    span = Interval(float(episode.start_s + stay.start), float(episode.start_s + stay.stop))
    inside = slice(stay.start, stay.stop)
    hz = float(np.median(episode.frequency_hz[stay.electrode, inside]))
    part = [
        d
        for d in members
        if d.interval.overlap_s(span) >= 2.0 and angle_between(d.electrode, centre) <= REACH_RAD
    ]
    part.sort(key=lambda d: (angle_between(d.electrode, centre), d.derivation))
    own = montage.derivations[stay.electrode].label
    channels = tuple(dict.fromkeys([own, *(d.derivation for d in part)]))
    return Leg(span.start_s, span.stop_s, centre, round(hz, 2), round(_size_uv(stay, episode), 2), channels)
