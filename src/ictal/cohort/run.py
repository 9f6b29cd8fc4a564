"""A whole cohort: find the files, have each analysed once, gather what they say. Read `run` first.

find --Item--> engine (task.perform, anywhere) --Outcome, kept as soon as it is there--> tables, summary, page
"""

from __future__ import annotations

import json
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from ictal.analysis import Settings
from ictal.base.errors import EngineError, Interrupted, OutputError, TableError, UsageError, reason_of
from ictal.base.files import load_json
from ictal.base.provenance import ictal_version
from ictal.base.settings import check
from ictal.cohort import find, store, tables
from ictal.cohort.bids import write_description
from ictal.cohort.page import render
from ictal.cohort.processes import Processes, usable_cores
from ictal.cohort.summary import Summary, summarise
from ictal.cohort.task import perform
from ictal.cohort.types import Asked, Engine, Item, Lost, Outcome, Progress, Task
from ictal.exchange.findings_json import FILE_NAME, RESEARCH_USE
from ictal.exchange.folder import alone_in
from ictal.results import Source

MARKER = "cohort.json"
FORM = 1
"""The form of a cohort's folder. A release whose folders could not be read by this one counts up."""
PAGE = "cohort.html"


@dataclass(frozen=True, slots=True)
class Cohort:
    """What became of every recording, and what they say together."""

    outcomes: tuple[tuple[Item, Outcome], ...]
    new: int
    summary: Summary

    @property
    def failed(self) -> tuple[Outcome, ...]:
        return tuple(outcome for _, outcome in self.outcomes if outcome.status == "failed")


@dataclass(frozen=True, slots=True)
class How:
    """How each file is analysed: the settings, a detector (`None`: that of the settings), with a page of it or not."""

    settings: Settings = field(default_factory=Settings)
    detector: str | None = None
    with_report: bool = True


def run(
    dataset: Path,
    out: Path,
    *,
    engine: Engine | None = None,
    how: How | None = None,
    progress: Progress | None = None,
) -> Cohort:
    """What do the recordings of a dataset show? Each is analysed once, and its results are kept when they are there.

    The same call goes on where an earlier one was stopped. A recording that failed is tried again.

    Parameters
    ----------
    dataset : a BIDS dataset, or any folder of EEG files.
    out : folder of the results: a folder for each recording, three Parquet tables and a page.
    engine : who does the work; `None` for as many processes as there are cores.
    progress : called with the share that is done (0-1) and what was done last.

    Raises
    ------
    UsageError
        There is no recording, the folder is another's, or another run writes there.
    OutputError, EngineError, Interrupted
        The disk refuses, the cluster is lost, the user stopped it: what is done is kept, the same call goes on.
    """
    chosen = how or How()
    settings = check(chosen.settings)
    Source(detector=chosen.detector).check()
    tables.check_library()
    dataset, out = Path(dataset), Path(out)
    items = find.find_items(dataset, out)
    _keep_recordings_safe(out, items)
    with alone_in(out) as target:
        _check_ours(out, target)
        _check_form(out)
        asked = Asked(target, settings, chosen.detector, chosen.with_report, find.is_bids(dataset), ictal_version())
        _mark(asked)
        outcomes = {item.name: told for item in items if (told := _done(item, asked)) is not None}
        todo = [item for item in items if item.name not in outcomes]
        if todo:
            _analyse(todo, outcomes, asked, engine or Processes(usable_cores()), progress)
        pairs = tuple((item, outcomes[item.name]) for item in items)
        return Cohort(pairs, len(todo), _gather(dataset, asked, pairs))


def _done(item: Item, asked: Asked) -> Outcome | None:
    known = store.find(item, asked)
    return known if known is not None and known.status == "done" else None


