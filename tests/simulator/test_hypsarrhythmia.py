"""Hypsarrhythmia: high, slow, each place on its own, spikes from everywhere, in fragments in quiet sleep."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import numpy as np
import pytest

from ictal.base.electrodes import TEN_TWENTY, mirror
from ictal.simulator import SCENARIOS, Scenario, simulate
from ictal.simulator.sleep import State

RATE_HZ = 64
LONG_S = 1800


@dataclass(frozen=True, slots=True)
class Chaotic(Scenario):
    """A scenario that says how much hypsarrhythmia there is, whether or not `Scenario` knows the word."""

    hypsarrhythmia: float = 0.0


def scenario(share):
    usual = SCENARIOS["quiet"]
    values = {f.name: getattr(usual, f.name) for f in fields(Scenario) if f.name != "hypsarrhythmia"}
    return Chaotic(**{**values, "name": "chaos", "age_days": 200.0}, hypsarrhythmia=share)


@pytest.fixture(scope="module")
def made():
    return {share: [simulate(scenario(share), duration_s=LONG_S, seed=s, rate_hz=RATE_HZ) for s in range(4)]
            for share in (0.0, 1.0)}  # fmt: skip


def background(one):
    x = one.recording.samples.only("background").read_uv(range(19), 0, 0, LONG_S * RATE_HZ)
    return x - x.mean(axis=0)


def seconds(x):
    return x.reshape(len(x), -1, RATE_HZ).std(axis=2)


def test_it_is_far_higher_than_the_usual_background_and_slower(made):
    usual, chaos = ([background(m) for m in made[share]] for share in (0.0, 1.0))
    height = np.array([np.median(seconds(b)) / np.median(seconds(a)) for a, b in zip(usual, chaos, strict=True)])
    assert 2.0 < np.median(height) < 6.0

    def slow(x):
        power = (np.abs(np.fft.rfft(x.reshape(19, -1, 4 * RATE_HZ) * np.hanning(4 * RATE_HZ), axis=2)) ** 2).mean(
            (0, 1)
        )
        hz = np.fft.rfftfreq(4 * RATE_HZ, 1 / RATE_HZ)
        return power[(hz >= 1) & (hz < 4)].sum() / power[(hz >= 1) & (hz < 30)].sum()

    assert np.median([slow(x) for x in chaos]) > np.median([slow(x) for x in usual])


def test_the_hemispheres_go_each_their_own_way(made):
    """Mirrored bipolar channels share less than usual, and the loudness of the two sides goes together less."""

    def shared(one):
        x = background(one)
        pairs = [("F3", "C3"), ("C3", "P3"), ("P3", "O1"), ("F7", "T7")]
        left, right = (
            [x[TEN_TWENTY.index(a)] - x[TEN_TWENTY.index(b)] for a, b in side]
            for side in (pairs, [(mirror(a), mirror(b)) for a, b in pairs])
        )
        return np.mean([np.corrcoef(a, b)[0, 1] for a, b in zip(left, right, strict=True)])

    def together(one):
        loud = np.log(one.recording.samples._script.background.loudness(np.arange(0.0, LONG_S)))
        return np.corrcoef(loud[[0, 2]])[0, 1]

    for measure in (shared, together):
        usual, chaos = (np.mean([measure(m) for m in made[share]]) for share in (0.0, 1.0))
        assert chaos < usual - 0.1


def test_spikes_come_from_everywhere(made):
    for one in made[1.0]:
        spikes = [r for r in one.truth.rhythms if r.kind == "spike"]
        assert len(spikes) > 500
        assert all(math.isnan(s.frequency_hz) for s in spikes)
        places = {s.electrode for s in spikes}
        assert len(places) >= 15
    assert not any(r.kind == "spike" for one in made[0.0] for r in one.truth.rhythms)


def test_quiet_sleep_breaks_it_into_fragments():
    """More flicker from one 3 s to the next in quiet sleep than awake."""
    found = []
    for seed in range(4):
        one = simulate(scenario(1.0), duration_s=8 * LONG_S, seed=seed, rate_hz=RATE_HZ)
        background = one.recording.samples._script.background
        times = np.arange(0, 8 * LONG_S, 3.0)
        loud = np.log(background.loudness(times).mean(axis=0))
        quiet = np.array([background.sleep.at(t) is State.quiet for t in times])
        steps = np.abs(np.diff(loud))
        both = quiet[1:] & quiet[:-1]
        if both.any() and not both.all():
            found.append(np.median(steps[both]) / np.median(steps[~both]))
    assert found
    assert min(found) > 1.1


def test_half_of_it_is_less_of_it():
    heights = []
    for share in (0.0, 0.5, 1.0):
        one = simulate(scenario(share), duration_s=600, seed=3, rate_hz=RATE_HZ)
        heights.append(one.recording.samples._script.background.level.rms_uv)
    assert heights[0] < heights[1] < heights[2]
