"""How is a study changed? One transaction at a time, each change sealed in the history as it is made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

import msgspec
import sqlalchemy as sa

from ictal.base.errors import EntryError, StudyError
from ictal.infant.timeline.types import AnyEntry, Infant
from ictal.study import schema
from ictal.study.history import FIRST, Change, seal
from ictal.study.recordings import Kept

KEPT_APART = "kept apart"
"""What the history says of an identity."""


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
        self.put("entry", key, pseudonym, entry_text(entry))
        return key

    def infant(self, pseudonym: str) -> Infant | None:
        """The record as it stands in this transaction."""
        found = infants_of(self.connection, pseudonym)
        return found[0] if found else None

    def put_recording(self, recording: Kept) -> None:
        """Keep what is known of a recording; where it lies is kept apart from the history."""
        owner = self.owner("recording", recording.digest)
        if owner not in (None, recording.pseudonym):
            raise StudyError(
                f"This recording (SHA-256 {recording.digest[:12]}) is attached to the infant '{owner}' already: "
                "a recording belongs to one infant."
            )
        self.put("recording", recording.digest, recording.pseudonym, text_of(recording.described()))
        if recording.path is not None:
            place = schema.PLACE
            self.connection.execute(sa.delete(place).where(place.c.key == recording.digest))
            self.connection.execute(sa.insert(place).values(key=recording.digest, path=recording.path))

    def put_identity(self, pseudonym: str, record: str | None) -> None:
        """Keep who is behind a pseudonym, or forget it. The history says that it was done, and never what."""
        table = schema.IDENTITY
        known = self.connection.execute(sa.select(table.c.record).where(table.c.key == pseudonym)).scalar()
        if known == record:
            return
        self.connection.execute(sa.delete(table).where(table.c.key == pseudonym))
        if record is not None:
            self.connection.execute(sa.insert(table).values(key=pseudonym, record=record))
        before, after = (None if what is None else KEPT_APART for what in (known, record))
        self._seal("identity", pseudonym, pseudonym, before, after)

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
        values = {name: getattr(sealed, name) for name in schema.HISTORY.c.keys()}  # noqa: SIM118
        self.connection.execute(sa.insert(schema.HISTORY).values(values))


def history_of(connection: sa.Connection, pseudonym: str | None) -> tuple[Change, ...]:
    """Which changes were made, of one infant or of all, oldest first?"""
    table = schema.HISTORY
    ask = sa.select(table).order_by(table.c.number)
    if pseudonym is not None:
        ask = ask.where(table.c.pseudonym == pseudonym)
    return tuple(Change(**row) for row in connection.execute(ask).mappings())


def text_of(record: msgspec.Struct | Mapping[str, object]) -> str:
    """How does a record stand in the store? As canonical JSON: the same content is the same text (32 weeks, 32.0)."""
    plain: object = record
    if isinstance(record, msgspec.Struct):
        with suppress(msgspec.ValidationError):  # what cannot be is refused elsewhere, in words
            plain = msgspec.convert(msgspec.to_builtins(record), type(record))
    try:
        return msgspec.json.encode(plain, order="sorted").decode()
    except UnicodeEncodeError:
        raise EntryError(
            "A text has signs that are no letters of any script (a broken encoding): type it again."
        ) from None


def entry_text(entry: AnyEntry) -> str:
    """How does an entry stand in the store? Without its key, which is the row's."""
    return text_of(msgspec.structs.replace(entry, id=""))


def head_text(infant: Infant) -> str:
    """How does an infant stand in the store? Without its entries, which have rows of their own."""
    return text_of(msgspec.structs.replace(infant, entries=()))


def infants_of(connection: sa.Connection, pseudonym: str | None) -> tuple[Infant, ...]:
    """Which infants are there, one or all, each with its entries in the order in which they came?"""
    heads = sa.select(schema.INFANT.c.key, schema.INFANT.c.record)
    entries = sa.select(schema.ENTRY.c.pseudonym, schema.ENTRY.c.key, schema.ENTRY.c.record)
    if pseudonym is not None:
        heads = heads.where(schema.INFANT.c.key == pseudonym)
        entries = entries.where(schema.ENTRY.c.pseudonym == pseudonym)
    told = sorted(connection.execute(heads).all(), key=lambda row: str(row.key))
    of: dict[str, list[AnyEntry]] = {row.key: [] for row in told}
    try:
        for owner, key, record in sorted(connection.execute(entries).all(), key=lambda row: int(row.key)):
            entry: AnyEntry = msgspec.json.decode(record, type=AnyEntry)
            of[owner].append(msgspec.structs.replace(entry, id=key))
        return tuple(
            msgspec.structs.replace(msgspec.json.decode(record, type=Infant), entries=tuple(of[key]))
            for key, record in told
        )
    except (msgspec.MsgspecError, ValueError, KeyError):
        raise StudyError(
            "A record of the study cannot be read: `ictal study verify` says which was altered; restore a copy."
        ) from None
