"""On a Dutch page Kweek itself speaks Dutch; what the workspace's people typed stays as they typed it."""

from __future__ import annotations

import pytest

from kweek.flow.machine.people import ON_ITS_OWN
from kweek.leads import tables
from kweek.leads.ledger import problem
from kweek.web.spoken import problem_words
from kweek.words import Tongue
from tests.web.conftest import NOW, Books, TestClient
from tests.web.scene import event, line, scene

DUTCH = {"accept-language": "nl"}


def test_a_day_of_a_field_of_our_own_is_written_as_its_reader_writes_days(staff: TestClient, books: Books) -> None:
    fields = {"contract_end": "2026-10-01", "renewed_on": "1 oktober", "city": "2026-10-01"}
    books.lead("ann", name="Ann Smit", fields=fields)
    dutch, english = (staff.get("/leads/ann", headers={"accept-language": one}).text for one in ("nl", "en"))
    assert "<dd>1 okt 2026</dd>" in dutch
    assert "<dd>Oct 1, 2026</dd>" in english or "<dd>1 Oct 2026</dd>" in english
    assert "<dd>1 oktober</dd>" in english, "what is no day is shown as it is kept"
    assert "<dd>2026-10-01</dd>" in dutch, "the city is a text"


def test_what_was_replaced_is_written_so_too(staff: TestClient, books: Books) -> None:
    books.lead("ann", name="Ann Smit")
    row = {"lead_id": "ann", "name": "contract_end", "source": "x", "at": NOW}
    books.add(tables.replaced, was="2026-10-01", became="2027-10-01", **row)
    assert "1 okt 2027, eerder 1 okt 2026" in staff.get("/leads/ann", headers=DUTCH).text


def test_a_task_that_the_machine_gave_is_called_in_the_readers_language(
    staff: TestClient, books: Books, published: str
) -> None:
    scene(books, published)
    with books.db.write() as tx:
        tx.execute(tables.tasks.update().values(title="Answer"))
    for path in ("/", "/tasks/carla-1/2", "/leads/carla"):
        page = staff.get(path, headers=DUTCH).text
        assert "Beantwoorden" in page
        assert ">Answer<" not in page
    with books.db.write() as tx:  # as a workspace keeps it whose first language is Dutch
        tx.execute(tables.tasks.update().values(title="Een mail kon niet worden bezorgd"))
    assert "A mail could not be delivered" in staff.get("/tasks/carla-1/2", headers={"accept-language": "en"}).text
    with books.db.write() as tx:
        tx.execute(tables.tasks.update().values(title="Send a sample"))
    assert "<h1>Send a sample</h1>" in staff.get("/tasks/carla-1/2", headers=DUTCH).text


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("en", ("On its own again after a merge: its handover was withdrawn", "The merging was undone")),
        ("nl", ("Na een samenvoeging weer op zichzelf: de overdracht is ingetrokken", "Het samenvoegen is ongedaan")),
    ],
)
def test_the_task_of_a_lead_that_was_merged_by_mistake_says_why(
    staff: TestClient, books: Books, published: str, language: str, says: tuple[str, ...]
) -> None:
    scene(books, published)
    event(books, "carla", 2, "unmerged", NOW)
    line(books, "carla", "reacted", NOW, event="unmerged", seq=2)
    line(books, "carla", "effect", NOW, key="carla-1/9", effect="open_task", what=ON_ITS_OWN["handover"])
    about = {"lead_id": "carla", "enrolment_id": "carla-1", "outcomes": ["done"], "status": "open", "assignee": "bram"}
    books.add(tables.tasks, key="carla-1/9", title=ON_ITS_OWN["handover"], opened_at=NOW, due_at=NOW, **about)
    page = staff.get("/tasks/carla-1/9", headers={"accept-language": language}).text
    assert [words for words in says if words not in page] == []
    for path in ("/", "/leads/carla"):
        assert says[0] in staff.get(path, headers={"accept-language": language}).text


def test_what_went_wrong_is_told_in_a_sentence_and_as_it_was_said(staff: TestClient, books: Books) -> None:
    books.lead(name="Ann Smit")
    with books.db.write() as tx:
        problem(tx, "l1", "k", "bounced 5.1.1", "550 User unknown", NOW)
    page = staff.get("/", headers=DUTCH).text
    assert "Een mail kwam terug: het adres bestaat niet" in page
    assert '<small lang="en">bounced 5.1.1: 550 User unknown</small>' in page


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("rules broken", "Een bestand met regels bevat een fout"),
        ("undelivered 5.7.1", "Een mail kon niet worden bezorgd"),
        ("colleague: out of office", "Er kwam iets terug op een mail aan een collega"),
        ("form differs", "Een formulier zegt iets anders dan wat bekend is"),
        ("form", "Een formulier stuurde iets dat niet past"),
        ("http 404", "Een ander programma nam niet aan wat werd gestuurd"),
        ("550 5.7.1", "Een mailserver weigerde een mail"),
        ("relay 421", "De mailserver neemt onze mail niet aan"),
        ("ValueError", "Binnen Kweek ging iets mis"),
        ("", "Binnen Kweek ging iets mis"),
    ],
)
def test_every_code_of_the_books_has_a_sentence(code: str, words: str) -> None:
    assert problem_words(Tongue("nl"), code) == words


def test_a_stage_has_a_dutch_word(staff: TestClient, books: Books) -> None:
    books.lead("ann", name="Ann Smit", stage="marketing qualified")
    for path in ("/leads", "/leads/ann"):
        page = staff.get(path, headers=DUTCH).text
        assert "marketing-gekwalificeerd" in page
        assert ">marketing qualified<" not in page


def test_a_persona_and_a_flow_are_told_as_they_were_typed(staff: TestClient, books: Books, published: str) -> None:
    scene(books, published)
    event(books, "ann", 3, "page.viewed", NOW)
    page = staff.get("/leads/ann", headers=DUTCH).text
    assert "Brochure request" in page
    assert "De teler" in page
    assert "Every degree and every per cent of humidity is crop." in page
