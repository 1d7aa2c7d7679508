"""What was known of a lead until somebody said otherwise

So that of two who write to one lead, nobody's word is lost, and whoever writes under an earlier address is known again.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kweek.leads.tables.columns import Moment, when_set

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "replaced",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("lead_id", sa.Text(), sa.ForeignKey("leads.id"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("was", sa.JSON(), nullable=False),
        sa.Column("became", sa.JSON(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("email_key", sa.Text()),
    )
    op.create_index("ix_replaced_lead_id", "replaced", ["lead_id"])
    op.create_index("ix_replaced_email_key", "replaced", ["email_key"], **when_set("email_key"))


def downgrade() -> None:
    op.drop_table("replaced")
