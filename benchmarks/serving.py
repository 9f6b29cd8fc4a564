"""A server of a study as a process of its own, for the benchmarks of the workbench."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from ictal.study import Study, create_study, open_study
from ictal.web.accounts import Accounts, Role
from ictal.web.sessions import Sessions


def prepared(study: Path) -> Study:
    """The study of a folder, made when it is not there."""
    return open_study(study) if study.exists() else create_study(study)


class Server:
    """`ictal serve` of a study that has one clinician, `base` its address, `session` and `token` her keys."""

    def __init__(self, study: Path) -> None:
        self._study = study
        private = study / "web"
        private.mkdir(mode=0o700, exist_ok=True)
        accounts = Accounts(private)
        account = accounts.join(accounts.invite(Role.clinician), "benchmark", "a sentence that is long")
        self.token = accounts.new_token(account, "benchmark", Role.clinician)
        self.session = Sessions(private, time.time).begin(account.id)
        self.start()

    def start(self) -> None:
        """Start, and wait until it answers."""
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            port = found.getsockname()[1]
        self.base = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "ictal", "serve", "--study", str(self._study), "--port", str(port)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while True:
            try:
                urllib.request.urlopen(f"{self.base}/healthz", timeout=5).close()
                return
            except OSError:
                if self.process.poll() is not None:
                    raise RuntimeError("The server did not start.") from None
                time.sleep(0.05)

    def get(self, path: str, method: str = "GET", body: bytes | None = None, kind: str = "application/json") -> bytes:
        """Ask; raises `OSError` for every answer that is no success."""
        headers = {"authorization": f"Bearer {self.token}", "content-type": kind}
        request = urllib.request.Request(self.base + path, body, headers, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return bytes(answer.read())

    def most_mb(self) -> float:
        """The most memory that the process had, in MB (Linux)."""
        return self._memory("VmHWM")

    def now_mb(self) -> float:
        """The memory that it has now."""
        return self._memory("VmRSS")

    def _memory(self, what: str) -> float:
        text = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(text.partition(f"{what}:")[2].split()[0]) / 1024

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(timeout=60)
