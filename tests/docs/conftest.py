"""The folder in which a page's commands run: a recording, its results, marks, variants, records; all simulated."""

from __future__ import annotations

import shutil
from importlib import resources
from pathlib import Path

import pytest

from ictal.cli import main
from tests.cli.conftest import planted, write
from tests.genes import build

RULES = resources.files("ictal.infant.syndrome") / "data" / "criteria.toml"
HEADS = "Alter;KU;Gewicht\n0;34,0;3,2\n91;38,0;5,1\n"
CLINIC = "Kind;Datum;KU\ninf-1;31.05.2024;38,5\n"
MARKS = "onset\tduration\teventType\n100\t40\tsz\n"
STUDY = (
    "study init kids",
    "infant new inf-1 --study kids --sex female --gestation-weeks 39 --born 2024-03-01",
    "infant add inf-1 growth --study kids --age-days 0 --head-cm 34.2",
    "infant add inf-1 diary --study kids --age-days 45 --days 7 --hours-observed 70 --seizures 12",
    "infant export inf-1 --study kids --out child.json",
)


def command(line: str) -> None:
    assert main.run(line.split()) == 0, line


@pytest.fixture(scope="session")
def desk(tmp_path_factory) -> Path:
    """Everything that pages speak of, made once."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("desk")
        patch.chdir(folder)
        write(Path("night.edf"), planted())
        command("analyse night.edf --quiet")
        for other in ("early-results", "night-again"):
            shutil.copytree("night-ictal", other)
        Path("names.txt").write_text("Jane Doe\n", encoding="utf-8")
        write(Path("storm.edf"), planted(rhythm_uv=140.0))
        command("analyse storm.edf --out storm-results --quiet")
        shutil.copy(RULES, "newer.toml")
        Path("marks.tsv").write_text(MARKS, encoding="utf-8")
        Path("heads.csv").write_text(HEADS, encoding="utf-8")
        Path("clinic.csv").write_text(CLINIC, encoding="utf-8")
        Path("mine.toml").write_text("[findings]\n", encoding="utf-8")
        build.gzipped(build.write(folder, build.golden(), name="family.vcf", head=build.header(("C", "M", "F"))))
        for line in STUDY:
            command(line)
        command("simulate demo --minutes 3 --out BIDS_DIR --quiet")
    return folder


@pytest.fixture
def scratch(desk, tmp_path, monkeypatch) -> Path:
    """A copy of it for one page, and the folder in which the page's commands run."""
    folder = tmp_path / "page"
    shutil.copytree(desk, folder)
    monkeypatch.chdir(folder)
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setenv("ICTAL_STUDY", str(folder / "kids"))
    return folder
