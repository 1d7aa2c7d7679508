"""What is a colleague asked to do? The page of a task: for whom, why, which mail was answered, and its outcomes."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Depends
from sqlalchemy import Connection, Row
from starlette.requests import Request
from starlette.responses import Response

from kweek.intake.outcomes import Said
from kweek.intake.tasks import close_task, give_task_back, take_task
from kweek.leads import tables
from kweek.web import past, queries, story
from kweek.web.acting import Tried, act, acting, read_fields
from kweek.web.guard import Body, HouseOf, staff_only
from kweek.web.house import House
from kweek.web.problems import ProblemError
from kweek.web.render import page, reader_tongue

router = APIRouter(dependencies=[Depends(staff_only)])

_DONE: Final = {"take": "taken", "give-back": "given_back"}


@router.get("/tasks/{key:path}")
def show_task(key: str, request: Request, house: HouseOf) -> Response:
    return _show(key, request, house)


@router.post("/tasks/{key:path}")
def act_on_task(key: str, request: Request, body: Body, house: HouseOf) -> Response:
    """`take`, `give-back`, or the outcome itself."""
    given = read_fields(body)
    action = given.get("action", "")

    def do(said: Said) -> None:
        match action:
            case "take":
                take_task(house.db, key, said, house.rules.ears)
            case "give-back":
                give_task_back(house.db, key, said, house.rules.ears)
            case _:
                close_task(house.db, key, action, said, house.rules.ears)

    with house.db.read() as read:
        row = _row(read, key)
    tried = act(request, house, acting(request, house, row.taken_by, row.assignee), given, do)
    return tried if isinstance(tried, Response) else _show(key, request, house, tried)


def _show(key: str, request: Request, house: House, tried: Tried | None = None) -> Response:
    say = reader_tongue(request)
    with house.db.read() as read:
        row = _row(read, key)
        facts: dict[str, Any] = {
            "lead": story.who(read, row.lead_id),
            "why": story.why(read, row.key, row.enrolment_id),
            "answers": story.answers(read, house.rules, row.lead_id, say.language),
            "remarks": story.remarks(read, row.lead_id),
            "past": past.of_task(read, say, row),
        }
        reply = story.last_reply(read, facts["lead"], house.rules.mailbox())
        caught = story.caught_answer(read, facts["lead"].email, house.rules.mailbox())
    done = request.query_params.get("done", "")
    return page(
        request, "task.html", status=tried.status if tried else 200, row=row, **facts, now=house.now(),
        acting=acting(request, house, row.taken_by, row.assignee), tried=tried,
        mailbox=house.rules.mailbox(), caught=caught, reply=reply,
        done=_DONE.get(done) or (done if done in row.outcomes else None),
    )  # fmt: skip


def _row(read: Connection, key: str) -> Row[Any]:
    row = read.execute(queries.tasks().where(tables.tasks.c.key == key)).one_or_none()
    if row is None:
        words = "There is no such task; it may have been erased with its lead."
        raise ProblemError(404, words, told=("absent.task", {}))
    return row
