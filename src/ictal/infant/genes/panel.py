"""What is known: the genes of the panel, changes told of before, ClinVar's snapshot.

Every file is read with a schema: an unknown field, a missing source or a wrong word is refused with its place in the
file.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Literal

import msgspec

from ictal.base.errors import TableError, reason_of
from ictal.base.files import read_toml
from ictal.infant.genes.coordinates import select_of
from ictal.infant.genes.types import ClinVarEntry, Direction, Gene, KnownVariant

Provenance = Literal["read", "unverified", "lead", "design"]
Way = Literal["gain", "loss", "mixed", "unknown"]
Suits = Literal["fits", "possible", "against", "unknown"]
_PLACE = re.compile(r"^(?:chr)?([0-9]{1,2}|X|Y):([0-9]{1,10})-([0-9]{1,10})$")


class GeneRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One gene as a file says it."""

    symbol: str
    inheritance: tuple[Literal["AD", "AR", "XL"], ...]
    direction: Way
    mechanism: str
    source: tuple[str, ...]
    provenance: Provenance
    truncating: Suits = "unknown"
    missense: Suits = "possible"
    evidence: Literal["strong", "moderate", "limited", "weak"] = "limited"
    aliases: tuple[str, ...] = ()
    phenotypes: tuple[str, ...] = ()
    share: str = ""
    note: str = ""
    place: str = ""
    onset_days: tuple[float, float] | None = None
    onset_source: str = ""
    loss_causes: str = ""


class PanelFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of genes."""

    version: str
    reviewed: date
    expires: date
    gene: tuple[GeneRow, ...]
    released: date | None = None
    sources: dict[str, str] = {}


class KnownRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One change that was told of before."""

    gene: str
    protein: str
    direction: Way
    text: str
    source: tuple[str, ...]
    provenance: Provenance
    coding: str = ""
    tested: bool = False


class KnownFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file of changes that were told of before."""

    reviewed: date
    expires: date
    variant: tuple[KnownRow, ...]
    sources: dict[str, str] = {}


def packaged_genes() -> tuple[Gene, ...]:
    """The genes that come with Ictal."""
    return _genes(_packaged_panel(), "the packaged panel")


@cache
def _packaged_panel() -> PanelFile:
    return msgspec.toml.decode(_packaged("panel.toml"), type=PanelFile)


def panel_words() -> str:
    """Which panel is this, how many genes, and until when does it hold?"""
    file = _packaged_panel()
    return f"EIMFS panel {file.version}: {len(file.gene)} genes, reviewed {file.reviewed}, expires {file.expires}"


def panel_expires() -> date:
    """Until when does the packaged panel hold without another review?"""
    return _packaged_panel().expires


def read_genes(path: Path) -> tuple[Gene, ...]:
    """The genes of a user's own file (TOML, the same fields as the packaged panel)."""
    try:
        file = msgspec.toml.decode(read_toml(path), type=PanelFile)
    except OSError as error:
        raise TableError(f"The gene file '{path.name}' cannot be read: {reason_of(error)}.") from None
    except RecursionError:
        raise TableError(f"The gene file '{path.name}' is nested too deeply.") from None
    except (msgspec.DecodeError, ValueError) as error:
        raise TableError(
            f"The gene file '{path.name}' cannot be used: {error}. docs/variants.md shows one that can."
        ) from None
    return _genes(file, f"'{path.name}'")


def _genes(file: PanelFile, where: str) -> tuple[Gene, ...]:
    if file.reviewed > file.expires:
        raise TableError(f"{where}: it expires ({file.expires}) before it was reviewed ({file.reviewed}).")
    found: dict[str, Gene] = {}
    for row in file.gene:
        if row.symbol in found:
            raise TableError(f"{where}: the gene {row.symbol} is there twice: keep one.")
        if not row.source or not row.inheritance:
            raise TableError(f"{where}: the gene {row.symbol} needs a source and an inheritance (AD, AR, XL).")
        found[row.symbol] = Gene(
            symbol=row.symbol,
            inheritance=row.inheritance,
            direction=Direction(row.direction),
            mechanism=row.mechanism,
            truncating=row.truncating,
            missense=row.missense,
            evidence=row.evidence,
            source=tuple(file.sources.get(key, key) for key in row.source),
            provenance=row.provenance,
            reviewed=file.reviewed,
            expires=file.expires,
            aliases=row.aliases,
            phenotypes=row.phenotypes,
            share=row.share,
            note=row.note,
            place=_place(row, where),
            onset_days=row.onset_days,
            loss_causes=row.loss_causes,
            onset_source=file.sources.get(row.onset_source, row.onset_source),
        )
    return tuple(found.values())


def _place(row: GeneRow, where: str) -> tuple[str, int, int] | None:
    if not row.place:
        known = select_of(row.symbol)
        return None if known is None else (known.chromosome, known.start, known.stop)
    match = _PLACE.match(row.place)
    if match is None or int(match[2]) > int(match[3]):
        raise TableError(
            f"{where}: the place '{row.place[:40]}' of {row.symbol} must be like 9:135702185-135795508 (GRCh38)."
        )
    return match[1], int(match[2]), int(match[3])


@cache
def known_variants() -> tuple[KnownVariant, ...]:
    """Changes that were told of before, with their direction."""
    file = msgspec.toml.decode(_packaged("known.toml"), type=KnownFile)
    return tuple(
        KnownVariant(
            gene=row.gene,
            protein=row.protein,
            direction=Direction(row.direction),
            text=row.text,
            source=tuple(file.sources[key] for key in row.source),
            provenance=row.provenance,
            expires=file.expires,
            coding=row.coding,
            tested=row.tested,
        )
        for row in file.variant
    )


SNAPSHOT = (
    "packaged ClinVar of 2024-12-15: pathogenic or likely pathogenic with two stars or more, GRCh38; "
    "it has no benign and "
    "no uncertain entries, so absence from it says nothing"
)


@cache
def clinvar_snapshot() -> tuple[ClinVarEntry, ...]:
    """The packaged rows of ClinVar in the genes of the panel (see `SNAPSHOT` for its limits)."""
    lines = [line for line in _packaged("clinvar.tsv").splitlines() if line and not line.startswith("#")]
    rows = (line.split("\t") for line in lines[1:])
    return tuple(ClinVarEntry(r[0], r[1], int(r[2]), r[3], r[4], r[5], r[6], int(r[7]), r[8]) for r in rows)


def _packaged(name: str) -> str:
    return (resources.files("ictal.infant.genes") / "data" / name).read_text(encoding="utf-8")
