"""The figure of a course: whole, true to the record, and honest about what was not captured."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from xml.etree import ElementTree

import pytest

from ictal.infant.overview import overview, overview_lines
from ictal.infant.timeline.checks import problems
from ictal.infant.timeline.types import Death, FindingsSummary, Growth, Infant, Milestone, Recording, Treatment
from ictal.report.infant_page import render_infant
from ictal.report.timeline import timeline_figure

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "child_course.py"


def texts(figure: str) -> list[str]:
    return [e.text or "" for e in ElementTree.fromstring(figure).iter("{http://www.w3.org/2000/svg}text")]


def test_an_empty_record_is_drawn_and_says_what_is_not_captured():
    words = texts(str(timeline_figure(overview(Infant(pseudonym="a")))))
    assert sum("not captured" in w for w in words) >= 5
    assert "none written down" in words


def test_what_people_wrote_cannot_break_the_figure():
    odd = '</svg><script>alert("x")</script>'
    child = Infant(pseudonym="a", entries=(Treatment(age_days=3, name=odd), Death(age_days=9, cause=odd)))
    figure = str(timeline_figure(overview(child)))
    ElementTree.fromstring(figure)
    assert "<script" not in figure


def test_a_recording_without_a_seizure_is_a_nought_and_one_that_was_not_read_is_not():
    quiet = FindingsSummary(readable_h=4, seizures=0, seizure_min=0)
    unread = FindingsSummary(readable_h=0, seizures=0, seizure_min=0)
    drawn = [
        texts(str(timeline_figure(overview(Infant(pseudonym="a", entries=(Recording(age_days=30, found=f),))))))
        for f in (quiet, unread)
    ]
    assert "?" not in drawn[0]
    assert "?" in drawn[1]


def test_both_z_scores_of_a_preterm_infant_are_drawn():
    grown = tuple(Growth(age_days=a, head_cm=h) for a, h in ((60, 33.0), (120, 37.0)))
    figures = [
        str(timeline_figure(overview(Infant(pseudonym="a", sex="male", gestation_weeks=w, entries=grown))))
        for w in (32.0, 40.0)
    ]
    assert [f.count('class="ho"') for f in figures] == [2, 0]
    assert [f.count('class="dt"') for f in figures] == [2, 2]


def test_every_milestone_is_drawn_by_its_kind():
    kinds = ("gained", "lost", "not yet")
    entries = tuple(Milestone(age_days=50 + 40 * k, skill="social smile", event=e) for k, e in enumerate(kinds))
    figure = str(timeline_figure(overview(Infant(pseudonym="a", entries=entries))))
    assert [figure.count(f'class="{c}"') for c in ("up", "dn", "ny")] == [1, 1, 1]


@pytest.fixture(scope="module")
def worked():
    return runpy.run_path(str(EXAMPLE))["worked_infant"](7)


def test_the_worked_example_runs_from_birth_to_24_months(worked):
    """Its answers are those of the course that made it: what was put in is found."""
    assert not problems(worked)
    found = overview(worked)
    assert found.ends_days == 731
    assert found.microcephaly.answer == "yes"
    assert 150 < found.microcephaly.crossed_age_days < 225
    assert found.development.answer == "regression"
    medicine = next(r for r in found.responses if r.treatment == "simulated medicine" and r.source == "diary")
    assert medicine.change.low < 0.4 < medicine.change.high
    assert any("'phenobarbital' stopped" in other for other in medicine.not_separable)
    assert any("Regression to the mean" in caution for caution in medicine.cautions)
    assert found.diary.escalates == "yes"
    storm = [c.age_days for c in found.diary.changes if c.rises]
    assert any(abs(age - 90) <= 6 for age in storm)
    assert overview(worked) == found


def test_the_figure_of_the_worked_example_is_whole(worked):
    figure = str(timeline_figure(overview(worked)))
    words = texts(figure)
    for word in ("burden", "head", "milestones", "treatments", "recordings", "social smile lost", "ketogenic diet 3:1"):
        assert word in words
    assert any("simulated" in w for w in words)
    numbers = [float(x) for x in re.findall(r'\b(?:x|cx)="(-?[\d.]+)"', figure)]
    assert all(-1 <= x <= 1060 for x in numbers)


def test_the_page_about_the_child_shows_what_the_example_says(worked):
    page = (EXAMPLE.parents[1] / "child.md").read_text(encoding="utf-8")
    for line in overview_lines(overview(worked))[:3]:
        assert line in page


def test_the_page_of_the_worked_infant_opens_offline_and_says_that_it_is_simulated(worked):
    page = render_infant(overview(worked))
    assert page.count("<svg") == 1
    assert "SIMULATED" in page
    assert "not a medical device" in page.lower()
    assert not re.findall(r'(?:src|href)="https?://', page)
    for answer in (
        "Acquired microcephaly: yes",
        "Development: regression",
        "at least 50 % fewer seizures",
        "Not separable",
    ):
        assert answer in page
    assert render_infant(overview(worked)) == page


def test_what_people_wrote_cannot_break_the_page():
    odd = '</p><script>alert("x")</script>'
    child = Infant(pseudonym="a", entries=(Treatment(age_days=3, name=odd), Death(age_days=9, cause=odd)))
    assert "<script" not in render_infant(overview(child))
    assert "None was written down" in render_infant(overview(Infant(pseudonym="a")))
