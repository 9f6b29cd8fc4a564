"""The event tables: seizures.tsv, legs.tsv and discharges.tsv, written and read.

`seizures.tsv` begins with the seven columns of SzCORE (Dan et al., Epilepsia 2024), so tools that know those can read
it, and `read_events` reads the SzCORE tables of other tools. Times have two decimals; a stop time is written as the
duration from the rounded onset, so that it is read back to its own two decimals. Electrodes have the names that the
recording used. `n/a` stands for what is not known. A cell never holds a tab, a line end or another control character.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from ictal.base.electrodes import electrode
from ictal.eeg.detection.types import Discharge
from ictal.eeg.recording.types import Recording
from ictal.eeg.tracking.types import Pattern, Seizure
from ictal.exchange.columns import (
    BACKGROUND,
    DATE_TIME,
    DISCHARGE_COLUMNS,
    DISCHARGES,
    LEG_COLUMNS,
    LEGS,
    NOT_KNOWN,
    PATH_JOINT,
    SEIZURE_COLUMNS,
    SEIZURES,
    SZCORE_COLUMNS,
)
from ictal.exchange.reading import bids_name, find_tables, read_events

__all__ = ["bids_name", "clean_cell", "event_type", "find_tables", "read_events", "write_bids_events", "write_events"]

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_FORMULA = ("=", "+", "-", "@")


def write_events(
    folder: Path, recording: Recording, discharges: Iterable[Discharge], seizures: Iterable[Seizure]
) -> None:
    """Write what happened in a recording as seizures.tsv, legs.tsv and discharges.tsv.

    Seizures are numbered 1, 2, ... in the order given. Legs carry two columns more than the contract asks: `came_from`
    (number of an earlier leg of the same seizure) and `came_by` (`spread`, `migration`, `simultaneous`).

    Raises
    ------
    OSError
        A file cannot be written; `folder.whole_folder` turns it into a sentence.
    """
    events = tuple(seizures)
    _write(folder / SEIZURES, SEIZURE_COLUMNS, _seizure_rows(recording, events))
    _write(folder / LEGS, LEG_COLUMNS, _leg_rows(recording, events))
    _write(folder / DISCHARGES, DISCHARGE_COLUMNS, (_discharge_row(d) for d in discharges))


def write_bids_events(path: Path, recording: Recording, seizures: Iterable[Seizure]) -> None:
    """Write the seizures as a BIDS events.tsv: SzCORE's columns, then `trial_type`, which says the same as `eventType`.

    Raises `OSError` where it cannot be written.
    """
    kind = SZCORE_COLUMNS.index("eventType")
    rows = (row[: len(SZCORE_COLUMNS)] for row in _seizure_rows(recording, tuple(seizures)))
    _write(path, (*SZCORE_COLUMNS, "trial_type"), ((*row, row[kind]) for row in rows))


def event_type(pattern: Pattern) -> str:
    """Which SzCORE code says this pattern? `sz_foc`, or `sz` where a focal start cannot be claimed."""
    return "sz" if pattern in (Pattern.bilateral, Pattern.uncertain) else "sz_foc"


def clean_cell(text: str) -> str:
    """How is a text written into a cell? Without control characters, and so that no spreadsheet runs it as a formula.

    >>> clean_cell("F7\\tC3"), clean_cell("=1+1"), clean_cell("")
    ('F7 C3', "'=1+1", 'n/a')
    """
    cleaned = _CONTROL.sub(" ", text).strip()
    if not cleaned:
        return NOT_KNOWN
    return f"'{cleaned}" if cleaned.startswith(_FORMULA) else cleaned


def _seizure_rows(recording: Recording, seizures: Sequence[Seizure]) -> Iterable[tuple[str, ...]]:
    moment = recording.start.strftime(DATE_TIME) if recording.start is not None else NOT_KNOWN
    length = _number(recording.duration_s, 2)
    if not seizures:
        unknown = (NOT_KNOWN,) * (len(SEIZURE_COLUMNS) - len(SZCORE_COLUMNS))
        yield ("0.00", length, BACKGROUND, NOT_KNOWN, NOT_KNOWN, moment, length, *unknown)
    for number, seizure in enumerate(seizures, start=1):
        yield (
            *_span(seizure.start_s, seizure.stop_s),
            event_type(seizure.pattern),
            _number(seizure.confidence, 2),
            _list(seizure.channels),
            moment,
            length,
            str(number),
            *_place_cells(recording, seizure),
        )


def _place_cells(recording: Recording, seizure: Seizure) -> tuple[str, ...]:
    """Where it was: electrode, hemisphere, lobe, pattern, sides, path; `n/a` where that is not known."""
    if not seizure.localised:
        return (NOT_KNOWN, NOT_KNOWN, NOT_KNOWN, seizure.pattern.value, NOT_KNOWN, NOT_KNOWN)
    place = seizure.onset
    return (
        clean_cell(recording.written_name(place.electrode)),
        place.hemisphere.value,
        place.lobe.value,
        seizure.pattern.value,
        "true" if seizure.crosses_midline else "false",
        PATH_JOINT.join(clean_cell(recording.written_name(e)) for e in seizure.path),
    )


def _leg_rows(recording: Recording, seizures: Sequence[Seizure]) -> Iterable[tuple[str, ...]]:
    for number, seizure in enumerate(seizures, start=1):
        for count, leg in enumerate(seizure.legs, start=1):
            place = electrode(leg.electrode)
            yield (
                str(number),
                str(count),
                *_span(leg.start_s, leg.stop_s),
                clean_cell(recording.written_name(place.name)),
                place.hemisphere.value,
                place.lobe.value,
                _number(leg.frequency_hz, 2),
                _number(leg.amplitude_uv, 1),
                _list(leg.channels),
                NOT_KNOWN if leg.came_from is None else str(leg.came_from + 1),
                NOT_KNOWN if leg.came_by is None else leg.came_by.value,
            )


def _discharge_row(discharge: Discharge) -> tuple[str, ...]:
    return (
        *_span(discharge.start_s, discharge.stop_s),
        clean_cell(discharge.derivation),
        _number(discharge.frequency_hz, 2),
        _number(discharge.amplitude_uv, 1),
        _number(discharge.score, 3),
    )


def _span(start_s: float, stop_s: float) -> tuple[str, str]:
    """Onset and duration, such that onset + duration is the stop time to its own two decimals."""
    start = round(start_s, 2)
    return _number(start, 2), _number(round(stop_s, 2) - start, 2)


def _number(value: float, decimals: int) -> str:
    """A number in plain digits; `n/a` for what is not a finite number; never a minus before zero."""
    return (
        f"{value:.{decimals}f}".replace("-0." + "0" * decimals, "0." + "0" * decimals)
        if math.isfinite(value)
        else NOT_KNOWN
    )


def _list(labels: Iterable[str]) -> str:
    """Labels in one cell, joined by commas; a comma within a label becomes a semicolon."""
    return clean_cell(",".join(_CONTROL.sub(" ", label).replace(",", ";").strip() for label in labels))


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write("\t".join(columns) + "\n")
        file.writelines("\t".join(row) + "\n" for row in rows)
