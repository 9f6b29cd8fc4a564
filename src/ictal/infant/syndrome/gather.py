"""Gather entries about one infant until all are there, then make them a case. Both readers of records use it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from ictal.infant.syndrome.terms import Term, terms
from ictal.infant.syndrome.types import Answer, Case, GeneVariant, Link, Medicine, RecordingSeen, Seen

VITAMINS = (
    "pyridox", "vitamin b6", "vitamin b-6", "plp", "p5p", "folinic", "leucovorin", "biotin", "cofactor",
)  # fmt: skip
NOT_MEDICINES = ("diet", "ketogenic", "vagus", "surgery", "hemispher", "stimulation")


@dataclass
class Said:
    """One entry about a sign: an HPO term that was observed or excluded, and between which ages it began."""

    term: str
    label: str
    observed: bool
    since: tuple[float, float] | None
    where: str
    traced: bool = False

    @property
    def link(self) -> Link:
        """The entry as evidence."""
        word = "observed" if self.observed else "excluded"
        named = self.term if self.label in ("", self.term) else f"{self.term} {self.label}"
        return Link(kind="entry", where=self.where, text=f"{named} {word}")


@dataclass
class Gathered:
    """What was read so far."""

    id: str = ""
    simulated: bool = False
    age_days: float | None = None
    gestation_weeks: float | None = None
    onset: tuple[float, float] | None = None
    """The age at the first seizure where the record gives it outright."""
    onset_link: Link | None = None
    said: list[Said] = field(default_factory=list)
    variants: list[GeneVariant] = field(default_factory=list)
    medicines: list[Medicine] = field(default_factory=list)
    drug_resistant: list[Link] = field(default_factory=list)
    seizure_free: list[Link] = field(default_factory=list)
    undecided: list[Link] = field(default_factory=list)
    recordings: list[RecordingSeen] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    def case(self) -> Case:
        """The case: features answered from all entries together, and the onset from the earliest of them."""
        features = {t.id: seen for t in terms() if (seen := _seen(t, self.said)).evidence}
        low, high, links = self._first_seizure(features)
        return Case(
            id=self.id,
            simulated=self.simulated or any(r.simulated for r in self.recordings),
            age_days=self.age_days,
            gestation_weeks=self.gestation_weeks,
            onset_low_days=low,
            onset_high_days=high,
            onset=links,
            features=features,
            variants=tuple(self.variants),
            medicines=tuple(self.medicines),
            drug_resistant=tuple(self.drug_resistant),
            seizure_free=tuple(self.seizure_free),
            undecided=tuple(self.undecided),
            recordings=tuple(self.recordings),
            unread=tuple(self.unread),
        )

    def _first_seizure(self, features: dict[str, Seen]) -> tuple[float | None, float | None, tuple[Link, ...]]:
        """Between which ages was the first seizure, by which entries?

        The earliest entry of a seizure with an age; else not after the age when seizures are known to have been.
        """
        known = next(t for t in terms() if t.id == "seizures").present
        dated = [s for s in self.said if s.observed and s.since is not None and s.term in known]
        if self.onset is not None and self.onset_link is not None:
            return (*self.onset, (self.onset_link,))
        if dated:
            first = min(dated, key=lambda s: (s.since or (0.0, 0.0))[::-1])
            low, high = first.since or (0.0, 0.0)
            return low, high, (first.link,)
        seizures = [r for r in self.recordings if r.seizures]
        reported = features.get("seizures", Seen(answer="unknown")).answer == "yes"
        limits = [r.age_days for r in seizures if r.age_days is not None]
        if (seizures or reported) and self.age_days is not None:
            limits.append(self.age_days)
        if not limits:
            return None, None, ()
        link = Link(kind="entry", where="age", text="seizures had been there by the age when the infant was last seen")
        return 0.0, min(limits), (link,)


def _seen(term: Term, said: Iterable[Said]) -> Seen:
    """Was the feature there? Entries that say both make it unknown."""
    there = [s for s in said if s.observed and s.term in term.present]
    denied = [s for s in said if not s.observed and s.term in term.denied]
    answer: Answer = "unknown"
    if there and not denied:
        answer = "yes"
    elif denied and not there:
        answer = "no"
    dated = [s.since for s in there if s.since is not None]
    first = min(dated, key=lambda since: since[1], default=None)
    return Seen(
        answer=answer,
        evidence=tuple(s.link for s in (*there, *denied)),
        since_days=None if first is None else first[1],
        since_exact=first is not None and first[0] == first[1],
        contradictory=bool(there and denied),
        traced=any(s.traced for s in there),
    )


def kind_of_treatment(name: str) -> Literal["medicine", "vitamin", "other"]:
    """Is it a medicine, a vitamin, or something else (a diet, a device)?"""
    folded = name.casefold()
    if any(v in folded for v in VITAMINS):
        return "vitamin"
    return "other" if any(n in folded for n in NOT_MEDICINES) else "medicine"
