"""Entries of children as a table, one row an entry: written so that it reads back the same, read by a map of columns.

    pseudonym, entry, age_days, then the fields of all kinds of entries; what is empty was not captured
    a row with `infant` as its entry: sex, gestation_weeks, plurality, simulated

The tables of a hospital: `--columns age_days=Alter,head_cm=KU --entry growth` says which column is which field. `date`
stands for `age_days` where the study knows the birth date. With `;` between the cells, numbers may have a comma.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from ictal.base.errors import EntryError, IctalError, TableError, UsageError, reason_of
from ictal.base.files import read_file
from ictal.exchange import hpo
from ictal.exchange.child_types import Read
from ictal.exchange.entry_words import all_field_names, entry_of_words, field_names, words_of
from ictal.infant.timeline.ages import days_on
from ictal.infant.timeline.reading import ENTRY_NAMES, entry_from, infant_from
from ictal.infant.timeline.types import AnyEntry, Infant, name_of

HEAD = ("sex", "gestation_weeks", "plurality", "simulated")
FIRST = ("pseudonym", "entry")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?(e[-+]?[0-9]+)?")


def columns() -> tuple[str, ...]:
    """The columns of the table that is written."""
    rest = (name for name in all_field_names() if name not in ("age_days", "source", "note"))
    return (*FIRST, "age_days", *HEAD, *rest, "source", "note")


def csv_text(infants: Iterable[Infant]) -> str:
    """The infants as the text of a CSV file."""
    out = io.StringIO()
    writer = csv.DictWriter(out, _used(infants := tuple(infants)), restval="", lineterminator="\r\n")
    writer.writeheader()
    for infant in infants:
        for row in _rows(infant):
            writer.writerow({name: _guarded(text) for name, text in row.items()})
    return out.getvalue()


def _used(infants: tuple[Infant, ...]) -> list[str]:
    """The columns that some row fills, in their order; those of every table first."""
    used = {name for infant in infants for row in _rows(infant) for name in row} | {*FIRST, "age_days"}
    return [name for name in columns() if name in used]


def _rows(infant: Infant) -> Iterator[dict[str, str]]:
    weeks = "" if infant.gestation_weeks is None else repr(infant.gestation_weeks)
    head = {"sex": infant.sex, "gestation_weeks": weeks, "plurality": infant.plurality}
    simulated = {"simulated": "true"} if infant.simulated else {}
    yield {"pseudonym": infant.pseudonym, "entry": "infant", **head, **simulated}
    for entry in infant.entries:
        yield {"pseudonym": infant.pseudonym, "entry": name_of(entry), **words_of(entry)}


def _guarded(text: str) -> str:
    """A cell that no spreadsheet runs as a formula: an apostrophe stands before it, and is taken off in reading."""
    return f"'{text}" if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text


def _unguarded(text: str) -> str:
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text


def parse_map(text: str | None) -> dict[str, str]:
    """The map of columns that `--columns FIELD=COLUMN,...` says; none is empty."""
    found: dict[str, str] = {}
    allowed = {*columns(), "date", "dose.amount", "dose.unit"}
    for part in [] if text is None else text.split(","):
        name, equals, column = (p.strip() for p in part.partition("="))
        if not equals or not name or not column:
            raise UsageError(f"--columns has '{part.strip()}': write FIELD=COLUMN, separated by commas.")
        if name not in allowed:
            from difflib import get_close_matches

            near = get_close_matches(name, sorted(allowed), n=1)
            hint = f" Did you mean '{near[0]}'?" if near else " docs/study.md lists the fields."
            raise UsageError(f"--columns has no field '{name}'.{hint}")
        if name in found:
            raise UsageError(f"--columns names '{name}' twice.")
        found[name] = column
    return found


@dataclass(slots=True)
class _Children:
    """The children of a table as its rows come."""

    heads: dict[str, dict[str, Any]] = field(default_factory=dict)
    entries: dict[str, list[AnyEntry]] = field(default_factory=dict)
    places: dict[str, list[str]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    def add(self, pseudonym: str, entry: AnyEntry, place: str) -> None:
        self.entries.setdefault(pseudonym, []).append(entry)
        self.places.setdefault(pseudonym, []).append(place)

    def head(self, pseudonym: str, words: Mapping[str, str]) -> None:
        """What holds for good; two rows that differ are two children under one pseudonym."""
        told: dict[str, Any] = {"pseudonym": pseudonym} | {k: words[k] for k in HEAD if words.get(k, "").strip()}
        if "gestation_weeks" in told:
            try:
                told["gestation_weeks"] = float(told["gestation_weeks"].replace(",", "."))
            except ValueError:
                raise EntryError(f"'{told['gestation_weeks']}' are no weeks of gestation: give a number.") from None
        if "simulated" in told:
            told["simulated"] = told["simulated"].strip().lower() in ("true", "yes", "1")
        infant_from(told)
        if self.heads.setdefault(pseudonym, told) != told:
            raise EntryError(
                f"the infant '{pseudonym}' was told otherwise before: give each child, twins too, its own pseudonym."
            )
        self.entries.setdefault(pseudonym, [])
        self.places.setdefault(pseudonym, [])

    def read(self, notices: tuple[str, ...]) -> Read:
        infants = []
        for pseudonym, entries in self.entries.items():
            infants.append(infant_from(self.heads.get(pseudonym, {"pseudonym": pseudonym})).with_entries(*entries))
        places = tuple(tuple(self.places[infant.pseudonym]) for infant in infants)
        return Read(tuple(infants), places, tuple(self.refused), notices)


def read_csv(
    file: Path,
    named: Mapping[str, str] | None = None,
    kind: str | None = None,
    pseudonym: str | None = None,
    births: Mapping[str, date | None] | None = None,
) -> Read:
    """Which entries of which infants does this table tell of?

    Parameters
    ----------
    named
        Field -> column, for those whose column has another name than the field.
    kind
        The kind of every entry, for a table without a column `entry`.
    pseudonym
        Whose the entries are, for a table without a column `pseudonym`.
    births
        Birth dates by pseudonym, for a table with dates.

    Raises
    ------
    TableError
        The table cannot be read, or a column is missing; a row that cannot be is refused by itself.
    """
    if kind is not None and kind not in ENTRY_NAMES:
        entry_from({"entry": kind})  # says which kinds there are
    header, rows, comma = _table(file)
    of = _columns_of(header, dict(named or {}), file.name)
    for need, given in (("entry", kind), ("pseudonym", pseudonym)):
        if need not in of and given is None:
            option = "--entry KIND" if need == "entry" else "--columns pseudonym=COLUMN"
            raise TableError(f"'{file.name}' has no column '{need}': give {option}. Its columns: {', '.join(header)}.")
    children = _Children()
    for line, row in rows:
        if not any(cell.strip() for cell in row):
            continue
        if len(row) > len(header):
            children.refused.append(f"line {line}: it has {len(row)} cells, and the header {len(header)}.")
            continue
        words = {name: _unguarded(row[at]) for name, at in of.items() if at < len(row)}
        try:
            _one(children, words, (kind, pseudonym), f"line {line}", (births or {}, comma))
        except IctalError as error:
            children.refused.append(f"line {line}: {error}")
    extra = [name for name in header if name and header.index(name) not in of.values()]
    return children.read((f"Columns that were not read: {', '.join(extra)}.",) if extra else ())


def _one(
    children: _Children,
    words: dict[str, str],
    given: tuple[str | None, str | None],
    place: str,
    how: tuple[Mapping[str, date | None], bool],
) -> None:
    """One row: a head, or an entry."""
    births, comma = how
    kind = words.pop("entry", "").strip() or given[0] or ""
    whose = given[1] or words.pop("pseudonym", "").strip()
    words.pop("pseudonym", None)
    if not whose:
        raise EntryError("it names no pseudonym.")
    if kind == "infant":
        children.head(whose, words)
        return
    for name in HEAD:
        words.pop(name, None)
    if words.get("date", "").strip():
        born = births.get(whose)
        if born is None:
            raise EntryError(
                f"it has a date, and the birth date of '{whose}' is not known: tell it with `ictal study identify`."
            )
        words["age_days"] = repr(days_on(born, _date(words["date"])))
    words.pop("date", None)
    if kind in ENTRY_NAMES:
        own = {*field_names(ENTRY_NAMES[kind]), "dose.amount", "dose.unit"}
        words = {name: text for name, text in words.items() if text.strip() or name in own}
        if kind == "feature" and not words.get("hpo_id", "").strip() and words.get("label", "").strip():
            words["hpo_id"] = hpo.term(words["label"]).id
        if kind == "feature" and words.get("hpo_id", "").strip() and not words.get("label", "").strip():
            words["label"] = hpo.term(words["hpo_id"]).name
    if given[0] is not None and not any(t.strip() for n, t in words.items() if n not in ("age_days", "source", "note")):
        raise EntryError("it tells nothing but an age.")
    children.add(whose, entry_of_words(kind, words, decimal_comma=comma), place)


def _date(text: str) -> date:
    from datetime import datetime

    for form in ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"):
        try:
            return datetime.strptime(text.strip(), form).date()
        except ValueError:
            continue
    raise EntryError(f"'{text}' is no date: write it as 2024-03-01 or 01.03.2024.")


def _table(file: Path) -> tuple[list[str], list[tuple[int, list[str]]], bool]:
    """Header, rows with their lines, and whether numbers may have a comma."""
    try:
        raw = read_file(file)
    except OSError as error:
        raise TableError(f"'{file.name}' cannot be read: {reason_of(error)}.") from None
    if b"\x00" in raw:
        raise TableError(f"'{file.name}' is no table of text: save it as CSV in UTF-8.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    first = text.partition("\n")[0]
    joint = max(";\t,", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=joint)
    try:
        header = [cell.strip() for cell in next(reader)]
        rows = [(reader.line_num, row) for row in reader]
    except StopIteration:
        raise TableError(f"'{file.name}' is empty: it needs a line with the names of its columns.") from None
    except csv.Error as error:
        raise TableError(f"'{file.name}' is no CSV (line {reader.line_num}: {error}).") from None
    return header, rows, joint != ","


def _columns_of(header: list[str], named: dict[str, str], name: str) -> dict[str, int]:
    """Field -> number of its column."""
    for told, column in named.items():
        if column not in header:
            raise TableError(f"'{name}' has no column '{column}' for {told}. Its columns: {', '.join(header)}.")
    known = {*columns(), "date", "dose.amount", "dose.unit"}
    of = {column: header.index(column) for column in header if column in known and column not in named.values()}
    return of | {told: header.index(column) for told, column in named.items()}
