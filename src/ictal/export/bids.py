"""Recordings as a BIDS dataset, and what was found in them as its derivative.

    dataset_description.json  README  participants.tsv
    sub-X/[ses-Y/]eeg/         the recording, its sidecar, channels.tsv, events.tsv
    sub-X/[ses-Y/]sub-X_scans.tsv
    derivatives/ictal/         dataset_description.json (GeneratedBy), desc-ictal_events.tsv, desc-legs_events.tsv,
                               desc-discharges_events.tsv; findings.json as *_findings.json (in .bidsignore)

Without recordings the derivative stands alone. No header that is written here names a person; dates stay
unless the export is de-identified. Positions of electrodes are not written: a clinical recording does not say them.
BIDS 1.10.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ictal.base.provenance import ictal_version
from ictal.eeg.recording.types import Recording
from ictal.exchange.bids import BIDS_VERSION, EVENT_COLUMNS
from ictal.exchange.columns import DISCHARGE_COLUMNS, LEG_COLUMNS, SZCORE_COLUMNS
from ictal.export.events import discharges_text, events_text, legs_text, table_text
from ictal.export.hed import BIDS_HED_VERSION, sidecar
from ictal.export.recordings import write_recording
from ictal.export.types import Case, Item
from ictal.infant.timeline.types import Infant

TASK = "monitoring"
DERIVATIVE = Path("derivatives", "ictal")
_COLUMNS = sidecar(
    {
        **{name: EVENT_COLUMNS[name] for name in (*SZCORE_COLUMNS, "trial_type")},
        "confidence": {"Description": "From 0 to 1: how surely it is a seizure"},
        "dateTime": {"Description": "Begin of the recording, as its file says it or shifted"},
        "eventType": {"Description": "Kind of event: a code of SzCORE"},
    }
)
_MEANINGS = {
    "onset": {"Description": "Seconds from the first sample", "Units": "s"},
    "duration": {"Description": "Duration", "Units": "s"},
    "frequency_hz": {"Description": "Median rhythm", "Units": "Hz"},
    "amplitude_uv": {"Description": "Median peak-to-peak amplitude", "Units": "uV"},
    "seizure_id": {"Description": "Number of the seizure in desc-ictal_events.tsv, from 1"},
    "leg": {"Description": "Number of the stay of this seizure in one place, from 1"},
    "electrode": {"Description": "Centre of the leg"},
    "hemisphere": {"Description": "left, right or midline"},
    "lobe": {"Description": "Lobe below the electrode"},
    "channels": {"Description": "Derivations that take part, joined by commas"},
    "came_from": {"Description": "Number of the leg it was reached from"},
    "came_by": {"Description": "How: spread, migration, simultaneous"},
    "derivation": {"Description": "The signal that is ictal"},
    "score": {"Description": "From 0 to 1: how surely it is ictal"},
}


def write_bids(folder: Path, case: Case) -> tuple[str, ...]:
    """Write the dataset into a folder, and say what it could not hold.

    Raises `OSError` where a file cannot be written; `folder.whole_folder` turns it into a sentence.
    """
    items = numbered(case)
    raw = all(item.path is not None for item in items)
    found = any(item.events is not None for item in items)
    derivative = folder / DERIVATIVE if raw else folder
    left_out: list[str] = []
    if raw:
        _json(folder / "dataset_description.json", _description("EEG of infants", "raw", found))
        _text(folder / "README", _readme(case, "EEG of infants, written by `ictal export`."))
        _participants(folder, case, items)
        for item in items:
            left_out += _write_raw(folder, item)
        _scans(folder, items)
    if found or not raw:
        _json(derivative / "dataset_description.json", _description("Seizures that Ictal found", "derivative", True))
        _text(derivative / "README", _readme(case, "Seizures that Ictal found: desc-ictal_events.tsv, and their legs."))
        _text(derivative / ".bidsignore", "*_findings.json\n")
        for item in items:
            _write_found(derivative, item)
    return tuple(left_out)


def numbered(case: Case) -> tuple[Item, ...]:
    """The recordings with BIDS entities that tell them apart: those of the case's names, else numbers."""
    child = case.infant.pseudonym if case.infant is not None else "01"
    items = [replace(i, subject=entity(i.subject or child)) for i in case.items]
    seen: dict[tuple[str, str, str], int] = {}
    for item in items:
        key = (item.subject, item.session, item.run)
        seen[key] = seen.get(key, 0) + 1
    if all(count == 1 for count in seen.values()):
        return tuple(items)
    count = dict.fromkeys(((i.subject, i.session) for i in items), 0)
    told = []
    for item in items:
        count[item.subject, item.session] += 1
        told.append(replace(item, run=f"{count[item.subject, item.session]:02}"))
    return tuple(told)


def entity(word: str) -> str:
    """A word as the value of a BIDS entity: letters and digits.

    >>> entity("inf-1")
    'inf1'
    """
    return "".join(c for c in word if c.isascii() and c.isalnum()) or "01"


def place_of(item: Item) -> tuple[Path, str]:
    """Where in a dataset does this recording lie, and how do its files' names begin?"""
    parts = [f"sub-{item.subject}", *([f"ses-{item.session}"] if item.session else [])]
    run = [f"run-{item.run}"] if item.run else []
    return Path(*parts), "_".join([*parts, f"task-{TASK}", *run])


