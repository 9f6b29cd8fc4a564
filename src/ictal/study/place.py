"""Where is a study: a folder that says where its store is, or the URL of a store."""

from __future__ import annotations

import os
import tomllib
from contextlib import suppress
from pathlib import Path

from ictal.base.errors import IctalError, StudyError, UsageError, reason_of
from ictal.base.files import read_toml
from ictal.study.cipher import KEY_FILE, SUFFIX, Cipher, Held, checked, copy_store, key_of
from ictal.study.engine import engine_of, migrate
from ictal.study.store import Study

FILE_NAME = "study.toml"
STORE = "study.db"
ENCRYPTED = f"study{SUFFIX}"
_PARTIAL = ".study.partial-"
_HIDDEN = (_PARTIAL, f".{FILE_NAME}.partial")
FORM, FORM_ENCRYPTED = 1, 2
"""An encrypted study is another form, so that a release that cannot open one says so."""
_TOML = """# A study of Ictal. `store` is a file of SQLite beside this one (.sqlcipher: encrypted; its key is not here)
# or a URL of PostgreSQL, whose password stands elsewhere: in PGPASSWORD or in ~/.pgpass. Infants are under
# pseudonyms; recordings stay where they are.
form = {form}
store = "{store}"
"""


def create_study(place: str | Path, store: str | None = None, key: str | None = None) -> Study:
    """Make a new study, whole or not at all, in a folder that is not there or empty, or (a URL) in a database.

    Parameters
    ----------
    store
        A URL of PostgreSQL that keeps the study instead of a file in the folder.
    key
        Words that encrypt the store from the beginning; whoever loses them loses the study.

    Raises
    ------
    UsageError
        The folder is not empty or cannot be made.
    StudyError
        The database cannot be reached, or holds a study already.
    """
    if key is not None and (store is not None or _is_url(place)):
        raise UsageError("A store in a database is encrypted by its server: leave out the key, or the URL.")
    if _is_url(place):
        return _open(str(place), str(place), new=True)
    from ictal.exchange.folder import whole_folder

    folder = Path(place)
    if store is not None:
        _check_store(store)
    if folder.is_dir():
        _fill(folder, store, key)
    elif store is not None:
        _make_and_fill(folder, store)
    else:
        with whole_folder(folder) as staging:
            _fill(staging, store, key)
    return open_study(folder, key)


def _make_and_fill(folder: Path, store: str) -> None:
    """Make the folder where its database is last to be made, so that a run that is killed can be given again."""
    try:
        folder.mkdir(mode=0o700, parents=True)
    except OSError as error:
        raise _refused(error, folder) from None
    try:
        _fill(folder, store, None)
    except BaseException:
        with suppress(OSError):
            folder.rmdir()
        raise


def _fill(folder: Path, store: str | None, key: str | None) -> None:
    """Make the study in a folder that is there, empty or with what a killed run left: a study from its last step on."""
    name = store or (STORE if key is None else ENCRYPTED)
    try:
        there = {entry.name for entry in folder.iterdir() if not entry.name.startswith(_HIDDEN)}
        begun = there == {name if store is None else FILE_NAME} and _begun(folder, store, key)
        if there and not begun:
            raise UsageError(
                f"The folder '{folder}' is not empty (it has '{min(there)}'): choose another for the study."
            )
        if store is None:
            if not begun:
                for left in folder.glob(f"{_PARTIAL}*"):
                    left.unlink()
                partial = folder / f"{_PARTIAL}{os.getpid()}"
                os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
                _open(partial, str(folder), None if key is None else Cipher(partial, checked(key)), new=True)
                partial.rename(folder / name)
            _point(folder, name)
            return
        _point(folder, store)
        try:
            _open(store, str(folder), new=True)
        except BaseException:
            if not begun:
                (folder / FILE_NAME).unlink()
            raise
    except OSError as error:
        if isinstance(error, IctalError):
            raise
        raise _refused(error, folder) from None


def _begun(folder: Path, store: str | None, key: str | None) -> bool:
    """Is what is in this folder what a run left that was killed while it made a study: nobody's yet?"""
    if store is not None:
        return (folder / FILE_NAME).read_text(encoding="utf-8", errors="replace") == _said(store)
    made = (folder / (STORE if key is None else ENCRYPTED)).resolve()
    try:
        study = _open(made, str(folder), None if key is None else Cipher(made, checked(key)))
        return not study.pseudonyms() and not study.history()
    except StudyError:
        return False


def _refused(error: OSError, folder: Path) -> UsageError:
    return UsageError(f"The study cannot be made in '{folder}': {reason_of(error)}.")


def open_study(place: str | Path, key: str | None = None) -> Study:
    """Open a study: a folder, its study.toml, or a URL. A store of an earlier release is brought up to date.

    Raises
    ------
    KeyNeeded
        The store is encrypted, and neither `key` nor `ICTAL_KEY_FILE` says by which words.
    StudyError
        There is no study, it cannot be reached, the key is another, or a later release of Ictal wrote it.
    """
    if _is_url(place):
        return _open(str(place), str(place))
    folder, store = _store_of(Path(place))
    if isinstance(store, str):
        return _open(store, str(folder))
    if store.suffix == SUFFIX and (folder / STORE).is_file():
        raise StudyError(
            f"The plain store '{STORE}' still lies beside the encrypted one, because its encryption was stopped: "
            "delete it, and open the study again."
        )
    return _open(store.resolve(), str(folder), key_of(store.resolve(), key))


