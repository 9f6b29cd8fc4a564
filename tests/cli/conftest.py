"""A recording of four minutes with a rhythm in it, as a file: enough for commands, not meant to judge a detector."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from ictal.base.electrodes import TEN_TWENTY, angle_between
from ictal.cli import main
from ictal.eeg.recording.memory import from_arrays
from ictal.exchange.edf import write_edf

RATE_HZ = 128.0
OLD = {"T7": "T3", "T8": "T4", "P7": "T5", "P8": "T6"}


def planted(seconds: int = 240, rhythm_uv: float = 150.0) -> np.ndarray:
    """Background of 15 uV with a 5 Hz rhythm around O1 from 100 s to 140 s, `(19, n)`."""
    rng = np.random.default_rng(20)
    n = round(seconds * RATE_HZ)
    spectrum = np.fft.rfft(rng.standard_normal((len(TEN_TWENTY), n)))
    spectrum /= np.maximum(np.fft.rfftfreq(n, 1 / RATE_HZ), 0.5)
    uv = np.fft.irfft(spectrum, n)
    uv *= 15 / uv.std()
    time_s = np.arange(n) / RATE_HZ
    rhythm = rhythm_uv / 2 * np.sin(2 * np.pi * (5.5 - 0.0125 * (time_s - 100)) * time_s)
    rhythm *= (time_s >= 100) & (time_s < 140)
    fall = np.array([np.exp(-((angle_between("O1", e) / 0.6) ** 2)) for e in TEN_TWENTY])
    return uv + fall[:, None] * rhythm


def write(path: Path, uv: np.ndarray) -> Path:
    labels = [f"EEG {OLD.get(e, e)}-Ref" for e in TEN_TWENTY]
    write_edf(from_arrays(uv, RATE_HZ, labels, start=datetime(2024, 3, 1, 22, 15)), path)
    return path


@pytest.fixture(scope="session")
def edf(tmp_path_factory) -> Path:
    return write(tmp_path_factory.mktemp("recording") / "night.edf", planted())


@pytest.fixture(scope="session")
def quiet_edf(tmp_path_factory) -> Path:
    return write(tmp_path_factory.mktemp("quiet") / "quiet.edf", planted(rhythm_uv=0.0))


@pytest.fixture(scope="session")
def analysed(edf, tmp_path_factory) -> Path:
    """The folder that `ictal analyse` wrote for the recording."""
    out = tmp_path_factory.mktemp("analysed") / "out"
    assert main.run(["analyse", str(edf), "--out", str(out), "--quiet"]) == 0
    return out
