"""`ictal demo` runs the whole line, may be run again, and says on every face that the recording is simulated."""

from __future__ import annotations

import json

import pytest

from ictal.cli import main


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    out = tmp_path_factory.mktemp("demo") / "demo"
    assert main.run(["demo", "--out", str(out)]) == 0
    return out


def test_it_writes_a_recording_with_truth_and_its_analysis(demo):
    assert {p.name for p in demo.iterdir()} == {"recording", "analysis"}
    assert len(list((demo / "recording").rglob("*.edf"))) == 1
    assert len(list((demo / "recording" / "derivatives" / "truth").rglob("seizures.tsv"))) == 1
    assert (demo / "analysis" / "report.html").exists()


def test_everything_says_that_it_is_simulated(demo):
    assert json.loads((demo / "analysis" / "findings.json").read_text("utf-8"))["simulated"] is True
    assert "simulated" in (demo / "analysis" / "report.html").read_text("utf-8").lower()


def test_it_may_be_run_again_and_ends_with_the_place_of_the_report(demo, ictal):
    before = (demo / "analysis" / "seizures.tsv").read_bytes()
    code, said, _ = ictal("demo", "--out", demo)
    assert code == 0
    *_, report, pdf = said.splitlines()
    assert report.split() == ["Report:", str(demo / "analysis" / "report.html")]
    assert f"ictal report {demo / 'analysis'}" in pdf
    assert "Against the truth of the simulation:" in said
    assert "A simulated recording." in said
    assert "onset side right" in said
    assert (demo / "analysis" / "seizures.tsv").read_bytes() == before
    assert {p.name for p in demo.iterdir()} == {"recording", "analysis"}


def test_it_replaces_nothing_that_is_not_its_own(ictal, tmp_path):
    (tmp_path / "recording").mkdir()
    (tmp_path / "recording" / "patient.edf").write_bytes(b"precious")
    code, _, complaint = ictal("demo", "--out", tmp_path)
    assert code == 2
    assert "not written by Ictal" in complaint
    assert (tmp_path / "recording" / "patient.edf").read_bytes() == b"precious"
