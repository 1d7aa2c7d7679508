"""Under which name an event came

Of leads in which others go on: so that whoever is on its own again has what came for it meanwhile.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("events", sa.Column("came_as", sa.Text()))


def downgrade() -> None:
    with op.batch_alter_table("events") as events:
        events.drop_column("came_as")
