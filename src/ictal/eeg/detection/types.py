"""What detection says: where each derivation is ictal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from ictal.base.time import Timed

Array = npt.NDArray[np.float32]


@dataclass(frozen=True, order=True, slots=True)
class Discharge(Timed):
    """One run of ictal activity on one derivation: `[start_s, stop_s)`.

    `derivation` is its label as shown (`T7-avg`); `electrode` the modern name of the place it looks at.
    `frequency_hz` is the median rhythm, `amplitude_uv` the median peak-to-peak amplitude of the rhythm,
    `score` 0-1 how surely it is ictal.
    """

    start_s: float
    stop_s: float
    derivation: str
    electrode: str
    frequency_hz: float
    amplitude_uv: float
    score: float


@dataclass(frozen=True, slots=True)
class Scores:
    """How ictal each second of each derivation looks: the first stage of detection, one column a second.

    `score` is 0-1 (0 where nothing could be read), `evidence` what it was made from (nats), `frequency_hz` and
    `amplitude_uv` (peak to peak) are those of the strongest rhythm of that second, `flags` the `Mask` bits. All are
    `(n_derivations, n_seconds)`.
    """

    labels: tuple[str, ...]
    score: Array
    evidence: Array
    frequency_hz: Array
    amplitude_uv: Array
    flags: npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Mark:
    """A seizure as someone else marked it: `[start_s, stop_s)`, and perhaps where.

    1. `channels` are as written: electrodes, derivations or channels of the recording; empty means anywhere.
    2. `stop_s == start_s` says that it begins there and that nobody said how long it lasts.
    3. `where` says which mark it is, for a sentence about it (`line 3`).
    """

    start_s: float
    stop_s: float
    channels: tuple[str, ...] = ()
    confidence: float | None = None
    where: str = ""

    @property
    def name(self) -> str:
        """How a sentence calls it."""
        told = f"The mark of {self.start_s:.1f} s"
        return f"{told} ({self.where})" if self.where else told


@dataclass(frozen=True, slots=True)
class Marks:
    """Seizures from one source: its kind in words, its SHA-256, how it was read, and what was odd (whole sentences)."""

    source: str
    marks: tuple[Mark, ...]
    sha256: str = ""
    how: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    notes: tuple[str, ...] = ()
