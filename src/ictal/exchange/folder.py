"""A folder of results that is there whole or not at all.

    with whole_folder(out) as staging:       staging = .NAME.partial-run-xxxx beside `out`
        write_everything(staging)            a failure here removes it: nothing is left
                                             success: flushed to the disk, then renamed to `out`

While a run writes, `.NAME.lock` beside it keeps every other one away from `out`; it goes when the run ends, and one
that a killed run left keeps nobody out. What else a killed run left is taken away, or brought back, by the next one
(`publish.py`). With a `recipe` the staging folder is `.NAME.partial-RECIPE` and stays after an interruption, so that
the same work can go on where it was.

The folder and its files are readable by their owner alone (0700 and 0600), because results are a patient's data; where
an empty or replaced folder was there before, its own mode is kept, so that a folder made for a group stays one.
"""

from __future__ import annotations

import errno
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from ictal.base.errors import IctalError, Interrupted, OutputError, UsageError, reason_of
from ictal.exchange.publish import ASIDE_WITHIN, PARTIAL, PASSING, flush, own_name, publish, tidy

if sys.platform != "win32":
    import fcntl

MARKERS = ("findings.json", "simulation.json", "ictal-benchmark.txt")
"""A folder with one of these was written by Ictal, so `--overwrite` may replace it."""

SCRATCH = ".*.checkpoint.npz"
"""Files of the staging folder that serve to go on: they go before it gets its name."""


class InUse(UsageError):
    """Another run writes there now."""


_FULL = {errno.ENOSPC, errno.EDQUOT}
_NOT_ALLOWED = {errno.EACCES, errno.EPERM, errno.EROFS}
_CANNOT_BE = {errno.ENOTDIR, errno.EEXIST, errno.ENAMETOOLONG, errno.ELOOP, errno.EINVAL}


@contextmanager
def whole_folder(out: Path, overwrite: bool = False, recipe: str | None = None) -> Iterator[Path]:
    """Where can results be written so that `out` appears whole or not at all?

    Yields an empty folder to write into. When the body succeeds, that folder becomes `out`; when it fails in any way,
    interruption included, nothing of it is left, and an older `out` is as it was.

    Parameters
    ----------
    out
        The folder to appear. Its parents are made when missing (and unmade after a failure). An existing empty folder
        is fine.
    overwrite
        Replace an existing folder that Ictal wrote. The older one is put aside first and brought back after a failure.
    recipe
        A digest of all that decides what will be written. The folder yielded holds what an interrupted run of the same
        recipe had written; after an interruption it stays, after any other failure it is removed.

    Raises
    ------
    UsageError
        `out` is a file, or is not empty, or no folder can be made there.
    OutputError
        The disk is full or refuses, in the body or when the folder is put in its place.
    Interrupted
        The run was interrupted and can go on (with a `recipe` only).
    """
    wanted = Path(out)
    target = _resolved(wanted)
    _check_free(wanted, target, overwrite)
    made = _make_parents(wanted, target.parent)
    staging: Path | None = None
    try:
        with _locked(_where(target), wanted, target):
            tidy(target)
            _check_free(wanted, target, overwrite)
            staging = _stage(wanted, target, recipe)
            yield staging
            flush(staging)
            for kept in staging.glob(SCRATCH):
                kept.unlink()
            if not target.is_dir():
                _keep_private(staging)
            publish(staging, target)
    except (KeyboardInterrupt, SystemExit) as stop:
        if recipe is None or staging is None:
            _remove(staging, made)
        elif isinstance(stop, KeyboardInterrupt):
            raise Interrupted(
                f"interrupted; the same command goes on where it was ('{wanted}' appears when all is done)."
            ) from None
        raise
    except BaseException as error:
        _remove(staging, made)
        if isinstance(error, OSError) and not isinstance(error, IctalError):
            raise _sentence(error, wanted, staging) from error
        raise


@contextmanager
def alone_in(out: Path) -> Iterator[Path]:
    """How does a run that writes file by file keep every other one away from `out`? Yields the folder, which is made.

    Raises `InUse` where another run is there, `UsageError` and `OutputError` where there can be no such folder.
    """
    wanted = Path(out)
    target = _resolved(wanted)
    made = _make_parents(wanted, target.parent)
    try:
        with _locked(_where(target), wanted, target):
            try:
                target.mkdir(mode=0o700, exist_ok=True)
            except OSError as error:
                raise _sentence(error, wanted, None) from None
            yield target
    except BaseException:
        for parent in reversed(made):
            with suppress(OSError):
                parent.rmdir()
        raise


def _remove(staging: Path | None, made: list[Path]) -> None:
    if staging is not None:
        shutil.rmtree(staging, ignore_errors=True)
    for parent in reversed(made):
        with suppress(OSError):
            parent.rmdir()


