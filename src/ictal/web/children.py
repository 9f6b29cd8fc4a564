"""The infants of the study: their list, one record with what follows from it, and forms for its entries.

In an address an infant has a number made with the server's key: even a pseudonym says too much in a log of a proxy.
"""

from __future__ import annotations

import hmac
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from ictal.base.errors import IctalError, UsageError
from ictal.exchange.child import exported
from ictal.exchange.entry_words import described, entry_of_words
from ictal.exchange.findings_json import write_findings
from ictal.exchange.tables import write_events
from ictal.infant.overview import overview
from ictal.infant.timeline.ages import age_text
from ictal.infant.timeline.reading import infant_from
from ictal.infant.timeline.types import Infant, Variant
from ictal.infant.timeline.words import NOT_CAPTURED
from ictal.report.growth_chart import growth_chart
from ictal.report.timeline import timeline_figure
from ictal.study.recordings import recording_from
from ictal.web import forms, pages
from ictal.web.answers import InfantRow
from ictal.web.gate import Door, who
from ictal.web.home import shelf
from ictal.web.reading import Reading, Reviews
from ictal.web.shelf import NotThere, Shelf, Told, checked_told
from ictal.web.sign_in import Text, door
from ictal.web.work import RESULT

router = APIRouter()
_VIEW_BOX = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')


class Svg(Response):
    """A figure."""

    media_type = "image/svg+xml"


def number_of(here: Door, pseudonym: str) -> str:
    """The number of an infant in addresses."""
    return hmac.new(here.sessions.key, b"infant:" + pseudonym.encode(), "sha256").hexdigest()[:12]


def infant_of(request: Request, number: str) -> Infant:
    """The infant of a number. Raises `NotThere`."""
    study, here = shelf(request).study, door(request)
    for pseudonym in study.pseudonyms():
        if hmac.compare_digest(number_of(here, pseudonym).encode(), number.encode()):
            return study.infant(pseudonym)
    raise NotThere("There is no such infant in this study.")


@router.get("/infants", response_class=HTMLResponse)
def infants_page(request: Request) -> Response:
    """Every infant, and the form for a new one."""
    return _list(request)


@router.get("/api/infants", response_model=list[InfantRow])
def infants(request: Request) -> list[dict[str, Any]]:
    """Every infant, by pseudonym."""
    here = door(request)
    return [
        {"id": number_of(here, i.pseudonym), "pseudonym": i.pseudonym, "entries": len(i.entries)}
        for i in shelf(request).study.infants()
    ]


@router.post("/infants", response_class=HTMLResponse)
def new_infant(request: Request, pseudonym: Text = "", sex: Text = "not captured", gestation: Text = "") -> Response:
    """Take a new infant into the study."""
    try:
        told: dict[str, Any] = {"pseudonym": pseudonym.strip(), "sex": sex}
        if gestation.strip():
            told["gestation_weeks"] = weeks(gestation)
        infant = infant_from(told)
        shelf(request).study.new(infant, who(request).name)
    except IctalError as error:
        values = {"pseudonym": pseudonym, "sex": sex, "gestation": gestation}
        field = "gestation" if "gestation" in str(error) else "sex" if "sex" in str(error) else "pseudonym"
        return _list(request, values, field, str(error), 422)
    number = number_of(door(request), infant.pseudonym)
    door(request).note(who(request), "new infant", infant=number)
    return RedirectResponse(f"/infants/{number}", 303)


@router.get("/infants/{number}", response_class=HTMLResponse)
def infant_page(request: Request, number: str, add: str = "", kept: str = "") -> Response:
    """One infant's record, and what follows from it. `kept` is the entry that was just put in."""
    infant = infant_of(request, number)
    door(request).note(who(request), "opened infant", infant=number)
    return _page(request, infant, add if add in forms.KINDS else "", kept=kept)


@router.get("/api/infants/{number}")
def infant_json(request: Request, number: str) -> dict[str, Any]:
    """The same for programs: the record, and what follows from it."""
    infant = infant_of(request, number)
    door(request).note(who(request), "read infant", infant=number)
    told: dict[str, Any] = msgspec.to_builtins(infant)
    found = overview(infant)
    follows = (found.heads, found.microcephaly, found.development, found.responses, found.resistance)
    names = ("growth", "microcephaly", "development", "responses", "resistance")
    return {"infant": told, **{name: msgspec.to_builtins(part) for name, part in zip(names, follows, strict=True)}}


