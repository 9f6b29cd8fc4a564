"""What are the figures of a detector over many recordings, and how sure is each?

A figure is made of counts that add up over recordings, so that recordings can be drawn again for its interval
(`clustered`, `ictal.scoring.resampling`); shares and rates also have an interval that takes events for independent of
each other. `docs/benchmark.md` has the formula of each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ictal.benchmark.types import Outcome
from ictal.scoring.agreement import score
from ictal.scoring.calibration import BINS, Calibration
from ictal.scoring.matching import match
from ictal.scoring.resampling import FEWEST, bootstrap, draws, middle_95
from ictal.scoring.types import EventAgreement, Scores, Share

Numbers = npt.NDArray[np.float64]
SHARE, RATE, OTHER = "share", "rate", "other"


@dataclass(frozen=True, slots=True)
class Scored:
    """An outcome with its scores, and which seizure of the truth is which of the detector's, one to one."""

    outcome: Outcome
    scores: Scores
    pairs: tuple[tuple[int, int], ...]
    calibration: Calibration


def scored(outcome: Outcome) -> Scored:
    """How far does an outcome agree with the truth?"""
    pairs = match(outcome.truth, outcome.found)
    right = {h for _, h in pairs}
    told = [(e.confidence, k in right) for k, e in enumerate(outcome.found) if e.confidence is not None]
    return Scored(outcome, score(outcome.truth, outcome.found, outcome.duration_s), pairs, Calibration.of(told))


@dataclass(frozen=True, slots=True)
class Measure:
    """One question that a figure answers: a `share`, a `rate` per hour, or another figure.

    `aim` is the bar of the project: at least, or at most, this much.
    """

    key: str
    title: str
    counts: Callable[[Scored], Sequence[float]]
    figure: Callable[[Numbers], Numbers]
    kind: str = OTHER
    aim: float | None = None
    at_most: bool = False

    def reached(self, value: float | None) -> bool | None:
        """Does a figure reach the aim? `None` where there is no aim, or no figure."""
        if self.aim is None or value is None:
            return None
        return value <= self.aim if self.at_most else value >= self.aim


