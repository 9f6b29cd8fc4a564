"""What files really hold: many alleles in a line, stars, large changes, other transcripts, other assemblies,
other names.
"""

from __future__ import annotations

import numpy as np
import pytest

from ictal.base.errors import TableError
from ictal.infant.genes.annotations import frequency_of, long_protein
from ictal.infant.genes.triage import Question, triage
from ictal.infant.genes.types import Sex, Tier
from tests.genes.build import (
    LENGTHS_37,
    R474H,
    R474H_CSQ,
    ann,
    bgzipped,
    csq,
    family_lines,
    golden,
    gzipped,
    header,
    line,
    write,
)

TRIO = Question(child="child", mother="mother", father="father")


def names(answer):
    return [(c.gene.symbol, c.hgvs_p or c.hgvs_c, c.inheritance.mode) for c in answer.candidates]


def test_each_allele_of_a_line_has_its_own_genotype_and_annotation(tmp_path):
    told = "CSQ=" + ",".join(
        [
            csq("KCNT1", "c.1421G>C", "p.Arg474Pro", "missense_variant", "C"),
            csq("KCNT1", "c.1421G>A", "p.Arg474His", "missense_variant", "A"),
            csq("KCNT1", "c.1421G>T", "p.Arg474Leu", "missense_variant", "T"),
        ]
    )
    answer = triage(write(tmp_path, line(*R474H[:3], "C,A,T", told, ("0/2", "0/1", "0/0"))), TRIO)
    assert names(answer) == [("KCNT1", "p.Arg474His", "de_novo")]
    both = triage(write(tmp_path, line(*R474H[:3], "C,A,T", told, ("1/2", "0/1", "0/0"))), TRIO)
    assert set(names(both)) == {("KCNT1", "p.Arg474His", "de_novo"), ("KCNT1", "p.Arg474Pro", "maternal")}


@pytest.mark.parametrize("annotator", ["CSQ", "ANN"])
def test_alleles_of_different_lengths_are_matched_as_each_annotator_writes_them(tmp_path, annotator):
    make = csq if annotator == "CSQ" else ann
    short = {"CSQ": ("-", "GT"), "ANN": ("C", "CGT")}[annotator]
    told = ",".join(
        [
            make("TBC1D24", "c.500del", "p.Leu167fs", "frameshift_variant", short[0]),
            make("TBC1D24", "c.500insT", "p.Leu168fs", "frameshift_variant", short[1]),
        ]
    )
    path = write(
        tmp_path,
        line("chr16", 2496700, "CG", "C,CGT", f"{annotator}={told}", ("1/2", "0/1", "0/2")),
        head=header(annotators=(annotator,)),
    )
    assert set(names(triage(path, TRIO))) == {
        ("TBC1D24", "p.Leu167fs", "compound_heterozygous"),
        ("TBC1D24", "p.Leu168fs", "compound_heterozygous"),
    }


def test_a_star_is_no_change_of_its_own(tmp_path):
    answer = triage(write(tmp_path, line(*R474H[:3], "*,A", R474H_CSQ, ("1/2", "0/1", "0/0"))), TRIO)
    assert names(answer) == [("KCNT1", "p.Arg474His", "de_novo")]
    assert "deletion that begins before" in answer.candidates[0].inheritance.words


def test_a_gvcf_block_is_no_change(tmp_path):
    block = line("chr9", 135768000, "G", "<NON_REF>", "END=135768847", ("0/0", "0/0", "0/0"))
    answer = triage(write(tmp_path, block, line(*R474H[:3], "A,<NON_REF>", R474H_CSQ)), TRIO)
    assert names(answer) == [("KCNT1", "p.Arg474His", "de_novo")]


