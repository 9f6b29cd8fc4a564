"""What the header of an EDF or BDF file says, every number of it checked before anything is believed.

EDF: Kemp et al. 1992; EDF+: Kemp and Olivan 2003; BDF: the 24-bit variant of BioSemi.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from ictal.base.errors import RecordingError

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_SIGNAL_FIELDS = (16, 80, 8, 8, 8, 8, 8, 80, 8, 32)
"""Bytes a signal: label, transducer, unit, physical min and max, digital min and max, prefilter, samples, reserved."""


@dataclass(frozen=True, slots=True)
class Signal:
    """One signal as the header describes it; a limit that is no number is NaN."""

    label: str
    unit: str
    physical_min: float
    physical_max: float
    digital_min: float
    digital_max: float
    samples_per_record: int
    first_sample: int
    """Where the signal begins within a record, in samples."""

    @property
    def is_annotations(self) -> bool:
        return self.label in ("EDF Annotations", "BDF Annotations")

    @property
    def has_range(self) -> bool:
        span = (self.physical_max - self.physical_min, self.digital_max - self.digital_min)
        return all(math.isfinite(s) and s != 0.0 for s in span)


@dataclass(frozen=True, slots=True)
class Header:
    """The whole header, without names of persons. `start` is its wall clock, `None` where unknown."""

    file_format: str
    bytes_per_sample: int
    interrupted: bool
    header_bytes: int
    records: int
    record_s: float
    signals: tuple[Signal, ...]
    start: datetime | None
    says_simulated: bool
    notices: tuple[str, ...]

    @property
    def record_bytes(self) -> int:
        return sum(s.samples_per_record for s in self.signals) * self.bytes_per_sample


def is_edf(head: bytes) -> bool:
    """Do the first bytes of a file say EDF or BDF?"""
    return head[:8] == b"\xffBIOSEMI" or (head[:1] == b"0" and head[1:8].strip(b" \x00") == b"")


def read_header(path: Path) -> Header:
    """What does the header of this file say, and how many whole records are there?

    Raises `RecordingError` when the header is cut short, holds what is no number, or cannot be true of a file so large.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        main = file.read(256)
        if not is_edf(main):
            raise RecordingError(f"'{path.name}' is not an EDF or BDF file: it does not begin as one. Check the file.")
        if len(main) < 256:
            raise RecordingError(_cut(path, f"it has {len(main)} bytes and its first part alone needs 256"))
        return _parse(path, main, file, size)


def _cut(path: Path, why: str) -> str:
    return f"'{path.name}' is cut off in its header: {why}. Export or copy the file again."


def _parse(path: Path, main: bytes, file: BinaryIO, size: int) -> Header:
    bdf = main[:1] == b"\xff"
    notices: list[str] = []
    n_signals = _whole(path, "number of signals", main[252:256], lowest=1)
    header_bytes = _whole(path, "header size", main[184:192], lowest=512)
    if header_bytes != 256 * (n_signals + 1):
        raise RecordingError(
            f"'{path.name}' contradicts itself: its header says {header_bytes} bytes, and {n_signals} signals need "
            f"{256 * (n_signals + 1)}. Export the file again."
        )
    if size < header_bytes:
        raise RecordingError(_cut(path, f"it has {size} bytes and the header alone needs {header_bytes}"))
    record_s = _number(path, "record duration", main[244:252])
    if not 0 <= record_s < 1e8:
        raise RecordingError(f"'{path.name}' gives its records a duration of {record_s:g} s; it must be positive.")
    block = file.read(header_bytes - 256)
    signals = _signals(path, block, n_signals)
    if record_s == 0 and any(not s.is_annotations for s in signals):
        raise RecordingError(f"'{path.name}' gives its records a duration of 0 s, so its samples have no rate.")
    record_bytes = sum(s.samples_per_record for s in signals) * (3 if bdf else 2)
    declared = _whole(path, "number of records", main[236:244], lowest=-1)
    records = _records(path, declared, (size - header_bytes), record_bytes, record_s, notices)
    reserved = _text(main[192:236])
    if not (main[8:184] + block[: 16 * n_signals]).isascii():
        notices.append("The header holds characters outside ASCII; they were read as Latin-1.")
    plus = reserved[:5] if reserved[:5] in ("EDF+C", "EDF+D", "BDF+C", "BDF+D") else ""
    if plus and reserved != plus:
        notices.append(f"The header calls itself '{reserved}', which is not a standard name; it was read as {plus}.")
    return Header(
        file_format=("BDF" if bdf else "EDF") + plus[3:],
        bytes_per_sample=3 if bdf else 2,
        interrupted=plus.endswith("D"),
        header_bytes=header_bytes,
        records=records,
        record_s=record_s,
        signals=signals,
        start=_start(main, notices),
        says_simulated=b"SIMULATED" in main[8:168].upper(),
        notices=tuple(notices),
    )


