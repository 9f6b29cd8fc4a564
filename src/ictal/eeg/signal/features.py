"""Short-time spectra of derivations at two scales, one value a second."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import scipy.fft

from ictal.eeg.signal import kernels
from ictal.eeg.signal.types import INTERNAL_RATE_HZ

Samples = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Scale:
    """How long a window is, and at which rate it is looked at: `bins` lines from 0 in steps of `1 / window_s`."""

    window_s: int
    rate_hz: int
    bins: int

    @property
    def bin_hz(self) -> float:
        return 1.0 / self.window_s


FAST = Scale(window_s=4, rate_hz=64, bins=65)
"""To 16 Hz in steps of a quarter hertz: short enough to time an onset."""
SLOW = Scale(window_s=8, rate_hz=16, bins=33)
"""To 4 Hz in steps of an eighth: long enough for the cycles of a slow rhythm."""


def spectra(uv: Samples, first_s: int, count: int, scale: Scale = FAST) -> Samples:
    """What is the power spectrum around each second?

    Parameters
    ----------
    uv : `(n_derivations, n)` microvolts at 64 Hz.
    first_s, count : the seconds wanted, counted in whole seconds of `uv`. The window of second `k` is
        `[k + 0.5 - window_s / 2, k + 0.5 + window_s / 2)` and must lie within `uv`.

    Returns
    -------
    `(n_derivations, count, bins)`, one-sided power density in uV^2/Hz (Hann window).
    """
    rate = scale.rate_hz
    fewer = round(INTERNAL_RATE_HZ) // rate
    if fewer > 1:
        uv = kernels.means(uv, fewer)
    n = scale.window_s * rate
    start = first_s * rate + rate // 2 - n // 2
    view = np.lib.stride_tricks.sliding_window_view(uv[:, start : start + (count - 1) * rate + n], n, axis=1)[:, ::rate]
    power = np.empty((len(uv), count, scale.bins), dtype=np.float32)
    for at in range(0, len(uv), TOGETHER):
        part = slice(at, at + TOGETHER)
        transformed = scipy.fft.rfft(view[part] * _window(n, rate), axis=2)[:, :, : scale.bins]
        np.square(transformed.real, out=power[part])
        power[part] += np.square(transformed.imag)
    return power


TOGETHER = 4
"""Derivations that are transformed at once: few, so that they stay in the processor's cache."""


@lru_cache(maxsize=4)
def _window(n: int, rate: int) -> Samples:
    """Hann, scaled so that the square of the transform is one-sided density."""
    window = np.hanning(n + 1)[:n]
    scaled: Samples = (window * np.sqrt(2.0 / (rate * np.sum(window**2)))).astype(np.float32)
    return scaled
