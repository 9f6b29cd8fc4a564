"""Killed at every step: what is left is what was there, or what was to be, and the next run goes on.

A step is a change of the file system (`benchmarks/kills.py`, which tries random moments in the whole of Ictal).
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.kills import Bench, digests
from ictal.cli import main
from ictal.exchange.folder import whole_folder
from ictal.exchange.whole_file import write_whole

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL of POSIX")


@pytest.fixture
def bench(tmp_path) -> Bench:
    made = Bench(tmp_path, np.random.default_rng(1), 0)
    made.work()
    return made


def died(bench: Bench, code: str, at: int, *given: object) -> bool:
    """Was the program killed at its step, or did it come to its end?"""
    process = bench.start(["-c", code, *map(str, given)], at)
    _, err = process.communicate()
    assert process.returncode in (0, -signal.SIGKILL), err
    return process.returncode != 0


_FOLDER = """
import sys
from pathlib import Path
from ictal.exchange.folder import whole_folder
with whole_folder(Path(sys.argv[1]), overwrite=True) as staging:
    (staging / "findings.json").write_text("new")
    (staging / "more.tsv").write_text("new")
"""
OLD = {"findings.json": "old", "older.tsv": "old"}
NEW = {"findings.json": "new", "more.tsv": "new"}


def held(folder: Path) -> dict[str, str]:
    return {p.name: p.read_text() for p in folder.iterdir() if not p.name.startswith(".")} if folder.exists() else {}


def put(folder: Path, files: dict[str, str]) -> None:
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text)


@pytest.mark.parametrize("before", [{}, OLD], ids=["new", "over an older one"])
def test_a_folder_is_the_older_or_the_newer_whatever_the_step(bench, before):
    steps = 0
    while True:
        steps += 1
        out = bench.work() / "out"
        if before:
            put(out, before)
        killed = died(bench, _FOLDER, steps, out)
        assert held(out) in (before, NEW)
        if not killed:
            break
        with pytest.raises(ZeroDivisionError), whole_folder(out, overwrite=True):
            raise ZeroDivisionError  # a next run, that fails: what it found is as it was
        assert held(out) in (before, NEW)
        with whole_folder(out, overwrite=True) as staging:
            (staging / "findings.json").write_text("next")
        assert held(out) == {"findings.json": "next"}
        assert os.listdir(out.parent) == ["out"]
    assert steps > 5


def test_a_folder_that_cannot_be_renamed_comes_back_whatever_the_step(bench):
    """As on a mounted disk, whose root stays: files go in one by one."""
    code = "import os; os.path.ismount = lambda path: True\n" + _FOLDER
    steps, seen = 0, set()
    while True:
        steps += 1
        out = bench.work() / "out"
        put(out, OLD)
        killed = died(bench, code, steps, out)
        seen.add(tuple(sorted(held(out).items())))
        if not killed:
            break
        (out / "users.txt").write_text("mine")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(os.path, "ismount", lambda path: True)
            with pytest.raises(ZeroDivisionError), whole_folder(out, overwrite=True):
                raise ZeroDivisionError
        assert held(out).pop("users.txt") == "mine"
        assert {k: v for k, v in held(out).items() if k != "users.txt"} in (OLD, NEW)
        assert sorted(os.listdir(out)) == sorted(held(out))
    assert held(out) == NEW
    assert len(seen) > 2  # it was killed between two files too


_FILE = """
import sys
from pathlib import Path
from ictal.exchange.whole_file import write_whole
write_whole(Path(sys.argv[1]), "new", overwrite=True)
"""


def test_a_file_is_the_older_or_the_newer_and_what_is_left_is_used_again(bench):
    steps, out = 0, bench.work() / "course.svg"
    while True:
        steps += 1
        out.write_text("old")
        killed = died(bench, _FILE, steps, out)
        assert out.read_text() in ("old", "new")
        assert len(os.listdir(out.parent)) <= 2
        if not killed:
            break
        write_whole(out, "next", overwrite=True)
        assert out.read_text() == "next"
        assert os.listdir(out.parent) == ["course.svg"]
    assert steps > 3


_SHELF = """
import sys
from pathlib import Path
from ictal.study import create_study, open_study
from ictal.web.shelf import Shelf, Told
from ictal.web.uploads import Uploads
place = Path(sys.argv[1])
uploads = Uploads(Shelf(place, open_study(place)), place / "web", 1 << 20)
uploads.finish(sys.argv[2], "me")
"""


def test_an_upload_that_is_being_taken_is_never_lost(bench):
    pytest.importorskip("fastapi", reason="The workbench needs the extra `web`.")
    from ictal.study import create_study, open_study
    from ictal.web.shelf import Shelf, Told
    from ictal.web.uploads import Uploads
    from tests.web.conftest import eeg

    sent = eeg(3072, seed=1)
    steps = 0
    while True:
        steps += 1
        place = bench.work() / "study"
        shelf = Shelf(place, create_study(place))
        (place / "web").mkdir()
        uploads = Uploads(shelf, place / "web", 1 << 20)
        number = uploads.begin("x.edf", len(sent), Told(label="Night"), "me").id
        uploads.add(number, "me", 0, sent)
        killed = died(bench, _SHELF, steps, place, number)
        again = Uploads(Shelf(place, open_study(place)), place / "web", 1 << 20)
        about = again.finish(number, "me")
        shelf = Shelf(place, open_study(place))
        assert shelf.file(about.id).read_bytes() == sent
        assert [a.id for a in shelf.all()] == [about.id]
        assert list((place / "web" / "uploads").iterdir()) == []
        assert [p.name for p in (place / "recordings").iterdir()] == [about.id]
        if not killed:
            break
    assert steps > 6


def test_an_analysis_that_was_killed_is_done_by_the_same_command_to_the_same_bytes(bench, edf):
    command = ["analyse", str(edf), "--quiet", "--overwrite", "--no-report", "--out"]
    assert main.run([*command, str(bench.work() / "fine")]) == 0
    fine = digests(bench.root / "work" / "fine")
    for at in (3, 9, 12):
        out = bench.work() / "out"
        process = bench.start(["-m", "ictal", *command, str(out)], at)
        process.communicate()
        assert digests(out) in ({}, fine)
        assert main.run([*command, str(out)]) == 0
        assert digests(out) == fine
        assert os.listdir(out.parent) == ["out"]


def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "night.edf")
    command = [sys.executable, "-m", "ictal", "analyse", str(tmp_path / "night.edf"), "--out", str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 3
    assert "save it to a file first" in done.stderr
