"""The pages of a handover, a call task, a task and a lead, and the first page: all there is to know."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from kweek.leads import publish, tables
from kweek.leads.database import Database
from tests.web.conftest import NOW, Books, TestClient
from tests.web.pages import press
from tests.web.scene import ANSWER, CALL, DAY, HANDOVER, event, line, scene

DUTCH = {"accept-language": "nl"}


@pytest.fixture(autouse=True)
def the_scene(books: Books, published: str) -> None:
    scene(books, published)


def test_a_handover_says_who_why_now_what_was_said_and_what_happened(staff: TestClient) -> None:
    page = staff.get(f"/handovers/{HANDOVER}", headers=DUTCH).text
    shown = [
        "Ann de Vries", "De Vries Orchideeën", "Bedrijfsleider", "tel:+31201234567", "B1", "intentie 30",
        "Vragenlijst ingevuld", "Wat past bij uw gebouw?", "Brochure request", "Een offerte maken",
        "Kan het ook\nin een oude kas?", "2 u te laat", "Herinnering", "anna@lisveld.example.com (verstuurd)",
        "Escalatie, trede 1", "hanneke@lisveld.example.com (verstuurd)",
    ]  # fmt: skip
    assert [words for words in shown if words not in page] == []
    happened = page[page.index('id="past"') :]
    order = [happened.index(words) for words in ("Overgedragen aan sales", "Herinnering", "Escalatie")]
    assert order == sorted(order)


def test_a_question_that_two_surveys_ask_says_which_and_when(staff: TestClient, books: Books, db: Database) -> None:
    text = """\
survey: {0}
title: {{ en: {0} in short }}
questions:
  - ask: wish
    text: {{ en: What do you wish? }}
    type: text
