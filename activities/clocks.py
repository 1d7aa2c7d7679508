"""What does a colleague's clock say after a calendar was edited? The promise of a handover, the due time of a task."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, select, update

from kweek.flow.answers import Answers
from kweek.flow.duration import parse_duration
from kweek.flow.state import Effect
from kweek.leads.tables import handovers, tasks


def move_clock(tx: Connection, effect: Effect, answers: Answers) -> None:
    """What was left of it when the calendar was edited is reckoned anew; a promise that was kept stays as it was."""
    key, whose = str(effect.args["ref"]), effect.args.get("whose")
    lasts, turned = parse_duration(str(effect.args["lasts"])), datetime.fromisoformat(str(effect.args["turned"]))

    def by_now(verb: Literal["handover", "task"], at: datetime) -> datetime:
        return answers.calendar_of(verb, None if whose is None else str(whose)).moved(at, turned, lasts)

    promised = select(handovers.c.follow_up_at).where(handovers.c.key == key, handovers.c.contacted_at.is_(None))
    if (at := tx.execute(promised).scalar_one_or_none()) is not None:
        tx.execute(update(handovers).where(handovers.c.key == key).values(follow_up_at=by_now("handover", at)))
    if (at := tx.execute(select(tasks.c.due_at).where(tasks.c.key == key)).scalar_one_or_none()) is not None:
        tx.execute(update(tasks).where(tasks.c.key == key).values(due_at=by_now("task", at)))
