"""Intervals keep their promises whatever they are given."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from ictal.base.time import Interval, IntervalSet, to_sample

seconds = st.floats(-1e6, 1e6, allow_nan=False)
ticks = st.integers(-400, 400).map(lambda n: n / 8)
"""Times that floating point holds exactly, so that lengths add up exactly and ends often meet."""


@st.composite
def intervals(draw, times=ticks):
    start, stop = sorted((draw(times), draw(times)))
    return Interval(start, stop)


interval_lists = st.lists(intervals(), max_size=12)
sets = interval_lists.map(IntervalSet.of)


def covers(items, time_s):
    """The slow, plain answer: is a time in any of these?"""
    return any(item.start_s <= time_s < item.stop_s for item in items)


PROBES = tuple(n / 16 for n in range(-810, 811))
"""Every tick and every midpoint between two: enough to tell two sets of ticks apart."""


@given(seconds, seconds)
def test_an_interval_is_finite_and_never_negative(a, b):
    if b < a:
        with pytest.raises(ValueError, match="start <= stop"):
            Interval(a, b)
    else:
        assert Interval(a, b).duration_s == b - a


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_an_interval_refuses_what_is_not_a_time(bad):
    with pytest.raises(ValueError, match="finite"):
        Interval(0.0, bad)
    with pytest.raises(ValueError, match="finite"):
        Interval(bad, 0.0)


@given(intervals(), intervals())
def test_overlap_and_gap_are_symmetric_and_exclude_each_other(a, b):
    assert a.overlap_s(b) == b.overlap_s(a)
    assert a.gap_s(b) == b.gap_s(a)
    assert a.overlap_s(b) == 0 or a.gap_s(b) == 0
    assert a.overlap_s(b) <= min(a.duration_s, b.duration_s)


@given(intervals(), intervals(), ticks)
def test_a_shift_of_both_changes_no_relation(a, b, by_s):
    assert a.shifted(by_s).overlap_s(b.shifted(by_s)) == a.overlap_s(b)
    assert a.shifted(by_s).gap_s(b.shifted(by_s)) == a.gap_s(b)


def test_intervals_that_meet_share_nothing_and_leave_no_gap():
    a, b = Interval(0, 5), Interval(5, 9)
    assert (a.overlap_s(b), a.gap_s(b)) == (0, 0)
    assert (a.contains(5), b.contains(5)) == (False, True)


@given(interval_lists)
@example([Interval(100, 140), Interval(105, 110)])
@example([Interval(500, 520), Interval(100, 130)])
def test_a_set_holds_exactly_the_times_of_its_intervals(items):
    built = IntervalSet.of(items)
    assert all(built.contains(t) == covers(items, t) for t in PROBES)
    assert all(a.stop_s < b.start_s for a, b in zip(built.intervals, built.intervals[1:], strict=False))
    assert all(i.duration_s > 0 for i in built)


@given(interval_lists, st.randoms(use_true_random=False))
def test_a_set_does_not_depend_on_the_order_or_on_repetition(items, random):
    shuffled = [*items, *items]
    random.shuffle(shuffled)
    assert IntervalSet.of(shuffled) == IntervalSet.of(items)


@given(interval_lists, st.integers(0, 80).map(lambda n: n / 8))
def test_joining_leaves_no_gap_that_should_have_been_joined(items, gap_s):
    joined = IntervalSet.of(items, join_gap_s=gap_s)
    assert all(b.start_s - a.stop_s > gap_s for a, b in zip(joined.intervals, joined.intervals[1:], strict=False))
    assert joined.total_s >= IntervalSet.of(items).total_s
    assert IntervalSet.of(joined, join_gap_s=gap_s) == joined


def test_joining_runs_along_a_chain():
    chain = [Interval(0, 1), Interval(2, 3), Interval(4, 5)]
    assert IntervalSet.of(chain, join_gap_s=1).intervals == (Interval(0, 5),)
    assert IntervalSet.of(chain, join_gap_s=0.9).intervals == tuple(chain)


@pytest.mark.parametrize(
    "wrong",
    [
        (Interval(5, 6), Interval(0, 1)),
        (Interval(0, 2), Interval(1, 3)),
        (Interval(0, 1), Interval(1, 2)),
        (Interval(1, 1),),
    ],
    ids=["unsorted", "overlapping", "touching", "empty"],
)
def test_a_set_refuses_what_is_not_a_set(wrong):
    with pytest.raises(ValueError, match=r"IntervalSet\.of"):
        IntervalSet(wrong)


@given(sets, sets)
def test_union_intersection_and_difference_are_those_of_times(a, b):
    union, both, rest = a.union(b), a.intersection(b), a.difference(b)
    for t in PROBES:
        assert union.contains(t) == (a.contains(t) or b.contains(t))
        assert both.contains(t) == (a.contains(t) and b.contains(t))
        assert rest.contains(t) == (a.contains(t) and not b.contains(t))
    assert union.total_s == a.total_s + b.total_s - both.total_s
    assert rest.total_s == a.total_s - both.total_s


@given(sets, intervals())
def test_overlap_with_a_set_is_the_length_of_the_intersection(a, other):
    assert a.overlap_s(other) == a.intersection(IntervalSet.of([other])).total_s


@given(st.lists(st.booleans(), max_size=60), st.sampled_from([1, 64, 173.61, 200, 256, 399.6]), st.floats(0, 1e5))
def test_a_mask_becomes_the_times_at_which_it_is_true(mask, rate_hz, start_s):
    built = IntervalSet.from_mask(np.array(mask, dtype=bool), rate_hz, start_s)
    for i, flag in enumerate(mask):
        assert built.contains(start_s + (i + 0.5) / rate_hz) == flag
    assert built.total_s == pytest.approx(sum(mask) / rate_hz, abs=1e-9 * (1 + start_s))


def test_an_empty_mask_is_an_empty_set():
    assert len(IntervalSet.from_mask([], 64)) == 0
    assert IntervalSet().total_s == 0


@given(st.integers(0, 10**8), st.floats(0.5, 20_000))
def test_a_sample_returns_from_its_own_time(sample, rate_hz):
    assume(sample / rate_hz < 1e7)
    assert to_sample(sample / rate_hz, rate_hz) == sample


def test_seconds_are_rounded_and_not_cut_off():
    assert to_sample(0.0012, 40_000) == 48  # cutting off gives 47
    assert to_sample(0.29, 100) == 29  # 0.29 * 100 is 28.999999999999996
