"""Results appear whole or not at all."""

# ruff: noqa: PT012, SIM117  (what is written within the folder is what is tested)

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ictal.base.errors import OutputError, UsageError
from ictal.exchange.folder import whole_folder


def _names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def test_the_folder_appears_only_when_everything_is_written(tmp_path: Path) -> None:
    out = tmp_path / "a" / "b" / "out"
    with whole_folder(out) as staging:
        (staging / "findings.json").write_text("{}")
        (staging / "deep").mkdir()
        (staging / "deep" / "x").write_text("x")
        assert not out.exists()
        assert staging.parent == out.parent
        assert staging.name.startswith(".out.partial-")
    assert _names(out) == ["deep", "findings.json"]
    assert _names(out.parent) == ["out"]
    assert out.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("failure", [RuntimeError("x"), KeyboardInterrupt(), SystemExit(1), OSError("x")])
def test_a_failure_leaves_nothing_not_even_parents(tmp_path: Path, failure: BaseException) -> None:
    with pytest.raises(type(failure)), whole_folder(tmp_path / "a" / "b" / "out") as staging:
        (staging / "x").write_text("x")
        raise failure
    assert _names(tmp_path) == []


def test_parents_that_were_there_or_have_gained_something_stay(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), whole_folder(tmp_path / "a" / "b" / "out"):
        (tmp_path / "a" / "another").write_text("of somebody else")
        raise RuntimeError
    assert _names(tmp_path) == ["a"]
    assert _names(tmp_path / "a") == ["another"]


def test_an_empty_folder_is_fine_and_keeps_its_mode(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir(mode=0o750)
    out.chmod(0o750)
    with whole_folder(out) as staging:
        (staging / "x").write_text("x")
    assert _names(out) == ["x"]
    assert out.stat().st_mode & 0o777 == 0o750
    assert _names(tmp_path) == ["out"]


def test_a_folder_with_content_is_refused_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "findings.json").write_text("{}")
    with pytest.raises(UsageError, match=r"not empty: choose another with --out, or add --overwrite\.") as caught:
        with whole_folder(tmp_path):
            pass
    assert caught.value.exit_code == 2
    assert _names(tmp_path) == ["findings.json"]


def test_overwrite_refuses_a_folder_that_ictal_did_not_write(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(UsageError, match="was not written by Ictal"), whole_folder(tmp_path, overwrite=True):
        pass
    assert (tmp_path / "thesis.tex").read_text() == "years of work"


@pytest.mark.parametrize("marker", ["findings.json", "simulation.json"])
def test_overwrite_replaces_the_whole_folder(tmp_path: Path, marker: str) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / marker).write_text("old")
    (out / "old.tsv").write_text("old")
    with whole_folder(out, overwrite=True) as staging:
        (staging / marker).write_text("new")
        assert (out / marker).read_text() == "old"
    assert _names(out) == [marker]
    assert (out / marker).read_text() == "new"
    assert _names(tmp_path) == ["out"]


def test_the_older_folder_survives_a_failed_overwrite(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "findings.json").write_text("old")
    with pytest.raises(RuntimeError), whole_folder(out, overwrite=True) as staging:
        (staging / "findings.json").write_text("new")
        raise RuntimeError
    assert (out / "findings.json").read_text() == "old"
    assert _names(tmp_path) == ["out"]


def test_the_older_folder_comes_back_when_the_last_rename_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "findings.json").write_text("old")
    rename = os.rename

    def refuse_the_new_one(source: Path, goal: Path) -> None:
        if ".partial-" in str(source):
            raise OSError(5, "Input/output error", str(source))
        rename(source, goal)

    monkeypatch.setattr(os, "rename", refuse_the_new_one)
    with pytest.raises(OutputError, match="could not be written"), whole_folder(out, overwrite=True) as staging:
        (staging / "findings.json").write_text("new")
    assert (out / "findings.json").read_text() == "old"
    assert _names(tmp_path) == ["out"]


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for out in (tmp_path / "file", tmp_path / "file" / "out", tmp_path / "file" / "deep" / "out"):
        with pytest.raises(UsageError), whole_folder(out):
            pass
    assert _names(tmp_path) == ["file"]


@pytest.mark.parametrize("name", ["x" * 300, "a\x00b"])
def test_a_name_that_cannot_be_is_wrong_usage(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError), whole_folder(tmp_path / name):
        pass
    assert _names(tmp_path) == []


def test_a_link_to_a_folder_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with whole_folder(tmp_path / "link") as staging:
        (staging / "x").write_text("x")
    assert (tmp_path / "link").is_symlink()
    assert _names(tmp_path / "real") == ["x"]


