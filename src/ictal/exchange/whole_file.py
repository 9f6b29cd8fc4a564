"""One file that is there whole or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from ictal.base.errors import OutputError, UsageError


def write_whole(path: Path, text: str | bytes, overwrite: bool = False) -> None:
    """Write a text (as UTF-8) or bytes so that `path` is whole or as it was.

    Readable by its owner alone, as a child's data should be. Raises `UsageError` when the file is there and may not be
    replaced, `OutputError` when it cannot be written.
    """
    if path.exists() and not overwrite:
        raise UsageError(f"The file '{path}' is there already: choose another with --out, or add --overwrite.")
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.partial-", dir=path.parent)
    except OSError as error:
        raise OutputError(f"The file '{path}' cannot be written: {(error.strerror or str(error)).lower()}.") from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8") if isinstance(text, str) else text)
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
