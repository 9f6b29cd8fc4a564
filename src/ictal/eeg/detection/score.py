"""How ictal does each second of each derivation look? The first of the two stages of detection.

A rhythm that stands out does three things at once: it puts power into a narrow band (and its harmonics), more power
than this derivation usually has there, and it keeps doing so for seconds. For every second and candidate frequency:

    excess(f)      ln of the power around f over the derivation's own background at f
    prominence(f)  the same less what the frequencies beside f rose by (a burst or a movement rises everywhere)

The evidence is the smaller of the two, averaged over a few seconds along one frequency; the best candidate gives the
second its frequency and score. Rhythms below 1.75 Hz are looked for in windows of eight seconds, others in four.
The background is the power that this derivation stays below for 40 % of the readable seconds of about 25 minutes
around, so that neither a seizure nor a burst raises it, and a habitual rhythm does.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import partial
from itertools import pairwise
from mmap import mmap
from typing import Any

import numpy as np
import numpy.typing as npt

from ictal.eeg.detection import kernels
from ictal.eeg.detection.settings import DetectionSettings
from ictal.eeg.detection.types import Scores
from ictal.eeg.signal import features
from ictal.eeg.signal.ahead import ahead
from ictal.eeg.signal.features import FAST, SLOW, Scale
from ictal.eeg.signal.stream import MARGIN_S, Block
from ictal.eeg.signal.types import HIDING

Array = npt.NDArray[np.float32]

SMOOTHING_S = 9
"""Seconds over which evidence is averaged."""

CONTEXT_S = SMOOTHING_S // 2
BACKGROUND_QUANTILE = 0.4
BACKGROUND_BLOCKS = 3
"""Blocks on each side that the background of a block is taken from."""

FEWEST_READABLE_S = 20


@dataclass(frozen=True, slots=True)
class Band:
    """Candidate frequencies of one scale: the lines `first` to `last` of its spectrum."""

    scale: Scale
    first: int
    last: int

    @property
    def frequencies_hz(self) -> Array:
        return (np.arange(self.first, self.last + 1) * self.scale.bin_hz).astype(np.float32)


SLOWEST_FAST_HZ = 1.75
"""From here on a window of four seconds holds enough cycles."""


def bands(settings: DetectionSettings) -> tuple[Band, ...]:
    """Which frequencies are looked for at which scale? Slow ones first, each frequency once."""
    top = min(SLOWEST_FAST_HZ - SLOW.bin_hz, settings.fastest_hz)
    slow = Band(SLOW, round(settings.slowest_hz / SLOW.bin_hz), round(top / SLOW.bin_hz))
    bottom = max(SLOWEST_FAST_HZ, settings.slowest_hz)
    fast = Band(FAST, round(bottom / FAST.bin_hz), round(settings.fastest_hz / FAST.bin_hz))
    return tuple(b for b in (slow, fast) if b.last >= b.first)


@dataclass(frozen=True, slots=True)
class _Look:
    """One block at one scale: power with context on both sides, and what is usual in the block itself."""

    power: Array
    quiet: Array


@dataclass(frozen=True, slots=True)
class _Pending:
    """A block whose background still waits for the blocks after it; a look for each band."""

    block: Block
    looks: tuple[_Look, ...]


def annotate(blocks: Iterable[Block], labels: tuple[str, ...], settings: DetectionSettings) -> Scores:
    """How ictal does each second look? One pass over the stream; keeps seven blocks at a time."""
    chosen = bands(settings)
    pending = ahead(partial(_pending, block, chosen) for block in blocks)
    names = [f.name for f in fields(Scores) if f.name != "labels"]
    kept = {name: np.empty((len(labels), 0), dtype=np.uint8 if name == "flags" else np.float32) for name in names}
    seconds = 0
    for p, backgrounds in _with_background(pending, settings):
        scores = _score(p, backgrounds, labels, chosen)
        more = seconds + p.block.seconds
        for name in names:
            kept[name] = _with_room(kept[name], more)
            kept[name][:, seconds:more] = getattr(scores, name)
        seconds = more
    return Scores(labels, **{name: kept[name][:, :seconds] for name in names})


def _with_room(kept: npt.NDArray[Any], seconds: int) -> npt.NDArray[Any]:
    """The same with room for so many seconds. Many small pieces, joined at the end, would take twice the memory.

    Pages of their own, so that what was outgrown goes back to the system; those not yet written to take no memory.
    """
    if kept.shape[1] >= seconds:
        return kept
    shape = (len(kept), max(seconds, 2 * kept.shape[1], 8 * 3600))
    wider = np.frombuffer(mmap(-1, math.prod(shape) * kept.itemsize), dtype=kept.dtype).reshape(shape)
    wider[:, : kept.shape[1]] = kept
    return wider


def _with_background(
    blocks: Iterable[_Pending], settings: DetectionSettings
) -> Iterator[tuple[_Pending, tuple[Array, ...]]]:
    """Each block with the background of each of its looks, from the blocks around it."""
    window: deque[_Pending] = deque()
    waiting = 0

    def oldest() -> tuple[_Pending, tuple[Array, ...]]:
        around = zip(*(p.looks for p in window), strict=True)
        backgrounds = tuple(_background([look.quiet for look in looks]) for looks in around)
        if sum(p.block.seconds for p in window) < settings.short_s:
            scales = (band.scale for band in bands(settings))
            backgrounds = tuple(
                np.where(np.isfinite(b), np.minimum(b, _loudest(scale, settings)), b)
                for b, scale in zip(backgrounds, scales, strict=True)
            )
        return window[-waiting], backgrounds

    for block in blocks:
        window.append(block)
        waiting += 1
        if waiting > BACKGROUND_BLOCKS:
            yield oldest()
            waiting -= 1
        while len(window) - waiting > BACKGROUND_BLOCKS:
            window.popleft()
    while waiting:
        yield oldest()
        waiting -= 1
        while len(window) - waiting > BACKGROUND_BLOCKS:
            window.popleft()


def _pending(block: Block, chosen: tuple[Band, ...]) -> _Pending:
    wide = (MARGIN_S - CONTEXT_S, block.seconds + 2 * CONTEXT_S)
    powers = [features.spectra(block.uv, *wide, band.scale) for band in chosen]
    return _Pending(block, tuple(_Look(power, _quiet(block, power)) for power in powers))


def _quiet(block: Block, power: Array) -> Array:
    """What is usual in this block, made the mean of the exponential distribution that noise has; NaN if not known."""
    inner = power[:, CONTEXT_S : CONTEXT_S + block.seconds]
    quiet = np.full((power.shape[0], power.shape[2]), np.nan, dtype=np.float32)
    readable: npt.NDArray[np.bool_] = (block.flags & HIDING) == 0
    seconds = np.count_nonzero(readable, axis=1)
    enough = seconds >= FEWEST_READABLE_S
    whole = (seconds == block.seconds) & enough
    if whole.any():
        quiet[whole] = _quantile(inner[whole, ::2])  # every second second: neighbours share most samples
    for d in np.flatnonzero(~whole & enough):
        quiet[d] = _quantile(inner[None, d, readable[d]][:, ::2])[0]
    return quiet / np.float32(-np.log(1 - BACKGROUND_QUANTILE))


def _quantile(power: Array) -> Array:
    """What power does each bin stay below for this share of the seconds? `(n, seconds, BINS)` to `(n, BINS)`."""
    rank = BACKGROUND_QUANTILE * (power.shape[1] - 1)
    k = int(rank)
    ordered = np.ascontiguousarray(power.swapaxes(1, 2))
    ordered.sort(axis=2)  # quicker than np.partition with two places, and than np.quantile by far
    below: Array = ordered[..., k] + np.float32(rank - k) * (ordered[..., k + 1] - ordered[..., k])
    return below


def _background(quiet: Sequence[Array]) -> Array:
    """Median over the blocks that could be read, smoothed over frequency; infinite where none could."""
    stack = np.stack(quiet)
    known = np.logical_and.reduce(np.isfinite(stack), axis=2)
    count, every = known.sum(axis=0), np.arange(stack.shape[1])
    # Sorted with the unknown last, the median lies in the middle of as many as are known.
    ordered = np.sort(np.where(known[..., None], stack, np.float32(np.inf)), axis=0)
    median = 0.5 * (ordered[(count - 1) // 2, every] + ordered[count // 2, every])
    level = np.log(np.maximum(median, 1e-6))
    n = level.shape[1]
    padded = np.pad(level, ((0, 0), (2, 2)), mode="edge")
    smooth: Array = np.exp(sum(padded[:, k : k + n] for k in range(5)) / 5).astype(np.float32)
    return smooth


def _loudest(scale: Scale, settings: DetectionSettings) -> Array:
    """The loudest that a background of this RMS can be at each frequency: power falls with the frequency squared."""
    frequency_hz = np.maximum(np.arange(scale.bins) * scale.bin_hz, settings.slowest_hz)
    at_1_hz = settings.loudest_background_uv**2 * settings.slowest_hz
    density: Array = (at_1_hz / frequency_hz**2).astype(np.float32)
    return density


def _score(pending: _Pending, backgrounds: Sequence[Array], labels: tuple[str, ...], chosen: Sequence[Band]) -> Scores:
    """The scores of one block."""
    block = pending.block
    frequencies_hz = np.concatenate([band.frequencies_hz for band in chosen])
    derivations, seconds = pending.looks[0].power.shape[:2]
    evidence = np.empty((derivations, seconds, len(frequencies_hz)), dtype=np.float32)
    before = np.cumsum([0, *(band.last - band.first + 1 for band in chosen)]).tolist()
    for look, usual, band, at in zip(pending.looks, backgrounds, chosen, before[:-1], strict=True):
        _stand_out(look.power, usual, band, evidence, at)
    best = np.empty((derivations, block.seconds), dtype=np.intp)
    strength, amplitude_uv = np.zeros((2, *best.shape), dtype=np.float32)
    kernels.strongest(evidence, SMOOTHING_S, best, strength)
    for look, band, (first, last) in zip(pending.looks, chosen, pairwise(before), strict=True):
        own = np.where((best >= first) & (best < last), best - first, -1)
        kernels.swings(look.power, own, band.first, CONTEXT_S, band.scale.bin_hz, amplitude_uv)
    readable = (block.flags & HIDING) == 0
    score = np.where(readable, 1.0 / (1.0 + np.exp(-(strength - MIDDLE) / SLOPE)), 0.0).astype(np.float32)
    return Scores(labels, score, strength, frequencies_hz[best], amplitude_uv, block.flags)


MIDDLE, SLOPE = 1.4, 0.3
"""Evidence (nats) at which a second is as likely ictal as not, and how fast that changes; own design."""

LARGEST_EXCESS = 4.0
PROMINENCE_LEAD = 0.5
"""A rhythm need stand out among its neighbouring frequencies a little less than over its background; own design."""

LEAST_EVIDENCE = -1.0
"""How much a second may speak against a rhythm: what was not recorded beside the start says no more than this."""

TROUGH_BINS = (3, 8)
"""How far from a line its neighbours are looked at: half of its number (between its harmonics), within these."""


def evidence_of(power: Array, background: Array, band: Band) -> Array:
    """How much does each frequency of the band stand out in each second?

    `power` is `(n_derivations, seconds, bins)`, `background` `(n_derivations, bins)`. Returns evidence in nats,
    `(n_derivations, seconds, n_frequencies)`.
    """
    evidence = np.empty((*power.shape[:2], len(band.frequencies_hz)), dtype=np.float32)
    _stand_out(power, background, band, evidence, 0)
    return evidence


def _stand_out(power: Array, background: Array, band: Band, out: Array, begin: int) -> None:
    """Fills `out` with the evidence of `evidence_of`, from this frequency on."""
    # prominence: ln(ratio) - ln(mean of two) + lead = ln(ratio) - ln(sum of two) + lead + ln 2
    limits = (1e-6, LARGEST_EXCESS, PROMINENCE_LEAD + np.log(2.0), LEAST_EVIDENCE)
    pooled = background[:, :-2] + background[:, 1:-1] + background[:, 2:]
    bins = np.arange(band.first, band.last + 1)
    kernels.stand_out(power, pooled, _beside(bins, pooled.shape[1]), tuple(map(np.float32, limits)), out, begin)


def _beside(bins: npt.NDArray[np.intp], width: int) -> npt.NDArray[np.intp]:
    """Each line and those below and above that it must rise over; entry `k` of the pooled ones is around line `k + 1`.

    Three neighbouring lines together are the width that a Hann window gives one.
    """
    apart = np.clip(0.5 * bins, *TROUGH_BINS)
    below = np.maximum(np.round(bins - apart).astype(np.intp), 1)
    above = np.minimum(np.round(bins + apart).astype(np.intp), width)
    return np.array([bins, below, above]) - 1
