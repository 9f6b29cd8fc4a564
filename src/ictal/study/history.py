"""What was changed, by whom, when, and what stood before: rows sealed in a chain.

Each row's digest is the SHA-256 of its own fields and of the digest before it, so that a row that is altered, taken out
or put in breaks every digest after it. The chain alone cannot show that its end was cut off: `verify` also compares
it with what the study holds now, and with a digest that was noted elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

FIRST = "0" * 64
"""What the first row names as the digest before it."""


@dataclass(frozen=True, slots=True)
class Change:
    """One row of the history. `before` is `None` for what is new, `after` for what was removed."""

    number: int
    at: str
    """UTC, ISO 8601."""
    who: str
    subject: str
    """`infant`, `entry`, `recording`, `findings` or `review`."""
    key: str
    pseudonym: str
    before: str | None
    after: str | None
    previous: str
    digest: str

    @property
    def verb(self) -> str:
        """What was done: `added`, `changed` or `removed`?"""
        if self.before is None:
            return "added"
        return "changed" if self.after is not None else "removed"


@dataclass(frozen=True, slots=True)
class Verified:
    """Whether a history holds: how many changes, the digest of the last, and what is wrong (nothing, if it holds)."""

    changes: int
    head: str
    problems: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return not self.problems


def seal(change: Change) -> str:
    """Which digest belongs to this change?"""
    said = (
        change.number,
        change.at,
        change.who,
        change.subject,
        change.key,
        change.pseudonym,
        change.before,
        change.after,
        change.previous,
    )
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def verify_chain(changes: Iterable[Change], now: Mapping[tuple[str, str], str], noted: str | None = None) -> Verified:
    """Does the history hold, and does it lead to what the study holds now?

    Parameters
    ----------
    changes
        Every row, by number.
    now
        (subject, key) -> the record as the tables have it.
    noted
        A digest that an earlier `verify` gave and that was noted elsewhere: it must be in the chain.
    """
    problems: list[str] = []
    digest, number, met = FIRST, 0, noted in (None, FIRST)
    stood: dict[tuple[str, str], str] = {}
    for change in changes:
        where = (change.subject, change.key)
        if change.number != number + 1:
            problems.append(f"Change {number + 1} is missing: the next one is {change.number}.")
        if change.previous != digest:
            problems.append(f"Change {change.number} does not follow the one before it.")
        if seal(change) != change.digest:
            problems.append(f"Change {change.number} was altered after it was written.")
        if stood.get(where) != change.before:
            problems.append(f"Change {change.number} says another state before it than the history does.")
        if change.after is None:
            stood.pop(where, None)
        else:
            stood[where] = change.after
        digest, number = change.digest, change.number
        met = met or digest == noted
    for subject, key in sorted(stood.keys() | now.keys()):
        if stood.get((subject, key)) != now.get((subject, key)):
            problems.append(f"The {subject} '{key}' is not as the history left it.")
    if not met:
        problems.append(f"The digest {noted} is not in the history: its end was cut off, or it is another study's.")
    return Verified(number, digest, tuple(problems))
