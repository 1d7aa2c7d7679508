"""How much may a request bring, and what does every answer say? Body limit and security headers, before all else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kweek.flow.yaml import MOST_BYTES
from kweek.intake.forms import KINDS
from kweek.web.problems import FOR_LEADS, ProblemError, answer
from kweek.web.uploads import LARGEST

BODY: Final = 64 * 1024
FORMS: Final = "/forms/"  # of websites: their fields count against BODY, however they are written
FORM_BODY: Final = 3 * BODY  # a byte is written as three at most: %0A
FILES_BODY: Final = 10 * 1024 * 1024  # a form with files, which are not kept
IMPORTS: Final = "/imports"  # a file
RULES: Final = "/matrix/rules"  # a file of rules
RULES_BODY: Final = 2 * MOST_BYTES  # one that is a little too large is told so on the page
_TOLD: Final = {RULES: ("problem.413.rules", {"kilobytes": MOST_BYTES // 1024})}
"""Where a page says more of it than that it is too much."""
MOST: Final = 500  # in a list
LIST_BODY: Final = 2 * 1024 * 1024  # such a list
LISTS: Final = ("/api/events", "/api/leads")
_LIMITS: Final = {**dict.fromkeys(LISTS, LIST_BODY), IMPORTS: LARGEST, RULES: RULES_BODY}
_FORM_LIMITS: Final = dict(zip(KINDS, (FORM_BODY, FILES_BODY), strict=True))


def policy(websites: Sequence[str] = ()) -> str:
    """Nothing from elsewhere, nothing written within a page, and nobody may frame us but ourselves (the catcher shows
    mails so). websites: origins that may show this page in a frame of theirs, and to which its form may go on."""
    ours = " ".join(("'self'", *websites))
    return (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; base-uri 'none'; "
        f"form-action {ours}; frame-ancestors {ours}"
    )


# No script at all on what leads see; on colleagues' pages only our own, which moves the numbers.
POLICY: Final = policy()
FOR_COLLEAGUES: Final = f"{POLICY}; script-src 'self'; connect-src 'self'"
TOO_MUCH: Final = "This is more than Kweek takes at once; send less, or in parts."
_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # addresses with tokens in them stay here
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class TooLargeError(Exception):
    """The body went over its limit while it was read."""


class Limits:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        rules = POLICY if scope["path"].startswith(FOR_LEADS) else FOR_COLLEAGUES
        limit = _limit(scope)
        started = False
        read = 0

        async def limited() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > limit:
                raise TooLargeError
            return message

        async def with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                websites = scope.get("state", {}).get("framed_by")
                headers.setdefault("Content-Security-Policy", policy(websites) if websites else rules)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        if _declared(scope) > limit:
            await _refuse(scope, receive, with_headers)
            return
        try:
            await self.app(scope, limited, with_headers)
        except TooLargeError:
            if started:
                raise
            await _refuse(scope, receive, with_headers)
        except Exception as error:  # nothing of it reaches the server, which would print it with its words
            response = answer(Request(scope), error)
            if not started:
                await response(scope, receive, with_headers)


def _limit(scope: Scope) -> int:
    if scope["method"] == "POST" and scope["path"].startswith(FORMS):
        written = Headers(scope=scope).get("content-type", "")
        return next((most for kind, most in _FORM_LIMITS.items() if written.startswith(kind)), BODY)
    return _LIMITS.get(scope["path"], BODY)


def fits(fields: Mapping[str, Sequence[str]]) -> bool:
    """Are the fields of a form, files aside, as little as any other body?"""
    texts = (text for name, values in fields.items() for value in values for text in (name, value))
    return sum(len(text.encode(errors="replace")) for text in texts) <= BODY


def _declared(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit() and len(value) < 20:
            return int(value)
    return 0


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    problem = ProblemError(413, TOO_MUCH, headers={"Connection": "close"}, told=_TOLD.get(scope["path"]))
    response = answer(Request(scope), problem)
    await response(scope, receive, send)
