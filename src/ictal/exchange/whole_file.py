"""One file that is there whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ictal.base.errors import OutputError, UsageError


def write_whole(path: Path, text: str, overwrite: bool = False) -> None:
    """Write a text so that `path` is whole or as it was. Readable by its owner alone, as a child's data should be.

    Raises `UsageError` when the file is there and may not be replaced, `OutputError` when it cannot be written.
    """
    if path.exists() and not overwrite:
        raise UsageError(f"The file '{path}' is there already: choose another with --out, or add --overwrite.")
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.partial-", dir=path.parent)
    except OSError as error:
        raise OutputError(f"The file '{path}' cannot be written: {(error.strerror or str(error)).lower()}.") from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException as error:
        with suppress(OSError):
            os.unlink(name)
        if isinstance(error, OSError):
            raise OutputError(
                f"The file '{path}' cannot be written: {(error.strerror or str(error)).lower()}."
            ) from None
        raise


@contextmanager
def publish(path: Path, overwrite: bool = False) -> Iterator[Path]:
    """Where can one file be made so that `path` is whole or as it was? Yields an empty folder; its one file becomes it.

    Raises `UsageError` when the file is there and may not be replaced, or what was made is not one such file, and
    `OutputError` when it cannot be written.
    """
    if path.exists() and not overwrite:
        raise UsageError(f"The file '{path}' is there already: choose another with --out, or add --overwrite.")
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
        with made[0].open("rb") as file:
            os.fsync(file.fileno())
        os.replace(made[0], path)
    except OSError as error:
        if isinstance(error, OutputError):
            raise
        raise OutputError(f"The file '{path}' cannot be written: {(error.strerror or str(error)).lower()}.") from None
    finally:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
