"""`ictal study` and `ictal infant` as a user meets them: what is done, and one sentence for what cannot be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest


@pytest.fixture
def one(ictal, tmp_path: Path, monkeypatch) -> Path:
    """A study with one girl of 32 weeks, in the folder of the test."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ICTAL_WHO", "mk")
    monkeypatch.delenv("ICTAL_STUDY", raising=False)
    assert ictal("study", "init", "s")[0] == 0
    monkeypatch.chdir(tmp_path / "s")
    assert ictal("infant", "new", "inf-1", "--sex", "female", "--gestation-weeks", "32", "--born", "2024-03-01")[0] == 0
    return tmp_path


def told(ictal, pseudonym: str = "inf-1") -> dict:
    code, out, _ = ictal("infant", "show", pseudonym, "--json")
    assert code == 0
    return json.loads(out)


def test_an_entry_by_age_and_one_by_date(ictal, one):
    assert ictal("infant", "add", "inf-1", "growth", "--age-days", "0", "--head-cm", "28.5")[0] == 0
    assert ictal("infant", "add", "inf-1", "growth", "--date", "2024-05-31", "--head-cm", "34.5")[0] == 0
    entries = told(ictal)["infant"]["entries"]
    assert [(e["entry"], e["age_days"], e["head_cm"]) for e in entries] == [("growth", 0, 28.5), ("growth", 91, 34.5)]
    code, out, _ = ictal("infant", "timeline", "inf-1", "--json")
    assert code == 0
    assert [e["corrected_age_days"] for e in json.loads(out)] == [-56, 35]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("growth --date 2024-02-01 --head-cm 30", "29 days before birth"),
        ("growth --age-days -3 --head-cm 30", "before birth"),
        ("growth --age-days 3 --head-cm 345", "from 15 to 70"),
        ("growth --age-days 3", "no measurement"),
        ("growth --head-cm 30", "needs 'age_days'"),
        ("treatment --age-days 40 --name phenobarbital --dose 5", "no unit"),
        ("treatment --age-days 40 --name phenobarbital --dose 5mg/kg/day --stop-age-days 30", "before it starts"),
        ("feature --age-days 40 --hpo-id HP:9999999 --present yes", "no HPO term HP:9999999"),
        ("feature --age-days 40 --hpo-id hypotnia --present yes", "Did you mean HP:0001252 Hypotonia"),
        ("growht --age-days 40", "Did you mean 'growth'"),
        ("diary --age-days 40 --seizures 2 --by-kind tonic=3", "cannot have 3 by kind"),
        ("diary --age-days 40 --by-kind tonic", "no pair"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_nothing_else_is_lost(ictal, one, words: str, said: str):
    assert ictal("infant", "add", "inf-1", "growth", "--age-days", "1", "--head-cm", "28.5")[0] == 0
    before = told(ictal)
    code, out, err = ictal("infant", "add", "inf-1", *words.split())
    assert code in (2, 3)
    assert said in err
    assert out == ""
    assert len(err.strip().splitlines()) == 1
    assert told(ictal) == before
    assert ictal("study", "verify")[0] == 0


def test_options_may_stand_before_the_kind_and_a_broken_encoding_is_said_in_words(ictal, one):
    here = str(one / "s")
    words = ("growth", "--age-days", "1", "--head-cm", "35")
    assert ictal("infant", "add", "inf-1", "--study", here, "--who", "x", *words)[0] == 0
    assert ictal("infant", "add", "--study", here, "inf-1", *words)[1] == "This entry was in the record already.\n"
    code, _, err = ictal("infant", "add", "inf-1", *words, "--note", "\udcff")
    assert (code, "encoding" in err) == (2, True)


def test_a_head_that_shrinks_is_kept_and_flagged(ictal, one):
    ictal("infant", "add", "inf-1", "growth", "--age-days", "90", "--head-cm", "37")
    code, _, err = ictal("infant", "add", "inf-1", "growth", "--age-days", "120", "--head-cm", "32")
    assert code == 0
    assert "by 5 cm" in err
    assert len(told(ictal)["infant"]["entries"]) == 2
    assert "flagged" in told(ictal)["problems"][0]


def test_twins_need_a_pseudonym_each(ictal, one):
    code, _, err = ictal("infant", "new", "inf-1", "--sex", "male")
    assert code == 3
    assert "twins have one each" in err
    assert told(ictal)["infant"]["sex"] == "female"


def test_what_holds_for_good_can_be_corrected(ictal, one):
    ictal("infant", "add", "inf-1", "growth", "--age-days", "1", "--head-cm", "28.5")
    assert ictal("infant", "describe", "inf-1", "--gestation-weeks", "33+1", "--plurality", "twin")[0] == 0
    found = told(ictal)["infant"]
    assert (found["sex"], found["plurality"], found["gestation_weeks"]) == ("female", "twin", pytest.approx(33 + 1 / 7))
    assert len(found["entries"]) == 1
    for words in ((), ("--sex", "girl"), ("--gestation-weeks", "60")):
        assert ictal("infant", "describe", "inf-1", *words)[0] in (2, 3)
    assert told(ictal)["infant"] == found


def test_a_correction_and_a_removal_stay_in_the_history(ictal, one):
    _, out, _ = ictal("infant", "add", "inf-1", "growth", "--age-days", "91", "--head-cm", "43.5", "--weight-kg", "4")
    key = out.split()[1].rstrip(":")
    assert ictal("infant", "change", key, "--head-cm", "34.5")[0] == 0
    entry = told(ictal)["infant"]["entries"][0]
    assert (entry["head_cm"], entry["weight_kg"]) == (34.5, 4)
    assert ictal("infant", "remove", key, "--who", "dr b")[0] == 0
    assert told(ictal)["infant"]["entries"] == []
    code, out, _ = ictal("study", "history", "inf-1", "--json")
    assert code == 0
    assert [c["verb"] for c in json.loads(out)] == ["added", "added", "added", "changed", "removed"]
    assert json.loads(out)[-1]["who"] == "dr b"
    assert "43.5" in json.loads(out)[3]["before"]


def test_out_and_in_again_with_what_is_not_held_in_words(ictal, one):
    ictal("infant", "add", "inf-1", "growth", "--age-days", "91", "--head-cm", "34.5")
    ictal("infant", "add", "inf-1", "feature", "--age-days", "91", "--hpo-id", "Hypotonia", "--present", "no")
    ictal("infant", "add", "inf-1", "diary", "--age-days", "91", "--seizures", "3")
    code, out, err = ictal("infant", "export", "inf-1")
    assert code == 0
    assert "'diary' at 91 days" in err
    assert "2024" not in json.dumps(json.loads(out)["subject"])
    Path("packet.json").write_text(out)
    ictal("infant", "new", "inf-2")
    assert ictal("infant", "add", "inf-2", "--from", "packet.json")[0] == 0
    assert [e["entry"] for e in told(ictal, "inf-2")["infant"]["entries"]] == ["feature", "growth"]
    assert told(ictal, "inf-2")["infant"]["gestation_weeks"] == 32
    code, out, _ = ictal("infant", "add", "inf-2", "--from", "packet.json")
    assert (code, "2 were there already" in out) == (0, True)
    assert ictal("infant", "export", "inf-1", "--to", "csv", "--out", "all.csv")[0] == 0
    assert ictal("infant", "export", "inf-1", "--to", "csv", "--out", "all.csv")[0] == 2
    assert ictal("study", "init", "../t")[0] == 0
    assert ictal("study", "import", "all.csv", "--study", "../t")[0] == 0
    assert json.loads(ictal("study", "show", "--study", "../t", "--json")[1])[0]["entries"] == "3"


def test_a_bad_row_of_a_table_costs_itself_alone(ictal, one):
    Path("ku.csv").write_text("Alter;KU\n10;35,5\n20;99\n30;36,1\n")
    arguments = (
        "infant",
        "add",
        "inf-1",
        "--from",
        "ku.csv",
        "--entry",
        "growth",
        "--columns",
        "age_days=Alter,head_cm=KU",
    )
    code, out, err = ictal(*arguments)
    assert code == 3
    assert "2 entries added" in out
    assert "line 3" in err
    assert [e["head_cm"] for e in told(ictal)["infant"]["entries"]] == [35.5, 36.1]


def test_the_course_is_drawn_whole_or_not_at_all(ictal, one):
    ictal("infant", "add", "inf-1", "growth", "--age-days", "91", "--head-cm", "34.5")
    assert ictal("infant", "timeline", "inf-1", "--svg", "course.svg")[0] == 0
    assert Path("course.svg").read_text().startswith("<svg")
    code, _, err = ictal("infant", "timeline", "inf-1", "--svg", "course.svg")
    assert (code, "--overwrite" in err) == (2, True)


def test_terms_as_you_type(ictal):
    code, out, _ = ictal("infant", "terms", "migrating", "foc", "--json")
    assert code == 0
    assert json.loads(out)["terms"] == [{"hpo_id": "HP:0032786", "label": "Migrating focal seizure"}]
    assert ictal("infant", "terms", "xyzzy")[0] == 3


def test_verify_says_what_was_altered(ictal, one):
    import sqlite3

    code, out, _ = ictal("study", "verify", "--json")
    assert (code, json.loads(out)["holds"]) == (0, True)
    store = sqlite3.connect("study.db")
    store.execute("UPDATE infant SET record = replace(record, 'female', 'male')")
    store.commit()
    store.close()
    code, out, err = ictal("study", "verify")
    assert code == 3
    assert "The infant 'inf-1' is not as the history left it." in out
    assert "does not hold" in err


def test_where_there_is_no_study_it_is_said_how_to_make_one(ictal, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ICTAL_STUDY", raising=False)
    for arguments in (
        ("infant", "show", "a"),
        ("study", "verify", "--study", "gone"),
        ("study", "show", "--study", "."),
    ):
        code, _, err = ictal(*arguments)
        assert code in (2, 3)
        assert "ictal study init" in err
    Path("study.toml").write_text('form = 1\nstore = "study.db"\n')
    assert "missing" in ictal("study", "show")[2]
    Path("study.db").write_bytes(b"this is no SQLite file, whatever its name says" * 30)
    assert "not an SQLite file" in ictal("study", "show")[2]
    Path("study.toml").write_text("form = 1\nstore = 'postgresql://nobody@127.0.0.1:1/none'\n")
    code, _, err = ictal("study", "show")
    assert code == 3
    assert len(err.strip().splitlines()) == 1


def test_a_password_does_not_go_into_a_study(ictal, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, _, err = ictal("study", "init", "s", "--store", "postgresql://a:secret@localhost/b")
    assert (code, "PGPASSWORD" in err, "secret" in err) == (2, True, False)
    assert not Path("s").exists()
