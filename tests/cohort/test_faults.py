"""Killed workers, killed runs, Ctrl-C, full disks, files that change: nothing is lost, nothing is done twice."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

import ictal.analysis
from ictal.analysis import Settings
from ictal.base.errors import EngineError, OutputError, UsageError
from ictal.base.provenance import ictal_version
from ictal.cohort import store
from ictal.cohort.processes import Processes
from ictal.cohort.run import run
from ictal.cohort.task import perform
from ictal.cohort.types import Asked, Item, Lost, Task
from ictal.exchange.folder import alone_in
from tests.cohort.conftest import stored, wait_for


class Here:
    """An engine for tests: the work is done in this process, one file after the other."""

    def run(self, call, items):
        yield from ((item, call(item)) for item in items)


def workers(pid: int) -> list[psutil.Process]:
    return [p for p in psutil.Process(pid).children() if "spawn_main" in " ".join(p.cmdline())]


def task(file: Path, out: Path) -> Task:
    out.mkdir(exist_ok=True)
    return Task(Item(file.stem, file), Asked(out, Settings(), None, False, False, ictal_version()))


# -- processes -------------------------------------------------------------------------------------


def _double(number: int) -> int:
    return 2 * number


def _die_of_three(number: int) -> int:
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def _die_once(place: Path) -> str:
    if not place.exists():
        place.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return place.name


def _refuse(number: int) -> int:
    raise OutputError("The disk is full.") if number == 2 else ValueError("of the call")


@pytest.mark.parametrize("jobs", [1, 3])
def test_every_item_is_answered_once(jobs):
    answers = list(Processes(jobs).run(_double, range(20)))
    assert sorted(answers) == [(n, 2 * n) for n in range(20)]
    assert list(Processes(jobs).run(_double, [])) == []


def test_an_item_that_kills_its_processes_is_told_and_the_others_are_done():
    answers = dict(Processes(2).run(_die_of_three, range(8)))
    lost = answers.pop(3)
    assert answers == {n: n for n in range(8) if n != 3}
    assert isinstance(lost, Lost)
    assert "signal 9, as when memory runs out" in lost.reason


def test_an_item_whose_process_was_killed_once_is_done_by_another(tmp_path):
    places = [tmp_path / name for name in "abc"]
    assert dict(Processes(2).run(_die_once, places)) == {p: p.name for p in places}


def test_what_the_call_refuses_ends_the_run_with_its_sentence():
    with pytest.raises(OutputError, match="The disk is full"):
        list(Processes(1).run(_refuse, [2]))
    with pytest.raises(RuntimeError, match="ValueError: of the call"):
        list(Processes(1).run(_refuse, [1]))


@pytest.mark.parametrize("jobs", [0, -1, 257])
def test_a_number_of_processes_that_cannot_be_is_refused(jobs, ictal, many, tmp_path):
    code, _, said = ictal("cohort", many, "--out", tmp_path / "out", "--jobs", jobs)
    assert (code, said.count("\n")) == (2, 1)
    assert "1 to 256" in said


# -- a run that is stopped -------------------------------------------------------------------------


def test_a_killed_worker_loses_nothing_and_nothing_is_done_twice(start, many, tmp_path):
    out = tmp_path / "out"
    running = start("cohort", many, "--out", out, "--jobs", 2, "--no-report")
    wait_for(lambda: len(stored(out)) >= 1)
    before = stored(out)
    workers(running.pid)[0].kill()
    said, noise = running.communicate(timeout=120)
    assert running.returncode == 0, noise
    assert "of 8 recordings" in said
    after = stored(out)
    assert len(after) == 8
    assert {name: after[name] for name in before} == before


def test_a_killed_run_leaves_nobody_behind_and_the_same_command_goes_on(start, many, tmp_path):
    out = tmp_path / "out"
    command = ("cohort", many, "--out", out, "--jobs", 2, "--no-report")
    running = start(*command)
    wait_for(lambda: len(stored(out)) >= 2)
    children = workers(running.pid)
    running.kill()
    wait_for(lambda: not any(child.is_running() and child.status() != "zombie" for child in children), 5)
    before = stored(out)
    assert 2 <= len(before) < 8
    again = start(*command)
    _, noise = again.communicate(timeout=120)
    assert again.returncode == 0, noise
    after = stored(out)
    assert len(after) == 8
    assert {name: after[name] for name in before} == before
    assert not list(out.rglob(".*partial*")), "something half-written stayed"
    assert f"{len(before)} of 8 recordings are done" in noise


def test_ctrl_c_stops_within_two_seconds_and_says_how_to_go_on(start, many, tmp_path):
    out = tmp_path / "out"
    running = start("cohort", many, "--out", out, "--jobs", 2, "--no-report")
    wait_for(lambda: len(stored(out)) >= 1)
    children = workers(running.pid)
    begin = time.monotonic()
    os.killpg(running.pid, signal.SIGINT)
    _, said = running.communicate(timeout=30)
    assert time.monotonic() - begin < 2
    assert running.returncode == 130
    last = said.strip().splitlines()[-1]
    assert last.startswith("ictal: interrupted; ")
    assert "of 8 recordings are kept, the same command goes on with the others." in last
    assert "Traceback" not in said
    assert not any(child.is_running() and child.status() != "zombie" for child in children)
    assert {p.name for p in out.iterdir()} <= {"cohort.json", "outcomes", *(f"night-{k:02}" for k in range(8))} | {
        p.name for p in out.glob(".night*")
    }
    assert all((p / "findings.json").is_file() for p in out.glob("night-*"))


def test_two_runs_on_one_folder_are_one_sentence(ictal, many, tmp_path):
    with alone_in(tmp_path / "out"):
        code, _, said = ictal("cohort", many, "--out", tmp_path / "out")
    assert code == 2
    assert said == (
        f"ictal: Another run is writing '{tmp_path / 'out'}': wait for it, or choose another folder with --out.\n"
    )


# -- the disk, the memory, the file ----------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 900 kB: results of a few recordings fit in it."""
    place = tmp_path / "small"
    place.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=900k", "tmpfs", str(place)], capture_output=True)
    if done.returncode:
        pytest.skip("a small file system can be mounted by the administrator alone")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_stops_the_run_with_one_sentence_and_it_goes_on_elsewhere(start, ictal, many, small_disk, tmp_path):
    out = small_disk / "out"
    running = start("cohort", many, "--out", out, "--jobs", 2)
    _, said = running.communicate(timeout=120)
    assert running.returncode == 3, said
    (last,) = [line for line in said.splitlines() if "disk is full" in line]
    assert "recordings are kept, the same command goes on with the others." in last
    kept = stored(out)
    assert 0 < len(kept) < 8
    for name in kept:
        assert (out / name).with_suffix("").joinpath("report.html").read_text().rstrip().endswith("</html>")
    bigger = tmp_path / "bigger"
    shutil.copytree(out, bigger)
    code, _, noise = ictal("cohort", many, "--out", bigger, "--jobs", 2)
    assert code == 0
    assert f"{len(kept)} of 8 recordings are done" in noise


