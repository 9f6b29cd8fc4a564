"""Which normal rhythms does an infant's EEG show? Runs that overlap the ictal band and are no seizures."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from ictal.base.electrodes import TEN_TWENTY, mirror
from ictal.simulator.background import Background, field_size
from ictal.simulator.chance import RHYTHMS, SPIKES, Floats, generator, log_uniform, poisson_times
from ictal.simulator.cortex import Cortex
from ictal.simulator.events import Event
from ictal.simulator.types import RhythmTruth, Scenario
from ictal.simulator.waves import Shape, draw_rhythm


@dataclass(frozen=True, slots=True)
class NormalRhythm:
    """A normal rhythm: where, how fast (Hz, by age), how often (1/h), how long (s), how large, how often on both sides.

    `size` is its peak-to-peak amplitude over 2.8 times the local background RMS, drawn log-uniform; `states` says how
    much more often it comes when the infant is awake, in active and in quiet sleep; `sharp` between which values its
    sharpness lies, as much as that of a discharge; `spiky` in which share of the runs every wave has a point.
    Provenance of all: design, after the usual description of infant EEG.
    """

    kind: str
    places: tuple[str, ...]
    hz: tuple[tuple[float, float, float], ...]
    """Age in days, lowest and highest frequency; between ages it changes evenly."""
    per_hour: float
    lasts_s: tuple[float, float]
    size: tuple[float, float]
    both_sides: float
    ages_days: tuple[float, float] = (-120, 2000)
    states: tuple[float, float, float] = (1.0, 1.0, 1.0)
    sharp: tuple[float, float] = (0.03, 0.35)
    spiky: float = 0.0


NORMAL_RHYTHMS = (
    NormalRhythm("posterior", ("O1", "O2", "P3", "P4"), ((0, 2.5, 4.0), (90, 3.5, 5.0), (270, 5.5, 7.5), (730, 7, 9)),
                 60, (1.5, 18), (0.7, 2.2), 0.55, states=(1.6, 0.9, 0.5)),
    NormalRhythm("central", ("C3", "C4"), ((0, 4.0, 7.0), (90, 5.0, 7.5), (270, 6.0, 9.0)),
                 40, (1.0, 12), (0.6, 1.8), 0.5, states=(1.6, 0.8, 0.6), sharp=(0.1, 0.6), spiky=0.25),
    NormalRhythm("frontal-delta", ("Fp1", "Fp2", "F3", "F4"), ((0, 1.5, 2.5), (270, 1.5, 3.0)),
                 40, (2, 15), (0.8, 2.4), 0.8, states=(0.5, 1.1, 1.4), sharp=(0.05, 0.5)),
    NormalRhythm("temporal-theta", ("T7", "T8", "P7", "P8"), ((0, 4.0, 6.5), (270, 4.0, 7.0)),
                 40, (1.0, 6), (0.7, 2.2), 0.25, states=(0.7, 1.0, 1.3), sharp=(0.1, 0.65), spiky=0.25),
    NormalRhythm("delta-brush", ("C3", "C4", "O1", "O2", "T7", "T8"), ((-42, 8, 16), (30, 10, 18)),
                 40, (0.8, 2), (0.4, 1.2), 0.2, (-120, 28), (0.3, 1.0, 1.6)),
    NormalRhythm("spindles", ("C3", "C4", "F3", "F4"), ((60, 12, 13.5), (730, 12, 14)),
                 90, (1, 9), (0.5, 1.5), 0.5, (60, 2000), (0.0, 0.03, 2.0), (0.05, 0.5)),
    NormalRhythm("drowsy-theta", ("C3", "C4", "P3", "P4"), ((90, 3.5, 5.0), (730, 4.0, 5.5)),
                 25, (3, 20), (0.9, 2.5), 0.9, (75, 2000), (0.4, 1.8, 0.9), (0.05, 0.5)),
)  # fmt: skip
AFTER_SEIZURE_S, AFTER_SEIZURE_HZ = (8.0, 60.0), (1.0, 2.5)
"""After how many seizures' ends slow waves stay at the place, how long, and how fast: with the attenuation of
`background.after_seizures` (provenance: design)."""
CHAOS_PER_HOUR = 2400.0
"""Multifocal spikes and sharp waves of full hypsarrhythmia (provenance: design)."""


@dataclass(frozen=True, slots=True)
class _Run:
    """One run on one side: its rhythm is drawn when it is rendered, the same for the patch and its late companion."""

    shape: Shape
    seed: int
    key: tuple[int, ...]
    lag_s: float = 0.0

    def wave(self, rng: np.random.Generator, times_s: Floats, rate_hz: float) -> Floats:
        rhythm = draw_rhythm(generator(self.seed, *self.key), self.shape)
        return rhythm.at(np.maximum(times_s - self.lag_s, 0.0), 0.4 * rate_hz)


def draw_shape(rng: np.random.Generator, rhythm: NormalRhythm, hz: float, lasts_s: float) -> Shape:
    """How does one run look? As different from the next as one seizure is from another."""
    return Shape(
        duration_s=lasts_s,
        frequency_hz=hz,
        slowing=float(rng.uniform(-0.10, 0.20)),
        frequency_wander=float(rng.uniform(0.02, 0.09)),
        cycle_jitter=float(rng.uniform(0.02, 0.09)),
        amplitude_jitter=float(rng.uniform(0.08, 0.25)),
        sharpness=float(rng.uniform(*rhythm.sharp)),
        rise=float(rng.uniform(0.1, 0.6)),
        fall=float(rng.uniform(0.1, 0.5)),
        spike=float(rng.uniform(0.2, 0.7)) if rng.random() < rhythm.spiky else 0.0,
        spike_s=float(rng.uniform(0.02, 0.04)),
        after=float(rng.uniform(0.0, 0.5)),
        swelling=float(rng.uniform(0.1, 0.4)),
    )


def _spike_wave(rng: np.random.Generator, times_s: Floats, rate_hz: float) -> Floats:
    """A sharp wave and the slow wave after it; peak-to-peak about 1."""
    sign = 1.0 if rng.random() < 0.3 else -1.0
    width, slow = float(rng.uniform(0.025, 0.06)), float(rng.uniform(0.08, 0.16))
    sharp = np.exp(-0.5 * ((times_s - 0.15) / width) ** 2)
    after = np.exp(-0.5 * ((times_s - 0.15 - 2.2 * slow) / slow) ** 2)
    answer: Floats = sign * (0.7 * sharp - float(rng.uniform(0.15, 0.45)) * after)
    return answer


def plan_rhythms(
    scenario: Scenario, infant: Cortex, background: Background, age_days: float, duration_s: float
) -> tuple[tuple[Event, ...], tuple[RhythmTruth, ...]]:
    """Which normal rhythms come when? Events to render, and the same as truth, in order."""
    planner = _Planner(infant, background)
    for number, rhythm in enumerate(NORMAL_RHYTHMS):
        if not rhythm.ages_days[0] <= age_days <= rhythm.ages_days[1]:
            continue
        rng = generator(background.seed, RHYTHMS, number)
        ages, lows, highs = (list(x) for x in zip(*rhythm.hz, strict=True))
        band = float(np.interp(age_days, ages, lows)), float(np.interp(age_days, ages, highs))
        often = max(rhythm.states)
        times = poisson_times(rng, rhythm.per_hour * scenario.rhythms * often, duration_s)
        times = times[rng.random(len(times)) < background.sleep.factor(times, rhythm.states) / often]
        for index, start in enumerate(times):
            shape = draw_shape(rng, rhythm, float(rng.uniform(*band)), log_uniform(rng, *rhythm.lasts_s))
            place = str(rng.choice(rhythm.places))
            size = log_uniform(rng, *rhythm.size)
            sides = (place, mirror(place)) if rng.random() < rhythm.both_sides else (place,)
            for side, name in enumerate(sides):
                here = infant.nearest(name), size * (1.0 if side == 0 else 0.85)
                planner.run(rng, float(start), rhythm.kind, here, shape, (RHYTHMS, number, index, side))
    _plan_after_seizures(planner)
    if background.chaos > 0:
        _plan_chaos(planner, duration_s)
    return tuple(planner.events), tuple(sorted(planner.truth))


class _Planner:
    """Gathers runs and sharp waves: as events to render, and as truth."""

    def __init__(self, infant: Cortex, background: Background) -> None:
        self.infant, self.background = infant, background
        self.events: list[Event] = []
        self.truth: list[RhythmTruth] = []

    def run(
        self,
        rng: np.random.Generator,
        start_s: float,
        kind: str,
        here: tuple[int, float],
        shape: Shape,
        key: tuple[int, ...],
    ) -> None:
        """A rhythm of the patch around a source, `here` with its size; often a patch beside follows a little later."""
        source, size = here
        field, peak = _field_at(self.infant, self.background, source, size)
        stop = start_s + shape.duration_s
        first = _Run(shape, self.background.seed, key)
        self.events.append(Event(start_s, stop, "rhythm", kind, field, first.wave, (*key, 0)))
        if rng.random() < 0.5:
            angle = self.infant.angles_from(source)
            beside = int(rng.choice(np.flatnonzero((angle > 0.1) & (angle < 0.35))))
            weak = _field_at(self.infant, self.background, beside, size * float(rng.uniform(0.05, 0.3)))[0]
            later = replace(first, lag_s=float(rng.uniform(0.005, 0.03)))
            self.events.append(Event(start_s, stop, "rhythm", kind, weak, later.wave, (*key, 1)))
        name = self.over(source)
        self.truth.append(RhythmTruth(start_s, stop, kind, name, shape.frequency_hz, peak))

    def spike(self, start_s: float, source: int, size: float, key: tuple[int, ...]) -> None:
        """One sharp wave."""
        field, peak = _field_at(self.infant, self.background, source, size)
        self.events.append(Event(start_s, start_s + 0.8, "rhythm", "spike", field, _spike_wave, key))
        self.truth.append(RhythmTruth(start_s, start_s + 0.8, "spike", self.over(source), math.nan, peak))

    def over(self, source: int) -> str:
        """Which electrode sees a source best?"""
        return TEN_TWENTY[int(np.argmax(np.abs(field_size(self.infant, source))))]


def _plan_after_seizures(planner: _Planner) -> None:
    """Slow waves where a seizure ended."""
    for index, after in enumerate(planner.background.after):
        rng = generator(planner.background.seed, RHYTHMS, len(NORMAL_RHYTHMS), index)
        rhythm = NORMAL_RHYTHMS[2]
        lasts = min(log_uniform(rng, *AFTER_SEIZURE_S), after.lasts_s)
        shape = draw_shape(rng, rhythm, log_uniform(rng, *AFTER_SEIZURE_HZ), lasts)
        start = after.start_s + float(rng.uniform(0.0, 3.0))
        here = after.source, log_uniform(rng, 0.6, 2.0)
        planner.run(rng, start, "after-seizure", here, shape, (RHYTHMS, len(NORMAL_RHYTHMS), index, 0))


def _plan_chaos(planner: _Planner, duration_s: float) -> None:
    """Spikes from everywhere, none knowing of another; in active sleep there are few."""
    background = planner.background
    rng = generator(background.seed, RHYTHMS, len(NORMAL_RHYTHMS) + 1)
    times = poisson_times(rng, CHAOS_PER_HOUR * background.chaos, duration_s)
    times = times[rng.random(len(times)) < background.sleep.factor(times, (0.9, 0.25, 1.0))]
    for index, start in enumerate(times):
        source = int(rng.integers(len(planner.infant.directions)))
        planner.spike(float(start), source, log_uniform(rng, 0.6, 2.2), (RHYTHMS, len(NORMAL_RHYTHMS) + 1, index))


def plan_spikes(
    scenario: Scenario, infant: Cortex, background: Background, sources: tuple[int, ...], duration_s: float
) -> tuple[tuple[Event, ...], tuple[RhythmTruth, ...]]:
    """Which sharp waves come between seizures, and from which foci? Sleep brings more."""
    planner = _Planner(infant, background)
    for number, source in enumerate(sources):
        rng = generator(background.seed, SPIKES, number)
        times = poisson_times(rng, 1.4 * scenario.spikes_per_hour / len(sources), duration_s)
        times = times[rng.random(len(times)) < background.sleep.factor(times, (0.5, 0.7, 1.0))]
        for index, start in enumerate(times):
            planner.spike(float(start), source, log_uniform(rng, 1.0, 4.0), (SPIKES, number, index))
    return tuple(planner.events), tuple(planner.truth)


def _field_at(infant: Cortex, background: Background, source: int, size: float) -> tuple[Floats, float]:
    """Field (uV peak-to-peak) of a patch that is `size` x 2.8 x the background RMS where it is largest."""
    seen = np.abs(field_size(infant, source))
    top = int(np.argmax(seen))
    peak = size * 2.8 * float(background.typical_uv[top])
    return infant.patches[:, source] * (peak / float(seen[top])), peak
