"""The EEG viewer in a real browser: what is drawn is what the file holds, gaps are gaps, keys do what the page says."""

from __future__ import annotations

import json
import time
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("fastapi", reason="The workbench needs the extra `web`.")

from ictal.base.electrodes import TEN_TWENTY
from ictal.base.time import Interval
from ictal.eeg.recording import read
from ictal.eeg.recording.memory import from_arrays
from ictal.exchange.edf import write_edf
from ictal.study import create_study
from ictal.web import work
from ictal.web.jobs import Jobs
from ictal.web.shelf import Shelf, Told
from tests.browser import chromium
from tests.browser.test_workbench import join, page, press, server, wait  # noqa: F401 - fixtures

pytestmark = pytest.mark.browser

RATE_HZ, PART_S, GAP_S = 256, 80, 25.0
MM_PX = 96 / 25.4
RECORD = """(() => { const c = window.ictalViewer.traces.context, own = {}; window.paths = [];
  for (const name of ["beginPath", "moveTo", "lineTo", "stroke"]) own[name] = c[name].bind(c);
  let path = [];
  c.beginPath = () => { path = []; own.beginPath(); };
  c.moveTo = (x, y) => { path.push([x, y, 1]); own.moveTo(x, y); };
  c.lineTo = (x, y) => { path.push([x, y, 0]); own.lineTo(x, y); };
  c.stroke = () => { window.paths.push(path); own.stroke(); }; })()"""
"""Write down every line that is drawn on the canvas: x, y, and whether the pen was lifted."""


def shown() -> np.ndarray:
    """What a reader is to see of each channel: two parts of 80 s, 2-25 Hz, `(19, n)`."""
    rng = np.random.default_rng(9)
    parts = []
    for _ in range(2):
        n = PART_S * RATE_HZ
        frequency_hz = np.fft.rfftfreq(n, 1 / RATE_HZ)
        spectrum = np.fft.rfft(rng.standard_normal((len(TEN_TWENTY), n)))
        spectrum[:, (frequency_hz < 2.0) | (frequency_hz > 25.0)] = 0
        wave = np.fft.irfft(spectrum, n)
        parts.append(40 * wave / wave.std())
    return np.hstack(parts)


@pytest.fixture(scope="module")
def gaps_edf(tmp_path_factory) -> Path:
    """That, with drift and mains that the filter takes away, as EDF+D with a gap between the parts."""
    path = tmp_path_factory.mktemp("gaps") / "gaps.edf"
    uv = shown()
    time_s = np.arange(uv.shape[1]) / RATE_HZ
    other = 30 * np.sin(2 * np.pi * 0.05 * time_s) + 25 * np.sin(2 * np.pi * 50.0 * time_s)
    uv = uv + other * np.linspace(0.2, 1.0, len(uv))[:, None]
    spans = (Interval(0.0, PART_S), Interval(PART_S + GAP_S, 2 * PART_S + GAP_S))
    labels = list(TEN_TWENTY)
    write_edf(from_arrays(uv, RATE_HZ, labels, segments=spans, start=datetime(2024, 3, 1, 22, 15)), path)
    assert b"EDF+D" in path.read_bytes()[:256]
    return path


@pytest.fixture
def study(tmp_path, gaps_edf, monkeypatch) -> Path:
    """A study with that recording and its overview; it is not analysed."""
    monkeypatch.setattr(Jobs, "start", lambda self: None)
    folder = tmp_path / "study"
    copy = tmp_path / "copy.edf"
    copy.write_bytes(gaps_edf.read_bytes())
    shelf = Shelf(folder, create_study(folder))
    about = shelf.take(copy, ".edf", Told(label="Two parts"), "nobody")
    work.make_view(shelf.folder(about.id), read(shelf.file(about.id)))
    return folder


@pytest.fixture
def viewer(server, page) -> chromium.Page:  # noqa: F811
    """The viewer, open."""
    base, app = server
    join(page, base, app)
    page.open(f"{base}/recordings/{app.state.shelf.all()[0].id}/eeg")
    wait(page, "window.ictalViewer && window.ictalViewer.ready")
    page.value(RECORD)
    return page


def drawn(viewer: chromium.Page, change: str) -> tuple[list[str], list[np.ndarray], dict]:
    """After a change: the labels of the rows, the line of each, and what the page was."""
    told = viewer.call(
        "Runtime.evaluate",
        expression=f"""(async () => {{ const v = window.ictalViewer; {change}; window.paths = []; await v.show();
          const rows = v.outline.montages.find((m) => m.name === v.state.montage).rows;
          const of = (p, k) => [rows[k].label, p.middle.get(k), p.left, p.width];
          const at = v.traces.drawn.flatMap((p) => p.members.map((k) => of(p, k)));
          return JSON.stringify({{ at, state: v.state, lines: window.paths.filter((p) => p.length > 200) }}); }})()""",
        awaitPromise=True,
        returnByValue=True,
    )
    found = json.loads(told["result"]["value"])
    return [a[0] for a in found["at"]], [np.array(line) for line in found["lines"]], found


def expected(label: str, times_s: np.ndarray) -> np.ndarray:
    """The truth of a row at times of the recording."""
    uv = dict(zip(TEN_TWENTY, shown(), strict=True))
    one, other = label.split("-")
    row = uv[one] - (np.mean(list(uv.values()), axis=0) if other == "avg" else uv[other])
    at = np.where(times_s < PART_S, times_s, times_s - GAP_S) * RATE_HZ
    return row[np.round(at).astype(int)]


