"""Seizures as the annotations of an EDF+ file, and those that belong to a channel with its name behind `@@`.

    seizure 2 migrating O1>O2>T8                 the whole seizure
    leg 2.3 T8@@EEG T8-REF                       its third leg, once for each channel of the file that shows it
    discharge T8-avg@@EEG T8-REF                 one derivation ictal

`TEXT@@LABEL` is the convention of EDFbrowser, which MNE reads and writes; EDF+ itself has no annotations of a channel.
Only the first kind says `seizure`, so that a program that counts seizures by their words counts each once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ictal.base.electrodes import modern_name
from ictal.eeg.recording.types import Annotation, Channel
from ictal.exchange.types import EventRow, Events

JOINT = "@@"


def annotations_of(events: Events, channels: Sequence[Channel], labels: Sequence[str]) -> tuple[Annotation, ...]:
    """Which annotations say what these events are? `labels` are the channels' names in the file to be written."""
    found: list[Annotation] = []
    for number, row in enumerate(events.rows, start=1):
        found.append(_mark(row.start_s, row.stop_s, _seizure(number, row, channels)))
        for count, leg in enumerate(row.legs, start=1):
            shown = _labels((leg.electrode, *leg.channels), channels, labels)
            text = f"leg {row.seizure_id or number}.{count} {_written(leg.electrode, channels)}"
            found += _of_channels(leg.start_s, leg.stop_s, text, shown)
    for one in events.discharges:
        shown = _labels((one.derivation,), channels, labels)
        found += _of_channels(one.start_s, one.stop_s, f"discharge {one.derivation}", shown)
    return tuple(sorted(found))


def _seizure(number: int, row: EventRow, channels: Sequence[Channel]) -> str:
    pattern = "" if row.pattern is None else f" {row.pattern.value}"
    path = ">".join(_written(place, channels) for place in row.path)
    return f"seizure {row.seizure_id or number}{pattern} {path}".strip()


def _written(place: str, channels: Sequence[Channel]) -> str:
    for channel in channels:
        if channel.electrode == place and channel.written_electrode:
            return channel.written_electrode
        if channel.minus == place and channel.written_minus:
            return channel.written_minus
    return place


def _labels(names: Iterable[str], channels: Sequence[Channel], labels: Sequence[str]) -> tuple[str, ...]:
    """The channels of the file that show these electrodes or derivations, in the order of the file."""
    places = {(modern_name(part) or part) for name in names for part in (name.split("-")[0], name)}
    written = set(names)
    own = [i for i, c in enumerate(channels) if c.label in written or (c.electrode in places and c.minus is None)]
    if not own:
        own = [i for i, c in enumerate(channels) if {c.electrode, c.minus} & places]
    return tuple(labels[i] for i in own)


def _of_channels(start_s: float, stop_s: float, text: str, labels: tuple[str, ...]) -> list[Annotation]:
    return [_mark(start_s, stop_s, f"{text}{JOINT}{label}") for label in labels] or [_mark(start_s, stop_s, text)]


def _mark(start_s: float, stop_s: float, text: str) -> Annotation:
    return Annotation(start_s, round(stop_s - start_s, 6), text)
