"""The most worth of a grade

The list of leads of one grade goes by their worth, too.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

worth = sa.text("(points_profile + points_intent + points_interest)")


def upgrade() -> None:
    op.create_index("ix_leads_grade_worth", "leads", ["profile", "engagement", worth, "id"])


def downgrade() -> None:
    op.drop_index("ix_leads_grade_worth", "leads")
