"""Ictal, the open workbench for epilepsy of infancy with migrating focal seizures.

    import ictal

    recording = ictal.read("infant.edf")
    analysis = ictal.analyse(recording)
    for seizure in analysis.seizures:
        print(seizure.start_s, seizure.pattern, seizure.path)

Knows: the verbs and nouns below, each loaded when it is first asked for, so that `import ictal` stays quick and quiet.
Must not know: how any of them works.
Read first: `ictal.analysis.analyse`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ictal.analysis import Analysis, Settings, analyse
    from ictal.base.age import Age
    from ictal.eeg.detection.types import Discharge, Mark, Marks
    from ictal.eeg.findings.types import Findings
    from ictal.eeg.recording import read
    from ictal.eeg.recording.types import Recording
    from ictal.eeg.tracking.types import Leg, Seizure
    from ictal.exchange.marks import read_marks
    from ictal.scoring import score
    from ictal.simulator import simulate

    __version__: str

__all__ = [
    "Age",
    "Analysis",
    "Discharge",
    "Findings",
    "Leg",
    "Mark",
    "Marks",
    "Recording",
    "Seizure",
    "Settings",
    "__version__",
    "analyse",
    "read",
    "read_marks",
    "score",
    "simulate",
]

_HOME = {
    "Age": "ictal.base.age",
    "Analysis": "ictal.analysis",
    "Discharge": "ictal.eeg.detection.types",
    "Findings": "ictal.eeg.findings.types",
    "Leg": "ictal.eeg.tracking.types",
    "Mark": "ictal.eeg.detection.types",
    "Marks": "ictal.eeg.detection.types",
    "Recording": "ictal.eeg.recording.types",
    "Seizure": "ictal.eeg.tracking.types",
    "Settings": "ictal.analysis",
    "analyse": "ictal.analysis",
    "read": "ictal.eeg.recording",
    "read_marks": "ictal.exchange.marks",
    "score": "ictal.scoring",
    "simulate": "ictal.simulator",
}
"""Where each public name lives."""


def __getattr__(name: str) -> object:
    """Load a public name when it is first asked for."""
    if name == "__version__":
        from ictal.base.provenance import ictal_version

        return ictal_version()
    if name not in _HOME:
        raise AttributeError(f"Ictal has no public name '{name}'. It has: {', '.join(__all__)}.")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
