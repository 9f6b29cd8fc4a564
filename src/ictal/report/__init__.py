"""Findings become one HTML file that opens offline: text, tables and figures in one place.

Knows: `base`, and the types of the rooms of `eeg/` (recording, montage and masks, discharges, seizures, findings).
Must not know: files, filters, detectors, commands. It computes nothing new: it draws what it is given, and asks a
`PageSource` for the few seconds of EEG that a figure shows.
Read first: `document.render`, then `scene.Scene`, which every figure is drawn from.

`render` is loaded when it is first asked for, because Jinja2 comes with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ictal.report.types import PageSource

if TYPE_CHECKING:
    from ictal.report.document import render

__all__ = ["PageSource", "render"]


def __getattr__(name: str) -> object:
    if name == "render":
        from ictal.report.document import render

        return render
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
