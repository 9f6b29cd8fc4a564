"""Screenshots of the workbench for the documentation: a simulated study is made, served, and looked at in Chromium.

python docs/screenshots.py [--out docs/figures]
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import io
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import uvicorn  # noqa: E402

from ictal.cli.main import run  # noqa: E402
from ictal.infant.timeline.types import Dose, Growth, Infant, Milestone, Treatment  # noqa: E402
from ictal.web import children, work  # noqa: E402
from ictal.web.accounts import Role  # noqa: E402
from ictal.web.app import create_app  # noqa: E402
from ictal.web.settings import Served  # noqa: E402
from ictal.web.shelf import Told  # noqa: E402
from tests.browser import chromium  # noqa: E402

SIMULATE = "simulate eimfs-storm --hours 1 --seed 7 --engine template --set seizures_per_hour=18 --out"


def simulated_study(folder: Path):
    """A study of one simulated infant with one recording; the application, its recording and its infant's address."""
    with contextlib.redirect_stdout(io.StringIO()):
        if run([*SIMULATE.split(), str(folder / "sim")]):
            raise SystemExit("The simulation failed.")
    app = create_app(Served(folder / "study"))
    shelf = app.state.shelf
    entries = (
        Growth(age_days=0, head_cm=34.0, weight_kg=3.2),
        Growth(age_days=91, head_cm=38.0, weight_kg=5.1),
        Growth(age_days=190, head_cm=39.6, weight_kg=6.8),
        Growth(age_days=330, head_cm=40.9, weight_kg=8.0),
        Milestone(age_days=60, skill="social smile", event="gained"),
        Milestone(age_days=150, skill="social smile", event="lost"),
        Treatment(age_days=20, name="phenobarbital", dose=Dose(amount=5, unit="mg/kg/day"), stop_age_days=120),
        Treatment(age_days=60, name="levetiracetam", dose=Dose(amount=40, unit="mg/kg/day"), ongoing="yes"),
    )
    infant = Infant(pseudonym="sim-7", sex="female", gestation_weeks=39.0, simulated=True, entries=entries)
    shelf.study.new(infant, "documentation")
    edf = next((folder / "sim").rglob("*.edf"))
    about = shelf.take(edf, ".edf", Told(label="Storm, first hour", infant="sim-7", age_days=45), "nobody")
    with contextlib.redirect_stdout(io.StringIO()):
        if work.main(shelf.folder(about.id)):
            raise SystemExit("The analysis failed.")
    children.attach(shelf, about.id, "documentation")
    return app, about.id, children.number_of(app.state.door, "sim-7")


def main() -> None:
    """Make them all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "figures")
    out = parser.parse_args().out
    program = chromium.find()
    if program is None:
        raise SystemExit("No Chromium on this machine: install one.")
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        app, recording, infant = simulated_study(Path(place))
        accounts = app.state.door.accounts
        account = accounts.join(accounts.invite(Role.clinician), "Dr Example", "a sentence that is long")
        server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", access_log=False))
        threading.Thread(target=server.run, daemon=True).start()
        while not server.started:
            time.sleep(0.05)
        base = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        page = chromium.Page(program, Path(place) / "profile", 1366, 768)
        page.call("Network.setCookie", name="ictal", value=app.state.door.sessions.begin(account.id), url=base)
        seizure = next(r.id for r in app.state.readings.get(recording).reviews().reviewed if len(r.seizure.legs) > 1)
        for name, where in (
            ("eeg", f"/recordings/{recording}/eeg#t=833"),
            ("seizures", f"/recordings/{recording}/seizures?seizure={seizure}"),
            ("infant", f"/infants/{infant}"),
            ("criteria", f"/infants/{infant}/criteria"),
        ):
            page.open(f"{base}{where}")
            time.sleep(4)
            shot = page.call("Page.captureScreenshot", format="png")["data"]
            (out / f"workbench-{name}.png").write_bytes(base64.b64decode(shot))
        page.close()
        server.should_exit = True


if __name__ == "__main__":
    main()
