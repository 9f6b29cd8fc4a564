"""`ictal cohort`: every EEG file of a dataset in, one folder for the cohort out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ictal.base.errors import IncompleteError, UsageError
from ictal.cli.options import DETECTOR, SETTINGS, say_json
from ictal.cli.progress import progress

if TYPE_CHECKING:
    from ictal.cohort.run import Cohort, How
    from ictal.cohort.summary import Group, Summary
    from ictal.cohort.types import Engine

MOST_REASONS = 10


@click.command()
@click.argument("dataset", metavar="[BIDS_DIR]", required=False, type=click.Path(path_type=Path))
@click.option(
    "--out", metavar="DIR", type=click.Path(path_type=Path), help="Folder for the results [default: NAME-cohort, here]."
)
@click.option("--summary", "summary_only", is_flag=True, help="Print the cohort per infant, per age and per gene.")
@click.option("--jobs", type=int, help="Processes at a time, or jobs of SLURM [default: one for each core].")
@click.option(
    "--scheduler", metavar="ADDRESS", help="A Dask cluster that is running: tls://HOST:PORT, or tcp://127.0.0.1:PORT."
)
@click.option("--slurm", is_flag=True, help="Run as jobs of SLURM, by dask-jobqueue and its configuration.")
@click.option(
    "--slurm-option",
    "slurm_options",
    multiple=True,
    metavar="NAME=VALUE",
    help="A setting of dask-jobqueue's SLURMCluster: queue=long, memory=4GB, walltime=04:00:00; may be repeated.",
)
@SETTINGS
@DETECTOR
@click.option("--no-report", is_flag=True, help="Write no report.html for each recording (the cohort has its own).")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors (and the summary, with --summary or --json).")
def cohort(dataset: Path | None, out: Path | None, summary_only: bool, as_json: bool, quiet: bool, **said: Any) -> None:
    """Analyse every EEG file of a BIDS dataset, or of a folder.

    Each recording's results are kept as soon as they are there: stopped in any way, the same command goes on. A file
    that cannot be analysed is a row with its reason, and the exit code is 3 when all others are done.

    Without BIDS_DIR, `ictal cohort --summary --out DIR` reads what an earlier run wrote.
    """
    from ictal.cohort.run import MARKER, PAGE, read_summary, run

    if summary_only and out is None and dataset is not None and (dataset / MARKER).is_file():
        dataset, out = None, dataset
    if dataset is None:
        if not summary_only or out is None:
            raise UsageError("Which dataset? Give BIDS_DIR; or --summary --out DIR for the results that are in DIR.")
        _say_summary(read_summary(out), as_json)
        return

    folder = out if out is not None else Path(f"{dataset.resolve().name}-cohort")
    engine, how = _engine(said), _how(said)
    with progress(quiet) as report_progress:
        done = run(dataset, folder, engine=engine, how=how, progress=report_progress)
    if summary_only or as_json:
        _say_summary(done.summary, as_json)
    elif not quiet:
        _say(done, folder / PAGE)
    _end(done, folder)


def _engine(said: dict[str, Any]) -> Engine:
    """Who does the work, as it was asked for."""
    from ictal.cohort.clusters import Dask, Slurm
    from ictal.cohort.processes import Processes, usable_cores

    jobs, address, slurm = said["jobs"], said["scheduler"], said["slurm"]
    if said["slurm_options"] and not slurm:
        raise UsageError("--slurm-option says how --slurm runs: give --slurm too.")
    if address is not None:
        if slurm or jobs is not None:
            raise UsageError("--scheduler names a cluster that has its own workers: leave out --jobs and --slurm.")
        return Dask(address, _tell)
    if slurm:
        options = dict(_option(text) for text in said["slurm_options"])
        return Slurm(usable_cores() if jobs is None else jobs, options, _tell)
    return Processes(usable_cores() if jobs is None else jobs)


def _tell(what: str) -> None:
    click.echo(f"ictal: {what} ...", err=True)


def _option(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.isidentifier():
        raise UsageError(f"--slurm-option is NAME=VALUE, as queue=long; got '{text}'.")
    return name, value


def _how(said: dict[str, Any]) -> How:
    from ictal.analysis import Settings
    from ictal.base.settings import load_toml
    from ictal.cohort.run import How

    file = said["settings_file"]
    settings = Settings() if file is None else load_toml(file, Settings)
    return How(settings, said["detector"], not said["no_report"])


def _say(done: Cohort, page: Path) -> None:
    from ictal.cohort.page import lead

    simulated = done.summary.total.simulated
    if simulated:
        click.echo(f"{simulated} of {len(done.outcomes)} recordings are simulated.")
    click.echo(" ".join(lead(done.summary)))
    click.echo(f"Report: {page}")


def _end(done: Cohort, folder: Path) -> None:
    """Say which recordings could not be analysed, and end with their exit code."""
    failed = done.failed
    if not failed:
        return
    for outcome in failed[:MOST_REASONS]:
        click.echo(f"ictal: {outcome.name}: {outcome.reason}", err=True)
    if len(failed) > MOST_REASONS:
        click.echo(
            f"ictal: ... and {len(failed) - MOST_REASONS} more, all in {folder / 'recordings.parquet'}.", err=True
        )
    raise IncompleteError(
        f"{len(failed)} of {len(done.outcomes)} recordings could not be analysed; the others are done. "
        "Repair or remove them and give the same command again: it tries those alone.",
        exit_code=1 if any(outcome.fault for outcome in failed) else 3,
    )


def _say_summary(summary: Summary, as_json: bool) -> None:
    from dataclasses import asdict

    if as_json:
        say_json(asdict(summary))
        return
    from ictal.cli.table import aligned

    rows = [HEADER, *(_cells(group) for group in summary.groups)]
    click.echo("\n".join(aligned(rows)))
    if summary.total.simulated:
        click.echo(f"\n{summary.total.simulated} of {summary.total.recordings} recordings are simulated.")


HEADER = ("by", "group", "infants", "recordings", "failed", "readable h", "seizures", "min/h", "median s", "migrating")


def _cells(group: Group) -> tuple[str, ...]:
    burden, middle, share = group.burden_min_per_h, group.median_duration_s, group.migrating
    return (
        group.by,
        group.name,
        str(group.infants) if group.infants else "n/a",
        str(group.recordings),
        str(group.failed),
        f"{group.readable_h:.2f}",
        str(group.seizures),
        "n/a" if burden is None else f"{burden:.2f}",
        "n/a" if middle is None else f"{middle:.0f}",
        f"{share.count}/{share.of}",
    )
