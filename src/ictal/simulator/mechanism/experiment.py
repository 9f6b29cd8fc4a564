"""Does depolarising GABA make seizures migrate? The same infants with and without it, counted."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec
import numpy as np

from ictal.base.statistics import wilson
from ictal.eeg.tracking.types import Passage, Pattern
from ictal.simulator.mechanism.course import Course
from ictal.simulator.mechanism.network import Network
from ictal.simulator.mechanism.reading import Reader, Reading, RegionLeg, blocks_of
from ictal.simulator.mechanism.settings import Mechanism


@dataclass(frozen=True, slots=True)
class Condition:
    """One kind of tissue, and what it is meant to show."""

    name: str
    question: str
    mechanism: Mechanism


@dataclass(frozen=True, slots=True)
class Share:
    """Some of a number, with Wilson's interval of 95 %. Seizures of one infant are not independent: read it so."""

    some: int
    of: int

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.some, self.of) or (0.0, 1.0)

    def __str__(self) -> str:
        if not self.of:
            return "none"
        low, high = self.interval
        return f"{self.some}/{self.of} = {self.some / self.of:.0%} ({low:.0%}-{high:.0%})"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a number of infants showed under one condition. Medians are `nan` when there was no seizure."""

    infants: int
    hours: float
    patterns: tuple[tuple[Pattern, int], ...]
    brief: int
    infants_migrating: int
    handovers: int
    across: int
    homotopic: int
    overlapping: int
    leg_s: float
    seizure_s: float
    frequency_hz: tuple[float, float, float]
    overlap_s: float
    legs: float

    @property
    def seizures(self) -> int:
        return sum(count for _, count in self.patterns)

    def count(self, pattern: Pattern) -> int:
        """How many seizures were like this?"""
        return dict(self.patterns).get(pattern, 0)

    @property
    def migrating(self) -> Share:
        return Share(self.count(Pattern.migrating), self.seizures)


def conditions(usual: Mechanism | None = None) -> tuple[Condition, ...]:
    """The steps of the hypothesis, each from the one before by one change."""
    whole = Mechanism() if usual is None else usual
    replace = msgspec.structs.replace
    held = replace(whole, chloride=replace(whole.chloride, dynamic=False))
    calm = replace(held, infant=replace(held.infant, foci=0))
    healthy = replace(calm, gene=replace(calm.gene, kcnt1_fold=1.0))
    return (
        Condition("healthy", "Neither sharp waves nor seizures?", healthy),
        Condition("gain of function", "Sharp waves and no seizure?", calm),
        Condition("raised balance", "Seizures that stay or spread?", held),
        Condition("depolarising GABA", "Seizures that migrate?", whole),
    )


def try_out(mechanism: Mechanism, seeds: Iterable[int], duration_s: float) -> Outcome:
    """What do infants of such tissue show, one for each seed, in so many seconds each?"""
    read: list[tuple[Network, Reading]] = []
    for seed in seeds:
        course, reader = Course(mechanism, seed), Reader()
        for number in blocks_of(duration_s):
            reader.take(course.block(number))
        read.append((course.network, reader.tell(course.network, duration_s)))
    return count_up(read, duration_s)


def count_up(read: list[tuple[Network, Reading]], duration_s: float) -> Outcome:
    """Counts and medians over infants."""
    seizures = [s for _, reading in read for s in reading.seizures]
    legs = [leg for s in seizures for leg in s.legs]
    passed = [(net, *pair) for net, reading in read for s in reading.seizures for pair in _handovers(s.legs)]
    across = [(net, a, b) for net, a, b in passed if net.directions[a.region, 0] * net.directions[b.region, 0] < 0]
    patterns = tuple((p, sum(s.pattern is p for s in seizures)) for p in Pattern)
    overlapping = sum(
        any(s is not o and s.interval.overlap_s(o.interval) > 0 for o in reading.seizures)
        for _, reading in read
        for s in reading.seizures
    )
    quarters = np.percentile([leg.frequency_hz for leg in legs], (5, 50, 95)) if legs else [math.nan] * 3
    return Outcome(
        infants=len(read),
        hours=len(read) * duration_s / 3600.0,
        patterns=patterns,
        brief=sum(len(reading.brief) for _, reading in read),
        infants_migrating=sum(any(s.pattern is Pattern.migrating for s in r.seizures) for _, r in read),
        handovers=len(passed),
        across=len(across),
        homotopic=sum(net.mirror[a.region] == b.region for net, a, b in across),
        overlapping=overlapping,
        leg_s=_median([leg.visible.duration_s for leg in legs]),
        seizure_s=_median([s.interval.duration_s for s in seizures]),
        frequency_hz=(float(quarters[0]), float(quarters[1]), float(quarters[2])),
        overlap_s=_median([a.stop_s - b.start_s for _, a, b in passed]),
        legs=float(np.mean([len(s.legs) for s in seizures])) if seizures else math.nan,
    )


def _handovers(legs: tuple[RegionLeg, ...]) -> list[tuple[RegionLeg, RegionLeg]]:
    moved = [leg for leg in legs if leg.came_by is Passage.migration]
    return [(legs[leg.came_from], leg) for leg in moved if leg.came_from is not None]


def _median(values: list[float]) -> float:
    return float(np.median(values)) if values else math.nan


def alternatives(usual: Mechanism | None = None) -> tuple[tuple[str, Mechanism], ...]:
    """Other ways in which a seizure might move, each as one change of the whole mechanism."""
    whole = Mechanism() if usual is None else usual
    replace = msgspec.structs.replace
    held = replace(whole, chloride=replace(whole.chloride, dynamic=False))
    fed = replace(whole.links, on_pyramidal=whole.links.on_sst / 8.0)
    return (
        ("no veto: long links leave SST cells alone", replace(whole, links=replace(whole.links, on_sst=0.0))),
        ("a veto by PV cells too", replace(whole, links=replace(whole.links, on_pv=whole.links.on_sst / 4.0))),
        ("excitation instead: GABA held, long links excite", replace(held, links=replace(fed, on_sst=0.0))),
    )
