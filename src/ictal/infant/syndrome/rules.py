"""The criteria, the alternatives and the steps, read from data files and checked against the judges and statements."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from ictal.base.errors import KnowledgeError
from ictal.infant.syndrome.conditions import fault_of
from ictal.infant.syndrome.judges import JUDGES
from ictal.infant.syndrome.terms import terms
from ictal.infant.syndrome.types import Record
from ictal.knowledge.library import Library, library
from ictal.knowledge.load import Places, load_entries, refuse
from ictal.knowledge.types import Dated, Provenance, Words


class CriteriaSet(Record, frozen=True, kw_only=True):
    """Which set of criteria is this? `core` are the rows that must all be `yes` for `met`."""

    id: Words
    title: Words
    version: Words
    core: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]


class Criterion(Dated, frozen=True, kw_only=True):
    """One row: its text, its source, and the function that judges it."""

    kind: Literal["mandatory", "alert", "exclusionary"]
    timing: Literal["at onset", "over time"] = "at onset"
    text: Words
    judge: Words
    feature: str = ""
    limits: dict[str, float] = msgspec.field(default_factory=dict)
    statements: tuple[str, ...] = ()
    standing: Provenance
    version: Annotated[int, msgspec.Meta(ge=1)]


class Step(Record, frozen=True, kw_only=True):
    """What can be done to answer rows."""

    id: Words
    text: Words
    answers: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    statements: tuple[str, ...] = ()
    time_critical: bool = False


class Clue(Record, frozen=True, kw_only=True):
    """What speaks for or against an alternative, when a condition holds."""

    when: Words
    weight: Annotated[int, msgspec.Meta(ge=1)]
    text: Words


class Diagnosis(Dated, frozen=True, kw_only=True):
    """Something else that it could be, and the test that separates it."""

    name: Words
    text: Words
    test: Words
    time_critical: bool = False
    treatable: bool = False
    urgent_from: int = 0
    """From which weight on is it urgent, where it is time-critical and not settled?"""
    settled_by: str = ""
    """The feature whose `no` says that it was looked for and is not there."""
    speaks: tuple[Clue, ...] = ()
    against: tuple[Clue, ...] = ()
    statements: tuple[str, ...] = ()
    version: Annotated[int, msgspec.Meta(ge=1)]


class RuleBook(Record, frozen=True, kw_only=True):
    """All rules of one assessment, checked."""

    set: CriteriaSet
    criteria: tuple[Criterion, ...]
    steps: tuple[Step, ...]
    diagnoses: tuple[Diagnosis, ...]


Entry = tuple[str, Places, str, int, msgspec.Struct]

TABLES: dict[str, type[msgspec.Struct]] = {"set": CriteriaSet, "criterion": Criterion, "step": Step}


@cache
def rule_book() -> RuleBook:
    """The rules that come with Ictal."""
    data = resources.files("ictal.infant.syndrome").joinpath("data")
    return read_rules(data.joinpath("criteria.toml"), data.joinpath("differential.toml"))


def read_rules(criteria: Path | Traversable, differential: Path | Traversable | None = None) -> RuleBook:
    """The rules of these files; without a second one, the alternatives that come with Ictal.

    Raises `KnowledgeError` with file, line and mend: an unknown field, no source, dates in the wrong order, a row
    without a function that judges it, a name that nothing has.
    """
    other = differential or resources.files("ictal.infant.syndrome").joinpath("data", "differential.toml")
    known = library()
    rules, places = load_entries(criteria, TABLES)
    more, more_places = load_entries(other, {"diagnosis": Diagnosis})
    if len(rules["set"]) != 1:
        raise KnowledgeError(f"{criteria.name}, line 1: it must have one table `[[set]]`, and has {len(rules['set'])}.")
    book = RuleBook(
        set=msgspec.convert(rules["set"][0], CriteriaSet),
        criteria=tuple(c for c in rules["criterion"] if isinstance(c, Criterion)),
        steps=tuple(s for s in rules["step"] if isinstance(s, Step)),
        diagnoses=more["diagnosis"],
    )
    rows = frozenset(c.id for c in book.criteria)
    _check_set(criteria.name, places[criteria.name], book, rows)
    for index, criterion in enumerate(book.criteria):
        _check_criterion((criteria.name, places[criteria.name], "criterion", index, criterion), known)
    for index, step in enumerate(book.steps):
        _check_names(criteria.name, places[criteria.name], ("step", index, "answers"), step.answers, rows, "criterion")
        here = ("step", index, "statements")
        _check_names(criteria.name, places[criteria.name], here, step.statements, known.ids, "statement")
    for index, diagnosis in enumerate(book.diagnoses):
        _check_diagnosis((other.name, more_places[other.name], "diagnosis", index, diagnosis), known, rows)
    return book


def _check_set(file: str, places: Places, book: RuleBook, rows: frozenset[str]) -> None:
    _check_names(file, places, ("set", 0, "core"), book.set.core, rows, "criterion")
    core = [c for c in book.criteria if c.id in book.set.core]
    wrong = next((c for c in core if c.kind != "mandatory" or c.timing != "at onset"), None)
    if wrong:
        said = f"`core` names '{wrong.id}', which is not mandatory at onset: name only rows that are"
        raise refuse(file, places, ("set", 0, "core"), said)


def _check_criterion(entry: Entry, known: Library) -> None:
    file, places, table, index, row = entry
    if not isinstance(row, Criterion):
        return
    if row.judge not in JUDGES:
        said = f"criterion '{row.id}' names the function '{row.judge}', which is none of {', '.join(sorted(JUDGES))}"
        raise refuse(file, places, (table, index, "judge"), f"{said}: name one of them")
    needed: Callable[..., object] = JUDGES[row.judge].judge
    if lacking := [name for name in JUDGES[row.judge].limits if name not in row.limits]:
        said = f"criterion '{row.id}' has no limit `{lacking[0]}`, which '{needed.__name__}' needs: add it to `limits`"
        raise refuse(file, places, (table, index, "limits"), said)
    features = frozenset(t.id for t in terms())
    if row.judge == "feature" and row.feature not in features:
        said = (
            f"criterion '{row.id}' asks for the feature '{row.feature}', which is none of {', '.join(sorted(features))}"
        )
        raise refuse(file, places, (table, index, "feature"), said)
    _check_names(file, places, (table, index, "statements"), row.statements, known.ids, "statement")
    _check_names(file, places, (table, index, "sources"), row.sources, frozenset(known.sources), "source")


def _check_diagnosis(entry: Entry, known: Library, rows: frozenset[str]) -> None:
    file, places, table, index, item = entry
    if not isinstance(item, Diagnosis):
        return
    for field, clues in (("speaks", item.speaks), ("against", item.against)):
        for clue in clues:
            if fault := fault_of(clue.when, rows):
                raise refuse(file, places, (table, index, field), f"diagnosis '{item.id}' {fault}")
    if item.settled_by and (fault := fault_of(f"feature {item.settled_by}", rows)):
        raise refuse(file, places, (table, index, "settled_by"), f"diagnosis '{item.id}' {fault}")
    _check_names(file, places, (table, index, "statements"), item.statements, known.ids, "statement")
    _check_names(file, places, (table, index, "sources"), item.sources, frozenset(known.sources), "source")


def _check_names(
    file: str, places: Places, place: tuple[str, int, str], names: tuple[str, ...], there: frozenset[str], kind: str
) -> None:
    for name in names:
        if name not in there:
            raise refuse(file, places, place, f"there is no {kind} '{name}': correct the name or add the {kind}")
