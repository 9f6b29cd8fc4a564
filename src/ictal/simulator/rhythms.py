"""Which normal rhythms does an infant's EEG show? Runs that overlap the ictal band and are no seizures."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ictal.base.electrodes import TEN_TWENTY, electrode, mirror
from ictal.simulator.background import Background, field_size
from ictal.simulator.chance import RHYTHMS, SPIKES, Floats, generator, log_uniform, poisson_times
from ictal.simulator.cortex import Cortex
from ictal.simulator.events import Event, Wave
from ictal.simulator.types import RhythmTruth, Scenario
from ictal.simulator.waves import Shape, draw_rhythm


@dataclass(frozen=True, slots=True)
class NormalRhythm:
    """A normal rhythm: where, how fast (Hz, by age), how often (1/h), how long (s), how large, how often on both sides.

    `size` is its peak-to-peak amplitude over 2.8 times the local background RMS, drawn log-uniform. Provenance of
    all: design, after the usual description of infant EEG.
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
    sharpness: float = 0.15


NORMAL_RHYTHMS = (
    NormalRhythm("posterior", ("O1", "O2", "P3", "P4"), ((0, 2.5, 4.0), (90, 3.5, 5.0), (270, 5.5, 7.5), (730, 7, 9)),
                 60, (1.5, 18), (0.7, 2.2), 0.55),
    NormalRhythm("central", ("C3", "C4"), ((0, 4.0, 7.0), (90, 5.0, 7.5), (270, 6.0, 9.0)),
                 40, (1.0, 12), (0.6, 1.8), 0.5),
    NormalRhythm("frontal-delta", ("Fp1", "Fp2", "F3", "F4"), ((0, 1.5, 2.5), (270, 1.5, 3.0)),
                 40, (2, 15), (0.8, 2.4), 0.8),
    NormalRhythm("temporal-theta", ("T7", "T8", "P7", "P8"), ((0, 4.0, 6.5), (270, 4.0, 7.0)),
                 40, (1.0, 6), (0.7, 2.2), 0.25),
    NormalRhythm("delta-brush", ("C3", "C4", "O1", "O2", "T7", "T8"), ((-42, 8, 16), (30, 10, 18)),
                 40, (0.8, 2), (0.4, 1.2), 0.2, (-120, 28)),
    NormalRhythm("spindles", ("C3", "C4", "F3", "F4"), ((60, 12, 13.5), (730, 12, 14)),
                 45, (1, 9), (0.5, 1.5), 0.5, (60, 2000)),
    NormalRhythm("drowsy-theta", ("C3", "C4", "P3", "P4"), ((90, 3.5, 5.0), (730, 4.0, 5.5)),
                 25, (3, 20), (0.9, 2.5), 0.9, (75, 2000)),
)  # fmt: skip


def _run_wave(shape: Shape) -> Wave:
    def wave(rng: np.random.Generator, times_s: Floats, rate_hz: float) -> Floats:
        return draw_rhythm(rng, shape).at(times_s, 0.4 * rate_hz)

    return wave


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
    seed = background.seed
    events: list[Event] = []
    truth: list[RhythmTruth] = []
    for number, rhythm in enumerate(NORMAL_RHYTHMS):
        if not rhythm.ages_days[0] <= age_days <= rhythm.ages_days[1]:
            continue
        rng = generator(seed, RHYTHMS, number)
        ages, lows, highs = (list(x) for x in zip(*rhythm.hz, strict=True))
        band = float(np.interp(age_days, ages, lows)), float(np.interp(age_days, ages, highs))
        for index, start in enumerate(poisson_times(rng, rhythm.per_hour * scenario.rhythms, duration_s)):
            lasts = log_uniform(rng, *rhythm.lasts_s)
            place = str(rng.choice(rhythm.places))
            shape = Shape(lasts, float(rng.uniform(*band)), float(rng.uniform(-0.05, 0.1)), 0.05, 0.05, 0.2,
                          float(rng.uniform(0.05, 2 * rhythm.sharpness)), 0.3, 0.35)  # fmt: skip
            size = log_uniform(rng, *rhythm.size)
            sides = (place, mirror(place)) if rng.random() < rhythm.both_sides else (place,)
            for side, name in enumerate(sides):
                field, peak = _field_at(infant, background, infant.nearest(name), size * (1.0 if side == 0 else 0.85))
                key = (RHYTHMS, number, index, side)
                stop = float(start) + lasts
                events.append(Event(float(start), stop, "rhythm", rhythm.kind, field, _run_wave(shape), key))
                truth.append(RhythmTruth(float(start), stop, rhythm.kind, name, shape.frequency_hz, peak))
    return tuple(events), tuple(sorted(truth))


def plan_spikes(
    scenario: Scenario, infant: Cortex, background: Background, sources: tuple[int, ...], duration_s: float
) -> tuple[tuple[Event, ...], tuple[RhythmTruth, ...]]:
    """Which sharp waves come between seizures, and from which foci?"""
    events: list[Event] = []
    truth: list[RhythmTruth] = []
    for number, source in enumerate(sources):
        rng = generator(background.seed, SPIKES, number)
        name = TEN_TWENTY[int(np.argmax(np.abs(field_size(infant, source))))]
        for index, start in enumerate(poisson_times(rng, scenario.spikes_per_hour / len(sources), duration_s)):
            field, peak = _field_at(infant, background, source, log_uniform(rng, 1.0, 4.0))
            key = (SPIKES, number, index)
            events.append(Event(float(start), float(start) + 0.8, "rhythm", "spike", field, _spike_wave, key))
            truth.append(RhythmTruth(float(start), float(start) + 0.8, "spike", electrode(name).name, math.nan, peak))
    return tuple(events), tuple(truth)


def _field_at(infant: Cortex, background: Background, source: int, size: float) -> tuple[Floats, float]:
    """Field (uV peak-to-peak) of a patch that is `size` x 2.8 x the background RMS where it is largest."""
    seen = np.abs(field_size(infant, source))
    top = int(np.argmax(seen))
    peak = size * 2.8 * float(background.typical_uv[top])
    return infant.patches[:, source] * (peak / float(seen[top])), peak
