"""What scoring takes, and what it says. A ratio without a denominator is `None`, never 0."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ictal.base.statistics import wilson
from ictal.eeg.tracking.types import Pattern


class Event(Protocol):
    """What can be scored: the tracker's `Seizure`, and the row of any event table.

    `path` is empty and `pattern` is `None` where they are not known.
    """

    @property
    def start_s(self) -> float: ...
    @property
    def stop_s(self) -> float: ...
    @property
    def pattern(self) -> Pattern | None: ...
    @property
    def path(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `of` cases, with the 95 % interval of Wilson (1927); `None` where there is no case."""

    count: int
    of: int

    def __add__(self, other: Share) -> Share:
        return Share(self.count + other.count, self.of + other.of)

    @property
    def share(self) -> float | None:
        return self.count / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval; `None` where there is no case.

        >>> tuple(round(end, 3) for end in Share(8, 10).interval)
        (0.49, 0.943)
        """
        return wilson(self.count, self.of)


@dataclass(frozen=True, slots=True)
class EventAgreement:
    """How many events of the reference were found, and how many false ones were claimed, under one rule of counting.

    `sensitivity` is of the reference, `precision` of what was claimed; `false_per_h` is per hour of recording.
    """

    rule: str
    reference: int
    found: int
    false: int
    hours: float

    def __add__(self, other: EventAgreement) -> EventAgreement:
        return EventAgreement(
            self.rule,
            self.reference + other.reference,
            self.found + other.found,
            self.false + other.false,
            self.hours + other.hours,
        )

    @property
    def sensitivity(self) -> Share:
        return Share(self.found, self.reference)

    @property
    def precision(self) -> Share:
        return Share(self.found, self.found + self.false)

    @property
    def f1(self) -> float | None:
        """Twice the found over all that was there or was claimed; `None` when nothing was."""
        total = self.reference + self.found + self.false
        return 2 * self.found / total if total else None

    @property
    def false_per_h(self) -> float | None:
        return self.false / self.hours if self.hours > 0 else None


@dataclass(frozen=True, slots=True)
class SecondAgreement:
    """Seconds of the recordings by what the reference and the hypothesis say of them."""

    both: int
    reference_only: int
    hypothesis_only: int
    neither: int

    def __add__(self, other: SecondAgreement) -> SecondAgreement:
        return SecondAgreement(
            self.both + other.both,
            self.reference_only + other.reference_only,
            self.hypothesis_only + other.hypothesis_only,
            self.neither + other.neither,
        )

    @property
    def kappa(self) -> float | None:
        """Cohen's kappa (1960); `None` when both say the same of every second, so that no disagreement was possible."""
        total = self.both + self.reference_only + self.hypothesis_only + self.neither
        if not total:
            return None
        in_reference = (self.both + self.reference_only) / total
        in_hypothesis = (self.both + self.hypothesis_only) / total
        by_chance = in_reference * in_hypothesis + (1 - in_reference) * (1 - in_hypothesis)
        agreed = (self.both + self.neither) / total
        return None if by_chance >= 1 else (agreed - by_chance) / (1 - by_chance)


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle of some numbers: median and quartiles (linear interpolation); `None` when there are none."""

    count: int
    median: float | None
    first_quartile: float | None
    third_quartile: float | None

    @classmethod
    def of(cls, values: Iterable[float]) -> Spread:
        known = list(values)
        if not known:
            return cls(0, None, None, None)
        first, median, third = (float(q) for q in np.percentile(known, (25, 50, 75)))
        return cls(len(known), median, first, third)


@dataclass(frozen=True, slots=True)
class Scores:
    """How far do reference and hypothesis agree? Scores of several recordings add up (seizures and seconds pooled).

    `merged` counts as SzCORE does, `unmerged` one seizure to one seizure. What follows them is said of the seizures
    matched one to one: how late the onset was, and of how many the side, the electrode, the pattern and the sides along
    the path are right. `fragments` are unmatched seizures of the hypothesis that lie on a seizure of the reference,
    `fused` unmatched ones of the reference that lie on one of the hypothesis.
    """

    recordings: int
    hours: float
    merged: EventAgreement
    unmerged: EventAgreement
    fragments: int
    fused: int
    seconds: SecondAgreement
    onset_errors_s: tuple[float, ...]
    """For each matched seizure, onset in the hypothesis minus onset in the reference: positive is late."""
    side: Share
    electrode: Share
    electrode_within_one: Share
    pattern: Share
    side_path: Share
    side_path_of_migrating: Share
    """Of the matched seizures that migrate in the reference."""
    migrating: EventAgreement | None
    """Only migrating seizures count; `None` where a side has seizures and tells the pattern of none."""

    @property
    def onset_error_s(self) -> Spread:
        return Spread.of(self.onset_errors_s)

    @property
    def onset_distance_s(self) -> Spread:
        """The onset errors without their sign."""
        return Spread.of(abs(error) for error in self.onset_errors_s)

    def __add__(self, other: Scores) -> Scores:
        here, there = self.migrating, other.migrating
        migrating = None if here is None or there is None else here + there
        return Scores(
            recordings=self.recordings + other.recordings,
            hours=self.hours + other.hours,
            merged=self.merged + other.merged,
            unmerged=self.unmerged + other.unmerged,
            fragments=self.fragments + other.fragments,
            fused=self.fused + other.fused,
            seconds=self.seconds + other.seconds,
            onset_errors_s=self.onset_errors_s + other.onset_errors_s,
            side=self.side + other.side,
            electrode=self.electrode + other.electrode,
            electrode_within_one=self.electrode_within_one + other.electrode_within_one,
            pattern=self.pattern + other.pattern,
            side_path=self.side_path + other.side_path,
            side_path_of_migrating=self.side_path_of_migrating + other.side_path_of_migrating,
            migrating=migrating,
        )


@dataclass(frozen=True, slots=True)
class Pooled:
    """The scores of many recordings: of each by its name, and of all their seizures and seconds together."""

    each: tuple[tuple[str, Scores], ...]
    together: Scores
