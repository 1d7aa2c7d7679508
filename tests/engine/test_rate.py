"""A relay that takes only so many mails gets no more, and everybody gets theirs."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.engine.house import ROOT, until
from tests.engine.servers import dev_server
from tests.engine.smtp_server import Told
from tests.engine.test_workflow import room

pytestmark = pytest.mark.slow

MANY, AT_ONCE = 24, 8
"""How many leave, and how many the server may let go in its first second."""


@dataclass
class Stamped(Told):
    """at: when each began to be handed over, in seconds."""

    at: list[float] = field(default_factory=list[float])

    def answer(self, point: str) -> bytes:
        if point == "mail":
            self.at.append(time.monotonic())
        return super().answer(point)


async def test_mails_leave_no_faster_than_the_relay_takes_them(tmp_path: Path, migrated_sqlite: Path) -> None:
    told = Stamped()
    with dev_server(tmp_path) as server:
        options = "tls=off&rate=2/second"
        async with room(server, tmp_path / "at", migrated_sqlite, told=told, relay_options=options) as at:
            leads = [at.house.lead(f"lead{n}") for n in range(MANY)]
            await asyncio.gather(*(at.happens(lead, "talk.asked") for lead in leads))
            for lead in leads:
                await until(lambda lead=lead: at.ended(lead), 60, "every mail has left")
    assert len(told.got) == MANY
    # then two a second; a slow machine only takes longer
    assert told.at[-1] - told.at[0] >= (MANY - AT_ONCE) / 2


async def test_who_is_told_of_a_handover_does_not_wait_behind_mails_to_leads(
    tmp_path: Path, migrated_sqlite: Path
) -> None:
    told = Told()
    with dev_server(tmp_path) as server:
        options = "tls=off&rate=2/second"
        async with room(
            server, tmp_path / "at", migrated_sqlite, told=told, workspace=ROOT, tempo=1, relay_options=options
        ) as at:
            leads = [at.house.lead(f"lead{n}") for n in range(MANY // 2)]
            await asyncio.gather(*(at.happens(lead, "contact.requested") for lead in leads))
            await until(lambda: len(told.got) == MANY, 60, "a mail for each, and one for whoever has it now")
    to_leads = [
        b"there.example" in next(line for line in mail.splitlines() if line.startswith(b"To:")) for mail in told.got
    ]
    assert to_leads.count(True) == MANY // 2
    assert all(to_leads[-AT_ONCE // 2 :]), "what may wait is what leaves last"
