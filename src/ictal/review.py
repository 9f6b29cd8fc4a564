"""What becomes of the seizures when a reader corrects them: the original stays, corrections are folded over it.

found:      s1 ---      s2 -----   s3 --
corrected:  accept s1 | move s2 to [a, b) | split s2 at t -> s2a, s2b | merge s1, s3 -> s1+s3 | add -> a1 | undo ...
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec

from ictal.base.age import Age
from ictal.base.electrodes import electrode
from ictal.base.errors import UsageError
from ictal.base.provenance import Step
from ictal.base.time import Interval
from ictal.eeg.findings.state import Beside, state
from ictal.eeg.findings.types import Findings
from ictal.eeg.recording.types import Recording
from ictal.eeg.signal.types import Masks, Montage
from ictal.eeg.tracking.types import Leg, Pattern, Seizure, mark_pattern

KINDS = ("accept", "reject", "move", "split", "merge", "onset", "add", "undo")


class Correction(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One thing that a reader did, when, and to which seizures; `analysis` says to which run's.

    1. `move` and `add` have `start_s` and `stop_s`; `split` has `start_s`, where it is cut.
    2. `onset` has `electrode`; `add` may have it.
    3. `undo` has `undoes`, the number of an earlier correction.
    """

    id: str
    who: str
    at: str
    kind: str
    analysis: str
    seizures: tuple[str, ...] = ()
    start_s: float | None = None
    stop_s: float | None = None
    electrode: str | None = None
    undoes: str | None = None


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One seizure as the readers left it: `verdict` is `open`, `accepted` or `rejected`; `by` those who touched it."""

    id: str
    seizure: Seizure
    verdict: str = "open"
    by: tuple[str, ...] = ()
    changed: bool = False


def fold(found: Sequence[Seizure], corrections: Sequence[Correction]) -> tuple[Reviewed, ...]:
    """What do the seizures look like after these corrections, oldest first? What no longer fits is passed over."""
    undone = _undone(corrections)
    now = {f"s{k}": Reviewed(f"s{k}", s) for k, s in enumerate(found, start=1)}
    for correction in corrections:
        if correction.kind == "undo" or correction.id in undone or not set(correction.seizures) <= set(now):
            continue
        _apply(now, correction)
    return tuple(sorted(now.values(), key=lambda r: (r.seizure.start_s, r.seizure.stop_s, r.id)))


def standing(corrections: Sequence[Correction]) -> tuple[Correction, ...]:
    """Which corrections were not taken back?"""
    undone = _undone(corrections)
    return tuple(c for c in corrections if c.kind != "undo" and c.id not in undone)


def check(
    correction: Correction, reviewed: Sequence[Reviewed], earlier: Sequence[Correction], duration_s: float
) -> None:
    """Can this be done to these seizures? Raises `UsageError` with one sentence."""
    now = {r.id: r for r in reviewed}
    if correction.kind not in KINDS:
        raise UsageError(f"'{correction.kind}' is no correction. Allowed: {', '.join(KINDS)}.")
    if correction.kind == "undo":
        if correction.undoes not in {c.id for c in standing(earlier)}:
            raise UsageError("There is no such correction to take back, or it was taken back already.")
        return
    wanted = {"add": (0, 0), "merge": (2, 20)}.get(correction.kind, (1, 1))
    if not wanted[0] <= len(set(correction.seizures)) == len(correction.seizures) <= wanted[1]:
        raise UsageError(f"To {correction.kind} takes {wanted[0] or 'no'} seizure{'s' if wanted[0] != 1 else ''}.")
    lost = [s for s in correction.seizures if s not in now]
    if lost:
        raise UsageError(f"Seizure {lost[0]} is not there any more: load the page again.")
    _check_times(correction, now, duration_s)
    if correction.electrode is not None:
        electrode(correction.electrode)
    elif correction.kind == "onset":
        raise UsageError("Say at which electrode the seizure began.")


def restate(
    looked_at: tuple[Recording, Montage, Masks],
    reviewed: Sequence[Reviewed],
    before: Mapping[str, object],
    age: Age | None = None,
) -> Findings:
    """What does the recording show after the review? Rejected seizures no longer count; `before` is findings.json.

    What tracking saw in the samples of a seizure is not looked at again: such markers are then not captured.
    """
    kept = [r for r in reviewed if r.verdict != "rejected"]
    settings, told = before.get("settings"), before.get("steps")
    steps = [
        Step(str(s["name"]), s.get("parameters", {}), s.get("outcome", {}), str(s.get("version", "")))
        for s in (told if isinstance(told, list) else ())
        if s.get("name") != "findings"
    ]
    verdicts = {v: sum(r.verdict == v for r in reviewed) for v in ("open", "accepted", "rejected")}
    steps.append(Step("review", {}, {**verdicts, "changed": sum(r.changed for r in reviewed)}))
    chosen = settings if isinstance(settings, Mapping) else {}
    return state(*looked_at, tuple(r.seizure for r in kept), chosen, tuple(steps), Beside(age=age or Age()))


def _undone(corrections: Sequence[Correction]) -> frozenset[str]:
    return frozenset(c.undoes for c in corrections if c.kind == "undo" and c.undoes is not None)


def _check_times(correction: Correction, now: Mapping[str, Reviewed], duration_s: float) -> None:
    start, stop = correction.start_s, correction.stop_s
    if correction.kind in ("move", "add"):
        if start is None or stop is None or not (math.isfinite(start) and math.isfinite(stop)):
            raise UsageError("Say when the seizure begins and ends, in seconds of the recording.")
        if not 0 <= start < stop <= duration_s:
            raise UsageError(
                f"A seizure of {start:g} to {stop:g} s cannot be: it must begin before it ends, within 0 to "
                f"{duration_s:g} s."
            )
    if correction.kind == "split":
        own = now[correction.seizures[0]].seizure.interval
        if start is None or not own.start_s < start < own.stop_s:
            raise UsageError(f"Split between {own.start_s:g} and {own.stop_s:g} s, where the seizure lies.")


def _apply(now: dict[str, Reviewed], correction: Correction) -> None:
    own = [now[s] for s in correction.seizures]
    by = tuple(dict.fromkeys((*(w for r in own for w in r.by), correction.who)))
    start, stop = correction.start_s or 0.0, correction.stop_s or 0.0
    if correction.kind in ("accept", "reject"):
        now[own[0].id] = replace(own[0], verdict=f"{correction.kind}ed", by=by)
    elif correction.kind == "move":
        _put(now, own[0].id, _within(own[0].seizure, Interval(start, stop)), by)
    elif correction.kind == "onset" and correction.electrode is not None:
        _put(now, own[0].id, _begins_at(own[0].seizure, electrode(correction.electrode).name), by)
    elif correction.kind == "split":
        whole = now.pop(own[0].id).seizure
        if whole.start_s < start < whole.stop_s:
            _put(now, f"{own[0].id}a", _within(whole, Interval(whole.start_s, start)), by)
            _put(now, f"{own[0].id}b", _within(whole, Interval(start, whole.stop_s)), by)
        else:
            now[own[0].id] = own[0]
    elif correction.kind == "merge":
        for r in own:
            del now[r.id]
        _put(now, "+".join(r.id for r in own), _joined([r.seizure for r in own]), by)
    elif correction.kind == "add":
        place = correction.electrode and electrode(correction.electrode).name
        legs = (Leg(start, stop, place, math.nan, math.nan, ()),) if place else ()
        pattern = Pattern.focal if legs else Pattern.uncertain
        _put(now, f"a{correction.id}", Seizure(legs, pattern, math.nan, Interval(start, stop)), by)


def _put(now: dict[str, Reviewed], number: str, seizure: Seizure, by: tuple[str, ...]) -> None:
    """What a reader changed or made is accepted by that."""
    now[number] = Reviewed(number, seizure, "accepted", by, changed=True)


def _within(seizure: Seizure, span: Interval) -> Seizure:
    """The seizure with other edges: its legs are cut to them, those outside are left out."""
    kept: dict[int, Leg] = {}
    for k, leg in enumerate(seizure.legs):
        if leg.interval.overlap_s(span) > 0:
            kept[k] = replace(leg, start_s=max(leg.start_s, span.start_s), stop_s=min(leg.stop_s, span.stop_s))
    place = {k: new for new, k in enumerate(kept)}
    legs = []
    for leg in kept.values():
        source = None if leg.came_from is None else place.get(leg.came_from)
        legs.append(replace(leg, came_from=source, came_by=None if source is None else leg.came_by))
    return _made(tuple(legs), seizure.confidence, span)


def _joined(parts: Sequence[Seizure]) -> Seizure:
    """Several seizures as one: every leg keeps where it came from."""
    rows: list[tuple[Leg, int, int]] = [
        (leg, part, k) for part, seizure in enumerate(parts) for k, leg in enumerate(seizure.legs)
    ]
    rows.sort(key=lambda row: row[0].start_s)
    place = {(part, k): new for new, (_, part, k) in enumerate(rows)}
    legs = tuple(
        replace(leg, came_from=None if leg.came_from is None else place[part, leg.came_from]) for leg, part, _ in rows
    )
    span = Interval(min(s.start_s for s in parts), max(s.stop_s for s in parts))
    return _made(legs, max((s.confidence for s in parts if math.isfinite(s.confidence)), default=math.nan), span)


def _begins_at(seizure: Seizure, place: str) -> Seizure:
    """The seizure with another place of onset; one that had no place gets it for its whole length."""
    if not seizure.legs:
        return _made(
            (Leg(seizure.start_s, seizure.stop_s, place, math.nan, math.nan, ()),), seizure.confidence, seizure.interval
        )
    first = replace(seizure.legs[0], electrode=place, channels=())
    return replace(seizure, legs=(first, *seizure.legs[1:]), pattern=mark_pattern((first, *seizure.legs[1:])))


def _made(legs: tuple[Leg, ...], confidence: float, span: Interval) -> Seizure:
    return Seizure(legs, mark_pattern(legs) if legs else Pattern.uncertain, confidence, span)
