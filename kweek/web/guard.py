"""Who may do what? Everything needs a session or a key that was made for it, but for what a lead must reach."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Final

from fastapi import Depends
from starlette.requests import Request

from kweek.leads.keys import Key
from kweek.leads.scopes import Scope
from kweek.web.house import House, house_of
from kweek.web.problems import ProblemError
from kweek.web.session import has_session, key_shown, same_origin

SAFE: Final = ("GET", "HEAD")
_CHALLENGE: Final = {"WWW-Authenticate": "Bearer"}

HouseOf = Annotated[House, Depends(house_of)]
Guard = Callable[[Request, House], str | None]

SCOPE_OF: Final[dict[Guard, Scope | None]] = {}
"""What each guard takes; None: any key."""


def may(scope: Scope | None) -> Guard:
    """Lets in a session, and whoever shows a key that was made for this; what changes something by session must come
    from our own page. It answers the name of the key; None: a session has none."""

    def guard(request: Request, house: HouseOf) -> str | None:
        if (authorization := request.headers.get("authorization")) is not None:
            return _known(house, authorization, scope).name
        if not has_session(house.settings, request):
            words = "Send an API key (Authorization: Bearer …), or open the link that kweek printed."
            raise ProblemError(401, words, headers=_CHALLENGE)
        if request.method not in SAFE and not same_origin(house.settings, request):
            raise ProblemError(403, "This did not come from Kweek's own page.")
        return None

    SCOPE_OF[guard] = scope
    return guard


def _known(house: House, authorization: str, scope: Scope | None) -> Key:
    key = key_shown(house.db, authorization)
    if key is None:
        raise ProblemError(401, "This key is not known, or was revoked.", headers=_CHALLENGE)
    if not key.may(scope):
        words = f"This key was not made for that: it lacks the scope {scope}. kweek key make makes one that has it."
        raise ProblemError(403, words, more={"scope": scope})
    return key


def needs(request: Request, house: House, scope: Scope) -> None:
    """What is sent to an address may take more than the address does. ProblemError 403."""
    if (authorization := request.headers.get("authorization")) is not None:
        _known(house, authorization, scope)


staff_only: Final = may("pages")


async def raw_body(request: Request) -> bytes:
    """The whole body (`kweek.web.limits` keeps it small)."""
    return await request.body()


Body = Annotated[bytes, Depends(raw_body)]
