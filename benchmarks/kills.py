"""What is left when Ictal is killed (SIGKILL) at any moment, and does the same command go on to the same result?

    python benchmarks/kills.py                      240 moments, about 40 in each part; minutes
    python benchmarks/kills.py --kills 10 --only web --seed 7

Half of the moments are random times in the run; the other half are random steps: the process group dies just before
its n-th change of the file system (a file opened for writing, renamed, removed, locked, ...), or at the n-th statement
to the database. What is checked in each part stands in its docstring. Prints a table, writes
benchmarks/results/kills.json, and ends with 1 when anything was lost, half-written, or not the same. PostgreSQL is used
where it is installed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy.engine import Engine

MOST_WAITING = 2
"""Analyses that may wait before the program sends another recording."""
HERE = Path(__file__).resolve().parent
STORES = HERE.parent / "tests" / "study" / "stores"

_HOOK = """
import os, signal, sys

root, at, told = os.environ["KILLS_ROOT"], int(os.environ["KILLS_AT"]), os.environ["KILLS_TOLD"]
steps = 0
changes = {"os.rename", "os.mkdir", "os.rmdir", "os.remove", "os.truncate", "os.chmod", "os.link", "fcntl.flock",
           "sqlite3.connect"}
note = os.open(os.path.join(told, str(os.getpid())), os.O_WRONLY | os.O_CREAT) if told else None

def hook(event, given):
    global steps
    if event == "open":
        ours = isinstance(given[0], (str, bytes, os.PathLike)) and os.fspath(given[0]) and given[2] & 3
        if not ours or not os.fsdecode(given[0]).startswith(root):
            return
    elif event not in changes:
        return
    elif event != "fcntl.flock" and isinstance(given[0], str) and given[0][:1] == "/" and not given[0].startswith(root):
        return
    steps += 1
    if note is not None:
        os.pwrite(note, b"%09d" % steps, 0)
    if steps == at:
        os.killpg(0, signal.SIGKILL)

