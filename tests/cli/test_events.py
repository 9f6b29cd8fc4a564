"""`ictal analyse --events` and `--detector`: marks stand in place of detection, and the output keeps its contract."""

from __future__ import annotations

import importlib
import json

import jsonschema
import pytest

from ictal.exchange.findings_json import schema
from ictal.exchange.tables import read_events
from tests.cli.conftest import planted, write
from tests.cli.test_analyse import FILES, names, rows
from tests.detection.plugged import install

HEAD = "onset\tduration\teventType\tconfidence\tchannels\tdateTime\trecordingDuration\n"


def table(folder, *lines):
    file = folder / "marks.tsv"
    file.write_text(HEAD + "".join("\t".join(line) + "\tn/a\t240\n" for line in lines), encoding="utf-8")
    return file


@pytest.fixture
def marked(ictal, edf, tmp_path):
    """The recording with a rhythm from 100 to 140 s, marked there and where it is quiet."""
    marks = table(tmp_path, ("20", "20", "sz", "0.4", "n/a"), ("101.5", "37", "sz", "n/a", "n/a"))
    code, said, notes = ictal("analyse", edf, "--events", marks, "--out", tmp_path / "out")
    assert code == 0
    return tmp_path / "out", said, notes


def test_each_mark_is_one_seizure_at_its_own_time(marked):
    out, said, _ = marked
    assert names(out) == FILES
    seizures = rows(out / "seizures.tsv")
    assert [(r["onset"], r["duration"], r["confidence"]) for r in seizures] == [
        ("20.00", "20.00", "0.40"), ("101.50", "37.00", "n/a"),
    ]  # fmt: skip
    assert seizures[1]["onset_electrode"] == "O1"
    assert {r["electrode"] for r in rows(out / "legs.tsv") if r["seizure_id"] == "2"} == {"O1"}
    assert "0:01:41" in said
    assert "n/a" in said


def test_findings_say_where_the_marks_came_from_and_no_path(marked, tmp_path):
    out, _, _ = marked
    text = (out / "findings.json").read_text("utf-8")
    found = json.loads(text)
    jsonschema.Draft202012Validator(schema()).validate(found)
    (step,) = [s for s in found["steps"] if s["name"] == "marks"]
    assert step["parameters"]["source"] == "SzCORE table"
    assert len(step["parameters"]["sha256"]) == 64
    assert step["outcome"]["marks"] == 2
    assert str(tmp_path) not in text
    assert "marks.tsv" not in text
    assert found["statements"][0].startswith("2 seizures were marked")


def flat(uv):
    """The same with a stretch in which no electrode gave anything but a microvolt of noise."""
    uv = uv.copy()
    uv[:, 10 * 128 : 60 * 128] = 0.0
    return uv


@pytest.fixture
def unplaced(ictal, tmp_path):
    edf = write(tmp_path / "flat.edf", flat(planted()))
    marks = table(tmp_path, ("20", "20", "sz", "0.4", "n/a"), ("100", "40", "sz", "0.9", "n/a"))
    assert ictal("analyse", edf, "--events", marks, "--out", tmp_path / "out")[0] == 0
    return tmp_path / "out"


