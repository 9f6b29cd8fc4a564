"""What happens when the computer refuses: full disks, folders that may not be written, shares that vanish, odd clocks?

    python benchmarks/faults.py                      all that this computer lets us do; what it does not is said
    python benchmarks/faults.py --only disk share

Every command must end by itself in one sentence with exit code 2 or 3 (or do its work), leave nothing half-written,
keep what was there, and come to the undisturbed result when it is given again. A small disk is a tmpfs (mounted by
root), the folder that may not be written is met as `nobody`, the network share is a file system of FUSE that is told to
be slow, to answer each call with EIO, or is unmounted under the run, and the clock is set by faketime. Prints a table,
writes benchmarks/results/faults.json, ends with 1 when something was lost or no sentence.
"""

from __future__ import annotations

import argparse
import errno
import json
import os
import shutil
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

import kills
import numpy as np
from kills import digests

HERE = Path(__file__).resolve().parent
GROWTH = "pseudonym,entry,age_days,head_cm\n" + "".join(f"inf-1,growth,{day},35\n" for day in range(40))


class Skip(Exception):
    """This computer cannot do that; says why."""


@dataclass
class Told:
    """What was tried, how often, and what went wrong."""

    what: str
    tries: int = 0
    refused: int = 0
    problems: list[str] = field(default_factory=list)


def run(told: Told | None, *given: object, before: Sequence[str] = (), **more: str) -> tuple[int, str]:
    """Run a command to its end. What is no sentence is a problem."""
    environment = os.environ | {"PYTHONPATH": str(HERE.parent / "src"), "PYTHONDONTWRITEBYTECODE": "1", **more}
    command = [*before, sys.executable, "-m", "ictal", *map(str, given)]
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)
    except subprocess.TimeoutExpired:
        if told is not None:
            told.problems.append(f"{' '.join(map(str, given[:2]))} did not end in 300 s")
        return -1, ""
    if told is not None:
        judge(told, done.returncode, done.stderr, f"{' '.join(map(str, given[:2]))}")
    return done.returncode, done.stderr


def judge(told: Told, code: int, err: str, what: str) -> None:
    """A try ended so: was it done, or refused in a sentence?"""
    told.tries += 1
    told.refused += code in (2, 3)
    said = err.strip().splitlines()
    if code not in (0, 2, 3) or (code and not said) or "Traceback" in err or "fault of ours" in err:
        told.problems.append(f"{what} ended with {code}: {said[-1] if said else 'nothing was said'}")


@contextmanager
def small_disk(place: Path, size: str) -> Iterator[Path]:
    """A file system of this size."""
    place.mkdir(exist_ok=True)
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)], capture_output=True)
    if done.returncode:
        raise Skip("a small disk can be mounted by root alone")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=False)


def made_study(place: Path) -> Path:
    """A study with an infant."""
    run(None, "study", "init", place)
    run(None, "infant", "new", "inf-1", "--sex", "female", "--study", place, "--who", "faults")
    return place


def add(told: Told | None, place: Path, day: float, before: Sequence[str] = (), **more: str) -> int:
    """Note one head."""
    given = (
        "infant",
        "add",
        "inf-1",
        "growth",
        "--age-days",
        day,
        "--head-cm",
        35,
        "--study",
        place,
        "--who",
        "faults",
    )
    return run(told, *given, before=before, **more)[0]


def heads(place: Path) -> int:
    """How many entries has the record, and does the history hold? -1 when it does not."""
    from ictal.study import open_study

    study = open_study(place)
    return len(study.infant("inf-1").entries) if study.verify().holds else -1


# -- full disk -------------------------------------------------------------------------------------


