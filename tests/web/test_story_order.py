"""A lead's story is told newest first: what came of something stands above it, and says of what it came."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from kweek.leads import tables
from kweek.web.house import House
from tests.web.conftest import NOW, Books, TestClient
from tests.web.scene import event, line, scene

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def ann(books: Books, published: str) -> None:
    scene(books, published)


def told(staff: TestClient, lead: str = "ann", only: str = "", language: str = "en") -> list[str]:
    """Each line with all that it says, the newest first."""
    page = staff.get(f"/leads/{lead}{only and f'?only={only}'}", headers={"accept-language": language}).text
    past = page[page.index('id="past"') :].partition("</ol>")[0]
    return [" ".join(re.sub("<[^>]*>", " ", one).split()) for one in past.split("<li>")[1:]]


def where(lines: list[str], words: str) -> int:
    [found] = (n for n, one in enumerate(lines) if words in one)
    return found


def test_a_move_says_by_what_it_came_about(staff: TestClient, books: Books) -> None:
    line(books, "ann", "entered", NOW - 26 * HOUR, "sales/handover-sales")
    line(books, "carla", "entered", NOW - 72 * HOUR, "call/call-brochure")
    for only in ("", "flows"):
        lines = told(staff, only=only)
        moved = lines[where(lines, "Hand over to sales because of “Filled in the survey”")]
        assert "because of “Filled in the survey” In the flow “Brochure request”" in moved
        assert "because of “Brochure requested” In the flow “Brochure request”" in lines[-2 if not only else -1]
    assert "vanwege “Vragenlijst ingevuld”" in " ".join(told(staff, only="flows", language="nl"))
    assert "because of “Wrote back”" in " ".join(told(staff, "carla"))
    late = [one for one in told(staff, "bas", "flows") if "Did not react" in one or "Time was up" in one]
    assert "because of" not in " ".join(late), "its own words say that its time was up"


def test_one_turn_that_moves_two_enrolments_is_a_line_of_each_with_its_cause(
    staff: TestClient, books: Books, published: str
) -> None:
    """The machine writes down what it does to each as it comes to it: now one, now the other."""
    about = {"lead_id": "ann", "flow": "brochure-request", "version": published, "state": {}, "live": False}
    books.add(tables.enrolments, id="ann-2", started_at=NOW, ended_at=NOW, result="done", **about)
    what = {"reacted": {"event": "rejected", "seq": 99, "row": "when:1"}, "ended": {"result": "done"}}
    for kind in ("reacted", "left", "ended"):
        for enrolment in ("ann-1", "ann-2"):
            row = {"lead_id": "ann", "enrolment_id": enrolment, "turn": 7, "at": NOW, "kind": kind}
            books.add(tables.journal, step="sales/handover-sales", detail=what.get(kind, {}), **row)
    lines = [one for one in told(staff, only="flows") if "Left the flow" in one]
    assert len(lines) == 2
    assert all("because of “Back to marketing”" in one for one in lines)


def test_nothing_stands_beneath_what_caused_it_though_a_clock_was_behind(staff: TestClient, books: Books) -> None:
    """The turn's clock was an hour behind that of the page that took the answer."""
    with books.db.write() as tx:
        j, h = tables.journal, tables.handovers
        heard = j.c.kind.in_(("reacted", "effect")) & (j.c.lead_id == "ann")
        tx.execute(j.update().where(heard).values(at=NOW - 27 * HOUR, turn=2))
        tx.execute(h.update().values(given_at=NOW - 27 * HOUR))
    line(books, "ann", "entered", NOW - 27 * HOUR, "sales/handover-sales")
    with books.db.write() as tx:
        entered = (tables.journal.c.kind == "entered") & (tables.journal.c.at == NOW - 27 * HOUR)
        tx.execute(tables.journal.update().where(entered).values(turn=2))
    lines = told(staff)
    given, moved, cause = (
        where(lines, words)
        for words in ("Handed over to sales", "Hand over to sales because of “Filled", "Filled in the survey Wat past")
    )
    assert given < moved < cause


