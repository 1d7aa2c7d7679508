"""A mail leaves once: claim, lease, look-up; its result is an event, and Temporal hears of no person."""

from __future__ import annotations

import asyncio
import dataclasses
import re
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from temporalio.exceptions import ApplicationError

from activities.lease import me, surely_dead
from kweek.flow.duration import parse_duration
from kweek.flow.plan import Limit
from kweek.intake.suppress import SUPPRESSION
from kweek.leads import ledger, tables
from kweek.leads.permission import address_key
from kweek.rules.calendars import Calendar
from tests.engine.post_office import NOW, Office, office
from tests.engine.smtp_server import DROP, STALL, Told, serving

DAY = timedelta(days=1)


async def failing(work: Any) -> ApplicationError:
    """One attempt that Temporal shall try again; what it would keep of the failure names nobody."""
    with pytest.raises(ApplicationError) as failed:
        await work
    kept = f"{failed.value!r} {failed.value.__cause__!r} {failed.value.details}"
    assert not re.search(r"planted|there\.example", kept, re.IGNORECASE)
    assert failed.value.__cause__ is None
    return failed.value


async def test_a_mail_leaves_once_and_its_result_is_an_event(tmp_path: Path) -> None:
    async with serving(Told()) as told:
        with office(tmp_path, f"smtp://127.0.0.1:{told.port}") as post:
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
    async with serving(Told(say=say)) as told:
        with office(tmp_path, f"smtp://127.0.0.1:{told.port}") as post:
            post.lead()
            key = post.order()
            if effect == "pending":
                await failing(post.ask(key))
            else:
                await post.ask(key)
            assert (post.mail(key).status, post.effect(key).status, post.events()) == (status, effect, events)
            with post.database.read() as tx:
                assert (
                    tx.execute(select(tables.problems.c.words).where(tables.problems.c.key == key)).first() is not None
                )
                gone = tx.execute(select(tables.suppressions.c.address_key)).scalars().all()
            assert bool(gone) == (status == "bounced")


async def test_a_relay_that_was_away_gets_it_later_and_once(tmp_path: Path) -> None:
    async with serving(Told(say={"rcpt": [b"450 4.2.0 greylisted", b"250 OK"]})) as told:
        with office(tmp_path, f"smtp://127.0.0.1:{told.port}") as post:
            post.lead()
            key = post.order()
            await failing(post.ask(key))
            await post.ask(key, attempt=2)
            assert (post.mail(key).status, post.mail(key).attempts, post.mail(key).repeats) == ("sent", 2, 0)
    assert len(told.got) == 1


async def test_mails_of_one_enrolment_keep_their_order_when_the_relay_was_away(tmp_path: Path) -> None:
    async with serving(Told(say={"greeting": [DROP, b"220 relay.example"]})) as told:
        with office(tmp_path, f"smtp://127.0.0.1:{told.port}") as post:
            post.lead()
            first, second = post.order(n=9), post.order(n=10)
            await failing(post.ask(first))
            assert (await failing(post.ask(second))).type == "earlier_mail"
            await post.ask(first, attempt=2)
            await post.ask(second, attempt=2)
            sent = [post.mail(key).message_id for key in (first, second)]
    assert [message_from_bytes(raw, policy=policy.SMTP)["Message-ID"] for raw in told.got] == sent


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
    told = Told(say={"message": [DROP, b"250 OK"]})
    async with serving(told):
        url = f"smtp://127.0.0.1:{told.port}"
        with office(tmp_path, url, when_unsure=when_unsure, look_up=lambda _: known) as post:
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
    async with serving(Told(say={"message": [DROP, b"250 OK"]})) as told:
        with office(tmp_path, f"smtp://127.0.0.1:{told.port}", when_unsure="hold") as post:
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
    async with serving(Told(say={"message": DROP})) as told:
        with office(tmp_path, f"smtp://127.0.0.1:{told.port}", when_unsure="hold") as post:
            key = await held(post)
            assert ledger.drop(post.database, key, "anna", NOW)
            assert not ledger.drop(post.database, key, "anna", NOW)
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
    async with serving(Told()) as told:
        with office(tmp_path, f"smtp://127.0.0.1:{told.port}", look_up=lambda _: False) as post:
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


# --- the gate -------------------------------------------------------------------------------------------


def nobody(post: Office) -> None:
    with post.database.write() as tx:
        tx.execute(update(tables.leads).values(email=None))


def unsubscribed(post: Office) -> None:
    row = {"channel": "email", "reason": "unsubscribed", "at": NOW}
    key = address_key(post.settings.key(SUPPRESSION), "A1@there.example")
    with post.database.write() as tx:
        tx.execute(insert(tables.suppressions).values(address_key=key, **row))


def paused(post: Office) -> None:
    with post.database.write() as tx:
        tx.execute(update(tables.flows).values(paused_at=NOW))


def handed_over(post: Office) -> None:
    with post.database.write() as tx:
        tx.execute(update(tables.leads).values(state={"handover": "a1-1/7"}))


def closed(post: Office) -> None:
    post.world = dataclasses.replace(
        post.world, calendars={"office": Calendar("UTC", (((600, 1020),),) * 7)}, send_hours="office"
    )


def limited(post: Office) -> None:
    post.world = dataclasses.replace(post.world, limit=Limit(1, parse_duration("7 days")))
    with post.database.write() as tx:
        row = {"lead_id": "a1", "audience": "lead", "mail": "old", "kind": "marketing", "status": "sent"}
        tx.execute(insert(tables.mails).values(key="a1-1/0", claimed_at=NOW - DAY, sent_at=NOW - DAY, **row))


