"""What the simulator's pages say of scenarios, courses and equations is what the records say."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

PAGES = ("simulator.md", "mechanism.md")


@pytest.fixture(scope="module")
def refresh(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("refresh_pages", root / "docs" / "refresh.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_as_the_records_are(refresh: ModuleType, root: Path, page: str) -> None:
    text = (root / "docs" / page).read_text(encoding="utf-8")
    assert refresh.refreshed(text) == text, "run: python docs/refresh.py"


def test_every_part_that_is_made_stands_in_a_page(refresh: ModuleType, root: Path) -> None:
    text = "".join((root / "docs" / page).read_text(encoding="utf-8") for page in PAGES)
    for name in refresh.MADE:
        found = re.search(f"<!-- {name} -->\n\n(.+?)\n\n<!-- end -->", text, re.DOTALL)
        assert found is not None, name
        assert len(found[1]) > 200


def test_a_page_that_lags_is_seen(refresh: ModuleType) -> None:
    assert refresh.refreshed("<!-- scenarios -->\n\nold\n\n<!-- end -->").count("eimfs-storm") == 1
