"""Bells that let others pass

Those of a rescoring, an import or the like: so that a contact request beside it is handed over at once.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("mass", sa.Boolean()))
    op.create_index("ix_outbox_mass", "outbox", ["mass", "id"])


def downgrade() -> None:
    op.drop_index("ix_outbox_mass", "outbox")
    op.drop_column("outbox", "mass")
