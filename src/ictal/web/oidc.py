"""Sign-in by a clinic's own identity provider (OpenID Connect, code flow with PKCE), for accounts that are there.

The verified e-mail address of the provider must be the name of an account: nobody gets an account by this.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
import urllib.request
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from ictal.web import pages
from ictal.web.accounts import Refused
from ictal.web.gate import who
from ictal.web.settings import Provider
from ictal.web.sign_in import door, ended_words, let_in, own_page

router = APIRouter()

ALGORITHMS = ["RS256", "PS256", "ES256"]
_BACK = "/sign-in/oidc/back"
_WAIT_S, _KEPT_S, _MOST = 10.0, 600.0, 1000
_MOST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Started:
    """A sign-in on its way: what the answer must bring back."""

    state: str
    nonce: str
    verifier: str
    target: str
    at: float


class Oidc:
    """One provider, as its own description tells it."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self._started: dict[str, Started] = {}
        self._lock = threading.Lock()

    def begin(self, browser: str, target: str, back: str) -> str:
        """Where does the browser go to sign in?"""
        told = self._described()
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        begun = Started(state, nonce, verifier, target, time.monotonic())
        with self._lock:
            fresh = {b: s for b, s in self._started.items() if begun.at - s.at < _KEPT_S}
            self._started = {**dict(list(fresh.items())[-_MOST:]), browser: begun}
        challenge = base64.urlsafe_b64encode(hashlib.sha256(begun.verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code",
            "client_id": self.provider.client_id,
            "redirect_uri": back,
            "scope": "openid email",
            "state": begun.state,
            "nonce": begun.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{told['authorization_endpoint']}?{urlencode(asked)}"

    def finish(self, browser: str, state: str, code: str, back: str) -> tuple[str, str]:
        """Who came back (an e-mail address), and where to? Raises `Refused` for anything that does not fit."""
        with self._lock:
            begun = self._started.pop(browser, None)
        if begun is None or time.monotonic() - begun.at > _KEPT_S:
            raise Refused("This sign-in took too long, or did not begin here: try again.")
        if not hmac.compare_digest(begun.state.encode(), state.encode()):
            raise Refused("This sign-in did not begin in this browser: try again.")
        told = self._described()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "client_id": self.provider.client_id,
            "client_secret": self.provider.client_secret,
            "code_verifier": begun.verifier,
        }
        answer = _fetched(told["token_endpoint"], urlencode(form).encode())
        return self._email(str(answer.get("id_token", "")), told, begun.nonce), begun.target

    def _email(self, token: str, told: dict[str, Any], nonce: str) -> str:
        """The verified address in a token of this provider, for us, of now, for this very sign-in."""
        try:
            keys = KeySet.import_key_set({"keys": list(_fetched(told["jwks_uri"]).get("keys", []))})
            claims = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
            jwt.JWTClaimsRegistry(
                leeway=60,
                iss={"essential": True, "value": self.provider.issuer},
                aud={"essential": True, "value": self.provider.client_id},
                exp={"essential": True},
                nonce={"essential": True, "value": nonce},
            ).validate(claims)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise Refused("The identity provider's answer could not be verified: ask an admin.") from error
        email = claims.get("email")
        if not isinstance(email, str) or claims.get("email_verified") is not True:
            raise Refused("The identity provider did not tell a verified e-mail address: ask an admin.")
        return email

    def _described(self) -> dict[str, Any]:
        told = _fetched(f"{self.provider.issuer.rstrip('/')}/.well-known/openid-configuration")
        wanted = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        if told.get("issuer") != self.provider.issuer or not all(isinstance(told.get(w), str) for w in wanted):
            raise Refused("The identity provider does not describe itself as it must: ask an admin.")
        return told


@router.get("/sign-in/oidc")
def begin(request: Request, next: str = "/") -> Response:
    """Go to the provider."""
    oidc: Oidc | None = request.app.state.oidc
    if oidc is None:
        return pages.message(request, "Not set up", "This workbench has no identity provider: sign in here.", 404)
    try:
        return RedirectResponse(oidc.begin(who(request).browser, own_page(next), _back(request)), 303)
    except Refused as refused:
        return pages.message(request, "This cannot be", str(refused), 502)


@router.get(_BACK)
def back(request: Request, state: str = "", code: str = "") -> Response:
    """Come back from the provider."""
    oidc: Oidc | None = request.app.state.oidc
    here = door(request)
    if oidc is None:
        return pages.message(request, "Not set up", "This workbench has no identity provider: sign in here.", 404)
    try:
        email, target = oidc.finish(who(request).browser, state, code, _back(request))
    except Refused as refused:
        here.audit.append({"who": "nobody", "what": "sign-in by the provider refused"})
        return pages.message(request, "Not signed in", str(refused), 403)
    account = here.accounts.of_name(email)
    if account is None:
        sentence = "Your address has no account here: ask an admin to invite you under it."
        return pages.message(request, "Not signed in", sentence, 403)
    if here.accounts.active(account.id) is None:
        return pages.message(request, "Not signed in", ended_words(account), 403)
    return let_in(here, account, target, "signed in by the provider")


def _back(request: Request) -> str:
    scheme = "https" if door(request).served.https else "http"
    return f"{scheme}://{request.headers.get('host', '')}{_BACK}"


def _fetched(address: str, form: bytes | None = None) -> dict[str, Any]:
    """What does the provider say? TLS, but on this computer itself."""
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost")):
        raise Refused("The identity provider must be reached by https: ask an admin.")
    request = urllib.request.Request(address, data=form, headers={"accept": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=_WAIT_S) as answer:
            told = json.loads(answer.read(_MOST_BYTES))
    except (OSError, ValueError) as error:
        raise Refused("The identity provider did not answer as it must: try again later.") from error
    if not isinstance(told, dict):
        raise Refused("The identity provider did not answer as it must: try again later.")
    return told
