"""The seizure room: the list, one seizure with its figures, the readers' corrections, and how far they agree."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from ictal.base.errors import IctalError, UsageError
from ictal.report import head, view
from ictal.report.chronogram import chronogram
from ictal.report.small import small_multiple
from ictal.review import Reviewed, standing
from ictal.web import pages
from ictal.web.answers import Corrected, SeizureRoom
from ictal.web.children import attach_reviewed
from ictal.web.eeg import noted, opened
from ictal.web.gate import who
from ictal.web.home import shelf
from ictal.web.reading import Reading, Reviews
from ictal.web.review_words import agreement, burden, ictal_places, seizure_json, told
from ictal.web.shelf import NotThere
from ictal.web.sign_in import door

router = APIRouter()
VERDICTS = ("open", "accepted", "rejected")
_MOST_SMALL = 36
"""So many seizures of one focus are drawn beside each other."""
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


def by_query(verdict: str = "", pattern: str = "", side: str = "", focus: str = "") -> Filters:
    """The filters as an address says them."""
    return Filters(verdict, pattern, side, focus)


@router.get("/recordings/{number}/seizures", response_class=HTMLResponse)
def room(request: Request, number: str, filters: Annotated[Filters, Depends(by_query)], seizure: str = "") -> Response:
    """The seizure room."""
    reading, _ = _reviews(request, number)
    noted(request, number, "opened seizures")
    return _room(request, reading, filters, seizure)


@router.get("/api/recordings/{number}/seizures", response_model=SeizureRoom)
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


@dataclass(frozen=True, slots=True)
class Asked:
    """A correction as a program asks for it."""

    kind: str
    seizures: tuple[str, ...] = ()
    start_s: float | None = None
    stop_s: float | None = None
    electrode: str | None = None
    undoes: str | None = None
    seen: int | None = None
    """How many corrections whoever asks knew of: one that another reader made since to the same seizure stops it."""


def by_form(
    kind: Field,
    seizure: Field = "",
    other: Field = "",
    start: Field = "",
    stop: Field = "",
    electrode: Field = "",
    undoes: Field = "",
) -> tuple[dict[str, str], str]:
    """A correction as a form says it, and the seizure that is on the page."""
    said = {"kind": kind, "other": other, "start": start, "stop": stop, "electrode": electrode, "undoes": undoes}
    return said, seizure


@router.post("/api/recordings/{number}/corrections", response_model=Corrected)
def correct(request: Request, number: str, asked: Asked) -> dict[str, Any]:
    """Accept, reject, move, split, merge, change the onset, add, or take back. What is answered is on the disk."""
    reading, _ = _reviews(request, number)
    reviews = _correct(request, reading, asked)
    found = [seizure_json(reading, r) for r in reviews.reviewed]
    return {"seizures": found, "burden": burden(reviews), "last": reviews.corrections[-1].id}


@router.post("/recordings/{number}/corrections", response_class=HTMLResponse)
def correct_by_form(
    request: Request,
    number: str,
    form: Annotated[tuple[dict[str, str], str], Depends(by_form)],
    filters: Annotated[Filters, Depends(by_query)],
    seen: Annotated[int | None, Form(ge=0)] = None,
) -> Response:
    """The same from a form of the seizure room: what was listed stays listed, and what was typed where it was wrong."""
    reading, _ = _reviews(request, number)
    said, seizure = form
    try:
        _correct(request, reading, _asked(said, seizure, seen))
    except IctalError as error:
        return _room(request, reading, filters, seizure, (str(error), said))
    if pages.wants_part(request):
        return _room(request, reading, filters, seizure)
    asked = urlencode({**{f: getattr(filters, f) for f in ("verdict", "pattern", "side", "focus")}, "seizure": seizure})
    return RedirectResponse(f"/recordings/{number}/seizures?{asked}", 303)


def _asked(said: dict[str, str], seizure: str, seen: int | None) -> Asked:
    own = tuple(s for s in (seizure, said["other"] if said["kind"] == "merge" else "") if s)
    return Asked(
        said["kind"],
        () if said["kind"] in ("add", "undo") else own,
        seconds(said["start"]),
        seconds(said["stop"]),
        said["electrode"].strip() or None,
        said["undoes"] or None,
        seen,
    )


def _correct(request: Request, reading: Reading, asked: Asked) -> Reviews:
    """Keep a correction of whoever asks; to take back without a number is to take back one's own last."""
    who_asks = who(request).account
    undoes = asked.undoes
    if asked.kind == "undo" and undoes is None:
        last = reading.last_of(who_asks)
        undoes = last.id if last else None
    said = {"seizures": asked.seizures, "start_s": asked.start_s, "stop_s": asked.stop_s}
    with shelf(request).changing(reading.about.id):  # of two readers at once, the second sees what the first did
        _check_seen(request, reading, asked)
        reviews = reading.correct(
            who_asks, who(request).name, asked.kind, **said, electrode=asked.electrode, undoes=undoes
        )
        attach_reviewed(shelf(request), reading, reviews, who(request).name)
    noted(request, reading.about.id, f"corrected: {asked.kind}")
    return reviews


def _check_seen(request: Request, reading: Reading, asked: Asked) -> None:
    """Stop a correction of what another reader changed while whoever asks looked at it as it was."""
    reviews = reading.reviews()
    if asked.seen is None or reviews is None:
        return
    for correction in standing(reviews.corrections[asked.seen :]):
        if correction.who != who(request).account and set(correction.seizures) & set(asked.seizures):
            did = told(correction, door(request).accounts)
            raise UsageError(f"{did['who']} {did['what']} meanwhile: look at it as it is now, then correct it again.")


def seconds(text: str) -> float | None:
    """A time as a reader types it: seconds (`754.2`), or `12:34.2`, or `1:12:34`; empty is none."""
    if not text.strip():
        return None
    parts = text.strip().split(":")
    try:
        found = math.fsum(float(part) * 60.0**k for k, part in enumerate(reversed(parts)))
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
    request: Request,
    reading: Reading,
    filters: Filters,
    chosen: str,
    wrong: tuple[str, dict[str, str]] | None = None,
) -> HTMLResponse:
    """The room; `wrong` is what is wrong with the form that was sent, and what was typed into it."""
    sentence, said = wrong or ("", {"kind": ""})
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
        422 if wrong else 200,
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
        markers=reviews.findings.markers,
        statements=reviews.findings.statements[:3],
        sentence=sentence,
        said=said,
        seen=len(reviews.corrections),
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
        fellows = [(r, reviews.number(r.id)) for r in same if r.verdict != "rejected"][:_MOST_SMALL]
    longest_s = max((r.seizure.duration_s for r, _ in fellows), default=0.0)
    return {
        "reviewed": reviewed,
        "number": at,
        "view": view.seizure_view(scene, at),
        "chronogram": chronogram(scene, at),
        "head": head.path_map(scene, at),
        "json": {**seizure_json(reading, reviewed), "ictal": ictal_places(scene, reviewed.seizure)},
        "fellows": [(r, n, small_multiple(scene, n, longest_s)) for r, n in fellows],
        "longest_s": longest_s,
        "others": sorted(
            (r for r in reviews.reviewed if r.id != reviewed.id and r.verdict != "rejected"),
            key=lambda r: abs(r.seizure.start_s - reviewed.seizure.start_s),
        ),
    }
