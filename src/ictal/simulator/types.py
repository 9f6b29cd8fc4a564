"""What the simulator hands on: scenarios, truth, and the recording with its truth."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Self

import numpy as np
import numpy.typing as npt

from ictal.base.errors import UsageError
from ictal.base.time import Timed
from ictal.eeg.detection.types import Discharge
from ictal.eeg.recording.types import Recording
from ictal.eeg.tracking.types import Seizure

PROVENANCES = ("read", "unverified", "lead", "design")
"""How a provenance begins: read at the source it names; recalled and not checked; found in a secondary report that
cites papers; our own choice."""
OURS = "design"
RECALLED = "unverified: Kuchenbuch 2019 as recalled"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number that shapes a simulation.

    Its value in a unit, the least and the greatest that is allowed, what it means, and where it comes from: a
    `provenance` begins with one of `PROVENANCES`.
    """

    name: str
    value: float
    unit: str
    low: float
    high: float
    meaning: str
    provenance: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a record says this value of this number."""

    name: str
    value: float
    provenance: str


def number(
    value: float, unit: str, ends: tuple[float, float], meaning: str, provenance: str = OURS, by: str = "both"
) -> float:
    """A documented field of a record. `by`: which engine reads it, `both` or `template`."""
    said = {
        "usual": value,
        "unit": unit,
        "low": ends[0],
        "high": ends[1],
        "meaning": meaning,
        "provenance": provenance,
        "by": by,
    }
    documented: float = field(default=value, metadata=said)
    return documented


@dataclass(frozen=True, slots=True)
class Documented:
    """A record whose every number has a unit, ends, a meaning and a provenance; `reasons` are those of its own."""

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Every number, as it is. One that neither its kind nor its own reasons explain was set by the caller."""
        return tuple(self._parameter(name) for name in self.names())

    @classmethod
    def names(cls, by: str = "") -> tuple[str, ...]:
        """What its numbers are called; with `by` those alone that `both` or the `template` engine alone reads."""
        return tuple(f.name for f in fields(cls) if "unit" in f.metadata and by in ("", f.metadata["by"]))

    def moved(self, **values: float) -> Self:
        """The same record with other numbers, each checked by name and range. Raises `UsageError`."""
        names = self.names()
        for name in values:
            if name not in names:
                near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
                hint = f"Did you mean '{near[0]}'?" if near else f"There are: {', '.join(names)}."
                raise UsageError(f"There is no number '{name}' to set. {hint}")
        return replace(self, **values).checked()

    def because(self, **reasons: tuple[float, str]) -> Self:
        """The same record with other numbers, each with the provenance of its value."""
        new = tuple(Reason(name, value, why) for name, (value, why) in reasons.items())
        kept = tuple(r for r in self._reasons() if r.name not in reasons)
        values = {name: value for name, (value, _) in reasons.items()}
        return replace(self, **{"reasons": (*kept, *new), **values}).checked()

    def checked(self) -> Self:
        """Itself, when every number is within its ends; else `UsageError`."""
        for p in self.parameters:
            whole = p.unit != "count" or p.value == math.floor(p.value)
            if not (math.isfinite(p.value) and p.low <= p.value <= p.high and whole):
                kind = "a whole number " if p.unit == "count" else ""
                unit = "" if p.unit in ("count", "share", "factor", "ratio") else f" {p.unit}"
                raise UsageError(f"'{p.name}' is {kind}from {p.low:g} to {p.high:g}{unit}. Got {p.value:g}.")
        return self

    def _reasons(self) -> tuple[Reason, ...]:
        found: tuple[Reason, ...] = getattr(self, "reasons", ())
        return found

    def _parameter(self, name: str) -> Parameter:
        (described,) = (f for f in fields(self) if f.name == name)
        value, said = float(getattr(self, name)), dict(described.metadata)
        usual = said.pop("usual")
        del said["by"]
        own = {r.value: r.provenance for r in self._reasons() if r.name == name}
        known = own or {usual: said["provenance"]}
        said["provenance"] = known.get(value, f"design: set by the caller; the usual is {next(iter(known)):g}")
        return Parameter(name, value, **said)


