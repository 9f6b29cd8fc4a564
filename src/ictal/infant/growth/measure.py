"""What does one measurement say, by age from birth and by corrected age?"""

from __future__ import annotations

import math

from ictal.base.errors import UsageError
from ictal.infant.growth.standards import BOUNDS, LAST_DAY, PLAUSIBLE_Z, z_score
from ictal.infant.growth.types import FIELD, UNIT, GrowthZ, Measure
from ictal.infant.timeline.ages import Ages
from ictal.infant.timeline.words import Sex


def measured(measure: Measure, value: float, sex: Sex, ages: Ages, place: int = -1) -> GrowthZ:
    """What are the z-scores of this measurement, and what is to be doubted? Raises `UsageError`."""
    low, high = BOUNDS[measure]
    if not (math.isfinite(value) and low <= value <= high):
        raise UsageError(
            f"A {measure} of {value:g} {UNIT[measure]} cannot be: allowed are {low:g} to {high:g} {UNIT[measure]}; "
            f"check the value and its unit ({FIELD[measure]})."
        )
    notes: list[str] = []
    if sex not in ("female", "male"):
        notes.append("The WHO standards are for girls and for boys: without one of the two there is no z-score.")
    corrected = ages.corrected_days
    plain = z_score(measure, sex, value, ages.days)
    if ages.days > LAST_DAY:
        notes.append(f"The WHO standards by day end at day {LAST_DAY}.")
    by_corrected = None if corrected is None else z_score(measure, sex, value, corrected)
    if corrected is None:
        notes.append("The gestation is not captured: a corrected age and its z-score cannot be given.")
    elif corrected < 0:
        notes.append(f"The infant is {-corrected:.0f} days from term and the WHO standards begin at term.")
    elif ages.preterm and by_corrected is not None and corrected != ages.days:
        notes.append("Born before 37 weeks: the corrected z-score is the one to follow.")
    elif ages.preterm and by_corrected is not None:
        notes.append("From two years of corrected age on, age is no longer corrected.")
    shown = by_corrected if by_corrected is not None else None if ages.preterm else plain
    least, most = PLAUSIBLE_Z[measure]
    if shown is not None and not least <= shown <= most:
        notes.append(f"A z-score of {shown:.2f} is beyond {least:g} to {most:g}, where WHO asks to measure again.")
    return GrowthZ(measure, value, ages.days, corrected, plain, by_corrected, tuple(notes), place)
