"""The reference, made from the code: commands, the public API, settings, columns, schemas.

A page says `<!-- made: NAME -->`, and gets what `MADE[NAME]` says when the site is built.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
import textwrap
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import msgspec
from sphinx.application import Sphinx

import ictal
from ictal.base.settings import ParameterDescription, describe
from ictal.cli import main
from ictal.cli.entries import adding
from ictal.exchange import columns
from ictal.infant.syndrome.rules import rule_book
from ictal.infant.timeline.reading import ENTRY_NAMES

HERE = Path(__file__).parent
PLACE = re.compile(r"^<!-- made: ([\w ]+) -->$", re.MULTILINE)


# --- commands


def every_command() -> Iterator[tuple[str, click.Command]]:
    """Every command with its whole name, those of groups after their group: `ictal infant`, `ictal infant new`, ..."""
    context = click.Context(main.ictal, info_name="ictal")
    for verb in main.ictal.list_commands(context):
        found = main.ictal.get_command(context, verb)
        if found is not None:
            yield from _below(f"ictal {verb}", found)


def _below(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    yield name, command
    if isinstance(command, click.Group):
        for verb in command.list_commands(click.Context(command)):
            found = command.get_command(click.Context(command), verb)
            if found is not None:
                yield from _below(f"{name} {verb}", found)


def commands() -> str:
    """Every command: how it is called, what it does, its arguments and options."""
    parts = []
    for name, found in every_command():
        parts.append(_command(name, found))
        if name == "ictal infant add":
            parts += [_command(f"{name} PSEUDONYM {kind}", adding("the child", kind)) for kind in sorted(ENTRY_NAMES)]
    return "\n\n".join(parts)


def _command(name: str, found: click.Command) -> str:
    context = click.Context(found, info_name=name)
    usage = " ".join((name, *found.collect_usage_pieces(context)))
    level = "#" * min(1 + name.count(" "), 4)
    parts = [f"{level} {name}", f"```none\n{usage}\n```", _prose(found.help or "")]
    options = [o for o in found.params if isinstance(o, click.Option) and not o.hidden]
    if options:
        rows = [(", ".join(f"`{part}`" for part in _option(o, context)), _described(o, context)) for o in options]
        parts.append(table(("option", "meaning"), rows))
    return "\n\n".join(parts)


def _option(option: click.Option, context: click.Context) -> list[str]:
    names = [*option.opts, *option.secondary_opts]
    takes = "" if option.is_flag or option.count else " " + option.make_metavar(context)
    return [*names[:-1], names[-1] + takes]


def _described(option: click.Option, context: click.Context) -> str:
    extra = option.get_help_extra(context)
    told = [f"default: {extra['default']}"] if extra.get("default") else []
    told += ["needed"] if option.required else []
    told += ["may be given again"] if option.multiple else []
    return " ".join((plain(option.help or ""), *(f"[{t}]" for t in told)))


def _prose(help_text: str) -> str:
    """A help text as Markdown: its paragraphs, and the parts after a `\\b` with their lines kept."""
    parts = []
    for paragraph in re.split(r"\n\s*\n", textwrap.dedent(help_text).strip()):
        lines = paragraph.splitlines()
        if lines and lines[0].strip() == "\b":
            parts.append("```none\n" + textwrap.dedent("\n".join(lines[1:])) + "\n```")
        else:
            parts.append(plain(" ".join(line.strip() for line in lines)))
    return "\n\n".join(parts)


# --- the public API


def api() -> str:
    """Every public name, by autodoc."""
    verbs = [n for n in ictal.__all__ if not n.startswith("_") and n[0].islower()]
    nouns = [n for n in ictal.__all__ if n[0].isupper()]
    said = "\n\n".join(f".. autofunction:: ictal.{n}" for n in verbs)
    records = "\n\n".join(f".. autoclass:: ictal.{n}" for n in nouns)
    return f"## Verbs\n\n```{{eval-rst}}\n{said}\n```\n\n## Nouns\n\n```{{eval-rst}}\n{records}\n```"


# --- settings


def settings_records() -> dict[str, type[msgspec.Struct]]:
    """Every record of settings of the package, but those that another holds, by its name."""
    modules = [m.name for m in pkgutil.walk_packages(ictal.__path__, "ictal.") if m.name.endswith(".settings")]
    inside = [vars(importlib.import_module(name)).values() for name in ("ictal.analysis", *modules)]
    found = {c for values in inside for c in values if isinstance(c, type) and issubclass(c, msgspec.Struct)}
    told = {c for c in found if (described := describe(c)) and all(p.source for p in described)}
    inner = {t for c in told for f in msgspec.structs.fields(c) for t in [f.type] if isinstance(t, type)}
    return {f"{c.__module__}.{c.__name__}": c for c in sorted(told - inner, key=lambda c: c.__module__)}


def settings() -> str:
    """Every parameter with default, range, unit, meaning, source."""
    parts = []
    for name, record in settings_records().items():
        parts.append(f"## {record.__name__}\n\n`{name}`: {plain((record.__doc__ or '').strip())}")
        rows = [(f"`{p.name}`", _value(p), f"{plain(p.meaning)}. *{plain(p.source)}*") for p in describe(record)]
        parts.append(table(("name", "default", "meaning, *source*"), rows))
    return "\n\n".join(parts)


def _value(said: ParameterDescription) -> str:
    """The default with its unit, and what is allowed."""
    unit = "" if said.unit == "1" else f" {said.unit}"
    ends = f"{said.low:g} to {said.high:g}" if said.low is not None and said.high is not None else ""
    allowed = ends or ", ".join(said.choices)
    return f"{plain(str(said.default))}{unit}" + (f" ({allowed})" if allowed else "")


# --- files


def tables() -> dict[str, tuple[str, ...]]:
    """Every table that Ictal writes for other programs, with its columns."""
    from ictal.cohort.tables import LEG_TYPES, RECORDING_TYPES, SEIZURE_TYPES

    return {
        columns.SEIZURES: columns.SEIZURE_COLUMNS,
        columns.LEGS: columns.LEG_COLUMNS,
        columns.DISCHARGES: columns.DISCHARGE_COLUMNS,
        "recordings.parquet": tuple(RECORDING_TYPES),
        "seizures.parquet": tuple(SEIZURE_TYPES),
        "legs.parquet": tuple(LEG_TYPES),
    }


def meanings() -> dict[str, dict[str, str]]:
    """What each column of each table means (`columns.toml`); a Parquet table takes those of the table of its name."""
    told: dict[str, dict[str, str]] = tomllib.loads((HERE / "columns.toml").read_text(encoding="utf-8"))
    whose = told["whose"]
    return {
        **{name: told[name] for name in (columns.SEIZURES, columns.LEGS, columns.DISCHARGES)},
        "recordings.parquet": {**whose, **told["recordings.parquet"]},
        "seizures.parquet": {**whose, **told[columns.SEIZURES]},
        "legs.parquet": {**whose, **told[columns.LEGS]},
    }


def files() -> str:
    """Every column of every table."""
    told, parts = meanings(), []
    for name, names in tables().items():
        rows = [(f"`{column}`", told[name][column]) for column in names]
        parts.append(f"## {name}\n\n{table(('column', 'meaning'), rows)}")
    return "\n\n".join(parts)


def schema_files() -> tuple[Path, ...]:
    """Every JSON Schema of the package."""
    return tuple(sorted(Path(ictal.__path__[0]).rglob("*.schema.json")))


def schemas() -> str:
    """Every property of every schema: name, type, meaning."""
    parts = []
    for path in schema_files():
        schema = json.loads(path.read_text(encoding="utf-8"))
        parts.append(f"## {path.name}\n\n{plain(schema.get('description', ''))} `{schema['$id']}`")
        parts.append(_properties(schema))
        for name, inner in schema.get("$defs", {}).items():
            parts.append(f"### {path.name.partition('.')[0]}: {name}\n\n{plain(inner.get('description', ''))}")
            parts.append(_properties(inner))
    return "\n\n".join(p for p in parts if p.strip())


def _properties(schema: dict[str, Any]) -> str:
    rows = [(f"`{n}`", _type(p), plain(p.get("description", ""))) for n, p in schema.get("properties", {}).items()]
    return table(("property", "type", "meaning"), rows) if rows else ""


def _type(said: dict[str, Any]) -> str:
    if "$ref" in said:
        return said["$ref"].rpartition("/")[2]
    if "enum" in said:
        return ", ".join(f"`{json.dumps(v)}`" for v in said["enum"])
    for word in ("anyOf", "oneOf"):
        if word in said:
            return " or ".join(_type(one) for one in said[word])
    of = said.get("type", "")
    name = " or ".join(of) if isinstance(of, list) else str(of)
    return f"{name} of {_type(said['items'])}" if "items" in said and isinstance(said["items"], dict) else name


# --- the criteria


def criteria() -> str:
    """Every row of the criteria, with the provenance of its text and of its standing."""
    book = rule_book()
    rows = [
        (
            f"`{c.id}`",
            f"{c.kind}, {c.timing}",
            plain(c.text),
            f"text {c.provenance}, standing {c.standing}",
            str(c.expires),
        )
        for c in book.criteria
    ]
    head = ("row", "kind", "what is asked", "provenance", "look again by")
    core = ", ".join(f"`{name}`" for name in book.set.core)
    return f"{plain(book.set.title)}, version {book.set.version}. Core rows: {core}.\n\n{table(head, rows)}"


def alternatives() -> str:
    """What else is weighed, and which test tells it apart."""
    rows = [
        (plain(d.name), plain(d.test), "yes" if d.time_critical else "", "yes" if d.treatable else "", d.provenance)
        for d in rule_book().diagnoses
    ]
    return table(("alternative", "what would tell", "time-critical", "treatable", "provenance"), rows)


# --- Markdown


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A table of Markdown."""
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(
        "| " + " | ".join(re.sub(r"\s+", " ", cell).replace("|", "\\|") for cell in row) + " |" for row in lines
    )


def plain(text: str) -> str:
    """A text of the code in Markdown: what is not between backticks says nothing to Markdown, and options are code."""
    parts = re.split(r"(`[^`]*`)", re.sub(r"(?<![\w`-])(--[a-z][a-z-]*)(?![\w`])", r"`\1`", text))
    return "".join(p if p.startswith("`") else re.sub(r"([*_<>\[\]#$~{}])", r"\\\1", p) for p in parts)


MADE: dict[str, Callable[[], str]] = {
    "commands": commands,
    "api": api,
    "settings": settings,
    "files": files,
    "schemas": schemas,
    "criteria": criteria,
    "alternatives": alternatives,
}


def filled(page: str) -> str:
    """The page with every part that is made when the site is built."""
    return PLACE.sub(lambda place: MADE[place[1]](), page)


def _read(_: Sphinx, __: str, source: list[str]) -> None:
    source[0] = filled(source[0])


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("source-read", _read)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
