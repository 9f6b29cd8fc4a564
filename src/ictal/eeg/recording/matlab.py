"""Is a MATLAB file of version 5 built as it must be? Asked before the library reads it.

scipy looks up what a number is by the type that the file says, without asking whether there is such a type: a flipped
bit there ends the whole process. So every tag of the file is looked at first: its type, and that it ends within what
holds it. Format: MathWorks, MAT-File Format (version 5).
"""

from __future__ import annotations

import math
import mmap
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

from ictal.base.errors import RecordingError

_MATRIX, _PACKED = 14, 15
_NUMBERS = frozenset((1, 2, 3, 4, 5, 6, 7, 9, 12, 13, 16, 17, 18))
_CELL, _STRUCT, _OBJECT = 1, 2, 3
_SPARSE, _CLASSES_OF_NUMBERS = 5, range(4, 16)
_COMPLEX = 0x0800
_DEEPEST = 32
MOST_UNPACKED = 1 << 30
"""A packed variable of more bytes than these is not unpacked."""


def check_matlab(path: Path) -> None:
    """Raises `RecordingError` when a tag of the file is none, or when a packed variable is far too large."""
    with path.open("rb") as file:
        head = file.read(128)
        if len(head) < 128 or head[124:128] not in (b"\x00\x01IM", b"\x01\x00MI"):
            return  # another version: version 7.3 is HDF5
        order = "<" if head[126:128] == b"IM" else ">"
        # Not closed by hand: whatever was raised inside still holds parts of it.
        view = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    try:
        _check_variables(view[128:], order)
    except (struct.error, zlib.error, ValueError) as error:
        raise RecordingError(
            f"'{path.name}' is damaged: its MATLAB structure is not sound ({error}). Export it again."
        ) from None


def _check_variables(view: memoryview, order: str) -> None:
    for kind, start, stop in _elements(view, order):
        if kind == _PACKED:
            unpacker = zlib.decompressobj()
            held = memoryview(unpacker.decompress(view[start:stop], MOST_UNPACKED))
            if unpacker.unconsumed_tail:
                raise ValueError(f"a packed variable has more than {MOST_UNPACKED >> 30} GB")
            _check_variables(held, order)
        elif kind == _MATRIX:
            _check_matrix(view[start:stop], order, 0)
        else:
            raise ValueError(f"a variable has the type {kind}")


def _check_matrix(view: memoryview, order: str, depth: int) -> None:
    """One variable: its flags, its size, its name, and what it holds, each of a type that fits its class."""
    if depth > _DEEPEST:
        raise ValueError(f"variables stand in each other deeper than {_DEEPEST}")
    if not len(view):
        return
    parts = list(_elements(view, order))
    if [kind for kind, _, _ in parts[:2]] != [6, 5] or parts[0][2] - parts[0][1] < 8:
        raise ValueError("a variable has no flags or no size")
    flags = struct.unpack_from(f"{order}I", view, parts[0][1])[0]
    kinds = [kind for kind, _, _ in parts]
    expected = _expected(view, order, parts, flags & 0xFF, bool(flags & _COMPLEX))
    if expected is not None and [k == _MATRIX for k in kinds] != [False] * expected[0] + [True] * expected[1]:
        raise ValueError(f"a variable of class {flags & 0xFF} does not hold what it should")
    for kind, start, stop in parts:
        if kind == _MATRIX:
            _check_matrix(view[start:stop], order, depth + 1)


def _expected(
    view: memoryview, order: str, parts: list[tuple[int, int, int]], number: int, is_complex: bool
) -> tuple[int, int] | None:
    """How many parts of numbers has a variable of this class, and how many variables? `None` for classes not known."""
    _, start, stop = parts[1]
    count = math.prod(struct.unpack_from(f"{order}{(stop - start) // 4}i", view, start))
    if number == _CELL:
        return 3, count
    if number in (_STRUCT, _OBJECT):
        before = 5 if number == _STRUCT else 6
        if len(parts) < before:
            raise ValueError("a structure has no names")
        _, at, _ = parts[before - 2]
        (width,) = struct.unpack_from(f"{order}i", view, at)
        names = parts[before - 1][2] - parts[before - 1][1]
        return before, count * (names // width if width > 0 else 0)
    if number in _CLASSES_OF_NUMBERS:
        return 4 + is_complex + 2 * (number == _SPARSE), 0
    return None


def _elements(view: memoryview, order: str) -> Iterator[tuple[int, int, int]]:
    """The parts of a stretch, one after the other: the type, and where what it holds begins and ends."""
    at, end = 0, len(view)
    while at < end:
        (first,) = struct.unpack_from(f"{order}I", view, at)
        if first >> 16:
            kind, size, start = first & 0xFFFF, first >> 16, at + 4
            if size > 4:
                raise ValueError(f"a small part has {size} bytes")
            following = at + 8
        else:
            (size,) = struct.unpack_from(f"{order}I", view, at + 4)
            kind, start = first, at + 8
            following = start + size + (0 if kind == _PACKED else -size % 8)
        if kind not in _NUMBERS | {_MATRIX, _PACKED}:
            raise ValueError(f"there is no type {kind}")
        if start + size > end:
            raise ValueError("a part ends behind what holds it")
        yield kind, start, start + size
        at = following
