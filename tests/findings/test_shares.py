"""Shares with their interval, against values worked by hand, against the exact definition, and against SciPy."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from ictal.base.statistics import Z_95, wilson
from ictal.eeg.findings.shares import share
from ictal.scoring.types import Share

counts = st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [
        (1, 2, 0.0945, 0.9055),
        (0, 1, 0.0, 0.7935),
        (1, 1, 0.2065, 1.0),
        (8, 10, 0.4902, 0.9433),
        (0, 10, 0.0, 0.2775),  # z2 / (n + z2) = 3.8415 / 13.8415
        (10, 10, 0.7225, 1.0),
        (15, 148, 0.0624, 0.1605),  # Newcombe, Stat Med 1998;17:857-872, table I, method 3
    ],
)
def test_intervals_worked_by_hand(count, of, low, high):
    said = share(count, of)
    assert (said.low, said.high) == pytest.approx((low, high), abs=6e-5)
    assert said.share == round(count / of, 4)


def test_no_case_has_no_share():
    assert wilson(0, 0) is None
    said = share(0, 0)
    assert (said.count, said.of, said.share, said.low, said.high) == (0, 0, None, None, None)


@pytest.mark.parametrize(("count", "of"), [(2, 1), (-1, 3), (1, 0)])
def test_more_than_all_is_refused(count, of):
    with pytest.raises(ValueError, match=f"{count} of {of}"):
        wilson(count, of)


@given(counts)
def test_each_end_is_where_the_count_lies_at_the_95_percent_limit(case):
    """The definition: the ends are the shares p0 for which |p - p0| is z standard errors of p0."""
    count, of = case
    p = count / of
    for end in wilson(count, of):
        error = math.sqrt(end * (1 - end) / of)
        assert abs(p - end) == pytest.approx(Z_95 * error, abs=1e-9)


@given(counts)
def test_the_interval_holds_the_share_and_mirrors(case):
    count, of = case
    low, high = wilson(count, of)
    assert 0 <= low <= count / of <= high <= 1
    assert wilson(of - count, of) == pytest.approx((1 - high, 1 - low), abs=1e-12)


@given(counts)
def test_scipy_says_the_same(case):
    expected = binomtest(*case).proportion_ci(method="wilson")
    assert wilson(*case) == pytest.approx((expected.low, expected.high), abs=1e-12)


@given(counts)
def test_findings_and_scoring_speak_of_one_interval(case):
    said = share(*case)
    assert (said.low, said.high) == tuple(round(end, 4) for end in Share(*case).interval)
