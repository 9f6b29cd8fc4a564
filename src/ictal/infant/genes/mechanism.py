"""What does a change do, does that fit how the gene causes the disease, and in which direction does it go?

The direction of a change is said only where a source told it of this change, where the kind of change settles it (a
truncation loses), where every change told of at the same residue goes one way, or where the age at onset speaks
(SCN2A). Else it is `unknown`, however the gene behaves as a rule.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ictal.infant.genes.alleles import Allele
from ictal.infant.genes.annotations import ALTERING, LONG, SILENT, TRUNCATING, is_select
from ictal.infant.genes.coordinates import Transcript, select_of
from ictal.infant.genes.panel import known_variants
from ictal.infant.genes.types import Annotation, Direction, Fit, Gene, KnownVariant

EARLY_ONSET_DAYS = 90
MOUSE = re.compile(r"^(ENSMUS|NM_.*mouse)", re.IGNORECASE)
_PROTEIN = re.compile(r"^p\.\(?([A-Z][a-z]{2})([0-9]{1,6})(?![0-9])(.*?)\)?$")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a change is in its gene: names, the residue on MANE Select, the kind, and what could not be said."""

    hgvs_c: str
    hgvs_p: str
    transcript: str
    consequences: tuple[str, ...]
    residue: int | None
    kind: str
    numbering: str
    escapes_decay: bool | None = None

    @property
    def altered(self) -> tuple[str, str] | None:
        """The residue before and after, where the protein's name tells (`Arg`, `His`)."""
        match = _PROTEIN.match(self.hgvs_p)
        return (match[1], match[3]) if match else None


def meaning_of(allele: Allele, gene: Gene, annotation: Annotation | None, grch38: bool) -> Meaning:
    """Names and kind of a change, from the annotation where there is one and from the genome where not."""
    select = select_of(gene.symbol) if grch38 else None
    if allele.kind != "small":
        return _large(allele, gene, select)
    if annotation is None:
        return _unannotated(allele, select)
    said = Meaning(
        hgvs_c=annotation.hgvs_c,
        hgvs_p=annotation.hgvs_p,
        transcript=annotation.transcript,
        consequences=annotation.consequences,
        residue=None,
        kind=_kind(annotation.consequences),
        numbering="",
        escapes_decay=_last_exon(annotation) if select is None else select.escapes_decay(allele.position),
    )
    by_place = None if select is None else select.residue(allele.position)
    if is_select(annotation, gene):
        if not said.hgvs_c and select is not None and by_place is not None:
            said = replace(said, hgvs_c=select.describe(allele.position, allele.ref, allele.alt))
        return _counted_by_select(said, by_place)
    return _brought_to_select(said, allele, select, by_place)


def _counted_by_select(said: Meaning, by_place: int | None) -> Meaning:
    """The numbers are those that everyone uses; where the place on the genome disagrees, that is said."""
    told = _PROTEIN.match(said.hgvs_p)
    number = int(told[2]) if told else by_place
    note = ""
    if said.kind == "missense" and None not in (number, by_place) and number != by_place:
        note = f"the file says residue {number}, but its place on GRCh38 is residue {by_place}: check the file"
    return replace(said, residue=number, numbering=note)


def _brought_to_select(said: Meaning, allele: Allele, select: Transcript | None, by_place: int | None) -> Meaning:
    """Another transcript's (or a mouse's) numbers become those of MANE Select by the place on the genome, or are
    refused.
    """
    other = f"{said.transcript or 'the annotated transcript'} is not MANE Select"
    if select is None or by_place is None or MOUSE.match(said.transcript):
        return replace(
            said, numbering=f"{other}, and its numbers could not be brought to it: they were compared with nothing"
        )
    told = _PROTEIN.match(said.hgvs_p)
    note, protein = f"{other}; the numbers are those of {select.refseq}, by the place on the genome", said.hgvs_p
    if told and int(told[2]) != by_place:
        note += f" (residue {told[2]} there, {by_place} on MANE Select)"
        protein = f"p.{told[1]}{by_place}{told[3]}" if said.kind != "in frame" else ""
    coding = select.describe(allele.position, allele.ref, allele.alt)
    return replace(
        said,
        hgvs_c=coding or said.hgvs_c,
        hgvs_p=protein,
        transcript=select.refseq,
        residue=by_place,
        numbering=note,
    )


def _kind(consequences: Sequence[str]) -> str:
    names = set(consequences)
    if names & TRUNCATING:
        return "truncating"
    if "missense_variant" in names:
        return "missense"
    if names & ALTERING:
        return "in frame"
    if any(n.startswith("splice") for n in names):
        return "near splice"
    return "silent" if names and names <= SILENT else "unknown"


def _last_exon(annotation: Annotation) -> bool | None:
    """From VEP's EXON or SnpEff's Rank (`30/31`): is it the last exon?"""
    text = annotation.fields.get("exon") or annotation.fields.get("rank", "")
    here, _, total = text.partition("/")
    return here == total if here.isdigit() and total.isdigit() else None


def _unannotated(allele: Allele, select: Transcript | None) -> Meaning:
    if select is None:
        return Meaning("", "", "", (), None, "unknown", "not annotated, and no transcript is known to place it in")
    coding = select.describe(allele.position, allele.ref, allele.alt)
    residue = select.residue(allele.position)
    escapes = select.escapes_decay(allele.position)
    kind, names = "silent", ("non_coding_variant",)
    if select.at_splice_site(allele.position, len(allele.ref)):
        kind, names = "truncating", ("splice_site_variant",)
    elif select.touches_coding(allele.position, allele.stop):
        if allele.shift % 3:
            kind, names = "truncating", ("frameshift_variant",)
        elif allele.shift:
            kind, names = "in frame", ("inframe_variant",)
        else:
            kind, names = "coding", ("coding_sequence_variant",)
    note = "no annotation in this gene: named by its place on GRCh38; what it does to the protein was not told"
    return Meaning(coding, "", select.refseq, names, residue, kind, note, escapes)


