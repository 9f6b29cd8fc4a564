"""A study with one analysed recording (simulated rhythm, four minutes), and browsers that sign in to it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("fastapi", reason="The workbench needs the extra `web`.")

from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient

from ictal.study import create_study
from ictal.web import work
from ictal.web.accounts import Role
from ictal.web.app import create_app
from ictal.web.settings import Served, networks
from ictal.web.shelf import Shelf, Told
from tests.cli.conftest import planted, write

BASE = "http://127.0.0.1:8080"
PASSWORD = "a sentence that is long"
NOW = 1_800_000_000.0


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


def eeg(size: int, seed: int) -> bytes:
    """An EDF of two channels at 64 Hz with so many bytes, of noise."""
    records, rest = divmod(size - 768, 256)
    fixed = f"{'0':8}{'X X X X':80}{'Startdate X X X X':80}01.03.2422.15.00{768:<8}{'':44}{records:<8}{1:<8}{2:<4}"
    fields = ((16, "EEG C3-Ref", "EEG C4-Ref"), (80, "", ""), (8, "uV", "uV"), (8, "-500", "-500"), (8, "500", "500"))
    fields += ((8, "-32768", "-32768"), (8, "32767", "32767"), (80, "", ""), (8, "64", "64"), (32, "", ""))
    header = fixed + "".join(f"{value:{width}}" for width, *values in fields for value in values)
    assert len(header) == 768
    return header.encode() + np.random.default_rng(seed).bytes(256 * records + rest)


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch) -> None:
    """Passwords are hashed with the least effort here: a test signs in often."""
    monkeypatch.setattr("ictal.web.accounts.PasswordHasher", partial(PasswordHasher, 1, 8, 1))


@pytest.fixture(scope="session")
def finished_study(tmp_path_factory) -> Path:
    """A study folder whose one recording was analysed, under the label `First night`."""
    folder = tmp_path_factory.mktemp("study") / "study"
    shelf = Shelf(folder, create_study(folder))
    edf = write(tmp_path_factory.mktemp("edf") / "Surname^Forename.edf", planted())
    about = shelf.take(edf, ".edf", Told(label="First night"), "nobody")
    assert work.main(shelf.folder(about.id)) == 0
    return folder


@pytest.fixture
def study(finished_study, tmp_path) -> Path:
    """A copy of it, to be changed."""
    shutil.copytree(finished_study, tmp_path / "study")
    return tmp_path / "study"


@pytest.fixture
def recording(study) -> str:
    return next(p.name for p in (study / "recordings").iterdir())


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def app(study, clock) -> FastAPI:
    return create_app(Served(study), clock)


@pytest.fixture
def site_app(study, clock) -> FastAPI:
    served = Served(
        study,
        site_networks=networks(("10.20.0.0/16",), "--site-network"),
        trusted_proxies=networks(("192.0.2.0/24",), "--trusted-proxy"),
    )
    return create_app(served, clock)


def visitor(app: FastAPI, address: str = "127.0.0.1") -> TestClient:
    """A browser that nobody knows. Jobs are not started."""
    return TestClient(app, base_url=BASE, client=(address, 50000), raise_server_exceptions=True)


def form_token(text: str) -> str:
    found = re.search(r'name="form-token" content="(\w+)"', text)
    assert found, text[:500]
    return found[1]


def sign_in(app: FastAPI, name: str, password: str = PASSWORD) -> TestClient:
    browser = visitor(app)
    page = browser.get("/sign-in")
    told = {"form_token": form_token(page.text), "name": name, "password": password}
    answer = browser.post("/sign-in", data=told, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    browser.headers["x-form-token"] = form_token(browser.get("/account").text)
    return browser


@pytest.fixture
def member(app) -> Callable[[str], TestClient]:
    """A signed-in browser of a role: `member("reader")`."""

    def make(role: str) -> TestClient:
        accounts = app.state.door.accounts
        if role not in {a.name for a in accounts.all()}:
            accounts.join(accounts.invite(Role[role]), role, PASSWORD)
        return sign_in(app, role)

    return make
