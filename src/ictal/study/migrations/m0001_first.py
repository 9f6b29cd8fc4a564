"""The first store: infants, entries, recordings with findings, and the history that cannot be changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_SQLITE = """
CREATE TRIGGER history_{verb} BEFORE {verb} ON history
BEGIN SELECT RAISE(ABORT, 'the history of a study cannot be changed'); END
"""
_POSTGRES = """
CREATE FUNCTION history_is_kept() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION 'the history of a study cannot be changed'; END $$ LANGUAGE plpgsql;
CREATE TRIGGER history_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON history
FOR EACH STATEMENT EXECUTE FUNCTION history_is_kept()
"""


def upgrade() -> None:
    """What does this step make?"""
    key = sa.String(64)
    for name, refers in (("infant", None), ("entry", "infant"), ("recording", "infant"), ("findings", "recording")):
        links = [] if refers is None else [sa.ForeignKeyConstraint(["pseudonym"], ["infant.key"])]
        if name == "findings":
            links.append(sa.ForeignKeyConstraint(["key"], ["recording.key"]))
        op.create_table(
            name,
            sa.Column("key", key, primary_key=True),
            sa.Column("pseudonym", key, nullable=False),
            sa.Column("record", sa.Text, nullable=False),
            *links,
        )
    op.create_index("entry_of_infant", "entry", ["pseudonym"])
    op.create_index("recording_of_infant", "recording", ["pseudonym"])
    op.create_table(
        "history",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at", sa.String(40), nullable=False),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("subject", sa.String(16), nullable=False),
        sa.Column("key", key, nullable=False),
        sa.Column("pseudonym", key, nullable=False),
        sa.Column("before", sa.Text),
        sa.Column("after", sa.Text),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
    )
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(_SQLITE.format(verb=verb))
    else:
        op.execute(_POSTGRES)
