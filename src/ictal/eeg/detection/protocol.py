"""What is a detector? The protocol that the built-in rule keeps, and that others plug in by.

Detection has two stages that can be taken apart. Whoever brings one leaves the other to the rule:

    Block, Block, ... --score--> Scores --discharges--> Discharge, Discharge, ...
                      \\___________ find ___________/
    Recording --------- seizures --> Mark, Mark, ...       (tracked as marks from elsewhere are)

A detector has a `name` and a `version`, and one or more of these methods. `seizures` is used before `find`, and `find`
before the two stages. It is offered under the entry point group `ictal.detectors`, as a class without arguments or as
an object (`docs/detectors.md`), and `ictal.testing.DetectorContract` tests it.

1. The same input gives the same answer; nothing that is handed in is changed (its arrays cannot be).
2. Times are seconds from the first sample of the recording. Nothing is said of seconds that were not recorded.
3. An empty answer is an answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from ictal.eeg.detection.types import Discharge, Mark, Scores
from ictal.eeg.recording.types import Recording
from ictal.eeg.signal.stream import Block
from ictal.eeg.signal.types import Montage

GROUP = "ictal.detectors"
"""The entry point group under which detectors are found."""

STAGES = ("seizures", "find", "score", "discharges")
"""The methods that a detector may have."""


@runtime_checkable
class Detector(Protocol):
    """What every detector says of itself; both are written into findings.json."""

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> str: ...


@runtime_checkable
class Scorer(Detector, Protocol):
    """The first stage: how ictal does each second of each derivation look?"""

    def score(self, blocks: Iterable[Block], montage: Montage) -> Scores | npt.NDArray[np.floating]:
        """Scores from 0 to 1, `(n_derivations, n_seconds)`; NaN where nothing can be said.

        `blocks` are the whole recording in order, at 64 Hz in microvolts, each with 8 s of what surrounds it
        (`Block.uv`) and the reasons why a second cannot be read (`Block.flags`). Take them one by one: all of a day at
        once would not fit in memory. The rule gives full `Scores`; of them, as of an array, the score is taken.
        """
        ...


@runtime_checkable
class Separator(Detector, Protocol):
    """The second stage: from scores to discharges."""

    def discharges(self, scores: Scores, montage: Montage) -> Iterable[Discharge]:
        """Which runs of seconds are discharges? `scores` also has rhythm, amplitude and masks of every second."""
        ...


@runtime_checkable
class Finder(Detector, Protocol):
    """Both stages in one."""

    def find(self, blocks: Iterable[Block], montage: Montage) -> Iterable[Discharge]:
        """Which discharges are there? Ictal measures a frequency or amplitude of NaN, and looks `electrode` up."""
        ...


@runtime_checkable
class Marker(Detector, Protocol):
    """Seizures as intervals, from the recording as it was read: for models that prepare the signal themselves."""

    def seizures(self, recording: Recording) -> Iterable[Mark]:
        """When are there seizures, and on which channels if that is known? Ictal then finds where they were."""
        ...
