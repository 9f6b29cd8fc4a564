"""What a reader pages through: any seconds of any montage, filtered for the eye, as 16-bit numbers.

The band is shaped in the spectrum as for the analysis (`filtering`), at a rate that a screen can show. Each piece is
read with its surroundings, so that pieces join without a seam; a gap is `NOT_RECORDED`, never a line.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import scipy.fft

from ictal.base.errors import ChannelError, UsageError
from ictal.base.time import to_sample
from ictal.eeg.recording.types import Recording
from ictal.eeg.signal import filtering
from ictal.eeg.signal import montage as montages
from ictal.eeg.signal.types import Montage

Samples = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int16]

STEP_UV = 0.1
"""Microvolts of one step of the numbers."""
NOT_RECORDED = -32768
LONGEST_S = 120.0

HIGH_PASSES_HZ = (0.1, 0.5, 1.0, 2.0, 5.0)
LOW_PASSES_HZ = (15.0, 30.0, 70.0)
NOTCHES_HZ = (0.0, 50.0, 60.0)
"""What a reader can choose; 0 is no notch."""

_FINE_RATE_HZ, _COARSE_RATE_HZ = 256.0, 128.0
_PAD_S = 12.0


@dataclass(frozen=True, slots=True)
class Band:
    """What is shown of the spectrum."""

    high_pass_hz: float = 0.5
    low_pass_hz: float = 30.0
    notch_hz: float = 0.0

    def __post_init__(self) -> None:
        for said, allowed in (
            (self.high_pass_hz, HIGH_PASSES_HZ),
            (self.low_pass_hz, LOW_PASSES_HZ),
            (self.notch_hz, NOTCHES_HZ),
        ):
            if said not in allowed:
                raise UsageError(f"No filter of {said:g} Hz. Allowed: {', '.join(f'{a:g}' for a in allowed)}.")


class View:
    """One recording as a reader pages through it."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._montages: dict[str, Montage] = {}
        for name in montages.MONTAGES:
            try:
                self._montages[name] = montages.build(recording, name)
            except ChannelError:
                continue  # this recording has not the electrodes for it
        self.preferred = montages.display_montage(recording).name

    @property
    def montages(self) -> tuple[Montage, ...]:
        """Which ways of looking does this recording allow?"""
        return tuple(self._montages.values())

    def rate_hz(self, band: Band) -> float:
        """At which rate is this band shown?"""
        fastest = max((self._recording.channels[c].rate_hz for c in self._recording.eeg), default=1.0)
        return min(fastest, _FINE_RATE_HZ if band.low_pass_hz > 50.0 else _COARSE_RATE_HZ)

    def tile(self, name: str, start_s: float, seconds: float, band: Band) -> Numbers:
        """What is there in `[start_s, start_s + seconds)`? `(n_derivations, n)` in steps of `STEP_UV`."""
        if name not in self._montages:
            raise UsageError(f"No montage '{name}' here. This recording has: {', '.join(self._montages)}.")
        if not (math.isfinite(start_s) and 0.0 < seconds <= LONGEST_S):
            raise UsageError(f"A page has at most {LONGEST_S:g} s; {seconds:g} s were asked for.")
        montage, rate_hz = self._montages[name], self.rate_hz(band)
        used = sorted({c for d in montage.derivations for c in d.weights})
        column = {c: k for k, c in enumerate(used)}
        uv = np.full((len(used), to_sample(seconds, rate_hz)), np.nan, dtype=np.float32)
        by_rate: dict[float, list[int]] = {}
        for c in used:
            by_rate.setdefault(self._recording.channels[c].rate_hz, []).append(c)
        for channels in by_rate.values():
            rows = [column[c] for c in channels]
            uv[rows] = self._channels(channels, start_s, uv.shape[1], (rate_hz, band))
        missing = ~np.isfinite(uv).any(axis=0)
        mixed = filtering.mixed(montages.matrix(montage.derivations, column), np.nan_to_num(uv, copy=False))
        numbers = np.clip(np.round(mixed / STEP_UV), -32767, 32767).astype(np.int16)
        numbers[:, missing] = NOT_RECORDED
        return numbers

    def _channels(self, channels: list[int], start_s: float, count: int, how: tuple[float, Band]) -> Samples:
        """Channels of one rate on the grid of the page; NaN where nothing was recorded."""
        rate_hz, band = how
        raw_hz = self._recording.channels[channels[0]].rate_hz
        out = np.full((len(channels), count), np.nan, dtype=np.float32)
        for number, segment in enumerate(self._recording.segments):
            first = max(0, math.ceil((segment.start_s - start_s) * rate_hz - 1e-6))
            last = min(count, math.ceil((segment.stop_s - start_s) * rate_hz - 1e-6))
            if last <= first:
                continue
            begin_s = start_s + first / rate_hz - segment.start_s - _PAD_S
            wanted = math.floor(begin_s * raw_hz + 1e-6)
            n_raw = round(((last - first) / rate_hz + 2 * _PAD_S) * raw_hz)
            lo = max(0, wanted)
            hi = min(to_sample(segment.duration_s, raw_hz), wanted + n_raw)
            if hi - lo < 2:
                continue
            raw = np.nan_to_num(self._recording.samples.read_uv(channels, number, lo, hi))
            raw = filtering.extend(raw - raw.mean(axis=1, keepdims=True), lo - wanted, wanted + n_raw - hi)
            shown = _shaped(raw, (raw_hz, rate_hz), band, begin_s - wanted / raw_hz)
            at = to_sample(_PAD_S, rate_hz)
            out[:, first:last] = shown[:, at : at + last - first]
        return out


def _shaped(raw: Samples, rates_hz: tuple[float, float], band: Band, offset_s: float) -> Samples:
    """Raw samples within the band and at the rate of the page."""
    raw_hz, rate_hz = rates_hz
    n_raw = raw.shape[1]
    n_out = round(n_raw / raw_hz * rate_hz)
    transfer, frequency_hz = _transfer(n_raw, raw_hz, n_out, band)
    shaped = scipy.fft.rfft(raw, axis=1)[:, : len(transfer)] * transfer
    if offset_s > 1e-9:
        shaped = shaped * np.exp(2j * np.pi * frequency_hz * offset_s).astype(np.complex64)
    out: Samples = scipy.fft.irfft(shaped, n=n_out, axis=1).astype(np.float32, copy=False)
    return out


@lru_cache(maxsize=16)
def _transfer(n_raw: int, raw_hz: float, n_out: int, band: Band) -> tuple[Samples, npt.NDArray[np.float64]]:
    bins = min(n_raw, n_out) // 2 + 1
    frequency_hz = np.arange(bins) * raw_hz / n_raw
    high, low = band.high_pass_hz, band.low_pass_hz
    rise = np.clip((frequency_hz - high) / (0.8 * high) + 0.5, 0.0, 1.0)
    fall = np.clip((low - frequency_hz) / (0.2 * low) + 0.5, 0.0, 1.0)
    passed = np.sin(np.pi / 2 * rise) ** 2 * np.sin(np.pi / 2 * fall) ** 2
    if band.notch_hz:
        passed = passed * (1.0 - np.exp(-0.5 * ((frequency_hz - band.notch_hz) / 0.7) ** 2))
    return (passed * (n_out / n_raw)).astype(np.float32), frequency_hz
