"""Which programs may speak to us, and about what? Keys: the books hold their SHA-256 only, so a key is shown once."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from kweek.errors import KweekError
from kweek.leads.scopes import SCOPES, Scope
from kweek.leads.tables import api_keys

_KNOWN: Final = select(api_keys.c.hash, api_keys.c.name, api_keys.c.scopes).where(
    api_keys.c.hash == bindparam("digest"), api_keys.c.revoked_at.is_(None)
)


class KeyNameError(KweekError):
    """No key has this name, or another one has."""


@dataclass(frozen=True, slots=True)
class Key:
    """scopes: what it was made for; None: everything, as it was before there were any."""

    name: str
    scopes: frozenset[str] | None

    def may(self, scope: Scope | None) -> bool:
        """scope: what it takes; None: any key will do."""
        return scope is None or self.scopes is None or scope in self.scopes


def key_of(tx: Connection, key: str) -> Key | None:
    """None: it is nobody's that works."""
    digest = sha256(key.strip().encode()).hexdigest()
    row = tx.execute(_KNOWN, {"digest": digest}).first()
    if row is None or not hmac.compare_digest(row.hash, digest):
        return None
    return Key(row.name, None if row.scopes is None else frozenset(row.scopes))


def make_key(tx: Connection, name: str, at: datetime, may: Sequence[Scope] | None = None) -> str:
    """A new key, in the only moment in which anybody sees it. may: what it is for; None: everything. KeyNameError: a
    key that works has this name."""
    if any(key.name == name and key.revoked_at is None for key in keys(tx)):
        raise KeyNameError(f"there is a key “{name}” already; revoke it first, or choose another name")
    key = f"kweek_{secrets.token_urlsafe(32)}"
    row = {"hash": sha256(key.encode()).hexdigest(), "name": name, "created_at": at}
    scopes = {} if may is None else {"scopes": [scope for scope in SCOPES if scope in may]}
    tx.execute(insert(api_keys).values(**row, **scopes))
    return key


def revoke_key(tx: Connection, name: str, at: datetime) -> None:
    """It stops working with the next request. KeyNameError: no key that works has this name."""
    live = (api_keys.c.name == name) & api_keys.c.revoked_at.is_(None)
    if tx.execute(update(api_keys).where(live).values(revoked_at=at)).rowcount == 0:
        raise KeyNameError(f"no key “{name}” works here; `kweek key list` shows those that do")


def keys(tx: Connection) -> Sequence[Row[*tuple[Any, ...]]]:
    """name, scopes, created_at, revoked_at: the oldest first, the revoked ones too."""
    columns = (api_keys.c.name, api_keys.c.scopes, api_keys.c.created_at, api_keys.c.revoked_at)
    return tx.execute(select(*columns).order_by(api_keys.c.created_at, api_keys.c.name)).all()
