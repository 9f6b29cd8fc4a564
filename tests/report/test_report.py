"""What the report says: every seizure, in the file's own names, offline, and never more than was found."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from ictal.report import render
from tests.report.made_case import NEWBORN, FakePages, make_case

VOID = {"meta", "link", "br", "hr", "img", "input", "path", "rect", "circle"}


class Outline(HTMLParser):
    """Reads a page strictly: every element closed in order. Collects what the tests ask about."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.addresses: list[str] = []
        self.headings: list[int] = []
        self.figures: list[dict[str, str | None]] = []
        self.rows: list[list[str]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        if "id" in found:
            self.ids.append(found["id"])
        if tag == "a":
            self.links.append(found["href"])
        self.addresses += [v for k, v in attrs if k in ("src", "href", "xlink:href", "srcset", "action", "data") and v]
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "svg" and found.get("role") == "img":
            self.figures.append(found)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, f"</{tag}> at {self.getpos()}"

    def handle_data(self, data):
        self.text.append(data)
        if self.open and self.rows and {"td", "th"} & set(self.open):
            self.rows[-1][-1] += data


def read(html: str) -> Outline:
    outline = Outline()
    outline.feed(html)
    outline.close()
    assert outline.open == []
    return outline


def report(case, pages=True):
    return render(*case.arguments, page_source=FakePages(case) if pages else None)


CASES = {
    "whole": make_case(),
    "no start": make_case(start=None),
    "newborn, unknown burden": make_case(electrodes=NEWBORN, paths=(("C3", "C4", "T8"),), starts=(90.0,), burden=None),
    "one derivation": make_case(electrodes=("C3",), paths=(("C3",),), starts=(60.0,), gap=None),
    "at both edges": make_case(paths=(("O1",), ("O2",)), starts=(0.0, 1186.0)),
    "overlapping": make_case(paths=(("O1", "T8"), ("C4",)), starts=(100.0, 105.0)),
    "across a gap": make_case(paths=(("O1", "O2"),), starts=(390.0,), stay_s=60.0),
    "ten minutes long": make_case(paths=(("O1", "O2"),), starts=(10.0,), stay_s=300.0),
    "no seizure": make_case(paths=(), starts=()),
    "not simulated": make_case(simulated=False),
    "a day": make_case(duration_s=86400.0),
}


@pytest.fixture(params=CASES, ids=lambda name: name.replace(" ", "-"))
def case(request):
    return CASES[request.param]


def test_every_element_is_closed_and_every_id_is_there_once(case):
    outline = read(report(case))
    assert len(outline.ids) == len(set(outline.ids))
    assert {link[1:] for link in outline.links} <= set(outline.ids)


def test_nothing_is_fetched(case):
    html = report(case)
    outline = read(html)
    assert all(a.startswith("#") or a == "data:," for a in outline.addresses)
    assert not re.search(r"@import|url\((?!#)|<script", html)
    assert "default-src 'none'" in html


def test_headings_go_down_one_step_at_a_time(case):
    headings = read(report(case)).headings
    assert headings[0] == 1
    assert headings.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(headings))


def test_every_figure_has_a_name_and_a_description(case):
    outline = read(report(case))
    for figure in outline.figures:
        assert set(figure["aria-labelledby"].split()) <= set(outline.ids)
    assert len(outline.figures) >= 3 * len(case.seizures)


def test_the_same_input_gives_the_same_bytes(case):
    assert report(case) == report(case)


def test_every_seizure_has_its_row_and_its_section(case):
    outline = read(report(case))
    for number, seizure in enumerate(case.seizures, 1):
        path = "→".join(case.recording.written_name(e) for e in seizure.path)
        assert any(row[0] == str(number) and path in row and str(seizure.pattern) in row for row in outline.rows)
        assert f"seizure-{number}" in outline.ids
        assert f"#seizure-{number}" in outline.links


