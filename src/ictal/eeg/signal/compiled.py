"""Loops that a compiler makes fast. What was compiled is kept on disk, so only the first use on a machine pays for it."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeVar

import numba

F = TypeVar("F", bound=Callable[..., Any])

KEPT = os.environ.get("NUMBA_DISABLE_JIT", "0") != "1"
_LOOSE = {"nsz", "arcp", "contract", "reassoc"}
"""What the compiler may change about sums of floats: their order, so that several are taken at once. NaN stays NaN."""


def compiled(function: F) -> F:
    """The same function, compiled, and without holding up other threads."""
    return _made(function, fastmath=_LOOSE)


def inlined(function: F) -> F:
    """The same for a small function that compiled ones call."""
    return _made(function, fastmath=_LOOSE, inline="always")


def _made(function: F, **how: Any) -> F:
    options = {"nogil": True, "error_model": "numpy", **how}
    try:
        made: F = numba.njit(cache=KEPT, **options)(function)
    except RuntimeError:  # no folder may be written to: it is compiled each time
        made = numba.njit(**options)(function)
    return made
