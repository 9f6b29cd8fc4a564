"""What is sent is kept, what is corrected stands beside the original, what cannot be is refused in one sentence."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from ictal.base.errors import TableError
from ictal.infant.growth.measure import measured
from ictal.infant.timeline.ages import Ages
from ictal.infant.timeline.types import Recording
from ictal.web.app import create_app
from ictal.web.jobs import RUNNING, WAITING, Jobs
from ictal.web.journal import Journal
from ictal.web.settings import Served
from ictal.web.uploads import Uploads
from tests.web.conftest import eeg, sign_in, visitor

# Uploads --------------------------------------------------------------------------------------------------------------


def begin(browser, size: int, **other):
    return browser.post("/api/uploads", json={"name": "night.edf", "bytes": size, "label": "Second night", **other})


def test_a_file_comes_in_pieces_in_any_order_of_tries(app, member):
    browser, data = member("clinician"), eeg(5000, 1)
    number = begin(browser, len(data)).json()["id"]
    put = f"/api/uploads/{number}?at="
    assert browser.put(f"{put}0", content=data[:2000]).json() == {"there": 2000}
    assert browser.put(f"{put}0", content=data[:2000]).json() == {"there": 2000}  # the answer was lost, sent again
    assert browser.put(f"{put}3000", content=data[3000:]).status_code == 400  # a hole
    assert browser.post(f"/api/uploads/{number}").status_code == 400  # not whole
    assert browser.get(f"/api/uploads/{number}").json() == {"there": 2000}
    browser.put(f"{put}2000", content=data[2000:])
    assert browser.put(f"{put}5000", content=b"more").status_code == 400
    recording = browser.post(f"/api/uploads/{number}").json()["recording"]
    assert app.state.shelf.file(recording).read_bytes() == data
    assert app.state.jobs.of(recording).state == WAITING


def test_what_was_acknowledged_is_there_after_the_server_died(app, member, study):
    browser = member("clinician")
    number = begin(browser, 5000).json()["id"]
    browser.put(f"/api/uploads/{number}?at=0", content=b"x" * 3000)
    account = next(a.id for a in app.state.door.accounts.all() if a.name == "clinician")
    after = Uploads(app.state.shelf, study / "web", 1 << 30)
    assert after.there(number, account) == 3000
    reborn = sign_in(create_app(Served(study), lambda: 1_800_000_100.0), "clinician")
    assert reborn.get(f"/api/uploads/{number}").json() == {"there": 3000}


def test_an_upload_is_its_owners_alone(member):
    number = begin(member("clinician"), 5000).json()["id"]
    other = member("admin")
    assert other.get(f"/api/uploads/{number}").status_code == 404
    assert other.put(f"/api/uploads/{number}?at=0", content=b"x").status_code == 404


@pytest.mark.parametrize(
    "told",
    [
        {"name": "notes.pdf"},
        {"name": "x"},
        {"bytes": 3},
        {"bytes": 1 << 43},
        {"bytes": -1},
        {"label": ""},
        {"label": "a\u202eb"},
        {"infant": "nobody-here", "age_days": 3},
        {"age_days": 3},
        {"name": 7},
    ],
)
def test_an_upload_that_cannot_be_is_refused_before_its_first_byte(member, told):
    answer = (
        begin(member("clinician"), 5000, **told) if "bytes" not in told else begin(member("clinician"), told["bytes"])
    )
    assert answer.status_code in (400, 422)
    assert answer.json()["error"].endswith(".")


@pytest.mark.parametrize("content", [b"%PDF" + b"0" * 2996, eeg(3000, 3)[:700], b"hello world " * 30])
def test_a_file_that_is_no_eeg_ends_in_one_sentence_and_leaves_nothing(app, member, study, content):
    browser, before = member("clinician"), app.state.shelf.all()
    number = begin(browser, len(content)).json()["id"]
    browser.put(f"/api/uploads/{number}?at=0", content=content)
    answer = browser.post(f"/api/uploads/{number}")
    assert answer.status_code == 400
    said = answer.json()["error"]
    assert said.startswith("This file ")
    assert said.endswith(".")
    assert app.state.shelf.all() == before
    assert list((study / "web" / "uploads").iterdir()) == []


def test_a_file_that_cannot_be_analysed_any_more_says_so(app, recording):
    """One that was on the shelf, and was damaged there."""
    from ictal.web import work

    app.state.shelf.file(recording).write_bytes(b"%PDF" + b"0" * 2996)
    assert work.main(app.state.shelf.folder(recording)) == 3


def test_a_piece_that_is_too_large_is_not_taken(member):
    browser = member("clinician")
    number = begin(browser, 40 << 20).json()["id"]
    answer = browser.put(f"/api/uploads/{number}?at=0", content=b"x" * ((16 << 20) + 1))
    assert answer.status_code == 413


# The queue ------------------------------------------------------------------------------------------------------------


def test_the_queue_survives_a_restart(app, study, recording):
    app.state.jobs.add(recording, "somebody")
    path = study / "web" / "jobs.json"
    path.write_text(path.read_text().replace(WAITING, RUNNING))
    jobs = Jobs(app.state.shelf, study / "web")
    assert [j.state for j in jobs.all()] == [WAITING]
    jobs.cancel(recording)
    assert Jobs(app.state.shelf, study / "web").of(recording).state == "cancelled"


def test_one_recording_waits_once(app, recording):
    app.state.jobs.add(recording, "a")
    app.state.jobs.add(recording, "b")
    assert len(app.state.jobs.all()) == 1


# Corrections ----------------------------------------------------------------------------------------------------------


def seizures(browser, recording):
    return browser.get(f"/api/recordings/{recording}/seizures").json()


def correct(browser, recording, **asked):
    return browser.post(f"/api/recordings/{recording}/corrections", json=asked)


def test_corrections_stand_beside_the_original_and_findings_follow(app, member, recording, study):
    browser = member("clinician")
    folder = app.state.shelf.folder(recording) / "result"
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    found = seizures(browser, recording)["seizures"]
    assert len(found) == 1
    assert 90 <= found[0]["start_s"] <= 110
    assert browser.get(f"/api/recordings/{recording}/findings").json()["seizures"] == 1
    correct(browser, recording, kind="reject", seizures=["s1"])
    assert browser.get(f"/api/recordings/{recording}/findings").json()["seizures"] == 0
    correct(browser, recording, kind="undo")
    correct(browser, recording, kind="add", start_s=10.0, stop_s=30.5, electrode="T3")
    told = browser.get(f"/api/recordings/{recording}/findings").json()
    assert told["seizures"] == 2
    assert told["steps"][-2]["outcome"] == {"open": 1, "accepted": 1, "rejected": 0, "changed": 1}
    (hour,) = browser.get(f"/api/recordings/{recording}/events").json()["burden"]
    assert hour == [0.0, 240.0, told["burden_by_hour"][0]["burden_min_per_h"]]
    assert hour[2] > 10
    added = seizures(browser, recording)["seizures"][0]
    assert (added["start_s"], added["stop_s"], added["path"], added["verdict"]) == (10.0, 30.5, ["T3"], "accepted")
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before
    history = seizures(browser, recording)["corrections"]
    assert [c["kind"] for c in history] == ["reject", "undo", "add"]
    assert {c["who"] for c in history} == {"clinician"}
    assert app.state.shelf.study.verify().holds
    again = create_app(Served(study), lambda: 1_800_000_100.0)
    assert seizures(sign_in(again, "clinician"), recording)["seizures"][0]["start_s"] == 10.0


def test_a_seizure_that_a_reader_added_is_in_every_page_and_its_rhythm_not_captured(member, recording):
    browser, here = member("clinician"), f"/recordings/{recording}"
    asked = {"kind": "add", "start_s": 200.0, "stop_s": 212.5, "electrode": "O2"}
    assert browser.post(f"/api{here}/corrections", json=asked).status_code == 200
    for page in (here, f"{here}/seizures", f"{here}/report", f"/api{here}/findings", f"/api{here}/seizures"):
        answer = browser.get(page)
        assert answer.status_code == 200, page
        assert "NaN" not in answer.text, page
    measured = next(m for m in browser.get(f"/api{here}/findings").json()["markers"] if m["name"] == "ictal_frequency")
    assert measured["seizures"] == 1
    assert 3.2 < measured["value"] < 4.3  # the planted phase turns at 4.25 to 3.25 Hz


def test_the_report_is_of_what_the_readers_left(member, recording):
    browser = member("clinician")
    page = browser.get(f"/recordings/{recording}/report").text
    assert 'id="seizure-1"' in page
    assert "First night" in page
    correct(browser, recording, kind="reject", seizures=["s1"])
    assert 'id="seizure-1"' not in browser.get(f"/recordings/{recording}/report").text
    assert 'id="seizure-1"' in browser.get(f"/recordings/{recording}/files/report.html").text


@pytest.mark.parametrize(
    "asked",
    [
        {"kind": "bless", "seizures": ["s1"]},
        {"kind": "accept", "seizures": []},
        {"kind": "accept", "seizures": ["s9"]},
        {"kind": "accept", "seizures": ["s1", "s1"]},
        {"kind": "move", "seizures": ["s1"], "start_s": 30, "stop_s": 10},
        {"kind": "move", "seizures": ["s1"], "start_s": 10, "stop_s": 1e9},
        {"kind": "move", "seizures": ["s1"], "start_s": -5, "stop_s": 10},
        {"kind": "split", "seizures": ["s1"], "start_s": 5},
        {"kind": "merge", "seizures": ["s1"]},
        {"kind": "onset", "seizures": ["s1"]},
        {"kind": "onset", "seizures": ["s1"], "electrode": "nose"},
        {"kind": "add", "start_s": 3},
        {"kind": "undo"},
        {"kind": "undo", "undoes": "ffffffff"},
        {},
        {"kind": 3},
    ],
)
def test_a_correction_that_cannot_be_leaves_no_trace(app, member, recording, asked):
    answer = correct(member("clinician"), recording, **asked)
    assert answer.status_code in (400, 422)
    assert len(answer.json()["error"]) > 10
    assert app.state.shelf.corrections(recording) == ()


def test_two_readers_are_compared_with_each_other_and_with_ictal(member, recording):
    one, other = member("clinician"), member("admin")
    correct(one, recording, kind="accept", seizures=["s1"])
    correct(other, recording, kind="add", start_s=10.0, stop_s=40.0)
    rows = seizures(one, recording)["agreement"]
    assert [(r["reference"], r["hypothesis"]) for r in rows] == [
        ("clinician", "admin"),
        ("clinician", "Ictal"),
        ("admin", "Ictal"),
    ]
    assert (rows[0]["found"], rows[0]["of"], rows[0]["false"]) == (1, 1, 1)
    assert rows[1]["kappa"] == 1.0


def test_the_same_corrections_by_form(member, recording):
    browser = member("clinician")
    page = browser.post(
        f"/recordings/{recording}/corrections", data={"kind": "split", "seizure": "s1", "start": "1:58"}
    )
    assert page.status_code == 200
    assert "split seizure 1" in page.text
    wrong = browser.post(
        f"/recordings/{recording}/corrections", data={"kind": "move", "seizure": "s1a", "start": "soon"}
    )
    assert wrong.status_code == 422
    assert "is no time" in wrong.text


def test_a_form_that_cannot_be_keeps_what_was_typed_and_the_filters_and_says_why_in_it(member, recording):
    browser = member("clinician")
    where = f"/recordings/{recording}/corrections?verdict=open&pattern=&side=&focus="
    page = browser.post(where, data={"kind": "move", "seizure": "s1", "start": "3:00", "stop": "soon"})
    assert page.status_code == 422
    assert '<details open><summary id="c-move">' in page.text
    assert 'value="3:00"' in page.text
    assert 'value="soon"' in page.text
    form = page.text[page.text.index('value="3:00"') :]
    assert "is no time" in form[: form.index("</form>")]
    assert '<option value="open" selected>' in page.text
    page = browser.post(where, data={"kind": "accept", "seizure": "s1"})
    assert "0 of 1 shown" in page.text  # it is accepted, and the open ones stay listed
    assert "pattern=&side=&focus=&seizure=s1" in str(page.url)


def test_what_another_reader_changed_meanwhile_is_looked_at_first(member, recording):
    one, other = member("clinician"), member("admin")
    where = f"/recordings/{recording}/corrections"
    one.post(where, data={"kind": "move", "seizure": "s1", "start": "100", "stop": "120", "seen": "0"})
    late = other.post(where, data={"kind": "accept", "seizure": "s1", "seen": "0"})
    assert late.status_code == 422
    assert "clinician moved seizure 1" in late.text
    assert 'name="seen" value="1"' in late.text
    assert other.post(where, data={"kind": "accept", "seizure": "s1", "seen": "1"}).status_code == 200
    assert one.post(where, data={"kind": "add", "start": "10", "stop": "20", "seen": "1"}).status_code == 200
    assert len(seizures(one, recording)["corrections"]) == 3


def test_of_two_readers_who_split_one_seizure_at_once_one_is_told(app, member, recording):
    """Nobody's correction is acknowledged and then passed over."""
    asked = [(member(role), at) for role, at in (("clinician", 118.0), ("admin", 125.0))]
    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(lambda a: correct(a[0], recording, kind="split", seizures=["s1"], start_s=a[1]), asked))
    assert sorted(a.status_code for a in said) == [200, 400]
    told = seizures(asked[0][0], recording)
    assert (len(told["corrections"]), len(told["seizures"])) == (1, 2)


