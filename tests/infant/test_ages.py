"""Ages are computed once: from birth, from the last period, from term."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.base.errors import UsageError
from ictal.infant.timeline.ages import Ages, age_text, days_on

days = st.floats(0, 3000)
weeks = st.floats(22, 44)


def test_the_girl_of_32_weeks_is_35_days_old_by_corrected_age_at_91_days():
    ages = Ages(91, 32)
    assert ages.corrected_days == 35
    assert ages.postmenstrual_weeks == 45
    assert ages.preterm is True
    assert ages.newborn is False


def test_without_a_gestation_nothing_that_needs_it_is_told():
    ages = Ages(10)
    assert (ages.corrected_days, ages.postmenstrual_weeks, ages.preterm, ages.newborn) == (None, None, None, None)


def test_from_two_years_of_corrected_age_on_age_is_not_corrected():
    assert Ages(786, 32).corrected_days == 730
    assert Ages(787, 32).corrected_days == 787


def test_from_37_weeks_on_age_is_not_corrected():
    assert Ages(50, 37).corrected_days == 50
    assert Ages(50, 42).corrected_days == 50
    assert Ages(50, 36 + 6 / 7).corrected_days == pytest.approx(28)


@given(days, weeks)
def test_corrected_age_is_at_most_age_and_both_move_together(age, gestation):
    ages = Ages(age, gestation)
    assert ages.corrected_days <= age
    if ages.corrected_days < 729:
        assert Ages(age + 1, gestation).corrected_days == pytest.approx(ages.corrected_days + 1)
    assert Ages(age + 7, gestation).postmenstrual_weeks == pytest.approx(ages.postmenstrual_weeks + 1)


@pytest.mark.parametrize("age", [-1, float("nan"), float("inf"), 40000])
def test_an_age_that_cannot_be_is_refused(age):
    with pytest.raises(UsageError, match="give days since birth"):
        Ages(age, 40)


@pytest.mark.parametrize("gestation", [19, 46, float("nan")])
def test_a_gestation_that_cannot_be_is_refused(gestation):
    with pytest.raises(UsageError, match="give the weeks at birth"):
        Ages(1, gestation)


@given(st.dates(dt.date(2000, 1, 1), dt.date(2030, 1, 1)), st.integers(0, 2000))
def test_a_date_becomes_an_age_and_one_before_birth_is_refused(birth, later):
    assert days_on(birth, birth + dt.timedelta(days=later)) == later
    with pytest.raises(UsageError, match="before birth"):
        days_on(birth, birth - dt.timedelta(days=later + 1))


def test_ages_are_said_as_a_clinician_says_them():
    assert [age_text(d) for d in (0, 13, 49, 91, 730, 800)] == ["0 d", "13 d", "7 wk", "3 mo", "2 y", "2 y 2 mo"]
