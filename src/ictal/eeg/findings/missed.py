"""How much could this recording have missed? Exact one-sided 95 % bounds: not captured is not absent."""

from __future__ import annotations

import math

ERROR = 0.05
"""One-sided error of the bounds."""


def share_missed(seizures: int) -> float | None:
    """None of so many seizures migrated: up to which share of them could? Exact binomial; `None` without a seizure.

    It takes the seizures as independent draws; those of one infant are not, so the true bound is higher.
    """
    return 1.0 - math.pow(ERROR, 1.0 / seizures) if seizures > 0 else None


def rate_missed_per_h(readable_h: float) -> float | None:
    """No seizure in so many readable hours: up to which rate per hour could there be? Poisson; `None` without time."""
    return -math.log(ERROR) / readable_h if readable_h > 0 else None
