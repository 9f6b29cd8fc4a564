"""What does a measurement say, and what do all of them together?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ictal.infant.timeline.words import Answer

Measure = Literal["head", "weight", "length"]

UNIT: dict[Measure, str] = {"head": "cm", "weight": "kg", "length": "cm"}
FIELD: dict[Measure, str] = {"head": "head_cm", "weight": "weight_kg", "length": "length_cm"}


@dataclass(frozen=True, slots=True)
class GrowthZ:
    """One measurement against the WHO standard, by age from birth and by corrected age.

    A z-score is `None` where the standard or the age is missing; `notes` says why, and what to doubt. `place` is the
    entry's place in `infant.entries`, -1 where there is no record.
    """

    measure: Measure
    value: float
    age_days: float
    corrected_days: float | None
    z_uncorrected: float | None
    z_corrected: float | None
    notes: tuple[str, ...] = ()
    place: int = -1


@dataclass(frozen=True, slots=True)
class AcquiredMicrocephaly:
    """Did the head fall from a normal start to -2 or below (corrected z)?

    `yes`: `crossed_age_days` is where the line between the last measurement above -2 (`last_above`) and the first at or
    below it (`first_below`) meets -2. `no`: it did not, until `last`; or it was small at the start (`small_at_start`).
    `not captured`: fewer than two measurements that can be used. `stayed` is `False` when a later one was above -2
    again.
    """

    answer: Answer
    reason: str
    start: GrowthZ | None = None
    last_above: GrowthZ | None = None
    first_below: GrowthZ | None = None
    last: GrowthZ | None = None
    crossed_age_days: float | None = None
    small_at_start: bool = False
    stayed: bool | None = None
    not_used: tuple[GrowthZ, ...] = ()

    @property
    def fall_z(self) -> float | None:
        """By how much did the z-score fall from the start to the first value at or below -2?"""
        if self.start is None or self.first_below is None:
            return None
        a, b = self.start.z_corrected, self.first_below.z_corrected
        return None if a is None or b is None else a - b
