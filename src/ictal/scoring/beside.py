"""Two sets of results side by side: what both found, what only one found, and which numbers and settings differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ictal.base.errors import UsageError
from ictal.scoring.agreement import score
from ictal.scoring.matching import match
from ictal.scoring.show import scores_to_dict
from ictal.scoring.types import Event, Scores

ALIKE_S = 1.0
"""Two recordings that differ by more than this in length are not the same."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a side, with its unit and interval."""

    value: float | None
    unit: str = ""
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """What one of the two says. `digest` is the SHA-256 of its recording, empty when its table does not say.

    `marks` is true when somebody marked the seizures; `settings` and `versions` are empty for a table alone.
    """

    name: str
    events: Sequence[Event]
    duration_s: float | None
    digest: str = ""
    marks: bool = False
    simulated: bool = False
    numbers: Mapping[str, Figure] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    versions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """The two side by side. Seizures are indices of the events; `scores` takes A as the reference.

    `same_recording` is `None` where that cannot be told; with `False` seizures are not matched and `scores` is `None`.
    """

    a: Side
    b: Side
    same_recording: bool | None
    scores: Scores | None
    pairs: tuple[tuple[int, int], ...]
    only_a: tuple[int, ...]
    only_b: tuple[int, ...]
    numbers: tuple[tuple[str, Figure, Figure], ...]
    settings: tuple[tuple[str, str, str], ...]
    """Name, value of A, value of B, for each setting that differs."""


def compare(a: Side, b: Side) -> Comparison:
    """How do the two agree, and in what do they differ? Raises `UsageError` when no length is known."""
    same = _same(a, b)
    pairs: tuple[tuple[int, int], ...] = ()
    scores = None
    if same is not False:
        lengths = [d for d in (a.duration_s, b.duration_s) if d is not None]
        if not lengths:
            raise UsageError(
                f"Neither {a.name} nor {b.name} says how long the recording is: one of them needs the column "
                "recordingDuration, or the findings of its analysis."
            )
        scores = score(a.events, b.events, max(lengths))
        pairs = match(a.events, b.events)
    here, there = {i for i, _ in pairs}, {j for _, j in pairs}
    names = [*a.numbers, *(n for n in b.numbers if n not in a.numbers)]
    settings = [*a.settings, *(n for n in b.settings if n not in a.settings)] if a.settings and b.settings else []
    return Comparison(
        a=a,
        b=b,
        same_recording=same,
        scores=scores,
        pairs=pairs,
        only_a=tuple(i for i in range(len(a.events)) if i not in here) if scores else (),
        only_b=tuple(j for j in range(len(b.events)) if j not in there) if scores else (),
        numbers=tuple((n, a.numbers.get(n, Figure(None)), b.numbers.get(n, Figure(None))) for n in names),
        settings=tuple(
            (n, a.settings.get(n, "–"), b.settings.get(n, "–"))
            for n in settings
            if a.settings.get(n) != b.settings.get(n)
        ),
    )


def comparison_to_dict(found: Comparison) -> dict[str, Any]:
    """The comparison for programs."""
    a, b = found.a, found.b
    return {
        "a": _side(a),
        "b": _side(b),
        "same_recording": found.same_recording,
        "agreement": None if found.scores is None else scores_to_dict(found.scores),
        "both": [{"a": _event(a, i), "b": _event(b, j)} for i, j in found.pairs],
        "only_a": [_event(a, i) for i in found.only_a],
        "only_b": [_event(b, j) for j in found.only_b],
        "numbers": [{"name": n, "a": _figure(x), "b": _figure(y)} for n, x, y in found.numbers],
        "settings": [{"name": n, "a": x, "b": y} for n, x, y in found.settings],
        "simulated": a.simulated or b.simulated,
        "research_use": "For research use. Not a medical device.",
    }


def _same(a: Side, b: Side) -> bool | None:
    if a.digest and b.digest:
        return a.digest == b.digest
    if a.duration_s is not None and b.duration_s is not None and abs(a.duration_s - b.duration_s) > ALIKE_S:
        return False
    return None


def _side(side: Side) -> dict[str, Any]:
    return {
        "name": side.name,
        "seizures": len(side.events),
        "duration_s": side.duration_s,
        "sha256": side.digest or None,
        "marks": side.marks,
        "versions": list(side.versions),
    }


def _event(side: Side, index: int) -> dict[str, Any]:
    event = side.events[index]
    pattern = None if event.pattern is None else event.pattern.value
    start, stop = round(event.start_s, 2), round(event.stop_s, 2)
    return {"number": index + 1, "start_s": start, "stop_s": stop, "pattern": pattern, "path": list(event.path)}


def _figure(one: Figure) -> dict[str, Any]:
    return {"value": one.value, "unit": one.unit, "low": one.low, "high": one.high}
