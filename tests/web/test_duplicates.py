"""The page on which a colleague says whether two leads are one: side by side, merged, undone, and told apart."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kweek.leads import tables
from kweek.leads.duplicates import propose
from tests.web.conftest import NOW, ORIGIN, Books, TestClient
from tests.web.pages import press

PAIR = "/duplicates/l1/l2"
DUTCH = {"accept-language": "nl"}
PRESSED = DUTCH | {"origin": ORIGIN}


@pytest.fixture(autouse=True)
def the_two(books: Books) -> None:
    books.lead("l1", name="Ann Smit", phone="+31201234567", fields={"sector": "steel"})
    books.lead("l2", name="A. <b>Smit", job_title="Buyer", created_at=NOW - timedelta(days=9), external_id="crm/2")
    with books.db.write() as tx:
        propose(tx, "l1", "l2", "name and company", 0.96, NOW)


def test_what_waits_is_listed_and_each_is_a_press_away(staff: TestClient, books: Books) -> None:
    page = staff.get("/duplicates", headers=DUTCH).text
    assert f'href="{PAIR}"' in page
    assert "96 %" in page
    assert "Zelfde naam en bedrijf" in page
    assert "A. &lt;b&gt;Smit" in page
    assert 'href="/duplicates/l2/l1"' in staff.get("/leads/l2").text


def test_both_stand_side_by_side_and_the_chosen_words_are_kept(staff: TestClient, books: Books) -> None:
    page = staff.get(f"{PAIR}?as=anna").text
    shown = [
        "<strong>Stays</strong>: this one was known first",
        "Ann Smit",
        "A. &lt;b&gt;Smit",
        "Buyer",
        "+31201234567",
        "steel",
    ]
    assert [words for words in shown if words not in page] == []
    pressed = press(staff, PAIR, "merge", **{"pick.name": "l2", "pick.email": "l1"})
    assert pressed.headers["location"] == f"{PAIR}?done=merge"
    [gone, kept] = books.rows(tables.leads)
    assert (gone.merged_into, kept.name, kept.email, kept.job_title) == ("l2", "A. <b>Smit", "l1@example.com", "Buyer")
    assert staff.get("/leads/l1").headers["location"] == "/leads/l2"
    story = staff.get("/leads/l2").text
    assert "Merged with another lead" in story
    assert "merged by anna" in story
    assert "No two leads look like one person" in staff.get("/duplicates").text


def test_whose_lead_it_is_is_no_choice_while_somebody_has_its_handover(staff: TestClient, books: Books) -> None:
    with books.db.write() as tx:
        for lead, owner in (("l1", "anna"), ("l2", "joris")):
            tx.execute(tables.leads.update().where(tables.leads.c.id == lead).values(owner=owner))
    assert 'name="pick.owner"' in staff.get(PAIR).text
    given = {"key": "l1-1/2", "lead_id": "l1", "enrolment_id": "l1-1", "team": "sales", "owner": "anna"}
    books.add(tables.handovers, **given, status="accepted", given_at=NOW)
    page = staff.get(PAIR).text
    assert 'name="pick.owner"' not in page
    assert "anna <small>has the open handover</small>" in page
    assert "anna <small>heeft de open overdracht</small>" in staff.get(PAIR, headers=DUTCH).text
    press(staff, PAIR, "merge", **{"pick.owner": "l2"})
    [kept, _] = books.rows(tables.leads)
    assert (kept.merged_into, kept.owner) == (None, "anna")


def test_it_is_undone_on_the_same_page_and_they_are_told_apart(staff: TestClient, books: Books) -> None:
    press(staff, PAIR, "merge")
    assert "Undo: they are two" in staff.get(f"{PAIR}?as=anna").text
    press(staff, PAIR, "undo", by="joris")
    assert [lead.merged_into for lead in books.rows(tables.leads)] == [None, None]
    assert "joris said that they are two" in staff.get(PAIR).text
    assert staff.get("/leads/l1").status_code == 200


def test_who_is_told_apart_waits_no_longer(staff: TestClient, books: Books) -> None:
    press(staff, PAIR, "different")
    assert books.rows(tables.duplicates)[0].status == "different"
    assert PAIR not in staff.get("/duplicates").text


def test_the_second_colleague_is_told_and_the_earlier_merge_waits_for_the_later(
    staff: TestClient, books: Books
) -> None:
    press(staff, PAIR, "merge")
    again = press(staff, PAIR, "merge", by="joris")
    assert again.status_code == 409
    assert "merged by anna" in again.text
    books.lead("l3", created_at=NOW - timedelta(days=20))
    press(staff, "/duplicates/l2/l3", "merge")
    assert "Undo that first" in staff.get(PAIR).text
    assert press(staff, PAIR, "undo").status_code == 422
    assert staff.get("/duplicates/l1/l3").headers["location"] == "/leads/l3"
    assert [row.undone_at for row in books.rows(tables.merges)] == [None, None]


@pytest.mark.parametrize("action", ["merge", "different", "undo"])
def test_a_press_for_two_of_whom_one_was_merged_with_a_third_says_that_nothing_was_done(
    staff: TestClient, books: Books, action: str
) -> None:
    """Whether that third is the other one by now, or somebody else."""
    books.lead("l3", name="Third l3", created_at=NOW - timedelta(days=20))
    press(staff, "/duplicates/l1/l3", "merge", by="joris", **{"pick.name": "l3"})
    late = press(staff, PAIR, action)
    assert late.status_code == 409
    shown = ["Nothing was done", "<bdi>Ann Smit</bdi> → <bdi>Third l3</bdi>", "merged by joris", "/duplicates/l3/l2"]
    assert [words for words in shown if words not in late.text] == []
    assert (books.count(tables.merges), books.rows(tables.duplicates)[0].status) == (1, "open")
    press(staff, "/duplicates/l2/l3", "merge", by="joris")
    late = press(staff, PAIR, action)
    assert (late.status_code, 'href="/leads/l3"' in late.text) == (409, True)
    assert "Er is niets gedaan" in staff.post(PAIR, data={"action": action, "by": "anna"}, headers=PRESSED).text
    assert books.count(tables.merges) == 2


@pytest.mark.parametrize(
    ("other", "status", "answer"),
    [
        ("L2@example.com", 303, PAIR),
        ("crm/2", 303, PAIR),
        ("l1@example.com", 422, "Dat is deze lead zelf"),
        ("nobody", 422, "Geen enkele lead heeft"),
        ("", 422, "Vul het e-mailadres"),
    ],
)
def test_from_the_page_of_a_lead_by_the_address_of_the_other(
    staff: TestClient, other: str, status: int, answer: str
) -> None:
    got = staff.get("/duplicates/find", params={"lead": "l1", "other": other}, headers=DUTCH)
    assert got.status_code == status
    assert answer in (got.headers.get("location") or got.text)


def test_nobody_on_the_street_sees_or_does_any_of_it(web: TestClient, books: Books) -> None:
    for path in ("/duplicates", PAIR, "/duplicates/find?lead=l1&other=l2"):
        assert web.get(path).status_code == 401
    assert press(web, PAIR, "merge").status_code == 401


def test_a_lead_that_is_not_there_and_a_deed_that_there_is_not(staff: TestClient, books: Books) -> None:
    assert staff.get("/duplicates/l1/nobody").status_code == 404
    assert press(staff, "/duplicates/l1/nobody", "merge").status_code == 404
    assert press(staff, PAIR, "marry").status_code == 422
    assert press(staff, PAIR, "merge", origin="https://elsewhere.test").status_code == 403
    assert books.count(tables.merges) == 0


def test_mails_to_colleagues_are_none_of_a_leads_own(staff: TestClient, books: Books) -> None:
    books.mail("l1-1/1", "l1")
    books.mail("l1-1/2", "l1", audience="colleague")
    assert "mails to it: 1," in staff.get(PAIR).text
