"""What is in the band keeps its size and its time at any rate; what is outside goes; pieces join; gaps stay gaps."""

from __future__ import annotations

import mne
import numpy as np
import pytest
import scipy.signal
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ictal.base.errors import RecordingError
from ictal.base.time import Interval, to_sample
from ictal.eeg.recording.memory import from_arrays
from ictal.eeg.signal.filtering import extend, response
from ictal.eeg.signal.montage import build
from ictal.eeg.signal.settings import SignalSettings
from ictal.eeg.signal.stream import BLOCK_S, Preparer
from tests.signal.made import RATES_HZ, one_wave, prepared, preparer, row, spans

SIZE_UV = 50.0
AWAY_S = 10
"""Results are compared this far from the ends of a segment, where nothing is made up."""
LENGTH_S = BLOCK_S + 60
"""Two blocks, so that a border lies inside."""


def whole(rate_hz, length_s=LENGTH_S):
    """One segment of about this length, as long as its samples."""
    return (Interval(0.0, to_sample(length_s, rate_hz) / rate_hz),)


def inner(uv, length_s=LENGTH_S):
    return uv[..., AWAY_S * 64 : (length_s - AWAY_S) * 64]


def sine(hz, size_uv=SIZE_UV):
    return lambda t: size_uv * np.sin(2 * np.pi * hz * t + 0.3)


def of_sine(hz, rate_hz):
    uv, _ = prepared(one_wave(sine(hz), rate_hz, whole(rate_hz), noise_uv=0.0), "recorded")
    times = np.arange(uv.shape[1]) / 64
    return inner(uv[0]), inner(sine(hz)(times))


@pytest.mark.parametrize("hz", [1.0, 3.0, 9.7, 20.0])
@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_a_sine_in_the_band_keeps_its_size_and_phase(rate_hz, hz):
    shown, expected = of_sine(hz, rate_hz)
    assert np.abs(shown - expected).max() < 0.005 * SIZE_UV


@pytest.mark.parametrize("hz", [1.0, 9.7])
@pytest.mark.parametrize("rate_hz", [99.7, 127.99, 173.61, 333.3])
def test_at_uneven_rates_a_sine_is_at_most_half_a_raw_sample_off(rate_hz, hz):
    shown, expected = of_sine(hz, rate_hz)
    assert np.abs(shown - expected).max() < 1.05 * SIZE_UV * 2 * np.pi * hz * 0.5 / rate_hz


@pytest.mark.parametrize("hz", [0.05, 0.2, 35.0, 50.0, 60.0, 110.0])
@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_what_is_outside_the_band_is_at_least_40_db_down(rate_hz, hz):
    if hz >= 0.49 * rate_hz:
        return
    shown, _ = of_sine(hz, rate_hz)
    assert 20 * np.log10(np.abs(shown).max() / SIZE_UV) < -40


def test_a_step_at_the_reference_and_a_drift_are_gone():
    drift = one_wave(lambda t: 5000 + 3 * t, 256.0, whole(256.0), noise_uv=0.0)
    assert np.abs(inner(prepared(drift, "recorded")[0][0])).max() < 1.0


@given(st.floats(0.1, 2.0), st.floats(15.0, 30.0))
def test_the_response_is_a_share_one_inside_and_half_at_the_corners(high_pass_hz, low_pass_hz):
    hz = np.linspace(0, 32, 4097)
    passed = response(hz, high_pass_hz, low_pass_hz)
    assert 0 <= passed.min() <= passed.max() <= 1
    assert np.all(passed[(hz > 1.5 * high_pass_hz) & (hz < low_pass_hz - 2.1)] > 0.999)
    assert response(np.array([high_pass_hz, low_pass_hz]), high_pass_hz, low_pass_hz) == pytest.approx(0.5)
    assert passed[0] == 0 and passed[-1] < 1e-9  # noqa: PT018


