"""The tables of a cohort: recordings, seizures and legs, one Parquet file each, with the infant beside every row.

Times and durations are seconds, as in the tables of each recording, whose names of columns are kept. What is not known
is null. A table without a row has all its columns.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from ictal.base.errors import MissingExtra, TableError
from ictal.base.files import read_file
from ictal.cohort.store import place_for
from ictal.cohort.types import Item, Outcome
from ictal.exchange.columns import (
    BACKGROUND,
    LEG_COLUMNS,
    LEGS,
    NOT_KNOWN,
    SEIZURE_COLUMNS,
    SEIZURES,
    SZCORE_COLUMNS,
)  # fmt: skip
from ictal.exchange.findings_json import read_checked

RECORDINGS_FILE, SEIZURES_FILE, LEGS_FILE = "recordings.parquet", "seizures.parquet", "legs.parquet"
PATTERNS = ("focal", "spreading", "migrating", "bilateral", "uncertain")

WHOSE = {
    "recording": "string",
    "participant_id": "string",
    "session_id": "string",
    "age_days": "double",
    "gene": "string",
}
RECORDING_TYPES = {
    **WHOSE, "file": "string", "status": "string", "reason": "string", "simulated": "bool", "start": "string",
    "duration_s": "double", "recorded_s": "double", "readable_s": "double", "electrodes": "int64", "rate_hz": "double",
    "seizures": "int64", "seizure_s": "double", "burden_min_per_h": "double",
    **dict.fromkeys(PATTERNS, "int64"),
    "localised": "int64", "crossing_midline": "int64", "foci": "int64", "foci_left": "int64", "foci_right": "int64",
    "sha256": "string", "ictal_version": "string", "took_s": "double",
}  # fmt: skip
_KINDS = {
    **dict.fromkeys(("onset", "duration", "confidence", "recordingDuration", "frequency_hz", "amplitude_uv"), "double"),
    **dict.fromkeys(("seizure_id", "leg", "came_from"), "int64"),
    "crosses_midline": "bool",
}  # fmt: skip
SEIZURE_TYPES = {**WHOSE, **{c: _KINDS.get(c, "string") for c in SEIZURE_COLUMNS}}
LEG_TYPES = {**WHOSE, **{c: _KINDS.get(c, "string") for c in LEG_COLUMNS}}

Row = dict[str, Any]


def write_tables(out: Path, pairs: Sequence[tuple[Item, Outcome]]) -> list[Row]:
    """Gather what is stored of these recordings into the three tables. Returns the rows of the recordings.

    Raises `OutputError` where a table cannot be written, `TableError` where what is stored was damaged.
    """
    recordings = [_recording_row(out, item, outcome) for item, outcome in pairs]
    done = [item for item, outcome in pairs if outcome.status == "done"]
    _write(out / RECORDINGS_FILE, RECORDING_TYPES, recordings)
    _write(out / SEIZURES_FILE, SEIZURE_TYPES, _event_rows(out, done, SEIZURES, SEIZURE_TYPES))
    _write(out / LEGS_FILE, LEG_TYPES, _event_rows(out, done, LEGS, LEG_TYPES))
    return recordings


def check_library() -> None:
    """Raises `MissingExtra` where the tables could not be written, before any work is done."""
    _library()


def durations_s(out: Path) -> dict[str, list[float]]:
    """How long was each seizure (s), by recording?"""
    found: dict[str, list[float]] = {}
    for row in read_table(out / SEIZURES_FILE, ("recording", "duration")):
        found.setdefault(row["recording"], []).append(row["duration"])
    return found


def read_table(path: Path, columns: Sequence[str] | None = None) -> list[Row]:
    """The rows of one of the three tables, all columns or some. Raises `TableError` where it cannot be read."""
    parquet = _library()
    try:
        rows: list[Row] = parquet.read_table(path, columns=None if columns is None else list(columns)).to_pylist()
    except (OSError, ValueError) as error:
        told = getattr(error, "strerror", None) or "it is no Parquet file"
        raise TableError(
            f"'{path}' cannot be read ({str(told).lower()}): give the folder that `ictal cohort --out` wrote."
        ) from None
    return rows


def events_text(folder: Path) -> str:
    """The seizures of a folder of results as a BIDS events.tsv: SzCORE's columns, then `trial_type`."""
    head = "\t".join((*SZCORE_COLUMNS, "trial_type"))
    lines = ("\t".join((*(row[c] for c in SZCORE_COLUMNS), row["eventType"])) for row in _cells(folder / SEIZURES))
    return "\n".join((head, *lines)) + "\n"


