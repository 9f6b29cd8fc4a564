"""The background: shared between neighbours, 1/f, by age; and the normal rhythms in it."""

from __future__ import annotations

import gzip

import numpy as np
import pytest

from ictal.base.electrodes import TEN_TWENTY, neighbours
from ictal.simulator import simulate

RATE_HZ = 64
CHAINS = (
    *("Fp2-F4", "F4-C4", "C4-P4", "P4-O2", "Fp1-F3", "F3-C3", "C3-P3", "P3-O1", "Fp2-F8"),
    *("F8-T8", "T8-P8", "P8-O2", "Fp1-F7", "F7-T7", "T7-P7", "P7-O1", "Fz-Cz", "Cz-Pz"),
)


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
    beside = neighbours(TEN_TWENTY)
    for seed in range(4):
        x = background(seed=seed, age_days=age_days)
        r = np.corrcoef(x - x.mean(axis=0))
        pairs = [r[TEN_TWENTY.index(a), TEN_TWENTY.index(b)] for a in beside for b in beside[a]]
        assert 0.5 <= np.median(pairs) <= 0.65


@pytest.mark.parametrize(("age_days", "exponent"), [(0, 2.3), (90, 2.0), (270, 1.9)])
def test_the_spectrum_falls_as_the_exponent_says(age_days, exponent):
    x = background(age_days=age_days, duration_s=1200)
    x = (x - x.mean(axis=0)).reshape(19, -1, 512)
    power = (np.abs(np.fft.rfft(x * np.hanning(512), axis=2)) ** 2).mean(axis=(0, 1))
    hz = np.fft.rfftfreq(512, 1 / RATE_HZ)
    band = (hz >= 2) & (hz <= 16)
    slope = np.polyfit(np.log(hz[band]), np.log(power[band]), 1)[0]
    assert slope == pytest.approx(-exponent, abs=0.25)


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


@pytest.mark.real
def test_amplitude_and_spectrum_lie_within_those_of_real_newborns(real_data):
    path = real_data / "helsinki" / "background_seconds_18bipolar_64hz_uv.txt.gz"
    if not path.exists():
        pytest.skip("The Helsinki background seconds are not here.")
    with gzip.open(path, "rt") as file:
        table = np.loadtxt(file, skiprows=1)
    real = table[: len(table) // RATE_HZ * RATE_HZ, :18].reshape(-1, RATE_HZ, 18).swapaxes(1, 2)
    real = real - real.mean(axis=2, keepdims=True)
    ours = np.concatenate(
        [
            seconds(_bipolar(background("artefacts", s, "background", "rhythm", "artefact", age_days=3)))
            for s in range(10)
        ]
    )
    low, high = np.percentile(real.std(axis=2), [5, 95])
    inside = ours.std(axis=2)
    assert np.mean((inside >= low) & (inside <= high)) > 0.9
    assert 0.6 < np.median(inside) / np.median(real.std(axis=2)) < 1.6
    for band in ((1, 3), (4, 7), (8, 12), (16, 30)):
        assert 0.5 < _share(ours, band) / _share(real, band) < 2.0, band


def _bipolar(x):
    at = {name: i for i, name in enumerate(TEN_TWENTY)}
    return np.stack([x[at[a]] - x[at[b]] for a, b in (pair.split("-") for pair in CHAINS)])


def _share(pieces, band):
    """Median share of a band in the power from 1 to 30 Hz, where there is a signal that is no artefact."""
    rms = pieces.std(axis=2)
    power = np.abs(np.fft.rfft(pieces * np.hanning(RATE_HZ), axis=2)) ** 2
    inside = (rms > 2) & (rms < 60)
    return np.median(power[..., band[0] : band[1] + 1].sum(-1)[inside] / power[..., 1:31].sum(-1)[inside])


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
