"""What does the cortex do when nothing happens? Noise with a 1/f spectrum, shared between neighbours, by age.

The noise is made in pieces of 64 s that overlap by half under a sine window, each from a generator of its own, so
that any stretch of it can be had without the rest.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
import numpy.typing as npt
import scipy.fft

from ictal.base.electrodes import TEN_TWENTY
from ictal.base.time import Interval
from ictal.simulator.chance import (
    BACKGROUND,
    BURSTS,
    EXTRA,
    LEVEL,
    OWN,
    SLEEP,
    WANDER,
    Floats,
    generator,
    log_uniform,
    product,
)
from ictal.simulator.cortex import Cortex, against_average, background_covariance, uneven_cortex
from ictal.simulator.sleep import Sleep, draw_sleep
from ictal.simulator.types import Scenario

Waves = npt.NDArray[np.float32]

KNEE_HZ = 0.12
"""Below this the spectrum of the background no longer rises (provenance: design)."""
AMPLIFIER_HIGH_PASS_HZ, AMPLIFIER_LOW_PASS_HZ = 0.10, 45.0
LOUD_FROM_HZ = 0.5
"""The RMS of the background is that above this frequency: what drifts below is no amplitude to a reader."""
HIGHEST_HZ = 80.0
"""Above this the background is drowned in the noise of the sensors."""
OWN_SPREAD = 0.28
"""How much infants of one age differ in amplitude (standard deviation of its logarithm)."""
OWN_EXPONENT = 0.22
"""How much they differ in the exponent of their spectrum (standard deviation)."""
OWN_PLACES = 0.35
"""How much louder one part of an infant's cortex is than another (standard deviation of the logarithm)."""
LOW_VOLTAGE = ((30.0, 0.14), (120.0, 0.03))
"""Age in days, share of infants with a background of low voltage; theirs is 0.10 to 0.28 of the usual.
Provenance of these four: design, after 22 newborns without seizures (`docs/realism.md`)."""
REGIONS = 4
"""Left front, left back, right front, right back: each waxes and wanes on its own. What both hemispheres do at once is
a fifth, slower than they are."""
SLOWER_TOGETHER = 0.4
"""By how much the exponent of that is larger (provenance: design)."""
STEP_S = 1.0 / 16.0
AFTER_SHARE, AFTER_S, AFTER_GAIN = 0.5, (10.0, 180.0), (0.35, 0.85)
"""After what share of the seizures the region where they ended is attenuated, how long, to what gain (provenance:
design)."""
CHAOS_GAIN, CHAOS_EXPONENT, CHAOS_WANDER = 2.8, 2.6, 3.0
"""Full hypsarrhythmia against the usual background: how much louder, how steep, how much more each region waxes and
wanes on its own (provenance: design)."""
CHAOS_FRAGMENTS = 0.30
"""In quiet sleep it falls into fragments: the amplitude between them against theirs (provenance: design)."""


@dataclass(frozen=True, slots=True)
class After:
    """What a seizure leaves behind at the place where it ended: from when, for how long, how attenuated."""

    start_s: float
    lasts_s: float
    source: int
    gain: float


class Happened(Protocol):
    """What the background needs to know of a leg."""

    @property
    def visible(self) -> Interval: ...
    @property
    def source(self) -> int: ...


@dataclass(frozen=True, slots=True)
class BackgroundLevel:
    """The background at one age: RMS in average reference, exponent of the power spectrum, discontinuity.

    `gap_gain` is the amplitude between bursts against that of bursts in quiet sleep (trace alternant), `burst_s` and
    `gap_s` the mean lengths, `quiet_gain` how much louder quiet sleep is than waking.
    """

    age_days: float
    rms_uv: float
    exponent: float
    gap_gain: float
    quiet_gain: float = 1.0
    burst_s: float = 5.0
    gap_s: float = 6.0


LEVELS = (
    BackgroundLevel(-42, 12.0, 2.2, 0.15, 1.0, 4.0, 9.0),
    BackgroundLevel(0, 12.0, 2.0, 0.40, 1.05),
    BackgroundLevel(45, 13.5, 2.05, 0.70, 1.2),
    BackgroundLevel(90, 16.0, 2.0, 1.00, 1.4),
    BackgroundLevel(270, 19.0, 1.9, 1.00, 1.7),
    BackgroundLevel(730, 21.0, 1.8, 1.00, 1.8),
)
"""Provenance: design. Amplitude and exponent at term follow the seizure-free seconds of the Helsinki newborns
(Stevenson et al., Zenodo 4940267). A newborn is discontinuous, a three-month-old continuous: the usual teaching."""
SUPPRESSION = BackgroundLevel(0, 16.0, 2.2, 0.10, 1.0, 3.0, 7.0)
"""Burst suppression: bursts of about 3 s, near silence of about 7 s between (provenance: design)."""


