"""Ctrl-C in any stage of a real analysis: it ends within two seconds, with a sentence, and nothing is left behind.

That is with compiled code on the disk, as after the first use. In the very first run of all a loop that is just being
compiled is waited for: 2.3-2.5 s were measured (docs/speed.md).
"""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from ictal.cli.main import INTERRUPTED

INTERRUPTING = """
import importlib, os, signal, sys, time
from ictal.cli.main import run

signal.signal(signal.SIGINT, signal.default_int_handler)  # what runs in the background inherits that it is ignored
module, owner, name, at, recording, out = sys.argv[1:]
place = importlib.import_module(module)
if owner:
    place = getattr(place, owner)
whole, calls = getattr(place, name), []

def stopped(*given, **named):
    calls.append(1)
    if len(calls) == int(at):
        print(time.monotonic(), flush=True)
        os.kill(os.getpid(), signal.SIGINT)
    return whole(*given, **named)

setattr(place, name, stopped)
sys.exit(run(["analyse", recording, "--out", out, "--quiet"]))
"""

STAGES = {
    "the first samples are read": ("ictal.eeg.recording.edf", "EdfSamples", "read_uv", 1),
    "later samples are read": ("ictal.eeg.recording.edf", "EdfSamples", "read_uv", 2),
    "a thread prepares a block": ("ictal.eeg.signal.stream", "Preparer", "_block", 2),
    "seizures are followed": ("ictal.eeg.signal.stream", "Preparer", "windows", 1),
    "results are written": ("ictal.results", "", "write_results", 1),
}


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.usefixtures("analysed")  # so that compiled code is on the disk
@pytest.mark.parametrize("stage", STAGES)
def test_ctrl_c_ends_an_analysis_within_two_seconds_with_a_sentence_and_no_folder(edf, tmp_path, stage):
    where = [str(part) for part in STAGES[stage]]
    ended = subprocess.run(
        [sys.executable, "-c", INTERRUPTING, *where, str(edf), str(tmp_path / "out")],
        capture_output=True,
        text=True,
        check=False,
    )
    now_s = time.monotonic()
    assert ended.returncode == INTERRUPTED, ended.stderr
    assert now_s - float(ended.stdout) < 2.0
    assert ended.stderr.splitlines()[-1].startswith("ictal: interrupted")
    assert "Traceback" not in ended.stderr
    assert list(tmp_path.iterdir()) == []
