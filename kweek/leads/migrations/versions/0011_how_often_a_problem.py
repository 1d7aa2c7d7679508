"""How often a problem

A failure that goes on is one row that counts. The list of the last ones, and what is deleted for its age, go by `at`.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("problems", sa.Column("times", sa.Integer(), nullable=False, server_default=sa.text("1")))
    op.drop_index("ix_problems_key", "problems")
    op.create_index("ix_problems_key_code", "problems", ["key", "code"])
    op.create_index("ix_problems_at", "problems", ["at"])


def downgrade() -> None:
    op.drop_index("ix_problems_at", "problems")
    op.drop_index("ix_problems_key_code", "problems")
    op.create_index("ix_problems_key", "problems", ["key"])
    with op.batch_alter_table("problems") as changed:
        changed.drop_column("times")
