"""What the criteria ask of a recording, taken from its findings.json: never a waveform."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ictal.base.errors import TableError
from ictal.infant.syndrome.types import RecordingSeen

MOMENTS = 5
"""So many places to look at are named for a recording."""

FOCAL_PATTERNS = ("focal", "spreading", "migrating")


def recording_seen(
    findings: Mapping[str, Any], moments: Sequence[str] = (), age_days: float | None = None, name: str = ""
) -> RecordingSeen:
    """What did this recording show? What the file does not say counts as nothing seen.

    `moments` are the places of migrating seizures, where a table of them is at hand. Raises `TableError` where a number
    is of the wrong kind or contradicts another.
    """
    recorded, independence, patterns = (_part(findings, k) for k in ("recorded", "independence", "patterns"))
    crossing = _part(_part(findings, "migration"), "crossing_midline")
    here = name or str(recorded.get("name") or "recording")
    seizures = _count(findings, "seizures", here)
    migrating, placed = _moved(findings, here)
    if migrating > placed:
        raise TableError(
            f"The findings of '{here}' say that {migrating} of {placed} seizures migrated: they contradict themselves."
        )
    if placed > seizures:
        raise TableError(
            f"The findings of '{here}' have {seizures} seizures and {placed} with a place: they contradict themselves."
        )
    hours = findings.get("burden_by_hour")
    worst = [_number(h, "seizure_s", here) for h in hours if isinstance(h, Mapping)] if isinstance(hours, list) else []
    return RecordingSeen(
        name=here,
        readable_h=_number(recorded, "readable_s", here) / 3600.0,
        seizures=seizures,
        placed=placed,
        migrating=migrating,
        crossing=_count(crossing, "count", here),
        focal=max(sum(_count(patterns, p, here) for p in FOCAL_PATTERNS), migrating),
        foci_left=_side(independence, "foci_left", here),
        foci_right=_side(independence, "foci_right", here),
        foci=_count(independence, "foci", here),
        worst_hour_s=max(worst, default=None),
        age_days=age_days,
        simulated=findings.get("simulated") is True,
        digest=str(recorded.get("sha256") or ""),
        moments=tuple(moments[:MOMENTS]),
        places=_places(findings.get("foci")),
    )


def _side(independence: Mapping[str, Any], key: str, name: str) -> int:
    """The foci of one side; a file that gives no count but says that both hemispheres have one has one at least."""
    if independence.get(key) is None and independence.get("both_hemispheres") is True:
        return 1
    return _count(independence, key, name)


def _moved(findings: Mapping[str, Any], name: str) -> tuple[int, int]:
    """How many seizures migrated, of how many whose place is known? By the share, else by the patterns."""
    share = _part(_part(findings, "migration"), "migrating")
    if share.get("count") is not None:
        return _count(share, "count", name), _count(share, "of", name)
    patterns = _part(findings, "patterns")
    placed = _count(findings, "seizures", name) - _count(patterns, "uncertain", name)
    return _count(patterns, "migrating", name), max(placed, 0)


def _places(foci: object) -> tuple[str, ...]:
    """The foci in words: `O1 (left, 3 seizures: 1, 4, 7)`."""
    said = []
    for focus in foci if isinstance(foci, list) else []:
        ids = focus.get("seizure_ids") if isinstance(focus, Mapping) else None
        if isinstance(ids, list) and ids:
            which = ", ".join(str(i) for i in ids[:MOMENTS]) + (", ..." if len(ids) > MOMENTS else "")
            said.append(f"{focus.get('electrode')} ({focus.get('hemisphere')}, {len(ids)} seizures: {which})")
    return tuple(said)


def _part(whole: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    part = whole.get(key)
    return part if isinstance(part, Mapping) else {}


def _count(part: Mapping[str, Any], key: str, name: str) -> int:
    value = _number(part, key, name)
    if value != int(value):
        raise TableError(f"The findings of '{name}' have {value} for `{key}`: it must be a whole number.")
    return int(value)


def _number(part: Mapping[str, Any], key: str, name: str) -> float:
    value = part.get(key)
    if value is None:
        return 0.0
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e12:
        raise TableError(f"The findings of '{name}' have '{value}' for `{key}`: it must be a number from 0 on.")
    return float(value)
