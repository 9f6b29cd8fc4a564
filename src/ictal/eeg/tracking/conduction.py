"""Is a rhythm only the far field of a stronger one? Volume conduction has no delay: it is in phase or in antiphase."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import scipy.fft

from ictal.eeg.signal.types import INTERNAL_RATE_HZ
from ictal.eeg.tracking import kernels, shapes

Samples = npt.NDArray[np.float32]
Spectrum = npt.NDArray[np.complex64]

WINDOW_S, HOP_S = 2.0, 0.5
HIGHEST_HZ = 15.0
AROUND_S = 6.0
"""What is said of a second rests on this many seconds around it."""


_REACH_S = 0.5 * (AROUND_S - WINDOW_S)
AROUND = (
    round(1 / HOP_S),
    math.ceil((0.5 - _REACH_S) / HOP_S),
    math.floor((0.5 + _REACH_S) / HOP_S) + 1,
    WINDOW_S,
)
"""Windows a second, the first and the last of those that lie within `AROUND_S` around the middle of a second (counted
from its own), and lines for a hertz."""


@lru_cache(maxsize=16)
def hann(n: int) -> Samples:
    """A Hann window of `n` samples; made once, because it is asked for thousands of times."""
    window: Samples = np.hanning(n).astype(np.float32)
    return window


class Together:
    """How electrodes move together in one stretch of signal, `uv` of `(n_electrodes, n_seconds * 64)`."""

    def __init__(self, uv: Samples) -> None:
        self._uv = uv
        windows = uv.shape[1] // round(HOP_S * INTERNAL_RATE_HZ) + 1
        # Rows that nobody asks for are never touched, so they take no memory.
        self._spectra = np.empty((len(uv), windows, round(HIGHEST_HZ * WINDOW_S) + 1), dtype=np.complex64)
        self._known = np.zeros(len(uv), dtype=bool)

    def in_phase(self, a: int, b: int, rhythm_hz: Samples, start: int = 0) -> Samples:
        """How much of two electrodes moves together without delay (0-1), at the rhythm of each second from `start` on?

        The absolute real part of their coherency over the six seconds around: 1 for one source seen at two places (in
        either sign), near 0 for unrelated rhythms and for rhythms a quarter of a cycle apart.
        """
        spectra = self.spectra((a, b))
        share: Samples = kernels.phases(spectra[a], spectra[b], np.ascontiguousarray(rhythm_hz), start, AROUND)
        return share

    def spectra(self, electrodes: Iterable[int]) -> Spectrum:
        """The short spectra, `(n_electrodes, n_windows, n_bins)`; only those of these electrodes need be there."""
        n, hop = round(WINDOW_S * INTERNAL_RATE_HZ), round(HOP_S * INTERNAL_RATE_HZ)
        for e in electrodes:
            if not self._known[e]:
                windows = shapes.windowed(np.pad(self._uv[e], n // 2), hann(n), hop)
                self._spectra[e] = scipy.fft.rfft(windows, axis=1)[: self._spectra.shape[1], : self._spectra.shape[2]]
                self._known[e] = True
        return self._spectra
