"""The records of this room: what a file says, what a gene is, and what is said of a variant.

Assumptions: 1. positions count from 1, as in VCF; 2. chromosomes have no `chr` (`9`, `X`, `MT`); 3. alleles are
indices of a record, 0 the reference; 4. fractions are of reads, 0 to 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from ictal.knowledge.types import Therapy


class Direction(StrEnum):
    """What a change does to the protein's function."""

    GAIN = "gain"
    LOSS = "loss"
    MIXED = "mixed"
    UNKNOWN = "unknown"


class Fit(StrEnum):
    """Does the kind of change fit the gene's known mechanism? `possible`: the kind fits, this change was not tested."""

    YES = "yes"
    POSSIBLE = "possible"
    NO = "no"
    UNKNOWN = "unknown"


class Tier(StrEnum):
    """How near the top a candidate belongs, before points are counted."""

    LEAD = "lead"
    POSSIBLE = "possible"
    UNLIKELY = "unlikely"


class Sex(StrEnum):
    """The child's sex as the X chromosome is read by it."""

    FEMALE = "female"
    MALE = "male"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Call:
    """One sample at one record: the alleles as indices (None where missing), phase, and reads."""

    alleles: tuple[int | None, ...] = ()
    phased: bool = False
    phase_set: str = ""
    depth: int | None = None
    reads: tuple[int | None, ...] = ()
    quality: float | None = None

    @property
    def missing(self) -> int:
        """How many alleles are not known? A call without any allele counts as one."""
        return sum(a is None for a in self.alleles) if self.alleles else 1

    def copies(self, allele: int) -> int:
        """How many copies of this allele were called?"""
        return self.alleles.count(allele)

    def fraction(self, allele: int) -> float | None:
        """Which share of the reads shows this allele? None where reads were not counted."""
        total = sum(n for n in self.reads if n is not None)
        if not total or allele >= len(self.reads) or self.reads[allele] is None:
            return None
        return (self.reads[allele] or 0) / total


@dataclass(frozen=True, slots=True)
class Record:
    """One line of a VCF: place, alleles, the raw INFO, and the samples that were asked for, in that order."""

    chromosome: str
    position: int
    ref: str
    alts: tuple[str, ...]
    filters: tuple[str, ...]
    info: str
    calls: tuple[Call, ...]
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Header:
    """What a VCF says of itself: samples, contigs with their lengths, assembly, and how each annotation is laid out."""

    samples: tuple[str, ...]
    contigs: Mapping[str, int]
    assembly: str
    annotations: Mapping[str, tuple[str, ...]]
    info: frozenset[str]
    frequencies: frozenset[str] = frozenset()
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class Annotation:
    """What an annotator said of one allele in one transcript; `fields` holds all of it by lower-case names."""

    gene: str
    gene_id: str
    transcript: str
    consequences: tuple[str, ...]
    hgvs_c: str
    hgvs_p: str
    mane: bool
    canonical: bool
    fields: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Gene:
    """A gene of the panel with its evidence for EIMFS, each sentence with source and provenance."""

    symbol: str
    inheritance: tuple[str, ...]
    direction: Direction
    mechanism: str
    truncating: str
    missense: str
    evidence: str
    source: tuple[str, ...]
    provenance: str
    reviewed: date
    expires: date
    aliases: tuple[str, ...] = ()
    phenotypes: tuple[str, ...] = ()
    share: str = ""
    note: str = ""
    place: tuple[str, int, int] | None = None
    onset_days: tuple[float, float] | None = None
    onset_source: str = ""
    loss_causes: str = ""


@dataclass(frozen=True, slots=True)
class KnownVariant:
    """A change that was told of before, by its number on MANE Select."""

    gene: str
    protein: str
    direction: Direction
    text: str
    source: tuple[str, ...]
    provenance: str
    expires: date
    coding: str = ""
    tested: bool = False


@dataclass(frozen=True, slots=True)
class ClinVarEntry:
    """One row of ClinVar: the packaged snapshot's, or the user's file's."""

    gene: str
    chromosome: str
    position: int
    ref: str
    alt: str
    identifier: str
    significance: str
    stars: int | None
    consequence: str = ""


@dataclass(frozen=True, slots=True)
class Following:
    """A cited sentence on what follows, with its sources written out and what must stand on its face today."""

    said: Therapy
    sources: tuple[str, ...]
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Criterion:
    """One ACMG/AMP rule that fired: its code with strength (`PM2_Supporting`) and why."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The points of a variant: rules that fired, rules that could not be judged, and what both schemes make of them."""

    criteria: tuple[Criterion, ...]
    not_judged: tuple[Criterion, ...]
    points: int
    classification: str
    rules_2015: str


@dataclass(frozen=True, slots=True)
class Inheritance:
    """How the child came by a variant, as a mode (`de_novo`), in words, and how sure that is."""

    mode: str
    words: str
    fits: str
    fraction: float | None = None
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """One allele of the child in one gene of the panel, and everything that is said of it."""

    rank: int
    tier: Tier
    score: float
    gene: Gene
    chromosome: str
    position: int
    ref: str
    alt: str
    genotype: str
    hgvs_c: str
    hgvs_p: str
    transcript: str
    consequence: str
    inheritance: Inheritance
    direction: Direction
    direction_reason: str
    fit: Fit
    verdict: Verdict
    frequency: float | None
    clinvar: str
    known: KnownVariant | None
    reasons: tuple[str, ...]
    cautions: tuple[str, ...]
    statements: tuple[Following, ...] = ()


@dataclass(frozen=True, slots=True)
class Trio:
    """What the file says about the roles: informative places, those against them, and how each other reading
    would do.
    """

    informative: int = 0
    impossible: int = 0
    new: int = 0
    sex: Sex = Sex.UNKNOWN
    sex_reason: str = ""
    words: str = ""
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Triage:
    """The answer to one file: ranked candidates, what was not looked at, and how the file was read."""

    candidates: tuple[Candidate, ...]
    child: str
    mother: str
    father: str
    assembly: str
    assembly_reason: str
    annotator: str
    trio: Trio
    records: int
    in_panel: int
    set_aside: Mapping[str, int]
    not_looked_at: tuple[str, ...]
    panel: str
    clinvar: str
    genes: tuple[str, ...]
    hpo: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    simulated: bool = False
