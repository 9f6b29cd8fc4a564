"""When each record of an EDF+ or BDF+ file was recorded, and what its annotations say.

The readers at hand take an interrupted file (EDF+D) as continuous; here the onset that every record carries in its
annotation channel decides. A time-stamped annotation list (TAL) is `+onset[\\x15duration]\\x14text\\x14...\\x14\\x00`;
the first of a record has an empty text and gives the record's own onset.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ictal.base.errors import RecordingError
from ictal.base.time import Interval
from ictal.eeg.recording.edf_header import Header
from ictal.eeg.recording.types import Annotation

_TAL = re.compile(rb"([+-]\d+(?:\.\d*)?)(?:\x15(\d+(?:\.\d*)?))?\x14([^\x00]*)\x14\x00?")
_OWN_ONSET = re.compile(rb"([+-]\d+(?:\.\d*)?)\x14\x14")

LEAST_GAP_S = 0.001
"""Onsets are written to the millisecond by many exporters: a shorter step (or half a sample) is rounding, not a gap."""

DRIFT_S = 0.05
"""A record that begins less than this before the last one ends is jitter of the recorder's clock, not an overlap;
when onsets and counted samples part by more than this in sum, a notice says so."""

LONGEST_GAP_S = 31 * 86400.0
"""A longer gap between two records is a false time, not a pause."""

_CHUNK_BYTES = 1 << 23


@dataclass(frozen=True, slots=True)
class Run:
    """Records that follow each other without a gap: from this record of the file, so many, at this time."""

    first_record: int
    records: int
    start_s: float


@dataclass(frozen=True, slots=True)
class Timeline:
    """The runs in order of time, the first at 0; `origin_s` is that moment in the file's own time."""

    runs: tuple[Run, ...]
    origin_s: float
    annotations: tuple[Annotation, ...]
    notices: tuple[str, ...]

    def segments(self, record_s: float) -> tuple[Interval, ...]:
        return tuple(Interval(r.start_s, r.start_s + r.records * record_s) for r in self.runs)


def read_timeline(path: Path, header: Header) -> Timeline:
    """When was each record recorded, and what is annotated?

    Raises `RecordingError` when the file calls itself interrupted and does not say when, or when two stretches overlap.
    """
    annotated = [s for s in header.signals if s.is_annotations and s.samples_per_record]
    if not annotated:
        if header.interrupted:
            raise RecordingError(
                f"'{path.name}' calls itself interrupted ({header.file_format}) and has no annotation channel that "
                "says when each record was recorded. Export it again as a continuous EDF+."
            )
        return Timeline((Run(0, header.records, 0.0),), 0.0, (), ())
    onsets, marks = _scan(path, header)
    notices: list[str] = []
    known = np.isfinite(onsets)
    if header.interrupted and not known.all():
        raise RecordingError(
            f"'{path.name}' is interrupted ({header.file_format}) and {int((~known).sum())} of {header.records} "
            "records do not say when they were recorded. Export it again as a continuous EDF+."
        )
    if known.any() and not known.all():
        notices.append(
            f"{int((~known).sum())} of {header.records} records do not say when they were recorded; "
            "each was taken to follow the one before it."
        )
    runs, origin_s = _runs(path, _filled(onsets, header.record_s), header, notices)
    annotations = tuple(sorted(Annotation(round(a.onset_s - origin_s, 9), a.duration_s, a.text) for a in marks))
    return Timeline(runs, origin_s, annotations, tuple(notices))


