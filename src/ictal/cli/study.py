"""`ictal study`: make a study, list who is in it, verify its history, tell it who is behind a pseudonym."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from ictal.base.errors import StudyError, UsageError
from ictal.cli.options import AS_JSON, say_json
from ictal.cli.studies import (
    KEY,
    KEY_FILE,
    STUDY,
    changing,
    date_of,
    name_of_user,
    named_study,
    opened,
    say_flags,
    typed_key,
)


@click.group()
def study() -> None:
    """Make a study of infants, and look after its store and history.

    A study is a folder with a store in SQLite, or a database of PostgreSQL. Infants are in it under pseudonyms.
    """


@study.command("init")
@click.argument("folder")
@click.option("--store", metavar="URL", help="Keep it in PostgreSQL: postgresql://USER@HOST/DATABASE.")
@click.option("--encrypt", is_flag=True, help="Encrypt the store, by the key of --key-file or one that you type.")
@KEY
def init(folder: str, store: str | None, encrypt: bool) -> None:
    """Make a new study in FOLDER, which is not there yet or empty. FOLDER may also be the URL of a database.

    Whoever loses the key of an encrypted study loses the study: nobody can open it then.
    """
    from ictal.study import create_study

    create_study(folder, store, _new_key(os.environ.get(KEY_FILE)) if encrypt else None)
    where = "that database" if "://" in folder else folder
    click.echo(f"A new study is in '{where}'. Next: ictal infant new PSEUDONYM --study {where}")


@study.command("show")
@STUDY
@AS_JSON
def show(place: str | None, as_json: bool) -> None:
    """List the infants of the study."""
    from ictal.cli.table import aligned

    infants = opened(place).infants()
    rows = [
        (
            one.pseudonym,
            one.sex,
            "not captured" if one.gestation_weeks is None else f"{one.gestation_weeks:g}",
            str(len(one.entries)),
            "simulated" if one.simulated else "",
        )
        for one in infants
    ]
    heads = ("pseudonym", "sex", "gestation_weeks", "entries", "")
    if as_json:
        say_json([dict(zip(("pseudonym", "sex", "gestation_weeks", "entries"), row[:4], strict=True)) for row in rows])
        return
    click.echo("\n".join(aligned([heads, *rows])) if rows else "The study has no infant yet: `ictal infant new`.")


@study.command("verify")
@click.option("--noted", metavar="DIGEST", help="A digest that an earlier run gave: it must be in the history.")
@STUDY
@AS_JSON
def verify(place: str | None, noted: str | None, as_json: bool) -> None:
    """Check that the history is whole and leads to what the study holds now.

    Note the digest that it prints in another place: it shows later that the end of the history was not cut off. Exit
    code 3 when the history does not hold.
    """
    found = opened(place).verify(noted)
    if as_json:
        say_json({"holds": found.holds, "changes": found.changes, "head": found.head, "problems": found.problems})
    elif found.holds:
        click.echo(f"The history holds: {found.changes} changes, the last is {found.head}")
    if not found.holds:
        for sentence in found.problems if not as_json else ():
            click.echo(sentence)
        raise StudyError(
            f"The history does not hold ({len(found.problems)} problem{'s' * (len(found.problems) > 1)}): compare the "
            "study with a copy from before."
        )


@study.command("history")
@click.argument("pseudonym", required=False)
@STUDY
@AS_JSON
def history(place: str | None, pseudonym: str | None, as_json: bool) -> None:
    """Say who changed what, when, and what stood before; of one infant, or of all."""
    changes = opened(place).history(pseudonym)
    if as_json:
        say_json([{name: getattr(one, name) for name in one.__slots__} | {"verb": one.verb} for one in changes])
        return
    for one in changes:
        click.echo(f"{one.number}  {one.at}  {one.who}  {one.verb} {one.subject} {one.key} of {one.pseudonym}")
        for word, text in (("before", one.before), ("after", one.after)):
            if text is not None and one.subject != "findings":
                click.echo(f"    {word:<6} {text}")


@study.command("identify")
@click.argument("pseudonym")
@click.option("--born", metavar="DATE", help="Birth date, as YYYY-MM-DD; entries can then be given by date.")
@click.option("--name", default="", help="The name of the child.")
@click.option("--hospital-id", default="", help="The number of the child in the hospital.")
@click.option("--forget", is_flag=True, help="Take what is known out of the study, for good.")
@changing
def identify(pseudonym: str, born: str | None, name: str, hospital_id: str, forget: bool, **told: str | None) -> None:
    """Keep who is behind a pseudonym, apart from everything else; or forget it.

    Optional. It stands in a table of its own, in no export, and the history says that it was told and never what.
    """
    from ictal.study.store import Identity

    said = Identity(birth_date=None if born is None else date_of(born, "--born"), name=name, hospital_id=hospital_id)
    if forget == (said != Identity()):
        raise UsageError("Give what is known (--born, --name, --hospital-id), or --forget, and not both.")
    opened(told["place"]).identify(pseudonym, None if forget else said, name_of_user(told["who"]))
    click.echo(f"{'Forgotten' if forget else 'Kept apart'}: who is behind '{pseudonym}'.")


@study.command("backup")
@click.argument("folder", type=click.Path(path_type=Path))
@STUDY
def backup(folder: Path, place: str | None) -> None:
    """Copy the store of the study, as it is at this moment, into the new FOLDER. An encrypted one stays so.

    Others may write meanwhile. Recordings are files beside the store: copy them as files.
    """
    from ictal.study.place import backup_study

    named, key = named_study(place)
    backup_study(named, folder, key)
    click.echo(f"The study is copied to '{folder}'.")


@study.command("encrypt")
@click.option("--new-key-file", metavar="FILE", help="Holds the new key [default: it is asked for].")
@STUDY
def encrypt(new_key_file: str | None, place: str | None) -> None:
    """Encrypt the store of the study, or (when it is encrypted) change its key. Stop its server first.

    Whoever loses the key loses the study. Recordings and results are files of their own and stay as they are, as do
    copies that were made before.
    """
    from ictal.study.place import convert_study

    named, key = named_study(place)
    convert_study(named, key, _new_key(new_key_file))
    click.echo("The store of the study is encrypted. Keep its key in two places: without it nobody can open the study.")


@study.command("decrypt")
@STUDY
def decrypt(place: str | None) -> None:
    """Keep the store of the study as a plain file of SQLite from now on. Stop its server first."""
    from ictal.study.place import convert_study

    named, key = named_study(place)
    convert_study(named, key, None)
    click.echo("The store of the study is a plain file of SQLite.")


def _new_key(file: str | None) -> str:
    from ictal.study.cipher import checked, words_of

    if file is not None:
        return words_of(Path(file))
    if not sys.stdin.isatty():
        raise UsageError("There is no terminal to ask for a new key: name a file that holds it.")
    return checked(typed_key(new=True))


@study.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--columns", metavar="FIELD=COLUMN,...", help="Which column of a CSV is which field (docs/study.md).")
@click.option("--entry", "kind", metavar="KIND", help="The kind of every row of a CSV without a column for it.")
@changing
def take(file: Path, columns: str | None, kind: str | None, **told: str | None) -> None:
    """Take in the infants of a CSV, a Phenopacket, or a file that `ictal infant export --to json` wrote.

    What was there already is not added again. A row or part that cannot be is left out and named, with exit code 3.
    """
    from ictal.cli.taking import read_file, take_all

    known = opened(told["place"])
    read = read_file(file, columns, kind, None, known)
    raise click.exceptions.Exit(take_all(known, read, name_of_user(told["who"]), say_flags))
