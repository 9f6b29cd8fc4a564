"""A page shows the seconds that were asked for, with gaps left empty."""

from __future__ import annotations

import numpy as np
import pytest

from ictal.base.electrodes import TEN_TWENTY
from ictal.base.time import Interval
from ictal.eeg.recording.memory import from_arrays
from ictal.eeg.signal.pages import Pages
from ictal.eeg.signal.settings import SignalSettings
from ictal.eeg.signal.types import INTERNAL_RATE_HZ

RATE_HZ = 200.0


def wave(time_s):
    """3 Hz on F3 alone: what the derivations of F3 show, and no other does."""
    return 40 * np.sin(2 * np.pi * 3 * time_s)


@pytest.fixture(scope="module")
def pages():
    time_s = np.concatenate([np.arange(0, 60, 1 / RATE_HZ), np.arange(90, 150, 1 / RATE_HZ)])
    uv = np.random.default_rng(3).normal(0, 0.5, (len(TEN_TWENTY), time_s.size))
    uv[TEN_TWENTY.index("F3")] += wave(time_s)
    gap = (Interval(0, 60), Interval(90, 150))
    return Pages(from_arrays(uv, RATE_HZ, [f"EEG {e}-Ref" for e in TEN_TWENTY], segments=gap), SignalSettings())


@pytest.mark.parametrize(("start_s", "stop_s"), [(20, 30), (20.3, 30.7), (0, 5), (100.51, 101.2), (141, 150)])
def test_the_samples_are_those_of_the_time_that_was_asked_for(pages, start_s, stop_s):
    labels, uv, rate_hz = pages.page(start_s, stop_s)
    assert uv.shape == (len(labels), round(round((stop_s - start_s) * rate_hz, 6)))
    assert rate_hz == INTERNAL_RATE_HZ
    shown = uv[labels.index("F3-C3")]
    expected = wave(start_s + np.arange(shown.size) / rate_hz)
    middle = slice(shown.size // 4, -shown.size // 4)
    assert np.abs(shown - expected)[middle].max() < 5


def test_other_derivations_do_not_show_it(pages):
    labels, uv, _ = pages.page(20, 30)
    assert np.abs(uv[labels.index("F4-C4")]).max() < 8


def test_a_gap_is_empty_and_nothing_else_is(pages):
    _, uv, rate_hz = pages.page(55.5, 95.5)
    time_s = 55.5 + np.arange(uv.shape[1]) / rate_hz
    assert np.array_equal(np.isnan(uv).all(axis=0), (time_s >= 60) & (time_s < 90))
    assert np.array_equal(np.isnan(uv).any(axis=0), np.isnan(uv).all(axis=0))
