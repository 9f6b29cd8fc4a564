"""An encrypted study: no byte of a child in its files, no way in without its key, and the same study with it."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("sqlcipher3", reason="An encrypted study needs the extra `encryption`.")

import sqlcipher3

from ictal.base.errors import StudyError, UsageError
from ictal.infant.timeline.types import Growth, Infant
from ictal.study import Study, create_study, open_study
from ictal.study.cipher import KeyNeeded, copy_store, key_of, words_of
from ictal.study.engine import migrate
from ictal.study.place import backup_study, convert_study
from ictal.study.store import Identity
from tests.study.test_migrations import STORES

KEY, OTHER = 'it\'s a long "sentence"; -- é', "another sentence that is long"


def fill(study: Study) -> Study:
    study.new(Infant(pseudonym="inf-secret", sex="female"), who="mk")
    study.add("inf-secret", Growth(age_days=91, head_cm=34.5), who="mk")
    study.identify("inf-secret", Identity(name="Surname"), who="mk")
    return study


def holds_nothing(folder: Path) -> None:
    for path in folder.rglob("*"):
        content = path.read_bytes()
        for word in (b"inf-secret", b"Surname", b"head_cm", b"SQLite format", KEY.encode(), b"CREATE TABLE"):
            assert word not in content, f"{word!r} in {path.name}"


def test_no_byte_of_a_child_stands_in_the_files(tmp_path: Path):
    study = fill(create_study(tmp_path / "s", key=KEY))
    holds_nothing(tmp_path / "s")
    assert open_study(tmp_path / "s", KEY).infant("inf-secret") == study.infant("inf-secret")
    assert study.verify().holds
    assert KEY not in repr(study) + repr(study.engine)


def test_plain_sqlite_cannot_open_it_and_sqlcipher_can(tmp_path: Path):
    fill(create_study(tmp_path / "s", key=KEY))
    with pytest.raises(sqlite3.DatabaseError, match="not a database"):
        sqlite3.connect(tmp_path / "s" / "study.sqlcipher").execute("SELECT * FROM infant")
    oracle = sqlcipher3.connect(str(tmp_path / "s" / "study.sqlcipher"))
    oracle.execute("PRAGMA key = '" + KEY.replace("'", "''") + "'")
    assert oracle.execute("SELECT key FROM infant").fetchall() == [("inf-secret",)]


@pytest.mark.parametrize("wrong", [OTHER, KEY + " ", KEY[:-1], "x" * 5000, "x'" + "0" * 96 + "'"])
def test_a_wrong_key_is_one_sentence(tmp_path: Path, wrong: str, capfd):
    fill(create_study(tmp_path / "s", key=KEY))
    with pytest.raises(StudyError, match="does not open") as told:
        open_study(tmp_path / "s", wrong)
    assert wrong not in str(told.value)
    with pytest.raises(KeyNeeded, match="--key-file"):
        open_study(tmp_path / "s")
    assert capfd.readouterr() == ("", "")


def test_a_damaged_store_never_says_something_else(tmp_path: Path):
    """A bit of each page in turn: what was read is what was written, or it is refused."""
    study = fill(create_study(tmp_path / "s", key=KEY))
    was = study.infants(), study.history(), study.identity("inf-secret")
    store, refused = tmp_path / "s" / "study.sqlcipher", 0
    whole = store.read_bytes()
    for page in range(0, len(whole), 4096):
        damaged = bytearray(whole)
        damaged[page + 2000] ^= 1
        store.write_bytes(damaged)
        try:
            study = open_study(tmp_path / "s", KEY)
            assert (study.infants(), study.history(), study.identity("inf-secret")) == was
        except StudyError:
            refused += 1
    assert refused >= 5


@pytest.mark.parametrize("before", [None, KEY])
@pytest.mark.parametrize("after", [None, OTHER])
def test_a_study_is_the_same_however_it_is_kept(tmp_path: Path, before: str | None, after: str | None):
    study = fill(create_study(tmp_path / "s", key=before))
    was = study.infants(), study.history(), study.identity("inf-secret")
    if before is None and after is None:
        with pytest.raises(StudyError, match="not encrypted"):
            convert_study(tmp_path / "s", before, after)
        return
    study = convert_study(tmp_path / "s", before, after)
    assert (study.infants(), study.history(), study.identity("inf-secret")) == was
    assert study.verify().holds
    assert sorted(p.name for p in (tmp_path / "s").iterdir())[1:] == ["study.toml"]
    study.add("inf-secret", Growth(age_days=100, head_cm=35), who="mk")
    if after is not None:
        holds_nothing(tmp_path / "s")
    with pytest.raises(Exception, match="history of a study cannot be changed"), study.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM history")


def test_two_changes_of_the_key(tmp_path: Path):
    fill(create_study(tmp_path / "s", key=KEY))
    convert_study(tmp_path / "s", KEY, OTHER)
    convert_study(tmp_path / "s", OTHER, KEY)
    with pytest.raises(StudyError, match="does not open"):
        open_study(tmp_path / "s", OTHER)
    assert open_study(tmp_path / "s", KEY).pseudonyms() == ("inf-secret",)


WRITER = """
import sys, time
from ictal.infant.timeline.types import Growth
from ictal.study import open_study
study = open_study(sys.argv[1])
for age in range(100, 3000):
    print(study.add("inf-secret", Growth(age_days=age, head_cm=35), who="mk").keys[0], flush=True)
    time.sleep(0.02)
