"""What was given from when to when, and how much by weight and day?"""

from __future__ import annotations

from ictal.infant.timeline.ages import age_text
from ictal.infant.timeline.counts import record_ends
from ictal.infant.timeline.types import Dose, DoseChange, Growth, Infant, Level, Treatment
from ictal.infant.treatment.types import Course, DoseAt, LevelAt

OLD_WEIGHT_DAYS = 30.0
"""A weight that is older than this is said to be old: a young infant gains a kilogram in a month (design)."""

_TO_MG_PER_DAY = {
    "mg/day": 1.0,
    "g/day": 1000.0,
    "mg/kg/day": 1.0,
    "ug/kg/day": 1e-3,
    "mg/kg/h": 24.0,
    "ug/kg/h": 0.024,
}
_AS_THEY_ARE = {"IU/day": "IU/kg/day", "IU/kg/day": "IU/kg/day", "ml/day": "ml/kg/day"}


def courses(infant: Infant) -> tuple[Course, ...]:
    """Which treatments were given, in order of their start?"""
    last = record_ends(infant)
    placed = [(place, e) for place, e in enumerate(infant.entries) if isinstance(e, Treatment)]
    return tuple(_course(infant, place, e, last) for place, e in sorted(placed, key=lambda item: item[1].age_days))


def dose_at(infant: Infant, dose: Dose, age_days: float) -> DoseAt:
    """How much is this dose by weight and day, with the weight of that day?"""
    weight, note = weight_at(infant, age_days)
    by_weight = "/kg" in dose.unit
    if dose.unit in _TO_MG_PER_DAY:
        amount, unit = dose.amount * _TO_MG_PER_DAY[dose.unit], "mg/kg/day"
    elif dose.unit in _AS_THEY_ARE:
        amount, unit = dose.amount, _AS_THEY_ARE[dose.unit]
    else:
        why = "the ratio of a diet" if dose.unit == ":1" else f"{dose.unit}, which is not an amount a day and kilogram"
        return DoseAt(age_days, dose.amount, dose.unit, None, None, weight, f"The dose is {why}.")
    if by_weight:
        return DoseAt(age_days, dose.amount, dose.unit, amount, unit, weight)
    if weight is None:
        return DoseAt(age_days, dose.amount, dose.unit, None, None, None, note)
    return DoseAt(age_days, dose.amount, dose.unit, amount / weight, unit, weight, note)


def weight_at(infant: Infant, age_days: float) -> tuple[float | None, str]:
    """What does the child weigh at this age, and what is to be doubted?

    Between two measurements on the line between them; outside, the nearest, with its age if that is old.
    """
    known = [(g.age_days, g.weight_kg) for g in infant.of(Growth) if g.weight_kg is not None]
    if not known:
        return None, "No weight was captured: the dose by weight cannot be told."
    before = [(age, kg) for age, kg in known if age <= age_days]
    after = [(age, kg) for age, kg in known if age >= age_days]
    if before and after:
        (a, first), (b, second) = before[-1], after[0]
        weight = first if a == b else first + (second - first) * (age_days - a) / (b - a)
        near = min(age_days - a, b - age_days)
        return weight, "" if near <= OLD_WEIGHT_DAYS else f"The nearest weight is {near:.0f} days away."
    age, weight = before[-1] if before else after[0]
    away = abs(age - age_days)
    note = f"The nearest weight is of {age_text(age)}, {away:.0f} days away."
    return weight, note if away > OLD_WEIGHT_DAYS else ""


def _course(infant: Infant, place: int, entry: Treatment, last: float) -> Course:
    until = entry.stop_age_days if entry.stop_age_days is not None else max(last, entry.age_days)
    given = [(entry.age_days, entry.dose)] if entry.dose else []
    given += [(d.age_days, d.dose) for d in infant.of(DoseChange) if _of(entry, d.name, d.age_days, until)]
    levels = [level for level in infant.of(Level) if _of(entry, level.name, level.age_days, until)]
    return Course(
        place=place,
        name=entry.name,
        treatment=entry.treatment,
        from_days=entry.age_days,
        until_days=until,
        stopped="yes" if entry.stop_age_days is not None else "no" if entry.ongoing == "yes" else "not captured",
        doses=tuple(dose_at(infant, dose, age) for age, dose in given),
        levels=tuple(LevelAt(level.age_days, level.value, level.unit) for level in levels),
        why_started=entry.why_started,
        why_stopped=entry.why_stopped,
        impression=entry.impression,
        adequate=entry.adequate,
    )


def _of(entry: Treatment, name: str, age_days: float, until: float) -> bool:
    """Does a dose or level of this name and age belong to this treatment? Ketones belong to a diet."""
    same = name.casefold() == entry.name.casefold() or (name.casefold() == "ketones" and entry.treatment == "diet")
    return same and entry.age_days <= age_days <= until
