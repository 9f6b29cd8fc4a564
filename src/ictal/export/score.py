"""What was found in one recording as a structured report in the words of SCORE (JSON), under a schema of its own.

The sections are those of SCORE (Beniczky et al. 2013, 2017). Its values are terms of the published lists
(`data/score_values.toml`: each with source and provenance), or `not captured` where the program does not look:
background, sleep, interictal findings and diagnostic significance are for a reader. Times are seconds from the first
sample.
"""

from __future__ import annotations

import json
import math
import tomllib
from functools import cache
from importlib import resources
from typing import Any

from ictal.base.electrodes import electrode
from ictal.base.provenance import ictal_version
from ictal.eeg.tracking.types import Leg, Pattern
from ictal.exchange.findings_json import RESEARCH_USE
from ictal.exchange.types import EventRow
from ictal.export.hed import LOBES, SEIZURE, SIDES, rhythm_of
from ictal.export.types import Item

SCHEMA_VERSION = "1.0"
NOT_CAPTURED = "not captured"
STATUS_S = 1800.0
"""From this length on an episode is SCORE's `Status-epilepticus` (the tag's own definition: longer than 30 min)."""

FOR_A_READER = (
    "background_activity", "sleep_and_drowsiness", "interictal_findings", "physiologic_patterns",
    "patterns_of_uncertain_significance", "polygraphic_channels", "modulators", "diagnostic_significance",
)  # fmt: skip


def score_report(item: Item) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The report of one recording, and sentences about what it cannot hold."""
    rows = item.events.rows if item.events is not None else ()
    values = value_lists()
    report = {
        "schema_version": SCHEMA_VERSION,
        "ictal_version": ictal_version(),
        "research_use": RESEARCH_USE,
        "simulated": item.simulated,
        "terms": {"schema": values["schema"], "provenance": values["provenance"], "expires": str(values["expires"])},
        "recording_conditions": _conditions(item),
        "episodes": [_episode(number, row) for number, row in enumerate(rows, start=1)],
        "artifacts": _artefacts(item),
        **dict.fromkeys(FOR_A_READER, NOT_CAPTURED),
    }
    lost = ("discharges of single derivations.",) if item.events is not None and item.events.discharges else ()
    return report, lost


@cache
def value_lists() -> dict[str, Any]:
    """The lists with their sources, as the data file has them."""
    text = resources.files("ictal.export").joinpath("data/score_values.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def terms(name: str) -> tuple[str, ...]:
    """Which words has this list?"""
    return tuple(t["term"] for one in value_lists()["list"] if one["name"] == name for t in one["terms"])


def schema() -> dict[str, Any]:
    """Which JSON Schema (2020-12) does the report follow? The value lists stand in it as enumerations."""
    text = resources.files("ictal.export").joinpath("data/score.schema.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def _conditions(item: Item) -> dict[str, Any]:
    recorded = (item.findings or {}).get("recorded", {})
    length_s = item.recording.duration_s if item.recording is not None else recorded.get("duration_s")
    if length_s is None and item.events is not None:
        length_s = item.events.recording_duration_s
    return {
        "start": None if item.start is None else item.start.isoformat(sep="T", timespec="seconds"),
        "duration_s": length_s,
        "readable_s": recorded.get("readable_s"),
        "gaps": len(item.recording.gaps) if item.recording is not None else len(recorded.get("gaps", ())),
        "sensors": list(recorded.get("electrodes", ())),
        "age_days": (item.findings or {}).get("infant", {}).get("age_days"),
    }


def _episode(number: int, row: EventRow) -> dict[str, Any]:
    moved = row.pattern in (Pattern.migrating, Pattern.spreading)
    return {
        "number": number,
        "episode": SEIZURE,
        "onset_s": round(row.start_s, 2),
        "duration_s": round(row.duration_s, 2),
        "duration_class": "Status-epilepticus" if row.duration_s > STATUS_S else None,
        "szcore_event_type": row.event_type,
        "confidence": row.confidence,
        "propagation": f"Feature-propagation/{row.pattern.value}" if moved and row.pattern is not None else None,
        "pattern": NOT_CAPTURED if row.pattern is None else row.pattern.value,
        "phases": [_phase(leg, first=n == 0 or leg.came_by is None) for n, leg in enumerate(row.legs)],
        "semiology": NOT_CAPTURED,
    }


def _phase(leg: Leg, first: bool) -> dict[str, Any]:
    place = electrode(leg.electrode)
    known = math.isfinite(leg.frequency_hz)
    return {
        "phase": "Initial-ictal-phase" if first else "Subsequent-ictal-phase",
        "onset_s": round(leg.start_s, 2),
        "duration_s": round(leg.duration_s, 2),
        "sensor": leg.electrode,
        "sensors": list(leg.channels),
        "side": SIDES.get(place.hemisphere),
        "region": LOBES.get(place.lobe),
        "rhythm": rhythm_of(leg.frequency_hz) if known else None,
        "frequency_hz": round(leg.frequency_hz, 2) if known else None,
        "amplitude_uv": round(leg.amplitude_uv, 1) if math.isfinite(leg.amplitude_uv) else None,
        "reached_by": None if leg.came_by is None else leg.came_by.value,
    }


def _artefacts(item: Item) -> Any:
    """For how long which cause hid each derivation, as the findings have it."""
    quality = (item.findings or {}).get("quality")
    if quality is None:
        return NOT_CAPTURED
    return [{"sensor": q["derivation"], "masked_s": dict(q["masked_s"])} for q in quality]