"""


def test_what_another_process_was_acknowledged_while_a_study_is_encrypted_is_in_it(tmp_path: Path):
    fill(create_study(tmp_path / "s"))
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, tmp_path / "s"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    kept = [writer.stdout.readline().strip() for _ in range(5)]
    study = convert_study(tmp_path / "s", None, KEY)
    rest, said = writer.communicate(timeout=60)
    assert "StudyError" in said, "who waited writes no more"
    assert {e.id for e in study.infant("inf-secret").entries} >= {*kept, *rest.split()}
    assert study.verify().holds


@pytest.mark.parametrize("key", [None, KEY])
def test_a_backup_is_the_study_kept_the_same_way(tmp_path: Path, key: str | None):
    study = fill(create_study(tmp_path / "s", key=key))
    copy = backup_study(tmp_path / "s", tmp_path / "copy", key)
    assert (copy.infants(), copy.history()) == (study.infants(), study.history())
    assert {p.stat().st_mode & 0o077 for p in (tmp_path / "copy").iterdir()} == {0}
    if key is not None:
        holds_nothing(tmp_path / "copy")
    with pytest.raises(UsageError):
        backup_study(tmp_path / "s", tmp_path / "copy", key)


def test_a_store_of_an_earlier_release_is_migrated_when_it_is_encrypted(tmp_path: Path):
    """The first release had no encryption; its steps run in an encrypted store all the same."""
    (tmp_path / "s").mkdir()
    plain = tmp_path / "older.db"
    connection = sqlite3.connect(plain)
    connection.executescript(STORES[0].read_text(encoding="utf-8"))
    connection.close()
    store = tmp_path / "s" / "study.sqlcipher"
    copy_store(plain, None, store, key_of(store, KEY))
    (tmp_path / "s" / "study.toml").write_text('form = 2\nstore = "study.sqlcipher"\n')
    study = open_study(tmp_path / "s", KEY)
    assert study.pseudonyms()
    assert study.verify().holds
    migrate(study.engine)


def test_a_stopped_encryption_leaves_no_plain_store_unseen(tmp_path: Path):
    fill(create_study(tmp_path / "s", key=KEY))
    (tmp_path / "s" / "study.db").write_bytes(b"SQLite format 3\0")
    with pytest.raises(StudyError, match="still lies beside"):
        open_study(tmp_path / "s", KEY)


def test_the_file_of_a_key_is_its_owners_alone(tmp_path: Path, monkeypatch):
    file = tmp_path / "key"
    file.write_text(f"{KEY}\n")
    file.chmod(0o640)
    with pytest.raises(StudyError, match="chmod 600"):
        words_of(file)
    file.chmod(0o600)
    assert words_of(file) == KEY
    fill(create_study(tmp_path / "s", key=KEY))
    monkeypatch.setenv("ICTAL_KEY_FILE", str(file))
    assert open_study(tmp_path / "s").pseudonyms() == ("inf-secret",)
    for said, text in ("short", "characters or more"), ("", "characters or more"):
        file.write_text(said)
        with pytest.raises(StudyError, match=text):
            words_of(file)
    file.write_bytes(b"\xff\xfe" * 20)
    with pytest.raises(StudyError, match="utf-8"):
        words_of(file)
    with pytest.raises(StudyError, match="no such file"):
        words_of(tmp_path / "none")


def test_opening_derives_the_key_once(tmp_path: Path, monkeypatch):
    study = fill(create_study(tmp_path / "s", key=KEY))
    monkeypatch.setattr("hashlib.pbkdf2_hmac", None)
    begin = time.perf_counter()
    for _ in range(20):
        study.pseudonyms()
    assert time.perf_counter() - begin < 2


@pytest.fixture
def ictal(capsys):
    from ictal.cli.main import run

    def command(*arguments: object) -> tuple[int, str, str]:
        code = run([str(a) for a in arguments])
        told = capsys.readouterr()
        return code, told.out, told.err

    return command


@pytest.fixture
def keys(tmp_path: Path, monkeypatch) -> tuple[Path, Path]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ICTAL_WHO", "mk")
    monkeypatch.delenv("ICTAL_KEY_FILE", raising=False)
    monkeypatch.delenv("ICTAL_STUDY", raising=False)
    files = tmp_path / "key", tmp_path / "other"
    for file, words in zip(files, (KEY, OTHER), strict=True):
        file.write_text(words)
        file.chmod(0o600)
    return files


def test_the_commands_of_an_encrypted_study(ictal, keys):
    key, other = keys
    assert ictal("study", "init", "s", "--encrypt", "--key-file", key)[0] == 0
    assert ictal("infant", "new", "inf-secret", "--study", "s", "--key-file", key)[0] == 0
    words = ("infant", "add", "inf-secret", "--study", "s", "--key-file", key, "growth", "--age-days", 9)
    assert ictal(*words, "--head-cm", 34)[0] == 0
    holds_nothing(Path("s"))
    code, out, err = ictal("study", "show", "--study", "s")
    assert (code, out, err.count("\n"), "--key-file" in err) == (3, "", 1, True)
    code, out, err = ictal("study", "show", "--study", "s", "--key-file", other)
    assert (code, out, err.count("\n"), "does not open" in err) == (3, "", 1, True)
    assert ictal("study", "encrypt", "--study", "s", "--key-file", key, "--new-key-file", other)[0] == 0
    assert ictal("study", "verify", "--study", "s", "--key-file", other)[0] == 0
    assert ictal("study", "backup", "copy", "--study", "s", "--key-file", other)[0] == 0
    assert "inf-secret" in ictal("study", "show", "--study", "copy", "--key-file", other)[1]
    assert ictal("study", "decrypt", "--study", "s", "--key-file", other)[0] == 0
    assert "inf-secret" in ictal("infant", "show", "inf-secret", "--study", "s")[1]
    assert ictal("study", "decrypt", "--study", "s")[0] == 3


def test_no_key_is_taken_from_a_command_line(ictal, keys):
    """There is an option for its file alone, and without a terminal nobody is asked."""
    code, _, err = ictal("study", "init", "s", "--encrypt")
    assert (code, err.count("\n"), Path("s").exists()) == (2, 1, False)
    code, _, err = ictal("study", "init", "s", "--encrypt", "--key-file", KEY)
    assert (code, err.count("\n"), Path("s").exists()) == (3, 1, False)
    for command in ("init", "encrypt", "decrypt", "backup", "show"):
        assert "--key " not in ictal("study", command, "--help")[1]


def test_a_key_is_typed_where_there_is_a_terminal(ictal, keys, monkeypatch):
    ictal("study", "init", "s", "--encrypt", "--key-file", keys[0])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("click.prompt", lambda *_, **how: KEY if how["hide_input"] else "seen")
    assert ictal("study", "verify", "--study", "s")[0] == 0


def test_the_workbench_serves_an_encrypted_study(tmp_path: Path):
    pytest.importorskip("fastapi", reason="The workbench needs the extra `web`.")
    from ictal.web.app import opened
    from ictal.web.settings import Served

    fill(create_study(tmp_path / "s", key=KEY))
    assert opened(Served(tmp_path / "s", key=KEY)).pseudonyms() == ("inf-secret",)
    assert KEY not in repr(Served(tmp_path / "s", key=KEY))
    with pytest.raises(KeyNeeded):
        opened(Served(tmp_path / "s"))
