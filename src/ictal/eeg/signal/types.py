"""What the signal room hands on: derivations, prepared blocks, masks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntFlag
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from ictal.base.errors import ChannelError
from ictal.base.time import IntervalSet

INTERNAL_RATE_HZ = 64.0
"""The one rate of every derivation after preparation. Ictal rhythms of infants lie below 13 Hz."""

MASK_STEP_S = 1.0
"""Masks and scores have one value a second of the recording's own time."""


class Mask(IntFlag):
    """Why a second of a derivation cannot be read, or is worth a caution. Causes may coincide; 0 is clean."""

    gap = 1
    flat = 2
    saturated = 4
    disconnected = 8
    muscle = 16
    movement = 32
    mains = 64


HIDING = np.uint8(0xFF & ~Mask.mains)
"""Causes that hide the band we read. Mains hum is named but read through: it lies above the band."""


@dataclass(frozen=True, slots=True)
class Derivation:
    """One signal we look at: a weighted sum of channels. `weights` maps channel index to weight.

    `electrode` is the place it looks at, `minus` the second electrode of a bipolar derivation. `label` uses the names
    that the file used (`T3-avg`, `F7-T3`).
    """

    label: str
    electrode: str
    weights: Mapping[int, float]
    minus: str | None = None


@dataclass(frozen=True, slots=True)
class Montage:
    """The derivations of one way of looking, in display order (left before right, front to back)."""

    name: str
    derivations: tuple[Derivation, ...]
    left_out: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Channel label -> why it takes no part."""

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(d.label for d in self.derivations)

    def index(self, label: str) -> int:
        if label not in self.labels:
            raise ChannelError(f"No derivation '{label}' in the {self.name} montage. It has: {', '.join(self.labels)}.")
        return self.labels.index(label)


@dataclass(frozen=True, slots=True)
class Masks:
    """What could not be read: `flags[derivation, second]` are `Mask` bits, second `k` is `[k, k + 1)`."""

    labels: tuple[str, ...]
    flags: npt.NDArray[np.uint8]

    def where(self, label: str, cause: Mask | None = None) -> IntervalSet:
        """When was this derivation masked, by this cause or by any?"""
        row = self.flags[self.labels.index(label)]
        chosen = row != 0 if cause is None else (row & cause) != 0
        return IntervalSet.from_mask(chosen, 1.0 / MASK_STEP_S)

    def seconds(self, label: str, cause: Mask) -> float:
        return float(np.count_nonzero(self.flags[self.labels.index(label)] & cause)) * MASK_STEP_S
