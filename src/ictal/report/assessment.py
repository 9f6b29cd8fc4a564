"""The assessment as a section of a report: the verdict in two sentences, the table, what is missing, the next step."""

from __future__ import annotations

from markupsafe import Markup

from ictal.infant.syndrome.types import Assessment
from ictal.report.document import environment


def assessment_section(answer: Assessment) -> Markup:
    """The section alone, to stand in any page of the report's style."""
    urgent = tuple(a for a in answer.differential if a.urgent and a.treatable)
    ordered = tuple(sorted(answer.differential, key=lambda a: -a.weight))
    text = environment().get_template("_assessment.html").render(answer=answer, urgent=urgent, ordered=ordered)
    return Markup(text)  # the template escapes what it is given


def assessment_page(answer: Assessment) -> str:
    """One HTML document that needs nothing else. The same answer gives the same text."""
    page = environment().get_template("assessment.html")
    return page.render(section=assessment_section(answer), answer=answer, version=answer.rules.ictal)
