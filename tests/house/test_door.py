"""The public door: what a bare import loads, the names it offers, and how quickly the command answers."""

from __future__ import annotations

import json

import pytest

import ictal

LOADED_BY_IMPORT: frozenset[str] = frozenset()
LOADED_BY_COMMAND = frozenset({"click"})
"""Libraries that a bare `import ictal`, and `ictal --help`, may load. Nothing else, and nothing heavy."""


LISTING = """
import importlib.metadata, json, sys
before = set(sys.modules)
{statement}
ours = {{"ictal"}} | set(sys.stdlib_module_names)
print(json.dumps(sorted({{n.partition(".")[0] for n in set(sys.modules) - before}} - ours)))
"""


def loaded(python, statement: str) -> set[str]:
    answer = python("-c", LISTING.format(statement=statement))
    assert answer.returncode == 0, answer.stderr
    assert answer.stderr == ""
    return {name for name in json.loads(answer.stdout) if not name.startswith("_")}


def test_a_bare_import_loads_no_library(python):
    assert loaded(python, "import ictal") <= LOADED_BY_IMPORT


def test_the_command_loads_click_alone(python):
    assert loaded(python, "import ictal.cli.main") <= LOADED_BY_COMMAND
    assert (
        loaded(
            python,
            "import contextlib, io, ictal.cli.main\n"
            "with contextlib.redirect_stdout(io.StringIO()):\n    ictal.cli.main.run(['--help'])",
        )
        <= LOADED_BY_COMMAND
    )


def test_importing_writes_no_file_and_configures_no_logging(python, tmp_path):
    code = "import logging, ictal, ictal.cli.main; raise SystemExit(len(logging.getLogger().handlers))"
    answer = python("-c", code, cwd=tmp_path)
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")
    assert list(tmp_path.iterdir()) == []


def test_the_names_of_the_door_are_sorted_and_complete():
    assert ictal.__all__ == sorted(ictal.__all__)
    assert dir(ictal) == ictal.__all__
    assert set(ictal._HOME) | {"__version__"} == set(ictal.__all__)


@pytest.mark.parametrize("name", ictal.__all__)
def test_every_name_of_the_door_opens(name: str):
    value = getattr(ictal, name)
    assert value is not None
    if callable(value):
        assert value.__doc__


def test_a_name_that_is_not_there_is_answered_with_those_that_are():
    with pytest.raises(AttributeError, match="analyse, read, read_marks, score, simulate"):
        ictal.analyze  # noqa: B018


def test_the_simulator_loads_no_detector(python):
    code = "import json, sys, ictal.simulator, ictal; ictal.simulate; print(json.dumps(sorted(sys.modules)))"
    answer = python("-c", code)
    assert answer.returncode == 0, answer.stderr
    ours = {name for name in json.loads(answer.stdout) if name.startswith("ictal.eeg.")}
    assert not {n for n in ours if n.startswith("ictal.eeg.signal.")}
    assert {n for n in ours if n.startswith("ictal.eeg.detection.")} <= {"ictal.eeg.detection.types"}
    assert {n for n in ours if n.startswith("ictal.eeg.tracking.")} <= {"ictal.eeg.tracking.types"}
