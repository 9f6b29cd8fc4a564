"""What the samples say of each seizure beyond its path: the field of its onset, and the coupling of its legs."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ictal.eeg.signal.stream import Preparer
from ictal.eeg.signal.types import INTERNAL_RATE_HZ, Montage
from ictal.eeg.tracking.coupling import PAD_S, Stretch, couple
from ictal.eeg.tracking.onset import FIRST_S, onset_field
from ictal.eeg.tracking.types import Coupling, Examined, OnsetField, Seizure

LONGEST_S = 600.0
"""Of a longer seizure these first seconds are looked at; links beyond them are not compared."""

Samples = npt.NDArray[np.float32]


def examine(seizures: Sequence[Seizure], montage: Montage, signal: Preparer) -> tuple[Examined, ...]:
    """What do the samples say of each seizure beyond its path? In the order of the seizures.

    `signal` prepares the same montage. A leg at an electrode that the montage does not have is not compared.
    """
    row: dict[str, int] = {}
    for i, d in enumerate(montage.derivations):
        row.setdefault(d.electrode, i)
    spans = [_span(s) for s in seizures]
    return tuple(
        Examined(_onset(seizure, uv, start_s, montage), _couplings(seizure, uv, start_s, row))
        for seizure, (start_s, _), uv in zip(seizures, spans, signal.windows(spans), strict=True)
    )


def _span(seizure: Seizure) -> tuple[int, int]:
    """Which seconds are read: the first of one that stayed, all of one that has links, up to `LONGEST_S`."""
    moved = any(leg.came_from is not None for leg in seizure.legs)
    start_s = seizure.onset.start_s if seizure.localised else seizure.start_s
    last_s = max((leg.stop_s for leg in seizure.legs), default=start_s)
    stop_s = min(last_s, start_s + (LONGEST_S if moved else FIRST_S))
    begin = math.floor(start_s) - PAD_S
    return begin, math.ceil(stop_s) + PAD_S - begin


def _onset(seizure: Seizure, uv: Samples, start_s: int, montage: Montage) -> OnsetField | None:
    if not seizure.localised:
        return None
    first = seizure.onset
    stop_s = min(first.start_s + FIRST_S, first.stop_s)
    begin, end = (round((t - start_s) * INTERNAL_RATE_HZ) for t in (first.start_s, stop_s))
    return onset_field(uv[:, begin:end], first.frequency_hz, montage.derivations)


def _couplings(seizure: Seizure, uv: Samples, start_s: int, row: dict[str, int]) -> tuple[Coupling, ...]:
    found = []
    for k, leg in enumerate(seizure.legs):
        if leg.came_from is None:
            continue
        before = seizure.legs[leg.came_from]
        if leg.electrode in row and before.electrode in row and leg.electrode != before.electrode:
            a, b = (Stretch(float(start_s), uv[row[x.electrode]]) for x in (before, leg))
            if (coupling := couple(k, before, leg, (a, b))) is not None:
                found.append(coupling)
    return tuple(found)
