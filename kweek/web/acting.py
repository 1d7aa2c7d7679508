"""Under whose name does a colleague act on a page? He says so once; what he does is kept under it.

Until there are accounts, a session knows nobody's name. A notice's link proposes one (`?as=anna`), a cookie remembers
whoever acted last; the page shows it. It is a name, and no proof: whoever is signed in may do all there is.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from kweek.intake.calls import TooEarlyError
from kweek.intake.forms import MOST_FIELDS, read_form
from kweek.intake.outcomes import ClosedError, OutcomeError, Said, TakenError
from kweek.intake.surveys.answers import AnswerFault, AnswersError
from kweek.intake.values import Checker
from kweek.web.house import House

COOKIE: Final = "kweek_as"
_A_MONTH: Final = 30 * 86_400
_NAMED: Final = (
    "reason", "later_on", "call_back_at", "sector", "size", "legal_form", "country", "parent", "parent.unknown",
    "circle", "value", "evidence", "meanwhile", "known", "known.meanwhile",
)  # fmt: skip
"""Fields that have a sentence of their own for what is wrong with them."""


@dataclass(frozen=True, slots=True)
class Acting:
    """name: None where nobody has said it yet. people: who there is to choose from; nobody in rules/teams.yaml: any
    name may be written. id: of this very showing of the page, so that a form sent twice counts once."""

    name: str | None
    people: tuple[str, ...]
    id: str


@dataclass(frozen=True, slots=True)
class Tried:
    """What was sent and could not be done: the action, its fields, and a key of `kweek.words` for each fault.

    answers: of questions that were answered on the telephone, what is wrong with each. too_early: when a try counts.
    """

    action: str
    given: Mapping[str, str]
    faults: Mapping[str, str] = field(default_factory=dict[str, str])
    too_late: bool = False
    too_early: datetime | None = None
    answers: Mapping[str, AnswerFault] = field(default_factory=dict[str, AnswerFault])

    @property
    def status(self) -> int:
        meanwhile = not self.faults.keys().isdisjoint(("meanwhile", "known.meanwhile"))
        return 409 if self.too_late or self.too_early or meanwhile else 422


def acting(request: Request, house: House, *also: str | None) -> Acting:
    """also: names that stand on the page, and may be gone from rules/teams.yaml."""
    people = tuple(dict.fromkeys([*house.rules.people(), *(name for name in also if name)]))
    said = request.query_params.get("as", unquote(request.cookies.get(COOKIE, "")))  # `?as=`: nobody yet
    may_be = said.isprintable() and len(said) <= 200
    known = said if said and may_be and (said in people or not people) else None
    return Acting(known, people, secrets.token_hex(8))


def read_fields(body: bytes, most: int = MOST_FIELDS) -> dict[str, str]:
    """The fields of a form, each with its first value."""
    return {name: values[0].strip() for name, values in read_form(body, most=most).items()}


def act(
    request: Request,
    house: House,
    who: Acting,
    given: Mapping[str, str],
    do: Callable[[Said], object],
    back: str | None = None,
) -> Response | Tried:
    """Do it, and go back to the page; or say what was wrong. back: an address of ours instead of this very page."""
    action = given.get("action", "")
    check = Checker()
    by = check.text(given.get("by"), "by", required=True)
    note = check.text(given.get("note"), "note")
    faults = {fault.field: f"wrong.{fault.field}" for fault in check.faults}
    if by is None or (who.people and by not in who.people):
        faults["by"] = "wrong.by"
    if faults or by is None:
        return Tried(action, given, faults)
    try:
        do(Said(by, house.now(), note, once(given)))
    except OutcomeError as error:
        return Tried(action, given, {error.field: _fault(error.field, given)})
    except AnswersError as error:
        return Tried(action, given, answers=error.faults)
    except TooEarlyError as error:
        return Tried(action, given, too_early=error.not_before)
    except (ClosedError, TakenError):
        return Tried(action, given, too_late=True)
    house.board.look_again()
    return back_to(back or f"{quote(request.url.path)}?done={quote(action)}", by, house)


def once(given: Mapping[str, str]) -> str | None:
    """The same form with the same words is one deed; after “back”, another button or other words are another."""
    if not given.get("id"):
        return None
    return hashlib.sha256(repr(sorted(given.items())).encode("utf-8", "replace")).hexdigest()[:24]


def _fault(name: str, given: Mapping[str, str]) -> str:
    if name == "reason" and given.get("reason"):
        return "wrong.reason.long"
    return f"wrong.{name}" if name in _NAMED else "wrong.outcome"


def back_to(address: str, by: str, house: House) -> Response:
    """To the page that now shows it done: pressing “reload” does nothing twice."""
    return remember(RedirectResponse(address, 303), by, house)


def remember(response: Response, by: str, house: House) -> Response:
    """Who sits at this browser."""
    secure = house.settings.base_url.startswith("https:")
    response.set_cookie(COOKIE, quote(by), max_age=_A_MONTH, httponly=True, samesite="lax", secure=secure)
    return response
