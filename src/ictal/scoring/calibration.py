"""When a detector says 0.8, is it right in eight of ten? Its confidence against how often it was right.

    expected calibration error = sum over bins of (count in bin / count) x |share right in bin - mean confidence in bin|

with ten bins of equal width over 0-1 (Naeini et al., AAAI 2015; provenance: unverified, recalled). A detection is right
when it is matched one to one with a seizure of the reference.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ictal.base.errors import UsageError
from ictal.scoring.types import Share

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Detections whose confidence lies in `[low, high)` (the last holds 1 too): their sum, and how many were right."""

    low: float
    high: float
    summed: float
    right: Share

    @property
    def mean(self) -> float | None:
        """Their mean confidence; `None` without detections."""
        return self.summed / self.right.of if self.right.of else None

    def __add__(self, other: Bin) -> Bin:
        return Bin(self.low, self.high, self.summed + other.summed, self.right + other.right)


@dataclass(frozen=True, slots=True)
class Calibration:
    """How well does confidence say how often a detector is right? Calibrations of several recordings add up."""

    bins: tuple[Bin, ...]

    @classmethod
    def of(cls, told: Iterable[tuple[float, bool]]) -> Calibration:
        """From the confidence of each detection (0-1) and whether it was right.

        >>> Calibration.of([(0.85, True), (0.85, True), (0.85, False), (0.85, True)]).error
        0.1
        """
        counts, right, summed = [0] * BINS, [0] * BINS, [0.0] * BINS
        for confidence, was_right in told:
            if not 0 <= confidence <= 1:
                raise UsageError(f"A confidence is {confidence:g}, but must be from 0 to 1.")
            k = min(int(confidence * BINS), BINS - 1)
            counts[k] += 1
            right[k] += was_right
            summed[k] += confidence
        return cls(tuple(Bin(k / BINS, (k + 1) / BINS, summed[k], Share(right[k], counts[k])) for k in range(BINS)))

    def __add__(self, other: Calibration) -> Calibration:
        return Calibration(tuple(a + b for a, b in zip(self.bins, other.bins, strict=True)))

    @property
    def error(self) -> float | None:
        """The expected calibration error; `None` without detections."""
        total = sum(b.right.of for b in self.bins)
        return round(sum(abs(b.right.count - b.summed) for b in self.bins) / total, 9) if total else None
