"""What shape has the wave of a rhythm: does it repeat, is it sharp, how does its size run?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.fft

from ictal.eeg.signal.types import INTERNAL_RATE_HZ

Floats = npt.NDArray[np.float64]

LOWEST, HIGHEST = 0.5, 1.6
"""The rhythm is followed between these shares of its frequency."""


@dataclass(frozen=True, slots=True)
class Wave:
    """The wave of one stay, seen through the field of its rhythm. Logarithms of ratios, or shares."""

    repeats_1: float
    """Correlation of the wave with itself one, two and four cycles later."""
    repeats_2: float
    repeats_4: float
    second: float
    """ln of its second and third harmonic over the first, as far as they keep step with it."""
    third: float
    second_lock: float
    """ln of the same harmonics over what lies between harmonics."""
    third_lock: float
    explained: float
    """Share of the signal that is the mean cycle."""
    unevenness: float
    """Standard deviation of its envelope over its mean."""
    early: float
    """ln of the envelope of its first and of its last third over the whole."""
    late: float


def wave_of(shown: Floats, centre: npt.NDArray[np.float32], hz: float) -> Wave:
    """Which wave has this rhythm?

    `shown` is the signal seen through its field, `centre` that of its electrode alone, both 1-D at 64 Hz.
    """
    signal = shown - shown.mean()
    spread = signal.std() + 1e-9
    signal = signal / spread
    followed = _followed(signal, hz)
    envelope = np.abs(followed)
    turn = followed / (envelope + 1e-9)
    weight = envelope / (envelope.sum() + 1e-9)
    first, second, third = (abs(np.sum(weight * signal * np.conj(turn) ** k)) for k in (1, 2, 3))
    half = np.exp(0.5j * np.unwrap(np.angle(followed)))
    between = np.sqrt(np.mean([abs(np.sum(weight * signal * np.conj(half) ** k)) ** 2 for k in (3, 5, 7)])) + 1e-6
    n = len(signal) // 3
    mean = envelope.mean() + 1e-6
    return Wave(
        *_repeats(centre.astype(np.float64), hz),
        second=float(np.log(second / (first + 1e-6) + 0.01)),
        third=float(np.log(third / (first + 1e-6) + 0.01)),
        second_lock=float(np.log(second / between + 0.1)),
        third_lock=float(np.log(third / between + 0.1)),
        explained=float(2 * (first**2 + second**2 + third**2)),
        unevenness=float(envelope.std() / mean),
        early=float(np.log((envelope[:n].mean() + 1e-6) / mean)),
        late=float(np.log((envelope[-n:].mean() + 1e-6) / mean)),
    )


def _followed(signal: Floats, hz: float) -> npt.NDArray[np.complex128]:
    """The analytic signal of the rhythm: its envelope and where it stands in its cycle."""
    n = scipy.fft.next_fast_len(len(signal))
    spectrum = scipy.fft.fft(signal, n)
    frequency = np.arange(n) * INTERNAL_RATE_HZ / n
    passed = np.clip((frequency - LOWEST * hz) / (0.2 * hz), 0, 1) * np.clip(
        (HIGHEST * hz - frequency) / (0.25 * hz), 0, 1
    )
    passed[n // 2 + 1 :] = 0.0
    followed: npt.NDArray[np.complex128] = scipy.fft.ifft(2 * spectrum * passed)[: len(signal)]
    return followed


def _repeats(centre: Floats, hz: float) -> tuple[float, float, float]:
    """The autocorrelation near one, two and four cycles; 0 where the stay is too short to tell."""
    signal = centre - centre.mean()
    n = len(signal)
    padded = scipy.fft.next_fast_len(2 * n)
    alike = scipy.fft.irfft(np.abs(scipy.fft.rfft(signal, padded)) ** 2, padded)[:n]
    alike /= (alike[0] + 1e-9) * np.maximum(1 - np.arange(n) / n, 0.2)
    cycle = INTERNAL_RATE_HZ / hz
    low, high = int(0.75 * cycle), int(1.3 * cycle) + 2
    period = low + int(alike[low:high].argmax()) if high < n else int(cycle)

    def at(cycles: int) -> float:
        low, high = int(0.92 * cycles * period), int(1.08 * cycles * period) + 2
        return float(alike[low:high].max()) if high < n else 0.0

    return at(1), at(2), at(4)
