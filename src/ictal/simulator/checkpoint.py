"""Where does a simulation stand that is written bit by bit? Kept in one file, so that an interrupted one can go on."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from ictal.simulator.engine import SyntheticSource
from ictal.simulator.types import Simulation

SUFFIX = ".checkpoint.npz"
EVERY_S = 512.0
"""How much of a recording is lost at most when it is stopped. The mechanism's cortex is kept as often."""


class Checkpoint:
    """How much of a simulation is on the disk, and all that its source needs to go on from there.

    The file holds plain arrays (`numpy.savez`), is replaced whole, and one that cannot be read counts as none.
    """

    def __init__(
        self, path: Path, simulation: Simulation, tell: Callable[[float], None], every_s: float | None = None
    ) -> None:
        """`tell` is told how many seconds are there, each time that it is saved: after `every_s` of the recording."""
        self._path, self._source, self._tell = path, simulation.recording.samples, tell
        self.every_s = EVERY_S if every_s is None else every_s
        self._records, self._seconds = 0, 0.0
        try:
            with np.load(path, allow_pickle=False) as kept:
                arrays = {name: kept[name] for name in kept.files}
                records, seconds = int(arrays.pop("records")), float(arrays.pop("seconds"))
        except (OSError, ValueError, KeyError, BadZipFile, EOFError):
            return
        self._records, self._seconds = records, seconds
        if isinstance(self._source, SyntheticSource):
            self._source.go_on(arrays)

    @property
    def records(self) -> int:
        """How many data records are on the disk?"""
        return self._records

    @property
    def seconds(self) -> float:
        """How many seconds of the recording are these?"""
        return self._seconds

    def save(self, records: int, seconds: float) -> None:
        """So many records are there; the next one begins at this second."""
        kept = self._source.keep(seconds) if isinstance(self._source, SyntheticSource) else {}
        beside = self._path.with_suffix(".new.npz")
        with beside.open("wb") as file:
            np.savez(file, records=np.array(records), seconds=np.array(seconds), **kept)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._path)
        self._records, self._seconds = records, seconds
        self._tell(seconds)


def recipe_of(made_by: object) -> str:
    """By what is a simulation known? A digest of all that decides its bytes."""
    return hashlib.sha256(json.dumps(made_by, sort_keys=True, default=str).encode()).hexdigest()