# Infants --------------------------------------------------------------------------------------------------------------


def test_an_infants_record_is_filled_by_forms_that_say_what_is_wrong(app, member, recording):
    browser = member("clinician")
    page = browser.post("/infants", data={"pseudonym": "inf-1", "sex": "female", "gestation": "32+0"})
    where = page.url.path
    assert "inf-1" not in where
    for age, head in ((0, "28,5"), (91, "34.5")):
        assert (
            browser.post(f"{where}/entries", data={"entry": "growth", "age_days": age, "head_cm": head}).status_code
            == 200
        )
    z = browser.get(f"/api{where}").json()["growth"][1]
    known = measured("head", 34.5, "female", Ages(91, 32.0))
    assert (z["z_uncorrected"], z["z_corrected"]) == (known.z_uncorrected, known.z_corrected)
    wrong = browser.post(f"{where}/entries", data={"entry": "growth", "age_days": "-3", "head_cm": "34"})
    assert wrong.status_code == 422
    assert 'class="field wrong"' in wrong.text
    assert browser.post(f"/recordings/{recording}/attach", data={"infant": "inf-1", "age_days": 45}).status_code == 200
    told = app.state.shelf.study.infant("inf-1")
    assert [type(e).__name__ for e in told.in_order] == ["Growth", "Recording", "Growth"]
    assert told.of(Recording)[0].found.seizures == 1
    correct(browser, recording, kind="add", start_s=10.0, stop_s=30.0, electrode="T8")
    assert app.state.shelf.study.infant("inf-1").of(Recording)[0].found.seizures == 2
    rows = browser.get(f"/api{where}/criteria").json()["criteria"]
    assert {row["answer"] for row in rows} <= {"yes", "no", "unknown"}
    assert f"/recordings/{recording}" in browser.get(f"{where}/criteria").text
    assert browser.get(f"{where}/timeline.svg").text.startswith("<svg")
    assert browser.post("/infants", data={"pseudonym": "inf-1"}).status_code == 422
    for form in ("json", "phenopacket", "csv", "fhir"):
        assert browser.get(f"{where}/export/{form}").status_code == 200


