"""Event tables, read: those that Ictal wrote, and the SzCORE tables of other tools.

Tolerant where nothing is lost by it (byte order mark, line ends of any system, column order, extra columns, old
electrode names, missing columns that only say more); one sentence with the line number where something is wrong.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ictal.base.electrodes import modern_name
from ictal.base.errors import TableError, reason_of
from ictal.base.files import read_file
from ictal.eeg.detection.types import Discharge
from ictal.eeg.tracking.types import Leg, Passage, Pattern
from ictal.exchange.columns import BACKGROUND, DATE_TIME, DISCHARGES, LEGS, NOT_KNOWN, PATH_JOINT, SEIZURES, TRUTH
from ictal.exchange.types import EventRow, Events

_EVENTS_SUFFIX = "_events.tsv"
_REPEATED = "_desc-ictal_events.tsv"
"""A cohort's events in BIDS repeat the seizures.tsv of the recording's folder."""

_ENTITY = re.compile(r"(?:^|[/_])(sub|ses|run)-([0-9A-Za-z]+)")
_ESCAPED_FORMULA = re.compile(r"^'(?=[=+\-@])")


def read_events(path: Path) -> Events:
    """What do the event tables of a recording say?

    Parameters
    ----------
    path
        A folder with seizures.tsv (legs.tsv and discharges.tsv beside it are read too when they are there), or one
        table with at least the columns `onset`, `duration` (s) and `eventType`; or a simulated dataset of one
        recording.

    Raises
    ------
    TableError
        A file is missing, is not such a table, or has a row that makes no sense: one sentence with its line.
    """
    path = Path(path)
    table = _own_table(path) if path.is_dir() else path
    rows = _read_table(table, required=("onset", "duration"))
    beside = table.parent if table.name == SEIZURES else None
    legs = _read_legs(beside / LEGS) if beside and (beside / LEGS).is_file() else {}
    discharges = _read_discharges(beside / DISCHARGES) if beside and (beside / DISCHARGES).is_file() else ()
    seizures = tuple(row for row in (_event_row(r, legs) for r in rows) if row is not None)
    _check_legs_belong(legs, seizures, table.parent / LEGS)
    return Events(seizures, discharges, _recording_duration_s(rows), _start(rows))


def _own_table(folder: Path) -> Path:
    """The table of a folder of one recording."""
    if not (folder / TRUTH).is_dir():
        return folder / SEIZURES
    tables = find_tables(folder)
    if len(tables) > 1:
        raise TableError(
            f"{folder} holds {len(tables)} recordings: name the truth of one of them, as {next(iter(tables.values()))}."
        )
    return next(iter(tables.values()))


def find_tables(folder: Path) -> dict[str, Path]:
    """Which recordings have an event table here? Maps each recording's name to its table, sorted by name.

    A folder with seizures.tsv, and a file, is one recording without a name (`""`). Of a simulated dataset the truth is
    taken. Otherwise each sub-folder with a seizures.tsv is a recording of that sub-folder's name, and each
    `NAME_events.tsv` one of that name, at any depth.

    Raises
    ------
    TableError
        There is no such table, or two of one name.
    """
    folder = Path(folder)
    if folder.is_file():
        return {"": folder}
    if (folder / SEIZURES).is_file():
        return {"": folder / SEIZURES}
    if (folder / TRUTH).is_dir():
        folder = folder / TRUTH
    found: dict[str, Path] = {}
    for table in sorted((*folder.rglob(SEIZURES), *folder.rglob("*" + _EVENTS_SUFFIX))):
        if table.name.endswith(_REPEATED):
            continue
        own = table.parent if table.name == SEIZURES else table.with_name(table.name.removesuffix(_EVENTS_SUFFIX))
        name = own.relative_to(folder).as_posix()
        if name in found:
            raise TableError(f"Recording '{name}' has two event tables in {folder}: keep one of them.")
        found[name] = table
    if not found:
        raise TableError(
            f"There is no event table in {folder}: expected {SEIZURES}, folders that hold one, "
            f"or files named *{_EVENTS_SUFFIX}."
        )
    return dict(sorted(found.items()))


def bids_name(name: str) -> str:
    """Which recording of a BIDS dataset does a folder or file name mean (`sub-01/ses-02`)? Empty where it names none.

    Subject, session and run count; the task and whatever else a tool put into the name do not.
    """
    found = dict(_ENTITY.findall(name))
    return "/".join(f"{key}-{found[key]}" for key in ("sub", "ses", "run") if key in found)


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of a table: its cells by column, and where it stands for the sentence when one is wrong."""

    file: str
    line: int
    cells: Mapping[str, str]

    def get(self, column: str) -> str | None:
        """The cell's text; `None` when the column is missing, or the cell empty or `n/a`."""
        text = self.cells.get(column, "").strip()
        return None if text in ("", NOT_KNOWN) else text

    def wrong(self, said: str) -> TableError:
        return TableError(f"{self.file}, line {self.line}: {said}")

    def number(self, column: str, low: float = -math.inf, high: float = math.inf) -> float | None:
        text = self.get(column)
        if text is None:
            return None
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value) or not low <= value <= high:
            wanted = "a number" if low == -math.inf else f"a number of {low:g} or more"
            wanted = wanted if high == math.inf else f"a number from {low:g} to {high:g}"
            raise self.wrong(f"{column} is '{_shown(text)}', but must be {wanted}.")
        return value

    def needed(self, column: str, low: float = -math.inf) -> float:
        value = self.number(column, low)
        if value is None:
            raise self.wrong(f"{column} is missing, but every event needs one.")
        return value

    def number_or_nan(self, column: str) -> float:
        value = self.number(column, 0.0)
        return math.nan if value is None else value

    def span(self) -> tuple[float, float]:
        start = self.needed("onset", 0.0)
        return start, round(start + self.needed("duration", 0.0), 9)

    def whole(self, column: str) -> int | None:
        text = self.get(column)
        if text is None:
            return None
        if not (text.isascii() and text.isdigit()) or int(text) < 1:
            raise self.wrong(f"{column} is '{_shown(text)}', but must be a whole number of 1 or more.")
        return int(text)

    def place(self, text: str, column: str) -> str:
        name = modern_name(text)
        if name is None:
            raise self.wrong(f"{column} names '{_shown(text)}', which is no electrode of the 10-20 or 10-10 system.")
        return name

    def labels(self, column: str) -> tuple[str, ...]:
        text = _ESCAPED_FORMULA.sub("", self.get(column) or "")
        return tuple(label for label in (part.strip() for part in text.split(",")) if label)


