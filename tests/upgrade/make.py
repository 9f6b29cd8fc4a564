"""Writes `first-release/`: what the first release leaves on a disk. Run once, by that release, and never again.

    python -m tests.upgrade.make            (in the root of the repository)

settings.toml       every setting, by its name
night-ictal/        `ictal analyse --no-report --settings settings.toml` of the study's recording (simulated)
night-cohort/       `ictal cohort` of it
study/              a study with an infant of every kind of entry and its history, served: accounts, a session, the
                    audit trail, an unfinished upload, and a recording with its results and three corrections
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import msgspec

from ictal.analysis import Settings
from ictal.base.errors import IctalError
from ictal.base.settings import to_mapping
from ictal.cli.main import run
from ictal.infant.timeline.types import ENTRY_TYPES, Death, Entry, Growth, Infant
from ictal.study import Study, create_study
from ictal.study.store import Identity
from ictal.web import work
from ictal.web.accounts import Accounts, Role
from ictal.web.app import AUDIT, create_app
from ictal.web.children import attach
from ictal.web.journal import Journal
from ictal.web.reading import Readings
from ictal.web.settings import Served
from ictal.web.shelf import Shelf, Told
from tests.exchange.infants_made import of_struct

HERE = Path(__file__).with_name("first-release")
NAME, PASSWORD = "Reader", "a sentence of the first release"


def main() -> None:
    """All of it."""
    if HERE.exists():
        raise SystemExit("The first release wrote its files: they are kept as they are.")
    HERE.mkdir()
    recording = simulated()
    _settings(HERE / "settings.toml")
    told = ["--settings", str(HERE / "settings.toml"), "--quiet"]
    assert run(["analyse", str(recording), *told, "--no-report", "--out", str(HERE / "night-ictal")]) == 0
    with tempfile.TemporaryDirectory() as name:
        shutil.copy(recording, name)
        assert run(["cohort", name, "--no-report", "--out", str(HERE / "night-cohort"), *told]) == 0
    _study(HERE / "study", recording)
    recording.unlink()
    with closing(sqlite3.connect(HERE / "study" / "study.db")) as store:  # where it lay on one computer is nobody's
        store.execute("UPDATE place SET path = 'elsewhere.edf'")
        store.commit()
        store.execute("VACUUM")


def simulated() -> Path:
    """A recording with seizures, small enough to be kept."""
    given = ["--set", "seizures_per_hour=40", "--set", "clustered=0", "--rate-hz", "128", "--minutes", "2", "--quiet"]
    with tempfile.TemporaryDirectory() as name:
        assert run(["simulate", "eimfs-storm", "--seed", "11", *given, "--out", f"{name}/sim"]) == 0
        (one,) = Path(name).rglob("*.edf")
        return Path(shutil.copy(one, HERE / "night.edf"))


def _settings(path: Path) -> None:
    path.write_bytes(msgspec.toml.encode(to_mapping(Settings())))


def _study(place: Path, recording: Path) -> None:
    study = create_study(place)
    study.new(Infant(pseudonym="inf-1", sex="female", gestation_weeks=32.5), who="first")
    study.identify("inf-1", Identity(name="Nobody"), who="first")
    for day, kind in enumerate(sorted(ENTRY_TYPES, key=lambda kind: kind is Death)):
        _one_of(study, kind, 10.0 + day)
    (removed,) = study.add("inf-1", Growth(age_days=5, head_cm=30), who="first").keys
    study.remove(removed, who="second")
    shelf = Shelf(place, study)
    told = Told(label="First night", infant="inf-1", age_days=12)
    with tempfile.TemporaryDirectory() as name:
        about = shelf.take(Path(shutil.copy(recording, name)), ".edf", told, "first")
    assert work.main(shelf.folder(about.id)) == 0
    attach(shelf, about.id, "first")
    app = create_app(Served(place), study=study)
    reading = Readings(shelf).get(about.id)
    accounts: Accounts = app.state.door.accounts
    account = accounts.join(accounts.invite(Role.clinician), NAME, PASSWORD)
    accounts.invite(Role.reader)
    accounts.ask("Asker", PASSWORD, "I ask for an account.")
    accounts.new_token(account, "script", Role.reader)
    for kind, said in (
        ("add", {"start_s": 3.0, "stop_s": 9.0}),
        ("add", {"start_s": 12.0, "stop_s": 15.0}),
        ("undo", {}),
    ):
        undoes = reading.last_of(account.id)
        more = {"undoes": undoes.id} if kind == "undo" and undoes else {}
        reading.correct(account.id, NAME, kind, **said, **more)
    app.state.door.sessions.begin(account.id)
    audit = Journal(place / "web" / AUDIT)
    for what in ("signed in", "corrected", "read findings"):
        audit.append({"who": account.id, "what": what})
    planned = app.state.uploads.begin("x.edf", 9000, Told(label="Second night"), account.id)
    app.state.uploads.add(planned.id, account.id, 0, b"x" * 4000)
    app.state.jobs.add(about.id, account.id)


def _one_of(study: Study, kind: type[Entry], age_days: float) -> None:
    """An entry of this kind with whatever can be in its fields."""
    for _ in range(200):
        entry = msgspec.structs.replace(of_struct(kind).example(), age_days=age_days)
        try:
            study.add("inf-1", entry, who="first")
        except IctalError:
            continue
        return
    raise SystemExit(f"No {kind.__name__} could be drawn that a record takes.")


if __name__ == "__main__":
    main()
