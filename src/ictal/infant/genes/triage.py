"""The one composer of this room: a VCF in, a ranked short list with reasons out.

read (vcf, binary) -> which gene (panel) -> what it says (annotations, mechanism) -> how it came (inheritance, family)
-> rules and points (evidence, clinvar) -> order and words (rank) -> what follows (follow)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from ictal.base.errors import TableError, UsageError
from ictal.infant.genes import panel
from ictal.infant.genes.alleles import Allele, alleles_of, star_of
from ictal.infant.genes.annotations import Annotator, best, carries_frequency, frequency_of, in_gene
from ictal.infant.genes.assembly import assembly_of, beyond_the_end, check_assembly
from ictal.infant.genes.binary import open_with_pysam
from ictal.infant.genes.clinvar import ClinVar, packaged, pathogenic, read_clinvar
from ictal.infant.genes.evidence import SPLICE_AI, Facts, clinvar_words, judge
from ictal.infant.genes.family import CONFIRMING_PLACES, Relations, on_x_alone
from ictal.infant.genes.follow import follow
from ictal.infant.genes.inheritance import Asked, Half, inheritance_of, pairs
from ictal.infant.genes.mechanism import Meaning, direction_of, fit_of, known_of, meaning_of
from ictal.infant.genes.phenotype import terms_of, typical
from ictal.infant.genes.rank import place_of
from ictal.infant.genes.types import (
    Annotation,
    Candidate,
    ClinVarEntry,
    Fit,
    Gene,
    Header,
    Inheritance,
    Record,
    Sex,
    Tier,
    Triage,
    Trio,
)
from ictal.infant.genes.vcf import Variants, is_binary, open_vcf

LOW_QUALITY, LOW_DEPTH = 20.0, 8
"""A call below either is said to be weak (our choice)."""

NOT_LOOKED_AT = (
    "coverage: a place without a line in the file may be unread, not normal",
    "copy number changes, unless they stand in the file as <DEL> or <DUP>",
    "repeats, and changes deep in introns or in regulators",
    "mosaicism below what the caller called or counted reads for",
    "genes outside the panel",
)


@dataclass(frozen=True)
class Question:
    """What is asked of a file: who is who, what is known of the child, and which knowledge is used."""

    child: str = ""
    mother: str = ""
    father: str = ""
    sex: Sex = Sex.UNKNOWN
    hpo: tuple[str, ...] = ()
    onset_days: float | None = None
    migrating: bool | None = None
    genes_file: Path | None = None
    clinvar_file: Path | None = None
    trust_roles: bool = False
    today: date | None = None
    reader: str = "auto"


@dataclass
class _Found:
    """One allele of the child in one gene, before pairs of alleles are looked for."""

    record: Record
    allele: Allele
    gene: Gene
    annotation: Annotation | None
    meaning: Meaning
    entry: ClinVarEntry | None
    inheritance: Inheritance = field(default_factory=lambda: Inheritance("unknown", "", ""))
    partner: int | None = None


def triage(path: Path, question: Question | None = None) -> Triage:
    """Which variants of this child fit the disease, in which order, and what follows?

    Raises
    ------
    TableError
        The file is no VCF, is damaged, is on another assembly, or its samples are no trio.
    UsageError
        A sample that was named is not there, or none was named and there are several.
    """
    asked = question or Question()
    hpo = terms_of(asked.hpo)
    genes = _genes(asked.genes_file)
    clinvar = packaged() if asked.clinvar_file is None else read_clinvar(asked.clinvar_file, genes)
    roles = _roles(path, asked)
    with _open(path, asked.reader, roles) as variants:
        reading = _Reading(variants.header, (genes, clinvar), roles, path.name)
        found = reading.walk(variants.records)
    trio = reading.relations.judge(asked.trust_roles)
    trio = replace(trio, sex=asked.sex, sex_reason="as given") if asked.sex is not Sex.UNKNOWN else trio
    weighed = _Weighing(asked, reading, trio, typical(hpo) or bool(asked.migrating)).all(found)
    return _answer(weighed, (asked, hpo), reading, (roles, trio))


def _answer(
    candidates: tuple[Candidate, ...],
    told: tuple[Question, tuple[str, ...]],
    reading: _Reading,
    used: tuple[tuple[str, ...], Trio],
) -> Triage:
    asked, hpo = told
    roles, trio = used
    return Triage(
        candidates=candidates,
        child=roles[0],
        mother=asked.mother,
        father=asked.father,
        assembly=reading.assembly,
        assembly_reason=reading.assembly_reason,
        annotator=reading.annotator.kind,
        trio=trio,
        records=reading.records,
        in_panel=reading.in_panel,
        set_aside=dict(sorted(reading.set_aside.items())),
        not_looked_at=(*NOT_LOOKED_AT, *reading.not_seen()),
        panel=panel.panel_words(),
        clinvar=reading.clinvar.source,
        genes=tuple(g.symbol for g in reading.genes),
        hpo=hpo,
        warnings=(*([trio.doubt] if trio.doubt else []), *reading.warnings(asked.today or date.today())),
        simulated=reading.header.simulated,
    )


def _genes(extra: Path | None) -> tuple[Gene, ...]:
    genes = {g.symbol: g for g in panel.packaged_genes()}
    if extra is not None:
        genes |= {g.symbol: g for g in panel.read_genes(extra)}
    return tuple(genes.values())


def _open(path: Path, reader: str, samples: Sequence[str] | None) -> AbstractContextManager[Variants]:
    if reader == "pysam" or (reader == "auto" and is_binary(path)):
        return open_with_pysam(path, samples)
    return open_vcf(path, samples)


def _roles(path: Path, asked: Question) -> tuple[str, ...]:
    """Child, mother, father, as many as were named; the only sample is the child."""
    with _open(path, asked.reader, ()) as variants:
        samples = variants.header.samples
    if not samples:
        raise TableError(f"'{path.name}' has no samples (places alone): give a VCF with the child's genotypes.")
    child = asked.child
    if not child:
        left = [s for s in samples if s not in (asked.mother, asked.father)]
        if len(left) != 1:
            shown = ", ".join(samples[:8]) + (" ..." if len(samples) > 8 else "")
            raise UsageError(f"Which sample is the child? Name it with --child; '{path.name}' has: {shown}.")
        child = left[0]
    named = [name for name in (child, asked.mother, asked.father) if name]
    if len(set(named)) != len(named):
        raise UsageError(
            "Child, mother and father must be three different samples: check --child, --mother and --father."
        )
    return tuple(named)


class _Reading:
    """One pass over the records: what the file is, which alleles of the child lie in the panel, and what the
    roles say.
    """

    def __init__(
        self, header: Header, known: tuple[tuple[Gene, ...], ClinVar], roles: tuple[str, ...], name: str
    ) -> None:
        genes, self.clinvar = known
        self.header, self.name = header, name
        self._seen: set[tuple[str, str, int, str, str]] = set()
        self.genes = genes
        self.annotator = Annotator(header)
        self.assembly, self.assembly_reason = assembly_of(header)
        self._caution = check_assembly(self.assembly, bool(self.annotator.kind), name)
        self.grch38 = self.assembly == "GRCh38"
        self.relations = Relations(self.assembly, roles)
        self.records = self.in_panel = self._elsewhere = 0
        self.set_aside: Counter[str] = Counter()
        self._by_place: dict[str, list[tuple[int, int, Gene]]] = {}
        for gene in genes:
            if gene.place is not None and self.grch38:
                self._by_place.setdefault(gene.place[0], []).append((gene.place[1], gene.place[2], gene))
        self._by_name = {name: g for g in genes for name in (*g.aliases, g.symbol)}
        self._names = frozenset(self._by_name)

    def walk(self, records: Iterator[Record]) -> list[_Found]:
        """Read to the end; memory holds the alleles in the panel alone."""
        found: list[_Found] = []
        for record in records:
            self.records += 1
            if self.grch38 and beyond_the_end(record.chromosome, record.position):
                self._beyond(record)
            genes = self._genes_of(record)
            self.relations.see(record, bool(genes))
            if genes:
                self.in_panel += 1
                for gene in genes:
                    found += self._in(record, gene)
        return found

    def _beyond(self, record: Record) -> None:
        """A place that GRCh38 has not: an annotated file is read on by its names, another is refused."""
        where = f"{record.chromosome}:{record.position}"
        if not self.annotator.kind:
            raise TableError(
                f"'{self.name}', line {record.line}: {where} lies beyond the end of that chromosome "
                f"on GRCh38, so the file "
                "is on another assembly (GRCh37?): lift it over to GRCh38, or annotate it."
            )
        self.grch38, self._by_place = False, {}
        self.assembly, self.assembly_reason = "not GRCh38", f"{where} lies beyond the end of that chromosome on GRCh38"
        self._caution = (
            f"{where} lies beyond the end of that chromosome on GRCh38: the file is on another "
            f"assembly (GRCh37?); genes "
            "are taken from its annotation by name from there on, and places are compared with nothing"
        )

    def _genes_of(self, record: Record) -> list[Gene]:
        here = self._by_place.get(record.chromosome)
        genes: list[Gene] = []
        if here:
            stop = record.position + len(record.ref) - 1
            if any(alt.startswith("<") for alt in record.alts):
                stop = max([stop, *(a.stop for a in alleles_of(record))])
            genes = [gene for low, high, gene in here if record.position <= high and stop >= low]
        if self.annotator.kind:
            for name in self.annotator.symbols(record) & self._names:
                gene = self._by_name[name]
                if gene not in genes and self._may_name(record, gene):
                    genes.append(gene)
        return genes

    def _may_name(self, record: Record, gene: Gene) -> bool:
        """By name alone: always off GRCh38; on it only a gene without a place, or one that is named far from its
        place.
        """
        if self.grch38 and gene.place is not None:
            chromosome, low, high = gene.place
            if record.chromosome == chromosome and low - 10_000 <= record.position <= high + 10_000:
                return False
            self._elsewhere += 1
        return True

    def _in(self, record: Record, gene: Gene) -> list[_Found]:
        found = []
        for allele in alleles_of(record):
            if not record.calls[0].copies(allele.index):
                missing = record.calls[0].missing
                self.set_aside["not called in the child" if missing else "not in the child"] += 1
                continue
            key = (gene.symbol, record.chromosome, allele.position, allele.ref, allele.alt)
            if key in self._seen:
                self.set_aside["there twice"] += 1
                continue
            self._seen.add(key)
            told = in_gene(self.annotator.of(record, allele.index), gene) if self.annotator.kind else ()
            annotation = best(told, gene)
            at_home = self.grch38 and gene.place is not None and record.chromosome == gene.place[0]
            meaning = meaning_of(allele, gene, annotation, at_home)
            entry = None
            if self.grch38 and allele.kind == "small":
                entry = self.clinvar.of(record.chromosome, (allele.position, allele.ref, allele.alt))
            one = _Found(record, allele, gene, annotation, meaning, entry)
            if _worth(one):
                found.append(one)
            else:
                kind = meaning.consequences[0] if meaning.consequences else "unknown"
                self.set_aside[kind.replace("_", " ")] += 1
        return found

    def not_seen(self) -> tuple[str, ...]:
        """What this file in particular did not let one look at."""
        missing = []
        if not self.annotator.kind:
            missing.append("the effect on the protein: the file has no annotation (VEP's CSQ or SnpEff's ANN)")
        if "END" not in self.header.info and "SVTYPE" not in self.header.info:
            missing.append("structural changes: the file's header knows none")
        return tuple(missing)

    def warnings(self, today: date) -> tuple[str, ...]:
        """What a reader must know of this reading before its answer."""
        told = [self._caution] if self._caution else []
        if self._elsewhere:
            told.append(
                f"{self._elsewhere} records name a gene of the panel far from its place on GRCh38: is "
                f"the file on another "
                "assembly?"
            )
        if not self.records:
            told.append("the file has no records")
        if today > panel.panel_expires():
            told.append(f"the panel EXPIRED on {panel.panel_expires()}: its evidence may be out of date")
        return tuple(told)


class _Weighing:
    """From alleles to candidates: inheritance, pairs, rules, order, and what follows."""

    def __init__(self, asked: Question, reading: _Reading, trio: Trio, typical_signs: bool) -> None:
        self.asked, self.reading, self.clinvar, self.trio = asked, reading, reading.clinvar, trio
        self.today = asked.today or date.today()
        self.typical = typical_signs
        self.mother = 1 if asked.mother else None
        self.father = (2 if asked.mother else 1) if asked.father else None

    def all(self, found: list[_Found]) -> tuple[Candidate, ...]:
        """Every candidate, best first, ranked from 1."""
        for f in found:
            f.inheritance = self._inheritance(f)
        self._pair(found)
        weighed = [self._candidate(f, found) for f in found]
        order = {tier: i for i, tier in enumerate(Tier)}
        weighed.sort(key=lambda c: (order[c.tier], -c.score, c.gene.symbol, c.chromosome, c.position, c.alt))
        return tuple(replace(c, rank=i) for i, c in enumerate(weighed, start=1))

    def _inheritance(self, f: _Found) -> Inheritance:
        record = f.record
        return inheritance_of(
            Asked(
                calls=record.calls,
                mother=self.mother,
                father=self.father,
                allele=f.allele.index,
                x_alone=on_x_alone(record.chromosome, record.position, self.reading.assembly),
                sex=self.trio.sex,
                star=star_of(record),
            )
        )

    def _pair(self, kept: list[_Found]) -> None:
        """Two different alleles of a recessive gene, each rare, become a compound pair."""
        for gene in {f.gene.symbol: f.gene for f in kept}.values():
            if "AR" not in gene.inheritance:
                continue
            one_copy = {
                "maternal",
                "paternal",
                "unknown",
                "not_maternal",
                "not_paternal",
                "biparental",
                "mosaic_mother",
            }
            one_copy |= {"mosaic_father", "de_novo", "mosaic", "de_novo_mosaic"}
            halves = tuple(
                Half(i, f.inheritance.mode, f.record.calls[0], f.allele.index, f.allele.position)
                for i, f in enumerate(kept)
                if f.gene == gene
                and f.inheritance.mode in one_copy
                and f.meaning.kind != "silent"
                and not self._common(f)
            )
            for key, (mode, partner) in pairs(halves).items():
                other = kept[partner]
                name = other.meaning.hgvs_p or other.meaning.hgvs_c or f"{other.record.position} {other.allele.name}"
                how = (
                    "on the other copy"
                    if mode == "compound_heterozygous"
                    else "it is not known whether on the other copy"
                )
                words = f"{kept[key].inheritance.words}; with {name}, {how}"
                kept[key].inheritance = replace(kept[key].inheritance, mode=mode, words=words)
                kept[key].partner = partner

    def _common(self, f: _Found) -> bool:
        seen, _ = self._frequency(f)
        return seen is not None and seen > 0.01

    def _frequency(self, f: _Found) -> tuple[float | None, bool]:
        fields = f.annotation.fields if f.annotation else {}
        return frequency_of(fields, f.record.info, f.allele.index, self.reading.header.frequencies)

    def _candidate(self, f: _Found, kept: list[_Found]) -> Candidate:
        told = known_of(f.meaning, f.gene)
        direction = direction_of(f.meaning, f.gene, told, self.asked.onset_days)
        fit = fit_of(f.meaning, f.gene, direction[0], told[0])
        seen, carried = self._frequency(f)
        facts = Facts(
            gene=f.gene,
            meaning=f.meaning,
            inheritance=f.inheritance,
            frequency=seen,
            frequency_known=carried or self._carries(),
            known=told[0],
            neighbours=told[1],
            clinvar=self.clinvar,
            entry=f.entry,
            parents_confirmed=self.trio.informative >= CONFIRMING_PLACES and not self.asked.trust_roles,
            typical_phenotype=self.typical,
            partner=self._partner(f, kept),
            roles_doubtful=bool(self.trio.doubt) and not self.asked.trust_roles,
            fits=fit[0] in (Fit.YES, Fit.POSSIBLE),
            onset_days=self.asked.onset_days,
            migrating=self.asked.migrating,
            fields=f.annotation.fields if f.annotation else {},
        )
        verdict = judge(facts)
        place = place_of(facts, verdict, fit, direction, _weak(f))
        follows = follow(f.gene, direction[0], fit[0], place.tier, self.today)
        return Candidate(
            rank=0,
            tier=place.tier,
            score=place.score,
            gene=f.gene,
            chromosome=f.record.chromosome,
            position=f.record.position,
            ref=f.record.ref,
            alt=f.record.alts[f.allele.index - 1],
            genotype=_genotype(f),
            hgvs_c=f.meaning.hgvs_c,
            hgvs_p=f.meaning.hgvs_p,
            transcript=f.meaning.transcript,
            consequence="&".join(f.meaning.consequences),
            inheritance=replace(f.inheritance, fits=place.suits),
            direction=direction[0],
            direction_reason=direction[1],
            fit=fit[0],
            verdict=verdict,
            frequency=seen,
            clinvar=clinvar_words(facts.entry),
            known=told[0],
            reasons=place.reasons,
            cautions=tuple(f.said.text for f in follows if f.said.kind == "caution"),
            statements=follows,
        )

    def _carries(self) -> bool:
        """Does the file's annotation know a population at all (an empty field then means: not seen there)?"""
        header = self.reading.header
        return bool(header.frequencies) or carries_frequency((*self.reading.annotator.fields, *header.info))

    def _partner(self, f: _Found, kept: list[_Found]) -> str:
        if f.partner is None:
            return ""
        other = kept[f.partner]
        strong = other.meaning.kind == "truncating" or (other.entry is not None and pathogenic(other.entry))
        return "strong" if strong else "weak"


def _worth(f: _Found) -> bool:
    """Does it change the protein, may it change splicing, or does ClinVar know it?"""
    if f.meaning.kind != "silent" or f.entry is not None:
        return True
    fields = f.annotation.fields if f.annotation else {}
    return any(_above(text, SPLICE_AI) for name, text in fields.items() if "spliceai" in name and "_ds_" in name)


def _above(text: str, bound: float) -> bool:
    try:
        return float(text) >= bound
    except ValueError:
        return False


def _weak(f: _Found) -> str:
    """What is wrong with the call, if anything?"""
    call = f.record.calls[0]
    trouble = []
    if f.record.filters:
        trouble.append(f"the caller's filter says {', '.join(f.record.filters)}")
    if call.quality is not None and call.quality < LOW_QUALITY:
        trouble.append(f"genotype quality {call.quality:g}")
    if call.depth is not None and call.depth < LOW_DEPTH:
        trouble.append(f"{call.depth} reads")
    return f"weak call: {'; '.join(trouble)}" if trouble else ""


def _genotype(f: _Found) -> str:
    call = f.record.calls[0]
    return ("|" if call.phased else "/").join("." if a is None else str(a) for a in call.alleles)