def _large(allele: Allele, gene: Gene, select: Transcript | None) -> Meaning:
    place = gene.place
    chromosome = place[0] if place else ""
    name = f"{allele.alt} {chromosome}:{allele.position}-{allele.stop}"
    coding = select.touches_coding(allele.position, allele.stop) if select is not None else True
    if not coding:
        return Meaning(name, "", "", ("intronic_structural_variant",), None, "silent", "")
    if allele.kind == "deletion":
        whole = place is not None and allele.position <= place[1] and allele.stop >= place[2]
        names = ("gene_deletion",) if whole else ("exon_deletion",)
        return Meaning(name, "", "", names, None, "truncating", "")
    return Meaning(name, "", "", ("structural_variant",), None, "structural", "")


def known_of(meaning: Meaning, gene: Gene) -> tuple[KnownVariant | None, tuple[KnownVariant, ...]]:
    """The same change told of before, and other changes told of at the same residue."""
    if meaning.residue is None:
        return None, ()
    here = [k for k in known_variants() if k.gene == gene.symbol and _number(k.protein) == meaning.residue]
    same = None
    for known in here:
        if (known.coding and known.coding == meaning.hgvs_c) or _same(known.protein, meaning):
            same = known
    others = tuple(
        k for k in here if k is not same and meaning.kind in ("missense", "coding") and "fs" not in k.protein
    )
    return same, others


def _number(protein: str) -> int | None:
    match = _PROTEIN.match(protein)
    return int(match[2]) if match else None


def _same(protein: str, meaning: Meaning) -> bool:
    told, known = meaning.altered, _PROTEIN.match(protein)
    if told is None or known is None or told[0] != known[1]:
        return False
    if known[3] == "fs":
        return "fs" in told[1]
    return told[1].replace("*", "Ter") == known[3] and (known[3] in LONG.values() or known[3] == "del")


def direction_of(
    meaning: Meaning, gene: Gene, told: tuple[KnownVariant | None, tuple[KnownVariant, ...]], onset_days: float | None
) -> tuple[Direction, str]:
    """Gain, loss, mixed or unknown, and on what that rests."""
    same, others = told
    if same is not None:
        return same.direction, f"told of this change ({same.provenance})"
    if meaning.kind == "truncating":
        return Direction.LOSS, "a truncation loses"
    ways = {k.direction for k in others}
    if meaning.kind == "missense" and len(ways) == 1:
        return others[
            0
        ].direction, f"as told of {others[0].protein} at the same residue (design; {others[0].provenance})"
    if meaning.kind == "missense" and gene.symbol == "SCN2A" and onset_days is not None:
        way = Direction.GAIN if onset_days < EARLY_ONSET_DAYS else Direction.LOSS
        return way, "presumed from the age at onset alone; p.Gly879Arg is a published exception (design)"
    if meaning.kind in ("missense", "in frame") and gene.inheritance == ("AR",) and gene.missense == "fits":
        return Direction.LOSS, "presumed: the gene's recessive disease is one of loss (design)"
    return Direction.UNKNOWN, "not told of this change"


def fit_of(meaning: Meaning, gene: Gene, direction: Direction, known: KnownVariant | None) -> tuple[Fit, str]:
    """Does the change fit the gene's known mechanism, and why?"""
    if meaning.kind == "truncating":
        return _fit_of_truncation(gene, known)
    if meaning.kind == "silent":
        return Fit.NO, "it does not change the protein as far as the file tells"
    if meaning.kind == "near splice":
        return Fit.UNKNOWN, "near a splice site: whether the protein changes is not known"
    if meaning.kind in ("structural", "coding", "unknown"):
        if known is not None:
            return Fit.YES, "a change told of before"
        return Fit.UNKNOWN, "what it does to the protein was not told"
    if gene.direction in (Direction.GAIN, Direction.LOSS) and direction not in (Direction.UNKNOWN, Direction.MIXED):
        if direction == gene.direction:
            return Fit.YES, f"the change goes the gene's way ({direction})"
        return Fit.NO, f"the change is told to go the other way ({direction}; the gene's way is {gene.direction})"
    if known is not None and direction is not Direction.UNKNOWN:
        return Fit.YES, f"a change told of before ({direction}) in a gene whose changes go {gene.direction}"
    if gene.missense == "fits":
        return Fit.YES, "such changes fit the gene's mechanism"
    return Fit.POSSIBLE, f"the kind of change fits the gene ({gene.direction}); this one's direction is not known"


def _fit_of_truncation(gene: Gene, known: KnownVariant | None) -> tuple[Fit, str]:
    if known is not None:
        return Fit.YES, "a truncation told of before in this disease"
    if gene.truncating == "fits":
        return Fit.YES, "a loss, as the gene's mechanism is"
    if gene.truncating == "against":
        other = f"it fits {gene.loss_causes}" if gene.loss_causes else "direction does not match"
        way = "gain, or gain and loss together" if gene.direction is Direction.MIXED else str(gene.direction)
        return Fit.NO, f"a truncation loses, but the gene causes EIMFS by {way}: {other}"
    return Fit.UNKNOWN, "whether a truncation of this gene causes EIMFS is not known"
