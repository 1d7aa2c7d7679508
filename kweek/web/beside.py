"""What is an open page told beside its numbers? Who is away that leads need, how fast clocks go, and what has become of
the files or the lead that it speaks of."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from functools import partial

from starlette.concurrency import run_in_threadpool

from kweek.leads.database import DatabaseAway
from kweek.web.files import news
from kweek.web.house import House
from kweek.web.lead_stamp import lead_stamp
from kweek.words import Tongue


@dataclass(slots=True)
class Beside:
    """Said when it has changed. now: what it is; None: nobody knows just now."""

    name: str
    now: Callable[[House], Awaitable[object]]
    said: object = None

    async def news(self, house: House) -> Mapping[str, object]:
        now = await self.now(house)
        if now is None or now == self.said:
            return {}
        self.said = now
        return {self.name: now}


def beside(flow: str | None, files: str, say: Tongue, zone: tzinfo) -> Sequence[Beside]:
    """files: the stamp of what the page says of this flow's file, or of all; "": it says nothing of them."""
    always = [
        Beside("still", _still), Beside("tempo", _tempo), Beside("moment", partial(_moment, say=say, zone=zone)),
    ]  # fmt: skip
    return [*always, Beside("files", partial(_files, flow=flow, shown=files), "")] if files else always


def of_lead(lead_id: str, stamp: str) -> Beside:
    """stamp: of the lead, as the page was made with it; what is told is another one."""
    return Beside("about", partial(_became_of_it, lead_id=lead_id), stamp)


async def news_beside(house: House, told: Sequence[Beside]) -> Mapping[str, object]:
    found: dict[str, object] = {}
    for one in told:
        found |= await one.news(house)
    if "tempo" in found:  # from this moment on
        found["now"] = int(house.now().timestamp() * 1000)
    return found


async def _still(house: House) -> str:
    """Which part is away that leads need: it is said, and that it is back."""
    fresh = house.standstill.fresh()
    return await run_in_threadpool(house.standstill.now) if fresh is None else fresh


async def _tempo(house: House) -> float | None:
    """How fast the clocks of the page go."""
    try:
        return await run_in_threadpool(house.tempo)
    except DatabaseAway:
        return None


async def _moment(house: House, say: Tongue, zone: tzinfo) -> str | None:
    """What time it is in the flows, for people."""
    try:
        return say.moment((await run_in_threadpool(house.now)).astimezone(zone))
    except DatabaseAway:
        return None


async def _files(house: House, flow: str | None, shown: str) -> str | None:
    """What has become of the workspace's files since the page was made."""
    seen = house.files.fresh()
    if seen is None:
        seen = await run_in_threadpool(house.files.look)
    published = None
    if flow is not None:
        board = house.board.fresh()
        if board is None:
            return None
        published = board.published.get(flow)
    return news(shown, seen.stamp(flow, published.version if published else None))


async def _became_of_it(house: House, lead_id: str) -> str | None:
    try:
        return await run_in_threadpool(_stamp, house, lead_id)
    except DatabaseAway:
        return None


def _stamp(house: House, lead_id: str) -> str:
    with house.db.read() as read:
        return lead_stamp(read, lead_id)
