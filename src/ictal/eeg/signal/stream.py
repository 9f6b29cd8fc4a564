"""A recording as a stream of prepared blocks: montage, band, 64 Hz, masks, whatever the recording's length or rate.

    raw (own rates, segments, gaps) --> pieces with padding --> 64 Hz band-passed channels --> derivations
                                   \\-> seconds, unfiltered --> why a second cannot be read -> masks

Block borders lie at whole multiples of `BLOCK_S` of the recording's time, so one block never depends on the next, and
memory does not grow with the recording.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import numpy.typing as npt

from ictal.base.errors import RecordingError
from ictal.base.time import to_sample
from ictal.eeg.recording.types import Recording
from ictal.eeg.signal import artefacts, filtering
from ictal.eeg.signal.ahead import ahead
from ictal.eeg.signal.montage import matrix
from ictal.eeg.signal.settings import SignalSettings
from ictal.eeg.signal.types import INTERNAL_RATE_HZ, Mask, Montage

Samples = npt.NDArray[np.float32]
Flags = npt.NDArray[np.uint8]

BLOCK_S = 224
MARGIN_S = 8
"""How much of its surroundings a block carries on each side, so that windows over its border are whole."""

LONGEST_S = 3600
"""A longer window is prepared hour by hour."""

LOWEST_RATE_HZ = 32.0

TOGETHER = 4
"""Channels that are filtered at once: few, so that they stay in the processor's cache and its memory is used again."""


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of prepared signal.

    `uv` is `(n_derivations, (seconds + 2 * MARGIN_S) * 64)`: the block with its margins; zero where nothing was
    recorded. `flags` is `(n_derivations, seconds)`, `Mask` bits of the block itself, without margins.
    """

    start_s: int
    seconds: int
    uv: Samples
    flags: Flags


class Preparer:
    """Reads any stretch of a recording as derivations at 64 Hz.

    1. Channels are grouped by rate; within a group they are read together.
    2. A channel that cannot be read for a while is replaced by the mean of the channels of its reference, so that it
       does not spoil the average; its own derivation is masked.
    3. Before a segment's start and after its end the signal is continued by its own mirror image, never by its
       neighbour across the gap.
    """

    def __init__(self, recording: Recording, montage: Montage, settings: SignalSettings) -> None:
        self.recording = recording
        self.settings = settings
        used = sorted({c for d in montage.derivations for c in d.weights})
        slowest = min(recording.channels[c].rate_hz for c in used)
        if slowest < LOWEST_RATE_HZ:
            raise RecordingError(
                f"An EEG channel is sampled at {slowest:g} Hz. At least {LOWEST_RATE_HZ:g} Hz are needed to see "
                f"rhythms of up to 13 Hz: give a recording that was not reduced so far."
            )
        self._used = used
        self._slowest_hz = slowest
        self._groups: dict[float, list[int]] = {}
        for c in used:
            self._groups.setdefault(recording.channels[c].rate_hz, []).append(c)
        self._column = {c: k for k, c in enumerate(used)}
        self._weights = matrix(montage.derivations, self._column)
        self._referential = np.array([not recording.channels[c].is_bipolar for c in used])
        self._heavy = np.abs(self._weights) >= 0.3 * np.abs(self._weights).max(axis=1, keepdims=True)

    def blocks(self) -> Iterator[Block]:
        """The whole recording, block after block, from its first second to its last (which may be a part).

        Blocks are prepared in threads, a few ahead of the one asked for; samples are read in the caller's thread.
        """
        total_s = math.ceil(round(self.recording.duration_s, 6))
        spans = ((start_s, min(BLOCK_S, total_s - start_s)) for start_s in range(0, total_s, BLOCK_S))
        return ahead(self._job(*span) for span in spans)

    def block(self, start_s: int, seconds: int) -> Block:
        """The block that starts at a whole second of the recording."""
        return self._job(start_s, seconds)()

    def window(self, start_s: int, seconds: int) -> Samples:
        """Just the signal of `[start_s, start_s + seconds)`, `(n_derivations, seconds * 64)`."""
        return self._window(start_s, seconds)()

    def windows(self, spans: Iterable[tuple[int, int]]) -> Iterator[Samples]:
        """`window(start_s, seconds)` for many spans, in their order, prepared in threads one ahead."""
        return ahead((self._window(*span) for span in spans), waiting=1)

    def _window(self, start_s: int, seconds: int) -> Callable[[], Samples]:
        if seconds > LONGEST_S:
            return partial(self._long_window, start_s, seconds)
        pieces = self._read(start_s, seconds)
        return lambda: self._derivations(start_s, seconds, pieces, with_lines=False)[0]

    def _long_window(self, start_s: int, seconds: int) -> Samples:
        """A window put together from hours, so that the raw samples of a day are never in memory at once."""
        rate = round(INTERNAL_RATE_HZ)
        uv = np.empty((len(self._weights), seconds * rate), dtype=np.float32)
        for at in range(0, seconds, LONGEST_S):
            wide = (start_s + at - MARGIN_S, min(LONGEST_S, seconds - at) + 2 * MARGIN_S)
            part = self._derivations(*wide, self._read(*wide), with_lines=False)[0]
            part = part[:, MARGIN_S * rate : -MARGIN_S * rate]
            uv[:, at * rate : at * rate + part.shape[1]] = part
        return uv

    def _job(self, start_s: int, seconds: int) -> Callable[[], Block]:
        """Reads the samples of a block now; what comes back prepares it, in any thread."""
        pieces = self._read(start_s - MARGIN_S, seconds + 2 * MARGIN_S)
        return partial(self._block, start_s, seconds, pieces)

    def _block(self, start_s: int, seconds: int, pieces: Sequence[_Piece]) -> Block:
        uv, seen = self._derivations(start_s - MARGIN_S, seconds + 2 * MARGIN_S, pieces, with_lines=True)
        inner = slice(MARGIN_S, MARGIN_S + seconds)
        flags = np.zeros((len(uv), seconds), dtype=np.uint8)
        for d, heavy in enumerate(self._heavy):
            flags[d] = np.bitwise_or.reduce(seen.flags[heavy, inner], axis=0)
        lines = filtering.mixed(self._weights, seen.lines[:, inner].reshape(len(self._used), -1))
        flags |= artefacts.line_flags(lines.reshape(len(uv), seconds, -1), self._slowest_hz, self.settings)
        return Block(start_s, seconds, uv, flags)

    def _derivations(
        self, start_s: int, seconds: int, pieces: Sequence[_Piece], *, with_lines: bool
    ) -> tuple[Samples, _Seen]:
        uv, seen = self._channels(start_s, seconds, pieces, with_lines)
        swings = artefacts.swing_flags(uv.reshape(len(uv), seconds, -1), self.settings, self._referential)
        flags = seen.flags | np.where(seen.flags & np.uint8(Mask.gap), np.uint8(0), swings)
        readable = _without_unreadable(uv, flags, self._referential)
        return filtering.mixed(self._weights, readable), _Seen(flags, seen.lines)

    def _read(self, start_s: int, seconds: int) -> list[_Piece]:
        """The raw samples that `[start_s, start_s + seconds)` needs: one piece for each segment in it and each rate."""
        rate = INTERNAL_RATE_HZ
        pieces = []
        for number, segment in enumerate(self.recording.segments):
            first = max(math.ceil(segment.start_s * rate - 1e-6), round(start_s * rate))
            last = min(math.floor(segment.stop_s * rate + 1e-6), round((start_s + seconds) * rate))
            if last > first:
                for group in self._groups.values():
                    pieces += self._piece(number, group, first, last).split()
        return pieces

    def _piece(self, number: int, group: list[int], first: int, last: int) -> _Piece:
        rate_hz = self.recording.channels[group[0]].rate_hz
        segment = self.recording.segments[number]
        pad_out = round(filtering.PAD_S * INTERNAL_RATE_HZ)
        n_raw = _fitting(last - first + 2 * pad_out, rate_hz)
        wanted_s = (first - pad_out) / INTERNAL_RATE_HZ - segment.start_s
        begin = math.floor(wanted_s * rate_hz + 1e-6)
        lo, hi = max(0, begin), min(to_sample(segment.duration_s, rate_hz), begin + n_raw)
        raw = self.recording.samples.read_uv(group, number, lo, hi)
        missing = (lo - begin, begin + n_raw - hi)
        return _Piece(raw, group, (first, last), missing, wanted_s - begin / rate_hz, segment.start_s + lo / rate_hz)

    def _channels(
        self, start_s: int, seconds: int, pieces: Sequence[_Piece], with_lines: bool
    ) -> tuple[Samples, _Seen]:
        """Channels at 64 Hz `(n_used, seconds * 64)` and what was seen of their seconds; not recorded is a gap."""
        rate = round(INTERNAL_RATE_HZ)
        uv = np.zeros((len(self._used), seconds * rate), dtype=np.float32)
        flags = np.full((len(self._used), seconds), Mask.gap, dtype=np.uint8)
        lines = np.zeros((len(self._used), seconds if with_lines else 0, artefacts.LINES), dtype=np.float32)
        for piece in pieces:
            rows = [self._column[c] for c in piece.channels]
            first, last = piece.span
            uv[rows, first - start_s * rate : last - start_s * rate] = self._resampled(piece)
            found = self._seconds(piece)
            if found is None:
                continue
            at = round(first / rate) - start_s
            whole = slice(at, at + found.shape[1])
            channels = tuple(self.recording.channels[c] for c in piece.channels)
            flags[rows, whole] = artefacts.channel_flags(found, channels, self.settings)
            if with_lines:
                lines[rows, whole] = artefacts.lines_of(found, channels[0].rate_hz)
        return uv, _Seen(flags, lines)

    def _resampled(self, piece: _Piece) -> Samples:
        """The piece at 64 Hz and within the band, without its padding."""
        rate_hz = self.recording.channels[piece.channels[0]].rate_hz
        raw = filtering.extend(_filled(piece.raw), *piece.missing)
        band = (self.settings.high_pass_hz, self.settings.low_pass_hz)
        n_out = round(raw.shape[1] / rate_hz * INTERNAL_RATE_HZ)
        out = filtering.resample(raw, rate_hz, piece.offset_s, n_out, band)
        pad_out = round(filtering.PAD_S * INTERNAL_RATE_HZ)
        return out[:, pad_out : pad_out + piece.span[1] - piece.span[0]]

    def _seconds(self, piece: _Piece) -> Samples | None:
        """Raw samples second by second; a second of the recording counts when it lies inside for at least its half."""
        rate_hz, raw = self.recording.channels[piece.channels[0]].rate_hz, piece.raw
        first, last = (round(at / INTERNAL_RATE_HZ) for at in piece.span)
        count, n = last - first, math.floor(rate_hz + 1e-9)
        if count <= 0 or raw.shape[1] < n:
            return None
        starts = np.round((np.arange(count) + first - piece.raw_start_s) * rate_hz).astype(np.int64)
        starts = np.clip(starts, 0, raw.shape[1] - n)
        if np.all(np.diff(starts) == n):
            return raw[:, starts[0] : starts[0] + count * n].reshape(raw.shape[0], count, n)
        return raw[:, starts[:, None] + np.arange(n)]


@dataclass(frozen=True, slots=True)
class _Piece:
    """Raw samples of channels of one rate from one segment, on their way to 64 Hz.

    `span` are the samples of 64 Hz `[first, last)` that they become, `missing` how many samples of padding the segment
    does not have before and after, `offset_s` how much later than a raw sample the padded result begins.
    """

    raw: Samples
    channels: Sequence[int]
    span: tuple[int, int]
    missing: tuple[int, int]
    offset_s: float
    raw_start_s: float

    def split(self) -> list[_Piece]:
        """The same, a few channels at a time."""
        parts = (slice(at, at + TOGETHER) for at in range(0, len(self.channels), TOGETHER))
        return [replace(self, raw=self.raw[part], channels=self.channels[part]) for part in parts]


def _fitting(n_out: int, rate_hz: float) -> int:
    """How many raw samples last as long as some whole number of samples at 64 Hz, `n_out` or up to a second more?

    The nearest fit, so that time does not drift within a piece at rates that do not divide.
    """
    exact: list[float] = [(n_out + k) * rate_hz / INTERNAL_RATE_HZ for k in range(round(INTERNAL_RATE_HZ) + 1)]
    best: float = min(exact, key=_unevenness)
    return round(best)


def _unevenness(n: float) -> float:
    return round(abs(n - round(n)), 6)  # rounded, so that equal fits stay equal and the shortest is taken


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was seen of each second of each channel: `Mask` bits `(n, seconds)`, and high lines `(n, seconds, LINES)`.

    There are no lines where they were not asked for.
    """

    flags: Flags
    lines: Samples


