"""A sample of the corpus (benchmarks/malformed.py has all of it), and every seed that the fuzzer or a reader left."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.robust.targets import TARGETS, tried

pytest.importorskip("fastapi", reason="The corpus asks the workbench too.")
pytest.importorskip("mne", reason="The corpus reads foreign formats too.")
pytest.importorskip("pysam", reason="The corpus reads BCF too.")

ROOT = Path(__file__).parents[2]
SEEDS = sorted(path for path in Path(__file__).with_name("seeds").glob("*/*") if path.is_file())
SHARE = "0.02"
"""Of the corpus: some two hundred files."""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Each file is read in a fork.")
def test_a_sample_of_damaged_files_ends_in_results_or_one_sentence_each() -> None:
    """In a process of its own, which forks for each file: no thread of the tests is in it."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / "malformed.py"), "--share", SHARE, "--seed", "1"],
        capture_output=True, text=True, timeout=600, check=False, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-3000:]
    assert "0 ended as none may" in done.stdout


@pytest.mark.parametrize("seed", SEEDS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_broke_a_reader_once_ends_in_a_result_or_one_sentence(seed: Path, tmp_path: Path) -> None:
    said = tried(seed.parent.name, seed.read_bytes(), tmp_path)
    if said is not None:
        words = str(said)
        assert words.endswith((".", "?"))
        assert "\n" not in words
        assert len(words) < 1200


@pytest.mark.parametrize("reader", TARGETS)
def test_the_sound_files_of_a_reader_are_read(reader: str, tmp_path: Path) -> None:
    """Else what is said of the damaged ones says nothing."""
    for number, held in enumerate(TARGETS[reader][1]()):
        folder = tmp_path / str(number)
        folder.mkdir()
        assert tried(reader, held, folder) is None


def test_every_seed_is_small_and_belongs_to_a_reader() -> None:
    assert {path.parent.name for path in SEEDS} <= set(TARGETS)
    assert all(path.stat().st_size < 100_000 for path in SEEDS)
