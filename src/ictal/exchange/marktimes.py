"""Times as tables of marks write them: seconds with point or comma, clock times, dates."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import datetime

DAY_S = 86400.0
_CLOCK = re.compile(r"(\d{1,3}):([0-5]?\d)(?::([0-5]?\d(?:[.,]\d+)?))?(?:\s*([ap])\.?m\.?)?", re.IGNORECASE)
_DATES = ("%Y-%m-%d", "%d.%m.%Y", "%Y/%m/%d")
_DATE = re.compile(r"(\d{4}-\d{1,2}-\d{1,2}|\d{1,2}\.\d{1,2}\.\d{4}|\d{4}/\d{1,2}/\d{1,2})[T\s]+(.+?)Z?")


def decimal(text: str) -> float:
    """A number with a decimal point or comma. Raises `ValueError` for anything else, infinity and NaN too."""
    plain = text.strip().removesuffix("s").strip()
    if re.fullmatch(r"[+-]?\d+,\d+", plain):
        plain = plain.replace(",", ".")
    value = float(plain)
    if not math.isfinite(value):
        raise ValueError(f"'{text}' is no number")
    return value


def length(text: str, field: str) -> float:
    """A length of time in seconds, from seconds, `mm:ss` or `hh:mm:ss`; nothing is a length of 0 (not known)."""
    if not text.strip():
        return 0.0
    clock = _CLOCK.fullmatch(text.strip())
    if clock is not None and clock[4] is None:
        return _elapsed(clock, two_are_minutes=True)
    try:
        return decimal(text)
    except ValueError:
        raise ValueError(f"{field} is '{text[:40]}', but must be a number of seconds or hh:mm:ss") from None


@dataclass(frozen=True, slots=True)
class Clock:
    """Turns what a table writes into seconds from the first sample of a recording.

    A time of day before that of the first sample is of the next day. `elapsed`: hh:mm:ss counts from the first sample.
    """

    start: datetime | None
    duration_s: float
    elapsed: bool = False

    def time(self, text: str, field: str, after_s: float | None = None) -> float:
        """Which second is this? `after_s`: the time of day meant is the first one after this second."""
        plain = text.strip()
        if not plain:
            raise ValueError(f"{field} is missing, but every mark needs one")
        try:
            return decimal(plain)
        except ValueError:
            pass
        dated = _DATE.fullmatch(plain)
        clock = _CLOCK.fullmatch(dated[2] if dated else plain)
        if clock is None:
            raise ValueError(
                f"{field} is '{plain[:40]}', but must be a number of seconds, hh:mm:ss, or a date and time"
            )
        if self.elapsed and not dated:
            return _elapsed(clock)
        if self.start is None:
            raise ValueError(
                f"{field} is the time of day '{plain[:40]}', but the recording does not say when it began: give "
                "seconds, or say times=elapsed in --columns"
            )
        of_day_s = _of_day(clock, field, plain)
        began = self.start.replace(tzinfo=None)
        if dated:
            midnight = _date(dated[1], field)
            return round((midnight - began).total_seconds() + of_day_s, 6)
        if self.duration_s > DAY_S:
            raise ValueError(f"{field} is '{plain[:40]}', and the recording is longer than a day: give the date too")
        first_s = (began - began.replace(hour=0, minute=0, second=0, microsecond=0)).total_seconds()
        # A whole second may be the one in which the recording began.
        since_s = of_day_s - first_s
        since_s += DAY_S if since_s <= -1.0 else 0.0
        if after_s is not None and since_s < after_s and after_s - since_s > DAY_S / 2:
            since_s += DAY_S
        return round(max(since_s, 0.0), 6)


def _elapsed(clock: re.Match[str], two_are_minutes: bool = False) -> float:
    hours, minutes, seconds = float(clock[1]), float(clock[2]), clock[3]
    if seconds is None and two_are_minutes:
        return hours * 60 + minutes
    return hours * 3600 + minutes * 60 + float((seconds or "0").replace(",", "."))


def _of_day(clock: re.Match[str], field: str, text: str) -> float:
    found = _elapsed(clock)
    half = (clock[4] or "").lower()
    if half:
        found = found % (DAY_S / 2) + (DAY_S / 2 if half == "p" else 0.0)
    if found >= DAY_S:
        raise ValueError(
            f"{field} is '{text[:40]}', which is no time of day (times=elapsed in --columns if it counts on)"
        )
    return found


def _date(text: str, field: str) -> datetime:
    for form in _DATES:
        try:
            return datetime.strptime(text, form)
        except ValueError:
            continue
    raise ValueError(f"{field} has the date '{text}', which there is not")
