"""Do seizures become more often over the first months, and from which age on?"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

import numpy as np

from ictal.infant.timeline.ages import age_text
from ictal.infant.timeline.counts import Counts, CountSource, Unit
from ictal.infant.timeline.rates import Floats, Rate, Ratio, rate_of, ratio_of
from ictal.infant.timeline.words import Answer

STRETCH_DAYS = 30.0
SHUFFLES = 999
SURE = 0.05
FEWEST_BLOCKS = 8
"""Below this number of recordings or of stretches of a diary no change is looked for: of 7, one order in 18 divides
into low and high by chance alone, and a p of 0.05 cannot be reached."""
MANY_UNITS, TOGETHER = 30, 3
"""From this many units on, so many that follow each other are shuffled as one, since clusters may last over a night."""


@dataclass(frozen=True, slots=True)
class RateAtAge:
    """The rate over one stretch of age: one recording, or what a diary says of a month."""

    from_days: float
    to_days: float
    rate: Rate


@dataclass(frozen=True, slots=True)
class ChangePoint:
    """An age at which the rate changes: between the last unit before and the first after it.

    `ratio` compares the stretch after it with that before it, each up to the next change. `p` is how often blocks in
    shuffled order show a change as large within the same stretch: ages carry no information then.
    """

    age_days: float
    between_days: tuple[float, float]
    ratio: Ratio
    p: float

    @property
    def rises(self) -> bool:
        """Is the rate higher after it than before?"""
        return self.ratio.ratio is None or self.ratio.ratio > 1


@dataclass(frozen=True, slots=True)
class Escalation:
    """Rates by age, and the ages at which they change. `escalates` is `yes` when one of them is a rise."""

    source: CountSource
    rates: tuple[RateAtAge, ...]
    changes: tuple[ChangePoint, ...]
    escalates: Answer
    sentence: str


def escalation(counted: Counts, rng: np.random.Generator) -> Escalation:
    """How does the rate of seizures run with age, and where does it change?

    Hours are those that were watched or could be read, never those of a clock. The stretch is cut where two rates
    explain it best, as long as shuffled order would show that in at most 5 of 100 (binary segmentation).
    """
    rates = tuple(
        RateAtAge(group[0].from_days, group[-1].to_days, rate_of(group)) for group in _stretches(counted.units)
    )
    blocks = _blocks(counted.units)
    if len(blocks) < FEWEST_BLOCKS:
        text = f"Seizures were counted in {len(blocks)} separate stretches: a change with age needs {FEWEST_BLOCKS}."
        text = text if blocks else f"No {counted.source} counts seizures over known hours."
        return Escalation(counted.source, rates, (), "not captured", text)
    cuts = _cuts(blocks, 0, rng)
    if not cuts:
        return Escalation(counted.source, rates, (), "no", "No change of the rate with age can be told from chance.")
    edges = [0, *(at for at, _ in cuts), len(blocks)]
    changes = tuple(_change(blocks[edges[k] : at], blocks[at : edges[k + 2]], p) for k, (at, p) in enumerate(cuts))
    rises = any(change.rises for change in changes)
    return Escalation(counted.source, rates, changes, "yes" if rises else "no", " ".join(map(_told, changes)))


def _told(change: ChangePoint) -> str:
    ratio, (last, first) = change.ratio, change.between_days
    by = "from none" if ratio.ratio is None else f"{ratio.ratio:.2g} times ({ratio.low:.2g} to {ratio.high:.2g})"
    when = f"between day {last:g} and day {first:g}" if first - last > 1 else f"at day {last:.0f}"
    return f"The rate {'rises' if change.rises else 'falls'} {when} ({age_text(first)}): {by}, p {change.p:.3f}."


def _stretches(units: tuple[Unit, ...]) -> list[tuple[Unit, ...]]:
    """Units of one recording together; of a diary, those of 30 days."""

    def key(unit: Unit) -> tuple[int, int]:
        hourly = unit.to_days - unit.from_days < 0.5
        return (unit.entry, 0) if hourly else (-1, int(unit.from_days // STRETCH_DAYS))

    return [tuple(group) for _, group in groupby(units, key)]


def _blocks(units: tuple[Unit, ...]) -> list[tuple[Unit, ...]]:
    """What is shuffled: hours of one recording, and three days that follow each other, are more alike than others."""
    placed = groupby(enumerate(units), lambda item: item[1].entry if item[1].entry >= 0 else -1 - item[0])
    found = [tuple(unit for _, unit in group) for _, group in placed]
    if len(found) < MANY_UNITS:
        return found
    return [tuple(unit for block in found[k : k + TOGETHER] for unit in block) for k in range(0, len(found), TOGETHER)]


def _cuts(blocks: list[tuple[Unit, ...]], offset: int, rng: np.random.Generator) -> list[tuple[int, float]]:
    """Before which blocks does the rate change, with the p of each cut?"""
    if len(blocks) < FEWEST_BLOCKS:
        return []
    hours = np.array([sum(unit.hours for unit in block) for block in blocks])
    found = np.array([sum(unit.seizures for unit in block) for block in blocks], float)
    if not found.sum():
        return []
    gain, at = _best(hours, found)
    larger = 0
    for _ in range(SHUFFLES):
        order = rng.permutation(len(blocks))
        larger += _best(hours[order], found[order])[0] >= gain - 1e-9
    p = (larger + 1) / (SHUFFLES + 1)
    if p > SURE:
        return []
    return [*_cuts(blocks[:at], offset, rng), (offset + at, p), *_cuts(blocks[at:], offset + at, rng)]


def _change(earlier: list[tuple[Unit, ...]], later: list[tuple[Unit, ...]], p: float) -> ChangePoint:
    before, after = ([unit for block in blocks for unit in block] for blocks in (earlier, later))
    between = (before[-1].to_days, after[0].from_days)
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