"""
    source = {f"surveys/{name}.yaml": text.format(name) for name in ("first", "second")}
    flow = "flow: asks\ntitle: Asks\nstart: brochure.requested\nsteps:\n  - end: done\n"
    version = publish.publish(db, {"flows/asks.yaml": flow, **source}, "asks", "test", NOW).hash
    about = {"lead_id": "ann", "flow": "asks", "version": version, "started_at": NOW, "state": {}, "live": False}
    books.add(tables.enrolments, id="ann-2", ended_at=NOW, result="done", **about)
    for n, (name, value) in enumerate((("first", "a quote"), ("second", "a visit"))):
        row = {"lead_id": "ann", "survey": name, "question": "wish", "value": value, "source": "ann-2/1"}
        books.add(tables.answers, at=NOW - n * DAY, **row)
    for path in (f"/handovers/{HANDOVER}", "/leads/ann"):
        said = staff.get(path).text.partition('id="said"')[2].partition("</dl>")[0]
        assert "What do you wish? <small>first in short, 2 Mar 2026</small></dt><dd>a quote" in said
        assert "What do you wish? <small>second in short, 1 Mar 2026</small></dt><dd>a visit" in said
        assert said.count("<small>") == 2, "of what stands once nothing more is said"


def test_the_way_of_any_flow_can_be_opened(staff: TestClient, books: Books, published: str) -> None:
    about = {"lead_id": "ann", "flow": "brochure-request", "version": published, "state": {}, "live": False}
    for n in range(2, 8):
        ended = NOW - (12 + n) * DAY
        books.add(tables.enrolments, id=f"ann-{n}", started_at=ended, ended_at=ended, result="done", **about)
    page = staff.get("/leads/ann").text
    assert page.count("<svg") == 1
    links = re.findall(r'<a href="([^"]+)"[^>]*>The way that it went</a>', page)
    assert links[0] == "?way=ann-2#way-ann-2"
    assert len(links) == 6
    older = staff.get("/leads/ann?way=ann-7").text
    assert older.count("<svg") == 2
    assert "<details open>" in older.partition('id="way-ann-7"')[2]
    assert 'href="?way=ann-7&amp;way=ann-2#way-ann-2"' in older, "what is open stays open"
    nobodys = staff.get("/leads/ann?way=<of-nobody>").text
    assert nobodys.count("<svg") == 1
    assert "of-nobody" not in nobodys.partition("<main")[2]


def test_a_busy_leads_page_is_light(staff: TestClient, books: Books, published: str) -> None:
    """A lead that was in ten flows, with a story that is longer than a page."""
    about = {"lead_id": "ann", "flow": "brochure-request", "version": published, "state": {}, "live": False}
    for n in range(2, 12):
        ended = NOW - (12 + n) * DAY
        books.add(tables.enrolments, id=f"ann-{n}", started_at=ended, ended_at=ended, result="done", **about)
    with books.db.write() as tx:
        row = {"lead_id": "ann", "kind": "brochure.requested", "recorded_at": NOW, "data": {"brochure": "humidity"}}
        moments = [NOW - n * timedelta(hours=1, microseconds=7) for n in range(150)]
        tx.execute(tables.events.insert(), [{**row, "seq": 50 + n, "id": f"more-{n}", "at": at}
                                            for n, at in enumerate(moments)])  # fmt: skip
    page = staff.get("/leads/ann").text
    assert page.count('<time datetime="') >= 100
    assert len(page.encode()) < 75_000
    assert "data-count" not in page, "no place for a number that never comes"


def test_a_call_says_who_has_it_since_when_and_what_to_say(staff: TestClient) -> None:
    page = staff.get(f"/calls/{CALL}", headers=DUTCH).text
    shown = ["Bas Jansen", "tel:+31207654321", "al 5 u", "Reageerde niet op tijd", "Mail geopend", "1 / 3"]
    shown += ["u spreekt met … van Lisveld", "Is er budget voor?", "Belt liever na vieren", "door joris"]
    assert [words for words in shown if words not in " ".join(page.split())] == []


LEFT = {
    ("steps/send-survey", "opened"): "Did not react to the mail in time",
    ("steps/send-survey", "undelivered"): "The mail could not be delivered",
    ("call/call-brochure", None): "The call was not made in time",
    ("call/call-brochure", "attempted"): "Called, but not reached in time",
    ("steps/wait-1", None): "The wait was over",
    ("of/another-version", None): "Time was up",
}


@pytest.mark.parametrize(("left", "words"), LEFT.items())
def test_what_a_colleague_left_undone_is_not_put_down_to_the_lead(
    staff: TestClient, books: Books, left: tuple[str, str | None], words: str
) -> None:
    step, state = left
    with books.db.write() as tx:
        timed_out = tables.journal.c.kind == "timed_out"
        tx.execute(tables.journal.update().where(timed_out).values(step=step, detail={"state": state}))
    why = staff.get(f"/calls/{CALL}").text.partition('id="why"')[2]
    assert f"<strong>{words}</strong>" in why


@pytest.mark.parametrize(
    ("step", "words"),
    [("steps/send-survey", "Mag niet worden gemaild"), ("call/call-brochure", "Mag niet worden benaderd")],
)
def test_who_may_not_be_mailed_may_be_called(staff: TestClient, books: Books, step: str, words: str) -> None:
    with books.db.write() as tx:
        timed_out = tables.journal.c.kind == "timed_out"
        left = {"kind": "reacted", "step": step, "detail": {"event": "blocked", "seq": 99}}
        tx.execute(tables.journal.update().where(timed_out).values(**left))
    why = staff.get(f"/calls/{CALL}", headers=DUTCH).text.partition('id="why"')[2]
    assert f"<strong>{words}</strong>" in why


def test_an_outcome_of_a_task_is_said_as_its_author_wrote_it(staff: TestClient, books: Books) -> None:
    with books.db.write() as tx:
        closed = {"outcomes": ["answered", "done"], "status": "closed", "outcome": "answered", "closed_at": NOW}
        tx.execute(tables.tasks.update().where(tables.tasks.c.key == ANSWER).values(**closed))
    event(books, "carla", 9, "answered", NOW, ANSWER, ("bram", None))
    page, story = (staff.get(path, headers=DUTCH).text for path in (f"/tasks/{ANSWER}", "/leads/carla"))
    assert "Gesloten: Answered" in page
    assert "Answered" in story[story.index('id="past"') :]
    assert "Vragenlijst ingevuld" not in page[page.index('id="past"') :]


def test_a_mail_that_waits_for_an_answer_says_which_and_where_it_is(staff: TestClient) -> None:
    page = staff.get(f"/tasks/{ANSWER}").text
    shown = ["Carla Smit", "Wrote back", "What suits your building?", "3 d", "advies@lisveld.example.com", "Dear Carla"]
    assert [words for words in shown if words not in page] == []


def test_where_the_mailbox_is_the_catcher_the_answer_is_one_press_away(staff: TestClient, books: Books) -> None:
    assert "/mails/" not in staff.get(f"/tasks/{ANSWER}").text
    row = {"sender": "carla@example.com", "recipient": "advies@lisveld.example.com", "subject": "Re: survey"}
    books.add(tables.caught, raw=b"Subject: Re: survey\n\nYes", at=NOW, **row)
    assert 'href="/mails/1"' in staff.get(f"/tasks/{ANSWER}").text


def test_a_lead_has_a_page_with_all_of_it(staff: TestClient) -> None:
    page = staff.get("/leads/ann").text
    shown = [f"/handovers/{HANDOVER}", "2 h overdue", "Hand over to sales", "Brochure requested", "Make a quote"]
    assert [words for words in shown if words not in page] == []


def test_the_story_of_a_lead_has_its_steps_its_points_and_what_sales_made_of_it(
    staff: TestClient, books: Books
) -> None:
    given = {"lead_id": "ann", "source": "ann-1/1 wish quote", "because": "survey brochure: wish = quote"}
    for axis, points in (("intent", 30), ("profile", -5)):
        books.add(tables.points, axis=axis, points=points, at=NOW - timedelta(hours=26), **given)
    page = staff.get("/leads/ann").text
    past = re.sub("<[^>]*>", " ", page[page.index('id="past"') :])
    story = [
        "Escalation, rung 1", "told: hanneke@lisveld.example.com (sent)", "Reminder",
        "Handed over to sales", "Points: +30 intent, -5 profile", "What can we do for you now? Make a quote",
        "Filled in the survey", "Came into the flow → Wait 7 days → Send survey, wait 7 days → Hand over to sales",
        "because of “Brochure requested”", "In the flow “Brochure request”", "Brochure requested  ",
    ]  # fmt: skip
    assert [words for words in story if words not in past] == []
    assert [past.index(words) for words in story] == sorted(past.index(words) for words in story)
    past = staff.get("/leads/bas").text
    assert ("Colleagues were asked to do it" in past, "Called, no answer" in past) == (True, True)


def test_the_points_of_a_lead_are_shown_by_reason_and_add_up(staff: TestClient, books: Books) -> None:
    rows = (
        ("opened a mail", "interest", 3), ("opened a mail", "interest", 3), ("is a student", "profile", -30),
        ("told us the job title", "profile", 5), ("looked around", "intent", 4), ("looked around", "intent", -4),
    )  # fmt: skip
    for n, (because, axis, points) in enumerate(rows):
        books.add(tables.points, lead_id="bas", source=f"bas/{n}", axis=axis, points=points, at=NOW, because=because)
    page = staff.get("/leads/bas").text
    shown = " ".join(re.sub("<[^>]*>", " ", page[page.index('id="points"') :].partition("</section>")[0]).split())
    assert "Profile -25 is a student −30 told us the job title +5 Interest 6 opened a mail 2× +6" in shown
    assert "looked around" not in shown, "it came to nothing"


def test_who_is_put_into_a_flow_that_does_not_take_him_is_told_so(staff: TestClient, books: Books) -> None:
    event(books, "bas", 10, "enrol", NOW - 3 * DAY, flow="brochure-request")
    event(books, "bas", 11, "enrol", NOW - DAY, flow="brochure-request")
    event(books, "bas", 12, "enrol", NOW, flow="brochure-request")
    line(books, "bas", "started", NOW - 3 * DAY, by="enrol", flow="brochure-request")
    with books.db.write() as tx:
        its = tables.enrolments.c.id == "bas-1"
        state = tx.execute(select(tables.enrolments.c.state).where(its)).scalar_one()
        tx.execute(tables.enrolments.update().where(its).values(state={**state, "since": 10}))
        tx.execute(tables.leads.update().where(tables.leads.c.id == "bas").values(seen=11))
    past = staff.get("/leads/bas").text
    assert past.count("<span>Put into a flow</span>") == 2  # the first, and the last, which no turn has seen yet
    assert past.count("Not taken into the flow again") == 1


def test_the_first_page_leads_to_each_and_says_how_long_they_wait(staff: TestClient, books: Books) -> None:
    about = {"lead_id": "bas", "enrolment_id": "bas-1", "outcomes": ["done"], "status": "taken", "taken_by": "bram"}
    books.add(tables.tasks, key="bas-1/8", title="Send a sample", opened_at=NOW - timedelta(days=5), **about)
    page = staff.get("/").text
    for path in (f"/handovers/{HANDOVER}", f"/calls/{CALL}", f"/tasks/{ANSWER}", "/tasks/bas-1/8"):
        assert f'href="{path}"' in page
    tasks = page[page.index('<section id="tasks"') : page.index('<section id="calls"')]
    assert tasks.index("Send a sample") < tasks.index("Answer")  # the oldest first
    assert re.findall(r"\d d(?: \d+ h)?", tasks) == ["5 d", "3 d"]
    calls = page[page.index('<section id="calls"') : page.index('<section id="mails"')]
    assert ("els" in calls, "for 5 h" in calls, "2 d" in calls) == (True, True, True)
    assert re.search(r"the oldest waits <span[^>]+>5 d</span>", page[: page.index('<section id="flows"')])


def test_more_than_fit_are_counted_truly(staff: TestClient, books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kweek.web.queries.MOST", 2)
    for n in range(4):
        about = {"lead_id": "bas", "enrolment_id": "bas-1", "outcomes": ["done"], "status": "open", "title": f"T{n}"}
        books.add(tables.tasks, key=f"bas-1/1{n}", opened_at=NOW - timedelta(hours=n), **about)
    page = staff.get("/").text
    assert 'data-count="|tasks">5<' in page
    assert re.search(r"data-beyond>.*Show the first</span> <span data-rows>2<", page)


def test_a_name_that_turns_texts_around_stays_in_its_place(staff: TestClient, books: Books) -> None:
    arabic = "\u0639\u0644\u064a"
    books.lead("rev", name=f"\u202e{arabic}")
    event(books, "rev", 1, "contact.requested", NOW, said=(arabic, "\u202enote"))
    page = staff.get("/leads/rev").text
    assert "\u202e" not in page
    assert f"<bdi>{arabic}</bdi>" in page
    assert f"by \u2068{arabic}\u2069" in page


def test_what_people_wrote_is_shown_and_never_run(staff: TestClient, books: Books) -> None:
    event(books, "ann", 9, "contact.requested", NOW, message="<script>alert(1)</script>")
    press(staff, f"/handovers/{HANDOVER}", "contact", note="<img src=x onerror=alert(1)>")
    for path in (f"/handovers/{HANDOVER}", "/leads/ann"):
        page = staff.get(path).text
        assert "&lt;script&gt;" in page
        assert "&lt;img" in page
        assert "<script>" not in page
        assert "<img src=x" not in page


def test_who_said_who_he_is_need_not_say_it_again(staff: TestClient) -> None:
    assert staff.get(f"/handovers/{HANDOVER}?as=stranger&said=yes").cookies.get("kweek_as") is None
    assert '<button name="said" value="yes">' in staff.get(f"/handovers/{HANDOVER}").text
    assert staff.get(f"/handovers/{HANDOVER}?as=anna&said=yes").cookies.get("kweek_as") == "anna"
    assert 'name="by" value="anna"' in staff.get(f"/handovers/{HANDOVER}").text
