"""What may say who a child is gets tables of its own: where a recording lies, and (optional) identities.

In the first store the path of a recording stood in its record, and so in the history. Paths of hospitals carry names.
The record of today has none; what the history said before stays there, because it cannot be changed.
"""

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
