"""The gate: who is it, may they, is it forged? Every request passes it, and what no rule names is closed to visitors.

1. Only pages of `PUBLIC` answer somebody who is not signed in.
2. To read takes a reader, to change anything a clinician, `/admin` an admin (`_needed`).
3. A change must come from a page of ours: same origin, and the token of this browser (`unforged`).
"""

from __future__ import annotations

import ipaddress
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import quote, urlsplit

from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ictal.web.accounts import Accounts, Role
from ictal.web.journal import Journal
from ictal.web.sessions import Sessions
from ictal.web.settings import Served

COOKIE = "ictal"
PUBLIC = ("/", "/healthz", "/sign-in", "/ask")
PUBLIC_UNDER = ("/static/", "/sign-in/", "/join/", "/public/", "/api/public/")
OWN = ("/account", "/sign-out")
"""Pages about one's own account: any signed-in person may change what is there."""
MOST_FORM_BYTES = 1 << 20
MOST_PIECE_BYTES = 16 << 20
MOST_VARIANTS_BYTES = 512 << 20
"""A file of variants: a packed genome has about half of it."""
_SAFE = ("GET", "HEAD", "OPTIONS")
_LOCAL_HOSTS = ("127.0.0.1", "localhost", "[::1]", "::1")

_HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",  # not `no-referrer`: browsers would send `Origin: null` with our own forms
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}

_log = logging.getLogger("ictal.web")


@dataclass(frozen=True, slots=True)
class Who:
    """Who asks: their account's number and name, what they may do, and how the server knows."""

    account: str
    name: str
    role: Role
    via: str
    browser: str = ""
    form_token: str = ""
    ended: str = ""
    """For somebody whose account ran out: the day of its end."""


@dataclass(frozen=True, slots=True)
class Door:
    """What the gate asks: settings, accounts, sessions, and the audit trail."""

    served: Served
    accounts: Accounts
    sessions: Sessions
    audit: Journal

    def note(self, who: Who, what: str, **about: str) -> None:
        """Put into the audit trail who did what; numbers, never names."""
        self.audit.append({"who": who.account or who.via, "what": what, **about})


