"""`ictal benchmark`: how well are seizures found, placed and followed, beside peers on the same recordings?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ictal.base.errors import RecordingError, UsageError
from ictal.cli.options import OVERWRITE_RESULTS, say_json
from ictal.cli.progress import progress
from ictal.cli.table import aligned

if TYPE_CHECKING:
    from ictal.benchmark.result import Result
    from ictal.benchmark.store import Store

Command = TypeVar("Command", bound=Callable[..., Any])
_FOLDER = click.Path(path_type=Path)

_SHARED = (
    click.option("--out", type=_FOLDER, help="Folder for results.json, tables and figures [default: none]."),
    OVERWRITE_RESULTS,
    click.option("--work", type=_FOLDER, help="Where finished recordings are kept [default: the user's cache]."),
    click.option("--json", "as_json", is_flag=True, help="Print every number as JSON."),
    click.option("--quiet", is_flag=True, help="Say nothing of how far it is."),
)
_DETECTORS = click.option(
    "--detector", "detectors", multiple=True, metavar="NAME", help="Run this one; may be repeated [default: see above]."
)


def _shared(function: Command) -> Command:
    for option in reversed(_SHARED):
        function = option(function)
    return function


@click.group(invoke_without_command=True)
@_shared
@_DETECTORS
@click.option("--quick", is_flag=True, help="A few of the recordings: to see that it works, not to compare.")
@click.option("--only", metavar="TEXT", help="Only recordings with TEXT in their name.")
@click.option("--dev", type=int, metavar="SERIES", help="The same recordings with seeds for tuning: series 0, 1, ...")
@click.option("--jobs", type=int, default=1, show_default=True, help="How many processes at a time.")
@click.option("--leaderboard", type=_FOLDER, help="TSV to add the run to [default: leaderboard.tsv in --work].")
@click.pass_context
def benchmark(context: click.Context, /, out: Path | None, detectors: tuple[str, ...], **options: Any) -> None:
    """How well are seizures found, placed and followed?

    Without a command: on the frozen suite of simulated recordings, whose seeds no tuning saw, beside a baseline and the
    peers that are installed (ictal, band-power, obspy-sta-lta; with --detector also brainmaze, which is slow). It can
    be stopped and goes on where it was. With a command: on recordings that experts marked.
    """
    if context.invoked_subcommand is not None:
        _refuse_options_before_a_command(context)
        return
    from ictal.benchmark import suite as suites
    from ictal.benchmark.detectors import choose
    from ictal.benchmark.result import result
    from ictal.benchmark.run import perform

    suite = suites.load_suite()
    if options["dev"] is not None:
        suite = suites.with_dev_seeds(suite, options["dev"])
    if options["quick"]:
        suite = suites.quick(suite)
    if options["only"] is not None:
        suite = suites.only(suite, options["only"])
    chosen, left_out = choose(detectors)
    store = _store(options["work"])
    with _folder(out, options) as folder:
        with progress(options["quiet"]) as report:
            outcomes = perform(suite.items, chosen, store, options["jobs"], report)
        what = f"suite {suite.version}, {suite.name}"
        told = result(outcomes, what, suite_digest=suite.digest, left_out=left_out)
        _write(told, folder)
    _say(told, options["as_json"])
    if suite.name == "frozen" or options["leaderboard"] is not None:
        from ictal.benchmark.written import append_to_board

        append_to_board(options["leaderboard"] or store.folder / "leaderboard.tsv", told)
    _say_where(out, options)


@benchmark.command()
@click.argument("path", type=_FOLDER)
@_shared
@_DETECTORS
def bids(path: Path, out: Path | None, detectors: tuple[str, ...], **options: Any) -> None:
    """On a BIDS dataset with SzCORE events: PATH/sub-*/**/*_eeg.edf, each with its *_events.tsv."""
    from ictal.benchmark.bids import perform
    from ictal.benchmark.detectors import choose
    from ictal.benchmark.result import result

    chosen, left_out = choose(detectors)
    with _folder(out, options) as folder:
        with progress(options["quiet"]) as report:
            outcomes, refused = perform(path, chosen, _store(options["work"]), report)
        told = result(outcomes, f"BIDS dataset '{path.resolve().name}'", left_out=left_out, refused=refused)
        _write(told, folder)
    _say(told, options["as_json"])
    _say_where(out, options)
    if not outcomes:
        raise RecordingError(f"None of the {len(refused)} recordings could be run; the first says why: {refused[0][1]}")


@benchmark.command()
@click.argument("path", type=_FOLDER)
@_shared
def helsinki(path: Path, out: Path | None, **options: Any) -> None:
    """On the public newborns (Zenodo 4940267): PATH/eeg1.edf ... and the annotations of three experts.

    Without EEG files, the experts are compared with each other and nothing is said of Ictal.
    """
    from ictal.benchmark import experts
    from ictal.benchmark.helsinki import compare, missing_in_words
    from ictal.benchmark.newborns import read_newborns

    newborns = read_newborns(path)
    missing = missing_in_words(newborns)
    with _folder(out, options) as folder:
        with progress(options["quiet"]) as report:
            told = compare(newborns, _store(options["work"]), report)
        if folder is not None:
            _sign(folder)
            experts.write(told, folder)
    if options["as_json"]:
        say_json(experts.to_dict(told))
        return
    notes = [*([missing] if missing else []), *experts.failures(told)]
    click.echo("\n".join([*aligned(experts.rows(told)), *([experts.CHANGE] if told.figures else []), *notes]))
    _say_where(out, options)


def _refuse_options_before_a_command(context: click.Context) -> None:
    """Options of the suite say nothing to a command, and are not passed over in silence."""
    for name in context.params:
        if context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE:
            raise UsageError(
                f"The option --{name.removeprefix('as_')} stands before '{context.invoked_subcommand}': options of a "
                "command come after it."
            )


def _store(work: Path | None) -> Store:
    from ictal.benchmark.store import Store, default_work

    return Store(work or default_work())


def _folder(out: Path | None, options: dict[str, Any]) -> Any:
    """The folder to write into, whole or not at all; nothing where none is asked for."""
    from contextlib import nullcontext

    from ictal.exchange.folder import whole_folder

    return nullcontext() if out is None else whole_folder(out, options["overwrite"])


def _sign(folder: Path) -> None:
    """The file by which a folder is known as a benchmark's, so that --overwrite may replace it."""
    (folder / "ictal-benchmark.txt").write_text("Written by `ictal benchmark`.\n", encoding="utf-8")


def _write(told: Result, folder: Path | None) -> None:
    from ictal.benchmark.written import write

    if folder is not None:
        _sign(folder)
        write(told, folder)


def _say(told: Result, as_json: bool) -> None:
    from ictal.benchmark import written

    if as_json:
        say_json(written.to_dict(told))
        return
    simulated = "Simulated. " if told.simulated else ""
    notes = [f"{name}, {detector}: {why}" for name, detector, why in told.failures]
    head = f"{simulated}{told.where}. In brackets: 95 % intervals."
    click.echo("\n".join([head, *aligned(written.rows(told, short=True)), *told.left_out, *notes]))


def _say_where(out: Path | None, options: dict[str, Any]) -> None:
    if out is not None and not options["as_json"]:
        click.echo(f"Every number and figure: {out}")
