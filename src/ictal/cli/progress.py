"""How far is it? A bar where someone watches the terminal, a plain line a stage where nobody does, or silence."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

Progress = Callable[[float, str], None]
"""Called with the share that is done (0-1) and what is being done now."""


@contextmanager
def progress(quiet: bool = False) -> Iterator[Progress]:
    """Where can a long work report how far it is? Everything goes to standard error."""
    if quiet:
        yield lambda share, what: None
    elif sys.stderr.isatty():
        with _bar() as report:
            yield report
    else:
        yield _lines()


@contextmanager
def _bar() -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=1.0)
        yield lambda share, what: bar.update(task, completed=share, description=what)


def _lines() -> Progress:
    said: set[str] = set()

    def say(share: float, what: str) -> None:
        if what not in said:
            said.add(what)
            click.echo(f"ictal: {what} ...", err=True)

    return say
