"""What may say who a child is gets tables of its own: where a recording lies, and (optional) identities."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """What does this step make?"""
    key = sa.String(64)
    op.create_table(
        "place",
        sa.Column("key", key, sa.ForeignKey("recording.key"), primary_key=True),
        sa.Column("path", sa.Text, nullable=False),
    )
    op.create_table(
        "identity",
        sa.Column("key", key, sa.ForeignKey("infant.key"), primary_key=True),
        sa.Column("record", sa.Text, nullable=False),
    )
