"""What was given when and how much, and what came of it?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ictal.infant.timeline.counts import CountSource
from ictal.infant.timeline.rates import Rate, Ratio
from ictal.infant.timeline.words import Answer

Definition = Literal[
    "at least 50 % fewer seizures",
    "at least 50 % less burden",
    "at least 50 % fewer days with seizures",
    "seizure free (Kwan 2010)",
    "benefit by impression",
]
Shown = Literal["yes", "no", "uncertain", "not captured"]
"""`yes` and `no` when the whole 95 % interval lies on one side of what the definition asks; else `uncertain`."""
WindowName = Literal["before", "during", "after"]


@dataclass(frozen=True, slots=True)
class DoseAt:
    """The dose at one age: as it was written down, and by weight and day where that can be told.

    `weight_kg` is that of the day: measured, or between two measurements. `note` says what is missing or to be
    doubted.
    """

    age_days: float
    amount: float
    unit: str
    per_kg_day: float | None
    per_kg_day_unit: str | None
    weight_kg: float | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class LevelAt:
    """A level in the blood at one age."""

    age_days: float
    value: float
    unit: str


@dataclass(frozen=True, slots=True)
class Course:
    """One treatment from start to stop, with its doses and levels. `place` is that of its entry.

    `until_days` is the stop, or where the record ends; `stopped` is `not captured` when neither a stop nor that it
    goes on was written down.
    """

    place: int
    name: str
    treatment: str
    from_days: float
    until_days: float
    stopped: Answer
    doses: tuple[DoseAt, ...]
    levels: tuple[LevelAt, ...]
    why_started: str
    why_stopped: str
    impression: str
    adequate: Answer


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer by one definition, with what it rests on in a sentence."""

    definition: Definition
    answer: Shown
    sentence: str


@dataclass(frozen=True, slots=True)
class Window:
    """The rate and the burden (minutes in an hour) over one stretch of age."""

    name: WindowName
    from_days: float
    to_days: float
    rate: Rate
    burden: Rate | None


@dataclass(frozen=True, slots=True)
class Response:
    """Did it help? The answer by the chosen definition, all definitions, and what forbids to believe it.

    `not_separable` names other changes in the same time: with one, the change of rate is not this treatment's alone.
    `cautions` are further doubts, regression to the mean among them.
    """

    treatment: str
    place: int
    source: CountSource
    windows: tuple[Window, ...]
    change: Ratio
    burden_change: Ratio | None
    outcomes: tuple[Outcome, ...]
    definition: Definition
    not_separable: tuple[str, ...]
    cautions: tuple[str, ...]

    @property
    def answer(self) -> Shown:
        """Did it help, by the chosen definition?"""
        return next(o.answer for o in self.outcomes if o.definition == self.definition)

    @property
    def attributable(self) -> bool:
        """Was nothing else changed in the same time?"""
        return not self.not_separable


@dataclass(frozen=True, slots=True)
class Resistance:
    """Is the epilepsy drug resistant by Kwan 2010, and on which trials does that rest?"""

    answer: Answer
    sentence: str
    failed: tuple[str, ...]
    undetermined: tuple[str, ...]
