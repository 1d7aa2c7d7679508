"""The catcher takes in mail and shows it; told so, it refuses, greylists, bounces and stalls like a real one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from kweek.catcher import Catcher, arrived
from kweek.intake.bounces import returns
from kweek.leads import tables
from tests.engine.post_office import NOW, Office, office
from tests.engine.test_send_mail import failing


@asynccontextmanager
async def catching(tmp_path: Path, **more: Any) -> AsyncIterator[tuple[Office, Catcher]]:
    with office(tmp_path, "catcher://127.0.0.1:1") as post:
        catcher = Catcher(post.database, now=lambda: NOW, **more)
        port = await catcher.start()
        post.post.relay = type(post.post.relay)("127.0.0.1", port, "off", catcher=True)
        try:
            yield post, catcher
        finally:
            await catcher.stop()


async def test_what_it_caught_can_be_looked_up(tmp_path: Path) -> None:
    async with catching(tmp_path) as (post, _):
        post.lead()
        key = post.order()
        assert not arrived(post.database, post.mail_id(key))
        await post.ask(key)
        assert arrived(post.database, post.mail_id(key))
        with post.database.read() as tx:
            row = tx.execute(select(tables.caught)).one()
        assert (row.recipient, row.subject, row.at) == ("a1@there.example", "Hello Planted", NOW)
        assert b"Hello Planted, book" in row.raw


async def test_a_mail_that_may_have_arrived_is_looked_up_and_does_not_leave_twice(tmp_path: Path) -> None:
    async with catching(tmp_path) as (post, _):
        post.lead()
        key = post.order()
        await post.ask(key)
        with post.database.write() as tx:  # as if the worker had died before it wrote down what came of it
            tx.execute(tables.events.delete())
            tx.execute(tables.effects.update().values(status="pending"))
        post.change(key, status="claimed", lease_owner="elsewhere/1-1", lease_until_real=post.real)
        await post.ask(key, attempt=2)
        assert (post.mail(key).status, post.mail(key).repeats, post.events()) == ("sent", 0, [("sent", None)])
        with post.database.read() as tx:
            assert len(tx.execute(select(tables.caught.c.id)).all()) == 1


async def test_greylisting_lets_it_in_at_the_second_attempt(tmp_path: Path) -> None:
    async with catching(tmp_path, behaviours={"a1@there.example": "greylist"}) as (post, _):
        post.lead()
        key = post.order()
        await failing(post.ask(key))
        await post.ask(key, attempt=2)
        assert post.mail(key).status == "sent"


async def test_an_address_says_itself_what_becomes_of_its_mail(tmp_path: Path) -> None:
    async with catching(tmp_path) as (post, _):
        post.lead(email="jan+refuse@there.example")
        key = post.order()
        await post.ask(key)
        assert post.events() == [("bounced", "no such address")]


async def test_a_bounce_comes_back_to_the_envelope_and_kills_the_address(tmp_path: Path) -> None:
    async with catching(tmp_path) as (post, catcher):
        catcher.on_bounce = returns(post.database, lambda: NOW, post.settings)
        post.lead(email="jan+bounce@there.example")
        key = post.order()
        await post.ask(key)
        async with asyncio.timeout(10):
            while len(post.events()) < 2:
                await asyncio.sleep(0.01)
        assert post.events() == [("sent", None), ("bounced", "no such address")]
        assert (post.mail(key).status, post.mail(key).repeats) == ("bounced", 0)
        with post.database.read() as tx:
            assert tx.execute(select(tables.suppressions.c.reason)).scalars().all() == ["bounced"]


async def test_a_stall_ends_in_a_time_out_and_the_mail_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from activities import post as post_module
    from kweek.smtp import deliver

    async def soon(*args: Any) -> Any:
        return await deliver(*args, seconds=0.3)

    monkeypatch.setattr(post_module, "deliver", soon)
    async with catching(tmp_path, behaviours={"a1@there.example": "stall"}, stall_seconds=5) as (post, _):
        post.lead()
        key = post.order()
        await failing(post.ask(key))
        assert (post.mail(key).status, post.mail(key).why) == ("claimed", "timeout")
