"""A Chromium without a window, driven over a pair of pipes: what it loaded, what it complained of, how wide it is."""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import time
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-component-update",
    "--disable-background-networking", "--disable-sync", "--disable-dev-shm-usage", "--remote-debugging-pipe",
)  # fmt: skip
LONGEST_S = 60.0


def find() -> str | None:
    """Where is a Chromium? `None` when this machine has none."""
    return next((found for found in map(shutil.which, NAMES) if found), None)


class Page:
    """One tab. `events` holds everything the browser told, in order."""

    def __init__(self, program: str, profile: Path, width: int, height: int) -> None:
        to_browser, self._write = os.pipe()
        self._read, from_browser = os.pipe()
        self._process = self._start(program, (*FLAGS, f"--user-data-dir={profile}"), to_browser, from_browser)
        os.close(to_browser)
        os.close(from_browser)
        self._rest, self._count, self._session = b"", 0, None
        self.events: list[dict] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Network", "Runtime", "Log", "Page"):
            self.call(f"{domain}.enable")
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    @staticmethod
    def _start(program: str, flags: tuple[str, ...], to_browser: int, from_browser: int) -> subprocess.Popen[bytes]:
        """The browser reads commands at 3 and writes answers at 4, whatever the numbers of our own ends are."""
        script = f'exec "$0" "$@" 3<&{to_browser} 4>&{from_browser}'
        return subprocess.Popen(
            ["bash", "-c", script, program, *flags, "about:blank"],
            pass_fds=(to_browser, from_browser),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def _next(self, deadline: float) -> dict:
        while b"\0" not in self._rest:
            if not select.select([self._read], [], [], max(0.0, deadline - time.monotonic()))[0]:
                raise TimeoutError("Chromium did not answer in time.")
            piece = os.read(self._read, 1 << 20)
            if not piece:
                raise ConnectionError("Chromium ended before it answered.")
            self._rest += piece
        text, self._rest = self._rest.split(b"\0", 1)
        return json.loads(text)

    def call(self, method: str, **parameters: object) -> dict:
        self._count += 1
        message = {"id": self._count, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + LONGEST_S
        while True:
            answer = self._next(deadline)
            if answer.get("id") == self._count:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def open(self, address: str) -> None:
        """Go to a page and wait until it has loaded."""
        seen = len(self.events)
        loader = self.call("Page.navigate", url=address).get("loaderId")
        deadline = time.monotonic() + LONGEST_S
        while not self._loaded(self.events[seen:], loader):
            self.events.append(self._next(deadline))

    @staticmethod
    def _loaded(events: list[dict], loader: str | None) -> bool:
        """Was the page of this loader loaded? The end of the page before it may come late, and does not count."""
        here = loader is None
        for event in events:
            frame = event.get("params", {}).get("frame", {})
            here = here or (event.get("method") == "Page.frameNavigated" and frame.get("loaderId") == loader)
            if here and event.get("method") == "Page.loadEventFired":
                return True
        return False

    def value(self, expression: str) -> object:
        """What does an expression of JavaScript give in the page?"""
        return self.call("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def told(self, method: str) -> list[dict]:
        return [e["params"] for e in self.events if e.get("method") == method]

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=LONGEST_S)
        os.close(self._write)
        os.close(self._read)
