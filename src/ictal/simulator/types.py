"""What the simulator hands on: scenarios, truth, and the recording with its truth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from ictal.base.time import Interval
from ictal.eeg.detection.types import Discharge
from ictal.eeg.recording.types import Recording
from ictal.eeg.tracking.types import Seizure


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number that shapes a simulation: name, value, unit, what it means, and where it comes from.

    `provenance` is `read` (from a source that was read), `unverified` (recalled, not checked) or `design` (our own
    choice), then a word on the source.
    """

    name: str
    value: float
    unit: str
    meaning: str
    provenance: str


def _number(value: float, unit: str, meaning: str, provenance: str) -> float:
    documented: float = field(default=value, metadata={"unit": unit, "meaning": meaning, "provenance": provenance})
    return documented


RECALLED = "unverified: Kuchenbuch 2019 as recalled"
OURS = "design"


@dataclass(frozen=True, slots=True)
class Scenario:
    """An infant and a time of its course, as numbers that can be moved: `dataclasses.replace(scenario, ...)`."""

    name: str
    description: str
    age_days: float = _number(90, "days", "age when no other is asked for", OURS)
    foci: float = _number(
        0, "count", "places where seizures keep starting, over both hemispheres when more than one", OURS
    )
    seizures_per_hour: float = _number(
        0, "1/h", "seizures begun in an hour in which none goes on; far above a daily mean", OURS
    )
    cluster_s: float = _number(0, "s", "period of the coming and going of clusters; 0: no clusters", OURS)
    migrating: float = _number(0, "share", "seizures that migrate", RECALLED)
    spreading: float = _number(0.3, "share", "of the others: seizures that spread to a neighbour", OURS)
    bilateral: float = _number(0.05, "share", "of the others: seizures that start on both sides at once", OURS)
    between_hemispheres: float = _number(0.5, "share", "handovers that cross to the other hemisphere", OURS)
    homotopic: float = _number(0.71, "share", "of those: to the mirror place", RECALLED)
    independent: float = _number(0, "share", "seizures during which another starts elsewhere on its own", OURS)
    lowest_hz: float = _number(4, "Hz", "slowest usual ictal rhythm", RECALLED)
    highest_hz: float = _number(10, "Hz", "fastest usual ictal rhythm", RECALLED)
    slow_share: float = _number(0.12, "share", "seizures with a slow rhythm of 0.5-3 Hz instead", OURS)
    lowest_snr: float = _number(0.8, "ratio", "smallest peak-to-peak amplitude over 2.8 x local background RMS", OURS)
    highest_snr: float = _number(6, "ratio", "largest of the same; drawn log-uniform", OURS)
    leg_s: float = _number(18, "s", "median stay in one place (6-60 s)", OURS)
    earliest_s: float = _number(45, "s", "no seizure starts before", OURS)
    spikes_per_hour: float = _number(0, "1/h", "sharp waves between seizures, at the foci", OURS)
    rhythms: float = _number(1, "factor", "normal rhythms against the usual rate for age", OURS)
    artefacts: float = _number(1, "factor", "artefacts against the usual rate", OURS)
    suppression: float = _number(0, "share", "time in burst suppression, independent of sleep", OURS)
    amplitude: float = _number(1, "factor", "background amplitude against the usual for age", OURS)

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Every number of the scenario with its unit, meaning and provenance."""
        return tuple(
            Parameter(f.name, float(getattr(self, f.name)), **f.metadata) for f in fields(self) if "unit" in f.metadata
        )


@dataclass(frozen=True, order=True, slots=True)
class ArtefactTruth:
    """One artefact: when, of what kind, on which derivations (largest first) and how large (peak-to-peak, uV)."""

    start_s: float
    stop_s: float
    kind: str
    electrodes: tuple[str, ...]
    channels: tuple[str, ...]
    amplitude_uv: float

    @property
    def interval(self) -> Interval:
        return Interval(self.start_s, self.stop_s)


@dataclass(frozen=True, order=True, slots=True)
class RhythmTruth:
    """One run of a normal rhythm, or one sharp wave between seizures (`kind` `spike`): not a seizure."""

    start_s: float
    stop_s: float
    kind: str
    electrode: str
    frequency_hz: float
    amplitude_uv: float

    @property
    def interval(self) -> Interval:
        return Interval(self.start_s, self.stop_s)


@dataclass(frozen=True, slots=True)
class Truth:
    """What a simulation knows of itself, in the words of the tracker (the rules stand in `ictal.simulator.truth`)."""

    seizures: tuple[Seizure, ...]
    discharges: tuple[Discharge, ...]
    artefacts: tuple[ArtefactTruth, ...]
    rhythms: tuple[RhythmTruth, ...]


@dataclass(frozen=True, slots=True)
class Simulation:
    """A simulated recording with its truth, and all that made it (`made_by`: enough to make it again)."""

    recording: Recording
    truth: Truth
    made_by: Mapping[str, object]
