"""What a rhythm looks like: cycle by cycle, never twice the same.

A rhythm is drawn once, without knowing the sampling rate: its cycles (when each begins, how large each is) and its
envelope. It can then be evaluated at any times.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ictal.simulator.chance import Floats, wander

ENVELOPE_STEP_S = 1.0 / 16.0
VISIBLE = 0.1
"""An ictal rhythm is there while its envelope is above this share of its peak."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How a rhythm runs: lengths in s, frequency in Hz, the rest shares between 0 and 1.

    `spike` and `spike_late` are the share of a spike in each cycle when the rhythm begins and when it ends, `after` how
    much slow wave follows a spike; `fast_start` is by how much faster than usual it begins (0.5: half as fast again),
    `swelling` how much it waxes and wanes.
    """

    duration_s: float
    frequency_hz: float
    slowing: float = 0.0
    frequency_wander: float = 0.04
    cycle_jitter: float = 0.04
    amplitude_jitter: float = 0.15
    sharpness: float = 0.3
    rise: float = 0.3
    fall: float = 0.3
    spike: float = 0.0
    spike_late: float = 0.0
    spike_s: float = 0.025
    after: float = 0.0
    fast_start: float = 0.0
    swelling: float = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class Rhythm:
    """A drawn rhythm. Times count from its own start; its peak-to-peak amplitude is about 1 where the envelope is 1."""

    shape: Shape
    edges_s: Floats
    sizes: Floats
    envelope: Floats
    harmonics: Floats
    phases: Floats
    spikes: Floats
    """Size of the spike of each cycle, with its sign."""

    @property
    def frequency_hz(self) -> float:
        """Median frequency of the cycles that lie within the visible part."""
        start, stop = self.visible_s
        inside = (self.edges_s[:-1] >= start) & (self.edges_s[1:] <= stop)
        periods = np.diff(self.edges_s)[inside]
        return float(1.0 / np.median(periods)) if len(periods) else self.shape.frequency_hz

    @property
    def visible_s(self) -> tuple[float, float]:
        """From when to when is the envelope above a tenth of its peak?"""
        above = np.flatnonzero(self.envelope >= VISIBLE)
        stop = min(float(above[-1] + 1) * ENVELOPE_STEP_S, self.shape.duration_s)
        return float(above[0]) * ENVELOPE_STEP_S, stop

    @property
    def median_size(self) -> float:
        """Median peak-to-peak size of the visible part, as a share of the peak."""
        return float(np.median(self.envelope[self.envelope >= VISIBLE]))

    def at(self, times_s: Floats, highest_hz: float) -> Floats:
        """The rhythm at these times; harmonics above `highest_hz` are left out (an amplifier would)."""
        cycle = np.interp(times_s, self.edges_s, np.arange(len(self.edges_s)))
        size = np.interp(times_s, self.edges_s, self.sizes)
        size *= np.interp(times_s, np.arange(len(self.envelope)) * ENVELOPE_STEP_S, self.envelope)
        part = times_s / max(self.shape.duration_s, 1e-9)
        grown = np.clip(part * 2.0, 0.3, 1.0)
        wave = np.zeros_like(times_s)
        for h, (weight, phase) in enumerate(zip(self.harmonics, self.phases, strict=True), start=1):
            if h == 1 or h * self.shape.frequency_hz < highest_hz:
                wave += weight * grown ** (h - 1) * np.cos(2 * math.pi * h * cycle + phase)
        if self.shape.spike or self.shape.spike_late:
            share = self.shape.spike + (self.shape.spike_late - self.shape.spike) * np.clip(part, 0.0, 1.0)
            wave += share * (self._spiky(cycle, highest_hz) - wave)
        answer: Floats = wave * size
        return answer

    def _spiky(self, cycle: Floats, highest_hz: float) -> Floats:
        """A spike in each cycle and the slow wave after it, without their mean."""
        index = np.clip(cycle.astype(int), 0, len(self.edges_s) - 2)
        period = np.diff(self.edges_s)[index]
        away_s = (cycle - index - 0.3) * period
        width = np.minimum(max(self.shape.spike_s, 0.48 / highest_hz), 0.12 * period)
        slow = np.sin(np.pi * np.clip((cycle - index - 0.3 - 2 * width / period) / 0.5, 0.0, 1.0))
        shape = np.exp(-0.5 * (away_s / width) ** 2) - self.shape.after * slow
        mean = math.sqrt(2 * math.pi) * width / period - self.shape.after / math.pi
        answer: Floats = self.spikes[index] * (shape - mean) / (1.0 + self.shape.after)
        return answer


def draw_rhythm(rng: np.random.Generator, shape: Shape) -> Rhythm:
    """Draw one rhythm: its cycles, its envelope, the mixture of its harmonics."""
    grid: Floats = np.arange(math.ceil(shape.duration_s / ENVELOPE_STEP_S) + 1, dtype=np.float64) * ENVELOPE_STEP_S
    envelope = _envelope(rng, grid, shape)
    drift = np.exp(wander(rng, grid, 2.5, shape.frequency_wander))
    frequency = shape.frequency_hz * drift * (1 - shape.slowing * grid / shape.duration_s)
    frequency *= 1 + shape.fast_start * np.exp(-grid / (0.12 * shape.duration_s))
    phase = np.concatenate(([0.0], np.cumsum(frequency[:-1]) * ENVELOPE_STEP_S))
    cycles = np.arange(math.floor(phase[-1]) + 1, dtype=float)
    edges = np.interp(cycles, phase, grid)
    if len(edges) > 2:
        gaps = np.diff(edges)
        jitter = rng.standard_normal(len(edges) - 2) * shape.cycle_jitter * gaps[1:]
        edges[1:-1] += np.clip(jitter, -0.3 * gaps[1:], 0.3 * gaps[1:])
    last = max(shape.duration_s, edges[-1] + 0.5 / shape.frequency_hz)
    edges = np.concatenate((edges, [last]))
    sizes = np.exp(rng.standard_normal(len(edges)) * shape.amplitude_jitter)
    count = 6
    polarity = 1.0 if rng.random() < 0.5 else -1.0
    weights = polarity * shape.sharpness ** np.arange(count) * np.exp(rng.standard_normal(count) * 0.3)
    phases = rng.standard_normal(count) * 0.5
    turn = np.linspace(0, 1, 64, endpoint=False)[:, None] * (np.arange(count) + 1)[None, :]
    cycle = (weights * np.cos(2 * math.pi * turn + phases)).sum(axis=1)
    spikes = -polarity * np.exp(rng.standard_normal(len(edges)) * 0.25)
    return Rhythm(shape, edges, sizes, envelope, weights / (cycle.max() - cycle.min()), phases, spikes)


def _envelope(rng: np.random.Generator, grid: Floats, shape: Shape) -> Floats:
    up = np.clip(grid / max(shape.rise * shape.duration_s, 1e-9), 0, 1)
    down = np.clip((shape.duration_s - grid) / max(shape.fall * shape.duration_s, 1e-9), 0, 1)
    slow = np.exp(wander(rng, grid, max(2.0, shape.duration_s / 6), shape.swelling))
    envelope = np.sin(0.5 * math.pi * up) ** 2 * np.sin(0.5 * math.pi * down) ** 2 * slow
    answer: Floats = envelope / envelope.max()
    return answer


def band_noise(rng: np.random.Generator, samples: int, rate_hz: float, low_hz: float, high_hz: float) -> Floats:
    """Gaussian noise of one band, standard deviation 1. `(samples,)`"""
    count = max(samples, 8)
    frequency = np.fft.rfftfreq(count, 1.0 / rate_hz)
    inside = (frequency >= low_hz) & (frequency <= high_hz)
    if not inside.any():
        inside[np.argmin(np.abs(frequency - low_hz))] = True
    spectrum = rng.standard_normal((2, len(frequency)))
    wave = np.fft.irfft((spectrum[0] + 1j * spectrum[1]) * inside, count)
    spread = float(wave.std())
    answer: Floats = wave[:samples] / (spread if spread > 0 else 1.0)
    return answer
