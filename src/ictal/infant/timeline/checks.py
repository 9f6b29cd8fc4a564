"""What in this record cannot be, and what is so unlikely that somebody should look? One sentence each.

`refused` is what cannot be: a medicine that stops before it starts. `flagged` is what may be true and is rather a slip:
a head that shrinks. A flagged entry stays, with its sentence beside it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from ictal.base.errors import EntryError
from ictal.infant.timeline.ages import Ages, age_text
from ictal.infant.timeline.reading import entry_from, infant_from
from ictal.infant.timeline.types import (
    Admission,
    AnyEntry,
    Death,
    Diary,
    DoseChange,
    Entry,
    FamilyHistory,
    Feature,
    Growth,
    Infant,
    Level,
    Milestone,
    Recording,
    Semiology,
    Test,
    Treatment,
    Variant,
    name_of,
)
from ictal.infant.timeline.words import BOTH_CLASSIFICATIONS, NEONATAL_KINDS, NOT_CAPTURED

Severity = Literal["refused", "flagged"]

SHRINKS_CM = 1.0
"""A head that measures this much less than before is flagged: more than two measurements by hand differ (design)."""
GROWS_CM_PER_WEEK = 2.0
"""A head that grows faster than this is flagged: twice what a preterm infant's does (design)."""
WEIGHT_LOSS = 0.15
"""A weight that falls by more than this share is flagged: newborns lose up to a tenth (design)."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with which entries: places in `infant.entries`, from 0; none for the infant as a whole."""

    severity: Severity
    sentence: str
    entries: tuple[int, ...] = ()


def problems(infant: Infant) -> tuple[Problem, ...]:
    """What in this record cannot be or should be looked at? Refused first; empty when all is well."""
    found = []
    for place, entry in enumerate(infant.entries):
        found += [Problem("refused", sentence, (place,)) for sentence in _cannot_be(entry)]
    placed = sorted(enumerate(infant.entries), key=lambda item: item[1].age_days)
    for rule in (_after_death, _twice, _growth, _milestones, _treatments, _words):
        found += rule(infant, placed)
    return tuple(sorted(found, key=lambda p: p.severity != "refused"))


def check_entry(entry: AnyEntry) -> AnyEntry:
    """Can this entry be, by itself? Returns it, or raises `EntryError`."""
    for sentence in _cannot_be(entry):
        raise EntryError(sentence)
    return entry


def check(infant: Infant) -> Infant:
    """Can this record be? Returns it, or raises `EntryError` for the first entry that cannot."""
    own = msgspec.to_builtins(infant)
    infant_from({key: value for key, value in own.items() if key != "entries"})
    for problem in problems(infant):
        if problem.severity == "refused":
            raise EntryError(problem.sentence)
    return infant


def conflict(known: Infant, other: Infant) -> str | None:
    """Can these two records be one child's? A sentence when not: twins need a pseudonym each."""
    for field, word in (("sex", "sex"), ("gestation_weeks", "gestation")):
        a, b = getattr(known, field), getattr(other, field)
        if a not in (None, NOT_CAPTURED) and b not in (None, NOT_CAPTURED) and a != b:
            return (
                f"The pseudonym '{known.pseudonym}' is taken by a child of another {word} ({a}, not {b}): "
                "give each child, twins too, a pseudonym of its own."
            )
    return None


Placed = list[tuple[int, AnyEntry]]


def _cannot_be(entry: AnyEntry) -> Iterator[str]:
    mapping: Mapping[str, Any] = msgspec.to_builtins(entry)
    numbers = [(key, value) for key, value in mapping.items() if isinstance(value, float)]
    for key, value in numbers:
        if not math.isfinite(value):
            yield f"An entry '{name_of(entry)}' has {value} as '{key}': give a number, or leave it out."
            return
    try:
        entry_from(mapping)
    except EntryError as error:
        yield str(error)
        return
    yield from _contradicts(entry)


