"""One file that is there whole or not at all (a folder of them: `folder.whole_folder`).

It is written as `.NAME.partial` beside its place. What a killed run left there is written over by the next.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from ictal.base.errors import OutputError, UsageError, reason_of
from ictal.exchange.publish import own_name, sync

if sys.platform != "win32":
    import fcntl


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Where can a file be written so that `path` is whole or as it was? Readable by its owner alone.

    Two who write the same file take turns. Raises `OSError` as the computer does.
    """
    aside, held = _begin(path)
    try:
        yield aside
        sync(aside)
        if sys.platform == "win32":  # what is open cannot be renamed there
            held.close()
        os.replace(aside, path)
        sync(path.parent)
    except BaseException:
        with suppress(OSError):
            aside.unlink()
        raise
    finally:
        held.close()


def _begin(path: Path) -> tuple[Path, IO[bytes]]:
    """The empty file to write, and the handle that keeps others from it."""
    place = path.with_name(own_name(path, ".partial"))
    while sys.platform != "win32":
        file = os.fdopen(os.open(place, os.O_RDWR | os.O_CREAT, 0o600), "rb+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            if place.exists() and os.path.samestat(os.fstat(file.fileno()), place.stat()):
                file.truncate(0)
                return place, file  # else another has just put it in place
        except OSError:  # a file system without locks: a name of one's own
            file.close()
            break
        file.close()
    handle, name = tempfile.mkstemp(prefix=own_name(path, ".partial-"), dir=path.parent)
    return Path(name), os.fdopen(handle, "rb+")


def put_whole(path: Path, content: str | bytes) -> None:
    """Put a text (in UTF-8) or bytes in its place, whole or as it was, and on the disk when this comes back.

    Raises `OSError` as the computer does.
    """
    with whole_file(path) as aside:
        aside.write_bytes(content.encode() if isinstance(content, str) else content)


def write_whole(path: Path, content: str | bytes, overwrite: bool = False) -> None:
    """Write what a user asked for so, as `put_whole` does it.

    Readable by its owner alone, as a child's data should be. Raises `UsageError` when the file is there and may not be
    replaced, `OutputError` when it cannot be written.
    """
    _may_be_written(path, overwrite)
    try:
        put_whole(path, content)
    except OSError as error:
        raise _refused(path, error) from None


@contextmanager
def only_file(path: Path, overwrite: bool = False) -> Iterator[Path]:
    """Where can a writer that wants a folder make the one file `path`, whole or as it was? Its only file becomes it.

    Raises `UsageError` when the file is there and may not be replaced, or what was made is not one such file, and
    `OutputError` when it cannot be written.
    """
    _may_be_written(path, overwrite)
    folder: Path | None = None
    try:
        folder = Path(tempfile.mkdtemp(prefix=f".{path.name[:40]}.partial-", dir=path.parent))
        yield folder
        made = [p for p in folder.rglob("*") if p.is_file()]
        if len(made) != 1 or made[0].suffix != path.suffix.lower():
            endings = ", ".join(sorted({p.suffix for p in made}))
            raise UsageError(
                f"'{path.name}' is one {path.suffix} file, and this makes {len(made)} ({endings}): name a folder, or a "
                "file of that ending, with --out."
            )
        made[0].chmod(0o600)
        sync(made[0])
        os.replace(made[0], path)
        sync(path.parent)
    except OSError as error:
        raise error if isinstance(error, OutputError) else _refused(path, error) from None
    finally:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


def _may_be_written(path: Path, overwrite: bool) -> None:
    if path.exists() and not overwrite:
        raise UsageError(f"The file '{path}' is there already: choose another with --out, or add --overwrite.")


def _refused(path: Path, error: OSError) -> OutputError:
    return OutputError(f"The file '{path}' cannot be written: {reason_of(error)}.")
