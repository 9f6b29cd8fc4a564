"""The statements that come with Ictal: each has a source, dates and a provenance, and none claims more than it may."""

from __future__ import annotations

import re
from datetime import date

import pytest

from ictal.base.statistics import wilson
from ictal.knowledge.library import find, library
from ictal.knowledge.show import statement_lines

KNOWN = library()
TODAY = date(2026, 11, 25)
RECALLED = {"recalled", "ilae-2022", "wirrell-2022", "burgess-2019", "kuchenbuch-2019", "mctague-2013", "acns-2013"}


@pytest.mark.parametrize("statement", KNOWN.statements, ids=lambda s: s.id)
def test_a_statement_has_a_source_dates_and_a_provenance(statement):
    assert statement.text.endswith(".")
    sources = KNOWN.of(statement)
    assert sources
    assert all(s.locator for s in sources)
    assert statement.released <= statement.reviewed < statement.expires
    assert (statement.provenance == "unverified") == bool(statement.confidence)


@pytest.mark.parametrize("statement", KNOWN.statements, ids=lambda s: s.id)
def test_what_rests_on_recalled_sources_alone_is_not_called_read(statement):
    if statement.provenance == "read":
        assert not set(statement.sources) <= RECALLED
        assert not any(s.startswith("G") for s in statement.sources)


@pytest.mark.parametrize(
    ("id_", "text"),
    [
        # Wilson intervals as the notes compute them from the same counts
        ("kd-eimfs", "25 of 40 (62 %, Wilson 95 % 47-76)"),
        ("cbd-eimfs", "6 of 12 (50 %, Wilson 95 % 25-75)"),
        ("quinidine-eimfs", "25 of 56 (45 %, Wilson 95 % 32-58)"),
        ("genetic-yield-burgess", "93 of 135 (69 %, Wilson 95 % 61-76)"),
        ("kcnt1-share", "36 of 135 (27 %, Wilson 95 % 20-35)"),
        ("scn2a-share", "10 of 135 (7 %, Wilson 95 % 4-13)"),
        ("death-borlot", "4 of 27 (15 %, Wilson 95 % 6-32)"),
    ],
)
def test_shares_have_the_intervals_of_their_counts(id_, text):
    assert text in KNOWN.statement(id_).numbers[0].text


@pytest.mark.parametrize(
    "name",
    ["EIMFS", "MPSI", "mmpsi", "MMPEI", "migrating partial epilepsy", "Coppola-Dulac", "Coppola Dulac syndrome",
     "ORPHA:293181", "malignant migrating partial seizures in infancy", "Migrating Focal Seizures of Infancy"],
)  # fmt: skip
def test_all_names_lead_to_one_entry_with_its_ids(name):
    found = KNOWN.named(name)
    assert found is not None
    assert found.id == "eimfs"
    assert {"Orphanet", "OMIM", "ICD-10", "ICD-11", "HPO"} <= {i.system for i in found.ids}
    assert found.history


def test_a_name_that_is_none_leads_nowhere():
    assert KNOWN.named("Dravet") is None
    assert KNOWN.named("") is None


def test_stale_depends_on_the_day_that_is_given():
    first = min(s.expires for s in KNOWN.statements)
    assert not find(KNOWN, stale=True, today=first)
    assert find(KNOWN, stale=True, today=date.fromordinal(first.toordinal() + 1))
    assert len(find(KNOWN, stale=True, today=date(2040, 1, 1))) == len(KNOWN.statements)


def test_a_statement_whose_source_has_expired_says_so():
    coppola = next(s for s in KNOWN.series if s.id == "coppola-1995")
    assert "medlink-2014 expired on 2017-07-02" in KNOWN.aged(coppola, TODAY)


def test_search_takes_all_words_a_gene_and_what_is_not_verified():
    assert {"quinidine-ecg", "quinidine-eimfs"} <= {s.id for s in find(KNOWN, "Quinidine KCNT1", today=TODAY)}
    assert all("SCN1A" in s.genes for s in find(KNOWN, gene="scn1a", today=TODAY))
    assert {s.provenance for s in find(KNOWN, unverified=True, today=TODAY)} == {"unverified", "lead"}
    assert find(KNOWN, "nobody wrote this", today=TODAY) == ()


def test_the_first_series_is_as_the_issue_has_it():
    counts = {n.what: (n.count, n.of) for s in KNOWN.series if s.id.startswith("coppola") for n in s.numbers}
    assert counts == {"died": (3, 14), "seizures controlled": (2, 14), "development resumed": (3, 14)}
    assert {"Japan", "Israel", "India", "United States", "Italy"} <= {s.place for s in KNOWN.series}


def test_numbers_with_an_interval_say_which_and_lie_in_it():
    for statement in KNOWN.statements:
        for n in statement.numbers:
            if n.low is not None and n.high is not None and n.value is not None:
                assert n.low <= n.value <= n.high, statement.id
            if n.count is not None and n.of:
                assert wilson(n.count, n.of) is not None
                assert re.search(r"\d+ of \d+ \(\d+ %", n.text)


@pytest.mark.parametrize("therapy", KNOWN.therapies, ids=lambda t: t.id)
def test_nothing_is_said_of_a_treatment_without_direction_evidence_and_caution(therapy):
    assert therapy.directions
    assert therapy.evidence
    assert therapy.caution or therapy.kind == "caution"
    told = "\n".join(statement_lines(KNOWN, therapy, TODAY))
    assert "of function" in told or "whatever the cause" in told or len(therapy.directions) == 3
    assert "Evidence:" in told


def test_a_medicine_is_named_by_no_statement_outside_the_therapies():
    medicine = re.compile(
        r"quinidine|bromide|cannabidiol|phenytoin|carbamazepine|oxcarbazepine|lacosamide|bumetanide|ganaxolone|vigabatrin"
        r"|relutrigine|elsunersen|antisense|sodium-channel blocker",
        re.IGNORECASE,
    )
    plain = [s for s in KNOWN.statements if s not in KNOWN.therapies and s.id != "outcome-definition"]
    assert [s.id for s in plain if medicine.search(s.text)] == []


def test_the_variants_of_a_child_and_the_search_say_the_same():
    assert {t.id for t in KNOWN.therapies} <= {s.id for s in find(KNOWN, today=TODAY)}
