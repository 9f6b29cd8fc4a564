"""What else does an electrode pick up? Muscle, movement, sucking, patting, breath, sweat, heart, bad electrodes,
mains."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ictal.base.electrodes import TEN_TWENTY, angle_between
from ictal.base.time import Interval
from ictal.simulator.background import Background
from ictal.simulator.chance import ARTEFACTS, OWN, Floats, generator, log_uniform, poisson_times, wander
from ictal.simulator.events import Event, Wave
from ictal.simulator.types import Scenario
from ictal.simulator.waves import Shape, band_noise, draw_rhythm

RAIL_UV = 3276.7
"""Where the simulated amplifier saturates: the range of 16 bits at 0.1 uV."""
OWN_SPREAD = 0.5
"""How much infants differ in how often they have an artefact (standard deviation of the logarithm)."""
IN_SEIZURES = ((0, 0.25), (1, 0.25))
"""In which share of the seizures the infant also tenses (kind 0) or moves (kind 1), from some seconds after the onset
(provenance: design)."""


@dataclass(frozen=True, slots=True)
class ArtefactKind:
    """An artefact: how often (1/h), how long (s), how large (peak-to-peak uV, log-uniform). Provenance of all: design.

    `field` draws which places see it and how much (largest 1); `wave` draws how it runs (peak-to-peak about 1).
    `states` says how much more often it comes when the infant is awake, in active and in quiet sleep; `fed` how many
    times more often still during a feed.
    """

    kind: str
    per_hour: float
    lasts_s: tuple[float, float]
    size_uv: tuple[float, float]
    field: Callable[[np.random.Generator, tuple[str, ...]], Floats]
    wave: Wave
    replaces: bool = False
    states: tuple[float, float, float] = (1.0, 1.0, 1.0)
    fed: float = 1.0


def _near(rng: np.random.Generator, places: tuple[str, ...], centres: tuple[str, ...], width_rad: float) -> Floats:
    centre = str(rng.choice(centres))
    return np.array([math.exp(-0.5 * (angle_between(centre, p) / width_rad) ** 2) for p in places])


def _muscle_field(rng: np.random.Generator, places: tuple[str, ...]) -> Floats:
    return _near(rng, places, ("T7", "T8", "F7", "F8", "Fp1", "Fp2", "O1", "O2"), float(rng.uniform(0.3, 0.7)))


def _whole_head(rng: np.random.Generator, places: tuple[str, ...]) -> Floats:
    """A smooth field over the whole head with jumps from one electrode to the next: no dipole makes it."""
    anchors = rng.standard_normal(len(TEN_TWENTY))
    smooth = np.array(
        [
            sum(a * math.exp(-((angle_between(p, q) / 0.8) ** 2)) for a, q in zip(anchors, TEN_TWENTY, strict=True))
            for p in places
        ]
    )
    smooth = smooth / np.abs(smooth[: len(TEN_TWENTY)]).max() + rng.standard_normal(len(places)) * 0.25
    answer: Floats = smooth / np.abs(smooth[: len(TEN_TWENTY)]).max()
    return answer


def _sucking_field(rng: np.random.Generator, places: tuple[str, ...]) -> Floats:
    """Both temples, alike or opposite, and a little everywhere."""
    left = _near(rng, places, ("F7", "T7"), 0.6)
    right = _near(rng, places, ("F8", "T8"), 0.6)
    mixed = left + float(rng.uniform(-0.9, 0.9)) * right + rng.standard_normal(len(places)) * 0.08
    answer: Floats = mixed / np.abs(mixed[: len(TEN_TWENTY)]).max()
    return answer


def _tense_field(rng: np.random.Generator, places: tuple[str, ...]) -> Floats:
    """Muscles of the scalp at rest: here and there, more at the temples and the neck."""
    uneven = np.exp(rng.standard_normal(len(places)) * 0.6)
    tense = (_muscle_field(rng, places) + 0.15) * uneven
    answer: Floats = tense / tense[: len(TEN_TWENTY)].max()
    return answer


def _patting_field(rng: np.random.Generator, places: tuple[str, ...]) -> Floats:
    """The side the head lies on, unevenly: electrodes under pressure, with a few odd ones."""
    broad = _near(rng, places, ("O1", "O2", "P7", "P8", "T7", "T8"), 1.0) * rng.uniform(-0.3, 1.0, len(places))
    answer: Floats = broad / np.abs(broad[: len(TEN_TWENTY)]).max()
    return answer


def _one_electrode(rng: np.random.Generator, places: tuple[str, ...]) -> Floats:
    bad = str(rng.choice(TEN_TWENTY))
    return np.array([1.0 if p == bad else 0.0 for p in places])


def _few_electrodes(rng: np.random.Generator, places: tuple[str, ...]) -> Floats:
    return _near(rng, places, TEN_TWENTY, 0.45) * rng.uniform(0.3, 1.0, len(places))


def _hum_field(rng: np.random.Generator, places: tuple[str, ...]) -> Floats:
    """Hum of the room: everywhere, unevenly, as the skin under each electrode has it."""
    uneven = np.exp(rng.standard_normal(len(places)) * 0.7) * np.where(rng.random(len(places)) < 0.5, -1.0, 1.0)
    answer: Floats = uneven / np.abs(uneven[: len(TEN_TWENTY)]).max()
    return answer


def _heart_field(rng: np.random.Generator, places: tuple[str, ...]) -> Floats:
    """A gradient over the head, from left and back to right and front."""
    from_left = np.array([angle_between(p, "P9") for p in places]) - math.pi / 2
    answer: Floats = from_left / np.abs(from_left[: len(TEN_TWENTY)]).max()
    return answer


def _muscle(rng: np.random.Generator, times_s: Floats, rate_hz: float) -> Floats:
    noise = band_noise(rng, len(times_s), rate_hz, min(20.0, 0.3 * rate_hz), min(70.0, 0.42 * rate_hz))
    bursts = 0.35 + 0.65 * np.abs(band_noise(rng, len(times_s), rate_hz, 0.2, 2.0))
    return noise * bursts * _edges(times_s, 0.2) / 5.0


def _tension(rng: np.random.Generator, times_s: Floats, rate_hz: float) -> Floats:
    """Muscle that does not let go: weak, for minutes, stronger and weaker."""
    noise = band_noise(rng, len(times_s), rate_hz, min(12.0, 0.3 * rate_hz), min(95.0, 0.45 * rate_hz))
    return noise * np.exp(wander(rng, times_s, 5.0, 0.5)) * _edges(times_s, 5.0) / 6.0


def _movement(rng: np.random.Generator, times_s: Floats, rate_hz: float) -> Floats:
    slow = band_noise(rng, len(times_s), rate_hz, 0.15, 1.2)
    fast = band_noise(rng, len(times_s), rate_hz, 1.0, min(15.0, 0.4 * rate_hz)) * float(rng.uniform(0.1, 0.5))
    tense = _muscle(rng, times_s, rate_hz) * float(rng.uniform(0.0, 0.3))
    return (slow + fast) * _edges(times_s, 0.5) / 4.0 + tense


def _rhythmic(low_hz: float, high_hz: float, sharpness: float) -> Wave:
    def wave(rng: np.random.Generator, times_s: Floats, rate_hz: float) -> Floats:
        lasts = float(times_s[-1]) + 1.0 / rate_hz
        shape = Shape(lasts, log_uniform(rng, low_hz, high_hz), 0.05, 0.06, 0.07, 0.3, sharpness, 0.08, 0.08)
        return draw_rhythm(rng, shape).at(times_s, 0.4 * rate_hz)

    return wave


def _sucking(rng: np.random.Generator, times_s: Floats, rate_hz: float) -> Floats:
    """Bursts of some sucks with pauses, each suck with a little muscle."""
    beat = _rhythmic(1.0, 2.5, 0.4)(rng, times_s, rate_hz)
    pause = np.clip(0.9 + band_noise(rng, len(times_s), rate_hz, 0.05, 0.25), 0.0, 1.0)
    muscle = band_noise(rng, len(times_s), rate_hz, min(20.0, 0.3 * rate_hz), min(60.0, 0.42 * rate_hz))
    return (beat + 0.06 * muscle * np.abs(beat)) * pause


def _patting(rng: np.random.Generator, times_s: Floats, rate_hz: float) -> Floats:
    """Beats that ring: a sharp rise and a damped swing, at the pace of a hand."""
    period = 1.0 / float(rng.uniform(1.0, 2.5))
    pace = np.cumsum(rng.standard_normal(math.ceil(float(times_s[-1]) / period) + 1)) * 0.01
    beats = np.cumsum(period * np.exp(np.clip(pace, -0.2, 0.2) + rng.standard_normal(len(pace)) * 0.03)) - period
    ring, decay = float(rng.uniform(2.0, 5.0)), float(rng.uniform(0.08, 0.2))
    wave = np.zeros_like(times_s)
    for beat, size in zip(beats, np.exp(rng.standard_normal(len(beats)) * 0.25), strict=True):
        first, last = np.searchsorted(times_s, [beat, beat + 8 * decay])
        since = times_s[first:last] - beat
        wave[first:last] += size * np.exp(-since / decay) * np.sin(2 * math.pi * ring * since)
    return wave


def _sweat(rng: np.random.Generator, times_s: Floats, rate_hz: float) -> Floats:
    return band_noise(rng, len(times_s), rate_hz, 0.04, 0.3) * _edges(times_s, 5.0) / 4.0


@dataclass(frozen=True, slots=True)
class Body:
    """What stays the same through a recording: heart beats and breaths a second, and the mains of the country."""

    heart_hz: float = 2.25
    breath_hz: float = 0.75
    mains_hz: float = 50.0

    def beats(self, rng: np.random.Generator, length_s: float) -> Floats:
        """Times of heart beats, drawn in and out by the breath; the pace drifts."""
        period = 1.0 / (self.heart_hz * float(np.exp(rng.standard_normal() * 0.06)))
        count = math.ceil(length_s / period * 1.3) + 4
        breath = 0.03 * np.sin(2 * math.pi * np.arange(count) * period * self.breath_hz + float(rng.uniform(0, 6.28)))
        drift = wander(rng, np.arange(count, dtype=float), 40.0, 0.03)
        answer: Floats = np.cumsum(period * (1 + breath + drift + rng.standard_normal(count) * 0.01))
        return answer

    def ecg(self, rng: np.random.Generator, times_s: Floats, rate_hz: float) -> Floats:
        """QRS complexes, each with a little T wave."""
        wave = np.zeros_like(times_s)
        for beat in self.beats(rng, float(times_s[-1])):
            first, last = np.searchsorted(times_s, [beat - 0.1, beat + 0.3])
            since = times_s[first:last] - beat
            wave[first:last] += np.exp(-0.5 * (since / 0.010) ** 2)
            wave[first:last] -= 0.25 * np.exp(-0.5 * ((since - 0.025) / 0.012) ** 2)
            wave[first:last] += 0.08 * np.exp(-0.5 * ((since - 0.15) / 0.035) ** 2)
        return wave * _edges(times_s, 1.0)

    def pulse(self, rng: np.random.Generator, times_s: Floats, rate_hz: float) -> Floats:
        """An electrode on an artery: a wave with each beat, larger and smaller with the pressure on it."""
        beats = self.beats(rng, float(times_s[-1]))
        phase = np.interp(times_s, beats, np.arange(len(beats)))
        wave = 0.5 * np.cos(2 * math.pi * phase) + 0.15 * np.cos(4 * math.pi * phase + 0.7)
        answer: Floats = wave * np.exp(wander(rng, times_s, 8.0, 0.2)) * _edges(times_s, 3.0)
        return answer

    def respiration(self, rng: np.random.Generator, times_s: Floats, rate_hz: float) -> Floats:
        """The head moves a little with each breath."""
        pace = self.breath_hz * float(np.exp(rng.standard_normal() * 0.08))
        shape = Shape(float(times_s[-1]) + 1.0 / rate_hz, pace, 0.0, 0.08, 0.06, 0.2, 0.15, 0.08, 0.08)
        return draw_rhythm(rng, shape).at(times_s, 0.4 * rate_hz)

    def mains(self, rng: np.random.Generator, times_s: Floats, rate_hz: float) -> Floats:
        """Hum. At rates that cannot show it the amplifier has filtered it away."""
        if rate_hz < 2.3 * self.mains_hz:
            return np.zeros_like(times_s)
        slow = 1 + 0.2 * np.sin(2 * math.pi * times_s / float(rng.uniform(3, 20)))
        hz = self.mains_hz + float(rng.normal(0, 0.02))
        hum = np.sin(2 * math.pi * hz * times_s + float(rng.uniform(0, 6.28)))
        answer: Floats = 0.5 * slow * hum
        return answer

    def detached(self, rng: np.random.Generator, times_s: Floats, rate_hz: float) -> Floats:
        """Nearly flat, or noise with hum: an electrode without skin."""
        if rng.random() < 0.5:
            return rng.standard_normal(len(times_s)) * 0.002
        noise = band_noise(rng, len(times_s), rate_hz, 0.2, min(30.0, 0.4 * rate_hz)) * 0.1
        return noise + self.mains(rng, times_s, rate_hz) * 0.6


def body_of(seed: int, age_days: float) -> Body:
    """Which body belongs to the recording of this seed?"""
    return draw_body(generator(seed, OWN, 1), age_days)


def draw_body(rng: np.random.Generator, age_days: float) -> Body:
    """Draw heart (110-160 a minute, slower with age), breath (30-60 a minute) and mains (50 or 60 Hz)."""
    grown = min(max(age_days / 730.0, 0.0), 1.0)
    heart, breath = float(rng.uniform(2.0, 2.5)), float(rng.uniform(0.58, 0.9))
    return Body(heart * (1 - 0.12 * grown), breath * (1 - 0.15 * grown), 50.0 if rng.random() < 0.7 else 60.0)


def _pops(rng: np.random.Generator, times_s: Floats, rate_hz: float) -> Floats:
    wave = np.zeros_like(times_s)
    for _ in range(int(rng.integers(1, 6))):
        since = times_s - float(rng.uniform(0, 0.8)) * float(times_s[-1])
        decay = float(rng.uniform(0.1, 0.5))
        jump = np.exp(-np.clip(since, 0, None) / decay) * (since >= 0)
        wave += jump * (1.0 if rng.random() < 0.7 else -1.0) * float(rng.uniform(0.4, 1.0))
    return wave


def _saturation(rng: np.random.Generator, times_s: Floats, rate_hz: float) -> Floats:
    """An offset beyond the amplifier's range that fades at the end."""
    sign = 1.0 if rng.random() < 0.5 else -1.0
    left = float(times_s[-1]) - times_s
    answer: Floats = sign * np.where(left > 0.8, 1.0, np.exp(-(0.8 - left) / 0.15))
    return answer


