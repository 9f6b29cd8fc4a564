"""How quick is the EEG viewer? Three days of EEG: opened, pages turned beside uPlot's, and read by twenty at once.

    python benchmarks/viewer.py [--hours 72] [--turns 60] [--readers 20]

Needs the extra `web`; for the browser's figures a Chromium, and for those of uPlot `npm ci` in `frontend/`. The
recording is noise written for this purpose (19 channels, 256 Hz); the server is a process of its own (`serving.py`).
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import shutil
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.serving import Server, prepared  # noqa: E402
from ictal.base.electrodes import TEN_TWENTY  # noqa: E402
from ictal.eeg.recording import read  # noqa: E402
from ictal.web import work  # noqa: E402
from ictal.web.shelf import Shelf, Told  # noqa: E402
from tests.browser import chromium  # noqa: E402

RATE_HZ = 256
UPLOT = ROOT / "frontend" / "node_modules" / "uplot" / "dist"
PACE = "await new Promise((go) => setTimeout(go, 400));"
TURN = """(async () => { const v = window.ictalViewer, out = [];
  for (let k = 0; k < %d; k++) { %s const t = performance.now(); await v.keys.ArrowRight({});
    await new Promise((go) => requestAnimationFrame(() => setTimeout(go, 0))); out.push(performance.now() - t); }
  return JSON.stringify(out); })()"""
BESIDE = """(async () => {
  const v = window.ictalViewer, tiles = new Tiles(%(id)s, v.outline), box = document.querySelector(".eegbox");
  const rows = v.outline.montages.find((m) => m.name === v.state.montage).rows, seconds = v.state.page;
  const rate = (await tiles.get(v.how(), 0)).rate, count = Math.round(rate * seconds);
  const over = document.createElement("div");
  over.style.cssText = "position:absolute;inset:0;background:white";
  const scales = { x: { time: false }, y: { auto: false, range: [-2000 * rows.length, 2000] } };
  const series = [{}, ...rows.map(() => ({ stroke: "black", width: 1, points: { show: false } }))];
  const axes = [{}, { values: (u, at) => at.map(() => "") }], legend = { show: false };
  const size = { width: box.clientWidth, height: box.clientHeight };
  const chart = new uPlot({ ...size, legend, scales, axes, series }, [[0], ...rows.map(() => [0])], over);
  async function other(start) { // the same tiles, fetched and kept by the same code; uPlot draws
    const found = await tiles.page(v.how(), start, seconds);
    const x = new Float64Array(count), ys = rows.map(() => new Float32Array(count));
    let at = 0;
    for (const [k, tile] of found) for (let i = 0; i < tile.count && at < count; i++) {
      const t = k * 10 + i / rate;
      if (t < start || t >= start + seconds) continue;
      x[at] = t;
      for (let r = 0; r < rows.length; r++) ys[r][at] = tile.numbers[r * tile.count + i] - 2000 * r;
      at++;
    }
    chart.setData([x, ...ys]);
    tiles.ahead(v.how(), start, seconds);
  }
  const frame = () => new Promise((go) => requestAnimationFrame(() => setTimeout(go, 0)));
  const out = { ours: [], uplot: [] };
  let start = 600, theirs = v.outline.duration_s / 2;
  for (let k = 0; k < %(turns)d; k++) for (const who of ["ours", "uplot"]) {
    if (who === "uplot") box.append(over); else over.remove();
    await frame();
    await new Promise((go) => setTimeout(go, 400));
    if (%(jump)s) [start, theirs] = [0, 0].map(() => Math.random() * (v.outline.duration_s - 600));
    const t = performance.now();
    if (who === "ours") await v.goTo(start += seconds); else await other(theirs += seconds);
    await frame();
    out[who].push(performance.now() - t);
  }
  over.remove();
  return JSON.stringify(out); })()"""
"""Page turns of the viewer and of uPlot by turns, so that whatever else the machine does weighs on both."""


def long_file(path: Path, hours: float) -> None:
    """An EDF of so many hours whose every ten minutes are the same noise: quick to write, as slow to read as any."""
    records, n = round(hours * 3600), len(TEN_TWENTY)
    head = [f"{'0':<8}", f"{'X X X X':<80}", f"{'Startdate 01-JAN-2026 X X X':<80}", "01.01.26", "00.00.00"]
    head += [f"{256 * (n + 1):<8}", f"{'':<44}", f"{records:<8}", f"{'1':<8}", f"{n:<4}"]
    columns = [(16, [f"EEG {e}-Ref" for e in TEN_TWENTY]), (80, [""] * n), (8, ["uV"] * n), (8, ["-3276.8"] * n)]
    columns += [
        (8, ["3276.7"] * n),
        (8, ["-32768"] * n),
        (8, ["32767"] * n),
        (80, [""] * n),
        (8, [str(RATE_HZ)] * n),
        (32, [""] * n),
    ]
    text = "".join(head) + "".join(f"{v:<{width}}" for width, values in columns for v in values)
    rng = np.random.default_rng(1)
    spectrum = np.fft.rfft(rng.standard_normal((n, 600 * RATE_HZ)))
    spectrum /= np.maximum(np.fft.rfftfreq(600 * RATE_HZ, 1 / RATE_HZ), 0.5)
    uv = np.fft.irfft(spectrum, 600 * RATE_HZ)
    block = np.round(uv / uv.std() * 250).astype("<i2").reshape(n, 600, RATE_HZ).transpose(1, 0, 2).tobytes()
    with path.open("wb") as file:
        file.write(text.encode("ascii"))
        for at in range(0, records, 600):
            file.write(block[: min(600, records - at) * n * RATE_HZ * 2])


def told(name: str, values_ms: list[float]) -> None:
    ordered = sorted(values_ms)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]
    print(f"{name:<62} median {statistics.median(ordered):7.1f} ms   p95 {p95:7.1f} ms   n {len(ordered)}", flush=True)


def once(name: str, took_ms: float) -> None:
    print(f"{name:<62} {took_ms:14.1f} ms", flush=True)


def evaluated(page: chromium.Page, script: str) -> str:
    found = page.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
    if "exceptionDetails" in found:
        raise RuntimeError(found["exceptionDetails"])
    return str(found["result"].get("value"))


def pages(server: Server, recording: str, turns: int, folder: Path) -> None:
    """Open and turn in a real browser."""
    program = chromium.find()
    if program is None:
        print("No Chromium on this machine: the browser's figures are left out.")
        return
    page = chromium.Page(program, folder / "profile", 1366, 768)
    page.call("Network.setCookie", name="ictal", value=server.session, url=server.base)
    page.call("Page.setBypassCSP", enabled=True)  # uPlot is put into the page, and styles itself
    for name in ("open the recording in the browser, first page and trends", "the same again"):
        began = time.perf_counter()
        page.open(f"{server.base}/recordings/{recording}/eeg")
        while not page.value("Boolean(window.ictalViewer && window.ictalViewer.ready)"):
            time.sleep(0.01)
        once(name, 1e3 * (time.perf_counter() - began))
        once("  of that, until the first page was drawn", float(str(page.value("window.ictalViewer.firstPage_ms"))))
    for name, before in (
        ("page turn, 10 s, a reader's pace (0.4 s a page)", PACE),
        ("page turn, 10 s, as fast as it goes", ""),
        ("jump to an unread place", "v.state.start = Math.random() * (v.outline.duration_s - 100);"),
    ):
        told(name, json.loads(evaluated(page, TURN % (turns, before))))
    if UPLOT.is_dir():
        beside_uplot(page, recording, turns)
    else:
        print("No uPlot: run `npm ci` in frontend/ for its figures.")
    page.close()


def beside_uplot(page: chromium.Page, recording: str, turns: int) -> None:
    """The same page turns, drawn by the viewer and by uPlot."""
    style = json.dumps((UPLOT / "uPlot.min.css").read_text())
    evaluated(page, f"document.head.append(Object.assign(document.createElement('style'), {{textContent: {style}}}))")
    evaluated(page, (UPLOT / "uPlot.iife.min.js").read_text() + "; window.uPlot = uPlot; 1")
    for seconds, low, what in ((10, 30, "10 s, 128 Hz"), (30, 70, "30 s, 256 Hz")):
        evaluated(page, f"(async () => {{ const v = window.ictalViewer; v.state.page = {seconds}; v.state.low = {low};"
                  "await v.show(); })()")  # fmt: skip
        for jump, name in (("false", "next page"), ("true", "unread place")):
            script = BESIDE % {"id": json.dumps(recording), "turns": turns, "jump": jump}
            found = json.loads(evaluated(page, script))
            for who in ("ours", "uplot"):
                told(f"{name}, {what}: {'the viewer' if who == 'ours' else 'uPlot'}", found[who])


def load(server: Server, recordings: list[str], readers: int, duration_s: float) -> None:
    """Many readers at once: each pages through one of the recordings at a place and a pace of its own.

    A page is what the viewer waits for: its tile. As the viewer does, each reader then asks for the pages around.
    """
    took: list[float] = []
    wrong: list[str] = []

    def reader(seed: int) -> None:
        rng = np.random.default_rng(seed)
        at, recording = float(rng.uniform(0, duration_s - 900)), recordings[seed % len(recordings)]
        for turn in range(40):
            if turn % 10 == 9:  # now and then somewhere else
                at = float(rng.uniform(0, duration_s - 900))
            first = 10 * int(at // 10)
            for k in (0, 1, -1, 2):
                query = f"montage=longitudinal&start_s={first + 10 * k}&seconds=10"
                began = time.perf_counter()
                try:
                    server.get(f"/api/recordings/{recording}/tile?{query}")
                except OSError as error:
                    wrong.append(str(error))
                if k == 0:
                    took.append(1e3 * (time.perf_counter() - began))
            at += 10
            time.sleep(float(rng.uniform(0.5, 1.5)))

    threads = [threading.Thread(target=reader, args=(k,)) for k in range(readers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told(f"a page, {readers} readers in {len(recordings)} recordings (errors: {len(wrong)})", took)


def shelved(study: Path, file: Path, copies: int) -> tuple[list[str], float]:
    """The recording on the shelf with its overview, and further numbers for the same bytes; how long it is."""
    shelf = Shelf(study, prepared(study))
    numbers: list[str] = []
    for _ in range(copies):
        link = file.with_name("link.edf")
        os.link(file, link)
        numbers.append(shelf.take(link, ".edf", Told(label="Three days"), "benchmark").id)
    began = time.perf_counter()
    recording = read(shelf.file(numbers[0]))
    once("read and digest the file", 1e3 * (time.perf_counter() - began))
    began = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()):  # it tells how far it is
        work.make_view(shelf.folder(numbers[0]), recording)
    once("make the overview", 1e3 * (time.perf_counter() - began))
    for number in numbers:
        shelf.tell(number, sha256=recording.source.sha256)
        if number != numbers[0]:
            shutil.copytree(shelf.folder(numbers[0]) / work.VIEW, shelf.folder(number) / work.VIEW)
    return numbers, recording.duration_s


def main() -> None:
    """Measure, and print a line for each figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=72.0)
    parser.add_argument("--turns", type=int, default=60)
    parser.add_argument("--readers", type=int, default=20)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        file = folder / "long.edf"
        long_file(file, given.hours)
        numbers, duration_s = shelved(folder / "study", file, 4)
        print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
        with Server(folder / "study") as server:
            began = time.perf_counter()
            server.get(f"/api/recordings/{numbers[0]}/outline")
            once("open it in the server", 1e3 * (time.perf_counter() - began))
            pages(server, numbers[0], given.turns, folder)
            load(server, numbers, given.readers, duration_s)
            print(f"largest memory of the server: {server.most_mb():.0f} MB; load: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
