"""Cases whose answer is known from the facts: they lead, or do not, with the right direction and caution."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from ictal.infant.genes.triage import Question, triage
from ictal.infant.genes.types import Tier
from tests.genes.build import ann, csq, golden, header, line, write

TRIO = Question(child="child", mother="mother", father="father", today=date(2026, 12, 1))
DE_NOVO, BOTH = ("0/1", "0/0", "0/0"), ("1/1", "0/1", "0/1")

CASES = [
    ("KCNT1", "chr9", 135759686, "G", "A", "c.862G>A", "p.Gly288Ser", "missense_variant", DE_NOVO, "gain", "yes"),
    ("KCNT1", "chr9", 135765188, "G", "A", "c.1193G>A", "p.Arg398Gln", "missense_variant", DE_NOVO, "gain", "yes"),
    ("KCNT1", "chr9", 135765706, "G", "A", "c.1283G>A", "p.Arg428Gln", "missense_variant", DE_NOVO, "gain", "yes"),
    ("KCNT1", "chr9", 135768847, "C", "T", "c.1420C>T", "p.Arg474Cys", "missense_variant", DE_NOVO, "gain", "yes"),
    ("KCNT1", "chr9", 135768848, "G", "A", "c.1421G>A", "p.Arg474His", "missense_variant", DE_NOVO, "gain", "yes"),
    ("KCNT1", "chr9", 135777374, "T", "C", "c.2386T>C", "p.Tyr796His", "missense_variant", DE_NOVO, "gain", "yes"),
    ("KCNT1", "chr9", 135779411, "C", "T", "c.2782C>T", "p.Arg928Cys", "missense_variant", DE_NOVO, "gain", "yes"),
    ("KCNT1", "chr9", 135779429, "G", "A", "c.2800G>A", "p.Ala934Thr", "missense_variant", DE_NOVO, "gain", "yes"),
    ("SCN1A", "chr2", 166052869, "G", "A", "c.677C>T", "p.Thr226Met", "missense_variant", DE_NOVO, "mixed", "yes"),
    ("SCN2A", "chr2", 165344627, "G", "A", "c.2635G>A", "p.Gly879Arg", "missense_variant", DE_NOVO, "mixed", "yes"),
    ("KCNT2", "chr1", 196340434, "T", "A", "c.1690A>T", "p.Lys564Ter", "stop_gained", DE_NOVO, "loss", "yes"),
    ("SLC12A5", "chr20", 46040452, "G", "A", "c.692G>A", "p.Arg231His", "missense_variant", BOTH, "loss", "yes"),
]


@pytest.mark.parametrize("annotator", ["CSQ", "ANN"])
@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c[0]}-{c[6]}")
def test_a_known_case_leads_with_its_direction(tmp_path, case, annotator):
    gene, chromosome, position, ref, alt, c, p, consequence, calls, direction, fit = case
    told = csq(gene, c, p, consequence, alt) if annotator == "CSQ" else ann(gene, c, p, consequence, alt)
    path = write(
        tmp_path,
        line(chromosome, position, ref, alt, f"{annotator}={told}", calls),
        head=header(annotators=(annotator,)),
    )
    answer = triage(path, TRIO)
    (first,) = answer.candidates
    assert answer.annotator == annotator
    assert (first.gene.symbol, first.hgvs_c, first.hgvs_p) == (gene, c, p)
    assert (first.direction, first.fit, first.tier) == (direction, fit, Tier.LEAD)
    assert not any("check the file" in reason for reason in first.reasons)


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c[0]}-{c[6]}")
def test_the_genome_alone_gives_the_same_coding_name(case):
    from ictal.infant.genes.coordinates import select_of

    select = select_of(case[0])
    assert select is not None
    assert select.describe(case[2], case[3], case[4]) == case[5]


def test_a_truncation_and_a_common_change_of_kcnt1_do_not_lead(tmp_path):
    stop = csq("KCNT1", "c.1600C>T", "p.Arg534Ter", "stop_gained", "T")
    common = csq("KCNT1", "c.2800G>C", "p.Ala934Pro", "missense_variant", "C", frequency="0.12")
    answer = triage(
        write(
            tmp_path,
            line("chr9", 135769900, "C", "T", f"CSQ={stop}"),
            line("chr9", 135779429, "G", "C", f"CSQ={common}", ("0/1", "0/1", "0/0")),
            golden(),
        ),
        TRIO,
    )
    assert answer.candidates[0].hgvs_p == "p.Arg474His"
    told = {c.hgvs_p: c for c in answer.candidates}
    assert (told["p.Arg534Ter"].fit, told["p.Arg534Ter"].tier) == ("no", Tier.UNLIKELY)
    assert any("direction does not match" in reason for reason in told["p.Arg534Ter"].reasons)
    assert told["p.Arg534Ter"].statements == ()
    assert told["p.Ala934Pro"].tier is Tier.UNLIKELY
    assert told["p.Ala934Pro"].verdict.classification == "Benign"


def test_a_truncation_of_scn1a_is_dravet_and_carries_its_caution(tmp_path):
    stop = csq("SCN1A", "c.664C>T", "p.Arg222Ter", "stop_gained", "A")
    path = write(tmp_path, line("chr2", 166052882, "G", "A", f"CSQ={stop}"))
    (told,) = triage(path, replace(TRIO, hpo=("HP:0032786",))).candidates
    assert (told.direction, told.fit) == ("loss", "no")
    assert any("Dravet" in reason for reason in told.reasons)
    assert [s.said.kind for s in told.statements] == ["caution"]
    assert "contraindicated" in told.cautions[0]
    assert "PVS1" in {c.code for c in told.verdict.criteria}
    assert "PP4" not in {c.code for c in told.verdict.criteria}


def test_thr226met_is_mixed_and_is_handled_with_care(tmp_path):
    met = csq("SCN1A", "c.677C>T", "p.Thr226Met", "missense_variant", "A")
    (told,) = triage(write(tmp_path, line("chr2", 166052869, "G", "A", f"CSQ={met}")), TRIO).candidates
    assert told.direction == "mixed"
    assert told.statements[0].said.kind == "caution"
    assert any("febrile" in s.said.caution or "febrile" in s.said.text for s in told.statements)


def test_quinidine_comes_with_qt_and_never_for_a_loss(tmp_path):
    (gain,) = triage(write(tmp_path, golden()), TRIO).candidates
    quinidine = [s for s in gain.statements if "uinidine" in s.said.text]
    assert quinidine
    assert all("QT" in s.said.caution + s.said.text for s in quinidine)
    loss = csq("KCNT2", "c.1690A>T", "p.Lys564Ter", "stop_gained", "A")
    (told,) = triage(write(tmp_path, line("chr1", 196340434, "T", "A", f"CSQ={loss}")), TRIO).candidates
    assert [s.said.id for s in told.statements if "uinidine" in s.said.text] == ["kcnt2-loss"]


def test_with_the_direction_unknown_nothing_is_said_of_treatment(tmp_path):
    new = csq("KCNT1", "c.1000G>A", "p.Gly334Arg", "missense_variant", "A")
    (told,) = triage(write(tmp_path, line("chr9", 135762500, "G", "A", f"CSQ={new}")), TRIO).candidates
    assert (told.direction, told.fit) == ("unknown", "possible")
    assert told.statements == ()
    assert told.cautions == ()


@pytest.mark.parametrize(("days", "direction"), [(None, "unknown"), (10, "gain"), (300, "loss")])
def test_scn2a_goes_by_the_age_at_onset_and_says_so(tmp_path, days, direction):
    new = csq("SCN2A", "c.2500G>A", "p.Gly834Arg", "missense_variant", "A")
    path = write(tmp_path, line("chr2", 165344000, "G", "A", f"CSQ={new}"))
    (told,) = triage(path, replace(TRIO, onset_days=days)).candidates
    assert told.direction == direction
    assert days is None or "presumed" in told.direction_reason


def test_another_change_at_a_recurrent_residue_is_a_lead(tmp_path):
    other = csq("KCNT1", "c.1421G>T", "p.Arg474Leu", "missense_variant", "T")
    (told,) = triage(write(tmp_path, line("chr9", 135768848, "G", "T", f"CSQ={other}")), TRIO).candidates
    assert (told.tier, told.direction) == (Tier.LEAD, "gain")
    assert "design" in told.direction_reason
    assert "PM5" in {c.code for c in told.verdict.criteria}


def test_expired_and_unread_statements_say_so_on_their_face(tmp_path):
    path = write(tmp_path, golden())
    (now,) = triage(path, TRIO).candidates
    assert not any("EXPIRED" in mark for s in now.statements for mark in s.marks)
    assert all(s.marks for s in now.statements if s.said.provenance != "read")
    later = triage(path, replace(TRIO, today=date(2036, 1, 1)))
    assert all(any("EXPIRED" in mark for mark in s.marks) for s in later.candidates[0].statements)
    assert any("EXPIRED" in text for text in later.warnings)


def test_migrating_seizures_do_not_send_the_reader_to_gabra5(tmp_path):
    answer = triage(write(tmp_path, golden()), Question("child", "mother", "father", hpo=("HP:0032786",)))
    assert answer.candidates[0].gene.symbol == "KCNT1"
    assert "GABRA5" not in answer.genes
    assert "PP4" in {c.code for c in answer.candidates[0].verdict.criteria}
