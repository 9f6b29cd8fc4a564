"""How many seizures in an hour, how sure is that, and did it change? A model that knows that seizures cluster.

Counts of units (days of a diary, hours of a recording) have a variance of `dispersion` times their mean: 1 where
seizures come independently (Poisson), about the size of a cluster where they come in clusters.

1. The dispersion of each window is Pearson's, drawn towards that of both by the weight of `PRIOR_UNITS` units, since
   a window with few seizures says little about how they cluster; never below 1.
2. Clusters that go on from unit to unit raise it by the autocorrelation of neighbouring units (lags 1 to `LAGS`,
   corrected for the bias of a short series and for later lags); never lowered.
3. That it was estimated widens it as Student's t does, with degrees of freedom from the units that hold seizures.
4. A count of n has then the certainty of n / dispersion independent seizures: the interval of a rate is the exact
   Poisson interval of that number (Garwood 1936), of a ratio that of two gamma variables (an F distribution, with
   half a seizure added).

`benchmarks/response.py` measures how often the intervals hold the truth; docs/child.md has the figures.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from ictal.base.statistics import Z_95
from ictal.infant.timeline.counts import Unit

PRIOR_UNITS = 5.0
LAGS = 2
LATER = 1.5
"""What two lags show is taken for two thirds of what lasts (design: chosen by simulation, with other seeds than those
of the page)."""
ACTIVE_SHARE = 0.7
HALF = 0.5
FEWEST_UNITS = 3
"""Units that a window needs before clustering can be seen at all."""
CONTIGUOUS_DAYS = 1e-3

Floats = npt.NDArray[np.float64]
Amounts = Callable[[Unit], float]


@dataclass(frozen=True, slots=True)
class Rate:
    """So much in an hour (seizures, or minutes of them), its 95 % interval, and what it rests on."""

    per_hour: float | None
    low: float | None
    high: float | None
    amount: float
    hours: float
    units: int
    dispersion: float


@dataclass(frozen=True, slots=True)
class Ratio:
    """The rate of a second window as a share of that of the first (0.4: 60 % fewer), with its 95 % interval.

    `ratio` is `None` without hours in both or without a seizure in the first. `clustering_seen` is `False` where a
    window has too few units to show clusters: the interval is then that of independent seizures, and too narrow if
    they cluster.
    """

    ratio: float | None
    low: float | None
    high: float | None
    before: Rate
    during: Rate
    clustering_seen: bool


def seizures(unit: Unit) -> float:
    """How many seizures has this unit?"""
    return float(unit.seizures)


def minutes(unit: Unit) -> float:
    """How many minutes of seizures has this unit (0 where they were not captured: ask before)?"""
    return unit.seizure_min or 0.0


def rate_of(units: Sequence[Unit], amount: Amounts = seizures) -> Rate:
    """How much in an hour, with what interval?"""
    return _rate(units, amount, _Dispersions.of((units,), amount).each[0])


def ratio_of(before: Sequence[Unit], during: Sequence[Unit], amount: Amounts = seizures) -> Ratio:
    """How does the rate of a second window compare with that of the first?"""
    from scipy import special

    found = _Dispersions.of((before, during), amount)
    first, second = _rate(before, amount, found.each[0]), _rate(during, amount, found.each[1])
    seen = min(len(before), len(during)) >= FEWEST_UNITS
    if not first.per_hour or second.per_hour is None:
        return Ratio(None, None, None, first, second, seen)
    p0, p1 = found.each
    a0, a1 = first.amount / p0 + HALF, second.amount / p1 + HALF
    scale = (p1 / p0) * (first.hours / second.hours) * (a1 / a0)
    low, high = (float(scale * special.fdtri(2 * a1, 2 * a0, q)) for q in (0.025, 0.975))
    return Ratio(second.per_hour / first.per_hour, low if second.amount else 0.0, high, first, second, seen)


@dataclass(frozen=True, slots=True)
class _Dispersions:
    """The variance of each window's counts as a multiple of their mean."""

    each: tuple[float, ...]

    @classmethod
    def of(cls, windows: Sequence[Sequence[Unit]], amount: Amounts) -> _Dispersions:
        events = [sum(unit.seizures for unit in window) for window in windows]
        total = sum(amount(unit) for window in windows for unit in window)
        one = total / sum(events) if sum(events) and total else 1.0
        weights = [float(min(max(len(w) - 1, 0), n)) for w, n in zip(windows, events, strict=True)]
        residuals = [_residuals(window, amount) for window in windows]
        pearson = [float(np.sum(r**2)) / max(len(r) - 1, 1) for r in residuals]
        pooled = (float(np.dot(weights, pearson)) + one) / (sum(weights) + 1)
        longer = _lasting(windows, residuals)
        active = sum(1 for window in windows for unit in window if unit.seizures)
        wider = _t_factor(max(2.0, ACTIVE_SHARE * active / longer - 2.0))
        found = []
        for weight, own in zip(weights, pearson, strict=True):
            p = (weight * own + PRIOR_UNITS * pooled) / (weight + PRIOR_UNITS) * longer
            found.append(p * wider if p > one else one)
        return cls(tuple(found))


def _rate(units: Sequence[Unit], amount: Amounts, dispersion: float) -> Rate:
    from scipy import special

    total, hours = sum((amount(unit) for unit in units), 0.0), sum(unit.hours for unit in units)
    if not hours:
        return Rate(None, None, None, 0.0, 0.0, len(units), dispersion)
    n = total / dispersion
    low = float(special.gammaincinv(n, 0.025)) if n else 0.0
    high = float(special.gammaincinv(n + 1, 0.975))
    per = dispersion / hours
    return Rate(total / hours, low * per, high * per, total, hours, len(units), dispersion)


def _residuals(units: Sequence[Unit], amount: Amounts) -> Floats:
    """What each unit has beyond the mean of its window, in roots of the mean."""
    found = np.array([amount(unit) for unit in units], float)
    hours = np.array([unit.hours for unit in units], float)
    if not found.sum():
        return np.zeros(len(units))
    expected = hours * found.sum() / hours.sum()
    answer: Floats = (found - expected) / np.sqrt(expected)
    return answer


def _lasting(windows: Sequence[Sequence[Unit]], residuals: Sequence[Floats]) -> float:
    """By which factor do clusters that last longer than a unit raise the variance of a sum?"""
    total = sum(float(np.sum(r**2)) for r in residuals)
    runs = [run for units, r in zip(windows, residuals, strict=True) for run in _runs(units, r)]
    longest = max((len(run) for run in runs), default=0)
    lags = min(LAGS, longest // 4)
    if not total or not lags:
        return 1.0
    shortest = min((len(units) for units in windows if units), default=1)
    factor = 1.0
    for lag in range(1, lags + 1):
        products = sum(float(np.sum(run[lag:] * run[:-lag])) for run in runs if len(run) > lag)
        factor += 2.0 * LATER * (products / total + 1.0 / shortest)
    return max(1.0, factor)


def _runs(units: Sequence[Unit], residuals: Floats) -> list[Floats]:
    """The residuals in runs of units that follow each other without a pause."""
    breaks = [k + 1 for k, (a, b) in enumerate(pairwise(units)) if b.from_days - a.to_days > CONTIGUOUS_DAYS]
    return [np.asarray(run) for run in np.split(residuals, breaks)]


def _t_factor(df: float) -> float:
    from scipy import special

    return float((special.stdtrit(df, 0.975) / Z_95) ** 2)