def test_every_kind_of_entry_has_a_form_that_can_be_shown(member):
    from ictal.web.forms import KINDS

    browser = member("clinician")
    where = browser.post("/infants", data={"pseudonym": "inf-2"}).url.path
    for kind in KINDS:
        page = browser.get(f"{where}?add={kind}")
        assert page.status_code == 200
        assert 'name="age_days"' in page.text


# The journal ----------------------------------------------------------------------------------------------------------


def test_a_journal_finds_every_change_and_forgets_a_torn_line(tmp_path):
    path = tmp_path / "audit.jsonl"
    journal = Journal(path)
    for k in range(5):
        journal.append({"what": f"number {k}"})
    assert Journal(path).verify() == 5
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"n": 6, "what": "to')
    torn = Journal(path)
    assert torn.verify() == 5
    assert path.read_bytes() == whole
    lines = whole.splitlines(keepends=True)
    for changed in (whole.replace(b"number 2", b"number 7"), b"".join(lines[:1] + lines[2:]), b"".join(lines[1:])):
        path.write_bytes(changed)
        with pytest.raises(TableError):
            Journal(path).verify()


def test_the_audit_trail_says_who_opened_which_recording(app, member, recording):
    member("reader").get(f"/recordings/{recording}/eeg")
    entries = list(app.state.door.audit.entries())
    reader = next(a.id for a in app.state.door.accounts.all() if a.name == "reader")
    assert {"who": reader, "what": "opened EEG", "recording": recording}.items() <= entries[-1].items()
    assert json.dumps(entries)


