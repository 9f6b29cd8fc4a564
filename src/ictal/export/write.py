"""A case, written in one format into a folder."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from ictal.base.errors import UsageError
from ictal.exchange.child import exported
from ictal.export.bids import numbered, place_of, write_bids
from ictal.export.events import BIDS_COLUMNS, events_text
from ictal.export.recordings import write_recording
from ictal.export.types import OF_CHILDREN, Case, Item, Written

ENDINGS = {
    "edf": (".edf", ".bdf"), "szcore": (".tsv",), "score": (".json",), "phenopacket": (".json",),
    "fhir": (".json",), "csv": (".csv",), "json": (".json",), "bids": (), "hed": (),
    "results": (),
}  # fmt: skip
"""The endings of a single file of each format; the others are folders always."""

_STAMP = re.compile(r'("(?:created|timestamp)": ")(\d{4})-[^"]*')
"""When a packet was made: without identity its year alone is told, as the day may be that of a recording."""


def write(folder: Path, case: Case, form: str) -> Written:
    """Write the case as this format into a folder.

    Raises
    ------
    UsageError
        The format needs what the case has not: a record, a recording, results.
    OSError
        A file cannot be written; `folder.whole_folder` turns it into a sentence.
    """
    left_out: list[str] = []
    if form in OF_CHILDREN:
        if case.infant is None:
            raise UsageError(
                f"'{form}' tells of a child: give the pseudonym of an infant of the study, or a file with its record."
            )
        text, told = exported(case.infant, form)
        text = _STAMP.sub(lambda m: f"{m[1]}{m[2]}-01-01T00:00:00Z", text) if case.anonymous else text
        kind = "" if form in ("csv", "json") else f".{form}"
        name = f"{case.infant.pseudonym}{kind}{ENDINGS[form][0]}"
        _text(folder / name, text)
        return Written((name,), told)
    if not case.items:
        raise UsageError(f"'{form}' tells of recordings, and there is none: give an EEG file or a folder of results.")
    if form == "bids":
        left_out += write_bids(folder, case)
    else:
        for item in _named(case):
            left_out += _WRITERS[form](folder, item)
    files = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    return Written(tuple(files), tuple(left_out))


def _named(case: Case) -> tuple[Item, ...]:
    return tuple(replace(i, subject="") for i in case.items) if len(case.items) == 1 else numbered(case)


def _stem(folder: Path, item: Item) -> Path:
    """How does the file of this recording begin? The name of a single one, BIDS entities where there are several."""
    if not item.subject:
        return folder / Path(item.name).name.removesuffix("-ictal")
    where, stem = place_of(item)
    eeg = folder / where / "eeg"
    eeg.mkdir(parents=True, exist_ok=True)
    return eeg / stem


def _write_edf(folder: Path, item: Item) -> tuple[str, ...]:
    stem = _stem(folder, item)
    return write_recording(item, stem.with_name(f"{stem.name}_eeg"))[1]


def _write_szcore(folder: Path, item: Item) -> tuple[str, ...]:
    _needs_events(item, "szcore")
    stem = _stem(folder, item)
    _text(stem.with_name(f"{stem.name}_events.tsv"), events_text(item, bids=False))
    return ("legs and paths: SzCORE has no columns for them.",) if _has_legs(item) else ()


def _write_hed(folder: Path, item: Item) -> tuple[str, ...]:
    from ictal.exchange.bids import BIDS_VERSION, EVENT_COLUMNS
    from ictal.export.hed import HED_VERSION, sidecar

    _needs_events(item, "hed")
    stem = _stem(folder, item)
    _text(stem.with_name(f"{stem.name}_events.tsv"), events_text(item, bids=True))
    columns: dict[str, Any] = {name: EVENT_COLUMNS[name] for name in BIDS_COLUMNS if name in EVENT_COLUMNS}
    _json(stem.with_name(f"{stem.name}_events.json"), sidecar(columns))
    description = {"Name": "Seizures", "BIDSVersion": BIDS_VERSION, "HEDVersion": HED_VERSION}
    _json(folder / "dataset_description.json", description)
    return ("times of legs within a seizure: HED says their order alone.",) if _has_legs(item) else ()


def _write_results(folder: Path, item: Item) -> tuple[str, ...]:
    """The files of the output contract, but for the page."""
    from ictal.exchange.columns import DISCHARGES, LEGS, SEIZURES
    from ictal.exchange.findings_json import FILE_NAME
    from ictal.export.events import discharges_text, legs_text, seizures_text

    _needs_events(item, "results")
    place = _stem(folder, item)
    place.mkdir(parents=True, exist_ok=True)
    for name, text in ((SEIZURES, seizures_text(item)), (LEGS, legs_text(item)), (DISCHARGES, discharges_text(item))):
        _text(place / name, text)
    if item.findings is not None:
        _json(place / FILE_NAME, item.findings)
    return ("report.html: make it again from the recording.",)


def _write_score(folder: Path, item: Item) -> tuple[str, ...]:
    from ictal.export.score import score_report

    _needs_events(item, "score")
    stem = _stem(folder, item)
    report, left_out = score_report(item)
    _json(stem.with_name(f"{stem.name}_score.json"), report)
    return left_out


_WRITERS: dict[str, Callable[[Path, Item], tuple[str, ...]]] = {
    "edf": _write_edf,
    "szcore": _write_szcore,
    "hed": _write_hed,
    "score": _write_score,
    "results": _write_results,
}


def _needs_events(item: Item, form: str) -> None:
    if item.events is None:
        raise UsageError(
            f"'{form}' tells of seizures, and '{item.name}' was not analysed: give a folder of results "
            "(`ictal analyse`), or add --results."
        )


def _has_legs(item: Item) -> bool:
    return item.events is not None and any(row.legs for row in item.events.rows)


def _json(path: Path, content: Any) -> None:
    _text(path, json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def _text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
