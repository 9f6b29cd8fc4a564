"""Over which hours were seizures counted? Counts with their denominators, from EEG or from a diary, never from both.

A recording's hours are those that could be read, a diary's those in which somebody watched: never the hours of a
clock. What has no denominator is not used, and is listed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ictal.infant.timeline.types import Death, Diary, Infant, Recording

CountSource = Literal["EEG", "diary"]

HOUR_DAYS = 1.0 / 24.0


@dataclass(frozen=True, slots=True)
class Unit:
    """So many seizures in so many hours that were watched, from `from_days` to `to_days` of age.

    `entry` is the place in `infant.entries` (-1 without a record). `seizure_min` is `None` where minutes were not
    captured.
    """

    from_days: float
    to_days: float
    hours: float
    seizures: int
    seizure_min: float | None = None
    entry: int = -1


@dataclass(frozen=True, slots=True)
class Counts:
    """Units in order of age, and the places of the entries that could not be used, with the reason."""

    source: CountSource
    units: tuple[Unit, ...]
    not_used: tuple[tuple[int, str], ...] = ()

    def within(self, from_days: float, to_days: float) -> tuple[Unit, ...]:
        """Which units lie in this stretch of age, by their middle?"""
        return tuple(u for u in self.units if from_days <= 0.5 * (u.from_days + u.to_days) < to_days)


def counts(infant: Infant, source: CountSource) -> Counts:
    """Which seizures were counted over which hours?"""
    units: list[Unit] = []
    left: list[tuple[int, str]] = []
    for place, entry in enumerate(infant.entries):
        if source == "EEG" and isinstance(entry, Recording):
            if entry.found is None:
                left.append((place, "the recording was not analysed"))
            elif not entry.found.readable_h:
                left.append((place, "nothing of the recording could be read"))
            else:
                units += _of_recording(entry, place)
        elif source == "diary" and isinstance(entry, Diary):
            if entry.seizures is None or not entry.hours_observed:
                left.append((place, "the diary says no count or not for how long somebody watched"))
            else:
                stop = entry.age_days + entry.days
                units.append(Unit(entry.age_days, stop, entry.hours_observed, entry.seizures, None, place))
    return Counts(source, tuple(sorted(units, key=lambda u: u.from_days)), tuple(left))


def record_ends(infant: Infant) -> float:
    """At which age does the record end: with its last entry, or with death?"""
    deaths = [e.age_days for e in infant.of(Death)]
    if deaths:
        return min(deaths)
    ends = [0.0]
    for entry in infant.entries:
        later = getattr(entry, "stop_age_days", None) or getattr(entry, "until_age_days", None) or entry.age_days
        days = entry.days if isinstance(entry, Diary) else 0.0
        hours = (entry.recorded_h or 0.0) if isinstance(entry, Recording) else 0.0
        ends.append(max(later, entry.age_days + days + hours * HOUR_DAYS))
    return max(ends)


def _of_recording(entry: Recording, place: int) -> Iterator[Unit]:
    found = entry.found
    if found is None:
        return
    if not found.by_hour:
        hours = entry.recorded_h if entry.recorded_h is not None else found.readable_h
        stop = entry.age_days + hours * HOUR_DAYS
        yield Unit(entry.age_days, stop, found.readable_h, found.seizures, found.seizure_min, place)
        return
    for k, hour in enumerate(found.by_hour):
        if hour.readable_h:
            start = entry.age_days + k * HOUR_DAYS
            yield Unit(start, start + HOUR_DAYS, hour.readable_h, hour.seizures, hour.seizure_min, place)
