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
        uv, flags = self._channels(start_s - MARGIN_S, seconds + 2 * MARGIN_S)
        uv = _without_unreadable(uv, flags, self._referential)
        return Block(start_s, seconds, self._weights @ uv, self._derivation_flags(flags[:, MARGIN_S : MARGIN_S + seconds]))

    def window(self, start_s: int, seconds: int) -> Samples:
        """Just the signal of `[start_s, start_s + seconds)`, `(n_derivations, seconds * 64)`."""
        uv, flags = self._channels(start_s, seconds)
        return self._weights @ _without_unreadable(uv, flags, self._referential)

    def _derivation_flags(self, flags: Flags) -> Flags:
        out = np.zeros((self._weights.shape[0], flags.shape[1]), dtype=np.uint8)
        for d, heavy in enumerate(self._heavy):
            out[d] = np.bitwise_or.reduce(flags[heavy], axis=0)
        return out

    def _channels(self, start_s: int, seconds: int) -> tuple[Samples, Flags]:
        """Channels at 64 Hz `(n_used, seconds * 64)` and flags `(n_used, seconds)`; what was not recorded is a gap."""
        rate = INTERNAL_RATE_HZ
        uv = np.zeros((len(self._used), round(seconds * rate)), dtype=np.float32)
        flags = np.full((len(self._used), seconds), Mask.gap, dtype=np.uint8)
        for number, segment in enumerate(self.recording.segments):
            first = max(math.ceil(segment.start_s * rate - 1e-6), round(start_s * rate))
            last = min(math.floor(segment.stop_s * rate + 1e-6), round((start_s + seconds) * rate))
            if last <= first:
                continue
            for rate_hz, group in self._groups.items():
                rows = [self._column[c] for c in group]
                piece, seen = self._piece(number, rate_hz, group, first / rate, last - first)
                uv[rows, first - round(start_s * rate) : last - round(start_s * rate)] = piece
                k = seen.first_second - start_s
                whole = seen.flags[:, max(0, -k) : seconds - k]
                flags[rows, max(0, k) : max(0, k) + whole.shape[1]] = whole
        return uv, flags

    def _piece(
        self, number: int, rate_hz: float, group: list[int], start_s: float, n_out: int
    ) -> tuple[Samples, _Seen]:
        """Part of one segment for channels of one rate: the 64 Hz signal, and the flags of its whole seconds."""
        segment = self.recording.segments[number]
        available = to_sample(segment.duration_s, rate_hz)
        pad_out = round(filtering.PAD_S * INTERNAL_RATE_HZ)
        span_s = (n_out + 2 * pad_out) / INTERNAL_RATE_HZ
        n_raw = to_sample(span_s, rate_hz)
        wanted_s = start_s - filtering.PAD_S - segment.start_s
        first = math.floor(wanted_s * rate_hz + 1e-6)
        lo, hi = max(0, first), min(available, first + n_raw)
        raw = self.recording.samples.read_uv(group, number, lo, hi)
        channels = tuple(self.recording.channels[c] for c in group)
        inside = (start_s, start_s + n_out / INTERNAL_RATE_HZ)
        seen = _look(raw, rate_hz, segment.start_s + lo / rate_hz, inside, channels, self.settings)
        raw = _filled(raw)
        raw = filtering.extend(raw, lo - first, first + n_raw - hi)
        out_span = round(n_raw / rate_hz * INTERNAL_RATE_HZ)
        band = (self.settings.high_pass_hz, self.settings.low_pass_hz)
        out = filtering.resample(raw, rate_hz, wanted_s - first / rate_hz, out_span, band)
        return out[:, pad_out : pad_out + n_out], seen


@dataclass(frozen=True, slots=True)
class _Seen:
    first_second: int
    flags: Flags


def _look(
    raw: Samples,
    rate_hz: float,
    raw_start_s: float,
    inside: tuple[float, float],
    channels: tuple[Channel, ...],
    settings: SignalSettings,
) -> _Seen:
    """The flags of every second of the recording that lies inside, at least for its half; others stay a gap."""
    first_second = round(inside[0])
    count = max(0, round(inside[1]) - first_second)
    n = math.floor(rate_hz + 1e-9)
    starts = np.round((np.arange(count) + first_second - raw_start_s) * rate_hz).astype(np.int64)
    starts = np.clip(starts, 0, max(0, raw.shape[1] - n))
    if count == 0 or raw.shape[1] < n:
        return _Seen(first_second, np.zeros((raw.shape[0], 0), dtype=np.uint8))
    if np.all(np.diff(starts) == n):
        seconds = raw[:, starts[0] : starts[0] + count * n].reshape(raw.shape[0], count, n)
    else:
        seconds = raw[:, starts[:, None] + np.arange(n)]
    return _Seen(first_second, artefacts.channel_flags(seconds, rate_hz, channels, settings))


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
