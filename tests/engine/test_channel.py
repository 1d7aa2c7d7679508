"""News in a channel of a chat: once, without how the lead is reached, and never at the lead's cost."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from msgspec.structs import replace
from sqlalchemy import select, update

from kweek.flow.catalogue import ChannelKind
from kweek.leads import tables
from tests.engine.http_server import DROP, OK, Program, answer, listening
from tests.engine.post_office import Office, office
from tests.engine.sending import failing

FLOOR = "KWEEK_CHANNEL_SALES_FLOOR"


@asynccontextmanager
async def chatting(
    folder: Path, *say: bytes, kind: ChannelKind = "slack", when_unsure: Literal["resend", "hold"] = "resend"
) -> AsyncIterator[tuple[Office, Program]]:
    """An office with one lead and a channel, sales-floor, of a chat that answers so."""
    async with listening(*say) as chat:
        more = {FLOOR: chat.url, "KWEEK_OUTGOING_ALLOW": "127.0.0.1"}
        with office(folder, "smtp://127.0.0.1:1", when_unsure=when_unsure, **more) as post:
            told = replace(post.rules.settings, channels={"sales-floor": kind})
            post.rules = replace(post.rules, settings=told)
            post.lead(phone="+31201234567", job_title="<!channel> & co")
            yield post, chat


def order(post: Office, **more: Any) -> str:
    return post.order(kind="tell", **({"mail": None, "to": "sales-floor", "text": "<!here> look & see"} | more))


def row(post: Office, key: str) -> Any:
    return post.mail(f"{key}:tell:#sales-floor")


def problems(post: Office) -> list[str]:
    with post.database.read() as tx:
        return list(tx.execute(select(tables.problems.c.code).order_by(tables.problems.c.id)).scalars())


async def test_slack_hears_of_it_once(tmp_path: Path) -> None:
    async with chatting(tmp_path, answer(200, b"ok")) as (post, chat):
        key = order(post)
        await post.ask(key, tell=True)
        with post.database.write() as tx:  # as if the worker had died before it could say that it was done
            tx.execute(update(tables.effects).values(status="pending"))
        await post.ask(key, tell=True)
        assert (len(chat.got), post.effect(key).status, row(post, key).status) == (1, "done", "sent")
        assert (row(post, key).recipient, post.events(), problems(post)) == ("#sales-floor", [], [])
    sent = chat.got[0].json
    assert sent["text"] == "Planted Person: &lt;!here&gt; look &amp; see"
    head, body, link = (block["elements"][0]["elements"][0] for block in sent["blocks"])
    assert (head["type"], head["text"]) == ("text", "Planted Person: <!here> look & see")
    assert (body["type"], body["text"]) == ("text", "Planted Person, <!channel> & co"), "what it is about is said once"
    assert (link["type"], link["url"], link["text"]) == ("link", "https://k.example/leads/a1", "Open in Kweek")
    assert not any(word in chat.got[0].body for word in (b"+3120", b"there.example", b"Street 1"))


async def test_teams_hears_of_it(tmp_path: Path) -> None:
    async with chatting(tmp_path, answer(202), kind="teams") as (post, chat):
        await post.ask(order(post), tell=True)
    card = chat.got[0].json["attachments"][0]["content"]
    said = [block["inlines"][0]["text"] for block in card["body"]]
    assert said == ["Planted Person: <!here> look & see", "Planted Person, <!channel> & co"]
    assert card["actions"][0]["url"] == "https://k.example/leads/a1"


async def test_what_is_too_long_for_a_heading_stands_whole_below_it(tmp_path: Path) -> None:
    long = "A contract is about to end, and nobody has spoken with the customer, in spite of all that we sent."
    async with chatting(tmp_path, kind="teams") as (post, chat):
        await post.ask(order(post, text=long), tell=True)
    head, body, who = (block["inlines"][0]["text"] for block in chat.got[0].json["attachments"][0]["content"]["body"])
    assert head == "Planted Person: A contract is about to end, and nobody has spoken with the customer, in spite…"
    assert (body, who) == (long, "Planted Person, <!channel> & co")


async def test_the_flows_own_mail_is_what_a_channel_hears_too(tmp_path: Path) -> None:
    async with chatting(tmp_path) as (post, chat):
        await post.ask(order(post, mail="download"), tell=True)
    assert chat.got[0].json["text"] == "Your download"
    assert chat.got[0].json["blocks"][1]["elements"][0]["elements"][0]["text"] == "Here it is."


@pytest.mark.parametrize("say", [answer(404, b"channel_not_found"), answer(410, b"channel_is_archived"), answer(400)])
async def test_a_no_for_good_is_a_row_and_never_the_leads(tmp_path: Path, say: bytes) -> None:
    async with chatting(tmp_path, say) as (post, chat):
        key = order(post)
        await post.ask(key, tell=True)
        assert (len(chat.got), post.effect(key).status, row(post, key).status) == (1, "done", "undelivered")
        assert (len(problems(post)), post.events()) == (1, [])


async def test_a_no_for_now_is_tried_again_when_it_was_asked_to(tmp_path: Path) -> None:
    async with chatting(tmp_path, answer(429, Retry_After="30"), OK) as (post, chat):
        key = order(post)
        failed = await failing(post.ask(key, tell=True))
        assert failed.next_retry_delay == timedelta(seconds=30)
        await post.ask(key, tell=True, attempt=2)
        assert (len(chat.got), post.effect(key).status, row(post, key).status) == (2, "done", "sent")


@pytest.mark.parametrize("when_unsure", ["resend", "hold"])
async def test_where_the_answer_was_lost_colleagues_rather_hear_of_it_twice_than_not(
    tmp_path: Path, when_unsure: Literal["resend", "hold"]
) -> None:
    async with chatting(tmp_path, DROP, OK, when_unsure=when_unsure) as (post, chat):
        key = order(post)
        await failing(post.ask(key, tell=True))
        assert row(post, key).status == "unknown"
        await post.ask(key, tell=True, attempt=2)
        assert (len(chat.got), row(post, key).status, row(post, key).repeats) == (2, "sent", 1)


async def test_a_channel_that_nobody_gave_an_address(tmp_path: Path) -> None:
    async with chatting(tmp_path) as (post, chat):
        post.post.settings = dataclasses.replace(post.settings, channels={})
        key = order(post)
        await post.ask(key, tell=True)
        assert (chat.got, post.effect(key).status, row(post, key).status) == ([], "done", "undelivered")
        with post.database.read() as tx:
            assert f"set {FLOOR} to" in tx.execute(select(tables.problems.c.words)).scalar_one()


async def test_what_is_within_is_refused_and_the_address_is_shown_nowhere(tmp_path: Path) -> None:
    async with chatting(tmp_path) as (post, chat):
        post.post.settings = dataclasses.replace(post.settings, outgoing_allow=())
        await post.ask(order(post), tell=True)
        assert (chat.got, problems(post)) == ([], ["address refused"])
        with post.database.read() as tx:
            kept = json.dumps([tuple(map(str, found)) for found in tx.execute(select(tables.problems))])
            assert "/hooks" not in kept
