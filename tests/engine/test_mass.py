"""Does whoever asks for us beside a mass deed wait for it? On a real server, with hundreds who enter a flow at once."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import func, select

from kweek.leads import events, tables
from tests.engine.house import EARNEST, House, build, until
from tests.engine.servers import dev_server
from worker import hands_of, part_quietly, serve

pytestmark = pytest.mark.slow

CROWD = [f"m{number:03}" for number in range(500)]


async def test_a_contact_request_is_handed_over_before_a_mass_deed_is_through(
    tmp_path: Path, migrated_sqlite: Path
) -> None:
    house = build(tmp_path, migrated=migrated_sqlite, clock=EARNEST)
    house.leads([*CROWD, "asks"])
    hands, stop, ready = hands_of(house.settings), asyncio.Event(), asyncio.Event()
    with dev_server(tmp_path) as server:
        client = await server.client()
        serving = asyncio.create_task(serve(client, hands, stop, ready.set))
        try:
            await ready.wait()
            enter(house, "dormant-revival")
            await until(lambda: heard(house) > 0, what="the first of them are on their way")
            asked = ("asks", CROWD[-1])  # the second of whom has a bell that waits
            for lead in asked:
                house.happens(lead, "contact.requested")
            await until(lambda: handed_over(house) == set(asked), what="both are handed over")
            assert heard(house) < len(CROWD) * 0.9
            await until(lambda: heard(house) == len(CROWD), 120, "and the others come to their turn")
        finally:
            stop.set()
            await asyncio.wait_for(serving, 30)
            hands.close()
            house.close()
            del client
            await part_quietly()


def enter(house: House, flow: str) -> None:
    now = house.now
    with house.database.write() as tx:
        for lead in CROWD:
            events.append(tx, lead, f"{lead}/in", "enrol", now, data={"flow": flow}, recorded_at=now)
        events.ring_all(tx, [(lead, 1) for lead in CROWD])


def heard(house: House) -> int:
    """How many of them had their turn."""
    row = tables.leads.c
    with house.database.read() as read:
        return read.execute(select(func.count()).where(row.id.in_(CROWD), row.seen > 0)).scalar_one()


def handed_over(house: House) -> set[str]:
    return {row.lead_id for row in house.rows(select(tables.handovers.c.lead_id))}
