"""When can a second of a channel not be read, and why? Measured on the raw samples, before any filter."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from ictal.eeg.recording.types import Channel
from ictal.eeg.signal.settings import SignalSettings
from ictal.eeg.signal.types import Mask

Samples = npt.NDArray[np.float32]

_MUSCLE_HZ = (26, 29, 32, 35, 38, 41, 44)
_MAINS_HZ = (50, 60)
_RAIL_SHARE = 0.04
"""A second that spends more than this share at its own extreme value, at the rail or at a plateau, is saturated."""

UNREADABLE = Mask.gap | Mask.flat | Mask.saturated | Mask.disconnected | Mask.movement
"""Causes that keep a channel out of the average while they last."""


def channel_flags(
    seconds: Samples, rate_hz: float, channels: tuple[Channel, ...], settings: SignalSettings
) -> npt.NDArray[np.uint8]:
    """Why can each second of each channel not be read?

    `seconds` is `(n_channels, n_seconds, samples_per_second)` in microvolts, unfiltered; NaN where the file gave none.
    Returns `Mask` bits, `(n_channels, n_seconds)`.
    """
    high, low = seconds.max(axis=2), seconds.min(axis=2)
    extent = high - low
    missing = ~np.isfinite(extent)
    muscle_uv, mains_uv = _high_frequency_uv(seconds, rate_hz)
    causes = {
        Mask.disconnected: missing | (extent > settings.disconnected_uv),
        Mask.movement: extent > settings.movement_uv,
        Mask.flat: extent < settings.flat_uv,
        Mask.saturated: _saturated(seconds, high, low, channels) & ~missing,
        Mask.muscle: muscle_uv > settings.muscle_uv,
        Mask.mains: mains_uv > settings.mains_uv,
    }
    flags = np.zeros(extent.shape, dtype=np.uint8)
    for cause, where in causes.items():
        flags[where] |= np.uint8(cause)
    return flags


def _saturated(
    seconds: Samples, high: Samples, low: Samples, channels: tuple[Channel, ...]
) -> npt.NDArray[np.bool_]:
    """At the rail of the amplifier (a physical limit of the file) or stuck at a plateau for part of the second."""
    found = np.zeros(high.shape, dtype=bool)
    needed = max(3, round(_RAIL_SHARE * seconds.shape[2]))
    for c, channel in enumerate(channels):
        limits = (channel.lowest_uv, channel.highest_uv)
        if limits[0] is None or limits[1] is None:
            continue
        margin = 0.001 * abs(limits[1] - limits[0])
        suspect = np.flatnonzero((high[c] >= max(limits) - margin) | (low[c] <= min(limits) + margin))
        for k in suspect:
            second = seconds[c, k]
            at_rail = np.count_nonzero((second >= max(limits) - margin) | (second <= min(limits) + margin))
            found[c, k] = at_rail >= needed
    return found


def _high_frequency_uv(seconds: Samples, rate_hz: float) -> tuple[Samples, Samples]:
    """RMS between 25 and 45 Hz, and RMS of the mains line, of each second: the spectrum at a few frequencies."""
    n = seconds.shape[2]
    basis, muscle_lines, mains_lines = _basis(n, rate_hz)
    lines = np.nan_to_num(seconds, posinf=0.0, neginf=0.0) @ basis
    power = lines[..., ::2] ** 2 + lines[..., 1::2] ** 2
    zero = np.zeros(seconds.shape[:2], dtype=np.float32)
    muscle_uv = np.sqrt(20.0 * power[..., :muscle_lines].mean(axis=-1)) if muscle_lines else zero
    mains_uv = np.sqrt(power[..., muscle_lines:].max(axis=-1) * mains_lines) if mains_lines else zero
    return muscle_uv.astype(np.float32), mains_uv.astype(np.float32)


@lru_cache(maxsize=8)
def _basis(n: int, rate_hz: float) -> tuple[Samples, int, float]:
    """Hann-windowed cosines and sines: first the muscle lines scaled to density (uV/sqrt Hz), then the mains lines.

    Returns the basis `(n, 2 * lines)`, how many lines are muscle, and the factor that turns density at a mains line into
    squared RMS of a pure line (0 when the rate is too low to see any).
    """
    window = np.hanning(n + 1)[:n]
    frequencies = [f for f in _MUSCLE_HZ if f < 0.45 * rate_hz]
    muscle_lines = len(frequencies)
    mains = [f for f in _MAINS_HZ if f < 0.48 * rate_hz]
    phase = 2 * np.pi * np.outer(np.arange(n) / rate_hz, frequencies + mains)
    basis = np.empty((n, 2 * phase.shape[1]))
    scale = np.sqrt(2.0 / (rate_hz * np.sum(window**2)))
    basis[:, ::2], basis[:, 1::2] = np.cos(phase) * window[:, None] * scale, np.sin(phase) * window[:, None] * scale
    line_factor = float(2.0 / np.sum(window) ** 2 / scale**2) if mains else 0.0
    return basis.astype(np.float32), muscle_lines, line_factor
