"""What did the annotator say of this allele? VEP's CSQ and SnpEff's ANN, each read by the layout in its own header."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import unquote

from ictal.infant.genes.coordinates import all_of, select_of
from ictal.infant.genes.types import Annotation, Gene, Header, Record

TRUNCATING = frozenset(
    {
        "transcript_ablation",
        "splice_acceptor_variant",
        "splice_donor_variant",
        "stop_gained",
        "frameshift_variant",
        "start_lost",
        "exon_loss_variant",
        "initiator_codon_variant",
        "feature_ablation",
        "gene_deletion",
    }
)
ALTERING = frozenset(
    {
        "missense_variant",
        "inframe_insertion",
        "inframe_deletion",
        "disruptive_inframe_insertion",
        "disruptive_inframe_deletion",
        "conservative_inframe_insertion",
        "conservative_inframe_deletion",
        "protein_altering_variant",
        "stop_lost",
        "transcript_amplification",
        "coding_sequence_variant",
        "rare_amino_acid_variant",
    }
)
NEAR_SPLICE = frozenset(
    {
        "splice_region_variant",
        "splice_donor_5th_base_variant",
        "splice_donor_region_variant",
        "splice_polypyrimidine_tract_variant",
    }
)
SILENT = frozenset(
    {
        "synonymous_variant",
        "start_retained_variant",
        "stop_retained_variant",
        "incomplete_terminal_codon_variant",
        "intron_variant",
        "5_prime_utr_variant",
        "3_prime_utr_variant",
        "5_prime_utr_premature_start_codon_gain_variant",
        "upstream_gene_variant",
        "downstream_gene_variant",
        "intergenic_variant",
        "intergenic_region",
        "intragenic_variant",
        "non_coding_transcript_variant",
        "non_coding_transcript_exon_variant",
        "non_coding_exon_variant",
        "nmd_transcript_variant",
        "mature_mirna_variant",
        "regulatory_region_variant",
        "tf_binding_site_variant",
        "conserved_intron_variant",
        "non_coding",
        "sequence_feature",
    }
)
_LONGER = {
    "missense": "missense_variant",
    "frameshift": "frameshift_variant",
    "splice_acceptor": "splice_acceptor_variant",
    "splice_donor": "splice_donor_variant",
    "splice_region": "splice_region_variant",
    "synonymous": "synonymous_variant",
    "intron": "intron_variant",
    "5_prime_utr": "5_prime_utr_variant",
    "3_prime_utr": "3_prime_utr_variant",
}
"""How `bcftools csq` calls what VEP and SnpEff call by a longer name."""
_ALLELE = ("allele", "alt")
_NAMES = {
    "gene": ("symbol", "gene_name", "gene_symbol", "hgnc"),
    "gene_id": ("gene", "gene_id"),
    "transcript": ("feature", "feature_id", "transcript"),
    "consequences": ("consequence", "annotation", "effect"),
    "hgvs_c": ("hgvsc", "hgvs.c", "hgvs_c"),
    "hgvs_p": ("hgvsp", "hgvs.p", "hgvs_p", "amino_acid_change"),
}
LONG = dict(
    zip(
        [
            "A",
            "R",
            "N",
            "D",
            "C",
            "Q",
            "E",
            "G",
            "H",
            "I",
            "L",
            "K",
            "M",
            "F",
            "P",
            "S",
            "T",
            "W",
            "Y",
            "V",
            "U",
            "*",
            "X",
        ],
        [
            "Ala",
            "Arg",
            "Asn",
            "Asp",
            "Cys",
            "Gln",
            "Glu",
            "Gly",
            "His",
            "Ile",
            "Leu",
            "Lys",
            "Met",
            "Phe",
            "Pro",
            "Ser",
            "Thr",
            "Trp",
            "Tyr",
            "Val",
            "Sec",
            "Ter",
            "Xaa",
        ],
        strict=True,
    )
)
_PAIR = re.compile(r"^(\d+)([A-Z*])>\d+([A-Z*])$")
_ONE_LETTER = re.compile(r"^p\.\(?([A-Z*])(\d+)([A-Z*]|fs.*|del|dup|=)\)?$")


class Annotator:
    """Reads the annotations of one file. `kind` is `CSQ`, `ANN` or what the file calls it; empty without any."""

    def __init__(self, header: Header) -> None:
        usable = {
            key: tuple(name.lower() for name in layout)
            for key, layout in header.annotations.items()
            if any(name.lower() in _NAMES["consequences"] for name in layout)
        }
        order = [*(k for k in ("CSQ", "ANN", "vep", "BCSQ") if k in usable), *usable]
        self.kind = order[0] if order else ""
        self._layout = usable.get(self.kind, ())
        self._where = {
            name: next((self._layout.index(n) for n in names if n in self._layout), None)
            for name, names in _NAMES.items()
        }
        self._allele = next((self._layout.index(n) for n in _ALLELE if n in self._layout), None)
        self._start = re.compile(rf"(?:^|;){re.escape(self.kind)}=([^;]*)") if self.kind else None

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that this file's annotation has, in lower case."""
        return self._layout

    def symbols(self, record: Record) -> set[str]:
        """Which genes does this record name? Fast: nothing else is read."""
        raw, at = self._raw(record), self._where["gene"]
        if not raw or at is None:
            return set()
        found = set()
        for entry in raw.split(","):
            parts = entry.split("|", at + 1)
            if len(parts) > at:
                found.add(parts[at])
        return found

    def of(self, record: Record, index: int) -> tuple[Annotation, ...]:
        """What is said of this alternative allele, one entry a transcript."""
        raw = self._raw(record)
        if not raw:
            return ()
        rows = [entry.split("|") for entry in raw.split(",")]
        chosen = [row for row in rows if self._speaks_of(row, record, index)]
        return tuple(self._annotation(row) for row in chosen)

    def _raw(self, record: Record) -> str:
        match = self._start.search(record.info) if self._start else None
        return match[1] if match else ""

    def _speaks_of(self, row: Sequence[str], record: Record, index: int) -> bool:
        if "allele_num" in self._layout:
            at = self._layout.index("allele_num")
            if at < len(row) and row[at].isdigit():
                return row[at] == str(index)
        if len(record.alts) == 1 or self._allele is None:
            return True
        return row[self._allele].strip().upper() in _names_of(record, index)

    def _annotation(self, row: Sequence[str]) -> Annotation:
        fields = {name: unquote(row[i].strip()) for i, name in enumerate(self._layout) if i < len(row)}

        def get(name: str) -> str:
            at = self._where[name]
            text = unquote(row[at].strip()) if at is not None and at < len(row) else ""
            return "" if text in ("-", ".") else text

        transcript, hgvs_c = get("transcript"), get("hgvs_c")
        if not transcript and ":" in hgvs_c:
            transcript = hgvs_c.partition(":")[0]
        select = fields.get("mane_select", "")
        mane = select not in ("", "-", ".") or "mane_select" in fields.get("mane", "").lower()
        return Annotation(
            gene=get("gene"),
            gene_id=get("gene_id"),
            transcript=transcript,
            consequences=tuple(
                _LONGER.get(part, part) for part in re.split(r"[&,]", get("consequences").lower()) if part
            ),
            hgvs_c=_after_colon(hgvs_c),
            hgvs_p=long_protein(_after_colon(get("hgvs_p"))) or _from_amino_acids(fields),
            mane=mane,
            canonical=fields.get("canonical", "") in ("YES", "1"),
            fields=fields,
        )