def level_at(age_days: float) -> BackgroundLevel:
    """What is the background at this age? Between the ages of the table everything changes evenly."""
    ages = [x.age_days for x in LEVELS]
    values = [
        float(np.interp(age_days, ages, [getattr(x, name) for x in LEVELS]))
        for name in ("rms_uv", "exponent", "gap_gain", "quiet_gain", "burst_s", "gap_s")
    ]
    return BackgroundLevel(age_days, *values)


@dataclass(frozen=True, slots=True, eq=False)
class Background:
    """The background of one recording at fixed places.

    `mixing[region]` is a square root of the covariance of the places in that region, already in uV. `places` begin with
    the 19 of the 10-20 system and the reference, whatever the montage; more places add to the noise without changing
    it. `level` is that of this infant, not the mean of its age.
    """

    seed: int
    level: BackgroundLevel
    mixing: Floats
    always: int
    waves: Floats
    bursts: Floats
    continuous: bool
    sleep: Sleep
    typical_uv: Floats
    after: tuple[After, ...] = ()
    """In order of their start."""
    reach: Floats = field(default_factory=lambda: np.zeros((REGIONS + 1, 0)))
    """How much each region takes part in each of them."""
    chaos: float = 0.0
    """0: none, 1: hypsarrhythmia."""

    def piece(self, number: int, rate_hz: float, samples: int) -> Waves:
        """Noise of piece `number`, RMS 1 above `LOUD_FROM_HZ` and not yet mixed, under its window: `(regions, places,
        samples)`."""
        regions, places, _ = self.mixing.shape
        bins = samples // 2 + 1
        hz = np.arange(bins) * rate_hz / samples
        apart, together = (spectrum_gain(hz, self.level.exponent + more) for more in (0.0, SLOWER_TOGETHER))
        gain = np.stack([*[apart] * (regions - 1), together])[:, None, :]
        heard = gain[:, :, hz >= LOUD_FROM_HZ]
        gain *= samples / np.sqrt(2.0 * np.sum(heard**2, axis=2, keepdims=True))
        drawn = min(bins, math.ceil(HIGHEST_HZ * samples / rate_hz))
        draws = np.zeros((regions, places, bins), dtype=np.complex64)
        rng = generator(self.seed, BACKGROUND, number)
        draws[:, : self.always, :drawn] = _complex_normal(rng, (regions, self.always, drawn))
        if places > self.always:
            extra = generator(self.seed, BACKGROUND, EXTRA, number)
            draws[:, self.always :, :drawn] = _complex_normal(extra, (regions, places - self.always, drawn))
        draws *= gain.astype(np.float32) * np.float32(math.sqrt(0.5))
        noise: Waves = scipy.fft.irfft(draws, samples, axis=-1, overwrite_x=True)
        noise *= np.sin(np.pi * (np.arange(samples) + 0.5) / samples).astype(np.float32)
        return noise

    def mix(self, noise: Waves, times_s: Floats) -> Waves:
        """What every place shows of such noise at these times, in uV: `(places, n_times)`."""
        regions, places, samples = noise.shape
        loud = self.loudness(times_s).astype(np.float32)
        flat = (noise * loud[:, None, :]).reshape(regions * places, samples)
        weights = np.concatenate(list(self.mixing), axis=1).astype(np.float32)
        shown: Waves = product(weights, flat)
        return shown

    def loudness(self, times_s: Floats) -> Floats:
        """How loud is each region at these times? 1 on the whole; `(regions, n_times)`. Times must be sorted."""
        first, last = math.floor(times_s[0] / STEP_S), math.ceil(times_s[-1] / STEP_S) + 1
        grid = np.arange(first, last + 1) * STEP_S
        waves = self.waves
        angle = 2 * np.pi * grid[None, None, :] / waves[:, :, 0, None] + waves[:, :, 1, None]
        slow = np.exp(np.sum(waves[:, :, 2, None] * np.sin(angle), axis=1))
        usual = self.sleep.factor(grid, (0.95, 0.9, self.level.quiet_gain))
        coarse = slow * (self._burst_gain(grid) * usual)[None, :] * self._after_gain(grid)
        return np.stack([np.interp(times_s, grid, row) for row in coarse])

    def _after_gain(self, grid: Floats) -> Floats:
        """Attenuation after seizures: it comes at once and wears off."""
        gain = np.ones((len(self.mixing), len(grid)))
        starts = [x.start_s for x in self.after]
        for index in range(bisect_left(starts, grid[0] - AFTER_S[1]), bisect_left(starts, grid[-1])):
            after = self.after[index]
            left = np.clip(1.0 - (grid - after.start_s) / after.lasts_s, 0, 1) ** 0.5
            lost = np.clip((grid - after.start_s) / 2.0, 0, 1) * left
            gain *= 1.0 - (1.0 - after.gain) * self.reach[:, [index]] * lost[None, :]
        return gain

    def _burst_gain(self, grid: Floats) -> Floats:
        if self.level.gap_gain >= 0.999 or not len(self.bursts):
            return np.ones_like(grid)
        low, high = (
            np.searchsorted(self.bursts[:, 1], grid[0] - 2.0),
            np.searchsorted(self.bursts[:, 0], grid[-1] + 2.0),
        )
        ramp = 0.4
        burst = np.zeros_like(grid)
        for start, stop, size in self.bursts[low:high]:
            up = np.clip((grid - start) / ramp + 0.5, 0, 1)
            down = np.clip((stop - grid) / ramp + 0.5, 0, 1)
            burst = np.maximum(burst, np.minimum(up, down) * size)
        discontinuous = self.level.gap_gain + (1.0 - self.level.gap_gain) * burst
        if self.continuous:
            return discontinuous
        quiet = self.sleep.factor(grid, (0.0, 0.0, 1.0))
        answer: Floats = 1.0 + quiet * (discontinuous - 1.0)
        return answer