def _scan(path: Path, header: Header) -> tuple[npt.NDArray[np.float64], list[Annotation]]:
    """The onset of every record (NaN where it gives none) and all annotations, both in the file's own time."""
    width = header.bytes_per_sample
    spans = [
        (s.first_sample * width, (s.first_sample + s.samples_per_record) * width)
        for s in header.signals
        if s.is_annotations
    ]
    low, high = spans[0][0], spans[-1][1]
    onsets = np.full(header.records, np.nan)
    marks: list[Annotation] = []
    step = header.record_bytes
    together = max(1, _CHUNK_BYTES // step) if step < 8192 else 1
    with path.open("rb", buffering=0) as file:
        for record in range(0, header.records, together):
            count = min(together, header.records - record)
            file.seek(header.header_bytes + record * step + low)
            block = file.read((count - 1) * step + high - low)
            for k in range(count):
                for j, (a, b) in enumerate(spans):
                    raw = block[k * step + a - low : k * step + b - low]
                    own = _OWN_ONSET.match(raw) if j == 0 else None
                    if own:
                        onsets[record + k] = float(own[1])
                    if raw[own.end() if own else 0 :].strip(b"\x00"):
                        marks += _marks(raw)
    return onsets, marks


def _marks(raw: bytes) -> list[Annotation]:
    found: list[Annotation] = []
    for onset, duration, texts in _TAL.findall(raw):
        for text in texts.split(b"\x14"):
            if text and math.isfinite(float(onset)):
                found.append(Annotation(float(onset), float(duration or 0.0), _decoded(text)))
    return found


def _decoded(text: bytes) -> str:
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        return text.decode("latin-1")


def _filled(onsets: npt.NDArray[np.float64], record_s: float) -> npt.NDArray[np.float64]:
    """Onsets without holes: a record that gives none follows the one before it (or precedes the first that does)."""
    index = np.arange(len(onsets))
    known = np.flatnonzero(np.isfinite(onsets))
    if len(known) == 0:
        return np.arange(len(onsets), dtype=np.float64) * record_s
    before = known[np.maximum(np.searchsorted(known, index, side="right") - 1, 0)]
    filled: npt.NDArray[np.float64] = onsets[before] + (index - before) * record_s
    return filled


def _runs(
    path: Path, onsets: npt.NDArray[np.float64], header: Header, notices: list[str]
) -> tuple[tuple[Run, ...], float]:
    """Cut the records where time jumps, and put the pieces in order of time, the first at 0."""
    record_s = header.record_s
    most = max((s.samples_per_record for s in header.signals if not s.is_annotations), default=1) or 1
    tolerance_s = max(LEAST_GAP_S, 0.5 * record_s / most)
    steps = np.diff(onsets) - record_s
    # Differences of onsets are exact to far less than a microsecond: what is just half a sample is so everywhere.
    breaks = np.flatnonzero((steps > tolerance_s + 1e-6) | (steps < -DRIFT_S)) + 1
    firsts = np.concatenate(([0], breaks))
    counts = np.diff(np.concatenate((firsts, [len(onsets)])))
    order = np.argsort(onsets[firsts], kind="stable")
    starts, stops = onsets[firsts][order], onsets[firsts + counts - 1][order] + record_s
    overlapping = np.flatnonzero(starts[1:] < stops[:-1] - DRIFT_S)
    if len(overlapping) and not header.interrupted:
        notices.append(
            f"The file calls itself continuous ({header.file_format}) and its records give times that overlap; "
            "their times were set aside and the records taken to follow each other."
        )
        return (Run(0, header.records, 0.0),), float(onsets[0])
    if len(overlapping):
        at = overlapping[0]
        raise RecordingError(
            f"'{path.name}' gives two stretches of records for the same time: one runs to {stops[at]:g} s and another "
            f"begins at {starts[at + 1]:g} s. Export the recording again."
        )
    if len(starts) > 1 and float(np.max(starts[1:] - stops[:-1])) > LONGEST_GAP_S:
        raise RecordingError(
            f"'{path.name}' leaves out {float(np.max(starts[1:] - stops[:-1])) / 86400:.3g} days between two records; "
            f"at most {LONGEST_GAP_S / 86400:g} are believed. Check the times of the file, or export its parts alone."
        )
    if not np.array_equal(order, np.arange(len(order))):
        notices.append("The records are not stored in the order of time; they were sorted by the times that they give.")
    if len(firsts) > 1 and not header.interrupted:
        notices.append(
            f"The file calls itself continuous ({header.file_format}) and its records leave out time in "
            f"{len(firsts) - 1} {'place' if len(firsts) == 2 else 'places'}; the gaps were kept."
        )
    return _placed(firsts[order], counts[order], starts, stops, record_s, notices), float(starts[0])


def _placed(
    firsts: npt.NDArray[np.int64],
    counts: npt.NDArray[np.int64],
    starts: npt.NDArray[np.float64],
    stops: npt.NDArray[np.float64],
    record_s: float,
    notices: list[str],
) -> tuple[Run, ...]:
    runs: list[Run] = []
    drift_s = 0.0
    for first, count, start, stop in zip(firsts.tolist(), counts.tolist(), starts - starts[0], stops, strict=True):
        start_s = round(float(start), 9)
        if runs:
            start_s = max(start_s, runs[-1].start_s + runs[-1].records * record_s)
        drift_s = max(drift_s, abs(start_s + count * record_s - float(stop - starts[0])))
        runs.append(Run(first, count, start_s))
    if drift_s > DRIFT_S:
        notices.append(
            f"The times of the records and the count of their samples part by up to {drift_s:.3g} s; "
            "times here count samples."
        )
    return tuple(runs)
