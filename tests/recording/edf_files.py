"""EDF and BDF files byte by byte, honest or not: what no sound writer would write, a reader must still survive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

Digital = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Sig:
    """One signal: `digital` has records x samples_per_record values. `text` replaces any header field of the signal."""

    label: str
    digital: Digital
    unit: str = "uV"
    physical: tuple[object, object] = (-3276.8, 3276.7)
    digital_range: tuple[object, object] = (-32768, 32767)
    samples_text: str | None = None


@dataclass(frozen=True)
class EdfFile:
    """What goes into the file. `tals[r]` are the bytes of the annotation channel in record `r`; `lies` replaces header
    fields by their name: version patient recording date time header_bytes reserved records duration signals."""

    signals: Sequence[Sig]
    records: int
    record_s: object = 1
    reserved: str = ""
    tals: Sequence[bytes] = ()
    bdf: bool = False
    annotation_first: bool = False
    recording: str = "Startdate 02-MAR-2024 X X X"
    patient: str = "X X X X"
    date: str = "02.03.24"
    time: str = "10.20.30"
    lies: Mapping[str, bytes] = field(default_factory=dict)

    def with_(self, **changes: object) -> EdfFile:
        return replace(self, **changes)  # type: ignore[arg-type]

    def to_bytes(self) -> bytes:
        width = 3 if self.bdf else 2
        columns = [(s, _packed(s.digital, self.records, width)) for s in self.signals]
        if self.tals:
            longest = max(len(t) for t in self.tals)
            size = -(-longest // width) * width
            limits = (-(2**23), 2**23 - 1) if self.bdf else (-32768, 32767)
            label = "BDF Annotations" if self.bdf else "EDF Annotations"
            mark = Sig(label, np.zeros(self.records * size // width, np.int32), "", (-1, 1), limits)
            packed = [t.ljust(size, b"\0") for t in self.tals]
            columns.insert(0 if self.annotation_first else len(columns), (mark, packed))
        body = b"".join(column[1][r] for r in range(self.records) for column in columns)
        return self._header([s for s, _ in columns]) + body

    def _header(self, signals: Sequence[Sig]) -> bytes:
        n = len(signals)
        main = {
            "version": b"\xffBIOSEMI" if self.bdf else _pad("0", 8),
            "patient": _pad(self.patient, 80),
            "recording": _pad(self.recording, 80),
            "date": _pad(self.date, 8),
            "time": _pad(self.time, 8),
            "header_bytes": _pad(256 * (n + 1), 8),
            "reserved": _pad(self.reserved, 44),
            "records": _pad(self.records, 8),
            "duration": _pad(self.record_s, 8),
            "signals": _pad(n, 4),
        }
        for name, raw in self.lies.items():
            main[name] = raw.ljust(len(main[name]))
        fields: list[list[object]] = [
            [s.label for s in signals],
            [""] * n,
            [s.unit for s in signals],
            [s.physical[0] for s in signals],
            [s.physical[1] for s in signals],
            [s.digital_range[0] for s in signals],
            [s.digital_range[1] for s in signals],
            [""] * n,
            [len(s.digital) // max(self.records, 1) if s.samples_text is None else s.samples_text for s in signals],
            [""] * n,
        ]
        widths = (16, 80, 8, 8, 8, 8, 8, 80, 8, 32)
        rest = b"".join(_pad(v, w) for column, w in zip(fields, widths, strict=True) for v in column)
        return b"".join(main.values()) + rest

    def write(self, path: Path) -> Path:
        path.write_bytes(self.to_bytes())
        return path


def _pad(value: object, width: int) -> bytes:
    return str(value).encode("latin-1").ljust(width)[:width]


def _packed(digital: Digital, records: int, width: int) -> list[bytes]:
    rows = np.asarray(digital, dtype="<i4").reshape(max(records, 1), -1)
    four = np.ascontiguousarray(rows).view(np.uint8).reshape(rows.shape[0], rows.shape[1], 4)
    return [four[r, :, :width].tobytes() for r in range(records)]


def tal(onset: object, *marks: tuple[float, float | None, str]) -> bytes:
    """The annotation bytes of one record: its own onset, then marks `(onset_s, duration_s, text)`."""
    text = f"{_signed(onset)}\x14\x14\x00"
    for at, duration, words in marks:
        text += f"{_signed(at)}" + (f"\x15{duration}" if duration is not None else "") + f"\x14{words}\x14\x00"
    return text.encode("utf-8")


def _signed(onset: object) -> str:
    return onset if isinstance(onset, str) else f"{onset:+.12g}"


def noise(n: int, seed: int = 0, bits: int = 16) -> Digital:
    half = 2 ** (bits - 1)
    return np.random.default_rng(seed).integers(-half, half, n).astype(np.int32)


def plain(records: int = 4, per_record: int = 100, labels: Sequence[str] = ("EEG Fp1-Ref", "EEG C3-Ref")) -> EdfFile:
    """A sound little EDF: `records` records of 1 s, noise in every channel."""
    return EdfFile([Sig(name, noise(records * per_record, i)) for i, name in enumerate(labels)], records)


def microvolts(digital: Digital) -> npt.NDArray[np.float64]:
    """What the default ranges of `Sig` make of digital values: 0.1 uV a step."""
    return np.asarray(digital, dtype=np.float64) * (6553.5 / 65535) + (-3276.8 + 32768 * (6553.5 / 65535))
