"""The parameters of the findings: meaning, unit, range, source."""

from __future__ import annotations

from typing import Annotated

import msgspec

from ictal.base.settings import parameter

_DESIGN = "own design; defined in docs/findings.md"
_CLUSTERS = "clusters of 5-30 seizures several times a day: MedlinePlus Genetics (read)"


class FindingsSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """When do findings speak of chance, of a cluster, of a storm?"""

    handover_gap_s: Annotated[
        float,
        parameter(
            "a handover, by chance or not: longest pause between two places",
            unit="s",
            low=0.0,
            high=60.0,
            source="as in tracking; own design",
        ),
    ] = 5.0
    handover_overlap_s: Annotated[
        float,
        parameter(
            "a handover, by chance or not: longest overlap of two places",
            unit="s",
            low=0.0,
            high=120.0,
            source="as in tracking; own design",
        ),
    ] = 12.0
    block_s: Annotated[
        float,
        parameter(
            "timing is shuffled within stretches of this length, so that a storm's rise and fall stays",
            unit="s",
            low=300.0,
            high=86400.0,
            source=_DESIGN,
        ),
    ] = 3600.0
    surrogates: Annotated[
        int, parameter("shuffled recordings, and bootstrap draws", unit="count", low=99, high=9999, source=_DESIGN)
    ] = 499
    seed: Annotated[
        int, parameter("seed of shuffles and draws", unit="1", low=0, high=2**31, source="any number will do")
    ] = 1
    cluster_gap_s: Annotated[
        float,
        parameter("longest pause between two seizures of a cluster", unit="s", low=30.0, high=7200.0, source=_DESIGN),
    ] = 900.0
    cluster_smallest: Annotated[
        int, parameter("fewest seizures of a cluster", unit="count", low=2, high=30, source=_CLUSTERS)
    ] = 5
    cluster_rate: Annotated[
        float,
        parameter(
            "a cluster is at least this many times as dense as the recording",
            unit="1",
            low=1.0,
            high=20.0,
            source=_DESIGN,
        ),
    ] = 2.0
    storm_clusters: Annotated[
        int, parameter("fewest clusters in a day of a storm", unit="count", low=1, high=20, source=_CLUSTERS)
    ] = 2
    storm_seizures: Annotated[
        int,
        parameter(
            "fewest seizures in a day of a storm",
            unit="count",
            low=5,
            high=200,
            source="more than 20 a day: company statement on KCNT1 (lead)",
        ),
    ] = 20
