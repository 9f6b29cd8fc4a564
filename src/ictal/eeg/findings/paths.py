"""Do the seizures of this infant take the same way each time?

Two paths are compared place by place (edit distance): to leave a place out, or to visit one more, costs 1; to be at
another place costs as much as it is far, 1 from `FAR_RAD` on, and always 1 on the other side. Similarity is 1 minus the
cost over the longer path: 1 for the same way, 0 for none in common.

    O1 > O2 > T8
    O1 > O2 > P8        T8 and P8 are beside each other: cost 0.6, similarity 1 - 0.6 / 3 = 0.8
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ictal.base.electrodes import angle_between
from ictal.eeg.findings.places import across
from ictal.eeg.findings.settings import FindingsSettings
from ictal.eeg.tracking.types import Seizure

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

FAR_RAD = 1.2
"""Places this far apart on the unit sphere have nothing in common; own design."""

MOST_PATHS, MOST_PLACES = 40, 8
"""Of more seizures these many are compared, evenly chosen; of a longer path its first places."""

SWAPS = 4
"""Swaps for each place, to deal anew."""

MOST_PAIRS = 20_000
"""Pairs times shuffles; fewer shuffles beyond that, and at least 99."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """Mean similarity of all pairs of paths (0-1), and what the same places in random order give."""

    paths: int
    similarity: float
    expected: float
    low: float
    high: float
    p: float


def likeness(seizures: Sequence[Seizure], settings: FindingsSettings) -> Likeness | None:
    """How alike are the paths of the seizures that moved? `None` for fewer than three of them.

    The shuffle deals all places that were visited to the paths anew, each as long as it was and none at one place twice
    in a row, so that an infant with few places is not called alike for that.
    """
    moved = [s.path[:MOST_PLACES] for s in seizures if len(s.path) > 1]
    if len(moved) < 3:
        return None
    if len(moved) > MOST_PATHS:
        moved = [moved[round(i)] for i in np.linspace(0, len(moved) - 1, MOST_PATHS)]
    names = sorted({name for path in moved for name in path})
    lengths = np.array([len(path) for path in moved])
    coded = np.array([names.index(name) for path in moved for name in path])
    pairs = np.array([(i, j) for i in range(len(moved)) for j in range(i + 1, len(moved))])
    draws = int(np.clip(MOST_PAIRS // len(pairs), min(99, settings.surrogates), settings.surrogates))
    rng = np.random.default_rng(settings.seed)
    dealt = np.concatenate([coded[None], _dealt(coded, lengths, draws, rng)])
    mean = _similar(dealt, lengths, pairs, _costs(names)).mean(axis=1)
    seen, by_chance = float(mean[0]), mean[1:]
    low, high = np.quantile(by_chance, [0.025, 0.975])
    p = (1 + int(np.count_nonzero(by_chance >= seen - 1e-9))) / (1 + draws)
    return Likeness(
        paths=len(moved),
        similarity=round(seen, 3),
        expected=round(float(by_chance.mean()), 3),
        low=round(float(low), 3),
        high=round(float(high), 3),
        p=round(p, 4),
    )


def _dealt(coded: Ints, lengths: Ints, draws: int, rng: np.random.Generator) -> Ints:
    """The places dealt anew, `(draws, places)`, by many swaps; one that makes a place follow itself is undone."""
    n = len(coded)
    place = np.arange(n)
    begins, ends = np.cumsum(lengths) - lengths, np.cumsum(lengths) - 1
    before, after = place - 1, place + 1
    before[begins], after[ends] = n, n  # there stands a place like no other
    dealt = np.tile(np.append(coded, -1), (draws, 1))
    rows = np.arange(draws)
    for i, j in zip(*rng.integers(0, n, (2, SWAPS * n, draws)), strict=True):
        here, there = dealt[rows, i], dealt[rows, j]
        dealt[rows, i], dealt[rows, j] = there, here
        twice = np.zeros(draws, dtype=bool)
        for k, now in ((i, there), (j, here)):
            twice |= (dealt[rows, before[k]] == now) | (dealt[rows, after[k]] == now)
        dealt[rows[twice], i[twice]], dealt[rows[twice], j[twice]] = here[twice], there[twice]
    return dealt[:, :n]


def _costs(names: Sequence[str]) -> Floats:
    return np.array([[1.0 if across(a, b) else min(1.0, angle_between(a, b) / FAR_RAD) for b in names] for a in names])


def _similar(dealt: Ints, lengths: Ints, pairs: Ints, costs: Floats) -> Floats:
    """The similarity of every pair in every draw, `(draws, pairs)`; all edit distances side by side."""
    ends = np.cumsum(lengths)
    at = np.minimum((ends - lengths)[:, None] + np.arange(lengths.max()), len(dealt[0]) - 1)
    padded = dealt[:, at]
    a, b = padded[:, pairs[:, 0]], padded[:, pairs[:, 1]]
    most = int(lengths.max())
    row = np.broadcast_to(np.arange(most + 1, dtype=np.float64)[:, None, None], (most + 1, *a.shape[:2])).copy()
    distance = np.zeros(a.shape[:2])
    stop_a, stop_b = lengths[pairs[:, 0]], lengths[pairs[:, 1]]
    for i in range(1, most + 1):
        above, row = row, np.empty_like(row)
        row[0] = i
        for j in range(1, most + 1):
            changed = above[j - 1] + costs[a[:, :, i - 1], b[:, :, j - 1]]
            row[j] = np.minimum(np.minimum(above[j], row[j - 1]) + 1.0, changed)
        here = stop_a == i
        distance[:, here] = np.take_along_axis(row[:, :, here], stop_b[here][None, None, :], axis=0)[0]
    return 1.0 - distance / np.maximum(stop_a, stop_b)
