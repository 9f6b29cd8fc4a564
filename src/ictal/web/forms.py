"""The form of an entry of a child's record, made from its own type: words to choose, numbers with their range."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from ictal.exchange.entry_words import field_names
from ictal.infant.timeline.reading import ENTRY_NAMES
from ictal.infant.timeline.types import Entry, Recording
from ictal.infant.timeline.words import NOT_CAPTURED

KINDS = tuple(name for name, kind in ENTRY_NAMES.items() if kind is not Recording)
"""Kinds of entries that have a form; a recording comes with its analysis."""

FIRST = ("growth", "treatment", "dose", "milestone", "diary", "visit")
"""What is noted most often, at the top of the list."""

_UNITS = {"days": "days", "cm": "cm", "kg": "kg", "ms": "ms", "min": "minutes", "s": "seconds"}
_LATER = ("source", "note")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form: a choice when it has words, a number when it has none of them and is one, else a text."""

    name: str
    label: str
    words: tuple[str, ...] = ()
    number: bool = False
    low: float | None = None
    high: float | None = None
    needed: bool = False
    hint: str = ""


def ordered_kinds() -> tuple[str, ...]:
    """Every kind that has a form, the usual ones first."""
    return (*FIRST, *(k for k in KINDS if k not in FIRST))


def fields_of(kind: str) -> tuple[Field, ...]:
    """Which fields has the form of this kind? The age first, who told it and the note last."""
    struct = ENTRY_NAMES[kind]
    info: Any = msgspec.inspect.type_info(struct)
    known = {f.encode_name: f for f in info.fields}
    names = [n for n in field_names(struct) if n.split(".")[0] in known]
    first = [n for n in names if n == "age_days"]
    rest = [n for n in names if n not in (*first, *_LATER)]
    return tuple(_field(n, known[n.split(".")[0]]) for n in (*first, *rest, *(n for n in names if n in _LATER)))


def is_kind(entry: Entry, kind: str) -> bool:
    """Is an entry of this kind?"""
    return isinstance(entry, ENTRY_NAMES[kind])


def wrong_field(kind: str, sentence: str) -> str:
    """Beside which field does a sentence about what is wrong belong? Empty: above the form."""
    names = sorted((f.name for f in fields_of(kind)), key=len, reverse=True)
    return next((n for n in names if n in sentence or n.replace("_", " ") in sentence), "")


def _field(name: str, field: Any) -> Field:
    parts = field.type.types if isinstance(field.type, msgspec.inspect.UnionType) else (field.type,)
    words = tuple(str(v) for p in parts if isinstance(p, msgspec.inspect.LiteralType) for v in p.values)
    numbers = [p for p in parts if isinstance(p, msgspec.inspect.FloatType | msgspec.inspect.IntType)]
    low = next((n.ge if n.ge is not None else n.gt for n in numbers), None)
    high = next((n.le if n.le is not None else n.lt for n in numbers), None)
    return Field(
        name,
        _label(name),
        tuple(w for w in words if w != NOT_CAPTURED),
        bool(numbers),
        low,
        high,
        bool(field.required),
        _hint(name, field),
    )


def _label(name: str) -> str:
    stem, _, last = name.rpartition("_")
    unit = _UNITS.get(last)
    return f"{stem.replace('_', ' ')} ({unit})" if unit and stem else name.replace("_", " ").replace(".", " ")


def _hint(name: str, field: Any) -> str:
    if name == "dose":
        return "such as 30 mg/kg/day"
    if name == "by_kind":
        return "such as tonic=3; clonic=1"
    if name == "autonomic":
        return "such as apnoea=yes; cyanosis=no"
    if name == "hpo_id":
        return "such as HP:0001252"
    return "" if name != "note" else "Name nobody here."
