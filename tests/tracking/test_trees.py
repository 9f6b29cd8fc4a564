"""Trees say with NumPy what the library that grew them says."""

from __future__ import annotations

import numpy as np
import pytest

from ictal.eeg.tracking.judge import packaged
from ictal.eeg.tracking.trees import trees_of

STORED = {
    "names": ["a", "b"],
    "offset": 0.5,
    "trees": [[[0, 1.0, 1, 2], [-1.0], [1, 0.0, 3, 4], [2.0], [3.0]], [[0.25]]],
}


@pytest.mark.parametrize(
    ("row", "said"), [((0.0, 9.0), -0.25), ((1.0, 9.0), -0.25), ((2.0, 0.0), 2.75), ((2.0, 1.0), 3.75)]
)
def test_a_row_goes_left_up_to_the_threshold_and_leaves_add_up(row, said):
    trees = trees_of(STORED, ["a", "b"])
    assert trees.log_odds([row]) == pytest.approx([said])


def test_many_rows_are_said_as_each_alone():
    trees = trees_of(STORED, ["a", "b"])
    rows = np.random.default_rng(1).normal(0, 2, (200, 2))
    assert trees.log_odds(rows) == pytest.approx([float(trees.log_odds([row])[0]) for row in rows])
    assert trees.log_odds([]).shape == (0,)


def test_trees_grown_on_other_measures_are_refused():
    with pytest.raises(ValueError, match="train it again"):
        trees_of(STORED, ["a", "c"])


def test_what_the_library_grew_is_said_the_same():
    ensemble = pytest.importorskip("sklearn.ensemble")
    rng = np.random.default_rng(2)
    x = rng.normal(size=(800, 5))
    y = x[:, 0] * x[:, 1] + 0.3 * rng.normal(size=800) > 0
    grown = ensemble.HistGradientBoostingClassifier(max_iter=40, max_leaf_nodes=8, random_state=0).fit(x, y)
    nodes = [
        [
            [float(n["value"])]
            if n["is_leaf"]
            else [int(n["feature_idx"]), float(n["num_threshold"]), int(n["left"]), int(n["right"])]
            for n in predictor.nodes
        ]
        for (predictor,) in grown._predictors
    ]
    names = list("abcde")
    trees = trees_of({"names": names, "offset": float(grown._baseline_prediction.item()), "trees": nodes}, names)
    assert trees.log_odds(x) == pytest.approx(grown.decision_function(x), abs=1e-9)


def test_the_packaged_judge_fits_this_version():
    judge = packaged()
    for trees in (judge.alone, judge.company, judge.seizure):
        said = trees.log_odds(np.zeros((3, len(trees.names))))
        assert np.all(np.isfinite(said))
        assert trees.value.shape[0] >= 20
    assert judge.straight[0] > 0


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_tree_is_followed_to_the_end_of_its_longer_side(side):
    """A tree that grows on one side alone has a leaf five steps down there, and it is reached."""
    nodes: list[list[float]] = []
    for k in range(5):
        at, leaf, deeper = 2 * k, 2 * k + 1, 2 * k + 2
        low, high = (deeper, leaf) if side == "left" else (leaf, deeper)
        nodes += [[0, 10.0 - k if side == "left" else float(k), low, high], [float(at)]]
    nodes.append([99.0])
    trees = trees_of({"names": ["a"], "offset": 0.0, "trees": [nodes]}, ["a"])
    rows = [[-100.0], [100.0]]
    assert trees.log_odds(rows).tolist() == ([99.0, 0.0] if side == "left" else [0.0, 99.0])
