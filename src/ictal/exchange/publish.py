"""A finished folder takes its name: in one step where the system knows one, and with a way back where it does not.

A run that is killed here leaves hidden folders, and `tidy` is what the next run, once it has the lock, makes of them:

.NAME.partial-run-xxxx   results that were never finished: they go
.NAME.old-xxxx           beside the target: what was replaced. It goes, or comes back where nothing took its place
.older-xxxx, .done-xxxx  within a target that cannot be renamed: `.older-` comes back, `.done-` goes
"""

from __future__ import annotations

import ctypes
import errno
import glob
import hashlib
import json
import os
import shutil
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

PARTIAL = ".partial-"
PASSING = ".partial-run-"
"""A staging folder that no later run goes on with."""
ASIDE_WITHIN = (".older-", ".done-")
_OLD = ".old-"
_MOVED = "moved.json"
_LONGEST = 40
_AT_WORKING_FOLDER, _EXCHANGE = -100, 2
"""AT_FDCWD and RENAME_EXCHANGE of Linux."""


def own_name(target: Path, kind: str) -> str:
    """How is a hidden neighbour of the target called? Never as that of another target."""
    name = target.name
    if len(name) > _LONGEST:
        name = f"{name[:_LONGEST]}-{hashlib.sha256(os.fsencode(name)).hexdigest()[:8]}"
    return f".{name}{kind}"


def flush(folder: Path) -> None:
    """See to it that everything is on the disk before the folder gets its name; a full disk often shows only here."""
    for place, _, names in os.walk(folder):
        for name in names:
            sync(Path(place, name))
        sync(Path(place))


def publish(staging: Path, target: Path) -> None:
    """Put the finished folder in its place, the older one aside until that is done."""
    if staging.parent == target:
        _publish_within(staging, target)
        return
    if target.is_dir():
        _take_the_place(staging, target)
    else:
        os.rename(staging, target)
    with suppress(OSError):
        sync(target.parent)


def tidy(target: Path) -> None:
    """Take away what killed runs left, and bring back what they had put aside. Only who has the lock may."""
    for aside in _named(target.parent, own_name(target, _OLD)):
        older = aside / "older"
        if older.is_dir() and not os.path.lexists(target):
            os.rename(older, target)
        shutil.rmtree(aside, ignore_errors=True)
    for place in (target.parent, target):
        for left in _named(place, own_name(target, PASSING)):
            shutil.rmtree(left, ignore_errors=True)
    older_, done_ = ASIDE_WITHIN
    for aside in _named(target, older_):
        _bring_back(aside, target)
    for aside in _named(target, done_):
        shutil.rmtree(aside, ignore_errors=True)


def _named(folder: Path, beginning: str) -> list[Path]:
    return list(folder.glob(f"{glob.escape(beginning)}*"))


def _take_the_place(staging: Path, target: Path) -> None:
    staging.chmod(target.stat().st_mode & 0o7777)
    aside = Path(tempfile.mkdtemp(prefix=own_name(target, _OLD), dir=target.parent))
    newer, older = aside / "newer", aside / "older"
    try:
        os.rename(staging, newer)  # under a name that no later run would go on with
        if not _exchanged(newer, target):
            os.rename(target, older)
            try:
                os.rename(newer, target)
            except BaseException:
                os.rename(older, target)
                raise
    finally:
        if os.path.lexists(target):
            shutil.rmtree(aside, ignore_errors=True)


def _exchanged(one: Path, other: Path) -> bool:
    """Did the two change places in one step? Linux can, on most file systems; elsewhere there is a moment between."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    done: int = rename(_AT_WORKING_FOLDER, os.fsencode(one), _AT_WORKING_FOLDER, os.fsencode(other), _EXCHANGE)
    return done == 0


def _publish_within(staging: Path, target: Path) -> None:
    """Put finished files in a folder that cannot itself be renamed: older ones aside, new ones in, back on failure."""
    aside = Path(tempfile.mkdtemp(prefix=ASIDE_WITHIN[0], dir=target))
    own = (aside.name, staging.name, own_name(target, ".lock"))
    older = [p for p in target.iterdir() if p.name not in own]
    newer = list(staging.iterdir())
    try:
        told = {"older": [p.name for p in older], "newer": [p.name for p in newer]}
        (aside / _MOVED).write_text(json.dumps(told), encoding="utf-8")
        flush(aside)
        for path in older:
            os.rename(path, aside / path.name)
        for path in newer:
            os.rename(path, target / path.name)
        done = aside.with_name(aside.name.replace(*ASIDE_WITHIN, 1))
        os.rename(aside, done)
    except BaseException:
        _bring_back(aside, target)
        raise
    shutil.rmtree(done, ignore_errors=True)
    staging.rmdir()
    with suppress(OSError):
        sync(target)


def _bring_back(aside: Path, target: Path) -> None:
    """Let the target hold what it held before: what is said to be new goes, what is aside returns."""
    try:
        told = json.loads((aside / _MOVED).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        told = {"older": [], "newer": []}  # it was stopped before anything was moved
    for name in told["newer"]:
        if name not in told["older"] or os.path.lexists(aside / name):
            _remove(target / name)
    for name in told["older"]:
        if os.path.lexists(aside / name):
            os.rename(aside / name, target / name)
    shutil.rmtree(aside, ignore_errors=True)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """See to it that a file, or a new name in a folder, is on the disk."""
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
