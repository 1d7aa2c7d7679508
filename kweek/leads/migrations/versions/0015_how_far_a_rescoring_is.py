"""How far a rescoring is

Who asked for it, by which rules, and how far it is: so that a page can ask for one, and tell. What the earlier rows
said was of use only while they were written.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("rescorings")
    op.create_table(
        "rescorings",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("rules", sa.Text()),
        sa.Column("by", sa.Text()),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("since_real", sa.DateTime(timezone=True)),
        sa.Column("told_real", sa.DateTime(timezone=True)),
        sa.Column("of", sa.Integer(), nullable=False),
        sa.Column("leads", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("found", sa.JSON()),
    )
    op.add_column("sound_rules", sa.Column("scoring", sa.Text()))
    op.add_column("sound_rules", sa.Column("scoring_since", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("sound_rules", "scoring_since")
    op.drop_column("sound_rules", "scoring")
    op.drop_table("rescorings")
    op.create_table(
        "rescorings",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("changed", sa.Integer(), nullable=False),
    )
