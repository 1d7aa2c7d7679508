"""Which programs may speak to us? Keys for the interface: the books hold their SHA-256 only, so a key is shown once."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from kweek.errors import KweekError
from kweek.leads.tables import api_keys


class KeyNameError(KweekError):
    """No key has this name, or another one has."""


def make_key(tx: Connection, name: str, at: datetime) -> str:
    """A new key, in the only moment in which anybody sees it. KeyNameError: a key that works has this name."""
    if any(key.name == name and key.revoked_at is None for key in keys(tx)):
        raise KeyNameError(f"there is a key “{name}” already; revoke it first, or choose another name")
    key = f"kweek_{secrets.token_urlsafe(32)}"
    tx.execute(insert(api_keys).values(hash=sha256(key.encode()).hexdigest(), name=name, created_at=at))
    return key


def revoke_key(tx: Connection, name: str, at: datetime) -> None:
    """It stops working with the next request. KeyNameError: no key that works has this name."""
    live = (api_keys.c.name == name) & api_keys.c.revoked_at.is_(None)
    if tx.execute(update(api_keys).where(live).values(revoked_at=at)).rowcount == 0:
        raise KeyNameError(f"no key “{name}” works here; `kweek key list` shows those that do")


def keys(tx: Connection) -> Sequence[Row[*tuple[Any, ...]]]:
    """name, created_at, revoked_at: the oldest first, the revoked ones too."""
    columns = (api_keys.c.name, api_keys.c.created_at, api_keys.c.revoked_at)
    return tx.execute(select(*columns).order_by(api_keys.c.created_at, api_keys.c.name)).all()
