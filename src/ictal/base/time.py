"""Seconds outside, samples inside: intervals and the one converter between the two."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt


def to_sample(time_s: float, rate_hz: float) -> int:
    """Which sample is nearest to a time? The only place where seconds become an index.

    Halves round to even, as Python's `round` has it; `time_s` may be negative.
    """
    return round(time_s * rate_hz)


@dataclass(frozen=True, order=True, slots=True)
class Interval:
    """A span of time `[start_s, stop_s)` in seconds from the first sample of the recording.

    1. Half-open: two intervals that meet do not overlap.
    2. Finite, and never negative in length; zero length is allowed and overlaps nothing.
    """

    start_s: float
    stop_s: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.start_s) and math.isfinite(self.stop_s)) or self.stop_s < self.start_s:
            raise ValueError(f"An interval needs finite times with start <= stop. Got [{self.start_s}, {self.stop_s}).")

    @property
    def duration_s(self) -> float:
        return self.stop_s - self.start_s

    def contains(self, time_s: float) -> bool:
        return self.start_s <= time_s < self.stop_s

    def overlap_s(self, other: Interval) -> float:
        """How many seconds do the two share? 0 when they only meet."""
        return max(0.0, min(self.stop_s, other.stop_s) - max(self.start_s, other.start_s))

    def gap_s(self, other: Interval) -> float:
        """How many seconds lie between the two? 0 when they meet or overlap."""
        return max(0.0, max(self.start_s, other.start_s) - min(self.stop_s, other.stop_s))

    def shifted(self, by_s: float) -> Interval:
        return Interval(self.start_s + by_s, self.stop_s + by_s)


class _Spans(Protocol):
    @property
    def start_s(self) -> float: ...
    @property
    def stop_s(self) -> float: ...


class Timed:
    """A record that lasts `[start_s, stop_s)`: what follows from the two."""

    __slots__ = ()

    @property
    def interval(self: _Spans) -> Interval:
        """Its time, `[start_s, stop_s)`."""
        return Interval(self.start_s, self.stop_s)

    @property
    def duration_s(self: _Spans) -> float:
        """Its length in seconds."""
        return self.stop_s - self.start_s


@dataclass(frozen=True, slots=True)
class IntervalSet:
    """A set of times, as sorted, disjoint, non-empty intervals that do not touch.

    Build one with `IntervalSet.of`, which sorts and merges whatever it is given.
    """

    intervals: tuple[Interval, ...] = ()

    def __post_init__(self) -> None:
        for a, b in zip(self.intervals, self.intervals[1:], strict=False):
            if b.start_s <= a.stop_s:
                raise ValueError(
                    "The intervals of a set must be sorted, disjoint and apart: build it with IntervalSet.of."
                )
        if any(i.duration_s <= 0 for i in self.intervals):
            raise ValueError("The intervals of a set must not be empty: build it with IntervalSet.of.")

    @classmethod
    def of(cls, intervals: Iterable[Interval], join_gap_s: float = 0.0) -> IntervalSet:
        """Merge intervals that overlap, touch, or lie at most `join_gap_s` apart (chains included).

        a  ----      ---          a  ---------
        b    ----       ---   =>         gap <= join_gap_s joins
        """
        merged: list[Interval] = []
        for item in sorted(i for i in intervals if i.duration_s > 0):
            if merged and item.start_s - merged[-1].stop_s <= join_gap_s:
                merged[-1] = Interval(merged[-1].start_s, max(merged[-1].stop_s, item.stop_s))
            else:
                merged.append(item)
        return cls(tuple(merged))

    @classmethod
    def from_mask(cls, mask: npt.ArrayLike, rate_hz: float, start_s: float = 0.0) -> IntervalSet:
        """Where is a boolean series true? Sample `i` stands for `[start_s + i/rate, start_s + (i+1)/rate)`."""
        flags = np.asarray(mask, dtype=bool)
        edges = np.flatnonzero(np.diff(np.concatenate(([False], flags, [False])).astype(np.int8)))
        return cls(
            tuple(
                Interval(float(start_s + a / rate_hz), float(start_s + b / rate_hz))
                for a, b in zip(edges[::2], edges[1::2], strict=True)
            )
        )

    def __iter__(self) -> Iterator[Interval]:
        return iter(self.intervals)

    def __len__(self) -> int:
        return len(self.intervals)

    @property
    def total_s(self) -> float:
        return math.fsum(i.duration_s for i in self.intervals)

    def contains(self, time_s: float) -> bool:
        return any(i.contains(time_s) for i in self.intervals)

    def overlap_s(self, other: Interval) -> float:
        """How many seconds of `other` lie in the set?"""
        return math.fsum(i.overlap_s(other) for i in self.intervals)

    def union(self, other: IntervalSet) -> IntervalSet:
        return IntervalSet.of((*self.intervals, *other.intervals))

    def intersection(self, other: IntervalSet) -> IntervalSet:
        found: list[Interval] = []
        a, b = list(self.intervals), list(other.intervals)
        i = j = 0
        while i < len(a) and j < len(b):
            start, stop = max(a[i].start_s, b[j].start_s), min(a[i].stop_s, b[j].stop_s)
            if stop > start:
                found.append(Interval(start, stop))
            if a[i].stop_s < b[j].stop_s:
                i += 1
            else:
                j += 1
        return IntervalSet.of(found)

    def difference(self, other: IntervalSet) -> IntervalSet:
        """What of this set is not in the other?"""
        left: list[Interval] = []
        for item in self.intervals:
            start = item.start_s
            for hole in other.intervals:
                if hole.stop_s <= start or hole.start_s >= item.stop_s:
                    continue
                if hole.start_s > start:
                    left.append(Interval(start, hole.start_s))
                start = max(start, hole.stop_s)
            if start < item.stop_s:
                left.append(Interval(start, item.stop_s))
        return IntervalSet.of(left)
