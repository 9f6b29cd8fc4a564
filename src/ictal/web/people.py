"""The admin's page: who has an account, who asks for one, links of invitation, and the audit trail."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from ictal.web import pages
from ictal.web.accounts import Refused, Role
from ictal.web.answers import People
from ictal.web.children import number_of
from ictal.web.gate import who
from ictal.web.home import shelf
from ictal.web.sign_in import Text, door

router = APIRouter()
ROLE = Annotated[int, Form(ge=1, le=3)]
LATEST = 200
_USUAL_DAYS = 365


@router.get("/admin", response_class=HTMLResponse)
def people(request: Request) -> Response:
    """Everybody."""
    return _people(request)


@router.get("/api/admin", response_model=People)
@router.get("/api/admin/accounts", response_model=People)
def accounts(request: Request) -> dict[str, Any]:
    """Everybody, for programs; no digests of anything."""
    here = door(request)
    return {
        "accounts": [
            {
                "id": a.id,
                "name": a.name,
                "role": Role(a.role).name,
                "until": a.until.isoformat() if a.until else None,
                "closed": a.closed,
                "active": a.has_access(here.accounts.today),
            }
            for a in here.accounts.all()
        ],
        "requests": [{"id": r.id, "name": r.name, "why": r.why} for r in here.accounts.requests()],
        "site_networks": [str(n) for n in here.served.site_networks],
    }


@router.get("/api/admin/audit")
def audit(request: Request) -> list[dict[str, Any]]:
    """The audit trail, the oldest first."""
    return list(door(request).audit.entries())


@router.post("/admin/invite", response_class=HTMLResponse)
def invite(request: Request, role: ROLE = 1, until: Text = "") -> Response:
    """A link that makes one account."""
    here = door(request)
    try:
        secret = here.accounts.invite(Role(role), _day(until))
    except Refused as refused:
        return _people(request, sentence=str(refused), status=422)
    here.note(who(request), "invited", role=Role(role).name)
    return _people(request, link=f"{_origin(request)}/join/{secret}")


@router.post("/admin/accounts/{number}", response_class=HTMLResponse)
def change(
    request: Request, number: str, role: ROLE, until: Text = "", closed: Text = "", renew: Text = ""
) -> Response:
    """Renew (for a year), promote or close an account. Whoever is closed is signed out at once."""
    here = door(request)
    try:
        last = here.accounts.today + timedelta(days=_USUAL_DAYS) if renew else _day(until)
        account = here.accounts.change(number, Role(role), last, bool(closed) and not renew)
    except Refused as refused:
        return _people(request, sentence=str(refused), status=422)
    if not account.has_access(here.accounts.today):
        here.sessions.end_all(account.id)
    here.note(who(request), "renewed an account" if renew else "changed an account", account=number)
    return RedirectResponse("/admin", 303)


@router.post("/admin/requests/{number}", response_class=HTMLResponse)
def answer(request: Request, number: str, grant: Text = "", role: ROLE = 1, until: Text = "") -> Response:
    """Grant a request for a period, or decline it."""
    here = door(request)
    try:
        here.accounts.answer(number, Role(role) if grant else None, _day(until))
    except Refused as refused:
        return _people(request, sentence=str(refused), status=422)
    here.note(who(request), "granted a request" if grant else "declined a request")
    return RedirectResponse("/admin", 303)


def _people(request: Request, link: str = "", sentence: str = "", status: int = 200) -> HTMLResponse:
    here = door(request)
    entries = list(here.audit.entries())
    names = {a.id: a.name for a in here.accounts.all()}
    shown = [{**e, "name": names.get(e["who"], e["who"])} for e in reversed(entries[-LATEST:])]
    return pages.page(
        request,
        "people.html",
        status,
        accounts=here.accounts.all(),
        requests=here.accounts.requests(),
        today=here.accounts.today,
        usual=(here.accounts.today + timedelta(days=_USUAL_DAYS)).isoformat(),
        site=[str(n) for n in here.served.site_networks],
        link=link,
        sentence=sentence,
        audit=shown,
        names=names,
        labels={a.id: a.label for a in shelf(request).all()},
        infants={number_of(here, name): name for name in shelf(request).study.pseudonyms()},
        audit_count=len(entries),
    )


def _day(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Refused(
            f"'{text[:20]}' is no day: write it as 2027-03-01, or leave it empty for good.", "until"
        ) from None


def _origin(request: Request) -> str:
    https = door(request).served.https
    return f"{'https' if https else request.url.scheme}://{request.headers.get('host', '')}"
