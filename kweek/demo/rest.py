"""Does it all agree, now that nobody does anything any more? The pages, the books and Temporal count the same leads.

Each is looked at in a moment in which nothing moves: flow time goes on, and a timer that ends between two looks would
make them differ. The pages are read as a browser gets them; the books are counted row by row, not by the numbers that
are kept for the pages.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from html import unescape
from typing import Final, TypeVar

from sqlalchemy import Connection, exists, func, or_, select
from temporalio.client import Client

from kweek.checkup.ring import ON_THE_WAY
from kweek.checkup.temporal import RUNNING
from kweek.demo.house import House
from kweek.flow.rows import END
from kweek.leads.tables import call_tasks, effects, handovers, journal, leads, mails, outbox, tasks
from kweek.leads.tally import ENDED, counted, is_step

_T = TypeVar("_T")
_PATIENCE: Final = 150.0  # seconds until there is such a moment
_A_BREATH: Final = 1.2  # the pages show what was so a second ago
_LATE: Final = timedelta(seconds=5)  # of real time: whoever was due so long ago has been missed
_DESKS: Final = (call_tasks, handovers, tasks)
_OVER: Final = ("closed", "withdrawn")
_COUNT: Final = re.compile(r'data-count="([^"]*)"[^>]*>([^<]*)<')


@dataclass(frozen=True, slots=True)
class Rest:
    """numbers: how many the pages show. differing: place → what the page shows there, and what the rows say. walking:
    leads on their way by the books. workflows: those that Temporal runs. stuck: leads that wait for nothing that will
    come. unquiet: what could not be looked at, for something always moved."""

    numbers: int
    differing: Mapping[str, tuple[int, int]]
    walking: int
    workflows: int
    stuck: Sequence[str]
    unquiet: Sequence[str]

    @property
    def well(self) -> bool:
        return not self.differing and not self.stuck and not self.unquiet and self.walking == self.workflows


async def come_to_rest(stage: House, temporal: str, namespace: str, stop: Callable[[], bool]) -> Rest:
    """What is found in the first quiet moments in which all is well; else in the last ones."""
    until = time.monotonic() + _PATIENCE

    async def quietly(look: Callable[[], Awaitable[_T]], well: Callable[[_T], bool]) -> _T | None:
        found: _T | None = None
        while (found is None or not well(found)) and time.monotonic() < until and not stop():
            before = _moved(stage)
            await asyncio.sleep(_A_BREATH)
            looked = await look()
            if _moved(stage) == before:
                found = looked
        return found

    numbers, differing, unquiet = 0, dict[str, tuple[int, int]](), list[str]()
    for path, prefix in (("/", ""), *((f"/flows/{flow}", f"{flow}: ") for flow in stage.published())):
        page = await quietly(partial(_page, stage, path, prefix), lambda page: all(a == b for a, b in page.values()))
        if page is None:
            unquiet.append(path)
        else:
            numbers += len(page)
            differing |= {place: both for place, both in page.items() if both[0] != both[1]}
    client: Client | None = await Client.connect(temporal, namespace=namespace)
    both = await quietly(partial(_leads, stage, client), lambda both: both[0] == both[1])
    client = None
    stuck = await quietly(partial(_stuck, stage), lambda stuck: not stuck)
    unquiet += ["Temporal"] if both is None or stuck is None else []
    return Rest(numbers, differing, *(both or (0, 0)), stuck or (), unquiet)


async def _page(stage: House, path: str, prefix: str) -> dict[str, tuple[int, int]]:
    shown = _read(stage.page(path), prefix)
    with stage.database.read() as read:
        books = _books(read) | _waiting(read, stage.clock.flow(datetime.now(UTC)))
    return {place: (number, books.get(place, 0)) for place, number in shown.items()}


async def _leads(stage: House, client: Client) -> tuple[int, int]:
    """On their way, by the books and by Temporal."""
    [row] = stage.rows(select(func.count()).select_from(leads).where(ON_THE_WAY))
    return row[0], (await client.count_workflows(RUNNING)).count


def _read(html: str, prefix: str) -> dict[str, int]:
    """Every number of a page by its place; a picture shows nothing for nothing."""
    shown = ((unescape(place), re.sub(r"\D", "", number)) for place, number in _COUNT.findall(html))
    return {f"{prefix}{place}": int(number or 0) for place, number in shown}


def _books(read: Connection) -> dict[str, int]:
    """The rows of enrolments and journal, under the places that the pages give them."""
    found: dict[str, int] = {}
    for flow, versions in counted(read).items():
        for places in versions.values():
            for place, count in places.items():
                ways = [f"{flow}: {place.removesuffix(END)}"]
                if is_step(place):
                    ways += [f"{flow}|{place}", f"{flow}|under way", f"{flow}: |under way"]
                elif place.startswith(ENDED):
                    ways += [f"{flow}|{place}", f"{flow}: |{place}"]
                for one in ways:
                    found[one] = found.get(one, 0) + count
    return found


def _waiting(read: Connection, now: datetime) -> dict[str, int]:
    """What lies on the desks, and what stands still."""
    h = handovers.c
    which = {
        "calls": [call_tasks.c.status.not_in(_OVER)],
        "handovers": [h.status.not_in(_OVER)],
        "overdue": [h.status.not_in(_OVER), h.contacted_at.is_(None), h.follow_up_at < now],
        "tasks": [tasks.c.status.not_in(_OVER)],
        "held": [leads.c.held.is_not(None)],
        "in doubt": [mails.c.status == "held"],
    }
    found = {f"|{name}": read.execute(select(func.count()).where(*rows)).scalar_one() for name, rows in which.items()}
    return found | {"|held": found["|held"] + found["|in doubt"]}


async def _stuck(stage: House) -> list[str]:
    """Leads that stand still; whose moment, mail or news came and was missed; who walk, and wait for nothing."""
    late = stage.clock.flow(datetime.now(UTC) - _LATE)
    mine = effects.c.lead_id == leads.c.id
    sent = effects.c.due_at.is_(None) & effects.c.waits_for.is_(None) & (effects.c.issued_at < late)
    missed = exists().where(mine, effects.c.status == "pending", (effects.c.due_at < late) | sent)
    unheard = exists().where(outbox.c.lead_id == leads.c.id)
    somebody = [exists().where(desk.c.lead_id == leads.c.id, desk.c.status.not_in(_OVER)) for desk in _DESKS]
    pending = exists().where(mine, effects.c.status == "pending")
    for_nothing = leads.c.open & leads.c.wake_at.is_(None) & ~or_(pending, *somebody)
    query = select(leads.c.id).where(
        or_(leads.c.held.is_not(None), leads.c.wake_at < late, missed, unheard, for_nothing)
    )
    return [row.id for row in stage.rows(query.order_by(leads.c.id))]


def _moved(stage: House) -> tuple[int, ...]:
    """Another answer whenever anything has happened to anybody."""
    query = select(func.max(journal.c.id), select(func.sum(leads.c.turn + leads.c.seq)).scalar_subquery())
    return tuple(stage.rows(query)[0])
