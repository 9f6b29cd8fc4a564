"""Coming in and going out: sign in, join by a link, ask for an account, one's own account and tokens."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from ictal.web import pages
from ictal.web.accounts import Account, Refused, Role
from ictal.web.answers import Me
from ictal.web.gate import Door, Who, client_address, cookie, who
from ictal.web.sessions import Limit

router = APIRouter()
_LOST = "You are not signed in any more, and what you sent was not kept: sign in, and send it again."
Text = Annotated[str, Form(max_length=2000)]


def door(request: Request) -> Door:
    """What the gate knows."""
    found: Door = request.app.state.door
    return found


@router.get("/sign-in", response_class=HTMLResponse)
def sign_in_page(request: Request, next: str = "/", lost: bool = False) -> Response:
    """The form to sign in."""
    asks = who(request)
    if asks.via == "session":
        return RedirectResponse(own_page(next), 303)
    sentence = _ended(asks.ended) if asks.ended else _LOST if lost else ""
    return pages.page(
        request,
        "sign_in.html",
        next=own_page(next),
        provider=_provider(request),
        **pages.plain_errors({}, "", sentence),
    )


@router.post("/sign-in", response_class=HTMLResponse)
def sign_in(request: Request, name: Text = "", password: Text = "", next: Text = "/") -> Response:
    """Sign in with name and password."""
    here = door(request)
    by_name: Limit = request.app.state.name_limit
    by_address: Limit = request.app.state.address_limit
    address = str(client_address(request.scope, request.headers, here.served) or "unknown")
    key = name.strip().casefold()
    tries = (by_name.allows(key), by_address.allows(address))  # each is counted, also when the first is refused
    if not all(tries):
        return _again(request, next, name, "Too many tries: wait a quarter of an hour, then try again.", 429)
    account = here.accounts.signed_in(name, password)
    if account is None:
        here.audit.append({"who": "nobody", "what": "sign-in refused"})
        return _again(request, next, name, "Name or password is not right.", 401)
    by_name.forget(key)
    if here.accounts.active(account.id) is None:
        here.audit.append({"who": account.id, "what": "sign-in after the end of the account"})
        return _again(request, next, name, ended_words(account), 403)
    return let_in(here, account, own_page(next), "signed in")


@router.post("/sign-out")
def sign_out(request: Request, everywhere: Text = "") -> Response:
    """Sign out here, or everywhere."""
    here, asks = door(request), who(request)
    here.sessions.end(asks.browser)
    if everywhere and asks.account:
        here.sessions.end_all(asks.account)
    here.note(asks, "signed out everywhere" if everywhere else "signed out")
    answer = RedirectResponse("/sign-in", 303)
    answer.headers["clear-site-data"] = '"cache"'
    return answer


@router.get("/join/{secret}", response_class=HTMLResponse)
def join_page(request: Request, secret: str) -> Response:
    """What a link of invitation opens."""
    invitation = door(request).accounts.invitation(secret)
    if invitation is None:
        return pages.message(
            request, "This link has ended", "It was used or is too old: ask an admin for a new one.", 404
        )
    return pages.page(
        request, "join.html", invitation=invitation, role=Role(invitation.role), **pages.plain_errors({}, "", "")
    )


@router.post("/join/{secret}", response_class=HTMLResponse)
def join(request: Request, secret: str, name: Text = "", password: Text = "", again: Text = "") -> Response:
    """Make the account that a link stands for, and sign in."""
    here = door(request)
    invitation = here.accounts.invitation(secret)
    if invitation is None:
        return join_page(request, secret)
    try:
        if password != again:
            raise Refused("The two passwords differ.", "again")
        account = here.accounts.join(secret, name, password)
    except Refused as refused:
        told = pages.plain_errors({"name": name}, _field(refused), str(refused))
        return pages.page(request, "join.html", 422, invitation=invitation, role=Role(invitation.role), **told)
    return let_in(here, account, "/", "joined")


@router.get("/ask", response_class=HTMLResponse)
def ask_page(request: Request) -> Response:
    """The form to ask for an account."""
    return pages.page(request, "ask.html", asked=False, **pages.plain_errors({}, "", ""))


@router.post("/ask", response_class=HTMLResponse)
def ask(request: Request, name: Text = "", password: Text = "", why: Text = "") -> Response:
    """Ask for an account; an admin grants it for a period."""
    here = door(request)
    limit: Limit = request.app.state.ask_limit
    if not limit.allows(str(client_address(request.scope, request.headers, here.served) or "unknown")):
        return pages.message(request, "Too many requests", "Wait an hour before you ask again.", 429)
    try:
        here.accounts.ask(name, password, why)
    except Refused as refused:
        told = pages.plain_errors({"name": name, "why": why}, _field(refused), str(refused))
        return pages.page(request, "ask.html", 422, asked=False, **told)
    here.audit.append({"who": "nobody", "what": "asked for an account"})
    return pages.page(request, "ask.html", asked=True, **pages.plain_errors({}, "", ""))


@router.get("/account", response_class=HTMLResponse)
def account_page(request: Request) -> Response:
    """One's own account: password, tokens, sign out."""
    return _account(request, "", "", "")