@router.get("/api/infants/{number}/timeline.svg", response_class=Svg)
@router.get("/infants/{number}/timeline.svg", response_class=Svg)
def timeline(request: Request, number: str) -> Response:
    """The course of this infant as a figure."""
    figure = timeline_figure(overview(infant_of(request, number)))
    headers = {"content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox"}
    return Svg(str(figure), headers=headers)


@router.get("/api/infants/{number}/export/{form}", response_class=Response)
@router.get("/infants/{number}/export/{form}")
def export(request: Request, number: str, form: str) -> Response:
    """The record as a file: json, phenopacket, csv or fhir."""
    infant = infant_of(request, number)
    if form not in ("json", "phenopacket", "csv", "fhir"):
        raise NotThere("There is no such form. There are: json, phenopacket, csv, fhir.")
    text, _ = exported(infant, form)
    door(request).note(who(request), f"exported infant as {form}", infant=number)
    suffix = "csv" if form == "csv" else "json"
    headers = {"content-disposition": f'attachment; filename="infant-{number}.{suffix}"'}
    return Response(text, media_type="text/csv" if form == "csv" else "application/json", headers=headers)


@router.post("/infants/{number}/entries", response_class=HTMLResponse)
async def add_entry(request: Request, number: str) -> Response:
    """Put an entry into the record."""
    from starlette.concurrency import run_in_threadpool

    said = {k: str(v) for k, v in (await request.form()).items() if k != "form_token"}
    return await run_in_threadpool(_add, request, number, said)


@router.post("/infants/{number}/entries/{key}/remove")
def remove_entry(request: Request, number: str, key: str) -> Response:
    """Take an entry out of the record; it stays in the history."""
    infant = infant_of(request, number)
    if key not in {e.id for e in infant.entries}:
        raise NotThere("There is no such entry of this infant.")
    shelf(request).study.remove(key, who(request).name)
    door(request).note(who(request), "removed an entry", infant=number)
    return RedirectResponse(f"/infants/{number}", 303)


@router.post("/recordings/{number}/attach")
def attach_recording(
    request: Request, number: str, infant: Text = "", age_days: Annotated[float, Form(ge=0, le=36525)] = 0.0
) -> Response:
    """Say whose recording this is, and at which age it began."""
    store = shelf(request)
    about = store.about(number)
    told = checked_told(Told(label=about.label, infant=infant, age_days=age_days), store.study)
    if not told.infant:
        raise UsageError("Choose the infant whose recording this is.")
    weeks_born = store.study.infant(told.infant).gestation_weeks
    store.tell(number, infant=told.infant, age_days=told.age_days, gestation_weeks=weeks_born)
    attach(store, number, who(request).name)
    door(request).note(who(request), "attached recording", recording=number)
    return RedirectResponse(f"/recordings/{number}", 303)


def attach(store: Shelf, number: str, name: str) -> None:
    """Put a recording and what it showed into the record of its infant, when both are known."""
    about = store.about(number)
    results = store.folder(number) / RESULT
    if not about.infant or about.age_days is None or not (results / "findings.json").is_file():
        return
    infant = store.study.infant(about.infant)
    kept, found, entry = recording_from(infant, about.age_days, file=Path(store.file(number)), results=results)
    store.study.attach(kept, found, name, entry)


def attach_reviewed(store: Shelf, reading: Reading, reviews: Reviews, name: str) -> None:
    """Let the record of the infant say what the recording shows after the review."""
    about = reading.about
    if not about.infant or about.age_days is None or not about.sha256:
        return
    kept = tuple(r.seizure for r in reviews.reviewed if r.verdict != "rejected")
    with TemporaryDirectory(prefix="ictal-review-") as place:
        write_events(Path(place), reading.recording, reviews.scene.discharges, kept)
        write_findings(Path(place), reviews.findings)
        told = recording_from(store.study.infant(about.infant), about.age_days, results=Path(place))
    recording, found, entry = told
    store.study.attach(recording, found, name, entry)


def weeks(text: str) -> float:
    """A gestation as it is written: `32+4`, or `32.5`."""
    whole, plus, days = text.replace(",", ".").partition("+")
    try:
        return float(whole) + (float(days) / 7 if plus else 0.0)
    except ValueError:
        raise UsageError(f"The gestation '{text[:20]}' is no number of weeks: write 32+4 or 32.5.") from None


