"""Analyses in the background: a few at once, cancelled, begun again, and none left behind when the server is gone."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from ictal.web.jobs import CANCELLED, DONE, FAILED, RUNNING, WAITING, Jobs, usual_workers
from ictal.web.shelf import Shelf, Told
from ictal.web.uploads import Uploads

SLEEPER = "import json, sys; print(json.dumps({'share': 0.5, 'doing': 'half'}), flush=True); sys.stdin.read()"


class Fake(Jobs):
    """The queue with a process that says it is half done, and ends when the test says so."""

    def _begin(self, job):
        return subprocess.Popen(
            [sys.executable, "-S", "-c", SLEEPER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def finish(self, recording: str) -> None:
        """Let the process of a recording come to its end."""
        self._running[recording].stdin.close()

    def states(self) -> dict[str, str]:
        return {j.recording: j.state for j in self._jobs}


def until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def shelf(app, tmp_path) -> Shelf:
    """Four recordings that were never analysed."""
    found: Shelf = Shelf(tmp_path / "four", app.state.shelf.study)
    for k in range(4):
        file = tmp_path / f"{k}.edf"
        file.write_bytes(b"x" * 300)
        found.take(file, ".edf", Told(label=f"Night {k}"), "somebody")
    return found


@pytest.fixture
def jobs(shelf, tmp_path) -> Iterator[Fake]:
    made = Fake(shelf, tmp_path, workers=2)
    made.start()
    yield made
    made.stop()


def test_as_many_run_at_once_as_there_are_workers_and_the_oldest_first(jobs, shelf):
    first, second, third, fourth = [a.id for a in reversed(shelf.all())]
    until(lambda: list(jobs.states().values()).count(RUNNING) == 2)
    assert jobs.states() == {first: RUNNING, second: RUNNING, third: WAITING, fourth: WAITING}
    until(lambda: jobs.of(first).doing == "half" and jobs.of(first).share == 0.5)
    jobs.finish(second)
    until(lambda: jobs.states()[second] == DONE and jobs.states()[third] == RUNNING)
    jobs.cancel(fourth)
    jobs.cancel(first)
    until(lambda: first not in jobs._running)
    assert jobs.states() == {first: CANCELLED, second: DONE, third: RUNNING, fourth: CANCELLED}


def test_what_was_cancelled_and_asked_for_again_does_not_meet_its_own_end(jobs, shelf):
    first, _, third, fourth = [a.id for a in reversed(shelf.all())]
    until(lambda: jobs.states().get(first) == RUNNING)
    jobs.cancel(third)
    jobs.cancel(fourth)
    before = jobs._running[first]
    jobs.cancel(first)
    jobs.add(first, "somebody")
    until(lambda: first in jobs._running and jobs._running[first] is not before)
    assert before.returncode is not None
    assert [j.state for j in jobs.all() if j.recording == first] == [CANCELLED, RUNNING]


def test_a_stop_puts_what_runs_back_and_keeps_what_was_cancelled(jobs, shelf, tmp_path):
    first, second, *_ = [a.id for a in reversed(shelf.all())]
    until(lambda: list(jobs.states().values()).count(RUNNING) == 2)
    jobs.cancel(second)
    jobs.stop()
    again = Jobs(shelf, tmp_path)
    assert again.of(first).state == WAITING
    assert again.of(second).state == CANCELLED


def test_a_process_that_dies_is_told_as_a_failure_and_the_next_goes_on(jobs, shelf):
    first, _, third, _ = [a.id for a in reversed(shelf.all())]
    until(lambda: jobs.states().get(first) == RUNNING)
    jobs._running[first].kill()
    until(lambda: jobs.states()[third] == RUNNING)
    assert jobs.of(first).state == FAILED
    assert shelf.about(first).refused.endswith("start it again.")


def test_a_long_queue_forgets_nothing_that_waits(shelf, tmp_path):
    jobs = Jobs(shelf, tmp_path)
    for k in range(300):
        jobs.add(f"{k:012x}", "somebody")
    assert sum(j.state == WAITING for j in Jobs(shelf, tmp_path).all()) == 300


def test_the_usual_number_of_workers_leaves_half_of_the_machine():
    assert 1 <= usual_workers() <= 4


def test_a_job_ends_with_its_server(study, recording):
    """The process reads its standard input, which ends when the server does, however it was ended."""
    command = [sys.executable, "-m", "ictal.web.work", str(study / "recordings" / recording)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert json.loads(process.stdout.readline())["doing"] == "reading the file"
    process.stdin.close()
    assert process.wait(timeout=30) == 1
    process.stdout.close()


def test_an_upload_that_became_a_recording_is_no_upload_any_more(app, tmp_path, study):
    uploads = Uploads(app.state.shelf, study / "web", 1 << 30)
    planned = uploads.begin("x.edf", 300, Told(label="Third night"), "somebody")
    (study / "web" / "uploads" / planned.id / "data").unlink()  # the server was killed just after it was taken
    assert uploads.of("somebody") == ()
