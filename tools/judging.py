"""Judges of mutants: one warm process that forks for each, so that nothing is imported, collected or compiled twice.

    look     the tests run once: which functions of the source each of them runs, and how long it takes
    warm     a change within a function: the fork gives the living functions their changed code
    cold     everything else (constants, defaults, lines that run at import): the fork imports the changed source

Either runs only the tests that run the changed line, the quickest first, and stops at the first that fails. What runs
before any test (imports, fixtures of a module, parameters) counts for all that could see it, and a test that starts
another process counts for every function: that process reads the changed source from the disk.
"""

from __future__ import annotations

import ast
import gc
import json
import os
import resource
import signal
import sys
import threading
import time
import traceback
import types
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import _lru_cache_wrapper
from pathlib import Path
from typing import Any

import pytest
from _pytest.main import pytest_runtestloop as run_tests

STILL_S = 600.0
"""A fork that neither ends nor uses its time is ended after so long."""

SURVIVED, KILLED, NOT_PATCHED, BROKEN = 0, 1, 9, 10
IMPORT = "import"


def pytest_arguments(folder: Path, tests: tuple[str, ...]) -> list[str]:
    """The first failure is enough: examples are not shrunk, nor kept, and every mutant gets the same ones."""
    plain = [
        "-x",
        "-q",
        "-s",
        "-n",
        "0",
        "-p",
        "no:cacheprovider",
        "--hypothesis-seed=11",
        "--hypothesis-profile=mutants",
    ]
    plain += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
    return [*plain, f"--basetemp={folder / 'tmp'}", *tests]


def forked(work: Callable[[], int], cpu_s: float) -> int | None:
    """What this work answers in a process of its own; None if it took too long."""
    sys.stdout.flush()
    child = os.fork()
    if not child:
        code = BROKEN
        try:
            os.setpgid(0, 0)
            nothing = os.open(os.environ.get("MUTANTS_LOG", os.devnull), os.O_RDWR | os.O_CREAT | os.O_APPEND)
            for stream in (0, 1, 2):
                os.dup2(nothing, stream)
            resource.setrlimit(resource.RLIMIT_CPU, (int(cpu_s) + 1, int(cpu_s) + 2))
            code = work()
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(code)
    began = time.monotonic()
    while time.monotonic() - began < STILL_S:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            late = os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL)
            code = KILLED if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
            if code == BROKEN:
                raise RuntimeError("A judge fails itself: set MUTANTS_LOG to a file to read why.")
            return None if late else code
        time.sleep(0.01)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


class Look:
    """Which functions does each test run, how long does it take, and which start processes?"""

    def __init__(self, tree: Path) -> None:
        self.root = f"{tree / 'ictal'}{os.sep}"
        self.ran: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
        self.cpu_s: dict[str, float] = {}
        self.starts: set[str] = set()
        self.failed: list[str] = []
        self.during = IMPORT
        sys.addaudithook(self._process)
        threading.settrace(self._call)
        sys.settrace(self._call)

    def _process(self, event: str, _: object) -> None:
        if event in ("subprocess.Popen", "os.fork", "os.posix_spawn"):
            self.starts.add(self.during)

    def _call(self, frame: types.FrameType, event: str, _: object) -> Any:
        name = frame.f_code.co_filename
        if not name.startswith(self.root):
            return None
        self.ran[name[len(self.root) :]][frame.f_code.co_firstlineno].add(self.during)
        return None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        forget_results()
        self.during, began = item.nodeid, time.process_time()
        sys.settrace(self._call)
        try:
            return (yield)
        finally:
            self.cpu_s[item.nodeid], self.during = time.process_time() - began, IMPORT

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any, request: Any) -> Iterator[None]:
        before = self.during
        if fixturedef.scope != "function":
            self.during = "" if fixturedef.scope == "session" else request.node.nodeid
        try:
            return (yield)
        finally:
            self.during = before

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.append(report.nodeid)

    def write(self, path: Path) -> None:
        plain = {file: {str(at): sorted(who) for at, who in ran.items()} for file, ran in self.ran.items()}
        said = {"ran": plain, "cpu_s": self.cpu_s, "starts": sorted(self.starts), "failed": self.failed}
        path.write_text(json.dumps(said), encoding="utf-8")


class Seen:
    """What a look has seen: which tests are asked about a function, and how long that may take."""

    def __init__(self, path: Path) -> None:
        said = json.loads(path.read_text(encoding="utf-8"))
        self.ran: dict[str, dict[str, list[str]]] = said["ran"]
        self.cpu_s: dict[str, float] = said["cpu_s"]
        self.starts: list[str] = said["starts"]
        self.failed: list[str] = said["failed"]

    def at_import(self, file: str, first: int) -> bool:
        return IMPORT in self.ran.get(file, {}).get(str(first), ())

    def every(self) -> list[str]:
        return sorted(self.cpu_s, key=lambda test: (test in self.starts, self.cpu_s[test]))

    def of(self, file: str, first: int) -> list[str]:
        """The tests that run this function or share a fixture that did, the quickest first, processes last."""
        who = {*self.ran.get(file, {}).get(str(first), ()), *self.starts}
        return [
            test for test in self.every() if test in who or any(test.startswith(w) for w in who if w not in self.cpu_s)
        ]

    def limit_s(self, tests: list[str]) -> float:
        return 20 + 3 * sum(self.cpu_s[test] for test in tests)


