"""What does ClinVar say of this change, and of others at the same residue? The packaged snapshot, or the user's
own file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from ictal.base.errors import TableError
from ictal.infant.genes.alleles import trimmed
from ictal.infant.genes.coordinates import select_of
from ictal.infant.genes.panel import SNAPSHOT, clinvar_snapshot
from ictal.infant.genes.types import ClinVarEntry, Gene
from ictal.infant.genes.vcf import open_vcf

STARS = {
    "practice_guideline": 4,
    "reviewed_by_expert_panel": 3,
    "criteria_provided,_multiple_submitters,_no_conflicts": 2,
    "criteria_provided,_multiple_submitters": 2,
    "criteria_provided,_conflicting_classifications": 1,
    "criteria_provided,_conflicting_interpretations": 1,
    "criteria_provided,_single_submitter": 1,
}
_FIELD = re.compile(r"(?:^|;)(CLNSIG|CLNREVSTAT|GENEINFO|MC)=([^;]*)")


@dataclass(frozen=True)
class ClinVar:
    """Entries by allele and by residue of MANE Select, and a sentence on where they are from."""

    source: str
    _alleles: dict[tuple[str, int, str, str], ClinVarEntry] = field(default_factory=dict)
    _residues: dict[tuple[str, int], list[ClinVarEntry]] = field(default_factory=dict)

    def of(self, chromosome: str, place: tuple[int, str, str]) -> ClinVarEntry | None:
        """The entry of exactly this allele, given in its shortest form."""
        return self._alleles.get((chromosome, *place))

    def at_residue(self, gene: str, residue: int, but: ClinVarEntry | None) -> tuple[ClinVarEntry, ...]:
        """Other pathogenic missense entries at this residue."""
        here = self._residues.get((gene, residue), [])
        return tuple(e for e in here if e is not but and pathogenic(e) and "missense" in e.consequence)


def pathogenic(entry: ClinVarEntry) -> bool:
    """Is it pathogenic or likely pathogenic, without conflict?"""
    words = entry.significance.lower()
    return "pathogenic" in words and "conflicting" not in words and "benign" not in words


def benign(entry: ClinVarEntry) -> bool:
    """Is it benign or likely benign, without conflict?"""
    words = entry.significance.lower()
    return "benign" in words and "conflicting" not in words and "pathogenic" not in words


@cache
def packaged() -> ClinVar:
    """The snapshot that comes with Ictal."""
    return _indexed(clinvar_snapshot(), SNAPSHOT)


def read_clinvar(path: Path, genes: Sequence[Gene]) -> ClinVar:
    """The user's own ClinVar file: the VCF that NCBI gives out (GRCh38), whole or cut to the genes."""
    places = [g.place for g in genes if g.place is not None]
    entries: list[ClinVarEntry] = []
    date = "no date"
    with open_vcf(path, samples=()) as variants:
        if "CLNSIG" not in variants.header.info:
            raise TableError(
                f"'{path.name}' has no field CLNSIG, so it is not ClinVar's VCF: give the one of NCBI, GRCh38."
            )
        told = re.search(r"fileDate=(\S+)", variants.header.assembly)
        date = told[1] if told else date
        if "GRCh37" in variants.header.assembly:
            raise TableError(f"'{path.name}' is ClinVar for GRCh37: give the one for GRCh38.")
        for record in variants.records:
            if not any(c == record.chromosome and low <= record.position <= high for c, low, high in places):
                continue
            fields = dict(_FIELD.findall(record.info))
            for alt in record.alts:
                entries.append(
                    ClinVarEntry(
                        gene=fields.get("GENEINFO", "").partition(":")[0],
                        chromosome=record.chromosome,
                        position=record.position,
                        ref=record.ref,
                        alt=alt,
                        identifier="",
                        significance=fields.get("CLNSIG", "not given"),
                        stars=STARS.get(fields.get("CLNREVSTAT", ""), 0),
                        consequence=fields.get("MC", ""),
                    )
                )
    return _indexed(entries, f"the given ClinVar file '{path.name}' ({date}), {len(entries)} entries in the panel")


def _indexed(entries: Iterable[ClinVarEntry], source: str) -> ClinVar:
    found = ClinVar(source)
    for entry in entries:
        found._alleles[(entry.chromosome, *trimmed(entry.position, entry.ref, entry.alt))] = entry
        select = select_of(entry.gene)
        residue = select.residue(entry.position) if select is not None else None
        if residue is not None:
            found._residues.setdefault((entry.gene, residue), []).append(entry)
    return found
