"""Read a data file of records: every fault is told with the file, the line and the mend.

A file is TOML and has arrays of tables (`[[statement]]`). TOML readers do not say where a value stood, so the lines of
headers and keys are found beside the parsing.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from ictal.base.errors import KnowledgeError, reason_of
from ictal.base.files import read_toml

R = TypeVar("R", bound=msgspec.Struct)

_HEADER = re.compile(r"^\s*\[\[?\s*([\w.-]+)\s*\]\]?")
_KEY = re.compile(r"^\s*([\w-]+)\s*=")


class Places:
    """On which line does a record, or one of its fields, stand?"""

    def __init__(self, text: str) -> None:
        self._found: dict[str, list[dict[str, int]]] = defaultdict(list)
        table = ""
        for number, line in _outside_strings(text):
            if header := _HEADER.match(line):
                table, _, below = header[1].partition(".")
                if below and self._found[table]:
                    self._found[table][-1].setdefault(below, number)
                else:
                    self._found[table].append({"": number})
            elif (key := _KEY.match(line)) and self._found[table]:
                self._found[table][-1].setdefault(key[1], number)
            elif key:
                self._found[table].append({"": number, key[1]: number})

    def line(self, table: str, index: int, field: str = "") -> int:
        """The line of a field of the record, else of the record; 1 when it was written in another style."""
        records = self._found.get(table, [])
        return records[index].get(field, records[index][""]) if index < len(records) else 1


def _outside_strings(text: str) -> Iterator[tuple[int, str]]:
    """The lines that do not stand inside a string of several lines."""
    open_mark = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if not open_mark:
            yield number, line
        for mark in ('"""', "'''"):
            if (not open_mark or open_mark == mark) and line.count(mark) % 2:
                open_mark = "" if open_mark else mark


def read_tables(file: Path | Traversable, allowed: tuple[str, ...]) -> tuple[dict[str, list[dict[str, Any]]], Places]:
    """Which tables does the file hold, as plain mappings, and where?

    Raises `KnowledgeError` when it cannot be read, is not TOML, or has a table of another name.
    """
    try:
        text = _bytes_of(file).decode("utf-8-sig")
        found = tomllib.loads(text)
    except OSError as error:
        raise KnowledgeError(f"The file {file.name} cannot be read: {reason_of(error)}.") from None
    except UnicodeDecodeError:
        raise KnowledgeError(f"The file {file.name} is not text in UTF-8: save it as UTF-8.") from None
    except RecursionError:
        raise KnowledgeError(f"The file {file.name} is nested too deeply: write plain tables.") from None
    except tomllib.TOMLDecodeError as error:
        line, said = _where(str(error))
        raise KnowledgeError(f"{file.name}, line {line}: this is not TOML ({said}): mend the line.") from None
    except ValueError as error:
        raise KnowledgeError(f"The file {file.name} cannot be read: {str(error).partition(':')[0].lower()}.") from None
    places = Places(text)
    for name, records in found.items():
        if name not in allowed:
            near = difflib.get_close_matches(name, allowed, n=1) or list(allowed)
            line = places.line(name, 0)
            if line == 1:
                line = places.line("", 0, name)
            raise KnowledgeError(f"{file.name}, line {line}: there is no table `{name}`: write `[[{near[0]}]]`.")
        if not isinstance(records, list) or not all(isinstance(r, dict) for r in records):
            line = places.line(name, 0)
            raise KnowledgeError(f"{file.name}, line {line}: `{name}` must be a list of tables: write `[[{name}]]`.")
    return found, places


def _bytes_of(file: Path | Traversable) -> bytes:
    return read_toml(file) if isinstance(file, Path) else file.read_bytes()


def load_entries(
    file: Path | Traversable, tables: Mapping[str, type[R]]
) -> tuple[dict[str, tuple[R, ...]], dict[str, Places]]:
    """Which records does a data file hold, by table? Every record is checked, and no id comes twice.

    The second answer finds the lines of the records, by the name of the file.
    """
    raw, places = read_tables(file, tuple(tables))
    found: dict[str, tuple[R, ...]] = {}
    for table, type_ in tables.items():
        seen: dict[str, int] = {}
        records = []
        for index, entry in enumerate(raw.get(table, [])):
            record = _record(file.name, places, table, index, entry, type_)
            name, line = str(getattr(record, "id", index)), places.line(table, index)
            if name in seen:
                raise KnowledgeError(
                    f"{file.name}, line {line}: the id '{name}' was used on line {seen[name]}: choose another."
                )
            seen[name] = line
            records.append(record)
        found[table] = tuple(records)
    return found, {file.name: places}


def refuse(file: str, places: Places, place: tuple[str, int, str], said: str) -> KnowledgeError:
    """The error for a field of a record (`place`: table, index, field), with file and line."""
    table, index, field = place
    return KnowledgeError(f"{file}, line {places.line(table, index, field)}: {said}.")


def _record(file: str, places: Places, table: str, index: int, entry: dict[str, Any], type_: type[R]) -> R:
    name = f"{table} '{entry.get('id', index + 1)}'"
    try:
        record = msgspec.convert(entry, type_)
    except msgspec.ValidationError as error:
        text, _, where = str(error).partition(" - at `")
        field = (re.match(r"\$\.([\w-]+)", where) or re.match(r"()", ""))[1]  # type: ignore[index]
        if unknown := re.search(r"unknown field `([^`]*)`", text):
            names = [f.encode_name for f in msgspec.structs.fields(type_)]
            near = difflib.get_close_matches(unknown[1], names, n=1)
            mend = f"did you mean `{near[0]}`?" if near else f"the fields are {', '.join(names)}"
            field = field or unknown[1]
            raise refuse(
                file, places, (table, index, field), f"{name} has an unknown field `{unknown[1]}`; {mend}"
            ) from None
        if missing := re.search(r"required field `([^`]*)`", text):
            said = f"{name} has no `{missing[1]}`: every {table} needs it, add the line"
            raise refuse(file, places, (table, index, ""), said) from None
        plain = text[:1].lower() + text[1:].replace("`", "")
        raise refuse(file, places, (table, index, field), f"{name} has a wrong `{field}`: {plain}") from None
    fault = record.fault() if hasattr(record, "fault") else None
    if fault:
        field, said = fault
        raise refuse(file, places, (table, index, field), f"{name} {said}")
    return record


def _where(said: str) -> tuple[int, str]:
    """The line that the TOML reader names, and its words without it."""
    found = re.search(r"\s*\(at (?:line (\d+), column \d+|end of document)\)", said)
    if not found:
        return 1, said
    return int(found[1] or 1), said[: found.start()].lower()
