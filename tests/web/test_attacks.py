"""What somebody tries who wants in: every route from the application's own table, so that a new one cannot escape."""

from __future__ import annotations

import json
import logging
import re
import shutil
from html import unescape
from urllib.parse import quote, urlsplit

import pytest

from ictal.study import create_study
from ictal.web.accounts import Accounts, Role
from ictal.web.app import create_app
from ictal.web.settings import Served
from ictal.web.shelf import Shelf, Told
from tests.web.conftest import PASSWORD, form_token, sign_in, visitor
from tests.web.test_gate import public, routes

ROLES = ("visitor", "reader", "clinician", "admin")
OWN = {"/account/password", "/account/tokens", "/account/tokens/{token}/end", "/sign-out"}
JOIN = "/join/{secret}"
ADMINS = re.compile(r"/(api/)?admin(/|$)")


def least(method: str, path: str) -> str:
    """Which role does a route take? Said here once more, by a rule of its own."""
    if public(path):
        return "visitor"
    if ADMINS.match(path):
        return "admin"
    return "reader" if method == "GET" or path in OWN else "clinician"


def put(path: str, **values: str) -> str:
    return re.sub(r"\{(\w+)(?::\w+)?\}", lambda m: values.get(m[1], "x"), path)


@pytest.fixture
def token_of(app, member):
    """A script's token of a role: `token_of("reader")`."""

    def make(role: str) -> str:
        member(role)
        accounts: Accounts = app.state.door.accounts
        account = next(a for a in accounts.all() if a.name == role)
        return accounts.new_token(account, "test", Role[role])

    return make


# Every route, every role ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("by", ["session", "token"])
def test_every_route_takes_the_role_it_says_and_no_less(app, member, token_of, role, by):
    """Asked about a recording that is not there, so that nothing is done: a refusal comes before that is looked at."""
    browser = visitor(app)
    if role == "visitor":
        browser.headers["x-form-token"] = form_token(browser.get("/sign-in").text)
    elif by == "token":
        browser.headers["authorization"] = f"Bearer {token_of(role)}"
    else:
        browser = member(role)
    for method, path in routes(app):
        if path in ("/sign-out", "/sign-in", "/ask", "/account/password") or (method, path) == ("POST", JOIN):
            continue
        answer = browser.request(method, put(path), follow_redirects=False)
        allowed = ROLES.index(role) >= ROLES.index(least(method, path))
        at_sign_in = answer.status_code == 303 and answer.headers["location"].startswith("/sign-in?")
        refused = answer.status_code in (401, 403) or at_sign_in
        assert refused != allowed, (method, path, answer.status_code, answer.text[:100])
        assert answer.status_code < 500, (method, path)


def test_whose_account_ran_out_is_out_of_every_route(app, member, clock, recording):
    browser = member("admin")
    accounts = app.state.door.accounts
    other = accounts.join(accounts.invite(Role.admin), "other", PASSWORD)
    token = accounts.new_token(next(a for a in accounts.all() if a.name == "admin"), "t", Role.admin)
    accounts.change(next(a.id for a in accounts.all() if a.name == "admin"), Role.admin, None, True)
    script = visitor(app)
    script.headers["authorization"] = f"Bearer {token}"
    assert other.has_access(accounts.today)
    for method, path in routes(app):
        if public(path):
            continue
        for asker in (browser, script):
            answer = asker.request(method, put(path, number=recording), follow_redirects=False)
            assert answer.status_code in (401, 303), (method, path)
            assert "First night" not in answer.text


def test_site_access_reads_and_changes_nothing_and_sees_no_account(site_app, recording):
    browser = visitor(site_app, "10.20.3.4")
    browser.headers["x-form-token"] = form_token(browser.get("/recordings").text)
    for method, path in routes(site_app):
        if public(path):
            continue
        answer = browser.request(method, put(path, number=recording), follow_redirects=False)
        if method != "GET" or ADMINS.match(path):
            assert answer.status_code in (303, 400, 401, 403), (method, path)
            assert answer.status_code != 303 or answer.headers["location"].startswith("/sign-in"), path
        assert PASSWORD not in answer.text
    assert [e for e in site_app.state.door.audit.entries() if e["who"] == "site"]


