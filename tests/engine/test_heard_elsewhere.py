"""A webhook and a channel on a real Temporal server: tried again until they are taken, and no lead waits for them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from standardwebhooks import Webhook
from temporalio.client import Client

from kweek.leads import tables
from kweek.leads.clock import Clock
from kweek.outgoing.signature import secret_of
from tests.engine.house import House, build, until
from tests.engine.http_server import OK, Program, answer, listening
from tests.engine.servers import DevServer, dev_server
from worker import hands_of, part_quietly, ring, workers

pytestmark = pytest.mark.slow

FLOW = """\
flow: news
title: News
start: word.said
steps:
  - webhook: crm
  - webhook: gone
  - tell: floor
    text: Look
  - score: { interest: 5 }
  - end: done
"""
RULES = """\
name: Here
languages: [en]
timezone: UTC
channels:
  floor: slack
webhooks:
  crm:
    url: http://127.0.0.1:{crm}/hooks
    sends: [lead.email, lead.score.interest]
  gone:
    url: http://127.0.0.1:{gone}/hooks
"""
PLANTED = "planted.person@secret.example"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevServer]:
    with dev_server(tmp_path_factory.mktemp("temporal")) as running:
        yield running


@asynccontextmanager
async def working(
    server: DevServer, folder: Path, migrated: Path, crm: Program, gone: Program, chat: Program
) -> AsyncIterator[tuple[House, Client]]:
    here = folder / "workspace"
    for name in ("flows", "rules"):
        (here / name).mkdir(parents=True)
    (here / "flows/news.yaml").write_text(FLOW)
    (here / "rules/events.yaml").write_text("word.said:\n")
    (here / "rules/workspace.yaml").write_text(RULES.format(crm=crm.port, gone=gone.port))
    now = datetime.now(UTC)
    client, clock = await server.client(), Clock(1, now, now)
    more = {"KWEEK_OUTGOING_ALLOW": "127.0.0.1", "KWEEK_CHANNEL_FLOOR": chat.url}
    house = build(folder / "data", here, clock=clock, temporal=server.address, migrated=migrated, **more)
    hands = hands_of(house.settings)
    try:
        async with workers(client, hands):
            yield house, client
    finally:
        hands.close()
        house.close()
        del client
        await part_quietly()


async def test_what_other_programs_make_of_it_is_not_the_leads_concern(
    server: DevServer, tmp_path: Path, migrated_sqlite: Path
) -> None:
    async with (
        listening(answer(503), answer(429, Retry_After="1"), OK) as crm,
        listening(answer(410)) as gone,
        listening(answer(429, Retry_After="1"), answer(200, b"ok")) as chat,
        working(server, tmp_path, migrated_sqlite, crm, gone, chat) as (house, client),
    ):
        lead = house.lead("lead-of-news", email=PLANTED, email_key=PLANTED, name="Planted Person")
        house.happens(lead, "word.said")
        await ring(client, lead)
        await until(lambda: _ended(house, lead), what="through the flow, while the others say no")
        await until(lambda: not _pending(house), what="all is told")
        assert [asked.headers["webhook-id"] for asked in crm.got] == [crm.got[0].headers["webhook-id"]] * 3
        assert (len(gone.got), len(chat.got)) == (1, 2)
        body = Webhook(secret_of(house.settings, "crm")).verify(crm.got[-1].body, crm.got[-1].headers)
        assert body["data"]["lead"] == {
            "id": lead, "external_id": None, "email": PLANTED, "score": {"interest": 5},
        }  # fmt: skip
        codes = sorted(row.code for row in house.rows(select(tables.problems)))
        assert codes == ["http 410", "http 429", "http 429", "http 503"]
        assert [(one.recipient, one.status) for one in house.mails(lead)] == [("#floor", "sent")]
        history = (await client.get_workflow_handle(f"lead-{lead}").fetch_history()).to_json()
        assert not any(word in history for word in ("Planted", "planted", "secret.example", "/hooks", "Look"))


def _ended(house: House, lead: str) -> bool:
    return any(entry.kind == "ended" for _, entry in house.journal(lead))


def _pending(house: House) -> list[Any]:
    return house.rows(select(tables.effects).where(tables.effects.c.status == "pending"))
