"""How does one message go out over HTTP, and what came of it? One POST, and one of four words for its outcome.

httpcore and no more than that: it follows no redirect, reads no proxy from the environment, unpacks nothing, and lets
us say which address a connection goes to.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any, Final

import httpcore

from kweek.outgoing.addresses import Guarded, Network, RefusedError
from kweek.smtp import Outcome

SECONDS: Final = 20.0
"""For all of it. The activity's start-to-close is longer."""

MOST_READ: Final = 64 * 1024  # bytes of an answer
_SHOWN: Final = 500  # characters of it in our books
_LONGEST_PAUSE: Final = timedelta(hours=6)
_AGAIN: Final = (408, 425, 429)


async def post(
    url: str, body: bytes, headers: Mapping[str, str], allow: Sequence[Network] = (), seconds: float = SECONDS
) -> Outcome:
    """`accepted`, `temporary` (not taken: try again), `undelivered` (not taken, for good) or `unknown` (no answer, and
    it may have been taken). Never raises for what the other side does."""
    sent = False
    status, words, pause = 0, b"", None

    async def trace(event: str, _: Mapping[str, Any]) -> None:
        nonlocal sent
        sent = sent or event == "http11.send_request_headers.started"

    backend = Guarded(allow, plain=url.startswith("http:"))
    try:
        async with (
            asyncio.timeout(seconds),
            httpcore.AsyncConnectionPool(ssl_context=_tls(), network_backend=backend) as pool,
            pool.stream(
                "POST", url, headers=_headers(headers), content=body, extensions={"trace": trace}
            ) as answer,
        ):  # fmt: skip
            status, pause = answer.status, _retry_after(answer.headers, datetime.now(UTC))
            async for chunk in answer.aiter_stream():
                words += chunk[: MOST_READ - len(words)]
                if len(words) >= MOST_READ:
                    break
    except RefusedError as error:
        return Outcome("undelivered", "address refused", str(error), "refused")
    except httpcore.UnsupportedProtocol:
        return Outcome("undelivered", "address refused", "it begins with https://", "refused")
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, OSError, TimeoutError) as error:
        if not status:  # with one, the answer is known, whatever became of the rest
            return Outcome("unknown" if sent else "temporary", _code(error), f"{type(error).__name__}: {error}")
    return judge(status, words, pause)


def judge(status: int, words: bytes = b"", pause: timedelta | None = None) -> Outcome:
    """What an answer means. pause: how long the other side asked us to wait."""
    code, shown = f"http {status}", words.decode("utf-8", "replace")[:_SHOWN]
    if 200 <= status < 300:
        return Outcome("accepted", code, shown)
    if status >= 500 or status in _AGAIN:
        return Outcome("temporary", code, shown, pause=pause)
    if 300 <= status < 400:
        return Outcome("undelivered", code, "it is elsewhere; write the address that it leads to", "moved")
    return Outcome("undelivered", code, shown, "gone" if status == 410 else "refused")


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _headers(headers: Mapping[str, str]) -> list[tuple[str, str]]:
    return [("User-Agent", "Kweek"), ("Content-Type", "application/json"), ("Accept", "*/*"), *headers.items()]


def _retry_after(headers: Sequence[tuple[bytes, bytes]], now: datetime) -> timedelta | None:
    """Seconds, or a date (RFC 9110, 10.2.3)."""
    said = next(
        (value.decode("ascii", "replace").strip() for name, value in headers if name.lower() == b"retry-after"), ""
    )
    wait: timedelta | None = None
    if said.isdecimal():
        wait = timedelta(seconds=min(int(said[:9]), 10**8))
    elif said:
        with suppress(ValueError, TypeError, OverflowError):
            wait = parsedate_to_datetime(said).astimezone(UTC) - now
    return min(wait, _LONGEST_PAUSE) if wait is not None and wait > timedelta() else None


def _code(error: BaseException) -> str:
    match error:
        case httpcore.TimeoutException() | TimeoutError():
            return "timeout"
        case httpcore.ConnectError() if "SSL" in str(error) or isinstance(error.__cause__, ssl.SSLError):
            return "tls"
        case httpcore.ConnectError():
            return "no connection"
        case httpcore.ProtocolError():
            return "garbage"
        case _:
            return "connection lost"
