"""Loops that a compiler makes fast. What was compiled is kept on disk, so only the first use on a machine pays for it.

A module of such loops is imported where they are used, never by `ictal` itself: numba takes a quarter of a second.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeVar

import numba

F = TypeVar("F", bound=Callable[..., Any])

KEPT = os.environ.get("NUMBA_DISABLE_JIT", "0") != "1"
LOOSE = frozenset({"nsz", "arcp", "contract", "reassoc"})
"""What the compiler may change about sums of floats: their order, so that several are taken at once. NaN stays NaN."""


def compiled(function: F) -> F:
    """The same function, compiled, sums in any order, and without holding up other threads."""
    return _made(function, fastmath=set(LOOSE))


def exact(function: F) -> F:
    """The same, every float as written: the result is that of NumPy to the bit."""
    return _made(function)


def finite(function: F) -> F:
    """The same, for numbers that hold no NaN and no infinity: maxima are taken several at once too."""
    return _made(function, fastmath=set(LOOSE) | {"nnan", "ninf"})


def inlined(function: F) -> F:
    """The same for a small function that compiled ones call."""
    return _made(function, fastmath=set(LOOSE), inline="always")


def _made(function: F, **how: Any) -> F:
    options = {"nogil": True, "error_model": "numpy", **how}
    try:
        made: F = numba.njit(cache=KEPT, **options)(function)
    except RuntimeError:  # there is no folder that may be written to: it is compiled each time
        made = numba.njit(**options)(function)
    return made
