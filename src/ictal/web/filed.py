"""The report that a clinic files, of an infant or of one recording as its readers left it, as HTML or PDF."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response

from ictal.base.errors import IctalError
from ictal.filing import Filing, changed, filing_of_infant
from ictal.report.filed.compose import compose
from ictal.report.filed.page import html_of
from ictal.report.filed.pdf import pdf_of
from ictal.report.filed.types import Taken
from ictal.web.children import infant_of
from ictal.web.eeg import noted, opened
from ictal.web.gate import who
from ictal.web.home import shelf
from ictal.web.reading import Reading, Readings
from ictal.web.shelf import NotThere
from ictal.web.sign_in import door

router = APIRouter()

Form = Literal["html", "pdf"]
Language = Literal["en", "fr"]
Paper = Literal["a4", "letter"]
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"


@router.get("/infants/{number}/report.{form}")
def infant_report(
    request: Request,
    number: str,
    form: Form,
    language: Language = "en",
    paper: Paper = "a4",
    redacted: bool = False,
) -> Response:
    """The report of an infant: its record, and its recordings as their readers left them."""
    infant = infant_of(request, number)
    door(request).note(who(request), f"{'redacted report' if redacted else 'report'} as {form}", infant=number)
    readings: Readings = request.app.state.readings
    filing = filing_of_infant(shelf(request).study, infant.pseudonym)
    corrected: dict[str, Taken] = {}
    labels: list[str] = []
    for about in shelf(request).all():
        if about.infant != infant.pseudonym or not about.sha256:
            continue
        try:
            taken = _taken(readings.get(about.id))
        except IctalError:
            continue  # a file that cannot be read any more: what was attached of it still counts
        corrected[about.sha256] = taken
        labels.append(about.label)
    recordings = tuple(corrected.pop(t.findings.recorded.sha256, t) for t in filing.recordings)
    whole = replace(filing, recordings=(*recordings, *corrected.values()), names=(*filing.names, *labels))
    return _answer(request, whole, f"infant-{number}", form, language, paper, redacted)


@router.get("/recordings/{number}/report.{form}")
def recording_report(
    request: Request,
    number: str,
    form: Form,
    language: Language = "en",
    paper: Paper = "a4",
    redacted: bool = False,
) -> Response:
    """The report of one recording alone, as its readers left it."""
    taken = _taken(opened(request, number))
    noted(request, number, f"{'redacted report' if redacted else 'report'} as {form}")
    name = taken.findings.recorded.name
    return _answer(request, Filing(name, (taken,)), f"recording-{number}", form, language, paper, redacted)


def _taken(reading: Reading) -> Taken:
    """A recording with what its readers left: rejected seizures are not in it."""
    reviews, result = reading.reviews(), reading.result
    if reviews is None or result is None:
        raise NotThere("This recording has no result yet: wait for the analysis.")
    kept = tuple(r.seizure for r in reviews.reviewed if r.verdict != "rejected")
    found = replace(reviews.findings, recorded=replace(reviews.findings.recorded, name=reading.about.label))
    return Taken(found, kept, result.discharges, reading.recording.start, reading.about.age_days, changed(found))


def _answer(
    request: Request, filing: Filing, name: str, form: Form, language: Language, paper: Paper, redacted: bool
) -> Response:
    today = door(request).accounts.today
    sheet = compose(filing.dossier(today, redacted=redacted), language, paper)
    if form == "html":
        return Response(html_of(sheet), media_type="text/html", headers={"content-security-policy": _POLICY})
    headers = {"content-disposition": f'attachment; filename="{name}.pdf"'}
    return Response(pdf_of(sheet), media_type="application/pdf", headers=headers)