def test_the_banner_is_there_when_and_only_when_the_recording_was_simulated():
    assert 'class="simulated"' in report(make_case(simulated=True))
    assert "SIMULATED" not in report(make_case(simulated=False))


def test_electrodes_have_the_names_that_the_file_wrote():
    old = read(report(make_case(old_names=True)))
    new = read(report(make_case(old_names=False)))
    assert any("T3→F7→C4" in row for row in old.rows)
    assert any("T7→F7→C4" in row for row in new.rows)
    assert "T7" not in "".join(old.text)


def test_the_answer_comes_before_everything_else(case):
    html = report(case)
    for sentence in case.findings.statements[:3]:
        assert 0 < html.index(sentence) < html.index('id="recorded"')


def test_without_a_seizure_the_report_is_short_and_says_that_this_is_not_absence():
    html = report(CASES["no seizure"])
    text = " ".join("".join(read(html).text).split())
    assert "No seizure was found" in text
    assert "may have been there" in text
    assert "Foci: where" not in text
    assert len(html) < 40_000


def test_a_burden_that_is_not_known_is_not_zero():
    text = "".join(read(report(CASES["newborn, unknown burden"])).text)
    assert "The burden is not known" in text
    day = make_case(duration_s=86400.0)
    assert "hour 3: not captured" in report(day)
    assert day.findings.burden_by_hour[2].burden_min_per_h is None


def test_what_a_file_wrote_is_never_markup():
    evil = '<script>alert("x")</script>'
    case = make_case(name=f"{evil}.edf", rename={"O1": "O1<b>&"}, statements=(f"{evil} & more",))
    loaded = replace(case, findings=replace(case.findings, settings={evil: evil}))
    html = report(loaded)
    outline = read(html)
    assert "<script" not in html
    assert "<b>&" not in html
    assert html.count("&lt;script&gt;") >= 4
    assert any("O1<b>&→O2→T4" in row for row in outline.rows)


def test_without_pages_the_report_says_that_they_were_left_out():
    html = report(make_case(), pages=False)
    assert "The EEG pages were left out" in html
    assert "calibration" not in html


def test_only_the_seconds_of_the_recording_around_a_seizure_are_asked_for():
    case = CASES["at both edges"]
    pages = FakePages(case)
    render(*case.arguments, page_source=pages)
    assert pages.asked == [(0.0, 19.0), (1181.0, 1200.0)]


def test_seizures_open_at_once_name_each_other():
    text = "".join(read(report(CASES["overlapping"])).text)
    assert "Seizure 2 was open at the same time" in text
    assert "Seizure 1 was open at the same time" in text


def test_a_seizure_at_the_edge_has_no_true_length():
    assert report(CASES["at both edges"]).count("its true length is not known") == 2
    assert "its true length is not known" not in report(CASES["whole"])


def test_clock_times_are_shown_only_when_the_clock_is_known():
    assert "23:51:00" in report(make_case())
    assert "00:01:40 (day 2)" in report(make_case())
    assert not re.search(r"\bClock\b", report(make_case(start=None)))


def test_a_seizure_page_stays_below_its_size():
    one = make_case(paths=(("O1", "O2"),), starts=(100.0,), stay_s=120.0)
    none = make_case(paths=(), starts=())
    assert len(report(one).encode()) - len(report(none).encode()) < 120_000


def test_many_seizures_are_folded_and_each_is_still_there():
    starts = tuple(100.0 + 100.0 * i for i in range(61))
    case = make_case(paths=(("O1",),) * 61, starts=starts, duration_s=7200.0, gap=None)
    html = report(case)
    assert html.count("<details") == 61
    assert {f"seizure-{k}" for k in range(1, 62)} <= set(read(html).ids)
    assert "<details" not in report(CASES["whole"])


def test_importing_the_room_loads_no_template_engine(python):
    code = "import sys, ictal.report; print('jinja2' in sys.modules)"
    assert python("-c", code, env={"PYTHONPATH": ":".join(sys.path)}).stdout.strip() == "False"
