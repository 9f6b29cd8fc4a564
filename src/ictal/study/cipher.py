"""How is a store kept encrypted? By SQLCipher, whose key comes from a file or is typed, and never from a command line.

An encrypted store has a name of its own (`study.sqlcipher`), so that study.toml says which of the two a study has, and
a study changes from the one to the other in the moment in which study.toml is replaced.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from ictal.base.errors import MissingExtra, StudyError
from ictal.study.schema import METADATA

KEY_FILE = "ICTAL_KEY_FILE"
SUFFIX = ".sqlcipher"
SHORTEST_KEY = 12
_SALT_BYTES, _ROUNDS, _KEY_BYTES = 16, 256_000, 32
"""Those of SQLCipher 4, whose own program opens the store with the same words."""
_WAIT_S = 30


class KeyNeeded(StudyError):
    """The store is encrypted, and nobody has said its key."""


@dataclass(frozen=True)
class Cipher:
    """The key of one store."""

    store: Path
    words: str = field(repr=False)

    def connect(self) -> Any:
        """A connection to the store. Raises `StudyError` when this is not its key."""
        return self._opened("key", f'"{self.raw}"')

    @cached_property
    def raw(self) -> str:
        """Key and salt in digits, derived once: doing it for each connection would take a tenth of a second each.

        The salt of a store that is there is asked of SQLCipher: opening the file beside it would end its locks.
        """
        if self.store.is_file() and self.store.stat().st_size:
            with closing(self._opened("hexkey", f"'{self.words.encode().hex()}'")) as connection:
                salt = bytes.fromhex(connection.execute("PRAGMA cipher_salt").fetchone()[0])
        else:
            salt = os.urandom(_SALT_BYTES)
        key = hashlib.pbkdf2_hmac("sha512", self.words.encode(), salt, _ROUNDS, _KEY_BYTES)
        return f"x'{key.hex()}{salt.hex()}'"

    def _opened(self, form: str, digits: str) -> Any:
        driver = sqlcipher()
        connection = driver.connect(str(self.store), timeout=_WAIT_S, check_same_thread=False)
        try:
            connection.execute("PRAGMA cipher_log_level = NONE")
            connection.execute(f"PRAGMA {form} = {digits}")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except driver.DatabaseError as error:
            connection.close()
            if "not a database" not in str(error):
                raise
            raise StudyError(
                "This key does not open the store of the study: give the one that it was encrypted by (a store that is "
                "damaged cannot be told apart: then restore it from a copy)."
            ) from None
        return connection


def sqlcipher() -> Any:
    """SQLite with encryption. Raises `MissingExtra` where it is not installed."""
    try:
        import sqlcipher3.dbapi2 as driver
    except ImportError:
        raise MissingExtra("An encrypted study", "encryption") from None
    return driver


def key_of(store: Path, words: str | None) -> Cipher | None:
    """The key of this store: the words given, else those of the file that `ICTAL_KEY_FILE` names.

    `None` for a store that needs none. Raises `KeyNeeded` when it needs one that nobody said.
    """
    if store.suffix != SUFFIX:
        return None
    named = os.environ.get(KEY_FILE)
    if words is None and named:
        words = words_of(Path(named))
    if words is None:
        raise KeyNeeded(f"The study is encrypted: name the file of its key with --key-file or {KEY_FILE}.")
    return Cipher(store, words)


def words_of(file: Path) -> str:
    """The key that a file holds: its first line. Raises `StudyError` when it has none, or others may read it."""
    try:
        told = file.stat()
        text = file.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or "it must be text in UTF-8").lower()
        raise StudyError(f"The file of the key, '{file}', cannot be read: {reason}.") from None
    if sys.platform != "win32" and told.st_mode & 0o077 and told.st_uid == os.getuid():
        raise StudyError(f"Others may read the file of the key, '{file}': `chmod 600` it.")
    return checked(text.partition("\n")[0].rstrip("\r"))


def checked(words: str) -> str:
    """The same key. Raises `StudyError` when it is too short to keep anything."""
    if len(words) < SHORTEST_KEY:
        raise StudyError(
            f"A key has {SHORTEST_KEY} characters or more (a long sentence, or what `openssl rand -hex 32` says); this "
            f"one has {len(words)}."
        )
    return words


def copy_store(source: Path, key: Cipher | None, target: Path, new: Cipher | None) -> None:
    """Write one state of a store into a new file, encrypted by another key or by none; the source stays as it is."""
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with _in_words():
        _copy(source, key, target, new)


def _copy(source: Path, key: Cipher | None, target: Path, new: Cipher | None) -> None:
    if key is None and new is None:
        import sqlite3

        with closing(sqlite3.connect(source, timeout=_WAIT_S)) as old, closing(sqlite3.connect(target)) as made:
            old.backup(made)
        return
    with closing(_opened(source, key)) as old:
        old.execute("ATTACH DATABASE ? AS other KEY ?", (str(target), "" if new is None else new.raw))
        old.execute("SELECT sqlcipher_export('other')").fetchone()
        old.execute("DETACH DATABASE other")


class Held:
    """A store into which nobody else writes while this is open; `forget` makes it useless to those who waited."""

    def __init__(self, store: Path, key: Cipher | None) -> None:
        self._connection = _opened(store, key)
        with _in_words():
            self._connection.execute("PRAGMA journal_mode = MEMORY")  # what is overwritten is written nowhere else
            self._connection.execute("PRAGMA secure_delete = ON")
            self._connection.execute("PRAGMA foreign_keys = OFF")
            self._connection.execute("BEGIN IMMEDIATE")

    def forget(self) -> None:
        """Overwrite everything in it."""
        with _in_words():
            for name in (*METADATA.tables, "alembic_version"):
                self._connection.execute(f"DROP TABLE {name}")
            self._connection.execute("COMMIT")

    def __enter__(self) -> Held:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()


@contextmanager
def _in_words() -> Iterator[None]:
    """What SQLite refuses, as one sentence."""
    try:
        yield
    except Exception as error:
        if type(error).__module__.partition(".")[0] not in ("sqlite3", "sqlcipher3"):
            raise
        if "locked" in str(error):
            raise StudyError(
                f"Another program has been writing to the study for {_WAIT_S} s: try again later."
            ) from error
        raise StudyError(f"The store of the study answered: {error}.") from error


def _opened(store: Path, key: Cipher | None) -> Any:
    connection = sqlcipher().connect(str(store), timeout=_WAIT_S) if key is None else key.connect()
    connection.isolation_level = None
    return connection
