"""The line says what it said before its loops were compiled.

`line-before.json` was written by commit 6cdc3ac (`python -m tests.golden.test_line_before FILE`): discharges, stays and
the measures of each stay, of recordings that this file makes from numbers alone. The judge takes no part, so it may be
grown again.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from ictal.analysis import Settings
from ictal.eeg.detection import runs, score
from ictal.eeg.recording.memory import from_arrays
from ictal.eeg.signal.montage import build
from ictal.eeg.signal.stream import Preparer
from ictal.eeg.tracking import measures
from ictal.eeg.tracking.follow import observe

BEFORE = Path(__file__).parent / "line-before.json"
NAMES = ("Fp1", "F7", "T7", "C3", "P3", "O1", "Cz", "Fp2", "F8", "T8", "C4", "P4", "O2")
RATES_HZ = (200.0, 256.0, 500.0)
LENGTH_S = 480
TOLERANCE = 1e-4
"""Of a measure, against one more than its size: logarithms, shares, and frequencies in hertz."""


def made(rate_hz):
    """Brown noise in which a rhythm goes from the left temple to the back of the right side, and another comes."""
    rng = np.random.default_rng(20)
    n = round(LENGTH_S * rate_hz)
    spectrum = np.fft.rfft(rng.normal(size=(len(NAMES), n)))
    uv = np.fft.irfft(spectrum / np.maximum(np.fft.rfftfreq(n, 1 / rate_hz), 0.5), n)
    uv *= 15 / uv.std(axis=1, keepdims=True)
    t = np.arange(n) / rate_hz
    for name, start, stop, hz, size_uv in (
        ("T7", 60, 95, 2.6, 70), ("F7", 62, 95, 2.6, 40), ("C3", 64, 94, 2.6, 45), ("P4", 91, 125, 2.4, 60),
        ("O2", 93, 124, 2.4, 50), ("C4", 240, 280, 5.2, 45), ("T8", 244, 280, 5.2, 30), ("O1", 262, 300, 1.2, 90),
        ("P3", 264, 299, 1.2, 60), ("Fp1", 350, 352, 3.0, 1500), ("Cz", 400, 430, 7.0, 25),
    ):  # fmt: skip
        phase = 2 * np.pi * hz * t
        wave = np.sin(phase) + 0.4 * np.sin(2 * phase + 0.7)
        uv[NAMES.index(name)] += size_uv * wave * np.clip((t - start) / 3, 0, 1) * np.clip((stop - t) / 3, 0, 1)
    return from_arrays(uv.astype(np.float32), rate_hz, list(NAMES))


def told(rate_hz):
    """Discharges, stays and measures, in plain numbers."""
    recording, settings = made(rate_hz), Settings()
    montage = build(recording)
    signal = Preparer(recording, montage, settings.signal)
    scores = score.annotate(signal.blocks(), montage.labels, settings.detection)
    found = runs.discharges(scores, montage, settings.detection)
    seen = list(observe(found, scores, montage, signal, settings.tracking))
    rows = [measures.values(m) for o in seen for m in o.measures]
    return {
        "discharges": [[d.start_s, d.stop_s, d.electrode, d.frequency_hz, d.amplitude_uv, d.score] for d in found],
        "stays": [[o.episode.start_s + s.start, s.stop - s.start, s.electrode, s.track] for o in seen for s in o.stays],
        "beside": [[-1 if k is None else k, round(share, 7)] for o in seen for k, share in o.beside],
        "measures": {n: [float(f"{row[k]:.8g}") for row in rows] for k, n in enumerate(measures.NAMES)},
    }


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_discharges_stays_and_measures_are_those_of_before(rate_hz):
    before, now = json.loads(BEFORE.read_text())[f"{rate_hz:g}"], told(rate_hz)
    assert len(before["stays"]) >= 4
    assert now["stays"] == before["stays"]
    assert [d[:4] for d in now["discharges"]] == [d[:4] for d in before["discharges"]]
    for column, within in ((4, 0.02), (5, 2e-4)):
        assert [d[column] for d in now["discharges"]] == pytest.approx(
            [d[column] for d in before["discharges"]], abs=within
        )
    assert [b[0] for b in now["beside"]] == [b[0] for b in before["beside"]]
    assert [b[1] for b in now["beside"]] == pytest.approx([b[1] for b in before["beside"]], abs=TOLERANCE)
    # A measure that was added since is no matter; one that is gone, or says something else, is.
    for name, was in before["measures"].items():
        apart = np.abs(np.array(now["measures"][name]) - was) / (1 + np.abs(was))
        assert apart.max() <= TOLERANCE, name


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps({f"{r:g}": told(r) for r in RATES_HZ}) + "\n")
