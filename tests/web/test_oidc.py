"""Sign-in by a clinic's provider: a stub of one on this computer, and every answer that must not let anybody in."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from ictal.web.accounts import Role
from ictal.web.app import create_app
from ictal.web.settings import Provider, Served
from tests.web.conftest import PASSWORD, visitor

CLIENT, MAIL = "ictal", "dr@clinic.example"


class Stub(ThreadingHTTPServer):
    """A provider that says what the test wants it to say."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.issuer = f"http://127.0.0.1:{self.server_address[1]}"
        self.key = self.signing = RSAKey.generate_key(2048, {"kid": "1"})
        self.changes: dict[str, object] = {}
        self.asked: dict[str, str] = {}
        self.algorithm = "RS256"

    def token(self) -> str:
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "exp": now + 60, "iat": now, "nonce": self.asked.get("nonce"),
                  "sub": "7", "email": MAIL, "email_verified": True}  # fmt: skip
        claims = {k: v for k, v in {**claims, **self.changes}.items() if v is not None}
        return jwt.encode({"alg": self.algorithm, "kid": "1"}, claims, self.signing)


class _Handler(BaseHTTPRequestHandler):
    server: Stub

    def _say(self, told: object) -> None:
        text = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def do_GET(self) -> None:
        base = self.server.issuer
        if self.path.endswith("openid-configuration"):
            self._say(
                {
                    "issuer": base,
                    "authorization_endpoint": f"{base}/authorise",
                    "token_endpoint": f"{base}/token",
                    "jwks_uri": f"{base}/keys",
                }
            )
        elif self.path.startswith("/authorise?"):  # somebody who is signed in there already
            self.server.asked = {k: v[0] for k, v in parse_qs(urlsplit(self.path).query).items()}
            back = urlencode({"state": self.server.asked["state"], "code": "the-code"})
            self.send_response(302)
            self.send_header("location", f"{self.server.asked['redirect_uri']}?{back}")
            self.send_header("content-length", "0")
            self.end_headers()
        else:
            self._say({"keys": [self.server.key.as_dict(private=False)]})

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
        digest = hashlib.sha256(form["code_verifier"][0].encode()).digest()
        fits = base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == self.server.asked["code_challenge"]
        known = form["code"] == ["the-code"] and form["client_secret"] == ["a secret"]
        self._say({"id_token": self.server.token()} if fits and known else {"error": "invalid_grant"})

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def stub() -> Iterator[Stub]:
    found = Stub()
    threading.Thread(target=found.serve_forever, daemon=True).start()
    yield found
    found.shutdown()
    found.server_close()


@pytest.fixture
def app(study, stub, clock):
    made = create_app(Served(study, provider=Provider(stub.issuer, CLIENT, "a secret")), clock)
    accounts = made.state.door.accounts
    accounts.join(accounts.invite(Role.clinician), MAIL, PASSWORD)
    return made


def go(app, stub: Stub, **more: str):
    """From the button to the way back; `more` changes what comes back."""
    browser = visitor(app)
    assert "Sign in with your clinic" in browser.get("/sign-in").text
    away = browser.get("/sign-in/oidc?next=/infants", follow_redirects=False)
    assert away.headers["location"].startswith(f"{stub.issuer}/authorise?")
    stub.asked = {k: v[0] for k, v in parse_qs(urlsplit(away.headers["location"]).query).items()}
    back = urlsplit(stub.asked["redirect_uri"]).path
    told = {"state": stub.asked["state"], "code": "the-code", **more}
    return browser, browser.get(back, params=told, follow_redirects=False)


def test_an_account_signs_in_by_its_verified_address(app, stub):
    browser, answer = go(app, stub)
    assert (answer.status_code, answer.headers["location"]) == (303, "/infants")
    me = browser.get("/api/account").json()
    assert (me["name"], me["role"], me["via"]) == (MAIL, "clinician", "session")


@pytest.mark.parametrize(
    "changes",
    [
        {"email": "stranger@clinic.example"},
        {"email_verified": False},
        {"email_verified": None},
        {"email": None},
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "somebody-else"},
        {"iss": "https://evil.example"},
        {"exp": 1},
        {"exp": None},
    ],
)
def test_an_answer_that_is_not_for_this_sign_in_lets_nobody_in(app, stub, changes):
    stub.changes = changes
    browser, answer = go(app, stub)
    assert answer.status_code == 403
    assert browser.get("/api/account").status_code == 401


def test_a_token_signed_by_another_key_lets_nobody_in(app, stub):
    stub.signing = RSAKey.generate_key(2048, {"kid": "1"})
    assert go(app, stub)[1].status_code == 403


@pytest.mark.parametrize("more", [{"state": "forged"}, {"state": ""}, {"code": "stolen"}])
def test_a_way_back_that_was_not_begun_here_lets_nobody_in(app, stub, more):
    assert go(app, stub, **more)[1].status_code == 403


def test_a_sign_in_is_good_once_and_in_its_own_browser(app, stub):
    browser, answer = go(app, stub)
    told = {"state": stub.asked["state"], "code": "the-code"}
    assert visitor(app).get("/sign-in/oidc/back", params=told).status_code == 403
    assert answer.status_code == 303
    assert browser.get("/sign-in/oidc/back", params=told).status_code == 403


def test_an_account_that_ran_out_is_told_so(app, stub):
    accounts = app.state.door.accounts
    accounts.join(accounts.invite(Role.admin), "admin", PASSWORD)
    account = accounts.of_name(MAIL)
    accounts.change(account.id, Role.clinician, None, True)
    _, answer = go(app, stub)
    assert answer.status_code == 403
    assert "Your account ended" in answer.text


def test_without_a_provider_there_is_no_such_way(study, clock):
    browser = visitor(create_app(Served(study), clock))
    assert browser.get("/sign-in/oidc").status_code == 404
    assert "clinic" not in browser.get("/sign-in").text
