"""A folder of results that is there whole or not at all.

    with whole_folder(out) as staging:       staging = .NAME.partial-xxxx beside `out`
        write_everything(staging)            a failure here removes it: nothing is left
                                             success: flushed to the disk, then renamed to `out`

With a `recipe` the staging folder is `.NAME.partial-RECIPE` and stays after an interruption, so that the same work can
go on where it was; a lock in it keeps a second run out.

The folder is readable by its owner alone (mode 0700), because results are a patient's data; where an empty or replaced
folder was there before, its own mode is kept, so that a folder made for a group stays one.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path

from ictal.base.errors import IctalError, Interrupted, OutputError, UsageError

try:
    import fcntl
except ImportError:  # no such locks on this system
    fcntl = None  # type: ignore[assignment]

MARKERS = ("findings.json", "simulation.json", "ictal-benchmark.txt")
"""A folder with one of these was written by Ictal, so `--overwrite` may replace it."""

LOCK = ".lock"
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
        staging = _stage(wanted, target) if recipe is None else _stage_again(wanted, target, recipe)
        with _locked(staging, wanted) if recipe is not None else nullcontext():
            yield staging
        _flush(staging)
        _publish(staging, target)
    except (KeyboardInterrupt, SystemExit) as stop:
        if recipe is None:
            _remove(staging, made)
        elif isinstance(stop, KeyboardInterrupt):
            raise Interrupted(
                f"interrupted; the same command goes on where it was ('{wanted}' is not there yet)."
            ) from None
        raise
    except _Busy as busy:
        raise UsageError(str(busy)) from None
    except BaseException as error:
        _remove(staging, made)
        if isinstance(error, OSError) and not isinstance(error, IctalError):
            raise _sentence(error, wanted, staging) from error
        raise


class _Busy(Exception):
    """Another run writes here."""


def _remove(staging: Path | None, made: list[Path]) -> None:
    if staging is not None:
        shutil.rmtree(staging, ignore_errors=True)
    for parent in reversed(made):
        with suppress(OSError):
            parent.rmdir()


def _stage_again(wanted: Path, target: Path, recipe: str) -> Path:
    """The staging folder of this recipe, with what is in it."""
    staging = target.parent / f".{target.name[:40]}.partial-{recipe[:16]}"
    try:
        staging.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise _sentence(error, wanted, None) from None
    return staging


@contextmanager
def _locked(staging: Path, wanted: Path) -> Iterator[None]:
    """Keep other runs out while this one writes. Where files cannot be locked nobody is kept out."""
    place = staging / LOCK
    with place.open("a") as file:
        if fcntl is not None:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise _Busy(
                    f"Another run is writing '{wanted}': wait for it, or choose another folder with --out."
                ) from None
        yield
        place.unlink(missing_ok=True)


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
        content = {entry.name for entry in target.iterdir()}
    except OSError as error:
        raise UsageError(f"The output folder '{wanted}' cannot be used: {_reason(error)}.") from None
    if not content:
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


def _stage(wanted: Path, target: Path) -> Path:
    """A new folder beside the target; within it where only the target itself can be written (a mount)."""
    prefix = f".{target.name[:40]}.partial-"
    if target.is_dir() and os.path.ismount(target):
        return Path(tempfile.mkdtemp(prefix=prefix, dir=target))
    try:
        return Path(tempfile.mkdtemp(prefix=prefix, dir=target.parent))
    except OSError as error:
        if error.errno not in _NOT_ALLOWED or not target.is_dir():
            raise _sentence(error, wanted, None) from None
    try:
        return Path(tempfile.mkdtemp(prefix=prefix, dir=target))
    except OSError as error:
        raise _sentence(error, wanted, None) from None


def _flush(folder: Path) -> None:
    """See to it that everything is on the disk before the folder gets its name; a full disk often shows only here."""
    for place, _, names in os.walk(folder):
        for name in names:
            _sync(Path(place, name))
        _sync(Path(place))


def _sync(path: Path) -> None:
    if path.is_symlink() or (os.name == "nt" and path.is_dir()):
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() or os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # file systems that cannot be asked to flush
            raise
    finally:
        os.close(handle)


def _publish(staging: Path, target: Path) -> None:
    """Put the finished folder in its place, the older one aside until that is done."""
    if staging.parent == target:
        _publish_within(staging, target)
        return
    if not target.is_dir():
        os.rename(staging, target)
    else:
        staging.chmod(target.stat().st_mode & 0o7777)
        aside = Path(tempfile.mkdtemp(prefix=f".{target.name[:40]}.old-", dir=target.parent))
        older = aside / "older"
        try:
            os.rename(target, older)
            try:
                os.rename(staging, target)
            except BaseException:
                os.rename(older, target)
                raise
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    with suppress(OSError):
        _sync(target.parent)


def _publish_within(staging: Path, target: Path) -> None:
    """Put finished files in a folder that cannot itself be renamed: older ones aside, new ones in, back on failure."""
    aside = Path(tempfile.mkdtemp(prefix=".older-", dir=target))
    moved: list[tuple[Path, Path]] = []
    older = [(p, aside / p.name) for p in target.iterdir() if p not in (aside, staging)]
    newer = [(p, target / p.name) for p in staging.iterdir()]
    try:
        for source, goal in older + newer:
            os.rename(source, goal)
            moved.append((source, goal))
    except BaseException:
        for source, goal in reversed(moved):
            os.rename(goal, source)
        raise
    finally:
        if len(moved) in (0, len(older) + len(newer)) or not any(aside.iterdir()):
            shutil.rmtree(aside, ignore_errors=True)
    staging.rmdir()
    with suppress(OSError):
        _sync(target)


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


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
