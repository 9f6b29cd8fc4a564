"""The tool of releases, in a copy: it sets the number, gathers the changes, and refuses what cannot be released."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.sources import ROOT

pytest.importorskip("towncrier", reason="Releasing needs the extra `dev`.")


def git(folder: Path, *given: str) -> str:
    told = ("-c", "user.name=N", "-c", "user.email=n@example.org", "-c", "commit.gpgsign=false")
    return subprocess.run(["git", *told, *given], cwd=folder, capture_output=True, text=True, check=True).stdout


def release(folder: Path, *given: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(folder / "tools" / "release.py"), *given]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def tree(tmp_path) -> Path:
    """A repository with the files that a release changes."""
    folder = tmp_path / "tree"
    for name in (
        "pyproject.toml",
        "CHANGELOG.md",
        "changelog.d/README.md",
        "tools/release.py",
        "src/ictal/__init__.py",
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    (folder / "changelog.d" / "7.added.md").write_text("A change that a user sees.\n")
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "before")
    return folder


def test_a_release_gathers_the_changes_under_its_number(tree):
    assert "A change that a user sees." in release(tree, "0.9.0", "--draft").stdout
    assert git(tree, "status", "--porcelain") == ""
    done = release(tree, "0.9.0", "--date", "2026-11-26", "--no-build")
    assert done.returncode == 0, done.stderr
    assert "git tag -a v0.9.0" in done.stdout
    assert git(tree, "tag") == ""
    told = (tree / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "## 0.9.0 (2026-11-26)" in told
    assert "A change that a user sees. (#7)" in told
    assert [p.name for p in (tree / "changelog.d").iterdir()] == ["README.md"]
    assert 'version = "0.9.0"' in (tree / "pyproject.toml").read_text(encoding="utf-8")


def test_what_cannot_be_released_is_refused_and_nothing_changes(tree):
    git(tree, "tag", "v0.9.0")
    for number, word in (("0.9.0", "does not follow"), ("0.8.5", "does not follow"), ("one", "is no version")):
        done = release(tree, number, "--no-build")
        assert done.returncode == 1
        assert word in done.stderr
        assert git(tree, "status", "--porcelain") == ""
    (tree / "more.txt").write_text("x")
    assert "not committed" in release(tree, "1.0.0", "--no-build").stderr
    (tree / "more.txt").unlink()
    git(tree, "rm", "-q", "changelog.d/7.added.md")
    git(tree, "commit", "-qm", "none")
    assert "no fragment" in release(tree, "1.0.0", "--no-build").stderr
