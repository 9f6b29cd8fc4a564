"""The one composer: recording in, findings out. The command line, the web and the cohort all call `analyse`."""

from __future__ import annotations

from dataclasses import dataclass

from ictal.eeg.detection.types import Discharge
from ictal.eeg.findings.types import Findings
from ictal.eeg.recording.types import Recording
from ictal.eeg.signal.types import Masks, Montage
from ictal.eeg.tracking.types import Seizure


@dataclass(frozen=True, slots=True)
class Analysis:
    """Everything that one recording gave: events, what was masked, and the findings."""

    recording: Recording
    montage: Montage
    masks: Masks
    discharges: tuple[Discharge, ...]
    seizures: tuple[Seizure, ...]
    findings: Findings
