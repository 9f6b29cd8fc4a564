"""Every vignette gets the verdict that the criteria imply (`vignettes.toml`, written before the engine)."""

from __future__ import annotations

import jsonschema
import pytest

from ictal.exchange.findings_json import schema
from tests.syndrome.conftest import VIGNETTES, findings

CORE = {"onset-first-year", "focal-seizures", "ictal-migration", "both-hemispheres"}


def test_there_are_at_least_forty_vignettes_and_all_four_verdicts():
    assert len(VIGNETTES) >= 40
    assert {v["verdict"] for v in VIGNETTES} == {"met", "in evolution", "not met", "excluded"}


@pytest.mark.parametrize("vignette", VIGNETTES, ids=lambda v: v["id"])
def test_the_verdict_is_what_the_criteria_imply(vignette, assessed):
    said = assessed(vignette)
    answers = {row["id"]: row["answer"] for row in said["criteria"]}
    assert said["verdict"] == vignette["verdict"], (answers, said["sentences"])
    for row, answer in vignette.get("rows", {}).items():
        assert answers[row] == answer, row
    if "first" in vignette:
        assert said["likeliest"] == vignette["first"], [(a["id"], a["weight"]) for a in said["differential"]]
    if "urgent" in vignette:
        assert vignette["urgent"] in said["time_critical"]


@pytest.mark.parametrize("vignette", VIGNETTES, ids=lambda v: v["id"])
def test_every_answer_has_a_reason_and_every_yes_or_no_its_evidence(vignette, assessed):
    said = assessed(vignette)
    assert len(said["sentences"]) == 2
    for row in said["criteria"]:
        assert row["reason"]
        assert (row["answer"] == "unknown") or row["evidence"], row["id"]
        assert row["sources"]
        assert row["statements"]
    assert {m["id"] for m in said["missing"]} == {r["id"] for r in said["criteria"] if r["answer"] == "unknown"}
    assert all(m["reason"] and m["step"] for m in said["missing"])
    met = {r["id"] for r in said["criteria"] if r["answer"] == "yes"} >= CORE
    assert met or said["verdict"] != "met"


def test_findings_of_the_vignettes_are_such_as_ictal_writes():
    for vignette in VIGNETTES:
        for eeg in vignette.get("eeg", []):
            jsonschema.validate(findings("x", eeg), schema())
