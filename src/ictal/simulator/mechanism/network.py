"""Which regions are there, and which reach which, how strongly and how late?"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ictal.simulator.chance import MECHANISM, Floats, generator, product
from ictal.simulator.cortex import Cortex, half_sphere
from ictal.simulator.mechanism.settings import Mechanism

REGIONS_PER_HEMISPHERE = 32
REGIONS = 2 * REGIONS_PER_HEMISPHERE
NEAREST = 4
"""A region and the four nearest of its hemisphere are neighbours, in both directions: four to seven each."""
FAR_RAD = 1.0
"""A long link that is not callosal goes at least this far."""
BRAIN_M = 0.055
"""Radius of the brain for path lengths; a callosal path bends down by another `BEND_M`."""
BEND_M = 0.03
SLOT_S = 1.0 / 256.0
STRIP_SLOTS = 8
"""No signal arrives sooner than after a strip of 8/256 s."""
HISTORY_SLOTS = 256
"""Nor later than after a second."""
NEAR, LONG = 0, 1

Longs = npt.NDArray[np.int32]
Singles = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Regions and links. `where[link]` is target, source, kind (`NEAR`, `LONG`) and delay in slots of 1/256 s.

    1. `directions[i]` and `directions[mirror[i]]` are mirror places.
    2. `threshold_mv` and `balance` say how each region differs; `foci` are the regions of raised balance.
    3. Links are sorted by target, so that sums have one order.
    """

    directions: Floats
    mirror: tuple[int, ...]
    where: Longs
    weight: Singles
    threshold_mv: Floats
    balance: Floats
    foci: tuple[int, ...]

    def reaches(self, source: int, target: int) -> tuple[int, float] | None:
        """Is there a link from one region to another? Its kind and weight."""
        found = np.flatnonzero((self.where[:, 0] == target) & (self.where[:, 1] == source))
        return (int(self.where[found[0], 2]), float(self.weight[found[0]])) if len(found) else None

    def sources(self, infant: Cortex) -> tuple[int, ...]:
        """Which dipole of the cortex lies at each region?"""
        return tuple(int(i) for i in np.argmax(product(self.directions, infant.directions.T), axis=1))


def region_directions() -> Floats:
    """Where are the 64 regions? The first 32 on the right, then their mirror places."""
    right = half_sphere(REGIONS_PER_HEMISPHERE)
    return np.concatenate((right, right * np.array([-1.0, 1.0, 1.0])))


def neighbouring(directions: Floats, angle: Floats) -> npt.NDArray[np.bool_]:
    """Which regions lie beside each other? `(n_regions, n_regions)`, in both directions or in none."""
    across = np.sign(directions[:, [0]]) != np.sign(directions[:, 0])
    far = np.where(across | np.eye(len(angle), dtype=bool), np.inf, angle)
    nearest = np.argsort(far, axis=1, kind="stable")[:, :NEAREST]
    found = np.zeros(angle.shape, dtype=bool)
    found[np.arange(len(angle))[:, None], nearest] = True
    answer: npt.NDArray[np.bool_] = found | found.T
    return answer


def make_network(mechanism: Mechanism, seed: int) -> Network:
    """Draw one infant's regions and links."""
    rng = generator(seed, MECHANISM, 0)
    at = region_directions()
    half = REGIONS_PER_HEMISPHERE
    mirror = tuple(range(half, REGIONS)) + tuple(range(half))
    angle = np.arccos(np.clip(product(at, at.T), -1.0, 1.0))
    links = mechanism.links
    found: list[tuple[int, int, int, int, float]] = []

    def add(target: int, source: int, kind: int, weight: float, path_m: float) -> None:
        slots = round(path_m / links.speed_m_s / SLOT_S)
        delay = min(max(slots, STRIP_SLOTS), HISTORY_SLOTS - STRIP_SLOTS)
        found.append((target, source, kind, delay, weight * math.exp(float(rng.standard_normal()) * links.variety)))

    beside = neighbouring(at, angle)
    for i in range(REGIONS):
        near = np.flatnonzero(beside[i])
        for j in near:
            add(i, int(j), NEAR, links.near_mv / len(near), float(angle[i, j]) * BRAIN_M)
        add(i, mirror[i], LONG, links.homotopic, 2 * abs(float(at[i, 0])) * BRAIN_M + BEND_M)
        away = np.flatnonzero((angle[i] > FAR_RAD) & (np.arange(REGIONS) != mirror[i]))
        for j in rng.choice(away, links.far_count, replace=False):
            add(i, int(j), LONG, links.far, float(angle[i, j]) * BRAIN_M)
    found.sort()
    threshold = rng.standard_normal(REGIONS) * mechanism.infant.variety_mv
    foci = tuple(sorted(int(i) for i in rng.permutation(REGIONS)[: mechanism.infant.foci]))
    balance = np.full(REGIONS, mechanism.infant.balance)
    balance[list(foci)] *= mechanism.infant.focus_balance
    where = np.array([row[:4] for row in found], dtype=np.int32)
    weight = np.array([row[4] for row in found], dtype=np.float32)
    return Network(at, mirror, where, weight, threshold, balance, foci)
