"""Work in the background: a queue that survives a restart; each analysis in a process of its own, a few at once.

The process of an analysis ends when the server does, however that ended: it holds one end of a pipe of the server.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from ictal.base.errors import IctalError
from ictal.exchange.whole_file import put_whole
from ictal.web.journal import now
from ictal.web.kept import load
from ictal.web.shelf import Shelf

WAITING, RUNNING, DONE, FAILED, CANCELLED = "waiting", "running", "done", "failed", "cancelled"
_KEPT = 200
_MOST_WORKERS = 4


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


def usual_workers() -> int:
    """How many analyses run at once where nobody said it: half of the processors, one to four; the rest serve pages."""
    return max(1, min(_MOST_WORKERS, (os.cpu_count() or 1) // 2))


class Jobs:
    """The queue of one study. `start` begins to work; what ran when the server stopped begins again."""

    def __init__(
        self, shelf: Shelf, folder: Path, done: Callable[[Job], None] = lambda job: None, workers: int = 1
    ) -> None:
        self._shelf, self._path, self._done, self._workers = shelf, folder / "jobs.json", done, workers
        self._changed = threading.Condition()
        again = "remove it, and ask again for what was not analysed yet"
        self._jobs = load(self._path, list[Job], [], mend=again)
        for job in self._jobs:
            if job.state == RUNNING:
                job.state, job.share, job.doing = WAITING, 0.0, "begins again"
        self._running: dict[str, subprocess.Popen[str]] = {}
        self._stopping = False
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin to work through the queue; a recording that never came to stand in it is put there."""
        known = {j.recording for j in self._jobs}
        for about in reversed(self._shelf.all()):
            if about.id not in known and not about.sha256:  # the server was killed between upload and queue
                self.add(about.id, about.by)
        self._threads = [
            threading.Thread(target=self._work, name=f"jobs {k}", daemon=True) for k in range(self._workers)
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Leave the queue as it is; what runs begins again at the next start."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
            for process in self._running.values():
                process.terminate()
        for thread in self._threads:
            thread.join(timeout=10)

    def add(self, recording: str, by: str) -> Job:
        """Ask for an analysis; one that waits or runs already is enough."""
        with self._changed:
            found = next((j for j in self._jobs if j.recording == recording and j.open), None)
            if found is None:
                found = Job(recording=recording, by=by, asked=now())
                ended = [j for j in self._jobs if not j.open][:-_KEPT]
                before, self._jobs = self._jobs, [*(j for j in self._jobs if j not in ended), found]
                try:
                    self._save()
                except OSError:
                    self._jobs = before
                    raise
                self._changed.notify_all()
            return found

    def cancel(self, recording: str) -> None:
        """Stop the analysis of a recording, or take it out of the queue."""
        with self._changed:
            for job in self._jobs:
                if job.recording == recording and job.open:
                    if recording in self._running:
                        self._running[recording].terminate()
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
                if self._stopping:
                    return
                job = next((j for j in self._jobs if j.state == WAITING and j.recording not in self._running), None)
                if job is None:
                    self._changed.wait()
                    continue
                try:
                    process = self._begin(job)
                except (IctalError, OSError) as error:  # its folder is gone, or there is no room for a process
                    job.state, job.said = FAILED, f"The analysis could not begin: {error}"
                    self._note()
                    continue
                self._running[job.recording] = process
                job.state, job.doing = RUNNING, "beginning"
                self._note()
            self._follow(job, process)

    def _begin(self, job: Job) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "ictal.web.work", str(self._shelf.folder(job.recording))],
            stdin=subprocess.PIPE,  # its end tells the process that there is no server any more
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def _follow(self, job: Job, process: subprocess.Popen[str]) -> None:
        """Take the process's word for how far it is, until it ends."""
        with process:
            for line in process.stdout or ():
                self._hear(job, line)
        code = process.returncode
        if code == 0 and job.state == RUNNING:
            try:
                self._done(job)
            except (OSError, IctalError) as error:
                job.said = str(error)
        with self._changed:
            del self._running[job.recording]
            if job.state == RUNNING:
                self._end(job, code)
            self._note()
            self._changed.notify_all()

    def _note(self) -> None:
        """Save as far as the disk lets us: the queue goes on, and the next that is noted is noted with this."""
        with suppress(OSError, IctalError):
            self._save()

    @staticmethod
    def _hear(job: Job, line: str) -> None:
        try:
            told = json.loads(line)
        except ValueError:
            return
        job.share, job.doing = float(told.get("share", job.share)), str(told.get("doing", job.doing))
        job.said = str(told.get("said", job.said))

    def _end(self, job: Job, code: int) -> None:
        if code == 0:
            job.state = DONE
        elif self._stopping:
            job.state, job.share, job.doing = WAITING, 0.0, "begins again"
        else:
            job.state = FAILED
            job.said = job.said or "The analysis ended before its time: start it again."
            with suppress(OSError, IctalError):
                self._shelf.tell(job.recording, refused=job.said)

    def _save(self) -> None:
        put_whole(self._path, msgspec.json.encode(self._jobs))
