"""What does a study hold, and who may change it how? Every change goes through `Study._changing`, whole or not at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TypeVar

import msgspec
import sqlalchemy as sa

from ictal.base.errors import StudyError, UsageError
from ictal.infant.timeline.types import AnyEntry, Infant, Recording
from ictal.study import schema
from ictal.study.engine import reading, writing
from ictal.study.history import FIRST, Change, Verified, seal, verify_chain
from ictal.study.recordings import Attached, Kept, check_same

LONGEST_NAME = 200
T = TypeVar("T", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True)
class Study:
    """An open study. Made by `open_study` and `create_study`; it holds no connection between two calls.

    1. Infants are known by pseudonym, entries by a key that the study gives (`Entry.id`), recordings by SHA-256.
    2. Each call is one transaction: when it raises, nothing was changed.
    3. Every change of infants, entries, recordings and findings is sealed in the history.
    """

    engine: sa.Engine
    where: str

    # What is there ------------------------------------------------------------------------------------------------

    def pseudonyms(self) -> tuple[str, ...]:
        """Which infants are in the study, by pseudonym?"""
        with reading(self.engine) as connection:
            return tuple(connection.execute(sa.select(schema.INFANT.c.key).order_by(schema.INFANT.c.key)).scalars())

    def infants(self) -> tuple[Infant, ...]:
        """Every infant with its entries, by pseudonym."""
        return self._infants(None)

    def infant(self, pseudonym: str) -> Infant:
        """The record of one infant. Raises `StudyError` when there is none, with the pseudonyms that are near."""
        found = self._infants(pseudonym)
        if not found:
            raise StudyError(self._unknown(pseudonym))
        return found[0]

    def recordings(self, pseudonym: str | None = None) -> tuple[Kept, ...]:
        """Which recordings does the study know, of one infant or of all, with where each lies on this computer?"""
        table, place = schema.RECORDING, schema.PLACE
        ask = sa.select(table.c.key, table.c.pseudonym, table.c.record, place.c.path).select_from(
            table.outerjoin(place, place.c.key == table.c.key)
        )
        if pseudonym is not None:
            ask = ask.where(table.c.pseudonym == pseudonym)
        with reading(self.engine) as connection:
            rows = connection.execute(ask.order_by(table.c.pseudonym, table.c.key)).all()
        return tuple(Kept(digest=k, pseudonym=p, path=path, **msgspec.json.decode(r)) for k, p, r, path in rows)

    def findings(self, digest: str) -> Attached | None:
        """What did the recording of this digest show? `None` when no findings are attached to it."""
        with reading(self.engine) as connection:
            found = connection.execute(
                sa.select(schema.FINDINGS.c.record).where(schema.FINDINGS.c.key == digest)
            ).scalar()
        return None if found is None else msgspec.json.decode(found, type=Attached)

    def history(self, pseudonym: str | None = None) -> tuple[Change, ...]:
        """Who changed what, when, and what stood before: of one infant or of all, oldest first?"""
        with reading(self.engine) as connection:
            return _history(connection, pseudonym)

    def verify(self, noted: str | None = None) -> Verified:
        """Does the history hold, and does it lead to what the study holds now? `noted` is an earlier digest."""
        with reading(self.engine) as connection:
            now = {
                (subject, key): record
                for subject, table in schema.CHANGING.items()
                for key, record in connection.execute(sa.select(table.c.key, table.c.record)).all()
            }
            return verify_chain(_history(connection, None), now, noted)

    # What changes -------------------------------------------------------------------------------------------------

    def new(self, infant: Infant, who: str) -> None:
        """Take an infant into the study, with its entries. Raises `StudyError` when the pseudonym is in use."""
        self.take(infant, who, new=True)

    def take(self, infant: Infant, who: str, new: bool = False) -> tuple[int, int]:
        """Take in an infant from elsewhere: one that is new, or further entries of one that is there.

        Returns how many entries were added and how many were there already. Raises `StudyError` when the infant that is
        there is another one (sex, gestation or plurality differ), so that two children never share a pseudonym.
        """
        infant = _checked(infant, Infant)
        with self._changing(who) as change:
            told = change.record("infant", infant.pseudonym)
            if told is None:
                change.put("infant", infant.pseudonym, infant.pseudonym, _head(infant))
            elif new:
                raise StudyError(
                    f"There is an infant '{infant.pseudonym}' already: choose another pseudonym (twins have one each), "
                    "or add entries to it."
                )
            else:
                same = _same_child(msgspec.json.decode(told, type=Infant), infant)
                change.put("infant", infant.pseudonym, infant.pseudonym, _head(same))
            return change.add_entries(infant.pseudonym, infant.entries)

    def add(self, pseudonym: str, *entries: AnyEntry, who: str) -> tuple[str, ...]:
        """Add entries to an infant's record, all or none. Returns their keys."""
        checked = tuple(_checked(entry, type(entry)) for entry in entries)
        with self._changing(who) as change:
            self._need(change, pseudonym)
            return tuple(change.add_entry(pseudonym, entry) for entry in checked)

    def change(self, key: str, entry: AnyEntry, who: str) -> None:
        """Put another entry in the place of one; the older one stays in the history."""
        checked = _checked(entry, type(entry))
        with self._changing(who) as change:
            change.put("entry", key, self._owner(change, key), _entry(checked))

    def remove(self, key: str, who: str) -> None:
        """Take an entry out of the record; it stays in the history."""
        with self._changing(who) as change:
            change.put("entry", key, self._owner(change, key), None)

    def describe(self, infant: Infant, who: str) -> None:
        """Change what holds for good of an infant (sex, gestation, plurality); its entries stay as they are."""
        checked = _checked(infant, Infant)
        with self._changing(who) as change:
            self._need(change, infant.pseudonym)
            change.put("infant", infant.pseudonym, infant.pseudonym, _head(checked))

    def attach(
        self, pseudonym: str, recording: Kept, found: Attached | None, who: str, entry: Recording | None = None
    ) -> None:
        """Make a recording known to be this infant's, with what it showed; `entry` is its place in the record.

        A recording belongs to one infant. Findings of the same recording replace the older ones, which stay in the
        history, and so does its entry. See `recordings.recording_from` for making the three from files.
        """
        check_same(recording, found, entry)
        with self._changing(who) as change:
            self._need(change, pseudonym)
            change.put_recording(pseudonym, recording)
            if found is not None:
                change.put("findings", recording.digest, pseudonym, _text(found))
            if entry is not None:
                change.put_recording_entry(pseudonym, entry)

    # How ----------------------------------------------------------------------------------------------------------

    @contextmanager
    def _changing(self, who: str) -> Iterator[Changing]:
        name = " ".join(who.split())
        if not name or len(name) > LONGEST_NAME:
            raise UsageError("A change needs the name of who makes it: give --who, or set ICTAL_WHO.")
        with writing(self.engine) as connection:
            yield Changing(connection, name)

    def _infants(self, pseudonym: str | None) -> tuple[Infant, ...]:
        heads = sa.select(schema.INFANT.c.key, schema.INFANT.c.record)
        entries = sa.select(schema.ENTRY.c.pseudonym, schema.ENTRY.c.key, schema.ENTRY.c.record)
        if pseudonym is not None:
            heads = heads.where(schema.INFANT.c.key == pseudonym)
            entries = entries.where(schema.ENTRY.c.pseudonym == pseudonym)
        with reading(self.engine) as connection:
            told = connection.execute(heads.order_by(schema.INFANT.c.key)).all()
            noted = connection.execute(entries).all()
        of: dict[str, list[AnyEntry]] = {key: [] for key, _ in told}
        for owner, key, record in sorted(noted, key=lambda row: int(row.key)):
            entry = msgspec.json.decode(record, type=AnyEntry)
            of[owner].append(msgspec.structs.replace(entry, id=key))
        return tuple(
            msgspec.structs.replace(msgspec.json.decode(record, type=Infant), entries=tuple(of[key]))
            for key, record in told
        )

    def _need(self, change: Changing, pseudonym: str) -> None:
        if change.record("infant", pseudonym) is None:
            raise StudyError(self._unknown(pseudonym))

    def _unknown(self, pseudonym: str) -> str:
        from difflib import get_close_matches

        near = get_close_matches(pseudonym, self.pseudonyms(), n=1)
        hint = f"did you mean '{near[0]}'?" if near else "take it in with `ictal infant new`."
        return f"There is no infant '{pseudonym}' in this study: {hint}"

    def _owner(self, change: Changing, key: str) -> str:
        owner = change.owner("entry", key)
        if owner is None:
            raise StudyError(
                f"There is no entry '{key}' in this study: `ictal infant show` prints the keys of entries."
            )
        return owner


