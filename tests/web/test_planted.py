"""A text that somebody wrote is shown and never run: planted in a child, a recording, its findings, a name."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings

from ictal.exchange.entry_words import described
from ictal.infant.overview import overview
from ictal.infant.timeline.types import Death, Diary, Infant, Treatment
from ictal.infant.timeline.types import Test as Examination
from ictal.report.infant_page import render_infant
from ictal.report.timeline import timeline_figure
from ictal.web.app import create_app
from ictal.web.settings import Served
from tests.exchange.infants_made import infants
from tests.web.conftest import sign_in
from tests.web.test_gate import filled, routes

EVIL = "\"'></p><script>alert(7)</script><img src=x onerror=alert(7)>{{ 7*7 }}"


def planted(value: Any) -> Any:
    """The same record with the text in every field that holds free text."""
    if isinstance(value, msgspec.Struct):
        free = {f.name for f in msgspec.structs.fields(value) if f.type is str and f.name not in ("id", "pseudonym")}
        return msgspec.structs.replace(
            value, **{name: EVIL if name in free else planted(getattr(value, name)) for name in value.__struct_fields__}
        )
    return tuple(map(planted, value)) if isinstance(value, tuple) else value


def harmless(text: str, where: str) -> None:
    for bad in ("<script>alert(7)", "<img src=x"):
        assert bad not in text, f"{bad} runs in {where}"


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(infants())
def test_every_text_of_a_child_is_shown_and_never_run(made: Infant):
    child = planted(made)
    course = overview(child)
    harmless(render_infant(course), "the page of the course")
    harmless(str(timeline_figure(course)), "the figure of the course")


def test_the_text_is_planted_indeed():
    child = planted(Infant(pseudonym="a", entries=(Death(age_days=9),)))
    assert EVIL in described(child.entries[0])


def spoilt(said: Any) -> Any:
    """Findings with the text in every statement, name, notice and meaning."""
    if isinstance(said, dict):
        return {key: spoilt(value) if key not in WORDS else _evil(value) for key, value in said.items()}
    return [spoilt(value) for value in said] if isinstance(said, list) else said


WORDS = frozenset({"name", "notices", "statements", "meaning", "file_format", "derivations"})


def _evil(value: Any) -> Any:
    return [EVIL for _ in value] if isinstance(value, list) else EVIL if isinstance(value, str) else value


@pytest.fixture
def spoilt_app(study, recording):
    findings = next((study / "recordings" / recording).rglob("findings.json"))
    findings.write_text(json.dumps(spoilt(json.loads(findings.read_text()))))
    about = study / "recordings" / recording / "about.json"
    told = json.loads(about.read_text())
    about.write_text(json.dumps(told | {"label": EVIL, "said": EVIL, "by": EVIL}))
    app = create_app(Served(study))
    store = app.state.shelf.study
    entries = (
        Treatment(age_days=3, name=EVIL, why_started=EVIL, note=EVIL, source=EVIL),
        Diary(age_days=5, days=1, seizures=1, note=EVIL, source=EVIL),
        Examination(age_days=6, field="metabolic", name=EVIL, unit=EVIL, finding=EVIL, note=EVIL),
        Death(age_days=90, cause=EVIL, note=EVIL),
    )
    store.new(Infant(pseudonym="inf-1", sex="female"), who=EVIL)
    for entry in entries:
        store.add("inf-1", entry, who=EVIL)
    return app


def test_no_page_of_the_workbench_runs_a_text(spoilt_app, recording):
    accounts = spoilt_app.state.door.accounts
    from ictal.web.accounts import Role
    from tests.web.conftest import PASSWORD

    if "admin" not in {a.name for a in accounts.all()}:
        accounts.join(accounts.invite(Role.admin), "admin", PASSWORD)
    browser = sign_in(spoilt_app, "admin")
    infant = re.search(r'href="/infants/(\w+)"', browser.get("/infants").text)
    assert infant is not None
    seen = 0
    for method, path in routes(spoilt_app):
        if method != "GET" or path.startswith(("/sign-out", "/api/")):
            continue
        where = filled(path.replace("/infants/{number}", f"/infants/{infant[1]}"), recording)
        answer = browser.get(where, follow_redirects=False)
        assert answer.status_code < 500, where
        if answer.headers.get("content-type", "").startswith(("text/html", "image/svg")):
            harmless(answer.text, where)
            seen += "alert(7)" in answer.text
    assert seen >= 4, "the text is shown somewhere, as text"