def whose(item: Item) -> Row:
    """The first columns of every table: which recording, and of which infant."""
    return {
        "recording": item.name,
        "participant_id": item.participant_id,
        "session_id": item.session_id,
        "age_days": item.age_days,
        "gene": item.gene,
    }


def _recording_row(out: Path, item: Item, outcome: Outcome) -> Row:
    row = {
        **dict.fromkeys(RECORDING_TYPES),
        **whose(item),
        "file": item.file.name,
        "status": outcome.status,
        "reason": outcome.reason,
    }
    if outcome.status == "failed":
        return {**row, "took_s": outcome.took_s}
    try:
        return {**row, **_found(read_checked(out / item.name)), "took_s": outcome.took_s}
    except (LookupError, TypeError, AttributeError):
        raise TableError(
            f"'{out / item.name}' holds findings that are damaged: remove its folder and give the same command again."
        ) from None


def _found(said: dict[str, Any]) -> Row:
    """What findings say, as the columns of a recording."""
    recorded, migration, independence = said["recorded"], said["migration"], said["independence"]
    return {
        **{name: recorded[name] for name in ("start", "duration_s", "recorded_s", "readable_s", "rate_hz", "sha256")},
        **{name: said[name] for name in ("simulated", "seizures", "seizure_s", "burden_min_per_h", "ictal_version")},
        **{pattern: said["patterns"].get(pattern, 0) for pattern in PATTERNS},
        **{name: independence[name] for name in ("foci", "foci_left", "foci_right")},
        "electrodes": len(recorded["electrodes"]),
        "localised": migration["migrating"]["of"],
        "crossing_midline": migration["crossing_midline"]["count"],
    }


def _event_rows(out: Path, items: Iterable[Item], name: str, types: dict[str, str]) -> Iterator[Row]:
    for item in items:
        own = whose(item)
        for cells in _cells(out / item.name / name):
            if cells.get("eventType") != BACKGROUND:
                yield {**own, **{c: _value(cells.get(c), types[c]) for c in types if c not in own}}


def _cells(path: Path) -> Iterator[dict[str, str]]:
    try:
        text = read_file(path).decode("utf-8")
    except (OSError, ValueError):
        raise TableError(
            f"'{path}' cannot be read: remove its folder and give the same command again, which makes it anew."
        ) from None
    yield from csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE)


def _value(cell: str | None, kind: str) -> Any:
    if cell is None or cell == NOT_KNOWN:
        return None
    try:
        if kind == "double":
            return float(cell)
        if kind == "int64":
            return int(cell)
    except ValueError:
        raise TableError(
            f"'{cell[:40]}' stands in a table of the results where a number should: remove the folder of its recording "
            "and give the same command again, which makes it anew."
        ) from None
    return cell == "true" if kind == "bool" else cell


ROWS_AT_A_TIME = 20_000
"""Rows of a cohort that are held in memory before they go to the file."""


def _write(path: Path, types: dict[str, str], rows: Iterable[Row]) -> None:
    parquet = _library()
    import pyarrow as pa

    kinds = {"string": pa.string(), "double": pa.float64(), "int64": pa.int64(), "bool": pa.bool_()}
    schema = pa.schema([(name, kinds[kind]) for name, kind in types.items()])

    with place_for(path) as place, parquet.ParquetWriter(place, schema) as writer:
        for some in _batches(rows):
            writer.write_table(pa.Table.from_pylist(some, schema))


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    some: list[Row] = []
    for row in rows:
        some.append(row)
        if len(some) >= ROWS_AT_A_TIME:
            yield some
            some = []
    if some:
        yield some


def _library() -> Any:
    try:
        from pyarrow import parquet
    except ImportError:
        raise MissingExtra("The tables of a cohort", "cohort") from None
    return parquet