# Another study's numbers ----------------------------------------------------------------------------------------------


def test_another_studys_numbers_sessions_links_and_tokens_open_nothing(app, member, recording, tmp_path):
    shutil.copytree(app.state.shelf.root.parent / "recordings" / recording, tmp_path / "kept")
    folder = tmp_path / "other"
    there = Shelf(folder, create_study(folder))
    file = tmp_path / "copy.edf"
    shutil.copy(tmp_path / "kept" / "recording.edf", file)
    number = there.take(file, ".edf", Told(label="Their night"), "somebody").id
    other = create_app(Served(folder), lambda: 1_800_000_000.0, there.study)
    accounts = other.state.door.accounts
    accounts.join(accounts.invite(Role.admin), "theirs", PASSWORD)
    theirs = sign_in(other, "theirs")
    infant = theirs.post("/api/infants", json={"pseudonym": "their-infant"}).json()["infant"]
    upload = theirs.post("/api/uploads", json={"name": "x.edf", "bytes": 300, "label": "Theirs"}).json()["id"]
    entry = {"entry": "growth", "age_days": 9, "head_cm": 35}
    (key,) = theirs.post(f"/api/infants/{infant}/entries", json=entry).json()["entries"]
    link, token = accounts.invite(Role.admin), accounts.new_token(accounts.all()[0], "t", Role.admin)
    ours = member("admin")
    for method, path in routes(app):
        if "{number}" not in path or path.startswith("/admin"):
            continue
        place = infant if "/infants/" in path else upload if "/uploads/" in path else number
        sent = put(path, number=place, key=key, name="report.html", form="json", level="0")
        answer = ours.request(method, sent, params={"at": 0}, json={}, follow_redirects=False)
        assert answer.status_code in (400, 404, 422), (method, path, answer.status_code)
        assert "heir" not in answer.text
    assert ours.get(f"/join/{link}").status_code == 404
    stranger = visitor(app)
    stranger.cookies.set("ictal", theirs.cookies["ictal"])
    assert stranger.get("/api/recordings").status_code == 401
    stranger.headers["authorization"] = f"Bearer {token}"
    assert stranger.get("/api/recordings").status_code == 401
    assert theirs.get(f"/api/recordings/{number}").json()["label"] == "Their night"
    assert len(theirs.get(f"/api/infants/{infant}").json()["infant"]["entries"]) == 1


# Forged changes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["no token", "another's token", "another site", "a frame of another origin"])
def test_no_route_takes_a_forged_change(app, member, recording, how):
    browser, other = member("admin"), member("clinician")
    good = browser.headers["x-form-token"]
    before = (app.state.shelf.about(recording), len(app.state.door.accounts.all()), len(app.state.jobs.all()))
    forged = {
        "no token": {"x-form-token": ""},
        "another's token": {"x-form-token": other.headers["x-form-token"]},
        "another site": {"x-form-token": good, "sec-fetch-site": "same-site"},
        "a frame of another origin": {"x-form-token": good, "origin": "null"},
    }[how]
    changing = [(m, p) for m, p in routes(app) if m not in ("GET", "HEAD", "OPTIONS")]
    assert len(changing) >= 28
    for method, path in changing:
        answer = browser.request(method, put(path, number=recording), headers=forged, follow_redirects=False)
        assert answer.status_code == 403, (method, path, answer.status_code)
    assert browser.get("/api/account").status_code == 200  # not even signed out
    after = (app.state.shelf.about(recording), len(app.state.door.accounts.all()), len(app.state.jobs.all()))
    assert before == after


def test_a_change_cannot_be_dressed_as_reading(app, member, recording):
    browser = member("admin")
    for method, path in routes(app):
        if method == "GET" or ("GET", path) in routes(app):
            continue
        for headers in ({}, {"x-http-method-override": method}, {"x-method-override": method}):
            where = put(path, number=recording)
            answer = browser.get(where, headers=headers, params={"_method": method})
            assert answer.status_code in (404, 405), (method, path)


