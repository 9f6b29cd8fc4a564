"""Which seizure of the hypothesis is which of the reference?

The rule, of our own, keeps seizures apart that overlap or lie close together (SzCORE merges those under 90 s apart):

1. Two seizures may be paired when they share any time at all.
2. Each seizure is in at most one pair.
3. Of all such pairings, those with the most pairs; of those, the one whose pairs share the most seconds.

What was found where, and as which pattern, takes no part in it, so that matching does not flatter what is scored next.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ictal.scoring.types import Event


def match(reference: Sequence[Event], hypothesis: Sequence[Event]) -> tuple[tuple[int, int], ...]:
    """Which seizures belong together? Pairs of indices (reference, hypothesis), in order of the reference."""
    from scipy.optimize import linear_sum_assignment

    shared_s = overlaps_s(reference, hypothesis)
    if not shared_s.any():
        return ()
    # One pair more is always worth more than all seconds together.
    worth = np.where(shared_s > 0, 1 + shared_s / (1 + shared_s.sum()), 0.0)
    rows, columns = linear_sum_assignment(worth, maximize=True)
    return tuple((int(r), int(c)) for r, c in zip(rows, columns, strict=True) if shared_s[r, c] > 0)


def overlaps_s(reference: Sequence[Event], hypothesis: Sequence[Event]) -> npt.NDArray[np.float64]:
    """How many seconds does each of the reference share with each of the hypothesis? `(n_reference, n_hypothesis)`."""
    starts = np.maximum.outer([e.start_s for e in reference], [e.start_s for e in hypothesis])
    stops = np.minimum.outer([e.stop_s for e in reference], [e.stop_s for e in hypothesis])
    shared: npt.NDArray[np.float64] = np.maximum(0.0, stops - starts).reshape(len(reference), len(hypothesis))
    return shared
