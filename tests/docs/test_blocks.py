"""Every block of code in a page runs as it stands there."""

from __future__ import annotations

import re

import pytest

from tests.conftest import ROOT
from tests.docs.blocks import Block, blocks, commands, find, looked_up, run

PAGES = ("README.md", "CONTRIBUTING.md", *sorted(str(p.relative_to(ROOT)) for p in (ROOT / "docs").rglob("*.md")))
SPAN = re.compile(r"(?<!`)`(ictal [^`]+)`(?!`)")


@pytest.mark.parametrize("page", PAGES)
def test_every_block_of_a_page_runs(page, request, monkeypatch):
    found = [block for block in blocks(ROOT, page) if block.kind not in ("text", "directive") or block.mark]
    if found:
        request.getfixturevalue("scratch")
    if any("ictal study init" in block.text for block in found):
        monkeypatch.delenv("ICTAL_STUDY")
    for block in found:
        run(ROOT, block)


@pytest.mark.parametrize("page", PAGES)
def test_every_option_that_a_page_names_in_a_sentence_is_there(page):
    for said in SPAN.findall((ROOT / page).read_text(encoding="utf-8")):
        words = re.split(r"\s+", said)[1:]
        if words[0].startswith("-") or words[0].isupper() or not words[0].isalpha():
            continue
        command, name, rest = find(words)
        assert name != "ictal", f"{page}: `{said}`"
        if any(p.nargs == -1 for p in command.params):
            continue  # its options are the fields of what it is given
        known = {"--help", *(name for p in command.params for name in p.opts)}
        for option in (w.strip("[]").partition("=")[0] for w in rest if w.strip("[]").startswith("--")):
            assert option in known, f"{page}: `{said}`"


def block(text: str, language: str = "", mark: str = "") -> Block:
    return Block("page.md", 1, language, text, mark, "reason")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("ictal analyse nothing.edf\n", ""),
        ("ictal analyse night.edf --no-such-option\n", ""),
        ("ictal no-such-verb\n", ""),
        ("raise AssertionError\n", "python"),
        ("make nothing\n", ""),
        ("python benchmarks/nothing.py\n", ""),
        ('pip install "ictal[nothing]"\n', ""),
    ],
)
def test_a_block_that_does_not_run_is_seen(text, language, scratch):
    with pytest.raises(AssertionError):
        run(ROOT, block(text, language))


def test_a_block_that_is_not_run_has_its_options_looked_up(scratch):
    run(ROOT, block("ictal serve --study my-study --port 8080\n", mark="not run"))
    with pytest.raises(AssertionError, match="port"):
        run(ROOT, block("ictal serve --port many\n", mark="not run"))


def test_a_drawing_is_no_command():
    assert block(" A |====|   delay\n").kind == "text"
    assert block("sim/\n  README\n").kind == "text"


def test_a_command_that_goes_on_in_the_next_line_is_one():
    (words,) = commands(block("ictal analyse night.edf \\\n  --json  # the findings\n"))
    assert words == ["ictal", "analyse", "night.edf", "--json"]
    assert not looked_up(ROOT, words)