@pytest.mark.parametrize(
    ("alt", "info", "kind", "fit"),
    [
        ("<DEL>", "SVTYPE=DEL;END=8900000", "exon_deletion", "yes"),
        ("<DEL>", "SVTYPE=DEL;SVLEN=-300000", "exon_deletion", "yes"),
        ("<DUP>", "SVTYPE=DUP;END=8900000", "structural_variant", "unknown"),
        ("<INV>", "SVTYPE=INV;END=8900000", "structural_variant", "unknown"),
        ("<CN0>", "SVTYPE=CNV;END=8900000", "exon_deletion", "yes"),
    ],
)
def test_large_changes_are_seen_by_what_they_touch(tmp_path, alt, info, kind, fit):
    answer = triage(write(tmp_path, line("chr20", 8600000, "N", alt, info, ("1/1", "0/1", "0/1"))), TRIO)
    (told,) = answer.candidates
    assert (told.gene.symbol, told.consequence, told.fit) == ("PLCB1", kind, fit)


def test_a_deletion_from_outside_over_the_whole_gene(tmp_path):
    whole = line("chr20", 8000000, "N", "<DEL>", "SVTYPE=DEL;END=9100000", ("1/1", "0/1", "0/1"))
    (told,) = triage(write(tmp_path, whole), TRIO).candidates
    assert (told.gene.symbol, told.consequence, told.direction) == ("PLCB1", "gene_deletion", "loss")


def test_a_deletion_within_an_intron_is_set_aside(tmp_path):
    answer = triage(write(tmp_path, line("chr9", 135720000, "N", "<DEL>", "SVTYPE=DEL;END=135721000")), TRIO)
    assert answer.candidates == ()
    assert answer.set_aside == {"intronic structural variant": 1}


def test_a_breakend_in_a_gene_is_kept_and_not_understood(tmp_path):
    (told,) = triage(write(tmp_path, line("chr9", 135768848, "G", "G[chr2:321681[", "SVTYPE=BND")), TRIO).candidates
    assert (told.fit, told.direction) == ("unknown", "unknown")


@pytest.mark.parametrize("prefix", ["chr", "", "Chr"])
def test_chromosomes_may_have_any_name(tmp_path, prefix):
    path = write(tmp_path, line(f"{prefix}9", *R474H[1:], R474H_CSQ), head=header(prefix=prefix))
    assert names(triage(path, TRIO)) == [("KCNT1", "p.Arg474His", "de_novo")]


def test_refseq_names_of_chromosomes(tmp_path):
    path = write(tmp_path, line("NC_000009.12", *R474H[1:], R474H_CSQ), head=header(lengths={}))
    assert names(triage(path, TRIO)) == [("KCNT1", "p.Arg474His", "de_novo")]


def test_plain_gzipped_and_bgzipped_give_the_same(tmp_path):
    path = write(tmp_path, golden(), *family_lines(np.random.default_rng(4), 1200))
    assert triage(path, TRIO) == triage(gzipped(path), TRIO) == triage(bgzipped(path), TRIO)


def test_a_number_of_another_transcript_is_brought_to_mane_select(tmp_path):
    """A string match of the second line with residue 474 would be wrong; one of the first would miss it."""
    shifted = csq("KCNT1", "c.1286G>A", "p.Arg429His", "missense_variant", "A", transcript="ENST00000490355.6")
    trap = csq("KCNT1", "c.1421G>A", "p.Arg474His", "missense_variant", "A", transcript="ENST00000490355.6")
    answer = triage(
        write(tmp_path, line(*R474H, f"CSQ={shifted}"), line("chr9", 135769982, "G", "A", f"CSQ={trap}")), TRIO
    )
    first, second = answer.candidates
    assert (first.position, first.hgvs_p, first.hgvs_c) == (135768848, "p.Arg474His", "c.1421G>A")
    assert first.direction == "gain"
    assert any("not MANE Select" in reason for reason in first.reasons)
    assert second.known is None
    assert second.hgvs_p != "p.Arg474His"
    assert second.direction == "unknown"


