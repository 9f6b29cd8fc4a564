"""Every way in which a child may come by a variant, in trios that are built here, at true places of GRCh38."""

from __future__ import annotations

import pytest

from ictal.infant.genes.family import ENOUGH_X, Relations
from ictal.infant.genes.inheritance import Parent, parent_of
from ictal.infant.genes.triage import Question, triage
from ictal.infant.genes.types import Call, Record, Sex, Tier
from tests.genes.build import csq, golden, header, line, write

TRIO = Question(child="child", mother="mother", father="father")
DEEP = "GT:AD:DP:GQ"


def ask(folder, *lines, **changes):
    from dataclasses import replace

    return triage(write(folder, *lines), replace(TRIO, **changes))


def only(folder, *lines, **changes):
    (candidate,) = ask(folder, *lines, **changes).candidates
    return candidate


@pytest.mark.parametrize(
    ("calls", "mode"),
    [
        (("0/1", "0/0", "0/0"), "de_novo"),
        (("1|0", "0|0", "0|0"), "de_novo"),
        (("0/1", "0/1", "0/0"), "maternal"),
        (("0/1", "0/0", "0/1"), "paternal"),
        (("0/1", "0/1", "0/1"), "biparental"),
        (("0/1", "./.", "0/0"), "not_paternal"),
        (("0/1", "./0", "0/0"), "not_paternal"),
        (("0/1", "./1", "0/0"), "maternal"),
        (("0/1", "0/0", "."), "not_maternal"),
        (("0/1", "./.", "./."), "unknown"),
        (("./1", "0/0", "0/0"), "de_novo"),
        (("1/1", "0/1", "0/1"), "recessive_homozygous"),
        (("1/1", "0/1", "0/0"), "homozygous_one_parent"),
        (("1/1", "./.", "0/1"), "homozygous"),
    ],
)
def test_the_mode_is_that_of_the_genotypes(tmp_path, calls, mode):
    assert only(tmp_path, golden(calls)).inheritance.mode == mode


@pytest.mark.parametrize(
    ("calls", "mode"),
    [
        (("0/1:40,40:80:99", "0/0:50,0:50:99", "0/0:50,0:50:99"), "de_novo"),
        (("0/1:90,10:100:99", "0/0:50,0:50:99", "0/0:50,0:50:99"), "de_novo_mosaic"),
        (("0/1:40,40:80:99", "0/0:95,5:100:99", "0/0:50,0:50:99"), "mosaic_mother"),
        (("0/1:40,40:80:99", "0/0:50,0:50:99", "0/1:90,10:100:99"), "mosaic_father"),
        (("0/1:40,40:80:99", "0/0:99,1:100:99", "0/0:50,0:50:99"), "de_novo"),
        (("0/1:3,2:5:99", "0/0:50,0:50:99", "0/0:50,0:50:99"), "de_novo"),
    ],
)
def test_reads_tell_mosaics_of_child_and_parents(tmp_path, calls, mode):
    assert only(tmp_path, golden(calls, keys=DEEP)).inheritance.mode == mode


def test_a_parent_with_few_reads_is_no_proof_of_a_new_change(tmp_path):
    thin = only(tmp_path, golden(("0/1:40,40:80:99", "0/0:4,0:4:12", "0/0:50,0:50:99"), keys=DEEP))
    assert thin.inheritance.mode == "de_novo"
    assert not thin.inheritance.confirmed
    assert "fewer than 10 reads" in thin.inheritance.words


SLC_A = csq("SLC12A5", "c.692G>A", "p.Arg231His", "missense_variant", "A")
SLC_B = csq("SLC12A5", "c.2243_2245del", "p.Ser748del", "inframe_deletion", "-")
FIRST, SECOND = ("chr20", 46040452, "G", "A"), ("chr20", 46055000, "CAGC", "C")


@pytest.mark.parametrize(
    ("one", "two", "mode"),
    [
        (("0/1", "0/1", "0/0"), ("0/1", "0/0", "0/1"), "compound_heterozygous"),
        (("0/1", "0/1", "0/0"), ("0/1", "0/1", "0/0"), "maternal"),
        (("0|1", "./.", "./."), ("1|0", "./.", "./."), "compound_heterozygous"),
        (("0|1", "./.", "./."), ("0|1", "./.", "./."), "unknown"),
        (("0/1", "./.", "./."), ("0/1", "./.", "./."), "compound_heterozygous_unphased"),
        (("0/1", "0/1", "0/0"), ("0/1", "0/0", "0/0"), "compound_heterozygous_unphased"),
    ],
)
def test_two_changes_of_a_recessive_gene(tmp_path, one, two, mode):
    answer = ask(tmp_path, line(*FIRST, f"CSQ={SLC_A}", one), line(*SECOND, f"CSQ={SLC_B}", two))
    assert [c.inheritance.mode for c in answer.candidates if c.hgvs_p == "p.Arg231His"] == [mode]


def test_phase_sets_that_differ_tell_nothing(tmp_path):
    first = line(*FIRST, f"CSQ={SLC_A}", ("0|1:1", ".", "."), keys="GT:PS")
    second = line(*SECOND, f"CSQ={SLC_B}", ("1|0:2", ".", "."), keys="GT:PS")
    modes = {c.inheritance.mode for c in ask(tmp_path, first, second).candidates}
    assert modes == {"compound_heterozygous_unphased"}


