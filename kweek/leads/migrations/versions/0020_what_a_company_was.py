"""What was known of a company until somebody said otherwise

So that of two who write of one company, nobody's word is lost, and it can be told who changed it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kweek.leads.tables.columns import Moment

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "companies_replaced",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("was", sa.JSON()),
        sa.Column("became", sa.JSON()),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by", sa.Text()),
        sa.Column("source", sa.Text()),
    )
    op.create_index("ix_companies_replaced_company_id", "companies_replaced", ["company_id"])


def downgrade() -> None:
    op.drop_table("companies_replaced")
