"""What a worker does with one file. It may be asked twice, by anyone, at any time: what is done is not done again."""

from __future__ import annotations

import errno
import json
import shutil
import time
from pathlib import Path

import msgspec

from ictal.base.errors import IctalError, OutputError
from ictal.base.provenance import ictal_version
from ictal.cohort import store
from ictal.cohort.tables import events_text
from ictal.cohort.types import Asked, Item, Outcome, Task
from ictal.exchange.findings_json import LaterFindings, read_findings
from ictal.exchange.folder import InUse, whole_folder
from ictal.exchange.known import known_in
from ictal.results import Source, analyse_into

_FULL = (errno.ENOSPC, errno.EDQUOT)
_LOOK_AGAIN_S, _LONGEST_WAIT_S = 0.5, 3600.0
"""A file that another worker has in hand (one that was thought lost) is waited for."""


def perform(task: Task) -> Outcome:
    """What became of this file? Its results and its outcome are stored when this returns.

    Whatever is wrong with the file, or goes wrong with it, is an outcome.

    Raises `OutputError` where results cannot be written: that is no file's fault, and the others would fare alike;
    `LaterFindings` where a later release's results are, which stay.
    """
    begin = time.perf_counter()
    item, asked = task.item, task.asked
    known = store.find(item, asked)
    if known is not None and known.status == "done":
        return known
    key = store.key(item, asked)
    reason, fault = _reason(item, asked)
    outcome = Outcome(
        name=item.name,
        key=key,
        status="done" if reason is None else "failed",
        reason=reason,
        fault=fault,
        took_s=round(time.perf_counter() - begin, 3),
    )
    store.keep(asked.out, outcome)
    return outcome


def _reason(item: Item, asked: Asked) -> tuple[str | None, bool]:
    """Analyse the file. Why could it not be analysed (`None`: it was), and is that a fault of ours?"""
    try:
        if asked.version != ictal_version():
            return (
                f"The worker has Ictal {ictal_version()}, the run has {asked.version}: install the same on both.",
                False,
            )
        _analysed(item, asked)
    except (OutputError, LaterFindings):
        raise
    except MemoryError:
        return "The worker ran out of memory: give it more, or cut the recording into shorter files.", False
    except IctalError as error:
        return " ".join(str(error).split()), False
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _FULL:
            raise store.refused(error, item.name) from None
        return (
            f"A fault of ours ({type(error).__name__}: {' '.join(str(error).split())[:200]}): please report it.",
            True,
        )
    return None, False


def _analysed(item: Item, asked: Asked) -> None:
    """See that the results of this file are in their folder: those that are there already, or new ones."""
    folder = asked.out / item.name
    until = time.monotonic() + _LONGEST_WAIT_S
    while True:
        try:
            if not _fits(folder, item, asked):
                # The recipe gives the hidden folder the same name each time: a killed run leaves one, not many.
                with whole_folder(folder, overwrite=True, recipe="cohort") as staging:
                    _empty(staging)
                    analyse_into(staging, item.file, asked.settings, Source(detector=asked.detector), asked.with_report)
            break
        except InUse:
            if time.monotonic() > until:
                raise
            time.sleep(_LOOK_AGAIN_S)
    if asked.bids:
        text = events_text(folder)
        place = asked.out / f"{item.name.removesuffix('_eeg')}_desc-ictal_events.tsv"
        store.write_text(place, text)


def _fits(folder: Path, item: Item, asked: Asked) -> bool:
    """Does the folder hold results of this file, as `ictal analyse` or a run that was stopped wrote them?"""
    if asked.with_report and not (folder / "report.html").is_file():
        return False
    try:
        said = read_findings(folder)
        recorded = said["recorded"]["sha256"]
    except LaterFindings:
        raise
    except (IctalError, LookupError, TypeError):
        return False
    if said.get("ictal_version") != asked.version:
        return False
    if known_in(said):
        return False
    if said.get("settings") != json.loads(msgspec.json.encode(store.settings_of(asked))):
        return False
    from ictal.eeg.recording.door import digest

    return bool(recorded) and recorded == digest(item.file)


def _empty(staging: Path) -> None:
    for entry in staging.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry)
        else:
            entry.unlink()
