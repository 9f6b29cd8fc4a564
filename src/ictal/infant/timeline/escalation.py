"""Do seizures become more often over the first months, and from which age on?"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

import numpy as np

from ictal.infant.timeline.ages import age_text
from ictal.infant.timeline.counts import Counts, Unit
from ictal.infant.timeline.rates import Floats, Rate, Ratio, rate_of, ratio_of

STRETCH_DAYS = 30.0
SHUFFLES = 999
SURE = 0.05
FEWEST_UNITS = 6
"""Below this number of units a change-point is not looked for (design)."""


@dataclass(frozen=True, slots=True)
class RateAtAge:
    """The rate over one stretch of age: one recording, or what a diary says of a month."""

    from_days: float
    to_days: float
    rate: Rate


@dataclass(frozen=True, slots=True)
class ChangePoint:
    """The age at which the rate changes most: between the last unit before and the first after it.

    `p` is how often units in shuffled order show a change as large: ages carry no information then.
    """

    age_days: float
    between_days: tuple[float, float]
    ratio: Ratio
    p: float


@dataclass(frozen=True, slots=True)
class Escalation:
    """Rates by age, and the change-point if there is one. `sentence` says it, or why it cannot be said."""

    source: str
    rates: tuple[RateAtAge, ...]
    change: ChangePoint | None
    escalates: str
    sentence: str


def escalation(counted: Counts, rng: np.random.Generator) -> Escalation:
    """How does the rate of seizures run with age, and where does it change?

    Hours are those that were watched or could be read. `escalates` is `yes`, `no` or `not captured`.
    """
    rates = tuple(
        RateAtAge(group[0].from_days, group[-1].to_days, rate_of(group)) for group in _stretches(counted.units)
    )
    blocks = _blocks(counted.units)
    if len(blocks) < FEWEST_UNITS:
        text = f"Seizures were counted in {len(blocks)} stretches of time: a change-point needs {FEWEST_UNITS}."
        return Escalation(counted.source, rates, None, "not captured", text)
    change = _change_point(blocks, rng)
    if change is None or change.p > SURE:
        return Escalation(
            counted.source, rates, change, "no", "No change of the rate with age can be told from chance."
        )
    ratio = change.ratio
    factor = ratio.ratio
    up = factor is None or factor > 1
    times = "from none" if factor is None else f"by a factor of {factor:.2g} ({ratio.low:.2g} to {ratio.high:.2g})"
    text = (
        f"The rate {'rises' if up else 'falls'} {times} between {age_text(change.between_days[0])} and "
        f"{age_text(change.between_days[1])} (p {change.p:.3g}, {SHUFFLES} shuffles)."
    )
    return Escalation(counted.source, rates, change, "yes" if up else "no", text)


def _stretches(units: tuple[Unit, ...]) -> list[tuple[Unit, ...]]:
    """Units of one recording together; of a diary, those of 30 days."""

    def key(unit: Unit) -> tuple[int, int]:
        hourly = unit.to_days - unit.from_days < 0.5
        return (unit.entry, 0) if hourly else (-1, int(unit.from_days // STRETCH_DAYS))

    return [tuple(group) for _, group in groupby(units, key)]


def _blocks(units: tuple[Unit, ...]) -> list[tuple[Unit, ...]]:
    """What is shuffled: hours of one recording stay together, since they are more alike than those of two."""
    placed = groupby(enumerate(units), lambda item: item[1].entry if item[1].entry >= 0 else -1 - item[0])
    return [tuple(unit for _, unit in group) for _, group in placed]


def _change_point(blocks: list[tuple[Unit, ...]], rng: np.random.Generator) -> ChangePoint | None:
    hours = np.array([sum(unit.hours for unit in block) for block in blocks])
    found = np.array([sum(unit.seizures for unit in block) for block in blocks], float)
    if not found.sum():
        return None
    gain, at = _best(hours, found)
    larger = 0
    for _ in range(SHUFFLES):
        order = rng.permutation(len(blocks))
        larger += _best(hours[order], found[order])[0] >= gain - 1e-9
    before = [unit for block in blocks[:at] for unit in block]
    after = [unit for block in blocks[at:] for unit in block]
    between = (before[-1].to_days, after[0].from_days)
    p = (larger + 1) / (SHUFFLES + 1)
    return ChangePoint(0.5 * sum(between), between, ratio_of(before, after), p)


def _best(hours: Floats, found: Floats) -> tuple[float, int]:
    """Which split in two explains the counts best (likelihood of two Poisson rates), and by how much?"""
    n, h = np.cumsum(found)[:-1], np.cumsum(hours)[:-1]
    rest, left = found.sum() - n, hours.sum() - h
    with np.errstate(divide="ignore", invalid="ignore"):
        gain = np.where(n > 0, n * np.log(n / h), 0.0) + np.where(rest > 0, rest * np.log(rest / left), 0.0)
    at = int(np.argmax(gain))
    total = found.sum()
    return float(gain[at] - total * np.log(total / hours.sum())), at + 1