@router.post("/account/password", response_class=HTMLResponse)
def new_password(request: Request, old: Text = "", password: Text = "") -> Response:
    """Change one's password; every other session ends."""
    here, account = door(request), _signed_in(request)
    try:
        here.accounts.new_password(account, old, password)
    except Refused as refused:
        return _account(request, _field(refused), str(refused), "", 422)
    here.sessions.end_all(account.id)
    return let_in(here, account, "/account", "changed the password")


@router.post("/account/tokens", response_class=HTMLResponse)
def new_token(request: Request, label: Text = "", role: Annotated[int, Form(ge=1, le=3)] = 1) -> Response:
    """Make a token for scripts; it is shown once."""
    here, account = door(request), _signed_in(request)
    try:
        secret = here.accounts.new_token(account, label, Role(role))
    except Refused as refused:
        return _account(request, _field(refused), str(refused), "", 422)
    here.note(who(request), "made a token")
    return _account(request, "", "", secret)


@router.post("/account/tokens/{token}/end")
def end_token(request: Request, token: str) -> Response:
    """End a token."""
    here = door(request)
    here.accounts.revoke(_signed_in(request), token)
    here.note(who(request), "ended a token")
    return RedirectResponse("/account", 303)


@router.get("/api/account", response_model=Me)
def own_account(request: Request) -> dict[str, Any]:
    """Who am I, what may I do, until when, and which tokens are mine?"""
    asks, accounts = who(request), door(request).accounts
    account = accounts.get(asks.account)
    tokens = () if account is None else accounts.tokens_of(account)
    return {
        "name": asks.name,
        "role": asks.role.name,
        "via": asks.via,
        "until": None if account is None or account.until is None else account.until.isoformat(),
        "tokens": [{"id": t.id, "label": t.label, "role": Role(t.role).name} for t in tokens],
    }


def _account(request: Request, field: str, sentence: str, secret: str, status: int = 200) -> HTMLResponse:
    here, account = door(request), _signed_in(request)
    return pages.page(
        request,
        "account.html",
        status,
        account=account,
        tokens=here.accounts.tokens_of(account),
        secret=secret,
        **pages.plain_errors({}, field, sentence),
    )


def _signed_in(request: Request) -> Account:
    asks: Who = who(request)
    account = door(request).accounts.active(asks.account) if asks.via == "session" else None
    if account is None:
        raise Refused("This page belongs to an account: sign in with yours.")
    return account


def let_in(here: Door, account: Account, target: str, what: str) -> Response:
    """Begin a session under a new number, and go on."""
    number = here.sessions.begin(account.id)
    here.audit.append({"who": account.id, "what": what})
    answer = RedirectResponse(target, 303)
    answer.headers["set-cookie"] = cookie(number, here.served.https)
    return answer


def _again(request: Request, next: str, name: str, sentence: str, status: int) -> HTMLResponse:
    told = pages.plain_errors({"name": name}, "password", sentence)
    return pages.page(request, "sign_in.html", status, next=own_page(next), provider=_provider(request), **told)


def ended_words(account: Account) -> str:
    """What somebody is told whose account ran out."""
    return _ended("" if account.until is None or account.closed else f"{account.until:%d %B %Y}")


def _ended(day: str) -> str:
    when = f" on {day}" if day else ""
    return f"Your account ended{when}. What you did is kept; ask an admin of this workbench to renew it."


def _provider(request: Request) -> bool:
    return request.app.state.oidc is not None


def _field(refused: Refused) -> str:
    return "name" if refused.field == "taken" else refused.field


def own_page(target: str) -> str:
    """Where to go on, when it is a page of ours; else the first page."""
    parts = urlsplit(target)
    ours = target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.netloc and target.isprintable()
    return target if ours and not target.startswith("/sign-") else "/"
