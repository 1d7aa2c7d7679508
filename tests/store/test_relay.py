"""Whom does the relay ring first? Who did something alone does not wait behind a mass deed, and that goes on all the
same, as fast as turns answer its bells."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert, select, update

from kweek.intake import relay as relay_module
from kweek.intake.relay import AHEAD, BATCH, Relay
from kweek.leads import tables
from kweek.leads.database import Database
from kweek.leads.events import ring, ring_all
from tests.store.making import NOW

MANY = BATCH + AHEAD


class Street:
    """Leads m0000 and on for a mass deed, and one for itself. broken: whose bells fail."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.rung: list[str] = []
        self.broken: set[str] = set()
        self.relay = Relay(database, self._ring)
        self.crowd = [f"m{number:04}" for number in range(MANY)]
        people: list[dict[str, Any]] = [{"id": lead, "created_at": NOW, "fields": {}} for lead in (*self.crowd, "one")]
        with database.write() as tx:
            tx.execute(insert(tables.leads), people)
            ring_all(tx, [(lead, 1) for lead in self.crowd])

    async def _ring(self, lead: str) -> None:
        if lead in self.broken:
            raise ConnectionError
        self.rung.append(lead)

    def rings(self, lead: str) -> None:
        with self.database.lead_tx(lead) as tx:
            ring(tx, lead, 2)

    def answer(self, leads: list[str], **more: object) -> None:
        """As a turn does, or whatever else is said of them."""
        change = {"turn": tables.leads.c.turn + 1} | more
        with self.database.write() as tx:
            tx.execute(update(tables.leads).where(tables.leads.c.id.in_(leads)).values(**change))

    def waiting(self, lead: str) -> int:
        with self.database.read() as tx:
            return len(tx.execute(select(tables.outbox.c.id).where(tables.outbox.c.lead_id == lead)).all())


@pytest.fixture
def street(database: Database) -> Street:
    return Street(database)


async def test_whoever_does_something_alone_is_rung_before_all_of_a_mass_deed(street: Street) -> None:
    street.rings("one")
    assert not await street.relay.carry()
    assert (street.rung, street.waiting("one")) == (["one"], 0)


async def test_one_of_them_who_does_something_does_not_wait_for_its_own_mass_bell(street: Street) -> None:
    last = street.crowd[-1]
    street.rings(last)
    await street.relay.carry()
    assert street.rung == [last]
    while await street.relay.carry_mass():
        street.answer(street.crowd)
    assert street.rung.count(last) == 2, "a bell too many does no harm, one too few would"
    assert len(street.rung) == MANY + 1


async def test_the_mass_goes_on_whoever_comes_between(street: Street) -> None:
    while street.waiting(street.crowd[-1]):
        street.rings("one")
        await street.relay.carry()
        await street.relay.carry_mass()
        street.answer(street.crowd)
    assert set(street.rung) == {*street.crowd, "one"}


async def test_bells_of_a_mass_deed_ring_no_faster_than_turns_answer_them(street: Street) -> None:
    for _ in range(3):
        await street.relay.carry_mass()
    assert street.rung == street.crowd[:AHEAD]
    street.answer(street.crowd[: AHEAD // 2])
    assert await street.relay.carry_mass()
    assert street.rung == street.crowd[: AHEAD + AHEAD // 2]


async def test_who_takes_no_turn_keeps_nobody_waiting(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    await street.relay.carry_mass()
    street.answer(street.crowd[:AHEAD], turn=0, held="older than its workflow")
    assert await street.relay.carry_mass()
    assert len(street.rung) == 2 * AHEAD
    monkeypatch.setattr(relay_module, "PATIENCE", 0.0)
    assert await street.relay.carry_mass()
    assert len(street.rung) == 3 * AHEAD


async def test_a_bell_that_fails_is_rung_again_and_takes_no_place(street: Street) -> None:
    street.broken = set(street.crowd)
    with pytest.raises(ConnectionError):
        await street.relay.carry_mass()
    street.broken = set()
    assert await street.relay.carry_mass()
    assert street.rung == street.crowd[:AHEAD]
