"""Single files that are there whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from ictal.base.errors import OutputError, UsageError


def free_to_write(targets: Sequence[Path], overwrite: bool, inputs: Sequence[Path | None] = ()) -> None:
    """Refuse, before any work, what could not be written in the end: a file that is there, or a missing folder."""
    if len({p.resolve() for p in targets}) != len(targets):
        raise UsageError("Two outputs have the same name: give each its own file.")
    for path in targets:
        if any(given is not None and path.resolve() == given.resolve() for given in inputs):
            raise UsageError(f"'{path}' is an input, and would be replaced: choose another name.")
        if path.exists() and not overwrite:
            raise UsageError(f"'{path}' is there already: choose another name, or add --overwrite.")
        if not path.parent.is_dir():
            raise UsageError(f"There is no folder '{path.parent}' to write '{path.name}' into: make it first.")


def write_whole(texts: Mapping[Path, str]) -> None:
    """Write every text beside its place, then put all of them there; a failure leaves what was there before."""
    made: list[tuple[str, Path]] = []
    try:
        for path, text in texts.items():
            handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", dir=path.parent)
            made.append((name, path))
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
        for name, path in made:
            os.replace(name, path)
    except OSError as error:
        raise OutputError(f"The result could not be written: {(error.strerror or str(error)).lower()}.") from None
    finally:
        for name, _ in made:
            with suppress(OSError):
                os.unlink(name)
