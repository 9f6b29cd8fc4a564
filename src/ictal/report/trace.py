"""A row of EEG as a short SVG path: whole half-units, relative steps, extremes kept."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

UNITS_PER_PX = 2
"""Paths are written in halves of a user unit and drawn under `scale(.5)`."""

_FLAT_ENOUGH = 0.8
"""A point that lies within this many half-units of the line between its neighbours is not drawn."""

Floats = npt.NDArray[np.float64]


def trace_path(samples: npt.NDArray[np.float32], units_per_sample: float, units_per_uv: float, bin_samples: int) -> str:
    """What is the path of one row, in half-units, its zero line at 0 and positive down?

    `samples` is `(k,)` in microvolts, NaN where nothing was recorded: the line breaks there. Of every `bin_samples`
    samples the lowest and the highest are kept, at their own times (1 keeps all), so that no peak is lost. Negative
    potentials point up, as on paper.
    """
    height = samples.astype(np.float64) * units_per_uv
    finite = np.isfinite(height)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], finite, [False])).astype(np.int8)))
    pieces = []
    for a, b in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        at, y = _extremes(height[a:b], bin_samples)
        at, y = _thinned(at, y)
        pieces.append(_steps(np.rint((at + a) * units_per_sample), np.rint(y)))
    return "".join(pieces)


def bin_for(samples: int, points: int) -> int:
    """How many samples go into one bin so that a row of `samples` has about `points` points?"""
    return 1 if samples <= points else math.ceil(2 * samples / points)


def _extremes(height: Floats, bin_samples: int) -> tuple[Floats, Floats]:
    """The lowest and the highest point of every bin, in order of time, with the first and the last point."""
    if bin_samples <= 2 or len(height) < 2 * bin_samples:
        return np.arange(len(height), dtype=np.float64), height
    bins = len(height) // bin_samples
    folded = height[: bins * bin_samples].reshape(bins, bin_samples)
    base = np.arange(bins) * bin_samples
    kept = np.zeros(len(height), dtype=bool)
    kept[base + folded.argmin(axis=1)] = True
    kept[base + folded.argmax(axis=1)] = True
    rest = height[bins * bin_samples :]
    if len(rest):
        kept[[len(height) - len(rest) + i for i in (int(rest.argmin()), int(rest.argmax()))]] = True
    kept[[0, -1]] = True
    at = np.flatnonzero(kept)
    return at.astype(np.float64), height[at]


def _thinned(at: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Leave out points that lie on the line between their neighbours: every second one, three times over."""
    for _ in range(3):
        if len(at) < 3:
            break
        odd = np.arange(1, len(at) - 1, 2)
        slope = (y[odd + 1] - y[odd - 1]) / (at[odd + 1] - at[odd - 1])
        keep = np.ones(len(at), dtype=bool)
        keep[odd] = np.abs(y[odd] - y[odd - 1] - slope * (at[odd] - at[odd - 1])) > _FLAT_ENOUGH
        at, y = at[keep], y[keep]
    return at, y


def _steps(x: Floats, y: Floats) -> str:
    xs, ys = x.astype(np.int64), y.astype(np.int64)
    moves = np.column_stack((np.diff(xs), np.diff(ys))).ravel()
    steps = " ".join(map(str, moves.tolist())).replace(" -", "-")
    return f"M{xs[0]} {ys[0]}" + (f"l{steps}" if steps else "h1")
