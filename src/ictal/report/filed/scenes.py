"""A scene for the figures, from the results alone: no sample, no file of the recording."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from ictal.base.electrodes import modern_name
from ictal.base.time import Interval, IntervalSet
from ictal.eeg.recording.types import Channel, ChannelKind, Recording, Samples, Source
from ictal.eeg.signal.types import Derivation, Masks, Montage
from ictal.report.filed.types import Taken
from ictal.report.scene import Scene


class _NoSamples:
    """Results hold no EEG."""

    def read_uv(self, channels: Sequence[int], segment: int, start: int, stop: int) -> Samples:
        return np.full((len(channels), stop - start), np.nan, np.float32)


def scene_of(taken: Taken) -> Scene:
    """What can be drawn of a recording when only its results are at hand? Masked seconds are not known, gaps are."""
    found = taken.findings
    whole = IntervalSet.of([Interval(0.0, found.recorded.duration_s)] if found.recorded.duration_s > 0 else [])
    gaps = IntervalSet.of(Interval(a, b) for a, b in found.recorded.gaps)
    recording = Recording(
        channels=tuple(_channels(found.recorded.derivations, found.recorded.rate_hz)),
        segments=tuple(whole.difference(gaps)),
        samples=_NoSamples(),
        source=Source(found.recorded.name, found.recorded.file_format),
        start=taken.start or _moment(found.recorded.start),
        simulated=found.simulated,
    )
    derivations = tuple(_derivation(label) for label in found.recorded.derivations)
    masks = Masks((), np.zeros((0, 0), np.uint8))
    return Scene.of(recording, Montage("", derivations), masks, taken.discharges, taken.seizures or (), found)


def _derivation(label: str) -> Derivation:
    first, _, second = label.partition("-")
    return Derivation(label, modern_name(first) or "", {}, modern_name(second) if second else None)


def _channels(labels: Sequence[str], rate_hz: float) -> list[Channel]:
    """A channel for each electrode that a derivation names, so that figures show the names that the file used."""
    written: dict[str, str] = {}
    for label in labels:
        for part in label.split("-")[:2]:
            name = modern_name(part)
            if name is not None:
                written.setdefault(name, part)
    return [
        Channel(part, ChannelKind.eeg, rate_hz, electrode=name, written_electrode=part)
        for name, part in written.items()
    ]


def _moment(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
