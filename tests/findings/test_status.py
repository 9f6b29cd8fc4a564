"""Every clause of the two status rules, and the exact bounds of what was not captured."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from ictal.base.age import Age
from ictal.base.time import Interval, IntervalSet
from ictal.eeg.findings.missed import rate_missed_per_h, share_missed
from ictal.eeg.findings.status import ACNS_2013, ACNS_2021, most_in_window_s, status
from tests.findings.made import findings_of, focal


def trains(count: int, each_s: float, every_s: float, first_s: float = 0.0) -> IntervalSet:
    return IntervalSet.of(Interval(first_s + k * every_s, first_s + k * every_s + each_s) for k in range(count))


def only(ictal: IntervalSet, pma_weeks: float):
    (found,) = status(ictal, pma_weeks)
    return found


@pytest.mark.parametrize(("weeks", "rule"), [(40.0, ACNS_2013), (44.0, ACNS_2013), (44.01, ACNS_2021)])
def test_the_rule_follows_the_postmenstrual_age(weeks, rule):
    assert only(IntervalSet(), weeks).rule is rule


def test_both_rules_are_shown_when_the_age_is_not_known():
    found = status(IntervalSet(), None)
    assert [s.rule for s in found] == [ACNS_2013, ACNS_2021]
    assert all(s.applies is None for s in found)


@pytest.mark.parametrize(("each_s", "met"), [(180.0, True), (179.0, False)])
def test_neonatal_half_of_an_hour(each_s, met):
    assert only(trains(10, each_s, 360.0), 40.0).met is met


def test_neonatal_ten_continuous_minutes_are_not_status():
    assert not only(trains(1, 600.0, 1.0), 40.0).met


@pytest.mark.parametrize(("each_s", "met"), [(600.0, True), (599.0, False)])
def test_older_ten_continuous_minutes(each_s, met):
    assert only(trains(1, each_s, 1.0), 60.0).met is met


@pytest.mark.parametrize(("each_s", "met"), [(72.0, True), (71.0, False)])
def test_older_a_fifth_of_an_hour(each_s, met):
    assert only(trains(10, each_s, 360.0), 60.0).met is met


def test_the_worst_hour_need_not_begin_on_the_hour():
    assert only(trains(10, 180.0, 360.0, first_s=1800.0), 40.0).met


def test_no_seizure_is_no_status():
    assert not any(s.met for s in status(IntervalSet(), None))


@given(st.lists(st.tuples(st.integers(0, 9000), st.integers(1, 900)), max_size=12), st.integers(0, 5000))
def test_the_worst_hour_does_not_move_with_time(pairs, shift_s):
    here = IntervalSet.of(Interval(float(a), float(a + d)) for a, d in pairs)
    later = IntervalSet.of(Interval(float(a + shift_s), float(a + shift_s + d)) for a, d in pairs)
    brute = max((here.overlap_s(Interval(float(s), s + 3600.0)) for s in range(0, 9900, 50)), default=0.0)
    assert most_in_window_s(later, 3600.0) == pytest.approx(most_in_window_s(here, 3600.0))
    assert most_in_window_s(here, 3600.0) >= brute - 1e-6


def test_the_postmenstrual_age_needs_both_parts():
    assert Age(14.0, 38.0).postmenstrual_weeks == 40.0
    assert (Age(14.0).postmenstrual_weeks, Age(None, 38.0).postmenstrual_weeks) == (None, None)


@pytest.mark.parametrize("seizures", [1, 2, 5, 20, 100])
def test_the_missed_share_is_the_exact_binomial_bound(seizures):
    oracle = stats.binomtest(0, seizures, alternative="less").proportion_ci(0.95, method="exact").high
    assert share_missed(seizures) == pytest.approx(oracle, rel=1e-9)


@pytest.mark.parametrize("hours", [0.25, 1.0, 24.0])
def test_the_missed_rate_is_the_exact_poisson_bound(hours):
    assert rate_missed_per_h(hours) == pytest.approx(stats.chi2.ppf(0.95, 2) / 2 / hours, rel=1e-9)


def test_nothing_looked_at_bounds_nothing():
    assert share_missed(0) is None
    assert rate_missed_per_h(0.0) is None


def test_the_sentences_print_both_rules_with_provenance_when_the_age_is_not_known():
    neonatal, older = (s for s in findings_of([focal(100, 800, "O1")]).statements if s.startswith("Status by"))
    assert ACNS_2013.text in neonatal
    assert "unverified" in neonatal
    assert "age is not known: not captured" in neonatal
    assert ACNS_2021.text in older
    assert "age is not known: met, with 11 min 40 s of seizure" in older
