"""When would seizures begin? A steady rate over a long recording, alone and in clusters, exact in expectation."""

from __future__ import annotations

import numpy as np

from ictal.simulator.chance import Floats
from ictal.simulator.types import Scenario

ALONE_SHAPE, CLUSTER_SHAPE, GAP_SHAPE = 2, 8, 4
"""How regular: intervals between seizures that come alone, between the beginnings of clusters and between the onsets
of a cluster are gamma distributed with these shapes (1 would be a Poisson process; provenance: design)."""


def intended_starts(scenario: Scenario, duration_s: float, rng: np.random.Generator) -> Floats:
    """When would seizures begin, if none had to wait for another? Sorted seconds of the recording.

    In expectation `expected_per_hour` begin in an hour, those counted that start independently of one of these.
    """
    starts = scenario.expected_per_hour / (1.0 + scenario.independent) / 3600.0
    alone = regular_times(rng, (1.0 - scenario.clustered) * starts, (0.0, duration_s), ALONE_SHAPE)
    fewest, most = int(scenario.smallest_cluster), int(scenario.largest_cluster)
    before = 3.0 * most * scenario.cluster_gap_s
    per_s = scenario.clustered * starts / (0.5 * (fewest + most))
    found = [alone]
    for begin in regular_times(rng, per_s, (-before, duration_s), CLUSTER_SHAPE):
        gaps = rng.gamma(GAP_SHAPE, scenario.cluster_gap_s / GAP_SHAPE, int(rng.integers(fewest, most + 1)))
        found.append(begin + np.cumsum(gaps) - gaps[0])
    every = np.concatenate(found)
    answer: Floats = np.sort(every[(every >= 0) & (every < duration_s)])
    return answer


def regular_times(rng: np.random.Generator, per_s: float, when: tuple[float, float], shape: int) -> Floats:
    """A stationary process of gamma intervals: every so manieth point of a Poisson process, counted from anywhere."""
    begin, end = when
    points = np.sort(rng.uniform(begin, end, int(rng.poisson(per_s * shape * (end - begin)))))
    answer: Floats = points[int(rng.integers(shape)) :: shape]
    return answer
