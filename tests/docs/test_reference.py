"""The reference says everything: each command and option, public name, setting, column and property."""

from __future__ import annotations

import importlib
import inspect
import json
import sys

import click
import pytest

import ictal
from ictal.analysis import Settings
from ictal.base.settings import describe
from ictal.cli.main import COMMANDS
from tests.conftest import ROOT

sys.path.insert(0, str(ROOT / "docs"))
reference = importlib.import_module("_site.reference")
every_command = dict(reference.every_command())


@pytest.fixture(scope="module")
def commands() -> str:
    return reference.commands()


@pytest.mark.parametrize("verb", sorted(COMMANDS))
def test_every_verb_is_used_in_a_page(verb):
    pages = (p.read_text(encoding="utf-8") for p in (ROOT / "docs").rglob("*.md"))
    assert any(f"ictal {verb}" in page for page in pages), "no page of docs/ says what it is for"


@pytest.mark.parametrize("name", sorted(every_command))
def test_every_command_is_in_the_reference_with_each_option(name, commands):
    part = commands.split(f"# {name}\n", 1)[1].split("\n#", 1)[0]
    assert every_command[name].help
    for option in every_command[name].params:
        if isinstance(option, click.Option) and not option.hidden:
            assert option.help, f"{name} {option.opts[0]} has no help"
            assert all(f"`{o}" in part for o in option.opts)


@pytest.mark.parametrize("name", [n for n in ictal.__all__ if not n.startswith("_")])
def test_every_public_name_is_in_the_reference_and_says_what_it_is(name):
    assert f":: ictal.{name}\n" in reference.api() + "\n"
    value = getattr(ictal, name)
    assert value.__doc__
    if inspect.isclass(value):
        for member, inner in vars(value).items():
            if not member.startswith("_") and (isinstance(inner, property) or inspect.isfunction(inner)):
                assert inner.__doc__, f"{name}.{member} says nothing of itself"


def test_every_setting_is_in_the_reference():
    page = reference.settings()
    for setting in describe(Settings):
        assert f"| `{setting.name}` |" in page
        assert reference.plain(setting.source) in page


@pytest.mark.parametrize("name", reference.tables())
def test_every_column_has_a_meaning_and_every_meaning_a_column(name):
    assert set(reference.meanings()[name]) == set(reference.tables()[name])


@pytest.mark.parametrize("path", reference.schema_files(), ids=lambda p: p.name)
def test_every_property_of_a_schema_is_in_the_reference(path):
    page, schema = reference.schemas(), json.loads(path.read_text(encoding="utf-8"))
    for part in (schema, *schema.get("$defs", {}).values()):
        for name, said in part.get("properties", {}).items():
            assert f"| `{name}` |" in page
            assert said.get("description") or "$ref" in said, f"{path.name}: {name} says nothing of itself"


def test_a_page_names_no_part_that_is_not_made():
    for page in (ROOT / "docs").rglob("*.md"):
        for name in reference.PLACE.findall(page.read_text(encoding="utf-8")):
            assert name in reference.MADE, f"{page.name}: {name}"
