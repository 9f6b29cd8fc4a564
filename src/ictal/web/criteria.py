"""The criteria of one infant: verdict, rows with their evidence, what else it could be, what is missing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from ictal.base.errors import IctalError
from ictal.infant.syndrome.assess import assess
from ictal.infant.syndrome.findings import recording_seen
from ictal.infant.syndrome.record import gather_infant
from ictal.infant.syndrome.show import to_dict
from ictal.infant.syndrome.types import Assessment, Link, RecordingSeen
from ictal.infant.timeline.types import Infant
from ictal.report import words
from ictal.web import pages
from ictal.web.children import infant_of
from ictal.web.gate import who
from ictal.web.home import shelf
from ictal.web.reading import Readings, Reviews
from ictal.web.sign_in import door

router = APIRouter()

_RECORDING = re.compile(r"recording ([0-9a-f]{12})")
_MOMENT = re.compile(r"(\d+):(\d\d):(\d\d) \(seizure")
_ENTRY = re.compile(r"^\S+ (\d+), at ")


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of evidence as a page shows it: what it says, and where a click leads."""

    text: str
    where: str
    address: str
    moments: tuple[tuple[str, str], ...] = ()
    """A time of the recording, and the address that opens the EEG there."""


@router.get("/infants/{number}/criteria", response_class=HTMLResponse)
def criteria_page(request: Request, number: str) -> HTMLResponse:
    """Is it the syndrome, what else could it be, what is missing?"""
    infant = infant_of(request, number)
    answer, labels = _assessed(request, infant)
    door(request).note(who(request), "opened criteria", infant=number)
    shown = {row.id: [_evidence(link, number, labels) for link in row.evidence] for row in answer.criteria}
    return pages.page(request, "criteria.html", number=number, infant=infant, answer=answer, shown=shown)


@router.get("/api/infants/{number}/criteria")
def criteria(request: Request, number: str) -> dict[str, Any]:
    """The same for programs, with the keys of `ictal assess --json`."""
    infant = infant_of(request, number)
    door(request).note(who(request), "read criteria", infant=number)
    return dict(to_dict(_assessed(request, infant)[0]))


def _assessed(request: Request, infant: Infant) -> tuple[Assessment, dict[str, str]]:
    """The assessment, from the record and from the recordings as their readers left them; and what these are called."""
    readings: Readings = request.app.state.readings
    seen: dict[str, RecordingSeen] = {}
    labels: dict[str, str] = {}
    for about in shelf(request).all():
        if about.infant != infant.pseudonym or not about.sha256:
            continue
        try:
            reviews = readings.get(about.id).reviews()
        except IctalError:
            continue  # a file that cannot be read any more: its entry in the record still counts
        if reviews is not None:
            told, name = reviews.told, f"recording {about.id}"
            seen[about.sha256] = recording_seen(told, _moments(reviews), about.age_days, name)
            labels[about.id] = about.label
    return assess(gather_infant(infant, seen).case(), door(request).accounts.today), labels


def _moments(reviews: Reviews) -> Sequence[str]:
    """The migrating seizures as places to look at."""
    kept = [r for r in reviews.reviewed if r.verdict != "rejected" and r.seizure.pattern.value == "migrating"]
    return [
        f"{words.in_recording(r.seizure.start_s)} (seizure {reviews.number(r.id)}, {'>'.join(r.seizure.path)})"
        for r in kept[:12]
    ]


def _evidence(link: Link, number: str, labels: dict[str, str]) -> Evidence:
    recording, entry = _RECORDING.search(link.where), _ENTRY.match(link.where)
    if recording and recording[1] in labels:
        address = f"/recordings/{recording[1]}"
        moments = tuple(
            (f"{h}:{m}:{s}", f"{address}/eeg#t={3600 * int(h) + 60 * int(m) + int(s)}")
            for h, m, s in _MOMENT.findall(link.where)
        )
        return Evidence(link.text, labels[recording[1]], address, moments)
    if link.kind == "statement":
        return Evidence(link.text, link.where, f"/knowledge?query={link.where}")
    return Evidence(link.text, link.where, f"/infants/{number}#entry-{entry[1]}" if entry else f"/infants/{number}")
