"""What does it cost to run many recordings: two workers beside one, an engine's share of a task, and gathering?

    python benchmarks/cohort.py [--recordings 8] [--minutes 60] [--tasks 2000] [--rows 2000]

Simulated recordings, written for the purpose. `docs/cohort.md` has the figures and what follows from them.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

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
    """How much of two workers is work? Time with one on one core, over twice the time with two on two cores.

    On a computer that others use that says little; then `two_busy_share` (the time that two workers had a file in hand)
    and the processor time of one beside that of two say what the engine itself costs.
    """
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
    best: dict[int, Turn] = {}
    for turn in range(TURNS):
        for jobs in (1, 2):
            one = _turn(edfs, folder / f"jobs-{jobs}-{turn}", jobs, how)
            best[jobs] = min(best.get(jobs, one), one)
    alone, two = best[1], best[2]
    return {
        "one_worker_s": round(alone.wall_s, 2),
        "two_workers_s": round(two.wall_s, 2),
        "efficiency": round(alone.wall_s / (2 * two.wall_s), 3),
        "cpu_one_s": round(alone.cpu_s, 2),
        "cpu_two_s": round(two.cpu_s, 2),
        "two_busy_share": round(two.busy_s / (2 * two.wall_s), 3),
        "per_recording_s": round(alone.busy_s / recordings, 3),
    }


class Turn(NamedTuple):
    """One run: how long it took, how long its workers had a file in hand, and their processor time."""

    wall_s: float
    busy_s: float
    cpu_s: float


def _turn(edfs: Path, out: Path, jobs: int, how: How) -> Turn:
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(cores)[:jobs])  # a worker alone shall not use the core of the second
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = run(edfs, out, engine=Processes(jobs), how=how)
    wall_s, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    os.sched_setaffinity(0, cores)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Turn(wall_s, sum(outcome.took_s for _, outcome in done.outcomes), cpu_s)


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
    os.environ["OMP_NUM_THREADS"] = "1"
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
