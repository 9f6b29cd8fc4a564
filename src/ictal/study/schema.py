"""Which tables does a study have? The same for SQLite and PostgreSQL, in SQLAlchemy Core.

    infant      one child, by pseudonym            --.
    entry       one thing that was noted             |  each row: key, pseudonym, record (canonical JSON);
    recording   one EEG file, by its SHA-256         |  every change of these stands in `history`
    findings    what a recording showed              |
    review      one correction by a reader         --'
    history     the chain of changes: append-only, each row sealed with the digest of the one before
    place       where a recording lies on this computer  --.  may say who a child is: not in `history`,
    identity    who is behind a pseudonym (optional)     --'  never exported

The tables are made by the migrations beside this file, and a test holds the two together.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, MetaData, String, Table, Text

METADATA = MetaData()

INFANT = Table(
    "infant",
    METADATA,
    Column("key", String(64), primary_key=True),
    Column("pseudonym", String(64), nullable=False),
    Column("record", Text, nullable=False),
)
ENTRY = Table(
    "entry",
    METADATA,
    Column("key", String(64), primary_key=True),
    Column("pseudonym", String(64), ForeignKey("infant.key"), nullable=False),
    Column("record", Text, nullable=False),
    Index("entry_of_infant", "pseudonym"),
)
RECORDING = Table(
    "recording",
    METADATA,
    Column("key", String(64), primary_key=True),
    Column("pseudonym", String(64), ForeignKey("infant.key"), nullable=False),
    Column("record", Text, nullable=False),
    Index("recording_of_infant", "pseudonym"),
)
FINDINGS = Table(
    "findings",
    METADATA,
    Column("key", String(64), ForeignKey("recording.key"), primary_key=True),
    Column("pseudonym", String(64), ForeignKey("infant.key"), nullable=False),
    Column("record", Text, nullable=False),
)
HISTORY = Table(
    "history",
    METADATA,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at", String(40), nullable=False),
    Column("who", String(200), nullable=False),
    Column("subject", String(16), nullable=False),
    Column("key", String(64), nullable=False),
    Column("pseudonym", String(64), nullable=False),
    Column("before", Text),
    Column("after", Text),
    Column("previous", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
)
PLACE = Table(
    "place",
    METADATA,
    Column("key", String(64), ForeignKey("recording.key"), primary_key=True),
    Column("path", Text, nullable=False),
)
IDENTITY = Table(
    "identity",
    METADATA,
    Column("key", String(64), ForeignKey("infant.key"), primary_key=True),
    Column("record", Text, nullable=False),
)

REVIEW = Table(
    "review",
    METADATA,
    Column("key", String(64), primary_key=True),
    Column("pseudonym", String(64), nullable=False),
    Column("record", Text, nullable=False),
)

CHANGING = {"infant": INFANT, "entry": ENTRY, "recording": RECORDING, "findings": FINDINGS, "review": REVIEW}
"""Subject of a change -> the table that holds how it stands now; parents before children."""
