"""How does a colleague get a task, and lose it? Rows of `tasks`; `withdraw` is for whatever lies on a desk."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from activities.handover import withdraw_handover
from activities.telemarketing import withdraw_call_task
from kweek.flow.state import Effect
from kweek.leads.tables import effects, tasks


def open_task(
    tx: Connection, lead_id: str, effect: Effect, now: datetime, assignee: str | None, withdrawn: Row[Any] | None = None
) -> None:
    """assignee: a person or a team. Its title is filled in later (`activities.titles`). withdrawn: the handover that
    it is about; a contact that this one still promises is when the task is due."""
    args = effect.args
    deadline = datetime.fromisoformat(str(args["deadline"])) if args.get("deadline") else None
    if withdrawn is not None and withdrawn.contacted_at is None and withdrawn.follow_up_at is not None:
        deadline = withdrawn.follow_up_at if withdrawn.follow_up_at > now else deadline
    tx.execute(
        insert(tasks).values(
            key=effect.key, lead_id=lead_id, enrolment_id=effect.enrolment, title=args["title"], assignee=assignee,
            outcomes=args["outcomes"], status="open", opened_at=now,
            due_at=deadline,
        )
    )  # fmt: skip


def withdraw(tx: Connection, effect: Effect, now: datetime) -> None:
    """Take a call task, a task or a handover from its desk, whichever the key is of."""
    key = str(effect.args["ref"])
    because = str(effect.args["because"]) if effect.args.get("because") else None
    match tx.execute(select(effects.c.kind).where(effects.c.key == key)).scalar():
        case "open_call_task":
            withdraw_call_task(tx, key, because, now)
        case "give_handover":
            withdraw_handover(tx, key, because, now)
        case _:
            task = tasks.c
            tx.execute(
                update(tasks)
                .where(task.key == key, task.status.in_(("open", "taken")))
                .values(status="withdrawn", closed_at=now, outcome=because)
            )
