"""An infant's EEG that was never recorded, with all that is true of it: dipoles in a spherical head, by template.

Knows: `base`, the recording's types, the event types of detection and tracking.
Must not know: detectors, files, reports.
Read first: `engine.simulate`, then `scenarios.SCENARIOS`, `courses.COURSES` and the rules in `truth`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ictal.simulator.caps import CAPS, Cap
    from ictal.simulator.courses import COURSES, Course, Medicine, Visit, simulate_course
    from ictal.simulator.engine import set_numbers, simulate
    from ictal.simulator.scenarios import DEMO_DURATION_S, SCENARIOS, find_scenario
    from ictal.simulator.types import ArtefactTruth, Child, Parameter, RhythmTruth, Scenario, Simulation, Truth

__all__ = [
    "CAPS",
    "COURSES",
    "DEMO_DURATION_S",
    "SCENARIOS",
    "ArtefactTruth",
    "Cap",
    "Child",
    "Course",
    "Medicine",
    "Parameter",
    "RhythmTruth",
    "Scenario",
    "Simulation",
    "Truth",
    "Visit",
    "find_scenario",
    "set_numbers",
    "simulate",
    "simulate_course",
]

_HOMES = {
    "CAPS": "caps", "Cap": "caps", "set_numbers": "engine", "simulate": "engine", "DEMO_DURATION_S": "scenarios",
    "SCENARIOS": "scenarios", "find_scenario": "scenarios", "COURSES": "courses", "Course": "courses",
    "Medicine": "courses", "Visit": "courses", "simulate_course": "courses",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'ictal.simulator' has no attribute '{name}'")
    from importlib import import_module

    return getattr(import_module(f"ictal.simulator.{_HOMES.get(name, 'types')}"), name)
