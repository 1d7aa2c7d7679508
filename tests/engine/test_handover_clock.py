"""Promise 11: the clock of a handover escalates exactly once a rung, and not if the contact was logged at 23:59:59."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from activities import post
from kweek.dress_rehearsal.server import go_to, time_skipping
from kweek.intake.handovers import act_on_handover
from kweek.intake.outcomes import Said
from kweek.leads import tables
from kweek.leads.clock import Clock
from kweek.smtp import Outcome
from tests.engine.house import House, build, until
from worker import hands_of, ring, workers

pytestmark = pytest.mark.slow

MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
RUNGS = (24, 48, 72, 96)  # hours; after the second, every 24
LEADS = ("untouched", "contacted", "contacted-late")


async def test_every_rung_is_climbed_once_and_on_time_unless_the_contact_came_first(
    tmp_path: Path, migrated_sqlite: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    async def accept(to: object, sender: str, recipient: str, message: bytes) -> Outcome:
        told.append(recipient.partition("@")[0])
        return Outcome("accepted", "250", "queued")

    monkeypatch.setattr(post, "deliver", accept)
    async with asyncio.timeout(120), time_skipping() as environment:
        clock = Clock(1.0, await environment.get_current_time(), MONDAY)
        house = build(tmp_path, clock=clock, migrated=migrated_sqlite)
        hands = hands_of(house.settings)
        house.leads(LEADS)
        try:
            async with workers(environment.client, hands):
                for lead in LEADS:
                    house.happens(lead, "contact.requested", MONDAY)
                    await ring(environment.client, lead)
                await until(lambda: len(_given(house)) == len(LEADS), what="sales has them all")
                given = _given(house)

                # Committed a second before the rung; nobody rings: the rung's own turn has to find it.
                await go_to(environment, clock.real(given["contacted"] + 24 * HOUR - 2 * SECOND))
                _contact(house, "contacted", given["contacted"] + 24 * HOUR - SECOND)
                await go_to(environment, clock.real(given["contacted-late"] + 30 * HOUR))
                _contact(house, "contacted-late", given["contacted-late"] + 30 * HOUR)
                await go_to(environment, clock.real(given["untouched"] + 97 * HOUR))
                await until(lambda: not _pending(house), what="everybody has heard")

            assert _when(house, "untouched", "escalate", given) == [*RUNGS]
            assert _when(house, "contacted", "escalate", given) == []
            assert _when(house, "contacted-late", "escalate", given) == [24]
            for lead in LEADS:
                assert _when(house, lead, "remind", given) == [20]
            assert _rungs(house) == {"untouched": 4, "contacted": 0, "contacted-late": 1}
            assert told.count("hanneke") == 5  # the manager hears of every rung, once
            assert house.misplaced() == []
        finally:
            hands.close()
            house.close()


def _given(house: House) -> dict[str, datetime]:
    return {row.lead_id: row.given_at for row in house.rows(select(tables.handovers))}


def _rungs(house: House) -> dict[str, int]:
    return {row.lead_id: row.rungs for row in house.rows(select(tables.handovers))}


def _contact(house: House, lead: str, at: datetime) -> None:
    key = house.rows(select(tables.handovers.c.key).where(tables.handovers.c.lead_id == lead))[0].key
    act_on_handover(house.database, key, "contact", Said("anna", at))


def _pending(house: House) -> int:
    return house.count(select(tables.effects.c.key).where(tables.effects.c.status == "pending"))


def _when(house: House, lead: str, kind: str, given: dict[str, datetime]) -> list[int]:
    """Hours after the handover was given; each must be within a minute of the full hour, and never before it."""
    e = tables.effects.c
    rows = house.rows(select(e.issued_at).where(e.lead_id == lead, e.kind == kind).order_by(e.issued_at))
    late = [row.issued_at - given[lead] for row in rows]
    assert all(one % HOUR < timedelta(minutes=1) for one in late), late
    return [one // HOUR for one in late]
