"""`ictal export`: recordings, results and records in the field's standards, with identity or without."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ictal.base.errors import UsageError
from ictal.cli.studies import STUDY, opened

if TYPE_CHECKING:
    from ictal.export.types import Case, Written

FORMATS = ("edf", "bids", "szcore", "hed", "score", "phenopacket", "fhir", "csv", "json")


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="RECORDING|RESULTS|INFANT...")
@click.option("--format", "form", type=click.Choice(FORMATS), help="In which standard [default: edf, or phenopacket].")
@click.option("--out", type=click.Path(path_type=Path), help="A new folder, or one file by its ending.")
@click.option("--recording", type=click.Path(path_type=Path), help="The EEG file of the results, or a folder of them.")
@click.option("--results", type=click.Path(path_type=Path), help="The folder of results of the EEG file.")
@click.option("--overwrite", is_flag=True, help="Replace the one file if it is there.")
@STUDY
def export(sources: tuple[str, ...], **said: Any) -> None:
    """Write recordings, results or the record of a child for other programs, in one of the field's standards.

    \b
    ictal export night.edf --results night-ictal --out marked.edf       EDF+ with our marks as annotations
    ictal export night-ictal --recording night.edf --format bids --out dataset
    ictal export night-ictal --format szcore|hed|score --out DIR
    ictal export inf-1 --format phenopacket|fhir|csv|json --out inf-1.json

    What a standard cannot hold is listed on standard error. docs/standards.md has a table of them.
    """
    case = _case(sources, said)
    form = said["form"] or ("edf" if case.items else "phenopacket")
    written = _written(case, form, _place(said["out"], sources, form), said["overwrite"])
    for sentence in written.left_out:
        click.echo(f"ictal: not in the {form}: {sentence}", err=True)


def _case(sources: tuple[str, ...], said: dict[str, Any]) -> Case:
    """What the words name: paths first, then an infant of the study."""
    from ictal.export.sources import case_of, is_record
    from ictal.export.types import Case

    paths = [Path(word) for word in sources]
    if not any(p.exists() for p in paths) and len(paths) == 1 and not paths[0].suffix and "/" not in sources[0]:
        return Case(infant=opened(said["place"]).infant(sources[0]))
    if is_record(paths[0]):
        return Case(infant=_infant_of(paths[0]))
    return case_of(paths, said["recording"], said["results"])


def _infant_of(path: Path) -> Any:
    from ictal.exchange.child import read_json
    from ictal.exchange.child_csv import read_csv

    read = read_json(path) if path.suffix.lower() == ".json" else read_csv(path, None)
    if len(read.infants) != 1:
        raise UsageError(f"'{path.name}' tells of {len(read.infants)} infants: give a file with one.")
    return read.infants[0]


def _place(out: Path | None, sources: tuple[str, ...], form: str) -> Path:
    if out is not None:
        return out
    return Path(f"{Path(sources[0]).name.rsplit('.', 1)[0]}-{form}")


def _written(case: Case, form: str, out: Path, overwrite: bool) -> Written:
    """Write into a folder, or one file where `out` has the ending of one; whole or not at all."""
    from ictal.exchange.folder import whole_folder
    from ictal.exchange.whole_file import publish
    from ictal.export.write import ENDINGS, write

    if out.suffix.lower() not in ENDINGS[form]:
        with whole_folder(out) as folder:
            written = write(folder, case, form)
        click.echo(f"{len(written.files)} files are in {out}.", err=True)
        return written
    with publish(out, overwrite) as folder:
        written = write(folder, case, form)
    click.echo(f"Written to {out}.", err=True)
    return written
