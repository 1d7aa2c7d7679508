"""What went wrong stands where it is looked for: on the first page, with the lead and how often."""

from __future__ import annotations

from datetime import timedelta

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
