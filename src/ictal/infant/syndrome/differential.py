"""What else could it be: what speaks for each, what against, what is not known, and which test separates it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from ictal.infant.syndrome.conditions import holds
from ictal.infant.syndrome.rules import Clue, Diagnosis
from ictal.infant.syndrome.types import Alternative, Answer, Case


def alternatives(
    case: Case, answers: Mapping[str, Answer], diagnoses: Sequence[Diagnosis], today: date
) -> tuple[Alternative, ...]:
    """All alternatives: what is urgent and treatable first, then by what speaks for them."""
    found = [_weighed(case, answers, d, today) for d in diagnoses]
    return tuple(sorted(found, key=lambda a: (not (a.urgent and a.treatable), -a.weight, a.id)))


def _weighed(case: Case, answers: Mapping[str, Answer], diagnosis: Diagnosis, today: date) -> Alternative:
    speaks = [(c, holds(c.when, case, answers)) for c in diagnosis.speaks]
    against = [(c, holds(c.when, case, answers)) for c in diagnosis.against]
    settled = bool(diagnosis.settled_by) and case.seen(diagnosis.settled_by).answer == "no"
    weight = _weight(speaks) - _weight(against)
    return Alternative(
        id=diagnosis.id,
        name=diagnosis.name,
        text=diagnosis.text,
        speaks_for=_said(speaks, "yes"),
        speaks_against=_said(against, "yes"),
        not_known=_said(speaks, "unknown"),
        test=diagnosis.test,
        time_critical=diagnosis.time_critical,
        treatable=diagnosis.treatable,
        settled=settled,
        urgent=diagnosis.time_critical and not settled and weight >= diagnosis.urgent_from,
        weight=weight,
        provenance=diagnosis.tag,
        sources=diagnosis.sources,
        statements=diagnosis.statements,
        version=diagnosis.version,
        stale=diagnosis.stale(today),
    )


def _said(clues: Sequence[tuple[Clue, Answer]], answer: Answer) -> tuple[str, ...]:
    return tuple(clue.text for clue, held in clues if held == answer)


def _weight(clues: Sequence[tuple[Clue, Answer]]) -> int:
    return sum(clue.weight for clue, held in clues if held == "yes")
