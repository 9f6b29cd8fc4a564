"""docs/detectors.md is true: its examples run, and say what the page says."""

from __future__ import annotations

import re
import shlex
import shutil

import pytest

from tests.cli.test_analyse import rows
from tests.detection.plugged import EXAMPLE, install


@pytest.fixture(scope="module")
def page(root):
    return (root / "docs" / "detectors.md").read_text(encoding="utf-8")


def part(page, begins):
    return re.search(rf"```\n({re.escape(begins)}.*?)```", page, re.DOTALL)[1]


def test_the_table_of_the_page_is_read_as_the_page_says(ictal, page, edf, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copy(edf, "night.edf")
    (tmp_path / "list.csv").write_text(part(page, "Nr;Start"), encoding="utf-8")
    program, *arguments = shlex.split(part(page, "ictal analyse night.edf --events list.csv"))
    assert program == "ictal"
    assert ictal(*arguments, "--quiet", "--no-report")[0] == 0
    found = rows(tmp_path / "night-ictal" / "seizures.tsv")
    assert [(r["onset"], r["duration"], r["confidence"]) for r in found] == [
        ("100.00", "30.50", "n/a"), ("165.00", "25.00", "n/a"),
    ]  # fmt: skip
    assert found[0]["onset_electrode"] == "O1"
    assert found[1]["onset_electrode"] in ("T3", "C3")


def test_the_detector_of_the_page_is_the_one_that_the_contract_tests(page):
    code = EXAMPLE.read_text(encoding="utf-8").rstrip()
    assert f"```python\n{code}\n```" in page
    assert len(code.splitlines()) <= 42


def test_the_entry_point_of_the_page_is_the_one_that_is_installed(page, tmp_path):
    points = next(install(tmp_path).glob("*.dist-info")) / "entry_points.txt"
    assert "loud = loud_detector:Loud" in points.read_text(encoding="utf-8")
    assert 'loud = "loud_detector:Loud"' in page


def test_the_python_of_the_page_finds_the_same_twice(page, edf, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copy(edf, "night.edf")
    (tmp_path / "marks.tsv").write_text("onset\tduration\teventType\n100\t40\tsz\n", encoding="utf-8")
    (code,) = (c for c in re.findall(r"```python\n(.*?)```", page, re.DOTALL) if "read_marks" in c)
    told: dict[str, object] = {}
    exec(code, told)
    assert [s.path for s in told["analysis"].seizures] == [s.path for s in told["again"].seizures] == [("O1",)]


def test_the_contract_of_the_page_passes(page, tmp_path, python):
    install(tmp_path)
    (code,) = (c for c in re.findall(r"```python\n(.*?)```", page, re.DOTALL) if "DetectorContract" in c)
    (tmp_path / "test_loud.py").write_text(code, encoding="utf-8")
    answer = python("-m", "pytest", "-q", "-p", "no:cacheprovider", "test_loud.py", cwd=tmp_path)
    assert answer.returncode == 0, answer.stdout
    assert re.search(r"^14 passed", answer.stdout, re.MULTILINE)
