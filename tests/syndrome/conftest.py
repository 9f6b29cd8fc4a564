"""Vignettes become phenopackets and findings files, so that a test walks the whole way."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
TODAY = date(2026, 11, 25)
VIGNETTES: list[dict[str, Any]] = tomllib.loads((HERE / "vignettes.toml").read_text(encoding="utf-8"))["vignette"]

CLASSES = {"P": "PATHOGENIC", "LP": "LIKELY_PATHOGENIC", "VUS": "UNCERTAIN_SIGNIFICANCE"}


def time_element(text: str) -> dict[str, Any]:
    if "/" in text:
        start, end = text.split("/")
        return {"ageRange": {"start": {"iso8601duration": start}, "end": {"iso8601duration": end}}}
    return {"age": {"iso8601duration": text}}


def phenopacket(vignette: dict[str, Any]) -> dict[str, Any]:
    """A phenopacket of version 2. The age at onset stands with the seizures."""
    features: list[dict[str, Any]] = []
    for text in vignette.get("has", []):
        term, _, since = text.partition("@")
        features.append({"type": {"id": term, "label": ""}, **({"onset": time_element(since)} if since else {})})
    features += [{"type": {"id": term, "label": ""}, "excluded": True} for term in vignette.get("not", [])]
    if "onset" in vignette:
        features.append({"type": {"id": "HP:0001250", "label": "Seizure"}, "onset": time_element(vignette["onset"])})
    genes = [gene.split() for gene in vignette.get("genes", [])]
    actions = []
    for text in vignette.get("medicines", []):
        name, _, outcome = text.rpartition(" ")
        label = {"failed": "Unfavorable", "helped": "Complete response, seizure free"}[outcome]
        actions.append(
            {
                "treatment": {"agent": {"id": "CHEBI:1", "label": name}},
                "responseToTreatment": {"id": "NCIT:1", "label": label},
            }
        )
    subject: dict[str, Any] = {"id": vignette["id"]}
    if "age" in vignette:
        subject["timeAtLastEncounter"] = {"age": {"iso8601duration": vignette["age"]}}
    return {
        "id": vignette["id"],
        "subject": subject,
        "phenotypicFeatures": features,
        "medicalActions": actions,
        "interpretations": [
            {
                "id": "1",
                "diagnosis": {
                    "genomicInterpretations": [
                        {
                            "variantInterpretation": {
                                "acmgPathogenicityClassification": CLASSES[class_],
                                "variationDescriptor": {"geneContext": {"symbol": gene}},
                            }
                        }
                        for gene, class_ in genes
                    ]
                },
            }
        ],
        "metaData": {"phenopacketSchemaVersion": "2.0"},
    }


def share(count: int, of: int) -> dict[str, Any]:
    return {
        "count": count,
        "of": of,
        "share": count / of if of else None,
        "low": 0.0 if of else None,
        "high": 1.0 if of else None,
    }


def findings(name: str, eeg: dict[str, Any]) -> dict[str, Any]:
    """A whole findings.json, valid under the published schema."""
    n, migrating, bilateral = eeg["n"], eeg.get("mig", 0), eeg.get("bi", 0)
    left, right, hours = eeg.get("left", 0), eeg.get("right", 0), eeg["h"]
    foci = [
        {
            "electrode": e,
            "electrodes": [e],
            "hemisphere": side,
            "lobe": "occipital",
            "seizures": 2,
            "seizure_ids": [1, 2],
        }
        for side, e, count in (("left", "O1", left), ("right", "O2", right))
        for _ in range(count)
    ]
    return {
        "schema_version": "1.0",
        "ictal_version": "0.1.0",
        "research_use": "For research use.",
        "recorded": {
            "name": name,
            "file_format": "EDF",
            "sha256": "0" * 64,
            "start": None,
            "duration_s": 3600 * hours,
            "recorded_s": 3600 * hours,
            "readable_s": 3600 * hours,
            "gaps": [],
            "electrodes": [],
            "channels": 19,
            "derivations": [],
            "rate_hz": 256.0,
            "notices": [],
        },
        "simulated": False,
        "seizures": n,
        "patterns": {
            "focal": n - migrating - bilateral,
            "spreading": 0,
            "migrating": migrating,
            "bilateral": bilateral,
            "uncertain": 0,
        },
        "seizure_s": 40.0 * n,
        "burden_min_per_h": None,
        "burden_by_hour": [
            {
                "hour": 0,
                "start_s": 0.0,
                "readable_s": 3600.0,
                "seizure_s": eeg.get("worst", 600.0),
                "seizures": n,
                "burden_min_per_h": 10.0,
            }
        ],
        "foci": foci,
        "independence": {
            "foci": left + right,
            "foci_left": left,
            "foci_right": right,
            "both_hemispheres": bool(left and right),
            "overlapping_pairs": [],
        },
        "migration": {
            "migrating": share(migrating, n),
            "crossing_midline": share(eeg.get("cross", 0), n),
            "homotopic": share(0, 0),
            "onset_delays_s": [],
            "handovers_s": [],
        },
        "markers": [],
        "quality": [],
        "statements": [],
        "settings": {},
        "steps": [],
    }


@pytest.fixture
def files(tmp_path):
    """Write a vignette: its phenopacket, and a findings file for each recording."""

    def write(vignette: dict[str, Any]) -> tuple[Path, list[Path]]:
        packet = tmp_path / "infant.json"
        packet.write_text(json.dumps(phenopacket(vignette)), encoding="utf-8")
        paths = []
        for number, eeg in enumerate(vignette.get("eeg", []), start=1):
            path = tmp_path / f"findings-{number}.json"
            path.write_text(json.dumps(findings(f"recording-{number}", eeg)), encoding="utf-8")
            paths.append(path)
        return packet, paths

    return write


@pytest.fixture
def assessed(files, ictal):
    """What `ictal assess --json` says of a vignette."""

    def run(vignette: dict[str, Any]) -> dict[str, Any]:
        packet, paths = files(vignette)
        options = [o for path in paths for o in ("--findings", path)]
        code, out, err = ictal("assess", "--phenopacket", packet, *options, "--on", TODAY.isoformat(), "--json")
        assert code == 0, err
        return json.loads(out)

    return run
