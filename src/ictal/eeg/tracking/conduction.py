"""Is a rhythm only the far field of a stronger one? Volume conduction has no delay: it is in phase or in antiphase."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
import scipy.fft

from ictal.eeg.signal.types import INTERNAL_RATE_HZ

Samples = npt.NDArray[np.float32]

WINDOW_S, HOP_S = 2.0, 0.5


@lru_cache(maxsize=16)
def hann(n: int) -> Samples:
    """A Hann window of `n` samples; made once, because it is asked for thousands of times."""
    window: Samples = np.hanning(n).astype(np.float32)
    return window


def in_phase(a_uv: Samples, b_uv: Samples, frequency_hz: float) -> float:
    """How much of two signals around one frequency moves together without delay (0-1)?

    The absolute real part of their coherency over overlapping windows: 1 for one source seen at two places (either
    sign), near 0 for unrelated rhythms and for rhythms a quarter of a cycle apart. Signals are 1-D at 64 Hz; shorter
    than three seconds gives 0, because coherence of so little is not known.
    """
    n, hop = round(WINDOW_S * INTERNAL_RATE_HZ), round(HOP_S * INTERNAL_RATE_HZ)
    if len(a_uv) < 3 * INTERNAL_RATE_HZ:
        return 0.0
    window = hann(n)
    centre = round(frequency_hz * WINDOW_S)
    bins = slice(max(1, centre - 1), centre + 2)
    spectra = [
        scipy.fft.rfft(np.lib.stride_tricks.sliding_window_view(x, n)[::hop] * window, axis=1)[:, bins]
        for x in (a_uv, b_uv)
    ]
    cross = np.sum(spectra[0] * np.conj(spectra[1]))
    power = np.sum(np.abs(spectra[0]) ** 2) * np.sum(np.abs(spectra[1]) ** 2)
    return float(abs(cross.real) / np.sqrt(power)) if power > 0 else 0.0
