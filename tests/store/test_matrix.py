"""What follows from a grade: is a lead in the flow that its cell names, once, however it came to that grade?"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from activities.fading import Fading
from kweek.flow.conditions import parse_condition
from kweek.flow.load.surveys import load_survey
from kweek.intake.check_lead import Vocabulary
from kweek.intake.ears import FlowEars
from kweek.intake.incoming import Incoming, LeadIn
from kweek.intake.record import record
from kweek.intake.rescoring import rescore
from kweek.intake.surveys.asking import Answer
from kweek.intake.surveys.submit import Invitation, submit
from kweek.leads import tables
from kweek.leads.database import Database
from kweek.leads.publish import publish
from kweek.leads.reckoned import Scores
from kweek.rules.grades import Grades
from kweek.rules.scoring import Rule
from kweek.web import course
from kweek.web.rules import WorkspaceRules
from kweek.words import Tongue
from tests.engine.house import House, build
from tests.store.making import NOW, a_lead
from worker import Hands, hands_of
from workflows.messages import TurnInput

DAY = timedelta(days=1)
TOOK = Rule("took", "took a download", "interest", 10, "download.taken")
ASKED = Rule("asked", "asked for contact", "intent", 30, "contact.requested", fades=15)
EARS = FlowEars(scores=Scores((TOOK, ASKED), matrix={"C1": "hot", "C2": "warm", "C3": "warm", "D4": "gone"}))
FLOW = "flow: {0}\ntitle: {0}\nstart: manual\nsteps:\n  - end: done\n"


@pytest.fixture
def books(database: Database) -> Database:
    for flow in ("hot", "warm"):
        publish(database, {f"flows/{flow}.yaml": FLOW.format(flow)}, flow, "me", NOW)
    return database


def happens(db: Database, lead: str, kind: str, n: int = 1, at: datetime = NOW, ears: FlowEars = EARS) -> None:
    record(db, Incoming(f"{lead}/{kind}/{n}", kind, at, LeadIn(id=lead)), at, ears)


def enrolled(db: Database) -> list[tuple[str, Any, Any]]:
    e = tables.events.c
    with db.read() as read:
        rows = read.execute(select(e.lead_id, e.data).where(e.kind == "enrol").order_by(e.lead_id, e.seq)).all()
    return [(row.lead_id, row.data["grade"], row.data["flow"]) for row in rows]


def bells(db: Database) -> int:
    with db.read() as read:
        return len(read.execute(select(tables.outbox.c.seq)).all())


def test_it_enters_in_the_transaction_that_tells_the_grade(books: Database) -> None:
    lead = a_lead(books)
    happens(books, lead, "download.taken")
    assert (enrolled(books), bells(books)) == ([(lead, "C3", "warm")], 1)
    happens(books, lead, "download.taken")  # the same event again
    assert (enrolled(books), bells(books)) == ([(lead, "C3", "warm")], 1)
    happens(books, lead, "contact.requested")
    assert enrolled(books) == [(lead, "C3", "warm"), (lead, "C1", "hot")]
    with books.read() as read:
        events = read.execute(select(tables.events.c.seq, tables.events.c.kind).order_by(tables.events.c.seq)).all()
        assert read.execute(select(tables.leads.c.seq)).scalar_one() == 4
    assert [(row.seq, row.kind) for row in events] == [
        (1, "download.taken"), (2, "enrol"), (3, "contact.requested"), (4, "enrol"),
    ]  # fmt: skip


def test_what_follows_from_an_event_that_comes_late_follows_when_we_hear_of_it(books: Database) -> None:
    lead, long_ago = a_lead(books), NOW - 60 * DAY
    record(books, Incoming("late", "download.taken", long_ago, LeadIn(id=lead)), NOW, EARS)
    e, p = tables.events.c, tables.points.c
    with books.read() as read:
        found = read.execute(select(e.kind, e.at).order_by(e.seq)).all()
        assert read.execute(select(p.at)).scalar_one() == long_ago, "its points are of the moment at which it happened"
    assert [tuple(row) for row in found] == [("download.taken", long_ago), ("enrol", NOW)]


def test_who_stays_at_its_grade_enters_nothing(books: Database) -> None:
    lead = a_lead(books)
    happens(books, lead, "page.viewed")
    happens(books, lead, "download.taken")
    happens(books, lead, "page.viewed", 2)
    assert enrolled(books) == [(lead, "C3", "warm")]


STUDENT = Rule("student", "is a student", "profile", -30, condition=parse_condition('lead.job_title == "student"'))
HASTY = FlowEars(scores=Scores((ASKED, STUDENT), matrix={"C1": "hot", "C2": "hot", "D2": "warm"}))
SURVEY = """\
survey: hasty
title: { en: Hasty }
questions:
  - ask: wish
    type: choice
    text: { en: "What would you like?" }
    options:
      quote: { en: A quote }
    points:
      quote: { intent: 5 }
    raises:
      quote: contact.requested
  - ask: role
    type: text
    text: { en: "What do you do?" }
    fills: lead.job_title