sys.addaudithook(hook)
"""


@dataclass
class Told:
    """What became of one part."""

    part: str
    kills: int = 0
    in_time: int = 0
    """How many came before the run had ended by itself."""
    problems: list[str] = field(default_factory=list)


@dataclass
class Bench:
    """A folder to work in, the moments to come, and how a command is started so that it can be killed."""

    root: Path
    rng: np.random.Generator
    kills: int

    def __post_init__(self) -> None:
        (self.root / "hook").mkdir()
        (self.root / "hook" / "sitecustomize.py").write_text(_HOOK)
        self.told = self.root / "told"

    def fork(self, command: Sequence[str], at: int = 0) -> int:
        """Start a command of ours in a copy of this process, which has imported all of it already."""
        pid = os.fork()
        if pid:
            return pid
        code = 1
        try:
            os.setsid()
            quiet = os.open(os.devnull, os.O_RDWR)
            for handle in (0, 1, 2):
                os.dup2(quiet, handle)
            os.environ |= {"KILLS_ROOT": str(self.root / "work"), "KILLS_AT": str(at), "KILLS_TOLD": ""}
            exec(_HOOK, {})
            from ictal.cli.main import run

            code = run(list(command))
        finally:
            os._exit(code)

    def killed_fork(self, command: Sequence[str], k: int, long_s: float, steps: int) -> bool:
        """As `killed`, by `fork`. Was it still running?"""
        by_step = k % 2 == 0
        pid = self.fork(command, int(self.rng.integers(1, steps + 1)) if by_step else 0)
        if not by_step:
            time.sleep(self.rng.uniform(0.0, long_s))
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL

    def whole_fork(self, command: Sequence[str]) -> float:
        """Run to the end by `fork`. How long did it take (s)?"""
        begin = time.monotonic()
        code = os.waitstatus_to_exitcode(os.waitpid(self.fork(command), 0)[1])
        if code:
            raise SystemExit(f"{' '.join(command)} ended with {code}")
        return time.monotonic() - begin

    def start(self, command: Sequence[str], at: int = 0, count: bool = False, **more: Any) -> subprocess.Popen[str]:
        """Start a command in a group of its own, that dies at its `at`-th step (0: at none)."""
        if count:
            shutil.rmtree(self.told, ignore_errors=True)
            self.told.mkdir()
        source = HERE.parent / "src"
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join([str(self.root / "hook"), str(source), os.environ.get("PYTHONPATH", "")]),
            "PYTHONDONTWRITEBYTECODE": "1",
            "KILLS_ROOT": str(self.root / "work"),
            "KILLS_AT": str(at),
            "KILLS_TOLD": str(self.told) if count else "",
        }
        given: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, **more}
        return subprocess.Popen(
            [sys.executable, *command], start_new_session=True, env=environment, cwd=self.root, **given
        )

    def undisturbed(self, command: Sequence[str]) -> tuple[float, int]:
        """Run to the end. How long did it take (s), and how many steps had the process with most?"""
        begin = time.monotonic()
        process = self.start(command, count=True)
        out, err = process.communicate()
        if process.returncode:
            raise SystemExit(f"{' '.join(command)} ended with {process.returncode}: {out}{err}")
        steps = [int(p.read_text() or 0) for p in self.told.iterdir()]
        return time.monotonic() - begin, max(steps, default=0)

    def killed(self, command: Sequence[str], k: int, long_s: float, steps: int) -> tuple[bool, str]:
        """Kill the k-th run of a command at a moment of its own. Was it still running, and what had it said?"""
        by_step = k % 2 == 0 and steps > 0
        process = self.start(command, at=int(self.rng.integers(1, steps + 1)) if by_step else 0)
        if not by_step:
            with suppress(subprocess.TimeoutExpired):
                process.wait(self.rng.uniform(0.02, 1.05 * long_s))
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        out, _ = process.communicate()
        return process.returncode == -signal.SIGKILL, out

    def work(self) -> Path:
        """The folder in which steps count, empty."""
        place = self.root / "work"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        return place


def digests(folder: Path, without: Sequence[str] = ()) -> dict[str, str]:
    """Every file below a folder, hidden ones too, by what is in it."""
    files = (p for p in sorted(folder.rglob("*")) if p.is_file() and p.name not in without)
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def simulated(path: Path, minutes: float, seed: int = 3) -> Path:
    """A small recording with seizures."""
    made = path.with_suffix("")
    command = ["simulate", "eimfs-storm", "--set", "seizures_per_hour=40", "--set", "clustered=0", "--rate-hz", "128"]
    command += ["--minutes", f"{minutes:g}", "--seed", str(seed), "--out", str(made), "--quiet"]
    subprocess.run(
        [sys.executable, "-m", "ictal", *command],
        check=True,
        env=os.environ | {"PYTHONPATH": str(HERE.parent / "src")},
    )
    (one,) = made.rglob("*.edf")
    return Path(shutil.copy(one, path))


# -- the parts -------------------------------------------------------------------------------------


def analysis(bench: Bench) -> Told:
    """`ictal analyse` into a new folder, or over an older result.

    After the kill the folder is not there, or holds the older result, or the new one: whole, to the byte. The same
    command then ends with the undisturbed result, and nothing lies beside it.
    """
    import ictal.cli.analyse
    import ictal.eeg.recording
    import ictal.exchange.tables
    import ictal.report  # noqa: F401

    told, work = Told("analysis"), bench.work()
    recording = simulated(bench.root / "one.edf", 2)
    plain = ["analyse", str(recording), "--quiet", "--overwrite", "--out"]
    bench.undisturbed(["-m", "ictal", *plain, str(work / "new")])  # compiles
    _, steps = bench.undisturbed(["-m", "ictal", *plain, str(work / "new")])
    bench.undisturbed(["-m", "ictal", *plain, str(work / "older"), "--no-report"])
    older = Path(shutil.copytree(work / "older", bench.root / "older"))
    new, old = digests(work / "new"), digests(older)
    long_s = bench.whole_fork([*plain, str(work / "new")])
    for k in range(bench.kills):
        out = bench.work() / "out"
        if k % 4 < 2:
            shutil.copytree(older, out)
        died = bench.killed_fork([*plain, str(out)], k, long_s, steps)
        told.kills, told.in_time = told.kills + 1, told.in_time + died
        there = digests(out)
        if there not in ([{}, new] if k % 4 >= 2 else [old, new]):
            told.problems.append(f"kill {k}: the folder holds {sorted(there)}")
        bench.whole_fork([*plain, str(out)])
        if digests(out) != new:
            told.problems.append(f"kill {k}: the next run wrote something else")
        if os.listdir(out.parent) != ["out"]:
            told.problems.append(f"kill {k}: beside the result lie {sorted(os.listdir(out.parent))}")
    return told


def cohort(bench: Bench) -> Told:
    """`ictal cohort` of four recordings on two processes.

    What an outcome file says is done has its whole results, the same to the byte as undisturbed; the next run does the
    others alone, and its results and tables are the undisturbed ones (but for how long each file took).
    """
    told, work = Told("cohort"), bench.work()
    dataset = bench.root / "dataset"
    dataset.mkdir()
    one = simulated(bench.root / "one-of-cohort.edf", 1)
    for k in range(4):
        shutil.copy2(one, dataset / f"night-{k}.edf")

    def command(out: Path) -> list[str]:
        return ["-m", "ictal", "cohort", str(dataset), "--out", str(out), "--jobs", "2", "--quiet", "--no-report"]

    long_s, steps = bench.undisturbed(command(work / "fine"))
    fine = bench.root / "fine-cohort"
    shutil.copytree(work / "fine", fine)
    for k in range(bench.kills):
        out = bench.work() / "out"
        died, _ = bench.killed(command(out), k, long_s, steps)
        told.kills, told.in_time = told.kills + 1, told.in_time + died
        kept = {p.stem: p.stat().st_mtime_ns for p in (out / "outcomes").glob("[!.]*.json")}
        for name in kept:
            if digests(out / name) != digests(fine / name):
                told.problems.append(f"kill {k}: {name} is said to be done and is not")
        bench.undisturbed(command(out))
        told.problems += [f"kill {k}: {what}" for what in _cohorts_differ(out, fine)]
        after = {p.stem: p.stat().st_mtime_ns for p in (out / "outcomes").glob("[!.]*.json")}
        if any(after[name] != stamp for name, stamp in kept.items()):
            told.problems.append(f"kill {k}: something was done twice")
    return told


def _cohorts_differ(one: Path, other: Path) -> Iterator[str]:
    from pyarrow import parquet

    timed = ("recordings.parquet", "cohort.html")
    mine, fine = digests(one, timed), digests(other, timed)
    if mine.keys() != fine.keys():
        yield f"other files: {sorted(mine.keys() ^ fine.keys())}"
    for name in mine.keys() & fine.keys():
        if mine[name] != fine[name] and not name.startswith("outcomes/"):
            yield f"{name} is another"
    tables = [parquet.read_table(p / timed[0]).drop_columns(["took_s"]) for p in (one, other)]
    if not tables[0].equals(tables[1]):
        yield f"{timed[0]} is another"


_ADDS = """
from ictal.infant.timeline.types import Growth
from ictal.study import open_study
study = open_study(place)
there = {e.age_days for e in study.infant("inf-1").entries}
for day in range(many):
    if day not in there:
        study.add("inf-1", Growth(age_days=day, head_cm=35), who="kills")
        os.write(1, f"{day}\\n".encode())
