"""What follows from a change: cited statements, and only where its direction is known.

An option or a trial shows where the change fits the gene's mechanism; a caution shows wherever the direction is that
of the statement. With the direction unknown nothing shows. What is past its date or was not read says so on its face.
"""

from __future__ import annotations

from datetime import date

from ictal.infant.genes.types import Direction, Fit, Following, Gene, Tier
from ictal.knowledge.library import Library, library
from ictal.knowledge.types import Therapy

FACES = {
    "unverified": "unverified: recalled, not read",
    "lead": "lead: from a report that cites, not from the source",
    "design": "design: our own inference",
}


def follow(gene: Gene, direction: Direction, fit: Fit, tier: Tier, today: date) -> tuple[Following, ...]:
    """The statements for this gene and direction, with their marks as of today; empty where the direction is
    unknown.
    """
    if direction is Direction.UNKNOWN:
        return ()
    known = library()
    found = []
    for said in known.therapies:
        if not said.holds(gene.symbol) or direction.value not in said.directions:
            continue
        fits = fit in (Fit.YES, Fit.POSSIBLE) and tier is not Tier.UNLIKELY
        if fits or (said.kind == "caution" and gene.symbol in said.genes):
            sources = tuple(f"{s.title}, {s.locator}" for s in known.of(said))
            found.append(Following(said, sources, marks_of(known, said, today)))
    return tuple(sorted(found, key=lambda f: (f.said.kind != "caution", f.said.kind == "trial", f.said.id)))


def marks_of(known: Library, said: Therapy, today: date) -> tuple[str, ...]:
    """What must be said on the face of a statement: past its date, not read, a lead."""
    marks = []
    if aged := known.aged(said, today):
        marks.append(f"EXPIRED: {aged}, look for something newer")
    if said.provenance in FACES:
        marks.append(FACES[said.provenance])
    return tuple(marks)
