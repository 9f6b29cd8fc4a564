"""One thing that happens in a recording: a wave in time with a field over the scalp."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ictal.simulator.chance import Floats, generator

Wave = Callable[[np.random.Generator, Floats, float], Floats]
"""Generator, times since the event's start (s), sampling rate (Hz) -> the wave at those times."""


@dataclass(frozen=True, slots=True, eq=False)
class Event:
    """A wave times a field (uV at each place).

    `group` says what it is (`ictal`, `rhythm`, `artefact`), `key` names its own randomness. An event that `replaces`
    takes the place of whatever its electrodes would have shown (a detached electrode), instead of adding to it.
    """

    start_s: float
    stop_s: float
    group: str
    kind: str
    field: Floats
    wave: Wave
    key: tuple[int, ...]
    replaces: bool = False

    def render(self, seed: int, rate_hz: float) -> tuple[int, Floats]:
        """First sample and the whole wave: always computed whole, so it is the same however it is read."""
        first = int(np.ceil(self.start_s * rate_hz))
        last = int(np.ceil(self.stop_s * rate_hz))
        times = np.arange(first, last) / rate_hz - self.start_s
        if not len(times):
            return first, times
        return first, self.wave(generator(seed, *self.key), times, rate_hz)
