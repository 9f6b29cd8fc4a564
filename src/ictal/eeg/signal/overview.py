"""The whole recording at a glance: a pyramid of least and greatest values, and trends of amplitude and spectrum.

Made in one pass over prepared blocks, so that memory does not grow with the recording but by what is kept.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.fft

from ictal.base.electrodes import Hemisphere, electrode
from ictal.eeg.recording.types import Recording
from ictal.eeg.signal.features import spectra
from ictal.eeg.signal.montage import display_montage
from ictal.eeg.signal.settings import SignalSettings
from ictal.eeg.signal.stream import MARGIN_S, Preparer
from ictal.eeg.signal.types import HIDING, INTERNAL_RATE_HZ, Mask, Montage
from ictal.eeg.signal.view import NOT_RECORDED, STEP_UV

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int16]

BIN_S = 0.5
"""Seconds of one bin of the finest level of the pyramid."""
FEWER = 4
"""How many bins of a level become one of the next."""
LEVELS = 6
MOST_COLUMNS = 1440
BINS_HZ = 0.5
TOP_HZ = 16.0
AMPLITUDE_HZ = (2.0, 15.0)
"""The band of amplitude-integrated EEG."""
SIDES = (Hemisphere.left, Hemisphere.right)


@dataclass(frozen=True, slots=True)
class Trends:
    """Columns of `column_s` seconds over the whole recording; NaN where nothing could be read.

    `amplitude_uv` is `(2 sides, 2, columns)`: the 10th and 90th percentile of peak-to-peak amplitude in half seconds,
    2-15 Hz, median of the side's derivations. `power` is `(2 sides, bins, columns)`, uV^2/Hz in steps of half a hertz.
    `asymmetry` is right minus left over their sum, of the power of 1-13 Hz.
    """

    column_s: float
    amplitude_uv: Floats
    power: Floats
    asymmetry: Floats


@dataclass(frozen=True, slots=True)
class Overview:
    """`levels[k]` is `(n_derivations, bins, 2)`: least and greatest in steps of `STEP_UV`, bins of `BIN_S * 4**k` s."""

    montage: Montage
    levels: tuple[Numbers, ...]
    trends: Trends


def overview(
    recording: Recording, settings: SignalSettings, progress: Callable[[float], None] = lambda share: None
) -> Overview:
    """What does the whole recording look like?"""
    montage = display_montage(recording)
    total_s = math.ceil(round(recording.duration_s, 6))
    per_s = round(1.0 / BIN_S)
    finest = np.full((len(montage.derivations), total_s * per_s, 2), NOT_RECORDED, dtype=np.int16)
    column_s = max(1, math.ceil(total_s / MOST_COLUMNS))
    sums = _Sums(montage, total_s, column_s)
    for block in Preparer(recording, montage, settings).blocks():
        inner = block.uv[:, MARGIN_S * 64 : (MARGIN_S + block.seconds) * 64]
        gap = np.repeat((block.flags & np.uint8(Mask.gap)) != 0, per_s, axis=1)
        finest[:, block.start_s * per_s : (block.start_s + block.seconds) * per_s] = _bins(inner, gap)
        sums.add(block.start_s, block.uv, (block.flags & HIDING) == 0)
        progress(min(1.0, (block.start_s + block.seconds) / max(total_s, 1)))
    levels = [finest]
    while len(levels) < LEVELS and levels[-1].shape[1] > FEWER:
        levels.append(_coarser(levels[-1]))
    return Overview(montage, tuple(levels), sums.trends())


def _bins(uv: Floats, gap: npt.NDArray[np.bool_]) -> Numbers:
    folded = uv.reshape(len(uv), gap.shape[1], -1)
    both = np.stack((folded.min(axis=2), folded.max(axis=2)), axis=2)
    numbers = np.clip(np.round(both / STEP_UV), -32767, 32767).astype(np.int16)
    numbers[gap] = NOT_RECORDED
    return numbers


def _coarser(level: Numbers) -> Numbers:
    rows, bins, _ = level.shape
    padded = np.full((rows, math.ceil(bins / FEWER) * FEWER, 2), NOT_RECORDED, dtype=np.int16)
    padded[:, :bins] = level
    folded = padded.reshape(rows, -1, FEWER, 2)
    nothing = folded[..., 0] == NOT_RECORDED
    least = np.where(nothing, np.int16(32767), folded[..., 0]).min(axis=2)
    greatest = folded[..., 1].max(axis=2)
    out = np.stack((least, greatest), axis=2)
    out[nothing.all(axis=2)] = NOT_RECORDED
    return out


class _Sums:
    """What the trends are made of, added up block by block."""

    def __init__(self, montage: Montage, total_s: int, column_s: int) -> None:
        self._rows = tuple(
            [k for k, d in enumerate(montage.derivations) if electrode(d.electrode).hemisphere is side]
            for side in SIDES
        )
        self._column_s = column_s
        columns = math.ceil(total_s / column_s)
        self._half_s = np.full((2, columns * column_s, 2), np.nan, dtype=np.float32)
        self._power = np.zeros((2, columns, round(TOP_HZ / BINS_HZ)), dtype=np.float64)
        self._count = np.zeros((2, columns), dtype=np.int64)

    def add(self, start_s: int, uv: Floats, clear: npt.NDArray[np.bool_]) -> None:
        """One block with its margins, and which of its seconds could be read."""
        seconds = clear.shape[1]
        found = spectra(uv, MARGIN_S, seconds)[:, :, :-1]
        power = found.reshape(*found.shape[:2], -1, 2).mean(axis=3)
        swing = _swings(uv)[:, MARGIN_S : MARGIN_S + seconds]
        at = (start_s + np.arange(seconds)) // self._column_s
        for side, rows in enumerate(self._rows):
            if not rows:
                continue
            some = clear[rows].any(axis=0)
            weight = clear[rows] / np.maximum(clear[rows].sum(axis=0), 1)
            mean = np.einsum("ds,dsb->sb", weight, power[rows])
            np.add.at(self._power[side], at[some], mean[some])
            np.add.at(self._count[side], at[some], 1)
            shown = np.where(clear[rows][:, :, None], swing[rows], np.nan)[:, some]
            if some.any():
                self._half_s[side, start_s + np.flatnonzero(some)] = np.nanmedian(shown, axis=0)

    def trends(self) -> Trends:
        """The columns."""
        columns = self._count.shape[1]
        halves = self._half_s.reshape(2, columns, -1)
        amplitude = np.full((2, 2, columns), np.nan, dtype=np.float32)
        for side in range(2):
            some = np.isfinite(halves[side]).any(axis=1)
            if some.any():
                amplitude[side][:, some] = np.nanquantile(halves[side][some], (0.1, 0.9), axis=1)
        power = np.where(self._count[..., None] > 0, self._power / np.maximum(self._count, 1)[..., None], np.nan)
        whole = power[:, :, round(1.0 / BINS_HZ) : round(13.0 / BINS_HZ)].sum(axis=2)
        both = whole.sum(axis=0)
        asymmetry = np.where(both > 0, (whole[1] - whole[0]) / np.where(both > 0, both, 1.0), np.nan)
        shown = power.transpose(0, 2, 1).astype(np.float32)
        return Trends(float(self._column_s), amplitude, shown, asymmetry.astype(np.float32))


def _swings(uv: Floats) -> Floats:
    """Peak-to-peak amplitude of each half second in the band of aEEG: `(n_derivations, seconds, 2)`."""
    rate = round(INTERNAL_RATE_HZ)
    spectrum = scipy.fft.rfft(uv, axis=1)
    frequency_hz = np.arange(spectrum.shape[1]) * rate / uv.shape[1]
    low, high = AMPLITUDE_HZ
    spectrum[:, (frequency_hz < low) | (frequency_hz > high)] = 0
    band = scipy.fft.irfft(spectrum, n=uv.shape[1], axis=1)
    folded = band.reshape(len(uv), -1, 2, rate // 2)
    swings: Floats = (folded.max(axis=3) - folded.min(axis=3)).astype(np.float32)
    return swings
