"""How many leads a rescoring changed

So that its last word is about the whole of it, whatever died on the way.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rescorings",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("changed", sa.Integer(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("rescorings")
