"""How quick is the EEG viewer? Opening a recording of three days, and turning its pages in a headless Chromium.

    python benchmarks/viewer.py [--hours 72] [--turns 60] [--readers 20]

Needs the extra `web` and, for the browser's figures, a Chromium. The recording is noise written for this purpose
(19 channels, 256 Hz).
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import statistics
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from ictal.base.electrodes import TEN_TWENTY  # noqa: E402
from ictal.eeg.recording import read  # noqa: E402
from ictal.web import work  # noqa: E402
from ictal.web.accounts import Role  # noqa: E402
from ictal.web.app import create_app  # noqa: E402
from ictal.web.settings import Served  # noqa: E402
from ictal.web.shelf import Told  # noqa: E402
from tests.browser import chromium  # noqa: E402

RATE_HZ, PORT = 256, 8899
BASE = f"http://127.0.0.1:{PORT}"
TURN = """(async () => { const v = window.ictalViewer, out = [];
  for (let k = 0; k < %d; k++) { %s const t = performance.now(); await v.keys.ArrowRight({});
    await new Promise((go) => requestAnimationFrame(() => setTimeout(go, 0))); out.push(performance.now() - t); }
  return JSON.stringify(out); })()"""


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


def served(study: Path):
    """The server in a thread, with one clinician; gives the application and a session's number."""
    import uvicorn

    app = create_app(Served(study, port=PORT))
    accounts = app.state.door.accounts
    account = accounts.join(accounts.invite(Role.clinician), "reader", "a sentence that is long")
    server = uvicorn.Server(uvicorn.Config(app, port=PORT, log_level="error", access_log=False))
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        time.sleep(0.05)
    return app, server, app.state.door.sessions.begin(account.id)


def told(name: str, values_ms: list[float]) -> None:
    ordered = sorted(values_ms)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]
    print(f"{name:<58} median {statistics.median(ordered):7.1f} ms   p95 {p95:7.1f} ms   n {len(ordered)}")


def pages(cookie: str, recording: str, turns: int, folder: Path) -> None:
    """Open and turn in a real browser."""
    program = chromium.find()
    if program is None:
        print("No Chromium on this machine: the browser's figures are left out.")
        return
    page = chromium.Page(program, folder / "profile", 1366, 768)
    page.call("Network.setCookie", name="ictal", value=cookie, url=BASE)
    began = time.perf_counter()
    page.open(f"{BASE}/recordings/{recording}/eeg")
    while not page.value("Boolean(window.ictalViewer && window.ictalViewer.ready)"):
        time.sleep(0.01)
    took_ms = 1e3 * (time.perf_counter() - began)
    print(f"{'open the recording in the browser, first page and trends':<58} {took_ms:14.1f} ms")
    first_ms = float(str(page.value("window.ictalViewer.firstPage_ms")))
    print(f"{'of that, until the first page was drawn':<58} {first_ms:14.1f} ms")
    for name, before in (
        ("page turn, 10 s, a reader's pace (0.4 s a page)", "await new Promise((go) => setTimeout(go, 400));"),
        ("page turn, 10 s, as fast as it goes", ""),
        ("jump to an unread place", "v.state.start = Math.random() * (v.outline.duration_s - 100);"),
    ):
        answer = page.call("Runtime.evaluate", expression=TURN % (turns, before), awaitPromise=True, returnByValue=True)
        told(name, json.loads(answer["result"]["value"]))
    page.close()


def load(cookie: str, recording: str, readers: int, duration_s: float) -> None:
    """Many readers at once: each asks for tile after tile at places of its own."""
    took: list[float] = []
    wrong: list[str] = []

    def reader(seed: int) -> None:
        rng = np.random.default_rng(seed)
        at = float(rng.uniform(0, duration_s - 400))
        for _ in range(20):
            query = f"montage=longitudinal&start_s={10 * int(at // 10)}&seconds=10"
            asked = urllib.request.Request(
                f"{BASE}/api/recordings/{recording}/tile?{query}", headers={"cookie": f"ictal={cookie}"}
            )
            began = time.perf_counter()
            try:
                with urllib.request.urlopen(asked, timeout=30) as answer:
                    answer.read()
            except OSError as error:
                wrong.append(str(error))
            took.append(1e3 * (time.perf_counter() - began))
            at += 10
            time.sleep(float(rng.uniform(0.5, 1.5)))

    threads = [threading.Thread(target=reader, args=(k,)) for k in range(readers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told(f"a page's tile, {readers} readers at once (errors: {len(wrong)})", took)


def main() -> None:
    """Measure, and print a line for each figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=72.0)
    parser.add_argument("--turns", type=int, default=60)
    parser.add_argument("--readers", type=int, default=20)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        app, server, cookie = served(folder / "study")
        file = folder / "long.edf"
        long_file(file, given.hours)
        shelf = app.state.shelf
        about = shelf.take(file, ".edf", Told(label="Three days"), "benchmark")
        began = time.perf_counter()
        recording = read(shelf.file(about.id))
        shelf.tell(about.id, sha256=recording.source.sha256)
        print(f"{'read and digest the file':<58} {1e3 * (time.perf_counter() - began):14.1f} ms")
        began = time.perf_counter()
        with contextlib.redirect_stdout(io.StringIO()):  # it tells how far it is
            work.make_view(shelf.folder(about.id), recording)
        print(f"{'make the overview':<58} {1e3 * (time.perf_counter() - began):14.1f} ms")
        began = time.perf_counter()
        app.state.readings.get(about.id)
        print(f"{'open it in the server':<58} {1e3 * (time.perf_counter() - began):14.1f} ms")
        pages(cookie, about.id, given.turns, folder)
        load(cookie, about.id, given.readers, recording.duration_s)
        server.should_exit = True


if __name__ == "__main__":
    main()
