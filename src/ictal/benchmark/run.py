"""Every detector on every recording, each pair once, in as many processes as asked for; what is done stays done."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import asdict
from multiprocessing import active_children, get_context
from pathlib import Path

from ictal.base.errors import IctalError, UsageError
from ictal.benchmark.background import against, as_marked, background_uv
from ictal.benchmark.detectors import ALL
from ictal.benchmark.store import Store
from ictal.benchmark.suite import fingerprint, make, scenario_of
from ictal.benchmark.types import Detector, Item, Marked, Outcome
from ictal.eeg.recording.types import Recording

Progress = Callable[[float, str], None]
MOST_JOBS = 256


def perform(
    items: Sequence[Item], detectors: Sequence[Detector], store: Store, jobs: int = 1, progress: Progress | None = None
) -> tuple[Outcome, ...]:
    """What does each detector say of each recording? Outcomes in the order of items, then detectors.

    Parameters
    ----------
    store : keeps each outcome when it is there, and gives those of an earlier run.
    jobs : processes at a time, 1 to 256.
    progress : called with the share that is done (0-1) and the name of the recording that was finished.
    """
    check_jobs(jobs)
    names = tuple(d.name for d in detectors)
    done: dict[str, tuple[Outcome, ...]] = {}
    for item, outcomes in _in_any_order(items, names, store.folder, jobs):
        done[item.name] = outcomes
        if progress is not None:
            progress(len(done) / len(items), f"{item.name} ({len(done)} of {len(items)})")
    return tuple(outcome for item in items for outcome in done[item.name])


def check_jobs(jobs: int) -> None:
    """Raises `UsageError` where there cannot be so many processes."""
    if not 1 <= jobs <= MOST_JOBS:
        raise UsageError(f"There can be 1 to {MOST_JOBS} processes at a time; got {jobs}.")


def _in_any_order(
    items: Sequence[Item], names: tuple[str, ...], folder: Path, jobs: int
) -> Iterator[tuple[Item, tuple[Outcome, ...]]]:
    if jobs == 1:
        yield from ((item, one_item(item, names, folder)) for item in items)
        return
    others = set(active_children())
    # Fresh interpreters: a fork would copy locks that threads of numerical libraries hold.
    with ProcessPoolExecutor(max_workers=jobs, mp_context=get_context("spawn"), initializer=_leave_it) as pool:
        asked: dict[Future[tuple[Outcome, ...]], Item] = {pool.submit(one_item, i, names, folder): i for i in items}
        try:
            while asked:
                finished, _ = wait(asked, return_when=FIRST_COMPLETED)
                for future in finished:
                    yield asked.pop(future), future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for child in set(active_children()) - others:
                child.terminate()  # what is unfinished is lost; what is finished was kept
            raise


def _leave_it() -> None:
    """An interruption of the terminal reaches every process; only the first one answers it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def one_item(item: Item, names: tuple[str, ...], folder: Path) -> tuple[Outcome, ...]:
    """What do these detectors say of one recording of the suite? Simulated only when an outcome is missing."""
    store, detectors = Store(folder), [d for d in ALL if d.name in names]
    recipe = {**asdict(item), "scenario": asdict(scenario_of(item))}
    keys = [store.key({"item": recipe, "detector": d.name, "version": d.version}) for d in detectors]
    known = [store.find(key, Outcome) for key in keys]
    if all(outcome is not None for outcome in known):
        return tuple(outcome for outcome in known if outcome is not None)
    made = make(item)
    told = as_marked(made.truth.seizures, confident=False)
    backgrounds = background_uv(made.recording, told)
    truth, mark = against(told, backgrounds), fingerprint(made)
    outcomes = []
    for detector, key, old in zip(detectors, keys, known, strict=True):
        if old is not None:
            outcomes.append(old)
            continue
        found, took_s, failure = ask(detector, made.recording)
        outcomes.append(
            Outcome(
                recording=item.name,
                detector=detector.name,
                detector_version=detector.version,
                duration_s=made.recording.duration_s,
                truth=truth,
                found=against(found, backgrounds),
                traits=dict(item.traits),
                fingerprint=mark,
                took_s=took_s,
                failure=failure,
            )
        )
        store.keep(key, outcomes[-1])
    return tuple(outcomes)


def ask(detector: Detector, recording: Recording) -> tuple[tuple[Marked, ...], float, str | None]:
    """What does a detector find, in how many seconds; or in which sentence does it refuse or fail?"""
    begin = time.perf_counter()
    found: tuple[Marked, ...] = ()
    failure = None
    try:
        found = detector.run(recording)
    except IctalError as error:
        failure = str(error)
    except (ArithmeticError, LookupError, RuntimeError, TypeError, ValueError) as error:
        failure = f"{detector.name} failed ({type(error).__name__}): {' '.join(str(error).split())[:200]}"
    return found, time.perf_counter() - begin, failure
