"""What does the field of a rhythm look like over the head: one source, one electrode, or no source at all?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from ictal.base.electrodes import angle_between, electrode, neighbours
from ictal.eeg.signal.types import INTERNAL_RATE_HZ
from ictal.eeg.tracking import shapes
from ictal.eeg.tracking.conduction import hann

Samples = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]

WINDOW, HOP = 4 * round(INTERNAL_RATE_HZ), 2 * round(INTERNAL_RATE_HZ)
FAR_RAD = 1.2
DEPTHS = (0.85, 0.6)
"""How far from the middle of a head of radius 1 the sources are that a field is compared with."""
DIRECTIONS = 40


@dataclass(frozen=True, slots=True)
class Field:
    """How the electrodes move with the centre of a stay at its rhythm. All are shares or ratios."""

    one_source: float
    """Share of the rhythm's power on all electrodes that moves with the centre."""
    extent: float
    """Share of the electrodes that it is seen on (participation ratio)."""
    roughness: float
    """Power of the differences between each electrode and its neighbours' mean, over that of the field."""
    dipole: float
    """Share of the field that one source in a sphere explains."""
    neighbour: float
    """The largest neighbour in the field."""
    delayed: float
    """Of the electrodes that move with it: share of their power that is a quarter cycle apart."""
    far: float
    """Coherence of the far electrode that moves with it most."""
    coherent: float
    """Share of the electrodes that move with it."""


def field_of(uv: Samples, centre: int, hz: float, names: tuple[str, ...]) -> tuple[Floats, Field]:
    """Which field has the rhythm of this electrode? `uv` is `(n_electrodes, seconds * 64)`.

    First what moves without delay with the centre, per electrode (1 at the centre), then what that is like.
    """
    n = min(WINDOW, uv.shape[1])
    line = max(2, round(hz * n / INTERNAL_RATE_HZ))
    spectrum = shapes.lines(uv, basis(n, (line - 1, line, line + 1)), HOP)
    known = _head(names)
    shown, said = shapes.field_numbers(spectrum, centre, known.sources, known.beside, known.far)
    return shown, Field(*said.tolist())


@lru_cache(maxsize=256)
def basis(n: int, lines: tuple[int, ...]) -> Samples:
    """Which cosine and which sine, in a Hann window of `n` samples, show each of these lines of a spectrum?"""
    turns = 2 * np.pi * np.outer(lines, np.arange(n)) / n
    both = np.stack([np.cos(turns), np.sin(turns)], axis=1).reshape(2 * len(lines), n)
    return (both * hann(n)).astype(np.float32)


@dataclass(frozen=True, slots=True)
class _Head:
    """`sources[k]` are three rows that span the fields of one source, `beside` takes the mean of the neighbours."""

    sources: Floats
    beside: Floats
    far: npt.NDArray[np.bool_]


@lru_cache(maxsize=8)
def _head(names: tuple[str, ...]) -> _Head:
    where = np.array([electrode(name).position for name in names])
    around = neighbours(names)
    beside = np.array([[float(b in around[a]) for b in names] for a in names])
    beside /= np.maximum(beside.sum(axis=1, keepdims=True), 1.0)
    far = np.array([[angle_between(a, b) > FAR_RAD for b in names] for a in names])
    return _Head(np.array([_span(where, source) for source in _sources()]), beside, far)


def _sources() -> Floats:
    """Places of sources, spread evenly over the upper part of the head, the same on both sides."""
    k = np.arange(2 * DIRECTIONS)
    height = 1.0 - (k + 0.5) / (2 * DIRECTIONS) * 1.3
    turn = k * np.pi * (3 - np.sqrt(5))
    ring = np.sqrt(1 - height**2)
    spread = np.stack([ring * np.cos(turn), ring * np.sin(turn), height], axis=1)
    right = spread[spread[:, 0] >= 0]
    both = np.concatenate((right, right * np.array([-1.0, 1.0, 1.0])))
    return np.concatenate([both * depth for depth in DEPTHS])


def _span(where: Floats, source: Floats) -> Floats:
    """Orthonormal rows that span what a dipole at this place can show in average reference, whatever its direction."""
    away = where - source
    shown = away / np.linalg.norm(away, axis=1, keepdims=True) ** 3
    rows: Floats = np.linalg.qr(shown - shown.mean(axis=0))[0].T
    if len(rows) < 3:
        rows = np.pad(rows, ((0, 3 - len(rows)), (0, 0)))
    return rows
