"""How late are timers? Waits of an elapsed time know when they should have ended, and the journal when they did."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from kweek.flow.plan import Wait
from kweek.leads import publish, tables
from kweek.leads.database import Database


def lateness(database: Database, since: datetime, until: datetime) -> list[timedelta]:
    """Of those that should have ended between these moments; in flow time, the smallest first. Left out is whom sales
    had meanwhile: his deadline was moved."""
    j, e = tables.journal.c, tables.enrolments.c
    query = select(j.enrolment_id, j.kind, j.step, j.at, e.version).join_from(
        tables.journal, tables.enrolments, e.id == j.enrolment_id
    )
    waits: dict[tuple[str, str], datetime] = {}
    found: list[timedelta] = []
    with database.read() as read:
        for row in read.execute(query.where(j.kind.in_(("entered", "held", "timed_out"))).order_by(j.id)):
            if row.kind == "held":
                waits = {wait: began for wait, began in waits.items() if wait[0] != row.enrolment_id}
                continue
            step = publish.plan_in(read, row.version).steps.get(row.step)
            if not isinstance(step, Wait) or step.until.within is None or step.until.within.business:
                continue
            if row.kind == "entered":
                waits[row.enrolment_id, row.step] = row.at
                continue
            began = waits.pop((row.enrolment_id, row.step), None)
            if began is not None and since < (due := began + step.until.within.elapsed) < until:
                found.append(row.at - due)
    return sorted(found)
