"""One command for each kind of entry, made from the record itself: its fields are the options."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ictal.base.errors import EntryError, UsageError
from ictal.cli.studies import STUDY, WHO, age_on, name_of_user, opened, say_flags
from ictal.infant.timeline.reading import ENTRY_NAMES, entry_from
from ictal.infant.timeline.types import Entry, Recording, name_of

if TYPE_CHECKING:
    from ictal.infant.timeline.types import AnyEntry
    from ictal.study import Study

_HELP = {
    "age_days": "Days since birth.",
    "source": "Who told it: parents, letter, chart, ...",
    "note": "Free text; it names nobody.",
    "dose": "Amount and unit, as `5 mg/kg/day`; `3:1` for a diet.",
    "by_kind": "Seizures by kind, as `tonic=3; clonic=1`.",
    "autonomic": "Autonomic signs looked for, as `apnoea=yes; cyanosis=no`.",
    "hpo_id": "An HPO id or name; `ictal infant terms WORDS` finds them.",
    "digest": "SHA-256 of the file; --file takes it by itself.",
}
_DATE = click.Option(["--date"], metavar="DATE", help="Instead of the age, when the study knows the birth date.")


def adding(pseudonym: str, kind: str) -> click.Command:
    """The command that adds an entry of this kind. Raises `EntryError` when there is no such kind."""
    if kind not in ENTRY_NAMES:
        entry_from({"entry": kind})  # says which kinds there are

    def run(**told: str | None) -> None:
        study, who = opened(told.pop("place")), name_of_user(told.pop("who"))
        if kind == "recording" and (told.get("file") or told.get("results")):
            _attach(study, pseudonym, told, who)
            return
        words = {field: text for field, text in _words(study, pseudonym, told).items() if text is not None}
        added = study.add(pseudonym, _entry(kind, words), who=who)
        click.echo(f"Entry {added.keys[0]}: added." if added.keys else "This entry was in the record already.")
        say_flags(added.flagged)

    return _command(kind, f"Add an entry '{kind}' to the record of {pseudonym}.", ENTRY_NAMES[kind], run)


def correcting(key: str, place: str | None) -> click.Command:
    """The command that corrects the entry of this key."""
    from ictal.base.errors import StudyError
    from ictal.exchange.entry_words import words_of

    found = [(one.pseudonym, e) for one in opened(place).infants() for e in one.entries if e.id == key]
    if not found:
        raise StudyError(f"There is no entry '{key}' in this study: `ictal infant show` prints the keys.")
    pseudonym, entry = found[0]

    def run(**told: str | None) -> None:
        study, who = opened(told.pop("place")), name_of_user(told.pop("who"))
        given = {field: text for field, text in _words(study, pseudonym, told).items() if text is not None}
        if not given:
            raise UsageError("Nothing is changed: give the fields that differ.")
        kept = {f: t for f, t in words_of(entry).items() if f not in given and f.partition(".")[0] not in given}
        changed = study.change(key, _entry(name_of(entry), kept | given), who)
        click.echo(f"Entry {key}: changed; the older one is in the history.")
        say_flags(changed.flagged)

    return _command(key, f"Correct entry {key} of {pseudonym}.", type(entry), run)


def from_file(pseudonym: str) -> click.Command:
    """The command that takes the entries of one child from a file."""
    from ictal.cli.taking import read_file, take_all

    def run(file: Path, columns: str | None, kind: str | None, **told: str | None) -> None:
        study = opened(told["place"])
        study.infant(pseudonym)
        read = read_file(file, columns, kind, pseudonym, study)
        raise click.exceptions.Exit(take_all(study, read, name_of_user(told["who"]), say_flags))

    command = click.Command("--from", callback=run, help=f"Add the entries of a file to the record of {pseudonym}.")
    place = click.Path(path_type=Path, exists=True, dir_okay=False)
    command.params = [
        click.Option(["--from", "file"], required=True, type=place, help="A CSV, a Phenopacket, or JSON of an export."),
        click.Option(["--columns"], metavar="FIELD=COLUMN,...", help="Which column of a CSV is which field."),
        click.Option(["--entry", "kind"], metavar="KIND", help="The kind of every row of a CSV without `entry`."),
    ]
    return STUDY(WHO(command))


def _command(name: str, text: str, kind: type[Entry], run: Any) -> click.Command:
    from ictal.exchange.entry_words import field_names

    command = click.Command(name, callback=run, help=text)
    options = [_option(kind, field) for field in sorted(field_names(kind), key=lambda f: f in ("source", "note"))]
    if name == "recording":
        path = click.Path(path_type=Path)
        options.append(click.Option(["--file"], type=path, help="The EEG file: it stays where it is."))
        options.append(click.Option(["--results"], type=path, help="What `ictal analyse` wrote about it."))
    command.params = [*options, _DATE]
    return STUDY(WHO(command))


def _option(kind: type[Entry], field: str) -> click.Option:
    from ictal.exchange.entry_words import choices

    words = choices(kind, field)
    plain = f"One of: {'; '.join(words)}." if words else field.replace("_", " ").replace(".", ", ") + "."
    name = field.replace("_", "-").replace(".", "-")
    return click.Option([f"--{name}", field.replace(".", "__")], help=_HELP.get(field, plain))


def _words(study: Study, pseudonym: str, told: dict[str, str | None]) -> dict[str, str | None]:
    """The fields that were given, the age from a date if need be."""
    day = told.pop("date", None)
    if day is not None:
        if told.get("age_days") is not None:
            raise UsageError("Give --age-days or --date, not both.")
        told["age_days"] = f"{age_on(day, study, pseudonym):g}"
    return {field.replace("__", "."): text for field, text in told.items() if field not in ("file", "results")}


def _entry(kind: str, words: dict[str, str]) -> AnyEntry:
    """The entry that these words mean; a feature by the id or the name of its HPO term."""
    from ictal.exchange import hpo
    from ictal.exchange.entry_words import entry_of_words

    if kind == "feature" and (words.get("hpo_id") or words.get("label")):
        term = hpo.term(words.get("hpo_id") or words["label"])
        words = {**words, "hpo_id": term.id, "label": words.get("label") or term.name}
    return entry_of_words(kind, words)


def _attach(study: Study, pseudonym: str, told: dict[str, Any], who: str) -> None:
    """Make a recording known with its findings, and give it its place in the record."""
    from ictal.exchange.entry_words import entry_of_words, words_of
    from ictal.study.recordings import recording_from

    file, results = told.get("file"), told.get("results")
    words = {field: text for field, text in _words(study, pseudonym, told).items() if text is not None}
    given = [field for field in words if field == "digest" or field.startswith("found.")]
    if given:
        raise EntryError(f"'{given[0]}' is read from --file and --results: leave it out.")
    asked = entry_of_words("recording", words)
    kept, found, entry = recording_from(study.infant(pseudonym), asked.age_days, file, results)
    words = {**words_of(entry), **words}
    placed = entry_of_words("recording", words)
    flagged = study.attach(kept, found, who, placed if isinstance(placed, Recording) else None)
    click.echo(f"Recording {kept.digest[:12]} is attached to {pseudonym}.")
    say_flags(flagged)