def disk(root: Path, rng: np.random.Generator) -> Told:
    """A disk that is full at a random place in the work."""
    told = Told("full disk")
    recording = kills.simulated(root / "one.edf", 1)
    run(None, "analyse", recording, "--out", root / "fine", "--quiet")
    fine = digests(root / "fine")
    whole_kb = sum(p.stat().st_size for p in (root / "fine").iterdir()) >> 10
    for _ in range(8):
        size = f"{int(rng.integers(4, whole_kb + 40))}k"
        with small_disk(root / "small", size) as place:
            code, _ = run(told, "analyse", recording, "--out", place / "out", "--quiet")
            left = sorted(p.name for p in place.iterdir())
            if left != (["out"] if code == 0 else []):
                told.problems.append(f"analyse on {size}: {left} lies there after {code}")
            if code == 0 and digests(place / "out") != fine:
                told.problems.append(f"analyse on {size}: another result")
            elif code == 0:
                code, _ = run(told, "analyse", recording, "--out", place / "out", "--quiet", "--overwrite")
                if digests(place / "out") != fine or len(list(place.iterdir())) != 1:
                    told.problems.append(f"analyse over a result on {size}: the older one is gone")
    (root / "growth.csv").write_text(GROWTH)
    for _ in range(6):
        with small_disk(root / "small", "2m") as place:
            kids = made_study(place / "kids")
            for day in range(2):
                add(None, kids, day)
            fill(place, int(rng.integers(0, 40)))
            code, _ = run(told, "study", "import", root / "growth.csv", "--study", kids, "--who", "faults")
            if heads(kids) != (40 if code == 0 else 2):
                told.problems.append(f"a study on a full disk holds {heads(kids)} entries after {code}")
            (place / "filler").unlink()
            if add(None, kids, 99) or heads(kids) != (41 if code == 0 else 3):
                told.problems.append("a study does not go on when there is room again")
    for _ in range(3):
        with small_disk(root / "small", "2m") as place:
            fill(place, int(rng.integers(0, 100)))
            for given in (
                ("study", "init", place / "new"),
                ("simulate", "quiet", "--minutes", 5, "--out", place / "s"),
            ):
                code, _ = run(told, *given)
                left = sorted(p.name for p in place.iterdir())
                if code and left != ["filler"]:
                    told.problems.append(f"{given[0]} on a full disk left {left}")
    return told


def fill(place: Path, keep_kb: int) -> None:
    """Leave so much of the disk."""
    with (place / "filler").open("wb", buffering=0) as file, suppress(OSError):  # others write meanwhile
        left = shutil.disk_usage(place).free - (keep_kb << 10)
        while left > 0:
            left -= file.write(b"x" * min(left, 1 << 20))


def full_web(root: Path, rng: np.random.Generator) -> Told:
    """The disk of a workbench fills up while it is used, and is emptied again."""
    from ictal.web.accounts import Accounts, Role

    told = Told("full disk under the workbench")
    file = kills.simulated(root / "upload.edf", 1)
    (root / "work").mkdir()
    (root / "bench").mkdir()
    with small_disk(root / "work" / "small", "400m") as place:
        kids = made_study(place / "kids")
        (kids / "web").mkdir()
        accounts = Accounts(kids / "web")
        account = accounts.join(accounts.invite(Role.clinician), "faults", "a sentence that is long")
        client = kills.Client(kids, file.read_bytes(), accounts.new_token(account, "faults", Role.clinician))
        bench = kills.Bench(root / "bench", rng, 0)
        process = kills.serving(bench, client, 0)
        try:
            client.send()
            client.first = client.finished[0]
            _settled(client)
            for k in range(6):
                plan = json.dumps({"name": "x.edf", "bytes": len(client.file), "label": f"Late {k}"}).encode()
                number = client.ask("POST", "/api/uploads", plan)["id"]
                fill(place, int(rng.integers(0, 16)))
                path, octets = f"/api/uploads/{number}?at=0", "application/octet-stream"
                _refused(told, lambda path=path, octets=octets: client.ask("PUT", path, client.file[:600_000], octets))
                for kind in ("add", "undo") * 3:
                    _refused(told, lambda kind=kind: client.correct(kind))
                _refused(told, lambda: client.ask("GET", f"/api/recordings/{client.first}/findings"))
                (place / "filler").unlink()
                told.problems += [what for what in client.after() if "corrections were answered" not in what]
                client.upload = (number, client.ask("GET", f"/api/uploads/{number}")["there"])
                client.send()
            _settled(client)
            for one in client.ask("GET", "/api/recordings"):
                if one["state"] == "failed":  # it ran while the disk was full
                    told.tries, told.refused = told.tries + 1, told.refused + 1
                    if not str(one["said"]).endswith(".") or "fault of ours" in one["said"]:
                        told.problems.append(f"a job ended with: {one['said']}")
                    again = f"/recordings/{one['id']}/analyse"
                    request = urllib.request.Request(client.base + again, b"", method="POST")
                    request.add_header("authorization", f"Bearer {client.token}")
                    with suppress(urllib.error.HTTPError):  # it leads to a page, which is no script's
                        urllib.request.urlopen(request, timeout=60).close()
            _settled(client)
            states = {r["state"] for r in client.ask("GET", "/api/recordings")}
            if states != {"done"}:
                told.problems.append(f"jobs ended as {states}")
        finally:
            process.terminate()
            process.wait(30)
        for given in (("serve", "--verify-audit", "--study", kids), ("study", "verify", "--study", kids)):
            code, said = run(None, *given)
            if code:
                told.problems.append(said)
    return told


