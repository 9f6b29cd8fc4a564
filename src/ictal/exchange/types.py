"""What an event table says, in records: also the tables of tools that know less than Ictal does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from ictal.base.time import Timed
from ictal.eeg.detection.types import Discharge
from ictal.eeg.tracking.types import Leg, Pattern, Seizure

ROUNDING_S = 0.02
"""Times of seizures and legs are written to two decimals each: a seizure whose own differ by more was marked."""


@dataclass(frozen=True, slots=True)
class EventRow(Timed):
    """One seizure as its table tells it: `[start_s, stop_s)` and what else was said.

    1. What the table did not say is absent, not guessed: `confidence`, `pattern` and `seizure_id` are `None`, `path`,
       `channels` and `legs` are empty.
    2. `path` and the legs hold modern electrode names; `channels` are as written.
    3. It has the same `start_s`, `stop_s`, `pattern` and `path` as a `Seizure`, so both can be scored.
    """

    start_s: float
    stop_s: float
    event_type: str = "sz"
    confidence: float | None = None
    channels: tuple[str, ...] = ()
    pattern: Pattern | None = None
    path: tuple[str, ...] = ()
    legs: tuple[Leg, ...] = ()
    seizure_id: str | None = None

    @property
    def seizure(self) -> Seizure | None:
        """The seizure in the tracker's own type, or `None` when its table names no place.

        What the table did not say becomes `Pattern.uncertain` and a confidence of NaN.
        """
        if not self.legs:
            return None
        confidence = float("nan") if self.confidence is None else self.confidence
        told = Seizure(self.legs, self.pattern or Pattern.uncertain, confidence)
        off_s = max(abs(told.start_s - self.start_s), abs(told.stop_s - self.stop_s))
        return replace(told, marked=self.interval) if off_s > ROUNDING_S else told


@dataclass(frozen=True, slots=True)
class Events:
    """Everything that the event tables of one recording say.

    `rows` has every seizure, in the order of the table; `seizures` those whose place is known (all, in a folder that
    Ictal wrote). `recording_duration_s` and `start` are `None` when the table does not say them.
    """

    rows: tuple[EventRow, ...]
    discharges: tuple[Discharge, ...] = ()
    recording_duration_s: float | None = None
    start: datetime | None = None

    @property
    def seizures(self) -> tuple[Seizure, ...]:
        return tuple(s for s in (row.seizure for row in self.rows) if s is not None)