def _contradicts(entry: AnyEntry) -> Iterator[str]:
    """What its fields say together and cannot."""
    match entry:
        case Treatment(name=name, age_days=start, stop_age_days=stop):
            if stop is not None and stop < start:
                yield _backwards(f"'{name}' stops", stop, "starts", start)
            if stop is not None and entry.ongoing == "yes":
                yield f"'{name}' cannot be ongoing and stopped at {age_text(stop)}: leave one of the two out."
            if entry.dose is not None and entry.dose.unit == ":1" and entry.treatment != "diet":
                yield f"The dose of '{name}' is a ratio (:1), which only a diet has: give its unit."
        case Admission(until_age_days=until) if until is not None and until < entry.age_days:
            yield _backwards("An admission ends", until, "begins", entry.age_days)
        case Feature(resolved_age_days=gone) if gone is not None and gone < entry.age_days:
            yield _backwards(f"'{entry.label}' is resolved", gone, "is seen", entry.age_days)
        case Diary():
            yield from _diary(entry)
        case Recording():
            yield from _recording(entry)
        case Growth(head_cm=None, weight_kg=None, length_cm=None):
            yield "An entry 'growth' has no measurement: give head_cm, weight_kg or length_cm."
        case Test(state=state, result=result) if state != "done" and result != NOT_CAPTURED:
            yield f"The test '{entry.name}' has a result ({result}) and is '{state}': only a test that is done has one."


def _backwards(what: str, ends: float, verb: str, starts: float) -> str:
    return f"{what} on day {ends:g}, before it {verb} on day {starts:g}: give an age from {starts:g} days on."


def _diary(entry: Diary) -> Iterator[str]:
    if entry.hours_observed is not None and entry.hours_observed > 24 * entry.days:
        yield f"A diary of {entry.days:g} days has at most {24 * entry.days:g} hours, not {entry.hours_observed:g}."
    counted = sum(kind.count for kind in entry.by_kind)
    if entry.seizures is not None and counted > entry.seizures:
        yield f"A diary of {entry.seizures} seizures cannot have {counted} by kind: correct one of the two."


def _recording(entry: Recording) -> Iterator[str]:
    found = entry.found
    if found is None:
        return
    if entry.recorded_h is not None and found.readable_h > entry.recorded_h + 1e-6:
        yield f"A recording of {entry.recorded_h:g} h cannot have {found.readable_h:g} h that could be read."
    if found.seizure_min > 60 * found.readable_h + 1e-6:
        yield f"{found.seizure_min:g} minutes of seizures cannot lie in {found.readable_h:g} h that could be read."
    hourly = sum(hour.seizures for hour in found.by_hour)
    if found.by_hour and hourly != found.seizures:
        yield f"A recording of {found.seizures} seizures has {hourly} by hour: correct one of the two."
    for what in ("migrating", "spreading", "focal", "bilateral", "crossing_midline"):
        count = getattr(found, what)
        if count is not None and count > found.seizures:
            yield f"A recording of {found.seizures} seizures cannot have {count} as '{what}': correct one of the two."


def _after_death(infant: Infant, placed: Placed) -> Iterator[Problem]:
    deaths = [(place, e) for place, e in placed if isinstance(e, Death)]
    if not deaths:
        return
    if len(deaths) > 1:
        yield Problem("refused", "A record has one death at most: take out the others.", tuple(p for p, _ in deaths))
    died = deaths[0][1].age_days
    for place, entry in placed:
        later = max(entry.age_days, getattr(entry, "stop_age_days", None) or 0.0)
        if later > died and not isinstance(entry, Death | Test | Variant | FamilyHistory):
            sentence = f"An entry '{name_of(entry)}' lies on day {later:g}, after death on day {died:g}: correct one."
            yield Problem("refused", sentence, (place,))


def _twice(infant: Infant, placed: Placed) -> Iterator[Problem]:
    seen: dict[tuple[str, str], int] = {}
    for place, entry in placed:
        keys = [("id", entry.id)] if entry.id else []
        if isinstance(entry, Recording) and entry.digest:
            keys.append(("digest", entry.digest))
        for key in keys:
            if key in seen and key[0] == "id":
                yield Problem(
                    "refused", f"Two entries have the id '{entry.id}': give each its own.", (seen[key], place)
                )
            elif key in seen:
                yield Problem("flagged", "One recording stands twice in the record.", (seen[key], place))
            seen[key] = place


def _growth(infant: Infant, placed: Placed) -> Iterator[Problem]:
    for field, word in (("head_cm", "head"), ("length_cm", "length"), ("weight_kg", "weight")):
        last: tuple[int, Entry, float] | None = None
        for place, entry in placed:
            value = getattr(entry, field) if isinstance(entry, Growth) else None
            if value is None:
                continue
            if last is not None:
                sentence = moves(word, (last[1].age_days, last[2]), (entry.age_days, value))
                if sentence:
                    yield Problem("flagged", sentence, (last[0], place))
            last = (place, entry, value)