def _write_raw(folder: Path, item: Item) -> tuple[str, ...]:
    where, stem = place_of(item)
    eeg = folder / where / "eeg"
    eeg.mkdir(parents=True, exist_ok=True)
    written, left_out = write_recording(item, eeg / f"{stem}_eeg", marks=False, anonymous=True)
    from ictal.eeg.recording import read

    copy = read(written)
    _json(eeg / f"{stem}_eeg.json", _recording_sidecar(copy))
    _text(eeg / f"{stem}_channels.tsv", _channels(copy))
    if item.events is not None:
        _text(eeg / f"{stem}_events.tsv", events_text(item, bids=True))
        _json(eeg / f"{stem}_events.json", _COLUMNS)
    return left_out


def _write_found(folder: Path, item: Item) -> None:
    if item.events is None:
        return
    where, stem = place_of(item)
    eeg = folder / where / "eeg"
    _text(eeg / f"{stem}_desc-ictal_events.tsv", events_text(item, bids=True))
    _json(eeg / f"{stem}_desc-ictal_events.json", _COLUMNS)
    for word, text, columns in (
        ("legs", legs_text(item, bids=True), LEG_COLUMNS),
        ("discharges", discharges_text(item), DISCHARGE_COLUMNS),
    ):
        _text(eeg / f"{stem}_desc-{word}_events.tsv", text)
        _json(eeg / f"{stem}_desc-{word}_events.json", {c: _MEANINGS[c] for c in columns})
    if item.findings is not None:
        _json(eeg / f"{stem}_findings.json", item.findings)


def _description(name: str, kind: str, ours: bool) -> dict[str, Any]:
    said: dict[str, Any] = {"Name": name, "BIDSVersion": BIDS_VERSION, "DatasetType": kind}
    if ours:
        said["HEDVersion"] = BIDS_HED_VERSION
    return {**said, "GeneratedBy": [{"Name": "Ictal", "Version": ictal_version(), "Description": "ictal export"}]}


def _readme(case: Case, what: str) -> str:
    simulated = "SIMULATED: no child's recording.\n\n" if any(i.simulated for i in case.items) else ""
    return (
        f"# {what.split(',')[0].split(':')[0]}\n\n{simulated}{what}\n\nThe events in events.tsv were found by a "
        "program, or marked elsewhere and followed by it. For research use; not a medical device.\n"
    )


def _participants(folder: Path, case: Case, items: Sequence[Item]) -> None:
    infant = case.infant
    columns: dict[str, Any] = {"simulated": {"Description": "Whether this infant is a simulation"}}
    names = ["participant_id", "simulated"]
    if infant is not None:
        names += ["sex", "gestation_weeks"]
        columns["sex"] = {
            "Description": "Sex",
            "Levels": {"F": "female", "M": "male", "O": "other", "n/a": "not known"},
        }
        columns["gestation_weeks"] = {"Description": "Weeks of gestation at birth", "Units": "weeks"}
    rows = []
    for subject in dict.fromkeys(i.subject for i in items):
        simulated = any(i.simulated for i in items if i.subject == subject)
        rows.append([f"sub-{subject}", str(simulated).lower(), *(_of_child(infant) if infant is not None else ())])
    _text(folder / "participants.tsv", table_text(names, rows))
    _json(folder / "participants.json", columns)


def _of_child(infant: Infant) -> tuple[str, str]:
    sex = {"female": "F", "male": "M", "other": "O"}.get(infant.sex, "n/a")
    weeks = infant.gestation_weeks
    return sex, "n/a" if weeks is None else f"{weeks:.2f}"


def _scans(folder: Path, items: Sequence[Item]) -> None:
    """When each recording began, of those that say it; a file a session."""
    tables: dict[Path, list[list[str]]] = {}
    for item in items:
        where, stem = place_of(item)
        path = next((folder / where / "eeg").glob(f"{stem}_eeg.[be]d*"))
        begin = item.start.strftime("%Y-%m-%dT%H:%M:%S") if item.start is not None else "n/a"
        name = "_".join([f"sub-{item.subject}", *([f"ses-{item.session}"] if item.session else []), "scans.tsv"])
        tables.setdefault(folder / where / name, []).append([f"eeg/{path.name}", begin])
    for path, rows in tables.items():
        _text(path, table_text(("filename", "acq_time"), rows))


def _recording_sidecar(recording: Recording) -> dict[str, Any]:
    kinds = [c.kind.value for c in recording.channels]
    eeg = [c for c in recording.channels if c.kind.value == "EEG"]
    references = {"bipolar" if c.is_bipolar else c.reference or "n/a" for c in eeg}
    return {
        "TaskName": TASK,
        "TaskDescription": "Clinical or long-term EEG" + (", simulated" if recording.simulated else ""),
        "SamplingFrequency": max(c.rate_hz for c in eeg or recording.channels),
        "EEGReference": references.pop() if len(references) == 1 else "n/a",
        "EEGPlacementScheme": "10-20",
        "PowerLineFrequency": "n/a",
        "SoftwareFilters": "n/a",
        "HardwareFilters": "n/a",
        **{f"{k}ChannelCount": kinds.count(k) for k in ("EEG", "EOG", "ECG", "EMG", "MISC")},
        "TriggerChannelCount": kinds.count("TRIG"),
        "RecordingDuration": recording.duration_s,
        "RecordingType": "discontinuous" if recording.gaps else "continuous",
        "Simulated": recording.simulated,
    }


def _channels(recording: Recording) -> str:
    rows = []
    for c in recording.channels:
        reference = "bipolar" if c.is_bipolar else c.reference or "n/a"
        rows.append([c.label, c.kind.value, c.unit or "n/a", f"{c.rate_hz:g}", reference])
    return table_text(("name", "type", "units", "sampling_frequency", "reference"), rows)


def _json(path: Path, content: Mapping[str, Any]) -> None:
    _text(path, json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def _text(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
