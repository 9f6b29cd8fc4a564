"""Nobody comes in who may not, nothing is changed by a page that is not ours, nothing is said of any child outside."""

from __future__ import annotations

import logging
import re

import pytest
from fastapi.routing import APIRoute
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ictal.base.errors import UsageError
from ictal.web.accounts import Role
from ictal.web.gate import PUBLIC, PUBLIC_UNDER
from ictal.web.settings import check_site, networks
from tests.web.conftest import BASE, PASSWORD, form_token, sign_in, visitor

SECRETS = ("First night", "Surname", "seizure 1")


def api_routes(app) -> list[APIRoute]:
    """Every route of the application, from its own table: a new one cannot escape."""
    found = []
    for route in app.routes:
        nested = (
            getattr(route, "routes", None)
            or getattr(getattr(route, "original_router", None), "routes", None)
            or [route]
        )
        found += [each for each in nested if isinstance(each, APIRoute)]
    return found


def routes(app) -> list[tuple[str, str]]:
    found = [(method, route.path) for route in api_routes(app) for method in sorted(route.methods)]
    return [*found, ("GET", "/api/openapi.json")]


def filled(path: str, recording: str) -> str:
    names = {"number": recording, "level": "0", "name": "findings.json", "form": "json", "key": "1"}
    return re.sub(r"\{(\w+)(?::\w+)?\}", lambda m: names.get(m[1], "x"), path)


def public(path: str) -> bool:
    return path in PUBLIC or path.startswith(PUBLIC_UNDER)


def test_the_list_of_routes_is_seen(app):
    assert len(routes(app)) > 30
    assert ("POST", "/recordings/{number}/corrections") in routes(app)


def test_without_sign_in_every_route_but_the_public_ones_is_closed(app, recording):
    for method, path in routes(app):
        browser = visitor(app)
        token = form_token(browser.get("/sign-in").text)
        answer = browser.request(
            method, filled(path, recording), headers={"x-form-token": token}, follow_redirects=False
        )
        assert not any(secret in answer.text for secret in SECRETS), path
        if public(path):
            continue
        if path.startswith("/api/"):
            assert answer.status_code == 401, path
        else:
            assert answer.status_code == 303, path
            assert answer.headers["location"].startswith("/sign-in?next=/"), path


@pytest.mark.parametrize("header", ["referer", "hx-current-url"])
def test_whose_session_ended_in_mid_form_is_told_and_led_back_to_the_form(app, member, header):
    browser = member("clinician")
    app.state.door.sessions.end_all(next(a.id for a in app.state.door.accounts.all() if a.name == "clinician"))
    more = {header: f"{BASE}/infants?add=growth"} | ({"hx-request": "true"} if header.startswith("hx") else {})
    answer = browser.post("/infants", data={"pseudonym": "inf-9"}, headers=more, follow_redirects=False)
    where = answer.headers.get("location") or answer.headers["hx-redirect"]
    assert where == "/sign-in?next=/infants%3Fadd%3Dgrowth&lost=true"
    assert "was not kept" in browser.get(where).text


@pytest.mark.parametrize("told", ["http://[", "https://elsewhere.example/infants", "javascript:alert(1)", ""])
def test_a_form_of_nobody_knows_where_leads_to_the_first_page(app, told):
    answer = visitor(app).post("/infants", headers={"referer": told}, follow_redirects=False)
    assert answer.headers["location"] == "/sign-in?next=/&lost=true"


def test_a_path_that_no_route_has_is_closed_too(app):
    assert visitor(app).get("/api/whatever").status_code == 401
    assert visitor(app).get("/recordings/../web/accounts.json", follow_redirects=False).status_code == 303


def test_a_reader_changes_nothing_and_a_clinician_is_no_admin(app, member, recording):
    reader, clinician = member("reader"), member("clinician")
    for method, path in routes(app):
        where = filled(path, recording)
        own = path.startswith(("/account", "/sign-out")) or public(path)
        if method != "GET" and not own:
            assert reader.request(method, where, follow_redirects=False).status_code == 403, path
        if path.startswith(("/admin", "/api/admin")):
            assert clinician.request(method, where, follow_redirects=False).status_code == 403, path
    assert reader.get(f"/recordings/{recording}/seizures").status_code == 200


