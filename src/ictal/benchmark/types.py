"""What a benchmark hands on: recordings of a suite, detectors, and what each detector said of each recording."""

from __future__ import annotations

import importlib.metadata
import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import msgspec

from ictal.base.provenance import ictal_version
from ictal.eeg.recording.types import Recording
from ictal.eeg.tracking.types import Pattern


class Marked(msgspec.Struct, frozen=True, kw_only=True):
    """One seizure that somebody marked, in the words of scoring; what is not known is `None`, or an empty path.

    `frequency_hz` and `amplitude_uv` (peak to peak) are those of the onset, `over_background` the amplitude over that
    of the background there (see `background.py`).
    """

    start_s: float
    stop_s: float
    pattern: Pattern | None = None
    path: tuple[str, ...] = ()
    confidence: float | None = None
    frequency_hz: float | None = None
    amplitude_uv: float | None = None
    over_background: float | None = None

    @property
    def duration_s(self) -> float:
        return self.stop_s - self.start_s


Run = Callable[[Recording], tuple[Marked, ...]]


@dataclass(frozen=True, slots=True)
class Detector:
    """Anything that finds seizures in a recording: what it is called, whose it is, and how it is run.

    `package` is what it installs from (`None`: a part of Ictal), `module` what must be importable. `usual` detectors
    run when no other is asked for. `run` takes a recording and returns its seizures, in any order.
    """

    name: str
    citation: str
    run: Run
    package: str | None = None
    module: str = "ictal"
    usual: bool = True

    @property
    def installed(self) -> bool:
        return importlib.util.find_spec(self.module) is not None

    @property
    def version(self) -> str:
        return ictal_version() if self.package is None else importlib.metadata.version(self.package)


@dataclass(frozen=True, slots=True)
class Item:
    """One recording of the simulated suite. `change` replaces numbers of the scenario; `group` is `mix` or `stress`."""

    name: str
    scenario: str
    age_days: float
    seed: int
    duration_s: float
    group: str = "mix"
    engine: str = "template"
    montage: str = "10-20"
    reference: str = "common"
    rate_hz: float = 256.0
    quick: bool = False
    change: tuple[tuple[str, float], ...] = ()

    @property
    def traits(self) -> Mapping[str, str]:
        """By what can the recordings of the suite be told apart? Dimension and value."""
        return {
            "group": self.group,
            "engine": self.engine,
            "scenario": self.scenario,
            "montage": f"{self.montage.replace('10-20', '19')} electrodes",
            "rate": _between(self.rate_hz, ((200, "below 200 Hz"), (400, "200-399 Hz")), "400 Hz and above"),
            "age": _between(self.age_days, ((29, "newborn"), (92, "1-3 months"), (366, "3-12 months")), "over a year"),
        }


def _between(value: float, bounds: tuple[tuple[float, str], ...], above: str) -> str:
    return next((name for bound, name in bounds if value < bound), above)


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What one detector said of one recording, beside what is true of it: everything that scoring needs.

    `fingerprint` is a digest of the truth and of some samples: recordings with the same one are the same recording.
    `failure` says in a sentence why the detector said nothing; its seizures then count as missed.
    """

    recording: str
    detector: str
    detector_version: str
    duration_s: float
    truth: tuple[Marked, ...]
    found: tuple[Marked, ...]
    traits: dict[str, str]
    fingerprint: str
    took_s: float
    failure: str | None = None
