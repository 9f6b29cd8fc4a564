"""Figures of the report as files of their own: whole, readable without the page, and refused where there is none."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from ictal.base.errors import UsageError
from ictal.report.drawings import drawing
from tests.report.made_case import Case, FakePages, make_case


@pytest.fixture(scope="module")
def case() -> Case:
    return make_case()


@pytest.mark.parametrize("kind", ["path", "chronogram", "overview", "foci", "eeg"])
def test_a_figure_stands_alone(case, kind):
    text = drawing(case, kind, 1, page_source=FakePages(case))
    ElementTree.fromstring(text)
    assert "var(" not in text
    named = set(re.findall(r"url\(#([\w-]+)\)", text))
    assert named <= set(re.findall(r'id="([\w-]+)"', text))
    assert text == drawing(case, kind, 1, page_source=FakePages(case))


def test_what_is_not_there_is_refused(case):
    with pytest.raises(UsageError, match="There is no seizure 99"):
        drawing(case, "path", 99)
    with pytest.raises(UsageError, match="page_source"):
        drawing(case, "eeg", 1)