def test_the_filed_report_is_handed_out_to_who_may_read(app, member, recording):
    pytest.importorskip("typst", reason="A PDF needs the extra `report`.")
    clinician, reader = member("clinician"), member("reader")
    clinician.post("/infants", data={"pseudonym": "kid-7"})
    number = clinician.get("/api/infants").json()[0]["id"]
    clinician.post(f"/recordings/{recording}/attach", data={"infant": "kid-7", "age_days": "40"})
    for twin in (f"/api/infants/{number}", f"/api/recordings/{recording}"):
        links = reader.get(twin).json()["report"]
        pdf, page = reader.get(links["pdf"]), reader.get(links["html"])
        assert pdf.headers["content-type"] == "application/pdf"
        assert pdf.content.startswith(b"%PDF")
        assert "kid-7" not in pdf.headers["content-disposition"]
        assert "sandbox" in page.headers["content-security-policy"]
        assert "Criteria" in page.text
        assert visitor(app).get(links["html"], follow_redirects=False).status_code == 303
    shared = reader.get(f"/infants/{number}/report.html?redacted=true&language=fr").text
    assert "kid-7" not in shared
    assert "First night" not in shared
    assert reader.get(f"/infants/{number}/report.doc").status_code == 422
    assert reader.get("/infants/000000000000/report.pdf").status_code == 404
    assert f"/infants/{number}/report.pdf" in reader.get(f"/infants/{number}").text
    assert any("redacted report as html" in str(line) for line in app.state.door.audit.entries())


def test_a_result_that_is_known_to_be_wrong_says_so(app, member, study, recording):
    findings = next((study / "recordings" / recording).rglob("findings.json"))
    assert "Known to be wrong" not in member("reader").get(f"/recordings/{recording}").text
    said = json.loads(findings.read_text())
    del said["settings"]["tracking"]["edge_s"]
    findings.write_text(json.dumps(said))
    fresh = create_app(Served(study))
    text = sign_in(fresh, "reader").get(f"/recordings/{recording}").text
    assert "Known to be wrong" in text
    assert "lasted little more than the least duration" in text
