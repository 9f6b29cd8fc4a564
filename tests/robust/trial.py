"""One command in a process of its own, with a clock and a limit of memory: how did it end, and is what it said sound?

Each trial is a fork of a process that has loaded everything, so that thousands take minutes. Nothing is compiled and
no thread runs in that process.
"""

from __future__ import annotations

import os
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

LONGEST_S = 10.0
MOST_MB = 1024
_ALLOWED = (0, 2, 3)
_LONGEST_SENTENCE = 1200
"""A sentence that is longer repeats what the file said; a name of a file or of a column may be long."""

Check = Callable[[Path], Iterable[str]]
Work = Callable[[Path], int]
Put = bytes | Callable[[Path], object]
"""What stands in a file, or what makes it (a link, a pipe, a folder)."""


@dataclass(frozen=True)
class Case:
    """A command line and its files. `check` looks at what a success left behind and yields what is not sound in it."""

    reader: str
    name: str
    files: Mapping[str, Put] = field(repr=False)
    argv: tuple[str, ...] = ()
    check: Check | None = None
    work: Work | None = None
    """In place of a command line: something done in the folder, which gives an exit code."""
    many: bool = False
    """The command tells of several things, and may say a sentence of each."""


@dataclass(frozen=True)
class Outcome:
    """How a trial ended; `wrong` is empty when it ended as everything must."""

    case: Case
    code: int | None
    took_s: float
    most_mb: float
    said: str
    wrong: tuple[str, ...]


def run_all(cases: Iterable[Case], folder: Path, at_once: int = 2) -> Iterator[Outcome]:
    """Every case, each in its own process and its own folder, in the order in which they end."""
    waiting = iter(cases)
    open_: list[_Started] = []
    while True:
        while len(open_) < at_once and (case := next(waiting, None)) is not None:
            open_.append(_Started(case, folder))
        if not open_:
            return
        ended = [(one, outcome) for one in open_ if (outcome := one.poll()) is not None]
        for one, outcome in ended:
            open_.remove(one)
            yield outcome
        if not ended:
            time.sleep(0.002)


class _Started:
    """A trial under way."""

    def __init__(self, case: Case, folder: Path) -> None:
        self._case, self._began = case, time.monotonic()
        self._folder = Path(tempfile.mkdtemp(prefix="trial-", dir=folder))
        sys.stdout.flush()
        sys.stderr.flush()
        self._child = os.fork()
        if self._child == 0:
            _child(case, self._folder)

    def poll(self) -> Outcome | None:
        """Its outcome once it has ended; what takes six times as long as anything may is ended here."""
        child, status, used = os.wait4(self._child, os.WNOHANG)
        took_s = time.monotonic() - self._began
        if child == 0:
            if took_s > 6 * LONGEST_S:
                os.killpg(self._child, signal.SIGKILL)
            return None
        said = _text(self._folder / "said.err")
        wrong = [*_text(self._folder / "wrong").splitlines()]
        code = os.waitstatus_to_exitcode(status)
        cpu_s, most_mb = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
        # On a busy machine the clock on the wall says little; a process that waits for what never comes is killed.
        if code < 0 or cpu_s > LONGEST_S:
            wrong.append(f"it took {took_s:.1f} s ({cpu_s:.1f} s of the processor)")
        if most_mb > MOST_MB:
            wrong.append(f"it took {most_mb:.0f} MB of memory")
        wrong += _judged(code, said, self._case.many)
        shutil.rmtree(self._folder, ignore_errors=True)
        return Outcome(self._case, code, took_s, most_mb, said, tuple(wrong))


def _judged(code: int, said: str, many: bool) -> Iterator[str]:
    if code < 0:
        yield f"it died of signal {-code}"
    elif code not in _ALLOWED:
        yield f"it ended with exit code {code}"
    if "Traceback" in said:
        yield "it ended in a traceback"
    if "ran out of memory" in said:
        yield "it ran out of memory"
    if code in (2, 3):
        lines = [line for line in said.splitlines() if line.strip()]
        ours = [line for line in lines if line.startswith(("ictal: ", "Error: "))]
        notes = [line for line in lines if line.startswith(("Usage: ", "Try ", "ictal: note: "))]
        if not ours:
            yield "it said no sentence"
        elif len(lines) - len(notes) > 1 and not many:
            yield f"it said {len(lines) - len(notes)} lines and not one sentence"
        if any(len(line) > _LONGEST_SENTENCE for line in lines):
            yield f"it said a line of {max(map(len, lines))} characters"
        if any((ord(c) < 32 and c != "\n") or 0x7F <= ord(c) < 0xA0 for c in said):
            yield "it said a control character"


def _child(case: Case, folder: Path) -> None:
    """What happens in the fork: never returns."""
    code = 99
    try:
        os.setsid()
        now_kb = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        most = now_kb + 4 * MOST_MB * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        for number, name in ((1, "said.out"), (2, "said.err")):
            os.dup2(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        inside = folder / "in"
        inside.mkdir()
        for name, put in case.files.items():
            path = inside / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(put) if isinstance(put, bytes) else put(path)
        os.chdir(inside)
        os.environ["ICTAL_DEBUG"] = "1"
        code = _worked(case, inside)
        if code == 0 and case.check is not None:
            (folder / "wrong").write_text("\n".join(case.check(inside)))
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _worked(case: Case, folder: Path) -> int:
    import warnings

    from ictal.cli.main import run

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as the console script does
        return case.work(folder) if case.work is not None else run(case.argv)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="backslashreplace")
    except OSError:
        return ""
