"""Points by rules

A row of the ledger may be made by a rule of rules/scoring.yaml; what was there came from flows, surveys and people.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("points", sa.Column("rule", sa.Text(), nullable=True))
    op.add_column("points", sa.Column("about", sa.Text(), nullable=True))
