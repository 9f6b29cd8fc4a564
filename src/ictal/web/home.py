"""The recordings of the study: their list, one's page, uploads in pieces, and the jobs of analysis."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Body, Query, Request
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from ictal.base.errors import IctalError
from ictal.eeg.signal.pages import Pages
from ictal.eeg.signal.settings import SignalSettings
from ictal.report import head, render
from ictal.web import pages
from ictal.web.accounts import Role
from ictal.web.answers import Begun, Cancelled, Finished, RecordingRow, There
from ictal.web.eeg import noted, opened
from ictal.web.gate import who
from ictal.web.jobs import Jobs
from ictal.web.reading import Reading, Reviews
from ictal.web.shelf import About, NotThere, Shelf, Told
from ictal.web.uploads import Uploads
from ictal.web.work import RESULT

router = APIRouter()
_REPORT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
"""The report brings its style with it, and nothing that runs."""
FILES = ("seizures.tsv", "legs.tsv", "discharges.tsv", "findings.json", "report.html")


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One recording as a list shows it."""

    about: About
    state: str
    share: float
    doing: str
    said: str


def shelf(request: Request) -> Shelf:
    """The recordings of the study."""
    found: Shelf = request.app.state.shelf
    return found


def jobs(request: Request) -> Jobs:
    """The queue."""
    found: Jobs = request.app.state.jobs
    return found


def uploads(request: Request) -> Uploads:
    """The unfinished uploads."""
    found: Uploads = request.app.state.uploads
    return found


@router.get("/", response_class=HTMLResponse)
def first_page(request: Request) -> Response:
    """The list of recordings; for a visitor, what this is."""
    if who(request).role is Role.visitor:
        return pages.page(request, "welcome.html")
    return RedirectResponse("/recordings", 303)


@router.get("/recordings", response_class=HTMLResponse)
def recordings_page(request: Request) -> Response:
    """Every recording of the study, with how far its analysis is."""
    template = "_recordings.html" if pages.wants_part(request) else "recordings.html"
    mine = uploads(request).of(who(request).account)
    found = [_row(request, a) for a in shelf(request).all()]
    return pages.page(
        request,
        template,
        rows=found,
        infants=shelf(request).study.pseudonyms(),
        busy=any(r.state in ("waiting", "running") for r in found),
        unfinished=mine,
    )


@router.get("/api/recordings", response_model=list[RecordingRow])
def recordings(request: Request) -> list[dict[str, Any]]:
    """Every recording, the latest first."""
    return [_plain(_row(request, a)) for a in shelf(request).all()]


@router.get("/api/recordings/{number}", response_model=RecordingRow)
def recording(request: Request, number: str) -> dict[str, Any]:
    """One recording, and how far its analysis is."""
    return _plain(_row(request, shelf(request).about(number)))


@router.get("/recordings/{number}", response_class=HTMLResponse)
def recording_page(request: Request, number: str) -> Response:
    """What one recording showed."""
    row = _row(request, shelf(request).about(number))
    reviews, refused = None, ""
    try:
        reading = opened(request, number)
        reviews = reading.reviews()
    except NotThere:
        raise
    except IctalError as error:
        refused = str(error)
    noted(request, number, "opened recording")
    template = "_recording.html" if pages.wants_part(request) else "recording.html"
    return pages.page(
        request,
        template,
        row=row,
        about=row.about,
        reviews=reviews,
        foci=head.foci_map(reviews.scene) if reviews else "",
        refused=refused,
        files=FILES,
        infants=shelf(request).study.pseudonyms(),
    )


@router.get("/api/recordings/{number}/report")
@router.get("/api/recordings/{number}/findings")
def findings(request: Request, number: str) -> dict[str, Any]:
    """The findings after the readers' corrections."""
    reviews = opened(request, number).reviews()
    if reviews is None:
        raise NotThere("This recording has no result yet: wait for the analysis.")
    noted(request, number, "read findings")
    return dict(reviews.told)


@router.get("/api/recordings/{number}/files/{name}", response_class=FileResponse)
@router.get("/recordings/{number}/files/{name}")
def result_file(request: Request, number: str, name: str) -> Response:
    """One of the files that the analysis wrote, as it wrote it."""
    path = shelf(request).folder(number) / RESULT / name
    if name not in FILES or not path.is_file():
        raise NotThere("There is no such file of this recording.")
    noted(request, number, f"read {name}")
    if name == "report.html":
        answer = FileResponse(path, media_type="text/html; charset=utf-8")
        answer.headers["content-security-policy"] = _REPORT_POLICY
        return answer
    return FileResponse(path, filename=name)


