"""How does a call reach the telemarketers' desk, and leave it? Rows of `call_tasks`, written in the turn."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, insert, update

from kweek.flow.state import Effect
from kweek.leads.calling import may_not_be_called
from kweek.leads.enrolments import lead_row
from kweek.leads.tables import call_tasks


def open_call_task(
    tx: Connection, lead_id: str, effect: Effect, now: datetime, number_key: Callable[[str], str]
) -> str | None:
    """Put it on the desk, if the lead may be called; the answer says why not. The key keeps it from being put there
    twice. number_key: a number → the keyed hash under which it may be suppressed."""
    args = effect.args
    phone = lead_row(tx, lead_id).phone
    why = may_not_be_called(tx, lead_id, now, number_key(phone) if phone else None)
    over = {"status": "closed", "closed_at": now, "outcome": "blocked", "note": why} if why else {"status": "open"}
    tx.execute(
        insert(call_tasks).values(
            key=effect.key, lead_id=lead_id, enrolment_id=effect.enrolment, script=args["script"],
            queue=args.get("queue"), priority=args.get("priority"), attempts_allowed=args["attempts"],
            apart=args.get("apart"), opened_at=now, **over,
        )
    )  # fmt: skip
    return why


def withdraw_call_task(tx: Connection, key: str, because: str | None, now: datetime) -> None:
    """Take it from the desk; whoever had taken it may still say what came of the call."""
    task = call_tasks.c
    tx.execute(
        update(call_tasks)
        .where(task.key == key, task.status.in_(("open", "taken")))
        .values(status="withdrawn", closed_at=now, outcome=because)
    )
