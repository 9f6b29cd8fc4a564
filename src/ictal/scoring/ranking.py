"""How often does a score rank a second of seizure above one without? The area under the ROC curve."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def auc(scores: npt.ArrayLike, positive: npt.ArrayLike) -> float | None:
    """The area under the ROC curve; ties count half (Hanley & McNeil, Radiology 1982;143:29-36). `None` with one kind.

    It is the share of pairs (a positive, a negative) in which the positive has the higher score.

    >>> auc([0.1, 0.4, 0.35, 0.8], [False, False, True, True])
    0.75
    """
    from scipy.stats import rankdata

    values, truth = np.asarray(scores, dtype=float), np.asarray(positive, dtype=bool)
    there, absent = int(truth.sum()), int((~truth).sum())
    if not there or not absent:
        return None
    ranks = rankdata(values)
    return float((ranks[truth].sum() - there * (there + 1) / 2) / (there * absent))
