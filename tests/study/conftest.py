"""Studies in SQLite and in PostgreSQL; the server is Debian's, started here and ended here."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa

from ictal.study import Study, create_study

_NUMBERS = count(1)


def _programs() -> Path | None:
    """The newest PostgreSQL of Debian's packages, or the one on the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda p: int(p.parts[-3]))
    if found:
        return found[-1].parent
    named = shutil.which("postgres")
    return None if named is None else Path(named).resolve().parent


def _as_somebody() -> list[str]:
    """PostgreSQL refuses root: who starts it then?"""
    if os.geteuid() != 0:
        return []
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return ["runuser", "-u", name, "--"]
    pytest.skip("PostgreSQL cannot be started by root, and there is nobody else.")


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a server of our own, on a socket in a folder of its own. Skips where PostgreSQL is not installed."""
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql).")
    who = _as_somebody()
    base = Path(tempfile.mkdtemp(prefix="ictal-pg-", dir="/tmp"))
    if who:
        shutil.chown(base, who[2])
    data = base / "data"

    def run(program: str, *arguments: str) -> None:
        made = subprocess.run(
            [*who, str(programs / program), *arguments], capture_output=True, text=True, cwd=base, timeout=120
        )
        if made.returncode:
            pytest.skip(f"PostgreSQL cannot be started here: {made.stderr.strip() or made.stdout.strip()}")

    try:
        run("initdb", "-D", str(data), "-U", "ictal", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        run(
            "pg_ctl",
            "-D",
            str(data),
            "-w",
            "-l",
            str(base / "log"),
            "-o",
            f"-c listen_addresses='' -c fsync=off -c full_page_writes=off -k {base}",
            "start",
        )
        try:
            yield f"postgresql://ictal@/postgres?host={base}"
        finally:
            subprocess.run(
                [*who, str(programs / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop"],
                capture_output=True,
                cwd=base,
                check=False,
            )
    finally:
        shutil.rmtree(base, ignore_errors=True)


@pytest.fixture
def new_database(postgres: str) -> Callable[[], str]:
    """The URL of an empty database of the server."""

    def make() -> str:
        name = f"study{next(_NUMBERS)}"
        server = sa.create_engine(
            sa.engine.make_url(postgres).set(drivername="postgresql+psycopg"), poolclass=sa.NullPool
        )
        with server.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        return postgres.replace("/postgres?", f"/{name}?")

    return make


@pytest.fixture(params=["sqlite", "postgresql"])
def study(request: pytest.FixtureRequest, tmp_path: Path) -> Study:
    """A new study, once in each kind of store."""
    if request.param == "sqlite":
        return create_study(tmp_path / "study")
    return create_study(tmp_path / "study", store=request.getfixturevalue("new_database")())
