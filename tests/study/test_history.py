"""The history is kept by the store, and shows what was done behind its back."""

from __future__ import annotations

import dataclasses

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from ictal.infant.timeline.types import Growth, Infant
from ictal.study import Study
from ictal.study.history import FIRST, Change, seal, verify_chain
from ictal.study.store import Identity

GIRL = Infant(pseudonym="inf-1", sex="female", gestation_weeks=32)


@pytest.fixture
def kept(study: Study) -> Study:
    study.new(GIRL, who="mk")
    for day in range(5):
        study.add("inf-1", Growth(age_days=day, head_cm=30 + day / 10), who="mk")
    study.change("3", Growth(age_days=1, head_cm=30.2), who="dr b")
    study.remove("4", who="dr b")
    return study


def behind_its_back(study: Study, *statements: str) -> None:
    """Change the tables as somebody with the file or a password could."""
    if study.engine.dialect.name == "sqlite":
        off = ["DROP TRIGGER history_update", "DROP TRIGGER history_delete", "PRAGMA foreign_keys=OFF"]
    else:
        off = ["DROP TRIGGER history_kept ON history"]
    with study.engine.connect() as connection, connection.begin():
        for statement in (*off, *statements):
            connection.exec_driver_sql(statement)


@pytest.mark.parametrize("statement", ["UPDATE history SET who = 'nobody'", "DELETE FROM history WHERE number = 8"])
def test_the_store_refuses_to_change_the_history(kept: Study, statement: str):
    with (
        pytest.raises(sa.exc.DBAPIError, match="the history of a study cannot be changed"),
        kept.engine.connect() as connection,
        connection.begin(),
    ):
        connection.exec_driver_sql(statement)
    assert kept.verify().holds


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE history SET who = 'nobody' WHERE number = 3", "Change 3 was altered"),
        ("UPDATE history SET at = '2020-01-01' WHERE number = 1", "Change 1 was altered"),
        ("UPDATE history SET after = replace(after, '30.2', '31.2') WHERE number = 7", "Change 7 was altered"),
        ("UPDATE history SET before = NULL WHERE number = 7", "Change 7 was altered"),
        ("DELETE FROM history WHERE number = 4", "Change 4 is missing"),
        ("DELETE FROM history WHERE number = 8", "The entry '4' is not as the history left it"),
        ("UPDATE entry SET record = replace(record, '30.2', '31.2') WHERE key = '3'", "The entry '3' is not as"),
        ("DELETE FROM entry WHERE key = '2'", "The entry '2' is not as the history left it"),
        ("INSERT INTO entry VALUES ('99', 'inf-1', '{}')", "The entry '99' is not as the history left it"),
        ("UPDATE infant SET record = replace(record, 'female', 'male')", "The infant 'inf-1' is not as"),
    ],
)
def test_what_was_done_behind_its_back_is_seen(kept: Study, statement: str, said: str):
    assert kept.verify().holds
    behind_its_back(kept, statement)
    found = kept.verify()
    assert not found.holds
    assert any(said in problem for problem in found.problems), found.problems


def test_an_end_that_was_cut_off_everywhere_is_seen_by_the_digest_that_was_noted(kept: Study):
    noted = kept.verify().head
    (key,) = kept.add("inf-1", Growth(age_days=9, head_cm=31), who="mk").keys
    later = kept.verify(noted).head
    assert kept.verify(noted).holds
    behind_its_back(kept, f"DELETE FROM history WHERE number = {key}", f"DELETE FROM entry WHERE key = '{key}'")
    assert kept.verify().holds
    assert kept.verify(noted).holds
    assert "its end was cut off" in kept.verify(later).problems[-1]


def test_a_forged_row_with_a_sound_seal_of_its_own_is_seen(kept: Study):
    changes = list(kept.history())
    forged = dataclasses.replace(changes[2], who="nobody")
    changes[2] = dataclasses.replace(forged, digest=seal(forged))
    found = verify_chain(changes, {})
    assert any("Change 4 does not follow" in problem for problem in found.problems)


def test_identities_are_kept_apart(kept: Study, tmp_path):
    name = "Xaveria Quellenstein"
    kept.identify("inf-1", Identity(name=name), who="mk")
    assert kept.identity("inf-1") == Identity(name=name)
    assert name not in repr(kept.history()) + repr(kept.infants())
    last = kept.history()[-1]
    assert (last.subject, last.verb, last.after) == ("identity", "added", "kept apart")
    kept.identify("inf-1", None, who="mk")
    assert kept.identity("inf-1") is None
    assert kept.verify().holds
    if kept.engine.dialect.name == "sqlite":
        assert all(name.encode() not in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())


def chain(texts: list[str]) -> list[Change]:
    changes: list[Change] = []
    for number, text in enumerate(texts, 1):
        before = changes[-1].after if changes else None
        previous = changes[-1].digest if changes else FIRST
        plain = Change(number, "2026-01-01", "mk", "entry", "1", "inf-1", before, text, previous, "")
        changes.append(dataclasses.replace(plain, digest=seal(plain)))
    return changes


@given(st.lists(st.text(min_size=1), min_size=2, max_size=6, unique=True), st.data())
def test_any_change_of_any_field_of_any_row_is_seen(texts: list[str], data: st.DataObject):
    changes = chain(texts)
    now = {("entry", "1"): texts[-1]}
    assert verify_chain(changes, now).holds
    at = data.draw(st.integers(0, len(changes) - 1))
    field = data.draw(st.sampled_from(["at", "who", "subject", "key", "pseudonym", "after", "previous", "digest"]))
    value = data.draw(st.text())
    if value != getattr(changes[at], field):
        changes[at] = dataclasses.replace(changes[at], **{field: value})
        assert not verify_chain(changes, now).holds