def test_mouse_numbers_are_not_taken_for_human_ones(tmp_path):
    """The mouse's R455H is R474H; a mouse's p.Arg474His would be residue 493."""
    mouse = csq("KCNT1", "c.1364G>A", "p.Arg455His", "missense_variant", "A", transcript="ENSMUST00000114172.9")
    (told,) = triage(write(tmp_path, line(*R474H, f"CSQ={mouse}")), TRIO).candidates
    assert told.known is None
    assert told.direction == "unknown"
    assert any("compared with nothing" in reason for reason in told.reasons)


def test_numbers_that_cannot_be_placed_are_refused(tmp_path):
    """On GRCh37 a transcript that is not MANE's cannot be brought to it."""
    other = csq("KCNT1", "c.1421G>A", "p.Arg474His", "missense_variant", "A", transcript="ENST00000488444.5")
    path = write(tmp_path, line("9", 138660694, "G", "A", f"CSQ={other}"), head=header(prefix="", lengths=LENGTHS_37))
    (told,) = triage(path, TRIO).candidates
    assert told.known is None
    assert told.direction == "unknown"


def test_mane_select_speaks_before_other_transcripts(tmp_path):
    worse = csq("KCNT1", "c.9G>A", "p.Trp3Ter", "stop_gained", "A", transcript="ENST00000999999.1")
    told = f"CSQ={worse},{R474H_CSQ.removeprefix('CSQ=')}"
    (first,) = triage(write(tmp_path, line(*R474H, told)), TRIO).candidates
    assert first.hgvs_p == "p.Arg474His"


def test_grch37_is_found_and_said(tmp_path):
    annotated = write(
        tmp_path, line("9", 138660694, "G", "A", R474H_CSQ), head=header(prefix="", lengths=LENGTHS_37), name="37.vcf"
    )
    answer = triage(annotated, TRIO)
    assert answer.assembly == "GRCh37"
    assert any("GRCh37" in text for text in answer.warnings)
    assert names(answer) == [("KCNT1", "p.Arg474His", "de_novo")]
    bare = write(tmp_path, line("9", 138660694, "G", "A"), head=header(prefix="", lengths=LENGTHS_37, annotators=()))
    with pytest.raises(TableError, match="GRCh37"):
        triage(bare, TRIO)


@pytest.mark.parametrize(
    "meta", ["##reference=file:///refs/human_g1k_v37.fasta", "##reference=hg19", "##SnpEffCmd=SnpEff GRCh37.75 in.vcf"]
)
def test_the_assembly_is_read_from_the_header_too(tmp_path, meta):
    answer = triage(write(tmp_path, golden(), head=header(lengths={}, meta=(meta,))), TRIO)
    assert answer.assembly == "GRCh37"


def test_another_species_is_refused(tmp_path):
    path = write(tmp_path, golden(), head=header(lengths={}, meta=("##reference=GRCm39",)))
    with pytest.raises(TableError, match="mouse"):
        triage(path, TRIO)


def test_a_file_without_annotation_is_placed_by_the_genome(tmp_path):
    lines = (line(*R474H), line("chr9", 135769990, "GAC", "G"), line("chr9", 135720000, "G", "A"))
    answer = triage(write(tmp_path, *lines, head=header(annotators=())), TRIO)
    first, second = answer.candidates
    assert (first.hgvs_c, first.hgvs_p, first.transcript) == ("c.1421G>A", "", "NM_020822.3")
    assert "ClinVar: Pathogenic" in " ".join(first.reasons)
    assert (second.consequence, second.fit) == ("frameshift_variant", "no")
    assert any("annotation" in text for text in answer.not_looked_at)
    assert sum(answer.set_aside.values()) == 1


def test_aliases_and_numbers_of_genes_are_known(tmp_path):
    old = R474H_CSQ.replace("|KCNT1|", "|SLACK|")
    assert names(triage(write(tmp_path, line(*R474H, old)), TRIO)) == [("KCNT1", "p.Arg474His", "de_novo")]
    qars = csq("QARS", "c.134G>T", "p.Gly45Val", "missense_variant", "A", mane=False)
    answer = triage(write(tmp_path, line("chr3", 49104000, "C", "A", f"CSQ={qars}", ("1/1", "0/1", "0/1"))), TRIO)
    assert answer.candidates[0].gene.symbol == "QARS1"


