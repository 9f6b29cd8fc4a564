"""The growth chart and the seizures in small: points stand at their values, bars at their times."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.infant.growth.course import growth_course
from ictal.infant.growth.standards import value_at
from ictal.infant.timeline.types import Growth, Infant
from ictal.report.growth_chart import growth_chart
from ictal.report.scene import Scene
from ictal.report.small import small_multiple
from tests.report.made_case import make_case

SVG = "{http://www.w3.org/2000/svg}"


def drawn(infant: Infant) -> ElementTree.Element:
    return ElementTree.fromstring(str(growth_chart(infant, growth_course(infant, "head"))))


def of_class(figure: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [e for e in figure.iter() if name in (e.get("class") or "").split()]


def curve(path: ElementTree.Element) -> list[tuple[float, float]]:
    return [(float(a), float(b)) for a, b in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", path.get("d") or "")]


@given(
    st.lists(st.tuples(st.integers(0, 1800), st.floats(30, 55)), max_size=8),
    st.sampled_from(["female", "male", "not captured"]),
    st.sampled_from([None, 28.0, 39.5]),
)
def test_every_record_is_drawn_inside_its_frame(points, sex, gestation):
    entries = tuple(Growth(age_days=age, head_cm=round(head, 1)) for age, head in points)
    infant = Infant(pseudonym="a", sex=sex, gestation_weeks=gestation, entries=entries)
    figure = drawn(infant)
    assert len(of_class(figure, "cent")) == (0 if sex == "not captured" else 5)
    frame = of_class(figure, "pl")[0]
    left, top = float(frame.get("x")), float(frame.get("y"))
    right, bottom = left + float(frame.get("width")), top + float(frame.get("height"))
    for dot in of_class(figure, "dot"):
        assert left - 0.1 <= float(dot.get("cx")) <= right + 0.1
        assert top - 0.1 <= float(dot.get("cy")) <= bottom + 0.1


@pytest.mark.parametrize(("z", "which"), [(-1.881, 0), (0.0, 2), (1.881, 4)])
def test_a_head_on_a_centile_lies_on_its_line(z, which):
    ages = (0, 91, 183, 365)
    heads = [round(value_at("head", "male", z, age), 2) for age in ages]
    entries = tuple(Growth(age_days=a, head_cm=h) for a, h in zip(ages, heads, strict=True))
    figure = drawn(Infant(pseudonym="a", sex="male", gestation_weeks=40.0, entries=entries))
    line = curve(of_class(figure, "cent")[which])
    for dot in of_class(figure, "dot"):
        x, y = float(dot.get("cx")), float(dot.get("cy"))
        (x1, y1), (x2, y2) = next((a, b) for a, b in pairwise(line) if a[0] <= x <= b[0] + 0.1)
        assert abs(y1 + (y2 - y1) * (x - x1) / (x2 - x1) - y) < 1.5


def test_a_preterm_childs_head_stands_at_its_corrected_age():
    term, preterm = (
        drawn(Infant(pseudonym="a", sex="male", gestation_weeks=w, entries=(Growth(age_days=140, head_cm=40.0),)))
        for w in (40.0, 30.0)
    )
    at = [float(of_class(f, "dot")[0].get("cx")) for f in (term, preterm)]
    assert at[1] < at[0]


def test_the_legs_of_fellows_stand_on_one_scale_of_time():
    case = make_case()
    scene = Scene.of(*case.arguments)
    longest_s = max(s.duration_s for s in case.seizures)
    for number, seizure in enumerate(case.seizures, start=1):
        figure = ElementTree.fromstring(str(small_multiple(scene, number, longest_s)))
        bars = of_class(figure, "solid")
        assert len(bars) == len(seizure.legs)
        scale = (150.0 - 12.0) / longest_s
        for bar, leg in zip(bars, seizure.legs, strict=True):
            assert float(bar.get("x")) == pytest.approx(6 + scale * (leg.start_s - seizure.start_s), abs=0.06)
            assert float(bar.get("width")) == pytest.approx(max(1.5, scale * leg.duration_s), abs=0.06)
        rows = {bar.get("class"): bar.get("y") for bar in bars}
        assert len(set(rows.values())) == len(rows)  # a lane for each hemisphere
