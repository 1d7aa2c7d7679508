"""By which rules all points stand

So that no lead shows points of which some are by the rules of before, until all are rescored.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sound_rules", sa.Column("whole_by", sa.Text()))
    op.execute("UPDATE sound_rules SET whole_by = scoring")


def downgrade() -> None:
    with op.batch_alter_table("sound_rules") as table:
        table.drop_column("whole_by")