# Ways out of the folder -----------------------------------------------------------------------------------------------

OUTSIDE = [
    "..",
    "../..",
    "%2e%2e%2f%2e%2e",
    "..%5c..",
    "%252e%252e",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "about.json",
    ".",
]


@pytest.mark.parametrize("out", OUTSIDE)
def test_no_way_leads_out_of_a_recordings_own_files(app, member, recording, out):
    browser = member("admin")
    for method, path in routes(app):
        if method != "GET" or "{" not in path:
            continue
        inner = put(path, number=recording, name=out, form=out, level=out)
        for sent in {put(path, number=out, secret=out)} | ({inner} if path.count("{") > 1 else set()):
            answer = browser.get(sent)
            assert answer.status_code < 500, sent
            told = answer.text
            assert "root:" not in told
            assert not re.search(r'"sha256":"[0-9a-f]{64}".*"refused"', told), sent  # `about.json` as it is stored
            assert "argon2" not in told, sent
    for sent in (f"/static/{out}/accounts.py", f"/static/{out}", f"/static/{out}/web/accounts.json"):
        assert browser.get(sent).status_code in (200, 404)
        assert "argon2" not in browser.get(sent).text


# Uploads that are too large or no uploads -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "application/json"),
        (b"{", "application/json"),
        (b"[" * 100_000, "application/json"),
        (b'{"name": NaN}', "application/json"),
        (b"\xff\xfe", "application/json"),
        (b'{"name": "x.edf", "bytes": 1e400, "label": "x"}', "application/json"),
        (b'{"name": "x.edf", "bytes": 300, "label": "\\ud800"}', "application/json"),
        (b'{"name": "x.edf", "bytes": 300, "label": "a\\u0000b"}', "application/json"),
        (b"--x\r\n", "multipart/form-data; boundary=x"),
        (b"--x\r\n", "multipart/form-data"),
        (b"name=x.edf", "application/x-www-form-urlencoded; charset=nonsense"),
        (b"%", "application/x-www-form-urlencoded"),
    ],
)
def test_what_is_no_request_is_refused_in_one_sentence(app, member, content, kind):
    browser = member("admin")
    for method, path in routes(app):
        if method == "GET" or path in OWN or path == "/sign-out":
            continue
        answer = browser.request(method, put(path), content=content, headers={"content-type": kind})
        assert answer.status_code < 500, (method, path, answer.text)
        if path == "/api/uploads":
            assert answer.status_code in (400, 422)
            assert len(answer.json()["error"]) > 10
    assert list((app.state.door.served.private / "uploads").iterdir()) == []


@pytest.mark.parametrize(
    "said",
    [
        rb'{"kind": "\ud800"}',
        rb'{"kind": "onset", "seizures": ["s1"], "electrode": "\ud800"}',
        rb'{"kind": "accept", "seizures": ["\ud800"]}',
        rb'{"entry": "\ud800"}',
        rb'{"entry": "visit", "age_days": 3, "note": "\ud800"}',
        rb'{"pseudonym": "\ud800"}',
        rb'{"name": "x.edf", "bytes": 300, "label": "\ud800"}',
        rb'{"infant": "\ud800", "age_days": 3}',
    ],
)
def test_half_a_sign_is_refused_and_not_a_fault(member, recording, said):
    browser = member("clinician")
    infant = browser.post("/api/infants", json={"pseudonym": "inf-1"}).json()["infant"]
    for method, path in (
        ("POST", f"/api/recordings/{recording}/corrections"),
        ("POST", "/api/infants"),
        ("POST", f"/api/infants/{infant}/entries"),
        ("POST", "/api/uploads"),
        ("PUT", f"/api/recordings/{recording}/infant"),
    ):
        answer = browser.request(method, path, content=said, headers={"content-type": "application/json"})
        assert answer.status_code in (400, 422), (path, answer.text)