def moves(word: str, before: tuple[float, float], after: tuple[float, float]) -> str | None:
    """Does a head, weight or length move as no child's does? Each is an age in days and a value; `None` if not."""
    unit = "kg" if word == "weight" else "cm"
    (age_a, a), (age_b, b) = before, after
    weeks = (age_b - age_a) / 7.0
    told = f"from {a:g} {unit} on day {age_a:g} to {b:g} {unit} on day {age_b:g}"
    apart = abs(b - a) / a > WEIGHT_LOSS if word == "weight" else abs(b - a) > SHRINKS_CM * (2 if word != "head" else 1)
    if weeks == 0 and apart:
        return f"The {word} is {a:g} and {b:g} {unit} on one day: measured again, or two children under one pseudonym?"
    if b < a and apart:
        return f"The {word} falls {told}, by {a - b:.3g} {unit}: check both measurements."
    if word == "head" and b - a > GROWS_CM_PER_WEEK * weeks + SHRINKS_CM:
        return f"The head grows {told}, faster than {GROWS_CM_PER_WEEK:g} cm a week: check both measurements."
    return None


def _milestones(infant: Infant, placed: Placed) -> Iterator[Problem]:
    state: dict[str, tuple[int, Milestone]] = {}
    for place, entry in placed:
        if not isinstance(entry, Milestone):
            continue
        before = state.get(entry.skill)
        had = before[1].event if before else None
        sentence = None
        if entry.event == "lost" and had != "gained":
            sentence = f"'{entry.skill}' is lost on day {entry.age_days:g} and nothing says when it was gained."
        elif entry.event == "not yet" and had in ("gained", "lost"):
            sentence = f"'{entry.skill}' is 'not yet' on day {entry.age_days:g} and was there before: say 'lost'."
        elif entry.event == "gained" and had == "gained":
            sentence = f"'{entry.skill}' is gained twice and not lost between."
        if sentence:
            yield Problem("flagged", sentence, ((before[0], place) if before else (place,)))
        state[entry.skill] = (place, entry)


def _treatments(infant: Infant, placed: Placed) -> Iterator[Problem]:
    given = [(place, e) for place, e in placed if isinstance(e, Treatment)]
    for k, (place, one) in enumerate(given):
        for other_place, other in given[k + 1 :]:
            same = one.name.casefold() == other.name.casefold()
            if same and (one.stop_age_days is None or other.age_days < one.stop_age_days):
                sentence = (
                    f"'{one.name}' starts on day {other.age_days:g} while it is given since day {one.age_days:g}."
                )
                yield Problem("flagged", sentence, (place, other_place))
    for place, entry in placed:
        if isinstance(entry, DoseChange | Level) and entry.name.casefold() != "ketones":
            on = [t for _, t in given if t.name.casefold() == entry.name.casefold() and t.age_days <= entry.age_days]
            if not any(t.stop_age_days is None or entry.age_days <= t.stop_age_days for t in on):
                word = "dose" if isinstance(entry, DoseChange) else "level"
                yield Problem(
                    "flagged",
                    f"There is a {word} of '{entry.name}' on day {entry.age_days:g} and it is not given then.",
                    (place,),
                )


def _words(infant: Infant, placed: Placed) -> Iterator[Problem]:
    firsts = [place for place, e in placed if isinstance(e, Semiology) and e.first == "yes"]
    if len({infant.entries[place].age_days for place in firsts}) > 1:
        yield Problem("flagged", "Two ages are given for the first seizure.", tuple(firsts))
    for place, entry in placed:
        if not isinstance(entry, Semiology) or entry.seizure in BOTH_CLASSIFICATIONS:
            continue
        newborn = Ages(entry.age_days, infant.gestation_weeks).newborn
        neonatal = entry.seizure in NEONATAL_KINDS
        if newborn is None or entry.seizure == NOT_CAPTURED or newborn == neonatal:
            continue
        of = "the neonatal classification" if neonatal else "the classification after 44 postmenstrual weeks"
        weeks = Ages(entry.age_days, infant.gestation_weeks).postmenstrual_weeks
        yield Problem("flagged", f"'{entry.seizure}' is a word of {of}; the infant is {weeks:.1f} weeks old.", (place,))
