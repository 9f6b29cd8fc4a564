"""What does a study hold, and who may change it? Every change is one transaction, kept whole or not at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches

import msgspec
import sqlalchemy as sa

from ictal.base.errors import EntryError, StudyError, UsageError
from ictal.exchange.findings_json import check_version
from ictal.exchange.known import known_in
from ictal.infant.timeline.checks import Problem, check, conflict, problems
from ictal.infant.timeline.types import AnyEntry, Infant, Recording
from ictal.study import schema
from ictal.study.changing import KEPT_APART, Changing, entry_text, head_text, history_of, infants_of, text_of
from ictal.study.engine import reading, stored, writing
from ictal.study.history import Change, Verified, verify_chain
from ictal.study.recordings import Attached, Kept, check_same
from ictal.study.sorting import sort_out, without, without_recording

LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Added:
    """What became of entries that were given."""

    keys: tuple[str, ...]
    """The keys of those that were added, in the order given."""
    known: int = 0
    """How many were in the record already, word for word."""
    flagged: tuple[str, ...] = ()
    """Sentences about what is kept and should be looked at."""
    refused: tuple[tuple[int, str], ...] = ()
    """Place among the entries given (from 0) and a sentence, for each that was not taken."""


class Identity(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who is behind a pseudonym: kept apart, optional, in no history and no export."""

    birth_date: dt.date | None = None
    name: str = ""
    hospital_id: str = ""


