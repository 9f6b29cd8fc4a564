"""One recording as its pages need it: the file opened, its results, and the readers' corrections folded over them."""

from __future__ import annotations

import hashlib
import secrets
import threading
import zlib
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from ictal.base.errors import IctalError, UsageError
from ictal.eeg.detection.types import Discharge
from ictal.eeg.findings.types import Findings
from ictal.eeg.recording import read
from ictal.eeg.recording.types import Recording
from ictal.eeg.signal import montage as montages
from ictal.eeg.signal.types import Masks, Montage
from ictal.eeg.signal.view import Band, View
from ictal.eeg.tracking.types import Pattern, Seizure
from ictal.exchange.columns import LEGS, SEIZURES
from ictal.exchange.findings_json import findings_to_dict, read_checked
from ictal.exchange.reading import read_events
from ictal.exchange.types import EventRow
from ictal.report.scene import Scene
from ictal.review import Correction, Reviewed, check, fold, restate, standing
from ictal.web.journal import now
from ictal.web.shelf import About, Shelf
from ictal.web.work import MASKS, RESULT, VIEW

_OPEN_AT_ONCE = 8


@dataclass(frozen=True)
class Result:
    """What one analysis wrote, read again. `id` tells it from an earlier one of the same recording."""

    id: str
    montage: Montage
    masks: Masks
    discharges: tuple[Discharge, ...]
    seizures: tuple[Seizure, ...]
    told: Mapping[str, Any]


@dataclass(frozen=True)
class Reviews:
    """The readers' work on one result: every correction, the seizures as they stand, and what follows."""

    corrections: tuple[Correction, ...]
    reviewed: tuple[Reviewed, ...]
    findings: Findings
    scene: Scene
    told: Mapping[str, Any]
    """The findings for programs: as the analysis wrote them while nothing is corrected, else stated anew."""

    def number(self, seizure: str) -> int:
        """Which number (from 1) has a seizure among those that are drawn?"""
        for k, reviewed in enumerate(self.reviewed, start=1):
            if reviewed.id == seizure:
                return k
        raise UsageError("There is no such seizure any more: load the page again.")


@contextmanager
def _in_words() -> Iterator[None]:
    """What is wrong with a stored array, as one sentence."""
    try:
        yield
    except (OSError, ValueError, EOFError, KeyError, BadZipFile, zlib.error):
        raise UsageError("What the analysis stored of this recording is damaged: analyse it again.") from None


