"""How does the web say that something is wrong? RFC 9457 for programs, a kind page for people, a trace for nobody."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from traceback import extract_tb
from typing import Final

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Mount

from kweek.errors import KweekError
from kweek.intake.calls import TooEarlyError
from kweek.intake.incoming import BadEventError, OtherEventError
from kweek.intake.outcomes import ClosedError, NoSuchTaskError, OutcomeError, TakenError
from kweek.intake.surveys.answers import AnswersError
from kweek.leads.database import DatabaseAway, NoSuchLead
from kweek.web.house import house_of
from kweek.web.render import page
from kweek.web.session import has_session
from kweek.words import Tongue

log = structlog.get_logger()

_ENGLISH: Final = Tongue("en")  # programs are spoken to in English
_METHODS: Final = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
RETRY_AFTER: Final = "5"  # seconds
FOR_LEADS: Final = ("/o/", "/c/", "/s/", "/u/", "/forms/", "/f/")


class ProblemError(Exception):
    """Answer with this; `errors` name fields, `more` are members of the problem object. told: what a page says instead
    of the words for its status: a key of the catalogue, with the values that go into it."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        errors: Sequence[Mapping[str, str]] = (),
        more: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        told: tuple[str, Mapping[str, object]] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.errors = status, detail, errors
        self.more, self.headers, self.told = more or {}, headers or {}, told


def problem_of(error: Exception) -> ProblemError:
    """What an exception means to the one who asked. Anything unforeseen is ours, and its words stay with us."""
    match error:
        case ProblemError():
            return error
        case BadEventError():
            errors = [{"field": fault.field, "words": fault.words} for fault in error.faults]
            return ProblemError(422, f"This {error.what} cannot be taken; nothing of it was stored.", errors=errors)
        case OtherEventError():
            return ProblemError(409, str(error))
        case NoSuchLead():
            return ProblemError(404, str(error), told=("absent.lead", {}))
        case NoSuchTaskError():
            return ProblemError(404, str(error), told=("absent.erased", {}))
        case AnswersError():
            said = {name: _ENGLISH(fault.key, **fault.values) for name, fault in error.faults.items()}
            errors = [{"field": f"answers.{name}", "words": words} for name, words in said.items()]
            return ProblemError(422, str(error), errors=errors)
        case OutcomeError():
            more = {"allowed": list(error.allowed)} if error.allowed else {}
            return ProblemError(422, str(error), errors=[{"field": error.field, "words": str(error)}], more=more)
        case ClosedError():
            at = error.at.isoformat() if error.at else None
            return ProblemError(409, str(error), more={"by": error.by, "at": at, "outcome": error.outcome})
        case TooEarlyError():
            return ProblemError(409, str(error), more={"not_before": error.not_before.isoformat()})
        case TakenError():
            return ProblemError(409, str(error), more={"by": error.by})
        case HTTPException():
            return ProblemError(error.status_code, _DETAIL.get(error.status_code, ""), headers=error.headers)
        case RequestValidationError():  # only paths and queries are read by the framework: no such page
            return ProblemError(404, _DETAIL[404])
        case ClientDisconnect():  # there is nobody to tell it to
            return ProblemError(400, "The connection ended before everything had come; nothing was stored.")
        case DatabaseAway():
            log.warning("web: the lead database is away")
            words = "The lead database is away for a moment. Nothing was accepted; please send it again."
            return ProblemError(503, words, headers={"Retry-After": RETRY_AFTER})
        case _:
            # where, but not what: an exception's words, and the values around it, may be a person's
            where = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in extract_tb(error.__traceback__)[-6:]]
            log.error("web: unforeseen", error=type(error).__name__, where=where)
            return ProblemError(500, "Something went wrong here. It was written down; please try again.")


_DETAIL: Final = {
    404: "There is nothing here.",
    405: "This address cannot be used in this way.",
    401: "Say who you are.",
}


def problem_bytes(status: int, title: str, detail: str, **more: object) -> bytes:
    return json.dumps({"type": "about:blank", "title": title, "status": status, "detail": detail, **more}).encode()


def problem_json(problem: ProblemError) -> Response:
    more = dict(problem.more) | ({"errors": list(problem.errors)} if problem.errors else {})
    body = problem_bytes(problem.status, HTTPStatus(problem.status).phrase, problem.detail, **more)
    return Response(body, problem.status, dict(problem.headers), media_type="application/problem+json")


def answer(request: Request, error: Exception) -> Response:
    """The response to an exception: by the address asked for, JSON or a page."""
    problem = problem_of(error)
    if problem.status == 405 and (methods := _methods(request)):
        problem.headers = {**(problem.headers or {}), "Allow": ", ".join(methods)}
    if request.url.path.startswith("/api/"):
        return problem_json(problem)
    return page(
        request, "problem.html", status=problem.status, headers=problem.headers,
        problem=problem, code=_said(problem.status), staff=_for_colleague(request), spoken=False,
    )  # fmt: skip


def _methods(request: Request) -> list[str]:
    """That this address can be used with; the framework names those of its first route alone."""
    routes: Sequence[BaseRoute] = [route for route in request.app.routes if not isinstance(route, Mount)]
    asked = {"type": "http", "path": request.scope["path"], "root_path": request.scope.get("root_path", "")}
    return [
        method
        for method in _METHODS
        if any(route.matches({**asked, "method": method})[0] is Match.FULL for route in routes)
    ]


def _said(status: int) -> int:
    """The status that the catalogue has words for."""
    known = _ENGLISH.knows(f"problem.{status}")
    return status if known else 500 if status >= 500 else 400


def _for_colleague(request: Request) -> bool:
    """Who is signed in stays in the house; but what stands in a mail is a lead's page whoever opens it."""
    return not request.url.path.startswith(FOR_LEADS) and has_session(house_of(request).settings, request)


def add_handlers(app: FastAPI) -> None:
    for kind in (ProblemError, KweekError, HTTPException, RequestValidationError):
        app.add_exception_handler(kind, answer)
