"""What may anyone reach? What stands in a mail (its picture, its links, the way out), and the forms of a website.

Scanners fetch every address in a mail: GET shows a page and notes the visit, HEAD does nothing, only POST acts.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from functools import partial
from typing import Annotated, Final
from urllib.parse import urlsplit

import structlog
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from kweek.intake.forms import KINDS, REDIRECT, VISITOR, by_its_sender, event_of_form, must_be_mended, read_form
from kweek.intake.grading import Hit, HitKind
from kweek.intake.hits import link_of, note_hit
from kweek.intake.incoming import BadEventError, OtherEventError
from kweek.intake.record import record
from kweek.intake.sources import asked_in
from kweek.intake.suppress import unsubscribe
from kweek.intake.visits import joins
from kweek.leads.database import DatabaseAway
from kweek.web.form_choice import evidence_of, label_of
from kweek.web.guard import Body, HouseOf
from kweek.web.house import House
from kweek.web.limits import TOO_MUCH, fits
from kweek.web.problems import ProblemError
from kweek.web.render import page, reader_language
from kweek.web.spoken import fault_words, field_words
from kweek.web.visits import with_who
from kweek.words import LANGUAGES, Tongue

log = structlog.get_logger()
router = APIRouter()

_GIF: Final = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


@router.api_route("/o/{token}.gif", methods=["GET", "HEAD"])
def open_pixel(token: str, request: Request, house: HouseOf) -> Response:
    """Always the picture: a mail never shows a broken one, whatever became of us or of the token."""
    about = house.about("open", token)
    if about and request.method == "GET":
        _note(str(about[0]), "open", request, house)
    return Response(_GIF, media_type="image/gif")


@router.api_route("/c/{token}", methods=["GET", "HEAD"])
def click(token: str, request: Request, house: HouseOf) -> Response:
    """To the stored target of a signed link, and nowhere else."""
    match house.about("click", token):
        case (str() as key, int() as position):
            link = link_of(house.db, key, position)
        case _:
            raise ProblemError(404, "This link is not known here.")
    if link is None or urlsplit(link.target).scheme not in ("http", "https"):
        raise ProblemError(404, "This link leads nowhere any more.")
    _note(key, "click", request, house, link.name)
    return RedirectResponse(with_who(link.target, link.lead_id, request, house), 302)


@router.get("/u/{token}")
def ask_to_unsubscribe(token: str, request: Request, house: HouseOf) -> Response:
    """One button; the link alone never acts, for scanners follow it."""
    key = mail_of(house.about("unsubscribe", token))
    _note(key, "unsubscribe", request, house)
    return page(request, "unsubscribe.html", language=house.language_of(key), done=False)


@router.head("/u/{token}")
def look_at_unsubscribe(token: str, house: HouseOf) -> Response:
    """Scanners ask so: nothing is noted."""
    mail_of(house.about("unsubscribe", token))
    return Response()


@router.post("/u/{token}")
def do_unsubscribe(token: str, request: Request, body: Body, house: HouseOf) -> Response:
    """From the page, or straight from the mail program (RFC 8058: `List-Unsubscribe=One-Click`)."""
    key = mail_of(house.about("unsubscribe", token))
    one_click = b"One-Click" in body
    how = "one-click" if one_click else "page"
    if unsubscribe(house.db, key, how, house.now(), house.address_key, house.rules.ears) is None:
        raise ProblemError(404, "This link is not known here.")
    if one_click:
        return Response("Unsubscribed.\n", media_type="text/plain")
    return page(request, "unsubscribe.html", language=house.language_of(key), done=True)


def sender_of_form(kind: str, request: Request, house: HouseOf) -> str:
    """The network that it comes from, before any of it is read. ProblemError: it is no form for us, or one too many."""
    if not request.headers.get("content-type", "").startswith(KINDS):
        raise ProblemError(415, f"A form is sent as {' or '.join(KINDS)}.")
    if kind not in house.rules.conversions():
        raise ProblemError(404, "There is no such form here.")
    request.state.framed_by = house.rules.websites()
    network = house.network(request.client.host if request.client else None) or ""
    if not house.form_rate.allows(network):
        raise ProblemError(429, "That is a lot of forms in a minute.", headers={"Retry-After": "60"})
    return network


Network = Annotated[str, Depends(sender_of_form)]


@router.post("/forms/{kind}")
def take_form(kind: str, request: Request, network: Network, body: Body, house: HouseOf) -> Response:
    """A plain HTML form of a website; only conversions (`hard` or `soft` in rules/events.yaml) may come this way."""
    sent = read_form(body, request.headers.get("content-type", ""))
    if not fits(sent):
        raise ProblemError(413, TOO_MUCH)
    fields = asked_in(request.query_params.multi_items()) | sent
    now = house.now()
    proof = f"form at {request.headers.get('origin', 'unknown')[:200]}, network {network}"
    words = house.rules.vocabulary()
    spoken = _spoken(fields, request, house)
    evidence, title = evidence_of(kind, words, spoken), partial(field_words, Tongue("en", house.rules.words("en")))
    try:
        incoming = event_of_form(kind, fields, words, now, proof, house.rules.zone(), evidence, title)
    except BadEventError as error:
        return _to_mend(error, kind, request, house, spoken)
    if incoming is not None:
        visitor = (fields.get(VISITOR) or [""])[0]
        before = joins(visitor, now, words.events)
        try:
            record(house.db, incoming, now, house.rules.ears, before=before)
        except OtherEventError:
            record(house.db, by_its_sender(incoming), now, house.rules.ears, before=before)
    if target := own_target(house, (fields.get(REDIRECT) or [""])[0]):
        return RedirectResponse(target, 303)
    return page(request, "thanks.html", language=incoming.lead.profile.get("language") if incoming else None)


@router.get("/healthz")
def health(house: HouseOf) -> JSONResponse:
    """200 while all parts answer, else 503 with the names of those that are away."""
    away = house.away()
    answer: dict[str, object] = {"status": "away" if away else "fine", "away": away}
    return JSONResponse(answer, 503 if away else 200, {"Retry-After": "5"} if away else None)


def mail_of(about: tuple[str | int, ...]) -> str:
    """The key of the mail that a token is about. ProblemError 404, with a page that helps."""
    if not about:
        raise ProblemError(404, "This link is not known here.")
    return str(about[0])


def _spoken(fields: Mapping[str, list[str]], request: Request, house: House) -> Tongue:
    """The language of the form, as it says itself; else that of the browser."""
    said = (fields.get("language") or [""])[0]
    language = said if said in LANGUAGES else reader_language(request)
    return Tongue(language, house.rules.words(language))


def _to_mend(error: BadEventError, kind: str, request: Request, house: House, say: Tongue) -> Response:
    """What a visitor has to write otherwise, with each field as his form calls it."""
    words = house.rules.vocabulary()
    told = {
        label_of(fault.field.removeprefix("lead.") if fault.field != "lead" else "email", kind, words, say): (
            say("form.wrong.missing") if fault.field == "lead" else fault_words(say, fault)
        )
        for fault in must_be_mended(error)
    }
    problem = ProblemError(422, str(error), errors=[{"field": name, "words": said} for name, said in told.items()])
    return page(
        request, "problem.html", status=422, language=say.language, problem=problem, code=422, staff=False, spoken=True
    )


def _note(key: str, kind: HitKind, request: Request, house: House, link: str | None = None) -> None:
    """Keep the visit; a database that is busy or away keeps nobody from where he is going."""
    ahead = "prefetch" in (request.headers.get("sec-purpose", "") + request.headers.get("purpose", "")).lower()
    address = request.client.host if request.client else None
    method, agent = "PREFETCH" if ahead else request.method, request.headers.get("user-agent")
    try:
        note_hit(house.db, key, Hit(kind, house.now(), method, link, agent, house.network(address)))
    except DatabaseAway:
        log.warning("web: a hit was not noted, the lead database is away", kind=kind)


def own_target(house: House, target: str) -> str | None:
    """A path of ours, an address under our own base, or one of the workspace's websites; anything else would make us an
    open redirect."""
    if any(char in target for char in "\\\r\n\t") or not target.isascii():
        return None
    if target.startswith("/") and not target.startswith("//"):
        return target
    try:
        there = urlsplit(target)
    except ValueError:
        return None
    base = urlsplit(house.settings.base_url)
    ours = (f"{base.scheme}://{base.netloc}", *house.rules.websites())
    return target if f"{there.scheme}://{there.netloc}" in ours else None