def test_a_page_and_what_it_means_are_one_line(staff: TestClient, books: Books) -> None:
    page = {"path": "/prices/humidity", "title": "Prices", "topic": "humidity"}
    for seq, (kind, id) in enumerate(
        (
            ("page.viewed", "v1/1"), ("pricing.viewed", "v1/1/pricing.viewed"),
            ("humidity.viewed", "v1/1/humidity.viewed"), ("page.viewed", "v1/2"),
            ("contact.requested", "v1/2/contact.requested"),
        ),
        3,
    ):  # fmt: skip
        data = page if kind != "contact.requested" else {"subject": "x"}
        row = {"lead_id": "ann", "seq": seq, "id": id, "kind": kind, "at": NOW, "recorded_at": NOW, "data": data}
        books.add(tables.events, **row)
    lines = told(staff)
    assert "Contact requested" in lines[0], "what says something else is no meaning of a page"
    assert "Looked at a page" in lines[1]
    assert "Looked at the prices · Read about humidity Looked at a page page: /prices/humidity" in lines[2]
    assert sum("/prices" in one for one in lines) == 2
    assert lines[:3] == told(staff, only="did")[:3]
    for topic in ("humidity", "lamps"):
        books.add(tables.topics, lead_id="ann", topic=topic, views=2, last_at=NOW)
    page = staff.get("/leads/ann").text
    assert "<dt><bdi>Read about humidity</bdi></dt>" in page
    assert "<dt><bdi>lamps</bdi></dt>" in page, "of which nothing is made"


def test_who_clicked_had_opened_before_and_what_it_was_worth_stands_above_it(staff: TestClient, books: Books) -> None:
    """As hits are judged: the click is written down first; the grade that its points bring comes last."""
    event(books, "ann", 3, "clicked", NOW, "ann-1/1", link="more")
    event(books, "ann", 4, "opened", NOW, "ann-1/1")
    event(books, "ann", 5, "enrol", NOW, flow="brochure-request", grade="A1")
    with books.db.write() as tx:
        tx.execute(tables.leads.update().where(tables.leads.c.id == "ann").values(seen=0))
    for n, (because, about) in enumerate(
        (("opened a mail", "ann/4"), ("clicked through", "ann/3"), ("sent by hand", None))
    ):
        row = {"lead_id": "ann", "source": f"ann/{n}", "axis": "interest", "points": 3 + n, "at": NOW}
        books.add(tables.points, because=because, about=about, **row)
    lines = told(staff)
    order = (
        "Put into a flow",
        "sent by hand",
        "clicked through",
        "Clicked in the mail",
        "opened a mail",
        "Mail opened",
    )
    assert [where(lines, words) for words in order] == list(range(6))


def test_what_came_with_an_event_cannot_be_read_and_the_event_is_told_without_it(
    staff: TestClient, books: Books
) -> None:
    for seq, kind in enumerate(("page.viewed", "enrol", "unenrol", "grade.changed", "contacted"), 3):
        row = {"lead_id": "ann", "seq": seq, "id": f"spoiled/{seq}", "kind": kind, "at": NOW, "recorded_at": NOW}
        books.add(tables.events, data="no object", **row)
    lines = told(staff)
    where(lines, "Looked at a page")
    where(lines, "Put into a flow")
    assert "no object" not in " ".join(lines)


def test_what_came_of_a_mail_is_told_in_order_of_time(staff: TestClient, books: Books, house: House) -> None:
    from kweek.web.past import of_mail
    from kweek.words import Tongue

    for seq, (kind, hours) in enumerate((("answered", 1), ("clicked", 2), ("opened", 2)), 3):
        event(books, "ann", seq, kind, NOW - hours * HOUR, "ann-1/1")
    with house.db.read() as read:
        lines = of_mail(read, Tongue("en"), "ann", "ann-1/1")
    assert [one.words for one in lines][-3:] == ["Mail opened", "Clicked in the mail", "Filled in the survey"]
