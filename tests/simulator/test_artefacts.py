"""Artefacts: every kind comes, with truth that fits the signal."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

from ictal.base.electrodes import TEN_TWENTY
from ictal.simulator import simulate
from ictal.simulator.artefacts import ARTEFACT_KINDS, RAIL_UV, Body, draw_body
from ictal.simulator.caps import Wiring
from ictal.simulator.engine import SyntheticSource

RATE_HZ = 256
DURATION_S = 7200
SMALL = ("ecg", "mains", "respiration", "sweat", "pulse")
"""Kinds that last long or are small: what goes on while one of them does is still told apart."""


def wave(kind, seed, lasts_s=30.0):
    """One artefact's course in time, 30 s of it."""
    chosen = next(k for k in ARTEFACT_KINDS if k.kind == kind)
    times = np.arange(round(lasts_s * RATE_HZ)) / RATE_HZ
    return chosen.wave(np.random.default_rng(seed), times, float(RATE_HZ))


@pytest.fixture(scope="module")
def made():
    return simulate("artefacts", duration_s=DURATION_S, seed=2, rate_hz=RATE_HZ, age_days=120)


@pytest.fixture(scope="module")
def alone(made):
    """Pieces of the artefact component by kind, average reference, where nothing else goes on, with their truth."""
    source = made.recording.samples.only("artefact")
    pieces = defaultdict(list)
    for truth in made.truth.artefacts:
        lonely = not any(
            a is not truth and a.kind not in SMALL and a.interval.overlap_s(truth.interval) > 0
            for a in made.truth.artefacts
        )
        if truth.interval.duration_s >= 1.5 and lonely:
            window = source.read_uv(range(19), 0, round(truth.start_s * RATE_HZ), round(truth.stop_s * RATE_HZ))
            pieces[truth.kind].append((truth, window - window.mean(axis=0)))
    return pieces


def peak_hz(row):
    count = max(len(row), 16384)
    spectrum = np.abs(np.fft.rfft((row - row.mean()) * np.hanning(len(row)), count))
    return np.fft.rfftfreq(count, 1 / RATE_HZ)[np.argmax(spectrum)]


def test_every_kind_comes_and_lies_within_the_recording(made):
    assert {a.kind for a in made.truth.artefacts} == {k.kind for k in ARTEFACT_KINDS}
    for artefact in made.truth.artefacts:
        assert 0 <= artefact.start_s < artefact.stop_s <= DURATION_S
        assert artefact.electrodes
        assert artefact.channels == tuple(f"{e}-avg" for e in artefact.electrodes)


def test_outside_the_truth_there_is_no_artefact(made):
    source = made.recording.samples.only("artefact")
    x = source.read_uv(range(19), 0, 0, 900 * RATE_HZ)
    times = np.arange(x.shape[1]) / RATE_HZ
    anything = np.zeros(len(times), dtype=bool)
    for artefact in made.truth.artefacts:
        anything |= (times >= artefact.start_s - 0.01) & (times < artefact.stop_s + 0.01)
    assert anything.any()
    assert not np.all(anything)
    assert np.abs(x[:, ~anything]).max() == 0


@pytest.mark.parametrize(
    ("kind", "low", "high"),
    [
        ("muscle", 18, 72),
        ("movement", 0.05, 2),
        ("sucking", 0.9, 2.8),
        ("respiration", 0.4, 1.2),
        ("sweat", 0.02, 0.4),
        ("pulse", 1.7, 2.8),
        ("mains", 49.5, 50.5),
    ],
)
def test_an_artefact_has_the_frequency_of_its_kind(kind, low, high):
    for seed in range(20):
        assert low <= peak_hz(wave(kind, seed)) <= high


@pytest.mark.parametrize(("kind", "low_s", "high_s"), [("patting", 0.35, 1.1), ("ecg", 0.35, 0.6)])
def test_the_beats_of_patting_and_heart_repeat(kind, low_s, high_s):
    """1-2.5 Hz for patting, 110-160 a minute for the heart."""
    for seed in range(10):
        smooth = np.convolve(np.abs(wave(kind, seed)), np.hanning(41) / 20, "same")
        smooth = smooth - smooth.mean()
        correlation = np.correlate(smooth, smooth, "full")[len(smooth) - 1 :]
        assert correlation[round(low_s * RATE_HZ) : round(high_s * RATE_HZ)].max() > 0.25 * correlation[0]


