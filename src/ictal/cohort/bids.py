"""What makes the folder of results a BIDS derivative: its description, and what a validator shall leave alone."""

from __future__ import annotations

import json
from pathlib import Path

from ictal.base.files import load_json
from ictal.base.provenance import ictal_version
from ictal.cohort.find import DESCRIPTION
from ictal.cohort.store import write_text
from ictal.exchange.bids import BIDS_VERSION, EVENT_COLUMNS
from ictal.exchange.columns import SZCORE_COLUMNS

_HIDDEN = ("*.parquet", "*.html", "cohort.json", "outcomes", "sub-*/**/*_eeg", "sub-*/**/*_eeg-*")
IGNORED = "".join(f"{name}\n" for name in _HIDDEN) + "outcomes/**\nsub-*/**/*_eeg/**\nsub-*/**/*_eeg-*/**\n"
EVENTS_SIDECAR = "desc-ictal_events.json"
COLUMNS = {
    **{name: EVENT_COLUMNS[name] for name in (*SZCORE_COLUMNS, "trial_type")},
    "confidence": {"Description": "From 0 to 1: how surely it is a seizure, calibrated on simulated recordings"},
    "dateTime": {"Description": "Begin of the recording, as its file says"},
}


def write_description(out: Path, dataset: Path) -> None:
    """Write dataset_description.json, README, .bidsignore and what the columns mean.

    Raises `OutputError` where they cannot be written.
    """
    said = {
        "Name": f"Seizures that Ictal found in: {_name(dataset)}",
        "BIDSVersion": BIDS_VERSION,
        "DatasetType": "derivative",
        "GeneratedBy": [{"Name": "Ictal", "Version": ictal_version(), "Description": "ictal cohort"}],
    }
    readme = (
        "# Seizures that Ictal found\n\nFor research use; not a medical device. NAME_desc-ictal_events.tsv: the "
        "seizures of a recording in SzCORE's columns. The folder NAME_eeg beside it: its tables, findings and report. "
        "recordings.parquet, seizures.parquet, legs.parquet: the whole cohort; cohort.html: its report.\n"
    )
    for name, text in (
        (DESCRIPTION, json.dumps(said, indent=2, ensure_ascii=False) + "\n"),
        (EVENTS_SIDECAR, json.dumps(COLUMNS, indent=2) + "\n"),
        ("README", readme),
        (".bidsignore", IGNORED),
    ):
        write_text(out / name, text)


def _name(dataset: Path) -> str:
    """The name that the dataset gives itself."""
    try:
        name = load_json(dataset / DESCRIPTION)["Name"]
    except (OSError, ValueError, LookupError, TypeError):
        return "a dataset without a name"
    return str(name)
