"""A file becomes a Recording: named channels, microvolts, seconds from the first sample, gaps that stay gaps.

Knows: `base`. MNE only behind the extra `formats`, and only once such a file is opened.
Must not know: what a seizure is, what a montage is, who asks.
Read first: `door.read`, then `edf.read_edf`; `labels.py` holds what the names of channels mean.

    >>> from ictal.eeg.recording import from_arrays
    >>> recording = from_arrays([("EEG T3-Ref", [1.0, 2.0, 3.0, 4.0])], rate_hz=2.0)
    >>> recording.channels[0].electrode, recording.duration_s
    ('T7', 2.0)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ictal.eeg.recording.door import digest as digest
    from ictal.eeg.recording.door import read as read
    from ictal.eeg.recording.labels import ParsedLabel as ParsedLabel
    from ictal.eeg.recording.labels import parse_label as parse_label
    from ictal.eeg.recording.memory import from_arrays as from_arrays

_HOME = {
    "ParsedLabel": "labels",
    "digest": "door",
    "from_arrays": "memory",
    "parse_label": "labels",
    "read": "door",
}

__all__ = ["ParsedLabel", "digest", "from_arrays", "parse_label", "read"]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