def test_an_error_of_the_input_stays_what_it_is(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught, whole_folder(tmp_path / "out"):
        (tmp_path / "no such recording.edf").read_bytes()
    assert not isinstance(caught.value, OutputError)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 256 kB: a real one, that can be full."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("Mounting a small disk needs root.")
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k,mode=700", "tmpfs", disk], capture_output=True)
    if done.returncode:
        pytest.skip("Mounting is not permitted here.")
    yield disk
    subprocess.run(["umount", disk], check=True)


@pytest.mark.parametrize("parts", [("a", "out"), ("out",), ()])
def test_a_full_disk_is_one_sentence_and_leaves_nothing(small_disk: Path, parts: tuple[str, ...]) -> None:
    out = small_disk.joinpath(*parts)
    with pytest.raises(OutputError, match=r"The disk is full, so nothing was written") as caught:
        with whole_folder(out) as staging:
            (staging / "findings.json").write_text("{}")
            (staging / "discharges.tsv").write_bytes(b"x" * 1_000_000)
    assert caught.value.exit_code == 3
    assert _names(small_disk) == []


def test_a_full_disk_keeps_the_older_folder(small_disk: Path) -> None:
    out = small_disk / "out"
    with whole_folder(out) as staging:
        (staging / "findings.json").write_bytes(b"o" * 100_000)
    with pytest.raises(OutputError, match="disk is full"), whole_folder(out, overwrite=True) as staging:
        (staging / "findings.json").write_bytes(b"n" * 200_000)
    assert (out / "findings.json").read_bytes() == b"o" * 100_000
    assert _names(small_disk) == ["out"]


def test_a_mount_is_filled_from_within(small_disk: Path) -> None:
    with whole_folder(small_disk) as staging:
        (staging / "findings.json").write_text("old")
        (staging / "old.tsv").write_text("old")
    assert _names(small_disk) == ["findings.json", "old.tsv"]
    with whole_folder(small_disk, overwrite=True) as staging:
        (staging / "findings.json").write_text("new")
        (staging / "deep").mkdir()
    assert _names(small_disk) == ["deep", "findings.json"]
    assert (small_disk / "findings.json").read_text() == "new"
    with pytest.raises(RuntimeError), whole_folder(small_disk, overwrite=True) as staging:
        raise RuntimeError
    assert _names(small_disk) == ["deep", "findings.json"]


def test_a_disk_that_cannot_be_written_is_wrong_usage(small_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    for out in (small_disk / "out", small_disk / "a" / "out", small_disk):
        with pytest.raises(UsageError, match=r"cannot be made there \(read-only file system\)"), whole_folder(out):
            pass


_NOBODY = """
import os, sys
from pathlib import Path
from ictal.base.errors import UsageError
from ictal.exchange.folder import whole_folder
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
parent = Path(sys.argv[1])
try:
    with whole_folder(parent / "new"):
        pass
except UsageError as error:
    print(error)
with whole_folder(parent / "mine") as staging:
    assert staging.parent == parent / "mine", staging
    (staging / "x").write_text("x")
print(sorted(os.listdir(parent / "mine")))
"""


def test_where_only_the_empty_folder_itself_can_be_written_it_is_filled_from_within(tmp_path: Path) -> None:
    parent, mine = tmp_path / "parent", tmp_path / "parent" / "mine"
    mine.mkdir(parents=True)
    mine.chmod(0o777)
    parent.chmod(0o555)
    for folder in tmp_path.parents[:3]:
        if not folder.stat().st_mode & 0o001 and folder.owner() != "root":
            pytest.skip("The temporary folder cannot be entered by others.")
    opened = [p for p in (tmp_path, *tmp_path.parents) if p.stat().st_uid == os.getuid() and not p.stat().st_mode & 1]
    for folder in opened:
        folder.chmod(folder.stat().st_mode | 0o011)
    try:
        done = subprocess.run(
            [sys.executable, "-c", _NOBODY, str(parent)], capture_output=True, text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONDONTWRITEBYTECODE": "1"},
        )  # fmt: skip
    finally:
        for folder in opened:
            folder.chmod(folder.stat().st_mode & ~0o011)
        parent.chmod(0o755)
    assert done.stderr == ""
    assert "cannot be made there (permission denied)" in done.stdout
    assert done.stdout.endswith("['x']\n")


_TOO_LARGE = """
import resource, sys
from pathlib import Path
from ictal.base.errors import OutputError
from ictal.exchange.folder import whole_folder
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
try:
    with whole_folder(Path(sys.argv[1])) as staging:
        (staging / "x").write_bytes(b"x" * 20_000)
except OutputError as error:
    print(error)
"""


def test_a_limit_on_file_size_is_one_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _TOO_LARGE, str(tmp_path / "out")], capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "largest file that is allowed here" in done.stdout
    assert _names(tmp_path) == []
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 10_000
