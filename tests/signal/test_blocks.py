"""A recording is prepared the same in blocks of ten seconds, of any other length, and all at once."""

from __future__ import annotations

import numpy as np
import pytest

from ictal.eeg.signal.montage import build
from ictal.eeg.signal.settings import SignalSettings
from ictal.eeg.signal.stream import MARGIN_S, Preparer
from ictal.simulator import simulate
from tests.simulator.dense import dense

LENGTH_S = 450
TOLERANCE_UV = 0.25
"""At the border of two blocks: what is left of the 0.5 Hz edge after eight seconds."""
USUAL_UV = 0.05
"""What 99 % of the samples stay below."""


@pytest.fixture(scope="module", params=[256.0, 200.0])
def prepared(request):
    made = simulate(dense("eimfs-storm", 18.0), duration_s=LENGTH_S, seed=3, rate_hz=request.param)
    signal = Preparer(made.recording, build(made.recording), SignalSettings())
    return signal, signal.block(0, LENGTH_S)


@pytest.mark.parametrize("seconds", [10, 37, 224])
def test_blocks_of_any_length_hold_the_same_signal(prepared, seconds):
    signal, whole = prepared
    apart = []
    for start_s in range(0, LENGTH_S, seconds):
        block = signal.block(start_s, min(seconds, LENGTH_S - start_s))
        first = (MARGIN_S + start_s) * 64
        inner = block.uv[:, MARGIN_S * 64 : (MARGIN_S + block.seconds) * 64]
        apart.append(np.abs(inner - whole.uv[:, first : first + inner.shape[1]]))
        np.testing.assert_array_equal(block.flags, whole.flags[:, start_s : start_s + block.seconds])
    difference = np.concatenate(apart, axis=1)
    assert difference.max() < TOLERANCE_UV
    assert np.quantile(difference, 0.99) < USUAL_UV