@dataclass(frozen=True, slots=True)
class Scenario(Documented):
    """An infant and a time of its course, as numbers that can be moved: `scenario.moved(seizures_per_hour=12)`.

    `tissue` holds numbers of the mechanism engine's tissue that are not those of the scenario of this name
    (`links.on_sst`, 120, and why).
    """

    name: str
    description: str
    age_days: float = number(90, "days", (-84, 730), "age when no other is asked for")
    foci: float = number(
        0, "count", (0, 12), "places where seizures keep starting, over both hemispheres when more than one"
    )
    seizures_per_hour: float = number(
        0,
        "1/h",
        (0, 40),
        "seizures that begin in an hour, the mean of a long recording without medicine",
        by="template",
    )
    medicine: float = number(
        0, "share", (-1, 1), "change of the rate of seizures by a simulated medicine: -0.6 leaves 40 %"
    )
    clustered: float = number(0, "share", (0, 1), "seizures that come in clusters", by="template")
    smallest_cluster: float = number(5, "count", (1, 100), "fewest seizures of a cluster", by="template")
    largest_cluster: float = number(
        30, "count", (1, 100), "most seizures of a cluster; every size between is as likely", by="template"
    )
    cluster_gap_s: float = number(
        240, "s", (30, 3600), "mean time from onset to onset in a cluster, where there is room", by="template"
    )
    migrating: float = number(0, "share", (0, 1), "seizures that migrate", RECALLED, by="template")
    spreading: float = number(0.3, "share", (0, 1), "of the others: seizures that spread to a neighbour", by="template")
    bilateral: float = number(
        0.05, "share", (0, 1), "of the others: seizures that start on both sides at once", by="template"
    )
    between_hemispheres: float = number(
        0.5, "share", (0, 1), "handovers that cross to the other hemisphere", by="template"
    )
    homotopic: float = number(0.71, "share", (0, 1), "of those: to the mirror place", RECALLED, by="template")
    independent: float = number(
        0, "share", (0, 1), "seizures during which another starts elsewhere on its own", by="template"
    )
    lowest_hz: float = number(4, "Hz", (0.5, 13), "slowest usual ictal rhythm", RECALLED, by="template")
    highest_hz: float = number(10, "Hz", (0.5, 13), "fastest usual ictal rhythm", RECALLED, by="template")
    slow_share: float = number(0.12, "share", (0, 1), "seizures with a slow rhythm of 0.8-3 Hz instead", by="template")
    lowest_snr: float = number(
        0.8, "ratio", (0.1, 50), "smallest peak-to-peak amplitude over 2.8 x local background RMS", by="template"
    )
    highest_snr: float = number(6, "ratio", (0.1, 50), "largest of the same; drawn log-uniform", by="template")
    leg_s: float = number(18, "s", (6, 60), "median stay in one place (6-60 s)", by="template")
    earliest_s: float = number(45, "s", (0, 86400), "no seizure starts before", by="template")
    spikes_per_hour: float = number(0, "1/h", (0, 2000), "sharp waves between seizures, at the foci", by="template")
    rhythms: float = number(1, "factor", (0, 10), "normal rhythms against the usual rate for age")
    artefacts: float = number(1, "factor", (0, 20), "artefacts against the usual rate")
    suppression: float = number(0, "share", (0, 1), "time in burst suppression, independent of sleep")
    hypsarrhythmia: float = number(
        0, "share", (0, 1), "of the background: high, chaotic slow waves with spikes in many places"
    )
    amplitude: float = number(1, "factor", (0.1, 10), "background amplitude against the usual for age")
    reasons: tuple[Reason, ...] = ()
    tissue: tuple[Reason, ...] = ()

    @property
    def expected_per_hour(self) -> float:
        """How many seizures begin in an hour of a long recording, medicine counted (the template engine)?"""
        return self.seizures_per_hour * (1.0 + self.medicine) if self.foci else 0.0

    def checked(self) -> Self:
        """Itself, when every number is within its ends and no range is upside down; else `UsageError`."""
        Documented.checked(self)
        for low, high in (
            ("smallest_cluster", "largest_cluster"),
            ("lowest_hz", "highest_hz"),
            ("lowest_snr", "highest_snr"),
        ):
            if getattr(self, low) > getattr(self, high):
                raise UsageError(f"'{low}' ({getattr(self, low):g}) is above '{high}' ({getattr(self, high):g}).")
        return self


