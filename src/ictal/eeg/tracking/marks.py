"""Where was a seizure that someone else marked, and how did it move?

The mark says that there is one seizure and when; the discharges inside it say where. One mark is one seizure: its legs
are linked as always, but a pause within the mark does not part them, and it is never judged whether it is a seizure.

mark        [------------------------------)      seizure: from here to there, whatever its legs
discharges    C3 ---------   T8 ----------        legs: C3, then T8
no rhythm                                         a seizure of pattern `uncertain` that is not localised
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import msgspec

from ictal.base.time import Interval
from ictal.eeg.detection.types import Discharge, Mark, Scores
from ictal.eeg.signal.stream import Preparer
from ictal.eeg.signal.types import Montage
from ictal.eeg.tracking import follow
from ictal.eeg.tracking.judge import packaged, probability
from ictal.eeg.tracking.link import Candidate, link
from ictal.eeg.tracking.measures import values
from ictal.eeg.tracking.settings import TrackingSettings
from ictal.eeg.tracking.types import Leg, Pattern, Seizure, mark_pattern

ANY_PAUSE_S, ANY_RATIO = 86400.0, 1000.0
"""Within a mark no pause and no change of rhythm makes two seizures of one."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A mark with the discharges inside it, and those that only the mark names (no rhythm stands out there).

    `place_known`: the mark says where it was, and all discharges are of the channels that it names.
    """

    mark: Mark
    discharges: tuple[Discharge, ...]
    named: tuple[Discharge, ...] = ()
    place_known: bool = False


def follow_marks(
    marked: Sequence[Marked], scores: Scores, montage: Montage, signal: Preparer, settings: TrackingSettings
) -> tuple[tuple[Seizure, ...], tuple[str, ...]]:
    """Which seizure does each mark make, and what must be said of it? In order of onset, none left out."""
    found: list[Seizure] = []
    notes: list[str] = []
    for one in marked:
        within = _within(one, settings)
        stays = _stays(one.mark, follow.observe(one.discharges, scores, montage, signal, within), montage)
        seizure, note = _seizure(one, link(_likely(stays, one.place_known, settings), within), _likeliest(stays))
        found.append(seizure)
        notes += [note] if note else []
    return tuple(sorted(found, key=lambda s: (s.start_s, s.stop_s))), tuple(notes)


def _within(one: Marked, settings: TrackingSettings) -> TrackingSettings:
    """The settings inside a mark: of any length, whatever the pauses; in a short one a leg may be shorter."""
    length_s = max((d.stop_s for d in one.discharges), default=0.0) - one.mark.start_s
    return msgspec.structs.replace(
        settings,
        minimum_s=0.0,
        handover_gap_s=ANY_PAUSE_S,
        rhythm_ratio=ANY_RATIO,
        shortest_leg_s=min(settings.shortest_leg_s, max(1.0, 0.5 * length_s)),
    )


def _stays(mark: Mark, observed: Iterable[follow.Observed], montage: Montage) -> list[Candidate]:
    """The stays inside a mark, each with how likely it is a leg."""
    return [
        Candidate(_inside(follow._leg(stay, seen, montage), mark), (number, stay.track), odds)
        for number, seen in enumerate(observed)
        for stay, odds in zip(seen.stays, _log_odds(seen), strict=True)
    ]


def _likeliest(stays: Sequence[Candidate]) -> list[Candidate]:
    """The likeliest stay alone; nothing of nothing."""
    return sorted(stays, key=lambda c: (-c.log_odds, c.leg.start_s, c.leg.electrode))[:1]


def _likely(stays: Sequence[Candidate], place_known: bool, settings: TrackingSettings) -> list[Candidate]:
    """Those that may be legs: likely ones; when none is, the likeliest, if it is not too unlikely to say a place by."""
    likely = [c for c in stays if probability(c.log_odds) >= settings.leg_probability]
    least = 0.0 if place_known else settings.marked_leg_probability
    return likely or [c for c in _likeliest(stays) if probability(c.log_odds) >= least]


def _log_odds(seen: follow.Observed) -> list[float]:
    """How likely is each stay a leg, by its own measures?"""
    return [float(odds) for odds in packaged().alone.log_odds([values(m) for m in seen.measures])]


def _inside(leg: Leg, mark: Mark) -> Leg:
    """Legs have whole seconds; a mark may begin and end between them."""
    stop_s = leg.stop_s if mark.stop_s == mark.start_s else min(leg.stop_s, mark.stop_s)
    return replace(leg, start_s=max(leg.start_s, mark.start_s), stop_s=stop_s)


def _seizure(one: Marked, chains: Sequence[Sequence[Candidate]], likeliest: Sequence[Candidate]) -> tuple[Seizure, str]:
    """The seizure of a mark, and a sentence where something has to be said of it."""
    mark = one.mark
    confidence = math.nan if mark.confidence is None else mark.confidence
    legs: tuple[Leg, ...] = ()
    note = ""
    if chains:
        main = max(chains, key=_weight)
        legs = tuple(c.leg for c in main)
        apart = list(dict.fromkeys(c.leg.electrode for chain in chains if chain is not main for c in chain))
        if apart:
            note = (
                f"{mark.name} shows another rhythm at {', '.join(apart)}: its path did not lead there, so that is not "
                "part of it."
            )
    elif one.place_known and (one.named or one.discharges):
        legs = (_named_place((*one.discharges, *one.named)),)
    elif likeliest:
        guess = likeliest[0]
        note = (
            f"{mark.name} shows no rhythm that is likely a seizure's (the likeliest is at {guess.leg.electrode}, "
            f"with a probability of {probability(guess.log_odds):.2f}), so its place is not known."
        )
    else:
        note = f"{mark.name} shows no rhythm that stands out, so its place is not known."
    stop_s = mark.stop_s
    if mark.stop_s == mark.start_s:
        stop_s = max((leg.stop_s for leg in legs), default=mark.stop_s)
    pattern = mark_pattern(legs) if legs else Pattern.uncertain
    return Seizure(legs, pattern, confidence, Interval(mark.start_s, stop_s)), note


def _weight(chain: Sequence[Candidate]) -> float:
    return sum(c.leg.duration_s * probability(c.log_odds) for c in chain)


def _named_place(named: Sequence[Discharge]) -> Leg:
    """Channels that were named and show no rhythm of a leg: the largest of them, for as long as it is marked."""
    first = max(named, key=lambda d: (d.amplitude_uv, d.derivation))
    channels = dict.fromkeys([first.derivation, *(d.derivation for d in named)])
    span = (first.start_s, max(d.stop_s for d in named if d.derivation == first.derivation))
    return Leg(*span, first.electrode, first.frequency_hz, first.amplitude_uv, tuple(channels))