@pytest.mark.parametrize("path", ["/recordings/x/corrections", "/api/infants", "/sign-in", "/ask", "/admin/invite"])
def test_a_form_that_is_too_large_is_not_read(member, path):
    answer = member("admin").post(path, content=b"x" * ((1 << 20) + 1), follow_redirects=False)
    assert answer.status_code == 413


def test_a_length_is_a_number_and_a_stream_has_one(member):
    browser = member("admin")
    for length in ("-5", "1e3", "0x10", "\u00b2".encode("latin-1"), "99999999999999999999"):
        assert browser.post("/api/infants", headers={"content-length": length}, content=b"").status_code == 413
    assert browser.post("/api/infants", content=iter([b"x"])).status_code == 411


@pytest.mark.parametrize("at", ["-1", "1e3", "nan", "99999999999999999999", "", "0; rm"])
def test_a_piece_has_a_place(member, at):
    browser = member("clinician")
    number = browser.post("/api/uploads", json={"name": "x.edf", "bytes": 300, "label": "Night"}).json()["id"]
    assert browser.put(f"/api/uploads/{number}", params={"at": at}, content=b"x").status_code in (400, 422)
    assert browser.get(f"/api/uploads/{number}").json() == {"there": 0}


# Headers --------------------------------------------------------------------------------------------------------------


ASKED = ("next", "seizure", "query", "add", "verdict", "montage", "state", "code")


def test_no_line_break_in_a_question_becomes_a_header(app, member, recording):
    evil = "x\r\nset-cookie: ictal=evil\r\nx-evil: yes"
    quoted = quote(evil)
    browser = member("admin")
    for method, path in routes(app):
        if path in OWN or path == "/sign-out":
            continue
        sent = put(path, number=recording, name=quoted, form=quoted, secret=quoted, key=quoted)
        told = {"params": dict.fromkeys(ASKED, evil), "data": dict.fromkeys(("seizure", "label", "name"), evil)}
        answer = browser.request(
            method, sent, **(told if method != "GET" else {"params": told["params"]}), follow_redirects=False
        )
        assert "x-evil" not in answer.headers, (method, path)
        assert "evil" not in answer.headers.get("set-cookie", ""), (method, path)
        assert answer.status_code < 500, (method, path)


@pytest.mark.parametrize(
    "headers",
    [
        {"x-forwarded-for": "10.20.1.2"},
        {"forwarded": "for=10.20.1.2"},
        {"x-real-ip": "10.20.1.2"},
        {"x-client-ip": "10.20.1.2"},
        {"true-client-ip": "10.20.1.2"},
        {"cf-connecting-ip": "10.20.1.2"},
        {"x-forwarded-for": "10.20.1.2", "x-forwarded-host": "127.0.0.1", "x-forwarded-proto": "https"},
        {"x-original-url": "/healthz"},
        {"x-rewrite-url": "/healthz"},
        {"x-forwarded-user": "admin", "remote-user": "admin"},
    ],
)
def test_no_header_makes_a_stranger_a_reader(site_app, headers):
    for peer in ("203.0.113.9", "127.0.0.1", "192.0.2.7"):
        answer = visitor(site_app, peer).get("/api/recordings", headers=headers)
        inside = peer == "192.0.2.7" and "x-forwarded-for" in headers  # the trusted proxy's own word
        assert answer.status_code == (200 if inside else 401), peer


def test_a_stranger_who_writes_addresses_gets_no_more_tries(app, member):
    member("reader")
    codes = []
    for k in range(70):
        browser = visitor(app, "203.0.113.9")
        token = form_token(browser.get("/sign-in").text)
        told = {"form_token": token, "name": f"somebody {k}", "password": "wrong wrong wrong"}
        headers = {"x-forwarded-for": f"198.51.100.{k}"}
        codes.append(browser.post("/sign-in", data=told, headers=headers).status_code)
    assert codes[:60] == [401] * 60
    assert set(codes[60:]) == {429}


