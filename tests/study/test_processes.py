"""Two processes on one study, and one that is killed in the midst of writing."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ictal.infant.timeline.types import Growth, Infant
from ictal.study import Study

ADDING = Path(__file__).with_name("adding.py")
GIRL = Infant(pseudonym="inf-1", sex="female", gestation_weeks=32)


def start(study: Study, *words: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(ADDING), study.where, *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def girl(study: Study) -> Study:
    study.new(GIRL, who="mk")
    return study


def test_two_processes_and_a_reader_lose_nothing(girl: Study):
    many = 25
    writers = [start(girl, "one-by-one", first, many) for first in (0, 1000)]
    seen = 0
    while any(w.poll() is None for w in writers):
        now = len(girl.infant("inf-1").entries)
        assert now >= seen
        seen = now
        time.sleep(0.02)
    said = [w.communicate() for w in writers]
    assert [w.returncode for w in writers] == [0, 0], said
    keys = [set(out.split()) for out, _ in said]
    assert len(keys[0]) == len(keys[1]) == many
    assert not keys[0] & keys[1]
    found = girl.infant("inf-1").entries
    assert {e.id for e in found} == keys[0] | keys[1]
    assert len({e.age_days for e in found}) == 2 * many
    assert girl.verify() == girl.verify()
    assert girl.verify().holds
    assert girl.verify().changes == 2 * many + 1


@pytest.mark.parametrize("statement", [3, 40, 300])
def test_a_process_that_dies_in_the_midst_leaves_the_study_as_it_was(girl: Study, statement: int):
    before = girl.verify()
    killed = start(girl, "at-once", statement)
    _, err = killed.communicate(timeout=120)
    assert killed.returncode == -signal.SIGKILL, err
    if girl.engine.dialect.name == "sqlite":  # the file was changed already, and its journal is there to undo it
        assert statement < 300 or Path(girl.where, "study.db-journal").stat().st_size > 0
    assert girl.verify() == before
    assert girl.infant("inf-1").entries == ()
    assert girl.add("inf-1", Growth(age_days=1, head_cm=35), who="mk").keys == ("2",)
    assert girl.verify().holds


@pytest.mark.parametrize("wait_s", [0.0, 0.031, 0.057])
def test_a_process_that_is_killed_at_any_time_loses_nothing_that_it_said_was_kept(girl: Study, wait_s: float):
    writer = start(girl, "one-by-one", 0, 1000)
    assert writer.stdout is not None
    first = writer.stdout.readline()
    time.sleep(wait_s)
    writer.kill()
    rest, _ = writer.communicate(timeout=60)
    said = {key for key in (first + rest).splitlines(keepends=True) if key.endswith("\n")}
    kept = {f"{e.id}\n" for e in girl.infant("inf-1").entries}
    assert said <= kept
    assert len(kept) <= len(said) + 1
    assert girl.verify().holds
    assert girl.add("inf-1", Growth(age_days=99, head_cm=38), who="mk").keys