def test_no_page_of_a_member_is_a_fault(app, member, recording):
    admin = member("admin")
    for method, path in routes(app):
        if method == "GET":
            answer = admin.get(filled(path, recording))
            assert answer.status_code in (200, 404, 422), (path, answer.text[:200])


@pytest.mark.parametrize("how", ["no token", "another browser's", "cross-site", "another origin"])
def test_a_forged_change_is_refused(app, member, recording, how):
    browser = member("clinician")
    headers = {"x-form-token": browser.headers["x-form-token"]}
    if how == "no token":
        headers["x-form-token"] = ""
    elif how == "another browser's":
        headers["x-form-token"] = form_token(visitor(app).get("/sign-in").text)
    elif how == "cross-site":
        headers["sec-fetch-site"] = "cross-site"
    else:
        headers["origin"] = "https://evil.example"
    answer = browser.post(
        f"/api/recordings/{recording}/corrections", json={"kind": "accept", "seizures": ["s1"]}, headers=headers
    )
    assert answer.status_code == 403
    assert app.state.shelf.corrections(recording) == ()


def test_signing_in_gives_a_new_number_and_signing_out_ends_it(app, member):
    member("reader")
    browser = visitor(app)
    token = form_token(browser.get("/sign-in").text)
    before = browser.cookies["ictal"]
    browser.post("/sign-in", data={"form_token": token, "name": "reader", "password": PASSWORD})
    after = browser.cookies["ictal"]
    assert after != before
    assert app.state.door.sessions.account(before) is None
    token = form_token(browser.get("/account").text)
    browser.post("/sign-out", data={"form_token": token})
    assert app.state.door.sessions.account(after) is None


def test_a_number_that_a_visitor_chose_is_never_a_session(app, member):
    member("reader")
    browser = visitor(app)
    browser.cookies.set("ictal", "chosen-by-somebody-else")
    token = form_token(browser.get("/sign-in").text)
    browser.post("/sign-in", data={"form_token": token, "name": "reader", "password": PASSWORD})
    assert app.state.door.sessions.account("chosen-by-somebody-else") is None


def test_sign_out_everywhere_ends_every_session(app, member):
    one, other = member("reader"), member("reader")
    one.post("/sign-out", data={"everywhere": "yes"})
    assert other.get("/api/recordings").status_code == 401


def test_sign_in_is_limited_by_name_and_by_address(app, member, clock):
    member("reader")
    browser = visitor(app)
    token = form_token(browser.get("/sign-in").text)
    told = {"form_token": token, "name": "reader", "password": "wrong wrong wrong"}
    codes = [browser.post("/sign-in", data=told).status_code for _ in range(12)]
    assert codes[:9] == [401] * 9
    assert codes[-1] == 429
    right = {**told, "password": PASSWORD}
    assert browser.post("/sign-in", data=right, follow_redirects=False).status_code == 429
    clock.now += 901
    assert browser.post("/sign-in", data=right, follow_redirects=False).status_code == 303


def test_an_account_that_ran_out_is_told_so_and_sees_nothing(app, member, clock, recording):
    browser = member("reader")
    accounts = app.state.door.accounts
    member("admin")
    account = next(a for a in accounts.all() if a.name == "reader")
    accounts.change(account.id, Role.reader, accounts.today, False)
    clock.now += 11 * 3600  # the evening of the last day
    assert browser.get("/recordings").status_code == 200
    clock.now += 6 * 3600
    answer = browser.get("/recordings")
    assert "Your account ended on" in answer.text
    assert "First night" not in answer.text
    assert browser.get("/api/recordings").status_code == 401
    again = visitor(app)
    told = {"form_token": form_token(again.get("/sign-in").text), "name": "reader", "password": PASSWORD}
    answer = again.post("/sign-in", data=told)
    assert answer.status_code == 403
    assert "Your account ended on" in answer.text
    accounts.change(account.id, Role.reader, None, False)
    assert sign_in(app, "reader").get("/recordings").status_code == 200


