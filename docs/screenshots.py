"""Screenshots of every page of the workbench: a simulated study is made, served, and looked at in Chromium.

python docs/screenshots.py                    the figures of the documentation, into docs/figures
python docs/screenshots.py --every FOLDER     every page at three sizes, light and dark; with --only NAME those pages
"""

from __future__ import annotations

import argparse
import contextlib
import io
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import uvicorn  # noqa: E402
from fastapi import FastAPI  # noqa: E402
from playwright.sync_api import Browser, sync_playwright  # noqa: E402

from ictal.cli.main import run  # noqa: E402
from ictal.infant.timeline.types import Dose, Growth, Infant, Milestone, Treatment  # noqa: E402
from ictal.web import children, work  # noqa: E402
from ictal.web.accounts import Role  # noqa: E402
from ictal.web.app import create_app  # noqa: E402
from ictal.web.settings import Served  # noqa: E402
from ictal.web.shelf import Told  # noqa: E402
from tests.browser import chromium  # noqa: E402

SIMULATE = "simulate eimfs-storm --hours 1 --seed 7 --engine template --set seizures_per_hour=18 --out"
SIZES = {"laptop": (1366, 768), "desk": (1920, 1080), "tablet": (820, 1180)}
PASSWORD = "a sentence that is long"


@dataclass(frozen=True)
class View:
    """One page as it is looked at: who looks, where, what is waited for, what is done then."""

    name: str
    who: str
    where: str
    ready: str = ""
    then: str = ""
    documented: bool = False
    whole: bool = True


READY = "window.ictalViewer && window.ictalViewer.ready"
VIEWS = (
    View("welcome", "", "/"),
    View("sign-in", "", "/sign-in"),
    View("sign-in-ended", "ended", "/sign-in"),
    View("ask", "", "/ask"),
    View("join", "", "/join/{join}"),
    View("public-knowledge", "", "/public/knowledge", documented=True, whole=False),
    View("not-there", "admin", "/recordings/ffffffffffff"),
    View("recordings", "clinician", "/recordings", documented=True, whole=False),
    View("recording", "clinician", "/recordings/{recording}", documented=True, whole=False),
    View("eeg", "clinician", "/recordings/{recording}/eeg#t={onset}", READY, documented=True, whole=False),
    View("eeg-sides", "reader", "/recordings/{recording}/eeg#t={onset}", READY, "ictalViewer.keys.s()", whole=False),
    View("eeg-keys", "clinician", "/recordings/{recording}/eeg", READY, "ictalViewer.keys['?']()", whole=False),
    View("seizures", "clinician", "/recordings/{recording}/seizures?seizure={seizure}", documented=True, whole=False),
    View("seizures-whole", "clinician", "/recordings/{recording}/seizures?seizure={seizure}"),
    View("seizures-reader", "reader", "/recordings/{recording}/seizures?seizure={seizure}"),
    View("report", "clinician", "/recordings/{recording}/report", whole=False),
    View("infants", "clinician", "/infants"),
    View("infant", "clinician", "/infants/{infant}", documented=True, whole=False),
    View("infant-whole", "clinician", "/infants/{infant}"),
    View("infant-form", "clinician", "/infants/{infant}?add=treatment", whole=False),
    View("criteria", "clinician", "/infants/{infant}/criteria", documented=True, whole=False),
    View("criteria-whole", "clinician", "/infants/{infant}/criteria"),
    View("knowledge", "reader", "/knowledge", whole=False),
    View("people", "admin", "/admin", documented=True),
    View("account", "clinician", "/account"),
)  # fmt: skip


