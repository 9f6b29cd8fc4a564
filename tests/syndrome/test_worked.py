"""The worked infant of docs/assess.md: from `in evolution` to `met` on the recording that shows migration."""

from __future__ import annotations

import json

from ictal.analysis import analyse
from ictal.cli import main
from ictal.exchange.findings_json import write_findings
from ictal.simulator import SCENARIOS, set_numbers, simulate

CHILD = {
    "id": "inf-1",
    "subject": {"id": "inf-1", "timeAtLastEncounter": {"age": {"iso8601duration": "P5M"}}},
    "phenotypicFeatures": [
        {
            "type": {"id": "HP:0007359", "label": "Focal-onset seizure"},
            "onset": {"age": {"iso8601duration": "P3W"}},
        },
        {"type": {"id": "HP:0002376", "label": "Developmental regression"}},
    ],
    "metaData": {"created": "2026-11-25T00:00:00Z", "phenopacketSchemaVersion": "2.0"},
}


def test_the_infant_of_the_simulator_goes_from_in_evolution_to_met(tmp_path, capsys):
    (tmp_path / "child.json").write_text(json.dumps(CHILD), encoding="utf-8")
    given = []
    verdicts = []
    for name, scenario, numbers, seed in (
        ("early", "eimfs-early", {"seizures_per_hour": 14.0, "migrating": 0.0}, 5),
        ("storm", "eimfs-storm", {"seizures_per_hour": 18.0}, 3),
    ):
        made = simulate(set_numbers(SCENARIOS[scenario], numbers, "template"), duration_s=3600, seed=seed)
        folder = tmp_path / name
        folder.mkdir()
        write_findings(folder, analyse(made.recording).findings)
        given += ["--findings", str(folder)]
        capsys.readouterr()
        assert main.run(["assess", "--phenopacket", str(tmp_path / "child.json"), *given, "--json"]) == 0
        said = json.loads(capsys.readouterr().out)
        verdicts.append(said["verdict"])
        row = next(r for r in said["criteria"] if r["id"] == "ictal-migration")
        if name == "early":
            assert row["answer"] == "unknown"
        else:
            assert row["answer"] == "yes"
            assert row["evidence"]
    assert verdicts == ["in evolution", "met"]
