"""Was it status epilepticus, by the rule for the infant's postmenstrual age?"""

from __future__ import annotations

from dataclasses import dataclass

from ictal.base.age import postmenstrual_weeks as postmenstrual_weeks
from ictal.base.time import Interval, IntervalSet

HOUR_S = 3600.0

NEONATAL_UP_TO_WEEKS = 44.0
"""Postmenstrual age (weeks) up to which the neonatal rule applies, this week included."""


@dataclass(frozen=True, slots=True)
class Rule:
    """When is a burden called status? `longest_s` is `None` where one long seizure does not count by itself."""

    name: str
    text: str
    provenance: str
    share_of_hour: float
    longest_s: float | None


ACNS_2013 = Rule(
    "ACNS 2013",
    "up to 44 weeks of postmenstrual age: summed seizures take 50 % or more of any 1-hour epoch",
    "unverified",
    0.5,
    None,
)
ACNS_2021 = Rule(
    "ACNS 2021",
    "older: 10 continuous minutes or more, or 20 % or more of any 60-minute window",
    "read",
    0.2,
    600.0,
)


@dataclass(frozen=True, slots=True)
class Status:
    """What one rule says. `applies` is `None` when the age is not known; `met` false means not captured."""

    rule: Rule
    applies: bool | None
    met: bool
    worst_hour_s: float
    longest_s: float


def status(ictal: IntervalSet, pma_weeks: float | None) -> tuple[Status, ...]:
    """What do the rules say? The one that applies at this age, or both when the age is not known."""
    worst_s, longest_s = most_in_window_s(ictal, HOUR_S), max((i.duration_s for i in ictal), default=0.0)
    rules: tuple[Rule, ...] = (ACNS_2013, ACNS_2021)
    if pma_weeks is not None:
        rules = (ACNS_2013,) if pma_weeks <= NEONATAL_UP_TO_WEEKS else (ACNS_2021,)
    known = None if pma_weeks is None else True
    return tuple(Status(r, known, _met(r, worst_s, longest_s), worst_s, longest_s) for r in rules)


def _met(rule: Rule, worst_s: float, longest_s: float) -> bool:
    long_enough = rule.longest_s is not None and longest_s >= rule.longest_s
    return long_enough or worst_s >= rule.share_of_hour * HOUR_S


def most_in_window_s(ictal: IntervalSet, window_s: float) -> float:
    """How much is ictal in the worst window of this length? It starts with a stretch, or ends with one."""
    starts = {i.start_s for i in ictal} | {max(i.stop_s - window_s, 0.0) for i in ictal}
    return max((ictal.overlap_s(Interval(s, s + window_s)) for s in starts), default=0.0)
