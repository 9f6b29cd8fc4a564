"""Band-pass and change of rate in one pass: the spectrum of a piece is shaped, cropped and turned back.

Linear phase is zero phase here (the response is real), any rate becomes 64 Hz, and the grid of the result may start
between two raw samples (a shift in time is a ramp of phase). A piece is wider than what is used of it by `PAD_S` on
each side, longer than the response rings, so pieces join without a seam (overlap-save).
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import scipy.fft

from ictal.eeg.signal import kernels
from ictal.eeg.signal.types import INTERNAL_RATE_HZ

Samples = npt.NDArray[np.float32]

PAD_S = 8.0
"""How much wider than its result a piece is, on each side: the 0.5 Hz edge rings for less than this."""


def response(frequency_hz: npt.NDArray[np.float64], high_pass_hz: float, low_pass_hz: float) -> npt.NDArray[np.float64]:
    """How much of each frequency passes (0-1)? Half-cosine edges, centred on the corner frequencies."""
    width_low = 0.8 * high_pass_hz
    width_high = min(4.0, 2.0 * (INTERNAL_RATE_HZ / 2.0 - low_pass_hz)) or 1.0
    rise = np.clip((frequency_hz - high_pass_hz) / width_low + 0.5, 0.0, 1.0)
    fall = np.clip((low_pass_hz - frequency_hz) / width_high + 0.5, 0.0, 1.0)
    shaped: npt.NDArray[np.float64] = np.sin(np.pi / 2 * rise) ** 2 * np.sin(np.pi / 2 * fall) ** 2
    return shaped


@lru_cache(maxsize=8)
def _transfer(n_raw: int, rate_hz: float, n_out: int, high_pass_hz: float, low_pass_hz: float) -> Samples:
    bins = min(n_raw, n_out) // 2 + 1
    frequency_hz = np.arange(bins) * rate_hz / n_raw
    every = _every(n_raw, rate_hz)
    shaped = response(frequency_hz, high_pass_hz, low_pass_hz) * (n_out / (n_raw // every))
    if every > 1:
        half = _taps(rate_hz, every)[len(_taps(rate_hz, every)) // 2 :].astype(np.float64)
        at = np.flatnonzero(half[1:]) + 1
        shaped /= half[0] + 2 * half[at] @ np.cos(np.outer(at, 2 * np.pi / rate_hz * frequency_hz))
    if bins == n_out // 2 + 1:
        shaped[-1] = 0.0
    return shaped.astype(np.float32)


def resample(raw: Samples, rate_hz: float, offset_s: float, n_out: int, band_hz: tuple[float, float]) -> Samples:
    """What is this piece at 64 Hz within the band?

    Parameters
    ----------
    raw : `(n_channels, n_raw)` microvolts at `rate_hz`, spanning `n_out / 64` seconds (padded on both sides); its mean
        is taken away first.
    offset_s : time of the first wanted sample minus time of the first raw sample; less than one raw sample.
    n_out : number of samples at 64 Hz that the piece spans.

    Returns
    -------
    `(n_channels, n_out)` microvolts; the outer `PAD_S` on each side is not to be used.
    """
    n_raw = raw.shape[1]
    every = _every(n_raw, rate_hz)
    mean = raw.mean(axis=1)
    fewer = kernels.decimated(raw, mean, _taps(rate_hz, every), every) if every > 1 else raw - mean[:, None]
    spectrum = scipy.fft.rfft(fewer, axis=1)
    transfer = _transfer(n_raw, rate_hz, n_out, *band_hz)
    kept = spectrum[:, : len(transfer)]
    if offset_s:
        ramp = np.exp(2j * np.pi * np.arange(len(transfer)) * (rate_hz / n_raw) * offset_s)
        kept = kept * (transfer * ramp).astype(np.complex64)
    else:
        kept = kept * transfer
    out: Samples = scipy.fft.irfft(kept, n=n_out, axis=1).astype(np.float32, copy=False)
    return out


HIGHEST_HZ = INTERNAL_RATE_HZ / 2
"""Nothing above passes."""
LEAST_RATE_HZ, STOPPED_DB = 4 * HIGHEST_HZ, 100.0
"""Before its spectrum is taken, a piece is brought to the lowest whole share of its rate that is at least so high; what
would then fall into the band is brought down by this much first, and what that takes from the band is given back."""


def _every(n_raw: int, rate_hz: float) -> int:
    """Every how manieth sample of a piece is enough?"""
    most = max(1, math.floor(rate_hz / LEAST_RATE_HZ))
    return next(k for k in range(most, 0, -1) if n_raw % k == 0)


@lru_cache(maxsize=8)
def _taps(rate_hz: float, every: int) -> Samples:
    """A filter that passes what is below 32 Hz and stops what would be taken for it (Kaiser's design)."""
    edge = 2 * np.pi * (rate_hz / every - 2 * HIGHEST_HZ) / rate_hz
    half = math.ceil((STOPPED_DB - 7.95) / (2.285 * edge) / 2)
    at = np.arange(-half, half + 1)
    taps = np.sinc(at / every) / every * np.kaiser(2 * half + 1, 0.1102 * (STOPPED_DB - 8.7))
    taps[(at % every == 0) & (at != 0)] = 0.0
    return taps.astype(np.float32)


def mixed(weights: Samples, channels: Samples) -> Samples:
    """`weights @ channels`, for `(n, n_channels)` and `(n_channels, n_samples)`.

    In pieces so small that BLAS keeps to the calling thread: its threads and ours would wait for each other.
    """
    out = np.empty((len(weights), channels.shape[1]), dtype=np.float32)
    step = max(16, SMALL_PRODUCT // max(1, weights.size))
    for at in range(0, channels.shape[1], step):
        np.matmul(weights, channels[:, at : at + step], out=out[:, at : at + step])
    return out


SMALL_PRODUCT = 1 << 17
"""Multiplications of one matrix product, well below the 2^18 from which OpenBLAS takes several threads."""


def extend(raw: Samples, before: int, after: int) -> Samples:
    """The piece with `before` and `after` samples more, turned about its ends (odd extension), constant beyond that."""
    if not before and not after:
        return raw
    n = raw.shape[1]
    out = np.empty((raw.shape[0], before + n + after), dtype=np.float32)
    out[:, before : before + n] = raw
    k = min(before, n - 1)
    if before:
        out[:, before - k : before] = 2 * raw[:, :1] - raw[:, k:0:-1]
        out[:, : before - k] = out[:, before - k : before - k + 1]
    k = min(after, n - 1)
    if after:
        out[:, before + n : before + n + k] = 2 * raw[:, -1:] - raw[:, n - 1 - k : n - 1][:, ::-1]
        out[:, before + n + k :] = out[:, before + n + k - 1 : before + n + k]
    return out
