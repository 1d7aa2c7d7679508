"""Can a NUL come in by an address? No: PostgreSQL holds none, so nothing that there is has one in its name.

In what is asked it becomes U+FFFD, as in HTML (WHATWG, 13.2.5): a page finds nothing by it. In what is sent with an
address (a form's campaign) it is taken out, as `kweek.intake.forms` takes it out of a form: nobody is lost for it.
"""

from __future__ import annotations

from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

_INSTEAD: Final = "\N{REPLACEMENT CHARACTER}"
_ASKED: Final = b"%EF%BF%BD"


class WithoutNul:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            instead = b"" if scope["method"] == "POST" else _ASKED
            query = scope["query_string"].replace(b"%00", instead).replace(b"\0", instead)
            scope = {**scope, "path": scope["path"].replace("\0", _INSTEAD), "query_string": query}
        await self.app(scope, receive, send)
