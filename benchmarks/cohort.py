"""What does it cost to run many recordings: two workers beside one, an engine's share of a task, and gathering?

    python benchmarks/cohort.py [--recordings 8] [--minutes 60] [--tasks 2000] [--rows 2000]

Simulated recordings, written for the purpose. `docs/cohort.md` has the figures and what follows from them.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
import time
from pathlib import Path

from ictal.cli.main import run as command
from ictal.cohort import store, tables
from ictal.cohort.clusters import Dask
from ictal.cohort.processes import Processes
from ictal.cohort.run import How, read_summary, run
from ictal.cohort.types import Item, Outcome


TURNS = 3
"""One and two workers take turns so often, and the best of each counts: others may use the computer too."""


def nothing(number: int) -> int:
    """A task that costs nothing: what is left is the engine's share."""
    return number


def efficiency(folder: Path, recordings: int, minutes: float) -> dict[str, float]:
    """How much of two workers is work? Time with one, over twice the time with two."""
    edfs = folder / "edfs"
    edfs.mkdir()
    made = folder / "made"
    asked = ["simulate", "eimfs-storm", "--minutes", str(minutes), "--set", "seizures_per_hour=12", "--quiet"]
    if command([*asked, "--out", str(made)]):
        raise SystemExit("the recording could not be made")
    (one,) = made.rglob("*.edf")
    for k in range(recordings):
        shutil.copy(one, edfs / f"r{k:03}.edf")
    how = How(with_report=False)
    run(edfs, folder / "warm", engine=Processes(1), how=how)  # compiled code and the disk's cache
    took = {1: float("inf"), 2: float("inf")}
    for turn in range(TURNS):
        for jobs in took:
            begin = time.perf_counter()
            run(edfs, folder / f"jobs-{jobs}-{turn}", engine=Processes(jobs), how=how)
            took[jobs] = min(took[jobs], time.perf_counter() - begin)
    return {
        "one_worker_s": round(took[1], 2),
        "two_workers_s": round(took[2], 2),
        "efficiency": round(took[1] / (2 * took[2]), 3),
        "per_recording_s": round(took[1] / recordings, 3),
    }


def overhead(tasks: int) -> dict[str, float]:
    """How long does an engine take for a task that costs nothing (ms), once it has started?"""
    from distributed import LocalCluster

    engine = Processes(2)
    list(engine.run(nothing, range(2)))
    begin = time.perf_counter()
    list(engine.run(nothing, range(2)))
    started = time.perf_counter() - begin
    begin = time.perf_counter()
    list(engine.run(nothing, range(tasks)))
    found = {"processes_ms": (time.perf_counter() - begin - started) / tasks * 1e3}
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0", host="127.0.0.1") as cluster:
        dask = Dask(cluster.scheduler_address)
        list(dask.run(nothing, range(100)))
        begin = time.perf_counter()
        list(dask.run(nothing, range(tasks)))
        found["dask_ms"] = (time.perf_counter() - begin) / tasks * 1e3
    return {name: round(value, 3) for name, value in found.items()}


def gathering(folder: Path, rows: int) -> dict[str, float]:
    """How long does the run itself take for a recording that is done: looking it up, and gathering it (ms)?"""
    done = next((folder / "jobs-1-0").glob("r*/findings.json")).parent
    out = folder / "gathered"
    pairs = []
    for k in range(rows):
        shutil.copytree(done, out / f"x{k:05}")
        pairs.append((Item(f"x{k:05}", folder / "edfs" / "r000.edf"), Outcome(name=f"x{k:05}", key="k", status="done")))
    begin = time.perf_counter()
    for _, outcome in pairs:
        store.keep(out, outcome)
    kept = time.perf_counter()
    tables.write_tables(out, pairs)
    written = time.perf_counter()
    read_summary(out)
    summed = time.perf_counter()
    return {
        "keep_ms": round((kept - begin) / rows * 1e3, 3),
        "gather_ms": round((written - kept) / rows * 1e3, 3),
        "summary_ms": round((summed - written) / rows * 1e3, 3),
    }


def main() -> None:
    """Measure, and print one JSON object."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--recordings", type=int, default=8)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--tasks", type=int, default=2000)
    parser.add_argument("--rows", type=int, default=2000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        found = {
            **efficiency(folder, asked.recordings, asked.minutes),
            **overhead(asked.tasks),
            **gathering(folder, asked.rows),
        }
    print(json.dumps({**vars(asked), **found}, indent=2))


if __name__ == "__main__":
    main()
