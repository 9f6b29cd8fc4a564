"""Is an algorithm as good as an expert? Agreement of several raters, second by second, and with one of them replaced.

Each second is a pattern of who calls it a seizure. The counts of the patterns are all that kappas need, and they add up
over recordings, so that recordings can be drawn again (`resampling`).

    kappa        of two raters: Cohen (1960); of all together: Fleiss (1971)
    change       kappa among the experts, minus kappa with one expert replaced by the algorithm

After Stevenson et al., Sci Data 2019;6:190039, and Tapani et al., Int J Neural Syst 2019;29:1850030 (provenance:
unverified, recalled); that the test with Fleiss' kappa is the one to prefer: Kljajic et al., arXiv 2508.04899 (read:
its abstract). An interval of the change that reaches 0 or below says that the algorithm is not shown to be worse than
the expert it replaces.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt

from ictal.base.errors import UsageError

Counts = npt.NDArray[np.float64]


def patterns(marks: npt.ArrayLike) -> Counts:
    """How many seconds has each pattern? `marks` is `(n_raters, n_seconds)`; bit `r` of a pattern is rater `r`.

    >>> patterns([[1, 1, 0, 0], [1, 0, 0, 0]]).tolist()
    [2.0, 1.0, 0.0, 1.0]
    """
    known = np.asarray(marks, dtype=bool)
    if known.ndim != 2 or not 2 <= len(known) <= 16:
        raise UsageError(f"Marks of 2 to 16 raters are needed, one row each; got an array of shape {known.shape}.")
    weights = 1 << np.arange(len(known))
    return np.bincount(weights @ known, minlength=1 << len(known)).astype(float)


def _bits(counts: Counts) -> npt.NDArray[np.bool_]:
    """Of each pattern, who marks: `(n_raters, n_patterns)`."""
    size = counts.shape[-1]
    return (np.arange(size) >> np.arange(size.bit_length() - 1)[:, None] & 1).astype(bool)


def cohen(counts: npt.ArrayLike, one: int, other: int) -> Counts:
    """Cohen's kappa of two raters; counts `(..., n_patterns)`; NaN where they cannot disagree."""
    known = np.asarray(counts, dtype=float)
    marked = _bits(known)
    total = known.sum(axis=-1)
    a, b = (known @ marked[rater] / total for rater in (one, other))
    agreed = known @ (marked[one] == marked[other]) / total
    return _beyond_chance(agreed, a * b + (1 - a) * (1 - b))


def fleiss(counts: npt.ArrayLike, raters: Sequence[int]) -> Counts:
    """Fleiss' kappa of some raters; counts `(..., n_patterns)`; NaN where they cannot disagree."""
    known = np.asarray(counts, dtype=float)
    marked = _bits(known)[list(raters)].sum(axis=0)
    n, total = len(raters), known.sum(axis=-1)
    agreed = known @ ((marked * (marked - 1) + (n - marked) * (n - marked - 1)) / (n * (n - 1))) / total
    share = known @ (marked / n) / total
    return _beyond_chance(agreed, share**2 + (1 - share) ** 2)


def _beyond_chance(agreed: Counts, by_chance: Counts) -> Counts:
    with np.errstate(invalid="ignore", divide="ignore"):
        kappa: Counts = np.where(by_chance < 1, (agreed - by_chance) / (1 - by_chance), np.nan)
    return kappa


def mean_cohen(counts: npt.ArrayLike, pairs: Sequence[tuple[int, int]]) -> Counts:
    """The mean of Cohen's kappas of some pairs of raters."""
    kappas: Counts = np.mean([cohen(counts, *pair) for pair in pairs], axis=0)
    return kappas


def change_of_cohen(counts: npt.ArrayLike, experts: Sequence[int], algorithm: int) -> Counts:
    """Mean kappa of expert with expert, minus mean kappa of algorithm with expert: above 0, experts agree better."""
    among = mean_cohen(counts, list(combinations(experts, 2)))
    return among - mean_cohen(counts, [(algorithm, expert) for expert in experts])


def change_of_fleiss(
    counts: npt.ArrayLike, experts: Sequence[int], algorithm: int, replaced: int | None = None
) -> Counts:
    """Fleiss' kappa of the experts, minus that with one of them replaced (`None`: the mean over whom is replaced)."""
    all_experts = fleiss(counts, experts)
    leaving = experts if replaced is None else (replaced,)
    changed = [fleiss(counts, [e for e in experts if e != gone] + [algorithm]) for gone in leaving]
    change: Counts = all_experts - np.mean(changed, axis=0)
    return change
