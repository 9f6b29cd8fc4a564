"""The record: what goes in comes out, in order; what cannot be is refused with a sentence and nothing else is lost."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.base.errors import EntryError
from ictal.infant.timeline.checks import check, check_entry, conflict, problems
from ictal.infant.timeline.reading import ENTRY_NAMES, entry_from, infant_from
from ictal.infant.timeline.types import (
    ENTRY_TYPES,
    Admission,
    Death,
    Diary,
    Dose,
    DoseChange,
    FindingsSummary,
    Growth,
    HourCount,
    Infant,
    KindCount,
    Milestone,
    Recording,
    Semiology,
    Test,
    Treatment,
    Visit,
    name_of,
)
from ictal.infant.timeline.words import NOT_CAPTURED

ages = st.floats(0, 900)
growth = st.builds(Growth, age_days=ages, head_cm=st.floats(25, 55), weight_kg=st.floats(0.5, 15))
visits = st.builds(Visit, age_days=ages, note=st.text(max_size=20))
treatments = st.builds(
    Treatment,
    age_days=ages,
    name=st.sampled_from(["a", "b"]),
    dose=st.builds(Dose, amount=ages, unit=st.just("mg/day")),
)
infants = st.builds(
    Infant,
    pseudonym=st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9_.-]{0,20}\Z"),
    sex=st.sampled_from(["female", "male", NOT_CAPTURED]),
    gestation_weeks=st.none() | st.floats(22, 44),
    entries=st.lists(growth | visits | treatments, max_size=8).map(tuple),
)


def refused(mapping: dict[str, object]) -> str:
    with pytest.raises(EntryError) as caught:
        check_entry(entry_from(mapping, strict=False))
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert "Traceback" not in sentence
    return sentence


@given(infants)
def test_what_is_written_is_read_again(infant):
    text = msgspec.json.encode(infant)
    assert msgspec.json.decode(text, type=Infant) == infant
    assert infant_from(msgspec.json.decode(text)) == infant


@given(infants)
def test_entries_come_in_order_of_age_whatever_their_order_was(infant):
    order = [e.age_days for e in infant.in_order]
    assert order == sorted(order)
    assert sorted(map(repr, infant.in_order)) == sorted(map(repr, infant.entries))
    assert [e.age_days for e in infant.of(Growth)] == sorted(
        e.age_days for e in infant.entries if isinstance(e, Growth)
    )


def test_every_kind_of_entry_has_a_word_of_its_own_and_says_nothing_by_default():
    assert len(ENTRY_NAMES) == len(ENTRY_TYPES) == 20
    for kind in ENTRY_TYPES:
        for field in msgspec.structs.fields(kind):
            silent = (msgspec.NODEFAULT, None, "", (), NOT_CAPTURED, "medicine", 1.0, "yes")
            assert field.default in silent, (
                kind,
                field.name,
            )


def test_an_entry_cannot_be_changed():
    with pytest.raises(AttributeError):
        Growth(age_days=1, head_cm=35).head_cm = 36  # type: ignore[misc]


BAD = [
    ({"entry": "growth", "age_days": -3, "head_cm": 34}, "before birth"),
    ({"entry": "treatment", "age_days": 3, "name": "x", "dose": {"amount": 3}}, "without unit: give one of"),
    ({"entry": "treatment", "age_days": 3, "name": "x", "dose": {"amount": 3, "unit": "mg/kg/d"}}, "'mg/kg/day'"),
    ({"entry": "treatment", "age_days": 30, "name": "x", "stop_age_days": 20}, "stops on day 20, before it starts"),
    ({"entry": "treatment", "age_days": 3, "name": "x", "ongoing": "yes", "stop_age_days": 20}, "ongoing and stopped"),
    ({"entry": "treatment", "age_days": 3, "name": "x", "dose": {"amount": 3, "unit": ":1"}}, "only a diet has"),
    ({"entry": "feature", "age_days": 3, "hpo_id": "HP:12", "label": "q"}, "HPO id such as HP:0001252"),
    ({"entry": "growth", "age_days": 3, "head_cm": 80}, "from 15 to 70"),
    ({"entry": "growth", "age_days": 3}, "no measurement"),
    ({"entry": "growth", "age_days": 3, "hed_cm": 30}, "Did you mean 'head_cm'"),
    ({"entry": "grwth", "age_days": 3}, "Did you mean 'growth'"),
    ({"entry": "growth", "head_cm": 30}, "needs 'age_days'"),
    ({"entry": "growth", "age_days": "nan", "head_cm": 30}, "'age_days'"),
    ({"entry": "semiology", "age_days": 3, "seizure": "tonik"}, "Did you mean 'tonic'"),
    ({"entry": "diary", "age_days": 3, "days": 1, "hours_observed": 30, "seizures": 1}, "at most 24 hours"),
    ({"entry": "diary", "age_days": 3, "seizures": 1, "by_kind": [{"kind": "tonic", "count": 2}]}, "2 by kind"),
    ({"entry": "diary", "age_days": 3, "seizures": -1}, "whole number from 0"),
    ({"entry": "recording", "age_days": 3, "recorded_h": 1,
      "found": {"readable_h": 2, "seizures": 0, "seizure_min": 0}},
     "2 h that could be read"),
    ({"entry": "recording", "age_days": 3, "found": {"readable_h": 1, "seizures": 9, "seizure_min": 70}}, "70 minutes"),
    ({"entry": "test", "age_days": 3, "field": "csf", "name": "glucose", "result": "normal"}, "only a test that is"),
    ({"entry": "admission", "age_days": 9, "until_age_days": 3}, "before it begins"),
]  # fmt: skip


@pytest.mark.parametrize(("mapping", "word"), BAD, ids=lambda x: x if isinstance(x, str) else "")
def test_an_entry_that_cannot_be_is_refused_in_one_sentence(mapping, word):
    assert word in refused(mapping)


def test_a_pseudonym_is_no_name():
    with pytest.raises(EntryError, match="Allowed: a pseudonym of plain letters"):
        infant_from({"pseudonym": "Jane Doe"})


def test_one_bad_entry_of_a_file_is_named_by_its_place():
    with pytest.raises(EntryError, match=r"Entry 2: An entry 'growth' cannot lie before birth"):
        infant_from(
            {"pseudonym": "a", "entries": [{"entry": "visit", "age_days": 1}, {"entry": "growth", "age_days": -1}]}
        )


def flags(*entries, gestation=40.0) -> list[tuple[str, str, tuple[int, ...]]]:
    infant = Infant(pseudonym="a", gestation_weeks=gestation, entries=entries)
    return [(p.severity, p.sentence, p.entries) for p in problems(infant)]


def test_a_head_that_shrinks_5_cm_is_flagged_and_stays_in_the_record():
    entries = (Growth(age_days=30, head_cm=37), Growth(age_days=60, head_cm=32))
    ((severity, sentence, places),) = flags(*entries)
    assert (severity, places) == ("flagged", (0, 1))
    assert "falls from 37 cm on day 30 to 32 cm on day 60" in sentence
    assert check(Infant(pseudonym="a", entries=entries)).entries == entries


def test_two_heads_on_one_day_ask_for_a_twin():
    ((severity, sentence, _),) = flags(Growth(age_days=30, head_cm=37), Growth(age_days=30, head_cm=34))
    assert severity == "flagged"
    assert "two children under one pseudonym" in sentence


@pytest.mark.parametrize(("field", "a", "b"), [("sex", "female", "male"), ("gestation_weeks", 32.0, 40.0)])
def test_twins_need_a_pseudonym_each(field, a, b):
    one, other = (Infant(pseudonym="a", **{field: value}) for value in (a, b))
    assert "twins too, a pseudonym of its own" in conflict(one, other)
    assert conflict(one, one) is None
    assert conflict(one, Infant(pseudonym="a")) is None


def test_nothing_happens_after_death_but_results_may_come():
    late = (Growth(age_days=60, head_cm=38), Test(age_days=90, field="genetic", name="exome", state="done"))
    found = flags(Death(age_days=50), *late)
    assert [(s, p) for s, _, p in found] == [("refused", (1,))]
    assert flags(Death(age_days=50), Death(age_days=60))[0][0] == "refused"
    assert flags(Death(age_days=50), Treatment(age_days=5, name="x", stop_age_days=70))[0][2] == (1,)


def test_what_is_unlikely_is_flagged():
    said = [
        flags(Milestone(age_days=90, skill="rolls over", event="lost")),
        flags(DoseChange(age_days=9, name="x", dose=Dose(amount=1, unit="mg/day"))),
        flags(Treatment(age_days=1, name="x"), Treatment(age_days=5, name="X")),
        flags(Semiology(age_days=3, seizure="focal")),
        flags(Semiology(age_days=200, seizure="sequential")),
        flags(Semiology(age_days=3, seizure="tonic", first="yes"), Semiology(age_days=9, seizure="tonic", first="yes")),
        flags(Recording(age_days=3, digest="d"), Recording(age_days=9, digest="d")),
    ]
    assert [[severity for severity, _, _ in found] for found in said] == [["flagged"]] * len(said)


def test_a_good_record_has_no_problem():
    hours = (HourCount(readable_h=1, seizures=2, seizure_min=1), HourCount(readable_h=1, seizures=0, seizure_min=0))
    summary = FindingsSummary(readable_h=2, seizures=2, seizure_min=1, migrating=1, by_hour=hours)
    assert not flags(
        Growth(age_days=0, head_cm=34, weight_kg=3.3),
        Growth(age_days=30, head_cm=36.5, weight_kg=4.1),
        Recording(age_days=30, recorded_h=2.5, found=summary),
        Diary(age_days=30, hours_observed=12, seizures=3, by_kind=(KindCount(kind="tonic", count=2),)),
        Treatment(age_days=31, name="x", dose=Dose(amount=20, unit="mg/day"), stop_age_days=31),
        DoseChange(age_days=31, name="x", dose=Dose(amount=30, unit="mg/day")),
        Admission(age_days=31, until_age_days=40),
        Milestone(age_days=50, skill="social smile", event="gained"),
        Milestone(age_days=90, skill="social smile", event="lost"),
        Semiology(age_days=28, seizure="tonic"),
        Death(age_days=300),
    )
    assert summary.burden_min_per_h == 0.5


@given(infants)
def test_checking_says_the_same_as_the_list_of_problems(infant):
    bad = [p for p in problems(infant) if p.severity == "refused"]
    if bad:
        with pytest.raises(EntryError):
            check(infant)
    else:
        assert check(infant) == infant


@given(infants, ages, ages)
def test_a_medicine_that_stops_before_it_starts_is_refused_and_one_that_does_not_is_not(infant, start, stop):
    entry = Treatment(age_days=start, name="x", stop_age_days=stop)
    found = [p for p in problems(infant.with_entries(entry)) if "stops on day" in p.sentence]
    assert bool(found) == (stop < start)


def test_names_of_entries_are_those_of_files():
    assert name_of(Growth) == "growth"
    assert name_of(Test(age_days=1, field="csf", name="x")) == "test"
