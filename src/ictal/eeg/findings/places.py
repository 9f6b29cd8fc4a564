"""Which onsets are of one place, and where do seizures keep starting?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache

from ictal.base.electrodes import Hemisphere, angle_between, electrode, mirror, neighbours
from ictal.eeg.findings.types import Focus
from ictal.eeg.tracking.types import Seizure

FEWEST_FOR_A_FOCUS = 2

ONE_PLACE_RAD = 0.9
"""Electrodes of one side, or of one side and the midline, that are nearer than this are one place of onset."""


@cache
def one_place(a: str, b: str) -> bool:
    """Are two electrodes near each other, and not on opposite sides?"""
    sides = {electrode(a).hemisphere, electrode(b).hemisphere}
    return angle_between(a, b) < ONE_PLACE_RAD and sides != {Hemisphere.left, Hemisphere.right}


@cache
def across(a: str, b: str) -> bool:
    """Is one electrode on the left and the other on the right?"""
    return {electrode(a).hemisphere, electrode(b).hemisphere} == {Hemisphere.left, Hemisphere.right}


def homotopic(came_from: str, to: str, electrodes: Sequence[str]) -> bool:
    """Is it the mirror place, or one of the electrodes beside that?"""
    twin = mirror(came_from)
    return to == twin or to in neighbours((*electrodes, twin))[twin]


def grouped(counts: Mapping[str, int]) -> list[tuple[str, tuple[str, ...]]]:
    """Which electrodes make one place, given how often each was seen? Centre and members, in the order they were made.

    The electrode seen most takes those around it, then the next. Of two seen as often, the one with more around it;
    then the one that comes first in `counts`: a name would favour a side.
    """
    order = {e: i for i, e in enumerate(counts) if counts[e]}
    around = {e: [o for o in order if o == e or one_place(e, o)] for e in order}
    found = []
    while order:
        near = {e: [o for o in around[e] if o in order] for e in order}
        centre = min(order, key=lambda e: (-counts[e], -sum(counts[o] for o in near[e]), order[e]))
        members = tuple(sorted(near[centre]))
        found.append((centre, members))
        for member in members:
            del order[member]
    return found


def find_foci(seizures: Sequence[Seizure], written: Callable[[str], str] = str) -> tuple[Focus, ...]:
    """Where do seizures keep starting? At least two onsets at one electrode or its neighbours on the same side.

    `written` gives the name that is told for a modern one.
    """
    at: dict[str, list[int]] = {}
    for number, seizure in enumerate(seizures, start=1):
        if seizure.localised:
            at.setdefault(seizure.onset.electrode, []).append(number)
    found: list[Focus] = []
    for centre, members in grouped({e: len(numbers) for e, numbers in at.items()}):
        ids = tuple(sorted(n for e in members for n in at[e]))
        if len(ids) >= FEWEST_FOR_A_FOCUS:
            place, names = electrode(centre), tuple(written(e) for e in members)
            found.append(Focus(written(centre), names, place.hemisphere.value, place.lobe.value, len(ids), ids))
    return tuple(sorted(found, key=lambda f: (-f.seizures, f.seizure_ids)))