class Only:
    """Collects, keeps these tests in this order, and asks them; with nothing chosen, all."""

    def __init__(self, tests: list[str]) -> None:
        self.tests = tests

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        place = {test: k for k, test in enumerate(self.tests)}
        items[:] = sorted((item for item in items if item.nodeid in place), key=lambda item: place[item.nodeid])


class Warm:
    """Collects once; then each mutant is judged in a fork of that moment."""

    def __init__(self, judge: Callable[[Callable[[Path, list[str], float], int | None]], None]) -> None:
        self.judge = judge

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = {item.nodeid: item for item in session.items}
        living = functions()
        gc.freeze()  # what is here already stays shared with the forks

        def ask(path: Path, tests: list[str], cpu_s: float) -> int | None:
            def work() -> int:
                if not patched(path, living[str(path)]):
                    return NOT_PATCHED
                session.items = [items[test] for test in tests]
                with suppress(session.Failed, session.Interrupted):
                    run_tests(session)
                return KILLED if session.testsfailed else SURVIVED

            return forked(work, cpu_s)

        self.judge(ask)
        return True


def patched(path: Path, living: list[types.FunctionType]) -> bool:
    """Give the living functions of this file the code that it has now. Loops of numba are compiled anew."""
    text = path.read_text(encoding="utf-8")
    forget_results()
    module = next((m for m in list(sys.modules.values()) if getattr(m, "__file__", None) == str(path)), None)
    if module is None:
        return True  # a test that uses it will import it as it is now
    if "ictal.base.compiled" in text:
        sys.modules["ictal.base.compiled"].KEPT = False  # type: ignore[attr-defined]
        users = [m for m in list(sys.modules.values()) if uses_loops_of(m, module)]
        for each in (module, *users):
            exec(compile(Path(str(each.__file__)).read_text(encoding="utf-8"), str(each.__file__), "exec"), vars(each))
        return True
    new = {(code.co_qualname, code.co_firstlineno): code for code in codes(compile(text, str(path), "exec"))}
    done = False
    for one in living:
        code = new.get((one.__code__.co_qualname, one.__code__.co_firstlineno))
        if code is not None and code != one.__code__:
            one.__code__ = code
            done = True
    return done


def uses_loops_of(user: types.ModuleType, module: types.ModuleType) -> bool:
    """Is this another module of loops, which has taken some of the other's into its own?"""
    loops = [v for v in vars(module).values() if hasattr(v, "py_func") and v.py_func.__module__ == module.__name__]
    return (
        user is not module
        and hasattr(user, "compiled")
        and any(v is loop for v in vars(user).values() for loop in loops)
    )


def codes(code: types.CodeType) -> Iterator[types.CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield constant
            yield from codes(constant)


def forget_results() -> None:
    """Results that the project's functions and those of its tests have kept."""
    for name, module in list(sys.modules.items()):
        if name.startswith(("ictal", "tests")):
            for found in list(vars(module).values()):
                if isinstance(found, _lru_cache_wrapper):
                    found.cache_clear()


def functions() -> dict[str, list[types.FunctionType]]:
    """Every living function by its file; looked for once, since that takes as long as many a test."""
    found: dict[str, list[types.FunctionType]] = defaultdict(list)
    for one in gc.get_objects():
        if isinstance(one, types.FunctionType):
            found[one.__code__.co_filename].append(one)
    return found


def function_of(text: str, start: int, stop: int) -> int | None:
    """The first line of the function in whose body the text from `start` to `stop` (bytes) runs; None at import."""
    raw = text.encode()
    starts = [0]
    for row in raw.splitlines(keepends=True):
        starts.append(starts[-1] + len(row))
    found = None
    for node in ast.walk(ast.parse(text)):  # from outside inwards
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first, last = node.body[0], node.body[-1]
            begin = starts[first.lineno - 1] + first.col_offset
            if begin <= start and stop <= starts[(last.end_lineno or 0) - 1] + (last.end_col_offset or 0):
                found = min(node.lineno, *(d.lineno for d in node.decorator_list), node.lineno)
    return found


@contextmanager
def changed(path: Path, new: bytes) -> Iterator[None]:
    """The file with this content, and then as it was, its time too: what was compiled of it stays good."""
    original, stat = path.read_bytes(), path.stat()
    path.write_bytes(new)
    try:
        yield
    finally:
        path.write_bytes(original)
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
