"""What Ictal writes of a child its owner alone can read, whatever the umask says."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ictal.exchange.folder import whole_folder

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Modes of files are POSIX's.")


@pytest.fixture(autouse=True)
def hostile_umask() -> Iterator[None]:
    """A umask that gives everything to everybody."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.fixture
def here(tmp_path: Path, monkeypatch) -> Path:
    folder = tmp_path / "here"
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("ICTAL_WHO", "mk")
    monkeypatch.delenv("ICTAL_STUDY", raising=False)
    return folder


def open_to_others(folder: Path) -> list[str]:
    """Everything below this folder that somebody else could read, write, or enter."""
    return [
        f"{stat.filemode(path.lstat().st_mode)} {path.relative_to(folder)}"
        for path in sorted(folder.rglob("*"))
        if path.lstat().st_mode & 0o077 and not path.is_symlink()
    ]


def test_the_umask_is_hostile_indeed(here: Path):
    (here / "open").write_text("")
    assert open_to_others(here) == ["-rw-rw-rw- open"]


def test_results_are_their_owners_alone(ictal, edf, here: Path):
    assert ictal("analyse", edf, "--out", "night", "--quiet")[0] == 0
    assert (here / "night" / "report.html").is_file()
    assert open_to_others(here) == []


def test_a_folder_made_for_a_group_stays_one(here: Path):
    (here / "shared").mkdir(mode=0o2770)
    (here / "shared").chmod(0o2770)
    with whole_folder(here / "shared") as staging:
        (staging / "findings.json").write_text("{}")
    assert (here / "shared").stat().st_mode & 0o7777 == 0o2770
    assert (here / "shared" / "findings.json").stat().st_mode & 0o060 == 0o060


@pytest.mark.parametrize("there", [False, True])
def test_a_study_is_its_owners_alone(ictal, here: Path, there: bool):
    if there:
        (here / "s").mkdir()
        (here / "s").chmod(0o700)
    assert ictal("study", "init", "s")[0] == 0
    assert ictal("infant", "new", "inf-1", "--study", "s", "--born", "2024-03-01")[0] == 0
    assert ictal("study", "backup", "copy", "--study", "s")[0] == 0
    assert open_to_others(here) == []


def test_a_study_in_a_folder_that_everybody_may_enter_is_still_its_owners_alone(ictal, here: Path):
    (here / "s").mkdir(mode=0o777)
    assert ictal("study", "init", "s")[0] == 0
    assert ictal("infant", "new", "inf-1", "--study", "s")[0] == 0
    assert open_to_others(here / "s") == []


def test_what_is_exported_is_its_owners_alone(ictal, here: Path):
    assert ictal("study", "init", "s")[0] == 0
    assert ictal("infant", "new", "inf-1", "--study", "s", "--sex", "male")[0] == 0
    assert ictal("infant", "export", "inf-1", "--study", "s", "--out", "one.json")[0] == 0
    assert ictal("infant", "timeline", "inf-1", "--study", "s", "--html", "one.html", "--svg", "one.svg")[0] == 0
    assert ictal("assess", "inf-1", "--study", "s", "--report", "weighed.html")[0] == 0
    (here / "key").write_text("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHsKLqeplhpW+uObz5dvMgjz1OxfM/XXUB+VHtZ6isGN x\n")
    assert ictal("seal", "one.json", "--encrypt-to", "key")[0] == 0
    assert open_to_others(here) == ["-rw-rw-rw- key"]


def test_simulated_and_gathered_results_too(ictal, edf, here: Path):
    assert ictal("simulate", "quiet", "--minutes", "1", "--out", "made", "--quiet")[0] == 0
    (here / "many").mkdir(mode=0o700)
    (here / "many" / "night.edf").write_bytes(edf.read_bytes())
    (here / "many" / "night.edf").chmod(0o600)
    assert ictal("cohort", "many", "--out", "gathered", "--quiet", "--jobs", "1")[0] == 0
    others = [p for p in open_to_others(here) if not p.startswith("d")]
    assert (here / "gathered").stat().st_mode & 0o777 == 0o700
    assert [p for p in others if not p.partition(" ")[2].startswith("gathered/")] == []
