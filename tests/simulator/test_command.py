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


EDF = "sub-0011/eeg/sub-0011_task-monitoring_eeg.edf"
TRUTH = "derivatives/truth/sub-0011"


def test_the_folder_holds_the_recording_and_its_truth(folder, made):
    assert {p.name for p in folder.iterdir()} == {
        ".bidsignore", "README", "dataset_description.json", "derivatives", "participants.json", "participants.tsv",
        "simulation.json", "sub-0011",
    }  # fmt: skip
    truth = folder / TRUTH
    rows = [r for r in table(truth / "seizures.tsv") if r["eventType"] != "bckg"]
    assert [r["path"] for r in rows] == [">".join(s.path) for s in made.truth.seizures]
    assert len(table(truth / "legs.tsv")) == sum(len(s.legs) for s in made.truth.seizures)
    assert len(table(truth / "discharges.tsv")) == len(made.truth.discharges)
    assert [r["kind"] for r in table(truth / "artefacts.tsv")] == [a.kind for a in made.truth.artefacts]
    assert [r["kind"] for r in table(truth / "rhythms.tsv")] == [r.kind for r in made.truth.rhythms]
    events = table(folder / EDF.replace("_eeg.edf", "_events.tsv"))
    assert list(events[0]) == [
        "onset", "duration", "eventType", "confidence", "channels", "dateTime", "recordingDuration", "trial_type",
    ]  # fmt: skip
    assert [(e["onset"], e["trial_type"]) for e in events if e["eventType"] != "bckg"] == [
        (r["onset"], r["eventType"]) for r in rows
    ]


def test_what_made_it_is_told_and_it_is_told_to_be_simulated(folder):
    told = json.loads((folder / "simulation.json").read_text())
    assert told["simulated"] is True
    assert (told["scenario"], told["seed"], told["age_days"]) == ("demo", 11, SCENARIOS["demo"].age_days)
    assert {p["name"] for p in told["parameters"]} >= {"migrating", "homotopic", "lowest_hz"}
    assert b"SIMULATED" in (folder / EDF).read_bytes()[:256]


def test_another_reader_sees_the_same_samples(folder, made):
    edfio = pytest.importorskip("edfio")
    edf = edfio.read_edf(folder / EDF)
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
    before = (folder / EDF).stat().st_mtime_ns
    assert run(["simulate", "quiet", "--minutes", "0.1", "--out", str(folder), "--quiet"]) == 2
    assert (folder / EDF).stat().st_mtime_ns == before


# Numbers that are set, explanations, courses.


def test_a_number_that_is_set_is_in_the_recording_and_in_what_made_it(tmp_path, capsys):
    asked = ["simulate", "eimfs-storm", "--minutes", "10", "--montage", "8", "--set", "seizures_per_hour=30"]
    assert run([*asked, "--set", "clustered=0", "--out", str(tmp_path / "s"), "--json"]) == 0
    told = {p["name"]: p for p in json.loads(capsys.readouterr().out)["parameters"]}
    assert told["seizures_per_hour"]["value"] == 30
    assert told["seizures_per_hour"]["provenance"] == "design: set by the caller; the usual is 2.5"
    assert len(table(tmp_path / "s" / "derivatives" / "truth" / "sub-0001" / "seizures.tsv")) >= 2


