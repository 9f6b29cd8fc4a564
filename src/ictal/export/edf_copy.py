"""An EDF or BDF file, copied with other texts and other annotations: every sample keeps its digital value.

    header     written anew: texts as `Told` has them; lengths, ranges and rates are those of the file
    records    in order of time; the signals' bytes as they are, then one annotation signal with clock and marks

The copy is EDF+C or EDF+D (BDF+C, BDF+D), whatever the file called itself. A signal without a range is left out: its
samples have no value, and other readers refuse such a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ictal.eeg.recording.edf_header import Header, Signal, read_header
from ictal.eeg.recording.edf_raw import Texts, read_texts
from ictal.eeg.recording.edf_times import Timeline, read_timeline
from ictal.eeg.recording.types import Annotation
from ictal.exchange.edf import edf_field
from ictal.exchange.edf_marks import Clock, MarkChannel, place_marks

_BLOCK_BYTES = 1 << 22
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_PATIENT = re.compile(r"\S+ [MFX] (?:X|\d\d-[A-Z]{3}-\d{4}) \S+(?: .*)?")
_RECORDING = re.compile(r"Startdate (?:X|\d\d-[A-Z]{3}-\d{4}) \S+ \S+ \S+(?: .*)?")


@dataclass(frozen=True, slots=True, repr=False)
class Told:
    """What the copy says: patient, recording (after its date), start; label, unit, transducer, filter a signal."""

    patient: str
    recording: str
    start: datetime | None
    labels: tuple[str, ...]
    units: tuple[str, ...]
    transducers: tuple[str, ...]
    prefilters: tuple[str, ...]


@dataclass(frozen=True, slots=True, repr=False)
class EdfFile:
    """An EDF or BDF file that can be copied: its numbers, its texts, its times."""

    path: Path
    header: Header
    texts: Texts
    timeline: Timeline

    @property
    def kept(self) -> tuple[int, ...]:
        """Which signals have samples with a value?"""
        signals = enumerate(self.header.signals)
        return tuple(i for i, s in signals if not s.is_annotations and s.samples_per_record and s.has_range)

    @property
    def start(self) -> datetime | None:
        """The wall clock of the first sample."""
        start = self.header.start
        return None if start is None else start + timedelta(seconds=self.timeline.origin_s)

    def told(self) -> Told:
        """What the file says of itself, in the form that EDF+ asks for."""
        kept, texts = self.kept, self.texts
        patient = texts.patient if _PATIENT.fullmatch(texts.patient) else f"X X X {_one_word(texts.patient)}"
        rest = texts.recording.split(" ", 2)[-1] if _RECORDING.fullmatch(texts.recording) else ""
        return Told(
            patient=patient,
            recording=rest or f"X X {_one_word(texts.recording)}",
            start=self.start,
            labels=tuple(texts.labels[i] for i in kept),
            units=tuple(texts.units[i] for i in kept),
            transducers=tuple(texts.transducers[i] for i in kept),
            prefilters=tuple(texts.prefilters[i] for i in kept),
        )


def open_edf(path: Path) -> EdfFile:
    """What is there to copy? Raises `RecordingError` where the file cannot be read."""
    header = read_header(path)
    return EdfFile(path, header, read_texts(path), read_timeline(path, header))


def copy_edf(file: EdfFile, out: Path, told: Told, marks: Sequence[Annotation]) -> None:
    """Write the copy, block by block: memory does not grow with the file.

    Raises
    ------
    OutputError
        The annotations do not fit.
    OSError
        The copy cannot be written; `folder.whole_folder` turns it into a sentence.
    """
    clock = _clock(file)
    texts = place_marks(clock, sorted(marks))
    width = file.header.bytes_per_sample
    size = -(-texts.size // (2 * width)) * 2 * width
    with file.path.open("rb") as source, out.open("wb") as target:
        target.write(_header(file, told, clock, size))
        done = 0
        for first, count in _blocks(file):
            source.seek(file.header.header_bytes + first * file.header.record_bytes)
            raw = source.read(count * file.header.record_bytes)
            block = np.frombuffer(raw, dtype=np.uint8).reshape(count, -1)
            target.write(_copied(file, block, texts, done, size))
            done += count


def _one_word(text: str) -> str:
    return "_".join(text.split()) or "X"


def _clock(file: EdfFile) -> Clock:
    """The clock of the copy; a second that the first record begins at is in the header, the rest in the records."""
    runs, origin_s = file.timeline.runs, file.timeline.origin_s
    record_s = Fraction(file.header.record_s).limit_denominator(1_000_000)
    return Clock(tuple(r.start_s for r in runs), tuple(r.records for r in runs), record_s, origin_s % 1.0)


def _blocks(file: EdfFile) -> Iterator[tuple[int, int]]:
    """Records of the file in order of time, as many together as fit into a block: the first, and how many."""
    together = max(1, _BLOCK_BYTES // file.header.record_bytes)
    for run in file.timeline.runs:
        for first in range(0, run.records, together):
            yield run.first_record + first, min(together, run.records - first)


def _copied(file: EdfFile, block: npt.NDArray[np.uint8], texts: MarkChannel, done: int, size: int) -> bytes:
    """These records with the signals that are kept, and the marks behind them."""
    width = file.header.bytes_per_sample
    signals = [file.header.signals[i] for i in file.kept]
    parts = [block[:, s.first_sample * width : (s.first_sample + s.samples_per_record) * width] for s in signals]
    marks = b"".join(texts.record(done + k).ljust(size, b"\x00") for k in range(len(block)))
    parts.append(np.frombuffer(marks, dtype=np.uint8).reshape(len(block), size))
    return np.concatenate(parts, axis=1).tobytes()


def _header(file: EdfFile, told: Told, clock: Clock, size: int) -> bytes:
    signals = [file.header.signals[i] for i in file.kept]
    bdf, count = file.header.bytes_per_sample == 3, len(signals) + 1
    start = told.start.replace(microsecond=0) if told.start is not None else datetime(1985, 1, 1)
    day = f"{start.day:02}-{_MONTHS[start.month - 1]}-{start.year}" if told.start is not None else "X"
    lowest, highest = ("-8388608", "8388607") if bdf else ("-32768", "32767")
    name = "BDF" if bdf else "EDF"
    head = [
        (told.patient, 80), (f"Startdate {day} {told.recording}", 80),
        (f"{start.day:02}.{start.month:02}.{start.year % 100:02}", 8),
        (f"{start.hour:02}.{start.minute:02}.{start.second:02}", 8), (str(256 * (count + 1)), 8),
        (f"{name}+{_kind(clock)}", 44), (str(clock.records), 8), (_record_s(file.header), 8), (str(count), 4),
    ]  # fmt: skip
    limits = [_limits(file, i, s) for i, s in zip(file.kept, signals, strict=True)]
    columns: list[tuple[list[str], int]] = [
        ([*told.labels, f"{name} Annotations"], 16),
        ([*told.transducers, ""], 80),
        ([*told.units, ""], 8),
        ([*(low for low, _, _, _ in limits), "-1"], 8),
        ([*(high for _, high, _, _ in limits), "1"], 8),
        ([*(low for _, _, low, _ in limits), lowest], 8),
        ([*(high for _, _, _, high in limits), highest], 8),
        ([*told.prefilters, ""], 80),
        ([*(str(s.samples_per_record) for s in signals), str(size // file.header.bytes_per_sample)], 8),
        ([""] * count, 32),
    ]
    fields = [b"\xffBIOSEMI" if bdf else b"0".ljust(8)]
    fields += [edf_field(text, width) for text, width in head]
    fields += [edf_field(text, width) for texts, width in columns for text in texts]
    return b"".join(fields)


def _kind(clock: Clock) -> str:
    """`C` when every record begins where the one before it ended, `D` otherwise."""
    stops = [a + float(n * clock.record_s) for a, n in zip(clock.starts_s, clock.counts, strict=True)]
    following = zip(stops, clock.starts_s[1:], strict=False)
    return "C" if all(abs(stop - start) <= 1e-6 for stop, start in following) else "D"


def _record_s(header: Header) -> str:
    text = f"{header.record_s:.8f}".rstrip("0").rstrip(".")
    return text if len(text) <= 8 else f"{header.record_s:.6g}"


def _limits(file: EdfFile, signal: int, parsed: Signal) -> tuple[str, str, str, str]:
    """The ranges as the file wrote them, where they are plain numbers; a comma becomes a point."""
    written = file.texts.limits[signal]
    numbers = (parsed.physical_min, parsed.physical_max, parsed.digital_min, parsed.digital_max)
    plain = [w.replace(",", ".") for w in written]
    said = [w if re.fullmatch(r"[+-]?\d+\.?\d*", w) else f"{n:g}" for w, n in zip(plain, numbers, strict=True)]
    return said[0], said[1], said[2], said[3]
