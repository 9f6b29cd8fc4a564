"""How old is the infant, counted from birth, from the mother's last period, and from term? Computed here alone."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from ictal.base.age import TERM_WEEKS, Age
from ictal.base.errors import UsageError

PRETERM_BELOW_WEEKS = 37.0
CORRECTED_UNTIL_DAYS = 730.5
"""From two years of corrected age on, age is no longer corrected (as rcpchgrowth does with the WHO standards)."""
NEWBORN_UNTIL_WEEKS = 44.0
"""Postmenstrual weeks up to which the neonatal classification and the neonatal rule of status hold (Pressler 2021)."""


@dataclass(frozen=True, slots=True)
class Ages:
    """The ages of one infant on one day. `gestation_weeks` is `None` when nobody told it; checked as `Age` is."""

    days: float
    gestation_weeks: float | None = None

    def __post_init__(self) -> None:
        Age(self.days, self.gestation_weeks)

    @property
    def postmenstrual_weeks(self) -> float | None:
        """Weeks of gestation and of life together; `None` when the gestation was not captured."""
        return Age(self.days, self.gestation_weeks).postmenstrual_weeks

    @property
    def preterm(self) -> bool | None:
        """Was the infant born before 37 weeks? `None` when nobody told."""
        return None if self.gestation_weeks is None else self.gestation_weeks < PRETERM_BELOW_WEEKS

    @property
    def corrected_days(self) -> float | None:
        """Days since 40 weeks for one born before 37 weeks, up to two years; days since birth for others and later.

        Below 0 before term; `None` when the gestation was not captured, since it then cannot be known.
        """
        if self.gestation_weeks is None:
            return None
        corrected = self.days - 7.0 * (TERM_WEEKS - self.gestation_weeks)
        return corrected if self.preterm and corrected < CORRECTED_UNTIL_DAYS else self.days

    @property
    def newborn(self) -> bool | None:
        """Is the infant at most 44 postmenstrual weeks old? `None` when the gestation was not captured."""
        weeks = self.postmenstrual_weeks
        return None if weeks is None else weeks <= NEWBORN_UNTIL_WEEKS


def days_on(birth: dt.date, on: dt.date) -> float:
    """How many days after birth is this date? Raises `UsageError` for a date before birth."""
    days = (on - birth).days
    if days < 0:
        raise UsageError(f"{on.isoformat()} is {-days} days before birth: give a date from birth on.")
    return float(days)


def age_text(days: float) -> str:
    """How does a clinician say this age: `3 d`, `7 wk`, `5 mo`, `2 y 3 mo`?"""
    if days < 14:
        return f"{days:.0f} d"
    if days < 91:
        return f"{days / 7:.0f} wk"
    months = round(days / 30.4375)
    if months < 24:
        return f"{months} mo"
    years, rest = divmod(months, 12)
    return f"{years} y {rest} mo" if rest else f"{years} y"
