"""Detectors of others: found by entry point, run behind a fence, and believed only as far as it can be checked."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, replace
from importlib import metadata

import numpy as np
import numpy.typing as npt

from ictal.base.errors import DetectorError, IctalError, UsageError
from ictal.base.statistics import median
from ictal.base.time import Interval, IntervalSet
from ictal.eeg.detection import given
from ictal.eeg.detection.protocol import GROUP, STAGES, Detector, Finder, Marker, Scorer, Separator
from ictal.eeg.detection.rule import NAME, Rule
from ictal.eeg.detection.settings import DetectionSettings
from ictal.eeg.detection.types import Discharge, Mark, Scores
from ictal.eeg.recording.types import Recording
from ictal.eeg.signal.stream import Block
from ictal.eeg.signal.types import MASK_STEP_S, Mask, Montage

Array = npt.NDArray[np.float32]
Blocks = Callable[[], Iterable[Block]]
"""Gives the stream of prepared blocks from its beginning, as often as it is called."""

LATE_S = 1.0
"""A time may lie this much after the end: the last second of a recording may be a part."""


def installed() -> tuple[str, ...]:
    """Which detectors can be chosen? The built-in rule, then those of installed packages by name."""
    return (NAME, *sorted({point.name for point in metadata.entry_points(group=GROUP)} - {NAME}))


def load(name: str) -> Detector:
    """The detector of this name.

    Raises `UsageError` that lists those installed, `DetectorError` when its package cannot be used.
    """
    if name == NAME:
        return Rule()
    points = [point for point in metadata.entry_points(group=GROUP) if point.name == name]
    if not points:
        raise UsageError(f"There is no detector '{name}'. Installed: {', '.join(installed())}.")
    if len({point.value for point in points}) > 1:
        said = " and ".join(sorted({point.value for point in points}))
        raise UsageError(f"Two installed packages call a detector '{name}' ({said}): remove one of them.")
    with _fence(name):
        found = points[0].load()
        detector = found() if isinstance(found, type) or not _stages(found) else found
    return usable(detector, name)


def choose(settings: DetectionSettings, detector: str | Detector | None) -> Detector:
    """Which detector looks: the one asked for, by name or itself, else the one of the settings?"""
    asked = settings.detector if detector is None else detector
    found = load(asked) if isinstance(asked, str) else usable(asked)
    return Rule(settings) if isinstance(found, Rule) else found


def usable(detector: object, name: str = "") -> Detector:
    """The same detector, when it keeps the protocol; else `DetectorError` that says what it lacks."""
    told = name or str(getattr(detector, "name", type(detector).__name__))
    for word in ("name", "version"):
        if not isinstance(getattr(detector, word, None), str):
            raise DetectorError(f"The detector '{told}' has no {word}: it must be a text.")
    if not _stages(detector):
        raise DetectorError(f"The detector '{told}' can do nothing: it needs one of the methods {', '.join(STAGES)}.")
    if not isinstance(detector, Detector):
        raise DetectorError(f"The detector '{told}' does not keep the protocol of ictal.eeg.detection.protocol.")
    return detector


def _stages(detector: object) -> tuple[str, ...]:
    return tuple(stage for stage in STAGES if callable(getattr(detector, stage, None)))


def stages_of(detector: Detector) -> tuple[str, ...]:
    """Which of its methods are used?"""
    has = _stages(detector)
    return has[:1] if has[0] in ("seizures", "find") else has


@dataclass(frozen=True, slots=True)
class Found:
    """What a detector found: discharges, or marks to be tracked (`None` when it gives discharges).

    `scores` are those that the discharges were made from: with its own first stage, if it has one.
    """

    discharges: tuple[Discharge, ...]
    marks: tuple[Mark, ...] | None
    scores: Scores


def run(detector: Detector, recording: Recording, montage: Montage, blocks: Blocks, rule: tuple[Rule, Scores]) -> Found:
    """What does this detector find, as far as it can be believed? What it leaves out of the two stages is the rule's.

    Raises `DetectorError`, naming it, when it fails or says what cannot be.
    """
    told = ask(detector, recording, montage, blocks, rule)
    if told.marks is None:
        discharges = checked(told.discharges, told.scores, montage, recording.duration_s, detector.name)
        return replace(told, discharges=discharges)
    marks = (_mark(m, detector.name, recording.duration_s) for m in told.marks)
    return replace(told, marks=tuple(sorted(marks, key=lambda m: (m.start_s, m.stop_s))))


def ask(detector: Detector, recording: Recording, montage: Montage, blocks: Blocks, rule: tuple[Rule, Scores]) -> Found:
    """What does this detector say, in its own order and not yet checked?"""
    ours, scores = rule
    name = detector.name
    if isinstance(detector, Marker):
        with _fence(name):
            return Found((), tuple(detector.seizures(recording)), scores)
    if isinstance(detector, Finder):
        with _fence(name), _Stream(blocks()) as stream:
            return Found(tuple(detector.find(stream, montage)), None, scores)
    if isinstance(detector, Scorer) and not isinstance(detector, Rule):
        with _fence(name), _Stream(blocks()) as stream:
            own = detector.score(stream, montage)
            told = np.asarray(own.score if isinstance(own, Scores) else own)
        scores = replace(scores, score=_score(told, scores, name))
    second = detector if isinstance(detector, Separator) else ours
    with _fence(name):
        return Found(tuple(second.discharges(frozen(scores), montage)), None, scores)


def checked(
    told: Iterable[Discharge], scores: Scores, montage: Montage, end_s: float, name: str
) -> tuple[Discharge, ...]:
    """The discharges as they can be believed: sorted, inside the recording, none in a gap, each with its rhythm.

    Raises `DetectorError` for a derivation that is not there, or a time, score, frequency or amplitude that cannot be.
    """
    row = {label: i for i, label in enumerate(montage.labels)}
    gaps: dict[int, IntervalSet] = {}
    found: list[Discharge] = []
    for one in told:
        if not isinstance(one, Discharge):
            raise DetectorError(f"The detector '{name}' gave a {type(one).__name__} where a Discharge is needed.")
        try:
            d = given.discharge(one)
        except ValueError as error:
            raise DetectorError(f"The detector '{name}' gave a discharge whose {error}.") from None
        if d.derivation not in row:
            raise DetectorError(
                f"The detector '{name}' named the derivation '{d.derivation}'. There are: {', '.join(montage.labels)}."
            )
        _within(d.start_s, d.stop_s, end_s, name, "discharge")
        if not 0.0 <= d.score <= 1.0:
            raise DetectorError(f"The detector '{name}' gave a score of {d.score:g}: it must lie between 0 and 1.")
        i = row[d.derivation]
        if i not in gaps:
            gaps[i] = IntervalSet.from_mask((scores.flags[i] & np.uint8(Mask.gap)) != 0, 1.0 / MASK_STEP_S)
        whole = IntervalSet.of((Interval(d.start_s, min(d.stop_s, end_s)),))
        electrode = montage.derivations[i].electrode
        for span in whole.difference(gaps[i]) if len(gaps[i]) else whole:
            part = replace(d, start_s=span.start_s, stop_s=span.stop_s, electrode=electrode)
            found.append(with_rhythm(part, scores, i))
    return tuple(sorted(found))


def with_rhythm(d: Discharge, scores: Scores, row: int) -> Discharge:
    """The discharge with its frequency and amplitude, measured where it has none of its own."""
    seconds = slice(math.floor(d.start_s), max(math.ceil(d.stop_s), math.floor(d.start_s) + 1))
    hz, uv = d.frequency_hz, d.amplitude_uv
    if not (math.isfinite(hz) and hz > 0):
        hz = round(median(scores.frequency_hz[row, seconds]), 2)
    if not (math.isfinite(uv) and uv >= 0):
        uv = round(median(scores.amplitude_uv[row, seconds]), 2)
    return replace(d, frequency_hz=hz, amplitude_uv=uv)


def frozen(scores: Scores) -> Scores:
    """The same scores, which nobody can change."""
    parts = {n: getattr(scores, n).view() for n in ("score", "evidence", "frequency_hz", "amplitude_uv", "flags")}
    for part in parts.values():
        part.flags.writeable = False
    return replace(scores, **parts)


def _score(told: npt.NDArray[np.generic], scores: Scores, name: str) -> Array:
    wanted = scores.score.shape
    if told.shape != wanted or told.dtype.kind not in "fiub":
        raise DetectorError(
            f"The detector '{name}' gave scores of shape {told.shape}: numbers of shape {wanted} are needed, "
            "one a derivation and second."
        )
    known = np.where(np.isnan(told), 0.0, told) if told.dtype.kind == "f" else told
    if known.size and not (known.min() >= 0.0 and known.max() <= 1.0):
        raise DetectorError(
            f"The detector '{name}' gave scores from {known.min():g} to {known.max():g}: 0 to 1 is allowed."
        )
    recorded = (scores.flags & np.uint8(Mask.gap)) == 0
    return np.where(recorded, known, 0.0).astype(np.float32)


def _mark(told: object, name: str, end_s: float) -> Mark:
    if not isinstance(told, Mark):
        raise DetectorError(f"The detector '{name}' gave a {type(told).__name__} where a Mark is needed.")
    try:
        mark = given.mark(told)
    except ValueError as error:
        raise DetectorError(f"The detector '{name}' gave a seizure whose {error}.") from None
    _within(mark.start_s, mark.stop_s, end_s, name, "seizure")
    if mark.confidence is not None and not 0.0 <= mark.confidence <= 1.0:
        raise DetectorError(f"The detector '{name}' gave a confidence of {mark.confidence:g}: 0 to 1 is allowed.")
    return replace(mark, stop_s=min(mark.stop_s, end_s))


def _within(start_s: float, stop_s: float, end_s: float, name: str, what: str) -> None:
    if not (math.isfinite(start_s) and math.isfinite(stop_s) and 0 <= start_s < stop_s <= end_s + LATE_S) or (
        start_s >= end_s
    ):
        raise DetectorError(
            f"The detector '{name}' gave a {what} from {start_s:g} to {stop_s:g} s: "
            f"it must begin and end within the recording (0 to {end_s:g} s) and last longer than nothing."
        )


class _Stream:
    """Blocks as a plug-in gets them: read only. An error of the recording is kept apart from one of the plug-in."""

    def __init__(self, blocks: Iterable[Block]) -> None:
        self._blocks = blocks
        self._own: IctalError | None = None

    def __enter__(self) -> _Stream:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if self._own is not None:
            raise _Ours(self._own)

    def __iter__(self) -> Iterator[Block]:
        try:
            for block in self._blocks:
                block.uv.flags.writeable = False
                block.flags.flags.writeable = False
                yield block
        except IctalError as error:
            self._own = error
            raise


class _Ours(Exception):
    """Carries an error of the recording through the fence."""

    def __init__(self, error: IctalError) -> None:
        super().__init__(str(error))
        self.error = error


@contextmanager
def _fence(name: str) -> Iterator[None]:
    """Whatever goes wrong inside is said in one sentence that names the detector; what it prints is no result."""
    try:
        with redirect_stdout(sys.stderr):
            yield
    except _Ours as carried:
        raise carried.error from None
    except MemoryError:
        raise
    except (Exception, SystemExit) as error:
        said = " ".join(str(error).split())[:200].rstrip(".")
        told = f"{type(error).__name__}: {said}" if said else type(error).__name__
        raise DetectorError(f"The detector '{name}' failed ({told}); ask its authors.") from error