def needs_key(place: str | Path) -> bool:
    """Is this study encrypted, and nothing in the environment says its key?"""
    if _is_url(place) or os.environ.get(KEY_FILE):
        return False
    store = _store_of(Path(place))[1]
    return isinstance(store, Path) and store.suffix == SUFFIX


def _point(folder: Path, store: str) -> None:
    """From now on the store of this folder is that one."""
    from ictal.exchange.whole_file import write_whole

    write_whole(folder / FILE_NAME, _said(store), overwrite=True)


def _said(store: str) -> str:
    form = FORM_ENCRYPTED if store.endswith(SUFFIX) and not _is_url(store) else FORM
    return _TOML.format(form=form, store=store)


def _store_of(place: Path) -> tuple[Path, str | Path]:
    """Which folder has the study, and where is its store: a URL, or a file that is there?"""
    folder = place
    folder = folder.parent if folder.name == FILE_NAME else folder
    try:
        said = tomllib.loads(read_toml(folder / FILE_NAME).decode("utf-8"))
    except FileNotFoundError:
        raise StudyError(f"'{place}' is no study (it has no {FILE_NAME}): make one with `ictal study init`.") from None
    except OSError as error:
        reason = reason_of(error)
        raise StudyError(f"The study '{place}' cannot be opened: {reason}.") from None
    except (ValueError, RecursionError):
        raise StudyError(f"The file {folder / FILE_NAME} is not TOML: it needs `form` and `store`.") from None
    form, store = said.get("form"), said.get("store")
    if not isinstance(form, int) or not isinstance(store, str):
        raise StudyError(
            f"The file {folder / FILE_NAME} is no study: it needs the numbers `form` and the text `store`."
        )
    if form > FORM_ENCRYPTED:
        raise StudyError(f"The study '{place}' was written by a later release of Ictal: install that release.")
    if _is_url(store):
        return folder, store
    if not (folder / store).is_file():
        raise StudyError(f"The store '{store}' of the study '{place}' is missing: restore it from a copy.")
    if not (folder / store).stat().st_size:
        raise StudyError(f"The store '{store}' of the study '{place}' is empty: restore it from a copy.")
    return folder, folder / store


def backup_study(place: str | Path, to: str | Path, key: str | None = None) -> Study:
    """Copy the store of a study, in one state, into a new folder; one that is encrypted stays so.

    Recordings are files of their own and are not copied. Raises as `open_study` and `create_study` do.
    """
    from ictal.exchange.folder import whole_folder

    folder, store = _file_of(place)
    open_study(folder, key)
    source = key_of(store, key)
    with whole_folder(Path(to)) as staging:
        target = staging / store.name
        copy_store(store, source, target, None if source is None else Cipher(target, source.words))
        _point(staging, store.name)
    return open_study(to, key)


def convert_study(place: str | Path, key: str | None, new: str | None) -> Study:
    """Encrypt the store of a study by a key, by another key, or (`new` is `None`) not any more.

    The study has the one store or the other, whatever happens. Other processes that would write wait, and who waited
    is refused rather than write to what is gone. The blocks of the older store are overwritten; what the disk keeps of
    them elsewhere (snapshots, copies, the spare cells of a flash disk) is out of reach.
    """
    folder, store = _file_of(place)
    open_study(folder, key)
    source = key_of(store, key)
    if source is None and new is None:
        raise StudyError("The study is not encrypted.")
    partial = folder / f"{_PARTIAL}{os.getpid()}"
    name = STORE if new is None else _other_name(store)
    try:
        with Held(store, source) as held:
            copy_store(store, source, partial, None if new is None else Cipher(partial, checked(new)))
            os.replace(partial, folder / name)
            _point(folder, name)
            held.forget()
    except OSError as error:
        raise StudyError(f"The study cannot be written anew: {reason_of(error)}.") from None
    finally:
        partial.unlink(missing_ok=True)
    store.unlink()
    return open_study(folder, new)


def _other_name(store: Path) -> str:
    """A name for an encrypted store that is not the one it has: the two lie side by side for a moment."""
    return f"study-2{SUFFIX}" if store.name == ENCRYPTED else ENCRYPTED


def _file_of(place: str | Path) -> tuple[Path, Path]:
    folder, store = (Path(), str(place)) if _is_url(place) else _store_of(Path(place))
    if isinstance(store, str):
        raise StudyError(
            "The store of this study is a database: its server makes copies and encrypts (pg_dump, disks)."
        )
    return folder, store.resolve()


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


def _open(url: str | Path, where: str, key: Cipher | None = None, new: bool = False) -> Study:
    engine = engine_of(url, key)
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
