"""The files of the workbench's private folder, read again: in this release's form, or one sentence."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec

from ictal.base.errors import StudyError, reason_of
from ictal.exchange.whole_file import put_whole

FORM = 1
"""The form of the folders `web` and `recordings` of a study. A release that could not be read by this one counts up."""
_FILE = "form.json"

T = TypeVar("T")
E = TypeVar("E")


class _Form(msgspec.Struct, frozen=True):
    form: int


def load(path: Path, kind: type[T], empty: E, mend: str = "restore it from a copy") -> T | E:
    """What does this file hold? `empty` when it is not there. Raises `StudyError` when it is not what was written."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except FileNotFoundError:
        return empty
    except OSError as error:
        raise StudyError(f"The workbench's '{path.name}' cannot be read: {reason_of(error)}.") from None
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise StudyError(
            f"The workbench's '{path.name}' was damaged, or written by a later release of Ictal: {mend}, or install "
            "that release."
        ) from None


def check_form(folder: Path) -> None:
    """See that this release knows the form of a workbench. Raises `StudyError` when a later one wrote it."""
    there = folder / _FILE
    if load(there, _Form, _Form(FORM)).form > FORM:
        raise StudyError("The workbench of this study was written by a later release of Ictal: install that release.")
    if not there.exists():
        put_whole(there, msgspec.json.encode(_Form(FORM)))
