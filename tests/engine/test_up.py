"""`kweek up`, as people meet it: leads come in over HTTP and take every way of the brochure flow."""

from __future__ import annotations

import asyncio
import gc
import re
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from temporalio.client import Client

from kweek.leads import tables
from tests.engine.first_page import books, first_page
from tests.engine.up_house import Up, Visitor, up, wait_for

pytestmark = pytest.mark.slow

TEMPO = "3 seconds a day"
READY = {"role": "Head of buying", "need": "replacement", "budget": "reserved", "authority": "decides",
         "time": "three-months", "wish": "call"}  # fmt: skip
UNFIT = {**READY, "authority": "uses"}  # not who we make it for, and with no say in it
LOOKING = {"need": "looking", "time": "unknown", "wish": "nothing"}
MAIL, PHONE, OPENS, CLICKS = "email", "telephone", "open tracking", "click tracking"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Up, Visitor]]:
    with up(tmp_path_factory.mktemp("up"), TEMPO) as house:
        house.says("Kweek is up")
        visitor = Visitor(house)
        yield house, visitor
        visitor.close()


def test_every_way_of_the_brochure_flow(running: tuple[Up, Visitor]) -> None:
    house, visitor = running
    visitor.sign_in()
    arrive(visitor)
    ask_for_a_quote(visitor)
    read_the_mail(visitor)
    telephone(visitor)
    sell(visitor)
    assert_each_ended_where_the_flow_says(visitor)
    assert_the_clock_of_a_handover_ran(visitor, "quote")
    visitor.post(f"/api/handovers/{handover(visitor, 'quote')}/contact", {"by": "anna"})
    assert_the_page_is_the_books(visitor)
    assert_temporal_counts_the_same(house, visitor)


# --- what happens -----------------------------------------------------------------------------------


def arrive(visitor: Visitor) -> None:
    """Everybody asks for the brochure; whoever tells us later what we may see of it, says so here."""
    plain = (MAIL, PHONE)
    tracked = (*plain, OPENS, CLICKS)
    people = {
        "bounce": tracked, "silent": tracked, "unseen": plain, "opened": tracked, "reached": tracked,
        "ready": plain, "unfit": plain, "looking": plain, "nowhere": (MAIL,), "no-mail": (PHONE,), "quote": plain,
    }  # fmt: skip
    requests = [
        {
            "id": f"{name}-1",
            "type": "brochure.requested",
            "lead": {
                "external_id": name,
                "email": f"{name}{'+bounce' if name == 'bounce' else ''}@there.example",
                "first_name": "Robin", "company": f"{name} bv", "country": "NL", "language": "en",
                "phone": f"+3120123{number:04}", "consents": [
                    {"channel": channel, "purpose": "advice", "words": "Yes, please", "source": "website"}
                    for channel in channels
                ],
            },
        }
        for number, (name, channels) in enumerate(people.items())
    ]  # fmt: skip
    answers = visitor.post("/api/events", requests)["results"]
    assert [answer["status"] for answer in answers] == [201] * len(people)


def ask_for_a_quote(visitor: Visitor) -> None:
    """In the first week: the flow jumps, and Contact request begins beside it; both are one handover."""
    visitor.post("/api/events", {"id": "quote-2", "type": "quote.requested", "lead": {"external_id": "quote"}})
    wait_for(lambda: open_handovers(visitor, "quote"), 30, "a handover for whoever asks for a quote")


def read_the_mail(visitor: Visitor) -> None:
    readers = ("silent", "unseen", "opened", "reached", "ready", "unfit", "looking", "nowhere")
    for name in readers:
        wait_for(lambda name=name: visitor.mail(name, "survey"), 60, f"the survey leaves for {name}")
    for name in ("opened", "reached"):  # after a while, as a person does
        [pixel] = re.findall(r'<img src="([^"]+/o/[^"]+)"', visitor.mail(name, "survey").html)
        assert visitor.browser.get(pixel).headers["content-type"] == "image/gif"
    for name, answers in {"ready": READY, "unfit": UNFIT, "looking": LOOKING}.items():
        [address] = set(re.findall(r"http\S+/s/[\w.-]+", visitor.mail(name, "survey").text))
        page = visitor.browser.get(address)
        assert "What do you need a climate system for?" in page.text
        thanks = visitor.browser.post(address, data=answers)
        assert (thanks.status_code, "Thank you" in thanks.text) == (200, True)


