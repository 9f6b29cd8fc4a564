"""Files that were once written stay readable, and are still written byte for byte the same.

Each `contract-*` was written by `rewrite` below, once: the newest is still written the same, and all of them are read.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import jsonschema
import pytest

from ictal.base.electrodes import TEN_TWENTY
from ictal.base.time import Interval
from ictal.eeg.detection.types import Discharge
from ictal.eeg.recording.types import Channel, ChannelKind, Recording, Source
from ictal.eeg.tracking.types import Leg, Passage, Pattern, Seizure
from ictal.exchange.findings_json import read_findings, schema, write_findings
from ictal.exchange.tables import read_events, write_events
from tests.exchange.findings_made import FINDINGS
from tests.exchange.made import Held

STORED = Path(__file__).with_name("contract-1.1")
EVER = sorted(Path(__file__).parent.glob("contract-*"))
OLD = {"T7": "T3", "T8": "T4", "P7": "T5", "P8": "T6"}


def _channel(name: str) -> Channel:
    written = OLD.get(name, name)
    return Channel(written, ChannelKind.eeg, 1.0, electrode=name, written_electrode=written)


RECORDING = Recording(
    tuple(_channel(name) for name in TEN_TWENTY),
    (Interval(0.0, 3600.0),),
    Held(((),)),
    Source("made", "memory"),
    start=datetime(2026, 3, 4, 5, 6, 7),
)  # fmt: skip
SEIZURES = (
    Seizure(
        (
            Leg(100.0, 130.0, "O1", 4.5, 80.0, ("O1-avg", "T5-avg")),
            Leg(125.0, 150.0, "T8", 3.0, 60.0, ("T4-avg",), 0, Passage.migration),
        ),
        Pattern.migrating,
        0.88,
    ),
    Seizure((Leg(1000.25, 1012.75, "Cz", 1.0, 50.0, ("Cz-avg",)),), Pattern.uncertain, 1.0),
)
DISCHARGES = (
    Discharge(100.0, 130.0, "O1-avg", "O1", 4.5, 80.0, 0.9),
    Discharge(101.5, 120.0, "T5-avg", "P7", 4.5, 40.0, 0.5),
)


def rewrite(folder: Path) -> None:
    """Write the stored files as this version writes them (findings.json without the version that runs)."""
    write_events(folder, RECORDING, DISCHARGES, SEIZURES)
    write_findings(folder, FINDINGS)
    file = folder / "findings.json"
    said = json.loads(file.read_text(encoding="utf-8")) | {"ictal_version": "0.1.0"}
    file.write_text(json.dumps(said, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def test_the_stored_files_are_still_written_the_same(tmp_path: Path) -> None:
    rewrite(tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(p.name for p in STORED.iterdir())
    for file in STORED.iterdir():
        assert (tmp_path / file.name).read_bytes() == file.read_bytes(), file.name


def test_no_stored_contract_is_gone() -> None:
    assert [folder.name for folder in EVER] == ["contract-1.0", "contract-1.1"]


@pytest.mark.parametrize("stored", EVER, ids=lambda p: p.name)
def test_the_stored_tables_are_still_read(stored: Path) -> None:
    read = read_events(stored)
    assert read.seizures == SEIZURES
    assert read.discharges == DISCHARGES
    assert (read.start, read.recording_duration_s) == (RECORDING.start, 3600.0)


@pytest.mark.parametrize("stored", EVER, ids=lambda p: p.name)
def test_the_stored_findings_still_follow_the_schema(stored: Path) -> None:
    said = read_findings(stored)
    jsonschema.Draft202012Validator(schema()).validate(said)
    assert said["recorded"]["name"] == FINDINGS.recorded.name


@pytest.mark.parametrize("stored", EVER, ids=lambda p: p.name)
def test_old_names_are_read_as_the_same_place(stored: Path) -> None:
    assert read_events(stored).seizures[0].legs[1] == replace(SEIZURES[0].legs[1], electrode="T8")