def _settled(client: kills.Client) -> None:
    until = time.monotonic() + 300
    while any(r["state"] in ("waiting", "running") for r in client.ask("GET", "/api/recordings")):
        if time.monotonic() > until:
            raise SystemExit("the queue does not end")
        time.sleep(0.3)


def _refused(told: Told, ask: Callable[[], Any]) -> None:
    told.tries += 1
    try:
        ask()
    except urllib.error.HTTPError as error:
        said = error.read().decode(errors="replace")
        told.refused += 1
        if error.code not in (400, 422, 503, 507) or "fault of ours" in said or '"error"' not in said:
            told.problems.append(f"{error.code}: {said[:200]}")


# -- a folder that may not be written --------------------------------------------------------------


def readonly(root: Path, rng: np.random.Generator) -> Told:
    """Folders and disks that may only be read, met by somebody who is not root."""
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        raise Skip("to become somebody else takes root and setpriv")
    told = Told("read-only folder")
    nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    root.chmod(0o755)
    cache = root / "cache"
    cache.mkdir(mode=0o777)
    cache.chmod(0o777)
    more = {"NUMBA_CACHE_DIR": str(cache), "HOME": str(cache)}
    recording = kills.simulated(root / "one.edf", 1)
    kids = made_study(root / "kids")
    run(None, "analyse", recording, "--out", root / "fine", "--quiet")
    dataset = root / "dataset"
    dataset.mkdir()
    shutil.copy(recording, dataset)
    for path in root.rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    cache.chmod(0o777)
    before = digests(root, ("one.edf",))
    given: list[tuple[object, ...]] = [
        ("analyse", recording, "--out", root / "out"),
        ("analyse", recording, "--out", root / "fine", "--overwrite"),
        ("cohort", dataset, "--out", root / "all"),
        ("study", "init", root / "new"),
        ("infant", "add", "inf-1", "growth", "--age-days", 1, "--head-cm", 35, "--study", kids, "--who", "x"),
        ("infant", "export", "inf-1", "--study", kids, "--out", root / "x.json"),
        ("infant", "timeline", "inf-1", "--study", kids, "--svg", root / "x.svg"),
        ("simulate", "quiet", "--minutes", 5, "--out", root / "sim"),
        ("serve", "--study", kids, "--port", 18999),
        ("serve", "--study", root / "served", "--port", 18999),
    ]
    for command in given:
        code, _ = run(told, *command, before=nobody, **more)
        if code not in (2, 3):
            told.problems.append(f"{command[0]} ended with {code}")
    if run(None, "infant", "show", "inf-1", "--study", kids, before=nobody, **more)[0]:
        told.problems.append("a study that may only be read cannot be read")
    shutil.rmtree(cache)
    if {k: v for k, v in digests(root, ("one.edf",)).items() if not k.startswith("cache")} != before:
        told.problems.append("something was changed")
    return told