def test_one_change_of_a_recessive_gene_does_not_lead(tmp_path):
    alone = only(tmp_path, line(*FIRST, f"CSQ={SLC_A}", ("0/1", "0/1", "0/0")))
    assert alone.tier is not Tier.LEAD


CDKL5 = ("chrX", 18604000, "C", "T")
CDKL5_STOP = "CSQ=" + csq("CDKL5", "c.1000C>T", "p.Gln334Ter", "stop_gained", "T")


@pytest.mark.parametrize(
    ("calls", "sex", "mode"),
    [
        (("1", "0/0", "0"), Sex.UNKNOWN, "x_linked_de_novo"),
        (("1", "0/1", "0"), Sex.UNKNOWN, "x_linked_maternal"),
        (("1/1", "0/1", "0/0"), Sex.MALE, "x_linked_maternal"),
        (("1/1", "0/0", "0/0"), Sex.MALE, "x_linked_de_novo"),
        (("0/1", "0/0", "0/0"), Sex.FEMALE, "x_linked_de_novo"),
        (("0/1", "0/1", "0/0"), Sex.FEMALE, "maternal"),
        (("1", "./.", "."), Sex.UNKNOWN, "x_linked_hemizygous"),
    ],
)
def test_x_is_read_by_sex(tmp_path, calls, sex, mode):
    assert only(tmp_path, line(*CDKL5, CDKL5_STOP, calls), sex=sex).inheritance.mode == mode


def test_a_boy_with_two_alleles_on_x_is_a_mosaic(tmp_path):
    boy = line(*CDKL5, CDKL5_STOP, ("0/1:30,30:60:99", "0/0:40,0:40:99", "0:20,0:20:99"), keys=DEEP)
    told = only(tmp_path, boy, sex=Sex.MALE)
    assert told.inheritance.mode in ("de_novo_mosaic", "x_linked_de_novo")


@pytest.mark.parametrize("calls", [("0/0", "0/1", "0/0"), ("./.", "0/1", "0/0"), (".", "0/0", "0/0")])
def test_what_the_child_was_not_called_with_is_no_candidate(tmp_path, calls):
    answer = ask(tmp_path, golden(calls))
    assert answer.candidates == ()
    assert sum(answer.set_aside.values()) == 1


def test_a_single_child_has_no_origin(tmp_path):
    path = write(tmp_path, golden(("0/1",)), head=header(("kid",)))
    (told,) = triage(path).candidates
    assert told.inheritance.mode == "unknown"
    assert "PS2/PM6" in {c.code for c in told.verdict.not_judged}


def test_a_child_with_one_parent(tmp_path):
    path = write(tmp_path, golden(("0/1", "0/0")), head=header(("kid", "mum")))
    (told,) = triage(path, Question(child="kid", mother="mum")).candidates
    assert told.inheritance.mode == "not_maternal"
    (told,) = triage(path, Question(child="kid", father="mum")).candidates
    assert told.inheritance.mode == "not_paternal"


@pytest.mark.parametrize(
    ("alleles", "said"),
    [
        ((1,), Parent.CARRIER),  # a father's one X: he carries it, and has no second copy
        ((1, 1), Parent.BOTH),
        ((0, 1), Parent.CARRIER),
        ((None, 1), Parent.CARRIER),
        ((0, 0), Parent.ABSENT),
        ((None, 0), Parent.UNKNOWN),
        ((None, None), Parent.UNKNOWN),
    ],
)
def test_what_a_parent_carries_is_that_of_its_alleles(alleles, said):
    assert parent_of(Call(alleles=alleles), 1) == said


def test_nothing_is_known_of_a_parent_who_was_not_given():
    assert parent_of(None, 1) == Parent.NOT_GIVEN


@pytest.mark.parametrize(
    ("het", "hom", "single", "sex"),
    [
        (0, 0, 1, Sex.MALE),
        (ENOUGH_X, 0, 0, Sex.FEMALE),
        (ENOUGH_X - 1, 0, 0, Sex.UNKNOWN),
        (ENOUGH_X, 4 * ENOUGH_X, 0, Sex.FEMALE),
        (ENOUGH_X, 4 * ENOUGH_X + 1, 0, Sex.UNKNOWN),
        (0, 2 * ENOUGH_X, 0, Sex.MALE),
        (0, 2 * ENOUGH_X - 1, 0, Sex.UNKNOWN),
        (1, 19 * ENOUGH_X, 0, Sex.MALE),
        (1, 2 * ENOUGH_X, 0, Sex.UNKNOWN),
        (0, 0, 0, Sex.UNKNOWN),
    ],
)
def test_sex_by_x_needs_enough_of_one_kind(het, hom, single, sex):
    """Exactly as many as are enough are enough, and one fewer is not."""
    seen = Relations("GRCh38", ("C",))
    calls = [(0, 1)] * het + [(1, 1)] * hom + [(1,)] * single
    for k, alleles in enumerate(calls):
        seen.see(Record("X", 50_000_000 + k, "A", ("C",), (), "", (Call(alleles=alleles),)), in_panel=False)
    assert seen.sex()[0] is sex
