"""How far does a hypothesis agree with a reference: by event, by second, by place, by pattern and by path."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, reduce

import numpy as np
import numpy.typing as npt

from ictal.base.electrodes import TEN_TWENTY, angle_between, electrode, neighbours
from ictal.base.errors import MissingExtra, UsageError
from ictal.base.time import Interval, IntervalSet, to_sample
from ictal.eeg.tracking.types import Pattern
from ictal.scoring.matching import match, overlaps_s
from ictal.scoring.types import Event, EventAgreement, Pooled, Scores, SecondAgreement, Share

SZCORE_RULE = "SzCORE: seizures under 90 s apart merged, over 5 min split, 30 s before and 60 s after tolerated"
UNMERGED_RULE = "one seizure to one seizure, any shared time"
MIGRATING_RULE = "migrating seizures only, one to one, found when both migrate"


@dataclass(frozen=True, slots=True)
class Case:
    """One recording to score: what the reference and the hypothesis say of it, and how long it is (s)."""

    name: str
    reference: Sequence[Event]
    hypothesis: Sequence[Event]
    duration_s: float


def score(reference: Sequence[Event], hypothesis: Sequence[Event], duration_s: float) -> Scores:
    """How far does the hypothesis agree with the reference, in one recording?

    Parameters
    ----------
    reference, hypothesis
        Seizures, or rows of event tables, in any order; they may overlap.
    duration_s
        Length of the recording (s); its hours are what false detections are counted by.

    Raises
    ------
    UsageError
        The recording has no length, or an event ends before it begins or lies outside the recording.
    MissingExtra
        timescoring, which counts as SzCORE does, is not installed.
    """
    return _scores(Case("", reference, hypothesis, duration_s))


def score_many(cases: Iterable[Case]) -> Pooled:
    """How far do they agree in each recording, and in all of them together (seizures and seconds pooled)?"""
    known = tuple(cases)
    if not known:
        raise UsageError("There is no recording to score: name at least one.")
    each = tuple((case.name, _scores(case)) for case in known)
    return Pooled(each, reduce(Scores.__add__, (scores for _, scores in each)))


def side_path(path: Sequence[str]) -> tuple[str, ...]:
    """Which hemispheres did a seizure go through, one for each place of its path?

    >>> side_path(("O1", "O2", "T8"))
    ('left', 'right', 'right')
    """
    return tuple(electrode(name).hemisphere.value for name in path)


def within_one(a: str, b: str) -> bool:
    """Are two electrodes the same place or neighbours on the 10-20 grid? Old and modern names alike.

    An electrode between those of the 10-20 system counts as the nearest of them.

    >>> within_one("T3", "T7"), within_one("T3", "C3"), within_one("O1", "F3")
    (True, True, False)
    """
    here, there = _on_the_grid(electrode(a).name), _on_the_grid(electrode(b).name)
    return here == there or there in _grid()[here]


@cache
def _grid() -> dict[str, tuple[str, ...]]:
    return neighbours(TEN_TWENTY)


@cache
def _on_the_grid(name: str) -> str:
    return min(TEN_TWENTY, key=lambda known: (angle_between(name, known), known))


def _scores(case: Case) -> Scores:
    _check(case)
    hours = case.duration_s / 3600
    pairs = [(case.reference[r], case.hypothesis[h]) for r, h in match(case.reference, case.hypothesis)]
    placed = [(r, h) for r, h in pairs if r.path and h.path]
    told = [(r, h) for r, h in pairs if r.pattern is not None and h.pattern is not None]
    shared = overlaps_s(case.reference, case.hypothesis) > 0
    return Scores(
        recordings=1,
        hours=hours,
        merged=_as_szcore(case),
        unmerged=EventAgreement(
            UNMERGED_RULE, len(case.reference), len(pairs), len(case.hypothesis) - len(pairs), hours
        ),
        fragments=int(np.count_nonzero(shared.any(axis=0))) - len(pairs),
        fused=int(np.count_nonzero(shared.any(axis=1))) - len(pairs),
        seconds=_seconds(case),
        onset_errors_s=tuple(h.start_s - r.start_s for r, h in pairs),
        side=_share(side_path(r.path[:1]) == side_path(h.path[:1]) for r, h in placed),
        electrode=_share(electrode(r.path[0]) == electrode(h.path[0]) for r, h in placed),
        electrode_within_one=_share(within_one(r.path[0], h.path[0]) for r, h in placed),
        pattern=_share(r.pattern is h.pattern for r, h in told),
        side_path=_share(side_path(r.path) == side_path(h.path) for r, h in placed),
        side_path_of_migrating=_share(
            side_path(r.path) == side_path(h.path) for r, h in placed if r.pattern is Pattern.migrating
        ),
        migrating=_migrating(case, pairs),
    )


def _share(right: Iterable[bool]) -> Share:
    answers = list(right)
    return Share(sum(answers), len(answers))


def _migrating(case: Case, pairs: Sequence[tuple[Event, Event]]) -> EventAgreement | None:
    """The agreement on migrating seizures alone; `None` where a side has seizures but tells the pattern of none."""
    sides = (case.reference, case.hypothesis)
    if any(side and all(event.pattern is None for event in side) for side in sides):
        return None
    here, there = (sum(event.pattern is Pattern.migrating for event in side) for side in sides)
    found = sum(r.pattern is h.pattern is Pattern.migrating for r, h in pairs)
    return EventAgreement(MIGRATING_RULE, here, found, there - found, case.duration_s / 3600)


def _check(case: Case) -> None:
    of = f" of recording '{case.name}'" if case.name else ""
    if not 0 < case.duration_s < float("inf"):
        raise UsageError(f"The duration{of} is {case.duration_s:g} s, but must be more than 0 to count by the hour.")
    for event in (*case.reference, *case.hypothesis):
        if not 0 <= event.start_s <= event.stop_s:
            raise UsageError(
                f"An event{of} spans {event.start_s:g}-{event.stop_s:g} s: events must have 0 <= start <= stop."
            )
        if event.start_s > case.duration_s + 1:
            raise UsageError(
                f"An event{of} begins at {event.start_s:g} s, after the end of the recording ({case.duration_s:g} s): "
                "score tables of the same recording."
            )


def _time(events: Iterable[Event], duration_s: float) -> IntervalSet:
    """When was there any event within the recording? Sorted and disjoint."""
    return IntervalSet.of(
        Interval(e.start_s, min(e.stop_s, duration_s)) for e in events if e.start_s < min(e.stop_s, duration_s)
    )


def _as_szcore(case: Case) -> EventAgreement:
    """Events counted by timescoring with SzCORE's own parameters.

    timescoring merges correctly only sorted, disjoint events, so it is given those.
    """
    try:
        from timescoring.annotations import Annotation
        from timescoring.scoring import EventScoring
    except ImportError:
        raise MissingExtra("Counting events as SzCORE does", "score") from None
    rate_hz = 10
    samples = max(1, to_sample(case.duration_s, rate_hz))
    sides = [
        Annotation([(i.start_s, i.stop_s) for i in _time(events, case.duration_s)], rate_hz, samples)
        for events in (case.reference, case.hypothesis)
    ]
    counted = EventScoring(*sides, EventScoring.Parameters())
    return EventAgreement(SZCORE_RULE, int(counted.refTrue), int(counted.tp), int(counted.fp), case.duration_s / 3600)


def _seconds(case: Case) -> SecondAgreement:
    """Seconds that both, the reference alone, the hypothesis alone and neither call a seizure."""
    here, there = (_mask(events, case.duration_s) for events in (case.reference, case.hypothesis))
    counts = (here & there, here & ~there, ~here & there, ~here & ~there)
    return SecondAgreement(*(int(np.count_nonzero(seconds)) for seconds in counts))


def _mask(events: Iterable[Event], duration_s: float) -> npt.NDArray[np.bool_]:
    """Second by second: is there an event? Onsets and ends are taken to the nearest second."""
    mask = np.zeros(to_sample(duration_s, 1.0), dtype=bool)
    for span in _time(events, duration_s):
        mask[to_sample(span.start_s, 1.0) : to_sample(span.stop_s, 1.0)] = True
    return mask
