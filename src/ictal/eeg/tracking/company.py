"""What can be said of a stay from the stays before, after and beside it, and elsewhere in the recording?

A weak rhythm where a sure discharge has just ended, at its frequency, is its next leg; a weak one that moves with a
larger one is its field; a place where seizures keep starting is a focus.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from ictal.base.electrodes import angle_between, electrode, mirror
from ictal.eeg.tracking.measures import NAMES as MEASURED
from ictal.eeg.tracking.measures import Measures, values

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.intp]

NOBODY = -9.0
"""Stands for the log-odds of a stay that is not there."""
HANDOVER_S = (-12.0, 8.0)
"""From the end of one stay to the begin of the next."""
RHYTHM = 0.5
"""Largest difference of ln frequency between stays that may belong together; a doubled one counts as the same."""
APART_S = 20.0
SAME_PLACE_S = 10.0
LONGEST_S = 150.0
NEAR_RAD = 0.85


@dataclass(frozen=True, slots=True)
class Place:
    """A stay among the others: when, where, how large (uV), and the larger one beside it, if any.

    `beside` counts within the recording's stays; `together` is the share that moves with that one without delay.
    """

    start_s: float
    stop_s: float
    electrode: str
    amplitude_uv: float
    measures: Measures
    beside: int | None
    together: float


@dataclass(frozen=True, slots=True)
class Company:
    """One stay in its company, in numbers: log-odds (of stays judged alone), seconds and ln of ratios."""

    alone: float
    before: float
    """The likeliest that ends where this one begins: its log-odds, the pause, frequency and amplitude against it."""
    before_gap: float
    before_rhythm: float
    before_size: float
    before_mirror: float
    before_crosses: float
    after: float
    """The same of the likeliest that begins where this one ends."""
    after_gap: float
    after_rhythm: float
    after_size: float
    after_mirror: float
    beside: float
    """The largest other at the same time, whether it moves along, and the same against it."""
    beside_together: float
    beside_size: float
    beside_near: float
    beside_rhythm: float
    beside_lead: float
    here: float
    """The likeliest at this place at other times, at its mirror place, and how many sure ones there are in an hour."""
    mirror: float
    sure_per_h: float
    same_place: float
    """The likeliest at this place just before or after, and the pause."""
    same_place_gap: float


NAMES = (*(f.name for f in fields(Company)), *(f"own_{name}" for name in MEASURED))
"""What is said of a stay in its company, and again what was measured of it alone."""

SURE = 1.0


def companies(places: Sequence[Place], alone: Floats, hours: float) -> list[tuple[float, ...]]:
    """The numbers named by `NAMES` for each of these stays, in their order (sorted by episode).

    `alone` are their log-odds, `hours` the length of the recording.
    """
    if not places:
        return []
    table = _Table(places, alone, float((alone > SURE).sum()) / max(hours, 0.05))
    return [table.row(k) for k in range(len(places))]


class _Table:
    def __init__(self, places: Sequence[Place], alone: Floats, sure_per_h: float) -> None:
        self.places, self.odds, self.sure_per_h = places, alone, sure_per_h
        self.start = np.array([p.start_s for p in places])
        self.stop = np.array([p.stop_s for p in places])
        self.rhythm = np.log([p.measures.frequency_hz for p in places])
        self.size = np.log(np.maximum([p.amplitude_uv for p in places], 1e-6))
        names = sorted({p.electrode for p in places} | {mirror(p.electrode) for p in places})
        number = {name: k for k, name in enumerate(names)}
        self.where = np.array([number[p.electrode] for p in places])
        self.across = np.array([number[mirror(p.electrode)] for p in places])
        self.by_start = np.argsort(self.start, kind="stable")
        self.starts = self.start[self.by_start]
        self.at: dict[int, Whole] = {k: np.flatnonzero(self.where == k) for k in range(len(names))}

    def row(self, k: int) -> tuple[float, ...]:
        around = self._around(k)
        alike = around[self._rhythm_apart(k, around) < RHYTHM]
        elsewhere = alike[self.where[alike] != self.where[k]]
        return (
            float(self.odds[k]),
            *self._before(k, elsewhere),
            *self._after(k, elsewhere),
            *self._beside(k),
            self._best(k, self.at[int(self.where[k])]),
            self._best(k, self.at[int(self.across[k])]),
            self.sure_per_h,
            *self._same_place(k, around),
            *values(self.places[k].measures),
        )

    def _around(self, k: int) -> Whole:
        first, last = np.searchsorted(self.starts, (self.start[k] - LONGEST_S, self.stop[k] + 15.0))
        near = self.by_start[first:last]
        return np.sort(near[near != k])

    def _rhythm_apart(self, k: int, others: Whole) -> Floats:
        apart = np.abs(self.rhythm[others] - self.rhythm[k])
        nearest: Floats = np.minimum(apart, np.abs(apart - np.log(2.0)))
        return nearest

    def _before(self, k: int, others: Whole) -> tuple[float, ...]:
        gap = self.start[k] - self.stop[others]
        fits = _handover(gap) & (self.start[others] < self.start[k] - 2)
        if not fits.any():
            return (NOBODY, 0.0, 0.0, 0.0, 0.0, 0.0)
        j = self._likeliest(others[fits], gap[fits])
        sides = [electrode(self.places[i].electrode).hemisphere for i in (k, j)]
        crosses = float(sides[0] is not sides[1])
        return (*self._against(k, j, float(self.start[k] - self.stop[j])), crosses)

    def _after(self, k: int, others: Whole) -> tuple[float, ...]:
        gap = self.start[others] - self.stop[k]
        fits = _handover(gap) & (self.stop[others] > self.stop[k] + 2)
        if not fits.any():
            return (NOBODY, 0.0, 0.0, 0.0, 0.0)
        j = self._likeliest(others[fits], gap[fits])
        return self._against(k, j, float(self.start[j] - self.stop[k]))

    def _likeliest(self, others: Whole, gap: Floats) -> int:
        return int(others[np.argmax(self.odds[others] - 0.15 * np.abs(gap))])

    def _against(self, k: int, j: int, gap_s: float) -> tuple[float, ...]:
        return (
            float(self.odds[j]),
            gap_s,
            float(self.rhythm[k] - self.rhythm[j]),
            float(self.size[k] - self.size[j]),
            float(self.where[j] == self.across[k]),
        )

    def _beside(self, k: int) -> tuple[float, ...]:
        place = self.places[k]
        if place.beside is None:
            return (NOBODY, 0.0, 0.0, 0.0, 0.0, 0.0)
        j = place.beside
        return (
            float(self.odds[j]),
            place.together,
            float(self.size[k] - self.size[j]),
            float(angle_between(place.electrode, self.places[j].electrode) < NEAR_RAD),
            float(self.rhythm[k] - self.rhythm[j]),
            float(self.start[k] - self.start[j]),
        )

    def _best(self, k: int, there: Whole) -> float:
        apart = (self.start[there] > self.stop[k] + APART_S) | (self.stop[there] < self.start[k] - APART_S)
        return float(self.odds[there[apart]].max(initial=NOBODY))

    def _same_place(self, k: int, around: Whole) -> tuple[float, float]:
        same = around[self.where[around] == self.where[k]]
        gap = np.maximum(self.start[k] - self.stop[same], self.start[same] - self.stop[k])
        close = gap < SAME_PLACE_S
        if not close.any():
            return NOBODY, 0.0
        best = int(np.argmax(self.odds[same[close]]))
        return float(self.odds[same[close][best]]), float(gap[close][best])


def _handover(gap: Floats) -> Flags:
    fits: Flags = (gap > HANDOVER_S[0]) & (gap < HANDOVER_S[1])
    return fits
