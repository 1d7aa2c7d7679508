"""Another program hears of a lead: signed, until it is taken, and never at the lead's cost."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection, insert, select, update
from standardwebhooks import Webhook, WebhookVerificationError
from temporalio.testing import ActivityEnvironment

from activities.webhook import Webhooks
from kweek.flow.catalogue import Hook
from kweek.leads import tables
from kweek.leads.answers import RowAnswers
from kweek.leads.clock import Clock
from kweek.outgoing.signature import secret_of
from tests.engine.http_server import DROP, OK, Program, answer, listening
from tests.engine.post_office import NOW, Office, here, office
from tests.engine.sending import failing


@asynccontextmanager
async def hooked(folder: Path, *say: bytes, sends: tuple[str, ...] = ()) -> AsyncIterator[tuple[Office, Program]]:
    """An office with one lead, and a CRM that answers so."""
    async with listening(*say) as crm:
        with office(folder, "smtp://127.0.0.1:1", KWEEK_OUTGOING_ALLOW="127.0.0.1") as post:
            hook = Hook(crm.url, tuple(map(here, sends)))
            post.rules = replace(post.rules, settings=replace(post.rules.settings, webhooks={"crm": hook}))
            post.lead(external_id="crm-4711")
            yield post, crm


async def call(post: Office, key: str) -> None:
    """One attempt."""

    def answers(tx: Connection, lead: str, now: datetime) -> RowAnswers:
        return RowAnswers(tx, lead, now, post.world)

    environment = ActivityEnvironment()
    environment.info = dataclasses.replace(environment.info, started_time=NOW)
    hooks = Webhooks(post.database, Clock(), post.settings, post.in_force, answers)
    await environment.run(hooks.call_webhook, key)


def problems(post: Office) -> list[tuple[str, str]]:
    with post.database.read() as tx:
        rows = tx.execute(select(tables.problems).order_by(tables.problems.c.id))
        return [(row.code, row.words) for row in rows]


def order(post: Office, name: str = "crm") -> str:
    return post.order(kind="call_webhook", name=name)


async def test_what_the_other_program_hears_can_be_verified(tmp_path: Path) -> None:
    sends = ("lead.email", "lead.score.intent", "company.name", "company.size", "bant.need")
    async with hooked(tmp_path, OK, sends=sends) as (post, crm):
        with post.database.write() as tx:
            tx.execute(insert(tables.companies).values(id="c", name="Bloem & Zn", name_key="bloem", fields={}))
            tx.execute(update(tables.leads).values(company_id="c", points_intent=15))
        key = order(post)
        await call(post, key)
        asked = crm.got[0]
        body = Webhook(secret_of(post.settings, "crm")).verify(asked.body, asked.headers)
        with pytest.raises(WebhookVerificationError):
            Webhook(secret_of(post.settings, "erp")).verify(asked.body, asked.headers)
        assert asked.headers["webhook-id"] == key
        assert body == {
            "type": "step.reached",
            "timestamp": "2026-03-02T09:00:00+00:00",
            "data": {
                "flow": "welcome",
                "step": "steps/send",
                "enrolment": "a1-1",
                "lead": {
                    "id": "a1", "external_id": "crm-4711", "email": "a1@there.example", "score": {"intent": 15},
                },
                "company": {"name": "Bloem & Zn", "size": None},
                "bant": {"need": None},
            },
        }  # fmt: skip
        assert (post.effect(key).status, problems(post), post.events()) == ("done", [], [])


async def test_nothing_of_the_lead_but_ids_where_nobody_says_so(tmp_path: Path) -> None:
    async with hooked(tmp_path) as (post, crm):
        await call(post, order(post))
        assert crm.got[0].json["data"]["lead"] == {"id": "a1", "external_id": "crm-4711"}
        assert b"Planted" not in crm.got[0].body


@pytest.mark.parametrize(
    ("say", "code", "words"),
    [
        (answer(410), "http 410", "“crm” was not taken (http 410)"),
        (answer(404, b"no such hook"), "http 404", "no such hook"),
        (answer(400), "http 400", ""),
        (answer(301, Location="https://elsewhere.example/"), "http 301", "write the address that it leads to"),
    ],
)
async def test_a_no_for_good_is_a_row_and_never_the_leads(tmp_path: Path, say: bytes, code: str, words: str) -> None:
    async with hooked(tmp_path, say) as (post, crm):
        key = order(post)
        await call(post, key)
        await call(post, key)
        assert (len(crm.got), post.effect(key).status, post.events()) == (1, "done", [])
        [(said, shown)] = problems(post)
        assert said == code
        assert words in shown


@pytest.mark.parametrize(
    ("say", "code", "pause"),
    [(answer(503), "http 503", None), (answer(429, Retry_After="90"), "http 429", 90), (DROP, "garbage", None)],
)
async def test_a_no_for_now_is_tried_again_with_the_same_id(
    tmp_path: Path, say: bytes, code: str, pause: float | None
) -> None:
    async with hooked(tmp_path, say, say, OK) as (post, crm):
        key = order(post)
        for _ in range(2):
            failed = await failing(call(post, key))
            assert failed.type == "webhook_not_taken"
            assert (failed.next_retry_delay.total_seconds() if failed.next_retry_delay else None) == pause
            assert post.effect(key).status == "pending"
        await call(post, key)
        assert {asked.headers["webhook-id"] for asked in crm.got} == {key}
        assert (len(crm.got), post.effect(key).status) == (3, "done")
        assert [said for said, _ in problems(post)] == [code]  # said once


async def test_what_is_within_is_refused(tmp_path: Path) -> None:
    async with hooked(tmp_path) as (post, crm):
        post.settings = dataclasses.replace(post.settings, outgoing_allow=())
        key = order(post)
        await call(post, key)
        assert (crm.got, post.effect(key).status) == ([], "done")
        assert [said for said, _ in problems(post)] == ["address refused"]


async def test_a_name_that_is_gone_from_the_rules(tmp_path: Path) -> None:
    async with hooked(tmp_path) as (post, crm):
        key = order(post, "erp")
        await call(post, key)
        assert (crm.got, post.effect(key).status) == ([], "done")
        assert "has no webhook “erp”" in problems(post)[0][1]


async def test_an_installation_without_its_secret_signs_nothing(tmp_path: Path) -> None:
    async with hooked(tmp_path) as (post, crm):
        post.settings = dataclasses.replace(post.settings, secret_file=tmp_path / "gone")
        with pytest.raises(Exception, match="is not there"):
            await call(post, order(post))
        assert crm.got == []
