"""The gate is asked at every attempt, on the rows of that moment."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import insert, update

from kweek.flow.duration import parse_duration
from kweek.flow.plan import Limit
from kweek.intake.suppress import SUPPRESSION
from kweek.leads import tables
from kweek.leads.permission import address_key
from kweek.rules.calendars import Calendar
from tests.engine.post_office import NOW, Office, office
from tests.engine.sending import relayed

DAY = timedelta(days=1)


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
    post.world = replace(post.world, calendars={"office": Calendar("UTC", (((600, 1020),),) * 7)}, send_hours="office")


def limited(post: Office) -> None:
    post.world = replace(post.world, limit=Limit(1, parse_duration("7 days")))
    with post.database.write() as tx:
        row = {"lead_id": "a1", "audience": "lead", "mail": "old", "kind": "marketing", "status": "sent"}
        tx.execute(insert(tables.mails).values(key="a1-1/0", claimed_at=NOW - DAY, sent_at=NOW - DAY, **row))


def limited_by_one_that_was_merged(post: Office) -> None:
    """Its mails came to the same person."""
    limited(post)
    with post.database.write() as tx:
        for gone, into in (("a0", "a1"), ("a00", "a0")):
            row = {"id": gone, "created_at": NOW, "fields": {}, "stage": "suspect", "merged_into": into}
            tx.execute(insert(tables.leads).values(**row))
        tx.execute(update(tables.mails).where(tables.mails.c.key == "a1-1/0").values(lead_id="a00"))


GATE: list[tuple[Any, bool, str, datetime | None, str]] = [
    (nobody, True, "blocked", None, "no address"),
    (unsubscribed, True, "blocked", None, "suppressed: unsubscribed"),
    (lambda _: None, False, "blocked", None, "no consent"),
    (paused, True, "pending", None, "paused"),
    (handed_over, True, "pending", None, "handover"),
    (closed, True, "pending", NOW + timedelta(hours=1), "hours"),
    (limited, True, "pending", NOW + 6 * DAY, "limit"),
    (limited_by_one_that_was_merged, True, "pending", NOW + 6 * DAY, "limit"),
]


@pytest.mark.parametrize(("make", "consent", "what", "until", "why"), GATE, ids=[case[0].__name__ for case in GATE])
async def test_the_gate_is_asked_at_every_attempt(
    tmp_path: Path, make: Any, consent: bool, what: str, until: datetime | None, why: str
) -> None:
    async with relayed(tmp_path) as (told, post):
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
    async with relayed(tmp_path) as (_, post):
        post.lead()
        post.world = replace(post.world, limit=Limit(1, parse_duration("7 days")))
        first, second = post.order(n=1), post.order(n=2)
        with post.database.read() as tx:
            assert post.email.may_leave(tx, first, NOW) is None
            assert post.email.may_leave(tx, second, NOW) == (NOW + 7 * DAY, "limit")


async def test_a_cancelled_order_does_not_leave(tmp_path: Path) -> None:
    async with relayed(tmp_path) as (told, post):
        post.lead()
        key = post.order()
        with post.database.write() as tx:
            tx.execute(update(tables.effects).values(status="cancelled"))
        await post.ask(key)
        assert (post.mail(key), told.got) == (None, [])
