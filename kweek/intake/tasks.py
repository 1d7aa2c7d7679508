"""What came of a task? A colleague takes it, gives it back, or closes it with one of its outcomes."""

from __future__ import annotations

from kweek.intake.incoming import Recorded
from kweek.intake.outcomes import OutcomeError, Said, at_desk
from kweek.intake.record import Ears
from kweek.leads import tables
from kweek.leads.database import Database


def take_task(db: Database, key: str, said: Said, ears: Ears | None = None) -> Recorded | None:
    """None: this person had it already. TakenError, ClosedError."""
    with at_desk(db, tables.tasks, key, said, "task", ears) as desk:
        return desk.take()


def give_task_back(db: Database, key: str, said: Said, ears: Ears | None = None) -> Recorded | None:
    with at_desk(db, tables.tasks, key, said, "task", ears) as desk:
        return desk.give_back()


def close_task(db: Database, key: str, outcome: str, said: Said, ears: Ears | None = None) -> Recorded:
    """OutcomeError names what is allowed; ClosedError who closed it and when; TakenError who has it."""
    with at_desk(db, tables.tasks, key, said, "task", ears) as desk:
        allowed = tuple(desk.row.outcomes)
        if outcome not in allowed:
            raise OutcomeError(f"“{outcome}” is not an outcome of this task.", allowed)
        if before := desk.done_before(outcome):
            return before
        desk.may_close()
        closed = {"status": "closed", "closed_at": said.at, "outcome": outcome}
        desk.change(**closed, taken_by=desk.row.taken_by or said.by)
        return desk.tell(outcome)
