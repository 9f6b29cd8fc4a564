"""Scenarios with seizures as dense as a short test needs: a day's mean would leave half an hour empty."""

from __future__ import annotations

from ictal.simulator import SCENARIOS, Scenario


def dense(name: str, per_hour: float = 18.0, **changes: float) -> Scenario:
    """The scenario with so many seizures an hour, all of them alone, none in clusters."""
    return SCENARIOS[name].moved(seizures_per_hour=per_hour, clustered=0.0, **changes)
