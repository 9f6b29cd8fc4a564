"""A case without identity, what was known of the child, and what was done, in sentences.

For each child: an alias from the key (`shift`), its recordings and its record cleaned (`clean`). Whoever writes the
case then searches what was written for what was known (`audit.audit`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from ictal.base.errors import UsageError
from ictal.export.clean import clean_infant, clean_item
from ictal.export.identity import Known, of_case, of_item
from ictal.export.shift import alias_of
from ictal.export.types import Case, Item


@dataclass(frozen=True, slots=True, repr=False)
class Asked:
    """How identity is taken out: the key, the pseudonym wanted, what is known besides, words that are no identity."""

    key: bytes
    subject: str | None = None
    known: Known = field(default_factory=Known)
    ordinary: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class Deidentified:
    """The case, what to search for, and what was done."""

    case: Case
    known: Known
    said: tuple[str, ...]


def deidentify(case: Case, asked: Asked) -> Deidentified:
    """Take identity out of a case.

    Raises `UsageError` where recordings of several children were asked for under one pseudonym.
    """
    known = asked.known | of_case(case)
    said: list[str] = []
    items: list[Item] = []
    groups = _by_child(case, asked.subject)
    for person, own in groups.items():
        alias = alias_of(asked.key, person, asked.subject)
        ordered = sorted(own, key=lambda i: (i.start or datetime.min, i.name))
        for number, item in enumerate(ordered, start=1):
            cleaned = clean_item(item, alias, number, len(ordered))
            items.append(cleaned.item)
            said += _told(cleaned.item, item, cleaned.annotations, cleaned.labels)
    if len(groups) > 1:
        said.append(
            f"{len(groups)} children are told apart by their headers, each with a shift of its own: if two are one, "
            "export each recording by itself with the same --subject."
        )
    infant = case.infant
    if infant is not None:
        person = next(iter(groups), infant.pseudonym)
        infant, texts = clean_infant(infant, alias_of(asked.key, person, asked.subject))
        said.append(f"{texts} free texts of the record were taken out.")
    if not known.words and not known.days:
        said.append("Nothing was known of the child, so there is nothing to search for: give --known FILE.")
    ordinary = (*asked.ordinary, *([asked.subject] if asked.subject else ()))
    return Deidentified(
        replace(case, items=tuple(items), infant=infant, anonymous=True), known.without(ordinary), tuple(said)
    )


def _by_child(case: Case, subject: str | None) -> dict[str, list[Item]]:
    """The recordings of each child: by the patient field, the BIDS subject, or the file itself."""
    found: dict[str, list[Item]] = {}
    for item in case.items:
        found.setdefault(of_item(item).person or item.subject or _itself(item), []).append(item)
    everyone = [item for own in found.values() for item in own]
    if len(found) > 1 and case.infant is not None:
        return {case.infant.pseudonym: everyone}
    if len(found) > 1 and subject is not None:
        named = {of_item(item).person for item in everyone} - {""}
        if len(named) > 1:
            raise UsageError(
                f"--subject is one child, and the headers name {len(named)}: export those of each by themselves."
            )
        return {subject: everyone}
    return found


def _itself(item: Item) -> str:
    digest = str((item.findings or {}).get("recorded", {}).get("sha256") or "")
    if digest or item.recording is None:
        return digest or item.name
    return item.recording.source.sha256


def _told(cleaned: Item, before: Item, annotations: int, labels: int) -> Iterable[str]:
    if annotations:
        yield f"{annotations} annotations of '{cleaned.name}' are on no list and were taken out."
    if labels:
        yield f"{labels} labels of '{cleaned.name}' have words that are on no list: they were replaced."
    if before.start is not None and cleaned.start is None:
        yield f"The date of '{cleaned.name}' would be before 1985 when shifted, which EDF cannot say: it has none."
    if not before.subject and not of_item(before).person:
        yield f"Nothing in '{cleaned.name}' names its patient: --subject gives all recordings of a child one shift."
