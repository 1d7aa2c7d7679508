"""A lead's story holds everything, and can be read by what it is about."""

from __future__ import annotations

import pytest

from kweek.leads import tables
from tests.web.conftest import NOW, Books, TestClient

LINES = {
    "did": "Brochure requested",
    "mails": "Hello",
    "desk": "Contacted",
    "points": "looked at the prices",
}


@pytest.fixture
def lead(books: Books) -> str:
    books.lead()
    books.mail(enrolment_id=None)
    for seq, (kind, more) in enumerate(
        (("brochure.requested", {}), ("opened", {"ref": "l1-1/1"}), ("contacted", {"ref": "l1-1/3", "by": "anna"})), 1
    ):
        row = {"kind": kind, "at": NOW, "recorded_at": NOW, "data": {}, **more}
        books.add(tables.events, lead_id="l1", seq=seq, id=f"e{seq}", **row)
    why = {"source": "x", "axis": "intent", "points": 5, "because": "looked at the prices"}
    books.add(tables.points, lead_id="l1", at=NOW, **why)
    return "/leads/l1"


def past(page: str) -> str:
    return page[page.index('<section id="past">') : page.index("</section>", page.index('<section id="past">'))]


def test_everything_is_there(staff: TestClient, lead: str) -> None:
    told = past(staff.get(lead).text)
    assert [words for words in LINES.values() if words not in told] == []


@pytest.mark.parametrize("sort", LINES)
def test_one_sort_is_shown_without_the_others(staff: TestClient, lead: str, sort: str) -> None:
    told = past(staff.get(f"{lead}?only={sort}").text)
    assert [name for name, words in LINES.items() if words in told] == [sort]


def test_a_sort_that_was_made_up_shows_everything(staff: TestClient, lead: str) -> None:
    assert past(staff.get(f"{lead}?only=nonsense").text) == past(staff.get(lead).text)