def _add(request: Request, number: str, said: dict[str, str]) -> Response:
    infant = infant_of(request, number)
    kind = said.pop("entry", "")
    if kind not in forms.KINDS:
        raise UsageError("There is no form for this kind of entry.")
    try:
        entry = entry_of_words(kind, said, decimal_comma=True)
        added = shelf(request).study.add(infant.pseudonym, entry, who=who(request).name)
    except IctalError as error:
        return _page(request, infant, kind, said, str(error), 422)
    door(request).note(who(request), f"added {kind}", infant=number)
    if not added.keys:
        return _page(request, infant, kind, {}, "This stands in the record already, word for word: nothing was added.")
    if added.flagged:
        return _page(request, infant_of(request, number), kind, {}, " ".join(added.flagged))
    return RedirectResponse(f"/infants/{number}?add={kind}&kept={added.keys[0]}", 303)


def _list(
    request: Request, values: dict[str, str] | None = None, field: str = "", sentence: str = "", status: int = 200
) -> HTMLResponse:
    here = door(request)
    rows = [(number_of(here, i.pseudonym), i, _last(i)) for i in shelf(request).study.infants()]
    given = {"pseudonym": "", "sex": "not captured", "gestation": "", **(values or {})}
    return pages.page(request, "infants.html", status, rows=rows, values=given, field=field, sentence=sentence)


def _page(
    request: Request,
    infant: Infant,
    kind: str,
    said: dict[str, str] | None = None,
    sentence: str = "",
    status: int = 200,
    kept: str = "",
) -> HTMLResponse:
    store = shelf(request)
    here = {a.sha256: a for a in store.all() if a.infant == infant.pseudonym}
    entries = [
        (e, age_text(e.age_days), described(e), here.get(getattr(e, "digest", "") or "-")) for e in infant.in_order
    ]
    found = overview(infant)
    return pages.page(
        request,
        "infant.html",
        status,
        number=number_of(door(request), infant.pseudonym),
        infant=infant,
        gestation=gestation_text(infant),
        age=age_text,
        entries=entries,
        problems=[p.sentence for p in store.study.problems(infant.pseudonym)],
        history=list(reversed(store.study.history(infant.pseudonym)))[:40],
        kinds=forms.ordered_kinds(),
        kind=kind,
        fields=forms.fields_of(kind) if kind else (),
        values=said or {},
        wrong=forms.wrong_field(kind, sentence) if sentence and kind and status != 200 else "",
        sentence=sentence,
        found=found,
        chart=growth_chart(infant, found.heads),
        drawn=_drawn(timeline_figure(found)) if entries else ("", ""),
        skills=[
            s for s in found.development.skills if s.there or s.lost_days is not None or s.not_yet_days is not None
        ],
        variants=[e for e in infant.in_order if isinstance(e, Variant)],
        added=next((f"{described(e)}, at {age_text(e.age_days)}" for e in infant.entries if e.id == kept), ""),
        used=_used(store, kind),
    )


def _drawn(figure: str) -> tuple[str, str]:
    """Width and height of a figure, so that the page does not jump when it comes."""
    found = _VIEW_BOX.search(figure)
    return (found[1], found[2]) if found else ("", "")


def _used(store: Shelf, kind: str) -> dict[str, list[str]]:
    """What was written before in the free fields of this kind of entry, to be offered again: never a note."""
    free = [f.name for f in forms.fields_of(kind) if not (f.words or f.number)] if kind else []
    found: dict[str, set[str]] = {name: set() for name in free if name not in ("note", "source", "dose")}
    entries = (e for i in store.study.infants() for e in i.entries if forms.is_kind(e, kind)) if found else ()
    for entry in entries:
        for name in found:
            value = getattr(entry, name, "")
            if isinstance(value, str) and value and value != NOT_CAPTURED:
                found[name].add(value)
    return {name: sorted(values) for name, values in found.items() if values}


def _last(infant: Infant) -> str:
    ordered = infant.in_order
    return age_text(ordered[-1].age_days) if ordered else ""


def gestation_text(infant: Infant) -> str:
    """The gestation in weeks and days, as clinicians say it."""
    if infant.gestation_weeks is None:
        return "gestation not captured"
    whole, days = divmod(round(infant.gestation_weeks * 7), 7)
    return f"born at {whole}+{days} weeks"
