"""What the recording shows, as records: the typed form of `findings.json`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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
