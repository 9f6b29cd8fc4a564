"""`ictal analyse`: one EEG file in, one folder of results out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ictal.base.errors import UsageError
from ictal.cli.options import DETECTOR, OVERWRITE_RESULTS, SETTINGS
from ictal.cli.progress import progress
from ictal.results import Progress, Source, analyse_into

if TYPE_CHECKING:
    from ictal.analysis import Analysis
    from ictal.base.age import Age


@click.command()
@click.argument("recording", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the results [default: NAME-ictal, here].")
@OVERWRITE_RESULTS
@SETTINGS
@click.option(
    "--events",
    metavar="FILE",
    help="Seizures marked elsewhere, not detected: a SzCORE or BIDS table, a CSV (see --columns), an EDF+ file, "
    "or the word `annotations` for those of the recording.",
)
@click.option(
    "--event-pattern",
    metavar="REGEX",
    help="Which annotations or event types are seizures [default: the usual words: seizure, sz, Anfall, crise, ...].",
)
@click.option(
    "--columns",
    metavar="FIELD=COLUMN,...",
    help="Which column of a table is which: onset, duration or stop, channels, confidence, type; times=elapsed when "
    "hh:mm:ss counts from the start of the recording and is no time of day.",
)
@DETECTOR
@click.option("--age-days", type=float, metavar="DAYS", help="Days since birth: decides rule of status, size of head.")
@click.option("--gestation-weeks", type=float, metavar="WEEKS", help="Weeks of gestation at birth, with --age-days.")
@click.option("--no-report", is_flag=True, help="Write the tables and findings.json, but no report.html.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON instead of the table.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors (and the findings, with --json).")
def analyse(
    recording: Path,
    out: Path | None,
    overwrite: bool,
    settings_file: Path | None,
    no_report: bool,
    **said: Any,
) -> None:
    """Find the seizures of one EEG file, and write tables and a report.

    RECORDING is an EDF, EDF+, BDF or BDF+ file; BrainVision, EEGLAB, Nihon Kohden, Persyst and FIF need the extra
    `formats`. The folder of results appears whole or not at all.
    """
    as_json, quiet = bool(said.pop("as_json")), bool(said.pop("quiet"))
    age = _age(said.pop("age_days"), said.pop("gestation_weeks"))
    folder = out if out is not None else Path(f"{recording.stem}-ictal")
    with progress(quiet) as report_progress:
        analysis = analyse_to_folder(
            recording,
            folder,
            overwrite=overwrite,
            settings_file=settings_file,
            with_report=not no_report,
            report_progress=report_progress,
            source=Source(age=age, **said),
        )
    if not quiet:
        _say_notes(analysis)
    if as_json:
        from ictal.exchange.findings_json import findings_to_text

        click.echo(findings_to_text(analysis.findings), nl=False)
    elif not quiet:
        from ictal.cli.table import summary

        click.echo(summary(analysis))
        where = folder if no_report else folder / "report.html"
        click.echo(f"{'Results' if no_report else 'Report'}: {where}")


def _age(days: float | None, weeks: float | None) -> Age:
    """What was told of the infant's age; a gestation alone says nothing of today."""
    from ictal.base.age import Age

    if weeks is not None and days is None:
        raise UsageError("--gestation-weeks is the age at birth: give --age-days too.")
    return Age(days, weeks)


def analyse_to_folder(
    path: Path,
    out: Path,
    *,
    overwrite: bool,
    settings_file: Path | None,
    with_report: bool,
    report_progress: Progress,
    source: Source | None = None,
) -> Analysis:
    """What does this file show? Writes the results to `out`, whole or not at all.

    What can be refused is refused first: the settings, the folder, the file. Only then does the long work begin.
    """
    import ictal.analysis
    from ictal.base.settings import load_toml
    from ictal.exchange.folder import whole_folder

    settings = ictal.analysis.Settings()
    if settings_file is not None:
        settings = load_toml(settings_file, ictal.analysis.Settings)
    seizures = source or Source()
    seizures.check()
    _keep_the_recording_safe(path, out)
    with whole_folder(out, overwrite) as folder:
        return analyse_into(folder, path, settings, seizures, with_report, report_progress)


def _say_notes(analysis: Analysis) -> None:
    """What was odd about the marks, one line each, on standard error."""
    for step in analysis.findings.steps:
        if step.name == "marks":
            notes = step.outcome.get("notes")
            for note in notes if isinstance(notes, list) else []:
                click.echo(f"ictal: note: {note}", err=True)


def _keep_the_recording_safe(path: Path, out: Path) -> None:
    """Never replace a folder that holds the recording itself."""
    try:
        inside = path.resolve().is_relative_to(out.resolve())
    except (OSError, RuntimeError, ValueError):
        return  # what cannot be a path is refused, with its own sentence, by whoever opens it
    if inside:
        raise UsageError(f"The recording lies inside the output folder '{out}': choose another folder with --out.")
