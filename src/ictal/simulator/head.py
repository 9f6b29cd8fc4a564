"""How does a current in an infant's cortex reach the scalp? Four concentric spheres, by Legendre series.

The head is a sphere of brain, cerebrospinal fluid, skull and scalp. Its radius follows the head circumference for
age; the skull of an infant is thin and conducts far better than an adult's.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ictal.base.age import median_head_cm
from ictal.base.errors import UsageError
from ictal.simulator.chance import product

Floats = npt.NDArray[np.float64]

HEAD_SD_CM = 1.25
"""Standard deviation of head circumference in the first two years: about 1.2 to 1.3 cm, WHO 2006 as recalled
(unverified)."""

SERIES_TERMS = 100
"""Terms of the Legendre series; the source nearest to the brain's edge needs about 60 for a part in a million."""


@dataclass(frozen=True, slots=True)
class Head:
    """Concentric shells from the inside out: outer radii (m) and conductivities (S/m).

    1. Each shell conducts alike in all directions.
    2. Sources lie in the innermost shell, electrodes on the outermost surface.
    3. No current leaves the outermost surface.
    """

    radii_m: tuple[float, ...]
    conductivities_s_m: tuple[float, ...]

    def __post_init__(self) -> None:
        grows = all(a < b for a, b in zip((0.0, *self.radii_m), self.radii_m, strict=False))
        same = len(self.radii_m) == len(self.conductivities_s_m) > 0
        if not (same and grows and min(self.conductivities_s_m) > 0):
            raise UsageError(
                f"A head needs growing radii and as many conductivities above zero. "
                f"Got radii {self.radii_m} m and conductivities {self.conductivities_s_m} S/m."
            )

    @property
    def radius_m(self) -> float:
        return self.radii_m[-1]

    @property
    def brain_radius_m(self) -> float:
        return self.radii_m[0]


def head_circumference_cm(age_days: float, z: float = 0.0) -> float:
    """How large is the head of an infant of this age, `z` standard deviations from the median?"""
    return median_head_cm(age_days) + z * HEAD_SD_CM


def infant_head(age_days: float, skull_conductivity_s_m: float | None = None, head_cm: float | None = None) -> Head:
    """What does the head of an infant of this age look like? `head_cm`: its circumference, `None` the median.

    Thickness of scalp, skull and fluid grows with age: newborn 3.0, 1.5 and 2.0 mm, one year 4.0, 3.0 and 2.0 mm
    (provenance: design). Conductivities: brain 0.33, fluid 1.79, scalp 0.43 S/m (common values, provenance:
    unverified). Infant skull: 0.10 S/m at birth falling to 0.04 S/m at one year, between adult bone (about 0.01) and
    soft tissue (provenance: unverified); give `skull_conductivity_s_m` to try another.
    """
    girth_cm = head_circumference_cm(age_days) if head_cm is None else head_cm
    radius = girth_cm / 100 / (2 * math.pi)
    grown = min(1.0, max(0.0, age_days / 365.0))
    scalp, skull, fluid = 0.003 + 0.001 * grown, 0.0015 + 0.0015 * grown, 0.002
    bone = 0.10 - 0.06 * grown if skull_conductivity_s_m is None else skull_conductivity_s_m
    radii = (radius - scalp - skull - fluid, radius - scalp - skull, radius - scalp, radius)
    return Head(radii, (0.33, 1.79, bone, 0.43))


def potentials(head: Head, electrodes: Floats, positions: Floats, moments: Floats) -> Floats:
    """What do electrodes see of current dipoles? In volts, against a point infinitely far away.

    `electrodes` are directions `(n_electrodes, 3)`; `positions` (m) and `moments` (A m) of the dipoles `(n_dipoles,
    3)`. The answer is `(n_electrodes, n_dipoles)` and linear in the moments.

    Raises `UsageError` when a dipole lies outside the brain.
    Reference: de Munck JC, J Appl Phys 1988 (layered sphere); derived here from the boundary conditions of each shell.
    """
    toward = electrodes / np.linalg.norm(electrodes, axis=1, keepdims=True)
    depth = np.linalg.norm(positions, axis=1)
    if np.any(depth >= head.brain_radius_m) or np.any(depth <= 0):
        raise UsageError(f"A source must lie inside the brain, between 0 and {head.brain_radius_m * 1000:.1f} mm.")
    up = positions / depth[:, None]
    cosine = np.clip(product(toward, up.T), -1.0, 1.0)
    radial = np.sum(moments * up, axis=1)
    sideways = product(toward, (moments - radial[:, None] * up).T)
    legendre, slope = _legendre(cosine, SERIES_TERMS)
    order = np.arange(1, SERIES_TERMS + 1)
    reach = _shell_gains(head, SERIES_TERMS)[:, None] * (depth / head.radius_m)[None, :] ** (order[:, None] - 1)
    series = np.einsum("nd,ned->ed", reach * order[:, None] * radial[None, :], legendre)
    series += sideways * np.einsum("nd,ned->ed", reach, slope)
    scale = 4 * math.pi * head.conductivities_s_m[0] * head.radius_m**2
    answer: Floats = series / scale
    return answer


def _shell_gains(head: Head, terms: int) -> Floats:
    """Surface potential of order n for a primary field B/r^(n+1) with B = 1 in the innermost shell (outer radius 1).

    In each shell the potential is A r^n + B r^-(n+1). Starting from "no current leaves" at the surface, continuity of
    potential and of normal current carries A and B inwards.
    """
    n = np.arange(1, terms + 1, dtype=float)
    a, b = (n + 1) / n, np.ones(terms)
    surface = a + b
    sigma = head.conductivities_s_m
    for j in range(len(sigma) - 2, -1, -1):
        r = head.radii_m[j] / head.radius_m
        power = r ** (2 * n + 1)
        ratio = sigma[j + 1] / sigma[j]
        flux = ratio * (n * a * power - (n + 1) * b)
        value = a * power + b
        a, b = ((n + 1) * value + flux) / ((2 * n + 1) * power), (n * value - flux) / (2 * n + 1)
    return surface / b


def _legendre(cosine: Floats, terms: int) -> tuple[Floats, Floats]:
    """Legendre polynomials P_1..P_terms and their derivatives, each `(terms, *cosine.shape)`."""
    p = np.empty((terms + 1, *cosine.shape))
    d = np.empty_like(p)
    p[0], p[1], d[0], d[1] = 1.0, cosine, 0.0, 1.0
    for n in range(2, terms + 1):
        p[n] = ((2 * n - 1) * cosine * p[n - 1] - (n - 1) * p[n - 2]) / n
        d[n] = d[n - 2] + (2 * n - 1) * p[n - 1]
    return p[1:], d[1:]
