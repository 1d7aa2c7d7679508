"""The board: its numbers equal the rows, every number opens to its leads, every lead to its way; and bad input."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from kweek.leads import publish, tables
from kweek.leads.database import Database
from kweek.leads.tally import counted
from tests.web.conftest import NOW, Books, TestClient
from tests.web.pages import numbers_on
from tests.web.scene import line, scene

FLOW = "/flows/brochure-request"


def test_the_picture_shows_what_the_rows_say(staff: TestClient, books: Books, db: Database, published: str) -> None:
    scene(books, published)
    shown = numbers_on(staff.get(FLOW).text)
    with db.read() as read:
        true = counted(read)["brochure-request"][published]
    assert {place: n for place, n in shown.items() if n and "|" not in place} == true
    assert shown["|under way"] == 3
    assert set(true) == {
        "sales/handover-sales", "call/call-brochure", "steps/send-survey", "steps/send-survey when:3",
        "steps/send-survey otherwise:1",
    }  # fmt: skip


def test_every_number_opens_to_its_leads(staff: TestClient, books: Books, published: str) -> None:
    scene(books, published)
    page = staff.get(FLOW).text
    links = dict.fromkeys(re.findall(r'href="(/flows/brochure-request/leads[^"]*)"', page))
    assert len(links) > 20
    names = {"sales%2Fhandover-sales": "Ann de Vries", "send-survey+when%3A3": "Ann de Vries",
             "send-survey+otherwise%3A1": "Bas Jansen", "at=steps%2Fsend-survey": "Carla Smit"}  # fmt: skip
    for part, name in names.items():
        link = next(one for one in links if one.endswith(part)).replace("&amp;", "&")
        found = staff.get(link).text
        assert [one for one in ("Ann de Vries", "Bas Jansen", "Carla Smit") if one in found] == [name]
    everyone = staff.get(f"{FLOW}/leads").text
    assert "3 in all" in everyone


def test_an_end_and_the_halves_of_a_test_bear_their_numbers_in_every_version(
    staff: TestClient, books: Books, db: Database
) -> None:
    halves = """\
flow: halves
title: Halves
start: brochure.requested
steps:
  - send: { survey: 50%, nothing: 50% }
    id: half
  - end: won
"""
    first, second = (
        publish.publish(db, {"flows/halves.yaml": text}, "halves", "test", NOW).hash
        for text in (halves, halves.replace("end: won", "wait: 2 days\n  - end: won"))
    )
    for n, version in enumerate((first, first, second)):
        lead = books.lead(f"l{n}", name=f"Lead {n}")
        books.add(
            tables.enrolments, id=f"{lead}-1", lead_id=lead, flow="halves", version=version, started_at=NOW,
            ended_at=NOW, result="won", state={}, live=False,
        )  # fmt: skip
        line(books, lead, "drew", step="half", row=f"share:{1 + n % 2}")
        line(books, lead, "ended", step="half/end-1", result="won")
    shown = numbers_on(staff.get("/flows/halves").text)
    places = ("half share:1", "half share:2", "half/end-1", "|under way", "|ended:won")
    assert [shown[place] for place in places] == [2, 1, 3, 0, 3]
    assert "Lead 1" in staff.get("/flows/halves/leads?at=half+share:2").text
    found = staff.get("/flows/halves/leads?at=half/end-1").text
    assert re.findall(r'<a href="/leads/([^"]+)">', found) == ["l2", "l1", "l0"]


def test_a_list_of_leads_says_where_its_card_leads(staff: TestClient, db: Database) -> None:
    text = """\
flow: twice
title: Twice
start: brochure.requested
steps:
  - wait: 2 days
  - go: later
paths:
  later:
    - wait: 1 day
    - go: later
      at_most: 2 times
      then: done
