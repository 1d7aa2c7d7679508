"""How does a page get its words? Jinja2 with autoescape, in the reader's language, with the house's few filters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from starlette.requests import Request
from starlette.responses import HTMLResponse

from kweek.draw.svg import number
from kweek.intake.imports.file_row import Refusal
from kweek.web.acting import Acting, remember
from kweek.web.direction import PageTongue, calm
from kweek.web.house import house_of
from kweek.web.spoken import (
    event_words,
    heard_words,
    kept_words,
    label_words,
    outcome_words,
    problem_words,
    refusal_words,
    script_words,
    task_words,
    title_of_task,
    topic_words,
    why_words,
)
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
        "company": rules.company(), "zone": rules.zone(), "currency": rules.currency(), "kinds": rules.kinds(),
    }  # fmt: skip
    if "now" in context:  # its clocks go on in the browser
        around["tempo"] = house.tempo()
    html = _ENVIRONMENT.get_template(template).render({**around, **context})
    response = HTMLResponse(html, status, dict(headers or {}))
    who = context.get("acting")
    if isinstance(who, Acting) and who.name is not None and "said" in request.query_params:  # not where a link says so
        remember(response, who.name, house)
    return response


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


def _said(words: Callable[..., str]) -> Callable[..., str]:
    """A filter that says it in the reader's language."""

    @pass_context
    def said(context: Context, *what: Any) -> str:
        return words(_tongue(context), *what)

    return said


@pass_context
def _money(context: Context, cents: float) -> str:
    """In the workspace's own."""
    return _tongue(context).money(cents, context["currency"])


@pass_context
def _kept(context: Context, value: object, name: str) -> str:
    """A field of the workspace's own, by its name."""
    return kept_words(_tongue(context), value, context["kinds"].get(name), context["zone"])


def _thin(value: int) -> str:
    """As in a picture, for what moves; but nothing is 0."""
    return number(value) or "0"


def _millis(value: datetime) -> int:
    """For a script: milliseconds since 1970."""
    return int(value.timestamp() * 1000)


def _status(say: Tongue, status: str) -> str:
    """What became of a mail."""
    return say.maybe(f"status.{status}", status)


def _why(say: Tongue, why: str | None) -> str:
    return why_words(say, why) if why else ""


def _refusal(say: Tongue, refusal: Refusal | Mapping[str, Any]) -> str:
    """As it was found, or as it is kept."""
    return refusal_words(say, refusal if isinstance(refusal, Refusal) else Refusal.load(refusal))


_ENVIRONMENT: Final = Environment(
    loader=FileSystemLoader(_PAGES),
    autoescape=True,
    finalize=calm,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_SAY: Final[Mapping[str, Callable[..., str]]] = {
    "number": Tongue.number, "percent": Tongue.percent, "day": Tongue.day, "span": Tongue.span,
    "event": event_words, "heard": heard_words, "outcome": outcome_words, "task_outcome": task_words,
    "label": label_words, "refusal": _refusal, "why": _why, "status": _status,
    "problem": problem_words, "task_title": title_of_task, "script": script_words, "topic": topic_words,
}  # fmt: skip
_FILTERS: Final[dict[str, Any]] = {
    **{name: _said(words) for name, words in _SAY.items()},
    "moment": _moment, "money": _money, "kept": _kept, "thin": _thin, "millis": _millis,
}  # fmt: skip
_ENVIRONMENT.filters.update(_FILTERS)
