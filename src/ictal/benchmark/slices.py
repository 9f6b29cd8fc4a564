"""Where does a detector do well, and where does it fail? Sensitivity and false detections, slice by slice.

Slices of recordings (scenario, montage, rate, age, engine, group): both counts are of the recordings in the slice.
Slices of seizures (length, frequency and amplitude at the onset): sensitivity is of the true seizures in the slice;
false detections are those that have themselves such a length, frequency or amplitude, per hour of all recordings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from ictal.benchmark.measures import Scored, rate_interval
from ictal.benchmark.types import Marked
from ictal.scoring.types import Share

Bounds = tuple[tuple[float, str], ...]

LENGTHS: Bounds = (
    (10, "under 10 s"),
    (15, "10-15 s"),
    (30, "15-30 s"),
    (60, "30-60 s"),
    (float("inf"), "over 60 s"),
)
FREQUENCIES: Bounds = ((2, "0.5-2 Hz"), (4, "2-4 Hz"), (10, "4-10 Hz"), (float("inf"), "over 10 Hz"))
AMPLITUDES: Bounds = (
    (1, "below background"),
    (2, "1-2 x background"),
    (4, "2-4 x background"),
    (float("inf"), "over 4 x background"),
)
OF_SEIZURES: Mapping[str, tuple[Bounds, Callable[[Marked], float | None]]] = {
    "length": (LENGTHS, lambda e: e.duration_s),
    "frequency": (FREQUENCIES, lambda e: e.frequency_hz),
    "amplitude": (AMPLITUDES, lambda e: e.over_background),
}
OF_RECORDINGS = ("scenario", "montage", "rate", "age", "engine", "group")
ORDER = (
    *("newborn", "1-3 months", "3-12 months", "over a year", "below 200 Hz", "200-399 Hz", "400 Hz and above"),
    *("19 electrodes", "12 electrodes", "8 electrodes", "template", "mechanism", "mix", "stress"),
)


@dataclass(frozen=True, slots=True)
class Slice:
    """One detector in one slice. `false` is `None` where the detector does not tell what the slice is about."""

    dimension: str
    name: str
    detector: str
    recordings: int
    found: Share
    false: int | None
    hours: float

    @property
    def false_per_h(self) -> float | None:
        return self.false / self.hours if self.false is not None and self.hours > 0 else None

    @property
    def false_interval(self) -> tuple[float, float] | None:
        """The exact 95 % interval of the rate per hour."""
        return None if self.false is None else rate_interval(self.false, self.hours)


def slices(cases: Iterable[Scored]) -> tuple[Slice, ...]:
    """Every slice that has a recording or a seizure in it, of one detector."""
    known = list(cases)
    if not known:
        return ()
    return (*_of_seizures(known), *_of_recordings(known))


def _of_seizures(cases: list[Scored]) -> Iterable[Slice]:
    detector, hours = cases[0].outcome.detector, sum(c.scores.hours for c in cases)
    for dimension, (bounds, value) in OF_SEIZURES.items():
        there = [(_slice(bounds, value(e)), hit) for c in cases for e, hit in _truth(c)]
        false = [_slice(bounds, value(e)) for c in cases for e in _false(c)]
        for _, name in bounds:
            hits = [hit for where, hit in there if where == name]
            told = None if false and all(f is None for f in false) else false.count(name)
            if hits or told:
                yield Slice(dimension, name, detector, len(cases), Share(sum(hits), len(hits)), told, hours)


def _of_recordings(cases: list[Scored]) -> Iterable[Slice]:
    for dimension in OF_RECORDINGS:
        values = {c.outcome.traits[dimension] for c in cases if dimension in c.outcome.traits}
        for name in sorted(values, key=lambda v: (ORDER.index(v) if v in ORDER else -1, v)):
            inside = [c for c in cases if c.outcome.traits.get(dimension) == name]
            found = Share(sum(len(c.pairs) for c in inside), sum(len(c.outcome.truth) for c in inside))
            false = sum(c.scores.unmerged.false for c in inside)
            hours = sum(c.scores.hours for c in inside)
            yield Slice(dimension, name, inside[0].outcome.detector, len(inside), found, false, hours)


def _truth(case: Scored) -> Iterable[tuple[Marked, bool]]:
    matched = {r for r, _ in case.pairs}
    return ((event, k in matched) for k, event in enumerate(case.outcome.truth))


def _false(case: Scored) -> Iterable[Marked]:
    matched = {h for _, h in case.pairs}
    return (event for k, event in enumerate(case.outcome.found) if k not in matched)


def _slice(bounds: Bounds, value: float | None) -> str | None:
    return None if value is None else next(name for bound, name in bounds if value < bound)
