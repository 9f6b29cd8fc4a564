"""A BIDS dataset of four simulated infants, four minutes each, and the same recording many times for long runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ictal.cli import main

INFANTS = {"0003": ("40", "KCNT1"), "0004": ("200", "SCN2A"), "0005": ("220", "n/a"), "0006": ("45", "KCNT1")}
DENSE = ("--set", "seizures_per_hour=40", "--set", "clustered=0", "--rate-hz", "128", "--minutes", "4", "--quiet")


@pytest.fixture(scope="session")
def simulated(tmp_path_factory) -> Path:
    """The dataset. Tests only read it; its truth is kept where a simulation puts it."""
    folder = tmp_path_factory.mktemp("cohort")
    dataset = folder / "bids"
    for subject in INFANTS:
        made = folder / subject
        assert main.run(["simulate", "eimfs-storm", *DENSE, "--seed", str(int(subject)), "--out", str(made)]) == 0
        shutil.copytree(made, dataset, dirs_exist_ok=True)
    rows = "".join(f"sub-{subject}\t{age}\t{gene}\n" for subject, (age, gene) in INFANTS.items())
    (dataset / "participants.tsv").write_text("participant_id\tage_days\tgene\n" + rows)
    return dataset


@pytest.fixture
def dataset(simulated, tmp_path) -> Path:
    """A copy that a test may spoil."""
    return Path(shutil.copytree(simulated, tmp_path / "bids"))


@pytest.fixture(scope="session")
def analysed(simulated, tmp_path_factory) -> Path:
    """What `ictal cohort` wrote for the dataset."""
    out = tmp_path_factory.mktemp("analysed") / "out"
    assert main.run(["cohort", str(simulated), "--out", str(out), "--jobs", "2", "--quiet"]) == 0
    return out


@pytest.fixture(scope="session")
def many(simulated, tmp_path_factory) -> Path:
    """A plain folder of eight recordings: long enough to be interrupted."""
    folder = tmp_path_factory.mktemp("many") / "edfs"
    folder.mkdir()
    (one,) = simulated.glob("sub-0003/eeg/*.edf")
    for k in range(8):
        shutil.copy(one, folder / f"night-{k:02}.edf")
    return folder


@pytest.fixture
def start(tmp_path):
    """Start a command line as a process in a group of its own; it is ended with the test."""
    started: list[subprocess.Popen[str]] = []

    def begin(*arguments: object, **options: object) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "ictal", *map(str, arguments)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True, cwd=tmp_path, **options,
        )  # fmt: skip
        started.append(process)
        return process

    yield begin
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, 9)
        process.communicate()


def stored(out: Path) -> dict[str, int]:
    """Which recordings are kept, and when was each outcome written (ns)?"""
    places = (out / "outcomes").rglob("[!.]*.json")
    return {p.relative_to(out / "outcomes").as_posix(): p.stat().st_mtime_ns for p in places}


def wait_for(true: Callable[[], bool], longest_s: float = 60.0) -> None:
    """Wait until something is so."""
    until = time.monotonic() + longest_s
    while not true():
        assert time.monotonic() < until, "it did not come"
        time.sleep(0.02)
