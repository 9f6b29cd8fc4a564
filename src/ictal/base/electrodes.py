"""Where an electrode sits: names, hemisphere, lobe, neighbours, mirror image.

Positions are the spherical 10-20 and 10-10 positions (inclination from Cz, azimuth) in common use, on a sphere of
radius 1: x to the right ear, y to the nose, z to the vertex. Names are the modern ones of the American Clinical
Neurophysiology Society (guideline 2, 2016) and the IFCN: T7, T8, P7 and P8 stand for the older T3, T4, T5 and T6.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from ictal.base.errors import ChannelError


class Hemisphere(StrEnum):
    left = "left"
    right = "right"
    midline = "midline"


class Lobe(StrEnum):
    frontal = "frontal"
    central = "central"
    temporal = "temporal"
    parietal = "parietal"
    occipital = "occipital"


OLD_NAMES = {"T3": "T7", "T4": "T8", "T5": "P7", "T6": "P8"}
"""Names of the 1958 10-20 system and what they are called today."""

TEN_TWENTY = (
    "Fp1", "Fp2", "F7", "F3", "Fz", "F4", "F8", "T7", "C3", "Cz", "C4", "T8", "P7", "P3", "Pz", "P4", "P8", "O1", "O2",
)  # fmt: skip
"""The 19 scalp electrodes of the 10-20 system, front to back, left to right."""

_INCLINATION_AZIMUTH_DEG: dict[str, tuple[int, int]] = {
    "Fp1": (-92, -72), "Fpz": (92, 90), "Fp2": (92, 72),
    "AF7": (-92, -54), "AF3": (-74, -65), "AFz": (69, 90), "AF4": (74, 65), "AF8": (92, 54),
    "F9": (-115, -36), "F7": (-92, -36), "F5": (-75, -41), "F3": (-60, -51), "F1": (-50, -68), "Fz": (46, 90),
    "F2": (50, 68), "F4": (60, 51), "F6": (75, 41), "F8": (92, 36), "F10": (115, 36),
    "FT9": (-115, -18), "FT7": (-92, -18), "FC5": (-71, -21), "FC3": (-50, -28), "FC1": (-32, -45), "FCz": (23, 90),
    "FC2": (32, 45), "FC4": (50, 28), "FC6": (71, 21), "FT8": (92, 18), "FT10": (115, 18),
    "T9": (-115, 0), "T7": (-92, 0), "C5": (-69, 0), "C3": (-46, 0), "C1": (-23, 0), "Cz": (0, 0),
    "C2": (23, 0), "C4": (46, 0), "C6": (69, 0), "T8": (92, 0), "T10": (115, 0),
    "TP9": (-115, 18), "TP7": (-92, 18), "CP5": (-71, 21), "CP3": (-50, 28), "CP1": (-32, 45), "CPz": (23, -90),
    "CP2": (32, -45), "CP4": (50, -28), "CP6": (71, -21), "TP8": (92, -18), "TP10": (115, -18),
    "P9": (-115, 36), "P7": (-92, 36), "P5": (-75, 41), "P3": (-60, 51), "P1": (-50, 68), "Pz": (46, -90),
    "P2": (50, -68), "P4": (60, -51), "P6": (75, -41), "P8": (92, -36), "P10": (115, -36),
    "PO7": (-92, 54), "PO3": (-74, 65), "POz": (69, -90), "PO4": (74, -65), "PO8": (92, -54),
    "O1": (-92, 72), "Oz": (92, -90), "O2": (92, -72), "Iz": (115, -90),
}  # fmt: skip

_LOBE_BY_LETTERS = {
    "FP": Lobe.frontal, "AF": Lobe.frontal, "F": Lobe.frontal, "FC": Lobe.frontal, "FT": Lobe.temporal,
    "T": Lobe.temporal, "TP": Lobe.temporal, "C": Lobe.central, "CP": Lobe.parietal, "P": Lobe.parietal,
    "PO": Lobe.occipital, "O": Lobe.occipital, "I": Lobe.occipital,
}  # fmt: skip
_LOBE_EXCEPTIONS = {
    "F7": Lobe.frontal, "F8": Lobe.frontal,
    "P7": Lobe.temporal, "P8": Lobe.temporal, "P9": Lobe.temporal, "P10": Lobe.temporal,
}  # fmt: skip
"""P7 and P8 lie over the posterior temporal lobe (the old T5 and T6)."""


@dataclass(frozen=True, order=True, slots=True)
class Electrode:
    """A place on the scalp: modern name, unit-sphere position, hemisphere and lobe."""

    name: str
    position: tuple[float, float, float]
    hemisphere: Hemisphere
    lobe: Lobe


def _build(name: str, inclination_deg: float, azimuth_deg: float) -> Electrode:
    theta, phi = math.radians(inclination_deg), math.radians(azimuth_deg)
    position = (math.sin(theta) * math.cos(phi), math.sin(theta) * math.sin(phi), math.cos(theta))
    letters = name.rstrip("0123456789z").upper()
    if name.endswith("z"):
        side = Hemisphere.midline
    else:
        side = Hemisphere.left if int(name[len(letters) :]) % 2 else Hemisphere.right
    return Electrode(name, position, side, _LOBE_EXCEPTIONS.get(name, _LOBE_BY_LETTERS[letters]))


ELECTRODES: dict[str, Electrode] = {name: _build(name, *angles) for name, angles in _INCLINATION_AZIMUTH_DEG.items()}
"""Every electrode that Ictal can place, by its modern name."""

_BY_UPPER = {name.upper(): name for name in ELECTRODES} | OLD_NAMES


def modern_name(name: str) -> str | None:
    """What is this electrode called today? `None` when it is not a 10-20 or 10-10 name. Case does not matter.

    >>> modern_name("T3"), modern_name("FP1"), modern_name("SpO2")
    ('T7', 'Fp1', None)
    """
    return _BY_UPPER.get(name.strip().upper())


def electrode(name: str) -> Electrode:
    """Where does this electrode sit? Takes old and modern names; raises `ChannelError` for any other."""
    known = modern_name(name)
    if known is None:
        raise ChannelError(f"'{name}' is not an electrode of the 10-20 or 10-10 system, so its place is not known.")
    return ELECTRODES[known]


@cache
def mirror(name: str) -> str:
    """Which electrode lies at the same place of the other hemisphere? Midline electrodes mirror to themselves."""
    here = electrode(name)
    if here.hemisphere is Hemisphere.midline:
        return here.name
    letters = here.name.rstrip("0123456789")
    number = int(here.name[len(letters) :])
    return f"{letters}{number + 1 if number % 2 else number - 1}"


@cache
def angle_between(a: str, b: str) -> float:
    """How far apart are two electrodes, in radians along the scalp of the unit sphere?"""
    p, q = electrode(a).position, electrode(b).position
    return math.acos(max(-1.0, min(1.0, sum(x * y for x, y in zip(p, q, strict=True)))))


NEIGHBOUR_RADIUS_RAD = 1.1
"""Electrodes further apart than this are never neighbours: the diagonal of the 10-20 grid is about 1.0 (F3-Cz 0.98)."""


def neighbours(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Which of these electrodes lie beside each other?

    Two electrodes are neighbours when they are at most 1.1 rad apart and no other electrode of the set lies clearly
    between them (an electrode is between when it is nearer to both than 0.8 of their distance). Symmetric; an electrode
    is not its own neighbour.
    """
    present: Sequence[str] = sorted({electrode(n).name for n in names})
    found: dict[str, list[str]] = {n: [] for n in present}
    for i, a in enumerate(present):
        for b in present[i + 1 :]:
            distance = angle_between(a, b)
            between = any(
                c not in (a, b) and max(angle_between(a, c), angle_between(c, b)) < 0.8 * distance for c in present
            )
            if distance <= NEIGHBOUR_RADIUS_RAD and not between:
                found[a].append(b)
                found[b].append(a)
    return {n: tuple(sorted(ns, key=lambda m, n=n: (angle_between(n, m), m))) for n, ns in found.items()}  # type: ignore[misc]
