"""How ictal does each second of each derivation look? The first of the two stages of detection.

A rhythm that stands out does three things at once: it puts power into a narrow band (and its harmonics), more power than
this derivation usually has there, and it keeps doing so for seconds. For every second and every candidate frequency:

    excess(f)      ln of the power around f over the derivation's own background at f
    prominence(f)  the same less what the frequencies beside f rose by (a burst or a movement rises everywhere)

The evidence is the smaller of the two, averaged over a few seconds along one frequency; the best candidate gives the
second its frequency and score.
The background is the power that this derivation stays below for 40 % of the readable seconds of about 25 minutes
around, so that neither a seizure nor a burst raises it, and a habitual rhythm does.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.ndimage import uniform_filter1d

from ictal.eeg.detection.settings import DetectionSettings
from ictal.eeg.detection.types import Scores
from ictal.eeg.signal import features
from ictal.eeg.signal.stream import MARGIN_S, Block
from ictal.eeg.signal.types import HIDING

Array = npt.NDArray[np.float32]

SMOOTHING_S = 9
"""Seconds over which evidence is averaged."""

CONTEXT_S = 4
BACKGROUND_QUANTILE = 0.4
BACKGROUND_BLOCKS = 3
"""Blocks on each side that the background of a block is taken from."""

FEWEST_READABLE_S = 20


@dataclass(slots=True)
class _Pending:
    """A block whose background still waits for the blocks after it."""

    block: Block
    power: Array
    quiet: Array


def annotate(blocks: Iterable[Block], labels: tuple[str, ...], settings: DetectionSettings) -> Scores:
    """How ictal does each second look? One pass over the stream; keeps seven blocks at a time."""
    parts = [_score(p, background, labels, settings) for p, background in _with_background(blocks)]
    if not parts:
        empty = np.zeros((len(labels), 0), dtype=np.float32)
        return Scores(labels, empty, empty, empty, empty, empty.astype(np.uint8))
    return Scores(
        labels,
        score=np.concatenate([p.score for p in parts], axis=1),
        evidence=np.concatenate([p.evidence for p in parts], axis=1),
        frequency_hz=np.concatenate([p.frequency_hz for p in parts], axis=1),
        amplitude_uv=np.concatenate([p.amplitude_uv for p in parts], axis=1),
        flags=np.concatenate([p.flags for p in parts], axis=1),
    )


def _with_background(blocks: Iterable[Block]) -> Iterator[tuple[_Pending, Array]]:
    window: deque[_Pending] = deque()
    waiting = 0
    for block in blocks:
        window.append(_pending(block))
        waiting += 1
        if waiting > BACKGROUND_BLOCKS:
            yield window[-waiting], _background(window)
            waiting -= 1
        while len(window) - waiting > BACKGROUND_BLOCKS:
            window.popleft()
    while waiting:
        yield window[-waiting], _background(window)
        waiting -= 1
        while len(window) - waiting > BACKGROUND_BLOCKS:
            window.popleft()


def _pending(block: Block) -> _Pending:
    power = features.spectra(block.uv, MARGIN_S - CONTEXT_S, block.seconds + 2 * CONTEXT_S)
    inner = power[:, CONTEXT_S : CONTEXT_S + block.seconds]
    quiet = np.full((power.shape[0], power.shape[2]), np.nan, dtype=np.float32)
    for d in range(power.shape[0]):
        readable = inner[d, (block.flags[d] & HIDING) == 0]
        if len(readable) >= FEWEST_READABLE_S:
            quiet[d] = np.quantile(readable[::2], BACKGROUND_QUANTILE, axis=0)
    return _Pending(block, power, quiet / np.float32(-np.log(1 - BACKGROUND_QUANTILE)))


def _background(window: Iterable[_Pending]) -> Array:
    """Median over the blocks that could be read, smoothed over frequency; `(n_derivations, BINS)`."""
    stack = np.stack([p.quiet for p in window])
    known = np.isfinite(stack).all(axis=2)
    out = np.full(stack.shape[1:], np.float32(np.inf))
    for d in range(stack.shape[1]):
        if known[:, d].any():
            out[d] = np.median(stack[known[:, d], d], axis=0)
    smooth = np.exp(uniform_filter1d(np.log(np.maximum(out, 1e-6)), 5, axis=1, mode="nearest"))
    return smooth.astype(np.float32)


def _score(pending: _Pending, background: Array, labels: tuple[str, ...], settings: DetectionSettings) -> Scores:
    """The scores of one block."""
    evidence, frequencies = evidence_of(pending.power, background, settings)
    evidence = uniform_filter1d(evidence, SMOOTHING_S, axis=1, mode="nearest")
    evidence = evidence[:, CONTEXT_S : CONTEXT_S + pending.block.seconds]
    best = evidence.argmax(axis=2)
    strength = np.take_along_axis(evidence, best[..., None], axis=2)[..., 0]
    readable = (pending.block.flags & HIDING) == 0
    score = np.where(readable, 1.0 / (1.0 + np.exp(-(strength - MIDDLE) / SLOPE)), 0.0).astype(np.float32)
    amplitude_uv = _amplitude_uv(pending, best, settings)
    return Scores(labels, score, strength, frequencies[best], amplitude_uv, pending.block.flags)


MIDDLE, SLOPE = 1.4, 0.3
"""Evidence (nats) at which a second is as likely ictal as not, and how fast that changes; own design."""

LARGEST_EXCESS = 4.0
PROMINENCE_LEAD = 0.5
"""A rhythm need stand out among its neighbouring frequencies a little less than over its background; own design."""


def evidence_of(power: Array, background: Array, settings: DetectionSettings) -> tuple[Array, Array]:
    """How much does each frequency stand out in each second (nats)? `(n_derivations, seconds, n_frequencies)`, and Hz."""
    low = round(settings.slowest_hz / features.BIN_HZ)
    high = round(settings.fastest_hz / features.BIN_HZ)
    bins = np.arange(low, high + 1)
    ratio = np.maximum(_pooled(power) / _pooled(background)[:, None, :], 1e-6)
    apart = np.clip(0.5 * bins, *(np.array(TROUGH_HZ) / features.BIN_HZ))
    below = np.maximum(np.round(bins - apart).astype(int), 1)
    above = np.minimum(np.round(bins + apart).astype(int), power.shape[2] - 2)
    excess = np.log(ratio[..., bins - 1])
    prominence = excess - np.log(0.5 * (ratio[..., below - 1] + ratio[..., above - 1]))
    evidence: Array = np.minimum(np.minimum(excess, LARGEST_EXCESS), prominence + PROMINENCE_LEAD)
    return evidence, (bins * features.BIN_HZ).astype(np.float32)


TROUGH_HZ = (0.75, 2.0)
"""How far from a frequency its neighbours are looked at: half of it (between its harmonics), within these."""


def _pooled(power: Array) -> Array:
    """Power of three neighbouring bins, the width that a Hann window gives one line; entry `k` is around bin `k + 1`."""
    pooled: Array = power[..., :-2] + power[..., 1:-1] + power[..., 2:]
    return pooled


def _amplitude_uv(pending: _Pending, best: npt.NDArray[np.intp], settings: DetectionSettings) -> Array:
    """Peak-to-peak amplitude of a sine with the power around the chosen frequency, `(n_derivations, seconds)`."""
    low = round(settings.slowest_hz / features.BIN_HZ)
    inner = pending.power[:, CONTEXT_S : CONTEXT_S + pending.block.seconds]
    total = np.concatenate([np.zeros_like(inner[..., :1]), np.cumsum(inner, axis=2)], axis=2)
    centre = best + low
    first, last = np.maximum(centre - 2, 0), np.minimum(centre + 3, inner.shape[2])
    power = np.take_along_axis(total, last[..., None], 2) - np.take_along_axis(total, first[..., None], 2)
    return (2.0 * np.sqrt(2.0 * np.maximum(power[..., 0], 0.0) * features.BIN_HZ)).astype(np.float32)
