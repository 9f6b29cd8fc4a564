"""What the results of a damaged file must still be: finite, inside the file, and not in its gaps."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROUNDED_S = 0.011
"""Times in the tables have two decimals, both ends of an event rounded."""
SECOND_S = 0.5
"""A second that was recorded for its half or more is told as a second (tests/recover/test_line.py)."""


def recording_of(folder: Path) -> Iterator[str]:
    """What is not sound in the folder that `ictal analyse` wrote?"""
    found = json.loads((folder / "findings.json").read_text(), parse_constant=_no_number)
    recorded = found["recorded"]
    duration_s, gaps = recorded["duration_s"], recorded["gaps"]
    if not 0 < duration_s < 1e9:
        yield f"the recording lasts {duration_s} s"
    if not 0 <= recorded["readable_s"] <= recorded["recorded_s"] + ROUNDED_S <= duration_s + 2 * ROUNDED_S:
        yield f"read {recorded['readable_s']} of {recorded['recorded_s']} recorded s of {duration_s} s"
    if any(not 0 <= a < b <= duration_s + ROUNDED_S for a, b in gaps):
        yield f"a gap lies outside: {gaps[:3]}"
    burden = found["burden_min_per_h"]
    if burden is not None and not 0 <= burden <= 60.001:
        yield f"a burden of {burden} min an hour"
    if found["seizure_s"] > recorded["recorded_s"] + 1:
        yield f"{found['seizure_s']} s of seizures in {recorded['recorded_s']} s"
    for name in ("seizures.tsv", "legs.tsv", "discharges.tsv"):
        yield from _table(folder / name, duration_s, gaps)
    yield from _not_finite(found)


def _table(path: Path, duration_s: float, gaps: list[list[float]]) -> Iterator[str]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            start_s, length_s = float(row["onset"]), float(row["duration"])
            stop_s = start_s + length_s
            if not (math.isfinite(start_s) and math.isfinite(stop_s)):
                yield f"{path.name}: an event from {start_s} s for {length_s} s"
            elif not -ROUNDED_S <= start_s <= stop_s <= duration_s + ROUNDED_S:
                yield f"{path.name}: an event from {start_s} to {stop_s} s in a recording of {duration_s} s"
            elif row.get("eventType") != "bckg" and any(
                a + SECOND_S <= start_s < b - SECOND_S - ROUNDED_S or a + SECOND_S + ROUNDED_S < stop_s <= b - SECOND_S
                for a, b in gaps
            ):
                yield f"{path.name}: an event from {start_s} to {stop_s} s begins or ends in a gap"


def _no_number(word: str) -> float:
    raise ValueError(f"findings.json holds {word}")


def _not_finite(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for one in value.values():
            yield from _not_finite(one)
    elif isinstance(value, list):
        for one in value:
            yield from _not_finite(one)
    elif isinstance(value, float) and abs(value) > 1e15:
        yield f"findings.json holds {value}"
