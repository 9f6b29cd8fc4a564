"""One recording as an EDF+ or BDF+ file: copied with its digital values where it is one, written anew otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ictal.base.errors import UsageError
from ictal.eeg.recording.types import Annotation, Channel, Recording
from ictal.exchange.edf import edf_labels, write_edf
from ictal.export.clean import clean_unit
from ictal.export.edf_copy import EdfFile, Told, copy_edf, open_edf
from ictal.export.marks import annotations_of
from ictal.export.types import Item

SUFFIXES = {2: ".edf", 3: ".bdf"}


def write_recording(
    item: Item, stem: Path, *, marks: bool = True, anonymous: bool = False
) -> tuple[Path, tuple[str, ...]]:
    """Write the recording to `stem` with .edf or .bdf behind it; the path, and sentences about what is not in it.

    Parameters
    ----------
    marks
        With the seizures, legs and discharges of its results as annotations.
    anonymous
        With no name in its header and no text of its transducers. Annotations of the file stay: `clean` is for those.
    """
    if item.path is None or item.recording is None:
        raise UsageError(f"The recording of '{item.name}' is needed for this format: give its file with --recording.")
    path = stem if stem.suffix in SUFFIXES.values() else None
    recording = item.recording
    if not recording.source.file_format.startswith(("EDF", "BDF")):
        out = path or stem.with_name(f"{stem.name}.edf")
        labels = edf_labels(recording.channels)
        own = annotations_of(item.events, recording.channels, labels) if marks and item.events is not None else ()
        done = write_edf(replace(recording, start=item.start), out, annotations=own)
        lost = (f"The last {done.left_out_s:g} s before a gap did not fill a data record.",) if done.left_out_s else ()
        return out, lost
    file = open_edf(item.path)
    out = path or stem.with_name(stem.name + SUFFIXES[file.header.bytes_per_sample])
    channels = kept_channels(file, recording)
    said = replace(_told(file, channels, item, anonymous=anonymous), start=item.start)
    own = annotations_of(item.events, channels, said.labels) if marks and item.events is not None else ()
    copy_edf(file, out, said, (*_texts(recording), *own))
    missing = len(recording.channels) - len(channels)
    return out, (f"{missing} channels without a range, whose samples have no value.",) if missing else ()


def _told(file: EdfFile, channels: Sequence[Channel], item: Item, *, anonymous: bool) -> Told:
    """What the header of the copy says."""
    said = file.told()
    if not (anonymous or item.anonymous) or item.recording is None:
        return said
    empty = ("",) * len(channels)
    said = replace(said, patient="X X X X", recording=equipment(item.recording), transducers=empty, prefilters=empty)
    if not item.anonymous:
        return said
    return replace(said, labels=tuple(c.label for c in channels), units=tuple(clean_unit(u) for u in said.units))


def equipment(recording: Recording) -> str:
    """The recording field behind its date, without persons: a simulation says what it is."""
    return "X X SIMULATED" if recording.simulated else "X X X"


def kept_channels(file: EdfFile, recording: Recording) -> tuple[Channel, ...]:
    """The channels of the recording that the copy has, in its order."""
    signals = [i for i, s in enumerate(file.header.signals) if not s.is_annotations and s.samples_per_record > 0]
    place = {signal: k for k, signal in enumerate(signals)}
    return tuple(recording.channels[place[signal]] for signal in file.kept)


def _texts(recording: Recording) -> tuple[Annotation, ...]:
    return recording.annotations
