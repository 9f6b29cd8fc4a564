"""Do memory and open files stay flat through long work: 72 hours in one file, 500 files in one cohort, a day of use?

    python benchmarks/soak.py                          all; the 72 h file needs 3 GB of disk
    python benchmarks/soak.py --only server --hours-of-use 6

`long` analyses 6 h and 72 h and compares the peaks; `cohort` analyses 500 simulated recordings of a minute on two
processes; `server` does in a row what a clinic of this size does in 24 hours (per hour: 2 sign-ins, 20 pages, 6
corrections, an entry in a record, an upload in pieces with its analysis). The process and, for the cohort, each worker
is looked at several times a second (psutil): resident memory and open file handles. "Flat": the median of the last
quarter is not over that of the second quarter by more than a tenth (and 10 MB), nor by more than two handles. Prints a
table, writes benchmarks/results/soak.json, ends with 1 when something grew or an answer was an error.
"""

from __future__ import annotations

import argparse
import http.cookiejar
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import kills
import numpy as np
import psutil
import speed

HERE = Path(__file__).resolve().parent


@dataclass
class Watch:
    """Memory (MB) and handles of a process and of its workers, over time."""

    pid: int
    every_s: float = 0.2
    seen: dict[int, list[tuple[float, int]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._stop.wait(self.every_s):
            with suppress(psutil.Error):
                first = psutil.Process(self.pid)
                for one in [first, *(p for p in first.children() if "resource_tracker" not in " ".join(p.cmdline()))]:
                    with suppress(psutil.Error):
                        mb = one.memory_info().rss / 1e6
                        self.seen.setdefault(one.pid, []).append((mb, one.num_fds()))

    def end(self) -> dict[str, Any]:
        """What was seen of the process and of those that lived longest beside it."""
        self._stop.set()
        self._thread.join()
        most = max(map(len, self.seen.values()), default=0)
        long = [v for v in self.seen.values() if len(v) >= 0.8 * most]  # not the processes of single analyses
        grew = [text for values in long for text in growth(values)]
        peaks = [max(mb for mb, _ in v) for v in self.seen.values()]
        return {
            "peak_mb": round(max(peaks, default=0.0), 1),
            "handles": max((fds for v in self.seen.values() for _, fds in v), default=0),
            "quarters": [quarters(v) for v in long],
            "grew": grew,
        }


def quarters(values: Sequence[tuple[float, int]]) -> list[list[float]]:
    """Median memory and handles in each quarter of a process's life."""
    parts = np.array_split(np.array(values), 4)
    return [[round(float(m), 1) for m in np.median(part, axis=0)] for part in parts]


def growth(values: Sequence[tuple[float, int]]) -> list[str]:
    """What grew from the second quarter to the last?"""
    _, second, _, last = quarters(values)
    told = []
    if last[0] > max(1.1 * second[0], second[0] + 10):
        told.append(f"memory from {second[0]} to {last[0]} MB")
    if last[1] > second[1] + 2:
        told.append(f"handles from {second[1]:.0f} to {last[1]:.0f}")
    return told


def command(*given: object, cores: bool = False) -> subprocess.Popen[str]:
    """A command of Ictal, on two cores at the most."""
    there = [*(("taskset", "-c", "0,1") if cores and shutil.which("taskset") else ()), sys.executable, "-m", "ictal"]
    environment = os.environ | {"PYTHONPATH": str(HERE.parent / "src")}
    return subprocess.Popen(
        [*there, *map(str, given)], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def ended(process: subprocess.Popen[str]) -> float:
    """Wait for the end; how long did it take (s)?"""
    begin = time.monotonic()
    _, err = process.communicate()
    if process.returncode:
        raise SystemExit(f"it ended with {process.returncode}: {err[-500:]}")
    return time.monotonic() - begin


def long(root: Path, chosen: argparse.Namespace) -> dict[str, Any]:
    """A recording of three days beside one of six hours."""
    told: dict[str, Any] = {"grew": []}
    for hours in (6.0, chosen.hours):
        path = chosen.file if chosen.file is not None and hours == chosen.hours else root / f"{hours:g}h.edf"
        if not path.exists():
            speed.write_day(path, hours)
        process = command("analyse", path, "--quiet", "--no-report", "--out", root / f"{hours:g}h", cores=True)
        watch = Watch(process.pid)
        took = ended(process)
        seen = watch.end()
        told[f"{hours:g}h"] = {"wall_s": round(took, 1), "peak_mb": seen["peak_mb"], "handles": seen["handles"]}
        print(f"{hours:g} h: {took:.0f} s, {seen['peak_mb']:.0f} MB, {seen['handles']} handles", flush=True)
    return told


def cohort(root: Path, chosen: argparse.Namespace) -> dict[str, Any]:
    """Five hundred recordings in one cohort."""
    dataset = root / "dataset"
    dataset.mkdir()
    some = [kills.simulated(root / f"made-{k}.edf", 1, seed=k) for k in range(4)]
    for k in range(chosen.recordings):
        os.link(some[k % len(some)], dataset / f"night-{k:04}.edf")
    process = command("cohort", dataset, "--out", root / "out", "--jobs", 2, "--no-report", "--quiet")
    watch = Watch(process.pid)
    took = ended(process)
    seen = watch.end()
    done = len(list((root / "out" / "outcomes").glob("*.json")))
    print(f"cohort: {done} recordings, {took:.0f} s, {seen['peak_mb']:.0f} MB, {seen['handles']} handles", flush=True)
    return {"recordings": done, "wall_s": round(took, 1), **seen}


@dataclass
class Person:
    """Somebody in a browser: signs in by the form, reads pages, keeps a record."""

    base: str
    name: str
    password: str
    errors: list[str] = field(default_factory=list)
    requests: int = 0
    token: str = ""

    def __post_init__(self) -> None:
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._open = urllib.request.build_opener(jar).open

    def ask(self, path: str, form: dict[str, str] | None = None) -> str:
        """One request; an error is noted."""
        self.requests += 1
        body = None if form is None else urllib.parse.urlencode({"form_token": self.token, **form}).encode()
        try:
            with self._open(self.base + path, body, timeout=120) as answer:
                text: str = answer.read().decode()
        except OSError as error:
            self.errors.append(f"{path}: {error}")
            return ""
        found = re.search(r'name="form-token" content="(\w+)"', text)
        self.token = found[1] if found else self.token
        return text

    def sign_in(self) -> None:
        """By the form, as everybody does."""
        self.ask("/sign-in")
        self.ask("/sign-in", {"name": self.name, "password": self.password})


def server(root: Path, chosen: argparse.Namespace) -> dict[str, Any]:
    """A day of use of the workbench, one thing after the other."""
    from ictal.infant.timeline.types import Infant
    from ictal.study import create_study
    from ictal.web.accounts import Accounts, Role

    (root / "work").mkdir()
    place = root / "work" / "study"
    study = create_study(place)
    study.new(Infant(pseudonym="inf-1", sex="female"), who="soak")
    (place / "web").mkdir()
    accounts, password = Accounts(place / "web"), "a sentence that is long"
    account = accounts.join(accounts.invite(Role.clinician), "soak", password)
    file = kills.simulated(root / "upload.edf", 1).read_bytes()
    client = kills.Client(place, file, accounts.new_token(account, "soak", Role.clinician))
    (root / "bench").mkdir()
    bench = kills.Bench(root / "bench", np.random.default_rng(0), 0)
    process = kills.serving(bench, client, 0)
    watch = Watch(process.pid)
    person, begin = Person(client.base, "soak", password), time.monotonic()
    try:
        client.send()
        client.first = client.finished[0]
        settled(client)
        for hour in range(chosen.hours_of_use):
            for _ in range(2):  # one address may sign in 60 times in 15 minutes, and a day takes about that here
                person.sign_in()
            for k in range(20):
                pages = ("/recordings", f"/recordings/{client.first}", f"/recordings/{client.first}/seizures")
                person.ask((*pages, "/infants", "/knowledge", "/account", "/static/app.css")[k % 7])
            for k in range(6):
                client.correct("undo" if k % 2 else "add")
            study.add("inf-1", next(entries(hour)), who="soak")
            client.send()
            settled(client)
        seen = watch.end()
    finally:
        process.terminate()
        process.wait(60)
    hours, took = chosen.hours_of_use, time.monotonic() - begin
    print(f"server: {hours} h of use in {took:.0f} s, {person.requests} pages, {len(client.finished)} uploads,")
    print(f"  {len(client.corrections)} corrections, {len(person.errors)} errors, {seen['peak_mb']:.0f} MB")
    counts = {"pages": person.requests, "uploads": len(client.finished), "corrections": len(client.corrections)}
    return {**counts, "errors": person.errors[:5], "wall_s": round(took), **seen}


def entries(hour: int) -> Any:
    """Something new for a record."""
    from ictal.infant.timeline.types import Growth

    yield Growth(age_days=hour, head_cm=35)


def settled(client: kills.Client) -> None:
    """Wait until no job is open."""
    while any(r["state"] in ("waiting", "running") for r in client.ask("GET", "/api/recordings")):
        time.sleep(0.2)


PARTS: dict[str, Callable[[Path, argparse.Namespace], dict[str, Any]]] = {
    "server": server,
    "cohort": cohort,
    "long": long,
}


def main() -> int:
    """Every part, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=sorted(PARTS), default=list(PARTS))
    parser.add_argument("--hours", type=float, default=72.0, help="length of the long recording")
    parser.add_argument("--file", type=Path, help="an EDF of that length that is there already")
    parser.add_argument("--recordings", type=int, default=500)
    parser.add_argument("--hours-of-use", type=int, default=24)
    chosen = parser.parse_args()
    print(f"load before: {os.getloadavg()[0]:.1f}")
    found = {}
    for part in chosen.only:
        with tempfile.TemporaryDirectory(prefix="ictal-soak-") as name:
            found[part] = PARTS[part](Path(name), chosen)
        print(json.dumps({part: found[part]}), flush=True)
    (HERE / "results").mkdir(exist_ok=True)
    (HERE / "results" / "soak.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return 1 if any(one["grew"] or one.get("errors") for one in found.values()) else 0


if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parent / "src"))
    sys.exit(main())
