"""What the forms of the pages do, for programs; and the twins of the pages that visitors see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Body, Request

from ictal.base.provenance import ictal_version
from ictal.infant.timeline.reading import entry_from, infant_from
from ictal.web import children
from ictal.web.accounts import Role
from ictal.web.answers import Added, RecordingRow
from ictal.web.gate import who
from ictal.web.home import recording, shelf
from ictal.web.shelf import NotThere
from ictal.web.sign_in import door

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Welcome:
    """What this is, who asks, and where the descriptions are."""

    program: str
    version: str
    role: str
    knowledge: str = "/api/public/knowledge"
    description: str = "/api/openapi.json"


@dataclass(frozen=True, slots=True)
class WaysIn:
    """How one signs in here: with a name and a password, and perhaps by the clinic's own provider."""

    form: str
    fields: list[str]
    provider: str | None


@dataclass(frozen=True, slots=True)
class Invited:
    """What a link of invitation gives."""

    role: str
    until: str | None
    ends: str


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose recording it is, and how many days old the infant was when it began."""

    infant: str
    age_days: float


@router.get("/api/public/", response_model=Welcome)
def welcome(request: Request) -> Welcome:
    """What this is."""
    return Welcome("Ictal", ictal_version(), who(request).role.name)


@router.get("/api/public/sign-in", response_model=WaysIn)
def ways_in(request: Request) -> WaysIn:
    """How one signs in; scripts send a token instead."""
    provider = "/sign-in/oidc" if request.app.state.oidc is not None else None
    return WaysIn("/sign-in", ["name", "password"], provider)


@router.get("/api/public/ask", response_model=WaysIn)
def ways_to_ask() -> WaysIn:
    """How one asks for an account."""
    return WaysIn("/ask", ["name", "password", "why"], None)


@router.get("/api/public/join/{secret}", response_model=Invited)
def invited(request: Request, secret: str) -> Invited:
    """What a link of invitation gives."""
    found = door(request).accounts.invitation(secret)
    if found is None:
        raise NotThere("This link was used or has ended: ask an admin for a new one.")
    until = None if found.until is None else found.until.isoformat()
    return Invited(Role(found.role).name, until, found.ends.isoformat())


@router.post("/api/infants", response_model=Added)
def new_infant(request: Request, told: Annotated[dict[str, Any], Body()]) -> Added:
    """Take a new infant into the study: `pseudonym`, and perhaps `sex`, `gestation_weeks`, `entries`."""
    infant = infant_from(told)
    added = shelf(request).study.new(infant, who(request).name)
    number = children.number_of(door(request), infant.pseudonym)
    door(request).note(who(request), "new infant", infant=number)
    return Added(number, list(added.keys), list(added.flagged))


@router.post("/api/infants/{number}/entries", response_model=Added)
def add_entry(request: Request, number: str, told: Annotated[dict[str, Any], Body()]) -> Added:
    """Put an entry into the record: its kind as `entry`, and the fields that `ictal infant` takes."""
    infant = children.infant_of(request, number)
    entry = entry_from(told)
    added = shelf(request).study.add(infant.pseudonym, entry, who=who(request).name)
    door(request).note(who(request), "added an entry", infant=number)
    return Added(number, list(added.keys), list(added.flagged))


@router.delete("/api/infants/{number}/entries/{key}", response_model=Added)
def remove_entry(request: Request, number: str, key: str) -> Added:
    """Take an entry out of the record; it stays in the history."""
    children.remove_entry(request, number, key)
    return Added(number, [key], [])


@router.put("/api/recordings/{number}/infant", response_model=RecordingRow)
def attach(request: Request, number: str, whose: Whose) -> dict[str, Any]:
    """Say whose recording this is, and at which age it began."""
    children.attach_recording(request, number, whose.infant, whose.age_days)
    return recording(request, number)
