"""What the first release wrote opens in this one, and nothing of it is lost; what a later one wrote is left alone."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from ictal.analysis import Settings
from ictal.base.settings import check, load_toml, to_mapping
from ictal.infant.timeline.types import ENTRY_TYPES, Growth
from ictal.study import open_study

FIRST = Path(__file__).with_name("first-release")
NAME, PASSWORD = "Reader", "a sentence of the first release"


@pytest.fixture
def first(tmp_path) -> Path:
    """A copy that a test may change. Its files have other times than the first: nothing may depend on them."""
    return Path(shutil.copytree(FIRST, tmp_path / "first", copy_function=shutil.copyfile))


@pytest.fixture
def dataset(first, tmp_path) -> Path:
    """The recording that its cohort was made of, in a folder."""
    folder = tmp_path / "dataset"
    folder.mkdir()
    (edf,) = first.rglob("recording.edf")
    shutil.copy(edf, folder / "night.edf")
    return folder


# -- it opens --------------------------------------------------------------------------------------


def test_a_study_has_every_entry_and_its_history(first):
    study = open_study(first / "study")
    infant = study.infant("inf-1")
    assert (infant.sex, infant.gestation_weeks) == ("female", 32.5)
    assert {type(entry) for entry in infant.entries} == set(ENTRY_TYPES)
    (kept,) = study.recordings("inf-1")
    found = study.findings(kept.digest)
    assert found is not None
    assert found.findings["seizures"] == len(found.seizures or ()) == 1
    assert len(study.reviews(next((first / "study" / "recordings").iterdir()).name)) == 3
    verified = study.verify()
    assert verified.holds
    assert verified.changes == len(study.history())
    assert [c.verb for c in study.history() if c.who == "second"] == ["removed"]
    assert study.identity("inf-1").name == "Nobody"
    study.add("inf-1", Growth(age_days=6, head_cm=30), who="now")
    assert study.verify().holds


def test_the_settings_are_known_by_the_names_they_had(first, ictal, dataset, tmp_path):
    settings = load_toml(first / "settings.toml", Settings)
    assert check(settings) == settings
    assert to_mapping(settings).keys() == to_mapping(Settings()).keys()
    edf = dataset / "night.edf"
    asked = ("analyse", edf, "--settings", first / "settings.toml", "--out", tmp_path / "out", "--no-report", "--quiet")
    assert ictal(*asked)[0] == 0


def test_findings_are_weighed_scored_and_attached(first, ictal, tmp_path):
    results = first / "night-ictal"
    assert ictal("assess", "--findings", results / "findings.json")[0] == 0
    assert ictal("score", "--reference", results, "--hypothesis", results)[0] == 0
    assert ictal("study", "init", tmp_path / "kids")[0] == 0
    place = ("--study", tmp_path / "kids", "--who", "now")
    assert ictal("infant", "new", "inf-2", *place)[0] == 0
    told = ictal("infant", "add", "inf-2", "recording", "--age-days", 4, "--results", results, *place)
    assert told[0] == 0, told


def test_a_cohort_is_read_and_gone_on_with(first, ictal, dataset):
    out = first / "night-cohort"
    code, said, _ = ictal("cohort", "--summary", "--out", out, "--json")
    assert code == 0
    assert json.loads(said)["total"]["seizures"] == 1
    asked = ("cohort", dataset, "--out", out, "--jobs", 1, "--no-report", "--settings", first / "settings.toml")
    code, said, noise = ictal(*asked, "--summary", "--json")
    assert code == 0, noise
    assert json.loads(said)["total"]["recordings"] == 1


@pytest.fixture
def served(first, monkeypatch):
    """The workbench of the first release, served by this one."""
    pytest.importorskip("fastapi", reason="The workbench needs the extra `web`.")
    from ictal.web.app import create_app
    from ictal.web.settings import Served

    return partial(create_app, Served(first / "study"))


def test_the_workbench_has_its_accounts_results_corrections_and_uploads(served, first):
    from tests.web.conftest import sign_in

    app = served()
    browser = sign_in(app, NAME, PASSWORD)
    (told,) = browser.get("/api/recordings").json()
    assert (told["label"], told["infant"]) == ("First night", "inf-1")
    seizures = browser.get(f"/api/recordings/{told['id']}/seizures").json()
    assert len(seizures["corrections"]) == 3
    assert len(seizures["seizures"]) == 2  # the one that was found, and one of the two that were added
    assert browser.get(f"/recordings/{told['id']}/eeg").status_code == 200
    (upload,) = (first / "study" / "web" / "uploads").iterdir()
    assert browser.get(f"/api/uploads/{upload.name}").json() == {"there": 4000}
    assert app.state.jobs.of(told["id"]).state == "waiting"
    assert app.state.door.audit.verify() >= 3
    asked = {"kind": "reject", "seizures": [seizures["seizures"][0]["id"]]}
    assert browser.post(f"/api/recordings/{told['id']}/corrections", json=asked).status_code == 200


# -- a downgrade is refused ------------------------------------------------------------------------


def refused(told: tuple[int, str, str], code: int = 3) -> None:
    """One sentence, that says what to do."""
    assert told[0] == code, told
    assert "later release of Ictal" in told[2]
    assert "install that release" in told[2]
    assert told[2].count("\n") == 1, told[2]


def later_store(place: Path) -> None:
    with closing(sqlite3.connect(place / "study.db")) as store:
        store.execute("UPDATE alembic_version SET version_num = '9999'")
        store.commit()


def later_toml(place: Path) -> None:
    file = place / "study.toml"
    file.write_text(file.read_text().replace("form = 1", "form = 3"))


@pytest.mark.parametrize("later", [later_store, later_toml])
def test_a_later_study_is_refused_by_every_command(first, ictal, later):
    place = first / "study"
    later(place)
    before = {p: p.read_bytes() for p in place.rglob("*") if p.is_file()}
    named = ("--study", place)
    refused(ictal("study", "verify", *named))
    refused(ictal("infant", "show", "inf-1", *named))
    refused(ictal("infant", "add", "inf-1", "growth", "--age-days", 1, "--head-cm", 30, *named, "--who", "now"))
    refused(ictal("assess", "inf-1", *named))
    refused(ictal("serve", *named))
    assert {p: p.read_bytes() for p in place.rglob("*") if p.is_file()} == before


def later_findings(file: Path) -> None:
    said = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(said | {"schema_version": "2.0"}), encoding="utf-8")


def test_later_findings_are_refused_and_stay(first, ictal, dataset):
    results, out = first / "night-ictal", first / "night-cohort"
    for file in (results / "findings.json", out / "night" / "findings.json"):
        later_findings(file)
    refused(ictal("assess", "--findings", results / "findings.json"))
    place = ("--study", first / "study", "--who", "now")
    refused(ictal("infant", "add", "inf-1", "recording", "--age-days", 4, "--results", results, *place))
    before = (out / "night" / "findings.json").read_bytes()
    told = ictal("cohort", dataset, "--out", out, "--jobs", 1, "--no-report", "--quiet")
    refused(told)
    assert (out / "night" / "findings.json").read_bytes() == before


def _schema(version: str) -> str:
    return f'"schema_version":"{version}"'


def test_later_findings_in_a_store_are_refused(first, ictal):
    with closing(sqlite3.connect(first / "study" / "study.db")) as store:
        store.execute("UPDATE findings SET record = replace(record, ?, ?)", (_schema("1.1"), _schema("2.0")))
        assert store.execute("SELECT changes()").fetchone() == (1,)
        store.commit()
    refused(ictal("assess", "inf-1", "--study", first / "study"))


def test_a_later_cohort_is_refused_and_stays(first, ictal, dataset):
    out = first / "night-cohort"
    said = json.loads((out / "cohort.json").read_text())
    (out / "cohort.json").write_text(json.dumps(said | {"form": 2}))
    before = {p: p.read_bytes() for p in out.rglob("*") if p.is_file()}
    refused(ictal("cohort", "--summary", "--out", out))
    refused(ictal("cohort", dataset, "--out", out, "--jobs", 1, "--quiet"))
    assert {p: p.read_bytes() for p in out.rglob("*") if p.is_file()} == before


def test_settings_of_a_later_release_are_refused(first, ictal, dataset, tmp_path):
    file = first / "settings.toml"
    file.write_text(file.read_text() + "\n[later]\nword = 1\n")
    code, _, said = ictal("analyse", dataset / "night.edf", "--settings", file, "--out", tmp_path / "out")
    assert code == 2
    assert "later" in said


def test_a_later_workbench_is_refused(first, ictal):
    (first / "study" / "web" / "form.json").write_text('{"form": 2}')
    refused(ictal("serve", "--study", first / "study", "--port", 18997))


def test_later_findings_under_the_workbench_are_one_sentence(served, first):
    from tests.web.conftest import sign_in

    (file,) = (first / "study" / "recordings").glob("*/result/findings.json")
    later_findings(file)
    number = file.parent.parent.name
    browser = sign_in(served(), NAME, PASSWORD)
    page = browser.get(f"/recordings/{number}/seizures")
    assert page.status_code == 400
    assert "later release of Ictal" in page.text
    assert "later release of Ictal" in browser.get(f"/api/recordings/{number}/findings").json()["error"]
