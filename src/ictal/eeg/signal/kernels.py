"""The loops of preparation, compiled. Samples are `(n_channels, n)`, single precision."""

from __future__ import annotations

from typing import Any

import numpy as np

from ictal.base.compiled import compiled, exact, finite

_TOGETHER = 2048
"""Results that are worked out at once: few, so that they stay in the processor's cache."""


@finite
def extremes(samples: Any, width: int, high: Any, low: Any) -> None:
    """The largest and the smallest of each `width` samples. Fills `(n, n_samples // width)`."""
    for c in range(len(samples)):
        row, tops, bottoms = samples[c], high[c], low[c]
        for k in range(len(tops)):
            second = row[k * width : (k + 1) * width]
            top = bottom = second[0]
            for s in range(width):
                top = second[s] if second[s] > top else top
                bottom = second[s] if second[s] < bottom else bottom
            tops[k], bottoms[k] = top, bottom


@compiled
def decimated(samples: Any, means: Any, taps: Any, every: int) -> Any:
    """Each row less its mean, smoothed (a ring: the end goes on at the start), every so manieth sample.

    `taps` are those of a symmetric filter that is odd in length; those at multiples of `every` from its middle are zero
    but for the middle itself. The length of a row is a multiple of `every`.
    """
    rows, n = samples.shape[0], samples.shape[1] // every
    middle = len(taps) // 2
    out = np.empty((rows, n), dtype=np.float32)
    reach = middle // every + 1
    phase = np.empty(n + 2 * reach, dtype=np.float32)
    inner = phase[reach : reach + n]
    for c in range(rows):
        row, got, mean = samples[c], out[c], means[c]
        for p in range(every):
            for m in range(n):
                inner[m] = row[m * every + p] - mean
            phase[:reach] = inner[n - reach :]
            phase[reach + n :] = inner[:reach]
            if p == 0:
                for m in range(n):
                    got[m] = taps[middle] * inner[m]
                continue
            for begin in range(0, n, _TOGETHER):
                end = min(n, begin + _TOGETHER)
                piece = got[begin:end]
                for j in range(-reach, reach):
                    at = middle + j * every + p
                    if 0 <= at < len(taps):
                        tap, given = taps[at], phase[reach + begin + j : reach + end + j]
                        for m in range(len(piece)):
                            piece[m] += tap * given[m]
    return out


@finite
def own_extents(samples: Any, rows: Any, seconds: Any, width: int, extent: Any) -> None:
    """How far does each of these rows swing in each of these seconds, less the median of the rows?

    Fills `extent[row, second]`. `samples` is `(n, n_seconds * width)`.
    """
    count = len(rows)
    ordered = np.empty((count, width), dtype=np.float32)
    median = np.empty(width, dtype=np.float32)
    for second in seconds:
        for r in range(count):
            ordered[r] = samples[rows[r], second * width : (second + 1) * width]
        for turn in range(count):  # neighbours change places, all moments at once: sorted after as many turns as rows
            for r in range(turn % 2, count - 1, 2):
                less, more = ordered[r], ordered[r + 1]
                for s in range(width):
                    a, b = less[s], more[s]
                    less[s] = a if a < b else b
                    more[s] = b if a < b else a
        below, above = ordered[(count - 1) // 2], ordered[count // 2]
        for s in range(width):
            median[s] = np.float32(0.5) * (below[s] + above[s])
        for r in range(count):
            given = samples[rows[r], second * width : (second + 1) * width]
            top = bottom = given[0] - median[0]
            for s in range(width):
                x = given[s] - median[s]
                top = x if x > top else top
                bottom = x if x < bottom else bottom
            extent[rows[r], second] = top - bottom


@exact
def means(samples: Any, together: int) -> Any:
    """The mean of each so many samples, added in their order."""
    out = np.empty((len(samples), samples.shape[1] // together), dtype=np.float32)
    for d in range(len(samples)):
        row, got = samples[d], out[d]
        for k in range(len(got)):
            total = row[k * together]
            for s in range(1, together):
                total += row[k * together + s]
            got[k] = total / np.float32(together)
    return out
