"""What a figure has of the report's page: its rules, with the colours written out, and its patterns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib import resources


@cache
def light() -> Mapping[str, str]:
    """Which colours and fonts has the light page, by their names?"""
    return {
        name: value.strip() for name, value in re.findall(r"--([a-z-]+):\s*([^;]+);", _sheet().split("@media", 1)[0])
    }


@cache
def figure_rules() -> str:
    """The rules of the style sheet that figures use, on one line and without variables."""
    page = _sheet()
    start = page.index(".t {")
    rules = " ".join(page[start : page.index("@media", start)].split())
    return re.sub(r"var\(--([a-z-]+)\)", lambda name: light()[name[1]], rules)


@cache
def patterns() -> str:
    """The hatchings that the rules name."""
    found = re.findall(r"<pattern.*?</pattern>", _template("_patterns.svg"), re.DOTALL)
    return f"<defs>{''.join(found)}</defs>"


def _sheet() -> str:
    return _template("_style.css")


def _template(name: str) -> str:
    return resources.files("ictal.report").joinpath("templates", name).read_text(encoding="utf-8")
