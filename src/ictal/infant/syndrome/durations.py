"""Ages as records write them: ISO 8601 durations, dates with a birth date, or the HPO terms of onset."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

MONTH_DAYS, YEAR_DAYS = 30.4375, 365.25

ONSET_TERMS: dict[str, tuple[float, float]] = {
    "HP:0030674": (0.0, 0.0),  # antenatal
    "HP:0003577": (0.0, 0.0),  # congenital
    "HP:0003623": (0.0, 28.0),  # neonatal
    "HP:0003593": (28.0, 365.0),  # infantile: from 28 days to one year
    "HP:0011463": (365.25, 5 * YEAR_DAYS),  # childhood
    "HP:0003621": (5 * YEAR_DAYS, 16 * YEAR_DAYS),  # juvenile
    "HP:0410280": (0.0, 16 * YEAR_DAYS),  # paediatric
    "HP:0003581": (16 * YEAR_DAYS, 120 * YEAR_DAYS),  # adult
}

_DURATION = re.compile(
    r"P(?:(?P<Y>\d+(?:\.\d+)?)Y)?(?:(?P<M>\d+(?:\.\d+)?)M)?(?:(?P<W>\d+(?:\.\d+)?)W)?(?:(?P<D>\d+(?:\.\d+)?)D)?"
    r"(?:T(?:(?P<h>\d+(?:\.\d+)?)H)?(?:(?P<m>\d+(?:\.\d+)?)M)?(?:(?P<s>\d+(?:\.\d+)?)S)?)?"
)
_UNIT_DAYS = {"Y": YEAR_DAYS, "M": MONTH_DAYS, "W": 7.0, "D": 1.0, "h": 1 / 24, "m": 1 / 1440, "s": 1 / 86400}


def duration_days(text: object) -> float | None:
    """How many days is this ISO 8601 duration (`P4M12D`, `P3W`, `PT6H`)? `None` when it is none."""
    found = _DURATION.fullmatch(text.strip().upper().replace(",", ".")) if isinstance(text, str) else None
    if found is None or not any(found.groupdict().values()):
        return None
    days = sum(float(value) * _UNIT_DAYS[unit] for unit, value in found.groupdict().items() if value)
    return days if days <= 130 * YEAR_DAYS else None


def age_range_days(element: object, birth: datetime | None) -> tuple[float, float] | None:
    """Between which ages lies this time element of a phenopacket? `None` when it cannot be told."""
    if isinstance(element, str):
        return _one(duration_days(element)) or _dated(element, birth)
    if not isinstance(element, Mapping):
        return None
    if "iso8601duration" in element:
        return _one(duration_days(element["iso8601duration"]))
    age: Any = element.get("age")
    if age is not None:
        return age_range_days(age, birth)
    ends = element.get("ageRange")
    if isinstance(ends, Mapping):
        return _span(age_range_days(ends.get("start"), birth), age_range_days(ends.get("end"), birth))
    term = element.get("ontologyClass")
    if isinstance(term, Mapping):
        return ONSET_TERMS.get(str(term.get("id")))
    if "id" in element:
        return ONSET_TERMS.get(str(element["id"]))
    if element.get("timestamp") is not None:
        return _dated(element["timestamp"], birth)
    interval = element.get("interval")
    if isinstance(interval, Mapping):
        return _span(_dated(interval.get("start"), birth), _dated(interval.get("end"), birth))
    if "start" in element and "end" in element:
        return _span(age_range_days(element["start"], birth), age_range_days(element["end"], birth))
    return None


def moment(text: object) -> datetime | None:
    """A date and time, without its zone; `None` when it is none."""
    if not isinstance(text, str):
        return None
    try:
        return datetime.fromisoformat(text.strip().replace("Z", "+00:00")).replace(tzinfo=None)
    except ValueError:
        return None


def _one(days: float | None) -> tuple[float, float] | None:
    return None if days is None else (days, days)


def _dated(text: object, birth: datetime | None) -> tuple[float, float] | None:
    at = moment(text)
    if at is None or birth is None or at < birth:
        return None
    return _one((at - birth).total_seconds() / 86400)


def _span(start: tuple[float, float] | None, end: tuple[float, float] | None) -> tuple[float, float] | None:
    if start is None or end is None or end[1] < start[0]:
        return None
    return start[0], end[1]
