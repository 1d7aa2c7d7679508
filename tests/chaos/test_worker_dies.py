"""Promise 1: a worker may die at any instruction. `kweek worker` is killed with -9 while leads receive their mails."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import select

from kweek.leads import tables
from tests.chaos.conftest import Size
from tests.chaos.town import Mode, Town, check_all_but_mail, check_mails, strike, town

pytestmark = pytest.mark.slow

PAUSE = (1.5, 4.0)  # seconds between a worker that works and its end


@pytest.mark.parametrize("mode", ["look-up", "resend", "hold"])
async def test_a_worker_that_is_killed_again_and_again_loses_nothing(
    mode: Mode, size: Size, tmp_path: Path, migrated_sqlite: Path
) -> None:
    async with town(tmp_path, mode, migrated_sqlite) as one:
        leads, parked = [f"lead{n}" for n in range(size.leads)], ["parked1", "parked2"]
        one.people([*leads, *parked])
        one.start_worker()
        await one.worker_works()
        await one.people_come(parked, "parking.asked", 0)
        coming = asyncio.create_task(one.people_come(leads, f"{size.flow}.asked", size.kills * 3.0))
        await strike(size.kills, PAUSE, lambda: _kill(one))
        await coming
        await one.rest(len(parked), 90 + size.kills * 8)
        if mode == "hold":
            _held_is_listed(one)
            await one.rest(len(parked), 60)
        figures = check_mails(one, leads, size.each)
        await check_all_but_mail(one, leads, size.flow, parked)
        assert one.kills == size.kills
        match mode:
            case "look-up":
                assert (figures["lost"], figures["arrived twice"]) == (0, 0)
            case "resend":
                assert figures["lost"] == 0
                assert figures["arrived twice"] <= figures["marked as repeated"] <= len(one.in_flight)
            case "hold":
                assert figures["arrived twice"] == 0
                assert figures["lost"] <= figures["written off"]


async def _kill(one: Town) -> None:
    one.kill_worker()
    one.start_worker()
    await one.worker_works()


def _held_is_listed(one: Town) -> None:
    """Whatever may be lost or not stands in the list; all else arrived once."""
    m = tables.mails.c
    rows = one.house.rows(select(m.key, m.message_id, m.status))
    arrived = one.arrived()
    assert {row.status for row in rows} <= {"sent", "held"}
    assert all(arrived[row.message_id] == 1 for row in rows if row.status == "sent")
    held = {row.key for row in rows if row.status == "held"}
    assert held <= {key for key, _ in one.in_flight}
    assert one.decide_held() == len(held)
