"""How sure is a figure, when what belongs to one recording belongs together? The bootstrap over recordings.

Recordings are drawn with replacement, as many as there are, and the figure is made again; the 95 % interval is from the
2.5th to the 97.5th percentile of 1000 such figures (Efron & Tibshirani, An Introduction to the Bootstrap, 1993;
provenance: unverified, recalled). Draws whose figure has no denominator are left out.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]

DRAWS = 1000
FEWEST = 5
"""Fewer recordings than this say nothing of how recordings differ."""
SEED = 20190039


def draws(count: int, seed: int = SEED) -> npt.NDArray[np.intp]:
    """Which recordings are in each draw? `(DRAWS, count)`; the same for the same count and seed."""
    return np.random.default_rng(seed).integers(0, count, size=(DRAWS, count))


def bootstrap(counts: npt.ArrayLike, figure: Callable[[Numbers], Numbers]) -> tuple[float, float] | None:
    """Within which 95 % interval does a figure lie that is made of counts which add up over recordings?

    Parameters
    ----------
    counts : `(n_recordings, n_counts)`.
    figure : summed counts `(n_draws, n_counts)` to figures `(n_draws,)`, NaN where there is none.

    Returns `None` for fewer than five recordings, or where most draws have no figure.
    """
    known = np.asarray(counts, dtype=float)
    if len(known) < FEWEST:
        return None
    return middle_95(figure(known[draws(len(known))].sum(axis=1)))


def middle_95(figures: npt.ArrayLike) -> tuple[float, float] | None:
    """From where to where do 95 % of the figures lie? `None` where more than half are not numbers."""
    values = np.asarray(figures, dtype=float)
    finite = values[np.isfinite(values)]
    if len(finite) <= len(values) / 2:
        return None
    low, high = np.percentile(finite, (2.5, 97.5))
    return float(low), float(high)