@pytest.mark.parametrize(
    "change",
    [
        "v.state.start = 20; v.state.montage = 'average'",
        "v.state.start = 33; v.state.montage = 'longitudinal'; v.state.gain = 30",
        "v.state.start = 130; v.state.montage = 'longitudinal'; v.state.sides = true; v.state.page = 5",
    ],
)
def test_a_drawn_sample_is_the_sample_of_the_file_after_the_filter(viewer, change):
    labels, lines, found = drawn(viewer, change)
    state = found["state"]
    assert len(lines) == len(labels) >= 18
    for label, line, (_, middle, left, width) in zip(labels, lines, found["at"], strict=True):
        time_s = state["start"] + (line[:, 0] - left) / width * state["page"]
        inside = (time_s >= state["start"]) & (time_s <= state["start"] + state["page"] - 0.01)
        assert inside.sum() >= 128 * state["page"] - 2  # every sample of the page is on it
        uv = (middle - line[inside, 1]) / MM_PX * state["gain"]
        assert np.abs(uv - expected(label, time_s[inside])).max() < 0.3  # 0.05 uV of a step each in file and tile


def test_a_gap_is_no_line_and_says_how_long_it_is(viewer):
    labels, lines, found = drawn(viewer, "v.state.start = 70; v.state.page = 60; v.state.montage = 'average'")
    assert len(lines) == len(labels)
    left, width = found["at"][0][2:]
    for line in lines:
        time_s = 70 + (line[:, 0] - left) / width * 60
        across = np.flatnonzero(np.diff(time_s) > 5)
        assert len(across) == 1
        assert time_s[across[0]] == pytest.approx(PART_S, abs=0.02)
        assert time_s[across[0] + 1] == pytest.approx(PART_S + GAP_S, abs=0.02)
        assert line[across[0] + 1, 2] == 1  # the pen was lifted
    words = viewer.value(
        "(() => { const c = window.ictalViewer.traces.context, own = c.fillText.bind(c), said = [];"
        "c.fillText = (text, ...at) => { said.push(text); own(text, ...at); };"
        "window.ictalViewer.show(); return said.join('|'); })()"
    )
    assert f"gap of {GAP_S:.1f} s" in str(words)
    assert "µV · " in str(words)  # the calibration mark


def test_sides_lie_opposite_each_other(viewer):
    labels, _, _ = drawn(viewer, "v.state.montage = 'longitudinal'; v.state.sides = true")
    half = len(labels) // 2
    opposite = str.maketrans("12345678", "21436587")
    pairs = [(a, b) for a, b in zip(labels[:half], labels[half:], strict=True) if "z" not in a]
    assert len(pairs) == 8
    assert all(b == a.translate(opposite) for a, b in pairs), pairs


def test_every_key_of_the_help_does_what_it_says(viewer):
    def after(key: str, shift: bool = False) -> dict:
        event = json.dumps({"key": key, "shiftKey": shift, "bubbles": True})
        viewer.value(f"document.dispatchEvent(new KeyboardEvent('keydown', {event}))")
        time.sleep(0.15)
        return dict(json.loads(str(viewer.value("JSON.stringify(window.ictalViewer.state)"))))

    assert after("ArrowRight")["start"] == 10
    assert after("ArrowRight", shift=True)["start"] == 11
    assert after("ArrowLeft", shift=True)["start"] == 10
    assert after("ArrowLeft")["start"] == 0
    assert after("ArrowUp")["gain"] == 7
    assert after("ArrowDown")["gain"] == 10
    assert after("]")["page"] == 15
    assert after("[")["page"] == 10
    assert after("End")["start"] == 2 * PART_S + GAP_S - 10
    assert after("Home")["start"] == 0
    names = [after("m")["montage"] for _ in range(4)]
    assert set(names) == {"average", "laplacian", "longitudinal", "recorded"}
    assert after("h")["high"] == 1.0
    assert after("l")["low"] == 70
    assert after("o")["notch"] == 50
    assert after("s")["sides"] is True
    assert after("b")["marks"] is False
    press(viewer, "g")
    viewer.value("document.getElementById('v-time').value = '1:20'")
    viewer.value("document.querySelector('#v-goto button').click()")
    wait(viewer, "window.ictalViewer.state.start === 80")
    assert not viewer.told("Runtime.exceptionThrown")


def test_a_click_on_the_trends_goes_there_and_they_say_what_they_show(viewer):
    told = json.loads(
        str(
            viewer.value(
                """(() => { const v = window.ictalViewer, t = v.trends, c = t.still.getContext("2d"), said = [];
          const own = c.fillText.bind(c);
          c.fillText = (text, ...at) => { said.push(text); own(text, ...at); };
          t.paint();
          const box = document.getElementById("v-trends").getBoundingClientRect(), x = t.x(150);
          const at = { clientX: box.left + x, clientY: box.top + 60, bubbles: true };
          t.canvas.dispatchEvent(new PointerEvent("pointermove", at));
          const words = document.getElementById("v-status").textContent;
          t.canvas.dispatchEvent(new MouseEvent("click", at));
          return JSON.stringify({ said, words, columns: t.trends.columns, asymmetry: t.trends.asymmetry }); })()"""
            )
        )
    )
    lanes = ("seizures", "burden", "rhythm ≤ 13 Hz", "aEEG µV", "left 0–16 Hz", "right 0–16 Hz", "R − L %")
    assert [text for text in told["said"] if text in lanes] == list(lanes)
    assert told["columns"] >= 185
    assert all(v is None for v in told["asymmetry"][82:104])  # the gap
    assert "aEEG left" in told["words"]
    wait(viewer, "Math.abs(window.ictalViewer.state.start - 145) < 1")