def telephone(visitor: Visitor) -> None:
    """`reached` is interested, `opened` never answers, `unseen` and `no-mail` want nothing, `unfit` wants a talk."""
    outcomes = {"reached": "interested", "unseen": "not interested", "unfit": "appointment", "opened": "no answer",
                "no-mail": "objected"}  # fmt: skip
    with ThreadPoolExecutor(1) as joris:
        for name, key in as_it_comes(outcomes, lambda name: open_call(visitor, name), "a call task"):
            visitor.post(f"/api/calls/{key}/take", {"by": "els"})
            visitor.post(f"/api/calls/{key}/outcome", {"by": "els", "outcome": outcomes[name]})
            if outcomes[name] == "no answer":
                tries = joris.submit(try_twice_more, visitor, f"/api/calls/{key}/outcome")
        tries.result()


def try_twice_more(visitor: Visitor, address: str) -> None:
    """Each a business day after the one before: no try counts sooner."""
    for number in range(2):
        said = {"by": "joris", "outcome": "no answer", "id": f"{number}"}
        wait_for(lambda said=said: visitor.api.post(address, json=said).status_code == 200, 30, "the next try")


def sell(visitor: Visitor) -> None:
    """`ready` is won, `reached` turns out a student, `unfit` has no money this year."""
    ends: dict[str, tuple[str, dict[str, str]]] = {
        "ready": ("won", {}), "reached": ("reject", {"reason": "student"}),
        "unfit": ("reject", {"reason": "no budget this year"}),
    }  # fmt: skip
    for name, found in as_it_comes(ends, lambda name: open_handovers(visitor, name), "a handover"):
        action, why = ends[name]
        for passing in ("accept", "contact", "quote"):
            visitor.post(f"/api/handovers/{found[0].key}/{passing}", {"by": "anna"})
        visitor.post(f"/api/handovers/{found[0].key}/{action}", {"by": "anna", **why})


def as_it_comes(names: Iterable[str], there: Callable[[str], Any], what: str) -> Iterator[tuple[str, Any]]:
    """Each name with what is there for it, in the order in which it comes: a desk waits for nobody in particular."""
    waiting = set(names)
    while waiting:
        found = wait_for(
            lambda: [(name, one) for name in sorted(waiting) if (one := there(name))], 60, f"{what} for {waiting}"
        )
        for name, one in found:
            waiting.remove(name)
            yield name, one


def open_call(visitor: Visitor, name: str) -> str | None:
    c = tables.call_tasks.c
    query = select(c.key).where(c.lead_id == visitor.lead(name), c.status == "open")
    return next((row.key for row in visitor.rows(query)), None)


def open_handovers(visitor: Visitor, name: str) -> list[Any]:
    h = tables.handovers.c
    return visitor.rows(select(tables.handovers).where(h.lead_id == visitor.lead(name), h.status != "closed"))


def handover(visitor: Visitor, name: str) -> str:
    [row] = open_handovers(visitor, name)
    return row.key


# --- what must be true then ---------------------------------------------------------------------------

ASKED = "brochure-request: steps/wait-1 > steps/send-survey"
WAYS = {
    "bounce": [f"{ASKED} > discard bounced"],
    "silent": [f"{ASKED} > discard timed out"],
    "unseen": [f"{ASKED} > call/call-brochure > discard not interested"],
    "opened": [f"{ASKED} > call/call-brochure > moved long-term", "long-term: steps/wait-1"],
    "reached": [f"{ASKED} > call/call-brochure > sales/handover-sales > discard rejected"],
    "ready": [f"{ASKED} > sales/handover-sales > won"],
    "unfit": [f"{ASKED} > call/call-brochure > sales/handover-sales > moved long-term", "long-term: steps/wait-1"],
    "looking": [f"{ASKED} > done"],
    "nowhere": [f"{ASKED} > call/call-brochure > moved long-term", "long-term: steps/wait-1"],
    "no-mail": [f"{ASKED} > call/call-brochure > moved long-term", "long-term: steps/wait-1"],
    "quote": ["brochure-request: steps/wait-1 > sales/handover-sales", "contact-request: sales/handover-sales"],
}  # fmt: skip


