"""The catcher takes in mail and shows it; told so, it refuses, greylists, bounces and stalls like a real one."""

from __future__ import annotations

import asyncio
import smtplib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from kweek.catcher import Catcher, arrived
from kweek.intake.mailroom import mailroom
from kweek.leads import tables
from kweek.leads.database import DatabaseAway
from kweek.returned import complaint_report, delivery_report
from tests.engine.post_office import NOW, Office, office
from tests.engine.sending import failing


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
        catcher.comes_back = mailroom(post.database, lambda: NOW, post.settings).comes_back
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


# --- what comes back by SMTP ----------------------------------------------------------------------------

Write = Callable[[str, str], tuple[str, str, bytes]]  # the mail's Message-ID and envelope sender → from, to, message


def _reply(identifier: str, verp: str) -> tuple[str, str, bytes]:
    return "a1@there.example", verp, b"From: a1@there.example\r\nSubject: Re: hello\r\n\r\nYes please.\r\n"


def _to_the_mailbox(identifier: str, verp: str) -> tuple[str, str, bytes]:
    raw = f"From: x@elsewhere.example\r\nIn-Reply-To: {identifier}\r\nSubject: Re: hello\r\n\r\nYes.\r\n"
    return "x@elsewhere.example", "hello@own.example", raw.encode()


def _away(identifier: str, verp: str) -> tuple[str, str, bytes]:
    return "", verp, b"From: a1@there.example\r\nAuto-Submitted: auto-replied\r\nSubject: Afwezig\r\n\r\nMaandag.\r\n"


def _dsn(identifier: str, verp: str) -> tuple[str, str, bytes]:
    original = f"Message-ID: {identifier}\r\nTo: a1@there.example\r\n\r\nhello\r\n".encode()
    return "", verp, delivery_report(original, "a1@there.example", verp)


def _arf(identifier: str, verp: str) -> tuple[str, str, bytes]:
    original = f"Message-ID: {identifier}\r\nTo: a1@there.example\r\n\r\nhello\r\n".encode()
    return "fbl@there.example", verp, complaint_report(original, "a1@there.example", verp, NOW)


def _leave(identifier: str, verp: str) -> tuple[str, str, bytes]:
    return "a1@there.example", "", b"From: a1@there.example\r\nSubject: unsubscribe\r\n\r\n"


CAME: dict[str, tuple[Write, str, str | None]] = {
    "a reply": (_reply, "replied", None),
    "a reply to the mailbox": (_to_the_mailbox, "replied", None),
    "an automatic answer": (_away, "out of office", None),
    "a delivery report": (_dsn, "bounced", "bounced"),
    "a complaint": (_arf, "complained", "complained"),
    "a farewell": (_leave, "unsubscribed", "unsubscribed"),
}


@pytest.mark.parametrize(("write", "kind", "suppressed"), CAME.values(), ids=CAME.keys())
async def test_what_comes_back_by_smtp_reaches_its_lead(
    tmp_path: Path, write: Write, kind: str, suppressed: str | None
) -> None:
    async with catching(tmp_path) as (post, catcher):
        catcher.comes_back = mailroom(post.database, lambda: NOW, post.settings).comes_back
        post.lead()
        key = post.order()
        await post.ask(key)
        sender, to, raw = write(post.mail_id(key), caught(post)[0].sender)
        to = to or post.post.addresses().address("leave", post.mail_id(key))
        for _ in range(2):  # the second time a server is not sure: twice is once
            await asyncio.to_thread(deliver_to, post, sender, to, raw)
        assert [event for event, _ in post.events()] == ["sent", kind]
        with post.database.read() as tx:
            assert tx.execute(select(tables.suppressions.c.reason)).scalars().all() == [suppressed] * bool(suppressed)
        in_mailboxes = [row.recipient for row in caught(post)[1:]]  # people answer what is in a mailbox
        assert in_mailboxes == (["hello@own.example"] * 2 if to == "hello@own.example" else [])


async def test_other_peoples_mail_is_kept_and_changes_nothing(tmp_path: Path) -> None:
    async with catching(tmp_path) as (post, catcher):
        catcher.comes_back = mailroom(post.database, lambda: NOW, post.settings).comes_back
        post.lead()
        made_up = "bounces+" + "a" * 26 + "-" + "b" * 26 + "@own.example"
        for to in ("jan@there.example", made_up):
            await asyncio.to_thread(deliver_to, post, "x@y.example", to, b"From: x@y.example\r\nSubject: hi\r\n\r\n")
        assert [row.recipient for row in caught(post)] == ["jan@there.example", made_up]
        assert post.events() == []
        with post.database.read() as tx:
            assert tx.execute(select(tables.problems)).all() == []


async def test_while_the_database_is_away_the_sender_keeps_what_came_back(tmp_path: Path) -> None:
    def away(to: str, sender: str, raw: bytes) -> bool:
        raise DatabaseAway("away")

    async with catching(tmp_path, comes_back=away) as (post, _):
        with pytest.raises(smtplib.SMTPDataError) as refused:
            await asyncio.to_thread(deliver_to, post, "", "bounces+x@own.example", b"Subject: hi\r\n\r\n")
        assert refused.value.smtp_code == 451


def deliver_to(post: Office, sender: str, to: str, raw: bytes) -> None:
    relay = post.post.relay
    with smtplib.SMTP(relay.host, relay.port) as server:
        server.sendmail(sender, [to], raw)


def caught(post: Office) -> list[Any]:
    with post.database.read() as tx:
        return list(tx.execute(select(tables.caught).order_by(tables.caught.c.id)))
