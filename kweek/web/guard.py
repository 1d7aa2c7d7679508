"""Who may do what? Everything needs a session or a key, but for what a lead must reach; deny by default."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Depends
from starlette.requests import Request

from kweek.web.house import House, house_of
from kweek.web.problems import ProblemError
from kweek.web.session import has_session, name_of_key, same_origin

SAFE: Final = ("GET", "HEAD")


HouseOf = Annotated[House, Depends(house_of)]


def staff_only(request: Request, house: HouseOf) -> str | None:
    """A valid API key, or a session; what changes something by session must come from our own page. The name of the
    key; None: a session has none."""
    if (authorization := request.headers.get("authorization")) is not None:
        if (name := name_of_key(house.db, authorization)) is not None:
            return name
        raise ProblemError(401, "This key is not known, or was revoked.", headers=_CHALLENGE)
    if not has_session(house.settings, request):
        words = "Send an API key (Authorization: Bearer …), or open the link that kweek printed."
        raise ProblemError(401, words, headers=_CHALLENGE)
    if request.method not in SAFE and not same_origin(house.settings, request):
        raise ProblemError(403, "This did not come from Kweek's own page.")
    return None


KeyName = Annotated[str | None, Depends(staff_only)]


_CHALLENGE: Final = {"WWW-Authenticate": "Bearer"}


async def raw_body(request: Request) -> bytes:
    """The whole body (`kweek.web.limits` keeps it small)."""
    return await request.body()


Body = Annotated[bytes, Depends(raw_body)]
