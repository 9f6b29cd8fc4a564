"""`ictal simulate`: a folder that is there whole, opens elsewhere with the same samples, and says what it is."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest

from ictal.cli.main import run
from ictal.simulator import SCENARIOS, simulate


def table(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("simulated") / "one"
    asked = ["simulate", "demo", "--minutes", "6", "--seed", "11", "--montage", "12", "--out", str(out), "--quiet"]
    assert run(asked) == 0
    return out


@pytest.fixture(scope="module")
def made():
    return simulate("demo", duration_s=360, seed=11, montage="12")


def test_the_folder_holds_the_recording_and_its_truth(folder, made):
    assert sorted(p.name for p in folder.iterdir()) == sorted(
        ["artefacts.tsv", "demo_seed-11_eeg.edf", "discharges.tsv", "legs.tsv", "seizures.tsv", "simulation.json"]
    )
    rows = [r for r in table(folder / "seizures.tsv") if r["eventType"] != "bckg"]
    assert [r["path"] for r in rows] == [">".join(s.path) for s in made.truth.seizures]
    assert len(table(folder / "legs.tsv")) == sum(len(s.legs) for s in made.truth.seizures)
    assert len(table(folder / "discharges.tsv")) == len(made.truth.discharges)
    assert [r["kind"] for r in table(folder / "artefacts.tsv")] == [a.kind for a in made.truth.artefacts]


def test_what_made_it_is_told_and_it_is_told_to_be_simulated(folder):
    told = json.loads((folder / "simulation.json").read_text())
    assert told["simulated"] is True
    assert (told["scenario"], told["seed"], told["age_days"]) == ("demo", 11, SCENARIOS["demo"].age_days)
    assert {p["name"] for p in told["parameters"]} >= {"migrating", "homotopic", "lowest_hz"}
    assert b"SIMULATED" in (folder / "demo_seed-11_eeg.edf").read_bytes()[:256]


def test_another_reader_sees_the_same_samples(folder, made):
    edfio = pytest.importorskip("edfio")
    edf = edfio.read_edf(folder / "demo_seed-11_eeg.edf")
    ours = made.recording.samples.read_uv(range(12), 0, 0, 360 * 256)
    assert [s.label for s in edf.signals] == [c.label for c in made.recording.channels]
    for signal, row in zip(edf.signals, ours, strict=True):
        assert np.abs(signal.data - row).max() < 0.2
    assert any("SIMULATED" in a.text for a in edf.annotations)


def test_the_list_explains_every_scenario(capsys):
    assert run(["simulate", "--list"]) == 0
    said = capsys.readouterr().out
    for name, scenario in SCENARIOS.items():
        assert name in said
        assert scenario.description in said


def test_json_is_printed_and_nothing_else(tmp_path, capsys):
    assert (
        run(["simulate", "quiet", "--minutes", "0.5", "--montage", "C3,C4,O1", "--out", str(tmp_path / "q"), "--json"])
        == 0
    )
    assert json.loads(capsys.readouterr().out)["montage"] == ["C3", "C4", "O1"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ([], 2, "Which scenario?"),
        (["nope"], 2, "There is no scenario 'nope'"),
        (["quiet", "--hours", "-2"], 2, "from 1 second to 14 days"),
        (["quiet", "--hours", "1", "--minutes", "1"], 2, "not in both"),
        (["quiet", "--montage", "C3,Q1"], 2, "'Q1' is not an electrode"),
        (["quiet", "--reference", "nose"], 2, "A reference can be"),
        (["quiet", "--rate-hz", "3"], 2, "A rate lies between"),
        (["quiet", "--seed", "-3"], 2, "whole number"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_no_folder(tmp_path, monkeypatch, capsys, arguments, code, said):
    monkeypatch.chdir(tmp_path)
    assert run(["simulate", *arguments]) == code
    shown = capsys.readouterr()
    assert said in shown.err
    assert "Traceback" not in shown.err
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_is_not_overwritten_unasked(folder, capsys):
    before = (folder / "demo_seed-11_eeg.edf").stat().st_mtime_ns
    assert run(["simulate", "quiet", "--minutes", "0.1", "--out", str(folder), "--quiet"]) == 2
    assert (folder / "demo_seed-11_eeg.edf").stat().st_mtime_ns == before