# -- a network share -------------------------------------------------------------------------------


def share(root: Path, rng: np.random.Generator) -> Told:
    """A share that is slow, that answers EIO after so many calls, or that is unmounted under the run."""
    told = Told("slow and vanishing share")
    recording = kills.simulated(root / "one.edf", 1)
    run(None, "analyse", recording, "--out", root / "fine", "--quiet")
    fine = digests(root / "fine")
    for k in range(12):
        how = ("slow", "gone", "unmounted")[k % 3]
        with mounted(root / f"share{k}") as (place, tell):
            shutil.copy2(recording, place / "one.edf")
            tell("slow 0.004" if how == "slow" else f"gone {int(rng.integers(1, 160))}" if how == "gone" else "")
            timer = threading.Timer(float(rng.uniform(0.3, 4)), subprocess.run, (["umount", "-l", str(place)],))
            if how == "unmounted":
                timer.start()
            given = (place / "one.edf", "--out", root / "out") if k % 2 else (recording, "--out", place / "out")
            code, _ = run(told, "analyse", *given, "--quiet", "--overwrite")
            timer.cancel()
            if how == "slow" and code:
                told.problems.append("a slow share was refused")
            if k % 2 and code and (root / "out").exists():
                told.problems.append("something lies there after a share vanished")
            shutil.rmtree(root / "out", ignore_errors=True)
            if how == "unmounted":
                continue
            tell("")
            run(told, "analyse", recording, "--out", place / "out", "--quiet", "--overwrite")
            if digests(place / "out") != fine or sorted(os.listdir(place)) != ["one.edf", "out"]:
                told.problems.append(f"the share that came back holds {sorted(os.listdir(place))}")
    for k in range(4):
        with mounted(root / f"kids{k}") as (place, tell):
            kids, acknowledged = made_study(place / "kids"), 0
            for day in range(4):
                tell(f"gone {int(rng.integers(1, 60))}" if day % 2 else "")
                acknowledged += add(told, kids, day) == 0
            tell("")
            if heads(kids) < acknowledged or add(told, kids, 99):
                told.problems.append(f"a study on a share holds {heads(kids)} of {acknowledged} entries")
    for k in range(3):
        with mounted(root / f"set{k}") as (place, tell):
            for n in range(3):
                shutil.copy2(recording, place / f"night-{n}.edf")
            tell(f"gone {int(rng.integers(20, 120))}")
            run(told, "cohort", place, "--out", root / f"all{k}", "--jobs", 1, "--no-report", "--quiet")
            tell("")
            code, _ = run(told, "cohort", place, "--out", root / f"all{k}", "--jobs", 1, "--no-report", "--quiet")
            if code or len(list((root / f"all{k}" / "outcomes").glob("*.json"))) != 3:
                told.problems.append("a cohort does not go on when its share is back")
    return told


@contextmanager
def mounted(place: Path) -> Iterator[tuple[Path, Callable[[str], None]]]:
    """A share, and how to tell it what it is to do: `` (well), `slow SECONDS` a call, `gone CALLS` from then on."""
    if not Path("/dev/fuse").exists() or not _has("fuse"):
        raise Skip("FUSE is not here (a device /dev/fuse, libfuse2, and `pip install fusepy`)")
    behind, control = place.with_suffix(".behind"), place.with_suffix(".control")
    behind.mkdir()
    place.mkdir()
    control.write_text("")
    process = subprocess.Popen([sys.executable, __file__, "--share", str(behind), str(place), str(control)])

    def tell(what: str) -> None:
        control.with_suffix(".new").write_text(what)
        os.replace(control.with_suffix(".new"), control)
        time.sleep(0.1)

    try:
        until = time.monotonic() + 20
        while not os.path.ismount(place):
            if time.monotonic() > until or process.poll() is not None:
                raise Skip("a file system of FUSE cannot be mounted here")
            time.sleep(0.05)
        yield place, tell
    finally:
        subprocess.run(["umount", "-l", str(place)], check=False, capture_output=True)
        process.kill()
        process.wait()


