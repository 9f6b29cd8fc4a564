"""`ictal analyse`: one EEG file in, one folder of results out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ictal.base.errors import UsageError
from ictal.cli.progress import Progress, progress

if TYPE_CHECKING:
    from ictal.analysis import Analysis, Settings


@click.command()
@click.argument("recording", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the results [default: NAME-ictal, here].")
@click.option("--overwrite", is_flag=True, help="Replace a folder of results that is there already.")
@click.option(
    "--settings", "settings_file", type=click.Path(path_type=Path), help="TOML file with settings that differ."
)
@click.option("--no-report", is_flag=True, help="Write the tables and findings.json, but no report.html.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON instead of the table.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors (and the findings, with --json).")
def analyse(
    recording: Path,
    out: Path | None,
    overwrite: bool,
    settings_file: Path | None,
    no_report: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Find the seizures of one EEG file, and write tables and a report.

    RECORDING is an EDF, EDF+, BDF or BDF+ file; BrainVision, EEGLAB, Nihon Kohden, Persyst and FIF need the extra
    `formats`. The folder of results appears whole or not at all.
    """
    folder = out if out is not None else Path(f"{recording.stem}-ictal")
    with progress(quiet) as report_progress:
        analysis = analyse_to_folder(
            recording,
            folder,
            overwrite=overwrite,
            settings_file=settings_file,
            with_report=not no_report,
            report_progress=report_progress,
        )
    if as_json:
        from ictal.exchange.findings_json import findings_to_text

        click.echo(findings_to_text(analysis.findings), nl=False)
    elif not quiet:
        from ictal.cli.table import summary

        click.echo(summary(analysis))
        where = folder if no_report else folder / "report.html"
        click.echo(f"{'Results' if no_report else 'Report'}: {where}")


def analyse_to_folder(
    path: Path,
    out: Path,
    *,
    overwrite: bool,
    settings_file: Path | None,
    with_report: bool,
    report_progress: Progress,
) -> Analysis:
    """What does this file show? Writes the results to `out`, whole or not at all.

    What can be refused is refused first: the settings, the folder, the file. Only then does the long work begin.
    """
    import ictal.analysis
    from ictal.base.settings import load_toml
    from ictal.eeg.recording import read
    from ictal.exchange.folder import whole_folder

    settings = ictal.analysis.Settings()
    if settings_file is not None:
        settings = load_toml(settings_file, ictal.analysis.Settings)
    _keep_the_recording_safe(path, out)
    with whole_folder(out, overwrite) as folder:
        report_progress(0.0, f"reading {path.name}")
        recording = read(path)
        analysis = ictal.analysis.analyse(
            recording, settings, progress=lambda share: report_progress(share, "looking for seizures")
        )
        report_progress(1.0, "writing the results")
        write_results(folder, analysis, settings, with_report)
    return analysis


def write_results(folder: Path, analysis: Analysis, settings: Settings, with_report: bool) -> None:
    """Write the files of the output contract into a folder."""
    from ictal.exchange.findings_json import write_findings
    from ictal.exchange.tables import write_events

    write_events(folder, analysis.recording, analysis.discharges, analysis.seizures)
    write_findings(folder, analysis.findings)
    if with_report:
        from ictal.eeg.signal.pages import Pages
        from ictal.report import render

        page = render(
            analysis.recording,
            analysis.montage,
            analysis.masks,
            analysis.discharges,
            analysis.seizures,
            analysis.findings,
            page_source=Pages(analysis.recording, settings.signal),
        )
        (folder / "report.html").write_text(page, encoding="utf-8", newline="\n")


def _keep_the_recording_safe(path: Path, out: Path) -> None:
    """Never replace a folder that holds the recording itself."""
    try:
        inside = path.resolve().is_relative_to(out.resolve())
    except (OSError, RuntimeError, ValueError):
        return  # what cannot be a path is refused, with its own sentence, by whoever opens it
    if inside:
        raise UsageError(f"The recording lies inside the output folder '{out}': choose another folder with --out.")
