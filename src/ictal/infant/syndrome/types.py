"""What is weighed, and what comes of it: all of it can be written down and read back.

1. Ages are days since birth. `None` and `unknown` mean that nobody looked or wrote it down, never that it was absent.
2. `no` needs somebody who looked: a recording never says it, for what it did not show was not captured.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Answer = Literal["yes", "no", "unknown"]
Verdict = Literal["met", "in evolution", "not met", "excluded"]

STRENGTH: dict[str, int] = {"excluded": 0, "not met": 1, "in evolution": 2, "met": 3}
"""How much a verdict claims for the syndrome."""


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What all records of this room share."""


class Link(Record, frozen=True, kw_only=True):
    """One piece of evidence: a place in a recording, an entry of the record, a variant, a statement."""

    kind: Literal["recording", "entry", "variant", "statement"]
    where: str
    text: str


class Seen(Record, frozen=True, kw_only=True):
    """Was a feature there? With the entries that say so, and since when (days), where one of them tells."""

    answer: Answer
    evidence: tuple[Link, ...] = ()
    since_days: float | None = None
    """By this age it was there."""
    since_exact: bool = False
    """Did it begin then, or had it begun by then?"""
    contradictory: bool = False
    traced: bool = False
    """Does an entry say which examination showed it?"""


class GeneVariant(Record, frozen=True, kw_only=True):
    """A variant as the laboratory classified it."""

    gene: str
    name: str = ""
    classification: str = "not captured"
    direction: str = "not captured"
    zygosity: str = "not captured"
    causative: bool = False
    """Did the laboratory call it the cause?"""
    link: Link

    @property
    def counts(self) -> bool:
        """Was it called pathogenic, likely pathogenic, or the cause?"""
        return self.causative or self.classification in ("pathogenic", "likely pathogenic")


class Medicine(Record, frozen=True, kw_only=True):
    """A medicine, diet or vitamin and what came of it."""

    name: str
    outcome: Literal["failed", "improved", "helped", "unknown"] = "unknown"
    """`helped` means that it sufficed; `improved` that seizures became fewer or that somebody thought so."""
    kind: Literal["medicine", "vitamin", "other"] = "medicine"
    link: Link


class RecordingSeen(Record, frozen=True, kw_only=True):
    """What one recording showed, in the numbers that the criteria ask for; `moments` are the places to look at."""

    name: str
    readable_h: float
    seizures: int = 0
    placed: int = 0
    migrating: int = 0
    crossing: int = 0
    focal: int = 0
    foci_left: int = 0
    foci_right: int = 0
    foci: int = 0
    worst_hour_s: float | None = None
    longest_s: float | None = None
    age_days: float | None = None
    simulated: bool = False
    digest: str = ""
    moments: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    """Its foci, as places with the seizures that began there."""


class Case(Record, frozen=True, kw_only=True):
    """Everything about one infant that the criteria ask for."""

    id: str = ""
    simulated: bool = False
    age_days: float | None = None
    gestation_weeks: float | None = None
    onset_low_days: float | None = None
    onset_high_days: float | None = None
    onset: tuple[Link, ...] = ()
    features: dict[str, Seen] = msgspec.field(default_factory=dict)
    variants: tuple[GeneVariant, ...] = ()
    medicines: tuple[Medicine, ...] = ()
    drug_resistant: tuple[Link, ...] = ()
    seizure_free: tuple[Link, ...] = ()
    """Entries that seizures stopped under a medicine."""
    undecided: tuple[Link, ...] = ()
    """Medicines were given, and what came of them does not settle it."""
    recordings: tuple[RecordingSeen, ...] = ()
    unread: tuple[str, ...] = ()
    """What was in the record and could not be used, with the reason."""

    def seen(self, feature: str) -> Seen:
        """Was this feature there? `unknown` when the record has no entry of it."""
        return self.features.get(feature, Seen(answer="unknown"))


class Judged(Record, frozen=True, kw_only=True):
    """What a row was answered, why, and on what it rests."""

    answer: Answer
    reason: str
    evidence: tuple[Link, ...] = ()


class Row(Record, frozen=True, kw_only=True):
    """One row of the criteria with its answer."""

    id: str
    text: str
    kind: str
    timing: str
    answer: Answer
    reason: str
    evidence: tuple[Link, ...]
    provenance: str
    standing: str
    sources: tuple[str, ...]
    statements: tuple[str, ...]
    version: int
    stale: bool


class StatusSaid(Record, frozen=True, kw_only=True):
    """What one rule of status says of one recording; `applies` is `None` when the age is not known."""

    recording: str
    rule: str
    text: str
    provenance: str
    applies: bool | None
    met: bool
    worst_hour_s: float


class Alternative(Record, frozen=True, kw_only=True):
    """Something else that it could be."""

    id: str
    name: str
    text: str
    speaks_for: tuple[str, ...]
    speaks_against: tuple[str, ...]
    not_known: tuple[str, ...]
    test: str
    time_critical: bool
    treatable: bool
    settled: bool
    urgent: bool
    weight: int
    provenance: str
    sources: tuple[str, ...]
    statements: tuple[str, ...]
    version: int
    stale: bool


class Missing(Record, frozen=True, kw_only=True):
    """A row that is not answered, why, and what would answer it."""

    id: str
    text: str
    reason: str
    step: str


class NextStep(Record, frozen=True, kw_only=True):
    """What to do next, which rows it answers, and to which verdicts its answers could lead."""

    id: str
    text: str
    answers: tuple[str, ...]
    could_become: tuple[str, ...]
    time_critical: bool


class Rules(Record, frozen=True, kw_only=True):
    """Under which versions was it judged?"""

    set: str
    version: str
    rows: dict[str, int]
    alternatives: dict[str, int]
    ictal: str


class Assessment(Record, frozen=True, kw_only=True):
    """The answer, with everything that made it: it can be stored, read back and judged again."""

    verdict: Verdict
    sentences: tuple[str, str]
    criteria: tuple[Row, ...]
    rests_on_unverified: tuple[str, ...]
    differential: tuple[Alternative, ...]
    likeliest: str
    time_critical: tuple[str, ...]
    missing: tuple[Missing, ...]
    next_step: NextStep | None
    status: tuple[StatusSaid, ...]
    notes: tuple[str, ...]
    simulated: bool
    rules: Rules
    case: Case

    def row(self, id_: str) -> Row:
        """The row of this id."""
        return next(r for r in self.criteria if r.id == id_)


class Difference(Record, frozen=True, kw_only=True):
    """What became of a stored verdict under other rules."""

    before: Verdict
    after: Verdict
    rows: tuple[str, ...]
    rules: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Is the verdict the same, row by row?"""
        return self.before == self.after and not self.rows
