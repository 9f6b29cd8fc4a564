"""An entry as words and back: what a command line, a form or a cell of a table holds.

A field has its own name (`head_cm`), a part of one a dot (`dose.amount`). Four fields have a short form:

    dose            5 mg/kg/day, or 3:1 for a diet
    by_kind         tonic=3; clonic=1
    autonomic       apnoea=yes; cyanosis=no
    found.by_hour   0.9 h 4 in 6.5 min; 1 h 0 in 0 min    for each hour: what could be read, seizures, their minutes

What is empty was not captured. Writing leaves out what an entry has anyway, so that both ways give the same entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from ictal.base.errors import EntryError
from ictal.infant.timeline.checks import check_entry
from ictal.infant.timeline.reading import ENTRY_NAMES, entry_from
from ictal.infant.timeline.types import AnyEntry, Entry, name_of

_AMOUNT = re.compile(r"([-+]?[0-9]*[.,]?[0-9]+(?:[eE][-+]?[0-9]+)?)\s*(.*)", re.DOTALL)
_HOURS = "found.by_hour"
_HOUR = re.compile(r"(\S+) h (\S+)(?: in (\S+) min)?")
_PAIRS = {"by_kind": ("kind", "count"), "autonomic": ("sign", "seen")}
_UNPAIRED = {"by_kind": "tonic=3; clonic=1", "autonomic": "apnoea=yes; cyanosis=no"}


def entry_of_words(name: str, words: Mapping[str, str], decimal_comma: bool = False) -> AnyEntry:
    """Which entry do these words mean, field -> text?

    `decimal_comma` takes `34,5` for a number. Raises `EntryError`, one sentence.
    """
    said: dict[str, Any] = {"entry": name}
    for field, text in words.items():
        if text.strip():
            _put(said, field, text.strip() if field != "note" else text)
    if decimal_comma and name in ENTRY_NAMES:
        for field in _numbers(ENTRY_NAMES[name]):
            if isinstance(said.get(field), str):
                said[field] = said[field].replace(",", ".")
    return check_entry(entry_from(said, strict=False))


def words_of(entry: AnyEntry) -> dict[str, str]:
    """What has an entry that it has not anyway, field -> text? `age_days` always, `id` never."""
    defaults = {f.encode_name: f.default for f in msgspec.structs.fields(type(entry))}
    said: dict[str, str] = {}
    for field in entry.__struct_fields__:
        value = getattr(entry, field)
        if field == "id" or (value == defaults[field] and field != "age_days"):
            continue
        said |= _text(field, value)
    return said


def field_names(kind: type[Entry]) -> tuple[str, ...]:
    """Which fields may be given for this kind of entry, parts of fields included?"""
    return tuple(_fields(kind, ""))


def choices(kind: type[Entry], field: str) -> tuple[str, ...]:
    """Which words may stand in this field? Empty when it is no choice of words."""
    types = {f.encode_name: f.type for f in msgspec.structs.fields(kind)}
    info: Any = msgspec.inspect.type_info(types[field]) if field in types else None
    parts = info.types if isinstance(info, msgspec.inspect.UnionType) else (info,)
    found = next((part for part in parts if isinstance(part, msgspec.inspect.LiteralType)), None)
    return () if found is None else tuple(map(str, found.values))


def mapping_of(record: msgspec.Struct) -> dict[str, Any]:
    """A record as what JSON knows: every field by its name."""
    told: dict[str, Any] = msgspec.to_builtins(record)
    return told


def all_field_names() -> tuple[str, ...]:
    """Every field of every kind of entry, each once: the columns of a table of entries."""
    found: dict[str, None] = {}
    for kind in ENTRY_NAMES.values():
        found |= dict.fromkeys(_fields(kind, ""))
    return tuple(found)


def described(entry: AnyEntry) -> str:
    """An entry in one line, as a list shows it: its kind, then what was told."""
    told = {k: v for k, v in words_of(entry).items() if k != "age_days" and not k.startswith("found.")}
    short = {"digest": told.get("digest", "")[:12], "recorded_h": f"{getattr(entry, 'recorded_h', None) or 0:.3g}"}
    said = ", ".join(f"{field.replace('_', ' ')} {short.get(field, value)}" for field, value in told.items())
    found = getattr(entry, "found", None)
    if found is not None:
        burden = found.burden_min_per_h
        said += f", {found.seizures} seizures in {found.readable_h:.3g} readable h"
        said += "" if burden is None else f", burden {burden:.1f} min/h"
    return f"{name_of(entry)}: {said}".rstrip(": ")


def _fields(kind: type[msgspec.Struct], prefix: str) -> Iterator[str]:
    for field in msgspec.structs.fields(kind):
        if field.encode_name == "id":
            continue
        part = None if field.encode_name == "dose" else _part(field.type)
        if part is not None:
            yield from _fields(part, f"{prefix}{field.encode_name}.")
        else:
            yield f"{prefix}{field.encode_name}"


def _part(type_: Any) -> type[msgspec.Struct] | None:
    """The record that a field holds (`dose`), if it holds one."""
    info = msgspec.inspect.type_info(type_)
    kinds = info.types if isinstance(info, msgspec.inspect.UnionType) else (info,)
    return next((k.cls for k in kinds if isinstance(k, msgspec.inspect.StructType)), None)


def _numbers(kind: type[Entry]) -> Iterator[str]:
    for field in msgspec.structs.fields(kind):
        info: Any = msgspec.inspect.type_info(field.type)
        kinds = info.types if isinstance(info, msgspec.inspect.UnionType) else (info,)
        plain = [k.type if isinstance(k, msgspec.inspect.Metadata) else k for k in kinds]
        if any(isinstance(k, msgspec.inspect.FloatType | msgspec.inspect.IntType) for k in plain):
            yield field.encode_name


def _put(said: dict[str, Any], field: str, text: str) -> None:
    head, dot, rest = field.partition(".")
    if dot:
        inner = said.setdefault(head, {})
        if not isinstance(inner, dict):
            raise EntryError(f"'{head}' is given as a whole and in parts ('{field}'): leave one of the two out.")
        inner[rest] = [_hour(part) for part in text.split(";") if part.strip()] if field == _HOURS else text
    elif field == "dose":
        said["dose"] = _dose(text)
    elif field in _PAIRS:
        said[field] = [_pair(field, part) for part in text.split(";") if part.strip()]
    else:
        said[field] = text


def _dose(text: str) -> dict[str, str]:
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise EntryError(f"'{text}' is no dose: give an amount and its unit, as `5 mg/kg/day`.")
    amount, unit = match[1].replace(",", "."), match[2].strip()
    if not unit:
        raise EntryError(f"The dose '{text}' has no unit: give an amount and its unit, as `{amount} mg/kg/day`.")
    return {"amount": amount, "unit": ":1" if unit.replace(" ", "") == ":1" else unit}


def _pair(field: str, part: str) -> dict[str, str]:
    name, equals, value = part.rpartition("=")
    if not equals or not name.strip() or not value.strip():
        raise EntryError(f"'{part.strip()}' in '{field}' is no pair: write it as `{_UNPAIRED[field]}`.")
    first, second = _PAIRS[field]
    return {first: name.strip(), second: value.strip()}


def _hour(part: str) -> dict[str, str]:
    match = _HOUR.fullmatch(part.strip())
    if match is None:
        raise EntryError(f"'{part.strip()}' in '{_HOURS}' is no hour: write it as `0.9 h 4 in 6.5 min`.")
    minutes = {} if match[3] is None else {"seizure_min": match[3]}
    return {"readable_h": match[1], "seizures": match[2], **minutes}


def _hour_text(hour: Any) -> str:
    minutes = "" if hour.seizure_min is None else f" in {_number(hour.seizure_min)} min"
    return f"{_number(hour.readable_h)} h {hour.seizures}{minutes}"


def _text(field: str, value: Any) -> dict[str, str]:
    if field == "dose":
        joint = "" if value.unit == ":1" else " "
        return {field: f"{_number(value.amount)}{joint}{value.unit}"}
    if field in _PAIRS:
        first, second = _PAIRS[field]
        return {field: "; ".join(f"{getattr(one, first)}={getattr(one, second)}" for one in value)}
    if isinstance(value, msgspec.Struct):
        defaults = {f.encode_name: f.default for f in msgspec.structs.fields(type(value))}
        inner = {name: getattr(value, name) for name in value.__struct_fields__}
        words = {f"{field}.{k}": _number(v) for k, v in inner.items() if v != defaults[k] and k != "by_hour"}
        hours = inner.get("by_hour") or ()
        return words | ({_HOURS: "; ".join(map(_hour_text, hours))} if hours else {})
    return {field: _number(value)}


def _number(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)
