"""What do the links in a mail carry? A signed token: what it is about, for one purpose, until a moment.

`<base>/u/<token>` unsubscribe, `/c/` click, `/o/` open, `/s/` survey, `/h/` handover; `visit` is a parameter of the
website's own address. Signed with HMAC-SHA-256 (43
characters, 256 bit) under a key of its own for each purpose, so that no token serves another end. Tokens run on real
time. They are not secret from who holds them, and hold ids only.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from typing import Final, Literal, cast

from itsdangerous import BadData, URLSafeSerializer

from kweek.errors import KweekError

Purpose = Literal["unsubscribe", "click", "open", "survey", "handover", "visit"]

PATHS: Final[dict[Purpose, str]] = {"unsubscribe": "u", "click": "c", "open": "o", "survey": "s", "handover": "h"}
# Who wants to leave must be able to from the oldest mail in the mailbox; the rest is worth nothing after a while.
DAYS: Final[dict[Purpose, float]] = {
    "unsubscribe": 3_650, "click": 730, "open": 365, "survey": 365, "handover": 180,
    "visit": 1 / 96,  # a quarter of an hour
}  # fmt: skip
_LONGEST: Final = 1_000


class TokenError(KweekError):
    """The token is not ours, is meant for something else (`bad`), or was valid once (`expired`)."""

    def __init__(self, why: Literal["bad", "expired"]) -> None:
        said = {"bad": "This link is not complete or not ours.", "expired": "This link has expired."}
        super().__init__(said[why])
        self.why: Literal["bad", "expired"] = why


class Tokens:
    """Makes and reads tokens. `key` is `Settings.key`; `now` is real time, in seconds."""

    def __init__(self, key: Callable[[str], bytes], now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._serializers = {purpose: _serializer(key(f"token/{purpose}")) for purpose in DAYS}

    def issue(self, purpose: Purpose, *about: str | int) -> str:
        """A token about these ids: the mail's key, and for a click the link's position."""
        expires = int(self._now() + DAYS[purpose] * 86_400)
        return str(self._serializers[purpose].dumps([expires, *about]))

    def url(self, base_url: str, purpose: Purpose, *about: str | int) -> str:
        return f"{base_url}/{PATHS[purpose]}/{self.issue(purpose, *about)}"

    def read(self, purpose: Purpose, token: str) -> tuple[str | int, ...]:
        """What it is about. TokenError: nothing may be done."""
        if len(token) > _LONGEST:
            raise TokenError("bad")
        try:
            said: object = self._serializers[purpose].loads(token)
        except (BadData, UnicodeError, ValueError, RecursionError):
            raise TokenError("bad") from None
        if not isinstance(said, list) or not said or not isinstance(said[0], int):
            raise TokenError("bad")
        expires, *about = cast(list[int | str], said)
        if int(expires) < self._now():
            raise TokenError("expired")
        return tuple(about)


def _serializer(key: bytes) -> URLSafeSerializer:
    how = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
    return URLSafeSerializer(key, salt=b"kweek", signer_kwargs=how)
