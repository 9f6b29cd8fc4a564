"""Short-time spectra of derivations: power in steps of a quarter hertz, one value a second."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
import scipy.fft

from ictal.eeg.signal.types import INTERNAL_RATE_HZ

Samples = npt.NDArray[np.float32]

WINDOW_S = 4
"""Long enough for two cycles of 0.5 Hz and a resolution of half a hertz, short enough to time an onset."""

BIN_HZ = 1.0 / WINDOW_S
TOP_HZ = 16.0
BINS = round(TOP_HZ / BIN_HZ) + 1


def spectra(uv: Samples, first_s: int, count: int) -> Samples:
    """What is the power spectrum around each second?

    Parameters
    ----------
    uv : `(n_derivations, n)` microvolts at 64 Hz.
    first_s, count : the seconds wanted, counted in whole seconds of `uv`. The window of second `k` is
        `[k + 0.5 - WINDOW_S / 2, k + 0.5 + WINDOW_S / 2)` and must lie within `uv`.

    Returns
    -------
    `(n_derivations, count, BINS)`, one-sided power density in uV^2/Hz at 0, 0.25, ... 16 Hz (Hann window).
    """
    rate = round(INTERNAL_RATE_HZ)
    n = WINDOW_S * rate
    start = first_s * rate + rate // 2 - n // 2
    view = np.lib.stride_tricks.sliding_window_view(uv[:, start : start + (count - 1) * rate + n], n, axis=1)[:, ::rate]
    power = np.empty((len(uv), count, BINS), dtype=np.float32)
    for at in range(0, len(uv), TOGETHER):
        part = slice(at, at + TOGETHER)
        transformed = scipy.fft.rfft(view[part] * _window(n, rate), axis=2)[:, :, :BINS]
        np.square(transformed.real, out=power[part])
        power[part] += np.square(transformed.imag)
    return power


TOGETHER = 4
"""Derivations that are transformed at once: few, so that they stay in the processor's cache."""


@lru_cache(maxsize=2)
def _window(n: int, rate: int) -> Samples:
    """Hann, scaled so that the square of the transform is one-sided density."""
    window = np.hanning(n + 1)[:n]
    scaled: Samples = (window * np.sqrt(2.0 / (rate * np.sum(window**2)))).astype(np.float32)
    return scaled