def spectrum_gain(frequency_hz: Floats, exponent: float) -> Floats:
    """Amplitude of the background at each frequency: 1/f above the knee, cut below the amplifier's high-pass."""
    gain = (frequency_hz**2 + KNEE_HZ**2) ** (-exponent / 4.0)
    gain *= frequency_hz**2 / (frequency_hz**2 + AMPLIFIER_HIGH_PASS_HZ**2)
    gain /= 1.0 + (frequency_hz / AMPLIFIER_LOW_PASS_HZ) ** 4
    answer: Floats = gain
    return answer


def make_background(
    scenario: Scenario,
    infant: Cortex,
    age_days: float,
    duration_s: float,
    seeds: tuple[int, int],
    ends: Sequence[Happened] = (),
) -> Background:
    """Draw the background of one recording: its level, how it wanes and waxes, its bursts, and what the last legs of
    seizures (`ends`) leave behind.

    `seeds`: of the recording, and of the child, which keeps how loud and steep its EEG is, and where, from one
    recording to the next.
    """
    seed, child = seeds
    level = _own_level(generator(child, LEVEL), scenario, age_days)
    scalp = len(TEN_TWENTY)
    uneven = uneven_cortex(infant, generator(child, OWN), OWN_PLACES)
    regions = _region_weights(infant)
    covariances = [background_covariance(infant, weight * uneven) for weight in regions]
    apart = 1.0 - 0.9 * scenario_chaos(scenario)
    covariances.append(background_covariance(infant, uneven, both_sides=True) * apart)
    total = np.sum(covariances, axis=0)
    reference = np.eye(scalp, len(total)) - np.pad(
        np.full((scalp, scalp), 1 / scalp), ((0, 0), (0, len(total) - scalp))
    )
    spread = np.sqrt(np.diag(product(product(reference, total), reference.T)))
    scale = level.rms_uv / float(np.median(spread))
    mixing = np.stack([np.linalg.cholesky(c * scale**2 + np.eye(len(c)) * 1e-6) for c in covariances])
    after = _draw_after(generator(seed, OWN, 2), ends)
    reach = [[float(w[x.source]) ** 2 for x in after] for w in regions] + [[0.5] * len(after)]
    return Background(
        seed=seed,
        level=level,
        mixing=mixing,
        always=scalp + 1,
        waves=_slow_waves(generator(seed, WANDER), 1.0 + (CHAOS_WANDER - 1.0) * scenario_chaos(scenario)),
        bursts=_draw_bursts(generator(seed, BURSTS), level, duration_s),
        continuous=scenario.suppression > 0,
        sleep=draw_sleep(generator(seed, SLEEP), age_days, duration_s),
        typical_uv=spread * scale,
        after=after,
        reach=np.array(reach).reshape(len(regions) + 1, len(after)),
        chaos=scenario_chaos(scenario),
    )


