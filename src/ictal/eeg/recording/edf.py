"""EDF, EDF+C, EDF+D, BDF and BDF+ become a Recording; samples are read from disk only when asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from ictal.base.errors import ChannelError, RecordingError, reason_of
from ictal.eeg.recording import kernels
from ictal.eeg.recording.edf_header import Header, Signal, read_header
from ictal.eeg.recording.edf_times import Run, read_timeline
from ictal.eeg.recording.labels import ParsedLabel, parse_label, parse_labels, uv_per_unit
from ictal.eeg.recording.types import Channel, ChannelKind, Recording, Samples, Source

_READ_BYTES = 1 << 22
"""Whole records are read in pieces of about this size, so that memory stays bounded whatever is asked for."""


@dataclass(frozen=True, slots=True)
class Column:
    """Where one channel lies in a record and how its numbers become values: `gain * digital + offset`."""

    first_sample: int
    samples_per_record: int
    gain: float
    offset: float


@dataclass(frozen=True, slots=True)
class EdfSamples:
    """The samples of an EDF or BDF file on disk. The file is opened for each read and never held open."""

    path: Path
    header_bytes: int
    record_bytes: int
    bytes_per_sample: int
    columns: tuple[Column, ...]
    runs: tuple[Run, ...]
    stamp: tuple[int, int]

    def read_uv(self, channels: Sequence[int], segment: int, start: int, stop: int) -> Samples:
        """Samples `[start, stop)` of channels of one rate of one segment, microvolts, `(n_channels, stop - start)`.

        Raises `ValueError` when the channels differ in rate or the span lies outside the segment, `RecordingError` when
        the file has gone or changed since it was opened.
        """
        if not channels:
            return np.empty((0, max(0, stop - start)), dtype=np.float32)
        chosen = [self.columns[c] for c in channels]
        per_record = chosen[0].samples_per_record
        if any(c.samples_per_record != per_record for c in chosen):
            raise ValueError("The channels of one read must share one rate: read each rate by itself.")
        run = self.runs[segment]
        if not 0 <= start <= stop <= run.records * per_record:
            raise ValueError(
                f"Samples [{start}, {stop}) lie outside segment {segment} of {run.records * per_record} samples."
            )
        out = np.empty((len(chosen), stop - start), dtype=np.float32)
        if out.size == 0:
            return out
        try:
            with self.path.open("rb", buffering=0) as file:
                self._fill(file, chosen, run, start, out)
        except OSError as error:
            raise RecordingError(f"'{self.path.name}' could no longer be read: {reason_of(error)}.") from error
        return out

    def _fill(self, file: BinaryIO, chosen: Sequence[Column], run: Run, start: int, out: Samples) -> None:
        state = self.path.stat()
        if (state.st_size, state.st_mtime_ns) != self.stamp:
            raise RecordingError(f"'{self.path.name}' changed while it was being read. Read it again.")
        per_record, stop = chosen[0].samples_per_record, start + out.shape[1]
        if self.record_bytes > _READ_BYTES:
            self._fill_long_records(file, chosen, run, start, out)
            return
        together = max(1, _READ_BYTES // self.record_bytes)
        last = (stop - 1) // per_record + 1
        for record in range(start // per_record, last, together):
            count = min(together, last - record)
            raw = self._bytes(file, (run.first_record + record) * self.record_bytes, count * self.record_bytes)
            head = max(start - record * per_record, 0)
            tail = min(stop - record * per_record, count * per_record)
            at = record * per_record + head - start
            if self.bytes_per_sample == 2:
                records = raw.view("<i2").reshape(count, -1)
                kernels.values(records, *_told(chosen, tail - head), head, out, at)
                continue
            block = raw.reshape(count, self.record_bytes)
            for row, column in zip(out, chosen, strict=True):
                a = column.first_sample * self.bytes_per_sample
                piece = block[:, a : a + per_record * self.bytes_per_sample]
                _write(row[at : at + tail - head], self._digital(piece), head, tail, column)

    def _fill_long_records(self, file: BinaryIO, chosen: Sequence[Column], run: Run, start: int, out: Samples) -> None:
        """Records too long to be read whole: of each only the samples asked for."""
        per_record, stop = chosen[0].samples_per_record, start + out.shape[1]
        width = self.bytes_per_sample
        step = max(1, _READ_BYTES // width)
        for row, column in zip(out, chosen, strict=True):
            at = start
            while at < stop:
                record, within = divmod(at, per_record)
                count = min(stop - at, per_record - within, step)
                first = (run.first_record + record) * self.record_bytes + (column.first_sample + within) * width
                piece = self._bytes(file, first, count * width).reshape(1, count * width)
                _write(row[at - start : at - start + count], self._digital(piece), 0, count, column)
                at += count

    def _bytes(self, file: BinaryIO, first: int, count: int) -> npt.NDArray[np.uint8]:
        file.seek(self.header_bytes + first)
        raw = file.read(count)
        if len(raw) != count:
            raise RecordingError(f"'{self.path.name}' is shorter than when it was opened. Read it again.")
        return np.frombuffer(raw, dtype=np.uint8)

    def _digital(self, piece: npt.NDArray[np.uint8]) -> npt.NDArray[np.int16] | npt.NDArray[np.int32]:
        """Little-endian integers, `(n_records, samples_per_record)`: 16 bit as they are, 24 bit widened with sign."""
        if self.bytes_per_sample == 2:
            return piece.view("<i2")
        wide = np.zeros((piece.shape[0], piece.shape[1] // 3, 4), dtype=np.uint8)
        wide[:, :, 1:] = piece.reshape(piece.shape[0], -1, 3)
        return wide.view("<i4")[:, :, 0] >> 8


def _told(columns: Sequence[Column], wanted: int) -> tuple[npt.NDArray[np.intp], Samples]:
    """Columns as numbers, for `kernels.values`."""
    places = np.array([(c.first_sample, c.samples_per_record, wanted) for c in columns], dtype=np.intp)
    return places, np.array([(c.gain, c.offset) for c in columns], dtype=np.float32)


def _write(
    row: Samples, digital: npt.NDArray[np.int16] | npt.NDArray[np.int32], a: int, b: int, column: Column
) -> None:
    """Put samples `[a, b)` of some records into a row, in microvolts."""
    if a == 0 and b == digital.size:
        row.reshape(digital.shape)[...] = digital
    else:
        row[...] = digital.reshape(-1)[a:b]
    row *= np.float32(column.gain)
    row += np.float32(column.offset)


def read_edf(path: Path, digest: Callable[[], str] = str) -> Recording:
    """What is in this EDF or BDF file? Raises `RecordingError` with one sentence when it cannot be read.

    Times are seconds from the first sample. Every gap between records becomes a gap between segments.
    """
    header = read_header(path)
    state = path.stat()
    timeline = read_timeline(path, header)
    notices = [*header.notices, *timeline.notices]
    signals = [s for s in header.signals if not s.is_annotations and s.samples_per_record > 0]
    if not signals:
        raise ChannelError(f"'{path.name}' holds annotations and no signal, so there is no EEG to read.")
    parsed = _parsed(path, signals, notices)
    simulated = header.says_simulated or any(a.text.upper().startswith("SIMULATED") for a in timeline.annotations)
    channels = tuple(_channel(s, p, header, simulated) for s, p in zip(signals, parsed, strict=True))
    return Recording(
        channels=channels,
        segments=timeline.segments(header.record_s),
        samples=EdfSamples(
            path=path.absolute(),
            header_bytes=header.header_bytes,
            record_bytes=header.record_bytes,
            bytes_per_sample=header.bytes_per_sample,
            columns=tuple(_column(s, p) for s, p in zip(signals, parsed, strict=True)),
            runs=timeline.runs,
            stamp=(state.st_size, state.st_mtime_ns),
        ),
        source=Source(path.name, header.file_format, state.st_size, digest),
        start=None if header.start is None else header.start + timedelta(seconds=timeline.origin_s),
        annotations=timeline.annotations,
        simulated=simulated,
        notices=tuple(notices),
        attributes=MappingProxyType({"records": header.records, "record_s": header.record_s}),
    )


def _parsed(path: Path, signals: Sequence[Signal], notices: list[str]) -> tuple[ParsedLabel, ...]:
    """The meaning of every label; a channel whose range is zero or unreadable gives no samples and has no place."""
    empty = [i for i, s in enumerate(signals) if not s.has_range]
    labels = [s.label for s in signals]
    parsed, said = parse_labels(labels, [s.unit for s in signals], empty)
    notices += said
    if empty:
        named = ", ".join(f"'{labels[i]}'" for i in empty)
        if any(parse_label(labels[i], signals[i].unit).electrode for i in empty) and not any(
            p.electrode for p in parsed
        ):
            raise ChannelError(
                f"'{path.name}' has no EEG channel that can be read: the header gives {named} a physical or digital "
                "range of zero. Export the file again with the amplifier's range."
            )
        notices.append(
            f"The header gives no physical or digital range, or one of zero, for {named}: left out, as its samples "
            "have no value."
        )
    unsaid = [s.label for s, p in zip(signals, parsed, strict=True) if not s.unit and p.kind is ChannelKind.eeg]
    if unsaid:
        shown = ", ".join(f"'{label}'" for label in unsaid[:4]) + (", ..." if len(unsaid) > 4 else "")
        notices.append(f"No unit is given for {len(unsaid)} EEG channel(s) ({shown}); they were read as microvolts.")
    odd = [
        f"'{s.label}' ({s.unit})"
        for s in signals
        if s.unit and uv_per_unit(s.unit) is None and parse_label(s.label).electrode is not None
    ]
    if odd:
        notices.append(f"Named like electrodes, but their unit is no voltage, so not taken as EEG: {', '.join(odd)}.")
    return parsed


def _scale(parsed: ParsedLabel) -> float:
    return 1.0 if parsed.uv_per_unit is None else parsed.uv_per_unit


def _column(signal: Signal, parsed: ParsedLabel) -> Column:
    if not signal.has_range:
        return Column(signal.first_sample, signal.samples_per_record, np.nan, np.nan)
    gain = (signal.physical_max - signal.physical_min) / (signal.digital_max - signal.digital_min)
    offset = signal.physical_min - gain * signal.digital_min
    scale = _scale(parsed)
    return Column(signal.first_sample, signal.samples_per_record, gain * scale, offset * scale)


def _channel(signal: Signal, parsed: ParsedLabel, header: Header, simulated: bool) -> Channel:
    voltage = parsed.uv_per_unit is not None
    low, high = sorted((signal.physical_min * _scale(parsed), signal.physical_max * _scale(parsed)))
    return parsed.channel(
        signal.label,
        signal.samples_per_record / header.record_s,
        unit="uV" if voltage else signal.unit,
        limits_uv=(low, high) if voltage and signal.has_range else (None, None),
        simulated=simulated,
    )