"""


def test_all_answers_of_a_survey_bring_it_to_its_grade_at_once(books: Database) -> None:
    lead, (survey, problems) = a_lead(books), load_survey(SURVEY, "surveys/hasty.yaml", ("en",))
    assert survey is not None
    assert not problems
    invited = Invitation("m/1", lead, "ask", "en", None, answered=False)
    answers: dict[str, Answer] = {"wish": "quote", "role": "student"}
    assert submit(books, survey, invited, answers, NOW, words=Vocabulary(), grades=Grades(), ears=HASTY)
    assert enrolled(books) == [(lead, "D2", "warm")], "a student who wants a quote is no hot lead for a moment"
    assert not submit(books, survey, invited, answers, NOW, words=Vocabulary(), grades=Grades(), ears=HASTY)
    with books.read() as read:
        kinds = read.execute(select(tables.events.c.kind).order_by(tables.events.c.seq)).scalars().all()
    assert kinds == ["contact.requested", "answered", "enrol"]


def test_a_flow_that_nobody_published_takes_nobody_in(books: Database) -> None:
    student = Rule("student", "is a student", "profile", -30, "student.said")
    happens(books, a_lead(books), "student.said", ears=FlowEars(scores=Scores((student,), matrix=EARS.scores.matrix)))
    assert (enrolled(books), bells(books)) == ([], 0)


def test_fading_brings_it_there_too(books: Database) -> None:
    lead = a_lead(books)
    happens(books, lead, "contact.requested")
    assert enrolled(books) == [(lead, "C2", "warm")]
    fading = Fading(books, lambda: EARS)
    fading.fade(NOW, NOW + 7 * DAY)
    fading.fade(NOW, NOW + 7 * DAY)  # looked at twice
    assert enrolled(books) == [(lead, "C2", "warm"), (lead, "C3", "warm")]


def test_rescoring_brings_it_there_too(books: Database) -> None:
    leads = [a_lead(books, f"lead-{n}") for n in range(3)]
    for lead in leads[:2]:
        happens(books, lead, "download.taken", ears=FlowEars(scores=Scores((TOOK,))))
    assert enrolled(books) == []
    other = FlowEars(scores=Scores((TOOK,), Grades(engagement=(10, 5, 1)), matrix=EARS.scores.matrix))
    for _ in range(2):
        [_] = rescore(books, other, "", lambda: NOW + DAY)
    assert enrolled(books) == [(lead, "C1", "hot") for lead in leads[:2]]
    assert bells(books) == 2


# --- the real turn, and the flows that ship ------------------------------------------------------------


@contextmanager
def shipped(folder: Path, url: str) -> Generator[tuple[House, Hands]]:
    house = build(folder, url=url)
    hands = hands_of(house.settings)
    try:
        yield house, hands
    finally:
        hands.close()
        house.close()


def test_the_best_are_with_sales_the_same_minute(tmp_path: Path, database_url: str) -> None:
    with shipped(tmp_path, database_url) as (house, hands):
        at, points = house.clock.anchor_flow, {"points_profile": 20, "points_interest": 39}
        lead = house.lead("best", profile="A", engagement=2, graded="A2", **points)
        house.happens(lead, "download.taken", at)
        hands.turns.turn(TurnInput(lead, 0, house.clock.real(at)))
        [handover] = house.rows(select(tables.handovers))
        assert (handover.lead_id, handover.team, handover.status) == (lead, "sales", "open")
        assert handover.given_at - at < timedelta(minutes=1)
        assert house.step(lead) == "sales/handover-sales"
        # whoever asks for us then, has one adviser: the second handover joins the first, and A1 is no news any more
        house.happens(lead, "contact.requested", at)
        hands.turns.turn(TurnInput(lead, 1, house.clock.real(at)))
        walks = house.rows(select(tables.enrolments.c.flow).order_by(tables.enrolments.c.id))
        assert [row.flow for row in walks] == ["hot-lead", "contact-request"]
        assert len(house.rows(select(tables.handovers))) == 1


def test_the_story_says_which_grade_put_it_into_the_flow(tmp_path: Path, database_url: str) -> None:
    """A student with another job title, who asks for contact at once: one turn hears of both grades."""
    with shipped(tmp_path, database_url) as (house, hands):
        at = house.clock.anchor_flow
        lead = house.lead("student")
        for grade in ("B2", "B1"):
            house.happens(lead, "enrol", at, {"flow": "long-term", "grade": grade})
            at += timedelta(seconds=1)
        hands.turns.turn(TurnInput(lead, 0, house.clock.real(at)))
        with house.database.read() as read:
            rules = WorkspaceRules(house.settings.workspace, house.database)
            story = course.of_lead(read, Tongue("en"), lead, rules, only="did").lines
    told = [(line.words, line.more[-1]) for line in story]
    assert told == [
        ("Not taken into the flow again: it was in it, or not long enough ago", "it came to B1"),
        ("Put into a flow", "it came to B2"),
    ]
