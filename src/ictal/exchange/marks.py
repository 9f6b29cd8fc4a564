"""Seizures that someone else marked, read from their file: what it says, in `Marks`.

    table      SzCORE TSV; BIDS events.tsv with `trial_type`; any CSV with a map of its columns
    EDF+       annotations of the recording itself or of a file of annotations

Times become seconds from the first sample of the recording. What is no seizure is counted and named, not dropped in
silence; what makes no sense ends in one sentence with its line.
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from ictal.base.errors import TableError, UsageError, reason_of
from ictal.base.files import open_file, read_file
from ictal.eeg.detection.types import Mark, Marks
from ictal.eeg.recording.edf_header import is_edf, read_header
from ictal.eeg.recording.edf_times import read_timeline
from ictal.eeg.recording.types import Annotation, Recording
from ictal.exchange.columns import BACKGROUND, NOT_KNOWN, SEIZURES
from ictal.exchange.marktimes import Clock, decimal, length
from ictal.exchange.markwords import Words, pairs

ANNOTATIONS = "annotations"
"""What stands in place of a file name when the recording's own annotations are meant."""

FIELDS = ("onset", "duration", "stop", "channels", "confidence", "type", "times")
"""What a map of columns can name. `times` is no column but `clock` or `elapsed`: what hh:mm:ss means."""

_SZCORE = {
    "onset": "onset",
    "duration": "duration",
    "type": "eventType",
    "channels": "channels",
    "confidence": "confidence",
}
_MOST_NAMED = 4


def read_marks(
    source: str | Path, recording: Recording, *, pattern: str | None = None, columns: Mapping[str, str] | None = None
) -> Marks:
    """Which seizures does this source mark in the recording?

    Parameters
    ----------
    source
        A table, a folder with seizures.tsv, an EDF+ file with annotations, or the word `annotations` for those of
        the recording.
    pattern
        Regular expression; an annotation or an event type in which it is found (case does not matter) is a
        seizure. Without it, the words for seizures in English, German, French and a few more.
    columns
        Field of `FIELDS` -> name of the column, for a table that is neither SzCORE nor BIDS.

    Raises
    ------
    TableError
        The source cannot be read, or a line makes no sense.
    UsageError
        The pattern or the map of columns cannot be used.
    """
    words = Words.of(pattern)
    if str(source) == ANNOTATIONS:
        return _of_annotations(_own(recording), words)
    path = Path(source)
    if (path / SEIZURES).is_file():
        path /= SEIZURES
    raw, digest = _opened(path)
    if raw is None:
        return _of_annotations(_annotated(path, digest, recording), words)
    return _of_table(_table(path, raw), digest, recording, words, _checked(columns))


def parse_columns(text: str) -> dict[str, str]:
    """The map of columns that `--columns onset=Start,duration=Length` says."""
    found: dict[str, str] = {}
    for part in text.split(","):
        name, equals, column = (p.strip() for p in part.partition("="))
        if not equals or not name or not column:
            raise UsageError(
                f"--columns has '{part.strip()}': write FIELD=COLUMN, separated by commas ({', '.join(FIELDS)})."
            )
        if name in found:
            raise UsageError(f"--columns names '{name}' twice.")
        found[name] = column
    return dict(_checked(found))


def _checked(columns: Mapping[str, str] | None) -> Mapping[str, str]:
    told = columns or {}
    for name in told:
        if name not in FIELDS:
            raise UsageError(f"--columns has no field '{name}'. The fields are: {', '.join(FIELDS)}.")
    if told.get("times", "clock") not in ("clock", "elapsed"):
        raise UsageError(f"--columns has times={told['times']}: 'clock' and 'elapsed' are allowed.")
    return told


def _opened(path: Path) -> tuple[bytes | None, str]:
    """What a table holds, `None` for an EDF file (which may not fit in memory), and the digest of either."""
    try:
        with open_file(path) as file:
            if is_edf(file.read(256)):
                file.seek(0)
                return None, hashlib.file_digest(file, "sha256").hexdigest()
        raw = read_file(path)
        return raw, hashlib.sha256(raw).hexdigest()
    except FileNotFoundError:
        raise TableError(f"There is no file '{path.name}' of marks. Check the path.") from None
    except IsADirectoryError:
        raise TableError(f"'{path.name}' is a folder; give one file of marks.") from None
    except (OSError, ValueError) as error:
        raise TableError(f"The marks '{path.name}' cannot be read: {reason_of(error)}.") from None


# --- EDF+ annotations


@dataclass(frozen=True, slots=True)
class Annotated:
    """Annotations in the time of the recording, with what they are and their digest."""

    source: str
    sha256: str
    annotations: tuple[Annotation, ...]
    notes: tuple[str, ...] = ()


