"""People before a real browser: a workbench that is served, and somebody who clicks, types and reads in it."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="The workbench needs the extra `web`.")
pytest.importorskip("playwright", reason="The journeys need Playwright: install the extra `test`.")

import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright

from tests.browser import chromium
from tests.web.conftest import PASSWORD

LONGEST_S = 60.0


@contextlib.contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """The address of a workbench while it runs."""
    runner = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", access_log=False, proxy_headers=False))
    thread = threading.Thread(target=runner.run, daemon=True)
    thread.start()
    while not runner.started:
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{runner.servers[0].sockets[0].getsockname()[1]}"
    finally:
        runner.should_exit = True
        thread.join(timeout=30)


@contextlib.contextmanager
def chromium_of_this_machine() -> Iterator[Browser]:
    """Debian's Chromium under Playwright; skips where there is none."""
    program = chromium.find()
    if program is None:
        pytest.skip("No Chromium on this machine: install one to run the browser tests.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


class Person:
    """Somebody with a browser of their own: `faults` are what pages complained of, `foreign` what they asked others."""

    def __init__(self, browser: Browser, base: str, elsewhere: str = "nowhere:", **how: object) -> None:
        self.base, self.elsewhere = base, elsewhere
        self.context: BrowserContext = browser.new_context(
            base_url=base, viewport={"width": 1366, "height": 768}, reduced_motion="reduce", **how
        )
        self.context.set_default_timeout(1e3 * LONGEST_S)
        self.page: Page = self.context.new_page()
        self.faults: list[str] = []
        self.foreign: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", lambda said: self.faults.append(said.text) if "Policy" in said.text else None)
        self.page.on("request", self._asked)

    def _asked(self, request: object) -> None:
        if not request.url.startswith((self.base, self.elsewhere, "data:", "blob:", "about:")):
            self.foreign.append(request.url)

    def goes(self, path: str) -> None:
        """Open a page of the workbench."""
        self.page.goto(path)

    def says(self, **fields: str) -> None:
        """Fill the fields of a form, by their labels (`_` for a blank)."""
        for label, text in fields.items():
            self.page.get_by_label(label.replace("_", " "), exact=True).fill(text)

    def joins(self, path: str, name: str) -> None:
        """Take up an invitation."""
        self.goes(path)
        self.says(Name=name, Password=PASSWORD, The_same_again=PASSWORD)
        self.page.get_by_role("button", name="Join").click()

    def signs_in(self, name: str, password: str = PASSWORD) -> None:
        if "/sign-in" not in self.page.url:
            self.goes("/sign-in")
        self.says(Name=name, Password=password)
        self.page.get_by_role("button", name="Sign in", exact=True).click()

    def waits(self, expression: str) -> None:
        """Wait until an expression holds in the page (the policy of the pages forbids to do it inside)."""
        deadline = time.monotonic() + LONGEST_S
        while not self._holds(expression):
            assert time.monotonic() < deadline, expression
            time.sleep(0.02)

    def _holds(self, expression: str) -> bool:
        try:
            return bool(self.page.evaluate(f"Boolean({expression})"))
        except Error as error:
            if "context was destroyed" not in str(error):  # the page goes on to another one
                raise
            return False

    def reads(self) -> str:
        """What stands on the page?"""
        return self.page.locator("main").inner_text()


def axe(root: Path) -> str:
    """The text of axe-core; skips where `npm ci` was not run."""
    found = root / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
    if not found.is_file():
        pytest.skip("axe-core is not here: run `npm ci` in frontend/.")
    return found.read_text(encoding="utf-8")


SERIOUS = """async () => (await axe.run()).violations
  .filter((v) => ["serious", "critical"].includes(v.impact))
  .map((v) => [v.id, ...v.nodes.slice(0, 4).map((n) => n.html.slice(0, 160) + n.any.map((a) => a.message))])"""
"""What axe finds serious on the page."""