def test_a_weak_call_does_not_lead(tmp_path):
    for changes in ({"filters": "q10"}, {"keys": "GT:GQ", "calls": ("0/1:5", "0/0:99", "0/0:99")}):
        (told,) = triage(write(tmp_path, golden(**changes)), TRIO).candidates
        assert told.tier is Tier.POSSIBLE
        assert any("weak call" in reason for reason in told.reasons)


def test_the_frequency_is_that_of_populations_not_of_the_file():
    assert frequency_of({"gnomade_af": "0.02", "gnomadg_af": "0.01"}, "AF=0.5;AC=3", 1) == (0.02, True)
    assert frequency_of({"gnomade_af": ""}, "AF=0.5", 1) == (None, True)
    assert frequency_of({}, "AF=0.5", 1) == (None, False)
    assert frequency_of({}, "gnomAD_AF=0.1,0.3;gnomAD_AN=100", 2) == (0.3, True)
    assert frequency_of({"max_af": "0.2", "max_af_pops": "AFR"}, ".", 1) == (0.2, True)


def test_short_names_of_residues_become_long():
    assert long_protein("p.R474H") == "p.Arg474His"
    assert long_protein("p.K564*") == "p.Lys564Ter"
    assert long_protein("p.Arg474His") == "p.Arg474His"


def test_the_sex_is_read_from_x(tmp_path):
    generator = np.random.default_rng(8)
    for sex in ("female", "male"):
        lines = family_lines(generator, 80, ("chr1", "chrX"), sex)
        assert triage(write(tmp_path, golden(), *lines), TRIO).trio.sex is Sex(sex)


@pytest.mark.parametrize(
    ("roles", "words"),
    [(("mother", "child", "father"), "'child' as the child"), (("father", "mother", "child"), "'child' as the child")],
)
def test_a_parent_named_as_the_child_breaks_mendels_laws(tmp_path, roles, words):
    path = write(tmp_path, golden(), *family_lines(np.random.default_rng(5), 200))
    with pytest.raises(TableError, match=words):
        triage(path, Question(*roles))
    trusted = triage(path, Question(*roles, trust_roles=True))
    assert "taken as said" in trusted.trio.words


@pytest.mark.parametrize("sex", ["female", "male"])
def test_swapped_parents_are_found_by_x(tmp_path, sex):
    path = write(tmp_path, golden(), *family_lines(np.random.default_rng(6), 200, ("chr1", "chrX"), sex))
    assert triage(path, TRIO).trio.impossible == 0
    with pytest.raises(TableError, match="swapped"):
        triage(path, Question("child", mother="father", father="mother"))


def test_three_strangers_are_no_trio_and_the_answer_says_so(tmp_path):
    generator = np.random.default_rng(7)
    calls = [["/".join(map(str, sorted(generator.integers(0, 2, 2)))) for _ in range(3)] for _ in range(200)]
    lines = [line("chr1", 1000 * (i + 1), "A", "G", ".", c) for i, c in enumerate(calls)]
    answer = triage(write(tmp_path, golden(), *lines), TRIO)
    assert "no other roles fit" in answer.warnings[0]
    assert not {"PS2", "PM6"} & {c.code for c in answer.candidates[0].verdict.criteria}


def test_new_alleles_alone_do_not_make_a_parent_the_child(tmp_path):
    """A file of nothing but new alleles is strange, and is said to be; it is not taken for a swap."""
    lines = [line("chr1", 1000 * (i + 1), "A", "G", ".", ("0/1", "0/0", "0/0")) for i in range(200)]
    answer = triage(write(tmp_path, golden(), *lines), TRIO)
    assert answer.candidates[0].inheritance.mode == "de_novo"
    assert "cannot be relied on" in answer.warnings[0]


