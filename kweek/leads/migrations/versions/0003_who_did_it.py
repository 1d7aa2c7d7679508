"""Who did it

An event of a colleague names him and keeps his note; the tables of attempts and contacts, which knew that of some
events, hand over what they know and go. Who closed a handover or a task was never kept.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

events = sa.table(
    "events", sa.column("ref"), sa.column("kind"), sa.column("at"), sa.column("by"), sa.column("note")
)  # fmt: skip
attempts = sa.table(
    "attempts", sa.column("call_key"), sa.column("outcome"), sa.column("at"), sa.column("by"), sa.column("note")
)  # fmt: skip
contacts = sa.table(
    "contacts", sa.column("handover_key"), sa.column("kind"), sa.column("at"), sa.column("by"), sa.column("note")
)  # fmt: skip
_EVENT_OF = {"no answer": "attempted", "call back": "call_back"}  # outcome of a call → its event; the others: the same


def upgrade() -> None:
    op.add_column("events", sa.Column("by", sa.Text(), nullable=True))
    op.add_column("events", sa.Column("note", sa.Text(), nullable=True))
    kind = sa.case(_EVENT_OF, value=attempts.c.outcome, else_=attempts.c.outcome)
    _copy(attempts, attempts.c.call_key, kind)
    _copy(contacts, contacts.c.handover_key, contacts.c.kind)
    op.drop_table("attempts")
    op.drop_table("contacts")


def _copy(source: sa.TableClause, key: sa.ColumnElement[str], kind: sa.ColumnElement[str]) -> None:
    same = (key == events.c.ref, kind == events.c.kind, source.c.at == events.c.at)
    said = {name: sa.select(source.c[name]).where(*same).limit(1).scalar_subquery() for name in ("by", "note")}
    op.execute(sa.update(events).where(sa.exists().where(*same)).values(**said))
