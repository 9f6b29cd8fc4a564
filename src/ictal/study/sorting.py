"""Which of these entries can go into this record, and what should somebody look at?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from ictal.base.errors import EntryError
from ictal.exchange import hpo
from ictal.infant.timeline.checks import check_entry, problems
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
    first = len(infant.entries)
    while True:
        places = tuple(taken)
        found = [p for p in problems(infant.with_entries(*taken.values())) if p.sentence not in known]
        wrong = {places[max(p.entries) - first]: p.sentence for p in found if p.severity == "refused" and p.entries}
        if not wrong:
            break
        for place, sentence in wrong.items():
            del taken[place]
            refused[place] = sentence
    flagged = tuple(p.sentence for p in found if p.severity == "flagged")
    return Sorted(tuple(taken.items()), tuple(sorted(refused.items())), flagged)


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
