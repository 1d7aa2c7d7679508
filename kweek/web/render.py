"""How does a page get its words? Jinja2 with autoescape, in the reader's language, with the house's few filters."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from starlette.requests import Request
from starlette.responses import HTMLResponse

from kweek.draw.svg import number
from kweek.web.direction import PageTongue, calm
from kweek.web.house import house_of
from kweek.web.refusals import refusal_words
from kweek.web.spoken import event_words, label_words, outcome_words, task_words, why_words
from kweek.words import LANGUAGES, Tongue

_PAGES: Final = Path(__file__).parent / "pages"
STATIC: Final = Path(__file__).parent / "static"


def page(
    request: Request,
    template: str,
    *,
    status: int = 200,
    language: str | None = None,
    headers: Mapping[str, str] | None = None,
    **context: object,
) -> HTMLResponse:
    """`language`: the lead's own, where the page is for one lead; else what the browser asks for."""
    spoken = language if language in LANGUAGES else reader_language(request)
    house = house_of(request)
    rules = house.rules
    around: dict[str, object] = {
        "_": PageTongue(spoken, rules.words(spoken)), "language": language or spoken, "path": request.url.path,
        "company": rules.company(), "zone": rules.zone(), "currency": rules.currency(),
    }  # fmt: skip
    if "now" in context:  # its clocks go on in the browser
        around["tempo"] = house.tempo()
    html = _ENVIRONMENT.get_template(template).render({**around, **context})
    return HTMLResponse(html, status, dict(headers or {}))


def macros(template: str, say: Tongue, zone: tzinfo) -> Any:
    """Those of this template, to be called one by one; for what is sent to a page that is open."""
    return _ENVIRONMENT.get_template(template).make_module({"_": PageTongue(say.language, say.own), "zone": zone})


def reader_tongue(request: Request) -> Tongue:
    """The reader's language, with the workspace's own words."""
    language = reader_language(request)
    return Tongue(language, house_of(request).rules.words(language))


def reader_language(request: Request) -> str:
    """The first language of Accept-Language, by weight, that we speak (RFC 9110, 12.5.4)."""
    wishes: list[tuple[float, str]] = []
    for wish in request.headers.get("accept-language", "")[:200].split(","):
        name, _, weight = wish.strip().partition(";q=")
        try:
            wishes.append((float(weight or 1), name.split("-")[0].lower()))
        except ValueError:
            continue
    spoken = [name for _, name in sorted(wishes, key=lambda wish: -wish[0]) if name in LANGUAGES]
    return (spoken or ["en"])[0]


@pass_context
def _moment(context: Context, value: datetime | None) -> str:
    """In the workspace's time zone."""
    return _tongue(context).moment(value.astimezone(context["zone"])) if value else ""


def _tongue(context: Context) -> Tongue:
    tongue = context["_"]
    assert isinstance(tongue, Tongue)
    return tongue


@pass_context
def _event(context: Context, kind: str) -> str:
    return event_words(_tongue(context), kind)


@pass_context
def _outcome(context: Context, outcome: str) -> str:
    return outcome_words(_tongue(context), outcome)


@pass_context
def _task_outcome(context: Context, outcome: str) -> str:
    return task_words(_tongue(context), outcome)


@pass_context
def _refusal(context: Context, words: str) -> str:
    return refusal_words(_tongue(context), words)


@pass_context
def _label(context: Context, path: str) -> str:
    """A field by its path: `lead.contract_end`."""
    return label_words(_tongue(context), path)


@pass_context
def _why(context: Context, why: str | None) -> str:
    return why_words(_tongue(context), why) if why else ""


@pass_context
def _status(context: Context, status: str) -> str:
    """What became of a mail."""
    return _tongue(context).maybe(f"status.{status}", status)


@pass_context
def _number(context: Context, value: float) -> str:
    return _tongue(context).number(value)


@pass_context
def _money(context: Context, cents: float) -> str:
    """In the workspace's own."""
    return _tongue(context).money(cents, context["currency"])


@pass_context
def _percent(context: Context, share: float) -> str:
    return _tongue(context).percent(share)


@pass_context
def _day(context: Context, value: date) -> str:
    return _tongue(context).day(value)


def _thin(value: int) -> str:
    """As in a picture, for what moves; but nothing is 0."""
    return number(value) or "0"


def _millis(value: datetime) -> int:
    """For a script: milliseconds since 1970."""
    return int(value.timestamp() * 1000)


@pass_context
def _span(context: Context, value: timedelta) -> str:
    return _tongue(context).span(value)


_ENVIRONMENT: Final = Environment(
    loader=FileSystemLoader(_PAGES),
    autoescape=True,
    finalize=calm,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_FILTERS: Final[dict[str, Any]] = {
    "moment": _moment, "number": _number, "thin": _thin, "millis": _millis, "span": _span,
    "money": _money, "percent": _percent, "day": _day,
    "event": _event, "outcome": _outcome, "task_outcome": _task_outcome, "label": _label,
    "refusal": _refusal,
    "why": _why, "status": _status,
}  # fmt: skip
_ENVIRONMENT.filters.update(_FILTERS)
