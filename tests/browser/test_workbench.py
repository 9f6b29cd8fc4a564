"""The workbench in a real browser: the first admin comes in, reads, corrects, and nothing is loaded from elsewhere."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator

import pytest

pytest.importorskip("fastapi", reason="The workbench needs the extra `web`.")

import uvicorn

from ictal.web.app import create_app, first_link
from ictal.web.settings import Served
from tests.browser import chromium
from tests.web.conftest import PASSWORD, finished_study, recording, study  # noqa: F401 - fixtures

pytestmark = pytest.mark.browser

COLOURS = """(() => {
  const c = document.getElementById("v-eeg"), seen = new Set();
  const d = c.getContext("2d").getImageData(0, 0, c.width, c.height).data;
  for (let i = 0; i < d.length; i += 4) seen.add(d[i] << 16 | d[i + 1] << 8 | d[i + 2]);
  return seen.size;
})()"""
"""How many colours are on the canvas of the EEG? One when nothing was drawn."""


@pytest.fixture
def server(study) -> Iterator[tuple[str, object]]:  # noqa: F811
    """The workbench of the study at a port of its own."""
    app = create_app(Served(study))
    runner = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", access_log=False))
    thread = threading.Thread(target=runner.run, daemon=True)
    thread.start()
    while not runner.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{runner.servers[0].sockets[0].getsockname()[1]}", app
    runner.should_exit = True
    thread.join(timeout=30)


@pytest.fixture
def page(tmp_path) -> Iterator[chromium.Page]:
    program = chromium.find()
    if program is None:
        pytest.skip("No Chromium on this machine: install one to run the browser tests.")
    opened = chromium.Page(program, tmp_path / "profile", 1366, 768)
    yield opened
    opened.close()


def wait(page: chromium.Page, expression: str) -> None:
    """Wait until an expression holds in the page."""
    deadline = time.monotonic() + chromium.LONGEST_S
    while not page.value(f"Boolean({expression})"):
        assert time.monotonic() < deadline, expression
        time.sleep(0.05)


def press(page: chromium.Page, key: str) -> None:
    page.value(f"document.dispatchEvent(new KeyboardEvent('keydown', {{key: {json.dumps(key)}, bubbles: true}}))")


def join(page: chromium.Page, base: str, app) -> None:
    page.open(f"{base}{first_link(app)}")
    for field, value in (("name", "Dr Example"), ("password", PASSWORD), ("again", PASSWORD)):
        page.value(f"document.getElementById({field!r}).value = {value!r}")
    page.value("document.querySelector('button.main').click()")
    wait(page, "location.pathname === '/recordings'")


def test_the_first_admin_reads_and_corrects_and_nothing_comes_from_elsewhere(server, page, recording):  # noqa: F811
    base, app = server
    join(page, base, app)
    page.open(f"{base}/recordings/{recording}/eeg")
    wait(page, "window.ictalViewer && window.ictalViewer.ready")
    assert page.value(COLOURS) > 5
    press(page, "ArrowRight")
    wait(page, "window.ictalViewer.state.start === 10")
    press(page, "m")
    wait(page, "window.ictalViewer.state.montage !== window.ictalViewer.outline.preferred")
    press(page, "n")
    wait(page, "window.ictalViewer.state.start > 60")
    press(page, "a")
    wait(page, "window.ictalViewer.marks.seizures[0].verdict === 'accepted'")
    assert [c.kind for c in app.state.shelf.corrections(recording)] == ["accept"]
    page.open(f"{base}/recordings/{recording}/seizures")
    assert page.value("document.querySelector('.seizures li').className") == "accepted"
    page.value("document.querySelector('button[value=reject]').click()")
    wait(page, "document.querySelector('.seizures li').className === 'rejected'")
    press(page, "u")
    wait(page, "document.querySelector('.seizures li').className === 'accepted'")
    wait(page, "document.querySelector('article.seizure').dataset.dressed")
    page.value("document.querySelector('.playpath').click()")
    wait(page, "Number(document.querySelector('.pathtime').value) > 1")
    asked = [e["request"]["url"] for e in page.told("Network.requestWillBeSent")]
    assert asked
    assert all(url.startswith((base, "data:", "about:")) for url in asked), asked
    assert not [e["entry"]["text"] for e in page.told("Log.entryAdded") if e["entry"]["level"] == "error"]
    assert not page.told("Runtime.exceptionThrown")
