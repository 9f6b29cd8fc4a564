"""What the recording shows, as records: the typed form of `findings.json`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ictal.base.provenance import Step


@dataclass(frozen=True, slots=True)
class Share:
    """A share of cases with its 95 % interval (Wilson); `share` and both ends are `None` when there is no case."""

    count: int
    of: int
    share: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was recorded and what could be read, in seconds and names."""

    name: str
    file_format: str
    sha256: str
    start: str | None
    duration_s: float
    recorded_s: float
    readable_s: float
    gaps: tuple[tuple[float, float], ...]
    electrodes: tuple[str, ...]
    channels: int
    derivations: tuple[str, ...]
    rate_hz: float
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HourBurden:
    """Seizures in one hour of the recording: how many began, and for how long there was any.

    `burden_min_per_h` is seizure minutes per readable hour, both counted in readable time; `None` if nothing could
    be read.
    """

    hour: int
    start_s: float
    readable_s: float
    seizure_s: float
    seizures: int
    burden_min_per_h: float | None


@dataclass(frozen=True, slots=True)
class Focus:
    """A place where seizures of this recording keep starting; electrodes by the names that the file used."""

    electrode: str
    electrodes: tuple[str, ...]
    hemisphere: str
    lobe: str
    seizures: int
    seizure_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Independence:
    """Did seizures arise independently? Foci by side, and pairs of seizures that were open at once in far places."""

    foci: int
    foci_left: int
    foci_right: int
    both_hemispheres: bool
    overlapping_pairs: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Migration:
    """How often and how seizures migrated."""

    migrating: Share
    """Of all seizures whose place is known, how many migrated."""
    crossing_midline: Share
    """Of the same, how many have a leg on the left and one on the right."""
    homotopic: Share
    """Of the migrations between hemispheres, how many went to the mirror place (or a neighbour of it)."""
    onset_delays_s: tuple[float, ...]
    """Onset of a leg reached by migration minus onset of the leg it came from."""
    handovers_s: tuple[float, ...]
    """Onset of a leg reached by migration minus end of the leg it came from: positive a gap, negative an overlap."""


@dataclass(frozen=True, slots=True)
class Marker:
    """A number that describes the recording, with what it means; `value` is `None` when nothing supports it."""

    name: str
    value: float | None
    unit: str
    meaning: str
    seizures: int


@dataclass(frozen=True, slots=True)
class ChannelQuality:
    """For how long could this derivation be read, and what hid the rest (seconds by cause; causes may coincide)?"""

    derivation: str
    recorded_s: float
    readable_s: float
    masked_s: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Infant:
    """How old was the infant, as told? What was assumed is said in words (`assumed`, empty when nothing was)."""

    age_days: float | None = None
    gestation_weeks: float | None = None
    postmenstrual_weeks: float | None = None
    head_cm: float | None = None
    assumed: str = ""


@dataclass(frozen=True, slots=True)
class LinkCoupling:
    """How closely two legs moved together, against the same signals shifted in time; see `tracking.types.Coupling`."""

    window: str
    start_s: float
    stop_s: float
    zero_lag: float
    same_wave: float
    conducted: bool
    phase_locking: float
    phase_expected: float | None
    phase_p: float | None
    lagged_locking: float
    lagged_expected: float | None
    lagged_p: float | None
    h2_forward: float
    h2_backward: float
    h2_p: float | None
    lag_s: float
    direction: float | None
    tied: bool | None


@dataclass(frozen=True, slots=True)
class Link:
    """How one leg of a seizure was reached from another; legs by their number in legs.tsv, electrodes as the file had.

    `None` wherever it cannot be known: the speed without an age, coupling where too little could be compared.
    """

    from_leg: int
    to_leg: int
    from_electrode: str
    to_electrode: str
    way: str
    onset_s: float
    delay_s: float
    delay_share: float | None
    """The delay over the length of the seizure."""
    handover_s: float
    overlap_share: float | None
    """Share of the new leg's time in which the one that it came from is still ictal."""
    distance_cm: float | None
    speed_cm_s: float | None
    homotopic: bool | None
    """For links between left and right: is it the mirror place, or one beside it?"""
    coupling: LinkCoupling | None


@dataclass(frozen=True, slots=True)
class OnsetPlace:
    """Which electrode does the field of the first seconds speak for, how surely (0-1), and which comes next?"""

    electrode: str
    confidence: float
    runner_up: str
    runner_up_confidence: float
    explained: float


@dataclass(frozen=True, slots=True)
class SeizureDetail:
    """One seizure beyond its row in seizures.tsv: when it was where, its onset by the field, its links.

    `path` and `onsets_s` have one entry a leg, in the order of legs.tsv; both are empty where the place is not known.
    """

    seizure_id: int
    path: tuple[str, ...]
    onsets_s: tuple[float, ...]
    onset_field: OnsetPlace | None
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class FocusStability:
    """Would this focus be found again? `found` of `draws` bootstrap draws of the seizures had a focus at its place."""

    electrode: str
    found: int
    draws: int
    seizures_low: float
    seizures_high: float
    """Middle 95 % of the number of seizures that began there, over the draws."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A run of seizures close in time; `[start_s, stop_s)` and the seizures in it."""

    start_s: float
    stop_s: float
    seizure_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class StatusRule:
    """One rule of electrographic status, and its answer: not met is not captured.

    `applies` is `None` when the age is not known: then both rules are told and none is chosen.
    """

    rule: str
    definition: str
    provenance: str
    applies: bool | None
    met: bool
    worst_hour_s: float
    """Most seizure time in any window of one hour."""
    longest_s: float
    """Longest time of uninterrupted seizure activity."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One number about the recording with all that is needed to read it.

    `about` groups facts: `captured`, `sides`, `migration`, `chance`, `links`, `paths`, `clusters`. `low` and `high` are
    the ends of its interval, made as `interval` says; `None` where there is none. `value` is `None` where nothing
    supports it: not captured, which is not zero.
    """

    name: str
    about: str
    value: float | None
    low: float | None
    high: float | None
    interval: str
    unit: str
    meaning: str
    cases: int
    """On how many cases it rests."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What the recording shows. Computed from events and masks only, never from samples."""

    recorded: Recorded
    simulated: bool
    seizures: int
    patterns: Mapping[str, int]
    seizure_s: float
    burden_min_per_h: float | None
    burden_by_hour: tuple[HourBurden, ...]
    foci: tuple[Focus, ...]
    independence: Independence
    migration: Migration
    markers: tuple[Marker, ...]
    quality: tuple[ChannelQuality, ...]
    statements: tuple[str, ...]
    """The same in plain sentences, the most important first, with what was not captured."""
    settings: Mapping[str, object]
    steps: tuple[Step, ...]
    infant: Infant = field(default_factory=Infant)
    details: tuple[SeizureDetail, ...] = ()
    stability: tuple[FocusStability, ...] = ()
    clusters: tuple[Cluster, ...] = ()
    storm: bool | None = None
    """Was this a storm? `None`: not captured, less than a day was readable and it was not seen."""
    status: tuple[StatusRule, ...] = ()
    facts: tuple[Fact, ...] = ()
