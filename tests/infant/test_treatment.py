"""Treatment: doses by the weight of the day, did it help by five definitions, what forbids to believe it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.base.errors import UsageError
from ictal.base.settings import check, describe
from ictal.infant.timeline.counts import counts
from ictal.infant.timeline.types import (
    Diary,
    Dose,
    DoseChange,
    FindingsSummary,
    Growth,
    HourCount,
    Infant,
    Level,
    Recording,
    Status,
    Treatment,
)
from ictal.infant.treatment.course import courses, dose_at, weight_at
from ictal.infant.treatment.freedom import drug_resistance
from ictal.infant.treatment.response import response
from ictal.infant.treatment.settings import ResponseSettings

START = 100.0


def treatment(name="x", start=START, **fields) -> Treatment:
    return Treatment(age_days=start, name=name, **({"ongoing": "yes"} | fields))


def diary(*per_day: int, start: float) -> tuple[Diary, ...]:
    return tuple(Diary(age_days=start + k, hours_observed=12, seizures=n) for k, n in enumerate(per_day))


def infant(*entries, weight: float | None = 5.0) -> Infant:
    grown = (Growth(age_days=START, weight_kg=weight),) if weight else ()
    return Infant(pseudonym="a", gestation_weeks=40, entries=(*entries, *grown))


def outcomes(found) -> dict[str, str]:
    return {o.definition: o.answer for o in found.outcomes}


DOSES = [
    (Dose(amount=50, unit="mg/day"), 10.0, "mg/kg/day"),
    (Dose(amount=10, unit="mg/kg/day"), 10.0, "mg/kg/day"),
    (Dose(amount=0.5, unit="g/day"), 100.0, "mg/kg/day"),
    (Dose(amount=1, unit="mg/kg/h"), 24.0, "mg/kg/day"),
    (Dose(amount=60, unit="ug/kg/h"), 1.44, "mg/kg/day"),
    (Dose(amount=500, unit="ug/kg/day"), 0.5, "mg/kg/day"),
    (Dose(amount=100, unit="IU/day"), 20.0, "IU/kg/day"),
    (Dose(amount=3, unit=":1"), None, None),
    (Dose(amount=20, unit="mg/kg"), None, None),
]


@pytest.mark.parametrize(("dose", "amount", "unit"), DOSES)
def test_a_dose_by_weight_and_day(dose, amount, unit):
    found = dose_at(infant(), dose, START)
    assert found.per_kg_day == (None if amount is None else pytest.approx(amount))
    assert found.per_kg_day_unit == unit
    assert bool(found.note) == (amount is None)


def test_without_a_weight_the_dose_by_weight_is_not_told():
    found = dose_at(infant(weight=None), Dose(amount=50, unit="mg/day"), START)
    assert found.per_kg_day is None
    assert "No weight was captured" in found.note


def test_the_weight_is_that_of_the_day():
    grown = (Growth(age_days=0, weight_kg=3.0), Growth(age_days=100, weight_kg=6.0))
    child = Infant(pseudonym="a", entries=grown)
    assert dose_at(child, Dose(amount=45, unit="mg/day"), 50).per_kg_day == pytest.approx(10)
    old = dose_at(child, Dose(amount=60, unit="mg/day"), 200)
    assert old.per_kg_day == pytest.approx(10)
    assert "100 days away" in old.note


@given(st.floats(0.1, 500), st.floats(1, 30))
def test_a_dose_in_mg_and_the_same_by_weight_are_one(amount, weight):
    child = infant(weight=weight)
    plain = dose_at(child, Dose(amount=amount, unit="mg/day"), START)
    again = dose_at(child, Dose(amount=plain.per_kg_day, unit="mg/kg/day"), START)
    assert again.per_kg_day == pytest.approx(plain.per_kg_day)


def test_a_course_has_its_doses_and_levels_and_those_of_no_other():
    child = infant(
        treatment("phenobarbital", dose=Dose(amount=25, unit="mg/day"), stop_age_days=150, ongoing="no"),
        DoseChange(age_days=120, name="Phenobarbital", dose=Dose(amount=30, unit="mg/day")),
        DoseChange(age_days=160, name="phenobarbital", dose=Dose(amount=40, unit="mg/day")),
        Level(age_days=110, name="phenobarbital", value=30, unit="mg/L"),
        treatment("ketogenic diet", start=130, treatment="diet", dose=Dose(amount=3, unit=":1")),
        Level(age_days=140, name="ketones", value=4, unit="mmol/L"),
    )
    first, diet = courses(child)
    assert [d.per_kg_day for d in first.doses] == [5.0, 6.0]
    assert (first.from_days, first.until_days, first.stopped) == (100, 150, "yes")
    assert [x.value for x in first.levels] == [30]
    assert [x.value for x in diet.levels] == [4]
    assert (diet.stopped, diet.until_days) == ("no", 160)


BEFORE = (6, 9, 4, 8, 5, 7, 6, 9, 3, 7, 6, 8, 5, 7, 6, 9, 4, 8, 5, 7, 6, 9, 3, 7, 6, 8, 5, 7)
FEWER = (1, 0, 2, 1, 0, 1, 1, 2, 0, 1, 1, 0, 1, 2, 0, 1, 1, 0, 2, 1, 1, 0, 1, 1, 0, 2, 1, 0)


def treated(during: tuple[int, ...], *more, **fields):
    child = infant(*diary(*BEFORE, start=START - 28), *diary(*during, start=START), *more, treatment(**fields))
    return response(child, len(child.entries) - 2)


def test_fewer_seizures_are_shown_with_their_rates_and_definition():
    found = treated(FEWER, impression="no change")
    assert (found.answer, found.source, found.definition) == ("yes", "diary", "at least 50 % fewer seizures")
    assert found.change.before.hours == found.change.during.hours == 28 * 12
    assert found.change.ratio == pytest.approx(sum(FEWER) / sum(BEFORE))
    assert found.change.low < found.change.ratio < found.change.high < 0.5
    told = outcomes(found)
    assert told["benefit by impression"] == "no"
    assert told["seizure free (Kwan 2010)"] == "no"
    assert told["at least 50 % less burden"] == "not captured"


def test_the_definition_decides():
    child = infant(*diary(*BEFORE, start=72), *diary(*FEWER, start=100), treatment(impression="no change"))
    place = len(child.entries) - 2
    answers = {
        d: response(child, place, settings=ResponseSettings(definition=d)).answer
        for d in ("at least 50 % fewer seizures", "benefit by impression")
    }
    assert set(answers.values()) == {"yes", "no"}


def test_no_change_is_no_response():
    assert treated(BEFORE).answer == "no"


def test_a_dozen_hours_are_not_clock_hours():
    """The same counts in half the hours watched are twice the rate."""
    half = tuple(Diary(age_days=START + k, hours_observed=6, seizures=n) for k, n in enumerate(FEWER))
    child = infant(*diary(*BEFORE, start=72), *half, treatment())
    found = response(child, len(child.entries) - 2)
    assert found.change.ratio == pytest.approx(2 * sum(FEWER) / sum(BEFORE))


def test_a_diary_without_hours_has_no_rate_and_is_listed():
    child = infant(Diary(age_days=90, seizures=9), *diary(*FEWER, start=100), treatment())
    found = response(child, len(child.entries) - 2)
    assert found.answer == "not captured"
    assert any("Entry 1 was not counted" in caution for caution in found.cautions)


def test_no_seizure_before_leaves_nothing_to_become_fewer():
    child = infant(*diary(*([0] * 20), start=80), *diary(*([0] * 20), start=100), treatment())
    found = response(child, len(child.entries) - 2)
    assert found.answer == "not captured"
    assert found.change.ratio is None


OTHERS = [
    (treatment("y", start=90), "'y' started"),
    (treatment("y", start=10, stop_age_days=110, ongoing="no"), "'y' stopped"),
    (DoseChange(age_days=120, name="y", dose=Dose(amount=1, unit="mg/day")), "the dose of 'y' changed"),
]


@pytest.mark.parametrize(("other", "words"), OTHERS)
def test_what_changes_at_the_same_time_is_not_separable(other, words):
    found = treated(FEWER, other)
    assert not found.attributable
    assert words in found.not_separable[0]
    assert treated(FEWER).attributable


def test_a_change_long_before_or_after_is_separable():
    early = treatment("y", start=10, stop_age_days=50, ongoing="no")
    assert treated(FEWER, early).attributable


def test_a_storm_at_the_baseline_names_regression_to_the_mean():
    calm = diary(*([1, 0, 2] * 12), start=30)
    assert any("Regression to the mean" in c for c in treated(FEWER, *calm).cautions)
    assert any("not captured" in c for c in treated(FEWER).cautions)
    steady = diary(*BEFORE, start=40)
    assert not any("Regression" in c for c in treated(FEWER, *steady).cautions)
    assert any("status epilepticus" in c for c in treated(FEWER, *steady, Status(age_days=99)).cautions)


def eeg(age: float, *per_hour: int) -> Recording:
    hours = tuple(HourCount(readable_h=0.9, seizures=n, seizure_min=n * 0.7) for n in per_hour)
    summary = FindingsSummary(
        readable_h=0.9 * len(hours), seizures=sum(per_hour), seizure_min=sum(per_hour) * 0.7, by_hour=hours
    )
    return Recording(age_days=age, recorded_h=float(len(hours)), found=summary)


def test_eeg_counts_readable_hours_and_burden():
    child = infant(eeg(95, *BEFORE[:24]), eeg(110, *FEWER[:24]), treatment())
    found = response(child, 2)
    assert (found.source, found.answer) == ("EEG", "yes")
    assert found.change.before.hours == pytest.approx(0.9 * 24)
    assert outcomes(found)["at least 50 % less burden"] == "yes"
    assert found.windows[0].burden.per_hour == pytest.approx(0.7 * sum(BEFORE[:24]) / (0.9 * 24))
    assert any("of one recording" in c for c in found.cautions)


def test_two_short_recordings_cannot_show_a_response():
    """Without hours nothing is known of how seizures cluster: a tenfold fall is uncertain."""
    plain = [Recording(age_days=a, recorded_h=4, found=FindingsSummary(readable_h=4, seizures=n, seizure_min=n / 2))
             for a, n in ((95, 40), (110, 4))]  # fmt: skip
    child = infant(*plain, treatment())
    found = response(child, 2)
    assert found.answer == "uncertain"
    assert found.change.clustering_seen is False


def test_eeg_and_diary_are_never_added():
    child = infant(eeg(95, 1, 2), *diary(*BEFORE, start=72))
    assert counts(child, "EEG").units[0].hours == 0.9
    assert len(counts(child, "diary").units) == 28


def test_a_place_that_is_no_treatment_is_refused():
    with pytest.raises(UsageError, match="Entry 1 of this record is no treatment"):
        response(infant(Status(age_days=3)), 0)


def test_seizure_free_by_kwan_asks_for_a_year():
    short = treated((*FEWER[:5], *([0] * 100)))
    assert outcomes(short)["seizure free (Kwan 2010)"] == "no"
    year = treated((*FEWER[:5], *([0] * 370)))
    assert outcomes(year)["seizure free (Kwan 2010)"] == "yes"
    never = treated(tuple([0] * 100))
    assert outcomes(never)["seizure free (Kwan 2010)"] == "not captured"


def test_three_times_the_longest_interval_is_longer_than_a_year():
    rare = tuple(Diary(age_days=a, days=1, hours_observed=20, seizures=1) for a in (1, 201))
    quiet = tuple(Diary(age_days=202 + 10 * k, days=10, hours_observed=200, seizures=0) for k in range(45))
    child = infant(*rare, *quiet, treatment(start=202.0))
    place = len(child.entries) - 2
    assert outcomes(response(child, place, "diary"))["seizure free (Kwan 2010)"] == "not captured"


def test_drug_resistance_needs_two_adequate_trials_that_failed():
    failed = [treatment(n, start=s, adequate="yes", stop_age_days=s + 30, ongoing="no", why_stopped="no benefit")
              for n, s in (("a", 10), ("b", 50))]  # fmt: skip
    assert drug_resistance(infant(*failed)).answer == "yes"
    assert drug_resistance(infant(failed[0])).answer == "not captured"
    assert drug_resistance(infant(failed[0], failed[0])).answer == "not captured"
    side = treatment("b", start=50, stop_age_days=60, ongoing="no", why_stopped="side effects")
    found = drug_resistance(infant(failed[0], side))
    assert (found.answer, found.undetermined) == ("not captured", ("b",))
    free = treatment("c", start=90, stop_age_days=500, ongoing="no", why_stopped="seizure free")
    assert drug_resistance(infant(*failed, free)).answer == "no"


def test_the_settings_of_a_response_say_what_they_mean():
    assert check(ResponseSettings()) == ResponseSettings()
    assert all(d.meaning and d.source and d.unit for d in describe(ResponseSettings))


@pytest.mark.parametrize(
    ("age", "kg", "away"), [(100, 4, 0), (120, 4.2, 0), (150, 4.5, 50), (260, 5.6, 40), (300, 6, 0), (340, 6, 40)]
)
def test_a_weight_between_two_is_on_their_line_and_an_old_one_says_so(age, kg, away):
    """Thirty days are as old as a weight may be without a word."""
    child = infant(Growth(age_days=100, weight_kg=4), Growth(age_days=300, weight_kg=6), weight=None)
    weight, note = weight_at(child, age)
    assert weight == pytest.approx(kg)
    assert note.endswith(f"{away} days away.") if away else note == ""


def test_a_unit_that_is_no_amount_says_what_it_is():
    child = infant()
    assert dose_at(child, Dose(amount=3, unit=":1"), START).note == "The dose is the ratio of a diet."
    assert "mg/kg, which is not an amount a day" in dose_at(child, Dose(amount=20, unit="mg/kg"), START).note


def test_the_ends_of_what_is_compared_belong_to_it():
    """A status on the very day on which the baseline begins, or the treatment, was in the baseline."""
    days = (*diary(4, 4, 4, 4, 4, 4, 4, start=START - 7), *diary(1, 1, 1, 1, 1, 1, 1, start=START))
    for day, within in ((START - 28, True), (START, True), (START - 29, False), (START + 1, False)):
        found = response(infant(treatment(), *days, Status(age_days=day, present="yes")), 0)
        assert any("status epilepticus in the baseline" in said for said in found.cautions) == within, day
