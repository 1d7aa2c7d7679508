"""A notice leads to where it can be acted on, the page of its handover or task, else the lead's; and says for whom."""

from __future__ import annotations

import re
from pathlib import Path

from msgspec.structs import replace
from sqlalchemy import insert

from kweek.leads import tables
from tests.engine.post_office import NOW, Office
from tests.engine.test_tell import at_work, hand_over


def links(post: Office, key: str) -> set[str]:
    mail = post.mail(key)
    assert mail.html.count("https://k.example/") == 1
    return set(re.findall(r"https://k\.example/[^\s)>]+", mail.text))


async def test_whoever_is_told_lands_on_the_handover_under_his_own_name(tmp_path: Path) -> None:
    async with at_work(tmp_path) as (post, _):
        key = hand_over(post, "anna")
        await post.ask(key, tell=True)
        reminder, rung = post.order(n=2, kind="remind", ref=key), post.order(n=3, kind="escalate", ref=key, tell="mark")
        for effect in (reminder, rung):
            await post.ask(effect, tell=True)
        page = f"https://k.example/handovers/{key}?as="
        assert links(post, f"{key}:handover:anna") == {f"{page}anna"}
        assert links(post, f"{reminder}:reminder:anna") == {f"{page}anna"}
        assert links(post, f"{rung}:escalation:mark") == {f"{page}mark"}


async def test_a_task_has_its_own_page_and_its_title_in_the_workspaces_language(tmp_path: Path) -> None:
    async with at_work(tmp_path) as (post, _):
        post.rules = replace(post.rules, settings=replace(post.rules.settings, languages=("nl", "en")))
        key = post.order(kind="open_task", title="Answer", to="owner")
        row = {"enrolment_id": "a1-1", "title": "Answer", "assignee": "anna", "outcomes": ["done"], "status": "open"}
        with post.database.write() as tx:
            tx.execute(insert(tables.tasks).values(key=key, lead_id="a1", opened_at=NOW, **row))
        await post.ask(key, tell=True)
        assert links(post, f"{key}:task:anna") == {f"https://k.example/tasks/{key}?as=anna"}
        assert post.mail(f"{key}:task:anna").subject == "Taak: Beantwoorden (Planted Person)"


async def test_other_news_leads_to_the_lead(tmp_path: Path) -> None:
    async with at_work(tmp_path) as (post, _):
        key = post.order(kind="tell", mail=None, to="anna", text="look")
        await post.ask(key, tell=True)
        assert links(post, f"{key}:tell:anna") == {"https://k.example/leads/a1?as=anna"}
