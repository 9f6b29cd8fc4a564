"""The loops of `field`, `wave` and `measures`, compiled. Each is used in the module that its heading names.

Arrays are `(n_electrodes, n_seconds)` where nothing else is said.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ictal.base.compiled import compiled, inlined
from ictal.eeg.tracking.kernels import one_rhythm

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
            alike += one_rhythm(rhythm_hz[t], np.float32(hz), 1.0)
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


@compiled
def wave_numbers(x: Any, power: Any, k: int, hz: Any, pairs: Any) -> tuple[float, float, float, float]:
    """`measures._wave`: harmonics, coupling, purity and sharpness.

    `power` is the mean power of each line, `k` that of the rhythm; `pairs` are windows at the rhythm and at its double,
    `(n_windows * 2)`; `hz` is (cycles a sample of the rhythm).
    """
    line = wide = 0.0
    for i in range(max(1, k - 1), k + 2):
        line += power[i]
    for i in range(max(1, k - 6), min(k + 7, len(power))):
        wide += power[i]
    harmonics = 0.0
    if np.rint(2.5 * k) + 2 < len(power):
        double = between = 0.0
        for i in range(2 * k - 2, 2 * k + 3):
            double += power[i] / 5
        for c in (1.5, 2.5):
            middle = int(np.rint(c * k))
            for i in range(middle - 1, middle + 2):
                between += power[i] / 6
        harmonics = min(max(math.log((double + 1e-3) / (between + 1e-3)), -2.0), 4.0)
    purity = math.log((line + 1e-3) / (wide - line + 1e-3))
    fourth = second = 0.0
    both = complex(0.0, 0.0)
    for w in range(len(pairs) // 2):
        a, b = np.complex128(pairs[2 * w]), np.complex128(pairs[2 * w + 1])
        size = a.real * a.real + a.imag * a.imag
        fourth += size * size
        second += b.real * b.real + b.imag * b.imag
        both += a * a * b.conjugate()
    coupling = abs(both) / (math.sqrt(fourth * second) + 1e-9)
    slope = size_uv = 0.0
    for s in range(len(x)):
        size_uv += abs(x[s])
        if s:
            slope += abs(x[s] - x[s - 1])
    mean_slope, mean_size = slope / (len(x) - 1) + 1e-6, size_uv / len(x) + 1e-6
    return harmonics, coupling, purity, math.log(mean_slope / mean_size) - math.log(2 * np.pi * hz)


@compiled
def field_numbers(spectrum: Any, centre: int, sources: Any, near: Any, far: Any) -> Any:
    """`field.field_of`: what moves with the centre, per electrode, and then the eight numbers of `Field`.

    `spectrum` is `(n_electrodes, n)`; `sources`, `near` and `far` are those of the head, the last two of the centre.
    """
    n, count = spectrum.shape
    power, shown, coherence = np.empty(n), np.empty(n), np.empty(n)
    gain = np.empty(n, dtype=np.complex128)
    own = spectrum[centre]
    for e in range(n):
        total, along = 1e-9, complex(0.0, 0.0)
        for w in range(count):
            a, b = np.complex128(spectrum[e, w]), np.complex128(own[w])
            total += a.real * a.real + a.imag * a.imag
            along += a * b.conjugate()
        power[e], gain[e] = total, along
    said = np.zeros(8)
    size = fourth = mean = with_it = 0.0
    for e in range(n):
        gain[e] /= power[centre]
        shown[e] = gain[e].real
        whole = gain[e].real ** 2 + gain[e].imag ** 2
        coherence[e] = whole * power[centre] / power[e]
        said[0] += whole
        size += shown[e] ** 2
        fourth += shown[e] ** 4
        mean += shown[e] / n
        if coherence[e] > 0.5:
            with_it += 1.0
            said[5] += gain[e].imag ** 2
            said[6] += whole
    moved = said[6] - 1.0 + 1e-3
    size += 1e-9
    said[0] *= power[centre] / power.sum()
    said[1] = size**2 / fourth / n
    for e in range(n):
        beside = 0.0
        for d in range(n):
            beside += near[e, d] * shown[d]
        said[2] += (shown[e] - beside) ** 2 / size
        if near[centre, e] > 0:
            said[4] = max(said[4], abs(shown[e]))
    for k in range(len(sources)):
        explained = 0.0
        for r in range(3):
            along_r = 0.0
            for e in range(n):
                along_r += sources[k, r, e] * (shown[e] - mean)
            explained += along_r**2
        said[3] = max(said[3], explained / size)
    said[5] = said[5] / moved if with_it > 1 else 0.0
    said[6] = 0.0
    for e in range(n):
        if far[centre, e]:
            said[6] = max(said[6], coherence[e])
    said[7] = with_it / n
    return shown, said


@compiled
def slopes(amplitude: Any, rhythm_hz: Any, middle_uv: float) -> tuple[float, float]:
    """`measures`: by how much ln amplitude and frequency change over half of the length."""
    n = len(amplitude)
    size = hz = squares = 0.0
    for k in range(n):
        t = -1.0 + 2.0 * k / (n - 1) if n > 1 else -1.0
        size += t * math.log(amplitude[k] + 1e-3 * middle_uv)
        hz += t * rhythm_hz[k]
        squares += t * t
    return size / squares, hz / squares


@compiled
def hidden_share(flags: Any, hiding: Any) -> Any:
    """`measures`: the share of seconds and electrodes that could not be read."""
    count = 0
    for d in range(len(flags)):
        for t in range(flags.shape[1]):
            count += (flags[d, t] & hiding) != 0
    return float(count) / float(flags.size)