def scenario_chaos(scenario: Scenario) -> float:
    """How much hypsarrhythmia does a scenario have? From 0 to 1."""
    return scenario.hypsarrhythmia


def _draw_after(rng: np.random.Generator, ends: Sequence[Happened]) -> tuple[After, ...]:
    """Some seizures leave their last place attenuated."""
    drawn = [
        After(leg.visible.stop_s, log_uniform(rng, *AFTER_S), leg.source, float(rng.uniform(*AFTER_GAIN)))
        for leg in ends
        if rng.random() < AFTER_SHARE
    ]
    return tuple(sorted(drawn, key=lambda x: x.start_s))


def _own_level(rng: np.random.Generator, scenario: Scenario, age_days: float) -> BackgroundLevel:
    """The level of one infant: infants of an age differ in amplitude, in slope, and in how discontinuous they are."""
    usual = SUPPRESSION if scenario.suppression > 0 else level_at(age_days)
    loud, steep, gap = rng.standard_normal(3)
    own = float(np.exp(loud * OWN_SPREAD)) * scenario.amplitude
    ages, shares = (list(x) for x in zip(*LOW_VOLTAGE, strict=True))
    if rng.random() < float(np.interp(age_days, ages, shares)):
        own *= float(rng.uniform(0.10, 0.28))
    gap_gain = usual.gap_gain if usual.gap_gain >= 0.999 else min(1.0, usual.gap_gain * float(np.exp(0.35 * gap)))
    level = replace(
        usual, rms_uv=usual.rms_uv * own, exponent=usual.exponent + OWN_EXPONENT * float(steep), gap_gain=gap_gain
    )
    chaos = scenario_chaos(scenario)
    if chaos == 0:
        return level
    return replace(
        level,
        rms_uv=level.rms_uv * (1 + (CHAOS_GAIN - 1) * chaos),
        exponent=level.exponent + (CHAOS_EXPONENT - level.exponent) * chaos,
        gap_gain=min(level.gap_gain, 1 - (1 - CHAOS_FRAGMENTS) * chaos),
    )


def field_size(infant: Cortex, source: int) -> Floats:
    """Field of a patch against the average of the 19 places, at each of them."""
    answer: Floats = against_average(infant.patches[:, [source]], len(TEN_TWENTY))[:, 0]
    return answer


def _region_weights(infant: Cortex) -> list[Floats]:
    """Four regions that share the cortex smoothly; their squares sum to 1 at every source."""
    right = 1.0 / (1.0 + np.exp(-infant.directions[:, 0] * 6.0))
    front = 1.0 / (1.0 + np.exp(-infant.directions[:, 1] * 6.0))
    return [np.sqrt(a * b) for a in (1 - right, right) for b in (front, 1 - front)]


def _slow_waves(rng: np.random.Generator, apart: float) -> Floats:
    """Period, phase and size of the slow waxing and waning: `(regions + 1, waves, 3)`; half of it common to all.

    Infants differ in how much they wax and wane; `apart` is how much more than usual each region does so on its own.
    """
    size = 0.10 * float(np.exp(0.4 * rng.standard_normal()))

    def draw(more: float, longest_s: float) -> Floats:
        period = np.exp(rng.uniform(math.log(6.0 / more), math.log(longest_s), 8))
        return np.column_stack((period, rng.uniform(0, 2 * math.pi, 8), np.full(8, size * more)))

    common = draw(1.0, 2400.0)
    return np.stack([np.concatenate((common, draw(apart, 2400.0 / apart**4))) for _ in range(REGIONS + 1)])


def _draw_bursts(rng: np.random.Generator, level: BackgroundLevel, duration_s: float) -> Floats:
    """Begin, end and size of each burst, `(n, 3)`, from 60 s before the recording to 60 s after it."""
    if level.gap_gain >= 0.999:
        return np.zeros((0, 3))
    count = math.ceil((duration_s + 120.0) / (level.burst_s + level.gap_s) * 1.3) + 60
    bursts = rng.gamma(4.0, level.burst_s / 4.0, count)
    gaps = rng.gamma(3.0, level.gap_s / 3.0, count) + 1.0
    stops = np.cumsum(bursts + gaps) - 60.0
    return np.column_stack((stops - bursts, stops, np.exp(rng.standard_normal(count) * 0.25)))


def _complex_normal(
    rng: np.random.Generator, shape: tuple[int, ...]
) -> np.ndarray[tuple[int, ...], np.dtype[np.complex64]]:
    pairs = rng.standard_normal((*shape, 2), dtype=np.float32)
    return pairs.view(np.complex64)[..., 0]
