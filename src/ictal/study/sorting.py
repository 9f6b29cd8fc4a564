"""Which of these entries can go into this record, and what should somebody look at?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from ictal.base.errors import EntryError
from ictal.exchange import hpo
from ictal.infant.timeline.checks import Problem, check_entry, problems
from ictal.infant.timeline.types import AnyEntry, Feature, Infant, Recording


@dataclass(frozen=True, slots=True)
class Sorted:
    """What can go in, by place among the entries that were given; and a sentence for each that cannot."""

    taken: tuple[tuple[int, AnyEntry], ...]
    refused: tuple[tuple[int, str], ...]
    flagged: tuple[str, ...]
    """Sentences about what goes in and is unlikely; those that the record had before are not repeated."""


def sort_out(infant: Infant, entries: Sequence[AnyEntry]) -> Sorted:
    """Which of these entries can go into the record of this infant?

    Each is looked at by itself, then all together with the record: what would contradict the record is refused, and
    the rest is looked at again without it.
    """
    refused: dict[int, str] = {}
    taken: dict[int, AnyEntry] = {}
    for place, entry in enumerate(entries):
        try:
            taken[place] = _with_term(check_entry(entry))
        except EntryError as error:
            refused[place] = str(error)
    known = {p.sentence for p in problems(infant)}
    while True:
        found = [p for p in problems(infant.with_entries(*taken.values())) if p.sentence not in known]
        wrong = _wrong([p for p in found if p.severity == "refused"], infant, taken)
        if not wrong:
            break
        for place, sentence in wrong.items():
            del taken[place]
            refused[place] = sentence
    flagged = tuple(p.sentence for p in found if p.severity == "flagged")
    return Sorted(tuple(taken.items()), tuple(sorted(refused.items())), flagged)


def _wrong(found: list[Problem], infant: Infant, taken: dict[int, AnyEntry]) -> dict[int, str]:
    """Which new entries make these problems, each with its sentence?

    First those that contradict what was in the record before (a death before other entries): without them, what seemed
    wrong about others may be right.
    """
    first, places = len(infant.entries), tuple(taken)
    of_old = [p for p in found if max(p.entries, default=-1) < first]
    if not of_old:
        return {places[max(p.entries) - first]: p.sentence for p in found}
    alone = {place: {p.sentence for p in problems(infant.with_entries(entry))} for place, entry in taken.items()}
    wrong = {place: p.sentence for p in of_old for place in places if p.sentence in alone[place]}
    return wrong or dict.fromkeys(places, of_old[0].sentence)


def _with_term(entry: AnyEntry) -> AnyEntry:
    """The entry, whose HPO term is one that there is: an invented id would be read by nobody else."""
    if isinstance(entry, Feature):
        hpo.term(entry.hpo_id)
    return entry


def without(infant: Infant, key: str) -> Infant:
    """The record without the entry of this key."""
    return msgspec.structs.replace(infant, entries=tuple(e for e in infant.entries if e.id != key))


def without_recording(infant: Infant, digest: str) -> Infant:
    """The record without its entry for the recording of this digest."""
    kept = tuple(e for e in infant.entries if not (isinstance(e, Recording) and e.digest == digest))
    return msgspec.structs.replace(infant, entries=kept)
