"""The report in a real browser: it opens offline, complains of nothing, and fits the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ictal.report import render
from tests.browser import chromium
from tests.report.made_case import FakePages, make_case

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> Path:
    case = make_case()
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(render(*case.arguments, page_source=FakePages(case)), encoding="utf-8")
    return path


@pytest.fixture
def page(tmp_path) -> Iterator[Callable[[int], chromium.Page]]:
    program = chromium.find()
    if program is None:
        pytest.skip("No Chromium on this machine: install one to run the browser tests.")
    opened: list[chromium.Page] = []

    def make(width: int) -> chromium.Page:
        opened.append(chromium.Page(program, tmp_path / f"profile{len(opened)}", width, 900))
        return opened[-1]

    yield make
    for each in opened:
        each.close()


def test_it_opens_offline_and_loads_nothing_but_itself(page, report):
    tab = page(1366)
    tab.call("Network.emulateNetworkConditions", offline=True, latency=0, downloadThroughput=0, uploadThroughput=0)
    tab.open(report.as_uri())
    asked = {r["request"]["url"].split(",")[0] for r in tab.told("Network.requestWillBeSent")}
    assert asked - {"data:"} == {report.as_uri()}
    assert tab.value("document.querySelector('h1').innerText") == "Seizures in infant-04.edf"


def test_the_console_stays_empty(page, report):
    tab = page(1366)
    tab.open(report.as_uri())
    assert tab.told("Log.entryAdded") == []
    assert tab.told("Runtime.consoleAPICalled") == []
    assert tab.told("Runtime.exceptionThrown") == []


@pytest.mark.parametrize("width", [1366, 768])
def test_nothing_scrolls_sideways(page, report, width):
    tab = page(width)
    tab.open(report.as_uri())
    assert tab.value("document.documentElement.scrollWidth") <= width
    assert tab.value("document.documentElement.clientWidth") <= width
    assert tab.value("[...document.querySelectorAll('svg.fig')].every(f => f.getBoundingClientRect().height > 50)")


def test_the_figures_are_legible_in_the_dark(page, report):
    tab = page(1366)
    tab.open(report.as_uri())
    ink = "getComputedStyle(document.querySelector('path.tr')).stroke"
    paper = "getComputedStyle(document.body).backgroundColor"
    light = tab.value(ink), tab.value(paper)
    tab.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
    dark = tab.value(ink), tab.value(paper)
    assert light == ("rgb(29, 35, 39)", "rgb(255, 255, 255)")
    assert dark == ("rgb(230, 233, 234)", "rgb(21, 25, 28)")
    tab.call("Emulation.setEmulatedMedia", media="print", features=[{"name": "prefers-color-scheme", "value": "dark"}])
    assert (tab.value(ink), tab.value(paper)) == light
