"""Growth: WHO hand values, the outside oracle, preterm infants, traps, and a small head that was acquired."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.base.errors import UsageError
from ictal.infant.growth.course import acquired_microcephaly, doubtful, growth_course
from ictal.infant.growth.measure import measured
from ictal.infant.growth.standards import LAST_DAY, lms, value_at, z_score
from ictal.infant.overview import overview
from ictal.infant.timeline.ages import Ages
from ictal.infant.timeline.types import Growth, Infant
from ictal.report.timeline import timeline_figure

SEXES = ("female", "male")
HAND = [  # sex, day, M, S of the published table (L is 1), head, z by hand
    ("male", 0, 34.4618, 0.03686, 31.921, -2.00),
    ("female", 0, 33.8787, 0.03496, 30.326, -3.00),
    ("female", 91, 39.5328, 0.0314, 37.050, -2.00),
    ("female", 183, 42.1995, 0.03087, 38.291, -3.00),
    ("male", 183, 43.3306, 0.02817, 40.889, -2.00),
]


@pytest.mark.parametrize(("sex", "day", "m", "s", "head", "z"), HAND)
def test_published_values_of_the_who_by_hand(sex, day, m, s, head, z):
    """Months there, days here: a hundredth apart at most."""
    assert (head / m - 1) / s == pytest.approx(z, abs=0.002)
    assert z_score("head", sex, head, day) == pytest.approx(z, abs=0.011)
    if day == 0:
        found = lms("head", sex, 0)
        assert (found.l, found.m, found.s) == (1.0, m, s)


ORACLE = {"head": "ofc", "weight": "weight", "length": "height"}


@pytest.fixture(scope="module")
def oracle():
    functions = pytest.importorskip("rcpchgrowth.global_functions")

    def z(measure: str, sex: str, value: float, days: float) -> float:
        return float(functions.sds_for_measurement("who", days / 365.25, ORACLE[measure], value, sex))

    return z


GRID = sorted({*range(0, 60, 3), *range(60, LAST_DAY + 1, 37), 729, 730, 732, LAST_DAY})


@pytest.mark.parametrize("sex", SEXES)
@pytest.mark.parametrize("measure", ORACLE)
def test_agreement_with_rcpchgrowth_over_all_ages(oracle, measure, sex):
    """Three values a day, from far below the median to above it; day 730, where length becomes height, apart."""
    for day in GRID:
        if measure == "length" and day == 730:
            continue
        for z in (-4.5, -2.0, 0.7, 3.4):
            value = value_at(measure, sex, z, day)
            ours = z_score(measure, sex, value, day)
            assert ours == pytest.approx(z, abs=1e-6)
            assert ours == pytest.approx(oracle(measure, sex, value, day), abs=0.02), (day, z)


@pytest.mark.parametrize("sex", SEXES)
@pytest.mark.parametrize("weeks", [24, 28, 32, 36])
def test_agreement_with_rcpchgrowth_for_preterm_infants(sex, weeks):
    """Its own dates and its own correction, which ends at two years of corrected age; from corrected age 0 on."""
    measurement = pytest.importorskip("rcpchgrowth").Measurement
    birth = dt.date(2024, 1, 1)
    early = 7 * (40 - weeks)
    for day in (early, early + 20, early + 91, early + 400, early + 730, early + 731, 900, 1856):
        told = measurement(
            sex=sex, birth_date=birth, observation_date=birth + dt.timedelta(days=day), measurement_method="ofc",
            observation_value=38.0, reference="who", gestation_weeks=weeks, gestation_days=0,
        ).measurement["measurement_calculated_values"]  # fmt: skip
        ours = measured("head", 38.0, sex, Ages(day, weeks))
        assert ours.z_corrected == pytest.approx(told["corrected_sds"], abs=0.02)
        assert ours.z_uncorrected == pytest.approx(told["chronological_sds"], abs=0.02)


def test_the_girl_of_32_weeks():
    """34.5 cm at three calendar months (90 days) reads -4.02 and -1.94; a day later -4.05 and -1.99."""
    found = measured("head", 34.5, "female", Ages(90, 32))
    assert (round(found.z_uncorrected, 2), round(found.z_corrected, 2)) == (-4.02, -1.94)
    later = measured("head", 34.5, "female", Ages(91, 32))
    assert (round(later.z_uncorrected, 2), round(later.z_corrected, 2)) == (-4.05, -1.99)


@given(st.sampled_from(SEXES), st.sampled_from(["head", "weight", "length"]), st.floats(0, LAST_DAY), st.floats(-7, 7))
def test_a_value_and_its_z_are_each_others_inverse(sex, measure, day, z):
    assert z_score(measure, sex, value_at(measure, sex, z, day), day) == pytest.approx(z, abs=1e-6)


@given(st.sampled_from(SEXES), st.floats(0, LAST_DAY), st.floats(28, 55), st.floats(0.01, 5))
def test_a_larger_head_has_a_larger_z(sex, day, head, more):
    assert z_score("head", sex, head + more, day) > z_score("head", sex, head, day)


@given(st.sampled_from(SEXES), st.floats(0, LAST_DAY - 1))
def test_a_part_of_a_day_lies_between_two_days(sex, day):
    ends = [lms("head", sex, float(int(day) + k)).m for k in (0, 1)]
    assert min(ends) - 1e-9 <= lms("head", sex, day).m <= max(ends) + 1e-9


@pytest.mark.parametrize("day", [-0.001, LAST_DAY + 0.001, float("nan")])
def test_outside_the_standard_there_is_no_z(day):
    assert z_score("head", "female", 40, day) is None
    assert value_at("head", "female", 0, day) is None
    assert z_score("head", "not captured", 40, 10) is None


@pytest.mark.parametrize(
    ("measure", "value"), [("head", 80), ("head", 3.45), ("weight", 3300), ("length", float("nan"))]
)
def test_a_slip_of_the_pen_is_refused(measure, value):
    with pytest.raises(UsageError, match="check the value and its unit"):
        measured(measure, value, "male", Ages(10, 40))


def test_what_is_beyond_the_limits_of_the_who_says_so():
    assert "measure again" in measured("head", 30, "male", Ages(200, 40)).notes[-1]


def test_before_term_there_is_no_corrected_z_and_the_reason_is_said():
    found = measured("head", 28.5, "female", Ages(0, 32))
    assert found.z_corrected is None
    assert found.z_uncorrected is not None
    assert "56 days from term" in found.notes[0]


def heads(*zs: tuple[float, float], weeks: float | None = 40, sex="female") -> Infant:
    """An infant whose head has these z-scores at these ages (corrected)."""
    early = 7 * (40 - weeks) if weeks is not None and weeks < 37 else 0
    grown = [Growth(age_days=age, head_cm=value_at("head", sex, z, age - early)) for age, z in zs]
    return Infant(pseudonym="a", sex=sex, gestation_weeks=weeks, entries=tuple(grown))


def test_a_fall_from_a_normal_start_is_acquired_and_its_day_is_told():
    found = acquired_microcephaly(heads((0, 0.0), (100, -1.0), (200, -3.0), (300, -3.1)))
    assert found.answer == "yes"
    assert found.crossed_age_days == pytest.approx(150, abs=0.5)
    assert (found.last_above.age_days, found.first_below.age_days) == (100, 200)
    assert found.fall_z == pytest.approx(3.0, abs=0.01)
    assert found.stayed is True


def test_a_head_that_stays_normal_is_not():
    assert acquired_microcephaly(heads((0, 0.0), (100, -1.0), (200, -1.9))).answer == "no"


def test_a_head_that_was_small_at_the_start_is_not_acquired():
    found = acquired_microcephaly(heads((0, -2.5), (100, -3.0)))
    assert (found.answer, found.small_at_start) == ("no", True)
    assert "not captured" in found.reason


@pytest.mark.parametrize("infant", [heads(), heads((100, -3.0))])
def test_fewer_than_two_heads_are_not_captured(infant):
    assert acquired_microcephaly(infant).answer == "not captured"


def test_a_preterm_infant_is_judged_by_corrected_age():
    """A head on the corrected median throughout falls below -2 by age from birth, and is not small."""
    infant = heads((60, 0.0), (90, 0.0), (200, 0.0), weeks=32)
    assert min(g.z_uncorrected for g in growth_course(infant)) < -2
    assert acquired_microcephaly(infant).answer == "no"


def test_a_head_that_shrinks_5_cm_is_not_taken_for_microcephaly():
    infant = heads((0, 0.0), (60, 0.0), (90, 0.1), (200, 0.0))
    slip = Growth(age_days=120, head_cm=36.0)
    found = acquired_microcephaly(infant.with_entries(slip))
    assert found.answer == "no"
    assert [g.value for g in found.not_used] == [36.0]
    assert len(doubtful(growth_course(infant))) == 0


def test_a_fall_within_the_error_of_the_tape_says_so():
    assert "error of measuring" in acquired_microcephaly(heads((0, -1.9), (100, -2.05))).reason


@given(st.lists(st.tuples(st.integers(0, 700), st.floats(-4, 2)), min_size=2, max_size=6, unique_by=lambda x: x[0]))
def test_the_crossing_lies_between_the_measurements_that_show_it(zs):
    found = acquired_microcephaly(heads(*zs))
    if found.answer == "yes":
        assert found.last_above.age_days <= found.crossed_age_days <= found.first_below.age_days
        assert found.start.z_corrected > -2 >= found.first_below.z_corrected


def test_whatever_a_record_takes_its_course_can_be_reckoned():
    """A record goes on after the age of the standards: 61 kg at fifteen years has no z-score, and is no fault."""
    old = Growth(age_days=5500, head_cm=70, weight_kg=200, length_cm=230)
    small = Growth(age_days=0, head_cm=15, weight_kg=0.2, length_cm=20)
    infant = Infant(pseudonym="a", sex="male", entries=(small, old))
    courses = [growth_course(infant, measure) for measure in ("head", "weight", "length")]
    assert [len(course) for course in courses] == [2, 2, 2]
    assert [course[1].z_uncorrected for course in courses] == [None] * 3


@given(
    st.sampled_from(("head", "weight", "length")),
    st.sampled_from(SEXES),
    st.integers(0, LAST_DAY),
    st.floats(-6, 6).filter(lambda z: abs(z) > 0.01),
)
def test_a_measurement_and_its_z_lead_to_each_other(measure, sex, day, z):
    """Skewed weights too, and beyond three standard deviations, where distances are counted in the third."""
    value = value_at(measure, sex, z, day)
    assert value is not None
    assert z_score(measure, sex, value, day) == pytest.approx(z, abs=1e-6)


@given(st.sampled_from(SEXES), st.integers(0, LAST_DAY), st.sampled_from((3.0, -3.0)))
def test_beyond_three_a_step_is_as_long_as_the_third(sex, day, edge):
    at = [value_at("weight", sex, edge * k / 3, day) for k in (2, 3, 4, 5)]
    steps = [b - a for a, b in pairwise(at)]
    assert steps[1:] == pytest.approx([steps[0]] * 2, rel=1e-9)


def by_hundreds(*z: float) -> Infant:
    """A term boy whose head has these z-scores, 100 days apart."""
    ages = [100.0 * k for k in range(len(z))]
    grown = tuple(
        Growth(age_days=age, head_cm=value_at("head", "male", one, age)) for age, one in zip(ages, z, strict=True)
    )
    return Infant(pseudonym="a", sex="male", gestation_weeks=40, entries=grown)


def test_what_a_later_measurement_says_is_told_and_only_then():
    fell, rose = (
        acquired_microcephaly(by_hundreds(0.5, -2.2, -2.6)),
        acquired_microcephaly(by_hundreds(0.5, -2.2, -1.5)),
    )
    assert (fell.answer, fell.stayed, "above -2 again" in fell.reason) == ("yes", True, False)
    assert (rose.answer, rose.stayed, "above -2 again" in rose.reason) == ("yes", False, True)
    assert fell.crossed_age_days == pytest.approx(100 * 2.5 / 2.7, abs=0.5)


def test_one_measurement_is_not_a_fall_and_it_is_kept():
    alone = acquired_microcephaly(by_hundreds(0.5))
    assert (alone.answer, "one head circumference" in alone.reason) == ("not captured", True)
    assert alone.start is not None
    assert acquired_microcephaly(by_hundreds()).start is None


def test_heads_without_a_sex_are_measured_and_have_no_z_and_the_answer_says_which_of_the_two():
    """What was measured is never called not measured."""
    entries = tuple(Growth(age_days=day, head_cm=cm) for day, cm in ((0, 34.0), (120, 37.5)))
    found = acquired_microcephaly(Infant(pseudonym="inf-1", gestation_weeks=38.0, entries=entries))
    assert found.answer == "not captured"
    assert "sex is not captured" in found.reason
    assert "no head circumference that" not in found.reason
    drawn = str(timeline_figure(overview(Infant(pseudonym="inf-1", gestation_weeks=38.0, entries=entries))))
    assert "measured, but no z-score" in drawn
    assert "not captured: no head circumference" not in drawn


def test_a_head_that_cannot_be_is_doubted_by_the_z_that_is_followed():
    """Ten weeks early: what counts is the corrected z, and before term there is none to doubt."""
    assert "measure again" in measured("head", 30, "male", Ages(200, 30)).notes[-1]
    early = measured("head", 26, "male", Ages(10, 30))
    assert early.z_uncorrected < -5
    assert not any("measure again" in note for note in early.notes)


def test_a_head_that_stays_normal_is_told_with_its_first_and_its_last():
    found = acquired_microcephaly(by_hundreds(0.5, -0.5, -1.0))
    assert (found.start.age_days, found.last.age_days) == (0, 200)
    assert "0.50, then -1.00" in found.reason


def test_a_head_of_exactly_minus_two_is_small():
    """At or below -2: a day is taken whose measurement reads -2 to the last digit."""
    day = next(d for d in range(100, 400) if z_score("head", "male", value_at("head", "male", -2.0, d), d) == -2.0)
    fell = heads((0, 0.0), (day, -2.0), sex="male")
    assert growth_course(fell)[1].z_corrected == -2.0
    assert acquired_microcephaly(fell).answer == "yes"
