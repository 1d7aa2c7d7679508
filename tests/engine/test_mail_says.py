"""What a mail says, and what of it is followed."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from sqlalchemy import select

from kweek.leads import tables
from tests.engine.post_office import office
from tests.engine.sending import relayed


async def test_opens_and_clicks_are_followed_only_where_the_lead_allowed_it(tmp_path: Path) -> None:
    async with relayed(tmp_path) as (_, post):
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
    async with relayed(tmp_path) as (told, post):
        post.lead(consent=False)
        await post.ask(post.order(mail="download"))
    message = message_from_bytes(told.got[0], policy=policy.SMTP)
    assert message["List-Unsubscribe"] is None
    assert message["Auto-Submitted"] is None


@pytest.mark.parametrize("said", ["2026-03-19T14:00:00Z", {"moment": "2026-03-19T16:00:00+02:00"}])
async def test_a_moment_of_the_event_is_told_by_the_clock_where_the_lead_is(tmp_path: Path, said: object) -> None:
    async with relayed(tmp_path) as (_, post):
        post.lead(country="NL")
        post.starts_with("a1", starts_at=said)
        await post.ask(post.order(mail="invited"))
        assert post.mail("a1-1/1").subject == "See you on 19 March 2026 15:00"


async def test_a_mail_that_cannot_be_made_is_our_fault_and_not_the_leads(tmp_path: Path) -> None:
    with office(tmp_path, "smtp://127.0.0.1:1") as post:
        post.lead()
        key = post.order(mail="gone")
        await post.ask(key)
        assert (post.mail(key).status, post.events()) == ("undelivered", [("undelivered", "no such mail")])
