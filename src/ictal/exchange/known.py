"""What did Ictal say that was wrong, and does this result have it? A register by version; nothing is ever taken out.

known()                          every entry
known_in(read_findings(folder))  those that a findings.json shows that it may have
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, Literal

import msgspec

Area = Literal["findings", "simulation", "variants", "infant", "assessment"]


class When(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """By what does a findings.json show that it may have the fault? All of these hold."""

    has: str | None = None
    lacks: str | None = None
    equal: dict[str, str | float] = msgspec.field(default_factory=dict, name="is")
    below: dict[str, float] = msgspec.field(default_factory=dict)
    step: str | None = None

    def holds(self, said: Mapping[str, Any]) -> bool:
        """Does it hold of these findings?"""
        steps = said.get("steps")
        names = [step.get("name") for step in steps if isinstance(step, Mapping)] if isinstance(steps, list) else []
        return (
            (self.has is None or _at(said, self.has) is not None)
            and (self.lacks is None or _at(said, self.lacks) is None)
            and all(_at(said, key) == value for key, value in self.equal.items())
            and all(_less(_at(said, key), value) for key, value in self.below.items())
            and (self.step is None or self.step in names)
        )


class Known(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that was wrong, or that Ictal is known not to see; the fields are explained in known.toml."""

    id: str
    kind: Literal["wrong", "limit"]
    area: Area
    versions: str
    what: str
    tell: str
    do: str
    fixed: str | None = None
    when: When | None = None

    def plain(self) -> dict[str, Any]:
        """The same as plain dictionaries and texts."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain

    @property
    def sentence(self) -> str:
        """What whoever opens such a result should know."""
        return f"Known to be wrong in results of {self.versions}: {self.what} {self.do} (`ictal known {self.id}`)"


@cache
def known() -> tuple[Known, ...]:
    """The whole register, in the order of the file."""
    text = resources.files("ictal.exchange").joinpath("known.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text)["entry"], tuple[Known, ...])


def known_in(said: Mapping[str, Any]) -> tuple[Known, ...]:
    """Which faults may these findings (as `read_findings` gives them) have? Empty for a result of today."""
    return tuple(one for one in known() if one.when is not None and one.when.holds(said))


def _at(said: Any, key: str) -> Any:
    """What stands at `settings.tracking.edge_s`? `None` where nothing does."""
    for part in key.split("."):
        said = said.get(part) if isinstance(said, Mapping) else None
    return said


def _less(value: Any, limit: float) -> bool:
    return isinstance(value, int | float) and value < limit
