"""A path becomes a `Case`: an EEG file, a folder of results, a cohort of them, or the record of a child in a file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from ictal.base.errors import TableError, UsageError, reason_of
from ictal.eeg.recording import read
from ictal.eeg.recording.door import digest
from ictal.exchange.columns import SEIZURES
from ictal.exchange.findings_json import FILE_NAME, read_findings
from ictal.exchange.reading import read_events
from ictal.export.types import Case, Item

_CHILD = (".csv", ".tsv", ".json", ".txt")
_ENTITY = re.compile(r"(?:^|[/_])(sub|ses|run)-([0-9A-Za-z]+)")


def is_record(path: Path) -> bool:
    """Does this file hold the record of a child, by its ending?"""
    return path.is_file() and path.suffix.lower() in _CHILD


def case_of(sources: Iterable[Path], recordings: Path | None = None, results: Path | None = None) -> Case:
    """What is to be exported?

    Parameters
    ----------
    sources
        EEG files, folders of results, or folders that hold such folders.
    recordings
        The EEG file of the results, or a folder in which those of a cohort are.
    results
        The folder of results of the EEG file.

    Raises
    ------
    UsageError
        A source is none of these, or they do not fit each other.
    RecordingError, TableError
        A file cannot be read.
    """
    items: list[Item] = []
    cohort = False
    for source in sources:
        if source.is_dir():
            found = _results(source)
            cohort = cohort or len(found) > 1
            items += _with_recordings(found, recordings)
        else:
            items.append(_of_file(source, results))
    if results is not None and (len(items) != 1 or items[0].path is None):
        raise UsageError("--results goes with one EEG file: give the folders of results themselves instead.")
    return Case(items=tuple(items), cohort=cohort)


def of_recording(path: Path) -> Item:
    """An EEG file alone."""
    recording = read(path)
    return _named(Item(name=path.stem, path=path, recording=recording, start=recording.start))


def _of_file(path: Path, results: Path | None) -> Item:
    item = of_recording(path)
    if results is None:
        return item
    found = _of_results(results, item.name)
    _same(found, path)
    return replace(found, path=path, recording=item.recording, start=item.start)


def _results(folder: Path) -> list[Item]:
    if (folder / FILE_NAME).is_file() or (folder / SEIZURES).is_file():
        return [_of_results(folder, folder.name)]
    inside = sorted({p.parent for p in (*folder.rglob(FILE_NAME), *folder.rglob(SEIZURES))})
    if not inside:
        raise UsageError(
            f"'{folder}' holds no results: give an EEG file, a folder that `ictal analyse` or `ictal cohort` wrote, or "
            "the pseudonym of an infant."
        )
    return [_of_results(one, one.relative_to(folder).as_posix()) for one in inside]


def _of_results(folder: Path, name: str) -> Item:
    events = read_events(folder)
    findings = read_findings(folder) if (folder / FILE_NAME).is_file() else None
    start = events.start
    if findings is not None:
        told = str(findings.get("recorded", {}).get("start") or "")
        with suppress(ValueError):
            start = datetime.fromisoformat(told).replace(tzinfo=None)
    return _named(Item(name=name, results=folder, events=events, findings=findings, start=start))


def _with_recordings(items: list[Item], place: Path | None) -> list[Item]:
    """The items with their EEG files, which are told by name and by digest."""
    if place is None:
        return items
    if place.is_file():
        if len(items) > 1:
            raise UsageError("--recording names one file, and there are several results: give the folder of them all.")
        _same(items[0], place)
        recording = read(place)
        return [replace(items[0], path=place, recording=recording, start=recording.start)]
    if not place.is_dir():
        raise UsageError(f"There is no file or folder '{place}': check --recording.")
    found = []
    for item in items:
        wanted = str((item.findings or {}).get("recorded", {}).get("name", ""))
        paths = [p for p in sorted(place.rglob(wanted)) if p.is_file()] if wanted else []
        fitting = [p for p in paths if _digest_of(item) in ("", digest(p))]
        if not fitting:
            raise TableError(f"The recording of '{item.name}' is not in the folder of --recording: look for its file.")
        recording = read(fitting[0])
        found.append(replace(item, path=fitting[0], recording=recording, start=recording.start))
    return found


def _digest_of(item: Item) -> str:
    return str((item.findings or {}).get("recorded", {}).get("sha256") or "")


def _same(item: Item, path: Path) -> None:
    """Are these the results of this file?"""
    wanted = _digest_of(item)
    try:
        other = wanted and wanted != digest(path)
    except OSError as error:
        raise UsageError(f"'{path}' cannot be read: {reason_of(error)}.") from None
    if other:
        raise UsageError(
            f"'{path.name}' is not the recording of these results: their findings name another digest (SHA-256). Give "
            "the file that was analysed, or analyse this one."
        )


def _named(item: Item) -> Item:
    """The item with the BIDS entities that its name has."""
    told = dict(_ENTITY.findall(item.name))
    return replace(item, subject=told.get("sub", ""), session=told.get("ses", ""), run=told.get("run", ""))
