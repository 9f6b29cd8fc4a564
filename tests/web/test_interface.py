"""The interface for programs: every page has its twin, every answer its shape, all that is seen can be taken along."""

from __future__ import annotations

import io
import json
import re
import zipfile

import pytest
import schemathesis
from fastapi.responses import HTMLResponse
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from ictal.eeg.recording import read
from ictal.web.accounts import Role
from ictal.web.gate import PUBLIC_UNDER
from tests.web.conftest import BASE, PASSWORD, visitor
from tests.web.test_gate import api_routes, routes

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]

HURRIED = settings(
    max_examples=5,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def twin(path: str) -> tuple[str, str]:
    """Where the twin of a page is: under `/api`, or under `/api/public` for the pages of visitors."""
    return f"/api{path}", f"/api/public{path}"


def test_every_page_has_its_twin(app):
    have = {path for method, path in routes(app) if method == "GET" and path.startswith("/api/")}
    shown = [r.path for r in api_routes(app) if "GET" in r.methods and r.response_class is HTMLResponse]
    assert len(shown) >= 14
    assert [path for path in shown if not have & set(twin(path))] == []


def test_every_answer_under_api_is_for_programs_and_every_other_is_in_the_table_of_pages(app):
    """Nothing under /api answers HTML; what is no page and not under /api is named here."""
    others = {r.path for r in api_routes(app) if "GET" in r.methods and r.response_class is not HTMLResponse}
    assert {p for p in others if not p.startswith("/api/")} == {
        "/healthz",
        "/sign-in/oidc",
        "/sign-in/oidc/back",
        "/recordings/{number}/files/{name}",
        "/infants/{number}/timeline.svg",
        "/infants/{number}/export/{form}",
        "/infants/{number}/report.{form}",
        "/recordings/{number}/report.{form}",
    }
    assert not any(r.path.startswith("/api/") and r.response_class is HTMLResponse for r in api_routes(app))


def test_the_description_names_every_path_of_programs_and_nothing_from_elsewhere(app, member):
    told = member("reader").get("/api/openapi.json").json()
    assert set(told["paths"]) == {p for _, p in routes(app) if p.startswith("/api/") and p != "/api/openapi.json"}
    assert "http" not in json.dumps(told).replace('"type": "http"', "")
    shapes = set(re.findall(r"#/components/schemas/(\w+)", json.dumps(told)))
    assert shapes == set(told["components"]["schemas"])
    for path, operations in told["paths"].items():
        for operation in operations.values():
            assert bool(operation["security"]) != path.startswith(PUBLIC_UNDER), path
    assert visitor(app).get("/docs").status_code in (200, 404)  # the sign-in page, or nothing
    assert "swagger" not in visitor(app).get("/docs").text.lower()


def test_twins_answer_where_pages_do(app, member, recording):
    browser = member("admin")
    link = app.state.door.accounts.invite(Role.reader)
    infant = browser.post("/api/infants", json={"pseudonym": "inf-7", "sex": "female"}).json()["infant"]
    names = {"number": recording, "secret": link}
    for route in api_routes(app):
        if "GET" not in route.methods or route.response_class is not HTMLResponse:
            continue
        place = {**names, "number": infant} if route.path.startswith("/infants") else names
        page = re.sub(r"\{(\w+)\}", lambda m, place=place: place[m[1]], route.path)
        answers = [browser.get(where) for where in twin(page)]
        assert any(a.status_code == 200 and isinstance(a.json(), dict | list) for a in answers), route.path
        assert browser.get(page).status_code == 200, route.path


# What schemathesis asks -----------------------------------------------------------------------------------------------


@pytest.fixture
def askers(app, member) -> dict[str, TestClient]:
    """A browser of everybody who can ask, and a script with a clinician's token."""
    clinician, script = member("clinician"), visitor(app)
    page = clinician.post("/account/tokens", data={"label": "script", "role": 2}).text
    script.headers["authorization"] = "Bearer " + re.search(r"ictal_[\w-]+", page)[0]
    members = {"reader": member("reader"), "clinician": clinician, "admin": member("admin")}
    return {"visitor": visitor(app), **members, "token": script}


def test_no_question_breaks_what_the_description_promises(app, askers, recording):
    """Each operation is asked by everybody, with what its description allows; half about something that is there."""
    link = app.state.door.accounts.invite(Role.reader)
    infant = askers["admin"].post("/api/infants", json={"pseudonym": "inf-8"}).json()["infant"]
    known = {"recordings": recording, "infants": infant, "join": link}
    seen: dict[str, set[int]] = {role: set() for role in askers}
    for found in schemathesis.openapi.from_dict(app.openapi()).get_all_operations():
        asked(askers, found.ok(), known, seen)
    for row in askers["reader"].get("/api/infants").json():  # what was put in can be shown
        for where in (
            "",
            "/criteria",
            "/timeline.svg",
            *(f"/export/{f}" for f in ("json", "csv", "phenopacket", "fhir")),
        ):
            assert askers["reader"].get(f"/api/infants/{row['id']}{where}").status_code == 200, where
        assert askers["reader"].get(f"/infants/{row['id']}").status_code == 200
    assert seen["visitor"] >= {200, 401}
    assert seen["reader"] >= {200, 403, 404}
    assert seen["clinician"] >= {200, 400, 403, 404}
    assert seen["admin"] >= {200, 400, 404}
    assert seen["token"] >= {200, 400, 403, 404}


def asked(askers, operation, known: dict[str, str], seen: dict[str, set[int]]) -> None:
    """Ask one operation."""

    @settings(HURRIED)
    @given(case=operation.as_strategy())
    def ask(case):
        here = dict(case.path_parameters or {})
        for name in {"number", "secret"} & set(here):
            kind = operation.path.removeprefix("/api/public").removeprefix("/api").split("/")[1]
            if len(str(here[name])) % 2:
                here[name] = known.get(kind, here[name])
        case.path_parameters = here
        said = case.as_transport_kwargs(base_url=BASE)
        said.pop("cookies")
        for role, asker in askers.items():
            if operation.path == "/api/export" and role not in ("visitor", "reader"):
                continue  # the same for everybody who may read, and it renders every report
            answer = asker.request(**said)
            seen[role].add(answer.status_code)
            case.validate_response(answer, checks=CHECKS)

    ask()


# Everything a user can see can be taken along -------------------------------------------------------------------------


def unzipped(answer) -> dict[str, bytes]:
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_recording_is_exported_as_it_was_found_and_as_the_readers_left_it(member, recording):
    browser = member("clinician")
    browser.post(f"/api/recordings/{recording}/corrections", json={"kind": "reject", "seizures": ["s1"]})
    found = unzipped(member("reader").get(f"/api/recordings/{recording}/export"))
    assert json.loads(found["analysis/findings.json"])["seizures"] == 1
    assert json.loads(found["reviewed/findings.json"])["seizures"] == 0
    assert b"bckg" in found["reviewed/seizures.tsv"]
    assert b"sz_foc" in found["analysis/seizures.tsv"]
    assert json.loads(found["reviewed/readers.json"])["corrections"][0]["kind"] == "reject"
    assert b"</html>" in found["reviewed/report.html"]
    assert json.loads(found["recording.json"])["label"] == "First night"


def test_the_eeg_is_exported_without_the_name_in_the_files_header(app, member, recording, tmp_path):
    file = app.state.shelf.file(recording)
    raw = bytearray(file.read_bytes())
    raw[8:88] = b"1234567 F 01-JAN-2024 Surname_Forename".ljust(80)
    file.write_bytes(raw)
    answer = member("reader").get(f"/api/recordings/{recording}/export/edf")
    (tmp_path / "out.edf").write_bytes(answer.content)
    assert b"Surname" not in answer.content
    before, after = read(file), read(tmp_path / "out.edf")
    assert [c.label for c in after.channels] == [c.label for c in before.channels]
    eeg = list(before.eeg)
    a, b = (r.samples.read_uv(eeg, 0, 1000, 3000) for r in (before, after))
    assert abs(a - b).max() < 0.1


def test_a_whole_study_is_exported(member, recording):
    browser = member("clinician")
    infant = browser.post("/api/infants", json={"pseudonym": "inf-9", "sex": "male"}).json()["infant"]
    added = browser.post(f"/api/infants/{infant}/entries", json={"entry": "growth", "age_days": 91, "head_cm": 39.5})
    assert added.status_code == 200
    found = unzipped(member("reader").get("/api/export"))
    assert json.loads(found[f"infants/{infant}/record.json"])["pseudonym"] == "inf-9"
    assert b"39.5" in found[f"infants/{infant}/record.csv"]
    assert "criteria" in json.loads(found[f"infants/{infant}/criteria.json"])
    assert f"recordings/{recording}/reviewed/findings.json" in found


def test_what_forms_do_programs_do_too(app, member, recording):
    browser = member("clinician")
    infant = browser.post("/api/infants", json={"pseudonym": "inf-5", "sex": "female"}).json()["infant"]
    for entries in (5, [5], [{"entry": []}]):
        assert browser.post("/api/infants", json={"pseudonym": "inf-6", "entries": entries}).status_code == 400
    for wrong in ({"pseudonym": "inf-5"}, {"pseudonym": "../x"}, {}):
        assert browser.post("/api/infants", json=wrong).status_code == 400
    whose = {"infant": "inf-5", "age_days": 45}
    assert browser.put(f"/api/recordings/{recording}/infant", json=whose).json()["infant"] == "inf-5"
    wrong = browser.post(f"/api/infants/{infant}/entries", json={"entry": "growth", "age_days": -2})
    assert wrong.status_code == 400
    assert "age_days" in wrong.json()["error"]
    told = {"entry": "growth", "age_days": 30, "head_cm": 36}
    (key,) = browser.post(f"/api/infants/{infant}/entries", json=told).json()["entries"]
    assert len(browser.get(f"/api/infants/{infant}").json()["infant"]["entries"]) == 2
    assert browser.delete(f"/api/infants/{infant}/entries/{key}").status_code == 200
    assert len(browser.get(f"/api/infants/{infant}").json()["infant"]["entries"]) == 1
    assert browser.post(f"/api/recordings/{recording}/analyse").json()["state"] == "waiting"
    assert browser.post(f"/api/recordings/{recording}/cancel").json()["state"] == "cancelled"
    me = browser.get("/api/account").json()
    assert (me["name"], me["role"], me["via"], me["tokens"]) == ("clinician", "clinician", "session", [])
    assert PASSWORD not in json.dumps(me)
