"""The short answer on the terminal: plain aligned text that a pipe can carry."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ictal.analysis import Analysis

HEADER = ("#", "start", "duration", "pattern", "path", "confidence")
LONGEST_PATH = 60


def summary(analysis: Analysis) -> str:
    """Which seizures were found, in how many readable hours, and how great is the burden?"""
    written = analysis.recording.written_name
    rows = [
        (
            str(number),
            clock(seizure.start_s),
            f"{seizure.duration_s:.0f} s",
            seizure.pattern.value,
            shortened(">".join(written(place) for place in seizure.path)) or "not localised",
            f"{seizure.confidence:.2f}" if math.isfinite(seizure.confidence) else "n/a",
        )
        for number, seizure in enumerate(analysis.seizures, start=1)
    ]
    lines = [*aligned([HEADER, *rows]), ""] if rows else [_none(analysis), ""]
    return "\n".join([*lines, _readable(analysis)])


def _none(analysis: Analysis) -> str:
    marked = any(step.name == "marks" for step in analysis.findings.steps)
    return "No seizure was marked." if marked else "No seizure was found."


def clock(time_s: float) -> str:
    """A time from the first sample as `h:mm:ss`; cut off, not rounded, so that a seizure never seems to start late."""
    whole = int(time_s)
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def shortened(path: str) -> str:
    """A long path keeps its first places and its last one."""
    if len(path) <= LONGEST_PATH:
        return path
    places = path.split(">")
    end = f">...>{places[-1]}"
    kept = places[0]
    for place in places[1:]:
        if len(kept) + 1 + len(place) + len(end) > LONGEST_PATH:
            break
        kept += f">{place}"
    return kept + end


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows of equal columns, two spaces apart, without spaces at the end."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return ["  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in rows]


def span(time_s: float) -> str:
    """A length of time in the unit that a reader would choose."""
    if time_s < 120:
        return f"{time_s:.0f} s"
    return f"{time_s / 60:.1f} min" if time_s < 7200 else f"{time_s / 3600:.2f} h"


def _readable(analysis: Analysis) -> str:
    found = analysis.findings
    simulated = "A simulated recording. " if found.simulated else ""
    burden = "not known" if found.burden_min_per_h is None else f"{found.burden_min_per_h:.1f} min per readable hour"
    return (
        f"{simulated}Readable: {span(found.recorded.readable_s)} of {span(found.recorded.recorded_s)} recorded. "
        f"Seizure burden: {burden}."
    )
