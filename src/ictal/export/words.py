"""The lists of words of `data/words.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources


def words(name: str) -> frozenset[str]:
    """Which words are on this list?"""
    return frozenset(_lists()[name].split())


@cache
def _lists() -> dict[str, str]:
    text = resources.files("ictal.export").joinpath("data/words.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
