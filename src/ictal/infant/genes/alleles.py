"""What kind of allele is this, what is its shortest form, and how much of a gene does it touch?"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ictal.infant.genes.types import Record

_BREAKEND = re.compile(r"[\[\]]|^\.[A-Za-z]|[A-Za-z]\.$")
_NOT_AN_ALLELE = frozenset({"*", ".", "<*>", "<NON_REF>", "<X>"})


@dataclass(frozen=True, slots=True)
class Allele:
    """One alternative allele in its shortest form. `kind`: `small`, `deletion`, `duplication`, `structural`.

    `position` and `stop` are the reference bases that change; an insertion has `ref` empty and lies before `position`.
    """

    kind: str
    position: int
    stop: int
    ref: str
    alt: str
    index: int

    @property
    def name(self) -> str:
        """The kind as VCF writes it, or the alleles."""
        return self.alt if self.kind != "small" else f"{self.ref or '-'}>{self.alt or '-'}"

    @property
    def shift(self) -> int:
        """By how many bases does the length change?"""
        return len(self.alt) - len(self.ref)


def alleles_of(record: Record) -> tuple[Allele, ...]:
    """Every alternative allele of a record that is one: not `*`, not the open allele of a gVCF."""
    return tuple(
        _allele(record, alt, index)
        for index, alt in enumerate(record.alts, start=1)
        if alt not in _NOT_AN_ALLELE and alt != record.ref
    )


def star_of(record: Record) -> int | None:
    """Which allele stands for a deletion that began before (`*`)? None where there is none."""
    return record.alts.index("*") + 1 if "*" in record.alts else None


def trimmed(position: int, ref: str, alt: str) -> tuple[int, str, str]:
    """The same change with what both alleles share taken away: from the end first, as bcftools and vt do."""
    while ref and alt and ref[-1] == alt[-1]:
        ref, alt = ref[:-1], alt[:-1]
    while ref and alt and ref[0] == alt[0]:
        position, ref, alt = position + 1, ref[1:], alt[1:]
    return position, ref, alt


def _allele(record: Record, alt: str, index: int) -> Allele:
    if alt.startswith("<") or _BREAKEND.search(alt):
        return _large(record, alt, index)
    position, ref, short = trimmed(record.position, record.ref, alt)
    return Allele("small", position, position + max(len(ref), 1) - 1, ref, short, index)


def _large(record: Record, alt: str, index: int) -> Allele:
    name = alt.strip("<>").upper()
    kind = "structural"
    if name.startswith("DEL") or name == "CN0":
        kind = "deletion"
    elif name.startswith("DUP") or re.fullmatch(r"CN([2-9]|\d\d+)", name):
        kind = "duplication"
    start, stop = record.position + 1, record.position + 1
    if alt.startswith("<") and not name.startswith("INS"):
        stop = max(stop, _end(record))
    elif not alt.startswith("<"):
        start = stop = record.position
    return Allele(kind, start, stop, record.ref, alt, index)


def _end(record: Record) -> int:
    for key in ("END", "SVLEN"):
        match = re.search(rf"(?:^|;){key}=(-?[0-9]{{1,18}})(?![0-9])", record.info)
        if match:
            value = int(match[1])
            return value if key == "END" else record.position + abs(value)
    return record.position
