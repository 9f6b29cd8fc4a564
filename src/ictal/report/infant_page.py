"""The course of one infant as one HTML page that opens offline: answers, figure, treatments by every definition."""

from __future__ import annotations

from ictal.base.provenance import ictal_version
from ictal.infant.overview import Overview
from ictal.report.document import environment
from ictal.report.timeline import timeline_figure


def render_infant(found: Overview) -> str:
    """What does the page of this infant look like? The same record gives the same text; it needs nothing else."""
    answers = (
        f"Development: {found.development.answer}. {found.development.sentence}",
        f"Acquired microcephaly: {found.microcephaly.answer}. {found.microcephaly.reason}",
        f"Drug resistance: {found.resistance.answer}. {found.resistance.sentence}",
    )
    return (
        environment()
        .get_template("infant.html")
        .render(
            infant=found.infant,
            answers=answers,
            figure=timeline_figure(found),
            rates=(("EEG", found.eeg), ("Diary", found.diary)),
            responses=found.responses,
            problems=found.problems,
            version=ictal_version(),
        )
    )
