"""Everything that a figure may draw, with the few look-ups that several figures share."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field

import numpy as np

from ictal.base.electrodes import ELECTRODES, Hemisphere, modern_name
from ictal.base.time import Interval, IntervalSet
from ictal.eeg.detection.types import Discharge
from ictal.eeg.findings.types import Findings
from ictal.eeg.recording.types import Recording
from ictal.eeg.signal.types import MASK_STEP_S, Mask, Masks, Montage
from ictal.eeg.tracking.types import Leg, Seizure

SIDE_CLASS = {Hemisphere.left: "sl", Hemisphere.right: "sr", Hemisphere.midline: "sm"}
"""The class that gives a mark the colour and the pattern of its hemisphere."""


def side_class(electrode_name: str) -> str:
    """Which hemisphere's class does an electrode name get, old or modern?"""
    known = ELECTRODES.get(modern_name(electrode_name) or "")
    return SIDE_CLASS[known.hemisphere if known else Hemisphere.midline]


@dataclass(frozen=True, slots=True)
class Masked:
    """A stretch of one row that could not be read, and why."""

    interval: Interval
    causes: str


@dataclass(frozen=True, slots=True)
class Scene:
    """The recording's evidence, in the order in which it is drawn. Seizure `i` of the tuple is number `i + 1`."""

    recording: Recording
    montage: Montage
    masks: Masks
    discharges: tuple[Discharge, ...]
    seizures: tuple[Seizure, ...]
    findings: Findings
    _starts: tuple[float, ...] = field(default=(), repr=False)
    _longest_s: float = 0.0

    @classmethod
    def of(
        cls,
        recording: Recording,
        montage: Montage,
        masks: Masks,
        discharges: tuple[Discharge, ...],
        seizures: tuple[Seizure, ...],
        findings: Findings,
    ) -> Scene:
        ordered = tuple(sorted(discharges))
        longest_s = max((d.duration_s for d in ordered), default=0.0)
        starts = tuple(d.start_s for d in ordered)
        return cls(recording, montage, masks, ordered, seizures, findings, starts, longest_s)

    @property
    def stamp(self) -> str:
        """What stands on every figure of EEG, so that one taken out of the report still says what it is."""
        return "SIMULATED, " if self.findings.simulated else ""

    def written(self, electrode_name: str) -> str:
        return self.recording.written_name(electrode_name)

    def discharges_in(self, window: Interval) -> tuple[Discharge, ...]:
        """Which discharges reach into a window?"""
        first = bisect_left(self._starts, window.start_s - self._longest_s)
        last = bisect_left(self._starts, window.stop_s)
        return tuple(d for d in self.discharges[first:last] if d.stop_s > window.start_s)

    def electrodes_of_row(self, label: str) -> frozenset[str]:
        """Which electrodes (modern names) does a displayed row look at? Both ends of a bipolar row."""
        for derivation in self.montage.derivations:
            if derivation.label == label:
                return frozenset(n for n in (derivation.electrode, derivation.minus) if n)
        for channel in self.recording.channels:
            if channel.label == label:
                return frozenset(n for n in (channel.electrode, channel.minus) if n)
        return frozenset(n for n in map(modern_name, label.split("-")) if n)

    def side_of_row(self, label: str) -> str:
        """Which hemisphere's class does a row get? The side of its electrodes, midline when they disagree."""
        sides = {ELECTRODES[n].hemisphere for n in self.electrodes_of_row(label)} - {Hemisphere.midline}
        return SIDE_CLASS[sides.pop()] if len(sides) == 1 else SIDE_CLASS[Hemisphere.midline]

    def masked(self, label: str, window: Interval) -> tuple[Masked, ...]:
        """Which whole seconds of a row could not be read in a window? A row of another montage asks its electrodes."""
        rows = self._mask_rows(label)
        first = max(0, int(window.start_s // MASK_STEP_S))
        last = min(self.masks.flags.shape[1], int(-(-window.stop_s // MASK_STEP_S)))
        if not rows or last <= first:
            return ()
        flags = np.bitwise_or.reduce(self.masks.flags[rows, first:last], axis=0)
        if not flags.any():
            return ()
        found = IntervalSet.from_mask(flags != 0, 1.0 / MASK_STEP_S, first * MASK_STEP_S)
        return tuple(Masked(i, self._causes(flags, i, first)) for i in found)

    def _mask_rows(self, label: str) -> list[int]:
        if label in self.masks.labels:
            return [self.masks.labels.index(label)]
        wanted = self.electrodes_of_row(label)
        known = {d.label: d for d in self.montage.derivations}
        return [i for i, name in enumerate(self.masks.labels) if name in known and known[name].electrode in wanted]

    @staticmethod
    def _causes(flags: np.typing.NDArray[np.uint8], interval: Interval, first: int) -> str:
        a, b = round(interval.start_s / MASK_STEP_S) - first, round(interval.stop_s / MASK_STEP_S) - first
        bits = int(np.bitwise_or.reduce(flags[a:b]))
        return ", ".join(cause.name or "" for cause in Mask if bits & cause)


def belongs(discharge: Discharge, seizure: Seizure) -> bool:
    """Is this discharge one that a leg of the seizure names, at a time when the leg was there?"""
    its_legs = (leg for leg in seizure.legs if discharge.derivation in leg.channels)
    return any(discharge.interval.overlap_s(leg.interval) > 0 for leg in its_legs)


def centre_label(leg: Leg) -> str:
    """On which derivation is a leg centred? Its first channel; empty when it names none."""
    return leg.channels[0] if leg.channels else ""


def view_window(seizure: Seizure, duration_s: float, margin_s: float) -> Interval:
    """Which stretch of the recording shows a seizure with some seconds around it, cut at the ends of the recording?"""
    start_s = max(0.0, seizure.start_s - margin_s)
    stop_s = min(max(duration_s, seizure.stop_s), seizure.stop_s + margin_s)
    return Interval(start_s, max(stop_s, start_s + 1.0))