@dataclass(frozen=True, slots=True)
class Study:
    """An open study. Made by `open_study` and `create_study`; it holds no connection between two calls.

    1. Infants are known by pseudonym, entries by a key that the study gives (`Entry.id`), recordings by SHA-256.
    2. Each call is one transaction: when it raises, nothing was changed.
    3. Every change of infants, entries, recordings and findings is sealed in the history.
    4. Other processes may read and write at the same time; writers take turns.
    """

    engine: sa.Engine
    where: str

    # What is there ------------------------------------------------------------------------------------------------

    def pseudonyms(self) -> tuple[str, ...]:
        """Which infants are in the study, by pseudonym?"""
        with reading(self.engine) as connection:
            return tuple(sorted(connection.execute(sa.select(schema.INFANT.c.key)).scalars()))

    def infants(self) -> tuple[Infant, ...]:
        """Every infant with its entries, by pseudonym."""
        with reading(self.engine) as connection:
            return infants_of(connection, None)

    def infant(self, pseudonym: str) -> Infant:
        """The record of one infant. Raises `StudyError` when there is none, with the pseudonym that is near."""
        with reading(self.engine) as connection:
            found = infants_of(connection, pseudonym)
        if not found:
            raise self._unknown(pseudonym)
        return found[0]

    def problems(self, pseudonym: str) -> tuple[Problem, ...]:
        """What in this infant's record should somebody look at?"""
        return problems(self.infant(pseudonym))

    def recordings(self, pseudonym: str | None = None) -> tuple[Kept, ...]:
        """Which recordings does the study know, of one infant or of all, with where each lies on this computer?"""
        table, place = schema.RECORDING, schema.PLACE
        ask = sa.select(table.c.key, table.c.pseudonym, table.c.record, place.c.path).select_from(
            table.outerjoin(place, place.c.key == table.c.key)
        )
        if pseudonym is not None:
            ask = ask.where(table.c.pseudonym == pseudonym)
        with reading(self.engine) as connection:
            rows = connection.execute(ask).all()
        with stored():
            kept = [Kept(digest=k, pseudonym=p, path=path, **msgspec.json.decode(r)) for k, p, r, path in rows]
        return tuple(sorted(kept, key=lambda one: (one.pseudonym, one.digest)))

    def findings(self, digest: str) -> Attached | None:
        """What did the recording of this digest show? `None` when no findings are attached to it."""
        with reading(self.engine) as connection:
            ask = sa.select(schema.FINDINGS.c.record).where(schema.FINDINGS.c.key == digest)
            found = connection.execute(ask).scalar()
        if found is None:
            return None
        with stored():
            attached = msgspec.json.decode(found, type=Attached)
        if "schema_version" in attached.findings:  # what was kept before it was asked for has none
            check_version(attached.findings, f"The findings of the recording {digest[:12]}")
        return attached

    def history(self, pseudonym: str | None = None) -> tuple[Change, ...]:
        """Who changed what, when, and what stood before: of one infant or of all, oldest first?"""
        with reading(self.engine) as connection:
            return history_of(connection, pseudonym)

    def verify(self, noted: str | None = None) -> Verified:
        """Does the history hold, and does it lead to what the study holds now? `noted` is an earlier `head`."""
        now: dict[tuple[str, str], str] = {}
        with reading(self.engine) as connection:
            for subject, table in schema.CHANGING.items():
                for key, record in connection.execute(sa.select(table.c.key, table.c.record)):
                    now[subject, key] = record
            for key in connection.execute(sa.select(schema.IDENTITY.c.key)).scalars():
                now["identity", key] = KEPT_APART
            return verify_chain(history_of(connection, None), now, noted)

    def reviews(self, recording: str) -> tuple[str, ...]:
        """What did readers correct in this recording? Each as the JSON that was given, the oldest first."""
        table, past = schema.REVIEW, schema.HISTORY
        kept = table.outerjoin(past, sa.and_(past.c.key == table.c.key, past.c.subject == "review"))
        ask = (
            sa.select(table.c.record).select_from(kept).where(table.c.key.startswith(f"{recording}:", autoescape=True))
        )
        with reading(self.engine) as connection:
            return tuple(connection.execute(ask.order_by(past.c.number)).scalars())

    def identity(self, pseudonym: str) -> Identity | None:
        """Who is behind this pseudonym? `None` when the study was not told."""
        with reading(self.engine) as connection:
            ask = sa.select(schema.IDENTITY.c.record).where(schema.IDENTITY.c.key == pseudonym)
            found = connection.execute(ask).scalar()
        with stored():
            return None if found is None else msgspec.json.decode(found, type=Identity)

    # What changes -------------------------------------------------------------------------------------------------

    def new(self, infant: Infant, who: str) -> Added:
        """Take a new infant into the study, with its entries. Raises `StudyError` when the pseudonym is in use."""
        with self._changing(who) as change:
            if change.infant(infant.pseudonym) is not None:
                raise StudyError(
                    f"There is an infant '{infant.pseudonym}' already: choose another pseudonym (twins have one each), "
                    "or add entries to it."
                )
            return self._take(change, infant, strict=True)

    def take(self, infant: Infant, who: str, strict: bool = False) -> Added:
        """Take in an infant from elsewhere: one that is new, or further entries of one that is there.

        Entries that are in the record word for word are not added again. One that cannot be is left out with its
        sentence (with `strict` it raises, and nothing is taken). Raises `EntryError` when the infant that is there is
        another child (sex or gestation differ), so that two children never share a pseudonym.
        """
        with self._changing(who) as change:
            return self._take(change, infant, strict)

    def add(self, pseudonym: str, *entries: AnyEntry, who: str) -> Added:
        """Add entries to an infant's record, all or none. Raises `EntryError` for the first that cannot be."""
        with self._changing(who) as change:
            return self._add(change, self._known(change, pseudonym), entries, strict=True)

    def change(self, key: str, entry: AnyEntry, who: str) -> Added:
        """Put another entry in the place of one; the older one stays in the history."""
        with self._changing(who) as change:
            infant = self._known(change, self._owner(change, key))
            flagged = _fits(without(infant, key), entry)
            change.put("entry", key, infant.pseudonym, entry_text(entry))
            return Added((key,), flagged=flagged)

    def remove(self, key: str, who: str) -> None:
        """Take an entry out of the record; it stays in the history."""
        with self._changing(who) as change:
            change.put("entry", key, self._owner(change, key), None)

    def describe(self, infant: Infant, who: str) -> None:
        """Change what holds for good of an infant (sex, gestation, plurality); its entries stay as they are."""
        with self._changing(who) as change:
            known = self._known(change, infant.pseudonym)
            check(msgspec.structs.replace(infant, entries=known.entries))
            change.put("infant", infant.pseudonym, infant.pseudonym, head_text(infant))

    def attach(
        self, recording: Kept, found: Attached | None, who: str, entry: Recording | None = None
    ) -> tuple[str, ...]:
        """Make a recording known to be this infant's, with what it showed; `entry` is its place in the record.

        A recording belongs to one infant. Findings of the same recording replace the older ones, which stay in the
        history, and so does its entry. `recordings.recording_from` makes all three from files. Returns what should be
        looked at.
        """
        check_same(recording, found, entry)
        flagged: tuple[str, ...] = ()
        with self._changing(who) as change:
            infant = self._known(change, recording.pseudonym)
            mixed = _mixed(infant, recording)
            change.put_recording(recording)
            if found is not None:
                change.put("findings", recording.digest, infant.pseudonym, text_of(found))
            if entry is not None:
                others = without_recording(infant, recording.digest)
                flagged = _fits(others, entry)
                gone = set(infant.entries) - set(others.entries)
                key = next((e.id for e in infant.entries if e in gone), None)
                if key is None:
                    change.add_entry(infant.pseudonym, entry)
                else:
                    change.put("entry", key, infant.pseudonym, entry_text(entry))
        wrong = () if found is None else tuple(one.sentence for one in known_in(found.findings))
        return (*flagged, *mixed, *wrong)

    def review(self, recording: str, number: str, record: str, who: str) -> None:
        """Keep a reader's correction (JSON) of a recording, under a number of its own; none is ever replaced."""
        key = f"{recording}:{number}"
        with self._changing(who) as change:
            if change.record("review", key) is not None:
                raise StudyError("There is a correction of this number already: give it another.")
            change.put("review", key, "", record)

    def identify(self, pseudonym: str, identity: Identity | None, who: str) -> None:
        """Keep who is behind a pseudonym, or (`None`) forget it. The history says that, and never what."""
        with self._changing(who) as change:
            self._known(change, pseudonym)
            change.put_identity(pseudonym, None if identity is None else text_of(identity))

    # How ----------------------------------------------------------------------------------------------------------

    @contextmanager
    def _changing(self, who: str) -> Iterator[Changing]:
        name = " ".join(who.encode(errors="replace").decode().split())
        if not name or len(name) > LONGEST_NAME:
            raise UsageError("A change needs the name of who makes it: give --who, or set ICTAL_WHO.")
        with writing(self.engine) as connection:
            yield Changing(connection, name)

    def _take(self, change: Changing, infant: Infant, strict: bool) -> Added:
        head = msgspec.structs.replace(infant, entries=())
        known = change.infant(infant.pseudonym)
        if known is not None:
            contradiction = conflict(known, infant)
            if contradiction is not None:
                raise EntryError(contradiction)
            head = _more_is_known(known, head)
        check(head)
        change.put("infant", head.pseudonym, head.pseudonym, head_text(head))
        record = head if known is None else msgspec.structs.replace(head, entries=known.entries)
        return self._add(change, record, infant.entries, strict)

    def _add(self, change: Changing, infant: Infant, entries: tuple[AnyEntry, ...], strict: bool) -> Added:
        there = {entry_text(entry) for entry in infant.entries}
        fresh = [(place, entry) for place, entry in enumerate(entries) if entry_text(entry) not in there]
        found = sort_out(infant, tuple(entry for _, entry in fresh))
        if strict and found.refused:
            raise EntryError(found.refused[0][1])
        keys = tuple(change.add_entry(infant.pseudonym, entry) for _, entry in found.taken)
        refused = tuple((fresh[place][0], sentence) for place, sentence in found.refused)
        return Added(keys, len(entries) - len(fresh), found.flagged, refused)

    def _known(self, change: Changing, pseudonym: str) -> Infant:
        found = change.infant(pseudonym)
        if found is None:
            raise self._unknown(pseudonym)
        return found

    def _owner(self, change: Changing, key: str) -> str:
        owner = change.owner("entry", key)
        if owner is None:
            raise StudyError(f"There is no entry '{key}' in this study: `ictal infant show` prints the keys.")
        return owner

    def _unknown(self, pseudonym: str) -> StudyError:
        near = get_close_matches(pseudonym, self.pseudonyms(), n=1)
        hint = f"did you mean '{near[0]}'?" if near else "take it in with `ictal infant new`."
        return StudyError(f"There is no infant '{pseudonym}' in this study: {hint}")


def _fits(infant: Infant, entry: AnyEntry) -> tuple[str, ...]:
    """What is unlikely about this entry in this record? Raises `EntryError` when it cannot be there."""
    found = sort_out(infant, (entry,))
    for _, sentence in found.refused:
        raise EntryError(sentence)
    return found.flagged


def _mixed(infant: Infant, recording: Kept) -> tuple[str, ...]:
    """What is simulated must not pass for what was seen."""
    if recording.simulated == infant.simulated:
        return ()
    is_, but = ("simulated", "not") if recording.simulated else ("not simulated", "simulated")
    return (f"The recording is {is_} and the infant '{infant.pseudonym}' is {but}: keep the two apart.",)


def _more_is_known(known: Infant, told: Infant) -> Infant:
    """What holds for good, with what was not known before."""
    unknown = (None, "not captured")
    fields = [f for f in ("sex", "gestation_weeks", "plurality") if getattr(known, f) in unknown]
    return msgspec.structs.replace(
        known,
        **{field: getattr(told, field) for field in fields},
        simulated=known.simulated or told.simulated,
        entries=(),
    )
