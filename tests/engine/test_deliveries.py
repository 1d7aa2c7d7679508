"""Other programs hear of events: signed, in order, until they take them; and a person hears where they never do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec.structs import replace
from sqlalchemy import select, update
from standardwebhooks import Webhook

from activities.deliveries import PATIENCE, Deliveries
from kweek.flow.catalogue import Hook
from kweek.leads import deliveries, tables
from kweek.leads.clock import Clock
from kweek.outgoing.signature import secret_of
from tests.engine.http_server import OK, Program, answer, listening
from tests.engine.post_office import Office, office
from tests.engine.test_webhook import problems


@asynccontextmanager
async def hearing(folder: Path, *say: bytes) -> AsyncIterator[tuple[Office, Deliveries, Program]]:
    """A CRM that answers so, and three events that it has yet to hear."""
    async with listening(*say) as crm:
        with office(folder, "smtp://127.0.0.1:1", KWEEK_OUTGOING_ALLOW="127.0.0.1") as post:
            settings = replace(post.rules.settings, webhooks={"crm": Hook(crm.url)})
            post.rules = replace(post.rules, settings=settings)
            for n in range(1, 4):
                put(post, "crm", n)
            yield post, Deliveries(post.database, Clock(), post.settings, post.in_force), crm


def put(post: Office, hook: str, n: int) -> None:
    body = {"type": "won", "data": {"lead": {"id": "a1"}, "n": n, "who": "Zoë"}}
    with post.database.write() as tx:
        deliveries.write(tx, hook, f"a1/{n}", "a1", "won", body, datetime.now(UTC))


def left(post: Office) -> list[str]:
    with post.database.read() as read:
        return list(read.execute(select(tables.deliveries.c.message).order_by(tables.deliveries.c.id)).scalars())


def due_now(post: Office, older: timedelta = timedelta()) -> None:
    """As if its pause were over."""
    with post.database.write() as tx:
        now = datetime.now(UTC)
        waits = update(tables.deliveries).where(tables.deliveries.c.due_real.is_not(None))
        tx.execute(waits.values(due_real=now, since_real=now - older))


async def test_events_arrive_in_order_and_can_be_verified(tmp_path: Path) -> None:
    async with hearing(tmp_path, OK) as (post, hands, crm):
        await hands.carry()
        await hands.carry()  # what is on its way already is not brought twice
        await asyncio.gather(*hands._flying.values())
        await hands.carry()
        assert [asked.headers["webhook-id"] for asked in crm.got] == ["a1/1", "a1/2", "a1/3"]
        read = Webhook(secret_of(post.settings, "crm")).verify(crm.got[0].body, crm.got[0].headers)
        assert read == {"type": "won", "data": {"lead": {"id": "a1"}, "n": 1, "who": "Zoë"}}
        assert (left(post), problems(post)) == ([], [])
        await hands.stop()


async def test_one_that_is_not_taken_is_tried_again_and_the_next_are_not_held_up(tmp_path: Path) -> None:
    async with hearing(tmp_path, answer(500), OK) as (post, hands, crm):
        await hands.bring("crm")
        assert left(post) == ["a1/1", "a1/2", "a1/3"]
        await hands.carry()  # the webhook rests
        assert len(crm.got) == 1
        await hands.bring("crm")
        assert left(post) == ["a1/1"]
        due_now(post)
        await hands.bring("crm")
        assert [asked.headers["webhook-id"] for asked in crm.got] == ["a1/1", "a1/2", "a1/3", "a1/1"]
        assert (left(post), problems(post)) == ([], [])


async def test_after_three_days_it_is_given_up_and_said_once(tmp_path: Path) -> None:
    async with hearing(tmp_path, answer(503, b"closed")) as (post, hands, crm):
        due_now(post, PATIENCE)
        for _ in range(5):
            await hands.bring("crm")
        assert (len(crm.got), len(left(post))) == (3, 3)
        [(code, words)] = problems(post)
        assert code == "http 503"
        assert "“crm” did not take what it was to hear (http 503). closed" in words
        assert "kweek outgoing crm --again" in words


async def test_a_webhook_that_is_gone_is_not_waited_for(tmp_path: Path) -> None:
    async with hearing(tmp_path, answer(410)) as (post, hands, crm):
        put(post, "erp", 1)
        put(post, "erp", 2)
        await hands.bring("erp")
        await hands.bring("crm")
        assert [code for code, _ in problems(post)] == ["no such webhook", "http 410"]
        with post.database.read() as read:
            standing = deliveries.standing(read)
        assert (standing["erp"].waiting, standing["crm"].waiting, len(crm.got)) == (0, 2, 1)
