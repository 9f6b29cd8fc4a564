"""What is to be exported: recordings with what was found in them, the record of a child, and by which name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from ictal.eeg.recording.types import Recording
from ictal.exchange.types import Events
from ictal.infant.timeline.types import Infant

OF_RECORDINGS = ("edf", "bids", "szcore", "hed", "score", "results")
OF_CHILDREN = ("phenopacket", "fhir", "csv", "json")


@dataclass(frozen=True, slots=True, repr=False)
class Item:
    """One recording: its file, if that is at hand, and what was found in it, if it was analysed.

    `subject`, `session` and `run` are its BIDS entities, empty where nothing says them. `results` is the folder of its
    results, `findings` what findings.json says.
    """

    name: str
    path: Path | None = None
    recording: Recording | None = None
    results: Path | None = None
    events: Events | None = None
    findings: Mapping[str, Any] | None = None
    subject: str = ""
    session: str = ""
    run: str = ""
    start: datetime | None = None
    anonymous: bool = False
    """Was identity taken out of it (`clean`)? Then its file is copied without any text of its own."""

    @property
    def simulated(self) -> bool:
        said = self.findings is not None and self.findings.get("simulated") is True
        return said or (self.recording is not None and self.recording.simulated)


@dataclass(frozen=True, slots=True, repr=False)
class Case:
    """Everything that is exported at once. `cohort`: of several children; `anonymous`: without identity."""

    items: tuple[Item, ...] = ()
    infant: Infant | None = None
    cohort: bool = False
    anonymous: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """What became of an export: its files, and a sentence for each thing that the format could not hold."""

    files: tuple[str, ...]
    left_out: tuple[str, ...] = field(default=())
