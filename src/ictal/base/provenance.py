"""Who did what to the data: steps with their version and parameters, written by the step itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import metadata
from types import MappingProxyType


def ictal_version() -> str:
    """Which version of Ictal is running? `0+unknown` when it is run from a folder that was never installed."""
    try:
        return metadata.version("ictal")
    except metadata.PackageNotFoundError:
        return "0+unknown"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an analysis: its name, the version of Ictal that ran it, its parameters and what it counted."""

    name: str
    parameters: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    outcome: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    version: str = field(default_factory=ictal_version)