def test_a_mark_without_a_rhythm_stays_a_seizure_that_is_not_localised(unplaced):
    first, second = rows(unplaced / "seizures.tsv")
    assert (first["eventType"], first["pattern"], first["confidence"]) == ("sz", "uncertain", "0.40")
    for column in ("channels", "onset_electrode", "onset_hemisphere", "onset_lobe", "crosses_midline", "path"):
        assert first[column] == "n/a", column
    assert second["onset_electrode"] == "O1"
    assert {r["seizure_id"] for r in rows(unplaced / "legs.tsv")} == {"2"}
    found = json.loads((unplaced / "findings.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema()).validate(found)
    assert (found["seizures"], found["patterns"]["uncertain"], found["seizure_s"]) == (2, 1, 60.0)
    assert found["migration"]["migrating"]["of"] == 1
    assert any("1 of 2 could not be localised" in s for s in found["statements"])
    assert any("shows no rhythm that stands out" in n for n in found["recorded"]["notices"])
    page = (unplaced / "report.html").read_text("utf-8")
    assert "not localised" in page
    assert "its place is not known" in page


def test_what_was_written_can_be_read_scored_and_analysed_again(ictal, unplaced, tmp_path):
    first, second = read_events(unplaced).rows
    assert (first.seizure, second.seizure.path) == (None, ("O1",))
    assert ictal("score", "--reference", unplaced, "--hypothesis", unplaced)[0] == 0
    again = tmp_path / "again"
    code, _, _ = ictal("analyse", tmp_path / "flat.edf", "--events", unplaced, "--out", again)
    assert code == 0
    told = [[(r["onset"], r["duration"], r["confidence"], r["path"]) for r in rows(f / "seizures.tsv")]
            for f in (unplaced, again)]  # fmt: skip
    assert told[0] == told[1]


def test_odd_marks_are_noted_and_none_is_dropped_in_silence(ictal, edf, tmp_path):
    marks = table(
        tmp_path,
        ("100", "30", "sz", "0.5", "n/a"), ("120", "15", "sz", "0.5", "n/a"), ("100", "30", "sz", "0.5", "n/a"),
        ("230", "60", "sz", "0.5", "n/a"), ("500", "10", "sz", "0.5", "n/a"), ("150", "10", "sz", "0.5", "Q7,O1"),
    )  # fmt: skip
    code, _, said = ictal("analyse", edf, "--events", marks, "--out", tmp_path / "out", "--no-report")
    assert code == 0
    for sentence in (
        "The mark of 120.0 s (line 3) overlaps that of 100.0 s: they were taken as two seizures.",
        "The mark of 100.0 s (line 4) says the same as another mark and was taken once.",
        "The mark of 230.0 s (line 5) reaches to where nothing was recorded and was cut to 230.0-240.0 s.",
        "The mark of 500.0 s (line 6) lies outside the recording (0 to 240.0 s), where nothing was recorded, "
        "and was left out.",
        "The mark of 150.0 s (line 7) names Q7, which this recording does not have as electrodes: "
        "the others were taken.",
    ):
        assert sentence in said
    assert [r["onset"] for r in rows(tmp_path / "out" / "seizures.tsv")] == ["100.00", "120.00", "150.00", "230.00"]
    found = json.loads((tmp_path / "out" / "findings.json").read_text("utf-8"))
    assert any(s == "1 mark was left out, with the reason in the notices." for s in found["statements"])


def test_a_table_of_background_alone_is_a_result(ictal, edf, tmp_path):
    marks = table(tmp_path, ("0", "240", "bckg", "n/a", "n/a"))
    code, said, _ = ictal("analyse", edf, "--events", marks, "--out", tmp_path / "out")
    assert code == 0
    assert said.startswith("No seizure was marked.")
    assert [r["eventType"] for r in rows(tmp_path / "out" / "seizures.tsv")] == ["bckg"]


REFUSED = [
    (("--events", "none.tsv"), 3, "There is no file 'none.tsv' of marks"),
    (("--event-pattern", "x"), 2, "--event-pattern says how --events is read: give --events too"),
    (("--columns", "onset=a"), 2, "--columns says how --events is read"),
    (("--events", "annotations", "--detector", "rule"), 2, "not both"),
    (("--events", "annotations", "--event-pattern", "("), 2, "no regular expression"),
    (("--events", "annotations", "--columns", "onset"), 2, "FIELD=COLUMN"),
    (("--detector", "nobody"), 2, "There is no detector 'nobody'. Installed: rule"),
]


@pytest.mark.parametrize(("options", "code", "sentence"), REFUSED)
def test_what_cannot_be_meant_is_one_sentence(ictal, edf, tmp_path, options, code, sentence):
    ended, said, why = ictal("analyse", edf, *options, "--out", tmp_path / "out", "--quiet")
    assert (ended, said) == (code, "")
    assert sentence in why
    assert why.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_no_mark_in_the_recording_is_refused(ictal, edf, tmp_path):
    marks = table(tmp_path, ("5000", "10", "sz", "0.5", "n/a"))
    code, _, why = ictal("analyse", edf, "--events", marks, "--out", tmp_path / "out", "--quiet")
    assert code == 3
    assert "None of the 1 marks lies in the recording (0 to 240 s; the first mark is of 5000 to 5010 s)" in why


def test_a_detector_that_is_installed_runs_and_one_that_fails_is_named(ictal, edf, tmp_path, monkeypatch):
    (tmp_path / "site").mkdir()
    monkeypatch.syspath_prepend(str(install(tmp_path / "site")))
    importlib.invalidate_caches()
    code, _, _ = ictal("analyse", edf, "--detector", "loud", "--out", tmp_path / "out", "--quiet", "--no-report")
    assert code == 0
    found = json.loads((tmp_path / "out" / "findings.json").read_text("utf-8"))
    (step,) = [s for s in found["steps"] if s["name"] == "detection"]
    assert (step["parameters"]["detector"], step["parameters"]["detector_version"]) == ("loud", "1.0")
    code, _, why = ictal("analyse", edf, "--detector", "raises", "--out", tmp_path / "bad", "--quiet")
    assert (code, why.count("\n")) == (3, 1)
    assert "The detector 'plain' failed (RuntimeError: weights are missing)" in why
    assert not (tmp_path / "bad").exists()