def test_a_true_trio_with_errors_of_calling_is_one(tmp_path):
    generator = np.random.default_rng(9)
    lines = family_lines(generator, 600)
    lines[5] = line("chr1", 1, "A", "G", ".", ("1/1", "0/0", "0/1"))
    answer = triage(write(tmp_path, golden(), *lines), TRIO)
    assert answer.trio.impossible == 1
    assert "PS2" in {c.code for c in answer.candidates[0].verdict.criteria}


def test_many_new_changes_in_the_panel_alone_are_no_mendelian_errors(tmp_path):
    lines = [line("chr9", 135768848 + i, "G", "A", ".") for i in range(60)]
    assert triage(write(tmp_path, *lines), TRIO).trio.impossible == 0


def test_bcftools_csq_is_read_too(tmp_path):
    meta = '##INFO=<ID=BCSQ,Number=.,Type=String,Description="Consequences. Format: {}">'.format(
        "Consequence|gene|transcript|biotype|strand|amino_acid_change|dna_change"
    )
    told = "BCSQ=missense|KCNT1|ENST00000371757|protein_coding|+|474R>474H|135768848G>A"
    path = write(tmp_path, line(*R474H, told), head=header(annotators=(), meta=(meta,)))
    (first,) = triage(path, TRIO).candidates
    assert (first.hgvs_p, first.direction, first.fit) == ("p.Arg474His", "gain", "yes")


def test_a_consequence_that_nobody_knows_is_not_taken_for_harmless(tmp_path):
    told = csq("KCNT1", "c.1421G>C", "", "a_new_kind_of_variant", "C")
    (kept,) = triage(write(tmp_path, line(*R474H[:3], "C", f"CSQ={told}")), TRIO).candidates
    assert (kept.fit, kept.tier) == ("unknown", Tier.POSSIBLE)


def test_reads_may_be_told_as_a_share(tmp_path):
    keys = "GT:DP:VAF"
    (told,) = triage(write(tmp_path, golden(("0/1:200:0.12", "0/0:90:0", "0/0:90:0"), keys=keys)), TRIO).candidates
    assert told.inheritance.mode == "de_novo_mosaic"


@pytest.mark.parametrize(("days", "word"), [(30.0, "within"), (400.0, "outside")])
def test_the_course_is_weighed_against_the_gene(tmp_path, days, word):
    from dataclasses import replace

    (told,) = triage(write(tmp_path, golden()), replace(TRIO, onset_days=days)).candidates
    assert any(f"lies {word} what was told of KCNT1" in reason for reason in told.reasons)


def test_the_eeg_is_weighed_and_what_was_not_captured_is_not_absent(tmp_path):
    from dataclasses import replace

    path = write(tmp_path, golden())
    (seen,) = triage(path, replace(TRIO, migrating=True)).candidates
    assert "PP4" in {c.code for c in seen.verdict.criteria}
    (unseen,) = triage(path, replace(TRIO, migrating=False)).candidates
    assert any("not captured is not absent" in reason for reason in unseen.reasons)
    assert unseen.tier is seen.tier


def test_a_line_that_is_there_twice_is_one_change(tmp_path):
    slc = "CSQ=" + csq("SLC12A5", "c.692G>A", "p.Arg231His", "missense_variant", "A")
    twice = line("chr20", 46040452, "G", "A", slc, ("0/1", "0/1", "0/0"))
    answer = triage(write(tmp_path, twice, twice), TRIO)
    assert names(answer) == [("SLC12A5", "p.Arg231His", "maternal")]


def test_two_changes_of_one_base_lie_on_two_copies(tmp_path):
    told = "CSQ=" + ",".join(
        csq("SLC12A5", f"c.692G>{base}", f"p.Arg231{long}", "missense_variant", base)
        for base, long in (("A", "His"), ("C", "Pro"))
    )
    path = write(tmp_path, line("chr20", 46040452, "G", "A,C", told, ("1/2",)), head=header(("kid",)))
    assert {c.inheritance.mode for c in triage(path).candidates} == {"compound_heterozygous"}


