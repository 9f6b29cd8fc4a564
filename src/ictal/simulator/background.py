"""What does the cortex do when nothing happens? Noise with a 1/f spectrum, shared between neighbours, by age.

The noise is made in pieces of 64 s that overlap by half under a sine window, each from a generator of its own, so
that any stretch of it can be had without the rest.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.fft

from ictal.base.electrodes import TEN_TWENTY
from ictal.simulator.chance import BACKGROUND, BURSTS, EXTRA, LEVEL, WANDER, Floats, generator, product
from ictal.simulator.cortex import Cortex, against_average, background_covariance
from ictal.simulator.types import Scenario

Waves = npt.NDArray[np.float32]

KNEE_HZ = 0.6
"""Below this the spectrum of the background no longer rises (provenance: design)."""
AMPLIFIER_HIGH_PASS_HZ, AMPLIFIER_LOW_PASS_HZ = 0.16, 45.0
HIGHEST_HZ = 80.0
"""Above this the background is drowned in the noise of the sensors."""
OWN_SPREAD = 0.35
"""How much infants of one age differ in amplitude (standard deviation of its logarithm; provenance: design)."""
REGIONS = 4
"""Left front, left back, right front, right back: each waxes and wanes on its own."""
STEP_S = 1.0 / 16.0


@dataclass(frozen=True, slots=True)
class BackgroundLevel:
    """The background at one age: RMS in average reference, exponent of the power spectrum, discontinuity.

    `gap_gain` is the amplitude between bursts against that of bursts, `quiet_sleep` the share of time that is
    discontinuous (trace alternant), `burst_s` and `gap_s` the mean lengths.
    """

    age_days: float
    rms_uv: float
    exponent: float
    gap_gain: float
    quiet_sleep: float
    burst_s: float = 5.0
    gap_s: float = 6.0


LEVELS = (
    BackgroundLevel(-42, 13.0, 2.4, 0.15, 0.80, 4.0, 9.0),
    BackgroundLevel(0, 15.0, 2.3, 0.40, 0.45),
    BackgroundLevel(45, 15.0, 2.2, 0.70, 0.30),
    BackgroundLevel(90, 17.0, 2.0, 1.00, 0.0),
    BackgroundLevel(270, 20.0, 1.9, 1.00, 0.0),
    BackgroundLevel(730, 22.0, 1.8, 1.00, 0.0),
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
        for name in ("rms_uv", "exponent", "gap_gain", "quiet_sleep", "burst_s", "gap_s")
    ]
    return BackgroundLevel(age_days, *values)


@dataclass(frozen=True, slots=True, eq=False)
class Background:
    """The background of one recording at fixed places.

    `mixing[region]` is a square root of the covariance of the places in that region, already in uV. `places` begin with
    the 19 of the 10-20 system and the reference, whatever the montage; more places add to the noise without changing
    it.
    """

    seed: int
    level: BackgroundLevel
    mixing: Floats
    always: int
    waves: Floats
    bursts: Floats
    continuous: bool
    sleep_phase: float
    typical_uv: Floats

    def piece(self, number: int, rate_hz: float, samples: int) -> Waves:
        """Noise of piece `number`, RMS 1 and not yet mixed, under its window: `(regions, places, samples)`."""
        regions, places, _ = self.mixing.shape
        bins = samples // 2 + 1
        gain = spectrum_gain(np.arange(bins) * rate_hz / samples, self.level.exponent)
        gain *= samples / math.sqrt(2.0 * float(np.sum(gain**2)))
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
        coarse = slow * self._burst_gain(grid)[None, :]
        return np.stack([np.interp(times_s, grid, row) for row in coarse])

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
        asleep = np.sin(2 * np.pi * grid / 3000.0 + self.sleep_phase)
        quiet = 1.0 / (1.0 + np.exp(-(asleep - math.cos(math.pi * self.level.quiet_sleep)) * 12.0))
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
    scenario: Scenario, infant: Cortex, age_days: float, duration_s: float, seeds: tuple[int, int]
) -> Background:
    """Draw the background of one recording: its level, how it wanes and waxes, its bursts.

    `seeds`: of the recording, and of the child, which keeps how loud its EEG is from one recording to the next.
    """
    seed, child = seeds
    level = SUPPRESSION if scenario.suppression > 0 else level_at(age_days)
    rng = generator(seed, LEVEL)
    own = float(np.exp(generator(child, LEVEL).standard_normal() * OWN_SPREAD)) * scenario.amplitude
    scalp = len(TEN_TWENTY)
    covariances = [background_covariance(infant, weight) for weight in _region_weights(infant)]
    total = np.sum(covariances, axis=0)
    reference = np.eye(scalp, len(total)) - np.pad(
        np.full((scalp, scalp), 1 / scalp), ((0, 0), (0, len(total) - scalp))
    )
    spread = np.sqrt(np.diag(product(product(reference, total), reference.T)))
    scale = level.rms_uv * own / float(np.median(spread))
    mixing = np.stack([np.linalg.cholesky(c * scale**2 + np.eye(len(c)) * 1e-6) for c in covariances])
    return Background(
        seed=seed,
        level=level,
        mixing=mixing,
        always=scalp + 1,
        waves=_slow_waves(generator(seed, WANDER)),
        bursts=_draw_bursts(generator(seed, BURSTS), level, duration_s),
        continuous=scenario.suppression > 0,
        sleep_phase=float(rng.uniform(0, 2 * math.pi)),
        typical_uv=spread * scale,
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


def _slow_waves(rng: np.random.Generator) -> Floats:
    """Period, phase and size of the slow waxing and waning: `(regions, waves, 3)`; half of it common to all regions."""

    def draw(count: int, size: float) -> Floats:
        period = np.exp(rng.uniform(math.log(6.0), math.log(2400.0), count))
        return np.column_stack((period, rng.uniform(0, 2 * math.pi, count), np.full(count, size)))

    common = draw(8, 0.12)
    return np.stack([np.concatenate((common, draw(8, 0.12))) for _ in range(REGIONS)])


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
