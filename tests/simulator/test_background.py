"""The background: shared between neighbours, 1/f, by age; and the normal rhythms in it."""

from __future__ import annotations

import numpy as np
import pytest

from ictal.base.electrodes import TEN_TWENTY, neighbours
from ictal.simulator import simulate

RATE_HZ = 64


def background(scenario="quiet", seed=0, *components, duration_s=600, **changes):
    made = simulate(scenario, duration_s=duration_s, seed=seed, rate_hz=RATE_HZ, **changes)
    source = made.recording.samples.only(*(components or ("background",)))
    return source.read_uv(range(19), 0, 0, duration_s * RATE_HZ)


def seconds(signal):
    """One-second pieces without their mean, `(n, channels, 64)`."""
    pieces = signal.reshape(len(signal), -1, RATE_HZ).swapaxes(0, 1)
    return pieces - pieces.mean(axis=2, keepdims=True)


@pytest.mark.parametrize("age_days", [0, 90, 270])
def test_neighbouring_electrodes_share_half_of_their_background(age_days):
    """0.5 to 0.65 in average reference, the middle of some infants, who differ in which of their places are loud."""
    beside = neighbours(TEN_TWENTY)
    infants = []
    for seed in range(8):
        x = background(seed=seed, age_days=age_days)
        r = np.corrcoef(x - x.mean(axis=0))
        infants.append(np.median([r[TEN_TWENTY.index(a), TEN_TWENTY.index(b)] for a in beside for b in beside[a]]))
    assert 0.5 <= np.median(infants) <= 0.65
    assert 0.4 <= min(infants) <= max(infants) <= 0.75


@pytest.mark.parametrize("age_days", [0, 90, 270])
def test_the_spectrum_falls_as_the_exponent_of_the_infant_says(age_days):
    for seed in range(4):
        made = simulate("quiet", duration_s=1200, seed=seed, rate_hz=RATE_HZ, age_days=age_days)
        source = made.recording.samples.only("background")
        x = source.read_uv(range(19), 0, 0, 1200 * RATE_HZ)
        x = (x - x.mean(axis=0)).reshape(19, -1, 512)
        power = (np.abs(np.fft.rfft(x * np.hanning(512), axis=2)) ** 2).mean(axis=(0, 1))
        hz = np.fft.rfftfreq(512, 1 / RATE_HZ)
        band = (hz >= 2) & (hz <= 12)
        slope = np.polyfit(np.log(hz[band]), np.log(power[band]), 1)[0]
        assert slope == pytest.approx(-source._script.background.level.exponent, abs=0.3)


def test_a_newborn_is_discontinuous_and_a_three_month_old_is_not():
    def spread(age_days):
        rms = [
            np.median(seconds(background(seed=s, age_days=age_days, duration_s=1800)).std(axis=2), 1) for s in range(4)
        ]
        return np.mean([np.std(np.log(r)) for r in rms])

    assert spread(3) > 1.15 * spread(120)


def test_burst_suppression_has_bursts_and_near_silence():
    x = background("burst-suppression", 1)
    rms = np.median(seconds(x - x.mean(axis=0)).std(axis=2), axis=1)
    quiet, loud = np.percentile(rms, [20, 90])
    assert quiet < 3
    assert loud > 5 * quiet


def test_blocks_meet_without_a_step():
    """The jump from one sample to the next is no larger where blocks and pieces of noise meet than anywhere else."""
    x = background(duration_s=1280)
    jump = np.abs(np.diff(x, axis=1)).mean(axis=0)
    seams = jump[32 * RATE_HZ - 1 :: 32 * RATE_HZ]
    assert np.mean(seams) < 1.3 * np.mean(jump)


def test_normal_rhythms_overlap_the_ictal_band_in_runs_of_one_to_twenty_seconds():
    truth = simulate("quiet", duration_s=7200, seed=1, rate_hz=64, age_days=180).truth
    lasts = np.array([r.interval.duration_s for r in truth.rhythms])
    hz = np.array([r.frequency_hz for r in truth.rhythms])
    assert len(truth.rhythms) > 200
    assert lasts.min() >= 1.0
    assert lasts.max() <= 20.0
    assert hz.min() < 3
    assert np.mean((hz >= 4) & (hz <= 10)) > 0.3
    assert {"posterior", "central", "frontal-delta", "spindles"} <= {r.kind for r in truth.rhythms}


def test_spindles_come_after_two_months():
    def kinds(age):
        return {r.kind for r in simulate("quiet", duration_s=3600, seed=1, rate_hz=64, age_days=age).truth.rhythms}

    assert "spindles" not in kinds(30)
    assert "spindles" in kinds(75)
    assert "delta-brush" in kinds(3)
    assert "delta-brush" not in kinds(75)


def test_a_rhythm_has_its_frequency_and_its_place():
    made = simulate("quiet", duration_s=1800, seed=6, rate_hz=RATE_HZ, age_days=180)
    x = made.recording.samples.only("rhythm").read_uv(range(19), 0, 0, 1800 * RATE_HZ)
    x = x - x.mean(axis=0)
    found = 0
    for rhythm in made.truth.rhythms:
        others = [r for r in made.truth.rhythms if r is not rhythm and r.interval.overlap_s(rhythm.interval) > 0]
        if others or rhythm.interval.duration_s < 4 or rhythm.interval.stop_s > 1800:
            continue
        piece = x[:, round(rhythm.start_s * RATE_HZ) : round(rhythm.stop_s * RATE_HZ)]
        row = piece[TEN_TWENTY.index(rhythm.electrode)]
        spectrum = np.abs(np.fft.rfft(row * np.hanning(len(row)), 8192)) ** 2
        peak = np.fft.rfftfreq(8192, 1 / RATE_HZ)[np.argmax(spectrum)]
        assert peak == pytest.approx(rhythm.frequency_hz, rel=0.2)
        assert piece.std(axis=1).argmax() == TEN_TWENTY.index(rhythm.electrode)
        found += 1
    assert found >= 5
