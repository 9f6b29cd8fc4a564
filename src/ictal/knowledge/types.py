"""The records of the data files. A field that a file does not give has the default that is written here."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Annotated, Literal

import msgspec

from ictal.base.statistics import wilson

Provenance = Literal["read", "unverified", "lead", "design"]
"""`read` at the address of its source; `unverified`: recalled and not checked; `lead`: found in a secondary report
that cites papers; `design`: our own inference for the software."""

Slug = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]*$")]
Words = Annotated[str, msgspec.Meta(min_length=1)]


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What all records of data files share: frozen, named fields, nothing unknown."""


class Source(Record, frozen=True, kw_only=True):
    """Where a statement comes from. `expires` and the other dates are the source's own, where it states them."""

    id: Slug
    title: Words
    address: str = ""
    doi: str = ""
    pmid: str = ""
    citation: str = ""
    authors: str = "not stated where it was read"
    disclosures: str = "not stated where it was read"
    released: date | None = None
    updated: date | None = None
    expires: date | None = None

    def fault(self) -> tuple[str, str] | None:
        """Which field is wrong, and what is the mend?"""
        if not (self.address or self.doi or self.pmid or self.citation):
            return "title", "has no `address`, `doi`, `pmid` or `citation`: give at least one"
        return _order(("released", self.released), ("updated", self.updated), ("expires", self.expires))

    @property
    def locator(self) -> str:
        """The shortest way to find it."""
        if self.doi:
            return f"doi:{self.doi}"
        return f"PMID {self.pmid}" if self.pmid else self.address or self.citation


class Number(Record, frozen=True, kw_only=True):
    """A number with its interval and n. Of `count` and `of` the share and its Wilson interval are computed."""

    what: Words
    value: float | None = None
    unit: str = ""
    low: float | None = None
    high: float | None = None
    interval: str = ""
    count: int | None = None
    of: int | None = None
    n: int | None = None

    def fault(self) -> tuple[str, str] | None:
        """Which field is wrong, and what is the mend?"""
        if (self.count is None) != (self.of is None):
            return "numbers", f"number '{self.what}' needs `count` and `of` together"
        if self.count is not None and self.of is not None and not 0 <= self.count <= self.of:
            return "numbers", f"number '{self.what}' has {self.count} of {self.of}: a count lies between 0 and `of`"
        if self.low is not None and self.high is not None and self.low > self.high:
            return "numbers", f"number '{self.what}' has `low` {self.low:g} above `high` {self.high:g}: exchange them"
        if (self.low is not None or self.high is not None) and not self.interval:
            return "numbers", f"number '{self.what}' has ends and no `interval`: say what they are (range, 95 % CI)"
        if self.value is None and self.count is None and self.low is None and self.high is None:
            return "numbers", f"number '{self.what}' has no value: give `value`, `count` and `of`, or `low` and `high`"
        return None

    @property
    def text(self) -> str:
        """`died: 3 of 14 (21 %, Wilson 95 % 8-48)`, `onset: mean 3 months`."""
        parts = []
        if self.count is not None and self.of:
            ends = wilson(self.count, self.of) or (0.0, 1.0)
            low, high = (round(100 * end) for end in ends)
            parts.append(f"{self.count} of {self.of} ({100 * self.count / self.of:.0f} %, Wilson 95 % {low}-{high})")
        if self.value is not None:
            parts.append(f"{self.value:g} {self.unit}".strip())
        if self.low is not None or self.high is not None:
            low_text, high_text = ("" if end is None else f"{end:g}" for end in (self.low, self.high))
            unit = "" if self.value is not None else f" {self.unit}".rstrip()
            parts.append(f"({self.interval} {low_text}-{high_text}{unit})")
        if self.n is not None:
            parts.append(f"(n = {self.n})")
        return f"{self.what}: {' '.join(parts)}"


