"""The pages beside the code are kept true: architecture, README, help, settings, the list of changes."""

from __future__ import annotations

import re

import click
import pytest

from ictal.analysis import Settings
from ictal.base.settings import check, describe
from ictal.cli.main import COMMANDS, ictal
from tests.house.sources import ROOT, rooms


def command(verb: str) -> click.Command:
    found = ictal.get_command(click.Context(ictal), verb)
    assert found is not None
    return found


@pytest.mark.parametrize("room", rooms())
def test_every_folder_of_the_house_is_on_the_plan(room: str):
    plan = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert f"{room.rpartition('.')[2]}/" in plan
    assert f"`{room.rpartition('.')[2]}`" in plan


@pytest.mark.parametrize("verb", sorted(COMMANDS))
def test_every_command_explains_itself_and_each_of_its_options(verb: str):
    described = command(verb)
    assert described.name == verb
    assert described.help
    for option in described.params:
        if isinstance(option, click.Option):
            assert option.help, f"{verb} {option.opts[0]} has no help"


@pytest.mark.parametrize("verb", sorted(COMMANDS))
def test_every_command_is_in_the_readme(verb: str):
    assert f"`ictal {verb}" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("target", ["demo", "test"])
def test_the_two_commands_of_the_readme_are_in_the_makefile(target: str):
    assert f"make {target}" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("setting", describe(Settings), ids=lambda s: s.name)
def test_every_setting_is_read_by_its_room(setting):
    """A setting that nothing reads would be a promise that is not kept."""
    room, name = setting.name.split(".")
    files = (ROOT / "src" / "ictal" / "eeg" / room).glob("*.py")
    text = "".join(f.read_text(encoding="utf-8") for f in files if f.name != "settings.py")
    assert re.search(rf"settings\.{name}\b", text)


@pytest.mark.parametrize("setting", describe(Settings), ids=lambda s: s.name)
def test_every_setting_has_a_meaning_a_unit_and_a_source(setting):
    assert setting.meaning
    assert setting.unit
    assert setting.source
    assert setting.choices or isinstance(setting.default, bool | str) or (setting.low, setting.high) != (None, None)


def test_the_default_settings_are_within_their_own_ranges():
    assert check(Settings()) == Settings()


def test_news_fragments_have_a_type_that_the_list_of_changes_knows():
    fragments = [f for f in (ROOT / "changelog.d").iterdir() if f.name != "README.md"]
    for fragment in fragments:
        assert re.fullmatch(r"[+\w-]+\.(added|changed|fixed|removed)(\.\d+)?\.md", fragment.name), fragment.name
