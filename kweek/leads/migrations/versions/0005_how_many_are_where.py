"""How many are where

Numbers that are kept as leads walk, begun with who stands where and who has left; the rows of a flow that a lead took
are counted from now on, for the journal did not name them before. And what the first page seeks has an index.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

enrolments = sa.table(
    "enrolments", sa.column("flow"), sa.column("version"), sa.column("step"), sa.column("ended_at"), sa.column("result")
)  # fmt: skip
tallies = sa.table(
    "tallies", sa.column("flow"), sa.column("version"), sa.column("place"), sa.column("shard"), sa.column("count")
)  # fmt: skip
NAMED = sa.text("place IS NOT NULL")
HELD = sa.text("held IS NOT NULL")
IN_DOUBT = sa.text("status = 'held'")


def upgrade() -> None:
    op.create_table(
        "tallies",
        sa.Column("flow", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("shard", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("flow", "version", "place", "shard", name=op.f("pk_tallies")),
    )
    op.add_column("journal", sa.Column("place", sa.Text(), nullable=True))
    op.create_index("ix_journal_place_id", "journal", ["place", "id"], sqlite_where=NAMED, postgresql_where=NAMED)
    op.create_index("ix_leads_held", "leads", ["held"], sqlite_where=HELD, postgresql_where=HELD)
    op.create_index("ix_mails_claimed_at", "mails", ["claimed_at"])
    op.create_index("ix_mails_status", "mails", ["status"], sqlite_where=IN_DOUBT, postgresql_where=IN_DOUBT)
    op.drop_index("ix_enrolments_flow_step", "enrolments")
    op.create_index("ix_enrolments_flow_step_entered_at", "enrolments", ["flow", "step", "entered_at"])
    op.create_index("ix_enrolments_flow_result_ended_at", "enrolments", ["flow", "result", "ended_at"])
    count = sa.func.count()
    e = enrolments.c
    ended = sa.literal("ended:", sa.String).concat(e.result)
    for place, which in ((e.step, e.step.is_not(None)), (ended, e.ended_at.is_not(None))):
        now = sa.select(e.flow, e.version, place, sa.literal(0), count).where(which).group_by(e.flow, e.version, place)
        op.execute(tallies.insert().from_select(["flow", "version", "place", "shard", "count"], now))