def _own(recording: Recording) -> Annotated:
    if not recording.annotations:
        _can_annotate(recording.source.file_format, "recording")
    return Annotated("annotations of the recording", recording.source.sha256, recording.annotations)


def _can_annotate(file_format: str, what: str) -> None:
    """Nothing said in a file that can say nothing is not *no seizure*."""
    if file_format in ("EDF", "BDF"):
        raise TableError(
            f"The {what} is a plain {file_format} file, which has no annotations: give a table of marks, or a file "
            f"that is {file_format}+."
        )


def _annotated(path: Path, digest: str, recording: Recording) -> Annotated:
    """The annotations of an EDF+ file, in the time of the recording: two files may begin at different moments."""
    if digest == recording.source.sha256:
        return _own(recording)
    header = read_header(path)
    timeline = read_timeline(path, header)
    _can_annotate(header.file_format, "file of marks")
    start = None if header.start is None else header.start + timedelta(seconds=timeline.origin_s)
    if start is None or recording.start is None:
        note = "The file of marks or the recording does not say when it began: both were taken as from the same moment."
        return Annotated("EDF+ annotations", digest, timeline.annotations, (note,))
    later_s = (start - recording.start.replace(tzinfo=None)).total_seconds()
    moved = tuple(Annotation(round(a.onset_s + later_s, 6), a.duration_s, a.text) for a in timeline.annotations)
    notes = (
        (f"The file of marks begins {later_s:g} s after the recording; its marks were moved by that.",)
        if later_s
        else ()
    )
    return Annotated("EDF+ annotations", digest, moved, notes)


def _of_annotations(told: Annotated, words: Words) -> Marks:
    marks, others, notes = pairs(told.annotations, words)
    if not told.annotations:
        notes = (*notes, "There is no annotation at all, so no seizure is marked: check that this is the right file.")
    elif not marks and others:
        note = f"None of the {len(others)} annotations says that it is a seizure; --event-pattern can name other words."
        notes = (*notes, note)
    how = {"pattern": words.said, "other_annotations": len(others)}
    return Marks(told.source, marks, told.sha256, how, (*told.notes, *notes))


# --- tables


