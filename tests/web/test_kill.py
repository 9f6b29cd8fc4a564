"""`kill -9` of the server at any moment, in the middle of uploads and corrections: what was answered is there."""

from __future__ import annotations

import hashlib
import json
import signal
import threading
import time
import urllib.error
from pathlib import Path

import pytest

from ictal.cli import main
from ictal.study import open_study
from ictal.web.accounts import Accounts, Role
from ictal.web.shelf import Shelf, Told
from ictal.web.uploads import Uploads
from tests.web.conftest import PASSWORD, eeg
from tests.web.test_serve import ask, serve  # noqa: F401 - a fixture

MOMENTS_S = (0.05, 0.2, 0.6)
"""How long after the first request the server is killed, time after time."""
PIECE = 60_000
GONE = (OSError, urllib.error.URLError, json.JSONDecodeError)
"""How a request ends whose server was killed."""


class Sender(threading.Thread):
    """Sends pieces of one file until the server dies; `kept` is what was answered."""

    def __init__(self, base: str, token: str, number: str, data: bytes, kept: int) -> None:
        super().__init__(daemon=True)
        self.base, self.token, self.number, self.data, self.kept = base, token, number, data, kept

    def run(self) -> None:
        try:
            while self.kept < len(self.data):
                piece = self.data[self.kept : self.kept + PIECE]
                where = f"/api/uploads/{self.number}?at={self.kept}"
                self.kept = ask(self.base, self.token, "PUT", where, piece, "application/octet-stream")["there"]
        except GONE:
            return


class Corrector(threading.Thread):
    """Corrects and takes back until the server dies; `kept` are the corrections that were answered."""

    def __init__(self, base: str, token: str, recording: str) -> None:
        super().__init__(daemon=True)
        self.base, self.token, self.where = base, token, f"/api/recordings/{recording}/corrections"
        self.kept: list[str] = []

    def run(self) -> None:
        try:
            for k in range(1000):
                asked = {"kind": "add", "start_s": 2.0 * (k % 40), "stop_s": 2.0 * (k % 40) + 1.5}
                for said in (asked, {"kind": "undo"}):
                    self.kept.append(ask(self.base, self.token, "POST", self.where, json.dumps(said).encode())["last"])
        except GONE:
            return


def test_a_kill_at_any_moment_loses_nothing_that_was_answered(serve, study, recording):  # noqa: F811
    (study / "web").mkdir()
    accounts = Accounts(study / "web")
    account = accounts.join(accounts.invite(Role.clinician), "killer", PASSWORD)
    token = accounts.new_token(account, "test", Role.clinician)
    data = eeg(200 * PIECE, 7)
    number, kept, corrections = "", 0, []
    for moment_s in MOMENTS_S:
        process, base, _ = serve(study)
        if not number:
            plan = {"name": "x.edf", "bytes": len(data), "label": "Second night"}
            number = ask(base, token, "POST", "/api/uploads", json.dumps(plan).encode())["id"]
        there = ask(base, token, "GET", f"/api/uploads/{number}")["there"]
        assert there >= kept
        file = study / "web" / "uploads" / number / "data"
        assert file.read_bytes()[:kept] == data[:kept]
        told = [c["id"] for c in ask(base, token, "GET", f"/api/recordings/{recording}/seizures")["corrections"]]
        assert told[: len(corrections)] == corrections
        assert len(told) <= len(corrections) + 1  # one may have been kept and its answer lost
        corrections = told
        sender, corrector = Sender(base, token, number, data, there), Corrector(base, token, recording)
        sender.start()
        corrector.start()
        time.sleep(moment_s)
        process.send_signal(signal.SIGKILL)
        process.wait()
        sender.join(timeout=30)
        corrector.join(timeout=30)
        kept, corrections = sender.kept, corrections + corrector.kept
        assert main.run(["serve", "--study", str(study), "--verify-audit"]) == 0
        assert main.run(["study", "verify", "--study", str(study)]) == 0
    assert corrections
    _, base, _ = serve(study)
    sender = Sender(base, token, number, data, ask(base, token, "GET", f"/api/uploads/{number}")["there"])
    sender.run()
    assert sender.kept == len(data)
    done = ask(base, token, "POST", f"/api/uploads/{number}")["recording"]
    stored = study / "recordings" / done / "recording.edf"
    assert hashlib.sha256(stored.read_bytes()).digest() == hashlib.sha256(data).digest()


@pytest.mark.parametrize("dies_at", ["about", "move", "place", "throw away"])
def test_a_kill_while_an_upload_becomes_a_recording_loses_no_byte(study, monkeypatch, dies_at):
    """The process ends at a step of the way to the shelf; a new one takes up where the disk stands."""
    (study / "web").mkdir()
    shelf = Shelf(study, open_study(study))
    uploads = Uploads(shelf, study / "web", 1 << 30)
    data = eeg(5000, 8)
    number = uploads.begin("x.edf", len(data), Told(label="Second night"), "me").id
    uploads.add(number, "me", 0, data)
    before = {a.id for a in shelf.all()}

    class Killed(BaseException):
        """The end of the process, which no handler sees."""

    def die(*_: object, **__: object) -> None:
        raise Killed

    target = {
        "about": ("ictal.web.shelf.put_whole",),
        "move": (Path, "replace"),
        "place": ("ictal.web.shelf.sync",),
        "throw away": ("ictal.web.uploads.shutil.rmtree",),
    }[dies_at]
    with monkeypatch.context() as patch:
        patch.setattr(*target, die)
        with pytest.raises(Killed):
            uploads.finish(number, "me")
    again = Uploads(Shelf(study, open_study(study)), study / "web", 1 << 30)
    if dies_at in ("about", "move"):  # nothing has left the upload; later it is a recording when the next one starts
        assert again.there(number, "me") == len(data)
    about = again.finish(number, "me")
    assert again.of("me") == ()
    assert {a.id for a in shelf.all()} == {*before, about.id}  # one recording, not two
    assert shelf.file(about.id).read_bytes() == data
