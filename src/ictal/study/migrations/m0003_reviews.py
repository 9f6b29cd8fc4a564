"""Readers' corrections of what an analysis found are kept beside it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """What does this step make?"""
    op.create_table(
        "review",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("pseudonym", sa.String(64), nullable=False),
        sa.Column("record", sa.Text, nullable=False),
    )
