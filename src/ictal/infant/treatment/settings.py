"""Over which time is a response asked, and by which definition?"""

from __future__ import annotations

from typing import Annotated

import msgspec

from ictal.base.settings import parameter
from ictal.infant.treatment.types import Definition


class ResponseSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is compared with what."""

    definition: Annotated[
        Definition,
        parameter(
            "The definition by which the answer is given; the others stand beside it",
            unit="1",
            source="FACTS.md 5.1: one literature, two definitions, 44.6 % and 26 %",
        ),
    ] = "at least 50 % fewer seizures"
    baseline_days: Annotated[
        float,
        parameter(
            "How long before the start is compared",
            unit="days",
            low=1,
            high=366,
            source="design: four weeks, as trials do",
        ),
    ] = 28.0
    settle_days: Annotated[
        float,
        parameter(
            "How long after the start is left out, while the dose is raised",
            unit="days",
            low=0,
            high=180,
            source="design: nothing is left out unless asked",
        ),
    ] = 0.0
    after_days: Annotated[
        float,
        parameter("How long after the stop is looked at", unit="days", low=1, high=366, source="design: four weeks"),
    ] = 28.0


DEFAULTS = ResponseSettings()