@pytest.mark.parametrize("rate_hz", [128.0, 200.0, 250.0, 256.0, 512.0, 1000.0])
def test_mne_filters_alike(rate_hz):
    """A zero-phase FIR filter of MNE with the same edges (0.3-0.7 Hz and 28-32 Hz), read at the times of our samples.

    The edges differ in shape (MNE's is that of a windowed sinc, ours a half cosine), so 2 % of the size may differ.
    """
    rng = np.random.default_rng(5)
    n = to_sample(LENGTH_S, rate_hz)
    noise = 20 * rng.normal(size=n) + 0.3 * np.cumsum(rng.normal(size=n))
    recording = from_arrays(np.stack([noise, -noise]), rate_hz, ["C3", "C4"])
    shown = inner(prepared(recording, "recorded")[0][0])
    filtered = mne.filter.filter_data(
        noise, rate_hz, 0.7, 28.0, l_trans_bandwidth=0.4, h_trans_bandwidth=4.0, fir_design="firwin", verbose="error"
    )
    expected = inner(scipy.signal.resample(filtered, LENGTH_S * 64))
    assert np.sqrt(np.mean((shown - expected) ** 2)) < 0.02 * np.sqrt(np.mean(expected**2))


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_blocks_join_without_a_seam(rate_hz):
    """A stream of blocks gives what one piece of all gives, to a thousandth; the border is a second like the others.

    At a rate that does not divide, pieces fit to a hundredth of a raw sample: a hundredth at 30 Hz.
    """
    rng = np.random.default_rng(6)
    uv = rng.normal(0, 30, (3, to_sample(LENGTH_S, rate_hz)))
    recording = from_arrays(uv, rate_hz, ["C3", "C4", "O1"], segments=whole(rate_hz))
    stream, _ = prepared(recording)
    at_once = preparer(recording).window(0, LENGTH_S)
    difference = np.abs(stream[:, : at_once.shape[1]] - at_once)[:, AWAY_S * 64 : (LENGTH_S - AWAY_S) * 64]
    assert difference.max() < (0.01 if rate_hz == 173.61 else 0.001) * np.abs(at_once).max()


def test_a_window_is_the_same_however_it_is_asked_for():
    recording = one_wave(sine(5.0), 250.0, whole(250.0), noise_uv=20.0)
    ready = preparer(recording)
    long = ready.window(50, 100)
    for start_s, seconds in ((60, 10), (77, 3), (90, 40)):
        part = ready.window(start_s, seconds)
        assert np.abs(part - long[:, (start_s - 50) * 64 : (start_s - 50 + seconds) * 64]).max() < 0.05


def split(rate_hz, after, gap=((0.0, 60.0), (90.0, 150.0))):
    """Three channels with a gap; `after` makes the samples behind it."""
    segments = spans(*gap)
    rng = np.random.default_rng(7)
    before = rng.normal(0, 30, (3, to_sample(segments[0].duration_s, rate_hz)))
    behind = after(rng, to_sample(segments[1].duration_s, rate_hz))
    return from_arrays(np.concatenate([before, behind], axis=1), rate_hz, ["C3", "C4", "O1"], segments=segments)


def test_nothing_of_what_comes_after_a_gap_is_seen_before_it():
    quiet, _ = prepared(split(200.0, lambda rng, n: rng.normal(0, 30, (3, n))))
    loud, _ = prepared(split(200.0, lambda rng, n: 300 + rng.normal(0, 300, (3, n))))
    np.testing.assert_array_equal(quiet[:, : 60 * 64], loud[:, : 60 * 64])
    assert np.abs(quiet[:, 90 * 64 :] - loud[:, 90 * 64 :]).max() > 100


def test_a_gap_is_silent():
    uv, _ = prepared(split(200.0, lambda rng, n: rng.normal(0, 30, (3, n))))
    assert not uv[:, 60 * 64 : 90 * 64].any()
    assert np.all(uv[:, 58 * 64 : 60 * 64].std(axis=1) > 5)
    assert np.all(uv[:, 90 * 64 : 92 * 64].std(axis=1) > 5)


def bump(at_s):
    """A wave of a tenth of a second, whose top is at this time of the recording."""
    return lambda t: 200 * np.exp(-0.5 * ((t - at_s) / 0.05) ** 2)


def top_s(uv):
    """When is the largest value, between samples (a parabola through three)?"""
    k = int(uv.argmax())
    a, b, c = uv[k - 1 : k + 2].astype(float)
    return (k + 0.5 * (a - c) / (a - 2 * b + c)) / 64


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize("starts_s", [90.0, 90.377, 90.0078, 90.995])
def test_after_a_gap_times_are_true(rate_hz, starts_s):
    stops_s = starts_s + to_sample(60, rate_hz) / rate_hz
    segments = (*whole(rate_hz, 60), Interval(starts_s, stops_s))
    uv, _ = prepared(one_wave(bump(123.4567), rate_hz, segments), "recorded")
    assert top_s(uv[0]) == pytest.approx(123.4567, abs=1 / 64)


