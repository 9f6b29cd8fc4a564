"""Every link inside leads somewhere: to a file that is there, and to a heading that it has."""

from __future__ import annotations

import re
import urllib.parse
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.docs.blocks import FENCE

PAGES = (
    "README.md",
    "CONTRIBUTING.md",
    "benchmarks/README.md",
    *sorted(str(p.relative_to(ROOT)) for p in (ROOT / "docs").rglob("*.md")),
)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)|<(?:img|a)[^>]*(?:src|href)=\"([^\"]+)\"")


def words(page: Path) -> str:
    """The page without its blocks of code."""
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def links(text: str) -> list[str]:
    """The links of a page that stay inside."""
    found = [a or b for a, b in LINK.findall(text)]
    return [link for link in found if not re.match(r"[a-z]+:", link)]


def anchors(text: str) -> set[str]:
    """The names of the headings, as GitHub and the site make them."""
    headings = re.findall(r"^#+ +(.+?) *$", text, re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", h)).lower().replace(" ", "-") for h in headings
    }


def broken(page: Path, text: str) -> list[str]:
    """The links of this text that lead nowhere."""
    lost = []
    for link in links(text):
        path, _, anchor = urllib.parse.unquote(link).partition("#")
        target = (page.parent / path) if path else page
        if not target.exists() or (anchor and anchor not in anchors(words(target))):
            lost.append(link)
    return lost


@pytest.mark.parametrize("page", PAGES)
def test_every_link_inside_leads_somewhere(page):
    assert broken(ROOT / page, words(ROOT / page)) == []


@pytest.mark.parametrize("link", ["nothing.md", "docs/findings.md#nothing", "#nothing"])
def test_a_link_that_leads_nowhere_is_seen(link):
    assert broken(ROOT / "README.md", f"[words]({link})") == [link]


def test_links_that_lead_somewhere_or_outside_are_not_complained_of():
    text = "[a](docs/findings.md#against-chance) [b](https://bids.neuroimaging.io) [c](CONTRIBUTING.md)"
    assert broken(ROOT / "README.md", text) == []


@pytest.mark.parametrize("page", [p for p in PAGES if p.startswith("docs/") and p != "docs/index.md"])
def test_every_page_is_in_the_table_of_contents(page):
    listed = set()
    for other in (ROOT / "docs").rglob("*.md"):
        for tree in re.findall(r"```{toctree}\n(.*?)```", other.read_text(encoding="utf-8"), re.DOTALL):
            listed |= {other.parent / f"{name}.md" for name in re.findall(r"^[\w/-]+$", tree, re.MULTILINE)}
    assert ROOT / page in listed