"""
"""A program of entries, each said once it is kept; asked again it goes on."""


def _statements(code: str, names: dict[str, Any], at: int, within_s: float | None = None) -> tuple[bool, str]:
    """Run a program in a copy of this process that dies at its `at`-th statement (0: none) or after a time.

    Was it killed, and what had it said?
    """
    out, into = os.pipe()
    pid = os.fork()
    if not pid:
        done = 1
        try:
            os.dup2(into, 1)
            seen = 0

            def count(*_: object) -> None:
                nonlocal seen
                seen += 1
                if seen == at:
                    os.kill(os.getpid(), signal.SIGKILL)

            for event in ("before_cursor_execute", "after_cursor_execute", "commit"):
                sa.event.listen(Engine, event, count)
            exec(code, {"os": os, **names})
            done = 0
        finally:
            os._exit(done)
    os.close(into)
    if within_s is not None:
        time.sleep(within_s)
        os.kill(pid, signal.SIGKILL)
    with os.fdopen(out) as file:
        said = file.read()
    ended = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if ended not in (0, -signal.SIGKILL):
        raise SystemExit(f"a program of entries ended with {ended}")
    return ended == -signal.SIGKILL, said


def _in_both(bench: Bench, told: Told, work: Callable[[Told, int, str | None], None]) -> Told:
    """The same in SQLite and, where it is installed, in PostgreSQL."""
    with postgres(bench.root) as url:
        for k in range(bench.kills):
            work(told, k, url if k % 4 == 3 else None)
    return told


def study(bench: Bench) -> Told:
    """A program that adds thirty entries, one transaction each, killed at a time or at a statement.

    Every entry that was said to be kept is there, at most one more, the history holds, and the same program goes on to
    the undisturbed record.
    """
    many = 30
    urls = iter(range(10_000))

    def work(told: Told, k: int, url: str | None) -> None:
        from ictal.infant.timeline.types import Growth, Infant
        from ictal.study import create_study

        place = bench.work() / "kids"
        here = create_study(place, None if url is None else database(url, f"adds{next(urls)}"))
        here.new(Infant(pseudonym="inf-1", sex="female"), who="kills")
        names = {"place": str(place), "many": many}
        if k % 2:
            died, out = _statements(_ADDS, names, int(bench.rng.integers(1, 20 * many)))
        else:
            died, out = _statements(_ADDS, names, 0, bench.rng.uniform(0.0, 0.7))
        told.kills, told.in_time = told.kills + 1, told.in_time + died
        said = {int(day) for day in out.split("\n")[:-1]}
        kept = {round(e.age_days) for e in here.infant("inf-1").entries}
        if not said <= kept or len(kept - said) > 1:
            told.problems.append(f"kill {k}: said {len(said)}, kept {len(kept)}")
        if not here.verify().holds:
            told.problems.append(f"kill {k}: {here.verify().problems[:1]}")
        _statements(_ADDS, names, 0)
        days = [e.age_days for e in here.infant("inf-1").of(Growth)]
        if sorted(days) != list(range(many)) or not here.verify().holds or here.verify().changes != many + 1:
            told.problems.append(f"kill {k}: the record is {days}")

    return _in_both(bench, Told("study writes"), work)


def migration(bench: Bench) -> Told:
    """A store of the first step, opened by this release and killed at a statement of its migration.

    The next that opens it has every record, an unbroken history, and the tables of this release.
    """
    numbers = iter(range(10_000))
    opens = "from ictal.study import open_study; open_study(place)"

    def work(told: Told, k: int, url: str | None) -> None:
        from ictal.study import open_study
        from ictal.study.engine import HEAD, reading, revision_of

        place = bench.work() / "older"
        place.mkdir()
        where = str(place)
        if url is None:
            older(place / "study.db", 1 + k % 2)
            (place / "study.toml").write_text('form = 1\nstore = "study.db"\n')
        else:
            where = database(url, f"older{next(numbers)}")
            older_in_postgres(where)
        died, _ = _statements(opens, {"place": where}, int(bench.rng.integers(1, 40)))
        told.kills, told.in_time = told.kills + 1, told.in_time + died
        here = open_study(where)
        with reading(here.engine) as connection:
            if revision_of(connection) != HEAD:
                told.problems.append(f"kill {k}: the store stands at {revision_of(connection)}")
        if here.pseudonyms() != ("inf-1", "inf-2") or not here.verify().holds:
            told.problems.append(f"kill {k}: {here.pseudonyms()}, {here.verify().problems}")
        if url is None and sorted(os.listdir(place)) != ["study.db", "study.toml"]:
            told.problems.append(f"kill {k}: {sorted(os.listdir(place))}")

    return _in_both(bench, Told("migration"), work)


def older(path: Path, step: int) -> None:
    """A store as an earlier step wrote it."""
    connection = sqlite3.connect(path)
    connection.executescript((STORES / f"{step:04}.sql").read_text(encoding="utf-8"))
    connection.close()


def older_in_postgres(url: str) -> None:
    """The rows of the first step's store, in PostgreSQL at that step."""
    from ictal.study.engine import engine_of, run_migrations, writing

    lite = sqlite3.connect(":memory:")
    lite.executescript((STORES / "0001.sql").read_text(encoding="utf-8"))
    with writing(engine_of(url)) as connection:
        run_migrations(connection, "0001")
        for table in ("infant", "entry", "recording", "findings", "history"):
            rows = lite.execute(f"SELECT * FROM {table}")
            names = [column[0] for column in rows.description]
            insert = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join(':' + n for n in names)})"
            for row in rows.fetchall():
                connection.execute(sa.text(insert), dict(zip(names, row, strict=True)))
    lite.close()


