"""A study keeps what it is given, for each kind of store alike."""

from __future__ import annotations

import pytest

from ictal.base.errors import EntryError, StudyError, UsageError
from ictal.infant.timeline.types import Death, Dose, Growth, Infant, Treatment
from ictal.study import Study, create_study, open_study

GIRL = Infant(pseudonym="inf-1", sex="female", gestation_weeks=32)


def test_an_infant_comes_back_as_it_was_given(study: Study):
    entries = (
        Growth(age_days=0, head_cm=28.5),
        Growth(age_days=91.25, head_cm=34.5, note="Größe fehlt: 'heute' \"nicht\" \\ gemessen"),
        Treatment(age_days=40, name="phenobarbital", dose=Dose(amount=5, unit="mg/kg/day"), ongoing="yes"),
    )
    study.new(GIRL.with_entries(*entries), who="mk")
    found = study.infant("inf-1")
    assert [e.id for e in found.entries] == ["2", "3", "4"]
    assert (
        tuple(type(e)(**{f: getattr(e, f) for f in e.__struct_fields__ if f != "id"}) for e in found.entries) == entries
    )
    assert study.infants() == (found,)
    assert open_study(study.where).infants() == (found,)


def test_a_pseudonym_belongs_to_one_infant(study: Study):
    study.new(GIRL, who="mk")
    with pytest.raises(StudyError, match="twins have one each"):
        study.new(GIRL, who="mk")
    with pytest.raises(EntryError, match="pseudonym of its own"):
        study.take(Infant(pseudonym="inf-1", sex="male"), who="mk")
    assert study.infants() == (GIRL,)


def test_entries_are_added_all_or_none(study: Study):
    study.new(GIRL, who="mk")
    with pytest.raises(EntryError, match="head_cm"):
        study.add("inf-1", Growth(age_days=1, head_cm=35), Growth(age_days=2, head_cm=350), who="mk")
    assert study.infant("inf-1").entries == ()
    assert study.verify().changes == 1


def test_what_contradicts_the_record_before_it_is_refused_and_the_rest_is_taken(study: Study):
    study.new(GIRL.with_entries(Growth(age_days=30, head_cm=36)), who="mk")
    with pytest.raises(EntryError, match="after death on day 20"):
        study.add("inf-1", Death(age_days=20), who="mk")
    told = (Growth(age_days=10, head_cm=34), Death(age_days=20), Death(age_days=40), Growth(age_days=41, head_cm=36))
    added = study.take(GIRL.with_entries(*told), who="mk")
    assert [place for place, _ in added.refused] == [1, 3]
    assert [type(e) for e in study.infant("inf-1").in_order] == [Growth, Growth, Death]


def test_every_change_says_who_and_what_before(study: Study):
    study.new(GIRL, who="mk")
    (key,) = study.add("inf-1", Growth(age_days=91, head_cm=43.5), who="mk").keys
    study.change(key, Growth(age_days=91, head_cm=34.5), who="dr b")
    study.remove(key, who="dr b")
    added, changed, removed = study.history("inf-1")[1:]
    assert [c.verb for c in (added, changed, removed)] == ["added", "changed", "removed"]
    assert changed.before == added.after
    assert '"head_cm":43.5' in str(changed.before)
    assert removed.before == changed.after
    assert changed.who == "dr b"
    assert study.verify().holds


def test_what_is_the_same_is_no_change(study: Study):
    study.new(GIRL.with_entries(Growth(age_days=1, head_cm=35)), who="mk")
    told = GIRL.with_entries(Growth(age_days=1, head_cm=35), Growth(age_days=2, head_cm=35))
    added = study.take(told, who="mk")
    assert (added.keys, added.known) == (("3",), 1)
    (key, _) = (e.id for e in study.infant("inf-1").entries)
    study.change(key, Growth(age_days=1, head_cm=35), who="mk")
    assert study.verify().changes == 3


def test_what_is_not_there_is_said_with_what_is_near(study: Study):
    study.new(GIRL, who="mk")
    with pytest.raises(StudyError, match="did you mean 'inf-1'"):
        study.infant("inf1")
    with pytest.raises(StudyError, match="no entry '99'"):
        study.remove("99", who="mk")
    with pytest.raises(UsageError, match="ICTAL_WHO"):
        study.add("inf-1", Growth(age_days=1, head_cm=35), who=" ")


def test_a_folder_may_have_any_name(tmp_path):
    folder = tmp_path / "k?ds #1%20 ü;x"
    create_study(folder).new(GIRL, who="mk")
    assert open_study(folder).infants() == (GIRL,)
    assert {file.name for file in folder.iterdir()} == {"study.db", "study.toml"}


def test_an_empty_folder_stays_the_same_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = tmp_path.stat().st_ino
    create_study(".").new(GIRL, who="mk")
    assert tmp_path.stat().st_ino == before
    assert open_study(".").infants() == (GIRL,)
    assert {file.name for file in tmp_path.iterdir()} == {"study.db", "study.toml"}


def test_a_second_study_in_the_same_place_is_refused(study: Study, tmp_path):
    with pytest.raises(UsageError, match="not empty"):
        create_study(study.where)
    if study.engine.dialect.name == "postgresql":
        with pytest.raises(StudyError, match="a study in this place already"):
            create_study(tmp_path / "other", store=str(study.engine.url.set(drivername="postgresql")))
        assert not (tmp_path / "other").exists()