def _filled(raw: Samples) -> Samples:
    """Samples that the file could not give become the mean of the others (their seconds are masked)."""
    if np.isfinite(raw.sum()):
        return raw
    good = np.isfinite(raw)
    mean = np.sum(raw, axis=1, keepdims=True, where=good) / np.maximum(good.sum(axis=1, keepdims=True), 1)
    return np.where(good, raw, mean).astype(np.float32)


def _without_unreadable(uv: Samples, flags: Flags, referential: npt.NDArray[np.bool_]) -> Samples:
    """Channels with what could not be read replaced by the mean of the good ones of the same kind (0 when bipolar).

    The change from a channel to its stand-in takes a second, so it makes no step.
    """
    bad = (flags & np.uint8(artefacts.UNREADABLE & ~Mask.gap)) != 0
    if not bad.any():
        return uv
    keep = np.minimum.reduce([~bad, ~np.roll(bad, 1, axis=1), ~np.roll(bad, -1, axis=1)]).astype(np.float32)
    keep[:, 0], keep[:, -1] = ~bad[:, 0], ~bad[:, -1]
    touched = np.flatnonzero((keep < 1).any(axis=1))
    at = (np.arange(uv.shape[1]) + 0.5) / INTERNAL_RATE_HZ - 0.5
    seconds = np.arange(flags.shape[1])
    weight = np.array([np.interp(at, seconds, keep[c]) for c in touched], dtype=np.float32)
    out = uv.copy()
    out[touched] *= weight
    shared = referential[touched]
    if shared.any():
        lost = 1 - weight[shared]
        total = np.maximum(np.count_nonzero(referential) - lost.sum(axis=0), 1e-3)
        out[touched[shared]] += lost * (out[referential].sum(axis=0) / total)
    return out
