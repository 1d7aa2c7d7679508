"""A mail leaves once, in its order; its result is an event, and Temporal hears of no person."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from kweek.intake.ears import FlowEars
from kweek.leads import tables
from kweek.leads.reckoned import Scores
from kweek.rules.scoring import Rule
from tests.engine.sending import failing, relayed
from tests.engine.smtp_server import DROP, STALL


async def test_a_mail_leaves_once_and_its_result_is_an_event(tmp_path: Path) -> None:
    async with relayed(tmp_path) as (told, post):
        post.lead()
        key = post.order()
        await post.ask(key)
        await post.ask(key)
        assert post.events() == [("sent", None)]
        assert (post.mail(key).status, post.mail(key).repeats, post.effect(key).status) == ("sent", 0, "done")
    assert len(told.got) == 1
    message = message_from_bytes(told.got[0], policy=policy.SMTP)
    assert message["Message-ID"] == post.mail_id(key)
    assert told.senders == [post.post.addresses().address("bounces", post.mail_id(key))]
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    page, mailbox = re.findall(r"<(.*?)>", message["List-Unsubscribe"])
    assert post.post.tokens.read("unsubscribe", page.removeprefix("https://k.example/u/")) == (key,)
    assert mailbox.startswith("mailto:leave+")
    assert message["Subject"] == "Hello Planted"
    assert message["Feedback-ID"] == "hello:welcome:marketing:own.example"


OUTCOMES: list[tuple[str, dict[str, bytes], str, str, list[tuple[str, str | None]]]] = [
    (
        "dead address",
        {"rcpt": b"550 5.1.1 <a1@there.example> unknown"},
        "bounced",
        "done",
        [("bounced", "no such address")],
    ),
    ("policy", {"message": b"554 5.7.1 spam"}, "undelivered", "done", [("undelivered", "policy")]),
    ("full", {"rcpt": b"552 5.2.2 full"}, "undelivered", "done", [("undelivered", "mailbox full")]),
    ("later", {"rcpt": b"451 4.7.1 a1@there.example later"}, "claimed", "pending", []),
    ("away", {"greeting": DROP}, "claimed", "pending", []),
    ("nobody knows", {"message": DROP}, "unknown", "pending", []),
]


@pytest.mark.parametrize("case", OUTCOMES, ids=[case[0] for case in OUTCOMES])
async def test_what_the_relay_says_is_what_the_flow_hears(tmp_path: Path, case: Any) -> None:
    _, say, status, effect, events = case
    async with relayed(tmp_path, say=say) as (_, post):
        post.lead()
        key = post.order()
        if effect == "pending":
            await failing(post.ask(key))
        else:
            await post.ask(key)
        assert (post.mail(key).status, post.effect(key).status, post.events()) == (status, effect, events)
        with post.database.read() as tx:
            assert tx.execute(select(tables.problems.c.words).where(tables.problems.c.key == key)).first() is not None
            gone = tx.execute(select(tables.suppressions.c.address_key)).scalars().all()
        assert bool(gone) == (status == "bounced")


async def test_a_relay_that_was_away_gets_it_later_and_once(tmp_path: Path) -> None:
    async with relayed(tmp_path, say={"rcpt": [b"450 4.2.0 greylisted", b"250 OK"]}) as (told, post):
        post.lead()
        key = post.order()
        await failing(post.ask(key))
        await post.ask(key, attempt=2)
        assert (post.mail(key).status, post.mail(key).attempts, post.mail(key).repeats) == ("sent", 2, 0)
    assert len(told.got) == 1


async def test_mails_of_one_enrolment_keep_their_order_when_the_relay_was_away(tmp_path: Path) -> None:
    async with relayed(tmp_path, say={"greeting": [DROP, b"220 relay.example"]}) as (told, post):
        post.lead()
        first, second = post.order(n=9), post.order(n=10)
        await failing(post.ask(first))
        assert (await failing(post.ask(second))).type == "earlier_mail"
        await post.ask(first, attempt=2)
        await post.ask(second, attempt=2)
        sent = [post.mail(key).message_id for key in (first, second)]
    assert [message_from_bytes(raw, policy=policy.SMTP)["Message-ID"] for raw in told.got] == sent


async def test_what_is_cancelled_on_the_wire_is_written_down_as_it_was(tmp_path: Path) -> None:
    async with relayed(tmp_path, say={"message": STALL}) as (told, post):
        post.lead()
        key = post.order()
        attempt = asyncio.create_task(post.ask(key))
        async with asyncio.timeout(10):
            while not told.got:
                await asyncio.sleep(0.01)
        attempt.cancel()
        told.wake.set()
        async with asyncio.timeout(10):
            await attempt
        assert (post.mail(key).status, post.events()) == ("sent", [("sent", None)])


@pytest.mark.parametrize(
    ("ehlo", "status", "event"),
    [
        (b"250-relay.example\r\n250-8BITMIME\r\n250 SMTPUTF8", "sent", ("sent", None)),
        (b"250-relay.example\r\n250 8BITMIME", "undelivered", ("undelivered", "not supported")),
    ],
    ids=["a relay that can", "a relay that cannot"],
)
async def test_an_address_of_another_alphabet_is_never_called_dead(
    tmp_path: Path, ehlo: bytes, status: str, event: tuple[str, str | None]
) -> None:
    """RFC 6531. What our relay cannot send to is our own fault: the lead stays, and so does its address."""
    async with relayed(tmp_path, say={"ehlo": ehlo}) as (told, post):
        post.lead()
        with post.database.write() as tx:
            tx.execute(update(tables.leads).values(email="jösé@exämple.example"))
        key = post.order()
        await post.ask(key)
        assert (post.mail(key).status, post.events()) == (status, [event])
        with post.database.read() as tx:
            assert tx.execute(select(tables.suppressions)).all() == []
    assert len(told.got) == (status == "sent")


async def test_what_comes_of_it_is_worth_what_the_rules_say(tmp_path: Path) -> None:
    dead = Rule("dead", "its address is dead", "interest", -10, "bounced")
    async with relayed(tmp_path, say={"rcpt": b"550 5.1.1 <a1@there.example> unknown"}) as (_, post):
        post.email.rules = lambda: replace(post.in_force(), ears=FlowEars(scores=Scores((dead,))))
        post.lead()
        await post.ask(post.order())
        with post.database.read() as read:
            lead = read.execute(select(tables.leads)).one()
            given = read.execute(select(tables.points.c.rule, tables.points.c.points)).all()
    assert (lead.points_interest, given) == (-10, [("dead", -10)])
