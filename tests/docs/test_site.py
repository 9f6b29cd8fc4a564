"""The site builds offline without a warning; every tutorial runs, and shows what it printed and drew."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

TUTORIALS = sorted(p.stem for p in (ROOT / "docs" / "tutorials").glob("*.py"))
FIGURES = {"read_a_day": 1, "find_what_migrates": 2}
MADE = {
    "reference/commands.html": 'id="ictal-analyse"',
    "reference/api.html": 'id="ictal.analyse"',
    "reference/settings.html": "tracking.handover_gap_s",
    "reference/files.html": "crosses_midline",
    "reference/schemas.html": "burden_min_per_h",
    "criteria.html": "ictal-migration",
}
"""What is made from the code, and a word of it."""


LONGEST_S = 1200
"""On a machine with much else to do; half a minute on a quiet one."""


@pytest.mark.slow
def test_the_site_builds_without_a_warning_and_its_tutorials_show_what_they_did(tmp_path):
    """One test, because building takes half a minute; the tutorials have shorter recordings than on the page."""
    told = ("-b", "html", "-W", "--keep-going", "-n", "-q", "-d", str(tmp_path / "trees"))
    surroundings = {**os.environ, "ICTAL_TUTORIAL_SHORT": "1"}
    site = tmp_path / "html"
    command = [sys.executable, "-m", "sphinx", *told, str(ROOT / "docs"), str(site)]
    built = subprocess.run(command, env=surroundings, capture_output=True, text=True, timeout=LONGEST_S)
    assert (built.returncode, built.stderr) == (0, "")
    for name in TUTORIALS:
        page = said(site / "tutorials" / f"{name}.html")
        assert len(re.findall(r'<div class="output [^"]*highlight', page)) >= 2, name
        assert page.count("<figure><img") == FIGURES.get(name, 0), name
        assert not re.search(r"/tmp/|Traceback|object at 0x", page), name
    for page, word in MADE.items():
        assert word in said(site / page), page
    for page in site.rglob("*.html"):
        elsewhere = re.findall(r'<(?:script|link|img)[^>]*(?:src|href)="(?:https?:)?//[^"]*', said(page))
        assert not elsewhere, page.name


def said(page: Path) -> str:
    return page.read_text(encoding="utf-8")