@dataclass(frozen=True, slots=True)
class Changing:
    """One transaction that changes a study, by one person; each `put` is sealed in the history."""

    connection: sa.Connection
    who: str

    def record(self, subject: str, key: str) -> str | None:
        """How does this stand now?"""
        table = schema.CHANGING[subject]
        return self.connection.execute(sa.select(table.c.record).where(table.c.key == key)).scalar()

    def owner(self, subject: str, key: str) -> str | None:
        """Whose is it?"""
        table = schema.CHANGING[subject]
        return self.connection.execute(sa.select(table.c.pseudonym).where(table.c.key == key)).scalar()

    def put(self, subject: str, key: str, pseudonym: str, record: str | None) -> None:
        """Let it be `record` from now on (`None`: it is no more); what is so already is no change."""
        table = schema.CHANGING[subject]
        before = self.record(subject, key)
        if before == record:
            return
        if record is None:
            self.connection.execute(sa.delete(table).where(table.c.key == key))
        elif before is None:
            self.connection.execute(sa.insert(table).values(key=key, pseudonym=pseudonym, record=record))
        else:
            self.connection.execute(sa.update(table).where(table.c.key == key).values(record=record))
        self._seal(subject, key, pseudonym, before, record)

    def add_entry(self, pseudonym: str, entry: AnyEntry) -> str:
        """Add an entry; its key is the number of the change that brought it."""
        key = str(self._last()[0] + 1)
        self.put("entry", key, pseudonym, _entry(entry))
        return key

    def add_entries(self, pseudonym: str, entries: Iterable[AnyEntry]) -> tuple[int, int]:
        """Add those that are not there word for word: how many were added, how many were there?"""
        table = schema.ENTRY
        there = set(self.connection.execute(sa.select(table.c.record).where(table.c.pseudonym == pseudonym)).scalars())
        added = known = 0
        for entry in entries:
            if _entry(entry) in there:
                known += 1
            else:
                self.add_entry(pseudonym, entry)
                added += 1
        return added, known

    def put_recording(self, pseudonym: str, recording: Kept) -> None:
        """Keep what is known of a recording; where it lies is kept apart from the history."""
        owner = self.owner("recording", recording.digest)
        if owner not in (None, pseudonym):
            raise StudyError(
                f"This recording (SHA-256 {recording.digest[:12]}) is attached to the infant '{owner}' already: "
                "a recording belongs to one infant."
            )
        self.put("recording", recording.digest, pseudonym, _text(recording.described()))
        if recording.path is not None:
            place = schema.PLACE
            self.connection.execute(sa.delete(place).where(place.c.key == recording.digest))
            self.connection.execute(sa.insert(place).values(key=recording.digest, path=recording.path))

    def put_recording_entry(self, pseudonym: str, entry: Recording) -> None:
        """Let the record have this entry for the recording, in place of an older one of the same digest."""
        table = schema.ENTRY
        for key, record in self.connection.execute(
            sa.select(table.c.key, table.c.record).where(table.c.pseudonym == pseudonym)
        ).all():
            told = msgspec.json.decode(record, type=AnyEntry)
            if isinstance(told, Recording) and told.digest == entry.digest:
                self.put("entry", key, pseudonym, _entry(entry))
                return
        self.add_entry(pseudonym, entry)

    def _last(self) -> tuple[int, str]:
        """The number and digest of the last change."""
        table = schema.HISTORY
        found = self.connection.execute(
            sa.select(table.c.number, table.c.digest).order_by(table.c.number.desc()).limit(1)
        ).first()
        return (0, FIRST) if found is None else (found.number, found.digest)

    def _seal(self, subject: str, key: str, pseudonym: str, before: str | None, after: str | None) -> None:
        number, previous = self._last()
        at = dt.datetime.now(dt.UTC).isoformat(timespec="microseconds")
        change = Change(number + 1, at, self.who, subject, key, pseudonym, before, after, previous, "")
        sealed = replace(change, digest=seal(change))
        values = {name: getattr(sealed, name) for name in schema.HISTORY.c.keys()}
        self.connection.execute(sa.insert(schema.HISTORY).values(values))