@contextmanager
def _locked(where: Path, wanted: Path, target: Path) -> Iterator[None]:
    """Keep other runs away from `target` while this one writes. Where files cannot be locked nobody is kept out."""
    place = where / own_name(target, ".lock")
    try:
        file = _lock(place)
    except BlockingIOError:
        raise InUse(f"Another run is writing '{wanted}': wait for it, or choose another folder with --out.") from None
    except OSError as error:
        raise _sentence(error, wanted, None) from None
    with file:
        try:
            yield
        finally:
            place.unlink(missing_ok=True)


def _lock(place: Path) -> IO[str]:
    """Take the lock, or raise `BlockingIOError`. One whose file another run has just taken away is no lock."""
    while True:
        file = place.open("a")
        try:
            if sys.platform == "win32":  # no such locks there
                return file
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if place.exists() and os.path.samestat(os.fstat(file.fileno()), place.stat()):
                return file
        except BlockingIOError:
            file.close()
            raise
        except OSError as error:
            if error.errno not in (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS):
                file.close()
                raise
            return file
        file.close()


def _resolved(out: Path) -> Path:
    """The real place of `out`, symbolic links followed, also where it does not exist yet."""
    try:
        return out.resolve()
    except (OSError, RuntimeError, ValueError):
        raise UsageError(f"'{out}' cannot be a folder name: choose another with --out.") from None


def _check_free(wanted: Path, target: Path, overwrite: bool) -> None:
    try:
        if not os.path.lexists(target):
            return
        if not target.is_dir():
            raise UsageError(f"'{wanted}' is a file, but the results need a folder: choose another with --out.")
        own = (own_name(target, PARTIAL), own_name(target, ".lock"), *ASIDE_WITHIN)
        names = {entry.name for entry in target.iterdir()}
        content = {name for name in names if not name.startswith(own)}
    except OSError as error:
        raise UsageError(f"The output folder '{wanted}' cannot be used: {_reason(error)}.") from None
    if not content or any(
        name.startswith(ASIDE_WITHIN) for name in names
    ):  # what a killed run left: `tidy` comes first
        return
    if not overwrite:
        raise UsageError(f"The output folder '{wanted}' is not empty: choose another with --out, or add --overwrite.")
    if not content & set(MARKERS):
        raise UsageError(
            f"The output folder '{wanted}' was not written by Ictal (it has no {' or '.join(MARKERS)}), so --overwrite "
            "does not replace it: choose another with --out."
        )


def _make_parents(wanted: Path, parent: Path) -> list[Path]:
    """Make the missing parents, outermost first, and say which were made."""
    missing: list[Path] = []
    while not os.path.lexists(parent):
        missing.append(parent)
        parent = parent.parent
    made: list[Path] = []
    for folder in reversed(missing):
        try:
            folder.mkdir(exist_ok=True)
        except OSError as error:
            for done in reversed(made):
                done.rmdir()
            raise _sentence(error, wanted, None) from None
        made.append(folder)
    return made


def _where(target: Path) -> Path:
    """Where is the staging folder: beside the target, or within it where only the target can be written (a mount)?"""
    if target.is_dir() and (os.path.ismount(target) or not os.access(target.parent, os.W_OK | os.X_OK)):
        return target
    return target.parent


def _stage(wanted: Path, target: Path, recipe: str | None) -> Path:
    """A new staging folder, or that of this recipe with what is in it."""
    try:
        if recipe is None:
            return Path(tempfile.mkdtemp(prefix=own_name(target, PASSING), dir=_where(target)))
        staging = _where(target) / own_name(target, f"{PARTIAL}{recipe[:16]}")
        staging.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise _sentence(error, wanted, None) from None
    return staging


def _keep_private(folder: Path) -> None:
    """Whatever the umask was: a copy of one of these files is its owner's alone too."""
    for place, _, names in os.walk(folder):
        os.chmod(place, 0o700)
        for name in names:
            if not Path(place, name).is_symlink():
                os.chmod(Path(place, name), 0o600)


def _reason(error: OSError) -> str:
    return reason_of(error)


def _sentence(error: OSError, out: Path, staging: Path | None) -> Exception:
    """The refusal of the computer as a sentence, when it is about the output; else the error itself."""
    if error.errno in _FULL:
        return OutputError(
            f"The disk is full, so nothing was written to '{out}': free some space, or choose another folder "
            "with --out."
        )
    if error.errno == errno.EFBIG:
        return OutputError(
            f"A result grew beyond the largest file that is allowed here, so nothing was written to '{out}': "
            "raise the limit, or choose another folder with --out."
        )
    if staging is None:
        if error.errno in _NOT_ALLOWED:
            return UsageError(
                f"The output folder '{out}' cannot be made there ({_reason(error)}): choose another with --out."
            )
        if error.errno in _CANNOT_BE:
            return UsageError(
                f"The output folder '{out}' cannot be made ({_reason(error)}): choose another with --out."
            )
        return OutputError(f"The output folder '{out}' cannot be made: {_reason(error)}.")
    touched = [name for name in (error.filename, error.filename2) if isinstance(name, str | os.PathLike)]
    if any(Path(name).is_relative_to(staging) for name in touched):
        return OutputError(f"The results could not be written to '{out}': {_reason(error)}.")
    return error