class Reading:
    """An opened recording. What is costly is made once; a new result makes a new one."""

    def __init__(self, shelf: Shelf, about: About) -> None:
        self._shelf, self.about = shelf, about
        self.folder = shelf.folder(about.id)
        self.recording: Recording = read(shelf.file(about.id), about.sha256 or "not taken yet")
        self.view = View(self.recording)
        self._lock = threading.Lock()
        self._reviews: Reviews | None = None

    @cached_property
    def result(self) -> Result | None:
        """What the analysis found; `None` before it is there."""
        folder = self.folder / RESULT
        if not (folder / "findings.json").is_file():
            return None
        events = read_events(folder)
        montage = montages.build(self.recording, "average")
        masks = Masks(montage.labels, self._masks(montage))
        told = read_checked(folder)
        return Result(_number_of(folder), montage, masks, events.discharges, tuple(map(_seizure, events.rows)), told)

    def _masks(self, montage: Montage) -> npt.NDArray[np.uint8]:
        """A row of seconds for each derivation. Raises `UsageError` where that is not what is on the disk."""
        with _in_words():
            flags = np.load(self.folder / RESULT / MASKS, allow_pickle=False)
            if flags.dtype != np.uint8 or flags.shape[:1] != (len(montage.labels),) or flags.ndim != 2:
                raise ValueError("not the masks of this montage")
        return np.asarray(flags)

    def levels(self) -> tuple[npt.NDArray[np.int16], ...]:
        """The pyramid of least and greatest values, from the disk as it is asked for; none before it is made."""
        files = sorted((self.folder / VIEW).glob("level*.npy"))
        with _in_words():
            return tuple(np.load(f, mmap_mode="r", allow_pickle=False) for f in files)

    @cached_property
    def trends(self) -> Mapping[str, npt.NDArray[Any]] | None:
        file = self.folder / VIEW / "trends.npz"
        if not file.is_file():
            return None
        with _in_words(), np.load(file, allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}

    def reviews(self) -> Reviews | None:
        """The seizures as the readers left them, and the findings that follow; `None` before there is a result."""
        result = self.result
        if result is None:
            return None
        with self._lock:
            told = tuple(c for c in self._shelf.corrections(self.about.id) if c.analysis == result.id)
            if self._reviews is None or self._reviews.corrections != told:
                self._reviews = self._fold(result, told)
            return self._reviews

    def of_reader(self, who: str) -> tuple[Reviewed, ...]:
        """What one reader alone would have left."""
        result = self.result
        if result is None:
            return ()
        own = [c for c in self._shelf.corrections(self.about.id) if c.analysis == result.id and c.who == who]
        return fold(result.seizures, own)

    def correct(self, who: str, name: str, kind: str, **said: Any) -> Reviews:
        """Do one thing to the seizures, for one reader. Raises `UsageError` when it cannot be."""
        reviews, result = self.reviews(), self.result
        if reviews is None or result is None:
            raise UsageError("This recording has no result yet: wait for the analysis.")
        told = Correction(id=secrets.token_hex(4), who=who, at=now(), kind=kind, analysis=result.id, **said)
        check(told, reviews.reviewed, reviews.corrections, self.recording.duration_s)
        self._shelf.correct(self.about.id, told, name)
        after = self.reviews()
        return after if after is not None else reviews

    def last_of(self, who: str) -> Correction | None:
        """The latest thing that a reader did and did not take back."""
        reviews = self.reviews()
        own = [c for c in standing(reviews.corrections) if c.who == who] if reviews else []
        return own[-1] if own else None

    def _fold(self, result: Result, told: tuple[Correction, ...]) -> Reviews:
        reviewed = fold(result.seizures, told)
        looked_at = (self.recording, result.montage, result.masks)
        findings = restate(looked_at, reviewed, result.told, self.about.age)
        drawn = tuple(r.seizure for r in reviewed)
        scene = Scene.of(self.recording, result.montage, result.masks, result.discharges, drawn, findings)
        said = findings_to_dict(findings) if standing(told) else dict(result.told)
        return Reviews(told, reviewed, findings, scene, said)


class Readings:
    """The recordings that are open, the latest few."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._open: OrderedDict[tuple[str, str, int], Reading] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, number: str) -> Reading:
        """Open a recording, or take the one that is open. Raises when it is not there or cannot be read."""
        about = self._shelf.about(number)
        result = self._shelf.folder(number) / RESULT / "findings.json"
        stamp = result.stat().st_mtime_ns if result.is_file() else 0
        key = (number, about.sha256, stamp)
        with self._lock:
            if key in self._open:
                self._open.move_to_end(key)
                return self._open[key]
        if about.refused and not about.sha256:
            raise IctalError(about.refused)
        opened = Reading(self._shelf, about)
        with self._lock:
            self._open[key] = opened
            while len(self._open) > _OPEN_AT_ONCE:
                self._open.popitem(last=False)
        return opened

    def warm(self) -> None:
        """Do what the first reader after a start would wait for: load what reads and filters a page."""
        for about in self._shelf.all()[:1]:
            with suppress(IctalError, OSError):
                view = self.get(about.id).view
                view.tile(view.preferred, 0.0, 1.0, Band())


def _number_of(folder: Path) -> str:
    """Which result is it? By what it found, so that a study that was copied, or analysed again alike, keeps its
    corrections.
    """
    told = hashlib.sha256()
    for name in (SEIZURES, LEGS):
        told.update((folder / name).read_bytes())
    return told.hexdigest()[:16]


def _seizure(row: EventRow) -> Seizure:
    """A seizure as its table tells it; one without a place keeps its times."""
    confidence = float("nan") if row.confidence is None else row.confidence
    return row.seizure or Seizure((), Pattern.uncertain, confidence, row.interval)
