"""Work in the background: a queue that survives a restart, one analysis at a time, each in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec

from ictal.base.errors import IctalError
from ictal.web.journal import now, read_whole, write_whole
from ictal.web.shelf import Shelf

WAITING, RUNNING, DONE, FAILED, CANCELLED = "waiting", "running", "done", "failed", "cancelled"
_KEPT = 200


class Job(msgspec.Struct, kw_only=True):
    """One analysis: which recording, how far it is, and what it said at its end."""

    recording: str
    by: str
    asked: str
    state: str = WAITING
    share: float = 0.0
    doing: str = "waiting for its turn"
    said: str = ""

    @property
    def open(self) -> bool:
        return self.state in (WAITING, RUNNING)


class Jobs:
    """The queue of one study. `start` begins to work; what ran when the server stopped begins again."""

    def __init__(self, shelf: Shelf, folder: Path, done: Callable[[Job], None] = lambda job: None) -> None:
        self._shelf, self._path, self._done = shelf, folder / "jobs.json", done
        self._changed = threading.Condition()
        self._jobs = read_whole(self._path, list[Job], b"[]", "remove it, and ask again for what was not analysed yet")
        for job in self._jobs:
            if job.state == RUNNING:
                job.state, job.share, job.doing = WAITING, 0.0, "begins again"
        self._process: subprocess.Popen[str] | None = None
        self._stopping = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to work through the queue."""
        self._thread = threading.Thread(target=self._work, name="jobs", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Leave the queue as it is; the running job begins again at the next start."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
            if self._process is not None:
                self._process.terminate()
        if self._thread is not None:
            self._thread.join(timeout=10)

    def add(self, recording: str, by: str) -> Job:
        """Ask for an analysis; one that waits or runs already is enough."""
        with self._changed:
            found = next((j for j in self._jobs if j.recording == recording and j.open), None)
            if found is None:
                found = Job(recording=recording, by=by, asked=now())
                self._jobs = [*self._jobs[-_KEPT:], found]
                self._save()
                self._changed.notify_all()
            return found

    def cancel(self, recording: str) -> None:
        """Stop the analysis of a recording, or take it out of the queue."""
        with self._changed:
            for job in self._jobs:
                if job.recording == recording and job.open:
                    if job.state == RUNNING and self._process is not None:
                        self._process.terminate()
                    job.state, job.said = CANCELLED, "cancelled"
            self._save()

    def of(self, recording: str) -> Job | None:
        """The latest job of a recording."""
        return next((j for j in reversed(self._jobs) if j.recording == recording), None)

    def all(self) -> tuple[Job, ...]:
        return tuple(self._jobs)

    def _work(self) -> None:
        while True:
            with self._changed:
                job = next((j for j in self._jobs if j.state == WAITING), None)
                if self._stopping:
                    return
                if job is None:
                    self._changed.wait()
                    continue
                job.state, job.doing = RUNNING, "beginning"
                self._save()
                self._process = self._begin(job)
            self._follow(job, self._process)

    def _begin(self, job: Job) -> subprocess.Popen[str]:
        folder = self._shelf.folder(job.recording)
        return subprocess.Popen(
            [sys.executable, "-m", "ictal.web.work", str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def _follow(self, job: Job, process: subprocess.Popen[str]) -> None:
        """Take the process's word for how far it is, until it ends."""
        for line in process.stdout or ():
            try:
                told = json.loads(line)
            except ValueError:
                continue
            job.share, job.doing = float(told.get("share", job.share)), str(told.get("doing", job.doing))
            job.said = str(told.get("said", job.said))
        code = process.wait()
        if code == 0 and job.state == RUNNING:
            try:
                self._done(job)
            except IctalError as error:
                job.said = str(error)
        with self._changed:
            self._process = None
            if self._stopping:
                job.state = WAITING
            elif job.state == RUNNING:
                job.state = DONE if code == 0 else FAILED
                if code != 0:
                    job.said = job.said or "The analysis ended before its time: start it again."
                    self._shelf.tell(job.recording, refused=job.said)
            self._save()

    def _save(self) -> None:
        write_whole(self._path, msgspec.json.encode(self._jobs))
