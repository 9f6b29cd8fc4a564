"""The comparison with three experts, written: lines for the terminal, files for a folder."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ictal.base.provenance import ictal_version
from ictal.benchmark.helsinki import Comparison, Value
from ictal.benchmark.store import code_digest
from ictal.benchmark.written import NOTHING, RECORDINGS, RESULTS, TABLE, share_in_words, write_table, write_text

COLUMNS = ("newborn", "seconds", "majority_s", "found_s", "seizures", "area", "failure")
CHANGE = "A change of kappa whose interval reaches 0 or below: not shown to be worse than the expert that it replaces."


def rows(told: Comparison) -> list[tuple[str, str]]:
    """What was asked, and the answer with its 95 % interval over newborns."""
    lines = [("newborns with annotations", f"{told.newborns}, {told.hours:.1f} h")]
    lines += [(f"  {value.name}", in_words(value)) for value in told.experts]
    lines.append(("newborns that were run", f"{told.run} of {told.newborns}"))
    lines += [(f"  {value.name}", in_words(value)) for value in told.figures]
    for name, share, false_per_h in told.sensitivity:
        false = NOTHING if false_per_h is None else f"{false_per_h:.2f}"
        lines.append((f"  events of {name} found, one to one", f"{share_in_words(share)}; {false} false per hour"))
    return lines


def in_words(value: Value) -> str:
    """A value with its interval: `0.742 (0.61-0.83)`."""
    if value.value is None:
        return NOTHING
    between = f" ({value.interval[0]:.3f} to {value.interval[1]:.3f})" if value.interval else ""
    return f"{value.value:.3f}{between}"


def failures(told: Comparison) -> list[str]:
    """Each newborn whose file was there and could not be run, with the reason."""
    return [f"{r.name}: {r.failure}" for r in told.rows if r.failure and not r.failure.endswith("is not there.")]


def to_dict(told: Comparison) -> dict[str, Any]:
    """Everything as plain data."""
    return {
        "what": "newborns with the annotations of three experts (Zenodo 4940267)",
        "ictal_version": ictal_version(),
        "code_digest": code_digest(),
        "newborns": told.newborns,
        "run": told.run,
        "hours": told.hours,
        "experts": [_value(v) for v in told.experts],
        "figures": [_value(v) for v in told.figures],
        "events": [
            {"reference": n, "found": s.count, "of": s.of, "sensitivity": s.share, "false_per_h": f}
            for n, s, f in told.sensitivity
        ],
        "rows": [asdict(row) for row in told.rows],
    }


def _value(value: Value) -> dict[str, Any]:
    low, high = value.interval or (None, None)
    return {"name": value.name, "value": value.value, "low": low, "high": high}


def write(told: Comparison, folder: Path) -> None:
    """Write results.json, table.tsv (figures) and recordings.tsv (a row for each newborn) into a folder."""
    write_text(folder / RESULTS, json.dumps(to_dict(told), indent=2, allow_nan=False) + "\n")
    values = [(v.name, v.value, *(v.interval or (None, None))) for v in (*told.experts, *told.figures)]
    events = [(f"sensitivity, events of {n}", s.share, *(s.interval or (None, None))) for n, s, _ in told.sensitivity]
    false = [(f"false detections per hour, against {n}", f, None, None) for n, _, f in told.sensitivity]
    head: Sequence[object] = ("measure", "value", "low", "high")
    write_table(folder / TABLE, (head, *values, *events, *false))
    write_table(folder / RECORDINGS, (COLUMNS, *(tuple(asdict(row).values()) for row in told.rows)))
