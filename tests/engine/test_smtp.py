"""The mail server may do anything: a table of outcomes, each as written down (promise 4)."""

from __future__ import annotations

import asyncio

import pytest

from kweek.relay import Relay
from kweek.smtp import deliver
from tests.engine.smtp_server import DROP, STALL, Told, serving

MESSAGE = b"From: a@own.example\r\nTo: b@there.example\r\n\r\n.hello\r\n"


async def outcome(told: Told, seconds: float = 5.0) -> tuple[str, str, str | None]:
    async with serving(told):
        to = Relay("127.0.0.1", told.port, "off")
        got = await deliver(to, "bounces+x@own.example", "b@there.example", MESSAGE, seconds)
        return got.kind, got.code, got.reason


CASES: list[tuple[str, dict[str, bytes], tuple[str, str, str | None]]] = [
    ("accepted", {}, ("accepted", "250", None)),
    ("no service at the greeting", {"greeting": b"421 4.3.2 closing"}, ("temporary", "relay 421 4.3.2", None)),
    ("it refuses us", {"greeting": b"554 5.7.1 go away"}, ("temporary", "relay 554 5.7.1", None)),
    ("421 to the sender", {"mail": b"421 4.3.0 busy"}, ("temporary", "421 4.3.0", None)),
    ("421 to the recipient", {"rcpt": b"421 busy"}, ("temporary", "421", None)),
    ("421 to the text", {"message": b"421 4.4.5 busy"}, ("temporary", "421 4.4.5", None)),
    ("450 greylisting", {"rcpt": b"450 4.2.0 greylisted"}, ("temporary", "450 4.2.0", None)),
    ("451 local error", {"rcpt": b"451 4.3.0 try later"}, ("temporary", "451 4.3.0", None)),
    ("451 after the text", {"message": b"451 4.3.0 try later"}, ("temporary", "451 4.3.0", None)),
    ("452 no room", {"rcpt": b"452 4.2.2 over quota"}, ("temporary", "452 4.2.2", None)),
    ("550 without more", {"rcpt": b"550 no"}, ("bounced", "550", "no such address")),
    ("550 unknown user", {"rcpt": b"550 5.1.1 user unknown"}, ("bounced", "550 5.1.1", "no such address")),
    ("550 disabled", {"rcpt": b"550 5.2.1 disabled"}, ("bounced", "550 5.2.1", "no such address")),
    ("550 policy", {"rcpt": b"550 5.7.1 not wanted"}, ("undelivered", "550 5.7.1", "policy")),
    ("550 policy, in words only", {"rcpt": b"550 blocked by our block list"}, ("undelivered", "550", "policy")),
    ("550 of our own address", {"mail": b"550 5.1.8 bad sender"}, ("undelivered", "550 5.1.8", "policy")),
    ("550 to the sender", {"mail": b"550 no"}, ("undelivered", "550", "policy")),
    ("551 not local", {"rcpt": b"551 user not local"}, ("bounced", "551", "no such address")),
    ("552 mailbox full", {"rcpt": b"552 5.2.2 full"}, ("undelivered", "552 5.2.2", "mailbox full")),
    ("552 full, without more", {"rcpt": b"552 no room"}, ("undelivered", "552", "mailbox full")),
    ("552 too big", {"message": b"552 5.3.4 too big"}, ("undelivered", "552 5.3.4", "content")),
    ("554 to the text", {"message": b"554 5.7.1 spam"}, ("undelivered", "554 5.7.1", "policy")),
    ("554 without more", {"message": b"554 no"}, ("undelivered", "554", "policy")),
    ("554 content", {"message": b"554 5.6.0 bad"}, ("undelivered", "554 5.6.0", "content")),
    ("550 for the person, after the text", {"message": b"550 5.1.1 gone"}, ("bounced", "550 5.1.1", "no such address")),
    ("550 to the text, without more", {"message": b"550 no"}, ("undelivered", "550", "policy")),
    ("dropped at the greeting", {"greeting": DROP}, ("temporary", "no connection", None)),
    ("dropped before the sender", {"mail": DROP}, ("temporary", "connection lost", None)),
    ("dropped before the text", {"rcpt": DROP}, ("temporary", "connection lost", None)),
    ("dropped after the text", {"message": DROP}, ("unknown", "connection lost", None)),
    ("421 to DATA", {"data": b"421 4.3.0 busy"}, ("temporary", "421 4.3.0", None)),
    ("garbage for an answer", {"rcpt": b"what?"}, ("temporary", "garbage", None)),
    ("garbage after the text", {"message": b"what?"}, ("unknown", "garbage", None)),
]


@pytest.mark.parametrize(("say", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
async def test_every_answer_has_its_outcome(say: dict[str, bytes], expected: tuple[str, str, str | None]) -> None:
    assert await outcome(Told(say=dict(say))) == expected


async def test_dropped_in_the_middle_of_the_text_nobody_knows() -> None:
    assert (await outcome(Told(drop_in_message=True)))[0] == "unknown"


@pytest.mark.parametrize(("point", "kind"), [("greeting", "temporary"), ("rcpt", "temporary"), ("message", "unknown")])
async def test_a_stall_ends(point: str, kind: str) -> None:
    async with asyncio.timeout(5):
        assert await outcome(Told(say={point: STALL}), seconds=0.3) == (kind, "timeout", None)


async def test_nobody_there() -> None:
    async with serving(Told()) as told:
        pass
    got = await deliver(Relay("127.0.0.1", told.port, "off"), "a@own.example", "b@there.example", MESSAGE, 3)
    assert (got.kind, got.code) == ("temporary", "no connection")


async def test_the_text_arrives_as_it_was() -> None:
    told = Told()
    assert (await outcome(told))[0] == "accepted"
    assert told.got == [MESSAGE.replace(b"\r\n.hello", b"\r\n..hello") + b".\r\n"]
    assert told.senders == ["bounces+x@own.example"]


async def test_an_accepted_mail_stays_accepted_whatever_follows() -> None:
    assert (await outcome(Told(say={"quit": DROP})))[0] == "accepted"


async def test_a_server_that_cannot_speak_tls_gets_no_mail() -> None:
    ehlo = b"250-relay.example\r\n250 STARTTLS"
    async with serving(Told(say={"ehlo": ehlo, "starttls": b"220 ready\r\nno tls at all"})) as told:
        got = await deliver(Relay("127.0.0.1", told.port, "offered"), "a@own.example", "b@there.example", MESSAGE, 5)
    assert (got.kind, told.got) == ("temporary", [])


async def test_a_server_without_tls_never_sees_the_password() -> None:
    async with serving(Told()) as told:
        to = Relay("127.0.0.1", told.port, "required", username="u", password="hushhush")
        got = await deliver(to, "a@own.example", "b@there.example", MESSAGE, 5)
    assert (got.kind, got.code, told.got) == ("temporary", "tls", [])
    assert "hushhush" not in repr(to)