class Gate:
    """The middleware around everything."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self._app, self._door = app, door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        who = self._who(scope)
        scope.setdefault("state", {})["who"] = who
        status = [0]
        sending = self._sending(send, scope, who, status)
        try:
            refusal = self._refusal(scope, who)
            await (refusal or self._app)(scope, receive, sending)
        except Exception as error:
            _log.error("a fault of ours: %s", _where(error))
            if status[0]:
                raise
            await _fault(scope["path"], error)(scope, receive, sending)
        finally:
            route = getattr(scope.get("route"), "path", "(no page)")
            took_ms = 1e3 * (time.perf_counter() - began)
            _log.info("%s %s %d %.0f ms", scope["method"], route, status[0], took_ms)

    def _who(self, scope: Scope) -> Who:
        door, headers = self._door, Headers(scope=scope)
        bearer = headers.get("authorization", "")
        if bearer.lower().startswith("bearer "):
            found = door.accounts.of_token(bearer[7:].strip())
            return Who(found[0].id, found[0].name, found[1], "token") if found else _nobody()
        browser = _cookie(headers.get("cookie", ""))
        number = door.sessions.account(browser) if browser else None
        browser = browser or secrets.token_urlsafe(24)
        form_token = door.sessions.forgery_token(browser)
        account = door.accounts.active(number) if number else None
        if account is not None:
            return Who(account.id, account.name, Role(account.role), "session", browser, form_token)
        ended = door.accounts.get(number) if number else None
        day = "" if ended is None else f"{ended.until or door.accounts.today:%d %B %Y}"
        if not day and self._on_site(scope, headers):
            return Who("", "this hospital's network", Role.reader, "site", browser, form_token)
        return Who("", "", Role.visitor, "nobody", browser, form_token, day)

    def _on_site(self, scope: Scope, headers: Headers) -> bool:
        """Does the visitor sit in a network of the hospital? Only a trusted proxy's word counts."""
        served = self._door.served
        if not served.site_networks:
            return False
        address = client_address(scope, headers, served)
        return address is not None and any(address in network for network in served.site_networks)

    def _refusal(self, scope: Scope, who: Who) -> ASGIApp | None:
        """The answer to a request that goes no further; `None` for one that may."""
        headers, path, method = Headers(scope=scope), scope["path"], scope["method"]
        served = self._door.served
        host = headers.get("host", "")
        if served.local and not served.trusted_proxies and host.rsplit(":", 1)[0] not in _LOCAL_HOSTS and host != "::1":
            return PlainTextResponse("This workbench answers on this computer's own address alone.", 421)
        if method not in _SAFE:
            refused = _foreign(headers, host) or _too_large(headers, path)
            if refused is not None:
                return _plainly(path, *refused)
        needed = _needed(path, method)
        if who.role >= needed:
            return None
        if path.startswith("/api/"):
            word = (
                "Sign in first, or send a token." if who.role is Role.visitor else f"This takes the role {needed.name}."
            )
            return JSONResponse({"error": word}, 401 if who.role is Role.visitor else 403)
        if who.role is Role.visitor or who.via == "site":
            query = scope["query_string"].decode("latin-1")
            asked = (f"{path}?{query}" if query else path) if method == "GET" else _came_from(headers, host)
            target = f"/sign-in?next={quote(asked, safe='/')}{'' if method in _SAFE else '&lost=true'}"
            if headers.get("hx-request"):
                return Response(status_code=401, headers={"hx-redirect": target})
            return RedirectResponse(target, 303)
        raise_text = f"This takes the role {needed.name}; yours is {who.role.name}."
        return PlainTextResponse(raise_text, 403)

    def _sending(self, send: Send, scope: Scope, who: Who, status: list[int]) -> Callable[[Message], Awaitable[None]]:
        async def sending(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                status[0] = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                if not scope["path"].startswith("/static/"):
                    headers["cache-control"] = "no-store"
                    if (
                        who.browser
                        and "set-cookie" not in headers
                        and not _cookie(Headers(scope=scope).get("cookie", ""))
                    ):
                        headers.append("set-cookie", cookie(who.browser, self._door.served.https))
                if self._door.served.https:
                    headers["strict-transport-security"] = "max-age=31536000"
            await send(message)

        return sending


def who(request: Request) -> Who:
    """Who asks?"""
    found: Who = request.state.who
    return found


async def unforged(request: Request) -> None:
    """Stop a change that did not come from a page that this browser was given. Tokens of scripts need no form."""
    asks = who(request)
    if request.method in _SAFE or asks.via == "token":
        return
    token = request.headers.get("x-form-token", "")
    kind = request.headers.get("content-type", "")
    if not token and kind.startswith(("application/x-www-form-urlencoded", "multipart/form-data")):
        token = str((await request.form()).get("form_token", ""))
    door: Door = request.app.state.door
    if not door.sessions.is_ours(asks.browser, token):
        raise HTTPException(403, "This form is too old, or did not come from here: load the page again.")


def cookie(number: str, https: bool) -> str:
    """The header that gives a browser its number."""
    return f"{COOKIE}={number}; Path=/; HttpOnly; SameSite=Lax{'; Secure' if https else ''}"


def client_address(
    scope: Scope, headers: Headers, served: Served
) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """From which address does a visitor come? `None` where nobody can vouch for it.

    A forwarding header counts only from a trusted proxy, and is read from its right end: the last address that is not
    a trusted proxy's is the visitor's; what stands to the left of it anyone may have written.
    """
    peer = _address((scope.get("client") or ("",))[0])
    forwarded = headers.getlist("x-forwarded-for")
    if peer is None or not any(peer in n for n in served.trusted_proxies):
        return None if forwarded or headers.get("forwarded") else peer
    hops = [_address(part.strip()) for line in forwarded for part in line.split(",")]
    for hop in reversed(hops):
        if hop is None:
            return None
        if not any(hop in n for n in served.trusted_proxies):
            return hop
    return None


def _needed(path: str, method: str) -> Role:
    if path in PUBLIC or path.startswith(PUBLIC_UNDER):
        return Role.visitor
    if path in ("/admin", "/api/admin") or path.startswith(("/admin/", "/api/admin/")):
        return Role.admin
    if path in OWN or path.startswith(("/account/", "/api/account/")) or method in _SAFE:
        return Role.reader
    return Role.clinician


def _came_from(headers: Headers, host: str) -> str:
    """From which page of ours was a form sent? The first one, where nobody says."""
    try:
        told = urlsplit(headers.get("hx-current-url") or headers.get("referer", ""))
    except ValueError:
        return "/"
    if told.netloc != host or not told.path.startswith("/"):
        return "/"
    return f"{told.path}?{told.query}" if told.query else told.path


def _foreign(headers: Headers, host: str) -> tuple[str, int] | None:
    """A change that another site's page asks for."""
    site, origin = headers.get("sec-fetch-site", "same-origin"), headers.get("origin")
    same = origin is None or origin.partition("://")[2] == host
    if site not in ("same-origin", "none") or not same:
        return "This change was asked for by a page that is not of this workbench.", 403
    return None


def _too_large(headers: Headers, path: str) -> tuple[str, int] | None:
    most = MOST_PIECE_BYTES if path.startswith("/api/uploads/") else MOST_FORM_BYTES
    if path.removeprefix("/api").startswith("/infants/") and path.endswith("/variants"):
        most = MOST_VARIANTS_BYTES
    length = headers.get("content-length")
    if length is None:
        return ("Say how long the request is (Content-Length).", 411) if "transfer-encoding" in headers else None
    if not (length.isascii() and length.isdigit()) or len(length) > 18 or int(length) > most:
        return f"This is larger than the {most >> 20} MB that are taken at once.", 413
    return None


def _fault(path: str, error: Exception) -> Response:
    return _plainly(path, f"A fault of ours ({type(error).__name__}): please report it.", 500)


def _plainly(path: str, sentence: str, status: int) -> Response:
    """One sentence, as JSON for programs."""
    return JSONResponse({"error": sentence}, status) if _of_programs(path) else PlainTextResponse(sentence, status)


def _of_programs(path: str) -> bool:
    return path == "/api" or path.startswith("/api/")


def _where(error: BaseException) -> str:
    """What went wrong in which line of ours; no value of any variable, which may say who a child is."""
    found = error.__traceback__
    while found is not None and found.tb_next is not None:
        found = found.tb_next
    line = "?" if found is None else f"{found.tb_frame.f_globals.get('__name__')}:{found.tb_lineno}"
    return f"{type(error).__name__} in {line}"


def _nobody() -> Who:
    return Who("", "", Role.visitor, "nobody")


def _cookie(header: str) -> str:
    try:
        found = SimpleCookie(header).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found is not None and len(found.value) <= 100 else ""


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
