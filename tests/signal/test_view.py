"""What a reader pages through: tiles join, filters pass what they say, gaps stay gaps, the pyramid holds every peak."""

from __future__ import annotations

import numpy as np
import pytest

from ictal.base.errors import UsageError
from ictal.base.time import Interval
from ictal.eeg.recording.memory import from_arrays
from ictal.eeg.signal.overview import BIN_S, FEWER, overview
from ictal.eeg.signal.settings import SignalSettings
from ictal.eeg.signal.view import NOT_RECORDED, STEP_UV, Band, View

LABELS = [
    "Fp1",
    "F3",
    "C3",
    "P3",
    "O1",
    "F7",
    "T7",
    "P7",
    "Fz",
    "Cz",
    "Pz",
    "Fp2",
    "F4",
    "C4",
    "P4",
    "O2",
    "F8",
    "T8",
    "P8",
]


def noise(seconds: int, rate_hz: float, seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    n = round(seconds * rate_hz)
    spectrum = np.fft.rfft(rng.standard_normal((len(LABELS), n)))
    spectrum /= np.maximum(np.fft.rfftfreq(n, 1 / rate_hz), 0.5)
    uv = np.fft.irfft(spectrum, n)
    return uv * 30 / uv.std()


def sine(frequency_hz: float, seconds: int, rate_hz: float, amplitude_uv: float = 100.0) -> np.ndarray:
    """A sine on F3, its opposite on F4, nothing elsewhere: the average stays zero."""
    wave = amplitude_uv * np.sin(2 * np.pi * frequency_hz * np.arange(round(seconds * rate_hz)) / rate_hz)
    uv = np.zeros((len(LABELS), len(wave)))
    uv[LABELS.index("F3")], uv[LABELS.index("F4")] = wave, -wave
    return uv


def row(view: View, montage: str, label: str) -> int:
    return next(m for m in view.montages if m.name == montage).labels.index(label)


@pytest.mark.parametrize("rate_hz", [100.0, 199.8, 200.0, 256.0, 500.0])
def test_tiles_join_without_a_seam(rate_hz):
    view, band = View(from_arrays(noise(120, rate_hz), rate_hz, LABELS)), Band()
    whole = view.tile("longitudinal", 40.0, 20.0, band).astype(float)
    parts = np.hstack([view.tile("longitudinal", at, 10.0, band) for at in (40.0, 50.0)]).astype(float)
    assert whole.shape == parts.shape
    assert np.abs(whole - parts).max() * STEP_UV < 1.0
    assert whole.std() * STEP_UV > 5


@pytest.mark.parametrize(
    ("frequency_hz", "band", "low", "high"),
    [
        (6.0, Band(), 99, 101),
        (6.0, Band(5.0, 15.0, 0.0), 60, 101),
        (40.0, Band(0.5, 30.0, 0.0), 0, 1),
        (40.0, Band(0.5, 70.0, 0.0), 98, 101),
        (50.0, Band(0.5, 70.0, 50.0), 0, 2),
        (50.0, Band(0.5, 70.0, 60.0), 98, 101),
        (0.25, Band(1.0, 30.0, 0.0), 0, 2),
        (0.25, Band(0.1, 30.0, 0.0), 97, 103),
    ],
)
def test_filters_pass_and_stop_what_they_say(frequency_hz, band, low, high):
    view = View(from_arrays(sine(frequency_hz, 120, 256.0), 256.0, LABELS))
    shown = view.tile("average", 50.0, 20.0, band)[row(view, "average", "F3-avg")] * STEP_UV
    assert low <= np.abs(shown).max() <= high


@pytest.mark.parametrize("rate_hz", [128.0, 199.8, 256.0, 512.0])
def test_times_stay_true(rate_hz):
    """A sine is shown where it is: its phase on the grid of the page is that of the recording's time."""
    view, band = View(from_arrays(sine(5.0, 120, rate_hz), rate_hz, LABELS)), Band()
    for start_s in (30.0, 33.3, 47.77):
        shown = view.tile("average", start_s, 10.0, band)[row(view, "average", "F3-avg")] * STEP_UV
        time_s = start_s + np.arange(len(shown)) / view.rate_hz(band)
        assert np.abs(shown - 100 * np.sin(2 * np.pi * 5.0 * time_s)).max() < 2.5


def test_a_gap_is_no_line_and_does_not_ring_into_what_stands_beside_it():
    data = [noise(30, 128.0, 1), noise(30, 128.0, 2)]
    spans = (Interval(0.0, 30.0), Interval(45.0, 75.0))
    recording = from_arrays(np.hstack(data), 128.0, LABELS, segments=spans)
    shown = View(recording).tile("average", 25.0, 30.0, Band())
    missing = (shown == NOT_RECORDED).all(axis=0)
    assert missing[5 * 128 : 20 * 128].all()
    assert not missing[: 5 * 128].any()
    assert not missing[20 * 128 :].any()
    alone = View(from_arrays(data[0], 128.0, LABELS)).tile("average", 25.0, 5.0, Band())
    np.testing.assert_allclose(shown[:, : 5 * 128], alone, atol=2)


def test_before_and_after_the_recording_there_is_nothing():
    view = View(from_arrays(noise(20, 128.0), 128.0, LABELS))
    assert (view.tile("average", -10.0, 5.0, Band()) == NOT_RECORDED).all()
    assert (view.tile("average", 20.0, 10.0, Band()) == NOT_RECORDED).all()


@pytest.mark.parametrize("band", [(0.7, 30.0, 0.0), (0.5, 31.0, 0.0), (0.5, 30.0, 16.7), (float("nan"), 30.0, 0.0)])
def test_a_filter_that_is_not_offered_is_refused(band):
    with pytest.raises(UsageError, match="Allowed"):
        Band(*band)


def test_the_pyramid_holds_every_peak_and_no_more():
    recording = from_arrays(noise(130, 128.0), 128.0, LABELS)
    made = overview(recording, SignalSettings())
    finest = made.levels[0]
    assert finest.shape == (len(made.montage.derivations), round(130 / BIN_S), 2)
    assert (finest[..., 0] <= finest[..., 1]).all()
    for finer, coarser in zip(made.levels, made.levels[1:], strict=False):
        for k in range(coarser.shape[1]):
            part = finer[:, k * FEWER : (k + 1) * FEWER]
            assert (coarser[:, k, 0] == part[..., 0].min(axis=1)).all()
            assert (coarser[:, k, 1] == part[..., 1].max(axis=1)).all()


def test_trends_see_the_side_the_rhythm_and_the_gap():
    rate_hz, uv = 128.0, noise(120, 128.0)
    time_s = np.arange(uv.shape[1]) / rate_hz
    for place in ("F4", "P4", "T8"):  # six of the eight derivations of the right side
        uv[LABELS.index(place)] += 150 * np.sin(2 * np.pi * 6.0 * time_s) * (time_s >= 60)
    spans = (Interval(0.0, 60.0), Interval(80.0, 140.0))
    made = overview(from_arrays(uv, rate_hz, LABELS, segments=spans), SignalSettings()).trends
    assert made.column_s == 1.0
    before, after = slice(10, 50), slice(90, 130)
    assert np.nanmean(made.asymmetry[after]) > 0.5 > np.nanmean(np.abs(made.asymmetry[before]))
    right = made.power[1]
    assert np.argmax(right[4:, after].mean(axis=1)) + 4 in (11, 12)  # 6 Hz in steps of half a hertz
    assert np.isnan(made.amplitude_uv[:, :, 62:78]).all()
    assert np.nanmean(made.amplitude_uv[1, 1, after]) > 2 * np.nanmean(made.amplitude_uv[1, 1, before])
