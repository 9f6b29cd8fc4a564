"""The digest of a file is worked out beside other work, is that of the file, and notices a file that changes."""

from __future__ import annotations

import hashlib
import os
import pickle
import subprocess
import sys
import time

import numpy as np
import pytest

from ictal.analysis import analyse
from ictal.base.errors import RecordingError
from ictal.eeg.recording import read
from ictal.eeg.recording.door import Digest
from ictal.eeg.recording.memory import from_arrays
from ictal.exchange.edf import write_edf


@pytest.fixture
def edf(tmp_path):
    uv = np.random.default_rng(4).normal(0, 20, (4, 256 * 900)).astype(np.float32)
    path = tmp_path / "a.edf"
    write_edf(from_arrays(uv, 256.0, ["C3", "C4", "O1", "O2"]), path)
    return path


def test_it_is_that_of_the_file_and_travels(edf):
    source = read(edf).source
    said = hashlib.sha256(edf.read_bytes()).hexdigest()
    assert source.sha256 == said
    assert pickle.loads(pickle.dumps(source)).sha256 == said


def test_a_file_that_went_is_one_sentence(tmp_path):
    with pytest.raises(RecordingError, match=r"'gone.edf' could no longer be read"):
        Digest(tmp_path / "gone.edf")()


def test_a_file_that_shrinks_is_one_sentence_in_the_analysis(edf):
    recording = read(edf)
    os.truncate(edf, edf.stat().st_size // 2)
    with pytest.raises(RecordingError, match=r"'a.edf' changed while it was being read"):
        analyse(recording)


@pytest.mark.skipif(os.name == "nt", reason="a file that is open cannot be cut there")
def test_a_file_that_shrinks_in_mid_run_ends_the_command_with_one_sentence_and_no_folder(edf, tmp_path):
    shrinking = f"""
import os, sys
from ictal.eeg.recording.edf import EdfSamples
whole, reads = EdfSamples.read_uv, []
def read_uv(self, *given):
    reads.append(1)
    if len(reads) == 3:
        os.truncate({str(edf)!r}, 100000)
    return whole(self, *given)
EdfSamples.read_uv = read_uv
from ictal.cli.main import run
sys.exit(run(["analyse", {str(edf)!r}, "--out", {str(tmp_path / "out")!r}, "--quiet"]))
"""
    begin = time.monotonic()
    ended = subprocess.run([sys.executable, "-c", shrinking], capture_output=True, text=True, check=False)
    assert time.monotonic() - begin < 60
    assert ended.returncode == 3
    assert ended.stderr.startswith("ictal: 'a.edf' ")
    assert ended.stderr.count("\n") == 1
    assert [p.name for p in tmp_path.iterdir()] == ["a.edf"]
