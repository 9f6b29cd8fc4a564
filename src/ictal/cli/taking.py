"""What a file holds, taken into a study: what was added, what was there, what was refused, one sentence each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ictal.base.errors import TableError, shown

if TYPE_CHECKING:
    from ictal.exchange.child import Read
    from ictal.study import Study

REFUSED = 3


def read_file(file: Path, columns: str | None, kind: str | None, pseudonym: str | None, study: Study) -> Read:
    """The infants of a CSV (by its ending), else of JSON; `pseudonym` is whose they are, if the file does not say."""
    from ictal.exchange.child import read_json
    from ictal.exchange.child_csv import parse_map, read_csv

    if file.suffix.lower() in (".csv", ".tsv", ".txt"):
        births = {name: told.birth_date for name in study.pseudonyms() if (told := study.identity(name)) is not None}
        return read_csv(file, parse_map(columns), kind=kind, pseudonym=pseudonym, births=births)
    if columns is not None or kind is not None:
        raise TableError(f"--columns and --entry say how a CSV is read, and '{file.name}' is none (.csv, .tsv).")
    return read_json(file, pseudonym)


def _entries(count: int) -> str:
    return f"{count} {'entry' if count == 1 else 'entries'}"


def take_all(study: Study, read: Read, who: str, say: Callable[[tuple[str, ...]], None]) -> int:
    """Take in every infant that was read, and say what became of it. Exit code 0, or 3 when something was refused."""
    refused = list(read.refused)
    for infant, places in zip(read.infants, read.places, strict=True):
        from ictal.base.errors import IctalError

        try:
            added = study.take(infant, who)
        except IctalError as error:
            refused.append(str(error))
            continue
        known = f", {added.known} were there already" if added.known else ""
        click.echo(f"{infant.pseudonym}: {_entries(len(added.keys))} added{known}.")
        say(added.flagged)
        refused += [f"{places[place]}: {sentence}" for place, sentence in added.refused]
    for sentence in refused:
        click.echo(f"ictal: not taken: {shown(sentence)}", err=True)
    for sentence in read.notices:
        click.echo(f"ictal: {shown(sentence)}", err=True)
    return REFUSED if refused else 0
