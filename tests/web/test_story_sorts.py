"""A lead's story holds everything, and can be read by what it is about."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kweek.leads import bant, tables
from kweek.web.house import House
from kweek.web.known import known_of
from kweek.web.points import Given, columns
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
    return page[page.index('id="past"') : page.index("</section>", page.index('id="past"'))]


def test_everything_is_there(staff: TestClient, lead: str) -> None:
    told = past(staff.get(lead).text)
    assert [words for words in LINES.values() if words not in told] == []


@pytest.mark.parametrize("sort", LINES)
def test_one_sort_is_shown_without_the_others(staff: TestClient, lead: str, sort: str) -> None:
    told = past(staff.get(f"{lead}?only={sort}").text)
    assert [name for name, words in LINES.items() if words in told] == [sort]


def test_points_are_explained_in_the_readers_language(staff: TestClient, books: Books) -> None:
    books.lead()
    for number, (rule, because) in enumerate(
        (("clicked-through", "clicked through"), ("grower-leads-a-large-nursery", "large"), (None, "of a flow"))
    ):
        why = {"source": f"x{number}", "axis": "profile", "points": 5, "because": because, "rule": rule}
        books.add(tables.points, lead_id="l1", at=NOW, **why)
    page = staff.get("/leads/l1", headers={"accept-language": "nl"}).text
    for words in ("klikte door", "leidt een grote kwekerij", "of a flow"):
        assert page.count(words) == 2, "beside the sum, and in the story"
    assert "clicked through" in staff.get("/leads/l1", headers={"accept-language": "en"}).text


def test_what_was_known_before_stands_in_the_story(staff: TestClient, books: Books) -> None:
    staff.headers["accept-language"] = "nl"
    books.lead(phone="+31202222222", fields={"building": "hall"})
    for name, was, became in (("phone", "+31201111111", "+31202222222"), ("company.name", "Acme", "<b>Beta</b>")):
        books.add(tables.replaced, lead_id="l1", name=name, was=was, became=became, at=NOW, source="e1")
    told = past(staff.get("/leads/l1?only=did").text)
    assert "telefoon: +31202222222, eerder +31201111111" in told
    assert "bedrijf: &lt;b&gt;Beta&lt;/b&gt;, eerder Acme" in told
    assert "+31201111111" not in past(staff.get("/leads/l1?only=mails").text)


def test_what_was_heard_too_late_to_count_is_told_as_such(staff: TestClient, house: House, books: Books) -> None:
    """Said on the first day, after it on the second, and sent in the other order."""
    books.lead()
    day = timedelta(days=1)
    with house.db.lead_tx("l1") as tx:
        for value, source, at in (("open", "e2", NOW - 2 * day), ("none", "e1", NOW - 3 * day)):
            bant.keep(tx, "l1", [bant.Found("budget", value, "api")], source, at)
    told = past(staff.get("/leads/l1", headers={"accept-language": "en"}).text)
    [late] = [" ".join(one.split()) for one in told.split("<li>") if "Heard late, and does not count" in one]
    assert "something else was said after it, and stays" in late
    assert "27 Feb" in late
    assert "Now known otherwise" not in told
    told = past(staff.get("/leads/l1?only=did", headers={"accept-language": "nl"}).text)
    assert "Te laat gehoord om te tellen" in told


def test_what_an_event_carries_is_told_in_the_readers_words(staff: TestClient, books: Books) -> None:
    staff.headers["accept-language"] = "nl"
    books.lead(fields={"contract_end": "2026-12-31", "shoe_size": "43"})
    said = [("quote.requested", {"surface": 400}), ("rejected", {"reason": "student"}), ("old.one", {"was_so": "x"})]
    for seq, (kind, data) in enumerate(said, 1):
        row = {"kind": kind, "at": NOW, "recorded_at": NOW, "data": data}
        books.add(tables.events, lead_id="l1", seq=seq, id=f"e{seq}", **row)
    page = staff.get("/leads/l1").text
    for words in ("oppervlak in m²: 400", "reden: student", "was so: x"):
        assert words in past(page)
    assert "<dt>Einddatum contract</dt><dd>31 dec 2026</dd><dt>Shoe size</dt>" in page


def test_a_sort_that_was_made_up_shows_everything(staff: TestClient, lead: str) -> None:
    assert past(staff.get(f"{lead}?only=nonsense").text) == past(staff.get(lead).text)


def test_what_was_taken_back_again_is_not_counted(books: Books) -> None:
    """Rules that were broken for a while, and are as before."""
    books.lead()
    given = [("e1", 10), ("e1", -10), ("e1", 10), ("e2", 10), ("e2", -10), ("e3", 10)]
    for n, (about, worth) in enumerate(given):
        row = {"source": f"l1/took/{about}/{n}", "axis": "intent", "points": worth, "because": "took a download"}
        books.add(tables.points, lead_id="l1", at=NOW, rule="took", about=about, **row)
    for n in (1, 2):
        hand = {"source": f"l1-1/{n}", "axis": "intent", "points": 5, "because": "was kind"}
        books.add(tables.points, lead_id="l1", at=NOW, **hand)
    with books.db.read() as read:
        [column] = columns(read, "l1")
    assert (column.total, column.reasons) == (30, (Given("took a download", 20, 2, "took"), Given("was kind", 10, 2)))


def test_points_that_were_reckoned_anew_say_so(staff: TestClient, books: Books) -> None:
    """The rule gave ten and gives fifteen now: both rows have the moment of what was done."""
    books.lead()
    for n, worth in enumerate((10, 5)):
        row = {"source": f"l1/took/e1/{n}", "axis": "intent", "points": worth, "because": "took a download"}
        books.add(tables.points, lead_id="l1", at=NOW, rule="took", about="e1", **row)
    page = past(staff.get("/leads/l1").text)
    assert page.count("took a download") == 2
    assert page.count("reckoned anew: the rules changed, or what is known did") == 1


def test_what_fades_happened_as_often_as_it_did(staff: TestClient, house: House, books: Books) -> None:
    """Two Mondays took ten of thirty each; another one was called by its sender as a day is."""
    books.lead()
    books.add(
        tables.events, lead_id="l1", seq=1, id="2026-02-10", kind="webinar.attended", at=NOW, recorded_at=NOW, data={}
    )
    for n, (about, worth) in enumerate(
        (("e1", 30), ("2026-02-16", -10), ("2026-02-23", -10), ("2026-02-10", 30), ("2026-03-02", -10))
    ):
        row = {"source": f"l1/went/{about}/{n}", "axis": "interest", "points": worth, "because": "went to a webinar"}
        books.add(tables.points, lead_id="l1", at=NOW, rule="went", about=about, **row)
    with books.db.read() as read:
        [column] = columns(read, "l1")
        known = known_of(read, "l1", house.rules.grades())
    assert column.reasons == (Given("went to a webinar", 30, 2, "went"),)
    assert known is not None
    assert known["points"] == {
        "interest": {"total": 30, "reasons": [{"because": "went to a webinar", "points": 30, "times": 2}]}
    }
    assert "2×" in staff.get("/leads/l1").text


def test_a_mail_that_never_left_is_called_by_its_subject(staff: TestClient, books: Books, published: str) -> None:
    books.lead(name="Ann de Vries")
    books.enrolment(published)
    nothing = {"subject": None, "recipient": None, "status": "blocked", "why": "no consent", "sent_at": None}
    books.mail("l1-1/1", mail="survey", enrolment_id="l1-1", **nothing)
    books.mail("l1-1/2", mail="of-yesterday", enrolment_id="l1-1", **nothing)
    for seq in (1, 2):
        about = {"lead_id": "l1", "seq": seq, "id": f"e{seq}", "kind": "blocked", "ref": f"l1-1/{seq}", "data": {}}
        books.add(tables.events, at=NOW, recorded_at=NOW, **about)
    subject = "Does our brochure fit your building?"
    page, board = staff.get("/leads/l1").text, staff.get("/").text
    for told in (past(page), page[page.index('id="mails"') :], board[board.index('id="mails"') :]):
        assert subject in told
        assert "of-yesterday" in told, "its file is not there any more"
    assert '<a href="/leads/l1">Ann de Vries</a>' in board[board.index('id="mails"') :]


def test_whose_portrait_a_lead_fits_is_told_with_what_winning_it_may_cost(staff: TestClient, books: Books) -> None:
    books.lead(fields={"building": "greenhouse"})
    page = staff.get("/leads/l1", headers={"accept-language": "en"}).text
    portrait = page[page.index('id="persona"') :]
    for words in ("The grower", "Every degree and every per cent", "fair, newsletter", "€900.00", "€60,000.00"):
        assert words in portrait
    books.add(tables.leads, id="l2", stage="suspect", created_at=NOW, fields={})
    assert 'id="persona"' not in staff.get("/leads/l2").text
