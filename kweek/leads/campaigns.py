"""Which campaigns are there? Each known by one word, whoever writes it and how; they form a tree without circles."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, select, update

from kweek.errors import KweekError
from kweek.leads.rows import insert_once
from kweek.leads.tables import campaigns

LONGEST: Final = 100
"""Characters of a campaign's word, title and channel."""

_KNOWN: Final = select(campaigns.c.id).where(campaigns.c.id == bindparam("id"))
_ALL: Final = select(campaigns).order_by(campaigns.c.title, campaigns.c.id)
_HELD: Final = select(campaigns).order_by(campaigns.c.id).with_for_update()


class CircleError(KweekError):
    """A campaign would lie below itself."""


@dataclass(frozen=True, slots=True)
class CampaignIn:
    """What a colleague says of one. norm_roi: so many euros a euro is to bring."""

    title: str
    parent: str | None = None
    channel: str | None = None
    norm_roi: float | None = None

    def other_than(self, one: CampaignIn) -> list[str]:
        """The names of what differs."""
        return [name for name in asdict(self) if getattr(self, name) != getattr(one, name)]


class MeanwhileError(KweekError):
    """Somebody else changed the same since. fields: what; now: how the campaign is."""

    def __init__(self, fields: Sequence[str], now: CampaignIn) -> None:
        super().__init__(f"somebody changed {', '.join(fields)} since")
        self.fields, self.now = fields, now


def campaign_word(written: str) -> str | None:
    """`Spring  Fair ` → `spring-fair`: by which a campaign is known, in addresses too. None: nothing is left of it."""
    return "-".join(re.split(r"[ /]+", _plain(written).lower()))[:LONGEST].strip("-.") or None


def know_campaign(tx: Connection, written: str, now: datetime) -> str | None:
    """Its word; the campaign is made where it is new. None: nothing was written."""
    word = campaign_word(written)
    if word is not None and tx.execute(_KNOWN, {"id": word}).first() is None:
        insert_once(tx, campaigns, {"id": word, "title": _plain(written)[:LONGEST], "created_at": now})
    return word


def make_campaign(tx: Connection, word: str, said: CampaignIn, now: datetime) -> bool:
    """False: there is one of this word already, and it stays as it is."""
    return insert_once(tx, campaigns, {"id": word, "created_at": now, **_columns(said)})


def change_campaign(tx: Connection, word: str, was: CampaignIn, said: CampaignIn) -> list[str]:
    """Write what is said otherwise than it was when somebody looked; the names of that. MeanwhileError: nothing is
    written. CircleError: its parent lies below it."""
    rows = {row.id: row for row in tx.execute(_HELD)}  # of two who move them at once, one waits
    now, changed = campaign_of(rows[word]), said.other_than(was)
    if stale := [name for name in now.other_than(was) if name in changed and name in now.other_than(said)]:
        raise MeanwhileError(stale, now)
    if "parent" in changed and word in chain({row.id: row.parent_id for row in rows.values()}, said.parent):
        raise CircleError(f"“{said.parent}” lies below “{word}” itself")
    becomes = replace(now, **{name: getattr(said, name) for name in changed})
    tx.execute(update(campaigns).where(campaigns.c.id == word).values(**_columns(becomes)))
    return becomes.other_than(now)


def campaign_of(row: Row[Any]) -> CampaignIn:
    """As a colleague would say it."""
    return CampaignIn(row.title, row.parent_id, row.channel, row.norm_roi)


def all_campaigns(read: Connection) -> Sequence[Row[Any]]:
    """By title."""
    return read.execute(_ALL).all()


def chain(above: Mapping[str, str | None], word: str | None) -> Iterator[str]:
    """It, its parent, and so on up; a circle is walked once. above: campaign → parent."""
    seen = set[str]()
    while word is not None and word not in seen:
        seen.add(word)
        yield word
        word = above.get(word)


def _plain(written: str) -> str:
    """On one line, its letters as everybody writes them (NFC), and nothing that does not print."""
    line = " ".join(unicodedata.normalize("NFC", written).split())
    return "".join(one for one in line if one.isprintable())


def _columns(said: CampaignIn) -> dict[str, object]:
    return {"title": said.title, "parent_id": said.parent, "channel": said.channel, "norm_roi": said.norm_roi}
