"""What went wrong stands where it is looked for: on the first page, with the lead and how often."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kweek.leads.ledger import problem
from tests.web.conftest import NOW, Books, TestClient


def gone_wrong(books: Books, lead: str | None, key: str, words: str, times: int = 1, code: str = "ValueError") -> None:
    with books.db.write() as tx:
        for back in reversed(range(times)):
            problem(tx, lead, key, code, words, NOW - timedelta(minutes=back))


def test_the_first_page_names_the_lead_and_how_often(staff: TestClient, books: Books) -> None:
    books.lead(name="Ann Smit")
    gone_wrong(books, "l1", "lead-l1/turn", "no such thing", 12)
    gone_wrong(books, None, "upkeep/start_what_is_due", "only once")
    shown = staff.get("/", headers={"accept-language": "en"}).text
    section = shown.partition('<section id="problems">')[2].partition("</section>")[0]
    rows = section.split("<tr>")
    [again], [once] = ([row for row in rows if words in row] for words in ("no such thing", "only once"))
    assert '<a href="/leads/l1">Ann Smit</a>' in again
    assert "12 times" in again
    assert "times" not in once


def test_what_came_about_last_comes_first_however_old_its_row(staff: TestClient, books: Books) -> None:
    gone_wrong(books, None, "a", "began early", 2)
    with books.db.write() as tx:
        problem(tx, None, "b", "c", "came between", NOW - timedelta(seconds=30))
    shown = staff.get("/").text
    assert shown.index("began early") < shown.index("came between")


def test_a_lead_that_goes_on_says_nothing_of_it(staff: TestClient, books: Books) -> None:
    books.lead(wake_at=NOW + timedelta(hours=1))
    gone_wrong(books, "l1", "lead-l1/turn", "no such thing")
    shown = staff.get("/leads/l1", headers={"accept-language": "en"}).text
    assert "no such thing" not in shown
    assert "Nobody has to do anything now." in shown


@pytest.mark.parametrize(
    ("language", "words", "often"),
    [
        ("en", "its turns fail. It stands still since 2 Mar 2026 08:00", "3 times"),
        ("nl", "elke beurt mislukt. Hij staat stil sinds 2 mrt 2026 08:00", "3 keer"),
    ],
)
def test_a_lead_that_cannot_go_on_says_so_at_its_top(
    staff: TestClient, books: Books, language: str, words: str, often: str
) -> None:
    books.lead(wake_at=NOW - timedelta(hours=2))
    gone_wrong(books, "l1", "lead-l1/turn", "no <such> thing", 3)
    shown = staff.get("/leads/l1", headers={"accept-language": language}).text
    said, rest = shown.partition('<div id="stuck"')[2].split("</div>", 1)
    assert words in said
    assert often in said
    assert '<p lang="en">ValueError: <bdi>no &lt;such&gt; thing</bdi></p>' in said
    assert "Nobody has to do anything now." not in rest
    assert "Niemand hoeft nu iets te doen." not in rest
