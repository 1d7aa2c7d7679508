"""How does a colleague put right what is known of a lead? A page with a field for each thing, saved all at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from kweek.intake.correcting import NotCorrectedError, correct, names, value_of, written
from kweek.intake.outcomes import OutcomeError, Said
from kweek.intake.values import longest_of
from kweek.web import story
from kweek.web.acting import Tried, act, acting, read_fields
from kweek.web.guard import Body, HouseOf, staff_only
from kweek.web.house import House
from kweek.web.render import page, reader_tongue
from kweek.web.spoken import fault_words, kept_words, label_words
from kweek.web.typed import Input, Sent
from kweek.words import Tongue

router = APIRouter(dependencies=[Depends(staff_only)])

_KNOWN: Final = "known."
_WAS: Final = "was."
_MOST_FIELDS: Final = 2_000
_TYPES: Final[Mapping[str, tuple[str, type | tuple[type, ...]]]] = {
    "number": ("number", (int, float)), "date": ("date", date), "moment": ("datetime-local", datetime),
    "yes/no": ("yes/no", bool),
}  # fmt: skip
"""Kind of an own field → which input it has, and as what its values are read."""
_HELP: Final = {
    "email": "known.email.help", "phone": "known.phone.help", "company": "known.company.help",
    "language": "known.language.help", "country": "known.country.help", "timezone": "known.timezone.help",
}  # fmt: skip


@router.get("/leads/{lead_id}/known")
def show_known(lead_id: str, request: Request, house: HouseOf) -> Response:
    return _show(lead_id, request, house)


@router.post("/leads/{lead_id}/known")
def correct_known(lead_id: str, request: Request, body: Body, house: HouseOf) -> Response:
    given = read_fields(body, _MOST_FIELDS)
    wrong: list[NotCorrectedError] = []

    def do(said: Said) -> None:
        was, becomes = (_of(given, start) for start in (_WAS, _KNOWN))
        rules = house.rules
        try:
            correct(house.db, lead_id, was, becomes, said, rules.vocabulary(), rules.ears, rules.zone())
        except NotCorrectedError as error:
            wrong.append(error)
            raise OutcomeError(str(error), field="known.meanwhile" if error.meanwhile else "known") from None

    tried = act(request, house, acting(request, house), given, do, back=f"/leads/{quote(lead_id)}#who")
    return tried if isinstance(tried, Response) else _show(lead_id, request, house, tried, *wrong)


def _of(given: Mapping[str, str], start: str) -> dict[str, str]:
    return {name.removeprefix(start): text for name, text in given.items() if name.startswith(start)}


def _show(
    lead_id: str, request: Request, house: House, tried: Tried | None = None, wrong: NotCorrectedError | None = None
) -> Response:
    with house.db.read() as read:
        if (lead := story.living_who(read, lead_id)).id != lead_id:
            return RedirectResponse(f"/leads/{quote(lead.id)}/known", 303)
        known = written(read, lead_id, house.rules.vocabulary(), house.rules.zone())
    inputs = list(_inputs(reader_tongue(request), house, lead, known, tried.given if tried else {}, wrong))
    return page(
        request, "known.html", status=tried.status if tried else 200, lead=lead, inputs=inputs, tried=tried,
        acting=acting(request, house), beside=_typed_address(inputs) if wrong and wrong.taken else None,
    )  # fmt: skip


def _typed_address(inputs: list[Input]) -> str:
    """The one that was typed, and is somebody else's."""
    return next(one.value for one in inputs if one.name == "email")


def _inputs(
    say: Tongue,
    house: House,
    lead: Any,
    known: Mapping[str, str],
    given: Mapping[str, str],
    wrong: NotCorrectedError | None,
) -> Iterator[Input]:
    words, zone = house.rules.vocabulary(), house.rules.zone()
    wrong = wrong or NotCorrectedError({})
    typed, was = _of(given, _KNOWN), _of(given, _WAS)
    for name in names(words):
        fault, value, kind = wrong.faults.get(name), value_of(lead, name, words, zone), words.fields.get(name, "text")
        sent = Sent(was.get(name, ""), typed.get(name, ""))
        yield Input(
            name,
            label_words(say, f"lead.{name}"),
            _type_of(name, kind, value),
            known[name],
            sent.value(known[name]),
            longest_of(f"lead.{name}"),
            fault=fault_words(say, fault) if fault else None,
            meanwhile=sent.meanwhile(known[name]),
            now=None if value is None else kept_words(say, value, None, zone),
            help=_HELP.get(name),
        )


def _type_of(name: str, kind: str, value: object) -> str:
    """A browser empties what does not fit an input: a value of another kind stands in one for text."""
    if name in ("email", "phone"):
        return "email" if name == "email" else "tel"
    if kind in _TYPES:
        shown, held = _TYPES[kind]
        fits = value is None or (isinstance(value, held) and (kind == "yes/no" or not isinstance(value, bool)))
        return shown if fits else "text"
    return "textarea" if isinstance(value, str) and "\n" in value else "text"