def _records(path: Path, declared: int, data_bytes: int, record_bytes: int, record_s: float, notices: list[str]) -> int:
    whole, rest = divmod(data_bytes, record_bytes)
    if declared == 0 or (whole == 0 and rest == 0):
        raise RecordingError(f"'{path.name}' holds no data: it has a header and no record. Export the recording again.")
    if whole == 0:
        raise RecordingError(
            f"'{path.name}' holds no whole record: one needs {record_bytes} bytes and {rest} follow the header. "
            "Export the recording again."
        )
    if declared == -1:
        notices.append(f"The header does not say how many records there are; the file's size gives {whole}.")
        if rest:
            notices.append("The last record is incomplete and was left out.")
        return whole
    if declared > whole:
        missing_s = (declared - whole) * record_s
        notices.append(
            f"The file is cut off: {missing_s:g} s of {declared * record_s:g} s are missing at its end "
            f"({declared - whole} of {declared} records)."
        )
        return whole
    if whole > declared:
        notices.append(
            f"After the {declared} records that the header names, {(whole - declared) * record_s:g} s more seem to "
            "follow; they were left out."
        )
    return declared


def _signals(path: Path, block: bytes, n: int) -> tuple[Signal, ...]:
    columns: list[list[bytes]] = []
    at = 0
    for width in _SIGNAL_FIELDS:
        columns.append([block[at + i * width : at + (i + 1) * width] for i in range(n)])
        at += n * width
    found: list[Signal] = []
    first = 0
    for i in range(n):
        label = _text(columns[0][i])
        samples = _whole(path, f"number of samples of signal {i + 1}", columns[8][i], lowest=0)
        low, high, digital_low, digital_high = (_limit(columns[c][i]) for c in (3, 4, 5, 6))
        found.append(Signal(label, _text(columns[2][i]), low, high, digital_low, digital_high, samples, first))
        first += samples
    if first == 0:
        raise RecordingError(f"'{path.name}' has {n} signals and not one sample in a record. Export the file again.")
    return tuple(found)


def _text(raw: bytes) -> str:
    return raw.decode("latin-1").replace("\x00", " ").strip()


def _limit(raw: bytes) -> float:
    """A physical or digital limit; NaN where it is no number, which leaves the channel without a range."""
    try:
        return float(_text(raw).replace(",", "."))
    except ValueError:
        return math.nan


def _number(path: Path, what: str, raw: bytes) -> float:
    value = _limit(raw)
    if not math.isfinite(value):
        raise RecordingError(
            f"'{path.name}' gives '{_text(raw)}' as its {what}, which is no number. Export the file again."
        )
    return value


def _whole(path: Path, what: str, raw: bytes, lowest: int) -> int:
    value = _number(path, what, raw)
    if value != int(value) or value < lowest:
        raise RecordingError(
            f"'{path.name}' gives {value:g} as its {what}; it must be a whole number, at least {lowest}."
        )
    return int(value)


def _start(main: bytes, notices: list[str]) -> datetime | None:
    """The wall clock of the header: the four-digit year of EDF+ where there is one, else 1985 to 2084."""
    written, clock = _text(main[168:176]), _text(main[176:184])
    day, time = re.fullmatch(r"(\d\d)\D(\d\d)\D(\d\d)", written), re.fullmatch(r"(\d\d)\D(\d\d)\D(\d\d)", clock)
    plus = re.match(r"Startdate (X|\d{1,2}-[A-Za-z]{3}-\d{4})(?=\s|$)", _text(main[88:168]))
    if plus and plus[1] == "X":
        notices.append("The date of the recording was taken out of the file, so no time of day is shown.")
        return None
    try:
        hour, minute, second = (int(g) for g in time.groups()) if time else (24, 0, 0)
        if plus and plus[1].split("-")[1].upper() in _MONTHS:
            d, m, y = plus[1].split("-")
            date = (int(y), _MONTHS.index(m.upper()) + 1, int(d))
        elif day:
            d2, m2, y2 = (int(g) for g in day.groups())
            date = (y2 + (1900 if y2 >= 85 else 2000), m2, d2)
        else:
            date = (0, 0, 0)
        return datetime(*date, hour, minute, second)
    except ValueError:
        notices.append(f"The start '{written} {clock}' is no date and time, so no time of day is shown.")
        return None
