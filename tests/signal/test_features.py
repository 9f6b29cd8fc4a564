"""Spectra are power densities: their sum is the variance, a line has the power of its sine, gain goes by its square."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.signal
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ictal.eeg.signal.features import FAST, spectra

WINDOW_S, BINS, BIN_HZ = FAST.window_s, FAST.bins, FAST.bin_hz
TOP_HZ = (BINS - 1) * BIN_HZ
HZ = np.arange(BINS) * BIN_HZ


def band_limited(seed, seconds, top_hz=14.0):
    n = seconds * 64
    hz = np.fft.rfftfreq(n, 1 / 64)
    spectrum = np.random.default_rng(seed).normal(size=(2, len(hz))) * ((hz > 1) & (hz < top_hz))
    return (30 * np.fft.irfft(spectrum[0] + 1j * spectrum[1], n))[None].astype(np.float32)


def test_bins_go_in_quarters_of_a_hertz_to_sixteen():
    assert (BIN_HZ, TOP_HZ, BINS, HZ[-1]) == (0.25, 16.0, 65, 16.0)
    assert spectra(np.zeros((3, 64 * 20), dtype=np.float32), 4, 10).shape == (3, 10, BINS)


def test_the_power_of_a_noise_sums_to_its_variance():
    uv = band_limited(1, 1000)
    power = spectra(uv, 4, 990)[0].mean(axis=0)
    assert power.sum() * BIN_HZ == pytest.approx(uv.var(), rel=0.02)


def test_each_window_has_the_power_of_its_own_samples():
    """Parseval, window by window: the sum over all bins is the mean square under the window."""
    uv = band_limited(2, 60)
    window = np.hanning(WINDOW_S * 64 + 1)[:-1]
    power = spectra(uv, 10, 5)[0].sum(axis=1) * BIN_HZ
    for k, shown in enumerate(power):
        start = round((10 + k + 0.5 - WINDOW_S / 2) * 64)
        piece = uv[0, start : start + WINDOW_S * 64]
        assert shown == pytest.approx(np.sum((piece * window) ** 2) / np.sum(window**2), rel=0.01)


@pytest.mark.parametrize("hz", [1.0, 2.5, 4.0, 7.75, 12.0, 4.1, 9.37])
@pytest.mark.parametrize("size_uv", [1.0, 40.0])
def test_a_sine_has_half_its_squared_size(hz, size_uv):
    uv = (size_uv * np.sin(2 * np.pi * hz * np.arange(64 * 30) / 64 + 0.4))[None].astype(np.float32)
    power = spectra(uv, 5, 20)[0]
    near = np.abs(HZ - hz) <= 1.0
    assert power[:, near].sum(axis=1) * BIN_HZ == pytest.approx(size_uv**2 / 2, rel=0.01)
    assert np.all(np.abs(HZ[power.argmax(axis=1)] - hz) <= BIN_HZ / 2 + 1e-9)


@given(st.floats(0.01, 50.0), st.integers(0, 99))
@hypothesis_settings(max_examples=30)
def test_gain_goes_by_its_square(gain, seed):
    uv = band_limited(seed, 20)
    np.testing.assert_allclose(
        spectra((gain * uv).astype(np.float32), 4, 8), gain**2 * spectra(uv, 4, 8), rtol=1e-3, atol=1e-4 * gain**2
    )


def test_scipy_says_the_same():
    uv = band_limited(3, 40)
    hz, _, expected = scipy.signal.spectrogram(
        uv[0], 64, scipy.signal.get_window("hann", 256), nperseg=256, noverlap=192, detrend=False, scaling="density"
    )
    shown = spectra(uv, 2, 36)[0]
    start = 32  # the window of second 2 begins at 0.5 s
    _, _, expected = scipy.signal.spectrogram(
        uv[0, start:],
        64,
        scipy.signal.get_window("hann", 256),
        nperseg=256,
        noverlap=192,
        detrend=False,
        scaling="density",
    )
    np.testing.assert_allclose(hz[:BINS], HZ)
    np.testing.assert_allclose(shown, expected.T[:36, :BINS], rtol=1e-3, atol=1e-3)


def test_a_burst_is_in_the_second_in_which_it_is():
    uv = np.zeros((1, 64 * 40), dtype=np.float32)
    uv[0, 20 * 64 : 21 * 64] = 50 * np.sin(2 * np.pi * 6 * np.arange(64) / 64)
    total = spectra(uv, 4, 32)[0].sum(axis=1)
    assert 4 + int(total.argmax()) == 20
    assert not np.any(np.delete(total, range(20 - 4 - 2, 20 - 4 + 3)))
