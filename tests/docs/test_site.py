"""The site builds offline without a warning; every tutorial runs, and shows what it printed and drew."""

from __future__ import annotations

import os
import re

import pytest

from tests.conftest import ROOT

TUTORIALS = sorted(p.stem for p in (ROOT / "docs" / "tutorials").glob("*.py"))
FIGURES = {"read_a_day": 1, "find_what_migrates": 2}


@pytest.fixture(scope="module")
def site(python, tmp_path_factory):
    """The built site. The tutorials have shorter recordings than on the page."""
    out = tmp_path_factory.mktemp("site")
    told = ("-b", "html", "-W", "--keep-going", "-n", "-q", "-d", str(out / "trees"))
    surroundings = {**os.environ, "ICTAL_TUTORIAL_SHORT": "1"}
    built = python("-m", "sphinx", *told, str(ROOT / "docs"), str(out / "html"), env=surroundings)
    assert built.returncode == 0, built.stderr
    assert built.stderr == ""
    return out / "html"


@pytest.mark.slow
@pytest.mark.parametrize("name", TUTORIALS)
def test_a_tutorial_shows_what_its_code_did(name, site):
    page = (site / "tutorials" / f"{name}.html").read_text(encoding="utf-8")
    assert len(re.findall(r'<div class="output [^"]*highlight', page)) >= 3
    assert page.count("<figure><img") == FIGURES.get(name, 0)
    assert not re.search(r"/tmp/|Traceback|object at 0x", page)


@pytest.mark.slow
def test_a_page_asks_for_nothing_from_elsewhere(site):
    for page in site.rglob("*.html"):
        for address in re.findall(
            r'(?:src|href)="(https?:)?//[^"]+"[^>]*(?:rel="stylesheet"|></script>)', page.read_text(encoding="utf-8")
        ):
            raise AssertionError(f"{page.name}: {address}")


@pytest.mark.slow
def test_what_is_made_from_the_code_stands_in_the_site(site):
    reference = site / "reference"
    assert 'id="ictal-analyse"' in (reference / "commands.html").read_text(encoding="utf-8")
    assert 'id="ictal.analyse"' in (reference / "api.html").read_text(encoding="utf-8")
    assert "tracking.handover_gap_s" in (reference / "settings.html").read_text(encoding="utf-8")
    assert "crosses_midline" in (reference / "files.html").read_text(encoding="utf-8")
    assert "burden_min_per_h" in (reference / "schemas.html").read_text(encoding="utf-8")
    assert "ictal-migration" in (site / "criteria.html").read_text(encoding="utf-8")
