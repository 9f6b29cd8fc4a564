"""What tracking says: legs, and the seizures they belong to. A simulation's truth is written in the same words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ictal.base.electrodes import Hemisphere, Lobe, electrode
from ictal.base.time import Interval, Timed


class Pattern(StrEnum):
    """What a seizure is as a whole."""

    focal = "focal"
    spreading = "spreading"
    migrating = "migrating"
    bilateral = "bilateral"
    uncertain = "uncertain"


class Passage(StrEnum):
    """How a seizure came from one leg to the next."""

    spread = "spread"
    migration = "migration"
    simultaneous = "simultaneous"


@dataclass(frozen=True, order=True, slots=True)
class Leg(Timed):
    """The stay of a seizure in one place: `[start_s, stop_s)`, with one electrode (modern name) as its centre.

    `channels` are the derivations that took part, the centre first. `came_by` and `came_from` say how it was reached:
    the index of an earlier leg of the same seizure, `None` for the onset.
    """

    start_s: float
    stop_s: float
    electrode: str
    frequency_hz: float
    amplitude_uv: float
    channels: tuple[str, ...]
    came_from: int | None = None
    came_by: Passage | None = None

    @property
    def hemisphere(self) -> Hemisphere:
        """The side of its electrode."""
        return electrode(self.electrode).hemisphere

    @property
    def lobe(self) -> Lobe:
        """The lobe below its electrode."""
        return electrode(self.electrode).lobe


@dataclass(frozen=True, slots=True)
class Seizure(Timed):
    """Legs that belong together in time, in order of their onset. Two seizures may be open at once.

    A seizure that was marked elsewhere lasts as long as its mark (`marked`), and its legs lie within. It alone may have
    no legs: then nobody knows where it was (`localised`), its path is empty and its pattern uncertain. Its `confidence`
    is that of the mark, NaN when the mark has none.
    """

    legs: tuple[Leg, ...]
    pattern: Pattern
    confidence: float
    marked: Interval | None = None

    def __post_init__(self) -> None:
        if not self.legs and self.marked is None:
            raise ValueError("A seizure needs at least one leg, unless it was marked elsewhere.")
        if list(self.legs) != sorted(self.legs, key=lambda leg: leg.start_s):
            raise ValueError("The legs of a seizure must be in order of their onset.")

    @property
    def start_s(self) -> float:
        """Begin, in seconds from the first sample of the recording."""
        return self.legs[0].start_s if self.marked is None else self.marked.start_s

    @property
    def stop_s(self) -> float:
        """End, in seconds from the first sample of the recording; the last leg decides, or the mark."""
        return max(leg.stop_s for leg in self.legs) if self.marked is None else self.marked.stop_s

    @property
    def localised(self) -> bool:
        """Is it known where it was?"""
        return bool(self.legs)

    @property
    def onset(self) -> Leg:
        """Its first leg. Ask `localised` first: a seizure without a place has none."""
        if not self.legs:
            raise ValueError("A seizure that is not localised has no first leg.")
        return self.legs[0]

    @property
    def path(self) -> tuple[str, ...]:
        """The electrodes of its legs in order of onset, a place that goes on not repeated (`O1`, `O2`, `T8`)."""
        places = [leg.electrode for leg in self.legs]
        return tuple(p for i, p in enumerate(places) if i == 0 or places[i - 1] != p)

    @property
    def crosses_midline(self) -> bool:
        """Is there a leg on the left and a leg on the right?"""
        return {Hemisphere.left, Hemisphere.right} <= {leg.hemisphere for leg in self.legs}

    @property
    def channels(self) -> tuple[str, ...]:
        """Every derivation that took part, in order of first appearance."""
        return tuple(dict.fromkeys(c for leg in self.legs for c in leg.channels))


def mark_pattern(legs: tuple[Leg, ...]) -> Pattern:
    """What is a seizure as a whole, given how each leg was reached?

    Migrating when any leg was reached by migration; else bilateral when it starts on both sides at once (left and
    right, with or without the midline); else spreading when there is more than one leg; else focal.
    """
    if any(leg.came_by is Passage.migration for leg in legs):
        return Pattern.migrating
    onset = {leg.hemisphere for leg in legs if leg.came_by in (None, Passage.simultaneous)}
    if {Hemisphere.left, Hemisphere.right} <= onset:
        return Pattern.bilateral
    return Pattern.spreading if len(legs) > 1 else Pattern.focal


SURE_P = 0.05
"""Two legs are tied when the shifts give as much in no more than this share; own design."""


ONE_SOURCE = 0.8
"""From this share on, in phase and in wave, two places may be one source; as `follow.ALL_IN_PHASE`, own design."""


class CouplingWindow(StrEnum):
    """Which seconds of two legs were compared."""

    overlap = "overlap"
    """Both were ictal."""
    adjacent = "adjacent"
    """They hardly overlap: the seconds around the handover."""


@dataclass(frozen=True, slots=True)
class Coupling:
    """How closely do two legs of a seizure move together, against the same signals shifted in time?

    `leg` is the index of the leg that was reached; the other is the one it came from. Every `_p` is the share of time
    shifts that give as much or more: small when the closeness belongs to this very time. `None` where too little of
    both was there to shift.
    """

    leg: int
    window: CouplingWindow
    start_s: float
    stop_s: float
    frequency_hz: float
    zero_lag: float
    """How much of both moves together without delay (0-1, the real part of their coherency at the rhythm)."""
    same_wave: float
    """How alike the two waves are without delay, harmonics included, in either sign (0-1, correlation)."""
    phase_locking: float
    """Phase locking value of the rhythm (0-1)."""
    phase_expected: float | None
    """Its mean over the time shifts."""
    phase_p: float | None
    lagged_locking: float
    """The part of the phase locking that no conducted field can make (corrected imaginary locking, 0-1)."""
    lagged_expected: float | None
    lagged_p: float | None
    h2_forward: float
    """Non-linear regression (0-1): how much of the new place the one it came from explains, at the best delay."""
    h2_backward: float
    h2_p: float | None
    lag_s: float
    """The delay at which the first explains the second best: positive when the first leads."""
    direction: float | None
    """Direction index, -1 (the new place leads) to 1 (the first leads); `None` when the two are not tied."""

    @property
    def conducted(self) -> bool:
        """Is it one source seen at two places: in phase or in antiphase, with one wave?"""
        return self.zero_lag >= ONE_SOURCE and self.same_wave >= ONE_SOURCE

    @property
    def tied(self) -> bool | None:
        """Are the two tied with a delay, more than 95 % of the time shifts would show? `None`: cannot be judged."""
        return None if self.lagged_p is None else self.lagged_p <= SURE_P


@dataclass(frozen=True, slots=True)
class OnsetField:
    """Which electrode does the field of the first seconds speak for, how surely, and which comes next?"""

    electrode: str
    confidence: float
    runner_up: str
    runner_up_confidence: float
    explained: float
    """Share of the rhythm's power that one dipole under this electrode explains (0-1)."""


@dataclass(frozen=True, slots=True)
class Examined:
    """What the samples say of one seizure beyond its path."""

    onset: OnsetField | None
    """`None` when the first seconds could not be read, or fewer than four electrodes were there."""
    couplings: tuple[Coupling, ...]
