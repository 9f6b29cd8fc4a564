"""Statements as people and programs read them: each with where it comes from and how old it is."""

from __future__ import annotations

import textwrap
from datetime import date

import msgspec

from ictal.knowledge.library import Library
from ictal.knowledge.types import Dated, Name, Series, Source, Statement, Therapy

WIDTH = 110


def face(known: Library, entry: Dated, today: date) -> str:
    """What stands on the face of an entry: `[read; reviewed 2026-11-25]`, and when it has expired, since when."""
    aged = known.aged(entry, today)
    marks = [entry.tag.upper() if entry.provenance in ("unverified", "lead") else entry.tag]
    marks.append(f"EXPIRED: {aged}" if aged else f"reviewed {entry.reviewed}, expires {entry.expires}")
    return f"[{'; '.join(marks)}]"


def statement_lines(known: Library, statement: Statement, today: date) -> list[str]:
    """A statement for a terminal."""
    lines = [f"{statement.id}  {face(known, statement, today)}"]
    body = [statement.text, *(f"- {n.text}" for n in statement.numbers)]
    if isinstance(statement, Therapy):
        body.append(follows_from(statement))
    if statement.outcome:
        body.append(f"Counted: {statement.outcome}.")
    if statement.caution:
        ours = " (our list)" if isinstance(statement, Therapy) else ""
        body.append(f"Caution{ours}: {statement.caution}")
    if statement.check:
        body.append(f"To check: {statement.check}.")
    body += [f"Source {s.id}: {s.title}. {s.locator}" for s in known.of(statement)]
    return [*lines, *_wrapped(body)]


def follows_from(therapy: Therapy) -> str:
    """When it holds, and what it rests on: `Option where KCNT1 gains function. Evidence: case series.`"""
    where = "whatever the cause" if "*" in therapy.genes else " or ".join(therapy.genes)
    ways = {"gain": "gain", "loss": "loss", "mixed": "both"}
    way = (
        ""
        if len(therapy.directions) == len(ways)
        else ", " + " or ".join(f"{ways[d]} of function" for d in therapy.directions)
    )
    return f"{therapy.kind.capitalize()}: {where}{way}. Evidence: {therapy.evidence}."


def name_lines(known: Library, name: Name, today: date) -> list[str]:
    """The identity card for a terminal."""
    lines = [f"{name.title}  {face(known, name, today)}"]
    body = [f"Also: {', '.join(name.names)}."]
    body += [f"{i.system}: {i.id}" + (f" ({i.note})" if i.note else "") + f" [{i.provenance}]" for i in name.ids]
    body += [f"History: {h}" for h in name.history]
    return [*lines, *_wrapped(body)]


def series_lines(known: Library, series: Series, today: date) -> list[str]:
    """One published series for a terminal."""
    n = "n not known" if series.infants is None else f"n = {series.infants}"
    where = f" ({series.place})" if series.place else ""
    lines = [f"{series.title}{where}, {n}  {face(known, series, today)}"]
    return [*lines, *_wrapped([t for t in (series.text, *(f"- {x.text}" for x in series.numbers)) if t])]


def to_dict(known: Library, entry: Dated, today: date) -> dict[str, object]:
    """An entry for a program: its fields, its sources written out, and whether it is past its date."""
    found: dict[str, object] = msgspec.to_builtins(entry)
    found["sources"] = [source_to_dict(s) for s in known.of(entry)]
    aged = known.aged(entry, today)
    found["stale"] = bool(aged)
    found["stale_because"] = aged or None
    numbers = getattr(entry, "numbers", ())
    if numbers:
        found["numbers"] = [{**msgspec.to_builtins(n), "text": n.text} for n in numbers]
    return found


def source_to_dict(source: Source) -> dict[str, object]:
    """A source for a program; what it does not state is left out."""
    return {key: value for key, value in msgspec.to_builtins(source).items() if value not in ("", None)}


def _wrapped(body: list[str]) -> list[str]:
    return [line for text in body for line in textwrap.wrap(text, WIDTH, initial_indent="  ", subsequent_indent="    ")]
