"""What the workbench keeps, its owner alone can read, whatever the umask: recordings, accounts, sessions, trail."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from ictal.study import create_study
from ictal.web.accounts import Role
from ictal.web.app import create_app
from ictal.web.settings import Served
from ictal.web.shelf import Shelf, Told
from tests.web.conftest import PASSWORD, sign_in


@pytest.mark.skipif(sys.platform == "win32", reason="Modes of files are POSIX's.")
def test_everything_of_the_workbench_is_its_owners_alone(tmp_path: Path):
    before = os.umask(0)
    try:
        folder = tmp_path / "s"
        study = create_study(folder)
        app = create_app(Served(folder), study=study)
        accounts = app.state.door.accounts
        accounts.join(accounts.invite(Role.clinician), "reader", PASSWORD)
        browser = sign_in(app, "reader")
        (tmp_path / "night.edf").write_bytes(b"0" * 512)
        (tmp_path / "night.edf").chmod(0o600)
        Shelf(folder, study).take(tmp_path / "night.edf", ".edf", Told(label="Night"), "reader")
        begun = browser.post("/api/uploads", json={"name": "night.edf", "bytes": 1000, "label": "Second night"})
        assert begun.status_code == 200, begun.text
        names = {p.name for p in folder.rglob("*")}
        assert {"study.db", "accounts.json", "audit.jsonl", "recording.edf", "plan.json", "data"} <= names
        found = {p.relative_to(folder): oct(p.stat().st_mode & 0o777) for p in [folder, *folder.rglob("*")]}
        assert {p: mode for p, mode in found.items() if int(mode, 8) & 0o077} == {}
    finally:
        os.umask(before)
