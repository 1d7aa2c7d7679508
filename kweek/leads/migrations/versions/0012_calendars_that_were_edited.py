"""Calendars that were edited

What they were until then, and when each lead was last looked at: by these, promises are reckoned anew.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kweek.leads.tables.columns import Moment

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "past_calendars",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("until", Moment(), nullable=False),
    )
    op.add_column("leads", sa.Column("turned_at", Moment()))


def downgrade() -> None:
    op.drop_column("leads", "turned_at")
    op.drop_table("past_calendars")
