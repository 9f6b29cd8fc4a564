"""How does a detector do on a BIDS dataset whose seizures are marked as SzCORE has it?

    PATH/sub-01/ses-01/eeg/sub-01_ses-01_task-szMonitoring_run-00_eeg.edf
                           ..._events.tsv       onset, duration, eventType (sz..., or one row bckg)

Every `*_eeg.edf` (or .bdf) below a `sub-*` folder is one recording. One that has no table, or cannot be read, is a row
with the reason, and is in no figure: nothing is claimed of what was not run.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ictal.base.errors import IctalError, UsageError
from ictal.benchmark.run import Progress, ask
from ictal.benchmark.store import Store
from ictal.benchmark.types import Detector, Marked, Outcome
from ictal.eeg.recording import read
from ictal.exchange.tables import read_events

SUFFIXES = (".edf", ".bdf")
EEG, EVENTS = "_eeg", "_events.tsv"


def find_recordings(folder: Path) -> tuple[Path, ...]:
    """Which recordings has the dataset, in order of their names? Raises `UsageError` where it has none."""
    if not folder.is_dir():
        raise UsageError(f"There is no folder '{folder}': give the one that holds sub-*/.")
    found = sorted(
        path
        for subject in folder.glob("sub-*")
        for path in subject.rglob("*")
        if path.stem.endswith(EEG) and path.suffix.lower() in SUFFIXES
    )
    if not found:
        raise UsageError(f"There is no EEG in '{folder}': expected sub-*/**/*_eeg.edf, as BIDS names it.")
    return tuple(found)


def perform(
    folder: Path, detectors: Sequence[Detector], store: Store, progress: Progress | None = None
) -> tuple[tuple[Outcome, ...], tuple[tuple[str, str], ...]]:
    """What does each detector say of each recording; and which recordings could not be run, for what reason?"""
    outcomes: list[Outcome] = []
    refused: list[tuple[str, str]] = []
    paths = find_recordings(folder)
    for k, path in enumerate(paths, start=1):
        name = path.relative_to(folder).as_posix()
        try:
            outcomes += _one(path, name, detectors, store)
        except IctalError as error:
            refused.append((name, str(error)))
        if progress is not None:
            progress(k / len(paths), f"{path.name} ({k} of {len(paths)})")
    return tuple(outcomes), tuple(refused)


def _one(path: Path, name: str, detectors: Sequence[Detector], store: Store) -> list[Outcome]:
    table = path.with_name(path.stem.removesuffix(EEG) + EVENTS)
    if not table.is_file():
        raise UsageError(f"There is no {table.name} beside it, so it cannot be scored.")
    events = read_events(table)
    truth = tuple(Marked(start_s=e.start_s, stop_s=e.stop_s, pattern=e.pattern, path=e.path) for e in events.rows)
    recording = read(path)
    late = [e for e in truth if e.start_s > recording.duration_s + 1]
    if late:
        raise UsageError(
            f"{table.name} marks a seizure at {late[0].start_s:g} s, after the end of the recording "
            f"({recording.duration_s:g} s): they do not belong to each other."
        )
    state = path.stat()
    about = {"file": name, "bytes": state.st_size, "changed": state.st_mtime_ns}
    made = []
    for detector in detectors:
        key = store.key({**about, "truth": [str(e) for e in truth], "detector": detector.name, "v": detector.version})
        outcome = store.find(key, Outcome)
        if outcome is None:
            found, took_s, failure = ask(detector, recording)
            if failure is not None and detector.package is None:
                raise UsageError(failure)
            outcome = Outcome(
                recording=name,
                detector=detector.name,
                detector_version=detector.version,
                duration_s=recording.duration_s,
                truth=truth,
                found=found,
                traits={"subject": name.partition("/")[0]},
                fingerprint=recording.source.sha256[:16],
                took_s=took_s,
                failure=failure,
            )
            store.keep(key, outcome)
        made.append(outcome)
    return made