@pytest.mark.parametrize("kind", [k.kind for k in ARTEFACT_KINDS])
def test_a_wave_of_any_length_and_rate_is_finite_and_of_about_unit_size(kind):
    chosen = next(k for k in ARTEFACT_KINDS if k.kind == kind)
    sizes = []
    for seed in range(8):
        for rate in (32.0, 200.0, 499.9):
            for lasts in chosen.lasts_s:
                times = np.arange(round(min(lasts, 60.0) * rate)) / rate
                x = chosen.wave(np.random.default_rng(seed), times, rate)
                assert x.shape == times.shape
                assert np.isfinite(x).all()
                sizes.append(np.ptp(x))
    assert 0.3 < np.max(sizes) < 6.0


def test_the_size_told_is_the_size_seen(alone):
    checked = 0
    for kind in ("sucking", "movement", "patting", "muscle", "electrode-pop"):
        for truth, piece in alone[kind]:
            row = piece[TEN_TWENTY.index(truth.electrodes[0])]
            assert 0.25 < np.ptp(row) / truth.amplitude_uv < 4.0, truth
            checked += 1
    assert checked >= 10


def test_a_detached_electrode_shows_nothing_of_the_brain(made):
    """Without any reference, what it shows is the same whether the brain is there or not."""
    source = made.recording.samples
    places = source._script.places
    wiring = Wiring(made.recording.channels, np.eye(len(places)))
    everything = SyntheticSource(source._script, wiring, RATE_HZ, DURATION_S * RATE_HZ)
    events = [a for a in made.truth.artefacts if a.kind == "detachment"]
    assert events
    for truth in events:
        row = [places.index(truth.electrodes[0])]
        span = (round(truth.start_s * RATE_HZ) + 1, round(truth.stop_s * RATE_HZ) - 1)
        shown, bare = (x.read_uv(row, 0, *span) for x in (everything, everything.only("artefact")))
        np.testing.assert_array_equal(shown, bare)
        other = [(row[0] + 1) % 19]
        assert not np.array_equal(
            everything.read_uv(other, 0, *span), everything.only("artefact").read_uv(other, 0, *span)
        )


def test_a_saturated_electrode_sits_at_the_rail(made):
    events = [a for a in made.truth.artefacts if a.kind == "saturation"]
    assert events
    for truth in events:
        row = made.recording.index(truth.electrodes[0])
        span = (round((truth.start_s + 0.1) * RATE_HZ), round((truth.stop_s - 1) * RATE_HZ))
        x = made.recording.samples.read_uv([row], 0, *span)[0]
        assert np.mean(np.abs(x) > 0.9 * RAIL_UV) > 0.95


def test_hum_that_a_slow_amplifier_cannot_show_is_not_folded_into_the_eeg():
    slow = simulate("artefacts", duration_s=1800, seed=2, rate_hz=100.0)
    mains = [a for a in slow.truth.artefacts if a.kind == "mains"]
    source = slow.recording.samples.only("artefact")
    for truth in mains:
        row = slow.recording.index(truth.electrodes[0])
        others = [
            a
            for a in slow.truth.artefacts
            if a is not truth and truth.electrodes[0] in a.electrodes and a.interval.overlap_s(truth.interval) > 0
        ]
        if not others:
            x = source.read_uv([row], 0, round(truth.start_s * 100), round(truth.stop_s * 100))
            assert np.percentile(np.abs(x), 50) < 5


def test_the_heart_beats_at_one_pace_through_a_recording_and_over_the_whole_head(made):
    """110-160 a minute, within a sixth of each other in every stretch of ECG; opposite on the two sides of the head."""
    source = made.recording.samples.only("artefact")
    paces = []
    for truth in (a for a in made.truth.artefacts if a.kind == "ecg" and a.interval.duration_s > 30):
        start = round((truth.start_s + 5) * RATE_HZ)
        x = source.read_uv(range(19), 0, start, start + 20 * RATE_HZ)
        x = np.diff(x - x.mean(axis=0), axis=1)
        row = np.abs(x[TEN_TWENTY.index(truth.electrodes[0])])
        if any(
            a.kind not in ("ecg",)
            and a.interval.overlap_s(truth.interval) > 0
            and a.amplitude_uv > 5
            and truth.start_s - 1 < a.stop_s
            and a.start_s < truth.start_s + 26
            for a in made.truth.artefacts
        ):
            continue
        near = np.convolve(row, np.hanning(21), "same")
        beats = np.flatnonzero((near[1:-1] > near[:-2]) & (near[1:-1] >= near[2:]) & (near[1:-1] > 0.5 * near.max()))
        paces.append(60 * RATE_HZ / np.median(np.diff(beats)))
        assert len(truth.electrodes) >= 8
    for pace in paces:
        assert 95 < pace < 165
    if len(paces) > 1:
        assert max(paces) / min(paces) < 1.4


