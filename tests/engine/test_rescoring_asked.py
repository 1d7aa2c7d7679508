"""Does a worker do what a page asks for: have all leads rescored, again and again until it is done?"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from kweek.leads import rescorings, tables
from tests.engine.house import House, build, until
from tests.engine.servers import dev_server
from worker import hands_of, rescore_all, serve
from workflows.rescoring import RESCORING


def ask(house: House, job: str) -> None:
    with house.database.write() as tx:
        assert rescorings.ask(tx, job, "anna", datetime.now(UTC))


def done(house: House, job: str) -> Any:
    with house.database.read() as read:
        row = rescorings.one(read, job)
    assert row is not None
    return row if row.status == "done" else None


async def test_what_a_page_asks_for_is_done_though_it_was_ended_from_outside(tmp_path: Path) -> None:
    house = build(tmp_path)
    with house.database.write() as tx:
        tx.execute(
            insert(tables.leads), [{"id": f"l{n}", "created_at": datetime.now(UTC), "fields": {}} for n in (1, 2)]
        )
    hands, stop, ready = hands_of(house.settings), asyncio.Event(), asyncio.Event()
    with dev_server(tmp_path) as server:
        client = await server.client()
        await rescore_all(client, "asked")  # it was begun, and the one who was to do it is gone
        await client.get_workflow_handle(RESCORING).terminate("by hand")
        ask(house, "asked")
        serving = asyncio.create_task(serve(client, hands, stop, ready.set))
        try:
            row = await until(lambda: done(house, "asked"), what="it is rescored")
            assert (row.leads, row.of, row.failed, row.by) == (2, 2, 0, "anna")
            await client.get_workflow_handle(RESCORING).result()
            result = await (await rescore_all(client)).result()
            assert done(house, result.job).by is None, "from the command line there is a row, too"
        finally:
            stop.set()
            await asyncio.wait_for(serving, 30)
    hands.close()
    house.close()
