"""Events in HED, with the SCORE library: which tags say what a seizure was, and where.

    trial_type   Electroencephalographic-seizure          in the sidecar, for each word of the column
    HED          (Initial-ictal-phase, Left, ...), ...    in the table, for each event

HED has no word for migration: `Feature-propagation/migrating` says it as the value of SCORE's tag. The times of legs
within a seizure have no place. Source: the schema `score_2.2.0`, with standard 8.5.0 (hedtags.org; read).
"""

from __future__ import annotations

import math
from typing import Any

from ictal.base.electrodes import Hemisphere, Lobe, electrode
from ictal.eeg.tracking.types import Leg, Pattern
from ictal.exchange.columns import BACKGROUND
from ictal.exchange.types import EventRow

HED_VERSION = "score_2.2.0"
BIDS_HED_VERSION = "score_2.1.0"
"""What a dataset names: bids-validator-deno 3.0.2 has this one within and would fetch 2.2.0. The tags are in both."""

SEIZURE = "Electroencephalographic-seizure"
NO_SEIZURE = "Background-activity, Label/no-seizure-found"
TRIAL_TYPES = {
    "sz": f"{SEIZURE}, Label/onset-not-known-to-be-focal",
    "sz_foc": f"{SEIZURE}, Label/focal-onset",
    BACKGROUND: NO_SEIZURE,
}
LOBES = {
    Lobe.frontal: "Frontal-lobe",
    Lobe.temporal: "Temporal-lobe",
    Lobe.parietal: "Parietal-lobe",
    Lobe.occipital: "Occipital-lobe",
}
SIDES = {Hemisphere.left: "Left", Hemisphere.right: "Right"}
RHYTHMS = ((4.0, "Delta-activity"), (8.0, "Theta-activity"), (13.0, "Alpha-activity"), (40.0, "Beta-activity"))
"""Below so many Hz it is this rhythm, else gamma: as the tags say themselves, but beta from 13, not 14 Hz."""


def rhythm_of(frequency_hz: float) -> str:
    """Which of SCORE's rhythms has this frequency?"""
    return next((name for below, name in RHYTHMS if frequency_hz < below), "Gamma-activity")


def tags_of(row: EventRow | None) -> str:
    """The HED annotation of one event beyond what its `trial_type` says; `n/a` where there is no more."""
    if row is None:
        return "n/a"
    groups = [_leg(leg, first=leg.came_by is None or n == 0) for n, leg in enumerate(row.legs)]
    if row.pattern in (Pattern.migrating, Pattern.spreading):
        groups.append(f"Feature-propagation/{row.pattern.value}")
    elif row.pattern is Pattern.bilateral:
        groups.append("Label/bilateral-onset")
    return ", ".join(dict.fromkeys(groups)) or "n/a"


def _leg(leg: Leg, first: bool) -> str:
    """The stay of a seizure in one place."""
    place = electrode(leg.electrode)
    tags = ["Initial-ictal-phase" if first else "Subsequent-ictal-phase"]
    tags += [t for t in (SIDES.get(place.hemisphere), LOBES.get(place.lobe)) if t is not None]
    tags.append(f"Sensor-list/{leg.electrode}")
    if math.isfinite(leg.frequency_hz):
        tags += [rhythm_of(leg.frequency_hz), f"Feature-frequency/{leg.frequency_hz:.2f} Hz"]
    if math.isfinite(leg.amplitude_uv):
        tags.append(f"Feature-amplitude/{leg.amplitude_uv:.1f} uV")
    return f"({', '.join(tags)})"


def sidecar(columns: dict[str, Any]) -> dict[str, Any]:
    """The sidecar of an events table: what its columns mean, with the HED of `trial_type` (no key `HED`)."""
    said = {name: dict(meaning) for name, meaning in columns.items()}
    said["trial_type"] = {**said["trial_type"], "HED": TRIAL_TYPES}
    return said