@dataclass(frozen=True, slots=True)
class Figure:
    """The answer to a measure: its value (`None`: no denominator), counts of a share, and two 95 % intervals.

    `independent` takes events for independent of each other (Wilson for a share, Garwood for a rate), `clustered` draws
    recordings again.
    """

    measure: Measure
    value: float | None
    count: int | None = None
    of: int | None = None
    independent: tuple[float, float] | None = None
    clustered: tuple[float, float] | None = None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The interval to show: from the lower to the higher end of both, since either can be too narrow.

        The one knows nothing of recordings; the other collapses where every recording says the same (0 of 0 false).
        """
        known = [i for i in (self.independent, self.clustered) if i is not None]
        return (min(low for low, _ in known), max(high for _, high in known)) if known else None


def _ratio(sums: Numbers) -> Numbers:
    return _over(sums[:, 0], sums[:, 1])


def _over(above: Numbers, below: Numbers) -> Numbers:
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio: Numbers = np.where(below > 0, above / np.where(below > 0, below, 1.0), np.nan)
    return ratio


def _kappa(sums: Numbers) -> Numbers:
    both, here, there, neither = sums.T
    total = sums.sum(axis=1)
    a, b = (both + here) / total, (both + there) / total
    chance = a * b + (1 - a) * (1 - b)
    return _over((both + neither) / total - chance, 1 - chance)


def _correlation(sums: Numbers) -> Numbers:
    n, x, y, xx, yy, xy = sums.T
    spread = np.sqrt(np.maximum(n * xx - x * x, 0) * np.maximum(n * yy - y * y, 0))
    return _over(n * xy - x * y, spread)


def _calibration_error(sums: Numbers) -> Numbers:
    right, of, said = (sums[:, k * BINS : (k + 1) * BINS] for k in range(3))
    return _over(np.abs(right - said).sum(axis=1), of.sum(axis=1))


def _share(share: Share) -> tuple[float, float]:
    return share.count, share.of


def _rate(events: EventAgreement) -> tuple[float, float]:
    return events.false, events.hours


def _three(events: EventAgreement | None) -> tuple[float, float, float]:
    return (np.nan,) * 3 if events is None else (events.found, events.reference, events.found + events.false)


def _burden(s: Scored) -> tuple[float, ...]:
    hours = s.scores.hours
    x = (s.scores.seconds.both + s.scores.seconds.reference_only) / 60 / hours
    y = (s.scores.seconds.both + s.scores.seconds.hypothesis_only) / 60 / hours
    return 1.0, x, y, x * x, y * y, x * y


def _bins(s: Scored) -> list[float]:
    bins = s.calibration.bins
    return [*(float(b.right.count) for b in bins), *(float(b.right.of) for b in bins), *(b.summed for b in bins)]


MEASURES = (
    Measure(
        "sensitivity",
        "seizures found, one to one",
        lambda s: _share(s.scores.unmerged.sensitivity),
        _ratio,
        SHARE,
        0.95,
    ),
    Measure("false_per_h", "false detections per hour", lambda s: _rate(s.scores.unmerged), _ratio, RATE, 0.5, True),
    Measure("precision", "detections that are right", lambda s: _share(s.scores.unmerged.precision), _ratio, SHARE),
    Measure("szcore_sensitivity", "SzCORE: events found", lambda s: _share(s.scores.merged.sensitivity), _ratio, SHARE),
    Measure("szcore_false_per_h", "SzCORE: false per hour", lambda s: _rate(s.scores.merged), _ratio, RATE),
    Measure("side", "onset side right", lambda s: _share(s.scores.side), _ratio, SHARE, 0.97),
    Measure(
        "electrode_within_one",
        "onset electrode within one",
        lambda s: _share(s.scores.electrode_within_one),
        _ratio,
        SHARE,
        0.92,
    ),
    Measure("pattern", "pattern right", lambda s: _share(s.scores.pattern), _ratio, SHARE),
    Measure("side_path", "sides along the path right", lambda s: _share(s.scores.side_path), _ratio, SHARE, 0.85),
    Measure(
        "side_path_of_migrating",
        "  of those that migrate",
        lambda s: _share(s.scores.side_path_of_migrating),
        _ratio,
        SHARE,
    ),
    Measure("migrating_recall", "migrating: recall", lambda s: _three(s.scores.migrating)[:2], _ratio, SHARE),
    Measure("migrating_precision", "migrating: precision", lambda s: _three(s.scores.migrating)[::2], _ratio, SHARE),
    Measure(
        "migrating_f1",
        "migrating: F1",
        lambda s: _three(s.scores.migrating),
        lambda sums: _over(2 * sums[:, 0], sums[:, 1] + sums[:, 2]),
        OTHER,
        0.92,
    ),
    Measure(
        "kappa",
        "kappa of seconds",
        lambda s: (
            s.scores.seconds.both,
            s.scores.seconds.reference_only,
            s.scores.seconds.hypothesis_only,
            s.scores.seconds.neither,
        ),
        _kappa,
        OTHER,
        0.80,
    ),
    Measure("burden_r", "correlation of burden", _burden, _correlation),
    Measure("calibration_error", "error of confidence", _bins, _calibration_error, OTHER, 0.05, True),
)
"""Every measure that is made of counts, in the order in which it is shown."""

ONSET_DISTANCE = Measure(
    "onset_error_s", "onset error, median (s)", lambda s: (), lambda sums: sums[:, 0], aim=3.0, at_most=True
)
ONSET_LATE = Measure("onset_late_s", "onset late by, median (s)", lambda s: (), lambda sums: sums[:, 0])


def figures(cases: Iterable[Scored]) -> tuple[Figure, ...]:
    """What are all figures of one detector over these recordings?"""
    known = list(cases)
    made = {m.key: _figure(m, known) for m in MEASURES}
    onset = [_onset(ONSET_DISTANCE, known, absolute=True), _onset(ONSET_LATE, known, absolute=False)]
    keys = list(made)
    first = keys.index("side")
    return (*(made[k] for k in keys[:first]), *onset, *(made[k] for k in keys[first:]))


def _figure(measure: Measure, cases: Sequence[Scored]) -> Figure:
    counts = np.array([measure.counts(case) for case in cases], dtype=float).reshape(len(cases), -1)
    if not cases or not np.isfinite(counts).all():
        return Figure(measure, None)
    total = counts.sum(axis=0)
    value = float(measure.figure(total[None, :])[0])
    if not np.isfinite(value):
        return Figure(measure, None)
    clustered = bootstrap(counts, measure.figure)
    if measure.kind == RATE:
        return Figure(measure, value, independent=rate_interval(round(total[0]), total[1]), clustered=clustered)
    if measure.kind != SHARE:
        return Figure(measure, value, clustered=clustered)
    share = Share(round(total[0]), round(total[1]))
    return Figure(measure, value, share.count, share.of, share.interval, clustered)


def rate_interval(count: int, hours: float) -> tuple[float, float] | None:
    """Within which 95 % interval does a rate per hour lie (exact, Poisson: Garwood, Biometrika 1936;28:437-442)?"""
    from scipy.stats import chi2

    if hours <= 0:
        return None
    low = float(chi2.ppf(0.025, 2 * count)) / 2 if count else 0.0
    return low / hours, float(chi2.ppf(0.975, 2 * count + 2)) / 2 / hours


def _onset(measure: Measure, cases: Sequence[Scored], *, absolute: bool) -> Figure:
    errors = [np.array(c.scores.onset_errors_s, dtype=float) for c in cases]
    errors = [np.abs(e) for e in errors] if absolute else errors
    together = np.concatenate(errors) if errors else np.empty(0)
    if not len(together):
        return Figure(measure, None)
    clustered = None
    if len(errors) >= FEWEST:
        drawn = [np.concatenate([errors[k] for k in draw]) for draw in draws(len(errors))]
        clustered = middle_95([np.median(d) if len(d) else np.nan for d in drawn])
    return Figure(measure, float(np.median(together)), clustered=clustered)


def reliability(cases: Iterable[Scored]) -> Calibration:
    """How often were detections of each confidence right, over these recordings?"""
    total = Calibration.of(())
    for case in cases:
        total = total + case.calibration
    return total