def _after_colon(name: str) -> str:
    return name.rpartition(":")[2]


def long_protein(name: str) -> str:
    """A protein's change with three-letter residues and `Ter`: `p.R474H` is `p.Arg474His`, and so is `474R>474H`."""
    pair = _PAIR.match(name)
    match = _ONE_LETTER.match(f"p.{pair[2]}{pair[1]}{pair[3]}" if pair else name)
    if match is None:
        return name.replace("*", "Ter") if re.search(r"\d+\*$", name) else name
    end = LONG.get(match[3], match[3])
    return f"p.{LONG.get(match[1], match[1])}{match[2]}{end}"


def _from_amino_acids(fields: Mapping[str, str]) -> str:
    """The protein's change where VEP gave no HGVS: `Amino_acids` R/H at `Protein_position` 474 (or 474/1235)."""
    place = fields.get("protein_position", "").partition("/")[0]
    before, _, after = fields.get("amino_acids", "").partition("/")
    if not place.isdigit() or before not in LONG or after not in LONG:
        return ""
    return f"p.{LONG[before]}{place}{LONG[after]}"


def _names_of(record: Record, index: int) -> set[str]:
    """How may an annotator call this allele? SnpEff as VCF; VEP without the base that all alleles share."""
    alt = record.alts[index - 1]
    names = {alt.upper()}
    if alt.startswith("<"):
        return names | {alt.strip("<>").upper(), {"DEL": "DELETION", "DUP": "DUPLICATION"}.get(alt.strip("<>"), alt)}
    written = [a for a in (record.ref, *record.alts) if not a.startswith(("<", "*"))]
    if len({a[:1] for a in written}) == 1 and any(len(a) != len(record.ref) for a in written):
        names.add(alt[1:] or "-")
    if alt[:1] == record.ref[:1]:
        names.add(alt[1:] or "-")
    return names


