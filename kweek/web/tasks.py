"""How does a desk say what it did? The outcomes of calls, handovers and tasks, by key.

Keys have the shape `<lead>-<enrolment>/<effect>`: they hold a slash, so the verb comes last in the path.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Final

from fastapi import APIRouter, Depends
from starlette.responses import JSONResponse

from kweek.intake.calls import give_call_back, log_call, take_call
from kweek.intake.handovers import act_on_handover
from kweek.intake.incoming import Recorded
from kweek.intake.outcomes import Said
from kweek.intake.surveys.answers import Given, given_answers
from kweek.intake.tasks import close_task, give_task_back, take_task
from kweek.intake.values import Checker, nearest
from kweek.web.guard import Body, HouseOf, may
from kweek.web.house import House
from kweek.web.json_body import read_json

_WORK: Final = may("work:write")
router = APIRouter(prefix="/api", dependencies=[Depends(_WORK)])
KeyName = Annotated[str | None, Depends(_WORK)]

KEYS: Final = ("id", "by", "note", "outcome", "call_back_at", "reason", "later_on", "answers")


@dataclass(frozen=True, slots=True)
class Words:
    """The body of such a request, read and typed."""

    said: Said
    outcome: str | None
    reason: str | None
    call_back_at: datetime | None
    later_on: date | None
    answers: Given


@router.post("/calls/{key:path}/take")
def take_a_call(key: str, body: Body, house: HouseOf, program: KeyName) -> JSONResponse:
    return _answer(take_call(house.db, key, _read(body, house, program).said, house.rules.ears))


@router.post("/calls/{key:path}/give-back")
def give_a_call_back(key: str, body: Body, house: HouseOf, program: KeyName) -> JSONResponse:
    return _answer(give_call_back(house.db, key, _read(body, house, program).said, house.rules.ears))


@router.post("/calls/{key:path}/outcome")
def log_a_call(key: str, body: Body, house: HouseOf, program: KeyName) -> JSONResponse:
    """`no answer` and `call back` (with `call_back_at`) keep the task; every other outcome closes it. `answers`: to
    questions of the script."""
    words = _read(body, house, program, outcome=True)
    recorded = log_call(
        house.db,
        key,
        words.outcome or "",
        words.said,
        house.rules,
        call_back_at=words.call_back_at,
        answers=words.answers,
        address_key=house.address_key,
    )
    return _answer(recorded)


@router.post("/handovers/{key:path}/{action}")
def act(key: str, action: str, body: Body, house: HouseOf, program: KeyName) -> JSONResponse:
    """accept, contact, appointment, quote, reject (`reason`), later (`later_on`), won, lost."""
    words = _read(body, house, program)
    recorded = act_on_handover(
        house.db,
        key,
        action,
        words.said,
        house.rules.ears,
        people=house.rules.people(),
        reason=words.reason,
        later_on=words.later_on,
    )
    return _answer(recorded)


@router.post("/tasks/{key:path}/take")
def take_a_task(key: str, body: Body, house: HouseOf, program: KeyName) -> JSONResponse:
    return _answer(take_task(house.db, key, _read(body, house, program).said, house.rules.ears))


@router.post("/tasks/{key:path}/give-back")
def give_a_task_back(key: str, body: Body, house: HouseOf, program: KeyName) -> JSONResponse:
    return _answer(give_task_back(house.db, key, _read(body, house, program).said, house.rules.ears))


@router.post("/tasks/{key:path}/outcome")
def close_a_task(key: str, body: Body, house: HouseOf, program: KeyName) -> JSONResponse:
    words = _read(body, house, program, outcome=True)
    return _answer(close_task(house.db, key, words.outcome or "", words.said, house.rules.ears))


def _read(body: bytes, house: House, program: str | None, *, outcome: bool = False) -> Words:
    """`by` is required: who did it is part of what happened. program: the name of the key that it came with."""
    check = Checker("request")
    raw = check.object(read_json(body), "", KEYS)
    texts = {key: check.text(raw.get(key), key, required=key == "by") for key in ("id", "by", "note", "reason")}
    if texts["id"] and "/" in texts["id"]:
        check.fault("id", "an id here has no slash; send a UUID for instance")
    if texts["by"]:
        _known(texts["by"], house.rules.people(), program, check)
    said = check.text(raw.get("outcome"), "outcome", required=outcome)
    call_back_at = check.moment(raw["call_back_at"], "call_back_at") if raw.get("call_back_at") else None
    later_on = check.date(raw["later_on"], "later_on") if raw.get("later_on") else None
    answers = given_answers(raw.get("answers"), check)
    check.done()
    who = Said(texts["by"] or "", house.now(), texts["note"], texts["id"])
    return Words(who, said, texts["reason"], call_back_at, later_on, answers)


def _known(by: str, people: Sequence[str], program: str | None, check: Checker) -> None:
    """A colleague; or the key's own name, where a program does it by itself. Without colleagues, any name will do."""
    if people and by not in (*people, program):
        own = f"; what a program does by itself is by “{program}”" if program else ""
        check.fault("by", f"nobody in rules/teams.yaml is called “{by}”{nearest(by, tuple(people))}{own}")


def _answer(recorded: Recorded | None) -> JSONResponse:
    """None: it was so already."""
    if recorded is None:
        return JSONResponse({"fresh": False})
    return JSONResponse({"lead_id": recorded.lead_id, "seq": recorded.seq, "fresh": recorded.fresh})
