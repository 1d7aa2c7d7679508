"""How does a page get its words? Jinja2 with autoescape, in the reader's language, with the house's few filters."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from starlette.requests import Request
from starlette.responses import HTMLResponse

from kweek.web.words import LANGUAGES, say

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

    def _(key: str, **values: object) -> str:
        return say(spoken, key, **values)

    html = _ENVIRONMENT.get_template(template).render(
        _=_, language=language or spoken, path=request.url.path, **context
    )
    return HTMLResponse(html, status, dict(headers or {}))


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
    """In the page's `zone`, where it gives one."""
    zone = context.get("zone")
    shown = value.astimezone(zone if isinstance(zone, tzinfo) else UTC) if value else None
    return "" if shown is None else f"{shown:%Y-%m-%d %H:%M} {shown.tzname()}"


@pass_context
def _span(context: Context, value: timedelta) -> str:
    """`3 d 4 h`, `4 h 10 min`, `2 min`: two units at most; an hour is a `u` in Dutch."""
    hour = "u" if context.get("language") == "nl" else "h"
    minutes = int(abs(value).total_seconds() // 60)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} d {hours} {hour}"
    return f"{hours} {hour} {minutes} min" if hours else f"{minutes} min"


_ENVIRONMENT: Final = Environment(
    loader=FileSystemLoader(_PAGES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
_FILTERS: Final[dict[str, Any]] = {"moment": _moment, "span": _span}
_ENVIRONMENT.filters.update(_FILTERS)
