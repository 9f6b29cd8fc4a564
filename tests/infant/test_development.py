"""Development: one answer, the entries it rests on, and never more than was looked at."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.infant.development.course import development, late_after
from ictal.infant.development.types import DevelopmentAnswer
from ictal.infant.development.windows import MONTH_DAYS, WINDOWS
from ictal.infant.timeline.types import DevelopmentSeen, Feeding, Infant, Milestone, Vision
from ictal.infant.timeline.words import MilestoneName


def m(age: float, skill: str, event: str = "gained") -> Milestone:
    return Milestone(age_days=age, skill=skill, event=event)


def answer(*entries, weeks: float | None = 40, at: float | None = None):
    return development(Infant(pseudonym="a", gestation_weeks=weeks, entries=entries), at)


CASES = [
    ("not captured", (), ()),
    ("not captured", (m(100, "rolls over", "not yet"),), (0,)),
    ("normal", (m(50, "social smile"), m(100, "holds head")), (0, 1)),
    ("normal", (DevelopmentSeen(age_days=90, normal_for_age="yes"),), (0,)),
    ("delayed", (m(290, "sits without support", "not yet"),), (0,)),
    ("delayed", (m(290, "sits without support"),), (0,)),
    ("delayed", (DevelopmentSeen(age_days=90, normal_for_age="no"),), (0,)),
    ("plateau", (m(50, "social smile"), m(300, "rolls over", "not yet")), (1,)),
    ("regression", (m(50, "social smile"), m(130, "social smile", "lost")), (0, 1)),
    ("regression", (m(50, "social smile", "lost"),), (0,)),
    ("regression", (Vision(age_days=40, fixes="yes"), Vision(age_days=90, fixes="no")), (1,)),
    ("not captured", (Vision(age_days=40, fixes="no"),), ()),
    ("not captured", (Feeding(age_days=40, route="gastrostomy"),), ()),
]


@pytest.mark.parametrize(("expected", "entries", "rests_on"), CASES, ids=lambda x: x if isinstance(x, str) else "")
def test_the_answer_and_what_it_rests_on(expected, entries, rests_on):
    found = answer(*entries)
    assert found.answer == expected
    assert set(found.rests_on) == set(rests_on)
    assert found.sentence


def test_a_skill_that_came_back_is_told_and_is_no_regression():
    found = answer(m(50, "social smile"), m(130, "social smile", "lost"), m(200, "social smile"))
    assert found.answer == "normal"
    assert "came back" in found.also[0]


def test_the_windows_are_those_of_the_who_in_months():
    months = {
        name: (w.from_days and w.from_days / MONTH_DAYS, w.late_after_days / MONTH_DAYS) for name, w in WINDOWS.items()
    }
    assert months["sits without support"] == pytest.approx((3.8, 9.2))
    assert months["walks alone"] == pytest.approx((8.2, 17.6))
    assert set(WINDOWS) == set(get_args(MilestoneName))


def test_a_preterm_infant_has_the_months_that_it_lacked():
    """Sitting at 290 days is late from term, in its window 12 weeks of prematurity later."""
    entry = m(290, "sits without support")
    assert answer(entry, weeks=40).answer == "delayed"
    assert answer(entry, weeks=28).answer == "normal"
    assert "gestation is not captured" in answer(entry, weeks=None).also[-1]


def test_crawling_is_never_late():
    assert late_after(Infant(pseudonym="a"), "hands-and-knees crawling") is None
    assert answer(m(700, "hands-and-knees crawling", "not yet")).answer == "not captured"


def test_an_old_look_is_no_answer_for_today():
    found = answer(m(50, "social smile"), at=400)
    assert found.answer == "not captured"
    assert "until then: normal" in found.sentence
    assert answer(m(50, "social smile"), at=60).answer == "normal"


def test_what_comes_later_is_not_seen_from_an_earlier_age():
    entries = (m(50, "social smile"), m(130, "social smile", "lost"))
    assert answer(*entries, at=100).answer == "normal"
    assert answer(*entries, at=130).answer == "regression"


entries = st.lists(
    st.builds(Milestone, age_days=st.integers(0, 700), skill=st.sampled_from(sorted(WINDOWS)),
              event=st.sampled_from(["gained", "lost", "not yet"])), max_size=8,
)  # fmt: skip


@given(entries, st.randoms(use_true_random=False))
def test_the_order_in_which_entries_were_written_does_not_matter(found, random):
    """Those of one day and skill apart, whose order is their meaning."""
    unique = list({(e.age_days, e.skill): e for e in found}.values())
    shuffled = list(unique)
    random.shuffle(shuffled)
    assert answer(*unique).answer == answer(*shuffled).answer


@given(entries)
def test_an_answer_is_a_word_and_rests_on_entries_of_the_record(found):
    told = answer(*found)
    assert told.answer in get_args(DevelopmentAnswer)
    assert all(0 <= place < len(found) for place in told.rests_on)
    assert bool(told.rests_on) or told.answer == "not captured"


@given(entries)
def test_fewer_entries_never_make_an_answer_out_of_nothing(found):
    """With no entry about a skill there is no answer; a loss alone is one."""
    assert answer().answer == "not captured"
    lost = {e.skill for e in found if e.event == "lost"}
    if answer(*found).answer == "regression":
        assert lost
