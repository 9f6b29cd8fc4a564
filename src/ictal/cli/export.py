"""`ictal export`: recordings, results and records in the field's standards, with identity or without."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from ictal.base.errors import UsageError
from ictal.cli.options import AS_JSON, OVERWRITE, say_json
from ictal.cli.studies import STUDY, opened

if TYPE_CHECKING:
    from ictal.export.audit import Searched
    from ictal.export.identity import Known
    from ictal.export.types import Case, Written

FORMATS = ("edf", "bids", "szcore", "hed", "score", "results", "phenopacket", "fhir", "csv", "json")


class Asked(NamedTuple):
    """What the command line names, and what was known of the child there."""

    case: Case
    known: Known


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="RECORDING|RESULTS|INFANT...")
@click.option("--format", "form", type=click.Choice(FORMATS), help="In which standard [default: edf, or phenopacket].")
@click.option("--out", type=click.Path(path_type=Path), help="A new folder, or one file by its ending.")
@click.option("--recording", type=click.Path(path_type=Path), help="The EEG file of the results, or a folder of them.")
@click.option("--results", type=click.Path(path_type=Path), help="The folder of results of the EEG file.")
@click.option("--deidentify", is_flag=True, help="Take identity out, then search what was written for what was known.")
@click.option("--subject", metavar="NAME", help="With --deidentify: the pseudonym [default: one made from the key].")
@click.option("--known", type=click.Path(path_type=Path), help="File of what else names the child, one thing a line.")
@click.option("--not-identity", "ordinary", multiple=True, metavar="WORD", help="An ordinary word, not to be searched.")
@click.option("--key", type=click.Path(path_type=Path), help="Key of pseudonyms and shifts [default: ~/.config/ictal].")
@OVERWRITE
@STUDY
@AS_JSON
def export(sources: tuple[str, ...], form: str | None, out: Path | None, **said: Any) -> None:
    """Write recordings, results or the record of a child for other programs, in one of the field's standards.

    \b
    ictal export night.edf --results night-ictal --out marked.edf       EDF+ with our marks as annotations
    ictal export night-ictal --recording night.edf --format bids --out dataset
    ictal export night-ictal --format szcore --out DIR                  or hed, score
    ictal export inf-1 --format phenopacket --out inf-1.json            or fhir, csv, json
    ictal export night.edf --deidentify --known names.txt --out DIR

    SOURCES are EEG files, folders of results, or an infant: its pseudonym in the study, or a CSV or JSON of its record.
    What a standard cannot hold is listed on standard error; docs/standards.md has a table of that.
    """
    asked = _asked(sources, form, said)
    if said["deidentify"]:
        forms = (form,) if form is not None else _all_forms(asked.case)
        _deidentified(asked, forms, out, said)
        return
    for option in ("subject", "known", "key"):
        if said[option] is not None:
            raise UsageError(f"--{option} goes with --deidentify: add that, or leave it out.")
    chosen = form or ("edf" if asked.case.items else "phenopacket")
    place = out or Path(f"{Path(sources[0]).name.rsplit('.', 1)[0]}-{chosen}")
    written, _ = _written(asked.case, (chosen,), place, said["overwrite"])
    _say(written, place, said["as_json"])


def _asked(sources: tuple[str, ...], form: str | None, said: dict[str, Any]) -> Asked:
    """What the words name: paths first, then an infant of the study."""
    from ictal.export.identity import Known, of_record
    from ictal.export.sources import case_of, is_record
    from ictal.export.types import Case

    paths = [Path(word) for word in sources]
    if len(paths) == 1 and not paths[0].exists() and not paths[0].suffix and paths[0].name == sources[0]:
        return _of_study(sources[0], said["place"], said["deidentify"] or form in ("edf", "bids"))
    if is_record(paths[0]):
        if len(paths) > 1:
            raise UsageError("The record of one child is exported at a time: name one file.")
        return Asked(Case(infant=_infant_of(paths[0])), of_record(paths[0]))
    return Asked(case_of(paths, said["recording"], said["results"]), Known())


def _of_study(pseudonym: str, place: str | None, with_recordings: bool) -> Asked:
    """An infant of the study, with those of its recordings whose files are still where they were."""
    from ictal.export.identity import Known, of_names
    from ictal.export.sources import of_recording
    from ictal.export.types import Case

    study = opened(place)
    infant = study.infant(pseudonym)
    identity = study.identity(pseudonym)
    known = Known() if identity is None else of_names(identity.name, identity.hospital_id, identity.birth_date)
    kept = [Path(r.path) for r in study.recordings(pseudonym) if r.path is not None] if with_recordings else []
    items = tuple(of_recording(path) for path in kept if path.is_file())
    for path in kept:
        if not path.is_file():
            click.echo(f"ictal: the recording '{path.name}' is no longer where it was, and is left out.", err=True)
    return Asked(Case(items=items, infant=infant), known)


def _infant_of(path: Path) -> Any:
    from ictal.exchange.child import read_json
    from ictal.exchange.child_csv import read_csv

    read = read_json(path) if path.suffix.lower() == ".json" else read_csv(path)
    for sentence in read.refused:
        click.echo(f"ictal: not taken: {sentence}", err=True)
    if len(read.infants) != 1:
        raise UsageError(f"'{path.name}' tells of {len(read.infants)} infants: give a file with one.")
    return read.infants[0]


def _all_forms(case: Case) -> tuple[str, ...]:
    """All that can be written of a case without identity."""
    forms = [("edf", any(i.path is not None for i in case.items)), ("results", any(i.events for i in case.items))]
    forms += [(form, case.infant is not None) for form in ("json", "phenopacket")]
    return tuple(form for form, there in forms if there)


def _deidentified(asked: Asked, forms: tuple[str, ...], out: Path | None, said: dict[str, Any]) -> None:
    from ictal.export.deidentify import Asked as How
    from ictal.export.deidentify import deidentify
    from ictal.export.identity import Known, of_file
    from ictal.export.shift import default_key, read_key

    if out is None:
        raise UsageError("--deidentify needs --out, since a name made from the source would tell what it was called.")
    key = said["key"] or default_key()
    more = Known() if said["known"] is None else of_file(said["known"])
    how = How(read_key(key), said["subject"], asked.known | more, said["ordinary"])
    told = deidentify(asked.case, how)
    written, searched = _written(told.case, forms, out, said["overwrite"], told.known)
    for sentence in told.said:
        click.echo(f"ictal: {sentence}", err=True)
    if searched is not None:
        kinds = f" ({', '.join(searched.kinds)})" if searched.kinds else ""
        click.echo(
            f"Searched {searched.bytes} bytes in {searched.files} files for {searched.things} things{kinds}: nothing "
            f"found. The key is '{key}': keep it secret, and keep it.",
            err=True,
        )
    _say(written, out, said["as_json"], searched)


def _written(
    case: Case, forms: tuple[str, ...], out: Path, overwrite: bool, known: Known | None = None
) -> tuple[Written, Searched | None]:
    """Write into a folder, or one file where `out` has the ending of one; whole or not at all, searched before."""
    from ictal.exchange.folder import whole_folder
    from ictal.exchange.whole_file import only_file
    from ictal.export.audit import audit
    from ictal.export.types import Written
    from ictal.export.write import ENDINGS, write

    endings = {ending for form in forms for ending in ENDINGS[form]}
    one = out.suffix.lower() in endings
    with only_file(out, overwrite) if one else whole_folder(out) as folder:
        done = [write(folder, case, form) for form in forms]
        searched = None if known is None else audit(folder, known, out.name)
    files = tuple(dict.fromkeys(name for w in done for name in w.files))
    return Written((out.name,) if one else files, tuple(s for w in done for s in w.left_out)), searched


def _say(written: Written, out: Path, as_json: bool, searched: Searched | None = None) -> None:
    for sentence in written.left_out:
        click.echo(f"ictal: left out: {sentence}", err=True)
    click.echo(f"{len(written.files)} {'file is' if len(written.files) == 1 else 'files are'} in {out}.", err=True)
    if as_json:
        from dataclasses import asdict

        audit = None if searched is None else asdict(searched)
        say_json({"out": str(out), "files": written.files, "left_out": written.left_out, "audit": audit})