def simulated_study(folder: Path) -> tuple[FastAPI, dict[str, str], dict[str, str]]:
    """A study of simulated infants, one with a recording: the application, sessions by role, words of addresses."""
    if not (folder / "sim").exists():
        with contextlib.redirect_stdout(io.StringIO()):
            if run([*SIMULATE.split(), str(folder / "sim")]):
                raise SystemExit("The simulation failed.")
    app = create_app(Served(folder / "study"))
    shelf, door = app.state.shelf, app.state.door
    if not shelf.all():
        _infants(shelf)
        edf = folder / "copy.edf"
        edf.write_bytes(next((folder / "sim").rglob("*.edf")).read_bytes())
        about = shelf.take(edf, ".edf", Told(label="Storm, first hour", infant="sim-7", age_days=45), "nobody")
        with contextlib.redirect_stdout(io.StringIO()):
            if work.main(shelf.folder(about.id)):
                raise SystemExit("The analysis failed.")
        children.attach(shelf, about.id, "documentation")
        _people(app)
        _corrected(app, about.id)
    about = shelf.all()[0]
    reviews = app.state.readings.get(about.id).reviews()
    seen = max(reviews.reviewed, key=lambda r: (r.verdict != "rejected", len(r.seizure.legs)))
    words = {
        "recording": about.id,
        "infant": children.number_of(door, "sim-7"),
        "seizure": seen.id,
        "onset": f"{seen.seizure.start_s:.0f}",
        "join": door.accounts.invite(Role.reader),
    }
    names = {"Dr Ama Example": "admin", "Dr Bo Example": "clinician", "Cy Example": "reader", "Dr Di Former": "ended"}
    sessions = {names[a.name]: door.sessions.begin(a.id) for a in door.accounts.all() if a.name in names}
    return app, sessions, words


def _infants(shelf) -> None:
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
    shelf.study.new(
        Infant(pseudonym="sim-7", sex="female", gestation_weeks=39.0, simulated=True, entries=entries), "documentation"
    )
    for name, sex in (("sim-8", "male"), ("sim-9", "female")):
        shelf.study.new(Infant(pseudonym=name, sex=sex, simulated=True), "documentation")


def _people(app: FastAPI) -> None:
    accounts = app.state.door.accounts
    for name, role in (("Dr Ama Example", Role.admin), ("Dr Bo Example", Role.clinician), ("Cy Example", Role.reader)):
        accounts.join(accounts.invite(role), name, PASSWORD)
    former = accounts.join(accounts.invite(Role.reader), "Dr Di Former", PASSWORD)
    accounts.change(former.id, Role.reader, accounts.today - timedelta(days=20), False)
    accounts.ask("Dr Eve Asking", PASSWORD, "Child neurologist of the hospital next door; we share an infant.")


def _corrected(app: FastAPI, number: str) -> None:
    """Two readers accept, reject, and move an edge."""
    reading = app.state.readings.get(number)
    by = {a.name: a.id for a in app.state.door.accounts.all()}
    found = [r.id for r in reading.reviews().reviewed]
    for name, kind, which in (
        ("Dr Ama Example", "accept", 0),
        ("Dr Ama Example", "accept", 1),
        ("Dr Bo Example", "accept", 0),
        ("Dr Bo Example", "reject", 2),
    ):
        reading.correct(by[name], name, kind, seizures=(found[which],))


@contextlib.contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """The address of the workbench while it runs."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", access_log=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=20)


def look(browser: Browser, base: str, session: str, view: View, where: str, size: str, theme: str, out: Path) -> None:
    """Make one screenshot."""
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=theme, reduced_motion="reduce"
    )
    if session:
        context.add_cookies([{"name": "ictal", "value": session, "url": base}])
    page = context.new_page()
    page.goto(base + where)
    while view.ready and not page.evaluate(f"Boolean({view.ready})"):
        time.sleep(0.05)
    if view.then:
        page.evaluate(f"void ({view.then})")
    page.wait_for_timeout(400)
    out.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=out, full_page=view.whole)
    context.close()


def main() -> None:
    """Make them all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "figures", help="where the documentation's go")
    parser.add_argument("--every", type=Path, help="every page, size and theme, into this folder")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="these pages alone")
    parser.add_argument("--study", type=Path, help="keep the simulated study here, and use it again")
    asked = parser.parse_args()
    program = chromium.find()
    if program is None:
        raise SystemExit("No Chromium on this machine: install one.")
    views = [v for v in VIEWS if (not asked.only or v.name in asked.only) and (asked.every or v.documented)]
    looks = [(s, t) for s in SIZES for t in ("light", "dark")] if asked.every else [("laptop", "light")]
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        folder = asked.study or Path(place)
        folder.mkdir(parents=True, exist_ok=True)
        app, sessions, words = simulated_study(folder)
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        with served(app) as base:
            for view in views:
                for size, theme in looks:
                    name = f"{view.name}-{size}-{theme}.png" if asked.every else f"workbench-{view.name}.png"
                    out = (asked.every or asked.out) / name
                    session = sessions.get(view.who, "")
                    look(browser, base, session, view, view.where.format(**words), size, theme, out)
        browser.close()


if __name__ == "__main__":
    main()