def assert_each_ended_where_the_flow_says(visitor: Visitor) -> None:
    """Whoever goes on in Long-term is followed as far as its first step."""

    def ways() -> dict[str, list[str]]:
        return {name: [_as_far_as(way) for way in visitor.way(name)] for name in WAYS}

    with suppress(AssertionError):  # the comparison below says what is missing
        wait_for(lambda: ways() == WAYS, 20)
    assert {name: way for name, way in ways().items() if way != WAYS[name]} == {}


def _as_far_as(way: str) -> str:
    return re.sub(r"^(long-term: steps/wait-1)( > .*)?$", r"\1", way)


def assert_the_clock_of_a_handover_ran(visitor: Visitor, name: str) -> None:
    """Nobody touched it: reminded once, the first rung once, then the last at its `every`; each told by one mail."""
    [row] = open_handovers(visitor, name)
    day = timedelta(days=1)

    def clock() -> tuple[list[Any], list[Any]]:
        e, m = tables.effects.c, tables.mails.c
        query = select(tables.effects).where(e.lead_id == row.lead_id, e.kind.in_(("remind", "escalate")))
        told = select(m.key).where(m.lead_id == row.lead_id, m.audience == "colleague", m.status == "sent")
        return visitor.rows(query.order_by(e.issued_at)), visitor.rows(told)

    effects, _ = wait_for(lambda: (found := clock()) and len(found[0]) >= 5 and found, 30, "five rungs")
    climbed = [(one.kind, one.args.get("rung")) for one in effects]
    assert climbed == [("remind", None), ("escalate", 1), *[("escalate", 2)] * (len(effects) - 2)]
    days = [(one.issued_at - row.given_at) // day for one in effects[1:]]
    assert days[0] >= 1
    assert days == sorted(set(days)), "not twice on one day, and none early"

    def told() -> set[str]:  # a notice's key: the effect's, what it is, and whose
        return {key.split(":")[0] for (key,) in clock()[1]}

    wait_for(lambda: {one.key for one in effects} <= told(), 20, "a mail for each rung")
    assert all(one.contacted_at is None for one in open_handovers(visitor, name))


def assert_the_page_is_the_books(visitor: Visitor) -> None:
    """Time goes on while we look: what we compare stood between two equal readings."""

    def still() -> tuple[Any, Any] | None:
        before = books(visitor)
        page = visitor.browser.get("/")
        assert page.status_code == 200
        return (first_page(page.text), before) if books(visitor) == before else None

    page, rows = wait_for(still, 30, "a moment in which nothing changes")
    assert page == rows
    assert rows["ended"]["brochure-request", "discard"] == 4
    assert rows["numbers"]["handovers"] >= 1


def assert_temporal_counts_the_same(house: Up, visitor: Visitor) -> None:
    """Leads with an open enrolment are the workflows that Temporal counts as running."""

    async def running() -> int:
        client = await Client.connect(house.temporal)
        found = await client.count_workflows("WorkflowType = 'lead' AND ExecutionStatus = 'Running'")
        del client
        gc.collect()
        await asyncio.sleep(0.2)
        return found.count

    def agreed() -> bool:
        before = _walking(visitor)
        return asyncio.run(running()) == before == _walking(visitor)

    wait_for(agreed, 30, "as many workflows as leads that walk")


def _walking(visitor: Visitor) -> int:
    e = tables.enrolments.c
    return visitor.count(select(e.lead_id).where(e.ended_at.is_(None)).distinct())
