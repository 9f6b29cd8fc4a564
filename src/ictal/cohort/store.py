"""What is kept of each recording: a folder of results, and a small file that says what became of it.

OUT/NAME/              the results (seizures.tsv, findings.json, ...), whole or not at all
OUT/outcomes/NAME.json `Outcome`; written last, so what it says is there is there
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from ictal.base.errors import OutputError, TableError, reason_of
from ictal.base.files import read_file
from ictal.base.settings import to_mapping
from ictal.cohort.types import Asked, Item, Outcome
from ictal.exchange.findings_json import FILE_NAME, read_findings
from ictal.exchange.known import known_in
from ictal.exchange.whole_file import whole_file

OUTCOMES = "outcomes"


def key(item: Item, asked: Asked) -> str:
    """What decides the outcome of a file, as a digest: its size and time, settings, version. Reads no content."""
    try:
        told = os.stat(item.file)
        seen = (told.st_size, told.st_mtime_ns)
    except (OSError, ValueError):
        seen = (-1, -1)
    what = (item.name, str(item.file.name), seen, asked.version, settings_of(asked))
    return hashlib.sha256(msgspec.json.encode(what)).hexdigest()[:32]


def settings_of(asked: Asked) -> dict[str, object]:
    """The settings as findings.json will show them: with the detector that was asked for."""
    detection = asked.settings.detection
    if asked.detector is not None:
        detection = msgspec.structs.replace(detection, detector=asked.detector)
    return to_mapping(msgspec.structs.replace(asked.settings, detection=detection))


def find(item: Item, asked: Asked) -> Outcome | None:
    """What became of this file in an earlier run that asked the same; `None` when it is to be done."""
    try:
        outcome = msgspec.json.decode(read_file(_place(asked.out, item.name)), type=Outcome)
    except (OSError, ValueError, msgspec.MsgspecError, RecursionError):
        return None
    return outcome if outcome.key == key(item, asked) and has_results(item, asked, outcome) else None


def has_results(item: Item, asked: Asked, outcome: Outcome) -> bool:
    """Is what the outcome speaks of there?"""
    folder = asked.out / item.name
    wanted = (FILE_NAME, "report.html") if asked.with_report else (FILE_NAME,)
    return outcome.status == "failed" or (all((folder / name).is_file() for name in wanted) and not _is_wrong(folder))


def _is_wrong(folder: Path) -> bool:
    """Is something known to be wrong in results that are there? Such a file is analysed again."""
    try:
        return bool(known_in(read_findings(folder)))
    except TableError:
        return True


def keep(out: Path, outcome: Outcome) -> None:
    """Keep an outcome. That of a failure takes the results of an older version of the file away.

    Raises `OutputError` where it cannot be written.
    """
    if outcome.status == "failed":
        shutil.rmtree(out / outcome.name, ignore_errors=True)
    with place_for(_place(out, outcome.name)) as aside:
        aside.write_bytes(msgspec.json.encode(outcome) + b"\n")


@contextmanager
def place_for(path: Path) -> Iterator[Path]:
    """Where is a file of the cohort written, so that it is whole or as it was (`whole_file`)? Its folder is made.

    Raises `OutputError` with one sentence where it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as aside:
            yield aside
    except OSError as error:
        raise error if isinstance(error, OutputError) else refused(error, path.name) from None


def write_text(path: Path, text: str) -> None:
    """Write a text so, in UTF-8."""
    with place_for(path) as aside:
        aside.write_text(text, encoding="utf-8", newline="\n")


def refused(error: OSError, what: str) -> OutputError:
    """The sentence for a place that cannot be written."""
    reason = reason_of(error)
    return OutputError(
        f"'{what}' cannot be written ({reason}): free some space, or see that the folder may be written."
    )


def _place(out: Path, name: str) -> Path:
    return out / OUTCOMES / f"{name}.json"