def serve_share(behind: str, place: str, control: str) -> None:
    """The process of such a share: every call goes to the folder behind it, slowly or not at all."""
    import fuse

    class Share(fuse.LoggingMixIn, fuse.Operations):  # type: ignore[misc]
        """Each call by its name; what the control file says is looked up when it changes."""

        calls, seen, what = 0, 0, [""]

        def __call__(self, name: str, path: str, *given: Any) -> Any:
            self._weather()
            return getattr(self, name)(behind + path, *given)

        def _weather(self) -> None:
            stamp = os.stat(control).st_mtime_ns
            if stamp != self.seen:
                self.seen, self.calls, self.what = stamp, 0, [*Path(control).read_text().split(), ""]
            self.calls += 1
            if self.what[0] == "slow":
                time.sleep(float(self.what[1]))
            if self.what[0] == "gone" and self.calls > int(self.what[1]):
                raise fuse.FuseOSError(errno.EIO)

        def getattr(self, path: str, handle: int | None = None) -> dict[str, Any]:
            told = os.lstat(path)
            return {k: getattr(told, k) for k in dir(told) if k.startswith("st_")}

        def readdir(self, path: str, handle: int) -> list[str]:
            return [".", "..", *os.listdir(path)]

        def rename(self, old: str, new: str) -> None:
            os.rename(old, behind + new)

        def create(self, path: str, mode: int, info: object = None) -> int:
            return os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, mode)

        def read(self, path: str, size: int, at: int, handle: int) -> bytes:
            return os.pread(handle, size, at)

        def write(self, path: str, data: bytes, at: int, handle: int) -> int:
            return os.pwrite(handle, data, at)

        def truncate(self, path: str, length: int, handle: int | None = None) -> None:
            os.truncate(path, length)

        def fsync(self, path: str, only_data: int, handle: int) -> None:
            os.fsync(handle)

        def release(self, path: str, handle: int) -> None:
            os.close(handle)

        def mkdir(self, path: str, mode: int) -> None:
            os.mkdir(path, mode)

        def rmdir(self, path: str) -> None:
            os.rmdir(path)

        def unlink(self, path: str) -> None:
            os.unlink(path)

        def chmod(self, path: str, mode: int) -> None:
            os.chmod(path, mode)

        def open(self, path: str, flags: int) -> int:
            return os.open(path, flags)

        def utimens(self, path: str, times: tuple[float, float] | None = None) -> None:
            os.utime(path, times)

        def statfs(self, path: str) -> dict[str, Any]:
            told = os.statvfs(path)
            return {k: getattr(told, k) for k in dir(told) if k.startswith("f_") and k != "f_fsid"}

    fuse.FUSE(Share(), place, foreground=True, nothreads=True)


def _has(module: str) -> bool:
    from importlib.util import find_spec

    return find_spec(module) is not None


# -- the clock, two at once, PostgreSQL ------------------------------------------------------------


