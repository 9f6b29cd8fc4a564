"""A study whose making was killed: the same command makes it, and nobody's study is ever taken for such a one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ictal.base.errors import StudyError, UsageError
from ictal.infant.timeline.types import Infant
from ictal.study import create_study, open_study

_DIES = """
import os, signal, sys
from ictal.study import place
from ictal.exchange import whole_file

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

folder, store, where = sys.argv[1], sys.argv[2] or None, sys.argv[3]
if where == "before the database":
    place._open = die
elif where == "after the database":
    whole, place._open = place._open, lambda *a, **k: (whole(*a, **k), die())
elif where == "before study.toml":
    whole_file.write_whole = die
place.create_study(folder, store)
"""


def killed(folder: Path, store: str | None, where: str) -> None:
    done = subprocess.run([sys.executable, "-c", _DIES, str(folder), store or "", where], check=False)
    assert done.returncode == -signal.SIGKILL


@pytest.mark.parametrize(
    ("where", "there"),
    [
        ("before the database", True),
        ("after the database", True),
        ("before study.toml", True),
        ("before study.toml", 0),
    ],
)
def test_a_study_whose_making_was_killed_is_made_by_the_same_command(tmp_path, there, where):
    folder = tmp_path / "kids"
    if there:
        folder.mkdir()
    killed(folder, None, where)
    with pytest.raises(StudyError):
        open_study(folder)
    create_study(folder).new(Infant(pseudonym="inf-1"), who="mk")
    assert sorted(os.listdir(folder)) == ["study.db", "study.toml"]
    assert os.listdir(tmp_path) == ["kids"]
    assert open_study(folder).verify().holds


@pytest.mark.parametrize("where", ["before the database", "after the database", "before study.toml"])
def test_so_is_one_in_postgresql_or_it_is_there(tmp_path, new_database, where):
    folder, url = tmp_path / "kids", new_database()
    killed(folder, url, where)
    if where == "after the database":
        with pytest.raises(StudyError, match="open it"):
            create_study(folder, url)
    else:
        create_study(folder, url)
    open_study(folder).new(Infant(pseudonym="inf-1"), who="mk")
    with pytest.raises(StudyError, match="a study in this place already"):
        create_study(folder, url)
    assert open_study(folder).pseudonyms() == ("inf-1",)


def test_a_store_with_an_infant_is_never_taken_for_a_leftover(tmp_path):
    create_study(tmp_path / "kids").new(Infant(pseudonym="inf-1"), who="mk")
    (tmp_path / "kids" / "study.toml").unlink()
    with pytest.raises(UsageError, match="not empty"):
        create_study(tmp_path / "kids")
