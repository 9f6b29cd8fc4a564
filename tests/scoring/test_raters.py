"""Kappas from patterns are those of the textbooks; replacing an expert by a copy of an expert changes nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ictal.base.errors import UsageError
from ictal.scoring.calibration import Calibration
from ictal.scoring.ranking import auc
from ictal.scoring.raters import change_of_cohen, change_of_fleiss, cohen, fleiss, patterns
from ictal.scoring.resampling import bootstrap
from ictal.scoring.types import SecondAgreement

marks_of_four = arrays(bool, st.tuples(st.just(4), st.integers(2, 200)))


@given(marks_of_four)
def test_cohen_from_patterns_is_cohen_from_a_table(marks):
    a, b = marks[1], marks[3]
    table = SecondAgreement(*(int(np.sum(m)) for m in (a & b, a & ~b, ~a & b, ~a & ~b)))
    kappa = float(cohen(patterns(marks), 1, 3))
    if table.kappa is None:
        assert np.isnan(kappa)
    else:
        assert kappa == pytest.approx(table.kappa, abs=1e-9)


@given(marks_of_four)
def test_fleiss_is_what_its_definition_says(marks):
    n, _ = marks.shape
    yes = marks.sum(axis=0)
    table = np.column_stack([yes, n - yes]).astype(float)
    p = table.sum(axis=0) / table.sum()
    agreed = np.mean(((table**2).sum(axis=1) - n) / (n * (n - 1)))
    chance = float((p**2).sum())
    kappa = float(fleiss(patterns(marks), range(4)))
    if chance == 1:
        assert np.isnan(kappa)
    else:
        assert kappa == pytest.approx((agreed - chance) / (1 - chance), abs=1e-9)


def test_fleiss_of_the_table_in_his_paper_with_two_categories_known_by_hand():
    # 4 seconds, 3 raters: 3, 2, 0, 1 marks; agreed = (1 + 1/3 + 1 + 1/3) / 4 = 2/3, share 1/2, chance 1/2.
    marks = [[1, 1, 0, 0], [1, 1, 0, 1], [1, 0, 0, 0]]
    assert float(fleiss(patterns(marks), (0, 1, 2))) == pytest.approx(1 / 3)


def test_an_algorithm_that_copies_an_expert_is_no_worse_than_that_expert_and_noise_is():
    rng = np.random.default_rng(1)
    true = rng.random(20_000) < 0.2
    experts = [true ^ (rng.random(true.size) < 0.05) for _ in range(3)]
    equal = patterns([*experts, true ^ (rng.random(true.size) < 0.05)])
    noise = patterns([*experts, rng.random(true.size) < 0.2])
    assert float(change_of_fleiss(equal, (0, 1, 2), 3)) == pytest.approx(0, abs=0.02)
    assert float(change_of_cohen(equal, (0, 1, 2), 3)) == pytest.approx(0, abs=0.02)
    assert float(change_of_cohen(noise, (0, 1, 2), 3)) > 0.5
    copied = patterns([*experts, experts[1]])
    assert float(change_of_fleiss(copied, (0, 1, 2), 3, replaced=1)) == pytest.approx(0, abs=1e-12)


def test_patterns_add_up_over_recordings():
    rng = np.random.default_rng(2)
    marks = rng.random((3, 500)) < 0.3
    assert np.array_equal(patterns(marks[:, :200]) + patterns(marks[:, 200:]), patterns(marks))


@pytest.mark.parametrize("wrong", [[1, 0, 1], [[1, 0]], np.zeros((17, 3))])
def test_marks_of_too_few_or_too_many_raters_are_refused(wrong):
    with pytest.raises(UsageError, match="2 to 16 raters"):
        patterns(wrong)


@given(
    st.lists(st.tuples(st.integers(0, 8), st.booleans()), min_size=2, max_size=60).filter(
        lambda told: len({right for _, right in told}) == 2
    )
)
def test_auc_is_the_share_of_pairs_in_the_right_order(told):
    yes, no = [s for s, right in told if right], [s for s, right in told if not right]
    pairs = [1.0 if a > b else 0.5 if a == b else 0.0 for a in yes for b in no]
    assert auc([s for s, _ in told], [right for _, right in told]) == pytest.approx(sum(pairs) / len(pairs))


def test_auc_needs_both_kinds():
    assert auc([0.1, 0.9], [True, True]) is None
    assert auc([], []) is None


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=60), st.integers(0, 60))
def test_calibrations_add_up(told, cut):
    whole = Calibration.of(told)
    parts = Calibration.of(told[:cut]) + Calibration.of(told[cut:])
    assert [b.right for b in whole.bins] == [b.right for b in parts.bins]
    assert (whole.error is None) == (not told)
    if told:
        assert whole.error == pytest.approx(parts.error, abs=1e-6)


def test_a_detector_that_is_right_as_often_as_it_says_is_calibrated_and_a_boaster_is_not():
    rng = np.random.default_rng(3)
    said = rng.random(40_000)
    honest = Calibration.of(zip(said, rng.random(said.size) < said, strict=True))
    boaster = Calibration.of((0.95, bool(right)) for right in rng.random(1000) < 0.5)
    assert honest.error is not None
    assert honest.error < 0.02
    assert boaster.error == pytest.approx(0.45, abs=0.05)
    with pytest.raises(UsageError, match="from 0 to 1"):
        Calibration.of([(1.2, True)])


def test_the_bootstrap_covers_what_it_should_and_is_the_same_twice():
    rng = np.random.default_rng(4)
    covered = 0
    for _ in range(200):
        counts = np.column_stack([rng.binomial(10, 0.7, 30), np.full(30, 10)])
        interval = bootstrap(counts, lambda s: s[:, 0] / s[:, 1])
        assert interval is not None
        assert interval == bootstrap(counts, lambda s: s[:, 0] / s[:, 1])
        covered += interval[0] <= 0.7 <= interval[1]
    assert 0.88 <= covered / 200 <= 0.99


def test_too_few_recordings_and_no_denominator_give_no_interval():
    assert bootstrap([[1, 2]] * 4, lambda s: s[:, 0] / s[:, 1]) is None
    assert bootstrap([[0, 0]] * 9, lambda s: np.full(len(s), np.nan)) is None
