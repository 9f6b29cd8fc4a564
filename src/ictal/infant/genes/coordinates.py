"""Where does a place on the genome lie in the transcript that everyone counts by (MANE Select, GRCh38)?

Numbers of residues are never compared as strings: an annotation on another transcript is brought here through its place
on the genome, and where that cannot be done it is refused.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources

COMPLEMENT = str.maketrans("ACGTNacgtn", "TGCANtgcan")
SPLICE_SITE_BASES = 2
NEAR_THE_END = 50
"""A stop within this many bases of the last junction of exons is taken to escape decay (Richards 2015; Abou
Tayoun 2018).
"""


@dataclass(frozen=True)
class Transcript:
    """A MANE transcript on GRCh38; `exons` is empty where the packaged source has none that fit."""

    symbol: str
    status: str
    ensembl: str
    hgnc: str
    ncbi: str
    refseq: str
    enst: str
    chromosome: str
    start: int
    stop: int
    forward: bool
    coding: tuple[int, int] | None
    exons: tuple[tuple[int, int], ...]

    @property
    def select(self) -> bool:
        """Is it MANE Select, not MANE Plus Clinical?"""
        return self.status == "MANE Select"

    def named(self, accession: str) -> bool:
        """Is this accession (RefSeq or Ensembl, with or without a version) this transcript?"""
        bare = accession.partition(".")[0]
        return bool(bare) and bare in (self.refseq.partition(".")[0], self.enst.partition(".")[0])

    @cached_property
    def pieces(self) -> tuple[tuple[int, int], ...]:
        """The exons in the order of the transcript."""
        return self.exons if self.forward else tuple(reversed(self.exons))

    def _along(self, position: int) -> int | None:
        """How many bases into the transcript, from 0? None within an intron or outside."""
        done = 0
        for low, high in self.pieces:
            if low <= position <= high:
                return done + (position - low if self.forward else high - position)
            done += high - low + 1
        return None

    @cached_property
    def _first(self) -> int:
        return self._along(self.coding[0] if self.forward else self.coding[1]) or 0 if self.coding else 0

    @cached_property
    def coding_length(self) -> int:
        """How many coding bases, the stop codon included?"""
        if self.coding is None:
            return 0
        low, high = self.coding
        return sum(max(0, min(b, high) - max(a, low) + 1) for a, b in self.exons)

    def coding_base(self, position: int) -> int | None:
        """Which coding base is this place (1 is the A of ATG)? None outside the coding exons."""
        along = self._along(position) if self.coding else None
        if along is None:
            return None
        base = along - self._first + 1
        return base if 1 <= base <= self.coding_length else None

    def residue(self, position: int) -> int | None:
        """Which residue does this place code for?"""
        base = self.coding_base(position)
        return None if base is None else (base + 2) // 3

    def number(self, position: int) -> str | None:
        """What is this place called in a coding name: `1421`, `100+5`, `101-2`, `-12`, `*34`?"""
        if self.coding is None or not (self.exons[0][0] <= position <= self.exons[-1][1]):
            return None
        along = self._along(position)
        if along is not None:
            return self._name(along)
        index = bisect_right([low for low, _ in self.exons], position) - 1
        before, after = self.exons[index][1], self.exons[index + 1][0]
        left, right = position - before, after - position
        nearer_left = left <= right if self.forward else left < right
        edge, far = (before, left) if nearer_left else (after, right)
        sign = "+" if nearer_left == self.forward else "-"
        at = self._along(edge)
        return None if at is None else f"{self._name(at)}{sign}{far}"

    def _name(self, along: int) -> str:
        base = along - self._first + 1
        if base > self.coding_length:
            return f"*{base - self.coding_length}"
        return str(base) if base >= 1 else str(base - 1)

    def describe(self, position: int, ref: str, alt: str) -> str:
        """The coding name of a change (`c.1421G>A`), made from the genome alone; empty where there is none."""
        if not ref and not alt:
            return ""
        stop = position + max(len(ref), 1) - 1
        low, high = self.number(position), self.number(stop)
        if low is None or high is None:
            return ""
        if not self.forward:
            low, high = high, low
            ref, alt = ref.translate(COMPLEMENT)[::-1], alt.translate(COMPLEMENT)[::-1]
        span = low if low == high else f"{low}_{high}"
        if len(ref) == len(alt) == 1:
            return f"c.{low}{ref}>{alt}"
        if not alt:
            return f"c.{span}del"
        if not ref:
            after = self.number(position - 1)
            here = self.number(position)
            if after is None or here is None:
                return ""
            pair = (after, here) if self.forward else (here, after)
            return f"c.{pair[0]}_{pair[1]}ins{alt}"
        return f"c.{span}delins{alt}"

    def at_splice_site(self, position: int, length: int) -> bool:
        """Does a change of this length touch one of the two bases beside a coding exon?"""
        if self.coding is None:
            return False
        stop = position + max(length, 1) - 1
        for _, high in self.exons[:-1]:
            if high >= self.coding[0] and high < self.coding[1] and position <= high + 2 and stop >= high + 1:
                return True
        for low, _ in self.exons[1:]:
            if self.coding[0] < low <= self.coding[1] and position <= low - 1 and stop >= low - SPLICE_SITE_BASES:
                return True
        return False

    def touches_coding(self, position: int, stop: int) -> bool:
        """Does this stretch of the genome hold coding bases?"""
        if self.coding is None:
            return position <= self.stop and stop >= self.start
        low, high = self.coding
        return any(max(a, low, position) <= min(b, high, stop) for a, b in self.exons)

    def escapes_decay(self, position: int) -> bool | None:
        """Would a stop at this place be read to the end (last exon, or the last 50 bases before it)? None: not
        known.
        """
        along = self._along(position)
        if along is None or not self.pieces:
            return None
        last = self.pieces[-1]
        before = sum(high - low + 1 for low, high in self.pieces) - (last[1] - last[0] + 1)
        return along >= before - NEAR_THE_END


@cache
def transcripts() -> tuple[Transcript, ...]:
    """Every MANE transcript of the packaged panel, from the packaged table."""
    text = (resources.files("ictal.infant.genes") / "data" / "transcripts.tsv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return tuple(_transcript(line.split("\t")) for line in lines[1:])


def _transcript(cells: list[str]) -> Transcript:
    pairs = tuple(_pair(part) for part in cells[12].split(",") if part)
    symbol, status, ensembl, hgnc, ncbi, refseq, enst, chromosome = cells[:8]
    return Transcript(
        symbol=symbol,
        status=status,
        ensembl=ensembl,
        hgnc=hgnc,
        ncbi=ncbi,
        refseq=refseq,
        enst=enst,
        chromosome=chromosome,
        start=int(cells[8]),
        stop=int(cells[9]),
        forward=cells[10] == "+",
        coding=_pair(cells[11]) if cells[11] else None,
        exons=tuple(sorted(pairs)),
    )


def _pair(text: str) -> tuple[int, int]:
    low, _, high = text.partition("-")
    return int(low), int(high)


@cache
def select_of(symbol: str) -> Transcript | None:
    """The MANE Select transcript of this gene, where the packaged table has one."""
    return next((t for t in transcripts() if t.symbol == symbol and t.select), None)


@cache
def all_of(symbol: str) -> tuple[Transcript, ...]:
    """MANE Select and MANE Plus Clinical of this gene."""
    return tuple(t for t in transcripts() if t.symbol == symbol)
