"""The report that a clinic files, of an infant or of one recording as its readers left it, as HTML or PDF."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
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


@dataclass(frozen=True, slots=True)
class Asked:
    """How somebody wants a report: `form` in the path, the rest behind it."""

    form: Form
    language: Language = "en"
    paper: Paper = "a4"
    redacted: bool = False

    @property
    def said(self) -> str:
        """What the audit trail says of it."""
        return f"{'redacted report' if self.redacted else 'report'} as {self.form}"


@router.get("/infants/{number}/report.{form}")
def infant_report(request: Request, number: str, asked: Annotated[Asked, Depends()]) -> Response:
    """The report of an infant: its record, and its recordings as their readers left them."""
    infant = infant_of(request, number)
    door(request).note(who(request), asked.said, infant=number)
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
    return _answer(request, whole, f"infant-{number}", asked)


@router.get("/recordings/{number}/report.{form}")
def recording_report(request: Request, number: str, asked: Annotated[Asked, Depends()]) -> Response:
    """The report of one recording alone, as its readers left it."""
    taken = _taken(opened(request, number))
    noted(request, number, asked.said)
    name = taken.findings.recorded.name
    return _answer(request, Filing(name, (taken,)), f"recording-{number}", asked)


def _taken(reading: Reading) -> Taken:
    """A recording with what its readers left: rejected seizures are not in it."""
    reviews, result = reading.reviews(), reading.result
    if reviews is None or result is None:
        raise NotThere("This recording has no result yet: wait for the analysis.")
    kept = tuple(r.seizure for r in reviews.reviewed if r.verdict != "rejected")
    found = replace(reviews.findings, recorded=replace(reviews.findings.recorded, name=reading.about.label))
    return Taken(found, kept, result.discharges, reading.recording.start, reading.about.age_days, changed(found))


def _answer(request: Request, filing: Filing, name: str, asked: Asked) -> Response:
    today = door(request).accounts.today
    sheet = compose(filing.dossier(today, redacted=asked.redacted), asked.language, asked.paper)
    if asked.form == "html":
        return Response(html_of(sheet), media_type="text/html", headers={"content-security-policy": _POLICY})
    headers = {"content-disposition": f'attachment; filename="{name}.pdf"'}
    return Response(pdf_of(sheet), media_type="application/pdf", headers=headers)
