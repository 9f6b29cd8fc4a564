"""How often do the intervals of a treatment's effect hold the truth, and how often is no effect called a response?

    nice python benchmarks/response.py [--infants 2000] [--seed 1]

Infants are simulated with a known effect (none, -30 %, -60 %, -95 %) on a diary of 28 days before and 28 during, and on
EEG of 24 hours before and during in hours. How seizures come, and what the effect acts on:

    poisson       independently
    days differ   each day has its own rate (gamma, shape 1 or 0.5): negative binomial days
    clusters      clusters of 3 or 8 seizures in the mean (geometric), over hours; the effect makes clusters rarer
    smaller       clusters of 8; the effect makes clusters smaller, as many
    long          clusters of 4 that last a day and go over midnight
    storm         the starts of Ictal's own simulated storm, clusters of 5-30, at this rate

None of it is what the intervals assume: they estimate how counts vary and last. Beside the coverage stand the share of
infants who are called responders (`yes`, at least 50 % fewer seizures), and, for comparison, the share whose point
estimate is at least 50 % lower: what counting without intervals would call a responder.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ictal.infant.timeline.counts import Unit
from ictal.infant.timeline.rates import Ratio, ratio_of
from ictal.simulator import SCENARIOS
from ictal.simulator.times import intended_starts

EFFECTS = (0.0, -0.3, -0.6, -0.95)
Counts = npt.NDArray[np.int64]
Draw = Callable[[np.random.Generator, float, float, int], Counts]
"""Of a generator, the mean of a unit without effect, the effect left (1 + effect) and the units: a count for each."""


@dataclass(frozen=True)
class Tally:
    """Of so many infants: intervals that held the truth, those called responders, and those by the point alone."""

    infants: int
    covered: int
    missed_below: int
    missed_above: int
    responders: int
    by_point: int
    no_ratio: int


def poisson(rng: np.random.Generator, mean: float, left: float, units: int) -> Counts:
    return rng.poisson(mean * left, units)


def days_differ(shape: float) -> Draw:
    def draw(rng: np.random.Generator, mean: float, left: float, units: int) -> Counts:
        return rng.poisson(rng.gamma(shape, mean * left / shape, units))

    return draw


def clusters(size: float, lasts_units: float, smaller: bool = False) -> Draw:
    """Clusters at random, sizes geometric, seizures of one spread over `lasts_units` (exponential)."""

    def draw(rng: np.random.Generator, mean: float, left: float, units: int) -> Counts:
        per = max(1.0, size * left) if smaller else size
        before = 6 * lasts_units
        number = rng.poisson(mean * left / per * (units + before))
        sizes = rng.geometric(1 / per, number)
        times = np.repeat(rng.uniform(-before, units, number), sizes)
        times = times + rng.exponential(lasts_units, len(times))
        inside = times[(times >= 0) & (times < units)]
        return np.bincount(inside.astype(int), minlength=units)

    return draw


def storm(unit_h: float) -> Draw:
    """The starts of the simulator's storm, at the asked rate; its medicine makes clusters and single seizures rarer."""

    def draw(rng: np.random.Generator, mean: float, left: float, units: int) -> Counts:
        rate = (mean * left / unit_h, "design: the rate that is asked")
        scenario = SCENARIOS["eimfs-storm"].because(seizures_per_hour=rate)
        starts = intended_starts(scenario, 3600.0 * unit_h * units, rng)
        return np.bincount((starts / (3600.0 * unit_h)).astype(int), minlength=units)

    return draw


DIARY: dict[str, Draw] = {
    "poisson": poisson,
    "days differ, shape 1": days_differ(1.0),
    "days differ, shape 0.5": days_differ(0.5),
    "clusters of 3, 6 h": clusters(3, 0.25),
    "clusters of 8, 6 h": clusters(8, 0.25),
    "smaller clusters of 8": clusters(8, 0.25, smaller=True),
    "long clusters of 4, 24 h": clusters(4, 1.0),
    "storm of the simulator": storm(24.0),
}
EEG: dict[str, Draw] = {
    "poisson": poisson,
    "clusters of 3, 1 h": clusters(3, 1.0),
    "clusters of 8, 1 h": clusters(8, 1.0),
    "storm of the simulator": storm(1.0),
}


def infants(
    draw: Draw, mean: float, effect: float, windows: tuple[int, int, float], rng: np.random.Generator
) -> Iterator[Ratio]:
    """The comparisons of one simulated infant after another; `windows` is units before, during, and hours of a unit."""
    before, during, hours = windows
    days = hours / 24.0
    while True:
        first, second = draw(rng, mean, 1.0, before), draw(rng, mean, 1.0 + effect, during)
        counted = [
            [Unit((at + k) * days, (at + k + 1) * days, hours, int(n)) for k, n in enumerate(found)]
            for at, found in ((0, first), (before, second))
        ]
        yield ratio_of(counted[0], counted[1])


def tally(found: Iterator[Ratio], effect: float, number: int) -> Tally:
    """How often is the truth in the interval, and who is called a responder?"""
    truth = 1.0 + effect
    low, high, responders, by_point, none = 0, 0, 0, 0, 0
    for _, one in zip(range(number), found, strict=False):
        if one.ratio is None or one.low is None or one.high is None:
            none += 1
            continue
        low += one.high < truth
        high += one.low > truth
        responders += one.high <= 0.5
        by_point += one.ratio <= 0.5
    return Tally(number, number - none - low - high, low, high, responders, by_point, none)


def table(
    draws: dict[str, Draw], means: tuple[float, ...], windows: tuple[int, int, float], number: int, seed: int
) -> str:
    """One row for each way in which seizures come, with a cell for each effect."""
    head = "| seizures come | mean per unit | " + " | ".join(
        f"{effect:+.0%}" if effect else "none" for effect in EFFECTS
    )
    lines = [
        f"{head} | called responders, none | by the point alone, none |",
        "|---|---|" + "---|" * (len(EFFECTS) + 2),
    ]
    for place, (name, draw) in enumerate(draws.items()):
        for mean in means:
            cells, false, naive = [], 0.0, 0.0
            for effect in EFFECTS:
                rng = np.random.default_rng((seed, place, round(mean * 100), round(-effect * 100)))
                one = tally(infants(draw, mean, effect, windows, rng), effect, number)
                judged = one.infants - one.no_ratio
                cells.append(f"{one.covered / judged:.1%}")
                if not effect:
                    false, naive = one.responders / one.infants, one.by_point / one.infants
            lines.append(f"| {name} | {mean:g} | {' | '.join(cells)} | {false:.1%} | {naive:.1%} |")
    return "\n".join(lines)


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--infants", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    print(f"Diary, 28 days before and 28 during, {asked.infants} infants a cell\n", flush=True)
    print(table(DIARY, (2.0, 10.0), (28, 28, 24.0), asked.infants, asked.seed), flush=True)
    print(f"\nDiary, 14 days before and 14 during, {asked.infants} infants a cell\n", flush=True)
    print(table(DIARY, (2.0, 10.0), (14, 14, 24.0), asked.infants, asked.seed), flush=True)
    print(f"\nEEG by hour, 24 h before and 24 h during, {asked.infants} infants a cell\n", flush=True)
    print(table(EEG, (1.0, 4.0), (24, 24, 1.0), asked.infants, asked.seed), flush=True)


if __name__ == "__main__":
    main()
