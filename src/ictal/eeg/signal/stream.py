"""A recording as a stream of prepared blocks: montage, band, 64 Hz, masks, whatever the recording's length or rate.

    raw (own rates, segments, gaps) --> pieces with padding --> 64 Hz band-passed channels --> derivations
                                   \\-> seconds, unfiltered --> why a second cannot be read -> masks

Block borders lie at whole multiples of `BLOCK_S` of the recording's time, so one block never depends on the next, and
memory does not grow with the recording.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ictal.base.errors import RecordingError
from ictal.base.time import to_sample
from ictal.eeg.recording.types import Channel, Recording
from ictal.eeg.signal import artefacts, filtering
from ictal.eeg.signal.montage import matrix
from ictal.eeg.signal.settings import SignalSettings
from ictal.eeg.signal.types import INTERNAL_RATE_HZ, Mask, Montage

Samples = npt.NDArray[np.float32]
Flags = npt.NDArray[np.uint8]

BLOCK_S = 224
MARGIN_S = 8
"""How much of its surroundings a block carries on each side, so that windows over its border are whole."""

LOWEST_RATE_HZ = 32.0


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
    2. A channel that cannot be read for a while is replaced by the mean of the channels of its reference, so that it does
       not spoil the average; its own derivation is masked.
    3. Before a segment's start and after its end the signal is continued by its own mirror image, never by its neighbour
       across the gap.
    """

    def __init__(self, recording: Recording, montage: Montage, settings: SignalSettings) -> None:
        self.recording = recording
        self.settings = settings
        used = sorted({c for d in montage.derivations for c in d.weights})
        slowest = min(recording.channels[c].rate_hz for c in used)
        if slowest < LOWEST_RATE_HZ:
            raise RecordingError(
                f"An EEG channel is sampled at {slowest:g} Hz. At least {LOWEST_RATE_HZ:g} Hz are needed to see rhythms of "
                f"up to 13 Hz: give a recording that was not reduced so far."
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
        """The whole recording, block after block, from its first second to its last (which may be a part)."""
        total_s = math.ceil(round(self.recording.duration_s, 6))
        for start_s in range(0, total_s, BLOCK_S):
            yield self.block(start_s, min(BLOCK_S, total_s - start_s))

    def block(self, start_s: int, seconds: int) -> Block:
        """The block that starts at a whole second of the recording."""
        uv, seen = self._derivations(start_s - MARGIN_S, seconds + 2 * MARGIN_S)
        inner = slice(MARGIN_S, MARGIN_S + seconds)
        flags = np.zeros((len(uv), seconds), dtype=np.uint8)
        for d, heavy in enumerate(self._heavy):
            flags[d] = np.bitwise_or.reduce(seen.flags[heavy, inner], axis=0)
        lines = np.tensordot(self._weights, seen.lines[:, inner], axes=1)
        flags |= artefacts.line_flags(lines, self._slowest_hz, self.settings)
        return Block(start_s, seconds, uv, flags)

    def window(self, start_s: int, seconds: int) -> Samples:
        """Just the signal of `[start_s, start_s + seconds)`, `(n_derivations, seconds * 64)`."""
        return self._derivations(start_s, seconds)[0]

    def _derivations(self, start_s: int, seconds: int) -> tuple[Samples, _Seen]:
        uv, seen = self._channels(start_s, seconds)
        own = uv.copy()
        if self._referential.any():
            own[self._referential] -= np.median(uv[self._referential], axis=0)
        swings = artefacts.swing_flags(own.reshape(len(own), seconds, -1), self.settings)
        flags = seen.flags | np.where(seen.flags & np.uint8(Mask.gap), np.uint8(0), swings)
        return self._weights @ _without_unreadable(uv, flags, self._referential), _Seen(flags, seen.lines)

    def _channels(self, start_s: int, seconds: int) -> tuple[Samples, _Seen]:
        """Channels at 64 Hz `(n_used, seconds * 64)` and what was seen of their seconds; not recorded is a gap."""
        rate = INTERNAL_RATE_HZ
        uv = np.zeros((len(self._used), round(seconds * rate)), dtype=np.float32)
        flags = np.full((len(self._used), seconds), Mask.gap, dtype=np.uint8)
        lines = np.zeros((len(self._used), seconds, artefacts.LINES), dtype=np.float32)
        for number, segment in enumerate(self.recording.segments):
            first = max(math.ceil(segment.start_s * rate - 1e-6), round(start_s * rate))
            last = min(math.floor(segment.stop_s * rate + 1e-6), round((start_s + seconds) * rate))
            if last <= first:
                continue
            columns = slice(first - round(start_s * rate), last - round(start_s * rate))
            at = round(first / rate) - start_s
            whole = slice(at, at + max(0, round(last / rate) - start_s - at))
            for rate_hz, group in self._groups.items():
                rows = [self._column[c] for c in group]
                uv[rows, columns], seen = self._piece(number, group, first, last)
                if seen is not None:
                    flags[rows, whole], lines[rows, whole] = seen.flags, seen.lines
        return uv, _Seen(flags, lines)

    def _piece(self, number: int, group: list[int], first: int, last: int) -> tuple[Samples, _Seen | None]:
        """Part of one segment for channels of one rate: samples `[first, last)` of 64 Hz, and its seconds as seen raw."""
        rate_hz = self.recording.channels[group[0]].rate_hz
        segment = self.recording.segments[number]
        pad_out = round(filtering.PAD_S * INTERNAL_RATE_HZ)
        n_raw = to_sample((last - first + 2 * pad_out) / INTERNAL_RATE_HZ, rate_hz)
        wanted_s = (first - pad_out) / INTERNAL_RATE_HZ - segment.start_s
        begin = math.floor(wanted_s * rate_hz + 1e-6)
        lo, hi = max(0, begin), min(to_sample(segment.duration_s, rate_hz), begin + n_raw)
        raw = self.recording.samples.read_uv(group, number, lo, hi)
        seconds = (round(first / INTERNAL_RATE_HZ), round(last / INTERNAL_RATE_HZ))
        seen = self._look(raw, group, segment.start_s + lo / rate_hz, seconds)
        raw = filtering.extend(_filled(raw), lo - begin, begin + n_raw - hi)
        band = (self.settings.high_pass_hz, self.settings.low_pass_hz)
        n_out = round(n_raw / rate_hz * INTERNAL_RATE_HZ)
        out = filtering.resample(raw, rate_hz, wanted_s - begin / rate_hz, n_out, band)
        return out[:, pad_out : pad_out + last - first], seen

    def _look(self, raw: Samples, group: list[int], raw_start_s: float, seconds: tuple[int, int]) -> _Seen | None:
        """The raw samples second by second; a second of the recording counts when it lies inside for at least its half."""
        rate_hz = self.recording.channels[group[0]].rate_hz
        count, n = seconds[1] - seconds[0], math.floor(rate_hz + 1e-9)
        if count <= 0 or raw.shape[1] < n:
            return None
        starts = np.round((np.arange(count) + seconds[0] - raw_start_s) * rate_hz).astype(np.int64)
        starts = np.clip(starts, 0, raw.shape[1] - n)
        if np.all(np.diff(starts) == n):
            pieces = raw[:, starts[0] : starts[0] + count * n].reshape(raw.shape[0], count, n)
        else:
            pieces = raw[:, starts[:, None] + np.arange(n)]
        channels = tuple(self.recording.channels[c] for c in group)
        return _Seen(artefacts.channel_flags(pieces, channels, self.settings), artefacts.lines_of(pieces, rate_hz))


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was seen of each second of each channel: `Mask` bits `(n, seconds)`, and high lines `(n, seconds, LINES)`."""

    flags: Flags
    lines: Samples


def _filled(raw: Samples) -> Samples:
    """Without its mean; samples that the file could not give become zero (their seconds are masked)."""
    mean = raw.mean(axis=1, keepdims=True)
    if np.isfinite(mean).all():
        return raw - mean
    good = np.isfinite(raw)
    mean = np.sum(raw, axis=1, keepdims=True, where=good) / np.maximum(good.sum(axis=1, keepdims=True), 1)
    return np.where(good, raw - mean, np.float32(0.0)).astype(np.float32)


def _without_unreadable(uv: Samples, flags: Flags, referential: npt.NDArray[np.bool_]) -> Samples:
    """Channels with what could not be read replaced by the mean of the good ones of the same kind (0 when bipolar).

    The change from a channel to its stand-in takes a second, so it makes no step.
    """
    bad = (flags & np.uint8(artefacts.UNREADABLE & ~Mask.gap)) != 0
    if not bad.any():
        return uv
    keep = np.minimum.reduce([~bad, ~np.roll(bad, 1, axis=1), ~np.roll(bad, -1, axis=1)]).astype(np.float32)
    keep[:, 0], keep[:, -1] = ~bad[:, 0], ~bad[:, -1]
    n = round(INTERNAL_RATE_HZ)
    at = (np.arange(uv.shape[1]) + 0.5) / n - 0.5
    seconds = np.arange(flags.shape[1])
    touched = np.flatnonzero((keep < 1).any(axis=1))
    weight = np.ones_like(uv)
    for c in touched:
        weight[c] = np.interp(at, seconds, keep[c])
    out = uv * weight
    if referential.any():
        total = np.maximum(weight[referential].sum(axis=0), 1e-3)
        mean = out[referential].sum(axis=0) / total
        for c in touched:
            if referential[c]:
                out[c] += (1 - weight[c]) * mean
    return out