def test_a_file_that_shrinks_while_it_is_read_is_a_row_with_its_reason(many, tmp_path, monkeypatch):
    file = Path(shutil.copy(many / "night-00.edf", tmp_path))
    real = ictal.analysis.analyse

    def shrunk(recording, *rest, **named):
        os.truncate(file, file.stat().st_size // 3)
        return real(recording, *rest, **named)

    monkeypatch.setattr(ictal.analysis, "analyse", shrunk)
    outcome = perform(task(file, tmp_path / "out"))
    assert outcome.status == "failed"
    assert not outcome.fault, outcome.reason
    assert "night-00.edf" in outcome.reason
    assert not (tmp_path / "out" / "night-00").exists()


def test_a_worker_out_of_memory_is_a_row_with_its_reason(many, tmp_path, monkeypatch):
    def hungry(*_, **__):
        raise MemoryError

    monkeypatch.setattr(ictal.analysis, "analyse", hungry)
    done = run(many, tmp_path / "out", engine=Here())
    assert len(done.failed) == 8
    assert {o.reason for o in done.failed} == {
        "The worker ran out of memory: give it more, or cut the recording into shorter files."
    }
    assert not any(o.fault for o in done.failed)


def test_a_fault_of_ours_is_a_row_and_the_exit_code_is_1(ictal, many, tmp_path, monkeypatch):
    def broken(*_, **__):
        raise KeyError("nowhere")

    monkeypatch.setattr("ictal.analysis.analyse", broken)
    monkeypatch.setattr("ictal.cohort.processes.Processes.run", Here().run)
    code, _, said = ictal("cohort", many, "--out", tmp_path / "out")
    assert code == 1
    assert "A fault of ours (KeyError" in said
    assert "8 of 8 recordings could not be analysed" in said


def test_a_worker_with_another_ictal_does_nothing(many, tmp_path):
    asked = task(many / "night-00.edf", tmp_path / "out")
    outcome = perform(replace(asked, asked=replace(asked.asked, version="0.0.1")))
    assert outcome.status == "failed"
    assert "install the same on both" in outcome.reason


def test_a_file_in_another_workers_hand_is_waited_for_and_not_done_again(many, tmp_path, monkeypatch):
    asked = task(many / "night-00.edf", tmp_path / "out")
    assert perform(asked).status == "done"
    first = (tmp_path / "out" / "night-00" / "findings.json").stat().st_mtime_ns
    (tmp_path / "out" / "outcomes" / "night-00.json").unlink()
    assert perform(asked).status == "done"
    assert (tmp_path / "out" / "night-00" / "findings.json").stat().st_mtime_ns == first


def test_an_outcome_without_its_results_is_no_outcome(many, tmp_path):
    asked = task(many / "night-00.edf", tmp_path / "out")
    perform(asked)
    assert store.find(asked.item, asked.asked) is not None
    shutil.rmtree(tmp_path / "out" / "night-00")
    assert store.find(asked.item, asked.asked) is None


def test_a_lost_engine_says_what_is_kept(many, tmp_path):
    class Gone(Here):
        def run(self, call, items):
            yield items[0], call(items[0])
            raise EngineError("The scheduler at tcp://x:1 is gone")

    with pytest.raises(EngineError, match=r"is gone; 1 of 8 recordings are kept, the same command goes on"):
        run(many, tmp_path / "out", engine=Gone())
    assert len(stored(tmp_path / "out")) == 1


def test_recordings_inside_the_output_folder_are_kept_safe(many, tmp_path):
    folder = tmp_path / "edfs"
    shutil.copytree(many, folder)
    with pytest.raises(UsageError, match="inside the output folder"):
        run(folder, tmp_path)
