"""A recording, written as EDF+: continuous (EDF+C), or discontinuous (EDF+D) where it has gaps.

The file is written block by block, because edfio needs a whole recording in memory to write one and cannot
write gaps. The format is Kemp et al. 1992 and Kemp & Olivan 2003 (edfplus.info); edfio, MNE and
pyedflib read what is written here in the tests.

1. No patient: the patient field is `X X X X`. A simulated recording says SIMULATED in the recording field and in its
   first annotation.
2. The physical range of a channel is that of its file where 16 bits of it are finer than 0.5 of the unit, so that what
   was saturated stays so; otherwise its own lowest and highest sample with 5 % to spare.
3. A stretch that does not fill its last data record is filled up with zeros where there is room before the next one,
   and an annotation says so; where there is none, its last samples are left out. Times of what follows stay true.
4. A sample that is not known (NaN) is written as zero, or as the end of the range nearest to zero.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO, Protocol

import numpy as np
import numpy.typing as npt

from ictal.base.errors import OutputError
from ictal.base.provenance import ictal_version
from ictal.base.time import to_sample
from ictal.eeg.recording.types import Annotation, Channel, Recording
from ictal.exchange.edf_marks import LEAST_BYTES, Clock, MarkChannel, place_marks, place_more

SIMULATED = "SIMULATED"
COARSEST_STEP = 0.5
"""A file's own range is kept when one of its 65 536 steps is at most this (uV): a tenth of the quietest EEG."""

LONGEST_RECORD_S = 60
IN_MEMORY = "simulated"
"""The format of a recording that a simulation is about to make: its samples lie within the range of its channels."""
LEFT_BYTES = 240
"""Room in every data record for annotations that are told later: two or three of them."""

_LOWEST, _HIGHEST = -32768, 32767
_CONFESSION = f"{SIMULATED} by Ictal"
_BLOCK_SAMPLES = 2_000_000
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


@dataclass(frozen=True, slots=True)
class WrittenEdf:
    """What was written: its kind, its data records, and what did not fit them (seconds, over all stretches)."""

    path: Path
    kind: str
    records: int
    record_s: float
    padded_s: float
    left_out_s: float


@dataclass(frozen=True, slots=True)
class _Stretch:
    """The data records of one segment: when it starts, how many there are, and the samples each channel really has."""

    segment: int
    start_s: float
    records: int
    samples: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Plan:
    """How a recording is laid out: record length, samples a record, stretches, ranges, annotations."""

    kind: str
    record_s: Fraction
    per_record: tuple[int, ...]
    stretches: tuple[_Stretch, ...]
    ranges: tuple[tuple[float, float], ...]
    texts: MarkChannel

    @property
    def record_bytes(self) -> int:
        return 2 * sum(self.per_record) + self.texts.size


class Halfway(Protocol):
    """Where a file that is written bit by bit stands, kept outside so that it can be gone on with."""

    @property
    def every_s(self) -> float:
        """After how many seconds of the recording is it to be saved again?"""

    @property
    def records(self) -> int:
        """How many data records are in the file already?"""

    def save(self, records: int, seconds: float) -> None:
        """So many records are on the disk; the next one begins at this second."""


def write_edf(
    recording: Recording,
    path: Path,
    *,
    annotations: Iterable[Annotation] = (),
    told_later: Callable[[], Iterable[Annotation]] | None = None,
    halfway: Halfway | None = None,
) -> WrittenEdf:
    """Write a recording, with its annotations and these, as one EDF+ file.

    Reads the recording in blocks of about 2 million samples, so memory stays bounded: twice (first for the ranges), or
    once where it is being simulated, because its ranges are known.

    Parameters
    ----------
    told_later
        Annotations that are known only when every sample was read: room for them is left and filled in at the end.
    halfway
        Go on with a file that was begun, and keep where it stands.

    Raises
    ------
    OutputError
        The recording cannot be said in EDF+: no channel, no sample, a date before 1985 or after 2084, a value too large
        for the eight characters of its field.
    OSError
        The file cannot be written; `folder.whole_folder` turns it into a sentence.
    """
    if not recording.channels or not recording.segments:
        raise OutputError("A recording without channels or samples cannot be written as EDF.")
    record_s = _record_length(recording)
    per_record = tuple(_whole(Fraction(record_s) * _exact(c.rate_hz)) for c in recording.channels)
    stretches, padding, left_out_s = _stretches(recording, record_s, per_record)
    marks = [*_said_of_itself(recording), *sorted((*recording.annotations, *annotations)), *padding]
    least = LEFT_BYTES if told_later is not None else LEAST_BYTES
    texts = place_marks(_clock(recording, stretches, record_s), marks, least)
    kind = _kind(stretches, record_s)
    plan = _Plan(kind, record_s, per_record, stretches, tuple(_ranges(recording)), texts)
    header = _header(recording, plan)
    begun = _begun(path, len(header), plan, halfway)
    with path.open("r+b" if begun else "wb") as file:
        file.write(header)
        file.truncate(file.seek(file.tell() + begun * plan.record_bytes))
        for stretch in stretches:
            _write_stretch(file, recording, plan, stretch, (begun, halfway))
        if told_later is not None:
            _fill_in(file, plan, place_more(texts, sorted([*marks, *told_later()])))
    padded_s = math.fsum(p.duration_s for p in padding)
    return WrittenEdf(path, kind, texts.clock.records, float(record_s), padded_s, left_out_s)