GATE: list[tuple[Any, bool, str, datetime | None, str]] = [
    (nobody, True, "blocked", None, "no address"),
    (unsubscribed, True, "blocked", None, "suppressed: unsubscribed"),
    (lambda _: None, False, "blocked", None, "no consent"),
    (paused, True, "pending", None, "paused"),
    (handed_over, True, "pending", None, "handover"),
    (closed, True, "pending", NOW + timedelta(hours=1), "hours"),
    (limited, True, "pending", NOW + 6 * DAY, "limit"),
]


@pytest.mark.parametrize(("make", "consent", "what", "until", "why"), GATE, ids=[case[4] for case in GATE])
async def test_the_gate_is_asked_at_every_attempt(
    tmp_path: Path, make: Any, consent: bool, what: str, until: datetime | None, why: str
) -> None:
    async with serving(Told()) as told:
        with office(tmp_path, f"smtp://127.0.0.1:{told.port}") as post:
            post.lead(consent=consent)
            key = post.order()
            make(post)
            with post.database.read() as tx:
                waits = post.email.may_leave(tx, key, NOW)
            await post.ask(key)
            effect = post.effect(key)
            if what == "blocked":
                assert waits is None
                assert (post.mail(key).status, effect.status) == ("blocked", "done")
                assert post.events() == [("blocked", why)]
            else:
                assert waits == (until, why)
                assert (effect.status, effect.due_at, effect.waits_for, post.mail(key)) == ("pending", until, why, None)
                assert post.events() == []
    assert told.got == []


async def test_a_mail_that_expired_is_blocked(tmp_path: Path) -> None:
    with office(tmp_path, "smtp://127.0.0.1:1") as post:
        post.lead()
        key = post.order(expires_at=(NOW - DAY).isoformat())
        await post.ask(key)
        assert post.events() == [("blocked", "too late")]


async def test_of_two_that_wait_for_the_limit_the_first_due_goes_first(tmp_path: Path) -> None:
    async with serving(Told()) as told:
        with office(tmp_path, f"smtp://127.0.0.1:{told.port}") as post:
            post.lead()
            post.world = dataclasses.replace(post.world, limit=Limit(1, parse_duration("7 days")))
            first, second = post.order(n=1), post.order(n=2)
            with post.database.read() as tx:
                assert post.email.may_leave(tx, first, NOW) is None
                assert post.email.may_leave(tx, second, NOW) == (NOW + 7 * DAY, "limit")


async def test_a_cancelled_order_does_not_leave(tmp_path: Path) -> None:
    async with serving(Told()) as told:
        with office(tmp_path, f"smtp://127.0.0.1:{told.port}") as post:
            post.lead()
            key = post.order()
            with post.database.write() as tx:
                tx.execute(update(tables.effects).values(status="cancelled"))
            await post.ask(key)
            assert (post.mail(key), told.got) == (None, [])


async def test_what_is_cancelled_on_the_wire_is_written_down_as_it_was(tmp_path: Path) -> None:
    async with serving(Told(say={"message": STALL})) as told:
        with office(tmp_path, f"smtp://127.0.0.1:{told.port}") as post:
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
    async with serving(Told(say={"ehlo": ehlo})) as told:
        with office(tmp_path, f"smtp://127.0.0.1:{told.port}") as post:
            post.lead()
            with post.database.write() as tx:
                tx.execute(update(tables.leads).values(email="jösé@exämple.example"))
            key = post.order()
            await post.ask(key)
            assert (post.mail(key).status, post.events()) == (status, [event])
            with post.database.read() as tx:
                assert tx.execute(select(tables.suppressions)).all() == []
    assert len(told.got) == (status == "sent")


# --- what it says ---------------------------------------------------------------------------------------


async def test_opens_and_clicks_are_followed_only_where_the_lead_allowed_it(tmp_path: Path) -> None:
    async with serving(Told()) as told:
        with office(tmp_path, f"smtp://127.0.0.1:{told.port}") as post:
            post.lead("a1")
            post.lead("b2", tracking=True)
            for lead in ("a1", "b2"):
                await post.ask(post.order(lead))
            plain, followed = post.mail("a1-1/1"), post.mail("b2-1/1")
            assert "https://own.example/demo" in plain.html
            assert "/o/" not in plain.html
            assert "/c/" not in plain.html + plain.text
            assert "https://own.example/demo" not in followed.html + followed.text
            assert "/u/" in followed.html  # the way out is never followed
            token = re.findall(r"https://k\.example/c/([^\s\"]+)", followed.html)[0]
            assert post.post.tokens.read("click", token) == ("b2-1/1", 0)
            assert re.search(r'<img src="https://k\.example/o/[^"]+\.gif"', followed.html)
            with post.database.read() as tx:
                links = tx.execute(select(tables.links).where(tables.links.c.mail_key == "b2-1/1")).all()
            assert [(link.position, link.name) for link in links] == [
                (0, "book-a-demo"),
                (1, "survey"),
                (2, "unsubscribe"),
            ]
            assert links[0].target == "https://own.example/demo"


async def test_a_service_mail_needs_no_consent_and_has_no_way_out(tmp_path: Path) -> None:
    async with serving(Told()) as told:
        with office(tmp_path, f"smtp://127.0.0.1:{told.port}") as post:
            post.lead(consent=False)
            await post.ask(post.order(mail="download"))
    message = message_from_bytes(told.got[0], policy=policy.SMTP)
    assert message["List-Unsubscribe"] is None
    assert message["Auto-Submitted"] is None


async def test_a_mail_that_cannot_be_made_is_our_fault_and_not_the_leads(tmp_path: Path) -> None:
    with office(tmp_path, "smtp://127.0.0.1:1") as post:
        post.lead()
        key = post.order(mail="gone")
        await post.ask(key)
        assert (post.mail(key).status, post.events()) == ("undelivered", [("undelivered", "no such mail")])
