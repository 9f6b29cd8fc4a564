"""An ensemble of small decision trees, evaluated with NumPy from plain numbers (see `judge.json`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Trees:
    """Each tree goes left where a number is no more than its threshold; the values of the leaves add up.

    `(n_trees, n_nodes)` each. Node 0 is the root; a leaf points at itself.
    """

    names: tuple[str, ...]
    offset: float
    number: Whole
    threshold: Floats
    left: Whole
    right: Whole
    value: Floats
    depth: int

    def log_odds(self, rows: npt.ArrayLike) -> Floats:
        """What do the trees say of each row of numbers, `(n_rows, len(names))`?"""
        given = np.asarray(rows, dtype=np.float64).reshape(-1, len(self.names))
        answers = [self._of(given[at : at + TOGETHER]) for at in range(0, len(given), TOGETHER)]
        return np.concatenate(answers) if answers else np.zeros(0)

    def _of(self, rows: Floats) -> Floats:
        tree, row = np.arange(len(self.value)), np.arange(len(rows))[:, None]
        node = np.zeros((len(rows), len(tree)), dtype=np.intp)
        for _ in range(self.depth):
            goes_left = rows[row, self.number[tree, node]] <= self.threshold[tree, node]
            node = np.where(goes_left, self.left[tree, node], self.right[tree, node])
        total: Floats = self.offset + self.value[tree, node].sum(axis=1)
        return total


TOGETHER = 64
"""Rows that are looked at at once."""


def trees_of(stored: Mapping[str, Any], names: Sequence[str]) -> Trees:
    """The trees that were stored: a list of nodes per tree, `[number, threshold, left, right]` or `[value]`.

    `names` are the numbers that this version can give; the trees must have been grown on the same.
    """
    if tuple(stored["names"]) != tuple(names):
        raise ValueError("judge.json was trained on other measures than this version takes: train it again.")
    grown = stored["trees"]
    shape = (len(grown), max(len(tree) for tree in grown))
    number, threshold, value = np.zeros(shape, dtype=np.intp), np.zeros(shape), np.zeros(shape)
    left, right = (np.tile(np.arange(shape[1]), (shape[0], 1)) for _ in range(2))
    for t, tree in enumerate(grown):
        for n, node in enumerate(tree):
            if len(node) == 1:
                value[t, n] = node[0]
            else:
                number[t, n], threshold[t, n], left[t, n], right[t, n] = node
    return Trees(tuple(names), float(stored["offset"]), number, threshold, left, right, value, max(map(_depth, grown)))


def _depth(tree: Sequence[Sequence[float]], at: int = 0) -> int:
    node = tree[at]
    return 0 if len(node) == 1 else 1 + max(_depth(tree, int(node[2])), _depth(tree, int(node[3])))