def _begun(path: Path, header: int, plan: _Plan, halfway: Halfway | None) -> int:
    """How many data records are there already? None where the file is shorter than was kept."""
    if halfway is None or not path.is_file():
        return 0
    return halfway.records if path.stat().st_size >= header + halfway.records * plan.record_bytes else 0


def _exact(value: float) -> Fraction:
    """A rate or duration as the simple fraction that it stands for (512/3 Hz, 0.1 s)."""
    return Fraction(value).limit_denominator(1_000_000)


def _whole(value: Fraction) -> int:
    return max(1, round(value))


def _record_length(recording: Recording) -> Fraction:
    """How long is a data record? As near to 1 s as its field and the rates allow, filling every stretch if it can."""
    rates = [_exact(c.rate_hz) for c in recording.channels]
    step = Fraction(math.lcm(*(r.denominator for r in rates)), math.gcd(*(r.numerator for r in rates)))
    spans = [_exact(s.duration_s) / step for s in recording.segments]
    steps_in_all = math.gcd(*(s.numerator for s in spans)) if all(s.denominator == 1 for s in spans) else 0
    most, in_a_second = int(LONGEST_RECORD_S / step), round(1 / step)
    range_of_lengths = range(math.ceil(in_a_second / 10) or 1, min(most, 10 * in_a_second) + 1)
    filling = [n for n in range_of_lengths if steps_in_all and steps_in_all % n == 0]
    nearest = range(max(1, in_a_second - 1000), min(most, in_a_second + 1000) + 1)
    for candidates in (filling, nearest):
        for length in sorted((n * step for n in candidates), key=_from_a_second):
            if _fits(length):
                return length
    raise OutputError(
        "The channels' rates have no common data record that EDF can write: write them in files of one rate each."
    )


def _from_a_second(length: Fraction) -> float:
    return abs(math.log(float(length)))


def _fits(length: Fraction) -> bool:
    """Can the eight characters of its field say this, to a millisecond a day?"""
    return abs(Fraction(_number(float(length))) - length) <= length / 10**8


def _number(value: float) -> str:
    """A number in at most eight characters, as near as they allow."""
    for decimals in range(7, -1, -1):
        text = f"{value:.{decimals}f}"
        text = text.rstrip("0").rstrip(".") if decimals else text
        if len(text) <= 8:
            return "0" if text == "-0" else text
    raise OutputError(f"The value {value:g} is too large for a field of an EDF header: only eight characters fit.")