def test_a_place_that_grch38_has_not_shows_another_assembly(tmp_path):
    """Chromosome 9 of GRCh37 is longer; KCNT1 lies there beyond the end of GRCh38's."""
    bare = write(tmp_path, line("9", 138660694, "G", "A"), head=header(prefix="", lengths={}, annotators=()))
    with pytest.raises(TableError, match="another assembly"):
        triage(bare, TRIO)
    told = write(tmp_path, line("9", 138660694, "G", "A", R474H_CSQ), head=header(prefix="", lengths={}))
    answer = triage(told, TRIO)
    assert any("another assembly" in text for text in answer.warnings)
    assert names(answer) == [("KCNT1", "p.Arg474His", "de_novo")]


def test_two_alleles_on_x_that_the_father_lacks_are_a_boys(tmp_path):
    stop = "CSQ=" + csq("CDKL5", "c.1000C>T", "p.Gln334Ter", "stop_gained", "T")
    (told,) = triage(write(tmp_path, line("chrX", 18604000, "C", "T", stop, ("1/1", "0/1", "0"))), TRIO).candidates
    assert told.inheritance.mode == "x_linked_maternal"


@pytest.mark.parametrize("seed", range(12))
def test_forty_places_are_enough_to_find_a_parent_named_as_the_child(tmp_path, seed):
    path = write(tmp_path, *family_lines(np.random.default_rng(seed), 40))
    assert triage(path, TRIO).trio.impossible == 0
    with pytest.raises(TableError, match="Mendel"):
        triage(path, Question("mother", "child", "father"))


def test_vep_without_hgvs_is_enough(tmp_path):
    fields = "Allele|Consequence|SYMBOL|Feature|Protein_position|Amino_acids"
    meta = f'##INFO=<ID=CSQ,Number=.,Type=String,Description="Consequence annotations. Format: {fields}">'
    told = "CSQ=A|missense_variant|KCNT1|ENST00000371757|474/1235|R/H"
    path = write(tmp_path, line(*R474H, told), head=header(annotators=(), meta=(meta,)))
    (first,) = triage(path, TRIO).candidates
    assert (first.hgvs_c, first.hgvs_p, first.direction) == ("c.1421G>A", "p.Arg474His", "gain")


def test_a_dash_is_an_empty_field(tmp_path):
    told = R474H_CSQ.replace("ENSP00000000001.1:p.Arg474His", "-").replace("|NM_020822.3|", "|-|")
    (first,) = triage(write(tmp_path, line(*R474H, told)), TRIO).candidates
    assert first.hgvs_p == ""
    assert first.direction == "gain"


def test_a_frequency_of_the_header_is_believed_where_it_is_of_a_population(tmp_path):
    for words, tier in (("Allele frequency in gnomAD", Tier.UNLIKELY), ("Allele frequency of the samples", Tier.LEAD)):
        meta = f'##INFO=<ID=AF,Number=A,Type=Float,Description="{words}">'
        path = write(tmp_path, line(*R474H, f"AF=0.2;{R474H_CSQ}"), head=header(meta=(meta,)))
        assert triage(path, TRIO).candidates[0].tier is tier


def test_loss_that_is_not_established_is_not_pvs1(tmp_path):
    stop = csq("KCNT2", "c.1600C>T", "p.Arg534Ter", "stop_gained", "A")
    (told,) = triage(write(tmp_path, line("chr1", 196345000, "G", "A", f"CSQ={stop}")), TRIO).candidates
    assert "PVS1" not in {c.code for c in told.verdict.criteria}
    full = csq("TBC1D24", "c.500del", "p.Leu167fs", "frameshift_variant", "-")
    path = write(tmp_path, line("chr16", 2496700, "CG", "C", f"CSQ={full}", ("1/1", "0/1", "0/1")))
    (told,) = triage(path, TRIO).candidates
    assert {c.code.partition("_")[0] for c in told.verdict.criteria} >= {"PVS1", "PM3"}