@dataclass(frozen=True, slots=True)
class _Table:
    """A table as text: its columns, its rows with their line numbers, and whether a comma may be a decimal."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[int, Mapping[str, str]], ...] = field(repr=False)
    separator: str = "\t"

    def wrong(self, line: int, said: str) -> TableError:
        return TableError(f"'{self.name}', line {line}: {said}")


def _table(path: Path, raw: bytes) -> _Table:
    text, separator, before = _separated(_decoded(path, raw))
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        columns = tuple(c.strip() for c in next(lines, []))
        rows = []
        for cells in lines:
            if not any(c.strip() for c in cells):
                continue
            if len(cells) < len(columns) or any(c.strip() for c in cells[len(columns) :]):
                raise TableError(
                    f"'{path.name}', line {before + lines.line_num}: has {len(cells)} cells, but the first line names "
                    f"{len(columns)} columns. A number with a decimal comma must stand in quotes where commas separate."
                )
            rows.append((before + lines.line_num, {n: c.strip() for n, c in zip(columns, cells, strict=False)}))
    except csv.Error as error:
        raise TableError(f"'{path.name}' is not a table of marks ({error}).") from None
    if not any(columns):
        raise TableError(f"'{path.name}' is not a table of marks: its first line must name the columns.")
    double = [c for c, n in Counter(columns).items() if n > 1 and c]
    if double:
        raise TableError(f"'{path.name}' names the column '{double[0]}' twice.")
    return _Table(path.name, columns, tuple(rows), separator)


def _separated(text: str) -> tuple[str, str, int]:
    """The table, what separates its cells, and how many lines come before it: a spreadsheet may say `sep=;` first."""
    said = re.match(r"\s*sep=([,;\t])\r?\n", text)
    if said is not None:
        return text[said.end() :], said[1], 1
    head = re.sub(r'"[^"]*"', "", text.lstrip().partition("\n")[0])
    return text, max("\t;,", key=lambda s: (head.count(s), s == "\t")), 0


def _decoded(path: Path, raw: bytes) -> str:
    for encoding in ("utf-16",) if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise TableError(f"'{path.name}' holds no marks that Ictal reads: a table (TSV, CSV) or an EDF+ file is needed.")


def _of_table(table: _Table, digest: str, recording: Recording, words: Words, columns: Mapping[str, str]) -> Marks:
    kind, chosen = _kind(table, columns)
    clock = Clock(recording.start, recording.duration_s, elapsed=columns.get("times") == "elapsed")
    marks: list[Mark] = []
    others: list[str] = []
    for line, row in table.rows:
        cells = {name: row.get(column, "") for name, column in chosen.items()}
        told = {name: "" if text in (NOT_KNOWN, "N/A", "NaN", "nan") else text for name, text in cells.items()}
        if not _is_seizure(told, kind, chosen, words):
            others.append(told.get("type") or "not said")
            continue
        marks.append(_mark(table, line, told, clock))
    notes = [*_other_rows(others, named="type" not in columns), *_other_length(table, recording)]
    how = {"columns": dict(chosen), "other_rows": len(others)}
    if "type" in chosen:
        how["pattern"] = words.said
    return Marks(kind, tuple(marks), digest, how, tuple(notes))


def _kind(table: _Table, columns: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """Which kind of table is it, and which column is which field?"""
    chosen = {name: column for name, column in columns.items() if name != "times"}
    here = ", ".join(c for c in table.columns if c)
    for name, column in chosen.items():
        if column not in table.columns:
            raise TableError(f"'{table.name}' has no column '{column}' for {name}. Its columns are: {here}.")
    if chosen:
        if "onset" not in chosen or not {"duration", "stop"} & set(chosen):
            raise UsageError("--columns needs onset, and duration or stop: --columns onset=Start,duration=Length.")
        return "table with a map of columns", chosen
    if {"onset", "duration"} <= set(table.columns):
        found = {name: column for name, column in _SZCORE.items() if column in table.columns}
        if "type" in found:
            return "SzCORE table", found
        if "trial_type" in table.columns:
            place = {"channels": "channel"} if "channel" in table.columns and "channels" not in found else {}
            return "BIDS events", {**found, **place, "type": "trial_type"}
    raise TableError(
        f"'{table.name}' is no SzCORE or BIDS table (onset, duration, and eventType or trial_type). Its columns "
        f"are: {here}. Say which is which, as in --columns onset=Start,duration=Length,channels=Channels."
    )


def _is_seizure(told: Mapping[str, str], kind: str, chosen: Mapping[str, str], words: Words) -> bool:
    """Is this row a seizure? Without a column that says what a row is, each is."""
    if "type" not in chosen:
        return True
    text = told["type"]
    if kind == "SzCORE table" and not words.own:
        return text.lower().startswith("sz") or words.mean_seizure(text)
    return words.mean_seizure(text)


def _mark(table: _Table, line: int, told: Mapping[str, str], clock: Clock) -> Mark:
    try:
        comma = table.separator != ","
        start_s = clock.time(told["onset"], "onset")
        if told.get("stop"):
            stop_s = clock.time(told["stop"], "stop", after_s=start_s)
        else:
            stop_s = start_s + length(told.get("duration", ""), "duration")
        if stop_s < start_s:
            raise ValueError(
                f"the seizure ends {start_s - stop_s:g} s before it begins: its length must not be negative"
            )
        confidence = decimal(told["confidence"]) if told.get("confidence") else None
        if confidence is not None and not 0.0 <= confidence <= 1.0:
            raise ValueError(f"confidence is '{told['confidence']}', but must be a number from 0 to 1")
    except ValueError as error:
        raise table.wrong(line, f"{error}.") from None
    return Mark(start_s, round(stop_s, 6), _channels(told.get("channels", ""), comma), confidence, f"line {line}")


def _channels(text: str, comma_is_free: bool) -> tuple[str, ...]:
    """A list in one cell, by commas, semicolons or upright lines."""
    cell = text.strip().strip("[]").replace("'", "").replace('"', "")
    for separator in (",", ";", "|") if comma_is_free else (";", "|", ","):
        if separator in cell:
            return tuple(p.strip() for p in cell.split(separator) if p.strip())
    return (cell,) if cell else ()


def _other_rows(others: Sequence[str], named: bool) -> Iterator[str]:
    """Rows that are no seizures. A column that a user chose may hold names: its texts are not repeated."""
    plain = Counter(o for o in others if o.lower() != BACKGROUND)
    if plain:
        kinds = ", ".join(f"'{text}' ({n})" for text, n in plain.most_common(_MOST_NAMED))
        more = ", ..." if len(plain) > _MOST_NAMED else ""
        shown = f": {kinds}{more}" if named else ""
        count = sum(plain.values())
        are = "row of the marks is no seizure and was" if count == 1 else "rows of the marks are no seizures and were"
        yield f"{count} {are} passed over{shown}."


def _other_length(table: _Table, recording: Recording) -> Iterator[str]:
    if "recordingDuration" not in table.columns or not table.rows:
        return
    try:
        told_s = decimal(table.rows[0][1].get("recordingDuration", ""))
    except ValueError:
        return
    if math.isfinite(told_s) and abs(told_s - recording.duration_s) > 1.0:
        yield (
            f"The marks are of a recording of {told_s:g} s, and this one has {recording.duration_s:g} s: "
            "check that they belong together."
        )
