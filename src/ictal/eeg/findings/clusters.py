"""Did seizures come in clusters, and was it a storm?

seizures    |   |||||  |                 |    ||| ||||      |        run: pauses of no more than 15 min (cluster_gap_s)
clusters        [---]                         [------]               at least 5 of them, twice as dense as the recording
storm       in some 24 hours at least 2 clusters and 20 seizures
"""

from __future__ import annotations

from collections.abc import Sequence

from ictal.base.time import Interval, IntervalSet
from ictal.eeg.findings.settings import FindingsSettings
from ictal.eeg.findings.types import Cluster
from ictal.eeg.tracking.types import Seizure

DAY_S = 86400.0


def find_clusters(
    seizures: Sequence[Seizure], recorded: IntervalSet, settings: FindingsSettings
) -> tuple[Cluster, ...]:
    """Which runs of seizures were close in time? A gap of the recording ends a run: nobody looked."""
    runs: list[list[tuple[int, Seizure]]] = []
    until_s = 0.0
    for number, seizure in enumerate(seizures, start=1):
        if not runs or _pause_s(until_s, seizure.start_s, recorded) > settings.cluster_gap_s:
            runs.append([])
        runs[-1].append((number, seizure))
        until_s = max(until_s, seizure.stop_s) if len(runs[-1]) > 1 else seizure.stop_s
    usual = len(seizures) / recorded.total_s if recorded.total_s > 0 else 0.0
    found = []
    for run in runs:
        span = Interval(run[0][1].start_s, max(s.stop_s for _, s in run))
        dense = len(run) / span.duration_s if span.duration_s > 0 else 0.0
        if len(run) >= settings.cluster_smallest and dense >= settings.cluster_rate * usual:
            ids = tuple(number for number, _ in run)
            found.append(Cluster(round(span.start_s, 2), round(span.stop_s, 2), ids))
    return tuple(found)


def _pause_s(until_s: float, start_s: float, recorded: IntervalSet) -> float:
    """The pause between two seizures; without end where a gap of the recording lies in it."""
    if start_s <= until_s:
        return 0.0
    seen_s = recorded.overlap_s(Interval(until_s, start_s))
    return start_s - until_s if seen_s >= start_s - until_s - 1.0 else float("inf")


def is_storm(
    seizures: Sequence[Seizure], clusters: Sequence[Cluster], readable_s: float, settings: FindingsSettings
) -> bool | None:
    """Was this a storm? `None` when it was not seen and less than a day was readable: not captured."""
    for first in (s.start_s for s in seizures):
        day = Interval(first, first + DAY_S)
        within = sum(c.start_s >= day.start_s and c.stop_s <= day.stop_s for c in clusters)
        if (
            within >= settings.storm_clusters
            and sum(day.contains(s.start_s) for s in seizures) >= settings.storm_seizures
        ):
            return True
    return False if readable_s >= DAY_S else None
