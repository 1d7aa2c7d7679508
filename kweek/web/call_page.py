"""What does a telemarketer need for a call? The page of a call task: number, script, and a button for each outcome."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, tzinfo
from typing import Any, Final

from fastapi import APIRouter, Depends
from sqlalchemy import Connection, Row
from starlette.requests import Request
from starlette.responses import Response

from kweek.draw.conditions import condition_words
from kweek.flow.surveys import Survey, say
from kweek.intake.calls import CALL_BACK, CLOSING, NO_ANSWER, give_call_back, log_call, take_call
from kweek.intake.forms import read_form
from kweek.intake.outcomes import OutcomeError, Said
from kweek.intake.surveys.answers import Given
from kweek.intake.surveys.drafts import known_answers
from kweek.intake.surveys.submit import answer_in_words
from kweek.leads import tables
from kweek.web import past, queries, story
from kweek.web.acting import Tried, act, acting, read_fields
from kweek.web.begun import begun
from kweek.web.guard import Body, HouseOf, staff_only
from kweek.web.house import House
from kweek.web.problems import ProblemError
from kweek.web.render import page, reader_tongue
from kweek.web.survey import in_words
from kweek.words import Tongue

router = APIRouter(dependencies=[Depends(staff_only)])

_ANSWER: Final = "answer."  # before a question's name, so that none is taken for a field of ours
_DONE: Final = {"take": "taken", "give-back": "given_back"}


@router.get("/calls/{key:path}")
def show_call(key: str, request: Request, house: HouseOf) -> Response:
    return _show(key, request, house)


@router.post("/calls/{key:path}")
def act_on_call(key: str, request: Request, body: Body, house: HouseOf) -> Response:
    """`take`, `give-back`, or the outcome itself."""
    spoken = _spoken(body)
    given = {**read_fields(body), **{f"{_ANSWER}{name}": "\n".join(values) for name, values in spoken.items()}}
    action = given.get("action", "")

    def do(said: Said) -> None:
        match action:
            case "take":
                take_call(house.db, key, said, house.rules.ears)
            case "give-back":
                give_call_back(house.db, key, said, house.rules.ears)
            case _:
                at = _moment(given.get("call_back_at", ""), house.rules.zone()) if action == CALL_BACK else None
                log_call(
                    house.db, key, action, said, house.rules, call_back_at=at, answers=spoken or None,
                    address_key=house.address_key,
                )  # fmt: skip

    with house.db.read() as read:
        taken_by = _row(read, key).taken_by
    tried = act(request, house, acting(request, house, taken_by), given, do)
    return tried if isinstance(tried, Response) else _show(key, request, house, tried, spoken)


def _spoken(body: bytes) -> dict[str, list[str]]:
    """What was answered on the telephone; what was left open was not asked."""
    fields = {name: [value for value in values if value.strip()] for name, values in read_form(body).items()}
    return {
        name.removeprefix(_ANSWER): values for name, values in fields.items() if name.startswith(_ANSWER) and values
    }


def _show(key: str, request: Request, house: House, tried: Tried | None = None, given: Given | None = None) -> Response:
    tongue = reader_tongue(request)
    with house.db.read() as read:
        row = _row(read, key)
        facts = _facts(read, house, row, tongue)
    done = request.query_params.get("done", "")
    known = (*CLOSING, NO_ANSWER, CALL_BACK, *facts["own"])
    return page(
        request, "call.html", status=tried.status if tried else 200, row=row, **facts, now=house.now(),
        acting=acting(request, house, row.taken_by), tried=tried, given=given or {},
        done=_DONE.get(done) or (done if done in known else None), outcomes=(NO_ANSWER, *CLOSING),
    )  # fmt: skip


def _facts(read: Connection, house: House, row: Row[Any], tongue: Tongue) -> Mapping[str, Any]:
    lead, mailbox = story.who(read, row.lead_id), house.rules.mailbox()
    script = house.rules.script_of(read, row)
    return {
        "lead": lead,
        "mailbox": mailbox,
        "reply": story.last_reply(read, lead, mailbox),
        "why": story.why(read, row.key, row.enrolment_id),
        "answers": story.answers(read, house.rules, row.lead_id, tongue.language),
        "begun": begun(read, house, row.lead_id, tongue.language),
        "remarks": story.remarks(read, row.lead_id),
        "past": past.of_call(read, tongue, row),
        "script": _in_words(read, script, lead, tongue, house.now()) if script else None,
        "own": {name: say(words, tongue.language) for name, words in script.outcomes.items()} if script else {},
    }


def _in_words(read: Connection, script: Survey, lead: Row[Any], tongue: Tongue, now: datetime) -> Mapping[str, Any]:
    """As it is said on the telephone: in the lead's language. notes: for the caller, by question: when it is asked, and
    what is known already."""
    language = lead.language or tongue.language
    asking = Tongue(tongue.language, (*tongue.own, *_questions(script, tongue)))
    known = known_answers(read, lead.id, script, now)
    notes: dict[str, list[str]] = {}
    for question in script.questions:
        name = question.name.value
        if question.condition:
            notes[name] = [tongue("script.only", condition=condition_words(asking, question.condition.value))]
        if (answer := known.get(name)) is not None:
            words = answer_in_words(question, answer.value, tongue.language)
            notes.setdefault(name, []).append(tongue("script.known", answer=words, day=tongue.day(answer.at)))
    said = {"intro": say(script.intro, language), "questions": in_words(script.questions, language), "notes": notes}
    return {"language": language, **said}


def _questions(script: Survey, tongue: Tongue) -> Iterator[tuple[str, str]]:
    """What it asks, by the keys under which a condition says it."""
    for question in script.questions:
        path = f"survey.{script.name.value}.{question.name.value}"
        yield f"field.{path}", tongue("field.own", name=say(question.text, tongue.language))
        for option in question.options:
            yield f"value.{path}.{option.name.value}", say(option.words, tongue.language)


def _row(read: Connection, key: str) -> Row[Any]:
    row = read.execute(queries.calls().where(tables.call_tasks.c.key == key)).one_or_none()
    if row is None:
        words = "There is no such call task; it may have been erased with its lead."
        raise ProblemError(404, words, told=("absent.call", {}))
    return row


def _moment(text: str, zone: tzinfo) -> datetime:
    """What a browser's `datetime-local` says, on the workspace's clock."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise OutcomeError("This is not a moment.", field="call_back_at") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
