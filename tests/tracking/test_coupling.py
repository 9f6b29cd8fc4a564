"""Coupling of two legs: a known delay comes back, independent rhythms are not tied, nor is one source seen twice."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ictal.eeg.tracking.coupling import Stretch, couple
from ictal.eeg.tracking.types import CouplingWindow, Leg, Passage

RATE, SECONDS, HZ = 64, 48, 5.0
FIRST, SECOND = (2.0, 27.0), (20.0, 45.0)


def wander(rng, jitter=1.0, hz=HZ):
    """A rhythm with harmonics whose phase wanders: two of them know nothing of each other."""
    n = SECONDS * RATE
    phase = np.cumsum(2 * np.pi * hz / RATE + jitter * rng.normal(size=n) / np.sqrt(RATE)) + rng.uniform(0, 2 * np.pi)
    return np.cos(phase) + 0.4 * np.cos(2 * phase + 0.5)


def noise(rng):
    spectrum = np.fft.rfft(rng.normal(size=SECONDS * RATE))
    uv = np.fft.irfft(spectrum / np.sqrt(np.maximum(np.arange(len(spectrum)), 1)))
    return uv / uv.std()


def during(span):
    t = np.arange(SECONDS * RATE) / RATE
    return (t >= span[0]) & (t < span[1])


def coupled(rng, x, y, first=FIRST, second=SECOND, scale=1.0, at_s=0.0):
    """Two legs of these rhythms in noise of half their size, the first 50 uV."""
    uv = [50 * (w * during(s) + 0.5 * noise(rng)) for w, s in ((x, first), (y, second))]
    a, b = (
        Leg(at_s + s[0], at_s + s[1], e, HZ, 50.0, ("x",), *how)
        for s, e, how in ((first, "O1", ()), (second, "T8", (0, Passage.migration)))
    )
    return couple(1, a, b, tuple(Stretch(at_s, (scale * u).astype(np.float32)) for u in uv))


@pytest.mark.parametrize("lag_s", [0.047, -0.047, 0.03, -0.03])
def test_a_known_delay_comes_back_with_its_direction(lag_s):
    found = []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        x = wander(rng)
        found.append(coupled(rng, x, np.roll(x, round(lag_s * RATE))))
    assert np.median([c.lag_s for c in found]) == pytest.approx(lag_s, abs=0.5 / RATE + 0.002)
    assert sum(bool(c.tied) for c in found) >= 11
    assert np.mean([c.direction for c in found if c.direction is not None]) * lag_s > 0
    assert not any(c.conducted for c in found)


@pytest.mark.parametrize("jitter", [0.5, 2.0])
def test_independent_rhythms_are_tied_no_more_often_than_chance(jitter):
    """p is at most as often below a level as the level says: 200 pairs, with three standard deviations of room."""
    rng = np.random.default_rng(1)
    found = [coupled(rng, wander(rng, jitter), wander(rng, jitter)) for _ in range(200)]
    for name in ("phase_p", "lagged_p", "h2_p"):
        p = np.array([getattr(c, name) for c in found])
        for level in (0.05, 0.25, 0.5):
            assert np.mean(p <= level) <= level + 3 * np.sqrt(level * (1 - level) / 200), (name, level)
        assert np.mean(p <= 0.75) >= 0.5, name


def test_one_source_seen_twice_is_locked_but_not_tied():
    found = []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        x = wander(rng)
        found.append(coupled(rng, x, -0.8 * x))
    assert np.median([c.zero_lag for c in found]) > 0.9
    assert np.median([c.same_wave for c in found]) > 0.8
    assert np.mean([c.conducted for c in found]) > 0.8
    assert np.mean([c.phase_p <= 0.05 for c in found]) > 0.9
    assert np.mean([bool(c.tied) for c in found]) <= 0.1


def test_legs_that_hardly_overlap_are_compared_around_the_handover():
    rng = np.random.default_rng(2)
    found = coupled(rng, wander(rng), wander(rng), (2.0, 24.0), (23.0, 45.0))
    assert (found.window, found.start_s, found.stop_s) == (CouplingWindow.adjacent, 18.0, 29.0)
    assert coupled(rng, wander(rng), wander(rng)).window is CouplingWindow.overlap


def test_too_little_is_not_compared():
    rng = np.random.default_rng(3)
    x = wander(rng)
    assert coupled(rng, x, x, (2.0, 5.0), (2.0, 5.0)) is None
    short = coupled(rng, x, x, (2.0, 8.0), (3.0, 8.0))
    assert (short.lagged_p, short.tied, short.direction) == (None, None, None)


def test_a_flat_electrode_is_not_compared():
    a, b = Leg(2, 27, "O1", HZ, 50.0, ("x",)), Leg(20, 45, "T8", HZ, 50.0, ("x",), 0, Passage.migration)
    flat = Stretch(0.0, np.zeros(SECONDS * RATE, dtype=np.float32))
    assert couple(1, a, b, (flat, flat)) is None


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000), st.sampled_from([0.5, 2.0, 8.0]))
def test_size_does_not_matter(seed, scale):
    def one(scale):
        rng = np.random.default_rng(seed)
        return coupled(rng, wander(rng), wander(rng), scale=scale)

    assert one(1.0) == one(scale)


def test_when_it_was_does_not_matter():
    def one(at_s):
        rng = np.random.default_rng(4)
        return coupled(rng, wander(rng), wander(rng), at_s=at_s)

    early, late = one(0.0), one(5000.0)
    assert (late.start_s, late.stop_s) == (early.start_s + 5000, early.stop_s + 5000)
    assert (late.lagged_p, late.h2_p, late.lag_s) == (early.lagged_p, early.h2_p, early.lag_s)
