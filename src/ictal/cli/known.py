"""`ictal known`: what was wrong in which version, what Ictal is known not to see, and whether a result has it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ictal.base.errors import UsageError
from ictal.cli.options import AS_JSON, say_json

if TYPE_CHECKING:
    from ictal.exchange.known import Known


@click.command()
@click.argument("asked", nargs=-1, metavar="[RESULTS|NAME]...")
@click.option("--limits/--no-limits", default=True, help="What Ictal is known not to see, too.")
@AS_JSON
def known(asked: tuple[str, ...], limits: bool, as_json: bool) -> None:
    """Say what was wrong in earlier results, and what Ictal is known not to see.

    RESULTS (a folder of results or its findings.json): say which of it this result may have. NAME: that entry alone.
    Exit code 0 also when a result has something: what was wrong is no error of the file.
    """
    from ictal.exchange.known import known as register

    entries = register()
    found = [one for name in asked for one in _of(name, entries)] if asked else list(entries)
    shown = [one for one in dict.fromkeys(one.id for one in found) if limits or _named(one, entries).kind == "wrong"]
    if as_json:
        say_json([_named(one, entries).plain() for one in shown])
        return
    click.echo("\n\n".join(_lines(_named(one, entries)) for one in shown) or "Nothing is known to be wrong in it.")


command = known


def say_known(said: Mapping[str, Any], name: str) -> None:
    """Tell on standard error what is known to be wrong in findings that are opened."""
    from ictal.exchange.known import known_in

    for one in known_in(said):
        click.echo(f"ictal: {name}: {one.sentence}", err=True)


def _of(name: str, entries: tuple[Known, ...]) -> list[Known]:
    from ictal.exchange.findings_json import read_findings
    from ictal.exchange.known import known_in

    named = [one for one in entries if one.id == name]
    if named:
        return named
    if not Path(name).exists():
        raise UsageError(
            f"'{name}' is neither a folder of results nor a name of the register: `ictal known` lists them."
        )
    return list(known_in(read_findings(Path(name))))


def _named(name: str, entries: tuple[Known, ...]) -> Known:
    return next(one for one in entries if one.id == name)


def _lines(one: Known) -> str:
    from textwrap import fill

    rows = [("versions", one.versions), ("what", one.what), ("tell", one.tell), ("do", one.do)]
    rows += [("fixed", one.fixed)] if one.fixed else []
    body = (fill(text, 110, initial_indent=f"  {name:<9}", subsequent_indent=" " * 11) for name, text in rows)
    return "\n".join([f"{one.id} ({one.kind}, {one.area})", *body])
