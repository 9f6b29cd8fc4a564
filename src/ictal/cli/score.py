"""`ictal score`: how far does a hypothesis agree with a reference?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ictal.cli.options import say_json

if TYPE_CHECKING:
    from ictal.scoring.agreement import Case

_PLACE = click.Path(exists=True, path_type=Path)


@click.command()
@click.option("--reference", required=True, type=_PLACE, help="What is taken as true: a folder or table, see above.")
@click.option("--hypothesis", required=True, type=_PLACE, help="What is asked about: the same.")
@click.option("--json", "as_json", is_flag=True, help="Print every number as JSON.")
def score(reference: Path, hypothesis: Path, as_json: bool) -> None:
    """Compare one set of seizures with a reference.

    Each of the two is a folder that `ictal analyse` or `ictal simulate` wrote (of a simulation the truth is taken), a
    SzCORE table of any tool, or a folder of such folders or of NAME_events.tsv files, which are paired by name, or by
    subject, session and run where their names say these.
    """
    from ictal.scoring.agreement import score_many
    from ictal.scoring.show import pooled_to_dict, scores_to_rows

    pooled = score_many(_cases(reference, hypothesis))
    if as_json:
        say_json(pooled_to_dict(pooled))
        return
    rows = scores_to_rows(pooled.together)
    width = max(len(asked) for asked, _ in rows)
    for asked, answer in rows:
        click.echo(f"{asked:<{width}}  {answer}")


command = score


def _cases(reference: Path, hypothesis: Path) -> list[Case]:
    """The recordings of the two, paired by name; a single table is paired with a single table whatever their names.

    Names that differ are paired as BIDS means them, where subject, session and run are enough for that: truth under
    `sub-7/ses-1/` with results under `sub-7_ses-1_task-monitoring_eeg-ictal/`.
    """
    from ictal.base.errors import TableError
    from ictal.exchange.tables import bids_name, find_tables

    here, there = find_tables(reference), find_tables(hypothesis)
    if set(here) != set(there):
        means, also = ({name: bids_name(name) for name in names} for names in (here, there))
        if all(all(m.values()) and len(set(m.values())) == len(m) for m in (means, also)):
            here, there = {means[n]: t for n, t in here.items()}, {also[n]: t for n, t in there.items()}
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
