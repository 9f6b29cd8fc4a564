"""`ictal report`: the report that a clinic files, as HTML or PDF, with its numbers, methods and citations."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ictal.base.errors import UsageError
from ictal.cli.options import LANGUAGE, ON_DAY, OVERWRITE, PAPER
from ictal.cli.studies import STUDY

if TYPE_CHECKING:
    from ictal.filing import Filing

_RECORDINGS = (".edf", ".bdf", ".vhdr", ".set", ".fif", ".eeg", ".lay")
_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("subject", metavar="INFANT|FINDINGS_DIR")
@click.option("--format", "form", type=click.Choice(["html", "pdf"]), help="[default: by the name of --out]")
@click.option("--out", type=_FILE, required=True, help="The file to write.")
@click.option(
    "--findings",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Results of `ictal analyse` to put in; repeat it.",
)
@LANGUAGE
@PAPER
@click.option("--redacted", is_flag=True, help="For sharing: no pseudonym, file name, date, time of day, free text.")
@click.option("--numbers", type=_FILE, help="Write every number of the report here too (CSV).")
@click.option("--bibtex", type=_FILE, help="Write what is to be cited here too (BibTeX).")
@ON_DAY
@OVERWRITE
@STUDY
def report(subject: str, form: str | None, out: Path, **asked: Any) -> None:
    """Write the report of an infant or of a recording: one page for the clinician, then all that it rests on.

    INFANT is a pseudonym of a study, or a GA4GH Phenopacket (JSON); FINDINGS_DIR is a folder that `ictal analyse`
    wrote. PDF is tagged (PDF/UA-1) and has the same bytes for the same input. For research; not a medical device.
    """
    from ictal.exchange.whole_file import write_whole
    from ictal.report.filed.compose import compose
    from ictal.report.filed.numbers import csv_text
    from ictal.report.filed.page import html_of
    from ictal.report.filed.paper import bibtex
    from ictal.report.filed.pdf import pdf_of

    chosen = _form(form, out)
    files = [p for p in (out, asked["numbers"], asked["bibtex"]) if p is not None]
    if len({p.resolve() for p in files}) < len(files):
        raise UsageError("--out, --numbers and --bibtex name the same file: give each a name of its own.")
    today = asked["on_day"].date() if isinstance(asked["on_day"], datetime) else date.today()
    filing = _filing(subject, asked["place"], asked["findings"])
    dossier = filing.dossier(today, redacted=asked["redacted"])
    sheet = compose(dossier, asked["language"], asked["paper"])
    overwrite = asked["overwrite"]
    write_whole(out, pdf_of(sheet) if chosen == "pdf" else html_of(sheet), overwrite)
    if asked["numbers"] is not None:
        write_whole(asked["numbers"], csv_text(sheet), overwrite)
    if asked["bibtex"] is not None:
        write_whole(asked["bibtex"], bibtex(dossier), overwrite)
    for sentence in filing.not_read:
        click.echo(f"ictal: not used: {sentence}", err=True)
    click.echo(f"Report: {out}")


command = report


def _form(form: str | None, out: Path) -> str:
    """HTML or PDF, as asked for, else by the name of the file."""
    named = {".pdf": "pdf", ".html": "html", ".htm": "html"}.get(out.suffix.lower())
    if form is None and named is None:
        raise UsageError(f"The name '{out.name}' does not say what to write: give --format html or --format pdf.")
    if form is not None and named is not None and form != named:
        raise UsageError(f"--format {form} and the name '{out.name}' contradict each other: change one of them.")
    return form or named or "html"


def _filing(subject: str, place: str | None, findings: tuple[Path, ...]) -> Filing:
    """What is meant: a folder of results, a Phenopacket, or an infant of a study."""
    from ictal.filing import filing_of_infant, filing_of_phenopacket, filing_of_results

    path = Path(subject)
    if path.is_dir() and not (path / "findings.json").is_file() and place is None:
        raise UsageError(f"The folder '{subject}' has no findings.json: give a folder that `ictal analyse` wrote.")
    if place is None and ((path / "findings.json").is_file() or path.name == "findings.json"):
        return filing_of_results((path, *findings))
    if path.suffix.lower() in _RECORDINGS:
        raise UsageError(
            f"'{path.name}' is a recording: run `ictal analyse` on it first, and give its folder of results."
        )
    if place is None and (path.is_file() or path.suffix == ".json"):
        return filing_of_phenopacket(path, findings)
    if path.name != subject:
        raise UsageError(
            f"There is no '{subject}': give a folder that `ictal analyse` wrote, or the pseudonym of an infant."
        )
    from ictal.cli.studies import opened

    return filing_of_infant(opened(place), subject, findings)
