"""The stream tells the same whatever the length of its blocks: from ten seconds to the whole recording at once."""

from __future__ import annotations

import numpy as np
import pytest

from ictal.eeg.recording.memory import from_arrays
from ictal.eeg.signal import stream
from ictal.eeg.signal.montage import build
from ictal.eeg.signal.settings import SignalSettings
from ictal.simulator import SCENARIOS, simulate

LENGTH_S = 600
TOLERANCE_UV = 0.2
"""The step of a usual amplifier. Filters run over a piece with its margins; what the low cut remembers from beyond them
was measured to change a sample by at most 0.13 uV here, beside movements of a millivolt."""


def streamed(monkeypatch, recording, block_s):
    monkeypatch.setattr(stream, "BLOCK_S", block_s)
    parts = list(stream.Preparer(recording, build(recording), SignalSettings()).blocks())
    inner = slice(stream.MARGIN_S * 64, -stream.MARGIN_S * 64)
    uv = np.concatenate([part.uv[:, inner] for part in parts], axis=1)
    return uv, np.concatenate([part.flags for part in parts], axis=1)


@pytest.fixture(scope="module")
def recording():
    made = simulate(SCENARIOS["artefacts"], duration_s=LENGTH_S, seed=11, rate_hz=200.0)
    electrodes = [c.electrode for c in made.recording.channels]
    uv = made.recording.samples.read_uv(range(len(electrodes)), 0, 0, LENGTH_S * 200)
    return from_arrays(uv, 200.0, electrodes)


@pytest.mark.parametrize("block_s", [10, 37, 60, 224])
def test_blocks_of_any_length_give_the_same_signal_and_masks(monkeypatch, recording, block_s):
    uv, flags = streamed(monkeypatch, recording, block_s)
    whole_uv, whole_flags = streamed(monkeypatch, recording, LENGTH_S)
    assert uv.shape == whole_uv.shape
    assert np.abs(uv - whole_uv).max() < TOLERANCE_UV
    assert (flags == whole_flags).all()