def in_gene(annotations: Sequence[Annotation], gene: Gene) -> tuple[Annotation, ...]:
    """Those that are about this gene, by any of its names or its Ensembl, NCBI or HGNC number."""
    names = {gene.symbol, *gene.aliases}
    mane = select_of(gene.symbol)
    if mane is not None:
        names |= {mane.ensembl.partition(".")[0], mane.ncbi, mane.hgnc, mane.hgnc.removeprefix("HGNC:")}
    return tuple(
        a
        for a in annotations
        if a.gene in names or a.gene_id.partition(".")[0] in names or a.fields.get("hgnc_id", "-") in names
    )


def best(annotations: Sequence[Annotation], gene: Gene) -> Annotation | None:
    """Which transcript speaks: MANE Select first, then MANE Plus Clinical, the canonical one, the most severe."""

    def order(a: Annotation) -> tuple[bool, bool, bool, bool, int, str]:
        known = all_of(gene.symbol)
        select = any(t.select and t.named(a.transcript) for t in known)
        plus = any(t.named(a.transcript) for t in known)
        return not select, not a.mane, not plus, not a.canonical, severity(a.consequences), a.transcript

    return min(annotations, key=order, default=None)


def is_select(annotation: Annotation, gene: Gene) -> bool:
    """Does this annotation count by MANE Select? By the accession where the panel has it, else as the annotator
    says.
    """
    select = select_of(gene.symbol)
    if select is None:
        return annotation.mane
    named = annotation.fields.get("mane_select", "")
    if annotation.mane and named and any(select.named(part) for part in named.split("&")):
        return True
    return select.named(annotation.transcript)


def severity(consequences: Sequence[str]) -> int:
    """0 truncating, 1 altering, 2 near a splice site, 3 the rest."""
    groups = (TRUNCATING, ALTERING, NEAR_SPLICE)
    return min((i for i, group in enumerate(groups) if group & set(consequences)), default=len(groups))


def frequency_of(
    fields: Mapping[str, str], info: str, index: int, also: frozenset[str] = frozenset()
) -> tuple[float | None, bool]:
    """The highest population frequency that the file carries for this allele, and whether it carries any at all.

    A field that is there and empty means that the source does not know the allele. INFO's own AF is of the samples
    of the file, and not used.
    """
    values: list[float] = []
    carried = False
    for name, text in fields.items():
        if name == "af" or _is_frequency(name):  # VEP's own AF is that of the 1000 Genomes
            carried = True
            values += _numbers(text.split("&"))
    for key, text in re.findall(r"(?:^|;)([^=;]+)=([^;]*)", info):
        if key in also or _is_frequency(key.lower()):
            carried = True
            parts = text.split(",")
            values += _numbers(parts[index - 1 : index] if len(parts) >= index else parts)
    return max(values, default=None), carried


def carries_frequency(names: Iterable[str]) -> bool:
    """Is one of these fields a population's frequency?"""
    return any(_is_frequency(name.lower()) for name in names)


_FREQUENCY = re.compile(
    r"^(?!.*(?:nhom|filter|_an$|_ac$))(?:.*gnomad.*af.*|.*exac.*af.*|af_gnomad.*|gnomad.*_all|exac_all|1000g.*_all|max_af|.*1000g.*af|popmax.*|af_(?:popmax|grpmax).*)$"
)


def _is_frequency(name: str) -> bool:
    return bool(_FREQUENCY.match(name)) and not name.endswith("_pops")


def _numbers(parts: Sequence[str]) -> list[float]:
    found = []
    for part in parts:
        try:
            value = float(part)
        except ValueError:
            continue
        if 0 <= value <= 1:
            found.append(value)
    return found
