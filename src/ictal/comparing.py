"""What is compared: a folder of results, or a table of marks, as one side of a comparison."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ictal.base.errors import UsageError
from ictal.eeg.findings.types import Findings
from ictal.exchange.columns import SEIZURES
from ictal.exchange.tables import read_events
from ictal.filing import taken_from
from ictal.report import words
from ictal.report.filed.types import Taken
from ictal.scoring.beside import Figure, Side

SHOWN = ("onset_delay", "handover", "speed", "foci", "clusters", "in_clusters", "path_similarity", "links_tied")
"""Facts of the findings that are put side by side."""


def side_of(place: Path, name: str = "") -> tuple[Side, Taken | None]:
    """One side, and its results where they are at hand. Raises `TableError`, `UsageError`."""
    if not place.exists():
        raise UsageError(f"There is no '{place}': give a folder that `ictal analyse` wrote, or a table of seizures.")
    if place.is_file() and place.suffix.lower() in (".edf", ".bdf", ".vhdr", ".set", ".fif"):
        raise UsageError(f"'{place.name}' is a recording: analyse it first, and compare the folders of results.")
    shown = name or place.resolve().name
    if place.name == "findings.json" or (place / "findings.json").is_file():
        taken = taken_from(place)
        if taken.seizures is None and taken.findings.seizures:
            raise UsageError(
                f"The results '{shown}' have no {SEIZURES}, so no seizure can be compared: give them whole."
            )
        return _of_results(shown, taken), taken
    events = read_events(place)
    return Side(shown, events.rows, events.recording_duration_s, marks=True), None


def _of_results(name: str, taken: Taken) -> Side:
    found = taken.findings
    return Side(
        name=name,
        events=taken.seizures or (),
        duration_s=found.recorded.duration_s,
        digest=found.recorded.sha256,
        marks=any(s.name == "marks" for s in found.steps),
        simulated=found.simulated,
        numbers=dict(_numbers(found)),
        settings=dict(words.flattened(found.settings)),
        versions=tuple(dict.fromkeys(s.version for s in found.steps)),
    )


def _numbers(found: Findings) -> Iterator[tuple[str, Figure]]:
    """The numbers of the findings that a reader sets side by side."""
    yield "recorded", Figure(found.recorded.recorded_s / 3600, "h")
    yield "readable", Figure(found.recorded.readable_s / 3600, "h")
    yield "seizures", Figure(float(found.seizures))
    yield "burden", Figure(found.burden_min_per_h, "min/h")
    shares = (("migrated", found.migration.migrating), ("both sides", found.migration.crossing_midline))
    for name, share in shares:
        low, high = (None if x is None else 100 * x for x in (share.low, share.high))
        yield name, Figure(None if share.share is None else 100 * share.share, "%", low, high)
    for pattern, count in found.patterns.items():
        yield f"pattern {pattern}", Figure(float(count))
    for fact in found.facts:
        if fact.name in SHOWN:
            unit = "" if fact.unit in ("1", "count") else fact.unit
            yield fact.name.replace("_", " "), Figure(fact.value, unit, fact.low, fact.high)
