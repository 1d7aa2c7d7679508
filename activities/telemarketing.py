"""How does a call reach the telemarketers' desk, and leave it? Rows of `call_tasks`, written in the turn."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, update

from kweek.flow.state import Effect
from kweek.leads.tables import call_tasks


def open_call_task(tx: Connection, lead_id: str, effect: Effect, now: datetime) -> None:
    """Put it on the desk. The key keeps it from being put there twice."""
    args = effect.args
    tx.execute(
        insert(call_tasks).values(
            key=effect.key, lead_id=lead_id, enrolment_id=effect.enrolment, script=args["script"],
            queue=args.get("queue"), priority=args.get("priority"), attempts_allowed=args["attempts"],
            apart=args.get("apart"), status="open", opened_at=now,
        )
    )  # fmt: skip


def withdraw_call_task(tx: Connection, key: str, because: str | None, now: datetime) -> None:
    """Take it from the desk; whoever had taken it may still say what came of the call."""
    task = call_tasks.c
    tx.execute(
        update(call_tasks)
        .where(task.key == key, task.status.in_(("open", "taken")))
        .values(status="withdrawn", closed_at=now, outcome=because)
    )