def _analyse(
    todo: Sequence[Item], outcomes: dict[str, Outcome], asked: Asked, engine: Engine, progress: Progress | None
) -> None:
    """Have each of `todo` analysed, and add what became of it to `outcomes`; what stops the run says how to go on."""
    count = len(todo) + len(outcomes)
    say = progress or (lambda share, what: None)
    say(len(outcomes) / count, f"{len(outcomes)} of {count} recordings are done")
    try:
        with closing(_answers(engine, asked, todo)) as answers:
            for outcome in answers:
                outcomes[outcome.name] = outcome
                how = "" if outcome.status == "done" else " could not be analysed"
                say(len(outcomes) / count, f"{len(outcomes)} of {count}: {outcome.name}{how}")
    except (KeyboardInterrupt, EngineError, OutputError) as error:
        goes_on = f"{len(outcomes)} of {count} recordings are kept, the same command goes on with the others"
        if isinstance(error, KeyboardInterrupt):
            raise Interrupted(f"interrupted; {goes_on}.") from None
        raise type(error)(f"{str(error).rstrip('.')}; {goes_on}.") from None


def _answers(engine: Engine, asked: Asked, todo: Sequence[Item]) -> Generator[Outcome]:
    for task, answer in engine.run(perform, [Task(item, asked) for item in todo]):
        if isinstance(answer, Lost):
            key = store.key(task.item, asked)
            answer = Outcome(name=task.item.name, key=key, status="failed", reason=answer.reason)
            store.keep(asked.out, answer)
        yield answer


def _gather(dataset: Path, asked: Asked, pairs: Sequence[tuple[Item, Outcome]]) -> Summary:
    """Write what the recordings say together."""
    rows = tables.write_tables(asked.out, pairs)
    summary = summarise(rows, tables.durations_s(asked.out))
    if asked.bids:
        write_description(asked.out, dataset)
    seizures = tables.read_table(asked.out / tables.SEIZURES_FILE, ("duration", "onset_hemisphere", "onset_lobe"))
    page = render(rows, summary, seizures, asked.with_report)
    store.write_text(asked.out / PAGE, page)
    return summary


def read_summary(out: Path) -> Summary:
    """What did a cohort show whose results are in this folder? Raises `TableError` where there is none."""
    _check_form(Path(out))
    rows = tables.read_table(Path(out) / tables.RECORDINGS_FILE)
    return summarise(rows, tables.durations_s(Path(out)))


def _check_ours(out: Path, target: Path) -> None:
    """Refuse a folder with something else in it. Results of single recordings may be there already."""
    try:
        content = [entry.name for entry in target.iterdir() if not entry.name.startswith(".")]
        if not content or MARKER in content or next(target.rglob(FILE_NAME), None) is not None:
            return
    except OSError as error:
        raise UsageError(f"The output folder '{out}' cannot be used: {reason_of(error)}.") from None
    raise UsageError(f"The output folder '{out}' has other things in it: choose another with --out.")


def _check_form(out: Path) -> None:
    """Leave alone what a later release wrote."""
    try:
        form = load_json(out / MARKER).get("form", FORM)
    except (OSError, ValueError, AttributeError):
        return
    if not isinstance(form, int) or form > FORM:
        raise TableError(f"The cohort '{out}' was written by a later release of Ictal: install that release.")


def _keep_recordings_safe(out: Path, items: Sequence[Item]) -> None:
    """The results may lie within the dataset, but no recording within the results' own folders."""
    target = out.resolve()
    for item in items:
        if item.file.is_relative_to(target):
            raise UsageError(f"The recordings lie inside the output folder '{out}': choose another with --out.")


def _mark(asked: Asked) -> None:
    """Say in the folder whose it is, and with what it was made."""
    said = {
        "form": FORM,
        "ictal_version": asked.version,
        "research_use": RESEARCH_USE,
        "settings": store.settings_of(asked),
        "with_report": asked.with_report,
    }
    text = json.dumps(said, indent=2, ensure_ascii=False) + "\n"
    store.write_text(asked.out / MARKER, text)
