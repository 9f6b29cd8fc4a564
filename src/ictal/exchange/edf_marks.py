"""What stands in the annotation channel of each data record of an EDF+ file: its clock, and the marks that fit."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from ictal.base.errors import OutputError
from ictal.eeg.recording.types import Annotation

LEAST_BYTES = 60


@dataclass(frozen=True, slots=True)
class Clock:
    """When does each data record begin? Stretches begin at `starts_s` and have `counts` records."""

    starts_s: tuple[float, ...]
    counts: tuple[int, ...]
    record_s: Fraction
    offset_s: float

    @property
    def records(self) -> int:
        return sum(self.counts)

    def start_s(self, record: int) -> float:
        """At which second does a record begin?"""
        for start_s, count in zip(self.starts_s, self.counts, strict=True):
            if record < count:
                return start_s + float(record * self.record_s)
            record -= count
        raise IndexError(record)

    def text(self, record: int) -> bytes:
        """What every record says of its own time."""
        return f"{_onset(self.start_s(record) + self.offset_s)}\x14\x14\x00".encode("ascii")

    def holding(self, time_s: float) -> int:
        """Which is the first record that ends after this second? The last one where none does."""
        stretch = max(bisect_right(self.starts_s, time_s) - 1, 0)
        first = sum(self.counts[:stretch])
        near = first + int((time_s - self.starts_s[stretch]) / float(self.record_s)) - 1
        record = min(max(near, 0), self.records - 1)
        while record < self.records - 1 and time_s >= self.start_s(record) + float(self.record_s):
            record += 1
        return record


@dataclass(frozen=True, slots=True)
class MarkChannel:
    """The annotation channel: `size` bytes in each record, and what stands in those that hold more than their clock."""

    clock: Clock
    size: int
    marked: Mapping[int, bytes]

    def record(self, number: int) -> bytes:
        """All bytes of one record."""
        return (self.marked.get(number) or self.clock.text(number)).ljust(self.size, b"\x00")


def place_marks(clock: Clock, marks: Sequence[Annotation], least: int = LEAST_BYTES) -> MarkChannel:
    """In which record does each mark stand, and how many bytes does every record need for that?

    Each mark goes to the record of its onset; what does not fit there goes on to the records after it, so that a crowd
    of marks in one second does not make every record of the file larger.
    """
    texts = [(clock.holding(m.onset_s), _mark(m, clock.offset_s)) for m in marks]
    longest_clock = max(len(clock.text(n)) for n in range(clock.records))
    size = max(max((len(text) for _, text in texts), default=0) + longest_clock, least)
    while True:
        marked, left = _placed(clock, texts, size)
        if not left:
            return MarkChannel(clock, size + size % 2, marked)
        size *= 2


def place_more(there: MarkChannel, marks: Sequence[Annotation]) -> MarkChannel:
    """The same channel with these marks instead, in no more bytes: what the last records cannot hold goes before them.

    Raises `OutputError` where the whole file has no room for them.
    """
    clock = there.clock
    texts = [(clock.holding(m.onset_s), _mark(m, clock.offset_s)) for m in marks]
    marked, left = _placed(clock, texts, there.size)
    record = clock.records - 1
    for text in left:
        while record >= 0 and len(marked.get(record) or clock.text(record)) + len(text) > there.size:
            record -= 1
        if record < 0:
            raise OutputError(f"{len(left)} annotations found no room in the file: write fewer, or a longer recording.")
        marked[record] = (marked.get(record) or clock.text(record)) + text
    return MarkChannel(clock, there.size, marked)


def _placed(clock: Clock, texts: Sequence[tuple[int, bytes]], size: int) -> tuple[dict[int, bytes], list[bytes]]:
    """What stands in each record that has marks, and the marks for which the records to the end had no room."""
    marked: dict[int, bytes] = {}
    record = 0
    for k, (wanted, text) in enumerate(texts):
        record = max(record, wanted)
        while record < clock.records and len(marked.get(record) or clock.text(record)) + len(text) > size:
            record += 1
        if record == clock.records:
            return marked, [text for _, text in texts[k:]]
        marked[record] = (marked.get(record) or clock.text(record)) + text
    return marked, []


def _onset(time_s: float) -> str:
    return np.format_float_positional(round(time_s, 9), trim="-", sign=True)


def _mark(mark: Annotation, offset_s: float) -> bytes:
    text = "".join(" " if ord(c) < 32 else c for c in mark.text).strip()
    length = f"\x15{np.format_float_positional(round(mark.duration_s, 9), trim='-')}" if mark.duration_s > 0 else ""
    return f"{_onset(mark.onset_s + offset_s)}{length}\x14{text}\x14\x00".encode()
