"""Who has the address that an import gave, where its lead was merged since? Two who become one may exchange theirs.

Without the import it would be the one that was there before; where there was none, whoever goes on would have the other
one's. The merges are told, so that undoing them brings no word of the import back.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import zip_longest
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, select, update

from kweek.intake.check import email_key
from kweek.intake.merging.merge import last_merge
from kweek.leads.enrolments import lead_row
from kweek.leads.tables import leads, merges

_M: Final = merges.c
_CAME: Final = (
    select(merges)
    .where(
        _M.kept_id == bindparam("lead"), _M.undone_at.is_(None), _M.at >= bindparam("at"), _M.id > bindparam("since")
    )
    .order_by(_M.id)
)


def put_back(tx: Connection, places: Sequence[str], was: str | None, said: str, at: datetime) -> bool:
    """places: the row's lead, and who went on in its place, one after another; all locked, with those that came into
    them. was: what it had before the import, which came at that moment. False: none of them has what the import said,
    and all stays."""
    way = _Way(tx, was, said, at)
    way.go(places)
    if lead_row(tx, way.holder).email != said:
        return False
    for lead, address in (*((one, None) for one in way.without), (way.holder, way.address)):
        tx.execute(update(leads).where(leads.c.id == lead).values(**_columns(address)))
    for merge, told in way.told:
        tx.execute(update(merges).where(_M.id == merge.id).values(moved={**merge.moved, **told}))
    return True


class _Way:
    """Of what the import said, through the merges. holder: who has it. address: what that lead would have instead.
    without: who would have none. told: what is other in the merges."""

    def __init__(self, tx: Connection, was: str | None, said: str, at: datetime) -> None:
        self.tx, self.address, self.said, self.at = tx, was, said, at
        self.holder = ""
        self.without: list[str] = []
        self.told: list[tuple[Row[Any], dict[str, Any]]] = []

    def go(self, places: Sequence[str]) -> None:
        since = 0
        for self.holder, after in zip_longest(places, places[1:]):
            if self._went_down(since):
                return
            merge = None if after is None else last_merge(self.tx, self.holder)
            if merge is None or not self._went_up(merge):
                return
            since = merge.id

    def _went_down(self, since: int) -> bool:
        """To one that came into the holder, for its own."""
        for merge in self.tx.execute(_CAME, {"lead": self.holder, "at": self.at, "since": since}).all():
            had, has = _pair(merge)
            if had == self.said:
                self._tell(merge, self.address, has)
                self.holder = merge.gone_id
                return True
            if self.address is None and (theirs := lead_row(self.tx, merge.gone_id).email) is not None:
                self._tell(merge, None, theirs)
                self.without.append(merge.gone_id)
                self.address = theirs
        return False

    def _went_up(self, merge: Row[Any]) -> bool:
        """To the one that took the holder's place."""
        had, has = _pair(merge)
        if has != self.said:
            self._tell(merge, had, has, addresses=_columns(self.address))
            return False
        self._tell(merge, had, had if self.address is None else self.address, addresses=_columns(self.address))
        if self.address is None:
            self.without.append(self.holder)
            self.address = had
        return True

    def _tell(self, merge: Row[Any], had: str | None, has: str | None, **more: Any) -> None:
        columns = {name: pair for name, pair in merge.moved["columns"].items() if name not in ("email", "email_key")}
        if had != has:
            columns |= {name: [_columns(one)[name] for one in (had, has)] for name in ("email", "email_key")}
        self.told.append((merge, {"columns": columns, **more}))


def _pair(merge: Row[Any]) -> tuple[str | None, str | None]:
    """The address that the lead which went on had, and what it got."""
    had, has = merge.moved["columns"].get("email", (None, None))
    return had, has


def _columns(email: str | None) -> dict[str, str | None]:
    return {"email": email, "email_key": None if email is None else email_key(email)}
