"""What follows from a change: cited statements, and only where its direction is known.

An option or a trial shows where the change fits the gene's mechanism; a caution shows wherever the direction is that
of the statement. With the direction unknown nothing shows. What is past its date or was not read says so on its face.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from ictal.infant.genes.panel import statements
from ictal.infant.genes.types import Direction, Fit, Gene, Statement, Tier

FACES = {
    "unverified": "unverified: recalled, not read",
    "lead": "lead: from a report that cites, not from the source",
    "design": "design: our own inference",
}


def follow(gene: Gene, direction: Direction, fit: Fit, tier: Tier, today: date) -> tuple[Statement, ...]:
    """The statements for this gene and direction, with their marks as of today; empty where the direction is
    unknown.
    """
    if direction is Direction.UNKNOWN:
        return ()
    found = []
    for statement in statements():
        if gene.symbol not in statement.genes and "*" not in statement.genes:
            continue
        if direction not in statement.directions:
            continue
        fits = fit in (Fit.YES, Fit.POSSIBLE) and tier is not Tier.UNLIKELY
        if fits or (statement.kind == "caution" and gene.symbol in statement.genes):
            found.append(replace(statement, marks=marks_of(statement, today)))
    return tuple(sorted(found, key=lambda s: (s.kind != "caution", s.kind == "trial", s.identifier)))


def marks_of(statement: Statement, today: date) -> tuple[str, ...]:
    """What must be said on the face of a statement: past its date, not read, a lead."""
    marks = []
    if today > statement.expires:
        marks.append(f"EXPIRED on {statement.expires}: look for something newer")
    if statement.provenance in FACES:
        marks.append(FACES[statement.provenance])
    return tuple(marks)
