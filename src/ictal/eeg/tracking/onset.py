"""Which electrode does the field of the first seconds speak for, how surely, and which comes next?

Under every electrode a current dipole is put that points outward, in a sphere that conducts alike everywhere; what of
the rhythm's power it explains is its fit. The first seconds are then drawn again and again from their own pieces
(bootstrap); the share of draws in which an electrode fits best tells how surely the field speaks for it.

    pieces of 2 s   [1][2][3][4][5]     draw: [2][2][5][1][4]  -> the fit of each electrode -> the best one
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from ictal.base.electrodes import electrode
from ictal.eeg.signal.types import INTERNAL_RATE_HZ, Derivation
from ictal.eeg.tracking.conduction import hann
from ictal.eeg.tracking.types import OnsetField

Floats = npt.NDArray[np.float64]
Samples = npt.NDArray[np.float32]

FIRST_S = 10
"""The seconds that count as the onset, or the first leg when it is shorter; own design."""

PIECE_S, HOP_S = 2.0, 0.5

INDEPENDENT = 4
"""Pieces overlap, so that many are drawn together as one; `PIECE_S / HOP_S`."""

DRAWS, SEED = 200, 1

DEPTH = 0.62
"""Where the dipole lies, as a share of the radius of a sphere that conducts alike everywhere. The skull blurs, which in
such a sphere looks like depth: a source of the cortex (0.85 to 0.9) lies at about 0.6 (own design)."""

TERMS = 40
"""Of the Legendre series; 0.62^40 is below a part in a hundred million."""

CEILING, POWER = 0.9, 2.0
"""Confidence is `CEILING * share ** POWER` of the share of draws: the draws know of noise, but not that a real field is
no single dipole. Chosen on simulated seizures (seeds 40-45), measured on others (docs/findings.md); own design."""

FEWEST = 4
"""With fewer electrodes a field cannot be told from a point."""


def onset_field(uv: Samples, hz: float, derivations: Sequence[Derivation]) -> OnsetField | None:
    """Which electrode does the field of these seconds speak for?

    `uv`: the derivations in the first seconds of a seizure, `(n, samples)` at 64 Hz, of which `hz` is the rhythm. The
    same seconds give the same draws, wherever in a recording they lie. `None` for less than two pieces, and for fewer
    than four electrodes.
    """
    places = tuple(dict.fromkeys(d.electrode for d in derivations))
    pieces = _pieces(uv, hz)
    if len(places) < FEWEST or len(pieces) < INDEPENDENT + 1 or not float(np.trace(pieces.sum(axis=0))) > 0:
        return None
    patterns = fields(places, tuple((d.electrode, d.minus) for d in derivations))
    fits = np.einsum("ei,kij,ej->ke", patterns, pieces, patterns)
    power = np.trace(pieces, axis1=1, axis2=2)
    rng = np.random.default_rng(SEED)
    starts = rng.integers(0, len(pieces) - INDEPENDENT + 1, (DRAWS, max(1, round(len(pieces) / INDEPENDENT))))
    blocks = np.cumsum(np.concatenate([np.zeros((1, fits.shape[1])), fits]), axis=0)
    sums = (blocks[starts + INDEPENDENT] - blocks[starts]).sum(axis=1)
    won = np.bincount(sums.argmax(axis=1), minlength=len(places)) / DRAWS
    total = fits.sum(axis=0)
    order = sorted(range(len(places)), key=lambda e: (-won[e], -total[e]))
    best, second = order[0], order[1]
    sure = CEILING * won**POWER
    return OnsetField(
        electrode=places[best],
        confidence=round(float(sure[best]), 3),
        runner_up=places[second],
        runner_up_confidence=round(float(sure[second]), 3),
        explained=round(float(total[best] / power.sum()), 3),
    )


def _pieces(uv: Samples, hz: float) -> Floats:
    """The power of the rhythm and of what moves together in it, piece by piece: `(pieces, n, n)`."""
    n, hop = round(PIECE_S * INTERNAL_RATE_HZ), round(HOP_S * INTERNAL_RATE_HZ)
    if uv.shape[1] < n:
        return np.zeros((0, len(uv), len(uv)))
    centre = max(1, round(hz * PIECE_S))
    lines = np.arange(max(1, centre - 1), centre + 2)
    waves = hann(n)[:, None] * np.exp(-2j * np.pi * np.outer(np.arange(n), lines) / n).astype(np.complex64)
    by_piece = np.lib.stride_tricks.sliding_window_view(uv, n, axis=1)[:, ::hop].swapaxes(0, 1) @ waves
    power: Floats = (by_piece @ np.conj(by_piece).transpose(0, 2, 1)).real.astype(np.float64)
    return power


@lru_cache(maxsize=8)
def fields(places: tuple[str, ...], derivations: tuple[tuple[str, str | None], ...]) -> Floats:
    """What do the derivations see of an outward dipole under each place? `(places, n)`, each of length one.

    A derivation is an electrode and what is subtracted from it: another electrode, or `None` for the average.
    """
    seen = {name: i for i, name in enumerate(dict.fromkeys(n for d in derivations for n in d if n))}
    sites = np.array([electrode(name).position for name in seen])
    cosine = np.clip(np.array([electrode(p).position for p in places]) @ sites.T, -1.0, 1.0)
    field = outward(cosine)
    centred = field - field.mean(axis=1, keepdims=True)
    rows = [
        field[:, seen[e]] - field[:, seen[minus]] if minus is not None else centred[:, seen[e]]
        for e, minus in derivations
    ]
    pattern = np.stack(rows, axis=1)
    unit: Floats = pattern / np.maximum(np.linalg.norm(pattern, axis=1, keepdims=True), 1e-12)
    return unit


def outward(cosine: Floats) -> Floats:
    """The potential on a sphere of an outward dipole at `DEPTH` below a point of it, by the cosine of the angle to it.

    The Legendre series sum of (2 n + 1) DEPTH^(n - 1) P_n(cosine), up to a factor (homogeneous sphere, insulated).
    """
    before, here = np.ones_like(cosine), cosine
    total = np.zeros_like(cosine)
    for n in range(1, TERMS + 1):
        total += (2 * n + 1) * DEPTH ** (n - 1) * here
        before, here = here, ((2 * n + 1) * cosine * here - n * before) / (n + 1)
    return total
