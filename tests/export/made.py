"""An EDF or BDF file with a planted identity, and results as `ictal analyse` writes them, made by hand."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from ictal.eeg.detection.types import Discharge
from ictal.eeg.recording import read
from ictal.eeg.tracking.types import Leg, Passage, Pattern, Seizure
from ictal.exchange.findings_json import write_findings
from ictal.exchange.tables import write_events
from tests.exchange.findings_made import FINDINGS

RATE = 100
LABELS = ("EEG Fp1-REF", "EEG T3-REF", "EEG O1-REF", "EEG O2-REF", "EEG T4-REF", "ECG")


@dataclass(frozen=True)
class Planted:
    """What the file says of a child who is not there."""

    patient: str = "HN-4711-22 F 03-MAR-2025 Mueller_Änna"
    recording: str = "Startdate 04-JUN-2025 ADM99812 Schwester_Gisela NihonX_Kinderspital_Zuerich"
    date: str = "04.06.25"
    labels: tuple[str, ...] = LABELS
    transducer: str = "AgAgCl cup of Änna Müller"
    prefilter: str = "HP:0.1Hz LP:70Hz, set by Gisela"
    reserved: str = "Kinderspital"
    annotations: tuple[tuple[float, float, str], ...] = (
        (1.0, 2.0, "Änna Müller seizure"), (3.0, 0.0, "Eyes closed"), (5.0, 0.0, "sz onset"),
        (6.0, 0.0, "Mutter: Frau Müller, Tel. 044 123 45 67"),
    )  # fmt: skip
    seconds: int = 60
    gap_s: int = 0
    bdf: bool = False
    samples: bytes | None = None

    def write(self, path: Path) -> Path:
        """Records of one second; with a gap of `gap_s` in the middle."""
        width, size = (3, 240) if self.bdf else (2, 240)
        path.write_bytes(
            self._header(width, size) + b"".join(self._record(n, width, size) for n in range(self.seconds))
        )
        return path

    def _header(self, width: int, size: int) -> bytes:
        count, name = len(self.labels) + 1, "BDF" if self.bdf else "EDF"
        low, high = ("-8388608", "8388607") if self.bdf else ("-2048", "2047")
        top, bottom = ("8388607", "-8388608") if self.bdf else ("32767", "-32768")
        head = [
            (self.patient, 80), (self.recording, 80), (self.date, 8), ("10.11.12", 8), (str(256 * (count + 1)), 8),
            (f"{name}+{'D' if self.gap_s else 'C'}", 44), (str(self.seconds), 8), ("1", 8), (str(count), 4),
        ]  # fmt: skip
        own = len(self.labels)
        columns = [
            ([*self.labels, f"{name} Annotations"], 16), ([*[self.transducer] * own, ""], 80), ([*["uV"] * own, ""], 8),
            ([*["-500.5"] * own, "-1"], 8), ([*["500.5"] * own, "1"], 8), ([*[low] * own, bottom], 8),
            ([*[high] * own, top], 8), ([*[self.prefilter] * own, ""], 80),
            ([*[str(RATE)] * own, str(size // width)], 8), ([*[self.reserved] * own, ""], 32),
        ]  # fmt: skip
        fields = [b"\xffBIOSEMI" if self.bdf else b"0".ljust(8)]
        fields += [_field(text, wide) for text, wide in head]
        return b"".join([*fields, *(_field(text, wide) for texts, wide in columns for text in texts)])

    def _record(self, number: int, width: int, size: int) -> bytes:
        onset = number + (self.gap_s if number >= self.seconds // 2 else 0)
        rng = np.random.default_rng((5, number))
        values = rng.integers(-2048, 2048, size=(len(self.labels), RATE)).astype("<i4")
        raw = values.reshape(-1).view(np.uint8).reshape(-1, 4)[:, :width].tobytes()
        if self.samples is not None and number == 7:
            raw = raw[:50] + self.samples + raw[50 + len(self.samples) :]
        marks = f"+{onset}\x14\x14\x00".encode()
        for at, length, text in self.annotations:
            if int(at) == number:
                shown = f"\x15{length}" if length else ""
                marks += f"+{at + onset - number}{shown}\x14{text}\x14\x00".encode()
        return raw + marks.ljust(size, b"\x00")


def _field(text: str, width: int) -> bytes:
    return text.encode("latin-1")[:width].ljust(width)


SEIZURES = (
    Seizure(
        (
            Leg(4.0, 20.0, "O1", 4.5, 80.0, ("O1-avg", "T3-avg")),
            Leg(16.0, 31.25, "O2", 3.0, 60.0, ("O2-avg",), 0, Passage.migration),
            Leg(29.0, 35.5, "T8", 10.0, 90.0, ("T4-avg", "O2-avg"), 1, Passage.spread),
        ),
        Pattern.migrating,
        0.876,
    ),
    Seizure(
        (
            Leg(40.0, 50.0, "T7", 1.0, 50.0, ("T3-avg",)),
            Leg(40.5, 48.0, "T8", 1.0, 50.0, ("T4-avg",), 0, Passage.simultaneous),
        ),
        Pattern.bilateral,
        1.0,
    ),
    Seizure((Leg(52.0, 58.0, "Fp1", 14.0, 30.0, ("Fp1-avg",)),), Pattern.focal, 0.5),
)
DISCHARGES = (
    Discharge(4.0, 20.0, "O1-avg", "O1", 4.5, 80.0, 0.9),
    Discharge(5.0, 18.0, "T3-avg", "T7", 4.5, 40.0, 0.7),
)


def results_of(path: Path, folder: Path, seizures: tuple[Seizure, ...] = SEIZURES) -> Path:
    """The folder that `ictal analyse` would have written of this file."""
    folder.mkdir()
    recording = read(path)
    start = None if recording.start is None else recording.start.isoformat()
    recorded = dataclasses.replace(
        FINDINGS.recorded, name=path.name, sha256=recording.source.sha256, start=start,
        duration_s=recording.duration_s, gaps=tuple((g.start_s, g.stop_s) for g in recording.gaps),
    )  # fmt: skip
    write_findings(folder, dataclasses.replace(FINDINGS, recorded=recorded, simulated=False))
    write_events(folder, recording, DISCHARGES if seizures else (), seizures)
    return folder


BIRTH = datetime(2025, 3, 3).date()