# Session fixation -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["sign-in", "join", "password"])
def test_every_way_in_gives_a_new_number(app, member, way):
    accounts = app.state.door.accounts
    browser = member("reader") if way != "join" else visitor(app)
    if way == "sign-in":
        browser = visitor(app)
        before = "planted-by-somebody-else"
        browser.cookies.set("ictal", before)
        token = form_token(browser.get("/sign-in").text)
        answer = browser.post("/sign-in", data={"form_token": token, "name": "reader", "password": PASSWORD})
    elif way == "join":
        link = f"/join/{accounts.invite(Role.reader)}"
        token = form_token(browser.get(link).text)
        before = browser.cookies["ictal"]
        told = {"form_token": token, "name": "newly", "password": PASSWORD, "again": PASSWORD}
        answer = browser.post(link, data=told)
    else:
        before = browser.cookies["ictal"]
        told = {"old": PASSWORD, "password": "another sentence that is long"}
        answer = browser.post("/account/password", data=told)
    assert answer.status_code == 200
    assert app.state.door.sessions.account(before) is None
    number = next(c.value for c in reversed(list(browser.cookies.jar)) if c.name == "ictal" and c.value != before)
    assert app.state.door.sessions.account(number)


# What is said where everybody may read it -----------------------------------------------------------------------------


def test_no_identifier_is_in_any_address_or_log(app, member, recording, caplog):
    """Every page is followed from the first; addresses, logs, and the audit trail hold numbers alone."""
    browser = member("admin")
    browser.post("/infants", data={"pseudonym": "inf-secret", "sex": "female", "gestation": "39+1"})
    whose = {"infant": "inf-secret", "age_days": 45}
    assert browser.put(f"/api/recordings/{recording}/infant", json=whose).status_code == 200
    accounts = app.state.door.accounts
    accounts.join(accounts.invite(Role.clinician), "Dr Memorable", PASSWORD)
    browser.post(f"/api/recordings/{recording}/corrections", json={"kind": "accept", "seizures": ["s1"]})
    waiting, seen = ["/"], set()
    with caplog.at_level(logging.DEBUG):
        while waiting:
            address = waiting.pop()
            seen.add(address)
            answer = browser.get(address)
            assert answer.status_code == 200, address
            if "html" not in answer.headers["content-type"]:
                continue
            found = (unescape(m) for m in re.findall(r"""(?:href|src|action|hx-get)=["']([^"'#]+)""", answer.text))
            for link in found:
                here = urlsplit(link)
                forms = "/end" in link or link.startswith(("/sign-out", "/account/"))
                assert not here.netloc, link
                if link.startswith("/") and link not in seen | set(waiting) and not forms:
                    gets = {p for m, p in routes(app) if m == "GET"}
                    if here.path.startswith("/static/") or any(
                        re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", p), here.path) for p in gets
                    ):
                        waiting.append(link)
    assert len(seen) > 20
    own = [r.getMessage() for r in caplog.records if not r.name.startswith(("httpx", "asyncio"))]
    trail = (app.state.door.served.private / "audit.jsonl").read_text()
    for word in ("inf-secret", "Memorable", "First night", "Surname", "Forename"):
        assert not [a for a in seen if word in a]
        assert not [line for line in own if word in line]
        assert word not in trail
    assert json.loads(trail.splitlines()[-1])["who"]


def test_a_fault_of_ours_says_nothing_of_any_child(app, member, recording, caplog, monkeypatch):
    def fail(*_: object) -> None:
        raise RuntimeError("inf-secret has a fault")

    browser = member("reader")
    monkeypatch.setattr(app.state.readings, "get", fail)
    for where in (f"/recordings/{recording}/eeg", f"/api/recordings/{recording}/eeg"):
        answer = browser.get(where)
        assert answer.status_code == 500
        assert "inf-secret" not in answer.text
    assert "a fault of ours: RuntimeError" in caplog.text
    assert "inf-secret" not in "".join(r.getMessage() for r in caplog.records if r.name.startswith("ictal"))
