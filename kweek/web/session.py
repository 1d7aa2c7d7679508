"""Who may look? One signed link, used once, becomes a session in the browser; programs show an API key instead.

Until there are accounts with roles, whoever can read the installation's secret (the terminal that runs `kweek up`) is
the one user: it prints a link that is good for an hour and for one use, and the link becomes a cookie (HttpOnly).
SameSite=Lax: who presses a link in a notice comes from his mailbox's site, and must find himself signed in; looking
changes nothing, and what changes something is asked for its origin. Links and sessions run on real time.
"""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

from itsdangerous import BadSignature, TimestampSigner
from sqlalchemy import delete
from starlette.requests import Request
from starlette.responses import Response

from kweek.config import Settings
from kweek.leads import tables
from kweek.leads.database import Database
from kweek.leads.keys import Key, key_of
from kweek.leads.rows import insert_once

COOKIE: Final = "kweek_session"
LINK_AGE: Final = 3_600  # seconds
SESSION_AGE: Final = 12 * 3_600


def login_link(settings: Settings) -> str:
    """An address that opens the pages, once, within the hour."""
    return f"{settings.base_url}/login/{_links(settings).sign(secrets.token_urlsafe(16)).decode()}"


def use_link(settings: Settings, db: Database, token: str) -> bool:
    """True the first time, whichever copy of the web is asked, and for good. DatabaseAway."""
    try:
        nonce = _links(settings).unsign(token, max_age=LINK_AGE).decode()
    except (BadSignature, UnicodeError):
        return False
    if not re.fullmatch(r"[\w-]{22}", nonce):
        return False
    used, now = tables.used_links, datetime.now(UTC)
    with db.write() as tx:
        tx.execute(delete(used).where(used.c.at_real < now - 2 * timedelta(seconds=LINK_AGE)))  # refused anyhow
        return insert_once(tx, used, {"nonce": nonce, "at_real": now})


def open_session(settings: Settings, response: Response) -> None:
    value = _sessions(settings).sign(secrets.token_urlsafe(16)).decode()
    secure = settings.base_url.startswith("https:")
    response.set_cookie(COOKIE, value, max_age=SESSION_AGE, httponly=True, samesite="lax", secure=secure)


def has_session(settings: Settings, request: Request) -> bool:
    try:
        _sessions(settings).unsign(request.cookies.get(COOKIE, ""), max_age=SESSION_AGE)
    except (BadSignature, UnicodeError):
        return False
    return True


def same_origin(settings: Settings, request: Request) -> bool:
    """Did our own page send this? A browser says where a POST comes from; one that does not say is not believed."""
    origin = request.headers.get("origin")
    if origin is None:
        return request.headers.get("sec-fetch-site") == "same-origin"
    ours = "/".join(settings.base_url.split("/")[:3])
    return origin in (ours, f"{request.url.scheme}://{request.headers.get('host', '')}")


def key_shown(db: Database, authorization: str) -> Key | None:
    """`Bearer <key>`; None: it is nobody's that works."""
    scheme, _, key = authorization.partition(" ")
    if scheme.lower() != "bearer" or not 16 <= len(key) <= 200:
        return None
    with db.read() as read:
        return key_of(read, key)


def _links(settings: Settings) -> TimestampSigner:
    return TimestampSigner(settings.key("web login"), digest_method=sha256, salt="login")


def _sessions(settings: Settings) -> TimestampSigner:
    return TimestampSigner(settings.key("web session"), digest_method=sha256, salt="session")
