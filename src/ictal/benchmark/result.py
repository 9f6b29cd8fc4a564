"""One run of a benchmark: what was run, and the figures and slices of each detector in it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ictal.base.provenance import ictal_version
from ictal.benchmark.measures import Figure, Scored, figures, reliability, scored
from ictal.benchmark.slices import Slice, slices
from ictal.benchmark.store import code_digest
from ictal.benchmark.suite import digest_of_all
from ictal.benchmark.types import Outcome
from ictal.scoring.calibration import Calibration

GROUPS: Mapping[str, Mapping[str, str]] = {
    "mix": {"group": "mix"},
    "mix, template": {"group": "mix", "engine": "template"},
    "mix, mechanism": {"group": "mix", "engine": "mechanism"},
    "stress": {"group": "stress"},
    "all": {},
}
"""Recordings that are put together for the table: those with these traits. The aims are for the first."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The figures of one detector over one group of recordings."""

    detector: str
    detector_version: str
    group: str
    recordings: int
    seizures: int
    hours: float
    figures: tuple[Figure, ...]

    def figure(self, key: str) -> Figure:
        """The figure of a measure."""
        return next(f for f in self.figures if f.measure.key == key)


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that a run says. `what` names the recordings, `suite_digest` the file that lists them.

    `left_out` says in sentences which detectors did not run, `refused` which recordings could not be run and why: those
    are in no figure.
    """

    what: str
    suite_digest: str
    simulated: bool
    outcomes: tuple[Outcome, ...]
    standings: tuple[Standing, ...]
    slices: tuple[Slice, ...]
    reliabilities: tuple[tuple[str, Calibration], ...]
    left_out: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    date: str = ""
    ictal_version: str = ""
    code_digest: str = ""
    recordings_digest: str = ""

    @property
    def failures(self) -> tuple[tuple[str, str, str], ...]:
        """Recording, detector (`all` for a refused recording) and sentence of each failure."""
        failed = ((o.recording, o.detector, o.failure) for o in self.outcomes if o.failure)
        return (*((name, "all", why) for name, why in self.refused), *failed)

    @property
    def where(self) -> str:
        """On what was this measured, in words that stand in every figure?"""
        count = len({o.recording for o in self.outcomes})
        kind = "simulated recordings" if self.simulated else "recordings"
        return f"{count} {kind}: {self.what}"


def result(
    outcomes: Sequence[Outcome],
    what: str,
    *,
    suite_digest: str = "",
    left_out: Sequence[str] = (),
    refused: Sequence[tuple[str, str]] = (),
) -> Result:
    """What do these outcomes say? A suite has a digest, and is simulated; other recordings are not."""
    detectors = tuple(dict.fromkeys(o.detector for o in outcomes))
    by_detector = {d: [scored(o) for o in outcomes if o.detector == d] for d in detectors}
    told = [(d, reliability(cases)) for d, cases in by_detector.items()]
    return Result(
        what=what,
        suite_digest=suite_digest,
        simulated=bool(suite_digest),
        outcomes=tuple(outcomes),
        standings=tuple(s for d in detectors for s in _standings(by_detector[d])),
        slices=tuple(s for d in detectors for s in slices(by_detector[d])),
        reliabilities=tuple((d, c) for d, c in told if c.error is not None),
        left_out=tuple(left_out),
        refused=tuple(refused),
        date=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        ictal_version=ictal_version(),
        code_digest=code_digest(),
        recordings_digest=digest_of_all({o.recording: o.fingerprint for o in outcomes}.values()),
    )


def _standings(cases: Sequence[Scored]) -> list[Standing]:
    found = []
    for group, traits in GROUPS.items():
        inside = [c for c in cases if all(c.outcome.traits.get(k) == v for k, v in traits.items())]
        if inside:
            first = inside[0].outcome
            seizures, hours = sum(len(c.outcome.truth) for c in inside), sum(c.scores.hours for c in inside)
            told = (first.detector, first.detector_version, group, len(inside), seizures, hours)
            found.append(Standing(*told, figures(inside)))
    return found
