"""The section on genetics: the short list of a VCF, its reasons, its rules, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from ictal.base.provenance import ictal_version
from ictal.infant.genes.types import Candidate, Tier, Triage
from ictal.report.document import environment


def genetics_section(answer: Triage) -> Markup:
    """The section alone, as HTML that stands within a report."""
    return Markup(environment().get_template("_genetics.html").render(_context(answer)))


def render_genetics(answer: Triage) -> str:
    """One HTML page that opens offline. The same answer gives the same text."""
    return environment().get_template("genetics.html").render(_context(answer))


def _context(answer: Triage) -> Mapping[str, object]:
    """A candidate that is unlikely is shown at length where a caution or its class says that it must be seen."""
    shown = [c for c in answer.candidates if _at_length(c)]
    rest = [c for c in answer.candidates if not _at_length(c)]
    return {"answer": answer, "shown": shown, "rest": rest, "version": ictal_version()}


def _at_length(c: Candidate) -> bool:
    return c.tier is not Tier.UNLIKELY or bool(c.statements) or "athogenic" in c.verdict.classification
