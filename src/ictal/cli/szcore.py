"""`ictal szcore`: one EDF file in, one SzCORE table out, as SzCORE's containers are asked (INPUT, OUTPUT)."""

from __future__ import annotations

import os
from pathlib import Path

import click

from ictal.base.errors import UsageError
from ictal.cli.options import DETECTOR

DATA, OUTPUT = Path("/data"), Path("/output")


@click.command()
@click.argument("recording", required=False, type=click.Path(path_type=Path))
@click.argument("table", required=False, type=click.Path(path_type=Path))
@DETECTOR
def szcore(recording: Path | None, table: Path | None, detector: str | None) -> None:
    """Find the seizures of one EDF file, and write them as one SzCORE table: what a SzCORE container runs.

    Without RECORDING and TABLE they are $INPUT below /data and $OUTPUT below /output. A table there is replaced.
    """
    import ictal.analysis
    from ictal.eeg.recording import read
    from ictal.exchange.tables import event_type
    from ictal.exchange.types import EventRow, Events
    from ictal.exchange.whole_file import write_whole
    from ictal.export.events import events_text
    from ictal.export.types import Item

    source, target = _named(recording, "INPUT", DATA), _named(table, "OUTPUT", OUTPUT)
    read_in = read(source)
    analysis = ictal.analysis.analyse(read_in, ictal.analysis.Settings(), detector=detector)
    rows = tuple(
        EventRow(s.start_s, s.stop_s, event_type(s.pattern), s.confidence, s.channels) for s in analysis.seizures
    )
    item = Item(source.stem, source, read_in, events=Events(rows), start=read_in.start)
    target.parent.mkdir(parents=True, exist_ok=True)
    write_whole(target, events_text(item, bids=False), overwrite=True)
    click.echo(f"{len(rows)} seizures are written to {target}.", err=True)


def _named(given: Path | None, variable: str, below: Path) -> Path:
    """The path that was given, else that of the variable, below the volume of its kind unless it is absolute."""
    if given is not None:
        return given
    named = os.environ.get(variable)
    if not named:
        raise UsageError(f"Nothing says which file is meant: give it, or set {variable} as SzCORE's containers do.")
    return below / named