class Dated(Record, frozen=True, kw_only=True):
    """What an entry of our own has: when it was released here, last reviewed, and when it expires."""

    id: Slug
    provenance: Provenance
    sources: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    released: date
    reviewed: date
    expires: date
    confidence: Literal["high", "medium", "low", ""] = ""

    def fault(self) -> tuple[str, str] | None:
        """Which field is wrong, and what is the mend?"""
        if self.provenance == "unverified" and not self.confidence:
            return "provenance", "is `unverified` and has no `confidence`: say `high`, `medium` or `low`"
        if self.provenance != "unverified" and self.confidence:
            return "confidence", "has a `confidence`, which only what is `unverified` has: remove it"
        wrong = _order(("released", self.released), ("reviewed", self.reviewed), ("expires", self.expires))
        if wrong is None and self.expires == self.reviewed:
            return "expires", f"expires on the day of its review ({self.expires}): give a later day"
        return wrong

    def stale(self, today: date) -> bool:
        """Is it past its date? It still holds on the day itself."""
        return self.expires < today

    @property
    def tag(self) -> str:
        """`read`, `unverified (high confidence)`, `lead`, `design`."""
        return f"{self.provenance} ({self.confidence} confidence)" if self.confidence else self.provenance


class Statement(Dated, frozen=True, kw_only=True):
    """One sentence that is held to be so, in our own words."""

    text: Words
    numbers: tuple[Number, ...] = ()
    outcome: str = ""
    """How the outcome that is counted was defined, where the source says so."""
    caution: str = ""
    genes: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    check: str = ""
    """What somebody with the paper should look up."""

    def fault(self) -> tuple[str, str] | None:
        """Which field is wrong, and what is the mend?"""
        return super().fault() or next((f for n in self.numbers if (f := n.fault())), None)


class Therapy(Statement, frozen=True, kw_only=True):
    """What follows from the direction of a change: never said without direction, evidence and caution."""

    kind: Literal["option", "caution", "trial"]
    genes: Annotated[tuple[Words, ...], msgspec.Meta(min_length=1)]
    """Of which genes; `*`: whatever the cause."""
    directions: Annotated[tuple[Literal["gain", "loss", "mixed"], ...], msgspec.Meta(min_length=1)]
    evidence: Words

    def fault(self) -> tuple[str, str] | None:
        """Which field is wrong, and what is the mend?"""
        if not self.caution and self.kind != "caution":
            return "kind", f"is an {self.kind} without a `caution`: say what is watched, or what is not known"
        return super().fault()

    def holds(self, gene: str) -> bool:
        """Does it speak of this gene, by name or as one of all causes?"""
        return gene in self.genes or "*" in self.genes


class Identifier(Record, frozen=True, kw_only=True):
    """One id of the syndrome in one system."""

    system: Words
    id: Words
    provenance: Provenance
    note: str = ""


class Name(Dated, frozen=True, kw_only=True):
    """One thing under all its names, with its ids and where the names come from."""

    title: Words
    names: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    ids: tuple[Identifier, ...] = ()
    history: tuple[str, ...] = ()


class Series(Dated, frozen=True, kw_only=True):
    """One published series of infants: n, onset, counts. What is not given was not known to us."""

    title: Words
    year: int
    place: str = ""
    infants: int | None = None
    genes: str = ""
    text: str = ""
    numbers: tuple[Number, ...] = ()
    onset_mean_days: float | None = None
    onset_low_days: float | None = None
    onset_high_days: float | None = None
    onset_kind: str = ""

    def fault(self) -> tuple[str, str] | None:
        """Which field is wrong, and what is the mend?"""
        return super().fault() or next((f for n in self.numbers if (f := n.fault())), None)


class Check(Record, frozen=True, kw_only=True):
    """Something that nobody could verify yet, most important first."""

    id: Slug
    text: Words


def _order(*dates: tuple[str, date | None]) -> tuple[str, str] | None:
    """The first date that lies before one that has to come earlier."""
    known = [(name, day) for name, day in dates if day is not None]
    for (first, earlier), (second, later) in pairwise(known):
        if later < earlier:
            return second, f"has `{second}` {later} before `{first}` {earlier}: the later one must not come first"
    return None
