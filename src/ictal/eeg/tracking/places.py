"""Where is the rhythm, second by second? From discharges on derivations to stays at a place.

discharges      C3 -----------            T8     ------------
of derivations  T7 ==============         P8        ------
                P7    ---------
peaks           T7 **************         T8     ************     (larger than every neighbour with that rhythm)
tracks          one peak that stays, or moves to a neighbour
stays           a track cut where its centre really moves: T7 [0, 14), T8 [5, 17)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.ndimage import uniform_filter1d

from ictal.eeg.tracking import kernels
from ictal.eeg.tracking.conduction import AROUND, Together
from ictal.eeg.tracking.settings import TrackingSettings

Array = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
Seconds = npt.NDArray[np.intp]

BRIDGE_S = 3
"""A peak that is lost for no longer than this goes on."""

MOVE_COST_S = 2.5
"""A centre moves when the other electrode has led by this much in all (seconds of being absent altogether)."""


@dataclass(frozen=True, slots=True)
class Episode:
    """A stretch in which something is ictal, one column a second from `start_s`: `(n_electrodes, n_seconds)` each."""

    start_s: int
    electrodes: tuple[str, ...]
    active: Flags
    amplitude_uv: Array
    frequency_hz: Array
    readable: Flags

    @property
    def seconds(self) -> int:
        return int(self.active.shape[1])


@dataclass(frozen=True, order=True, slots=True)
class Stay:
    """Seconds `[start, stop)` of an episode with one electrode as centre; stays of one `track` are one movement."""

    start: int
    stop: int
    electrode: int
    track: int


def peaks(
    episode: Episode, around: Mapping[str, tuple[str, ...]], same_rhythm_hz: float, together: Together | None = None
) -> Flags:
    """Where is an electrode active and larger than each active neighbour of like rhythm? `(electrodes, seconds)`.

    A smaller one is a peak too where it has a source of its own: it is nearly as large and does not move with the
    neighbour. `together` tells; without it every like rhythm is that of the neighbour.
    """
    amplitude = uniform_filter1d(episode.amplitude_uv, 3, axis=1, mode="nearest")
    found = episode.active.copy()
    rhythm_hz = np.ascontiguousarray(episode.frequency_hz)
    hidden = np.empty(episode.seconds, dtype=bool)
    position = {e: i for i, e in enumerate(episode.electrodes)}
    seen: Flags = np.any(episode.active, axis=1)
    for i, e in enumerate(episode.electrodes):
        for j in (position[n] for n in around.get(e, ())):
            if not (seen[i] and seen[j]):
                continue
            count = kernels.hide(found, hidden, episode.active, amplitude, rhythm_hz, same_rhythm_hz, (i, j))
            if together is not None and count >= SHORTEST_OWN_S:
                own = (i, j, OWN_RATIO, OWN_PHASE, SHORTEST_OWN_S)
                kernels.own_source(hidden, episode.active, amplitude, rhythm_hz, together.spectra((i, j)), AROUND, own)
            found[i] &= ~hidden
    return found


OWN_RATIO, OWN_PHASE, SHORTEST_OWN_S = 0.5, 0.75, 5
"""Beside a larger neighbour of like rhythm, a place has a source of its own when it is at least this large, when less
than this share of it moves with the neighbour, and for so many seconds; own design, measured (docs/tracking.md)."""


def same_rhythm(a_hz: Array | np.float32, b_hz: Array | np.float32, within_hz: float) -> Flags:
    """Do two rhythms beat as one: the same frequency, or one the double of the other?"""
    double = np.minimum(np.abs(a_hz - 2 * b_hz), np.abs(b_hz - 2 * a_hz))
    alike: Flags = np.minimum(np.abs(a_hz - b_hz), double) <= within_hz
    return alike


def stays(
    episode: Episode, peak: Flags, around: Mapping[str, tuple[str, ...]], settings: TrackingSettings
) -> list[Stay]:
    """Where did the rhythm stay, and for how long? In order of onset."""
    found: list[Stay] = []
    for number, track in enumerate(_tracks(peak, episode, around, settings.same_rhythm_hz)):
        found.extend(_cut(episode, track, number, settings))
    return sorted(s for s in _once(found) if s.stop - s.start >= settings.shortest_leg_s)


def _once(found: Sequence[Stay]) -> list[Stay]:
    """Two tracks that were at one electrode at the same time were one: their stays there are joined."""
    joined: list[Stay] = []
    for stay in sorted(found, key=lambda s: (s.electrode, s.start)):
        last = joined[-1] if joined else None
        if last is not None and last.electrode == stay.electrode and stay.start < last.stop:
            joined[-1] = Stay(last.start, max(last.stop, stay.stop), last.electrode, last.track)
        else:
            joined.append(stay)
    return joined


def _tracks(
    peak: Flags, episode: Episode, around: Mapping[str, tuple[str, ...]], same_rhythm_hz: float
) -> list[tuple[Seconds, Seconds]]:
    """Follow each peak: it stays at its electrode, or goes to a neighbour. Seconds and electrodes of each track.

    It keeps its rhythm. Of several neighbours it goes to the largest, so that neither side of the head comes first.
    """
    beside = np.array([[n in around.get(e, ()) for n in episode.electrodes] for e in episode.electrodes])
    series = (np.ascontiguousarray(peak), episode.amplitude_uv, episode.frequency_hz)
    owner, order = kernels.tracks(*series, beside, same_rhythm_hz, BRIDGE_S)
    seconds, electrodes = np.nonzero(owner.T >= 0)
    track = owner.T[seconds, electrodes]
    by_track = np.argsort(track, kind="stable")
    edges = np.searchsorted(track[by_track], np.arange(len(order) + 1))
    parts = [by_track[a:b] for a, b in pairwise(edges.tolist())]
    return [(seconds[parts[k]], electrodes[parts[k]]) for k in order.tolist()]


def _cut(episode: Episode, track: tuple[Seconds, Seconds], number: int, settings: TrackingSettings) -> list[Stay]:
    """Cut a track where its centre moves, by the cheapest explanation (Viterbi): off-centre costs, moving costs."""
    known, at = track
    first, last = int(known[0]), int(known[-1]) + 1
    centres = sorted(set(at.tolist()))
    if len(centres) == 1:
        return [Stay(first, last, centres[0], number)]
    seconds = np.arange(first, last)
    nearest = np.searchsorted(known, seconds, side="right") - 1
    rhythm_hz = episode.frequency_hz[at[nearest], known[nearest]]
    # Only the rhythm of the track counts: another one at the same electrode may be larger.
    alike = same_rhythm(episode.frequency_hz[centres, first:last], rhythm_hz, settings.same_rhythm_hz)
    own = np.where(alike, episode.amplitude_uv[centres, first:last], np.float32(0.0))
    amplitude = uniform_filter1d(own, 3, axis=1, mode="nearest")
    cost = 1.0 - amplitude / np.maximum(amplitude.max(axis=0), 1e-6)
    path = kernels.cheapest(cost, MOVE_COST_S)
    edges = [0, *(np.flatnonzero(np.diff(path)) + 1).tolist(), len(path)]
    return _absorb_short(
        [Stay(first + a, first + b, centres[int(path[a])], number) for a, b in pairwise(edges)],
        settings.shortest_leg_s,
    )


def _absorb_short(chain: list[Stay], shortest_s: float) -> list[Stay]:
    """Give stays that are too short to the longer of their neighbours in the track."""
    while len(chain) > 1:
        k = min(range(len(chain)), key=lambda i: chain[i].stop - chain[i].start)
        if chain[k].stop - chain[k].start >= shortest_s:
            break
        beside = [i for i in (k - 1, k + 1) if 0 <= i < len(chain)]
        into = max(beside, key=lambda i: chain[i].stop - chain[i].start)
        a, b = chain[min(k, into)], chain[max(k, into)]
        joined = Stay(a.start, b.stop, chain[into].electrode, a.track)
        chain[min(k, into) : max(k, into) + 1] = [joined]
        merged: list[Stay] = []
        for stay in chain:
            if merged and merged[-1].electrode == stay.electrode:
                merged[-1] = Stay(merged[-1].start, stay.stop, stay.electrode, stay.track)
            else:
                merged.append(stay)
        chain = merged
    return chain
