"""An infant's EEG that was never recorded, with all that is true of it: dipoles in a spherical head, by template.

Knows: `base`, the recording's types, the event types of detection and tracking.
Must not know: detectors, files, reports.
Read first: `engine.simulate`, then `scenarios.SCENARIOS` and the rules in `truth`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ictal.simulator.caps import CAPS, Cap
    from ictal.simulator.engine import simulate
    from ictal.simulator.scenarios import DEMO_DURATION_S, SCENARIOS
    from ictal.simulator.types import ArtefactTruth, Parameter, RhythmTruth, Scenario, Simulation, Truth

__all__ = [
    "CAPS",
    "DEMO_DURATION_S",
    "SCENARIOS",
    "ArtefactTruth",
    "Cap",
    "Parameter",
    "RhythmTruth",
    "Scenario",
    "Simulation",
    "Truth",
    "simulate",
]

_HOMES = {
    "CAPS": "caps", "Cap": "caps", "simulate": "engine", "DEMO_DURATION_S": "scenarios", "SCENARIOS": "scenarios",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'ictal.simulator' has no attribute '{name}'")
    from importlib import import_module

    return getattr(import_module(f"ictal.simulator.{_HOMES.get(name, 'types')}"), name)
