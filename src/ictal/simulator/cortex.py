"""Where can activity arise, and what does each electrode see of it? Dipoles under the scalp of both hemispheres."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from ictal.base.electrodes import electrode
from ictal.simulator.chance import product
from ictal.simulator.head import infant_head, potentials

Floats = npt.NDArray[np.float64]

SOURCES_PER_HEMISPHERE = 120
SOURCE_DEPTH = 0.82
"""Distance of the dipoles from the centre, as a share of the brain's radius (provenance: design)."""
TILT_DEG = 20.0
"""Typical tilt of a dipole away from the radial direction (provenance: design)."""
PATCH_RAD = 0.38
"""Angular width (standard deviation) of a patch of cortex that fires together, about 2 cm: a discharge is then seen
on four electrodes or so, with sorted fields of about 1, 0.5, 0.4 and 0.3 in average reference (provenance:
design)."""
NEAR_RAD, WIDE_RAD = 0.20, 0.70
"""Angular distances over which background activity is shared: by one patch, and by a lobe (provenance: design)."""
WIDE, MIRRORED = 0.25, 0.60
"""Shares of what is shared widely, and of that which both hemispheres do at once. With them the bipolar seconds of
real newborns are met (provenance: design, `docs/realism.md`)."""


@dataclass(frozen=True, slots=True, eq=False)
class Cortex:
    """The dipoles of one infant and their field at some places on the scalp.

    1. Dipoles come in mirrored pairs: `mirror[i]` is the one at the same place of the other hemisphere.
    2. `leadfield[place, source]` is scaled so that a patch of typical depth gives 1 at the electrode above it.
    3. `patches[place, source]` is the field of a patch of cortex around each source, which lies at
       `directions * radius_m` and whose dipoles add up to `moments`.
    """

    places: tuple[str, ...]
    directions: Floats
    mirror: tuple[int, ...]
    leadfield: Floats
    patches: Floats
    radius_m: float
    moments: Floats

    def angles_from(self, source: int) -> Floats:
        """How far (radians along the scalp) is every source from this one?"""
        answer: Floats = np.arccos(np.clip(_cosines(self.directions, self.directions[[source]]), -1.0, 1.0))[:, 0]
        return answer

    def nearest(self, name: str) -> int:
        """Which source lies under this electrode?"""
        return int(np.argmax(_cosines(self.directions, np.array([electrode(name).position]))))


def _cosines(a: Floats, b: Floats) -> Floats:
    return product(a, b.T)


def half_sphere(count: int) -> Floats:
    """Which directions spread evenly over the right hemisphere, the skull's base left out? `(count, 3)`, x > 0."""
    total = count * 4
    step = np.arange(total) + 0.5
    height = 1 - 2 * step / total
    turn = step * math.pi * (3 - math.sqrt(5))
    ring = np.sqrt(1 - height**2)
    points = np.column_stack((ring * np.cos(turn), ring * np.sin(turn), height))
    seen = points[(points[:, 0] > 0.06) & (points[:, 2] > -0.30)]
    chosen = np.linspace(0, len(seen) - 1, count).round().astype(int)
    answer: Floats = seen[chosen]
    return answer


@lru_cache(maxsize=8)
def cortex(places: tuple[str, ...], age_days: float, head_cm: float | None = None) -> Cortex:
    """What do these electrodes see of an infant's cortex at this age, and with this head circumference?

    The dipoles and their tilts are the same for every infant (drawn once from a fixed generator); what differs between
    infants is which of them are active.
    """
    head = infant_head(age_days, head_cm=head_cm)
    right = half_sphere(SOURCES_PER_HEMISPHERE)
    flip = np.array([-1.0, 1.0, 1.0])
    up = np.concatenate((right, right * flip))
    tilt = np.random.default_rng(20240).standard_normal(right.shape) * math.tan(math.radians(TILT_DEG)) / math.sqrt(2)
    moments = np.concatenate((right + tilt, (right + tilt) * flip))
    moments /= np.linalg.norm(moments, axis=1, keepdims=True)
    scalp = np.array([electrode(p).position for p in places])
    radius_m = SOURCE_DEPTH * head.brain_radius_m
    volts = potentials(head, scalp, up * SOURCE_DEPTH * head.brain_radius_m, moments)
    above = potentials(head, np.array([[0.0, 0.0, 1.0]]), *_patch_under_vertex(radius_m))
    leadfield = volts / float(above[0].sum())
    angle = np.arccos(np.clip(_cosines(up, up), -1.0, 1.0))
    weight = np.exp(-0.5 * (angle / PATCH_RAD) ** 2)
    weight /= weight.sum(axis=0, keepdims=True)
    n = SOURCES_PER_HEMISPHERE
    mirror = tuple(range(n, 2 * n)) + tuple(range(n))
    summed = product(weight.T, moments)
    return Cortex(places, up, mirror, leadfield, product(leadfield, weight), radius_m, summed)


def _patch_under_vertex(radius_m: float) -> tuple[Floats, Floats]:
    """Positions and moments of a radial patch under the vertex, moments summing to 1."""
    turn = np.arange(60) * math.pi * (3 - math.sqrt(5))
    lean = PATCH_RAD * np.sqrt(-2 * np.log(1 - (np.arange(60) + 0.5) / 60))
    up = np.column_stack((np.sin(lean) * np.cos(turn), np.sin(lean) * np.sin(turn), np.cos(lean)))
    return up * radius_m, up / 60


def against_average(fields: Floats, scalp: int) -> Floats:
    """Fields against the mean of the first `scalp` places (the montage's own electrodes), those places only."""
    answer: Floats = fields[:scalp] - fields[:scalp].mean(axis=0, keepdims=True)
    return answer


def background_covariance(infant: Cortex, weight: Floats, both_sides: bool = False) -> Floats:
    """How do the places vary together when the whole cortex is active? `(n_places, n_places)`.

    `weight` (per source) says how active it is. Most of the activity is shared by near sources, some by a lobe; what is
    `both_sides` is shared by a lobe and by that of the other hemisphere.
    """
    angle = np.arccos(np.clip(_cosines(infant.directions, infant.directions), -1.0, 1.0))
    wide = np.exp(-0.5 * (angle / WIDE_RAD) ** 2)
    if both_sides:
        shared = WIDE * MIRRORED * (wide + wide[:, list(infant.mirror)])
    else:
        shared = (1 - WIDE) * np.exp(-0.5 * (angle / NEAR_RAD) ** 2) + WIDE * (1 - MIRRORED) * wide
    mixed = infant.leadfield * weight[None, :]
    answer: Floats = product(product(mixed, shared), mixed.T)
    return answer


def uneven_cortex(infant: Cortex, rng: np.random.Generator, spread: float) -> Floats:
    """Where is this infant's cortex louder, where calmer? A smooth factor per source, the spread that of its log."""
    angle = np.arccos(np.clip(_cosines(infant.directions, infant.directions), -1.0, 1.0))
    smooth = product(np.exp(-((angle / PATCH_RAD) ** 2)), rng.standard_normal((len(angle), 1)))[:, 0]
    answer: Floats = np.exp(smooth / smooth.std() * spread)
    return answer