@router.get("/recordings/{number}/report", response_class=HTMLResponse)
def report_page(request: Request, number: str) -> Response:
    """The report of a recording as its readers left it: rejected seizures are not in it."""
    reading = opened(request, number)
    reviews = reading.reviews()
    if reviews is None:
        raise NotThere("This recording has no result yet: wait for the analysis.")
    noted(request, number, "read report")
    return HTMLResponse(report_text(reading, reviews), headers={"content-security-policy": _REPORT_POLICY})


def report_text(reading: Reading, reviews: Reviews) -> str:
    """The report as one page of HTML."""
    result = reading.result
    if result is None:
        raise NotThere("This recording has no result yet: wait for the analysis.")
    kept = tuple(r.seizure for r in reviews.reviewed if r.verdict != "rejected")
    findings, source = reviews.findings, reading.recording.source
    recorded = replace(findings.recorded, name=reading.about.label)  # the file's own name was not kept
    return render(
        replace(reading.recording, source=replace(source, name=reading.about.label)),
        result.montage,
        result.masks,
        result.discharges,
        kept,
        replace(findings, recorded=recorded),
        page_source=Pages(reading.recording, SignalSettings()),
    )


@router.post("/api/recordings/{number}/analyse", response_model=RecordingRow)
def ask_for_analysis(request: Request, number: str) -> dict[str, Any]:
    """Ask for an analysis (again)."""
    analyse(request, number)
    return recording(request, number)


@router.post("/api/recordings/{number}/cancel", response_model=RecordingRow)
def cancel_analysis(request: Request, number: str) -> dict[str, Any]:
    """Stop the analysis."""
    cancel(request, number)
    return recording(request, number)


@router.post("/recordings/{number}/analyse")
def analyse(request: Request, number: str) -> Response:
    """Ask for an analysis (again)."""
    jobs(request).add(shelf(request).about(number).id, who(request).account)
    noted(request, number, "asked for analysis")
    return RedirectResponse(f"/recordings/{number}", 303)


@router.post("/recordings/{number}/cancel")
def cancel(request: Request, number: str) -> Response:
    """Stop the analysis."""
    jobs(request).cancel(shelf(request).about(number).id)
    noted(request, number, "cancelled analysis")
    return RedirectResponse(f"/recordings/{number}", 303)


@router.post("/api/uploads", response_model=Begun)
def begin_upload(
    request: Request,
    name: Annotated[str, Body(max_length=300)],
    bytes: Annotated[int, Body(ge=0, le=1 << 44)],
    label: Annotated[str, Body(max_length=300)],
    infant: Annotated[str, Body(max_length=100)] = "",
    age_days: Annotated[float | None, Body(ge=0, le=36525)] = None,
) -> dict[str, Any]:
    """Begin to send a file."""
    told = Told(label=label, infant=infant, age_days=age_days)
    planned = uploads(request).begin(name, bytes, told, who(request).account)
    return {"id": planned.id, "there": 0}


@router.get("/api/uploads/{number}", response_model=There)
def upload_state(request: Request, number: str) -> dict[str, int]:
    """Where to go on with a file."""
    return {"there": uploads(request).there(number, who(request).account)}


@router.put("/api/uploads/{number}", response_model=There)
async def add_piece(request: Request, number: str, at: Annotated[int, Query(ge=0, le=1 << 44)]) -> dict[str, int]:
    """Send a piece. What is answered is on the disk."""
    from starlette.concurrency import run_in_threadpool

    piece = await request.body()
    there = await run_in_threadpool(uploads(request).add, number, who(request).account, at, piece)
    return {"there": there}


@router.post("/api/uploads/{number}", response_model=Finished)
def finish_upload(request: Request, number: str) -> dict[str, str]:
    """Every piece was sent: it becomes a recording, and its analysis is queued."""
    about = uploads(request).finish(number, who(request).account)
    noted(request, about.id, "uploaded")
    jobs(request).add(about.id, who(request).account)
    return {"recording": about.id}


@router.delete("/api/uploads/{number}", response_model=Cancelled)
def cancel_upload(request: Request, number: str) -> dict[str, str]:
    """Throw an unfinished upload away."""
    uploads(request).cancel(number, who(request).account)
    return {"cancelled": number}


def _row(request: Request, about: About) -> Row:
    job = jobs(request).of(about.id)
    done = (shelf(request).folder(about.id) / RESULT / "findings.json").is_file()
    if job is None:
        return Row(about=about, state="done" if done else "new", share=float(done), doing="", said=about.refused)
    said = job.said if job.state in ("failed", "cancelled") else ""
    return Row(about=about, state=job.state, share=job.share, doing=job.doing, said=said)


def _plain(row: Row) -> dict[str, Any]:
    about = row.about
    return {
        "id": about.id,
        "label": about.label,
        "infant": about.infant or None,
        "came": about.came,
        "bytes": about.bytes,
        "sha256": about.sha256 or None,
        "state": row.state,
        "share": round(row.share, 3),
        "doing": row.doing,
        "said": row.said or None,
    }
