"""Which entry does this mapping (of a form, a CSV row, a JSON file, `key=value` words) mean? One sentence if none."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from ictal.base.errors import EntryError
from ictal.infant.timeline.types import ENTRY_TYPES, AnyEntry, Entry, Infant, name_of

ENTRY_NAMES: dict[str, type[Entry]] = {name_of(kind): kind for kind in ENTRY_TYPES}
"""Every kind of entry by the word that files and commands use."""


def entry_from(mapping: Mapping[str, Any], *, strict: bool = True) -> AnyEntry:
    """Which entry is this? `strict=False` also takes numbers that are written as text (`"34.5"`).

    The types and ranges of its fields are checked; `checks.check_entry` checks what they say together.
    Raises `EntryError`.
    """
    name = mapping.get("entry")
    if not isinstance(name, str) or name not in ENTRY_NAMES:
        raise EntryError(f"There is no kind of entry '{name}'.{_near(str(name), tuple(ENTRY_NAMES))}")
    try:
        found: AnyEntry = msgspec.convert(dict(mapping), AnyEntry, strict=strict)
    except msgspec.ValidationError as error:
        raise EntryError(_explain(error, dict(mapping), ENTRY_NAMES[str(name)])) from error
    return found


def infant_from(mapping: Mapping[str, Any]) -> Infant:
    """Which infant is this, entries included? Raises `EntryError` that names the entry by its place from 1."""
    own = {key: value for key, value in mapping.items() if key != "entries"}
    try:
        infant = msgspec.convert(own, Infant)
    except msgspec.ValidationError as error:
        raise EntryError(_explain(error, own, Infant)) from error
    entries, given = [], mapping.get("entries", ())
    if not isinstance(given, list | tuple):
        raise EntryError("The entries of an infant are a list, each with its `entry` and `age_days`.")
    for place, item in enumerate(given, 1):
        if not isinstance(item, Mapping):
            raise EntryError(f"Entry {place} is not a set of named values: give it `entry` and `age_days`.")
        try:
            entries.append(entry_from(item))
        except EntryError as error:
            raise EntryError(f"Entry {place}: {error}") from error
    return infant.with_entries(*entries)


def _explain(error: msgspec.ValidationError, given: Mapping[str, Any], kind: type[msgspec.Struct]) -> str:
    """One sentence from msgspec's own: what, which value, what is allowed."""
    text, _, place = str(error).partition(" - at `$")
    path = [part for part in re.split(r"[.\[\]]+", place.rstrip("`")) if part]
    who = "An infant" if kind is Infant else f"An entry '{name_of(kind)}'" if issubclass(kind, Entry) else "A record"
    if missing := re.search(r"missing required field `([^`]*)`", text):
        owner = _type_at(kind, path)
        field = missing[1]
        allowed = _allowed(_field(owner, field))
        if path:
            return f"{who} has a {path[0]} without {field}: give {allowed or 'it'}."
        return f"{who} needs '{field}': give {allowed or 'it'}."
    if unknown := re.search(r"unknown field `([^`]*)`", text):
        owner = _type_at(kind, path)
        names = tuple(f.encode_name for f in owner.fields) if isinstance(owner, msgspec.inspect.StructType) else ()
        return f"{who} has no field '{unknown[1]}'.{_near(unknown[1], names)}"
    value = _value_at(given, path)
    field = ".".join(path)
    if path[-1:] and path[-1].endswith("age_days") and _negative(value):
        return f"{who} cannot lie before birth: '{field}' is {value}; give days since birth, from 0."
    info = _type_at(kind, path)
    words = _words(info)
    near = _near(str(value), words) if words else ""
    allowed = "" if words else f" Allowed: {_allowed(info) or text}."
    return f"{who} cannot have {value!r} as '{field}'.{near}{allowed}"


def _negative(value: object) -> bool:
    try:
        return float(str(value)) < 0
    except ValueError:
        return False


def _near(word: str, words: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    hint = f" Did you mean '{close[0]}'?" if close else ""
    return f"{hint} Allowed: {'; '.join(words)}."


def _value_at(given: object, path: list[str]) -> object:
    for part in path:
        if isinstance(given, Mapping):
            given = given.get(part)
        elif isinstance(given, list | tuple) and part.isdigit() and int(part) < len(given):
            given = given[int(part)]
    return given


def _plain(info: Any) -> Any:
    """The type below its metadata; of a type that may be missing, the type that is there."""
    while isinstance(info, msgspec.inspect.Metadata):
        info = info.type
    if isinstance(info, msgspec.inspect.UnionType):
        there = [t for t in info.types if not isinstance(t, msgspec.inspect.NoneType)]
        return _plain(there[0])
    return info


def _field(owner: Any, name: str) -> Any:
    if isinstance(owner, msgspec.inspect.StructType):
        for field in owner.fields:
            if field.encode_name == name:
                return _plain(field.type)
    return None


def _type_at(kind: type[msgspec.Struct], path: list[str]) -> Any:
    info = _plain(msgspec.inspect.type_info(kind))
    for part in path:
        info = _plain(info.item_type) if isinstance(info, msgspec.inspect.VarTupleType) else _field(info, part)
    return info


def _words(info: Any) -> tuple[str, ...]:
    return tuple(str(v) for v in info.values) if isinstance(info, msgspec.inspect.LiteralType) else ()


def _allowed(info: Any) -> str:
    """What may stand there, in words: the words themselves, or the ends of a number."""
    if words := _words(info):
        return f"one of {'; '.join(words)}"
    if isinstance(info, msgspec.inspect.FloatType | msgspec.inspect.IntType):
        word = "a whole number" if isinstance(info, msgspec.inspect.IntType) else "a number"
        low = info.ge if info.ge is not None else info.gt
        above = f" above {info.gt:g}" if info.gt is not None else f" from {info.ge:g}" if info.ge is not None else ""
        upto = "" if info.le is None else f" to {info.le:g}" if low is not None else f" up to {info.le:g}"
        return f"{word}{above}{upto}"
    if isinstance(info, msgspec.inspect.StrType):
        return {
            r"^HP:\d{7}$": "an HPO id such as HP:0001252",
            r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$": "a pseudonym of plain letters, digits, '_', '.' and '-' (at most 64)",
        }.get(info.pattern or "", "a text that is not empty")
    return ""
