"""Nobody knows whether a mail has left: the lease, the look-up, and the person who decides."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from activities.lease import me, surely_dead
from kweek.intake.fates import drop
from kweek.intake.record import AlwaysRing
from kweek.leads import ledger
from tests.engine.post_office import NOW, Office
from tests.engine.sending import failing, relayed
from tests.engine.smtp_server import DROP


async def lost(post: Office, key: str) -> None:
    """A worker that was killed in the middle: a claim whose lease nobody will ever give back."""
    await failing(post.ask(key))
    post.change(key, status="claimed", lease_owner="elsewhere/1-1", lease_until_real=post.real + timedelta(minutes=3))


LOST = [
    ("the look-up found it", True, "resend", "sent", 0, 1),
    ("the look-up did not find it", False, "hold", "sent", 0, 2),
    ("nobody knows: once more", None, "resend", "sent", 1, 2),
    ("nobody knows: a person decides", None, "hold", "held", 0, 1),
]


@pytest.mark.parametrize("case", LOST, ids=[case[0] for case in LOST])
async def test_a_worker_died_in_the_middle(tmp_path: Path, case: Any) -> None:
    _, known, when_unsure, status, repeats, arrived = case
    async with relayed(
        tmp_path, say={"message": [DROP, b"250 OK"]}, when_unsure=when_unsure, look_up=lambda _: known
    ) as (told, post):
        post.lead()
        key = post.order()
        await lost(post, key)
        assert (await failing(post.ask(key))).type == "leased"  # nobody else sends while the lease runs
        assert len(told.got) == 1
        post.real += timedelta(minutes=4)
        await post.ask(key, attempt=3)
        assert (post.mail(key).status, post.mail(key).repeats) == (status, repeats)
        assert post.events() == ([("sent", None)] if status == "sent" else [])
    assert len(told.got) == arrived
    assert len({message_from_bytes(raw, policy=policy.SMTP)["Message-ID"] for raw in told.got}) == 1


async def held(post: Office) -> str:
    post.lead()
    key = post.order()
    await failing(post.ask(key))
    await post.ask(key, attempt=2)
    assert post.mail(key).status == "held"
    return key


async def test_a_held_mail_is_released_by_a_person(tmp_path: Path) -> None:
    async with relayed(tmp_path, say={"message": [DROP, b"250 OK"]}, when_unsure="hold") as (told, post):
        key = await held(post)
        with post.database.read() as tx:
            assert [row.key for row in ledger.held(tx)] == [key]
            assert post.email.may_leave(tx, key, NOW) == (NOW + ledger.HOLD, "a person")
        await post.ask(key, attempt=3)  # a bell changes nothing
        assert len(told.got) == 1
        assert ledger.release(post.database, key, "anna", NOW)
        await post.ask(key)
        assert (post.mail(key).status, post.mail(key).repeats, len(told.got)) == ("sent", 1, 2)


async def test_a_held_mail_is_dropped_by_a_person_or_by_time(tmp_path: Path) -> None:
    async with relayed(tmp_path, say={"message": DROP}, when_unsure="hold") as (_, post):
        key = await held(post)
        assert drop(post.database, key, "anna", NOW, AlwaysRing())
        assert not drop(post.database, key, "anna", NOW, AlwaysRing())
        assert post.events() == [("undelivered", "gave up")]
        post.lead("b2")
        other = post.order("b2")
        await failing(post.ask(other))
        await post.ask(other, attempt=2)
        await post.ask(other, NOW + ledger.HOLD)
        assert post.events("b2") == [("undelivered", "nobody decided")]
        assert (post.mail(other).status, post.effect(other).status) == ("undelivered", "done")


async def test_who_died_on_this_machine_is_not_waited_for(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec("true")
    await process.wait()
    machine = me().rpartition("/")[0]
    async with relayed(tmp_path, look_up=lambda _: False) as (told, post):
        post.lead()
        key = post.order()
        told.say["rcpt"] = [b"451 later", b"250 OK"]
        await failing(post.ask(key))
        until = post.real + timedelta(minutes=3)
        post.change(key, lease_owner=f"{machine}/{process.pid}-1", lease_until_real=until)
        post.real = until  # settled, but the lease has not lapsed in the tests' own time
        await post.ask(key)
        assert post.mail(key).status == "sent"
    assert surely_dead(f"{machine}/{process.pid}-1")
    assert not surely_dead(me())
    assert not surely_dead(None)
    assert not surely_dead("elsewhere/1-1")
