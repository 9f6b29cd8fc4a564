"""Files of users, opened with care: a pipe may never begin, a device never end, and gigabytes of text are none."""

from __future__ import annotations

import errno
import json
import math
import os
import re
import stat
from io import BufferedReader
from os import PathLike
from typing import Any

MOST_BYTES = 32 << 20
"""A table, a record or findings: a thousand times what any was seen to have."""
MOST_DOTS = 1000
_HALF = re.compile(r"\\u[dD][89a-fA-F]")
DEEPEST = 64
"""How deep lists and objects of a JSON file may stand in each other; a Phenopacket has eleven."""
MOST_TOML_BYTES = 2 << 20
"""Settings, criteria, genes, statements: written by people, line by line."""


class NoFileError(OSError):
    """At this path is something else than a file that can be read: a pipe, a device, far too many bytes."""


def open_file(path: str | PathLike[str]) -> BufferedReader:
    """The file at this path, opened to be read, and never waited for.

    Raises `OSError` with a reason in words when it cannot be opened, or is no file: a folder, a pipe, a device.
    """
    check_file(path)
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    return os.fdopen(handle, "rb")


def check_file(path: str | PathLike[str]) -> int:
    """How many bytes has this file?

    Raises `OSError` with a reason in words when it is none: a folder, a pipe, a device.
    """
    told = os.stat(path)
    if stat.S_ISDIR(told.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), os.fspath(path))
    if not stat.S_ISREG(told.st_mode):
        raise NoFileError(errno.EINVAL, "it is a pipe or a device, save it to a file first", os.fspath(path))
    return told.st_size


def read_file(path: str | PathLike[str], most: int = MOST_BYTES) -> bytes:
    """All of a file that can only be small.

    Raises `OSError` with a reason in words when it cannot be read, is no file, or has more than `most` bytes.
    """
    with open_file(path) as file:
        held = file.read(most + 1)
    if len(held) > most:
        raise NoFileError(errno.EFBIG, f"it has more than {most >> 20} MB, and no such file has", os.fspath(path))
    return held


def read_toml(path: str | PathLike[str]) -> bytes:
    """The bytes of a TOML file, for whoever parses it.

    Raises `OSError` as `read_file` does, and for a line with thousands of dots: each may be a table within a table,
    for which parsers make room.
    """
    held = read_file(path, MOST_TOML_BYTES)
    if any(line.count(b".") > MOST_DOTS for line in held.splitlines()):
        raise NoFileError(errno.EFBIG, f"a line of it has more than {MOST_DOTS} dots", os.fspath(path))
    return held


def load_json(path: str | PathLike[str]) -> Any:
    """What does this file of JSON say? In UTF-8, with or without a byte order mark.

    Raises `OSError` as `read_file` does, and `ValueError` when it is no JSON, nests deeper than `DEEPEST`, or holds
    half a letter (a lone surrogate), a number that JSON has not (NaN, infinity) or one that nothing here can be (beyond
    1e300, a whole number of 19 digits).
    """
    text = read_file(path).decode("utf-8-sig")
    try:
        said = json.loads(text, parse_float=_finite, parse_int=_whole, parse_constant=_finite)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if _HALF.search(text):
        json.dumps(said, ensure_ascii=False).encode()  # half a letter, which no file can hold, is a ValueError
    level, depth = [said], 0
    while level:
        depth += 1
        if depth > DEEPEST:
            raise ValueError("it is nested too deeply")
        level = [inside for one in level if isinstance(one, dict | list) for inside in _within(one)]
    return said


def _within(one: dict[str, Any] | list[Any]) -> list[Any]:
    held = one.values() if isinstance(one, dict) else one
    return [inside for inside in held if isinstance(inside, dict | list)]


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value) or abs(value) > 1e300:
        raise ValueError(f"{text[:20]} is no number that can be meant")
    return value


def _whole(text: str) -> int:
    if len(text) > 19:
        raise ValueError(f"{text[:20]}... is no number that can be meant")
    return int(text)