def _history(connection: sa.Connection, pseudonym: str | None) -> tuple[Change, ...]:
    table = schema.HISTORY
    ask = sa.select(table).order_by(table.c.number)
    if pseudonym is not None:
        ask = ask.where(table.c.pseudonym == pseudonym)
    return tuple(Change(**row) for row in connection.execute(ask).mappings())


def _text(record: msgspec.Struct | Mapping[str, object]) -> str:
    """A record as canonical JSON: the same content is the same text."""
    return msgspec.json.encode(record, order="sorted").decode()


def _entry(entry: AnyEntry) -> str:
    return _text(msgspec.structs.replace(entry, id=""))


def _head(infant: Infant) -> str:
    return _text(msgspec.structs.replace(infant, entries=()))


def _checked(record: T, kind: type[T]) -> T:
    """The record, held against its own type: also those made in Python cannot hold what a file could not."""
    try:
        return msgspec.convert(msgspec.to_builtins(record), kind)
    except msgspec.ValidationError as error:
        raise StudyError(f"An entry cannot be kept: {str(error)[:1].lower()}{str(error)[1:]}.") from None


def _same_child(there: Infant, told: Infant) -> Infant:
    """What holds for good, with what was not known before; refuses what contradicts."""
    more: dict[str, object] = {}
    for field in ("sex", "gestation_weeks", "plurality", "simulated"):
        old, new = getattr(there, field), getattr(told, field)
        if new == old or new in (None, "not captured"):
            continue
        if old not in (None, "not captured"):
            raise StudyError(
                f"The infant '{there.pseudonym}' has {field.replace('_', ' ')} '{old}' in this study, and '{new}' here: "
                "if it is another child, give it another pseudonym."
            )
        more[field] = new
    return msgspec.structs.replace(there, **more)
