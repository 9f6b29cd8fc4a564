"""Small recordings made by hand, for the tests of this room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from ictal.base.time import Interval
from ictal.eeg.recording.types import Annotation, Channel, ChannelKind, Recording, Samples, Source


@dataclass(frozen=True)
class Held:
    """Samples in memory: one array a segment and channel."""

    segments: tuple[tuple[npt.NDArray[np.float32], ...], ...]

    def read_uv(self, channels: Sequence[int], segment: int, start: int, stop: int) -> Samples:
        return np.stack([self.segments[segment][c][start:stop] for c in channels])


def channel(label: str, rate_hz: float = 256.0, electrode: str | None = None, **more: object) -> Channel:
    written = label if electrode is not None else None
    return Channel(label, ChannelKind.eeg, rate_hz, electrode=electrode, written_electrode=written, **more)  # type: ignore[arg-type]


def recording(
    channels: Sequence[Channel],
    segments: Sequence[tuple[float, float]] = ((0.0, 10.0),),
    *,
    seed: int = 1,
    start: datetime | None = None,
    simulated: bool = False,
    annotations: tuple[Annotation, ...] = (),
) -> Recording:
    """Noise of 30 uV in every channel and segment."""
    rng = np.random.default_rng(seed)
    held = tuple(
        tuple((30 * rng.standard_normal(round((b - a) * c.rate_hz))).astype(np.float32) for c in channels)
        for a, b in segments
    )
    return Recording(
        tuple(channels),
        tuple(Interval(a, b) for a, b in segments),
        Held(held),
        Source("made", "memory"),
        start=start,
        simulated=simulated,
        annotations=annotations,
    )
