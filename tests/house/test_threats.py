"""Each threat of docs/threat-model.md names tests, and each of them is there."""

from __future__ import annotations

import ast
import re

import pytest

from tests.house.sources import ROOT

PAGE = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))
ROWS = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| threat")]


@pytest.mark.parametrize(("file", "test"), NAMED, ids=[test for _, test in NAMED])
def test_a_test_that_the_threat_model_names_is_there(file: str, test: str):
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    assert test in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_threat_has_a_test_or_says_why_not():
    assert len(ROWS) > 25
    for row in ROWS:
        assert "::test_" in row or "not a test:" in row, row