def test_who_never_had_an_account_asks_and_an_admin_grants_it_for_a_period(app, member):
    browser = visitor(app)
    token = form_token(browser.get("/ask").text)
    told = {"form_token": token, "name": "newcomer", "password": PASSWORD, "why": "I read EEG here"}
    assert "Thank you" in browser.post("/ask", data=told).text
    assert app.state.door.accounts.signed_in("newcomer", PASSWORD) is None
    admin = member("admin")
    asked = admin.get("/api/admin/accounts").json()["requests"][0]
    answer = admin.post(f"/admin/requests/{asked['id']}", data={"grant": "yes", "role": 1, "until": ""})
    assert answer.status_code == 422
    asked_again = app.state.door.accounts.requests()
    assert len(asked_again) == 1
    admin.post(f"/admin/requests/{asked['id']}", data={"grant": "yes", "role": 1, "until": "2030-01-01"})
    assert sign_in(app, "newcomer").get("/api/account").json()["role"] == "reader"


def test_an_invitation_works_once_and_ends(app, member, clock):
    admin = member("admin")
    page = admin.post("/admin/invite", data={"role": 2, "until": ""}).text
    link = re.search(r"/join/[\w-]+", page)[0]
    browser = visitor(app)
    token = form_token(browser.get(link).text)
    told = {"form_token": token, "name": "invited", "password": PASSWORD, "again": "another sentence"}
    assert "The two passwords differ" in browser.post(link, data=told).text
    assert browser.post(link, data={**told, "again": PASSWORD}, follow_redirects=False).status_code == 303
    assert visitor(app).get(link).status_code == 404
    late = app.state.door.accounts.invite(Role.reader)
    clock.now += 15 * 86400
    assert visitor(app).get(f"/join/{late}").status_code == 404


def test_the_last_admin_stays_and_a_closed_account_is_out_at_once(app, member):
    admin, reader = member("admin"), member("reader")
    numbers = {a["name"]: a["id"] for a in admin.get("/api/admin/accounts").json()["accounts"]}
    assert admin.post(f"/admin/accounts/{numbers['admin']}", data={"role": 1}).status_code == 422
    admin.post(f"/admin/accounts/{numbers['reader']}", data={"role": 1, "closed": "yes"})
    assert reader.get("/api/recordings").status_code == 401


def test_a_token_acts_for_its_account_and_no_further(app, member, recording):
    clinician = member("clinician")
    page = clinician.post("/account/tokens", data={"label": "script", "role": 3}).text
    secret = re.search(r"ictal_[\w-]+", page)[0]
    script = visitor(app)
    script.headers["authorization"] = f"Bearer {secret}"
    assert script.get("/api/recordings").status_code == 200
    assert script.get("/api/admin/accounts").status_code == 403
    answer = script.post(f"/api/recordings/{recording}/corrections", json={"kind": "accept", "seizures": ["s1"]})
    assert answer.status_code == 200
    script.headers["authorization"] = f"Bearer {secret}x"
    assert script.get("/api/recordings").status_code == 401


# Site access ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("peer", "forwarded", "inside"),
    [
        ("10.20.1.2", None, True),
        ("10.21.1.2", None, False),
        ("192.0.2.7", "10.20.1.2", True),
        ("192.0.2.7", "10.20.1.2, 203.0.113.9", False),  # the visitor wrote the first, the proxy the second
        ("192.0.2.7", "203.0.113.9, 10.20.1.2, 192.0.2.8", True),
        ("192.0.2.7", None, False),
        ("192.0.2.7", "10.20.1.2, nonsense", False),
        ("203.0.113.9", "10.20.1.2", False),  # a stranger's word
        ("10.20.1.2", "203.0.113.9", False),  # an unknown proxy inside: nobody can vouch
    ],
)
def test_only_the_hospitals_own_computers_read_without_a_password(site_app, peer, forwarded, inside):
    browser = visitor(site_app, peer)
    headers = {} if forwarded is None else {"x-forwarded-for": forwarded}
    assert browser.get("/api/recordings", headers=headers).status_code == (200 if inside else 401)
    assert browser.post("/api/uploads", headers=headers, json={}).status_code in (401, 403)
    assert browser.get("/api/admin/accounts", headers=headers).status_code in (401, 403)


