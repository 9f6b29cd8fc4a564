"""The seizure room: the list, one seizure with its figures, the readers' corrections, and how far they agree."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Body, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from ictal.base.errors import IctalError, UsageError
from ictal.report import head, view
from ictal.report.chronogram import chronogram
from ictal.review import Reviewed, standing
from ictal.web import pages
from ictal.web.eeg import noted, opened
from ictal.web.gate import who
from ictal.web.reading import Reading, Reviews
from ictal.web.review_words import agreement, seizure_json, told
from ictal.web.shelf import NotThere
from ictal.web.sign_in import door

router = APIRouter()
VERDICTS = ("open", "accepted", "rejected")
Field = Annotated[str, Form(max_length=200)]


@dataclass(frozen=True, slots=True)
class Filters:
    """Which seizures are listed: empty shows all."""

    verdict: str = ""
    pattern: str = ""
    side: str = ""
    focus: str = ""

    def fits(self, reviewed: Reviewed, members: frozenset[str]) -> bool:
        """Does this seizure fit? `members` are those of the focus that is asked for."""
        seizure = reviewed.seizure
        side = seizure.onset.hemisphere.value if seizure.localised else "unknown"
        return (
            self.verdict in ("", reviewed.verdict)
            and self.pattern in ("", seizure.pattern.value)
            and self.side in ("", side)
            and (not self.focus or reviewed.id in members)
        )


@router.get("/recordings/{number}/seizures", response_class=HTMLResponse)
def room(
    request: Request,
    number: str,
    verdict: str = "",
    pattern: str = "",
    side: str = "",
    focus: str = "",
    seizure: str = "",
) -> Response:
    """The seizure room."""
    reading, _ = _reviews(request, number)
    noted(request, number, "opened seizures")
    return _room(request, reading, Filters(verdict, pattern, side, focus), seizure)


@router.get("/api/recordings/{number}/seizures")
def seizures(request: Request, number: str) -> dict[str, Any]:
    """Seizures as the readers left them, every correction, and agreement."""
    reading, reviews = _reviews(request, number)
    noted(request, number, "read seizures")
    accounts = door(request).accounts
    return {
        "seizures": [seizure_json(reading, r) for r in reviews.reviewed],
        "corrections": [told(c, accounts) for c in reviews.corrections],
        "agreement": agreement(reading, reviews, accounts),
    }


@router.post("/api/recordings/{number}/corrections")
def correct(
    request: Request,
    number: str,
    kind: Annotated[str, Body(max_length=20)],
    seizures: Annotated[list[str], Body(max_length=20)] = [],  # noqa: B006 - FastAPI copies it
    start_s: Annotated[float | None, Body()] = None,
    stop_s: Annotated[float | None, Body()] = None,
    electrode: Annotated[str | None, Body(max_length=20)] = None,
    undoes: Annotated[str | None, Body(max_length=20)] = None,
) -> dict[str, Any]:
    """Accept, reject, move, split, merge, change the onset, add, or take back. What is answered is on the disk."""
    reading, _ = _reviews(request, number)
    asks = who(request)
    if kind == "undo" and undoes is None:
        last = reading.last_of(asks.account)
        undoes = last.id if last else None
    said = {"seizures": tuple(seizures), "start_s": start_s, "stop_s": stop_s, "electrode": electrode, "undoes": undoes}
    reviews = reading.correct(asks.account, kind, **said)
    noted(request, number, f"corrected: {kind}")
    return {"seizures": [seizure_json(reading, r) for r in reviews.reviewed], "last": reviews.corrections[-1].id}


@router.post("/recordings/{number}/corrections", response_class=HTMLResponse)
def correct_by_form(
    request: Request,
    number: str,
    kind: Field,
    seizure: Field = "",
    other: Field = "",
    start: Field = "",
    stop: Field = "",
    electrode: Field = "",
    undoes: Field = "",
) -> Response:
    """The same from a form of the seizure room."""
    reading, _ = _reviews(request, number)
    try:
        _one(
            request,
            reading,
            (kind, seizure, other),
            {"start": start, "stop": stop, "electrode": electrode, "undoes": undoes},
        )
        sentence = ""
    except IctalError as error:
        sentence = str(error)
    noted(request, number, f"corrected: {kind}" if not sentence else f"correction refused: {kind}")
    if pages.wants_part(request):
        return _room(request, reading, Filters(), seizure, sentence)
    if sentence:
        return _room(request, reading, Filters(), seizure, sentence, 422)
    return RedirectResponse(f"/recordings/{number}/seizures?seizure={seizure}", 303)


def _one(request: Request, reading: Reading, what: tuple[str, str, str], said: dict[str, str]) -> None:
    kind, seizure, other = what
    asks = who(request)
    own = tuple(s for s in (seizure, other) if s) if kind == "merge" else (seizure,) if seizure else ()
    undoes = said["undoes"] or None
    if kind == "undo" and undoes is None:
        last = reading.last_of(asks.account)
        undoes = last.id if last else None
    reading.correct(
        asks.account,
        kind,
        seizures=own if kind not in ("add", "undo") else (),
        start_s=seconds(said["start"]),
        stop_s=seconds(said["stop"]),
        electrode=said["electrode"].strip() or None,
        undoes=undoes,
    )


def seconds(text: str) -> float | None:
    """A time as a reader types it: seconds (`754.2`), or `12:34.2`, or `1:12:34`; empty is none."""
    if not text.strip():
        return None
    parts = text.strip().split(":")
    try:
        found = sum(float(part) * 60**k for k, part in enumerate(reversed(parts)))
    except ValueError:
        found = math.nan
    if not math.isfinite(found) or len(parts) > 3:
        raise UsageError(f"'{text[:20]}' is no time: write seconds (754.2) or minutes and seconds (12:34.2).")
    return found


def _reviews(request: Request, number: str) -> tuple[Reading, Reviews]:
    reading = opened(request, number)
    reviews = reading.reviews()
    if reviews is None:
        raise NotThere("This recording has no result yet: wait for the analysis.")
    return reading, reviews


def _room(
    request: Request, reading: Reading, filters: Filters, chosen: str, sentence: str = "", status: int = 200
) -> HTMLResponse:
    reviews = reading.reviews()
    if reviews is None:
        raise NotThere("This recording has no result yet: wait for the analysis.")
    accounts = door(request).accounts
    kept = [r for r in reviews.reviewed if r.verdict != "rejected"]
    foci = {f.electrode: frozenset(kept[k - 1].id for k in f.seizure_ids) for f in reviews.findings.foci}
    listed = [r for r in reviews.reviewed if filters.fits(r, foci.get(filters.focus, frozenset()))]
    known = {r.id for r in reviews.reviewed}
    first = chosen if chosen in known else next((r.id for r in listed), "")
    corrections = [(c, told(c, accounts)) for c in reviews.corrections]
    template = "_room.html" if pages.wants_part(request) else "room.html"
    return pages.page(
        request,
        template,
        status,
        about=reading.about,
        simulated=reading.recording.simulated,
        filters=filters,
        rows=[(reviews.number(r.id), r, view.seizure_view(reviews.scene, reviews.number(r.id))) for r in listed],
        total=len(reviews.reviewed),
        counts={v: sum(r.verdict == v for r in reviews.reviewed) for v in VERDICTS},
        foci=[(f, len(foci[f.electrode])) for f in reviews.findings.foci],
        chosen=_chosen(reading, reviews, first),
        history=list(reversed(corrections)),
        can_undo={c.id for c in standing(reviews.corrections) if c.who == who(request).account},
        agreement=agreement(reading, reviews, accounts),
        electrodes=[reading.recording.written_name(d.electrode) for d in reviews.scene.montage.derivations],
        statements=reviews.findings.statements[:3],
        sentence=sentence,
    )


def _chosen(reading: Reading, reviews: Reviews, number: str) -> dict[str, Any] | None:
    """One seizure with its figures, and its fellows of the same focus in small."""
    if not number:
        return None
    at = reviews.number(number)
    reviewed, scene = reviews.reviewed[at - 1], reviews.scene
    fellows = []
    if reviewed.seizure.localised:
        here = reviewed.seizure.onset.electrode
        same = [r for r in reviews.reviewed if r.seizure.localised and r.seizure.onset.electrode == here]
        fellows = [(r, reviews.number(r.id)) for r in same if r.verdict != "rejected"][:24]
    return {
        "reviewed": reviewed,
        "number": at,
        "view": view.seizure_view(scene, at),
        "chronogram": chronogram(scene, at),
        "head": head.path_map(scene, at),
        "json": seizure_json(reading, reviewed),
        "fellows": [(r, n, seizure_json(reading, r)) for r, n in fellows],
        "others": [r for r in reviews.reviewed if r.id != reviewed.id and r.verdict != "rejected"],
    }
