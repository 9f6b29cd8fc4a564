"""Seizures made by hand, for the tests of this room."""

from __future__ import annotations

from ictal.eeg.tracking.types import Leg, Passage, Pattern, Seizure


def seizure(start_s: float, stop_s: float, *path: str, pattern: Pattern | None = None) -> Seizure:
    """A seizure that stays equally long in each place of its path; migrating when it has more than one."""
    places = path or ("O1",)
    step = (stop_s - start_s) / len(places)
    legs = tuple(
        Leg(
            start_s + k * step,
            start_s + (k + 1) * step,
            place,
            4.0,
            50.0,
            (f"{place}-avg",),
            k - 1 if k else None,
            Passage.migration if k else None,
        )
        for k, place in enumerate(places)
    )
    return Seizure(legs, pattern or (Pattern.migrating if len(places) > 1 else Pattern.focal), 0.9)
