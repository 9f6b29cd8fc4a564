"""`ictal report` and `ictal compare` as a user meets them: whole files, and one sentence for what cannot be."""

from __future__ import annotations

import json

import msgspec
import pytest

from ictal.cli.main import run
from ictal.exchange.findings_json import write_findings
from ictal.exchange.tables import write_events
from ictal.infant.timeline.types import Growth, Infant
from ictal.study import create_study
from tests.report.made_case import make_case

pytest.importorskip("typst", reason="A PDF needs the extra `report`.")


@pytest.fixture
def results(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, paths in (
        ("one", (("O1", "O2", "T8"), ("T7", "F7", "C4"), ("C3",))),
        ("two", (("O1", "O2"), ("T7", "F7"))),
    ):
        case = make_case(paths=paths, starts=(60.0, 300.0, 700.0)[: len(paths)])
        (tmp_path / name).mkdir()
        write_events(tmp_path / name, case.recording, case.discharges, case.seizures)
        write_findings(tmp_path / name, case.findings)
    return tmp_path


def test_a_report_is_written_in_the_form_that_its_name_says(results, capsys):
    assert run(["report", "one", "--out", "a.pdf", "--numbers", "a.csv", "--bibtex", "a.bib"]) == 0
    assert (results / "a.pdf").read_bytes().startswith(b"%PDF")
    assert (results / "a.csv").read_text(encoding="utf-8").startswith("name,value,unit,lower,upper,source\n")
    assert "@software{ictal," in (results / "a.bib").read_text(encoding="utf-8")
    assert run(["report", "one", "--format", "html", "--out", "a.html", "--language", "fr", "--redacted"]) == 0
    assert '<html lang="fr">' in (results / "a.html").read_text(encoding="utf-8")
    assert "Report: a.html" in capsys.readouterr().out


def test_the_report_of_an_infant_of_a_study(results):
    study = create_study(results / "kids")
    study.new(Infant(pseudonym="inf-1", entries=(Growth(age_days=3, head_cm=34),)), "somebody")
    assert run(["report", "inf-1", "--study", "kids", "--findings", "one", "--out", "a.html"]) == 0
    page = (results / "a.html").read_text(encoding="utf-8")
    assert "Report on inf-1" in page
    assert "34 cm" in page
    assert "O1 → O2 → T4" in page or "O1 → O2 → T8" in page


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["report", "one", "--out", "a.doc"], 2, "--format html or --format pdf"),
        (["report", "one", "--out", "a.pdf", "--format", "html"], 2, "contradict"),
        (["report", "one", "--out", "a.html", "--numbers", "a.html"], 2, "same file"),
        (["report", "missing.json", "--out", "a.html"], 3, "cannot be read"),
        (["report", "empty", "--out", "a.html"], 2, "no findings.json"),
        (["report", "torn", "--out", "a.html"], 3, "cannot be read"),
        (["report", "one", "--out", "nowhere/a.html"], 3, "cannot be written"),
        (["report", "nobody", "--study", "kids", "--out", "a.html"], 3, "nobody"),
        (["compare", "one", "nothing"], 2, "There is no 'nothing'"),
        (["compare", "one", "two", "--format", "html"], 2, "--out FILE"),
        (["compare", "one", "night.edf"], 2, "analyse it first"),
        (["compare", "one", "two", "--json", "--format", "html"], 2, "contradict"),
    ],
)
def test_what_cannot_be_is_one_sentence(results, capsys, arguments, code, said):
    (results / "empty").mkdir()
    (results / "torn").mkdir()
    (results / "torn" / "findings.json").write_text('{"schema_version": "1.1", "seizures": "many"}')
    (results / "night.edf").write_bytes(b"0")
    create_study(results / "kids")
    assert run(arguments) == code
    error = capsys.readouterr().err
    assert said in error
    assert "Traceback" not in error
    assert not (results / "a.html").exists()


def test_nothing_is_replaced_without_being_asked(results):
    (results / "a.html").write_text("mine")
    assert run(["report", "one", "--out", "a.html"]) == 2
    assert (results / "a.html").read_text() == "mine"
    assert run(["report", "one", "--out", "a.html", "--overwrite"]) == 0


def test_two_versions_are_compared_in_every_form(results, capsys):
    assert run(["compare", "one", "two", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["same_recording"] is True
    assert (len(said["both"]), len(said["only_a"]), len(said["only_b"])) == (2, 1, 0)
    assert said["only_a"][0]["path"] == ["C3"]
    assert {n["name"] for n in said["numbers"]} >= {"seizures", "burden", "migrated"}
    assert run(["compare", "two", "one", "--json"]) == 0
    mirrored = json.loads(capsys.readouterr().out)
    assert mirrored["only_b"] == said["only_a"]
    assert mirrored["agreement"]["seconds"]["kappa"] == said["agreement"]["seconds"]["kappa"]
    assert run(["compare", "one", "two"]) == 0
    assert "Found by both 2, only by A 1, only by B 0." in capsys.readouterr().out
    assert run(["compare", "one", "two", "--out", "c.html"]) == 0
    page = (results / "c.html").read_text(encoding="utf-8")
    assert "Seizures found by both: 2. Only by A (one): 1. Only by B (two): 0." in page
    assert page.count('class="fig chr"') >= 2
    assert run(["compare", "one", "two", "--out", "c.pdf", "--language", "fr"]) == 0
    assert (results / "c.pdf").read_bytes().startswith(b"%PDF")


def test_a_thing_compared_with_itself_differs_in_nothing(results, capsys):
    assert run(["compare", "one", "one", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["agreement"]["seconds"]["kappa"] == 1.0
    assert said["only_a"] == said["only_b"] == said["settings"] == []
    assert all(n["a"] == n["b"] for n in said["numbers"])


def test_readers_marks_are_compared_and_so_are_settings(results, capsys):
    table = results / "reader.tsv"
    table.write_text("onset\tduration\teventType\n61.0\t30\tsz\n900\t20\tsz\n")
    assert run(["compare", "one", str(table), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["same_recording"] is None
    assert (len(said["both"]), len(said["only_b"])) == (1, 1)
    findings = msgspec.json.decode((results / "two" / "findings.json").read_bytes())
    findings["settings"]["signal"]["high_pass_hz"] = 1.5
    (results / "two" / "findings.json").write_bytes(msgspec.json.encode(findings))
    assert run(["compare", "one", "two", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["settings"] == [{"name": "signal.high_pass_hz", "a": "0.5", "b": "1.5"}]


def test_two_recordings_are_not_matched(results, capsys):
    findings = msgspec.json.decode((results / "two" / "findings.json").read_bytes())
    findings["recorded"]["sha256"] = "f" * 64
    (results / "two" / "findings.json").write_bytes(msgspec.json.encode(findings))
    assert run(["compare", "one", "two", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["same_recording"] is False
    assert said["agreement"] is None
    assert said["both"] == said["only_a"] == []
