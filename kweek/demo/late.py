"""How late are timers? Waits of an elapsed time know when they should have ended, and the journal when they did."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from kweek.flow.plan import Wait
from kweek.leads import publish, tables
from kweek.leads.database import Database


def lateness(database: Database) -> list[timedelta]:
    """In flow time, the smallest first."""
    j, e = tables.journal.c, tables.enrolments.c
    query = select(j.enrolment_id, j.kind, j.step, j.at, e.version).join_from(
        tables.journal, tables.enrolments, e.id == j.enrolment_id
    )
    entered: dict[tuple[str, str], datetime] = {}
    found: list[timedelta] = []
    with database.read() as read:
        for row in read.execute(query.where(j.kind.in_(("entered", "timed_out"))).order_by(j.id)):
            step = publish.plan_in(read, row.version).steps.get(row.step)
            if not isinstance(step, Wait) or step.until.within is None or step.until.within.business:
                continue
            if row.kind == "entered":
                entered[row.enrolment_id, row.step] = row.at
            elif (since := entered.pop((row.enrolment_id, row.step), None)) is not None:
                found.append(row.at - since - step.until.within.elapsed)
    return sorted(found)
