"""To which address does a bounce, a reply or a farewell come back? One for each mail, which says what it is about.

`bounces+<mail>-<mac>@own.domain` is the envelope sender (VERP), `leave+…` the mailto of List-Unsubscribe. `<mail>` is
the left side of the Message-ID: a keyed hash of the effect's key, so that nobody can make one up, and the same mail
has the same at every attempt. Small letters and digits only: mail servers may change case.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

Role = Literal["bounces", "leave"]

_BITS: Final = 128
_LOCAL: Final = re.compile(r"(bounces|leave)\+([a-z2-7]{26})-([a-z2-7]{26})")
_ADDRESS: Final = re.compile(r"<?\s*([^\s<>@]+)@([^\s<>@]+?)\s*>?")


@dataclass(frozen=True, slots=True)
class Returned:
    """What an address of ours that came back says: the Message-ID of the mail, and what the address was for."""

    role: Role
    message_id: str


class Addresses:
    """Makes and reads them. `key` is `Settings.key`; `domain` the own one: that of the sender's address."""

    def __init__(self, key: Callable[[str], bytes], domain: str) -> None:
        self.domain: Final = domain.lower()
        self._id_key = key("message-id")
        self._mac_key = key("return-address")

    def message_id(self, key: str) -> str:
        """Derived from the effect's key: the same at every attempt, in angle brackets."""
        return f"<{_short(self._id_key, key)}@{self.domain}>"

    def address(self, role: Role, message_id: str) -> str:
        mail = message_id.strip("<>").split("@", 1)[0]
        return f"{role}+{mail}-{self._mac(role, mail)}@{self.domain}"

    def read(self, address: str) -> Returned | None:
        """None: not one of ours, or made up. Of any domain: a mail may be older than ours."""
        found = _ADDRESS.fullmatch(address.strip())
        local = _LOCAL.fullmatch(found[1].lower()) if found else None
        if found is None or local is None:
            return None
        role: Role = "leave" if local[1] == "leave" else "bounces"
        if not hmac.compare_digest(local[3], self._mac(role, local[2])):
            return None
        return Returned(role, f"<{local[2]}@{found[2].lower()}>")

    def _mac(self, role: str, mail: str) -> str:
        return _short(self._mac_key, f"{role}/{mail}")


def _short(key: bytes, text: str) -> str:
    digest = hmac.digest(key, text.encode(), hashlib.sha256)[: _BITS // 8]
    return base64.b32encode(digest).decode().rstrip("=").lower()
