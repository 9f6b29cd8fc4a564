"""Settings: frozen records whose every parameter says its meaning, its unit, its range and its source.

A room declares what can be set like this, and the same record makes the checks, the help and the page of settings:

    class TrackingSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
        longest_gap_s: Annotated[float, parameter("Longest pause within one seizure", unit="s", low=0, high=60,
                                                  source="...")] = 5.0

A file is checked when it is read (`load_toml`), a value built in Python when `check` is asked.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from ictal.base.errors import SettingsError, reason_of
from ictal.base.files import read_toml

S = TypeVar("S", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True)
class ParameterDescription:
    """One parameter as a reader sees it. `name` is its path (`tracking.minimum_s`), `low` and `high` are included.

    `low` and `high` are `None` where the parameter has no such end; `choices` is empty unless it is one of a few words.
    """

    name: str
    default: object
    unit: str
    low: float | None
    high: float | None
    meaning: str
    source: str
    choices: tuple[str, ...] = ()


def parameter(
    meaning: str, *, unit: str, source: str, low: float | None = None, high: float | None = None
) -> msgspec.Meta:
    """What does a parameter mean, in which unit, between which ends (included), and who says so?

    `unit` is `1` for a pure number or a word; `source` names a paper or a standard, or says that it was chosen here
    and how.
    """
    return msgspec.Meta(ge=low, le=high, description=meaning, extra={"unit": unit, "source": source})


def load_toml(path: str | Path, type_: type[S]) -> S:
    """Which settings does this TOML file hold? What it leaves out keeps its default.

    Raises `SettingsError` that names the file and the place in it (`tracking.minimum_s`).
    """
    name = Path(path).name
    try:
        text = read_toml(path)
    except OSError as error:
        raise SettingsError(f"The settings file '{name}' cannot be read: {reason_of(error)}.") from error
    try:
        return msgspec.toml.decode(text, type=type_)
    except msgspec.ValidationError as error:
        raise SettingsError(f"Settings file '{name}': {_explain(error, type_)}") from error
    except RecursionError:
        raise SettingsError(f"The settings file '{name}' is nested too deeply.") from None
    except (msgspec.DecodeError, ValueError) as error:  # a number of thousands of digits is a plain ValueError
        raise SettingsError(f"The settings file '{name}' is not TOML: {str(error).rstrip('.')}.") from error


def check(settings: S) -> S:
    """Is every value of these settings within its range? Returns them, or raises `SettingsError`."""
    try:
        return msgspec.convert(to_mapping(settings), type(settings))
    except msgspec.ValidationError as error:
        raise SettingsError(f"Settings: {_explain(error, type(settings))}") from error


def to_mapping(settings: msgspec.Struct) -> dict[str, object]:
    """What was set, as plain nested mappings, lists, words and numbers (for `findings.json` and the report)?"""
    found: dict[str, object] = msgspec.to_builtins(settings)
    return found


def describe(type_: type[msgspec.Struct]) -> tuple[ParameterDescription, ...]:
    """Which parameters are there, in order, those of nested settings included (`tracking.minimum_s`)?"""
    return tuple(_describe(type_, ""))


def _describe(type_: type[msgspec.Struct], prefix: str) -> list[ParameterDescription]:
    found: list[ParameterDescription] = []
    info = msgspec.inspect.type_info(type_)
    if not isinstance(info, msgspec.inspect.StructType):
        raise SettingsError(f"'{type_.__name__}' is not a settings record.")
    for item in info.fields:
        name = f"{prefix}{item.encode_name}"
        plain, extra, schema = _unwrap(item.type)
        if isinstance(plain, msgspec.inspect.StructType):
            found += _describe(plain.cls, f"{name}.")
            continue
        found.append(
            ParameterDescription(
                name=name,
                default=_default(item),
                unit=str(extra.get("unit", "")),
                low=getattr(plain, "ge", None),
                high=getattr(plain, "le", None),
                meaning=str(schema.get("description", "")),
                source=str(extra.get("source", "")),
                choices=_choices(plain),
            )
        )
    return found


def _unwrap(info: Any) -> tuple[Any, dict[str, Any], dict[str, Any]]:
    """The type below its metadata, with what the metadata says."""
    extra: dict[str, Any] = {}
    schema: dict[str, Any] = {}
    while isinstance(info, msgspec.inspect.Metadata):
        extra |= info.extra or {}
        schema |= info.extra_json_schema or {}
        info = info.type
    return info, extra, schema


def _default(item: msgspec.inspect.Field) -> object:
    if item.default is not msgspec.NODEFAULT:
        return item.default
    return None if item.default_factory is msgspec.NODEFAULT else item.default_factory()


def _choices(info: Any) -> tuple[str, ...]:
    if isinstance(info, msgspec.inspect.EnumType):
        return tuple(str(member.value) for member in info.cls)
    if isinstance(info, msgspec.inspect.LiteralType):
        return tuple(str(value) for value in info.values)
    return ()


def _explain(error: msgspec.ValidationError, type_: type[msgspec.Struct]) -> str:
    """One sentence from msgspec's own: where, what is allowed, and the name that was meant."""
    text, _, place = str(error).partition(" - at `")
    where = place.rstrip("`").removeprefix("$").removeprefix(".")
    unknown = re.search(r"unknown field `([^`]*)`", text)
    if unknown is None:
        allowed = _allowed(where, type_)
        return f"`{where}` is not allowed: {text[:1].lower()}{text[1:].replace('`', '')}{allowed}."
    name = f"{where}.{unknown[1]}" if where else unknown[1]
    names = [d.name for d in describe(type_)]
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    hint = f"Did you mean `{near[0]}`?" if near else f"The settings are: {', '.join(names)}."
    return f"there is no setting `{name}`. {hint}"


def _allowed(where: str, type_: type[msgspec.Struct]) -> str:
    for item in describe(type_):
        if item.name == where and item.low is not None and item.high is not None:
            return f" (allowed: {item.low:g} to {item.high:g}{'' if item.unit in ('', '1') else ' ' + item.unit})"
    return ""
