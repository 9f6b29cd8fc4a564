"""What does the simulation know of itself, as the montage could see it?

Rules of truth. Everything is computed from the plan, nothing from samples.

1. A leg lasts while the envelope of its rhythm is above a tenth of its peak.
2. Its electrode is the one with the largest field in average reference among the electrodes of the montage, and its
   amplitude is the median peak-to-peak amplitude there.
3. It takes part on every derivation `<written name>-avg` where its field is at least a quarter of the largest.
4. A discharge is the time during which legs are seen on one derivation; legs of one seizure that overlap or meet
   there are one.
5. A leg knows how it was reached as it was planned: spread joins while the first goes on, migration rises as the
   other wanes. Two legs that follow one another under the same electrode are one leg: this montage cannot tell them
   apart.
6. An artefact is told where it is at least a quarter of its largest size in average reference, and is cut off at the
   end of the recording, as a normal rhythm is.
7. The pattern is `tracking.types.mark_pattern`, confidence and score are 1.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from ictal.base.time import Interval
from ictal.eeg.detection.types import Discharge
from ictal.eeg.tracking.types import Leg, Passage, Seizure, mark_pattern
from ictal.simulator.chance import Floats
from ictal.simulator.events import Event
from ictal.simulator.types import ArtefactTruth

SEEN = 0.25
"""A derivation takes part when the field there is at least this share of the largest."""


class HappenedLeg(Protocol):
    """What truth needs to know of a leg, whichever engine made it."""

    @property
    def visible(self) -> Interval: ...
    @property
    def frequency_hz(self) -> float: ...
    @property
    def median_size(self) -> float:
        """Its median size as a share of that of its field."""

    @property
    def came_from(self) -> int | None: ...
    @property
    def came_by(self) -> Passage | None: ...


class HappenedSeizure(Protocol):
    """Legs in order of their onset."""

    @property
    def legs(self) -> Sequence[HappenedLeg]: ...


class Viewer:
    """How one montage sees fields that are given at all places, and what the recording calls its derivations."""

    def __init__(self, rows: Sequence[int], electrodes: Sequence[str], written: Mapping[str, str]) -> None:
        self.rows = list(rows)
        self.electrodes = tuple(electrodes)
        self.labels = tuple(f"{written[e]}-avg" for e in electrodes)

    def sizes(self, field: Floats) -> Floats:
        """Size of a field `(n_places,)` at each electrode, against their average."""
        seen = field[self.rows]
        answer: Floats = np.abs(seen - seen.mean())
        return answer

    def seen(self, sizes: Floats) -> tuple[int, ...]:
        """Which electrodes see it, largest first?"""
        order = np.argsort(-sizes, kind="stable")
        return tuple(int(i) for i in order if sizes[i] >= SEEN * sizes[order[0]] and sizes[i] > 0)


def leg_sizes(leg: HappenedLeg, fields: tuple[Floats, Floats], viewer: Viewer) -> Floats:
    """Peak-to-peak size of a leg at each electrode: its patch and its companion, which is hardly later."""
    return viewer.sizes(fields[0] + fields[1])


def tell_seizure(plan: HappenedSeizure, fields: Sequence[tuple[Floats, Floats]], viewer: Viewer) -> Seizure:
    """What would a perfect reader say of this seizure? `fields`: of each leg and its companion, uV peak-to-peak."""
    legs: list[Leg] = []
    new_index: dict[int, int] = {}
    for index, (leg, pair) in enumerate(zip(plan.legs, fields, strict=True)):
        sizes = leg_sizes(leg, pair, viewer)
        order = viewer.seen(sizes)
        told = Leg(
            leg.visible.start_s,
            leg.visible.stop_s,
            viewer.electrodes[order[0]],
            round(leg.frequency_hz, 3),
            round(float(sizes[order[0]]) * leg.median_size, 2),
            tuple(viewer.labels[i] for i in order),
            None if leg.came_from is None else new_index[leg.came_from],
            leg.came_by,
        )
        before = None if told.came_from is None else legs[told.came_from]
        if before is not None and told.came_from is not None and before.electrode == told.electrode:
            legs[told.came_from] = replace(before, stop_s=max(before.stop_s, told.stop_s))
            new_index[index] = told.came_from
        else:
            new_index[index] = len(legs)
            legs.append(told)
    return Seizure(tuple(legs), mark_pattern(tuple(legs)), 1.0)


def tell_discharges(
    plan: HappenedSeizure, fields: Sequence[tuple[Floats, Floats]], viewer: Viewer
) -> tuple[Discharge, ...]:
    """When is each derivation ictal through one seizure?"""
    seen: dict[int, list[Discharge]] = defaultdict(list)
    for leg, pair in zip(plan.legs, fields, strict=True):
        sizes = leg_sizes(leg, pair, viewer)
        for i in viewer.seen(sizes):
            size = round(float(sizes[i]) * leg.median_size, 2)
            hz = round(leg.frequency_hz, 3)
            when = leg.visible
            told = Discharge(when.start_s, when.stop_s, viewer.labels[i], viewer.electrodes[i], hz, size, 1.0)
            runs = seen[i]
            if runs and told.start_s <= runs[-1].stop_s:
                runs[-1] = _joined(runs[-1], told)
            else:
                runs.append(told)
    return tuple(sorted(d for runs in seen.values() for d in runs))


def _joined(a: Discharge, b: Discharge) -> Discharge:
    """One discharge of two that overlap: the rhythm of the larger."""
    louder = a if a.amplitude_uv >= b.amplitude_uv else b
    return replace(louder, start_s=a.start_s, stop_s=max(a.stop_s, b.stop_s))


def tell_artefact(event: Event, viewer: Viewer, duration_s: float) -> ArtefactTruth | None:
    """Where would a perfect reader see this artefact? `None` when no electrode of the montage picks it up."""
    if float(np.abs(event.field[viewer.rows]).max()) < SEEN * float(np.abs(event.field).max()):
        return None
    sizes = viewer.sizes(event.field)
    order = viewer.seen(sizes)
    if not order:
        return None
    return ArtefactTruth(
        event.start_s,
        min(event.stop_s, duration_s),
        event.kind,
        tuple(viewer.electrodes[i] for i in order),
        tuple(viewer.labels[i] for i in order),
        round(float(sizes[order[0]]), 2),
    )
