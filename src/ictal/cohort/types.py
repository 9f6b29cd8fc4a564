"""The records of a cohort: a file to be analysed, what is asked of it, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, TypeVar

import msgspec

from ictal.analysis import Settings

Progress = Callable[[float, str], None]
"""Called with the share that is done (0-1) and what was done last."""

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Item:
    """One EEG file of a dataset.

    `name` is its path within the dataset without the suffix, and the path of its results within the output folder.
    What the dataset does not say of the infant is `None`.
    """

    name: str
    file: Path
    participant_id: str | None = None
    session_id: str | None = None
    age_days: float | None = None
    gene: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of every file: the settings, the detector (`None`: that of the settings), and where results go."""

    out: Path
    settings: Settings
    detector: str | None
    with_report: bool
    bids: bool
    version: str


@dataclass(frozen=True, slots=True)
class Task:
    """One file and what is asked of it: all that a worker is told."""

    item: Item
    asked: Asked


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one file. `key` is a digest of all that decided it; `fault`: the reason is a fault of ours."""

    name: str
    key: str
    status: Literal["done", "failed"]
    reason: str | None = None
    fault: bool = False
    took_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Lost:
    """What an engine says of a task that took its worker down, again and again."""

    reason: str


class Engine(Protocol):
    """Who does the work: calls `call` once for each item, anywhere, and hands back answers as they come.

    An item whose worker dies is given to another; one that takes down several is answered with `Lost`. What `call`
    raises ends the run.
    """

    def run(self, call: Callable[[T], R], items: Sequence[T]) -> Iterator[tuple[T, R | Lost]]: ...