def _stretches(
    recording: Recording, record_s: Fraction, per_record: Sequence[int]
) -> tuple[tuple[_Stretch, ...], list[Annotation], float]:
    """The data records of each segment, an annotation for each that had to be filled up, and the seconds left out."""
    found: list[_Stretch] = []
    padding: list[Annotation] = []
    left_out_s = 0.0
    following = [*(s.start_s for s in recording.segments[1:]), math.inf]
    for number, (span, next_s) in enumerate(zip(recording.segments, following, strict=True)):
        samples = tuple(to_sample(span.duration_s, c.rate_hz) for c in recording.channels)
        needed = max(-(-n // each) for n, each in zip(samples, per_record, strict=True))
        stop_s = span.start_s + float(needed * record_s)
        missing_s = stop_s - span.stop_s
        if stop_s > next_s + 1e-6:
            needed -= 1
            left_out_s += span.stop_s - (stop_s - float(record_s))
        elif any(n < needed * each for n, each in zip(samples, per_record, strict=True)) and missing_s > 1e-6:
            padding.append(Annotation(span.stop_s, missing_s, "Ictal: not recorded, filled with zeros"))
        if needed:
            found.append(_Stretch(number, span.start_s, needed, samples))
    if not found:
        raise OutputError(
            "Every stretch of the recording is shorter than one EDF data record, so nothing can be written."
        )
    return tuple(found), padding, left_out_s


def _kind(stretches: Sequence[_Stretch], record_s: Fraction) -> str:
    """Continuous when every data record begins where the one before it ended, discontinuous otherwise."""
    expected_s = 0.0
    for stretch in stretches:
        if abs(stretch.start_s - expected_s) > 1e-6:
            return "EDF+D"
        expected_s = stretch.start_s + float(stretch.records * record_s)
    return "EDF+C"


def _said_of_itself(recording: Recording) -> list[Annotation]:
    """What a simulated recording must say first; nothing when it was written by Ictal before and says so already."""
    if not recording.simulated or any(a.text.startswith(_CONFESSION) for a in recording.annotations):
        return []
    return [Annotation(0.0, 0.0, f"{_CONFESSION} {ictal_version()}: no patient's recording")]


def _clock(recording: Recording, stretches: Sequence[_Stretch], record_s: Fraction) -> Clock:
    offset_s = recording.start.microsecond / 1e6 if recording.start is not None else 0.0
    return Clock(tuple(s.start_s for s in stretches), tuple(s.records for s in stretches), record_s, offset_s)


def _ranges(recording: Recording) -> Iterator[tuple[float, float]]:
    """The physical range of each channel, in values that the header's eight characters can say."""
    own = [_own_range(c) for c in recording.channels]
    known = recording.source.file_format == IN_MEMORY and None not in own
    lowest, highest = ([0.0] * len(own),) * 2 if known else _extremes(recording)
    for usable, low, high in zip(own, lowest, highest, strict=True):
        if not (math.isfinite(low) and math.isfinite(high)):
            low = high = 0.0
        if usable is not None and usable[0] <= low <= high <= usable[1]:
            yield usable
            continue
        spare = max(0.05 * (high - low), 1e-3 * max(abs(low), abs(high)), 1e-3)
        yield _outward(low - spare, -1), _outward(high + spare, +1)


def _own_range(channel: Channel) -> tuple[float, float] | None:
    """The range that a channel came with, where a header can say it and it is fine enough."""
    low, high = channel.lowest_uv, channel.highest_uv
    if low is None or high is None or _said(low) != low or _said(high) != high:
        return None
    return (low, high) if 0 < (high - low) / (_HIGHEST - _LOWEST) <= COARSEST_STEP else None


def _said(value: float) -> float:
    return float(_number(value))


def _outward(value: float, direction: int) -> float:
    """The nearest number of eight characters that is not nearer to the middle."""
    for decimals in range(6, -1, -1):
        scale = 10.0**decimals
        outward = (math.floor(value * scale) if direction < 0 else math.ceil(value * scale)) / scale
        if len(f"{outward:.{decimals}f}") <= 8:
            return outward
    raise OutputError(f"The value {value:g} is too large for a field of an EDF header: only eight characters fit.")


def _extremes(recording: Recording) -> tuple[list[float], list[float]]:
    """The lowest and the highest known sample of each channel."""
    count = len(recording.channels)
    lowest, highest = [math.inf] * count, [-math.inf] * count
    for channels, rate_hz in _by_rate(recording.channels):
        for number, segment in enumerate(recording.segments):
            total = to_sample(segment.duration_s, rate_hz)
            step = max(1, _BLOCK_SAMPLES // len(channels))
            for start in range(0, total, step):
                block = recording.samples.read_uv(channels, number, start, min(start + step, total))
                known = np.isfinite(block)
                low = np.min(block, axis=1, where=known, initial=np.inf)
                high = np.max(block, axis=1, where=known, initial=-np.inf)
                for i, channel in enumerate(channels):
                    lowest[channel] = min(lowest[channel], float(low[i]))
                    highest[channel] = max(highest[channel], float(high[i]))
    return lowest, highest


def _by_rate(channels: Sequence[Channel]) -> list[tuple[list[int], float]]:
    groups: dict[float, list[int]] = {}
    for i, channel in enumerate(channels):
        groups.setdefault(channel.rate_hz, []).append(i)
    return [(members, rate_hz) for rate_hz, members in groups.items()]


def _header(recording: Recording, plan: _Plan) -> bytes:
    start = recording.start or datetime(1985, 1, 1)
    if not 1985 <= start.year <= 2084:
        raise OutputError(f"The recording begins in {start.year}, but EDF can say dates from 1985 to 2084 only.")
    day = f"{start.day:02}-{_MONTHS[start.month - 1]}-{start.year}" if recording.start is not None else "X"
    equipment = SIMULATED if recording.simulated else "X"
    count = len(recording.channels) + 1
    head = [
        ("0", 8), ("X X X X", 80), (f"Startdate {day} X X {equipment}", 80),
        (f"{start.day:02}.{start.month:02}.{start.year % 100:02}", 8),
        (f"{start.hour:02}.{start.minute:02}.{start.second:02}", 8),
        (str(256 * (count + 1)), 8), (plan.kind, 44), (str(plan.texts.clock.records), 8),
        (_number(float(plan.record_s)), 8), (str(count), 4),
    ]  # fmt: skip
    columns: list[tuple[list[str], int]] = [
        ([*edf_labels(recording.channels), "EDF Annotations"], 16),
        ([""] * count, 80),
        ([*(c.unit for c in recording.channels), ""], 8),
        ([*(_number(low) for low, _ in plan.ranges), "-1"], 8),
        ([*(_number(high) for _, high in plan.ranges), "1"], 8),
        ([str(_LOWEST)] * count, 8),
        ([str(_HIGHEST)] * count, 8),
        ([""] * count, 80),
        ([*(str(n) for n in plan.per_record), str(plan.texts.size // 2)], 8),
        ([""] * count, 32),
    ]
    fields = [edf_field(text, width) for text, width in head]
    fields += [edf_field(text, width) for texts, width in columns for text in texts]
    return b"".join(fields)


def edf_field(text: str, width: int) -> bytes:
    """Text as one field of the header: printable ASCII, filled up with spaces."""
    plain = text.replace("\u00b5", "u").replace("\u03bc", "u").encode("ascii", "replace")
    return bytes(b if 32 <= b < 127 else 63 for b in plain)[:width].ljust(width)


def edf_labels(channels: Sequence[Channel]) -> list[str]:
    """The labels, cut to 16 characters; those that the cut makes alike get a number."""
    found: list[str] = []
    for channel in channels:
        label = edf_field(channel.label, 16).decode("ascii").strip()
        again = 2
        while label in found and channel.label not in found:
            label = f"{label[:13]}~{again}"
            again += 1
        found.append(label)
    return found


def _fill_in(file: BinaryIO, plan: _Plan, texts: MarkChannel) -> None:
    """Put other annotations in the place of those that are there."""
    header = file.seek(0, 2) - texts.clock.records * plan.record_bytes
    for number in sorted({*texts.marked, *plan.texts.marked}):
        file.seek(header + (number + 1) * plan.record_bytes - texts.size)
        file.write(texts.record(number))


def _write_stretch(
    file: BinaryIO, recording: Recording, plan: _Plan, stretch: _Stretch, so_far: tuple[int, Halfway | None]
) -> None:
    """Write the data records of one stretch, a block of them at a time, from the first that is not there."""
    begun, halfway = so_far
    first = sum(s.records for s in plan.stretches if s.segment < stretch.segment)
    edges = np.concatenate(([0], np.cumsum(plan.per_record)))
    per_block = max(1, _BLOCK_SAMPLES // int(edges[-1]))
    if halfway is not None:
        per_block = max(1, min(per_block, int(halfway.every_s / plan.record_s)))
    for begin in range(max(0, begun - first), stretch.records, per_block):
        count = min(per_block, stretch.records - begin)
        block = np.zeros((count, int(edges[-1]) + plan.texts.size // 2), dtype="<i2")
        for channels, _ in _by_rate(recording.channels):
            each = plan.per_record[channels[0]]
            start = begin * each
            stop = min((begin + count) * each, stretch.samples[channels[0]])
            samples = np.full((len(channels), count * each), np.nan, dtype=np.float32)
            if stop > start:
                samples[:, : stop - start] = recording.samples.read_uv(channels, stretch.segment, start, stop)
            for row, channel in zip(samples, channels, strict=True):
                digital = _digital(row, *plan.ranges[channel])
                block[:, edges[channel] : edges[channel + 1]] = digital.reshape(count, each)
        texts = b"".join(plan.texts.record(first + begin + k) for k in range(count))
        block[:, edges[-1] :] = np.frombuffer(texts, dtype="<i2").reshape(count, -1)
        file.write(block.tobytes())
        if halfway is not None:
            file.flush()
            os.fsync(file.fileno())
            halfway.save(first + begin + count, stretch.start_s + float((begin + count) * plan.record_s))


def _digital(samples_uv: npt.NDArray[np.float32], low: float, high: float) -> npt.NDArray[np.int16]:
    """Physical values as 16-bit numbers of the range; what is not known as the value nearest to zero."""
    known = np.where(np.isfinite(samples_uv), samples_uv, 0.0).astype(np.float64)
    scaled = np.rint((known - low) * ((_HIGHEST - _LOWEST) / (high - low)) + _LOWEST)
    return np.clip(scaled, _LOWEST, _HIGHEST).astype("<i2")
