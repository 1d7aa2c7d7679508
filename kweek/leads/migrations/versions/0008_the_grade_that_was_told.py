"""The grade that was told

Where points bring a lead to another grade, flows are told. What every lead has now is taken as told.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

leads = sa.table(
    "leads", sa.column("graded", sa.Text), sa.column("profile", sa.Text), sa.column("engagement", sa.Integer)
)


def upgrade() -> None:
    op.add_column("leads", sa.Column("graded", sa.Text(), nullable=True))
    grade = leads.c.profile.concat(sa.cast(leads.c.engagement, sa.Text))
    op.execute(leads.update().where(leads.c.profile.is_not(None)).values(graded=grade))