@pytest.mark.parametrize("engine", ["template", "mechanism"])
@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_can_be_explained_in_text_and_json(name, engine, capsys):
    assert run(["simulate", "--explain", name, "--engine", engine]) == 0
    text = capsys.readouterr().out
    assert "Equations" in text
    assert run(["simulate", "--explain", name, "--engine", engine, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["name"], told["engine"], told["simulated"]) == (name, engine, True)
    assert all(p["name"] in text for p in told["parameters"])


def test_an_explanation_has_the_numbers_that_are_set(capsys):
    assert run(["simulate", "--explain", "demo", "--set", "foci=2", "--json"]) == 0
    told = {p["name"]: p for p in json.loads(capsys.readouterr().out)["parameters"]}
    assert told["foci"]["value"] == 2
    assert run(["simulate", "--explain", "eimfs"]) == 0
    assert "effect_on_rate = -0.6" in capsys.readouterr().out


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    out = tmp_path_factory.mktemp("course") / "sim"
    asked = ["simulate", "--course", "remission", "--minutes", "1", "--montage", "8", "--seed", "7", "--quiet"]
    assert run([*asked, "--out", str(out)]) == 0
    return out


def test_a_course_is_one_infant_with_a_session_for_each_visit(course):
    infant, truth = course / "sub-0007", course / "derivatives" / "truth" / "sub-0007"
    told = json.loads((course / "simulation.json").read_text())
    assert (told["course"], told["seed"], told["simulated"]) == ("remission", 7, True)
    assert [r["session_id"] for r in table(infant / "sub-0007_sessions.tsv")] == ["ses-01", "ses-02", "ses-03"]
    for visit in told["visits"]:
        one = json.loads((truth / visit["name"] / "simulation.json").read_text())
        assert one["visit"]["course_seed"] == 7
        assert one["visit"]["head_z"] == next(p["value"] for p in visit["numbers"] if p["name"] == "head_z")
        assert one["age_days"] == next(p["value"] for p in visit["numbers"] if p["name"] == "age_days")
        assert len(list((infant / visit["name"] / "eeg").glob("*_eeg.edf"))) == 1


def test_a_course_is_there_whole_or_not_at_all(tmp_path, monkeypatch, course, capsys):
    asked = ["simulate", "--course", "remission", "--minutes", "1", "--montage", "8", "--out"]
    assert run([*asked, str(course)]) == 2
    assert "is not empty" in capsys.readouterr().err
    import ictal.simulator.courses as courses

    usual = courses.simulate_visit

    def stops(of, visit, *given, **more):
        if visit.name == "ses-02":
            raise KeyboardInterrupt
        return usual(of, visit, *given, **more)

    monkeypatch.setattr(courses, "simulate_visit", stops)
    assert run([*asked, str(tmp_path / "new")]) == 130
    assert run([*asked, str(course), "--overwrite"]) == 130
    assert list(tmp_path.iterdir()) == []
    assert (course / "sub-0007" / "ses-03").is_dir()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["eimfs-strom"], "Did you mean 'eimfs-storm'?"),
        (["quiet", "--set", "foci"], "--set takes NAME=VALUE"),
        (["quiet", "--set", "foci=many"], "--set takes NAME=VALUE"),
        (["quiet", "--set", "fosi=3"], "Did you mean 'foci'?"),
        (["quiet", "--set", "foci=99"], "'foci' is a whole number from 0 to 12. Got 99."),
        (["quiet", "--set", "foci=1", "--set", "foci=2"], "'foci' is set twice"),
        (["eimfs-storm", "--engine", "mechanism", "--set", "leg_s=30"], "does not read 'leg_s'"),
        (["eimfs-storm", "--set", "links.on_sst=3"], "add --engine mechanism"),
        (["--explain", "nope"], "There is no scenario 'nope'"),
        (["quiet", "--explain", "demo"], "Explain which"),
        (["--explain", "eimfs", "--set", "foci=3"], "leave out --set"),
        (["--course", "eimf"], "Did you mean 'eimfs'?"),
        (["--course", "eimfs", "--age-days", "30"], "leave out --age-days"),
        (["--course", "eimfs", "--set", "foci=3"], "leave out --set"),
        (["quiet", "--course", "eimfs"], "leave out SCENARIO"),
        (["--course", "eimfs", "--hours", "-1"], "from 1 second to 14 days"),
        (["--course", "eimfs", "--hours", "1", "--minutes", "3"], "not in both"),
    ],
)
def test_what_cannot_be_set_explained_or_followed_is_one_sentence(tmp_path, monkeypatch, capsys, arguments, said):
    monkeypatch.chdir(tmp_path)
    assert run(["simulate", *arguments]) == 2
    shown = capsys.readouterr()
    assert said in shown.err
    assert "Traceback" not in shown.err
    assert list(tmp_path.iterdir()) == []


def test_a_recording_without_the_seizures_that_may_come_says_why(tmp_path, capsys):
    short = ["--minutes", "0.5", "--montage", "8", "--out"]
    assert run(["simulate", "eimfs-early", *short, str(tmp_path / "e")]) == 0
    assert "Its rate is that of a day, 0.001 expected" in capsys.readouterr().out
    assert run(["simulate", "quiet", *short, str(tmp_path / "q")]) == 0
    assert "expected" not in capsys.readouterr().out
