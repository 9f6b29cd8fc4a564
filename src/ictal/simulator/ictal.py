"""Where and when is the infant ictal? Seizures as plans: foci, legs, handovers.

A plan knows sources of the cortex and times; which electrode sees what is decided by the montage (`truth`). So the same
seed gives the same seizures on 19 electrodes and on 8.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType

import numpy as np

from ictal.base.electrodes import TEN_TWENTY, Hemisphere, Lobe, electrode, mirror, neighbours
from ictal.base.time import Interval
from ictal.eeg.tracking.types import Passage
from ictal.simulator.chance import SEIZURES, Flags, Floats, Whole, generator, log_uniform, product
from ictal.simulator.cortex import Cortex, against_average
from ictal.simulator.times import intended_starts
from ictal.simulator.types import Scenario
from ictal.simulator.waves import Rhythm, Shape, draw_rhythm

FOCUS_RAD = 0.20
"""Foci lie this near to a place of the 10-20 system (provenance: design)."""
FAR_RAD = 1.1
"""A handover within a hemisphere goes at least this far, and never to a neighbour (provenance: design)."""
HANDOVER_S = (-8.0, 3.0)
"""From the end of one leg to the begin of the next: overlap is negative (provenance: design)."""
QUIET_S = 15.0
"""At least this long between two seizures that are not open at once (provenance: design)."""
SPIKE_WAVES_BELOW_HZ = 5.0
"""Spikes with a slow wave each come at slow rhythms only (provenance: design)."""
LONGEST_SEIZURE_S = 240.0
SHORTEST_SEIZURE_S = 10.0
LOBE_WEIGHT = {Lobe.temporal: 3.0, Lobe.occipital: 3.0, Lobe.central: 1.5, Lobe.parietal: 1.0, Lobe.frontal: 1.0}
"""Where foci arise: temporal and occipital dominate (provenance: unverified, Kuchenbuch 2019 as recalled)."""

_NEIGHBOURS = neighbours(TEN_TWENTY)


@dataclass(frozen=True, slots=True, eq=False)
class LegPlan:
    """One leg: a rhythm of a patch of cortex, with a companion patch nearby that follows a few milliseconds later."""

    start_s: float
    rhythm: Rhythm
    source: int
    companion: int
    companion_share: float
    lag_s: float
    snr: float
    came_from: int | None = None
    came_by: Passage | None = None

    def wave(self, rng: np.random.Generator, times_s: Floats, rate_hz: float) -> Floats:
        """Its rhythm at these times since its start; everything random about it is already drawn."""
        return self.rhythm.at(times_s, 0.4 * rate_hz)

    @property
    def visible(self) -> Interval:
        first, last = self.rhythm.visible_s
        return Interval(self.start_s + first, self.start_s + last)

    @property
    def frequency_hz(self) -> float:
        return self.rhythm.frequency_hz

    @property
    def median_size(self) -> float:
        return self.rhythm.median_size


@dataclass(frozen=True, slots=True, eq=False)
class SeizurePlan:
    legs: tuple[LegPlan, ...]

    @property
    def interval(self) -> Interval:
        return Interval(min(x.visible.start_s for x in self.legs), max(x.visible.stop_s for x in self.legs))


@dataclass(frozen=True, slots=True)
class Foci:
    """Sources where seizures of this infant start, how often each, and where each likes to go."""

    sources: tuple[int, ...]
    shares: tuple[float, ...]


@lru_cache(maxsize=8)
def places_over(infant: Cortex) -> tuple[str, ...]:
    """Which of the 19 electrodes sees each source best, in average reference?"""
    seen = np.abs(against_average(infant.patches, len(TEN_TWENTY)))
    return tuple(TEN_TWENTY[int(i)] for i in np.argmax(seen, axis=0))


@lru_cache(maxsize=8)
def candidates(infant: Cortex) -> Mapping[str, tuple[int, ...]]:
    """Which sources lie under each lateral place of the 10-20 system, and are seen best there?"""
    lateral = [n for n in TEN_TWENTY if electrode(n).hemisphere is not Hemisphere.midline]
    over = np.array(places_over(infant))
    found: dict[str, tuple[int, ...]] = {}
    for name in lateral:
        cosine = product(infant.directions, np.array([electrode(name).position]).T)[:, 0]
        near = np.flatnonzero((cosine >= math.cos(FOCUS_RAD)) & (over == name))
        found[name] = tuple(int(i) for i in near) or (infant.nearest(name),)
    return MappingProxyType(found)


def draw_foci(rng: np.random.Generator, count: int, infant: Cortex) -> Foci:
    """Where do this infant's seizures start? On both sides in turn, not equally often.

    The first foci are the same however many there are.
    """
    near = candidates(infant)
    names = [n for n in near if electrode(n).hemisphere is Hemisphere.left]
    left_first = int(rng.integers(2))
    chosen: list[str] = []
    sources, weights = [], []
    for k in range(count):
        pool = [n if (k + left_first) % 2 else mirror(n) for n in names]
        free = [n for n in pool if n not in chosen] or pool
        weight = np.array([LOBE_WEIGHT[electrode(n).lobe] for n in free])
        chosen.append(str(rng.choice(free, p=weight / weight.sum())))
        sources.append(int(rng.choice(near[chosen[-1]])))
        weights.append(float(rng.gamma(4.0)))
    return Foci(tuple(sources), tuple(w / sum(weights) for w in weights))


def plan_seizures(
    scenario: Scenario, duration_s: float, infant: Cortex, foci: Foci, seed: int
) -> tuple[SeizurePlan, ...]:
    """Which seizures does this recording hold? In order of onset; none that would not end within the recording."""
    if not foci.sources:
        return ()
    found: list[SeizurePlan] = []
    free_s = scenario.earliest_s
    for number, start in enumerate(intended_starts(scenario, duration_s, generator(seed, SEIZURES, 1))):
        if start < scenario.earliest_s:
            continue
        planner = _Planner(scenario, infant, foci, generator(seed, SEIZURES, 2, number))
        new = [planner.seizure(max(float(start), free_s))]
        if planner.rng.random() < scenario.independent:
            new.append(planner.independent_of(new[0]))
        free_s = max(x.interval.stop_s for x in new) + QUIET_S
        found += new
    inside = [s for s in found if s.interval.stop_s <= duration_s - 2.0]
    return tuple(sorted(inside, key=lambda s: s.interval.start_s))


@dataclass(frozen=True, slots=True)
class _Planner:
    """Draws one seizure."""

    scenario: Scenario
    infant: Cortex
    foci: Foci
    rng: np.random.Generator

    def seizure(self, time_s: float) -> SeizurePlan:
        focus = int(self.rng.choice(self.foci.sources, p=self.foci.shares))
        draw = self.rng.random()
        if draw < self.scenario.migrating:
            return self._migrating(time_s, focus)
        draw = self.rng.random()
        if draw < self.scenario.spreading:
            return self._spreading(time_s, focus)
        if draw < self.scenario.spreading + self.scenario.bilateral:
            return self._bilateral(time_s, focus)
        return SeizurePlan((self._first(time_s, focus),))

    def independent_of(self, other: SeizurePlan) -> SeizurePlan:
        """Another seizure, far from every leg of this one, that starts while it goes on."""
        taken = [leg.source for leg in other.legs]
        free = self._far_from(taken, lambda angle: angle > FAR_RAD)
        start = other.interval.start_s + float(self.rng.uniform(0.2, 0.7)) * other.interval.duration_s
        return SeizurePlan((self._first(start, int(self.rng.choice(free))),))

    def _first(self, time_s: float, source: int) -> LegPlan:
        leg = self._leg(source, self._frequency(), self._snr())
        if leg.visible.duration_s < SHORTEST_SEIZURE_S:
            leg = self._leg(source, leg.rhythm.shape.frequency_hz, leg.snr, duration_s=2.0 * SHORTEST_SEIZURE_S)
        return _begin(leg, time_s)

    def _migrating(self, time_s: float, focus: int) -> SeizurePlan:
        legs = [self._first(time_s, focus)]
        places = int(self.rng.choice([2, 3, 4, 5, 6], p=[0.40, 0.27, 0.17, 0.10, 0.06]))
        while len(legs) < places:
            before = legs[-1]
            leg = self._leg(self._next_place(legs), self._similar(before), self._similar_snr(before))
            start = before.visible.stop_s + float(self.rng.uniform(*HANDOVER_S))
            start = max(start, before.visible.start_s + 3.0)
            leg = _begin(leg, start)
            if leg.visible.stop_s - time_s > LONGEST_SEIZURE_S:
                break
            legs.append(replace(leg, came_from=len(legs) - 1, came_by=Passage.migration))
        if len(legs) > 1 and self.rng.random() < 0.2:
            legs.append(self._joining(legs[-1], len(legs) - 1))
        return _in_order(legs)

    def _spreading(self, time_s: float, focus: int) -> SeizurePlan:
        legs = [self._first(time_s, focus)]
        legs.append(self._joining(legs[0], 0))
        return _in_order(legs)

    def _joining(self, before: LegPlan, index: int) -> LegPlan:
        """A neighbour of the same side that joins while the leg goes on, and ends about with it."""
        here = places_over(self.infant)[before.source]
        under = candidates(self.infant)
        beside = [n for n in _NEIGHBOURS[here] if n in under and electrode(n).hemisphere is electrode(here).hemisphere]
        free = under[str(self.rng.choice(beside))]
        delay = float(self.rng.uniform(0.15, 0.5)) * before.visible.duration_s
        rest = (before.visible.duration_s - delay) * float(self.rng.uniform(0.9, 1.3))
        leg = self._leg(int(self.rng.choice(free)), before.rhythm.frequency_hz, before.snr * 0.9, max(6.0, rest))
        return replace(_begin(leg, before.visible.start_s + delay), came_from=index, came_by=Passage.spread)

    def _bilateral(self, time_s: float, focus: int) -> SeizurePlan:
        first = self._first(time_s, focus)
        other = self._leg(
            self.infant.mirror[focus], first.rhythm.frequency_hz, first.snr, first.rhythm.shape.duration_s
        )
        other = _begin(other, time_s + float(self.rng.uniform(0.0, 0.6)))
        return _in_order([first, replace(other, came_from=0, came_by=Passage.simultaneous)])

    def _next_place(self, legs: list[LegPlan]) -> int:
        """Where does the seizure go: over the midline (often to the mirror place), or far within its hemisphere?"""
        here = legs[-1].source
        side = np.sign(self.infant.directions[here, 0])
        if self.rng.random() < self.scenario.between_hemispheres:
            if self.rng.random() < self.scenario.homotopic:
                return self.infant.mirror[here]
            away = self.infant.mirror[here]
            free = self._far_from([away], lambda angle: angle > 0.9)
            free = free[np.sign(self.infant.directions[free, 0]) != side]
            return int(self.rng.choice(free, p=self._lobe_shares(free)))
        over = places_over(self.infant)
        free = self._far_from([here], lambda angle: angle > FAR_RAD)
        free = free[np.sign(self.infant.directions[free, 0]) == side]
        free = free[[over[s] not in _NEIGHBOURS[over[here]] for s in free]]
        return int(self.rng.choice(free, p=self._lobe_shares(free)))

    def _far_from(self, sources: list[int], far: Callable[[Floats], Flags]) -> Whole:
        """Candidates under lateral electrodes whose angle from every one of these sources passes."""
        pool = sorted({s for group in candidates(self.infant).values() for s in group})
        keep = [s for s in pool if all(bool(far(self.infant.angles_from(x))[s]) for x in sources)]
        return np.array(keep or pool)

    def _lobe_shares(self, sources: Whole) -> Floats:
        over = places_over(self.infant)
        weight = np.array([LOBE_WEIGHT[electrode(over[s]).lobe] for s in sources])
        answer: Floats = weight / weight.sum()
        return answer

    def _frequency(self) -> float:
        if self.rng.random() < self.scenario.slow_share:
            return log_uniform(self.rng, 0.8, 3.0)
        return log_uniform(self.rng, self.scenario.lowest_hz, self.scenario.highest_hz)

    def _similar(self, before: LegPlan) -> float:
        """The rhythm of the next leg: near to that of the last, the ictal frequency being stable through a seizure."""
        frequency = before.rhythm.frequency_hz * float(np.exp(self.rng.standard_normal() * 0.10))
        return min(max(frequency, 0.7), 12.0)

    def _snr(self) -> float:
        return log_uniform(self.rng, self.scenario.lowest_snr, self.scenario.highest_snr)

    def _similar_snr(self, before: LegPlan) -> float:
        drawn = before.snr * float(np.exp(self.rng.standard_normal() * 0.35))
        return min(max(drawn, self.scenario.lowest_snr), self.scenario.highest_snr)

    def _leg(self, source: int, frequency_hz: float, snr: float, duration_s: float | None = None) -> LegPlan:
        rng = self.rng
        length = self.scenario.leg_s * float(np.exp(rng.standard_normal() * 0.5)) if duration_s is None else duration_s
        shape = draw_look(rng, min(max(length * 1.15, 7.0), 62.0), frequency_hz)
        share = float(rng.uniform(0.05, 0.3))
        companion = int(rng.choice(self._companions(source, share)))
        return LegPlan(0.0, draw_rhythm(rng, shape), source, companion, share, float(rng.uniform(0.005, 0.03)), snr)

    def _companions(self, source: int, share: float) -> Whole:
        """Which patches nearby may follow a source, without making it seen best at another electrode?"""
        angle = self.infant.angles_from(source)
        nearby = np.flatnonzero((angle > 0.1) & (angle < 0.35))
        both = self.infant.patches[:, [source]] + share * self.infant.patches[:, nearby]
        top = np.argmax(np.abs(against_average(both, len(TEN_TWENTY))), axis=0)
        same: Whole = nearby[top == TEN_TWENTY.index(places_over(self.infant)[source])]
        return same if len(same) else nearby


def draw_look(rng: np.random.Generator, duration_s: float, frequency_hz: float) -> Shape:
    """How does one discharge look? Smooth, sharp, spikes, or spikes with slow waves; it may change while it goes on,
    begin fast and low, swell and fade, or stop at once."""
    looks = ("smooth", "sharp", "spikes", "spike-waves")
    weights = np.array([0.30, 0.30, 0.22, 0.18 if frequency_hz < SPIKE_WAVES_BELOW_HZ else 0.0])
    look = str(rng.choice(looks, p=weights / weights.sum()))
    spike = late = after = 0.0
    if look in ("spikes", "spike-waves"):
        spike, late = (float(x) for x in rng.uniform(0.15, 0.8, 2))
        after = float(rng.uniform(0.4, 1.0) if look == "spike-waves" else rng.uniform(0.0, 0.3))
        if rng.random() < 0.3:
            late = 0.0
    elif rng.random() < 0.25:
        late = float(rng.uniform(0.2, 0.7))
    return Shape(
        duration_s=duration_s,
        frequency_hz=frequency_hz,
        slowing=float(rng.uniform(-0.05, 0.30)),
        frequency_wander=float(rng.uniform(0.02, 0.09)),
        cycle_jitter=float(rng.uniform(0.02, 0.09)),
        amplitude_jitter=float(rng.uniform(0.08, 0.25)),
        sharpness=float(rng.uniform(0.03, 0.30) if look == "smooth" else rng.uniform(0.25, 0.65)),
        rise=float(rng.uniform(0.15, 0.6)),
        fall=float(rng.uniform(0.02, 0.08) if rng.random() < 0.25 else rng.uniform(0.1, 0.5)),
        spike=spike,
        spike_late=late,
        spike_s=float(rng.uniform(0.015, 0.045)),
        after=after,
        fast_start=float(rng.uniform(0.3, 1.2)) if rng.random() < 0.25 and frequency_hz < 8.0 else 0.0,
        swelling=float(rng.uniform(0.1, 0.4)),
    )


def _begin(leg: LegPlan, time_s: float) -> LegPlan:
    """The same leg, visible from this time on."""
    return replace(leg, start_s=time_s - leg.rhythm.visible_s[0])


def _in_order(legs: list[LegPlan]) -> SeizurePlan:
    """Legs sorted by onset, with `came_from` pointing at the same legs as before."""
    order = sorted(range(len(legs)), key=lambda i: (legs[i].visible.start_s, i))
    new = {old: k for k, old in enumerate(order)}
    moved = []
    for old in order:
        leg = legs[old]
        moved.append(leg if leg.came_from is None else replace(leg, came_from=new[leg.came_from]))
    return SeizurePlan(tuple(moved))
