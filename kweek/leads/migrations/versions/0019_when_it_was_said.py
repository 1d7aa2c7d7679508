"""When it was said

What is heard late does not take the place of what was said after it. Of what stands there already nobody knows when.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("leads", sa.Column("said_at", sa.JSON(none_as_null=True)))


def downgrade() -> None:
    op.drop_column("leads", "said_at")
