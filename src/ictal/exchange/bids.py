"""Recordings of one simulated infant as a BIDS dataset, with the truth beside it as a derivative.

    dataset_description.json  README  participants.tsv  simulation.json (not BIDS: in .bidsignore)
    sub-0007/[ses-x/]eeg/      the recording as EDF+, its sidecar, channels, electrodes, events.tsv
    derivatives/truth/         seizures.tsv, legs.tsv, discharges.tsv and what else is true, a folder a recording

Events have the columns of SzCORE and `trial_type`. The truth is a BIDS derivative whose tables have names of our own,
so its .bidsignore lists them (the validator reads it when it is given the derivative, not when it recurses into it).
Source: BIDS 1.10, and SzCORE (Dan et al., Epilepsia 2024).
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from ictal.base.electrodes import electrode
from ictal.base.provenance import ictal_version
from ictal.eeg.detection.types import Discharge
from ictal.eeg.recording.types import Recording
from ictal.eeg.tracking.types import Seizure
from ictal.exchange.columns import SZCORE_COLUMNS, TRUTH
from ictal.exchange.tables import write_bids_events, write_events

TASK = "monitoring"
BIDS_VERSION = "1.10.0"
IGNORED = "simulation.json"
TRUTH_IGNORED = "sub-*/**/*.tsv\nsub-*/**/simulation.json\n"

_LEVELS = {
    "sz": "Seizure whose start is not focal, or not known to be",
    "sz_foc": "Seizure of focal onset",
    "bckg": "The whole recording, which has no seizure",
}
EVENT_COLUMNS = {
    "onset": {"Description": "Seconds from the first sample", "Units": "s"},
    "duration": {"Description": "Duration", "Units": "s"},
    "eventType": {"Description": "Kind of event, in SzCORE's words", "Levels": _LEVELS},
    "confidence": {"Description": "From 0 to 1; the truth of a simulation is 1"},
    "channels": {"Description": "Derivations that take part, largest first, joined by commas"},
    "dateTime": {"Description": "Begin of the recording, on a clock of the simulation's own"},
    "recordingDuration": {"Description": "Length of the recording", "Units": "s"},
    "trial_type": {"Description": "The same as eventType", "Levels": _LEVELS},
}

_CHANNEL_COLUMNS = {
    "name": {"Description": "Label of the channel, as in the EDF file"},
    "type": {"Description": "Kind of channel", "Levels": {"EEG": "Simulated electroencephalogram"}},
    "units": {"Description": "Physical unit of the samples"},
    "sampling_frequency": {"Description": "Samples a second", "Units": "Hz"},
    "reference": {"Description": "What the channel is recorded against: an electrode, avg (mean of all), or bipolar"},
    "status": {"Description": "Quality", "Levels": {"good": "As the amplifier gave it; artefacts come and go"}},
}
_ELECTRODE_COLUMNS = {
    "name": {"Description": "Name of the electrode, as the channels have it"},
    "x": {"Description": "To the right of the head's centre", "Units": "m"},
    "y": {"Description": "To the front", "Units": "m"},
    "z": {"Description": "To the vertex", "Units": "m"},
}


class RegionSources(Protocol):
    """What the regions of a simulated cortex gave: see `simulator.types.Sources`."""

    @property
    def positions_m(self) -> tuple[tuple[float, float, float], ...]: ...
    @property
    def orientations(self) -> tuple[tuple[float, float, float], ...]: ...
    @property
    def patch_rad(self) -> float: ...
    @property
    def foci(self) -> tuple[int, ...]: ...
    @property
    def rate_hz(self) -> float: ...
    @property
    def samples(self) -> int: ...
    @property
    def leadfield_uv_per_mv(self) -> npt.NDArray[np.float64]: ...
    @property
    def hear(self) -> Callable[[Callable[[int, npt.NDArray[np.float32]], None]], None]: ...


@dataclass(frozen=True, slots=True)
class Told:
    """What is true of a recording: seizures, discharges, and further tables and texts by the name of their file."""

    seizures: tuple[Seizure, ...]
    discharges: tuple[Discharge, ...]
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """One recording of the dataset's infant.

    `session` is `None` where there is only one. `write` writes the recording to a path and returns what is true of it,
    which may be known only then.
    """

    session: str | None
    age_days: float
    head_cm: float
    recording: Recording
    write: Callable[[Path], Told]


def write_dataset(
    folder: Path, subject: str, entries: Sequence[Entry], made_by: Callable[[], Mapping[str, Any]], command: str = ""
) -> tuple[Path, ...]:
    """Write the recordings of one simulated infant. Returns the path of each EDF file, within `folder`.

    `made_by` says all that made them, and is asked when they are written; `command` is what a user typed for that.

    Raises `OSError` where a file cannot be written; `folder.whole_folder` makes a sentence of it.
    """
    _json(folder / "dataset_description.json", _description("SIMULATED EEG of an infant", "raw"))
    _json(folder / TRUTH / "dataset_description.json", _description("What is true of the SIMULATED EEG", "derivative"))
    _text(folder / ".bidsignore", f"{IGNORED}\n")
    _text(folder / TRUTH / ".bidsignore", TRUTH_IGNORED)
    _text(folder / TRUTH / "README", f"# The truth of SIMULATED EEG\n\n{_TABLES}")
    _participants(folder, subject, entries)
    paths = tuple(_write_entry(folder, subject, entry) for entry in entries)
    _text(folder / "README", _readme(subject, made_by(), command))
    _json(folder / IGNORED, made_by())
    return paths


@contextmanager
def kept_sources(folder: Path, subject: str, session: str | None, sources: RegionSources) -> Iterator[None]:
    """Keep what the regions of a simulated cortex give while its recording is made: .npy files under `sourcedata`.

    A run that goes on writes from where it stood into the same file.
    """
    where, stem = _place(subject, session)
    place = folder / "sourcedata" / where
    _json(place / f"{stem}_sources.json", _told_of_regions(sources))
    np.save(place / f"{stem}_leadfield.npy", sources.leadfield_uv_per_mv)
    path = place / f"{stem}_sources.npy"
    regions = len(sources.positions_m)
    with path.open("r+b" if path.is_file() else "w+b") as file:
        shape = (sources.samples, regions)
        np.lib.format.write_array_header_2_0(file, {"descr": "<f4", "fortran_order": False, "shape": shape})
        begin = file.tell()

        def put(first: int, output_mv: npt.NDArray[np.float32]) -> None:
            rows = output_mv[: max(0, sources.samples - first)]
            file.seek(begin + 4 * regions * first)
            file.write(np.ascontiguousarray(rows, dtype="<f4").tobytes())
            file.flush()
            os.fsync(file.fileno())

        sources.hear(put)
        yield


def _told_of_regions(sources: RegionSources) -> dict[str, Any]:
    return {
        "Simulated": True,
        "Signals": "sources.npy: pyramidal output of each region in mV, (samples, regions)",
        "SamplingFrequency": sources.rate_hz,
        "Leadfield": (
            "leadfield.npy: (channels, regions) in uV/mV, channels as in channels.tsv; leadfield @ sources.T is what "
            "is ictal in the EEG at this rate, before a detached electrode and the amplifier's rail"
        ),
        "CoordinateSystem": "That of electrodes.tsv: m from the head's centre, x right, y front, z vertex",
        "Patch": f"A region is a patch of radial dipoles that fade as a Gaussian, {sources.patch_rad:g} rad wide (SD)",
        "Regions": [
            {"name": f"region-{n:02}", "position_m": list(at), "orientation": list(points), "focus": n in sources.foci}
            for n, (at, points) in enumerate(zip(sources.positions_m, sources.orientations, strict=True))
        ],
    }


def _place(subject: str, session: str | None) -> tuple[Path, str]:
    if session is None:
        return Path(f"sub-{subject}"), f"sub-{subject}"
    return Path(f"sub-{subject}", f"ses-{session}"), f"sub-{subject}_ses-{session}"


def _write_entry(folder: Path, subject: str, entry: Entry) -> Path:
    where, stem = _place(subject, entry.session)
    eeg, truth = folder / where / "eeg", folder / TRUTH / where
    for place in (eeg, truth):
        place.mkdir(parents=True, exist_ok=True)
    recording, task = entry.recording, f"{stem}_task-{TASK}"
    path = eeg / f"{task}_eeg.edf"
    told = entry.write(path)
    _json(eeg / f"{task}_eeg.json", _sidecar(recording, entry.head_cm))
    _text(eeg / f"{task}_channels.tsv", _channels(recording))
    _json(eeg / f"{task}_channels.json", _CHANNEL_COLUMNS)
    _text(eeg / f"{stem}_electrodes.tsv", _electrodes(recording, entry.head_cm))
    _json(eeg / f"{stem}_electrodes.json", _ELECTRODE_COLUMNS)
    _json(eeg / f"{stem}_coordsystem.json", _coordinates(entry.head_cm))
    write_bids_events(eeg / f"{task}_events.tsv", recording, told.seizures)
    _json(eeg / f"{task}_events.json", {c: EVENT_COLUMNS[c] for c in (*SZCORE_COLUMNS, "trial_type")})
    write_events(truth, recording, told.discharges, told.seizures)
    for name, text in told.texts.items():
        _text(truth / name, text)
    return path.relative_to(folder)


def _description(name: str, kind: str) -> dict[str, Any]:
    return {
        "Name": name,
        "BIDSVersion": BIDS_VERSION,
        "DatasetType": kind,
        "License": "CC0",
        "Authors": ["Ictal"],
        "GeneratedBy": [{"Name": "Ictal", "Version": ictal_version(), "Description": "simulation: no patient's data"}],
    }


_TABLES = (
    "For each recording: seizures.tsv; legs.tsv, the stays of each seizure in one place; discharges.tsv, when each "
    "derivation is ictal; artefacts.tsv; rhythms.tsv, normal rhythms and sharp waves, which are no seizures; and "
    "simulation.json, all that made it.\n"
)


def _readme(subject: str, made_by: Mapping[str, Any], command: str) -> str:
    made = ", ".join(f"{k} {made_by[k]}" for k in ("scenario", "course", "seed", "engine", "version") if k in made_by)
    typed = f"Made with\n\n    {command}\n\n" if command else ""
    return (
        "# SIMULATED EEG\n\n"
        f"Nothing here was recorded from a patient. Ictal made every sample and every event ({made}); "
        f"{IGNORED} holds all that made them, enough to make them again.\n\n{typed}"
        f"sub-{subject} is one simulated infant. events.tsv lists the seizures. The whole truth is in {TRUTH}. "
        f"{_TABLES}"
    )


def _participants(folder: Path, subject: str, entries: Sequence[Entry]) -> None:
    first = entries[0]
    head = "participant_id\tage_days\thead_circumference_cm\tsimulated\n"
    _text(folder / "participants.tsv", f"{head}sub-{subject}\t{first.age_days:g}\t{first.head_cm:.1f}\ttrue\n")
    columns = {
        "age_days": {"Description": "Age at the first recording", "Units": "d"},
        "head_circumference_cm": {"Description": "Circumference of the simulated head then", "Units": "cm"},
        "simulated": {"Description": "Whether this infant is a simulation"},
    }
    _json(folder / "participants.json", columns)
    if first.session is not None:
        rows = [f"ses-{e.session}\t{e.age_days:g}\t{e.head_cm:.1f}\n" for e in entries]
        stem = folder / f"sub-{subject}" / f"sub-{subject}_sessions"
        _text(stem.with_suffix(".tsv"), "session_id\tage_days\thead_circumference_cm\n" + "".join(rows))
        described = {k: columns[k] for k in ("age_days", "head_circumference_cm")}
        _json(stem.with_suffix(".json"), {**described, "age_days": {"Description": "Age then", "Units": "d"}})


def _sidecar(recording: Recording, head_cm: float) -> dict[str, Any]:
    first = recording.channels[0]
    return {
        "TaskName": TASK,
        "TaskDescription": "Simulated long-term EEG of an infant; no patient's recording",
        "Manufacturer": "Ictal (simulated)",
        "SoftwareVersions": ictal_version(),
        "SamplingFrequency": first.rate_hz,
        "EEGReference": "bipolar" if first.is_bipolar else first.reference or "n/a",
        "EEGGround": "n/a",
        "EEGPlacementScheme": "10-20",
        "PowerLineFrequency": recording.attributes.get("mains_hz", "n/a"),
        "SoftwareFilters": "n/a",
        "HardwareFilters": "n/a",
        "HeadCircumference": round(head_cm, 1),
        "SubjectArtefactDescription": f"Simulated artefacts, each listed in {TRUTH}",
        "EEGChannelCount": len(recording.channels),
        **dict.fromkeys((f"{kind}ChannelCount" for kind in ("EOG", "ECG", "EMG", "MISC", "Trigger")), 0),
        "RecordingDuration": recording.duration_s,
        "RecordingType": "continuous",
        "Simulated": True,
    }


def _channels(recording: Recording) -> str:
    rows = []
    for c in recording.channels:
        reference = "bipolar" if c.is_bipolar else c.reference or "n/a"
        rows.append(f"{c.label}\t{c.kind.value}\t{c.unit}\t{c.rate_hz:g}\t{reference}\tgood\n")
    return "name\ttype\tunits\tsampling_frequency\treference\tstatus\n" + "".join(rows)


def _electrodes(recording: Recording, head_cm: float) -> str:
    """Where the electrodes are on the spherical head, in metres."""
    names = {
        name: written or name
        for c in recording.channels
        for name, written in ((c.electrode, c.written_electrode), (c.minus, c.written_minus))
        if name is not None
    }
    radius = _radius_m(head_cm)
    rows = []
    for name, written in names.items():
        x, y, z = (radius * part for part in electrode(name).position)
        rows.append(f"{written}\t{x:.5f}\t{y:.5f}\t{z:.5f}\n")
    return "name\tx\ty\tz\n" + "".join(rows)


def _coordinates(head_cm: float) -> dict[str, Any]:
    return {
        "EEGCoordinateSystem": "Other",
        "EEGCoordinateUnits": "m",
        "EEGCoordinateSystemDescription": (
            f"Centre of a sphere of {_radius_m(head_cm):.4f} m: x to the right, y to the front, z to the vertex"
        ),
    }


def _radius_m(head_cm: float) -> float:
    return head_cm / 100.0 / (2 * math.pi)


def _json(path: Path, content: Mapping[str, Any]) -> None:
    _text(path, json.dumps(content, indent=2) + "\n")


def _text(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
