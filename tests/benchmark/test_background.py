"""A seizure's size against its background is what was planted, whatever the gain; a seizure is no background."""

from __future__ import annotations

import numpy as np
import pytest

from ictal.base.electrodes import TEN_TWENTY
from ictal.benchmark.background import against, background_uv
from ictal.eeg.recording.memory import from_arrays
from tests.benchmark.made import marked

RATE_HZ = 128
SECONDS = 400


def recorded(gain: float, rhythm_uv: float):
    """Noise of 10 uV RMS (1-25 Hz), with a 5 Hz rhythm on O1 from 100 to 300 s: half of the recording."""
    rng = np.random.default_rng(5)
    n = SECONDS * RATE_HZ
    spectrum = np.fft.rfft(rng.standard_normal((len(TEN_TWENTY), n)))
    hz = np.fft.rfftfreq(n, 1 / RATE_HZ)
    spectrum[:, (hz < 1) | (hz > 25)] = 0
    uv = np.fft.irfft(spectrum, n)
    uv *= 10 / uv.std(axis=1, keepdims=True)
    t = np.arange(n) / RATE_HZ
    uv[TEN_TWENTY.index("O1")] += rhythm_uv / 2 * np.sin(2 * np.pi * 5 * t) * ((t >= 100) & (t < 300))
    return from_arrays(gain * uv, RATE_HZ, TEN_TWENTY)


@pytest.mark.parametrize("gain", [0.5, 1.0, 2.0])
def test_a_sine_as_strong_as_the_background_gives_one(gain: float) -> None:
    event = marked(100, 300, "O1", amplitude_uv=28.0 * gain)
    (told,) = against([event], background_uv(recorded(gain, 28.0), [event]))
    assert told.over_background == pytest.approx(1.0, rel=0.1)


def test_the_seizure_itself_is_left_out_of_its_background() -> None:
    event = marked(100, 300, "O1", amplitude_uv=280.0)
    quiet = background_uv(recorded(1.0, 0.0), [event])["O1"]
    assert background_uv(recorded(1.0, 280.0), [event])["O1"] == pytest.approx(quiet, rel=0.05)


def test_what_is_not_known_stays_unknown() -> None:
    events = (marked(1, 2), marked(1, 2, "O1"), marked(1, 2, "Oz", amplitude_uv=30.0))
    assert [e.over_background for e in against(events, {"O1": 10.0})] == [None, None, None]