def _edges(times_s: Floats, ramp_s: float) -> Floats:
    """Fade in and out, so that nothing begins with a step."""
    last = float(times_s[-1])
    ramp = min(ramp_s, max(last / 3, 1e-6))
    answer: Floats = np.clip(times_s / ramp, 0, 1) * np.clip((last - times_s) / ramp, 0, 1)
    return answer


def artefact_kinds(body: Body) -> tuple[ArtefactKind, ...]:
    """Which artefacts does an infant with such a body have?"""
    moving, tense = (2.2, 1.0, 0.15), (2.0, 0.7, 0.2)
    return (
        ArtefactKind("muscle", 40, (0.6, 15), (15, 150), _muscle_field, _muscle, states=tense),
        ArtefactKind("movement", 18, (2, 20), (100, 700), _whole_head, _movement, states=moving),
        ArtefactKind("sucking", 2.5, (8, 60), (15, 80), _sucking_field, _sucking, states=(1.4, 1, 0.4), fed=16),
        ArtefactKind("patting", 3, (10, 90), (20, 120), _patting_field, _patting, states=(1.4, 1, 0.3), fed=5),
        ArtefactKind("respiration", 2, (60, 400), (10, 50), _few_electrodes, body.respiration, states=(0.5, 1, 1.6)),
        ArtefactKind("sweat", 1.5, (60, 300), (40, 200), _few_electrodes, _sweat),
        ArtefactKind("ecg", 2, (60, 900), (6, 35), _heart_field, body.ecg),
        ArtefactKind("pulse", 1.5, (30, 300), (15, 60), _one_electrode, body.pulse),
        ArtefactKind("electrode-pop", 8, (1, 6), (50, 400), _one_electrode, _pops, states=(1.6, 1, 0.6)),
        ArtefactKind("detachment", 1, (20, 300), (60, 400), _one_electrode, body.detached, True, (1.6, 1, 0.6)),
        ArtefactKind("mains", 2, (60, 600), (8, 80), _one_electrode, body.mains),
        ArtefactKind("saturation", 1.2, (2, 12), (8000, 12000), _one_electrode, _saturation, states=(1.6, 1, 0.6)),
        ArtefactKind("mains", 1, (200, 1800), (2, 40), _hum_field, body.mains),
        ArtefactKind("muscle", 4, (60, 500), (5, 100), _tense_field, _tension, states=tense),
    )


