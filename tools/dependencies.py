"""What does Ictal stand on: every package of its own tree, its version and its licence; the bill of materials.

    python tools/dependencies.py                          # a table: package, version, licence, what asks for it
    python tools/dependencies.py --sbom build/sbom.json   # CycloneDX 1.6, the same for the same environment
    python tools/dependencies.py --pins build/pins.txt    # NAME==VERSION, as pip-audit takes them

Only what an installation of `ictal[all]` brings is looked at, as it is installed here, and what the browser loads (the
lock file of `frontend/`). Nothing is asked of a registry; `make audit` asks for known vulnerabilities.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
TEXTS = {
    "MIT": "Permission is hereby granted, free of charge, to any person obtaining a copy",
    "BSD-3-Clause": "Redistribution and use in source and binary forms",
    "Apache-2.0": "Apache License",
    "Zlib": "This software is provided 'as-is', without any express or implied warranty.",
}
"""By which words a licence is known where the package names none."""

NAMES = {
    "mit license": "MIT",
    "bsd license": "BSD-3-Clause",
    "bsd 3-clause": "BSD-3-Clause",
    "bsd": "BSD-3-Clause",
    "apache software license": "Apache-2.0",
    "apache 2.0": "Apache-2.0",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "python software foundation license": "PSF-2.0",
    "gnu general public license v3 (gplv3)": "GPL-3.0-only",
}
"""Names that older packages use, and the expression that they mean."""


@dataclass(frozen=True, order=True)
class Package:
    """One package that is installed: its name as registries write it, and what it says of its licence."""

    name: str
    version: str
    licence: str
    asked_by: tuple[str, ...] = ()
    kind: str = "pypi"
    digest: str = ""

    @property
    def purl(self) -> str:
        return f"pkg:{self.kind}/{self.name}@{self.version}"


def normal(name: str) -> str:
    """A name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def tree(extra: str = "all") -> tuple[Package, ...]:
    """Every package that an installation of `ictal[extra]` brings, as installed here; those missing are left out."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked: dict[str, set[str]] = {}
    done: set[tuple[str, frozenset[str]]] = set()
    todo = [("ictal", need) for need in _own(project, extra)]
    while todo:
        by, need = todo.pop()
        name, extras = normal(need.name), frozenset(need.extras)
        asked.setdefault(name, set()).add(by)
        if (name, extras) in done:
            continue
        done.add((name, extras))
        todo += [(name, inner) for inner in _needs(name, extras)]
    return tuple(sorted(_installed(name, tuple(sorted(by))) for name, by in asked.items() if _is_here(name)))


def browser() -> tuple[Package, ...]:
    """What the browser loads: the packages of the lock file that are not for development alone."""
    locked = json.loads((ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    return tuple(
        Package(
            place.removeprefix("node_modules/"), one["version"], one["license"], ("ictal",), "npm", one["integrity"]
        )
        for place, one in sorted(locked.items())
        if place and not one.get("dev")
    )


def bill(packages: Iterable[Package]) -> dict[str, Any]:
    """The bill of materials: CycloneDX 1.6 without time and number, so that the same packages are the same text."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    own = {
        "type": "application",
        "bom-ref": f"pkg:pypi/ictal@{version}",
        "name": "ictal",
        "version": version,
        "licenses": [{"expression": "Apache-2.0"}],
        "purl": f"pkg:pypi/ictal@{version}",
    }
    listed = sorted(packages)
    refs = {one.name: one.purl for one in listed if one.kind == "pypi"} | {"ictal": own["purl"]}
    needs: dict[str, list[str]] = {ref: [] for ref in sorted([own["purl"], *(one.purl for one in listed)])}
    for one in listed:
        for by in one.asked_by:
            needs[refs[by]].append(one.purl)
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": own},
        "components": [_component(one) for one in listed],
        "dependencies": [{"ref": ref, "dependsOn": sorted(on)} for ref, on in needs.items()],
    }


def _component(one: Package) -> dict[str, Any]:
    said: dict[str, Any] = {
        "type": "library",
        "bom-ref": one.purl,
        "name": one.name,
        "version": one.version,
        "purl": one.purl,
    }
    if one.licence:
        said["licenses"] = [{"expression": one.licence}]
    if one.digest.startswith("sha512-"):
        from base64 import b64decode

        said["hashes"] = [{"alg": "SHA-512", "content": b64decode(one.digest.removeprefix("sha512-")).hex()}]
    return said


def _own(project: dict[str, Any], extra: str) -> Iterator[Requirement]:
    yield from map(Requirement, project["dependencies"])
    for need in map(Requirement, project["optional-dependencies"][extra]):
        if need.name == "ictal":
            for inner in sorted(need.extras):
                yield from map(Requirement, project["optional-dependencies"][inner])
        else:
            yield need


def _needs(name: str, extras: frozenset[str]) -> Iterator[Requirement]:
    try:
        said = metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return
    for need in map(Requirement, said):
        if need.marker is None or any(need.marker.evaluate({"extra": one}) for one in ("", *extras)):
            yield need


def _is_here(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _installed(name: str, asked_by: tuple[str, ...]) -> Package:
    return Package(name, metadata.version(name), licence_of(name), asked_by)


def licence_of(name: str) -> str:
    """What does an installed package say of its licence? As an SPDX expression; empty when it says nothing."""
    said = metadata.metadata(name)
    if said.get("License-Expression"):
        return str(said["License-Expression"])
    named = [c.rpartition("::")[2].strip() for c in said.get_all("Classifier") or [] if c.startswith("License ::")]
    for words in (*named, (said.get("License") or "").partition("\n")[0].strip()):
        if words.lower() in NAMES or words in NAMES.values():
            return NAMES.get(words.lower(), words)
    return _by_text(name) or "; ".join(named) or (said.get("License") or "")[:60]


def _by_text(name: str) -> str:
    for file in metadata.files(name) or []:
        if re.search(r"licen[cs]e|copying", file.name, re.IGNORECASE) and file.suffix not in (".py", ".pyc"):
            text = " ".join(Path(str(file.locate())).read_text(encoding="utf-8", errors="replace").split())
            for licence, words in TEXTS.items():
                if words in text:
                    return licence
    return ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sbom", type=Path, help="Write the bill of materials into this file.")
    parser.add_argument("--pins", type=Path, help="Write the packages of Python with their versions into this file.")
    asked = parser.parse_args()
    packages = (*tree(), *browser())
    if asked.pins is not None:
        asked.pins.parent.mkdir(parents=True, exist_ok=True)
        asked.pins.write_text("".join(f"{one.name}=={one.version}\n" for one in tree()), encoding="utf-8")
        return
    if asked.sbom is None:
        for one in packages:
            sys.stdout.write(f"{one.name:30} {one.version:18} {one.licence:40} {', '.join(one.asked_by)}\n")
        return
    asked.sbom.parent.mkdir(parents=True, exist_ok=True)
    asked.sbom.write_text(json.dumps(bill(packages), indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(packages)} packages are listed in {asked.sbom}.\n")


if __name__ == "__main__":
    main()
