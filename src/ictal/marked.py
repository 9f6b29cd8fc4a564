"""Marks from elsewhere, fitted to one recording and tracked: the step that stands where detection would.

Knows: the rooms of `eeg`.
Must not know: files; `ictal.exchange.marks` reads them.
Read first: `track`.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np

from ictal.base.errors import TableError, UsageError
from ictal.base.time import Interval, IntervalSet
from ictal.eeg.detection import given
from ictal.eeg.detection.plugins import with_rhythm
from ictal.eeg.detection.rule import Rule
from ictal.eeg.detection.types import Discharge, Mark, Marks, Scores
from ictal.eeg.recording.labels import parse_label
from ictal.eeg.recording.types import Recording
from ictal.eeg.signal.stream import Preparer
from ictal.eeg.signal.types import HIDING, Mask, Montage
from ictal.eeg.tracking.marks import Marked, follow_marks
from ictal.eeg.tracking.settings import TrackingSettings
from ictal.eeg.tracking.types import Seizure

MOST_NAMED = 0.5
"""A mark that names more than this share of the electrodes does not say where it was: Ictal looks among them."""

WHOLE_HEAD = ("all", "n/a", "")


class Event(Protocol):
    """Anything that lasts from one second to another; `channels` and `confidence` are taken where it has them."""

    @property
    def start_s(self) -> float: ...
    @property
    def stop_s(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Tracked:
    """What marks became: seizures, the discharges inside them, what was odd in whole sentences, marks left out."""

    seizures: tuple[Seizure, ...]
    discharges: tuple[Discharge, ...]
    notes: tuple[str, ...]
    left_out: int


def as_marks(events: Marks | Iterable[Event] | None) -> Marks | None:
    """The marks that a caller in Python gave, with a digest of what they say."""
    if events is None or isinstance(events, Marks):
        return events
    if isinstance(events, str | Path):
        raise UsageError("Events are marks, not the name of a file: give ictal.read_marks(file, recording).")
    if not isinstance(events, Iterable):
        raise UsageError(f"Events are a list of marks, not one {type(events).__name__}.")
    marks = tuple(_mark_of(e) for e in events)
    said = repr([(m.start_s, m.stop_s, m.channels, m.confidence) for m in marks])
    return Marks("marks in memory", marks, hashlib.sha256(said.encode()).hexdigest())


def _mark_of(event: object) -> Mark:
    try:
        return given.mark(event)
    except ValueError as error:
        raise UsageError(
            f"A {type(event).__name__} is no event ({error}): it needs start_s and stop_s in seconds, and may have "
            "channels and a confidence."
        ) from None


def track(
    marks: Marks, recording: Recording, scores: Scores, rule: Rule, signal: tuple[Montage, Preparer, TrackingSettings]
) -> Tracked:
    """Where was each marked seizure, and how did it move? No mark is left out without a sentence that says why.

    Raises `TableError` when marks were given and all of them lie before or after the recording.
    """
    montage, preparer, settings = signal
    notes = list(marks.notes)
    fitted, left_out = _fitted(marks.marks, recording, notes.append)
    if marks.marks and all(_elsewhere(mark, recording.duration_s) for mark in marks.marks):
        raise TableError(
            f"None of the {len(marks.marks)} marks lies in the recording (0 to {recording.duration_s:g} s; the first "
            f"mark is of {marks.marks[0].start_s:g} to {marks.marks[0].stop_s:g} s): give the marks of this "
            "recording, in seconds from its first sample."
        )
    told = [_marked(mark, recording, montage, scores, rule, notes.append) for mark in fitted]
    notes += _hidden(fitted, scores)
    seizures, said = follow_marks(told, scores, montage, preparer, settings)
    discharges = tuple(sorted({d for one in told for d in (*one.discharges, *one.named)}))
    return Tracked(seizures, discharges, (*notes, *said), left_out)


def _elsewhere(mark: Mark, end_s: float) -> bool:
    return not (mark.start_s < end_s and mark.stop_s >= 0.0)


def _fitted(marks: Iterable[Mark], recording: Recording, note: Callable[[str], None]) -> tuple[list[Mark], int]:
    """The marks that lie in what was recorded, cut to it and in order, and how many do not; each change is noted."""
    end_s, left_out = recording.duration_s, 0
    kept: list[Mark] = []
    for mark in sorted(marks, key=_order):
        cut = _cut(_sure(mark, note), end_s, recording.recorded, note)
        if cut is None:
            left_out += 1
            continue
        twin = next(
            (k for k in kept if (k.start_s, k.stop_s, k.channels) == (cut.start_s, cut.stop_s, cut.channels)), None
        )
        if twin is not None:
            note(f"{mark.name} says the same as another mark and was taken once.")
            continue
        for other in kept:
            if min(other.stop_s, cut.stop_s) > max(other.start_s, cut.start_s):
                note(f"{mark.name} overlaps that of {other.start_s:.1f} s: they were taken as two seizures.")
        kept.append(cut)
    return kept, left_out


def _sure(mark: Mark, note: Callable[[str], None]) -> Mark:
    if mark.confidence is None or 0.0 <= mark.confidence <= 1.0:
        return mark
    note(f"{mark.name} has a confidence of {mark.confidence:g}, which is not between 0 and 1; it was taken without.")
    return replace(mark, confidence=None)


def _order(mark: Mark) -> tuple[float, float]:
    """Times that are no numbers come last."""
    return tuple(t if math.isfinite(t) else math.inf for t in (mark.start_s, mark.stop_s))  # type: ignore[return-value]


def _cut(mark: Mark, end_s: float, recorded: IntervalSet, note: Callable[[str], None]) -> Mark | None:
    """The mark within what was recorded; `None`, with a note, when nothing of it is."""
    if not (math.isfinite(mark.start_s) and math.isfinite(mark.stop_s)):
        note(f"{mark.name} has a time that is no number and was left out.")
        return None
    if mark.stop_s < mark.start_s:
        note(f"{mark.name} ends before it begins ({mark.stop_s:.1f} s) and was left out.")
        return None
    if mark.start_s == mark.stop_s:
        if recorded.contains(mark.start_s):
            return mark
        note(f"{mark.name} lies where nothing was recorded and was left out.")
        return None
    there = recorded.intersection(IntervalSet((Interval(mark.start_s, mark.stop_s),)))
    if not len(there):
        where = "in a gap" if 0 <= mark.start_s < end_s else f"outside the recording (0 to {end_s:.1f} s)"
        note(f"{mark.name} lies {where}, where nothing was recorded, and was left out.")
        return None
    first, last = there.intervals[0].start_s, there.intervals[-1].stop_s
    if first - mark.start_s > 0.01 or mark.stop_s - last > 0.01:
        note(f"{mark.name} reaches to where nothing was recorded and was cut to {first:.1f}-{last:.1f} s.")
    if len(there) > 1:
        note(f"{mark.name} has a gap in it: nothing is said of the seconds that were not recorded.")
    return replace(mark, start_s=first, stop_s=last)


def _marked(
    mark: Mark, recording: Recording, montage: Montage, scores: Scores, rule: Rule, note: Callable[[str], None]
) -> Marked:
    """The mark with the discharges inside it."""
    electrodes = _electrodes(mark, recording, montage, note)
    sought = rule.span_of(mark)
    span = Interval(sought.start_s, min(sought.stop_s, recording.duration_s))
    found = rule.inside(span, scores, montage)
    if not electrodes:
        return Marked(mark, found)
    found = tuple(d for d in found if d.electrode in electrodes)
    if len(electrodes) > MOST_NAMED * len(montage.derivations):
        return Marked(mark, found)
    silent = electrodes - {d.electrode for d in found} if mark.stop_s > mark.start_s else ()
    named = (d for e in silent for d in _as_named(e, span, recording.recorded, scores, montage))
    return Marked(mark, found, tuple(named), place_known=True)


def _as_named(
    electrode: str, span: Interval, recorded: IntervalSet, scores: Scores, montage: Montage
) -> Iterator[Discharge]:
    """A derivation that was named, where Ictal sees no rhythm: a discharge as long as the mark, gaps left out."""
    for row, derivation in enumerate(montage.derivations):
        if derivation.electrode == electrode:
            for part in recorded.intersection(IntervalSet.of((span,))):
                seconds = slice(math.floor(part.start_s), math.ceil(part.stop_s))
                score = round(float(np.mean(scores.score[row, seconds])), 4)
                plain = Discharge(part.start_s, part.stop_s, derivation.label, electrode, math.nan, math.nan, score)
                yield with_rhythm(plain, scores, row)


def _electrodes(mark: Mark, recording: Recording, montage: Montage, note: Callable[[str], None]) -> frozenset[str]:
    """Which electrodes of the montage do the channels of a mark name? A bipolar channel names two."""
    here = {d.electrode for d in montage.derivations}
    by_label = {c.label.strip().upper(): (c.electrode, c.minus) for c in recording.channels}
    by_label |= {d.label.upper(): (d.electrode, d.minus) for d in montage.derivations}
    found: set[str] = set()
    unknown = []
    for label in mark.channels:
        if label.strip().lower() in WHOLE_HEAD:
            return frozenset()
        parsed = parse_label(label)
        pair = by_label.get(label.strip().upper(), (parsed.electrode, parsed.minus))
        named = {e for e in pair if e is not None} & here
        found |= named
        unknown += [] if named else [label]
    if unknown:
        what = "its place was looked for" if not found else "the others were taken"
        note(f"{mark.name} names {', '.join(unknown)}, which this recording does not have as electrodes: {what}.")
    return frozenset(found)


def _hidden(marks: Sequence[Mark], scores: Scores) -> Iterator[str]:
    """Marks of which little could be read."""
    for mark in marks:
        first, last = math.floor(mark.start_s), max(math.ceil(mark.stop_s), math.floor(mark.start_s) + 1)
        flags = scores.flags[:, first:last]
        flags = flags[:, ((flags & np.uint8(Mask.gap)) == 0).any(axis=0)]
        if flags.size and ((flags & HIDING) == 0).mean() < MOST_NAMED:
            yield f"{mark.name} lies where less than half of the signal could be read."
