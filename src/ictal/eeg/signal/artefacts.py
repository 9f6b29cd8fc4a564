"""When can a second not be read, and why?

Flat and saturated are seen on the raw samples of a channel. Muscle and mains are seen on the derivation, whose montage
takes away what all channels share (hum on the reference); movement and lost contact on the filtered signal.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from ictal.eeg.recording.types import Channel
from ictal.eeg.signal import kernels
from ictal.eeg.signal.filtering import SMALL_PRODUCT
from ictal.eeg.signal.settings import SignalSettings
from ictal.eeg.signal.types import Mask

Samples = npt.NDArray[np.float32]
Flags = npt.NDArray[np.uint8]

_MUSCLE_HZ = (26, 29, 32, 35, 38, 41, 44)
_MAINS_HZ = (50, 60)
_VISIBLE = 0.48
"""A line is seen when it lies below this share of the sampling rate."""
_HANN_NOISE_BANDWIDTH_HZ = 1.5
LINES = 2 * (len(_MUSCLE_HZ) + len(_MAINS_HZ))
_RAIL_SHARE = 0.04
"""A second that spends more than this share at its own extreme value, at the rail or at a plateau, is saturated."""

UNREADABLE = Mask.gap | Mask.flat | Mask.saturated | Mask.disconnected | Mask.movement
"""Causes that keep a channel out of the average while they last."""


def channel_flags(seconds: Samples, channels: tuple[Channel, ...], settings: SignalSettings) -> Flags:
    """Which seconds of each channel gave no signal: nothing there, flat, or at the rail of the amplifier?

    `seconds` is `(n_channels, n_seconds, samples_per_second)` in microvolts, unfiltered; NaN where the file gave none.
    Returns `Mask` bits, `(n_channels, n_seconds)`.
    """
    high, low = extremes(seconds)
    extent = high - low
    missing = ~np.isfinite(extent)
    return _flags(
        {
            Mask.disconnected: missing,
            Mask.flat: extent < settings.flat_uv,
            Mask.saturated: _saturated(seconds, high, low, channels) & ~missing,
        }
    )


def swing_flags(uv: Samples, settings: SignalSettings, referential: npt.NDArray[np.bool_] | None = None) -> Flags:
    """Which seconds swing too far to be brain: a movement, or an electrode without contact?

    `uv` is filtered signal, `(n, n_seconds, 64)`. From the `referential` channels their median is taken first: a swing
    that all of them share is of the reference. Returns `Mask` bits, `(n, n_seconds)`.
    """
    high, low = extremes(uv)
    extent = high - low
    if referential is not None and referential.any():
        # A median swings no further than the widest of its channels: only in these seconds can a channel without it
        # pass the limit, and only there is the median, which is slow, worked out.
        doubtful = 2 * extent[referential].max(axis=0) > settings.movement_uv
        extent[np.ix_(referential, ~doubtful)] = 0.0
        flat = uv.reshape(len(uv), -1)
        kernels.own_extents(flat, np.flatnonzero(referential), np.flatnonzero(doubtful), uv.shape[2], extent)
    return _flags({Mask.disconnected: extent > settings.disconnected_uv, Mask.movement: extent > settings.movement_uv})


def extremes(seconds: Samples) -> tuple[Samples, Samples]:
    """The largest and the smallest sample of each second, `(n, n_seconds)`; NaN where there is a NaN."""
    count, width = seconds.shape[1:]
    flat = seconds.reshape(len(seconds), -1)
    if not np.isfinite(flat.sum()):
        return seconds.max(axis=2), seconds.min(axis=2)
    high, low = np.empty((2, len(seconds), count), dtype=np.float32)
    kernels.extremes(flat, width, high, low)
    return high, low


def line_flags(lines: Samples, slowest_rate_hz: float, settings: SignalSettings) -> Flags:
    """Which seconds are full of muscle or of mains hum? `lines` as `lines_of` gives; `Mask` bits, `(n, n_seconds)`."""
    power = lines[..., ::2] ** 2 + lines[..., 1::2] ** 2
    seen = max(1, sum(f < _VISIBLE * slowest_rate_hz for f in _MUSCLE_HZ))
    muscle_uv = np.sqrt(20.0 * power[..., : len(_MUSCLE_HZ)].sum(axis=-1) / seen)
    mains_uv = np.sqrt(_HANN_NOISE_BANDWIDTH_HZ * power[..., len(_MUSCLE_HZ) :].max(axis=-1))
    return _flags({Mask.muscle: muscle_uv > settings.muscle_uv, Mask.mains: mains_uv > settings.mains_uv})


def lines_of(seconds: Samples, rate_hz: float) -> Samples:
    """The spectrum of each second at a few high frequencies, linear in the samples, so that a montage applies to it.

    `(n_channels, n_seconds, LINES)` in uV per square root of Hz: cosine and sine of the muscle lines, then of the mains
    lines; 0 for lines that this rate cannot show.
    """
    basis = _basis(seconds.shape[2], rate_hz)
    if not np.isfinite(seconds.sum()):
        seconds = np.nan_to_num(seconds, posinf=0.0, neginf=0.0)
    lines = np.empty((*seconds.shape[:2], LINES), dtype=np.float32)
    step = max(1, SMALL_PRODUCT // basis.size)  # see `filtering.mixed`
    for at in range(0, seconds.shape[1], step):
        lines[:, at : at + step] = seconds[:, at : at + step] @ basis
    return lines


def _flags(causes: dict[Mask, npt.NDArray[np.bool_]]) -> Flags:
    flags = np.zeros(next(iter(causes.values())).shape, dtype=np.uint8)
    for cause, where in causes.items():
        flags[where] |= np.uint8(cause)
    return flags


def _saturated(seconds: Samples, high: Samples, low: Samples, channels: tuple[Channel, ...]) -> npt.NDArray[np.bool_]:
    """At the rail of the amplifier (a physical limit of the file) or stuck at a plateau for part of the second."""
    found = np.zeros(high.shape, dtype=bool)
    needed = max(3, round(_RAIL_SHARE * seconds.shape[2]))
    for c, channel in enumerate(channels):
        if channel.lowest_uv is None or channel.highest_uv is None:
            continue
        bottom, top = sorted((channel.lowest_uv, channel.highest_uv))
        margin = 0.001 * (top - bottom)
        bottom, top = bottom + margin, top - margin
        for k in np.flatnonzero((high[c] >= top) | (low[c] <= bottom)):
            second = seconds[c, k]
            found[c, k] = np.count_nonzero((second >= top) | (second <= bottom)) >= needed
    return found


@lru_cache(maxsize=8)
def _basis(n: int, rate_hz: float) -> Samples:
    """Hann-windowed cosines and sines of the muscle and the mains lines, scaled to density; `(n, LINES)`."""
    window = np.hanning(n + 1)[:n]
    frequencies = np.array(_MUSCLE_HZ + _MAINS_HZ)
    phase = 2 * np.pi * np.outer(np.arange(n) / rate_hz, frequencies)
    shown = window[:, None] * (frequencies < _VISIBLE * rate_hz)
    basis = np.empty((n, LINES))
    basis[:, ::2], basis[:, 1::2] = np.cos(phase) * shown, np.sin(phase) * shown
    scaled: Samples = (basis * np.sqrt(2.0 / (rate_hz * np.sum(window**2)))).astype(np.float32)
    return scaled
