"""Where is a study: a folder that says where its store is, or the URL of a store."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

from ictal.base.errors import IctalError, StudyError, UsageError
from ictal.base.files import read_toml
from ictal.study.engine import engine_of, migrate
from ictal.study.store import Study

FILE_NAME = "study.toml"
STORE = "study.db"
_PARTIAL = ".study.db.partial-"
FORM = 1
_TOML = """# A study of Ictal. `store` is a file of SQLite beside this one, or a URL of PostgreSQL, whose password
# stands elsewhere: in PGPASSWORD or in ~/.pgpass. Infants are under pseudonyms; recordings stay where they are.
form = {form}
store = "{store}"
"""


def create_study(place: str | Path, store: str | None = None) -> Study:
    """Make a new study, whole or not at all, in a folder that is not there or empty, or (a URL) in a database.

    Parameters
    ----------
    store
        A URL of PostgreSQL that keeps the study instead of a file in the folder.

    Raises
    ------
    UsageError
        The folder is not empty or cannot be made.
    StudyError
        The database cannot be reached, or holds a study already.
    """
    if _is_url(place):
        return _open(str(place), str(place), new=True)
    from ictal.exchange.folder import whole_folder

    folder = Path(place)
    if store is not None:
        _check_store(store)
    if folder.is_dir():
        _fill(folder, store)
    else:
        with whole_folder(folder) as staging:
            _fill(staging, store)
    return open_study(folder)


def _fill(folder: Path, store: str | None) -> None:
    """Make the study in an empty folder that is there: it is one from the moment on when it has its study.toml."""
    from ictal.exchange.whole_file import write_whole

    try:
        there = [entry.name for entry in folder.iterdir() if not entry.name.startswith(_PARTIAL)]
        if there:
            raise UsageError(
                f"The folder '{folder}' is not empty (it has '{min(there)}'): choose another for the study."
            )
        partial = folder / f"{_PARTIAL}{os.getpid()}"
        _open(partial if store is None else store, str(folder), new=True)
        if store is None:
            partial.rename(folder / STORE)
        write_whole(folder / FILE_NAME, _TOML.format(form=FORM, store=STORE if store is None else store))
    except OSError as error:
        if isinstance(error, IctalError):
            raise
        raise UsageError(f"The study cannot be made in '{folder}': {(error.strerror or str(error)).lower()}.") from None


def open_study(place: str | Path) -> Study:
    """Open a study: a folder, its study.toml, or a URL. A store of an earlier release is brought up to date.

    Raises
    ------
    StudyError
        There is no study, it cannot be reached, or a later release of Ictal wrote it.
    """
    if _is_url(place):
        return _open(str(place), str(place))
    folder = Path(place)
    folder = folder.parent if folder.name == FILE_NAME else folder
    try:
        said = tomllib.loads(read_toml(folder / FILE_NAME).decode("utf-8"))
    except FileNotFoundError:
        raise StudyError(f"'{place}' is no study (it has no {FILE_NAME}): make one with `ictal study init`.") from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise StudyError(f"The study '{place}' cannot be opened: {reason}.") from None
    except (ValueError, RecursionError):
        raise StudyError(f"The file {folder / FILE_NAME} is not TOML: it needs `form` and `store`.") from None
    form, store = said.get("form"), said.get("store")
    if not isinstance(form, int) or not isinstance(store, str):
        raise StudyError(
            f"The file {folder / FILE_NAME} is no study: it needs the numbers `form` and the text `store`."
        )
    if form > FORM:
        raise StudyError(f"The study '{place}' was written by a later release of Ictal: install that release.")
    if _is_url(store):
        return _open(store, str(folder))
    if not (folder / store).is_file():
        raise StudyError(f"The store '{store}' of the study '{place}' is missing: restore it from a copy.")
    if not (folder / store).stat().st_size:
        raise StudyError(f"The store '{store}' of the study '{place}' is empty: restore it from a copy.")
    return _open((folder / store).resolve(), str(folder))


def find_study(here: Path | None = None) -> str:
    """Which study is meant when none is named: that of `ICTAL_STUDY`, of this folder, or of one above it?"""
    named = os.environ.get("ICTAL_STUDY")
    if named:
        return named
    start = (Path.cwd() if here is None else here).resolve()
    for folder in (start, *start.parents):
        if (folder / FILE_NAME).is_file():
            return str(folder)
    raise UsageError(
        "There is no study here: name one with --study or ICTAL_STUDY, or make one with `ictal study init`."
    )


def _open(url: str | Path, where: str, new: bool = False) -> Study:
    engine = engine_of(url)
    migrate(engine, new=new)
    return Study(engine, where)


def _is_url(place: str | Path) -> bool:
    return isinstance(place, str) and "://" in place


def _check_store(store: str) -> None:
    engine = engine_of(store) if _is_url(store) else None
    if engine is None or engine.dialect.name != "postgresql":
        raise UsageError(
            f"'{store}' is no URL of PostgreSQL: give postgresql://USER@HOST/DATABASE, or leave --store out."
        )
    if engine.url.password is not None:
        raise UsageError("A password does not belong into a study: leave it out of --store and set PGPASSWORD.")
