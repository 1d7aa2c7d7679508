"""A lead's story is told to its very beginning, a page after the other, by each of its sorts; nothing is left out
without a word."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import insert, select

from kweek.leads import tables
from kweek.web import stretch
from kweek.web.course import MOST
from kweek.web.past import Happened
from tests.web.conftest import NOW, Books, TestClient

VIEWS = 450
MINUTE = timedelta(minutes=1)


@pytest.fixture
def lead(books: Books) -> str:
    """It asked for something once, gave its consent; and has looked at pages ever since, many of them at once."""
    books.lead()
    events, points = list[dict[str, object]](), list[dict[str, object]]()
    for n in range(VIEWS):
        at = NOW - 3 * n * MINUTE if n < 200 else NOW - 600 * MINUTE
        for more, kind in enumerate(("page.viewed", "pricing.viewed")):
            id = f"v{n}" + more * "/pricing.viewed"
            row = {"lead_id": "l1", "seq": 2 * (VIEWS - n) + more, "id": id, "kind": kind, "at": at}
            events.append(row | {"recorded_at": at, "data": {"path": f"/page-{n}."}})
        given = {"lead_id": "l1", "source": f"l1/x/v{n}", "axis": "interest", "points": 1, "at": at}
        points.append(given | {"because": f"reason-{n}.", "rule": "x", "about": f"v{n}"})
    first = {"lead_id": "l1", "seq": 1, "id": "first", "kind": "brochure.requested", "data": {"brochure": "humidity"}}
    with books.db.write() as tx:
        tx.execute(insert(tables.events), [*events, first | dict.fromkeys(("at", "recorded_at"), NOW - 9_999 * MINUTE)])
        tx.execute(insert(tables.points), points)
    return "/leads/l1"


def told(page: str) -> list[str]:
    past = page[page.index('<ol class="past">', page.index('id="past"')) :].partition("</ol>")[0]
    return [" ".join(unescape(re.sub("<[^>]*>", " ", one)).split()) for one in past.split("<li>")[1:]]


def older(page: str) -> str | None:
    found = re.search(r'<a href="([^"]+)#past" rel="next">', page)
    return unescape(found[1]) if found else None


def pages(staff: TestClient, address: str | None) -> list[list[str]]:
    found: list[list[str]] = []
    while address is not None:
        page = staff.get(address).text
        found.append(told(page))
        address = older(page)
        assert (address is not None) == ("there are older ones" in page)
    return found


@pytest.mark.parametrize(("only", "lines"), [("", 2 * VIEWS + 1), ("did", VIEWS + 1), ("points", VIEWS)])
def test_every_line_is_told_once(staff: TestClient, lead: str, only: str, lines: int) -> None:
    all_of_them = pages(staff, f"{lead}?only={only}" if only else lead)
    assert [len(page) for page in all_of_them[:-1]] == [MOST] * (lines // MOST)
    flat = [line for page in all_of_them for line in page]
    assert len(flat) == lines
    for word, sorts in (("/page-", ("", "did")), ("reason-", ("", "points"))):
        found = {one for line in flat for one in re.findall(rf"{word}\d+\.", line)}
        assert len(found) == (VIEWS if only in sorts else 0)
    assert ("brochure" in flat[-1]) == (only != "points"), "the first thing that it did is the last line"


@pytest.mark.parametrize("only", ["mails", "desk"])
def test_a_sort_that_is_hidden_under_many_others_is_found(
    staff: TestClient, books: Books, lead: str, only: str
) -> None:
    books.mail(enrolment_id=None)
    more = {"ref": "l1-1/1", "kind": "opened"} if only == "mails" else {"by": "anna", "kind": "contacted"}
    with books.db.write() as tx:
        for n in range(MOST + 1):
            row = {"lead_id": "l1", "seq": 2_000 + n, "id": f"m{n}", "at": NOW - timedelta(days=20, minutes=n)}
            tx.execute(insert(tables.events).values(recorded_at=NOW, data={}, **row, **more))
    assert [len(page) for page in pages(staff, f"{lead}?only={only}")] == [MOST, 1]


def test_the_steps_that_it_went_are_told_to_the_first(staff: TestClient, books: Books, published: str) -> None:
    books.lead()
    books.enrolment(published)
    row = {"lead_id": "l1", "enrolment_id": "l1-1", "kind": "ended", "detail": {"result": "done"}}
    with books.db.write() as tx:
        rows = [{**row, "turn": n, "at": NOW - n * MINUTE} for n in range(2 * MOST + 1)]
        tx.execute(insert(tables.journal), rows)
    assert [len(page) for page in pages(staff, "/leads/l1?only=flows")] == [MOST, MOST, 1]


def test_an_older_page_stays_what_it_is_when_more_happens(staff: TestClient, books: Books, lead: str) -> None:
    address = older(staff.get(lead).text)
    assert address is not None
    before = told(staff.get(address).text)
    late = {"lead_id": "l1", "seq": 5_000, "id": "new", "kind": "brochure.requested", "at": NOW + MINUTE}
    books.add(tables.events, **late, recorded_at=NOW, data={})
    assert told(staff.get(address).text) == before


def test_a_place_that_was_made_up_shows_the_newest(staff: TestClient, lead: str) -> None:
    newest = told(staff.get(lead).text)
    for words in ("x", "1~2", "1~1.1.x", "9" * 18 + "~1.1.1", "%00"):
        assert told(staff.get(f"{lead}?before={words}").text) == newest


def test_it_is_said_in_dutch_too(staff: TestClient, lead: str) -> None:
    page = staff.get(lead, headers={"accept-language": "nl"}).text
    assert "De 100 nieuwste regels staan hier; er zijn oudere." in page
    assert ">Oudere regels</a>" in page


def test_what_stands_at_one_place_is_not_torn_apart(books: Books) -> None:
    lines = [Happened(NOW, f"{n}", place=(5, 0, 0)) for n in range(3)]
    with books.db.read() as read:
        moments = [select(tables.points.c.at)]
        page = stretch.page_of(read, moments, lambda _: [*lines, Happened(NOW - MINUTE, "old")], None, 2)
    assert [line.words for line in page.lines] == ["0", "1", "2"]
    assert page.older is not None
    assert stretch.place_in(page.older) == (NOW, (5, 0, 0))
