"""What was done already? Each outcome is a small file of its own, so that a benchmark can be stopped and go on.

An outcome is found again only when nothing that could change it has changed: the recording, the detector and its
version, and the sources of Ictal that simulate, detect and follow.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TypeVar

import msgspec

from ictal.base.errors import UsageError, reason_of
from ictal.exchange.whole_file import whole_file

ROOMS = ("analysis.py", "base", "benchmark", "eeg", "simulator")
"""What an outcome depends on; not the rooms that show it. Of this room: what runs, not what counts."""
SHOWING = (
    *("bids.py", "experts.py", "figures.py", "measures.py", "newborns.py", "result.py", "slices.py", "store.py"),
    *("suite.toml", "written.py"),
)
SUFFIXES = (".py", ".json", ".toml", ".npz", ".npy")

Kept = TypeVar("Kept", bound=msgspec.Struct)


@cache
def code_digest() -> str:
    """Which code is this? A digest of every source and data file that an outcome depends on."""
    digest = hashlib.sha256()
    house = files("ictal")
    for room in ROOMS:
        for name, file in sorted(_sources(house / room, room)):
            digest.update(name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


def _sources(place: Traversable, name: str) -> list[tuple[str, Traversable]]:
    if place.is_file():
        mine = name.endswith(SUFFIXES) and not (name.startswith("benchmark/") and name.endswith(SHOWING))
        return [(name, place)] if mine else []
    return [found for inner in place.iterdir() for found in _sources(inner, f"{name}/{inner.name}")]


def default_work() -> Path:
    """Where are outcomes kept when nobody says? In the user's cache."""
    home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(home) / "ictal" / "benchmark"


class Store:
    """A folder of outcomes. It is made when the first one is kept, readable by its owner alone."""

    def __init__(self, folder: Path) -> None:
        if folder.exists() and not folder.is_dir():
            raise UsageError(f"The work folder '{folder}' is a file: choose another with --work.")
        self.folder = folder
        self.code = code_digest()  # read now: sources that are edited during a long run are not those that ran

    def key(self, what: Mapping[str, object]) -> str:
        """The name of an outcome: a digest of all that it depends on."""
        text = json.dumps({**what, "code": self.code}, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def find(self, key: str, kind: type[Kept]) -> Kept | None:
        """What was kept under a key; `None` where there is nothing, or its file is not whole."""
        try:
            return msgspec.json.decode((self.folder / f"{key}.json").read_bytes(), type=kind)
        except (OSError, ValueError, msgspec.DecodeError, RecursionError):
            return None

    def keep(self, key: str, outcome: msgspec.Struct) -> None:
        """Write an outcome, whole or not at all."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            reason = reason_of(error)
            raise UsageError(
                f"The work folder '{self.folder}' cannot be made ({reason}): choose another with --work."
            ) from None
        with whole_file(self.folder / f"{key}.json") as aside:
            aside.write_bytes(msgspec.json.encode(outcome))