def clock(root: Path, rng: np.random.Generator) -> Told:
    """The clock is set back by a year, and forward again, between commands."""
    if shutil.which("faketime") is None:
        raise Skip("faketime is not installed")
    told = Told("clock set back")
    kids, recording = made_study(root / "kids"), kills.simulated(root / "one.edf", 1)
    run(None, "analyse", recording, "--out", root / "fine", "--quiet")
    dataset = root / "dataset"
    dataset.mkdir()
    shutil.copy2(recording, dataset / "night.edf")
    for n, by in enumerate(("-400d", "+0d", "-1h", "+300d", "-10d", "+0d")):
        before = ["faketime", "-f", by]
        if add(told, kids, n, before):
            told.problems.append(f"nothing could be noted at {by}")
        run(told, "analyse", recording, "--out", root / "out", "--quiet", "--overwrite", before=before)
        if digests(root / "out") != digests(root / "fine"):
            told.problems.append(f"another result at {by}")
        run(told, "cohort", dataset, "--out", root / "all", "--jobs", 1, "--no-report", "--quiet", before=before)
    if heads(kids) != 6:
        told.problems.append(f"the study holds {heads(kids)} of 6 entries")
    told.problems += list(_clock_web(root, rng, told))
    return told


def _clock_web(root: Path, rng: np.random.Generator, told: Told) -> Iterator[str]:
    """The same server's study, served at one time and then at an earlier one."""
    from ictal.web.accounts import Accounts, Role

    kids, file = root / "kids", root / "one.edf"
    (kids / "web").mkdir()
    (root / "bench").mkdir()
    (root / "work").mkdir()
    accounts = Accounts(kids / "web")
    account = accounts.join(accounts.invite(Role.clinician), "faults", "a sentence that is long")
    client = kills.Client(kids, file.read_bytes(), accounts.new_token(account, "faults", Role.clinician))
    bench = kills.Bench(root / "bench", rng, 0)
    for by in ("+0d", "-400d", "-1h"):
        os.environ["FAKETIME"] = by
        library = next(Path("/usr/lib").rglob("libfaketimeMT.so.1"), None)
        if library is None:
            return
        os.environ["LD_PRELOAD"] = str(library)
        process = kills.serving(bench, client, 0)
        del os.environ["LD_PRELOAD"], os.environ["FAKETIME"]
        try:
            if client.first:
                yield from client.after()
            client.send()
            client.first = client.first or client.finished[0]
            _settled(client)
            for kind in ("add", "undo"):
                client.correct(kind)
            told.tries += 1
        finally:
            process.terminate()
            process.wait(30)
    for given in (("serve", "--verify-audit", "--study", kids), ("study", "verify", "--study", kids)):
        code, said = run(None, *given)
        if code:
            yield said


def twice(root: Path, rng: np.random.Generator) -> Told:
    """The same command twice at once."""
    told = Told("two at once")
    recording, kids = kills.simulated(root / "one.edf", 1), made_study(root / "kids")
    (root / "growth.csv").write_text(GROWTH)
    dataset = root / "dataset"
    dataset.mkdir()
    for n in range(3):
        shutil.copy2(recording, dataset / f"night-{n}.edf")
    run(None, "analyse", recording, "--out", root / "fine", "--quiet")
    fine = digests(root / "fine")
    for k in range(4):
        both(told, rng, "analyse", recording, "--out", root / f"out{k}", "--quiet", *(["--overwrite"] if k % 2 else []))
        if digests(root / f"out{k}") != fine:
            told.problems.append("two analyses of one file left another result")
    for k in range(2):
        both(told, rng, "cohort", dataset, "--out", root / f"all{k}", "--jobs", 1, "--no-report", "--quiet")
        for n in range(3):
            if not (root / f"all{k}" / f"night-{n}" / "findings.json").is_file():
                told.problems.append("two cohorts of one folder left it unfinished")
    both(told, rng, "study", "import", root / "growth.csv", "--study", kids, "--who", "faults")
    if heads(kids) != 40:
        told.problems.append(f"two imports of the same 40 entries made {heads(kids)}")
    for k in range(3):
        both(told, rng, "study", "init", root / f"new{k}")
        if run(None, "study", "verify", "--study", root / f"new{k}")[0]:
            told.problems.append("two that make one study leave none")
    left = [p.name for p in root.rglob(".*") if p.name != ".bidsignore"]
    if left:
        told.problems.append(f"left: {left}")
    return told


