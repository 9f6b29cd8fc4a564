"""The parameters of detection: meaning, unit, range, source."""

from __future__ import annotations

from typing import Annotated

import msgspec

from ictal.base.settings import parameter

_DESIGN = "own design"


class DetectionSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """When is a derivation ictal?"""

    detector: Annotated[
        str,
        parameter("which detector looks: `rule`, or one that is installed", unit="1", source=_DESIGN),
    ] = "rule"

    slowest_hz: Annotated[
        float, parameter("slowest rhythm looked for", unit="Hz", low=0.5, high=3.0, source=_DESIGN)
    ] = 0.625
    fastest_hz: Annotated[
        float, parameter("fastest rhythm looked for", unit="Hz", low=6.0, high=15.0, source=_DESIGN)
    ] = 13.0
    open_score: Annotated[
        float, parameter("a discharge needs a score that rises above this", unit="1", low=0.0, high=1.0, source=_DESIGN)
    ] = 0.6
    hold_score: Annotated[
        float, parameter("a discharge lasts while its score is above this", unit="1", low=0.0, high=1.0, source=_DESIGN)
    ] = 0.35
    bridge_s: Annotated[
        float,
        parameter("a pause up to this long does not end a discharge", unit="s", low=0.0, high=20.0, source=_DESIGN),
    ] = 3.0
    marked_open_score: Annotated[
        float,
        parameter("the same as open_score inside a mark from elsewhere", unit="1", low=0.0, high=1.0, source=_DESIGN),
    ] = 0.3
    marked_hold_score: Annotated[
        float,
        parameter("the same as hold_score inside a mark from elsewhere", unit="1", low=0.0, high=1.0, source=_DESIGN),
    ] = 0.15
    marked_point_s: Annotated[
        float,
        parameter(
            "how far after a mark without a length its rhythm is looked for",
            unit="s", low=5.0, high=600.0, source=_DESIGN,
        ),
    ] = 60.0  # fmt: skip
    short_s: Annotated[
        float,
        parameter(
            "a recording shorter than this may be filled by one seizure, which would be its own background",
            unit="s", low=0.0, high=1800.0, source=_DESIGN,
        ),
    ] = 300.0  # fmt: skip
    loudest_background_uv: Annotated[
        float,
        parameter(
            "in such a recording a background counts as no louder than this (RMS)",
            unit="uV", low=5.0, high=1000.0,
            source="design; 95 % of seconds of the Helsinki newborns are below 44 uV",
        ),
    ] = 30.0  # fmt: skip
