"""What Ictal stands on may be given away with it: licences by an allow-list, and one bill of materials."""

from __future__ import annotations

import json
import re
import sys
import tomllib
from importlib import metadata
from types import ModuleType

import pytest

from tests.house.sources import ROOT

ALLOWED = {
    "0BSD": "permissive",
    "Apache-2.0": "permissive; our own",
    "BSD-2-Clause": "permissive",
    "BSD-3-Clause": "permissive",
    "CC0-1.0": "given to everybody",
    "LLVM-exception": "an exception that allows more than Apache-2.0",
    "MIT": "permissive",
    "MIT-0": "permissive",
    "MIT-CMU": "permissive",
    "MPL-2.0": "asks for changed files of the package itself, which are not changed",
    "PSF-2.0": "permissive",
    "Zlib": "permissive",
}
BY_NAME = {
    "psycopg": "LGPL-3.0: an optional library (extra `postgresql`), imported as it is and replaceable by its user",
    "psycopg-binary": "the same",
}
"""Packages that are allowed by name, and why."""


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        import dependencies
    finally:
        sys.path.pop(0)
    return dependencies


def licences(expression: str) -> set[str]:
    return set(re.split(r"\s+(?:AND|OR|WITH)\s+|[()]", expression)) - {""}


def test_every_package_of_an_installation_may_be_given_away(tool):
    packages = (*tool.tree(), *tool.browser())
    assert len(packages) > 40
    for one in packages:
        if one.name in BY_NAME:
            continue
        assert one.licence, f"{one.name} says nothing of its licence: look, and write it into NAMES or BY_NAME"
        wrong = licences(one.licence) - set(ALLOWED)
        assert not wrong, f"{one.name} {one.version} ({', '.join(one.asked_by)}) is under {wrong}"
    for name in BY_NAME:
        assert name in {one.name for one in packages}, f"{name} is not used any more: take it out of BY_NAME"


def test_no_package_that_runs_with_ictal_passes_its_own_licence_on(tool):
    """GPL and AGPL: not among what runs. What only tests use (rcpchgrowth, an oracle) may have them."""
    for one in tool.tree():
        assert not re.search(r"(?<!L)GPL", one.licence), f"{one.name} is under {one.licence}"


def test_everything_that_is_declared_is_in_the_tree(tool):
    """The walk goes on through extras: what pyproject.toml names is there, and so is what that needs."""
    names = {one.name for one in tool.tree()}
    for line in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]:
        assert tool.normal(re.split(r"[><=\[]", line)[0]) in names
    assert {"fastapi", "starlette", "pyrage", "mako"} <= names
    assert not {"pytest", "mypy", "rcpchgrowth"} & names


@pytest.mark.parametrize("extra", ["formats", "score", "web", "postgresql", "cohort", "variants", "encryption"])
def test_every_extra_of_a_user_is_in_all(tool, extra: str):
    assert {one.name for one in tool.tree(extra)} <= {one.name for one in tool.tree()}


def test_the_bill_of_materials_is_the_same_twice_and_names_everything(tool):
    packages = (*tool.tree(), *tool.browser())
    bill = tool.bill(packages)
    assert json.dumps(bill) == json.dumps(tool.bill(reversed(packages)))
    listed = {one["name"]: one for one in bill["components"]}
    assert listed["numpy"]["version"] == metadata.version("numpy")
    assert listed["htmx.org"]["hashes"][0]["alg"] == "SHA-512"
    refs = {one["bom-ref"] for one in bill["components"]} | {bill["metadata"]["component"]["bom-ref"]}
    assert {one["ref"] for one in bill["dependencies"]} == refs
    assert {ref for one in bill["dependencies"] for ref in one["dependsOn"]} == refs - {
        bill["metadata"]["component"]["bom-ref"]
    }


def test_the_bill_of_materials_follows_its_schema(tool):
    pytest.importorskip("cyclonedx", reason="The oracle is cyclonedx-python-lib.")
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    text = json.dumps(tool.bill((*tool.tree(), *tool.browser())))
    validator = JsonStrictValidator(SchemaVersion.V1_6)
    assert validator.validate_str(text) is None
    assert validator.validate_str(text.replace('"library"', '"libary"')) is not None


def test_what_the_browser_gets_is_what_the_lock_file_says(tool):
    """The files that are served are of the packages of the bill, in their versions."""
    served = json.loads((ROOT / "src/ictal/web/static/vendor/vendor.json").read_text())
    assert {(f["package"], f["version"], f["license"]) for f in served} == {
        (one.name, one.version, one.licence) for one in tool.browser()
    }
