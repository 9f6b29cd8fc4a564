"""The texts of an EDF or BDF header as they stand there, names of persons included.

For copying a file and for taking identities out of it; nothing else reads them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, repr=False)
class Texts:
    """The free texts of a header: patient, recording, and one of each kind a signal. Read as UTF-8, else Latin-1."""

    patient: str
    recording: str
    labels: tuple[str, ...]
    transducers: tuple[str, ...]
    units: tuple[str, ...]
    limits: tuple[tuple[str, str, str, str], ...]
    """Physical lowest and highest, digital lowest and highest."""
    prefilters: tuple[str, ...]
    reserved: tuple[str, ...]


def read_texts(path: Path) -> Texts:
    """Which texts stand in the header of this file? `edf_header.read_header` has said before that it is one."""
    with path.open("rb") as file:
        main = file.read(256)
        count = int(main[252:256])
        block = file.read(256 * count)

    def column(offset: int, width: int) -> tuple[str, ...]:
        return tuple(_text(block[offset * count + i * width :][:width]) for i in range(count))

    limits = zip(column(104, 8), column(112, 8), column(120, 8), column(128, 8), strict=True)
    return Texts(
        patient=_text(main[8:88]),
        recording=_text(main[88:168]),
        labels=column(0, 16),
        transducers=column(16, 80),
        units=column(96, 8),
        limits=tuple(limits),
        prefilters=column(136, 80),
        reserved=column(224, 32),
    )


def _text(raw: bytes) -> str:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    return text.replace("\x00", " ").strip()
