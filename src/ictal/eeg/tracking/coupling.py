"""How closely do two legs move together, and which leads? Against the same two signals, shifted in time.

    leg it came from   A =====================
    leg it reached     B                 =======================
    window               .............. [w w] ................     up to 10 s of the overlap, from B's onset
    shifts of A         [. .]->  ->  -> [w w]                      A's other seconds against B's window
    shifts of B                         [w w] ->  ->  -> [. .]     A's window against B's other seconds

A shift keeps everything that each place does by itself, its rhythm above all, and breaks only that both do it at this
time. Two steady rhythms of one frequency keep their phase whatever the shift: they are then not called coupled, because
two clocks that tick alike need not know of each other.

One source that two electrodes see locks them as well, in phase or in antiphase. So legs are called tied by the lagged
part of the locking alone, which no conducted field can make; phase locking and regression are told beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.fft
from scipy.ndimage import maximum_filter1d

from ictal.eeg.signal.types import INTERNAL_RATE_HZ
from ictal.eeg.tracking.types import SURE_P, Coupling, CouplingWindow, Leg

Floats = npt.NDArray[np.float64]
Samples = npt.NDArray[np.float32]
Phasors = npt.NDArray[np.complex128]

WINDOW_S, SHORTEST_S = 10.0, 4.0
"""The longest and the shortest stretch that is compared; own design."""

SHIFTED_S = 8.0
"""With fewer seconds to shift over, nothing is said about chance; own design."""

NEAR = round(1.0 * INTERNAL_RATE_HZ)
"""Shifts by fewer samples than this are too like no shift to tell what is expected of chance."""

SPREAD_HZ = 0.75
"""Half width of the band around the rhythm in which phase is told (a Gaussian's standard deviation)."""

BINS = 8
"""The regression is a step for each eighth of the values of the explaining signal."""

PAD_S = 2
"""Seconds that are read before and after a leg, so that its filters have settled."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """The signal of one electrode from `start_s` on, at 64 Hz."""

    start_s: float
    uv: Samples


def couple(index: int, a: Leg, b: Leg, signals: tuple[Stretch, Stretch]) -> Coupling | None:
    """How closely do leg `b` (the `index`-th of its seizure) and leg `a`, from which it came, move together?

    `signals`: what the electrodes of `a` and `b` show of the whole seizure, with `PAD_S` before and after. `None` when
    less than four seconds can be compared.
    """
    window, start_s, stop_s = _window(a, b)
    hz = float(np.sqrt(a.frequency_hz * b.frequency_hz))
    reach = max(1, round(0.5 * INTERNAL_RATE_HZ / hz))
    if stop_s - start_s < SHORTEST_S:
        return None
    spans = (Span(min(a.start_s, start_s), stop_s), Span(start_s, max(b.stop_s, stop_s)))
    one, two = (_Place.of(s, Span(start_s, stop_s), span, hz, reach) for s, span in zip(signals, spans, strict=True))
    if not (one.complete and two.complete):
        return None
    phase, lagged = _chance(_locking(one, two)), _chance(_locking(one, two, lagged=True))
    forward, backward = _explained(one, two, reach), _explained(two, one, reach)[::-1]
    both = [np.maximum(f, k) for f, k in zip(forward, backward, strict=True)]
    curves = [_Curve(_highest(c, reach), place.at) for c, place in zip(both, (one, two), strict=True)]
    h2 = _chance(curves)
    strong, lag = _peak(forward[1], two.at, reach)
    weak, lag_back = _peak(backward[1], two.at, reach)
    sure = all(x.p is not None and x.p <= SURE_P for x in (lagged, h2))
    return Coupling(
        leg=index,
        window=window,
        start_s=round(start_s, 2),
        stop_s=round(stop_s, 2),
        frequency_hz=round(hz, 2),
        zero_lag=round(_zero_lag(one.wave, two.wave), 3),
        same_wave=round(_zero_lag(one.shape - one.shape.mean(), two.shape - two.shape.mean()), 3),
        phase_locking=phase.value,
        phase_expected=phase.expected,
        phase_p=phase.p,
        lagged_locking=lagged.value,
        lagged_expected=lagged.expected,
        lagged_p=lagged.p,
        h2_forward=round(strong, 3),
        h2_backward=round(weak, 3),
        h2_p=h2.p,
        lag_s=round(lag / INTERNAL_RATE_HZ, 3),
        direction=0.5 * float(np.sign(strong - weak) + np.sign(lag + lag_back)) if sure else None,
    )


def _window(a: Leg, b: Leg) -> tuple[CouplingWindow, float, float]:
    """Which seconds are compared: up to ten of the overlap from `b`'s onset, or those around the handover."""
    overlap_s = min(a.stop_s, b.stop_s) - max(a.start_s, b.start_s)
    if overlap_s >= SHORTEST_S:
        start_s = max(a.start_s, b.start_s)
        return CouplingWindow.overlap, start_s, start_s + min(overlap_s, WINDOW_S)
    early, late = sorted((a.stop_s, b.start_s))
    half_s = 0.5 * WINDOW_S
    return CouplingWindow.adjacent, max(a.start_s, early - half_s), min(b.stop_s, late + half_s)


@dataclass(frozen=True, slots=True)
class Span:
    start_s: float
    stop_s: float


@dataclass(frozen=True, slots=True)
class _Place:
    """One electrode: the window, and the time over which it is shifted, as rhythm with harmonics and as phase.

    `window` and `wave` (the rhythm alone, as a complex number) are of the window; `at` is where it lies in `phasors`;
    `wide` begins `reach` samples earlier and ends as much later.
    """

    window: Samples
    wave: Phasors
    wide: Floats
    phasors: Phasors
    at: int
    n: int

    @classmethod
    def of(cls, signal: Stretch, window: Span, span: Span, hz: float, reach: int) -> _Place:
        first, last, at, end = (
            round((t - signal.start_s) * INTERNAL_RATE_HZ)
            for t in (span.start_s, span.stop_s, window.start_s, window.stop_s)
        )
        first, last = max(first, reach), min(last, len(signal.uv) - reach)
        uv = signal.uv.astype(np.float64)
        wide, wave = _banded(uv, hz)[first - reach : last + reach], _wave(uv, hz)
        phasors = wave[first:last] / np.maximum(np.abs(wave[first:last]), 1e-9)
        return cls(signal.uv[at:end], wave[at:end], wide, phasors, at - first, end - at)

    @property
    def shape(self) -> Floats:
        """The rhythm with its harmonics, of the window."""
        begin = self.at + (len(self.wide) - len(self.phasors)) // 2
        return self.wide[begin : begin + self.n]

    @property
    def complete(self) -> bool:
        """Was all of the window recorded?"""
        return (
            self.at >= 0
            and len(self.phasors) >= self.at + self.n == self.at + len(self.window)
            and bool(np.ptp(self.window) > 0)
        )


@dataclass(frozen=True, slots=True)
class _Curve:
    """A value for every shift of one of the two; the one at `zero` is without a shift."""

    values: Floats
    zero: int


@dataclass(frozen=True, slots=True)
class _Chance:
    """A value, what shifts give in the mean, and the share of them that give as much."""

    value: float
    expected: float | None
    p: float | None


def _chance(curves: Sequence[_Curve]) -> _Chance:
    value = max(float(c.values[c.zero]) for c in curves)
    others = np.concatenate([np.delete(c.values, c.zero) for c in curves])
    if len(others) < SHIFTED_S * INTERNAL_RATE_HZ:
        return _Chance(round(value, 3), None, None)
    far = np.concatenate([c.values[np.abs(np.arange(len(c.values)) - c.zero) >= NEAR] for c in curves])
    p = (1 + int(np.count_nonzero(others >= value - 1e-9))) / (1 + len(others))
    return _Chance(round(value, 3), round(float(far.mean()), 3), round(p, 4))


def _wave(uv: Floats, hz: float) -> Phasors:
    """The rhythm alone, with its size and its phase."""
    size = scipy.fft.next_fast_len(len(uv))
    spectrum = scipy.fft.fft(uv, size)
    frequency = scipy.fft.fftfreq(size, 1.0 / INTERNAL_RATE_HZ)
    gain = np.where(frequency > 0, np.exp(-0.5 * ((frequency - hz) / SPREAD_HZ) ** 2), 0.0)
    wave: Phasors = scipy.fft.ifft(spectrum * gain)[: len(uv)]
    return wave


def _zero_lag(a: Phasors | Floats, b: Phasors | Floats) -> float:
    """The real part of the coherency of two rhythms, or the correlation of two waves, 0-1 whatever its sign."""
    power = float(np.sum(np.abs(a) ** 2) * np.sum(np.abs(b) ** 2))
    return abs(float(np.sum(a * np.conj(b)).real)) / max(float(np.sqrt(power)), 1e-12)


def _banded(uv: Floats, hz: float) -> Floats:
    """The rhythm with its harmonics: half to three times its frequency, with soft edges."""
    size = scipy.fft.next_fast_len(len(uv), real=True)
    frequency = scipy.fft.rfftfreq(size, 1.0 / INTERNAL_RATE_HZ)
    low, high = 0.5 * hz, min(3.0 * hz, 20.0)
    gain = 1.0 / (1.0 + np.exp(-8.0 * (frequency - low) / low)) / (1.0 + np.exp(8.0 * (frequency - high) / high))
    band: Floats = scipy.fft.irfft(scipy.fft.rfft(uv, size) * gain, size)[: len(uv)]
    return band


def _locking(a: _Place, b: _Place, *, lagged: bool = False) -> list[_Curve]:
    """Phase locking at every shift of `a`, and at every shift of `b`."""
    curves = []
    for moving, still in ((a, b), (b, a)):
        turn = still.phasors[still.at : still.at + still.n]
        mean = _turned(moving.phasors, turn) / still.n
        locked = np.abs(mean)
        if lagged:
            locked = np.abs(mean.imag) / np.sqrt(np.maximum(1.0 - mean.real**2, 1e-6))
        curves.append(_Curve(np.minimum(locked, 1.0), moving.at))
    return curves


def _explained(x: _Place, y: _Place, reach: int) -> list[Floats]:
    """How much of `y` does `x` explain (correlation ratio, 0-1), at every shift of `x`, and at every shift of `y`?

    Both begin `reach` samples before the first shift and end as much after the last.
    """
    edges = np.quantile(x.wide, np.arange(1, BINS) / BINS)
    member = (np.searchsorted(edges, x.wide)[None, :] == np.arange(BINS)[:, None]).astype(np.float64)
    centred = y.wide - y.wide.mean()
    n, x_at, y_at = y.n, x.at + reach, y.at + reach
    still_y = centred[y_at : y_at + n]
    counts = np.maximum(_sums(member, n), 1.0)
    of_x = _ratio(_slid(member, still_y), counts, still_y.sum(), np.sum(still_y**2), n)
    still_x = member[:, x_at : x_at + n]
    counts = np.maximum(still_x.sum(axis=1, keepdims=True), 1.0)
    moving = _sums(np.stack((centred, centred**2)), n)
    of_y = _ratio(_slid(centred, still_x), counts, moving[0], moving[1], n)
    return [of_x, of_y]


def _sums(rows: Floats, n: int) -> Floats:
    """The sum of every `n` neighbours, `(rows, shifts)`."""
    total = np.pad(np.cumsum(rows, axis=1), ((0, 0), (1, 0)))
    summed: Floats = total[:, n:] - total[:, :-n]
    return summed


def _turned(moving: Phasors, still: Phasors) -> Phasors:
    """As `_slid`, of two series of phasors."""
    size = scipy.fft.next_fast_len(len(moving))
    product = scipy.fft.fft(moving, size) * np.conj(scipy.fft.fft(still, size))
    turned: Phasors = scipy.fft.ifft(product)[: len(moving) - len(still) + 1]
    return turned


def _slid(moving: Floats, still: Floats) -> Floats:
    """The products of `still` with `moving` at every shift, summed; either may have rows."""
    wide, n = moving.shape[-1], still.shape[-1]
    size = scipy.fft.next_fast_len(wide, real=True)
    product = scipy.fft.rfft(moving, size) * np.conj(scipy.fft.rfft(still, size))
    slid: Floats = scipy.fft.irfft(product, size)[..., : wide - n + 1]
    return slid


def _ratio(sums: Floats, counts: Floats, total: Floats | float, squares: Floats | float, n: int) -> Floats:
    """The share of the variance that lies between bins."""
    mean = np.square(total) / n
    between = np.sum(sums**2 / counts, axis=0) - mean
    ratio: Floats = np.clip(between / np.maximum(squares - mean, 1e-9), 0.0, 1.0)
    return ratio


def _highest(values: Floats, reach: int) -> Floats:
    """The highest value within `reach` of each shift."""
    wide: Floats = maximum_filter1d(values, 2 * reach + 1)
    return wide[reach : len(wide) - reach]


def _peak(values: Floats, at: int, reach: int) -> tuple[float, int]:
    """The highest value near no shift, and by how many samples it lies later."""
    near = values[at : at + 2 * reach + 1]
    best = int(np.argmax(near))
    return float(near[best]), best - reach
