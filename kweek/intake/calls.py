"""What came of a call? The telemarketer takes a call task, tries, agrees another moment, or closes it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from sqlalchemy import Connection, Row

from kweek.errors import KweekError
from kweek.flow.facts import Facts
from kweek.flow.state import Value
from kweek.flow.surveys import Survey
from kweek.intake.check_lead import Vocabulary
from kweek.intake.incoming import Recorded
from kweek.intake.outcomes import Desk, OutcomeError, Said, at_desk
from kweek.intake.record import Ears
from kweek.intake.suppress import AddressKey, suppress_lead
from kweek.intake.surveys.answers import Given, mark_of, spoken_answers
from kweek.intake.surveys.asking import asked_on_telephone
from kweek.intake.surveys.submit import Heard, Kept, keep_answers
from kweek.leads import tables
from kweek.leads.database import Database
from kweek.leads.enrolments import lead_row
from kweek.rules.grades import Grades

NO_ANSWER: Final = "no answer"
CALL_BACK: Final = "call back"
CLOSING: Final = ("interested", "not interested", "appointment", "quote", "wrong person", "objected")
_EVENT_OF: Final = {NO_ANSWER: "attempted", CALL_BACK: "call_back"}  # all else is its own event
_FURTHEST: Final = timedelta(days=366)


class TooEarlyError(KweekError):
    """Nobody answered, and so short after the last try that this one does not count."""

    def __init__(self, not_before: datetime) -> None:
        super().__init__(
            f"The next try counts from {not_before:%Y-%m-%d at %H:%M} UTC on; nothing was noted. Whoever is reached "
            "before can be logged at any time."
        )
        self.not_before = not_before


class CallRules(Protocol):
    """What the workspace says of a call."""

    @property
    def ears(self) -> Ears: ...

    def script_of(self, tx: Connection, task: Row[Any]) -> Survey | None:
        """The script of this call task, as it was published with the lead's version of the flow."""
        ...

    def next_try(self, task: Row[Any], now: datetime) -> datetime | None:
        """Not before; None: at any time."""
        ...

    def facts_of(self, tx: Connection, lead_id: str, now: datetime) -> Facts:
        """What conditions see of this lead."""
        ...

    def vocabulary(self) -> Vocabulary: ...

    def grades(self) -> Grades: ...


def take_call(db: Database, key: str, said: Said, ears: Ears | None = None) -> Recorded | None:
    """None: this person had it already. TakenError, ClosedError."""
    with at_desk(db, tables.call_tasks, key, said, "call task", ears) as desk:
        return desk.take()


def give_call_back(db: Database, key: str, said: Said, ears: Ears | None = None) -> Recorded | None:
    with at_desk(db, tables.call_tasks, key, said, "call task", ears) as desk:
        return desk.give_back()


def log_call(
    db: Database,
    key: str,
    outcome: str,
    said: Said,
    rules: CallRules,
    *,
    address_key: AddressKey,
    call_back_at: datetime | None = None,
    answers: Given | None = None,
) -> Recorded:
    """Log one try. `no answer` counts as an attempt, `call back` keeps the task for the agreed moment, all else closes
    it. answers: to questions of the task's script; they come before the outcome, so that the flow knows them when it
    hears that. OutcomeError, AnswersError, TooEarlyError, ClosedError, TakenError, NoSuchTaskError,
    OtherEventError."""
    with at_desk(db, tables.call_tasks, key, said, "call task", rules.ears) as desk:
        script = rules.script_of(desk.tx, desk.row)
        allowed = (*CLOSING, *(script.outcomes if script else ()), NO_ANSWER, CALL_BACK)
        if outcome not in allowed:
            raise OutcomeError(f"“{outcome}” is not an outcome of this call.", allowed)
        if call_back_at is not None and outcome != CALL_BACK:
            raise OutcomeError("A moment is agreed with “call back” only.", field="call_back_at")
        kind = _EVENT_OF.get(outcome, outcome)
        data: dict[str, Value] = {} if call_back_at is None else {"at": call_back_at}
        mark = mark_of(answers or {})
        if before := desk.done_before(kind, data, mark):
            return before
        desk.may_close()
        if outcome == NO_ANSWER:
            _may_count(desk)
        lead, untold = _keep(desk, script, answers, rules) if answers else (None, ())
        desk.change(**_after(desk, outcome, call_back_at, rules))
        if outcome == "objected":  # the right to object is kept at once, whatever the flow makes of it
            suppress_lead(desk.tx, desk.lead_id, "telephone", "objected", said.at, address_key)
        return desk.tell(kind, data, lead, mark, untold)


def _may_count(desk: Desk) -> None:
    """Between two tries lies the time that the flow says; an agreed call-back is kept whenever that was."""
    row = desk.row
    if row.call_back_at is None and row.not_before is not None and desk.said.at < row.not_before:
        raise TooEarlyError(row.not_before)


def _keep(desk: Desk, script: Survey | None, given: Given, rules: CallRules) -> Kept:
    if script is None:
        raise OutcomeError("This call has no script any more: nobody knows the questions.", field="answers")
    said, lead_id = desk.said, desk.lead_id
    answers = spoken_answers(script, given, asked_on_telephone(script, rules.facts_of(desk.tx, lead_id, said.at)))
    heard = Heard(desk.row.key, "call", lead_row(desk.tx, lead_id).language, said.at, said.by, said.note)
    return keep_answers(
        desk.tx, lead_id, script, answers, heard, words=rules.vocabulary(), grades=rules.grades(), ears=rules.ears
    )


def _after(desk: Desk, outcome: str, call_back_at: datetime | None, rules: CallRules) -> dict[str, object]:
    """What the task then is. After a try anyone may go on; where the flow has withdrawn it, that was the last of it."""
    said, row = desk.said, desk.row
    back = {"status": "withdrawn" if row.status == "withdrawn" else "open", "taken_by": None}
    if outcome == CALL_BACK:
        if call_back_at is None or not said.at < call_back_at < said.at + _FURTHEST:
            raise OutcomeError("Say when to call back: a moment within a year from now.", field="call_back_at")
        return {**back, "call_back_at": call_back_at, "not_before": call_back_at}
    if outcome == NO_ANSWER:
        return {**back, "call_back_at": None, "not_before": rules.next_try(row, said.at)}
    closed = {"status": "closed", "closed_at": said.at, "outcome": outcome}
    return {**closed, "taken_by": row.taken_by or said.by}