def test_heart_breath_and_mains_stay_those_of_the_recording():
    bodies = [draw_body(np.random.default_rng(seed), 30.0) for seed in range(200)]
    assert all(105 <= 60 * b.heart_hz <= 160 for b in bodies)
    assert all(30 <= 60 * b.breath_hz <= 60 for b in bodies)
    assert {b.mains_hz for b in bodies} == {50.0, 60.0}
    assert all(60 * draw_body(np.random.default_rng(s), 700.0).heart_hz < 145 for s in range(50))


@pytest.mark.parametrize("mains_hz", [50.0, 60.0])
def test_mains_hum_at_the_frequency_of_the_country(mains_hz):
    body = Body(mains_hz=mains_hz)
    times = np.arange(20 * RATE_HZ) / RATE_HZ
    for seed in range(5):
        assert peak_hz(body.mains(np.random.default_rng(seed), times, RATE_HZ)) == pytest.approx(mains_hz, abs=0.2)


def test_a_pop_is_a_jump_that_decays_on_one_electrode(made):
    assert all(len(a.electrodes) == 1 for a in made.truth.artefacts if a.kind == "electrode-pop")
    for seed in range(30):
        x = wave("electrode-pop", seed)
        last = int(np.flatnonzero(np.abs(np.diff(x)) > 0.3)[-1])
        after = np.abs(x[last + 1 :])
        assert after[-1] < 0.05 * after[0] if len(after) > 3 * RATE_HZ else True
        assert np.all(np.diff(after[: RATE_HZ // 4]) <= 1e-9) or after[0] < 0.3


def test_a_bad_electrode_is_seen_in_both_pairs_that_share_it():
    made = simulate("quiet", duration_s=4 * 3600, seed=4, rate_hz=RATE_HZ, reference="bipolar")
    source = made.recording.samples.only("artefact")
    ends = [(c.electrode, c.minus) for c in made.recording.channels]
    found = 0
    for truth in made.truth.artefacts:
        others = [a for a in made.truth.artefacts if a is not truth and a.interval.overlap_s(truth.interval) > 0]
        if truth.kind != "electrode-pop" or others:
            continue
        x = source.read_uv(range(len(ends)), 0, round(truth.start_s * RATE_HZ), round(truth.stop_s * RATE_HZ))
        sharing = [i for i, pair in enumerate(ends) if truth.electrodes[0] in pair]
        assert np.ptp(x[sharing], axis=1).min() > 0.9 * np.ptp(x, axis=1).max()
        assert np.ptp(np.delete(x, sharing, axis=0), axis=1).max() == 0
        found += 1
    assert found


def test_movement_swings_the_baseline_of_many_electrodes(alone):
    assert alone["movement"]
    for truth, piece in alone["movement"]:
        assert len(truth.electrodes) >= 4
        row = piece[TEN_TWENTY.index(truth.electrodes[0])]
        power = np.abs(np.fft.rfft(row * np.hanning(len(row)))) ** 2
        hz = np.fft.rfftfreq(len(row), 1 / RATE_HZ)
        assert power[hz < 2].sum() > 0.4 * power.sum()


def test_sucking_and_patting_run_as_fast_as_slow_seizures():
    """1-2.5 Hz both; slow seizures have 0.8-3 Hz."""
    for kind in ("sucking", "patting"):
        found = []
        for seed in range(40):
            beat = np.convolve(np.abs(wave(kind, seed)), np.hanning(41) / 20, "same")
            found.append(_pace(beat - beat.mean()) if kind == "patting" else peak_hz(wave(kind, seed)))
        assert np.percentile(found, 10) > 0.8
        assert np.percentile(found, 90) < 3.0
        assert np.ptp(found) > 0.8


def _pace(row):
    correlation = np.correlate(row, row, "full")[len(row) - 1 :]
    low, high = round(0.35 * RATE_HZ), round(1.2 * RATE_HZ)
    return RATE_HZ / (low + int(np.argmax(correlation[low:high])))
