"""What shape has the wave of a rhythm: does it repeat, is it sharp, how does its size run?"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.fft

from ictal.eeg.signal.types import INTERNAL_RATE_HZ
from ictal.eeg.tracking import shapes

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
    total, squares, *rest = shapes.shape(signal, followed).tolist()
    early, late = rest[:2]
    first, second, third, *halves = (x / (total + 1e-9) for x in rest[2:])
    between = math.sqrt(sum(x * x for x in halves) / 3) + 1e-6
    count, part = len(signal), len(signal) // 3
    mean = total / count + 1e-6
    spread = math.sqrt(max(squares / count - (total / count) ** 2, 0.0))
    return Wave(
        *shapes.repeats(centre, INTERNAL_RATE_HZ / hz),
        second=math.log(second / (first + 1e-6) + 0.01),
        third=math.log(third / (first + 1e-6) + 0.01),
        second_lock=math.log(second / between + 0.1),
        third_lock=math.log(third / between + 0.1),
        explained=2 * (first**2 + second**2 + third**2),
        unevenness=spread / mean,
        early=math.log((early / part + 1e-6) / mean),
        late=math.log((late / part + 1e-6) / mean),
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
