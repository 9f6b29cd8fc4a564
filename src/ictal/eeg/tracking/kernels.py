"""The loops of `conduction` and `places`, compiled. Each is used in the module that its heading names.

Arrays are `(n_electrodes, n_seconds)` where nothing else is said.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ictal.base.compiled import compiled, inlined

# --- conduction ------------------------------------------------------------------------------------------------------


@inlined
def _phase(one: Any, other: Any, first: int, last: int, at: int) -> Any:
    """How much moves together without delay in the windows `[first, last)`, in the three lines around `at`?"""
    shared = own = its = 0.0
    for w in range(first, last):
        for k in range(at - 1, at + 2):
            a, b = one[w, k], other[w, k]
            shared += np.float64(a.real * b.real + a.imag * b.imag)
            own += np.float64(a.real * a.real + a.imag * a.imag)
            its += np.float64(b.real * b.real + b.imag * b.imag)
    return np.float32(abs(shared) / math.sqrt(own * its + 1e-9))


@inlined
def _phase_at(one: Any, other: Any, t: int, hz: Any, around: Any) -> Any:
    """The same around second `t`; `around` is (windows a second, first and last beside it, lines for a hertz)."""
    first = min(max(around[0] * t + around[1], 0), len(one))
    last = min(max(around[0] * t + around[2], 0), len(one))
    at = min(max(int(np.rint(hz * around[3])), 1), one.shape[1] - 2)
    return _phase(one, other, first, last, at)


@compiled
def phases(one: Any, other: Any, hz: Any, start: int, around: Any) -> Any:
    """`conduction`: how much moves together in each second from `start` on? `hz` is the rhythm of each."""
    share = np.empty(len(hz), dtype=np.float32)
    for t in range(len(hz)):
        share[t] = _phase_at(one, other, start + t, hz[t], around)
    return share


# --- places ----------------------------------------------------------------------------------------------------------


@inlined
def one_rhythm(a_hz: Any, b_hz: Any, within_hz: float) -> Any:
    """`places.same_rhythm` of two numbers."""
    double = min(abs(a_hz - 2 * b_hz), abs(b_hz - 2 * a_hz))
    return min(abs(a_hz - b_hz), double) <= within_hz


@compiled
def hide(found: Any, of: Any, active: Any, amplitude: Any, hz: Any, within_hz: float, pair: Any) -> Any:
    """`places.peaks`: which seconds of a peak are those of a larger neighbour? Returns how many; fills `of`."""
    i, j = pair
    count = 0
    for t in range(found.shape[1]):
        stronger = amplitude[j, t] > amplitude[i, t] if j > i else amplitude[j, t] >= amplitude[i, t]
        of[t] = active[j, t] and stronger and one_rhythm(hz[i, t], hz[j, t], within_hz)
        count += of[t] and found[i, t]
    return count


@compiled
def own_source(of: Any, active: Any, amplitude: Any, hz: Any, spectra: Any, around: Any, pair: Any) -> None:
    """`places.peaks`: takes from `of` the seconds with a source of its own.

    `pair` is (place, neighbour, least ratio of size, share in phase below which they are apart, least seconds).
    """
    i, j, ratio, apart, seconds = pair
    run = 0
    n = len(of)
    for t in range(n + 1):
        own = False
        if t < n and active[i, t] and amplitude[i, t] >= ratio * amplitude[j, t]:
            own = _phase_at(spectra[i], spectra[j], t, hz[j, t], around) < apart
        if own:
            run += 1
            continue
        if run >= seconds:
            for k in range(t - run, t):
                of[k] = False
        run = 0


@compiled
def field_seconds(amplitude: Any, hz: Any, spectra: Any, around: Any, span: Any, pair: Any, limits: Any) -> Any:
    """`follow._is_field`: in which seconds of a span is one electrode the far field of another?

    `amplitude` is smoothed; `span` are the first and last second; `limits` are (same rhythm in Hz, conducted ratio, in
    phase, all in phase).
    """
    a, b = pair
    same_hz, conducted, in_phase, all_in_phase = limits
    first, last = span
    n = amplitude.shape[1]
    field = np.zeros(last - first, dtype=np.bool_)
    for t in range(first, last):
        ratio = amplitude[a, t] / max(amplitude[b, t], np.float32(1e-6))
        if ratio >= 1.0:
            continue
        alike = 0
        for k in range(t - 2, t + 3):
            at = min(max(k, 0), n - 1)
            alike += one_rhythm(hz[a, at], hz[b, at], same_hz)
        if alike >= 3:
            phase = _phase_at(spectra[a], spectra[b], t, hz[b, t], around)
            field[t - first] = phase >= all_in_phase or (ratio < conducted and phase >= in_phase)
    return field


@compiled
def cheapest(cost: Any, move_cost: float) -> Any:
    """`places._cut`: the cheapest way through `(n_states, n_seconds)` (Viterbi), the state of each second."""
    states, n = cost.shape
    total = cost[:, 0].copy()
    came = np.zeros((states, n), dtype=np.int64)
    for t in range(1, n):
        best = 0
        for s in range(1, states):
            if total[s] < total[best]:
                best = s
        moved = np.float32(total[best] + np.float32(move_cost))
        for s in range(states):
            move = moved < total[s]
            came[s, t] = best if move else s
            total[s] = (moved if move else total[s]) + cost[s, t]
    state = 0
    for s in range(1, states):
        if total[s] < total[state]:
            state = s
    path = np.empty(n, dtype=np.int64)
    for t in range(n - 1, -1, -1):
        path[t] = state
        state = came[state, t]
    return path


@compiled
def tracks(peak: Any, amplitude: Any, hz: Any, beside: Any, within_hz: float, bridge: int) -> Any:
    """`places._tracks`: which track has each peak, -1 where there is none; and the tracks in order of their ends.

    `beside[a, b]` tells whether two electrodes are neighbours.
    """
    electrodes, seconds = peak.shape
    owner = np.full((electrodes, seconds), -1, dtype=np.int64)
    most = int(peak.sum())
    then, last = np.empty(most, dtype=np.int64), np.empty(most, dtype=np.int64)
    live, order = np.empty(most, dtype=np.int64), np.empty(most, dtype=np.int64)
    followed = np.zeros(most, dtype=np.bool_)
    n_live = n_done = n_tracks = 0
    for t in range(seconds):
        kept = 0
        for k in range(n_live):
            if t - then[live[k]] <= bridge + 1:
                live[kept] = live[k]
                followed[live[k]] = False
                kept += 1
            else:
                order[n_done] = live[k]
                n_done += 1
        n_live = kept
        # The larger first, as often as there are peaks: they are few.
        here = np.flatnonzero(peak[:, t])
        for a in range(1, len(here)):
            b = a
            while b > 0 and amplitude[here[b], t] > amplitude[here[b - 1], t]:
                here[b], here[b - 1] = here[b - 1], here[b]
                b -= 1
        for moving in (False, True):
            for k in range(n_live):
                track = live[k]
                if followed[track]:
                    continue
                at, before = last[track], then[track]
                for e in here:
                    there = beside[at, e] if moving else e == at
                    if there and owner[e, t] < 0 and one_rhythm(hz[e, t], hz[at, before], within_hz):
                        owner[e, t], followed[track] = track, True
                        then[track], last[track] = t, e
                        break
        for e in here:
            if owner[e, t] < 0:
                owner[e, t], then[n_tracks], last[n_tracks] = n_tracks, t, e
                live[n_live] = n_tracks
                n_live += 1
                n_tracks += 1
    for k in range(n_live):
        order[n_done + k] = live[k]
    return owner, order[: n_done + n_live]