# -- the workbench ---------------------------------------------------------------------------------


@dataclass
class Client:
    """A program that uses the workbench by its interface, and remembers what it was answered."""

    study: Path
    file: bytes
    token: str
    base: str = ""
    upload: tuple[str, int] | None = None
    finished: list[str] = field(default_factory=list)
    corrections: list[str] = field(default_factory=list)
    first: str = ""

    def ask(self, method: str, path: str, body: bytes | None = None, kind: str = "application/json") -> Any:
        """One request; raises `OSError` when the server is gone."""
        headers = {"authorization": f"Bearer {self.token}", "content-type": kind}
        request = urllib.request.Request(self.base + path, data=body, headers=headers, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def go_on(self) -> None:
        """Upload, finish and correct for ever."""
        while True:
            self.correct("add")
            open_ = [r for r in self.ask("GET", "/api/recordings") if r["state"] in ("waiting", "running")]
            if len(open_) < MOST_WAITING or self.upload is not None:
                self.send()
            self.correct("undo")

    def correct(self, kind: str) -> None:
        """Add a seizure, or take back one's last."""
        asked = {"kind": kind} | ({"start_s": 3.0, "stop_s": 8.0} if kind == "add" else {})
        path = f"/api/recordings/{self.first}/corrections"
        self.corrections.append(self.ask("POST", path, json.dumps(asked).encode())["last"])

    def send(self) -> None:
        """Begin an upload, or go on with the one that was begun, to its end."""
        if self.upload is None:
            plan = {"name": "x.edf", "bytes": len(self.file), "label": f"Night {len(self.finished)}"}
            self.upload = (self.ask("POST", "/api/uploads", json.dumps(plan).encode())["id"], 0)
        number, there = self.upload
        step = len(self.file) // 4 + 1
        while there < len(self.file):
            piece = self.file[there : there + step]
            path = f"/api/uploads/{number}?at={there}"
            there = self.ask("PUT", path, piece, "application/octet-stream")["there"]
            self.upload = (number, there)
        self.finished.append(self.ask("POST", f"/api/uploads/{number}")["recording"])
        self.upload = None

    def after(self) -> Iterator[str]:
        """What is not as it was answered? Takes up what the kill cut short."""
        told = [c["id"] for c in self.ask("GET", f"/api/recordings/{self.first}/seizures")["corrections"]]
        if told[: len(self.corrections)] != self.corrections or len(told) > len(self.corrections) + 1:
            yield f"{len(self.corrections)} corrections were answered, {len(told)} are there"
        self.corrections = told
        here = [r["id"] for r in self.ask("GET", "/api/recordings")]
        if not set(self.finished) <= set(here):
            yield "a recording that was answered is gone"
        if self.upload is not None:
            number, there = self.upload
            try:
                now = self.ask("GET", f"/api/uploads/{number}")["there"]
                if now < there:
                    yield f"{there} bytes were answered, {now} are there"
                self.upload = (number, now)
            except urllib.error.HTTPError:
                if there < len(self.file):
                    yield f"an upload with {there} bytes is gone"


def web(bench: Bench) -> Told:
    """`ictal serve`, used by a program that uploads in pieces, finishes and corrects, while jobs run; all is killed.

    After each restart every piece, recording and correction that was answered is there; what was cut short goes on. At
    the end each upload is one recording, its file and its results those of an undisturbed one, and audit and history
    hold.
    """
    from ictal.study import create_study
    from ictal.web.accounts import Accounts, Role
    from ictal.web.shelf import Shelf
    from ictal.web.shelf import Told as Called

    told, work = Told("web upload and correction"), bench.work()
    file = simulated(bench.root / "upload.edf", 1)
    place = work / "study"
    shelf = Shelf(place, create_study(place))
    first = shelf.take(Path(shutil.copy(file, work / "first.edf")), ".edf", Called(label="First"), "kills").id
    subprocess.run([sys.executable, "-c", _WORK, str(shelf.folder(first))], check=True, stdout=subprocess.DEVNULL)
    (place / "web").mkdir(exist_ok=True)
    accounts = Accounts(place / "web")
    account = accounts.join(accounts.invite(Role.clinician), "kills", "a sentence that is long")
    client = Client(place, file.read_bytes(), accounts.new_token(account, "kills", Role.clinician), first=first)
    for k in range(bench.kills):
        at = int(bench.rng.integers(12, 160)) if k % 2 == 0 else 0
        process = serving(bench, client, at)
        died = process.poll() is not None
        if not died:
            try:
                told.problems += [f"kill {k}: {what}" for what in client.after()]
                if k % 2:
                    later = bench.rng.uniform(0.0, 2.0)
                    threading.Timer(later, os.killpg, (process.pid, signal.SIGKILL)).start()
                client.go_on()
            except OSError as error:
                if isinstance(error, urllib.error.HTTPError):
                    told.problems.append(f"kill {k}: {error.code} {error.read()[:200]!r}")
                    with suppress(ProcessLookupError):
                        os.killpg(process.pid, signal.SIGKILL)
            except Exception as error:  # an answer cut short
                if process.wait(5) is None:
                    raise error
        process.wait(30)
        told.kills, told.in_time = told.kills + 1, told.in_time + 1
    process = serving(bench, client, 0)
    told.problems += list(client.after())
    if client.upload is not None:
        client.send()
    told.problems += list(_web_end(client, place, file))
    os.killpg(process.pid, signal.SIGTERM)
    process.wait(30)
    left = [p.name for p in place.rglob(".*") if ".part" in p.name or p.name.startswith(".older")]
    told.problems += [f"{name} was left" for name in left]
    return told


_WORK = "import sys; from pathlib import Path; from ictal.web.work import main; sys.exit(main(Path(sys.argv[1])))"


def _web_end(client: Client, place: Path, file: Path) -> Iterator[str]:
    until = time.monotonic() + 900
    while any(r["state"] in ("waiting", "running") for r in client.ask("GET", "/api/recordings")):
        if time.monotonic() > until:
            yield "the queue does not end"
            return
        time.sleep(0.5)
    fine = digests(place / "recordings" / client.first / "result")
    told = client.ask("GET", "/api/recordings")
    labels = [r["label"] for r in told]
    if len(labels) != len(set(labels)) or len(told) != len(client.finished) + 1:
        yield f"{len(client.finished) + 1} recordings were sent, {len(told)} are there"
    for one in told:
        folder = place / "recordings" / one["id"]
        if (folder / "recording.edf").read_bytes() != file.read_bytes():
            yield f"the file of {one['label']} is another"
        if one["state"] != "done" or digests(folder / "result") != fine:
            yield f"the result of {one['label']} is another ({one['state']}: {one['said']})"
    for command in (["serve", "--study", str(place), "--verify-audit"], ["study", "verify", "--study", str(place)]):
        done = subprocess.run([sys.executable, "-m", "ictal", *command], capture_output=True, text=True, check=False)
        if done.returncode:
            yield done.stderr


def serving(bench: Bench, client: Client, at: int) -> subprocess.Popen[str]:
    """Start a server and wait until it answers, or is dead."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    client.base = f"http://127.0.0.1:{port}"
    command = ["-m", "ictal", "serve", "--study", str(client.study), "--port", str(port)]
    process = bench.start(command, at, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < until:
        with suppress(OSError):
            client.ask("GET", "/healthz")
            break
        time.sleep(0.05)
    return process


# -- PostgreSQL ------------------------------------------------------------------------------------


@contextmanager
def postgres(root: Path) -> Iterator[str | None]:
    """The URL of a server of our own; `None` where PostgreSQL is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if not found:
        yield None
        return
    base = Path(tempfile.mkdtemp(prefix="ictal-pg-", dir="/tmp"))
    who = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if who:
        shutil.chown(base, "postgres")

    def run(program: str, *given: str) -> None:
        subprocess.run(
            [*who, str(found[-1].with_name(program)), *given], check=True, cwd=base, stdout=subprocess.DEVNULL
        )

    run("initdb", "-D", str(base / "data"), "-U", "ictal", "-A", "trust", "-E", "UTF8", "--locale=C")
    options = f"-c listen_addresses='' -k {base}"
    run("pg_ctl", "-D", str(base / "data"), "-w", "-l", str(base / "log"), "-o", options, "start")
    try:
        yield f"postgresql://ictal@/postgres?host={base}"
    finally:
        run("pg_ctl", "-D", str(base / "data"), "-m", "immediate", "stop")
        shutil.rmtree(base, ignore_errors=True)


def database(url: str, name: str) -> str:
    """A new database of that server."""
    engine = sa.create_engine(sa.engine.make_url(url).set(drivername="postgresql+psycopg"), poolclass=sa.NullPool)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    return url.replace("/postgres?", f"/{name}?")


PARTS: dict[str, Callable[[Bench], Told]] = {
    "analysis": analysis, "cohort": cohort, "study": study, "migration": migration, "web": web,
}  # fmt: skip


def tried(part: str, kills: int, seed: int) -> Told:
    """One part, in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="ictal-kills-") as name:
        return PARTS[part](Bench(Path(name), np.random.default_rng([seed, *part.encode()]), kills))


def main() -> int:
    """Every part, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=48, help="moments in each part")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="+", choices=sorted(PARTS), default=list(PARTS))
    chosen = parser.parse_args()
    found = []
    for part in chosen.only:
        begin = time.monotonic()
        told = tried(part, chosen.kills, chosen.seed)
        found.append({"part": told.part, "kills": told.kills, "in_time": told.in_time, "problems": told.problems})
        took = time.monotonic() - begin
        said = f"{told.kills} kills, {told.in_time} before its end, {len(told.problems)} problems, {took:.0f} s"
        print(f"{told.part}: {said}")
        print("".join(f"  {what}\n" for what in told.problems), end="", flush=True)
    (HERE / "results").mkdir(exist_ok=True)
    (HERE / "results" / "kills.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return 1 if any(one["problems"] for one in found) else 0


if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parent / "src"))
    sys.exit(main())
