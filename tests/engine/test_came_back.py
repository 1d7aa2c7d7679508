"""What comes back for a mail: each kind is told from the others, and tells the lead that had the mail."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from kweek.intake.bounces import Received, receive
from kweek.intake.suppress import SUPPRESSION
from kweek.leads import tables
from kweek.leads.permission import address_key
from kweek.returned import delivery_report
from tests.engine.post_office import NOW, Office, office

DAY = timedelta(days=1)


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Office]:
    with office(tmp_path, "smtp://127.0.0.1:1") as post:
        post.lead()
        sent(post, "a1-1/1", NOW)
        yield post


def sent(post: Office, key: str, at: datetime, **more: Any) -> None:
    row = {
        "audience": "lead", "mail": "hello", "kind": "marketing", "status": "sent", "recipient": "a1@there.example",
        "claimed_at": at, "sent_at": at,
    }  # fmt: skip
    with post.database.write() as tx:
        tx.execute(insert(tables.mails).values(key=key, lead_id="a1", message_id=post.mail_id(key), **(row | more)))


def came(post: Office, raw: bytes, to: str | None = None, sender: str | None = None, at: datetime = NOW) -> Received:
    addresses = post.post.addresses()
    to = addresses.address("bounces", post.mail_id("a1-1/1")) if to is None else to
    secret = post.settings.key(SUPPRESSION)
    return receive(post.database, raw, to, sender, at, addresses, lambda address: address_key(secret, address))


def suppressed(post: Office) -> list[str]:
    with post.database.read() as tx:
        return list(tx.execute(select(tables.suppressions.c.reason)).scalars())


def report(post: Office, status: str, code: int = 550, key: str = "a1-1/1") -> bytes:
    original = f"Message-ID: {post.mail_id(key)}\r\nTo: a1@there.example\r\n\r\nhello\r\n".encode()
    return delivery_report(original, "a1@there.example", "bounces@own.example", status, code)


def text(*headers: str, body: str = "thank you") -> bytes:
    return "\r\n".join([*headers, "", body, ""]).encode()


ARF = """From: <feedback@there.example>\r
Subject: FW: hello\r
MIME-Version: 1.0\r
Content-Type: multipart/report; report-type=feedback-report; boundary="b"\r
\r
--b\r
Content-Type: text/plain\r
\r
This is an email abuse report.\r
--b\r
Content-Type: message/feedback-report\r
\r
Feedback-Type: abuse\r
User-Agent: Some/1.0\r
Version: 1\r
\r
--b\r
Content-Type: message/rfc822\r
\r
From: <hello@own.example>\r
Message-ID: {id}\r
\r
hello\r
--b--\r
"""

REPORTS = [
    ("5.1.1", "bounced", [("bounced", "no such address")], ["bounced"]),
    ("5.1.10", "bounced", [("bounced", "no such address")], ["bounced"]),
    ("5.2.1", "bounced", [("bounced", "no such address")], ["bounced"]),
    ("5.1.8", "undelivered", [("undelivered", "policy")], []),
    ("5.7.1", "undelivered", [("undelivered", "policy")], []),
    ("5.6.0", "undelivered", [("undelivered", "content")], []),
    ("5.2.2", "undelivered", [("undelivered", "mailbox full")], []),
    ("4.4.7", "undelivered", [("undelivered", "temporary")], []),
    ("9.9.9", "undelivered", [("undelivered", "temporary")], []),
]


@pytest.mark.parametrize(("status", "meant", "events", "gone"), REPORTS, ids=[case[0] for case in REPORTS])
def test_a_delivery_report_says_whose_fault_it_is(
    post: Office, status: str, meant: str, events: Any, gone: list[str]
) -> None:
    raw = report(post, status)
    assert came(post, raw, sender="").meant == meant
    assert came(post, raw, sender="").meant == meant  # twice is once
    assert (post.events(), suppressed(post), post.mail("a1-1/1").status) == (events, gone, meant)


def test_a_delay_is_no_failure(post: Office) -> None:
    raw = report(post, "4.4.1").replace(b"Action: failed", b"Action: delayed")
    assert came(post, raw, sender="").meant == "nothing"
    assert (post.events(), suppressed(post)) == ([], [])


def test_a_report_is_known_by_what_it_returns_where_the_address_was_lost(post: Office) -> None:
    assert came(post, report(post, "5.1.1"), to="postmaster@own.example", sender="") == Received("bounced", "a1-1/1")


@pytest.mark.parametrize("change", [("bounces+", "leave+"), ("@own", "@other"), ("-", "-a")])
def test_a_made_up_address_does_nothing(post: Office, change: tuple[str, str]) -> None:
    to = post.post.addresses().address("bounces", post.mail_id("a1-1/1")).replace(*change)
    assert came(post, text("Subject: hello"), to=to).meant == "unknown"
    assert post.events() == []


def test_an_old_servers_own_bounce_is_soft_unless_it_says_more(post: Office) -> None:
    qmail = "Hi. This is the qmail-send program at there.example.\nI'm afraid I wasn't able to deliver your message\n\n"
    qmail += "<a1@there.example>:\n{}\n\n--- Below this line is a copy of the message.\n"
    headers = ("From: MAILER-DAEMON@there.example", "Subject: failure notice")
    assert came(post, text(*headers, body=qmail.format("Sorry.")), sender="").meant == "undelivered"
    sent(post, "a1-1/2", NOW)
    to = post.post.addresses().address("bounces", post.mail_id("a1-1/2"))
    body = qmail.format("550 5.1.1 unknown")
    assert came(post, text(*headers, body=body), to=to, sender="").meant == "bounced"


def test_a_complaint_is_for_good(post: Office) -> None:
    assert came(post, ARF.format(id=post.mail_id("a1-1/1")).encode(), to="abuse@own.example").meant == "complained"
    assert (post.events(), suppressed(post)) == ([("complained", None)], ["complained"])


REPLIES = [
    ((), "replied"),
    (("Auto-Submitted: auto-replied",), "out of office"),
    (("Auto-Submitted: no",), "replied"),
    (("X-Auto-Response-Suppress: All",), "out of office"),
    (("Precedence: bulk",), "out of office"),
    (("Subject: Automatisch antwoord: hello",), "out of office"),
    (("Subject: =?utf-8?q?R=C3=A9ponse_automatique=C2=A0=3A?=",), "out of office"),
    (("Subject: Abwesenheitsnotiz",), "out of office"),
    (("Subject: Out of Office: hello",), "out of office"),
    (("Subject: Re: an office out of town",), "replied"),
]


@pytest.mark.parametrize(("headers", "meant"), REPLIES, ids=[" ".join(case[0]) or "plain" for case in REPLIES])
def test_a_person_replies_and_a_machine_does_not(post: Office, headers: tuple[str, ...], meant: str) -> None:
    raw = text(f"In-Reply-To: {post.mail_id('a1-1/1')}", "From: someone@else.example", *headers)
    assert came(post, raw, to="hello@own.example", sender="someone@else.example") == Received(meant, "a1-1/1")  # pyright: ignore
    came(post, raw, to="hello@own.example")
    assert post.events() == [(meant, None)]


def test_a_reply_deep_in_a_thread_is_found_by_its_references(post: Office) -> None:
    raw = text(f"References: <x@y> {post.mail_id('a1-1/1')} <z@y>", "In-Reply-To: <z@y>")
    assert came(post, raw, to="hello@own.example").meant == "replied"


def test_a_senders_address_alone_is_a_suggestion(post: Office) -> None:
    assert came(post, text("From: A1 <a1@there.example>"), to="hello@own.example") == Received("unknown")
    assert post.events() == []
    with post.database.read() as tx:
        assert tx.execute(select(tables.problems.c.lead_id)).scalars().all() == ["a1"]


def test_a_mail_to_the_way_out_unsubscribes_and_a_machines_does_not(post: Office) -> None:
    to = post.post.addresses().address("leave", post.mail_id("a1-1/1"))
    assert came(post, text("Auto-Submitted: auto-replied"), to=to, sender="").meant == "nothing"
    assert post.events() == []
    assert came(post, text("Subject: unsubscribe"), to=to, sender="a1@there.example").meant == "unsubscribed"
    assert [kind for kind, _ in post.events()] == ["unsubscribed"]
    assert suppressed(post) == ["unsubscribed"]


@pytest.mark.parametrize("header", ["To", "Delivered-To", "X-Original-To", "Cc"])
@pytest.mark.parametrize(("role", "meant"), [("bounces", "replied"), ("leave", "unsubscribed")])
def test_after_a_forward_the_headers_still_know_the_address(post: Office, header: str, role: Any, meant: str) -> None:
    raw = text(f"{header}: Kweek <{post.post.addresses().address(role, post.mail_id('a1-1/1'))}>", "Subject: Re: hello")
    assert came(post, raw, to="kweek@leads.example", sender="a1@there.example") == Received(meant, "a1-1/1")  # pyright: ignore


def test_a_made_up_address_in_a_header_does_nothing(post: Office) -> None:
    to = post.post.addresses().address("leave", post.mail_id("a1-1/1")).replace("leave", "bounces")
    assert came(post, text(f"To: {to}"), to="kweek@leads.example").meant == "unknown"


def test_five_soft_failures_in_a_row_a_day_apart_suppress_the_address(post: Office) -> None:
    moments = [NOW + n * DAY for n in range(1, 6)]
    for n, at in enumerate([*moments[:1], moments[0] + timedelta(hours=1), *moments[1:]], 2):
        assert suppressed(post) == []
        sent(post, f"a1-1/{n}", at)
        to = post.post.addresses().address("bounces", post.mail_id(f"a1-1/{n}"))
        came(post, report(post, "5.2.2", key=f"a1-1/{n}"), to=to, sender="", at=at)
    assert suppressed(post) == ["bounced"]


def test_one_that_arrived_breaks_the_row(post: Office) -> None:
    for n in range(2, 9):
        at = NOW + n * DAY
        sent(post, f"a1-1/{n}", at)
        if n != 5:
            to = post.post.addresses().address("bounces", post.mail_id(f"a1-1/{n}"))
            came(post, report(post, "4.2.2", key=f"a1-1/{n}"), to=to, sender="", at=at)
    assert suppressed(post) == []


STATUS = b"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
GARBAGE = [
    b"",
    b"\x00" * 5_000,
    b"\xff\xfe" * 99,
    b"Content-Type: multipart/report\r\n\r\n",
    b"Subject: =?x?q?=zz?=\r\n\r\n",
    STATUS + b"\xff\xff\r\n--b--",
    b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n" * 2_000,
    b"In-Reply-To: " + b"<a@b>" * 9_000 + b"\r\n\r\n",
]


@pytest.mark.parametrize("raw", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage_is_taken_in_without_harm(post: Office, raw: bytes) -> None:
    came(post, raw, sender="")
    came(post, raw, to="hello@own.example", sender="x@y.example")
    assert suppressed(post) == []
