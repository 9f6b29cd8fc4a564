"""The parameters of tracking: meaning, unit, range, source."""

from __future__ import annotations

from typing import Annotated

import msgspec

from ictal.base.settings import parameter

_DESIGN = "own design; drawn in docs/tracking.md"


class TrackingSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """When do discharges belong to one leg, and legs to one seizure?"""

    minimum_s: Annotated[
        float,
        parameter(
            "shortest seizure",
            unit="s",
            low=2.0,
            high=60.0,
            source="10 s: ACNS 2021 (electrographic seizure) and ACNS 2013 (neonatal); ILAE 2021 sets no fixed minimum",
        ),
    ] = 10.0
    edge_s: Annotated[
        float,
        parameter(
            "how much shorter than it is a seizure may look: the ends of a rhythm are seen in windows of seconds",
            unit="s", low=0.0, high=5.0, source=_DESIGN,
        ),
    ] = 2.5  # fmt: skip
    shortest_leg_s: Annotated[
        float,
        parameter("a shorter stay in one place is no leg of its own", unit="s", low=1.0, high=20.0, source=_DESIGN),
    ] = 4.0
    handover_gap_s: Annotated[
        float,
        parameter("longest pause between two legs of one seizure", unit="s", low=0.0, high=30.0, source=_DESIGN),
    ] = 5.0
    handover_overlap_s: Annotated[
        float,
        parameter("longest overlap of two far legs of one seizure", unit="s", low=0.0, high=60.0, source=_DESIGN),
    ] = 12.0
    simultaneous_s: Annotated[
        float,
        parameter(
            "onsets on both sides closer than this are one bilateral onset", unit="s", low=0.0, high=5.0, source=_DESIGN
        ),
    ] = 3.0
    conducted_ratio: Annotated[
        float,
        parameter(
            "a far rhythm in phase with a stronger one, and smaller than this share of it, is its field",
            unit="1",
            low=0.0,
            high=1.0,
            source=_DESIGN,
        ),
    ] = 0.6
    rhythm_ratio: Annotated[
        float,
        parameter(
            "legs of one seizure differ in frequency by no more than this factor",
            unit="1",
            low=1.0,
            high=10.0,
            source="ictal frequency is stable through a migrating seizure: Kuchenbuch 2019, as recalled (unverified)",
        ),
    ] = 1.6
    same_rhythm_hz: Annotated[
        float,
        parameter(
            "two places beat as one when their frequencies are this near", unit="Hz", low=0.1, high=3.0, source=_DESIGN
        ),
    ] = 1.0
    leg_probability: Annotated[
        float,
        parameter("a stay this likely ictal may be a leg of a seizure", unit="1", low=0.0, high=1.0, source=_DESIGN),
    ] = 0.3
    marked_leg_probability: Annotated[
        float,
        parameter(
            "inside a mark from elsewhere without such a stay, the likeliest is its leg if it is this likely",
            unit="1",
            low=0.0,
            high=1.0,
            source="own design; below it the side was right as often as by chance (docs/detectors.md)",
        ),
    ] = 0.1
    accept_confidence: Annotated[
        float, parameter("a seizure is reported from this confidence on", unit="1", low=0.0, high=1.0, source=_DESIGN)
    ] = 0.5
