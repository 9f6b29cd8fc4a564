"""A full disk under the workbench, and clocks that are set back: what was answered stays, and nobody is kept out."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="The workbench needs the extra `web`.")

from ictal.base.errors import StudyError
from ictal.web import accounts as accounts_of
from ictal.web import sessions as sessions_of
from ictal.web.accounts import Accounts, Role
from ictal.web.journal import Journal
from ictal.web.kept import load
from ictal.web.sessions import Limit, Sessions
from tests.web.conftest import PASSWORD

FULL = OSError(errno.ENOSPC, "No space left on device")


def full(*_: object) -> None:
    raise FULL


def test_half_a_line_does_not_break_the_chain_of_those_that_follow(tmp_path, monkeypatch):
    journal = Journal(tmp_path / "audit.jsonl")
    journal.append({"what": "one"})
    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)  # the line is there, and could not be made sure of
        with pytest.raises(OSError, match="No space"):
            journal.append({"what": "two"})
    journal.append({"what": "three"})
    assert journal.verify() == 2
    assert [e["what"] for e in Journal(tmp_path / "audit.jsonl").entries()] == ["one", "three"]


def test_an_account_that_is_not_on_the_disk_is_no_account(tmp_path, monkeypatch):
    accounts = Accounts(tmp_path)
    link = accounts.invite(Role.reader)
    with monkeypatch.context() as patch:
        patch.setattr(accounts_of, "put_whole", full)
        with pytest.raises(OSError, match="No space"):
            accounts.join(link, "reader", PASSWORD)
    assert accounts.all() == ()
    assert accounts.join(link, "reader", PASSWORD).name == "reader"


class Clock:
    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def test_a_full_disk_signs_nobody_out(tmp_path, monkeypatch):
    clock = Clock()
    sessions = Sessions(tmp_path, clock)
    number = sessions.begin("a")
    clock.now += 300
    monkeypatch.setattr(sessions_of, "put_whole", full)
    assert sessions.account(number) == "a"
    with pytest.raises(OSError, match="No space"):
        sessions.begin("b")
    assert sessions.account(number) == "a"


def test_a_clock_that_is_set_back_makes_no_session_longer_and_keeps_nobody_out(tmp_path):
    clock = Clock()
    sessions, limit = Sessions(tmp_path, clock), Limit(2, 900, clock)
    number = sessions.begin("a")
    assert limit.allows("x")
    assert limit.allows("x")
    assert not limit.allows("x")
    clock.now -= 86400
    assert sessions.account(number) is None
    assert limit.allows("x")
    assert sessions.account(sessions.begin("a")) == "a"


def test_a_damaged_file_is_one_sentence(tmp_path: Path):
    (tmp_path / "jobs.json").write_text("{")
    with pytest.raises(StudyError, match=r"'jobs.json' was damaged.*restore it from a copy"):
        load(tmp_path / "jobs.json", list, [])
