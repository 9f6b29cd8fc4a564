"""The pages beside the code are kept true: architecture, README, help, settings, the list of changes."""

from __future__ import annotations

import re
from itertools import takewhile

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


def test_every_place_of_the_plan_is_in_the_house_once():
    """What the drawing names is there (rooms, modules), and no line of it stands twice."""
    plan = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    drawn = re.search(r"```\nsrc/ictal/\n(.*?)```", plan, re.DOTALL)
    assert drawn is not None
    lines = list(takewhile(lambda line: line.startswith("  "), drawn[1].splitlines()))
    above, places = "", []
    for line in lines:
        found = re.match(r"( +)([\w.]+/?)  ", line)
        assert found is not None, line
        above = found[2] if len(found[1]) == 2 else above
        places.append(found[2] if len(found[1]) == 2 else above + found[2])
    assert len(places) == len(set(places)), sorted(p for p in places if places.count(p) > 1)
    for place in places:
        assert (ROOT / "src" / "ictal" / place).exists(), f"{place} is drawn and not there"
    modules = {path.name for path in (ROOT / "src" / "ictal").glob("*.py")} - {"__main__.py"}
    assert modules <= set(places)


def test_every_file_and_folder_that_the_plan_speaks_of_is_there():
    """`eeg/recording`, `exchange/folder.py`, `study/schema.py`: as a path of the source, or of one of its rooms."""
    plan = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:\w+/)+\w*(?:\.(?:py|toml))?)`", plan)) | set(
        re.findall(r"`(\w+\.(?:py|toml))`", plan)
    )
    assert len(named) > 20
    made = {"study.toml", "settings.toml"}
    for name in sorted(named - made):
        anywhere = [*(ROOT / "src" / "ictal").rglob(name), ROOT / name, ROOT / "src" / "ictal" / name]
        within = (str(path).endswith(f"/{name.rstrip('/')}") for path in (ROOT / "src" / "ictal").rglob("*"))
        assert any(path.exists() for path in anywhere) or any(within), f"{name} is spoken of and not there"


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