def test_visitors_read_key_points_and_no_gene_and_no_treatment(app):
    browser = visitor(app)
    page = browser.get("/public/knowledge").text
    assert "Coppola" in page
    assert "last reviewed" in page
    assert "Disclosures" in page
    told = browser.get("/api/public/knowledge").json()
    assert told
    assert not any(s.get("genes") or {"treatment", "genetics"} & set(s.get("tags", ())) for s in told)
    assert browser.get("/api/knowledge").status_code == 401


def test_site_access_is_off_by_default(app):
    assert visitor(app, "10.20.1.2").get("/api/recordings").status_code == 401


@pytest.mark.parametrize("site", ["127.0.0.0/8", "192.0.2.0/28", "0.0.0.0/0", "::1/128", "0.0.0.0/4"])
def test_a_network_that_would_let_everybody_in_is_refused(site):
    proxies = networks(("192.0.2.0/24",), "--trusted-proxy")
    with pytest.raises(UsageError):
        check_site(networks((site,), "--site-network"), proxies)


# What is said ---------------------------------------------------------------------------------------------------------


def test_health_needs_no_sign_in_and_says_nothing_else(app):
    assert visitor(app).get("/healthz").json() == {"status": "ok"}


def test_every_answer_has_the_headers_that_protect_it(app, member, recording):
    for answer in (visitor(app).get("/sign-in"), member("reader").get(f"/recordings/{recording}/eeg")):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert "HttpOnly" in visitor(app).get("/sign-in").headers["set-cookie"]


def test_a_name_of_another_host_is_not_answered(app):
    assert visitor(app).get("/healthz", headers={"host": "evil.example"}).status_code == 421


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "/a\r\nset-cookie: x=1"],
)
def test_signing_in_leads_only_to_our_own_pages(app, member, target):
    member("reader")
    browser = visitor(app)
    told = {
        "form_token": form_token(browser.get("/sign-in").text),
        "name": "reader",
        "password": PASSWORD,
        "next": target,
    }
    assert browser.post("/sign-in", data=told, follow_redirects=False).headers["location"] == "/"


def test_logs_and_audit_hold_numbers_and_no_names(app, member, recording, caplog):
    browser = member("clinician")
    with caplog.at_level(logging.INFO, logger="ictal.web"):
        browser.get(f"/recordings/{recording}/seizures")
        browser.post("/infants", data={"pseudonym": "inf-secret", "sex": "female", "gestation": "39+1"})
        browser.get("/recordings/no-such-place")
    lines = [r.getMessage() for r in caplog.records if r.name == "ictal.web"]
    told = "\n".join(lines) + (app.state.door.served.private / "audit.jsonl").read_text()
    assert any(line.startswith("GET /recordings/{number}/seizures 200") for line in lines)
    for word in ("inf-secret", "clinician", "First night", "Surname"):
        assert word not in told
    assert not any(recording in line for line in lines)


@pytest.fixture
def reader(member):
    return member("reader")


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    montage=st.sampled_from(["average", "laplacian", "x", "../"]),
    start=st.floats() | st.integers(),
    seconds=st.floats() | st.integers(),
    level=st.integers(-3, 9),
    first=st.integers(),
)
def test_no_question_of_the_viewer_is_a_fault(reader, recording, montage, start, seconds, level, first):
    asked = {"montage": montage, "start_s": start, "seconds": seconds}
    for where, query in (("tile", asked), (f"level/{level}", {"first": first, "count": 7}), ("masks", asked)):
        answer = reader.get(f"/api/recordings/{recording}/{where}", params=query)
        assert answer.status_code in (200, 400, 422), (where, query, answer.text)


@pytest.mark.parametrize("number", ["..", "%2e%2e", "....", "000000000000", "A" * 12, "x" * 5000, "%00", "ﬁ" * 12])
def test_no_other_number_opens_anything(app, member, number):
    browser = member("admin")
    for where in (f"/api/recordings/{number}", f"/api/recordings/{number}/tile?montage=average&start_s=0&seconds=5"):
        assert browser.get(where).status_code in (404, 401, 400)
    assert browser.get(f"/recordings/{number}/files/..%2fabout.json").status_code == 404
