"""`ictal infant`: the record of one child, from birth on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ictal.base.errors import UsageError
from ictal.cli.options import AS_JSON, OVERWRITE, say_json
from ictal.cli.seal import ENCRYPT_TO, deliver
from ictal.cli.studies import (
    STUDY,
    changing,
    date_of,
    name_of_user,
    opened,
    say_flags,
    weeks_of,
)

if TYPE_CHECKING:
    from ictal.infant.timeline.types import AnyEntry, Infant

FORMATS = ("phenopacket", "csv", "json", "fhir")


@click.group()
def infant() -> None:
    """Keep the record of one child: take in, add, show, draw, export.

    Infants are known by a pseudonym in a study (`ictal study init FOLDER`). Ages are days since birth.
    """


@infant.command("new")
@click.argument("pseudonym")
@click.option("--sex", default="not captured", help="female, male, other, or leave it out when it is not known.")
@click.option("--gestation-weeks", metavar="WEEKS", help="Weeks at birth, as 32 or 32+4.")
@click.option("--plurality", default="not captured", help="singleton, twin, triplet, more.")
@click.option("--born", metavar="DATE", help="Birth date: kept apart, with identities; entries can then have dates.")
@click.option("--simulated", is_flag=True, help="This is a simulated infant.")
@changing
def new(pseudonym: str, **told: Any) -> None:
    """Take a new child into the study, under PSEUDONYM. Twins have a pseudonym each."""
    from ictal.infant.timeline.reading import infant_from
    from ictal.study.store import Identity

    head = {"pseudonym": pseudonym, "sex": told["sex"], "plurality": told["plurality"], "simulated": told["simulated"]}
    taken = infant_from({**head, "gestation_weeks": weeks_of(told["gestation_weeks"])})
    born = None if told["born"] is None else date_of(told["born"], "--born")
    study, who = opened(told["place"]), name_of_user(told["who"])
    study.new(taken, who)
    if born is not None:
        study.identify(pseudonym, Identity(birth_date=born), who)
    click.echo(f"{pseudonym} is in the study. Next: ictal infant add {pseudonym} growth --age-days 0 --head-cm 34")


@infant.command("describe")
@click.argument("pseudonym")
@click.option("--sex", help="female, male, other, or `not captured`.")
@click.option("--gestation-weeks", metavar="WEEKS", help="Weeks at birth, as 32 or 32+4.")
@click.option("--plurality", help="singleton, twin, triplet, more, or `not captured`.")
@changing
def describe(pseudonym: str, **told: str | None) -> None:
    """Correct what holds for good of a child: sex, gestation, plurality. What stood before stays in the history."""
    from ictal.exchange.entry_words import mapping_of
    from ictal.infant.timeline.reading import infant_from

    study = opened(told["place"])
    given: dict[str, Any] = {k: told[k] for k in ("sex", "plurality") if told[k] is not None}
    if told["gestation_weeks"] is not None:
        given["gestation_weeks"] = weeks_of(told["gestation_weeks"])
    if not given:
        raise UsageError("Nothing is changed: give --sex, --gestation-weeks or --plurality.")
    study.describe(infant_from(mapping_of(study.infant(pseudonym)) | given), name_of_user(told["who"]))
    click.echo(f"{pseudonym} is described anew; what stood before is in the history.")


@infant.command("add", context_settings={"allow_interspersed_args": False})
@click.argument("pseudonym")
@click.argument("kind", required=False, metavar="KIND")
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="[--FIELD VALUE]...")
@changing
def add(pseudonym: str, kind: str | None, words: tuple[str, ...], **told: str | None) -> None:
    """Add one entry to the record of PSEUDONYM, or (with --from) those of a file.

    \b
    ictal infant add inf-1 growth --age-days 91 --head-cm 34.5
    ictal infant add inf-1 treatment --age-days 40 --name phenobarbital --dose "5 mg/kg/day"
    ictal infant add inf-1 recording --age-days 91 --file night.edf --results night-ictal
    ictal infant add inf-1 --from growth.csv --columns age_days=Alter,head_cm=KU --entry growth

    KIND is admission, death, development, diary, dose, ecg, family, feature, feeding, growth, level, milestone,
    recording, semiology, status, test, treatment, variant, vision or visit; `ictal infant add PSEUDONYM KIND --help`
    says what each can have.
    """
    from ictal.cli.entries import adding, from_file

    rest = list(words)
    while kind in ("--study", "--who", "--key-file") and len(rest) > 1:  # options before the kind go behind it
        kind, rest = rest[1], [*rest[2:], kind, rest[0]]
    if kind is None:
        raise UsageError("What is to be added? Give a kind of entry (growth, diary, treatment, ...) or --from FILE.")
    command = from_file(pseudonym) if kind.startswith("-") else adding(pseudonym, kind)
    rest = [kind, *rest] if kind.startswith("-") else rest
    for option, value in (("--study", told["place"]), ("--who", told["who"])):
        rest += [option, value] if value is not None and option not in rest else []
    with command.make_context(f"ictal infant add {pseudonym} {kind}", rest) as context:
        command.invoke(context)


@infant.command("change", context_settings={"allow_interspersed_args": False})
@click.argument("key")
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="[--FIELD VALUE]...")
@changing
def change(key: str, words: tuple[str, ...], **told: str | None) -> None:
    """Correct the entry of KEY (`ictal infant show` prints the keys): the fields given replace those it had.

    `--FIELD ""` takes a field out. The older entry stays in the history.
    """
    from ictal.cli.entries import correcting

    rest = list(words)
    for option, value in (("--study", told["place"]), ("--who", told["who"])):
        rest += [option, value] if value is not None and option not in rest else []
    command = correcting(key, _place_in(rest))
    with command.make_context(f"ictal infant change {key}", rest) as context:
        command.invoke(context)


@infant.command("remove")
@click.argument("key")
@changing
def remove(key: str, **told: str | None) -> None:
    """Take the entry of KEY out of the record; it stays in the history."""
    opened(told["place"]).remove(key, name_of_user(told["who"]))
    click.echo(f"Entry {key} is out of the record, and kept in the history.")


@infant.command("show")
@click.argument("pseudonym")
@STUDY
@AS_JSON
def show(pseudonym: str, place: str | None, as_json: bool) -> None:
    """Show what is known of a child: its entries with their keys, and what should be looked at."""
    from ictal.exchange.entry_words import mapping_of
    from ictal.infant.timeline.checks import problems

    found = opened(place).infant(pseudonym)
    wrong = [f"{problem.severity}: {problem.sentence}" for problem in problems(found)]
    if as_json:
        say_json({"infant": mapping_of(found), "problems": wrong})
        return
    click.echo(_head(found))
    click.echo("\n".join(_lines(found)) if found.entries else "No entry yet: `ictal infant add`.")
    say_flags(tuple(wrong))


@infant.command("timeline")
@click.argument("pseudonym")
@click.option("--svg", type=click.Path(path_type=Path, dir_okay=False), help="Draw the course into this file (SVG).")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Write the course as one offline page.")
@OVERWRITE
@STUDY
@AS_JSON
def timeline(
    pseudonym: str, svg: Path | None, html: Path | None, overwrite: bool, place: str | None, as_json: bool
) -> None:
    """Show the course by age: every entry with its postmenstrual and corrected age, and what they come to.

    --svg draws it: burden, seizures by kind, head circumference, milestones, treatments, recordings. --html puts the
    drawing and every answer into one page that opens offline.
    """
    from ictal.infant.overview import overview, overview_lines

    found = opened(place).infant(pseudonym)
    if svg is not None:
        from ictal.exchange.whole_file import write_whole
        from ictal.report.timeline import timeline_figure

        write_whole(svg, str(timeline_figure(overview(found))) + "\n", overwrite)
        click.echo(f"The course of {pseudonym} is drawn in {svg}.", err=True)
    if html is not None:
        from ictal.exchange.whole_file import write_whole
        from ictal.report.infant_page import render_infant

        write_whole(html, render_infant(overview(found)), overwrite)
        click.echo(f"The course of {pseudonym} is written to {html}.", err=True)
    if as_json:
        say_json([_placed(found, entry) for entry in found.in_order])
        return
    click.echo(_head(found))
    if not found.entries:
        click.echo("No entry yet: `ictal infant add`.")
        return
    click.echo("\n".join([*_lines(found, ages=True), "", *overview_lines(overview(found))]))


@infant.command("export")
@click.argument("pseudonym")
@click.option("--to", "form", type=click.Choice(FORMATS), default="phenopacket", help="In which form.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="The file [default: standard output].")
@OVERWRITE
@ENCRYPT_TO
@STUDY
def export(pseudonym: str, form: str, out: Path | None, overwrite: bool, **asked: Any) -> None:
    """Write the record of PSEUDONYM for other programs; what the form cannot hold is listed on standard error.

    No identity is written, whatever the study knows. With --encrypt-to only the owners of those keys can read it
    (`age -d -i KEY FILE`).
    """
    from ictal.exchange.child import exported

    text, left_out = exported(opened(asked["place"]).infant(pseudonym), form)
    for sentence in left_out:
        click.echo(f"ictal: not in the {form}: {sentence}", err=True)
    deliver(text, asked["encrypt_to"], out, overwrite)
    if out is not None:
        click.echo(f"{pseudonym} is written to {out}.", err=True)


@infant.command("terms")
@click.argument("words", nargs=-1, required=True)
@click.option("--most", default=10, type=click.IntRange(1, 100), help="How many at most.")
@AS_JSON
def terms(words: tuple[str, ...], most: int, as_json: bool) -> None:
    """Find HPO terms: those whose names begin with or have these words, else those spelt nearly so."""
    from ictal.exchange import hpo

    found = hpo.suggest(" ".join(words), most)
    if as_json:
        say_json({"release": hpo.release(), "terms": [{"hpo_id": t.id, "label": t.name} for t in found]})
    elif found:
        click.echo("\n".join([*(f"{t.id}  {t.name}" for t in found), hpo.release()]))
    else:
        click.echo(f"No term of {hpo.release()} has these words: try fewer of them.")
        raise click.exceptions.Exit(3)


def _place_in(words: list[str]) -> str | None:
    """The study that is named among words that were not read yet."""
    for at, word in enumerate(words):
        if word == "--study" and at + 1 < len(words):
            return words[at + 1]
        if word.startswith("--study="):
            return word.partition("=")[2]
    return None


def _head(found: Infant) -> str:
    weeks = "gestation not captured"
    if found.gestation_weeks is not None:
        whole, days = divmod(round(found.gestation_weeks * 7), 7)
        weeks = f"born at {whole}+{days} weeks"
    simulated = "Simulated. " if found.simulated else ""
    return f"{simulated}{found.pseudonym}: sex {found.sex}, {weeks}, plurality {found.plurality}"


def _lines(found: Infant, ages: bool = False) -> list[str]:
    from ictal.cli.table import aligned
    from ictal.exchange.entry_words import described
    from ictal.infant.timeline.ages import Ages, age_text

    rows: list[tuple[str, ...]] = [("age", "PMA", "corrected", "entry") if ages else ("key", "age", "entry")]
    for entry in found.in_order:
        if not ages:
            rows.append((entry.id, age_text(entry.age_days), described(entry)))
            continue
        at = Ages(entry.age_days, found.gestation_weeks)
        pma = "" if at.postmenstrual_weeks is None else f"{at.postmenstrual_weeks:.1f} wk"
        corrected = "" if at.corrected_days is None or not at.preterm else f"{at.corrected_days:g} d"
        rows.append((age_text(entry.age_days), pma, corrected, described(entry)))
    return aligned(rows)


def _placed(found: Infant, entry: AnyEntry) -> dict[str, Any]:
    from ictal.exchange.entry_words import mapping_of
    from ictal.infant.timeline.ages import Ages

    at = Ages(entry.age_days, found.gestation_weeks)
    return {
        "age_days": at.days,
        "postmenstrual_weeks": at.postmenstrual_weeks,
        "corrected_age_days": at.corrected_days,
        "newborn": at.newborn,
        **mapping_of(entry),
    }