@dataclass(frozen=True, slots=True)
class Child:
    """Whose recording is it? What stays with an infant from one recording to the next, and how it has grown.

    `seed` draws the foci, the tissue and how loud the own EEG is; foci were placed at the age `placed_at_days`.
    `head_cm` is the head's circumference now, `None` the median for age.
    """

    seed: int
    placed_at_days: float
    head_cm: float | None = None


@dataclass(frozen=True, slots=True)
class Sitting:
    """One recording to be: the child's age, how long (s), the seed of what happens by chance, and the child."""

    age_days: float
    duration_s: float
    seed: int
    child: Child


@dataclass(frozen=True, order=True, slots=True)
class ArtefactTruth(Timed):
    """One artefact: when, of what kind, on which derivations (largest first) and how large (peak-to-peak, uV)."""

    start_s: float
    stop_s: float
    kind: str
    electrodes: tuple[str, ...]
    channels: tuple[str, ...]
    amplitude_uv: float


@dataclass(frozen=True, order=True, slots=True)
class RhythmTruth(Timed):
    """One run of a normal rhythm, or one sharp wave between seizures (`kind` `spike`): not a seizure."""

    start_s: float
    stop_s: float
    kind: str
    electrode: str
    frequency_hz: float
    amplitude_uv: float


@dataclass(frozen=True, slots=True)
class Truth:
    """What a simulation knows of itself, in the words of the tracker (the rules stand in `ictal.simulator.truth`)."""

    seizures: tuple[Seizure, ...]
    discharges: tuple[Discharge, ...]
    artefacts: tuple[ArtefactTruth, ...]
    rhythms: tuple[RhythmTruth, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Sources:
    """What the regions of the mechanism engine gave, for work on the inverse problem.

    `blocks` yields `(samples, regions)` of pyramidal output in mV, `rate_hz` a second, `samples` in all; what is given
    to `hear` is called with the same and the number of their first sample, while the recording is made.
    `leadfield_uv_per_mv` `(channels, regions)` makes the ictal part of the recording of them, before a detached
    electrode and the rail of the amplifier; a region is a patch of cortex whose dipoles fade with the angle from its
    middle (`patch_rad` is the standard deviation). Positions are those of the middles, in m from the centre of the head
    (x to the right, y to the front, z to the vertex); orientations are unit vectors.
    """

    positions_m: tuple[tuple[float, float, float], ...]
    orientations: tuple[tuple[float, float, float], ...]
    patch_rad: float
    foci: tuple[int, ...]
    rate_hz: float
    samples: int
    leadfield_uv_per_mv: npt.NDArray[np.float64]
    blocks: Iterator[npt.NDArray[np.float32]]
    hear: Callable[[Callable[[int, npt.NDArray[np.float32]], None]], None]


@dataclass(frozen=True)
class Simulation:
    """A simulated recording with its truth, and all that made it (`made_by`: enough to make it again).

    `truth` is told when it is first asked for: where seizures arise by themselves that costs a run through the whole
    recording, and next to nothing after its samples were read from the first to the last.
    """

    recording: Recording
    tell: Callable[[], Truth]
    made_by: Mapping[str, object]

    def sources(self) -> Sources:
        """What the regions gave (mechanism engine only). Raises `UsageError` with the other."""
        regions: Sources = self.recording.samples.sources()  # type: ignore[attr-defined]
        return regions

    @cached_property
    def truth(self) -> Truth:
        """What is true of the recording."""
        return self.tell()
