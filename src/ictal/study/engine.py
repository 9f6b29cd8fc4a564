"""How is the store reached: SQLite or PostgreSQL, one writer at a time, in the form that this release knows.

SQLite keeps its rollback journal beside the file: what a killed process had begun is undone by the next that opens it.
Writers take their turn from the first word of their transaction, so that two never build on the same state.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import sqlalchemy as sa
from sqlalchemy import exc

from ictal.base.errors import StudyError
from ictal.study.cipher import Cipher, sqlcipher

HEAD = "0003"
"""The migration that this release knows as the last."""
WAIT_S = 30
"""How long a writer waits for another one."""


def engine_of(url: str | Path, key: Cipher | None = None) -> sa.Engine:
    """Which engine reaches this URL (`sqlite:///...` or `postgresql://...`) or this file (encrypted by `key`)?"""
    try:
        parsed = sa.URL.create("sqlite", database=str(url)) if isinstance(url, Path) else sa.engine.make_url(url)
    except exc.ArgumentError:
        raise StudyError(f"'{url}' is no place of a study: give a folder, sqlite:///FILE or postgresql://...") from None
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        how = {} if key is None else {"module": sqlcipher(), "creator": key.connect}
        engine = sa.create_engine(parsed, poolclass=sa.NullPool, **how)
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
        return engine
    if backend in ("postgresql", "postgres"):
        _need_psycopg()
        parsed = parsed.set(drivername="postgresql+psycopg")
        return sa.create_engine(parsed, poolclass=sa.NullPool, connect_args={"connect_timeout": WAIT_S})
    raise StudyError(f"A study cannot be kept in '{backend}': use sqlite:///FILE or postgresql://...")


def _need_psycopg() -> None:
    from importlib.util import find_spec

    from ictal.base.errors import MissingExtra

    if find_spec("psycopg") is None:
        raise MissingExtra("A study in PostgreSQL", "postgresql")


def _prepare_sqlite(connection: object, _: object) -> None:
    """Leave transactions to us; keep references sound, and deleted text out of the file."""
    connection.isolation_level = None  # type: ignore[attr-defined]
    cursor = connection.cursor()  # type: ignore[attr-defined]
    for setting in (
        f"busy_timeout={WAIT_S * 1000}",
        "foreign_keys=ON",
        "secure_delete=ON",
        "synchronous=FULL",
    ):
        cursor.execute(f"PRAGMA {setting}")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A connection that sees one state of the store."""
    with _in_words(), engine.connect() as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield connection


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A connection that is the only one to write; all of the body is kept, or nothing."""
    with _in_words(), engine.connect() as connection:
        connection = connection.execution_options(writes=True)
        with connection.begin():
            if engine.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{WAIT_S}s'")
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('ictal study'))")
            yield connection


@contextmanager
def _in_words() -> Iterator[None]:
    """What the database refuses, as one sentence."""
    try:
        yield
    except exc.DBAPIError as error:
        raise StudyError(_sentence(error)) from error
    except UnicodeDecodeError as error:  # the words in which SQLite tells of a damaged file quote it
        raise StudyError("The store of the study is damaged: restore it from a copy.") from error


@contextmanager
def stored() -> Iterator[None]:
    """What the store holds and no release wrote, as one sentence."""
    try:
        yield
    except (msgspec.MsgspecError, ValueError, TypeError, RecursionError) as error:
        raise StudyError("The store of the study is damaged: restore it from a copy.") from error


def _sentence(error: exc.DBAPIError) -> str:
    said = str(error.orig).strip().splitlines()[0].rstrip(".") if error.orig is not None else "no reason was given"
    for part, sentence in (
        ("database is locked", f"Another program has been writing to the study for {WAIT_S} s: try again later."),
        ("lock timeout", f"Another program has been writing to the study for {WAIT_S} s: try again later."),
        ("not a database", "The store of the study is not an SQLite file: restore it from a copy."),
        ("malformed", "The store of the study is damaged: restore it from a copy."),
        ("disk is full", "The disk is full, so nothing was written to the study: free some space."),
        ("disk I/O error", "The disk is full or refuses, so nothing was written to the study: free some space."),
        ("readonly database", "The store of the study may only be read here, so nothing was written."),
        ("unable to open", "The store of the study cannot be opened: its file is not there, or may not be read."),
    ):
        if part in said:
            return sentence
    return f"The store of the study answered: {said}."


def revision_of(connection: sa.Connection) -> str | None:
    """At which migration does the store stand? `None` for a database without a study."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def migrate(engine: sa.Engine, new: bool = False) -> None:
    """Bring the store to this release's form, whole or not at all.

    Raises
    ------
    StudyError
        There is no study (or, with `new`, there is one), or it was written by a later release.
    """
    with reading(engine) as connection:
        stands = revision_of(connection)
    _check_known(stands, new)
    if stands == HEAD:
        return
    with writing(engine) as connection:
        stands = revision_of(connection)  # another process may have been quicker
        _check_known(stands, new)
        if stands != HEAD:
            run_migrations(connection)


def _check_known(stands: str | None, new: bool) -> None:
    if new and stands is not None:
        raise StudyError("There is a study in this place already: open it, or choose another place.")
    if not new and stands is None:
        raise StudyError("There is no study in this place: make one with `ictal study init`.")
    if stands is not None and stands > HEAD:
        raise StudyError(
            f"The study was written by a later release of Ictal (its store is at step {stands}, this one knows "
            f"{HEAD}): install that release."
        )


def run_migrations(connection: sa.Connection, last: str = "head") -> None:
    """Bring the store of this connection to a step, in its transaction."""
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    here = Path(__file__).parent
    script = ScriptDirectory(str(here), version_locations=[str(here / "migrations")])
    steps = EnvironmentContext(Config(), script, fn=lambda stands, _: script._upgrade_revs(last, stands))
    with steps:
        steps.configure(connection=connection, transactional_ddl=True)
        steps.run_migrations()