"""
    publish.publish(db, {"flows/twice.yaml": text}, "twice", "test", NOW)
    places = re.findall(r'href="/flows/twice/leads\?at=([^"&]*go-[^"&]*)"', staff.get("/flows/twice").text)
    titles = [re.findall("<h1>(.*?) <small>", staff.get(f"/flows/twice/leads?at={place}").text)[0] for place in places]
    assert titles == ["Go to later", "Go to later", "Go to later: after that"]


def test_leads_are_paged_and_searched_by_the_database(staff: TestClient, books: Books, published: str) -> None:
    for n in range(120):
        lead = books.lead(f"l{n}", name=f"Lead {n}")
        books.add(
            tables.enrolments, id=f"{lead}-1", lead_id=lead, flow="brochure-request", version=published, started_at=NOW,
            step="steps/wait-1", entered_at=NOW - timedelta(minutes=n // 2), state={}, live=True,
        )  # fmt: skip
    seen: list[str] = []
    address = f"{FLOW}/leads?at=steps/wait-1"
    while address:
        page = staff.get(address).text
        seen += re.findall(r'<a href="/leads/([^"]+)">', page)
        more = re.search(r'href="(\?[^"]+)">Next page', page)
        address = f"{FLOW}/leads{more[1].replace('&amp;', '&')}" if more else ""
    assert len(seen) == len(set(seen)) == 120
    assert seen[0] in ("l0", "l1")
    assert re.findall(r'<a href="/leads/([^"]+)">', staff.get(f"{FLOW}/leads?q=Lead+117").text) == ["l117"]
    assert "No lead here is called “100%_”." in staff.get(f"{FLOW}/leads?q=100%25_").text
    assert staff.get(f"{FLOW}/leads?after=nonsense~x").status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/flows/nowhere", f"{FLOW}?version=99", f"{FLOW}?version=-1", f"{FLOW}?version=%C2%B2", f"{FLOW}/leads?at=no-step",
     f"{FLOW}/leads?at=steps/wait-1+when:99", "/flows/nowhere/leads", "/flows/x/picture.svg", "/leads/gone",
     "/flows/long-term/changes", f"{FLOW}/changes?version=9"],
)  # fmt: skip
def test_what_never_was_is_a_page_with_a_sentence(staff: TestClient, published: str, path: str) -> None:
    answer = staff.get(path)
    assert answer.status_code == 404
    assert "This page is not here" in answer.text


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/flows/nowhere", "There is no flow “nowhere”"),
        (f"{FLOW}?version=abc", "has no version abc."),
        (f"{FLOW}/leads?at=zzz", "The flow “Brochure request” has no step or line “zzz”."),
        (f"{FLOW}/leads?at=ended:zzz", "The flow “Brochure request” has no step or line “ended:zzz”."),
        ("/leads/gone", "There is no such lead."),
        ("/flows/nosuch/changes", "There is no flow “nosuch”"),
        ("/handovers/zz", "There is no such handover."),
        ("/calls/x", "There is no such call task."),
        ("/tasks/x", "There is no such task."),
        ("/mails?lead=zz", "There is no such lead."),
        ("/handovers/gone-1/1", "It may have been erased with its lead"),
        ("/nowhere", "There is nothing at this address."),
    ],
)
def test_the_sentence_says_what_there_is_not(staff: TestClient, published: str, path: str, words: str) -> None:
    assert words in staff.get(path).text


def test_a_lead_shows_its_way_and_what_comes_next(staff: TestClient, books: Books, published: str) -> None:
    scene(books, published)
    books.add(
        tables.hits, mail_key="ann-1/1", lead_id="ann", kind="open", at=NOW - timedelta(hours=30), method="GET",
        grade="machine", reasons=["fetched ahead of reading"],
    )  # fmt: skip
    page = staff.get("/leads/ann", headers={"accept-language": "nl"}).text
    lit = re.findall(r'class="([^"]*)" data-(?:step|row)="([^"]+)"', page)
    marked = {key: classes.split() for classes, key in lit}
    assert {"lit", "here"} <= set(marked["sales/handover-sales"])
    assert "lit" in marked["steps/send-survey when:3"]
    assert "dim" in marked["call/call-brochure"]
    assert "Gaat vanzelf verder" in page
    assert "een machine (opgehaald vóór het lezen)" in page


def test_the_workspaces_own_events_are_called_by_their_title_in_the_readers_language(
    staff: TestClient, books: Books, published: str
) -> None:
    scene(books, published)
    dutch = {"accept-language": "nl"}
    assert "Brochure aangevraagd → " in staff.get("/", headers=dutch).text
    assert "brochure aangevraagd" in staff.get(FLOW, headers=dutch).text
    assert "Brochure aangevraagd" in staff.get("/leads/ann", headers=dutch).text
    assert "Brochure requested → " in staff.get("/").text
