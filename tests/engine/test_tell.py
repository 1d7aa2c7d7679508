"""Colleagues hear of it, each once, whoever is meant; and somebody always is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import insert, select, update

from activities.desk import Desks
from activities.handover import Desk, escalate
from kweek.flow.catalogue import Person, Team, Teams
from kweek.flow.state import Effect
from kweek.leads import tables
from kweek.leads.answers import RowAnswers
from tests.engine.post_office import ANNA, MARK, NOW, Office, here, office
from tests.engine.smtp_server import Told, serving

DAY = timedelta(days=1)
BRAM = Person(here("bram"), here("bram@own.example"))


@asynccontextmanager
async def at_work(folder: Path) -> AsyncIterator[tuple[Office, Told]]:
    """An office with one lead, a1; sales are Anna and Bram, and Mark is their manager."""
    async with serving(Told()) as told:
        with office(folder, f"smtp://127.0.0.1:{told.port}") as post:
            post.rules = replace(post.rules, teams=Teams({"sales": Team(here("sales"), (ANNA, BRAM), MARK)}))
            post.lead()
            yield post, told


def texts(told: Told) -> list[tuple[str, str]]:
    messages = [message_from_bytes(raw, policy=policy.SMTP) for raw in told.got]
    assert all(message["Auto-Submitted"] == "auto-generated" for message in messages)
    return [(str(message["To"]).partition("@")[0], str(message["Subject"])) for message in messages]


def hand_over(post: Office, owner: str | None, n: int = 1) -> str:
    key = post.order(n=n, kind="give_handover", team="sales")
    row = {"enrolment_id": "a1-1", "team": "sales", "owner": owner, "status": "open", "given_at": NOW}
    with post.database.write() as tx:
        tx.execute(insert(tables.handovers).values(key=key, lead_id="a1", follow_up_at=NOW + DAY, **row))
        tx.execute(update(tables.leads).values(owner=owner))
    return key


async def test_a_colleague_hears_of_it_once(tmp_path: Path) -> None:
    async with at_work(tmp_path) as (post, told):
        key = post.order(kind="tell", mail=None, to="anna", text="<b>look</b>")
        await post.ask(key, tell=True)
        await post.ask(key, tell=True)
        mail = post.mail(f"{key}:tell:anna")
        assert (post.effect(key).status, post.events(), mail.audience) == ("done", [], "colleague")
        assert "&lt;b&gt;look" in mail.html
    assert texts(told) == [("anna", "Planted Person: <b>look</b>")]


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("A contract is about to end, and nobody has spoken with the customer, in spite of all that we sent.",
         "Planted Person: A contract is about to end, and nobody has spoken with the customer, in spite…"),
        ("Planted Person asks for a sample", "Planted Person asks for a sample"),
        ("", "Planted Person"),
    ],
)  # fmt: skip
async def test_what_it_is_about_stands_in_the_subject(tmp_path: Path, text: str, subject: str) -> None:
    async with at_work(tmp_path) as (post, told):
        key = post.order(kind="tell", mail=None, to="anna", text=text)
        await post.ask(key, tell=True)
        assert text in post.mail(f"{key}:tell:anna").text.replace("\n", " ")
    assert texts(told) == [("anna", subject)]


async def test_who_has_it_already_does_not_get_it_again_when_the_team_has_grown(tmp_path: Path) -> None:
    async with at_work(tmp_path) as (post, told):
        grown, post.rules = post.rules, replace(post.rules, teams=Teams({"sales": Team(here("sales"), (BRAM,), MARK)}))
        key = post.order(kind="tell", mail=None, to="sales", text="look")
        await post.ask(key, tell=True)
        post.rules = grown
        with post.database.write() as tx:  # as if the worker had died before it could say that it was done
            tx.execute(update(tables.effects).values(status="pending"))
        await post.ask(key, tell=True)
    assert [name for name, _ in texts(told)] == ["bram", "anna"]


async def test_a_handover_its_reminder_and_its_escalation_are_told(tmp_path: Path) -> None:
    async with at_work(tmp_path) as (post, told):
        key = hand_over(post, "anna")
        await post.ask(key, tell=True)
        await post.ask(post.order(n=2, kind="remind", ref=key), tell=True)
        await post.ask(post.order(n=3, kind="escalate", ref=key, rung=1, tell="manager"), tell=True)
        assert "3 March 2026 09:00" in post.mail(f"{key}:handover:anna").text
    assert texts(told) == [
        ("anna", "A new lead for you: Planted Person"),
        ("anna", "Reminder: Planted Person waits for you"),
        ("mark", "Not followed up: Planted Person"),
    ]


async def test_a_lead_that_is_passed_on_is_news_for_who_gets_it_and_says_who_was_late(tmp_path: Path) -> None:
    async with at_work(tmp_path) as (post, told):
        given = hand_over(post, "anna")
        key = post.order(n=2, kind="escalate", ref=given, rung=2, tell="manager", reassign="sales")
        effect = Effect(key, "escalate", "a1-1", "sales", {"ref": given, "tell": "manager", "reassign": "sales"})
        with post.database.lead_tx("a1") as tx:
            escalate(tx, "a1", effect, NOW, Desk("sales", ("anna", "bram"), "mark"))
        await post.ask(key, tell=True)
        assert "by anna" in post.mail(f"{key}:escalation:mark").text
    assert texts(told) == [("mark", "Not followed up: Planted Person"), ("bram", "A new lead for you: Planted Person")]


@pytest.mark.parametrize(
    ("languages", "words"),
    [
        (("en",), "contact is overdue since 1 March 2026 09:00"),
        (("nl",), "het contact is sinds 1 maart 2026 09:00 te laat"),
    ],
)
async def test_who_gets_a_lead_when_its_time_is_past_hears_since_when(
    tmp_path: Path, languages: tuple[str, ...], words: str
) -> None:
    async with at_work(tmp_path) as (post, _):
        post.rules = replace(post.rules, settings=replace(post.rules.settings, languages=languages))
        key = hand_over(post, "bram")
        with post.database.write() as tx:
            tx.execute(update(tables.handovers).values(follow_up_at=NOW - timedelta(days=1)))
        await post.ask(key, tell=True)
        assert words in post.mail(f"{key}:handover:bram").text


async def test_a_lead_that_nobody_calls_goes_round_the_whole_team(tmp_path: Path) -> None:
    team = Desk("sales", ("anna", "bram", "youssef"), "mark")
    async with at_work(tmp_path) as (post, _):
        given = hand_over(post, None)
        had: list[str | None] = []
        for n in range(2, 8):
            effect = Effect(f"a1-1/{n}", "escalate", "a1-1", "sales", {"ref": given, "reassign": "sales"})
            with post.database.lead_tx("a1") as tx:
                escalate(tx, "a1", effect, NOW, team)
                had.append(tx.execute(select(tables.handovers.c.owner)).scalar_one())
        assert had == ["anna", "bram", "youssef"] * 2


@pytest.mark.parametrize(
    ("owner", "to", "hears"),
    [
        ("bram", "owner", "bram"),
        (None, "owner", "mark"),
        ("gone", "owner", "mark"),  # no longer in rules/teams.yaml
        ("bram", "manager", "mark"),
        ("bram", "someone", "mark"),
        ("bram", "zoe@agency.example", "zoe"),  # whoever is in no team has an address
    ],
)
async def test_somebody_always_hears_of_it(tmp_path: Path, owner: str | None, to: str, hears: str) -> None:
    async with at_work(tmp_path) as (post, told):
        with post.database.write() as tx:
            tx.execute(update(tables.leads).values(owner=owner))
        await post.ask(post.order(kind="tell", mail=None, to=to, text="look"), tell=True)
    assert [name for name, _ in texts(told)] == [hears]


@pytest.mark.parametrize(("owner", "hears"), [("bram", "bram"), (None, "mark")])
async def test_a_task_lies_on_the_desk_of_someone_who_hears_of_it(
    tmp_path: Path, owner: str | None, hears: str
) -> None:
    async with at_work(tmp_path) as (post, told):
        key = post.order(kind="open_task", title="Answer", to="owner", outcomes=["done"], deadline=None)
        effect = Effect(key, "open_task", "a1-1", "steps", {"title": "Answer", "to": "owner", "outcomes": ["done"]})
        desks = Desks(post.in_force, str)
        with post.database.lead_tx("a1") as tx:
            tx.execute(update(tables.leads).values(owner=owner))
            desks.apply(tx, "a1", effect, NOW, RowAnswers(tx, "a1", NOW, post.world))
            assert tx.execute(select(tables.tasks.c.assignee)).scalar_one() == hears
        await post.ask(key, tell=True)
    assert texts(told) == [(hears, "Task: Answer (Planted Person)")]


async def test_a_tasks_title_is_filled_in_and_what_a_lead_typed_is_no_template(tmp_path: Path) -> None:
    async with at_work(tmp_path) as (post, told):
        args = {"title": "Send {{ lead.first_name }} a sample", "to": "anna", "outcomes": ["done"], "deadline": None}
        key = post.order(kind="open_task", **args)
        with post.database.lead_tx("a1") as tx:
            tx.execute(update(tables.leads).values(first_name="{{ 7 * 7 }}"))
            effect = Effect(key, "open_task", "a1-1", "steps", args)
            Desks(post.in_force, str).apply(tx, "a1", effect, NOW, RowAnswers(tx, "a1", NOW, post.world))
        for _ in range(2):
            post.notify.titles.fill_in(key, NOW.date())
            with post.database.read() as tx:
                assert tx.execute(select(tables.tasks.c.title)).scalar_one() == "Send {{ 7 * 7 }} a sample"
        await post.ask(key, tell=True)
    assert texts(told) == [("anna", "Task: Send {{ 7 * 7 }} a sample (Planted Person)")]


async def test_what_a_flow_tells_is_filled_in_and_what_a_lead_typed_is_no_template(tmp_path: Path) -> None:
    async with at_work(tmp_path) as (post, _):
        with post.database.write() as tx:
            tx.execute(update(tables.leads).values(first_name="{{ 7 * 7 }}"))
            tx.execute(update(tables.enrolments).values(state={"start_data": {"fair": "Utrecht"}}))
        for n, (text, says) in enumerate(
            [
                ("{{ lead.first_name }} was in {{ event.fair }}", "{{ 7 * 7 }} was in Utrecht"),
                ("as it {% is", "as it {% is"),
            ], 1,
        ):  # fmt: skip
            key = post.order(n=n, kind="tell", mail=None, to="anna", text=text)
            await post.ask(key, tell=True)
            assert says in post.mail(f"{key}:tell:anna").text


async def test_a_handover_that_nobody_has_is_the_managers(tmp_path: Path) -> None:
    async with at_work(tmp_path) as (post, told):
        await post.ask(hand_over(post, None), tell=True)
    assert [name for name, _ in texts(told)] == ["mark"]


async def test_nobody_to_tell_is_a_problem_and_holds_nothing(tmp_path: Path) -> None:
    async with at_work(tmp_path) as (post, told):
        post.rules = replace(post.rules, teams=Teams())
        key = post.order(kind="tell", mail=None, to="someone", text="look")
        await post.ask(key, tell=True)
        assert post.effect(key).status == "done"
        with post.database.read() as tx:
            assert tx.execute(select(tables.problems.c.code)).scalars().all() == ["nobody to tell"]
    assert told.got == []
