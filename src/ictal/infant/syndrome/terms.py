"""Which HPO terms mean which feature? Made from the ontology, see `data/terms.toml`."""

from __future__ import annotations

from functools import cache
from importlib import resources

from ictal.infant.syndrome.types import Record
from ictal.knowledge.load import load_entries


class Term(Record, frozen=True, kw_only=True):
    """A feature: it is there when one of `present` was observed, and not there when one of `denied` was excluded."""

    id: str
    text: str
    roots: tuple[str, ...]
    present: frozenset[str]
    denied: frozenset[str]


@cache
def terms() -> tuple[Term, ...]:
    """All features that are looked for."""
    file = resources.files("ictal.infant.syndrome").joinpath("data", "terms.toml")
    return load_entries(file, {"feature": Term})[0]["feature"]


def text_of(feature: str) -> str:
    """The words for a feature."""
    return next((t.text for t in terms() if t.id == feature), feature)
