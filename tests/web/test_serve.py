"""`ictal serve` as a process: what it prints, what it refuses, and what is there after it was killed."""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from ictal.cli import main
from ictal.web.accounts import Accounts, Role
from tests.web.conftest import PASSWORD

FIRST_S = 60.0


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def serve(tmp_path) -> Iterator[Callable[..., tuple[subprocess.Popen[str], str, Path]]]:
    """Start a server of a study; gives the process, its address, and the file of what it said."""
    started: list[subprocess.Popen[str]] = []

    def start(study: Path) -> tuple[subprocess.Popen[str], str, Path]:
        port, said = free_port(), tmp_path / f"said{len(started)}.txt"
        command = [sys.executable, "-m", "ictal", "serve", "--study", str(study), "--port", str(port)]
        with said.open("w") as out:
            started.append(subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, text=True))
        base, deadline = f"http://127.0.0.1:{port}", time.monotonic() + FIRST_S
        while True:
            try:
                with urllib.request.urlopen(f"{base}/healthz", timeout=5) as answer:
                    assert json.load(answer) == {"status": "ok"}
                    return started[-1], base, said
            except OSError:
                assert time.monotonic() < deadline, said.read_text()
                assert started[-1].poll() is None, said.read_text()
                time.sleep(0.1)

    yield start
    for process in started:
        process.kill()
        process.wait()


def ask(base: str, token: str, method: str, path: str, body: bytes | None = None, kind: str = "application/json"):
    headers = {"authorization": f"Bearer {token}", "content-type": kind}
    request = urllib.request.Request(base + path, data=body, headers=headers, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + FIRST_S
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def sent(base: str, token: str, upload: str, at: int):
    piece = bytes([at // 500 % 256]) * 500
    return ask(base, token, "PUT", f"/api/uploads/{upload}?at={at}", piece, "application/octet-stream")


def added(base: str, token: str, recording: str, k: int):
    """A seizure put where no other is: one a second, of half a second."""
    asked = json.dumps({"kind": "add", "start_s": 1.0 * k, "stop_s": k + 0.5}).encode()
    return ask(base, token, "POST", f"/api/recordings/{recording}/corrections", asked)


def until_it_dies(kept: list, do: Callable[[int], object]) -> None:
    """Go on until the server is gone; `kept` holds what was acknowledged."""
    with contextlib.suppress(OSError, http.client.HTTPException):
        for k in range(len(kept), 90):
            kept.append(do(k))
            time.sleep(0.02)


def test_what_was_acknowledged_outlives_a_kill(serve, study, recording):
    (study / "web").mkdir()
    accounts = Accounts(study / "web")
    account = accounts.join(accounts.invite(Role.clinician), "killer", PASSWORD)
    token = accounts.new_token(account, "test", Role.clinician)
    process, base, said = serve(study)
    plan = {"name": "x.edf", "bytes": 9000, "label": "Second night"}
    number = ask(base, token, "POST", "/api/uploads", json.dumps(plan).encode())["id"]
    other = ask(base, token, "POST", "/api/uploads", json.dumps({**plan, "bytes": 10**6}).encode())["id"]
    for k in range(4):
        sent(base, token, number, 500 * k)
    corrections = [added(base, token, recording, k)["last"] for k in range(3)]
    asked = urllib.request.Request(f"{base}/recordings/{recording}/analyse", b"", {"authorization": f"Bearer {token}"})
    urllib.request.urlopen(asked, timeout=30).close()
    state = f"/api/recordings/{recording}"
    until(lambda: ask(base, token, "GET", state)["share"] > 0)
    (analysis,) = psutil.Process(process.pid).children()
    pieces: list[int] = []
    threads = [
        threading.Thread(target=until_it_dies, args=(corrections, lambda k: added(base, token, recording, k)["last"])),
        threading.Thread(target=until_it_dies, args=(pieces, lambda k: sent(base, token, other, 500 * k)["there"])),
    ]
    for thread in threads:
        thread.start()
    until(lambda: len(corrections) > 5 and len(pieces) > 2)
    process.send_signal(signal.SIGKILL)  # in mid-analysis, mid-correction and mid-upload
    process.wait()
    for thread in threads:
        thread.join()
    analysis.wait(timeout=FIRST_S)
    _, base, _ = serve(study)
    assert ask(base, token, "GET", f"/api/uploads/{number}") == {"there": 2000}
    assert pieces[-1] <= ask(base, token, "GET", f"/api/uploads/{other}")["there"] <= pieces[-1] + 500
    told = ask(base, token, "GET", f"/api/recordings/{recording}/seizures")["corrections"]
    assert [c["id"] for c in told][: len(corrections)] == corrections
    assert len(told) <= len(corrections) + 1  # the last may have been kept, and its answer lost
    assert main.run(["serve", "--study", str(study), "--verify-audit"]) == 0
    assert main.run(["study", "verify", "--study", str(study)]) == 0
    assert "killer" not in said.read_text()
    until(lambda: ask(base, token, "GET", state)["state"] == "done")
    folder = study / "recordings" / recording
    assert {p.name for p in folder.iterdir()} == {"about.json", "recording.edf", "view", "result", ".lock"}


def test_a_new_folder_becomes_a_study_with_a_link_for_its_first_admin(serve, tmp_path):
    _, base, said = serve(tmp_path / "new")
    link = re.search(rf"{base}/join/[\w-]+", said.read_text())
    assert link
    with urllib.request.urlopen(link[0], timeout=30) as answer:
        assert "Set up this workbench" in answer.read().decode()
    assert (tmp_path / "new" / "web").stat().st_mode & 0o077 == 0
    code = main.run(["serve", "--study", str(tmp_path / "new"), "--port", str(free_port())])
    assert code == 2  # another server has it open


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (["--port", "0"], "0"),
        (["--port", "99999"], "99999"),
        (["--site-network", "nonsense"], "nonsense"),
        (["--site-network", "127.0.0.1/32"], "127.0.0.1"),
        (["--trusted-proxy", "x"], "x"),
        (["--host", "192.0.2.77"], "192.0.2.77"),
        (["--verify-audit"], "never served"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_one_sentence(tmp_path, capsys, options, word):
    assert main.run(["serve", "--study", str(tmp_path / "new"), *options]) == 2
    told = capsys.readouterr().err
    assert word in told
    assert "Traceback" not in told


def test_a_folder_of_something_else_is_no_study(tmp_path, capsys):
    (tmp_path / "file.txt").write_text("x")
    assert main.run(["serve", "--study", str(tmp_path)]) in (2, 3)
    assert main.run(["serve", "--study", str(tmp_path / "file.txt")]) == 2
    assert "Traceback" not in capsys.readouterr().err
