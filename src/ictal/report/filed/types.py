"""The report as data: sections of texts, tables and figures, in the words of one language, before any page is made.

1. Every form (HTML, PDF, CSV of numbers) is written from the same `Sheet`: none computes or adds.
2. A cell of a table may carry its numbers (`Quantity`); what stands in it as words alone is searched for numbers.
3. Seizure `i` of a recording is number `i + 1`, as in its table of seizures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from markupsafe import Markup

from ictal.eeg.detection.types import Discharge
from ictal.eeg.findings.types import Findings
from ictal.eeg.tracking.types import Seizure
from ictal.infant.overview import Overview
from ictal.infant.syndrome.types import Assessment


@dataclass(frozen=True, slots=True)
class Taken:
    """One recording as its results tell it. `seizures` is `None` when only the findings are at hand.

    `age_days` is that of the infant at its start; `changed` are its settings that differ from the defaults.
    """

    findings: Findings
    seizures: tuple[Seizure, ...] | None = None
    discharges: tuple[Discharge, ...] = ()
    start: datetime | None = None
    age_days: float | None = None
    changed: Mapping[str, tuple[object, object]] = field(default_factory=dict)
    """Name of a setting -> its value here, and the default."""


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that a report is made of. `child` is `None` when no record was given; `not_read` says why, if it could not.

    `names` are the words by which the child or the file could be known: pseudonym, names of files, free texts.
    """

    pseudonym: str
    recordings: tuple[Taken, ...]
    assessment: Assessment
    child: Overview | None = None
    not_read: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    redacted: bool = False

    @property
    def simulated(self) -> bool:
        """Is any part of it simulated?"""
        child = self.child is not None and self.child.infant.simulated
        return child or self.assessment.simulated or any(t.findings.simulated for t in self.recordings)


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number as the report shows it, with unit and interval; `name` is empty where the row and column say it."""

    value: str
    unit: str = ""
    low: str = ""
    high: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """The words of a cell, and the numbers in them. `side` is the class of a hemisphere: `sl`, `sr`, `sm`."""

    text: str
    quantities: tuple[Quantity, ...] = ()
    side: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph. `kind` is `plain`, `lead` (large), `note` (a caution) or `small`; `label` stands before it."""

    words: str
    kind: str = "plain"
    label: str = ""


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list."""

    items: tuple[str, ...]
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head; the first cell of a row names it. `source` is where its numbers come from."""

    key: str
    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    source: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing with what it shows in words. `share` is its part of the width of the page."""

    key: str
    drawing: Markup
    alt: str
    caption: str
    share: float = 1.0


Block = Text | Bullets | Table | Figure


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report with its heading; `level` 3 stands below a section of level 2."""

    key: str
    title: str
    blocks: tuple[Block, ...]
    level: int = 2


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole report in one language: the first page, then the sections in order."""

    language: str
    paper: str
    title: str
    pseudonym: str
    simulated: bool
    redacted: bool
    version: str
    first: Section
    sections: tuple[Section, ...]
    fixed: Mapping[str, str]
    """Words of the frame: `use`, `contents`, `page`, `simulated`, ..."""
    foreign: frozenset[str] = frozenset()
    """Texts that stand in English in a report of another language."""

    @property
    def tables(self) -> tuple[tuple[Section, Table], ...]:
        """Every table with its section, in order."""
        parts = (self.first, *self.sections)
        return tuple((s, b) for s in parts for b in s.blocks if isinstance(b, Table))