def both(told: Told, rng: np.random.Generator, *given: object) -> None:
    """Start a command twice, a moment apart; one at least must do its work."""
    environment = os.environ | {"PYTHONPATH": str(HERE.parent / "src")}
    command = [sys.executable, "-m", "ictal", *map(str, given)]
    begun = []
    for _ in range(2):
        begun.append(
            subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        )
        time.sleep(rng.uniform(0, 0.5))
    ends = [(p.communicate(timeout=300)[1], p.returncode) for p in begun]
    for err, code in ends:
        judge(told, code, err, str(given[0]))
    if all(code for _, code in ends):
        told.problems.append(f"{given[0]}: neither of two did its work: {ends}")


def postgres(root: Path, rng: np.random.Generator) -> Told:
    """PostgreSQL is restarted, gently and not, while entries are written."""
    from ictal.base.errors import StudyError
    from ictal.infant.timeline.types import Growth, Infant
    from ictal.study import create_study

    told = Told("PostgreSQL restarted under load")
    with kills.postgres(root) as url:
        if url is None:
            raise Skip("PostgreSQL is not installed")
        base = Path(url.rpartition("host=")[2])
        who = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        program = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))[-1]
        study = create_study(root / "kids", kills.database(url, "load"))
        study.new(Infant(pseudonym="inf-1"), who="faults")
        said, going = [], True

        def restarts() -> None:
            nonlocal going
            for k in range(8):
                time.sleep(rng.uniform(0.3, 1.5))
                how = ("fast", "immediate")[k % 2]
                options = f"-c listen_addresses='' -k {base}"
                subprocess.run(
                    [*who, str(program), "-D", str(base / "data"), "-w", "-m", how, "-o", options, "-l",
                     str(base / "log"), "restart"], cwd=base, stdout=subprocess.DEVNULL, check=True,
                )  # fmt: skip
            going = False

        thread = threading.Thread(target=restarts)
        thread.start()
        day = 0
        while going:
            told.tries += 1
            day += 1
            try:
                study.add("inf-1", Growth(age_days=day, head_cm=35), who="faults")
                said.append(day)
            except StudyError as error:
                told.refused += 1
                if "\n" in str(error) or len(str(error)) > 300:
                    told.problems.append(str(error))
        thread.join()
        kept = {round(e.age_days) for e in study.infant("inf-1").entries}
        if not set(said) <= kept or len(kept) - len(said) > told.refused or not study.verify().holds:
            told.problems.append(f"{len(said)} entries were answered, {len(kept)} are there")
    return told


PARTS: dict[str, Callable[[Path, np.random.Generator], Told]] = {
    "disk": disk, "full-web": full_web, "readonly": readonly, "share": share, "clock": clock, "twice": twice,
    "postgres": postgres,
}  # fmt: skip


def main() -> int:
    """Every fault, one after the other."""
    if sys.argv[1:2] == ["--share"]:
        serve_share(*sys.argv[2:5])
        return 0
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=sorted(PARTS), default=list(PARTS))
    parser.add_argument("--seed", type=int, default=1)
    chosen, found = parser.parse_args(), []
    for part in chosen.only:
        with tempfile.TemporaryDirectory(prefix="ictal-faults-", ignore_cleanup_errors=True) as name:
            try:
                told = PARTS[part](Path(name), np.random.default_rng([chosen.seed, *part.encode()]))
            except Skip as why:
                print(f"{part}: skipped, {why}")
                continue
        found.append({"what": told.what, "tries": told.tries, "refused": told.refused, "problems": told.problems})
        print(f"{told.what}: {told.tries} tries, {told.refused} refused in a sentence, {len(told.problems)} problems")
        print("".join(f"  {what}\n" for what in told.problems), end="", flush=True)
    (HERE / "results").mkdir(exist_ok=True)
    (HERE / "results" / "faults.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return 1 if any(one["problems"] for one in found) else 0


if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parent / "src"))
    sys.exit(main())
