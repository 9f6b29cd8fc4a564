"""The examples for Snakemake and Nextflow run as they are, each where its program is on the path."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas
import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples" / "cohort"
COMMANDS = {
    "snakemake": ("--snakefile", str(EXAMPLES / "Snakefile"), "--cores", "2", "--config"),
    "nextflow": ("-q", "run", str(EXAMPLES / "main.nf")),
}


@pytest.mark.parametrize("engine", COMMANDS)
def test_the_example_gives_what_the_cohort_gives_and_does_it_once(engine, simulated, analysed, tmp_path):
    program = shutil.which(engine)
    if program is None:
        pytest.skip(f"{engine} is not installed")
    out = tmp_path / "out"
    given = [f"bids={simulated}", f"out={out}"] if engine == "snakemake" else ["--bids", simulated, "--out", out]
    env = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "NXF_OFFLINE": "true"}
    command = [program, *COMMANDS[engine], *map(str, given)]
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    for table in ("recordings", "seizures", "legs"):
        here, there = (pandas.read_parquet(place / f"{table}.parquet") for place in (analysed, out))
        assert here.drop(columns="took_s", errors="ignore").equals(there.drop(columns="took_s", errors="ignore"))
    before = {p: p.stat().st_mtime_ns for p in out.rglob("findings.json")}
    assert len(before) == len(pandas.read_parquet(out / "recordings.parquet"))
    again = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=300)
    assert again.returncode == 0, again.stderr
    if engine == "snakemake":
        assert {p: p.stat().st_mtime_ns for p in before} == before