ARTEFACT_KINDS = artefact_kinds(Body())


def plan_artefacts(
    scenario: Scenario, places: tuple[str, ...], background: Background, duration_s: float, seizures: Sequence[Interval]
) -> tuple[Event, ...]:
    """Which artefacts come when, and which places see them? Drawn for the whole head, whatever the montage."""
    seed, sleep = background.seed, background.sleep
    body = body_of(seed, background.level.age_days)
    kinds = artefact_kinds(body)
    starts: list[tuple[int, int, float]] = []
    for number, kind in enumerate(kinds):
        rng = generator(seed, ARTEFACTS, number)
        own = float(np.exp(rng.standard_normal() * OWN_SPREAD - 0.5 * OWN_SPREAD**2)) * scenario.artefacts
        often = max(kind.states) * kind.fed
        times = poisson_times(rng, kind.per_hour * own * often, duration_s)
        likely = sleep.factor(times, kind.states) * np.where(sleep.fed(times) > 0, kind.fed, 1.0) / often
        times = times[rng.random(len(times)) < likely]
        starts += [(number, index, float(time)) for index, time in enumerate(times)]
    starts += _in_seizures(generator(seed, ARTEFACTS, len(kinds)), scenario, seizures)
    return tuple(
        _event(kinds[number], places, start, (seed, ARTEFACTS, number, index)) for number, index, start in starts
    )


def _in_seizures(
    rng: np.random.Generator, scenario: Scenario, seizures: Sequence[Interval]
) -> list[tuple[int, int, float]]:
    """When does the infant tense or move because it has a seizure? Number of the kind, index, start."""
    found = []
    for index, seizure in enumerate(seizures):
        for number, share in IN_SEIZURES:
            begin = seizure.start_s + min(float(rng.uniform(1.0, 15.0)), 0.8 * seizure.duration_s)
            if rng.random() < share * min(1.0, scenario.artefacts):
                found.append((number, 1_000_000 + index, begin))
    return found


def _event(kind: ArtefactKind, places: tuple[str, ...], start_s: float, drawn: tuple[int, int, int, int]) -> Event:
    """One artefact; `drawn` is its seed and its key."""
    rng = generator(*drawn, 1)
    lasts_s, size_uv = log_uniform(rng, *kind.lasts_s), log_uniform(rng, *kind.size_uv)
    field = kind.field(rng, places) * size_uv
    return Event(start_s, start_s + lasts_s, "artefact", kind.kind, field, kind.wave, (*drawn[1:], 2), kind.replaces)
