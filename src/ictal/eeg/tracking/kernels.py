"""The loops of tracking, compiled. Each is told in words, and used, in the module that its heading names.

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
def _alike(a_hz: Any, b_hz: Any, within_hz: float) -> Any:
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
        of[t] = active[j, t] and stronger and _alike(hz[i, t], hz[j, t], within_hz)
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
            alike += _alike(hz[a, at], hz[b, at], same_hz)
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


# --- field -----------------------------------------------------------------------------------------------------------


@compiled
def lines(uv: Any, basis: Any, hop: int) -> Any:
    """`field`: the transform of each window at a few lines, `(n_electrodes, n_windows * n_lines)`.

    `basis` has a window of cosines and one of sines for each line, in turn.
    """
    n, width = uv.shape[1], basis.shape[1]
    windows, count = (n - width) // hop + 1, len(basis) // 2
    found = np.empty((len(uv), windows * count), dtype=np.complex64)
    for e in range(len(uv)):
        for w in range(windows):
            for k in range(count):
                real = imag = np.float32(0.0)
                for s in range(width):
                    real += uv[e, w * hop + s] * basis[2 * k, s]
                    imag += uv[e, w * hop + s] * basis[2 * k + 1, s]
                found[e, w * count + k] = complex(real, -imag)
    return found


@compiled
def seen_through(weights: Any, uv: Any, least: float) -> Any:
    """`measures`: the electrodes of at least this weight, added up in double precision."""
    total = np.zeros(uv.shape[1])
    for e in range(len(uv)):
        if abs(weights[e]) > least:
            for s in range(uv.shape[1]):
                total[s] += weights[e] * uv[e, s]
    return total


# --- wave ------------------------------------------------------------------------------------------------------------


@inlined
def _lag(signal: Any, lag: int) -> Any:
    total = 0.0
    for s in range(len(signal) - lag):
        total += signal[s] * signal[s + lag]
    return total


@inlined
def _correlation(signal: Any, lag: int, power: float) -> Any:
    n = len(signal)
    return _lag(signal, lag) / ((power + 1e-9) * max(1.0 - lag / n, 0.2))


@compiled
def repeats(centre: Any, cycle: float) -> tuple[float, float, float]:
    """`wave`: the autocorrelation near one, two and four cycles; 0 where the stay is too short to tell."""
    n = len(centre)
    mean = 0.0
    for s in range(n):
        mean += centre[s]
    signal = np.empty(n)
    for s in range(n):
        signal[s] = centre[s] - mean / n
    power = _lag(signal, 0)
    low, high = int(0.75 * cycle), int(1.3 * cycle) + 2
    period, best = int(cycle), -np.inf
    if high < n:
        for lag in range(low, high):
            here = _correlation(signal, lag, power)
            if here > best:
                period, best = lag, here
    found = np.zeros(3)
    for k in range(3):
        cycles = 1 << k
        low, high = int(0.92 * cycles * period), int(1.08 * cycles * period) + 2
        if high < n:
            best = -np.inf
            for lag in range(low, high):
                best = max(best, _correlation(signal, lag, power))
            found[k] = best
    return found[0], found[1], found[2]


@compiled
def shape(signal: Any, followed: Any) -> Any:
    """`wave`: sums over a wave and its rhythm (an analytic signal).

    Envelope: total, total of squares, of its first and of its last third. Then the size of the sums of wave times
    envelope against one, two and three turns of the rhythm, and against one and a half, two and a half, three and a
    half turns.
    """
    n = len(signal)
    said = np.zeros(10)
    sums = np.zeros(6, dtype=np.complex128)
    before = complex(1.0, 0.0)
    for s in range(n):
        size = abs(followed[s])
        said[0] += size
        said[1] += size * size
        if s < n // 3:
            said[2] += size
        if s >= n - n // 3:
            said[3] += size
        # Half the angle without an angle: the root whose turn from the last one is less than a quarter.
        c, d = followed[s].real, followed[s].imag
        if size > 0.0:
            c, d = c / size, d / size
        re = math.sqrt(max(0.5 * (1.0 + c), 0.0))
        im = math.sqrt(max(0.5 * (1.0 - c), 0.0))
        half = complex(re, -im if d < 0 else im)
        if half.real * before.real + half.imag * before.imag < 0.0:
            half = -half
        before = half
        back = half.conjugate()
        turn = followed[s].conjugate() / (size + 1e-9)
        x = size * signal[s]
        sums[0] += x * turn
        sums[1] += x * turn * turn
        sums[2] += x * turn * turn * turn
        cube = back * back * back
        sums[3] += x * cube
        sums[4] += x * cube * back * back
        sums[5] += x * cube * back * back * back * back
    for k in range(6):
        said[4 + k] = abs(sums[k])
    return said


# --- measures --------------------------------------------------------------------------------------------------------


@inlined
def _quantile(ordered: Any, share: float) -> Any:
    """`base.statistics.quantile` of what is sorted already."""
    at = share * (len(ordered) - 1)
    below = int(at)
    above = min(below + 1, len(ordered) - 1)
    low, high = np.float64(ordered[below]), np.float64(ordered[above])
    return low + (at - below) * (high - low)


@compiled
def windowed(x: Any, window: Any, hop: int) -> Any:
    """`measures`: the windows of a signal, one a row."""
    n = len(window)
    count = (len(x) - n) // hop + 1
    found = np.empty((count, n), dtype=np.float32)
    for w in range(count):
        for s in range(n):
            found[w, s] = x[w * hop + s] * window[s]
    return found


@compiled
def middles(amplitude: Any, rows: Any, share: float) -> Any:
    """`measures`: this quantile of each of some rows."""
    found = np.empty(len(rows))
    for k in range(len(rows)):
        found[k] = _quantile(np.sort(amplitude[rows[k]]), share)
    return found


@compiled
def mean_power(spectrum: Any) -> Any:
    """`measures`: the mean power of each line."""
    windows, bins = spectrum.shape
    power = np.zeros(bins, dtype=np.float32)
    for w in range(windows):
        for k in range(bins):
            x = spectrum[w, k]
            power[k] += x.real * x.real + x.imag * x.imag
    for k in range(bins):
        power[k] /= windows
    return power


@compiled
def usual(amplitude: Any, score: Any, rhythm_hz: Any, inside: Any, hz: float, middle_uv: float) -> tuple[float, float]:
    """`measures`: the share of seconds that are smaller, and of those outside `inside` with the same rhythm."""
    first, last = inside
    n = len(amplitude)
    smaller = alike = outside = 0
    for t in range(n):
        smaller += amplitude[t] < middle_uv
        if first <= t < last:
            continue
        outside += 1
        if score[t] > np.float32(0.5) and amplitude[t] > 0.6 * middle_uv:
            alike += _alike(rhythm_hz[t], np.float32(hz), 1.0)
    return smaller / n, (alike / outside if outside else 0.0)


@compiled
def beside(active: Any, rhythm_hz: Any, amplitude: Any, e: int, hz: float) -> tuple[float, float, float]:
    """`measures`: the share of seconds and electrodes active with this rhythm, with another, and of larger ones."""
    n, seconds = active.shape
    size = np.zeros(n, dtype=np.float64)
    alike = unlike = 0
    for d in range(n):
        for t in range(seconds):
            size[d] += amplitude[d, t]
            if active[d, t]:
                near = abs(rhythm_hz[d, t] - hz) <= 1.0
                alike += near
                unlike += not near
    larger = 0
    for d in range(n):
        larger += size[d] > size[e]
    return alike / (n * seconds), unlike / (n * seconds), larger / n
