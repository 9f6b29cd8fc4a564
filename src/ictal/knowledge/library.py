"""Everything that is known, checked as a whole: the door of the room."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from ictal.base.errors import KnowledgeError
from ictal.knowledge.load import Places, load_entries, refuse
from ictal.knowledge.types import Check, Dated, Name, Record, Series, Source, Statement, Therapy

TABLES: dict[str, type[Record]] = {
    "source": Source,
    "statement": Statement,
    "therapy": Therapy,
    "name": Name,
    "series": Series,
    "check": Check,
}

STATEMENTS = ("statement", "therapy")
"""Tables of one kind: an id is one of the two, never both."""


@dataclass(frozen=True, slots=True)
class Library:
    """All statements with what they rest on. Ids are unique and every source is there."""

    sources: dict[str, Source]
    statements: tuple[Statement, ...]
    names: tuple[Name, ...]
    series: tuple[Series, ...]
    checks: tuple[Check, ...]

    def statement(self, id_: str) -> Statement:
        """The statement of this id; `KeyError` when there is none."""
        return next(s for s in self.statements if s.id == id_) if id_ in self.ids else _none(id_)

    @property
    def ids(self) -> frozenset[str]:
        """The ids of all statements."""
        return frozenset(s.id for s in self.statements)

    @property
    def therapies(self) -> tuple[Therapy, ...]:
        """Those of the statements that say what follows from the direction of a change."""
        return tuple(s for s in self.statements if isinstance(s, Therapy))

    def of(self, entry: Dated) -> tuple[Source, ...]:
        """What does this entry rest on?"""
        return tuple(self.sources[s] for s in entry.sources)

    def aged(self, entry: Dated, today: date) -> str:
        """Why is it past its date? Its own expiry, or that of a source; empty when it is not."""
        if entry.stale(today):
            return f"expired on {entry.expires}"
        old = [s for s in self.of(entry) if s.expires is not None and s.expires < today]
        return f"its source {old[0].id} expired on {old[0].expires}" if old else ""

    def named(self, query: str) -> Name | None:
        """Which entry goes by this name? Case, hyphens and spaces do not count."""
        asked = _folded(query)
        return next((n for n in self.names if asked in {_folded(x) for x in (n.title, *n.names)}), None)


def library(extra: Sequence[Path] = ()) -> Library:
    """What is known, with statements of a user's own files added.

    Raises `KnowledgeError` with file, line and mend where a file is not sound.
    """
    return _packaged() if not extra else _build([*_data(), *extra])


@cache
def _packaged() -> Library:
    return _build(_data())


def _data() -> list[Traversable]:
    folder = resources.files("ictal.knowledge").joinpath("data")
    return sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)


def _build(files: Iterable[Path | Traversable]) -> Library:
    loaded: dict[str, list[Record]] = {table: [] for table in TABLES}
    homes: list[tuple[str, Places, str, int, Record]] = []
    seen: dict[tuple[str, str], str] = {}
    for file in files:
        found, places = load_entries(file, TABLES)
        for table, records in found.items():
            for index, record in enumerate(records):
                id_ = str(getattr(record, "id", ""))
                kind = STATEMENTS[0] if table in STATEMENTS else table
                if (kind, id_) in seen:
                    said = f"the id '{id_}' is used in {seen[kind, id_]} too: choose another"
                    raise refuse(file.name, places[file.name], (table, index, "id"), said)
                seen[kind, id_] = file.name
                loaded[table].append(record)
                homes.append((file.name, places[file.name], table, index, record))
    sources = {s.id: s for s in loaded["source"] if isinstance(s, Source)}
    for name, where, table, index, record in homes:
        if isinstance(record, Dated) and (unknown := [s for s in record.sources if s not in sources]):
            said = f"{table} '{record.id}' names the source '{unknown[0]}', which no file holds: add a `[[source]]`"
            raise refuse(name, where, (table, index, "sources"), said)
    return Library(
        sources,
        tuple(r for table in STATEMENTS for r in loaded[table] if isinstance(r, Statement)),
        tuple(r for r in loaded["name"] if isinstance(r, Name)),
        tuple(r for r in loaded["series"] if isinstance(r, Series)),
        tuple(r for r in loaded["check"] if isinstance(r, Check)),
    )


def find(
    known: Library,
    query: str = "",
    *,
    gene: str = "",
    stale: bool = False,
    unverified: bool = False,
    today: date,
) -> tuple[Statement, ...]:
    """Which statements hold all words of the query, speak of the gene, are past their date, or are not verified?

    What is given must all hold; `unverified` takes leads too. The nearest come first: words in the id and the tags
    before words in the text.
    """
    words = _words(query).split()
    found = []
    for statement in known.statements:
        near = _words(" ".join((statement.id, *statement.tags, *statement.genes)))
        far = near + _words(" ".join((statement.text, statement.outcome, *(s.title for s in known.of(statement)))))
        if not all(w in far for w in words):
            continue
        if gene and gene.upper() not in {g.upper() for g in statement.genes}:
            continue
        if stale and not known.aged(statement, today):
            continue
        if unverified and statement.provenance not in ("unverified", "lead"):
            continue
        found.append((-sum(w in near for w in words), statement))
    return tuple(s for _, s in sorted(found, key=lambda pair: pair[0]))


def _folded(text: str) -> str:
    return re.sub(r"[^0-9a-z]+", "", text.casefold())


def _words(text: str) -> str:
    return " " + re.sub(r"[^0-9a-z%]+", " ", text.casefold()) + " "


def _none(id_: str) -> Statement:
    raise KnowledgeError(f"There is no statement '{id_}': `ictal facts` lists them.")
