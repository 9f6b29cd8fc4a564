"""What every test may ask for: the real recordings where they are present, and the command as a process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent

settings.register_profile("ictal", deadline=None)
settings.load_profile("ictal")


@pytest.fixture(scope="session")
def root() -> Path:
    """The root of the project."""
    return ROOT


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real recordings: `ICTAL_DATA`, else `../shared/data` beside the project. Skips without it."""
    folder = Path(os.environ.get("ICTAL_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("The real recordings are not here: set ICTAL_DATA to their folder.")
    return folder


@pytest.fixture(scope="session")
def python() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a fresh interpreter with these arguments, and hand back what it said."""

    def run(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, timeout=300, **options)  # type: ignore[call-overload,no-any-return]

    return run


@pytest.fixture
def ictal(capsys) -> Callable[..., tuple[int, str, str]]:
    """Run a command line: its exit code, standard output and standard error."""

    from ictal.cli import main

    def run(*arguments: object) -> tuple[int, str, str]:
        code = main.run([str(a) for a in arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run