@hypothesis_settings(max_examples=25)
@given(st.floats(80, 101), st.floats(10, 30), st.sampled_from(RATES_HZ))
def test_wherever_a_segment_starts_times_are_true(starts_s, behind_s, rate_hz):
    """The noise is 1 uV: at half of that a second of few samples may lie within 2 uV, and be hidden as flat."""
    at_s = starts_s + behind_s
    segments = (*whole(rate_hz, 60), Interval(starts_s, starts_s + to_sample(50, rate_hz) / rate_hz))
    uv, flags = prepared(one_wave(bump(at_s), rate_hz, segments, noise_uv=1.0), "recorded")
    assert top_s(uv[0]) == pytest.approx(at_s, abs=1 / 64)
    assert not flags[0, int(at_s)]


@given(st.integers(1, 40), st.integers(0, 90), st.integers(0, 90))
@hypothesis_settings(max_examples=50)
def test_a_piece_is_continued_about_its_ends(n, before, after):
    raw = np.random.default_rng(n).normal(0, 30, (2, n)).astype(np.float32)
    out = extend(raw, before, after)
    assert out.shape == (2, before + n + after)
    np.testing.assert_array_equal(out[:, before : before + n], raw)
    steps = np.abs(np.diff(out, axis=1)).max(initial=0.0)
    assert steps <= np.abs(np.diff(raw, axis=1)).max(initial=0.0) + 1e-3
    for k in range(1, min(before, n - 1) + 1):
        np.testing.assert_allclose(out[:, before - k], 2 * raw[:, 0] - raw[:, k], atol=1e-3)
    for k in range(1, min(after, n - 1) + 1):
        np.testing.assert_allclose(out[:, before + n - 1 + k], 2 * raw[:, -1] - raw[:, -1 - k], atol=1e-3)


def test_channels_of_unequal_rates_stand_at_one_time():
    """The same wave recorded at three rates: the difference of any two derivations is nothing."""
    rates = (256.0, 100.0, 512.0)
    channels = [(name, sine(6.0)(np.arange(120 * r) / r)) for name, r in zip(("C3", "C4", "O1"), rates, strict=True)]
    flat = [("F3", np.zeros(120 * 256)), ("F4", np.zeros(120 * 200))]
    uv, _ = prepared(from_arrays([*channels, *flat], [*rates, 256.0, 200.0]), "recorded", flat_uv=0.0)
    expected = sine(6.0)(np.arange(120 * 64) / 64)
    for shown in uv[:3]:
        assert np.abs(shown - expected)[AWAY_S * 64 : -AWAY_S * 64].max() < 0.005 * SIZE_UV


def test_the_mean_of_unequal_rates_is_the_mean():
    recording = from_arrays(
        [
            ("C3", sine(4.0)(np.arange(120 * 256) / 256)),
            ("C4", sine(4.0)(np.arange(120 * 200) / 200)),
            ("O1", np.zeros(120 * 128)),
        ],
        [256.0, 200.0, 128.0],
    )
    uv, _ = prepared(recording, flat_uv=0.0)
    expected = sine(4.0)(np.arange(120 * 64) / 64)[AWAY_S * 64 : -AWAY_S * 64] / 3
    shown = uv[:, AWAY_S * 64 : -AWAY_S * 64]
    for label, factor in (("C3-avg", 1), ("C4-avg", 1), ("O1-avg", -2)):
        assert np.abs(shown[row(recording, label)] - factor * expected).max() < 0.01 * SIZE_UV


@given(st.floats(0.01, 100), st.integers(0, 99))
@hypothesis_settings(max_examples=15)
def test_preparing_is_linear(gain, seed):
    """Gain goes through, as long as no second is masked."""
    uv = np.random.default_rng(seed).normal(0, 5, (3, 40 * 128))
    loose = {"flat_uv": 0.0, "movement_uv": 5000.0, "muscle_uv": 200.0}
    one, many = (prepared(from_arrays(uv * g, 128.0, ["C3", "C4", "O1"]), **loose)[0] for g in (1.0, gain))
    np.testing.assert_allclose(many, gain * one, atol=1e-3 * max(gain, 1.0))


@pytest.mark.parametrize("length_s", [0.05, 0.4, 1.0, 3.0, 7.9, 8.0, 16.5, 223.5, 224.0, 224.3])
def test_a_recording_of_any_length_is_prepared_whole(length_s):
    recording = one_wave(sine(5.0), 200.0, whole(200.0, length_s))
    uv, flags = prepared(recording)
    assert flags.shape[1] == np.ceil(round(recording.duration_s, 6))
    assert uv.shape[1] == flags.shape[1] * 64
    assert np.isfinite(uv).all()


def test_a_rate_that_is_too_low_is_one_sentence():
    recording = from_arrays(np.zeros((2, 100)), 20.0, ["C3", "C4"])
    with pytest.raises(RecordingError, match=r"20 Hz\. At least 32 Hz are needed .* [^\n]*\.$"):
        Preparer(recording, build(recording), SignalSettings())
