"""The engine of one computer: processes, each of which has one file in hand."""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Generic

from ictal.base.errors import EngineError, IctalError, UsageError, reason_of
from ictal.cohort.types import Lost, R, T

MOST_JOBS = 256
TRIES = 2
"""A file that takes down this many processes is not given to another."""

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
"""Variables that say how many threads a process may use: the processes share the cores."""


def usable_cores() -> int:
    """How many cores may this process use?"""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Processes:
    """So many processes at a time, 1 to 256. They are fresh interpreters, and end with the one that started them."""

    jobs: int

    def __post_init__(self) -> None:
        if not 1 <= self.jobs <= MOST_JOBS:
            raise UsageError(f"There can be 1 to {MOST_JOBS} processes at a time; got {self.jobs}.")

    def run(self, call: Callable[[T], R], items: Sequence[T]) -> Iterator[tuple[T, R | Lost]]:
        """Call for each item in one of the processes; see `types.Engine`."""
        todo = deque((item, 1) for item in items)
        slots: list[_Slot[T]] = []
        try:
            threads = max(1, usable_cores() // self.jobs)
            for _ in range(min(self.jobs, len(items))):
                slots.append(_Slot(call, threads))
            while todo or any(slot.busy for slot in slots):
                for slot in slots:
                    if not slot.busy and todo:
                        slot.give(*todo.popleft())
                wait([slot.pipe for slot in slots if slot.busy])
                for slot in [s for s in slots if s.busy and s.pipe.poll()]:
                    item, tries = slot.in_hand
                    try:
                        fine, answer = slot.take()
                    except (EOFError, OSError):
                        told = slot.end(dying=True)
                        slots[slots.index(slot)] = _Slot(call, threads)
                        if tries < TRIES:
                            todo.appendleft((item, tries + 1))
                        else:
                            yield item, Lost(told)
                        continue
                    if not fine:
                        raise answer
                    yield item, answer
        finally:
            for slot in slots:
                slot.end()


class _Slot(Generic[T]):
    """A process, the pipe to it, and what it has in hand."""

    def __init__(self, call: Callable[[T], Any], threads: int) -> None:
        context = get_context("spawn")  # a fork would copy locks that threads of numerical libraries hold
        self.pipe, other = context.Pipe()
        self._process: BaseProcess = context.Process(target=_serve, args=(other, call), daemon=True)
        self._held: tuple[T, int] | None = None
        try:
            with _environment(dict.fromkeys(_THREADS, str(threads))):
                self._process.start()
        except OSError as error:
            raise EngineError(
                f"A process could not be started ({reason_of(error)}): ask for fewer with --jobs."
            ) from None
        other.close()

    @property
    def busy(self) -> bool:
        return self._held is not None

    @property
    def in_hand(self) -> tuple[T, int]:
        if self._held is None:
            raise EngineError("A process without a file was asked for one.")
        return self._held

    def give(self, item: T, tries: int) -> None:
        self._held = (item, tries)
        with suppress(OSError):  # a process that has died meanwhile is noticed when it should answer
            self.pipe.send(item)

    def take(self) -> tuple[bool, Any]:
        """The answer, or (after a `False`) what the call raised.

        Raises `EOFError` or `OSError` where the process is gone.
        """
        told: tuple[bool, Any] = self.pipe.recv()
        self._held = None
        return told

    def end(self, dying: bool = False) -> str:
        """End the process, and say how it had ended if it did so by itself."""
        if dying:
            self._process.join(5)
        if self._process.exitcode is None:
            self._process.kill()
            self._process.join(5)
        self.pipe.close()
        code = self._process.exitcode
        how = f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
        memory = ", as when memory runs out" if code == -signal.SIGKILL else ""
        return f"The process that analysed it ended before its time ({how}{memory}), {TRIES} times."


def _serve(pipe: Connection, call: Callable[[Any], Any]) -> None:
    """The life of a process: an item in, an answer out, until the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; the first process answers it
    threading.Thread(target=_end_with_the_parent, daemon=True).start()
    while True:
        try:
            item = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            answer: tuple[bool, Any] = (True, call(item))
        except IctalError as error:
            answer = (False, error)
        except Exception as error:
            answer = (False, RuntimeError(f"{type(error).__name__}: {error}"))
        pipe.send(answer)


def _end_with_the_parent() -> None:
    """A run that was killed leaves nobody behind who writes where its successor will."""
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    """Variables for a process that is started within; those that the user set stay as they are."""
    added = [name for name in values if name not in os.environ]
    os.environ.update({name: values[name] for name in added})
    try:
        yield
    finally:
        for name in added:
            os.environ.pop(name, None)
