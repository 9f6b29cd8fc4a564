"""`ictal facts`: what is known, from where, and how old is it?"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ictal.base.errors import UsageError
from ictal.cli.options import ON_DAY, say_json

if TYPE_CHECKING:
    from ictal.knowledge.library import Library
    from ictal.knowledge.types import Statement


@click.command()
@click.argument("query", nargs=-1, callback=lambda _c, _p, words: " ".join(words))
@click.option("--stale", is_flag=True, help="Only what is past its date, or rests on a source that is.")
@click.option("--unverified", is_flag=True, help="Only what nobody has checked, with what to look up first.")
@click.option("--gene", default="", help="Only what speaks of this gene.")
@click.option("--series", "as_series", is_flag=True, help="The published series of infants, as forest plots.")
@click.option(
    "--child-onset-days", type=click.FloatRange(0), help="With --series: lay a child's age at onset over them."
)
@click.option("--svg", type=click.Path(path_type=Path), help="With --series: write the plots to this file.")
@click.option(
    "--file", "files", multiple=True, type=click.Path(path_type=Path), help="Add statements of your own (TOML)."
)
@ON_DAY
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def facts(
    query: str, as_series: bool, files: tuple[Path, ...], on_day: datetime | None, as_json: bool, **asked: object
) -> None:
    """Search what is known: every statement with its source, its provenance, and the day it expires.

    QUERY are words that must all be there, or a name of the syndrome (MMPSI, Coppola-Dulac, ORPHA:293181), which gives
    its entry first. `unverified` means recalled and not checked, `lead` found in a secondary report, `design` ours.
    """
    from ictal.knowledge.library import find, library

    child, svg = asked["child_onset_days"], asked["svg"]
    if not as_series and (child is not None or svg is not None):
        raise UsageError("--child-onset-days and --svg belong to --series: give --series too.")
    known, today = library(files), on_day.date() if on_day else date.today()
    if as_series:
        _series(known, today, child, svg, as_json)
        return
    name = known.named(query)
    stale, unverified, gene = bool(asked["stale"]), bool(asked["unverified"]), str(asked["gene"])
    words = "" if name else query
    found = find(known, words, gene=gene, stale=stale, unverified=unverified, today=today)
    if as_json:
        _print_json(known, found, today, query, unverified)
    else:
        _print(known, found, today, query, unverified)


command = facts


def _print(known: Library, found: tuple[Statement, ...], today: date, query: str, unverified: bool) -> None:
    from ictal.knowledge.show import name_lines, statement_lines

    if unverified:
        click.echo("To be looked up, most important first:")
        for number, item in enumerate(known.checks, start=1):
            click.echo(f"  {number}. {item.text}")
        click.echo()
    if name := known.named(query):
        click.echo("\n".join(name_lines(known, name, today)) + "\n")
    for statement in found:
        click.echo("\n".join(statement_lines(known, statement, today)) + "\n")
    kinds = {p: sum(s.provenance == p for s in found) for p in ("read", "unverified", "lead", "design")}
    counted = ", ".join(f"{n} {p}" for p, n in kinds.items() if n)
    old = sum(bool(known.aged(s, today)) for s in found)
    none = "No statement fits: try fewer words, or `ictal facts` for all of them."
    click.echo(
        f"{len(found)} of {len(known.statements)} statements ({counted}); {old} past their date." if found else none
    )


def _print_json(known: Library, found: tuple[Statement, ...], today: date, query: str, unverified: bool) -> None:
    from ictal.knowledge.show import to_dict

    name = known.named(query)
    said = {
        "today": today.isoformat(),
        "name": to_dict(known, name, today) if name else None,
        "statements": [to_dict(known, s, today) for s in found],
        "checks": [item.text for item in known.checks] if unverified else [],
    }
    say_json(said)


def _series(known: Library, today: date, child: object, svg: object, as_json: bool) -> None:
    from ictal.knowledge.forest import CAUTION, forest_lines, forests
    from ictal.knowledge.show import series_lines, to_dict
    from ictal.report.forest import forest_svg

    plots = forests(known, today, child if isinstance(child, float) else None)
    if isinstance(svg, Path):
        from ictal.exchange.whole_file import write_whole

        write_whole(svg, forest_svg(plots), overwrite=True)
    if as_json:
        said = {
            "today": today.isoformat(),
            "caution": CAUTION,
            "series": [to_dict(known, s, today) for s in known.series],
        }
        say_json(said)
        return
    for series in known.series:
        click.echo("\n".join(series_lines(known, series, today)))
    for plot in plots:
        click.echo("\n" + "\n".join(forest_lines(plot)))
    click.echo(f"\n{CAUTION}")
