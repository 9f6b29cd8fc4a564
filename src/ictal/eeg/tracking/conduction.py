"""Is a rhythm only the far field of a stronger one? Volume conduction has no delay: it is in phase or in antiphase."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
import scipy.fft

from ictal.eeg.signal.types import INTERNAL_RATE_HZ

Samples = npt.NDArray[np.float32]
Spectrum = npt.NDArray[np.complex64]

WINDOW_S, HOP_S = 2.0, 0.5
HIGHEST_HZ = 15.0
AROUND_S = 6.0
"""What is said of a second rests on this many seconds around it."""


@lru_cache(maxsize=16)
def hann(n: int) -> Samples:
    """A Hann window of `n` samples; made once, because it is asked for thousands of times."""
    window: Samples = np.hanning(n).astype(np.float32)
    return window


class Together:
    """How electrodes move together in one stretch of signal, `uv` of `(n_electrodes, n_seconds * 64)`."""

    def __init__(self, uv: Samples) -> None:
        self._uv = uv
        self._seconds = uv.shape[1] // round(INTERNAL_RATE_HZ)
        self._spectra: dict[int, Spectrum] = {}
        self._powers: dict[int, Samples] = {}

    def in_phase(self, a: int, b: int, rhythm_hz: Samples) -> Samples:
        """How much of two electrodes moves together without delay (0-1), at the rhythm of each second?

        The absolute real part of their coherency over the six seconds around: 1 for one source seen at two places (in
        either sign), near 0 for unrelated rhythms and for rhythms a quarter of a cycle apart.
        """
        cross = self._around((self._spectrum(a) * np.conj(self._spectrum(b))).real)
        at = np.clip(np.round(rhythm_hz * WINDOW_S).astype(np.intp), 1, cross.shape[1] - 2)
        bins = at[:, None] + np.arange(-1, 2)
        shared, one, other = (
            np.take_along_axis(x, bins, axis=1).sum(axis=1) for x in (cross, self._power(a), self._power(b))
        )
        share: Samples = np.abs(shared) / np.sqrt(one * other + 1e-9)
        return share

    def _spectrum(self, e: int) -> Spectrum:
        if e not in self._spectra:
            n, hop = round(WINDOW_S * INTERNAL_RATE_HZ), round(HOP_S * INTERNAL_RATE_HZ)
            padded = np.pad(self._uv[e], n // 2)
            view = np.lib.stride_tricks.sliding_window_view(padded, n)[::hop]
            highest = round(HIGHEST_HZ * WINDOW_S)
            self._spectra[e] = scipy.fft.rfft(view * hann(n), axis=1)[:, : highest + 1]
        return self._spectra[e]

    def _power(self, e: int) -> Samples:
        if e not in self._powers:
            self._powers[e] = self._around(np.abs(self._spectrum(e)) ** 2)
        return self._powers[e]

    def _around(self, values: Samples) -> Samples:
        """Sums over the windows that lie within `AROUND_S` around the middle of each second, `(n_seconds, n_bins)`."""
        total = np.zeros((len(values) + 1, values.shape[1]))
        np.cumsum(values, axis=0, out=total[1:])
        middle = np.arange(self._seconds) + 0.5
        reach = 0.5 * (AROUND_S - WINDOW_S)
        first = np.clip(np.ceil((middle - reach) / HOP_S), 0, len(values)).astype(np.intp)
        last = np.clip(np.floor((middle + reach) / HOP_S) + 1, 0, len(values)).astype(np.intp)
        summed: Samples = (total[last] - total[first]).astype(np.float32)
        return summed
