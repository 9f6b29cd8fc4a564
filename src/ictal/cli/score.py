"""`ictal score`: how far does a hypothesis agree with a reference?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ictal.scoring.agreement import Case

_PLACE = click.Path(exists=True, path_type=Path)


@click.command()
@click.option("--reference", required=True, type=_PLACE, help="What is taken as true: a folder or table, see above.")
@click.option("--hypothesis", required=True, type=_PLACE, help="What is asked about: the same.")
@click.option("--json", "as_json", is_flag=True, help="Print every number as JSON.")
def score(reference: Path, hypothesis: Path, as_json: bool) -> None:
    """Compare one set of seizures with a reference.

    Each of the two is a folder that `ictal analyse` or `ictal simulate` wrote, a SzCORE table of any tool, or a folder
    of such folders or of NAME_events.tsv files, which are paired by name.
    """
    from ictal.scoring.agreement import score_many
    from ictal.scoring.show import pooled_to_dict, scores_to_rows

    pooled = score_many(_cases(reference, hypothesis))
    if as_json:
        click.echo(json.dumps(pooled_to_dict(pooled), indent=2, allow_nan=False))
        return
    rows = scores_to_rows(pooled.together)
    width = max(len(asked) for asked, _ in rows)
    for asked, answer in rows:
        click.echo(f"{asked:<{width}}  {answer}")


command = score


def _cases(reference: Path, hypothesis: Path) -> list[Case]:
    """The recordings of the two, paired by name; a single table is paired with a single table whatever their names."""
    from ictal.base.errors import TableError
    from ictal.exchange.tables import find_tables

    here, there = find_tables(reference), find_tables(hypothesis)
    if len(here) == len(there) == 1:
        return [_case(next(iter(here)), *here.values(), *there.values())]
    for known, other, place in ((here, there, hypothesis), (there, here, reference)):
        missing = sorted(set(known) - set(other))
        if missing:
            raise TableError(
                f"There is no table of recording '{missing[0]}' in {place} ({len(missing)} of {len(known)} missing): "
                "both must have the same recordings, and a recording without seizures has a table with a 'bckg' row."
            )
    return [_case(name, table, there[name]) for name, table in here.items()]


def _case(name: str, reference: Path, hypothesis: Path) -> Case:
    from ictal.base.errors import TableError
    from ictal.exchange.tables import read_events
    from ictal.scoring.agreement import Case

    here, there = read_events(reference), read_events(hypothesis)
    lengths = [e.recording_duration_s for e in (here, there) if e.recording_duration_s is not None]
    if not lengths:
        raise TableError(
            f"Neither {reference} nor {hypothesis} says how long the recording is: one of them needs the column "
            "recordingDuration, because false detections are counted per hour."
        )
    if max(lengths) - min(lengths) > 1:
        raise TableError(
            f"{reference} is of a recording of {lengths[0]:g} s and {hypothesis} of one of {lengths[1]:g} s: "
            "score tables of the same recording."
        )
    return Case(name, here.rows, there.rows, lengths[0])
