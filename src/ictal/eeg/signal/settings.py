"""The parameters of preparation and masking: meaning, unit, range, source."""

from __future__ import annotations

from typing import Annotated

import msgspec

from ictal.base.settings import parameter

_DESIGN = "own design"


class SignalSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How is the signal prepared, and when can a second of it not be read?"""

    high_pass_hz: Annotated[
        float, parameter("lower edge of the band", unit="Hz", low=0.1, high=2.0, source=_DESIGN)
    ] = 0.5
    low_pass_hz: Annotated[
        float, parameter("upper edge of the band", unit="Hz", low=15.0, high=30.0, source=_DESIGN)
    ] = 30.0
    flat_uv: Annotated[
        float,
        parameter(
            "a second with a smaller peak-to-peak range is flat",
            unit="uV",
            low=0.0,
            high=5.0,
            source="2 uV: what the ACNS calls no activity (guideline on electrocerebral inactivity)",
        ),
    ] = 2.0
    movement_uv: Annotated[
        float,
        parameter(
            "a second with a larger peak-to-peak range is movement", unit="uV", low=100.0, high=5000.0, source=_DESIGN
        ),
    ] = 900.0
    disconnected_uv: Annotated[
        float,
        parameter(
            "a second with a larger peak-to-peak range is no contact",
            unit="uV",
            low=500.0,
            high=50000.0,
            source=_DESIGN,
        ),
    ] = 4000.0
    muscle_uv: Annotated[
        float,
        parameter(
            "a second with more RMS between 25 and 45 Hz is muscle", unit="uV", low=2.0, high=200.0, source=_DESIGN
        ),
    ] = 20.0
    mains_uv: Annotated[
        float,
        parameter("a second with more RMS at 50 or 60 Hz is mains", unit="uV", low=2.0, high=500.0, source=_DESIGN),
    ] = 60.0
