"""A store of an earlier release opens, and loses nothing; the tables that migrations make are those of `schema`."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from ictal.base.errors import StudyError
from ictal.infant.timeline.types import Growth, Recording
from ictal.study import Study, open_study, schema
from ictal.study.engine import HEAD, engine_of, migrate, revision_of, run_migrations, writing
from ictal.study.store import Identity

STORES = sorted(Path(__file__).with_name("stores").glob("*.sql"))
"""Stores as earlier releases wrote them (SQLite's dump), by the last step that they knew."""


def place(path: Path, folder: Path) -> Path:
    """A study of an earlier release."""
    folder.mkdir()
    connection = sqlite3.connect(folder / "study.db")
    connection.executescript(path.read_text(encoding="utf-8"))
    connection.close()
    (folder / "study.toml").write_text('form = 1\nstore = "study.db"\n', encoding="utf-8")
    return folder


def in_postgres(path: Path, url: str, step: str) -> None:
    """The same rows in PostgreSQL, at the same step."""
    lite = sqlite3.connect(":memory:")
    lite.executescript(path.read_text(encoding="utf-8"))
    engine = engine_of(url)
    with writing(engine) as connection:
        run_migrations(connection, step)
        for table in ("infant", "entry", "recording", "findings", "history"):
            rows = lite.execute(f"SELECT * FROM {table}")
            names = [column[0] for column in rows.description]
            for row in rows:
                columns = ", ".join(names)
                values = ", ".join(f":{name}" for name in names)
                connection.execute(
                    sa.text(f"INSERT INTO {table} ({columns}) VALUES ({values})"), dict(zip(names, row, strict=True))
                )
    lite.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def older(request: pytest.FixtureRequest, tmp_path: Path) -> Study:
    if request.param == "sqlite":
        return open_study(place(STORES[0], tmp_path / "older"))
    url = request.getfixturevalue("new_database")()
    in_postgres(STORES[0], url, STORES[0].stem)
    return open_study(url)


def test_a_store_of_the_first_release_opens_and_nothing_is_lost(older: Study):
    assert older.pseudonyms() == ("inf-1", "inf-2")
    infant = older.infant("inf-1")
    assert [(e.age_days, e.head_cm) for e in infant.of(Growth)] == [(0, 28.6), (91, 34.5)]
    assert infant.of(Growth)[1].note == "Größe fehlt"
    (recording,) = infant.of(Recording)
    assert recording.found is not None
    assert recording.found.burden_min_per_h == pytest.approx(0.2)
    found = older.findings("a" * 64)
    assert found is not None
    assert found.seizures is not None
    assert found.seizures[0].path == ("O1", "T8")
    assert [kept.path for kept in older.recordings()] == [None]
    assert older.verify().holds
    assert older.verify().changes == 11


def test_a_store_of_the_first_release_goes_on(older: Study):
    older.identify("inf-2", Identity(name="N"), who="mk")
    added = older.add("inf-2", Growth(age_days=3, head_cm=35), who="mk")
    assert len(added.keys) == 1
    assert older.verify().holds


def test_a_store_of_the_second_release_opens_and_takes_reviews(tmp_path: Path):
    opened = open_study(place(STORES[1], tmp_path / "older"))
    assert opened.identity("inf-1") == Identity(name="Nobody")
    opened.review("aaaaaaaaaaaa", "1", '{"kind":"accept"}', who="mk")
    opened.review("aaaaaaaaaaaa", "2", '{"kind":"reject"}', who="mk")
    opened.review("aaaaaaaaaaab", "1", '{"kind":"undo"}', who="mk")
    assert opened.reviews("aaaaaaaaaaaa") == ('{"kind":"accept"}', '{"kind":"reject"}')
    with pytest.raises(StudyError, match="of this number already"):
        opened.review("aaaaaaaaaaaa", "1", "{}", who="mk")
    assert opened.reviews("%") == ()
    assert opened.verify().holds


def test_a_migration_that_fails_leaves_the_store_as_it_was(tmp_path: Path):
    folder = place(STORES[0], tmp_path / "older")
    lite = sqlite3.connect(folder / "study.db")
    lite.execute("CREATE TABLE identity (word TEXT)")
    lite.commit()
    before = list(lite.iterdump())
    with pytest.raises(StudyError, match="identity already exists"):
        open_study(folder)
    assert list(lite.iterdump()) == before
    lite.close()


def test_a_store_of_a_later_release_is_left_alone(study: Study):
    with study.engine.connect() as connection, connection.begin():
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StudyError, match="later release"):
        open_study(study.where)


def test_the_tables_are_those_of_the_schema(study: Study):
    with study.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), schema.METADATA) == []


def test_the_last_step_is_the_one_that_this_release_knows():
    here = Path(schema.__file__).parent
    script = ScriptDirectory(str(here), version_locations=[str(here / "migrations")])
    assert script.get_heads() == [HEAD]


def test_every_step_but_the_last_has_a_store_here():
    here = Path(schema.__file__).parent / "migrations"
    steps = sorted(file.stem[1:5] for file in here.glob("m*.py"))
    assert [store.stem for store in STORES] == steps[:-1]


def test_opening_twice_migrates_once(tmp_path: Path):
    engine = engine_of(f"sqlite:///{place(STORES[0], tmp_path / 'older') / 'study.db'}")
    for _ in range(2):
        migrate(engine)
        with engine.connect() as connection:
            assert revision_of(connection) == HEAD