def _shown(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."


def _read_table(path: Path, required: tuple[str, ...]) -> list[_Row]:
    try:
        text = read_file(path).decode("utf-8-sig")
    except FileNotFoundError:
        raise TableError(f"There is no event table {path}: name a folder with {SEIZURES}, or a table.") from None
    except UnicodeDecodeError:
        raise TableError(f"{path} is not an event table: it must be tab-separated text in UTF-8.") from None
    except OSError as error:
        raise TableError(f"The event table {path} cannot be read: {reason_of(error)}.") from None
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if "\x00" in text or not lines[0].strip():
        raise TableError(f"{path} is not an event table: its first line must name the columns, separated by tabs.")
    columns = [name.strip() for name in lines[0].split("\t")]
    missing = [name for name in required if name not in columns]
    if missing:
        raise TableError(
            f"{path} has no column '{missing[0]}': an event table is tab-separated and its first line must name "
            f"at least {', '.join(required)}."
        )
    if len(set(columns)) != len(columns):
        raise TableError(f"{path} names a column twice: each column must have a name of its own.")
    rows: list[_Row] = []
    for line, content in enumerate(lines[1:], start=2):
        if not content.strip():
            continue
        cells = content.split("\t")
        if len(cells) != len(columns):
            raise TableError(
                f"{path}, line {line}: has {len(cells)} cells, but the first line names {len(columns)} columns."
            )
        rows.append(_Row(str(path), line, dict(zip(columns, cells, strict=True))))
    return rows


def _event_row(row: _Row, legs: Mapping[str, tuple[Leg, ...]]) -> EventRow | None:
    """One seizure of the table; `None` for a row that marks background."""
    kind = row.get("eventType") or row.get("trial_type")
    if kind is None:
        raise row.wrong("eventType is missing, but must be 'bckg' or a code that begins with 'sz'.")
    start_s, stop_s = row.span()
    if kind == BACKGROUND:
        return None
    if not kind.startswith("sz"):
        raise row.wrong(f"eventType is '{_shown(kind)}', but must be 'bckg' or a code that begins with 'sz'.")
    number = row.get("seizure_id")
    channels = row.labels("channels")
    own = legs.get(number, ()) if number is not None else ()
    path = _path(row) or _one_place(channels)
    if not own and path:
        own = (Leg(start_s, stop_s, path[0], math.nan, math.nan, channels),)
    return EventRow(
        start_s, stop_s, kind, row.number("confidence", 0.0, 1.0), channels, _pattern(row), path, own, number
    )


def _path(row: _Row) -> tuple[str, ...]:
    told = row.get("path")
    if told is not None:
        return tuple(row.place(part, "path") for part in told.split(PATH_JOINT))
    onset = row.get("onset_electrode")
    return () if onset is None else (row.place(onset, "onset_electrode"),)


def _one_place(channels: tuple[str, ...]) -> tuple[str, ...]:
    """Where was the seizure, if its channels are all that is known?

    Only channels that look at one and the same electrode say so: a list of several does not say which was first.
    """
    places = {modern_name(label.split("-")[0]) for label in channels}
    return tuple(p for p in places if p is not None) if len(places) == 1 else ()


def _pattern(row: _Row) -> Pattern | None:
    told = row.get("pattern")
    if told is None:
        return None
    if told not in {p.value for p in Pattern}:
        raise row.wrong(f"pattern is '{_shown(told)}', but must be one of {', '.join(p.value for p in Pattern)}.")
    return Pattern(told)


def _read_legs(path: Path) -> dict[str, tuple[Leg, ...]]:
    """The legs of every seizure, by seizure_id, in the order of the table."""
    found: dict[str, list[Leg]] = {}
    for row in _read_table(path, required=("seizure_id", "leg", "onset", "duration", "electrode")):
        number, place = row.get("seizure_id"), row.get("electrode")
        if number is None or place is None:
            raise row.wrong("seizure_id and electrode are needed for every leg.")
        legs = found.setdefault(number, [])
        if row.whole("leg") != len(legs) + 1:
            raise row.wrong(
                f"leg is '{_shown(row.cells['leg'])}', but the next leg of seizure {number} is {len(legs) + 1}."
            )
        start_s, stop_s = row.span()
        if legs and start_s < legs[-1].start_s:
            raise row.wrong(f"leg {len(legs) + 1} begins before leg {len(legs)}: legs must be in order of their onset.")
        came_from = row.whole("came_from")
        if came_from is not None and came_from > len(legs):
            raise row.wrong(f"came_from is {came_from}, but must be an earlier leg of the same seizure.")
        legs.append(
            Leg(
                start_s,
                stop_s,
                row.place(place, "electrode"),
                row.number_or_nan("frequency_hz"),
                row.number_or_nan("amplitude_uv"),
                row.labels("channels"),
                None if came_from is None else came_from - 1,
                _passage(row),
            )
        )
    return {number: tuple(legs) for number, legs in found.items()}


def _passage(row: _Row) -> Passage | None:
    told = row.get("came_by")
    if told is None:
        return None
    if told not in {p.value for p in Passage}:
        raise row.wrong(f"came_by is '{_shown(told)}', but must be one of {', '.join(p.value for p in Passage)}.")
    return Passage(told)


def _check_legs_belong(legs: Mapping[str, tuple[Leg, ...]], seizures: tuple[EventRow, ...], path: Path) -> None:
    lost = sorted(set(legs) - {row.seizure_id for row in seizures if row.seizure_id is not None})
    if lost:
        raise TableError(f"{path} has legs of seizure {_shown(lost[0])}, which {SEIZURES} beside it does not list.")


def _read_discharges(path: Path) -> tuple[Discharge, ...]:
    """The discharges, each at the electrode that its derivation names first (empty when it names no place)."""
    found: list[Discharge] = []
    for row in _read_table(path, required=("onset", "duration", "derivation")):
        label = _ESCAPED_FORMULA.sub("", row.get("derivation") or "")
        start_s, stop_s = row.span()
        numbers = (row.number_or_nan("frequency_hz"), row.number_or_nan("amplitude_uv"), row.number_or_nan("score"))
        found.append(Discharge(start_s, stop_s, label, modern_name(label.split("-")[0]) or "", *numbers))
    return tuple(found)


def _recording_duration_s(rows: list[_Row]) -> float | None:
    told: float | None = None
    for row in rows:
        value = row.number("recordingDuration", 0.0)
        if value is not None and told is not None and abs(value - told) > 0.01:
            raise row.wrong(
                f"recordingDuration is {value:g} s, but an earlier line says {told:g} s: a table has one recording."
            )
        told = value if told is None else told
    return told


def _start(rows: list[_Row]) -> datetime | None:
    """When did the recording begin? `None` when the table does not say, or says it in a form that is no date."""
    told = next((text for text in (row.get("dateTime") for row in rows) if text is not None), None)
    for form in (DATE_TIME, "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S.%f"):
        try:
            return datetime.strptime(told or "", form)
        except ValueError:
            continue
    return None
