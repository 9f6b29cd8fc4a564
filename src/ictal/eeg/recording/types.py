"""What a recording is: named channels, microvolts, seconds from its first sample, gaps that stay gaps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

import numpy as np
import numpy.typing as npt

from ictal.base.errors import ChannelError
from ictal.base.time import Interval, IntervalSet

Samples = npt.NDArray[np.float32]


class ChannelKind(StrEnum):
    """What a channel measures (the BIDS channel types that an EEG room meets)."""

    eeg = "EEG"
    ecg = "ECG"
    emg = "EMG"
    eog = "EOG"
    respiration = "RESP"
    status = "TRIG"
    other = "MISC"


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel of a recording.

    `label` is what the file wrote; `electrode` (and `minus`, for a bipolar channel) are modern 10-20 or 10-10 names, or
    `None` where the label names no place. `reference` is what the label says of its reference (`Ref`, `A1`, `LE`,
    `avg`, ...), empty when it says nothing. A channel is EEG with a known place when `electrode` is not `None`.
    """

    label: str
    kind: ChannelKind
    rate_hz: float
    unit: str = "uV"
    electrode: str | None = None
    minus: str | None = None
    reference: str = ""
    written_electrode: str | None = None
    written_minus: str | None = None
    lowest_uv: float | None = None
    highest_uv: float | None = None
    simulated: bool = False

    @property
    def is_bipolar(self) -> bool:
        return self.minus is not None


@dataclass(frozen=True, order=True, slots=True)
class Annotation:
    """A mark that the file carries: `[onset_s, onset_s + duration_s)` in seconds from the first sample, and a text."""

    onset_s: float
    duration_s: float
    text: str


class SampleSource(Protocol):
    """Where the samples come from. `segment` counts the recording's segments from 0; samples count from its start."""

    def read_uv(self, channels: Sequence[int], segment: int, start: int, stop: int) -> Samples:
        """Samples `[start, stop)` of some channels of one segment, in microvolts, `(n_channels, stop - start)`.

        The channels share one rate. A sample that the file could not give is NaN.
        """
        ...


@dataclass(frozen=True, slots=True)
class Source:
    """Which file this was: its name without folders, its format, its size, and what gives its SHA-256."""

    name: str
    file_format: str
    bytes: int = 0
    digest: Callable[[], str] = field(default=str, repr=False, compare=False)

    @property
    def sha256(self) -> str:
        """In hexadecimal; empty when it was never a file. It may have to be waited for."""
        return self.digest()


@dataclass(frozen=True, slots=True)
class Recording:
    """One EEG recording, read lazily.

    1. Times are seconds from the first sample; `start` is the wall clock of that sample, or `None` when unknown.
    2. `segments` are the stretches that were really recorded, in order and disjoint; between two of them is a gap.
    3. Samples are microvolts for every EEG channel whatever the file's unit was.
    4. Channels may differ in rate; within a channel and a segment, samples are evenly spaced.
    """

    channels: tuple[Channel, ...]
    segments: tuple[Interval, ...]
    samples: SampleSource = field(repr=False)
    source: Source
    start: datetime | None = None
    annotations: tuple[Annotation, ...] = ()
    simulated: bool = False
    notices: tuple[str, ...] = ()
    """Whole sentences about what was odd in the file and how it was taken."""
    attributes: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def duration_s(self) -> float:
        """Seconds from the first sample to the end of the last, gaps included."""
        return self.segments[-1].stop_s if self.segments else 0.0

    @property
    def recorded(self) -> IntervalSet:
        """When it was recorded, in seconds from its first sample: its segments."""
        return IntervalSet.of(self.segments)

    @property
    def gaps(self) -> tuple[Interval, ...]:
        """When nothing was recorded between its first sample and its last."""
        return tuple(
            Interval(a.stop_s, b.start_s)
            for a, b in zip(self.segments, self.segments[1:], strict=False)
            if b.start_s > a.stop_s
        )

    @property
    def eeg(self) -> tuple[int, ...]:
        """Indices of the EEG channels whose place is known."""
        return tuple(i for i, c in enumerate(self.channels) if c.kind is ChannelKind.eeg and c.electrode is not None)

    def index(self, label: str) -> int:
        """Which channel has this label? Raises `ChannelError` with the labels that there are."""
        for i, channel in enumerate(self.channels):
            if channel.label == label:
                return i
        raise ChannelError(f"No channel '{label}'. This recording has: {', '.join(c.label for c in self.channels)}.")

    def written_name(self, electrode: str) -> str:
        """What does this file call an electrode? `T3` where it wrote `T3` for today's T7; else the modern name."""
        for channel in self.channels:
            if channel.electrode == electrode and channel.written_electrode:
                return channel.written_electrode
            if channel.minus == electrode and channel.written_minus:
                return channel.written_minus
        return electrode
