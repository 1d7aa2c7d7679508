"""What are answers worth? Those of the last one to each question, whichever way, whenever and as whom it was said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from kweek.flow.catalogue import Hook
from kweek.flow.conditions import parse_condition
from kweek.flow.load.surveys import load_survey
from kweek.flow.problems import Located, Position
from kweek.intake.check_lead import Vocabulary
from kweek.intake.ears import FlowEars
from kweek.intake.hooks import hooks_of
from kweek.intake.merging.merge import Merged, merge
from kweek.intake.merging.unmerge import unmerge
from kweek.intake.surveys.asking import Answer
from kweek.intake.surveys.submit import Heard, Invitation, keep_answers, submit
from kweek.intake.surveys.withdrawn import LeftOpen
from kweek.intake.surveys.worth import options_of
from kweek.leads import tables
from kweek.leads.database import Database
from kweek.leads.enrolments import lead_row
from kweek.leads.facts import Rules
from kweek.leads.merged import living
from kweek.leads.points import sums_of
from kweek.leads.reckoned import Scores
from kweek.rules.grades import Grades, Points
from kweek.rules.scoring import Rule
from kweek.web import points
from tests.store.making import NOW, a_lead

HOUR: Final = timedelta(hours=1)
TEXT: Final = """
survey: talk
title: { en: Talk }
questions:
  - ask: budget
    text: { en: Budget }
    type: choice
    options: { reserved: { en: Reserved }, planned: { en: Planned }, none: { en: None } }
    points:
      reserved: { intent: 20, profile: 1 }
      planned: { intent: 10 }
      none: { intent: -5 }
  - ask: wants
    text: { en: Wants }
    type: several
    options: { sample: { en: A sample }, visit: { en: A visit } }
    points:
      sample: { interest: 3 }
      visit: { interest: 4 }
"""
RAISING: Final = """
survey: raising
title: { en: Raising }
questions:
  - ask: wish
    text: { en: Wish }
    type: choice
    options: { quote: { en: A quote } }
    raises: { quote: quote.requested }
  - ask: role
    text: { en: Role }
    type: text
    fills: lead.job_title
"""
SURVEY, _ = load_survey(TEXT, "surveys/talk.yaml", ("en",))
assert SURVEY is not None
WORTH: Final = {question.name.value: question.points for question in SURVEY.questions}
HOUSE: Final[dict[str, Any]] = {"words": Vocabulary(), "grades": Grades(), "ears": FlowEars()}


def says(
    db: Database, key: str, answers: Mapping[str, Answer], at: datetime = NOW, left: LeftOpen | None = None
) -> None:
    """On the page of a mail: the key begins with whose it is."""
    assert SURVEY is not None
    invited = Invitation(key, key.rpartition("-")[0], "ask", "en", None, answered=False)
    assert submit(db, SURVEY, invited, answers, at, **HOUSE, left=left)


def tells(db: Database, key: str, answers: Mapping[str, Answer], at: datetime = NOW) -> None:
    """A colleague, who calls."""
    assert SURVEY is not None
    with db.lead_tx(lead := key.rpartition("-")[0]) as tx:
        keep_answers(tx, lead, SURVEY, answers, Heard(key, "call", "en", at, "anna"), **HOUSE)


def points_of(db: Database, lead: str) -> Points:
    """The columns of its row, which are the sums of its ledger."""
    with db.read() as read:
        row = read.execute(select(tables.leads).where(tables.leads.c.id == lead)).one()
        found = Points(row.points_profile, row.points_intent, row.points_interest)
        assert sums_of(read, lead) == found
    return found


def given_of(db: Database, lead: str) -> list[int]:
    p = tables.points.c
    with db.read() as read:
        return list(read.execute(select(p.points).where(p.lead_id == lead).order_by(p.id)).scalars())


@pytest.mark.parametrize("again", [says, tells])
def test_the_same_answers_again_are_worth_no_more(database: Database, again: Any) -> None:
    lead = a_lead(database)
    says(database, f"{lead}-1/1", {"budget": "planned", "wants": ["sample"]})
    again(database, f"{lead}-1/2", {"budget": "planned", "wants": ["sample"]}, NOW + HOUR)
    assert points_of(database, lead) == Points(intent=10, interest=3)
    assert given_of(database, lead) == [10, 3]


def test_another_answer_takes_back_what_the_one_before_gave_by_a_row_of_its_own(database: Database) -> None:
    lead = a_lead(database)
    says(database, f"{lead}-1/1", {"budget": "reserved"})
    tells(database, f"{lead}-1/2", {"budget": "none"}, NOW + HOUR)
    assert given_of(database, lead) == [20, 1, -20, -1, -5]
    assert points_of(database, lead) == Points(intent=-5)
    with database.read() as read:
        [column] = points.columns(read, lead)
    assert [(one.because, one.points, one.times) for one in column.reasons] == [("survey talk: budget = none", -5, 1)]


def test_in_one_call_an_answer_may_change_to_and_fro(database: Database) -> None:
    lead = a_lead(database)
    for budget in ("planned", "none", "planned", "none", "planned"):
        tells(database, f"{lead}-1/1", {"budget": budget})
    assert points_of(database, lead) == Points(intent=10)
    with database.read() as read:
        [column] = points.columns(read, lead)
    assert [(one.points, one.times) for one in column.reasons] == [(10, 1)]


def test_what_is_heard_late_does_not_count(database: Database) -> None:
    lead = a_lead(database)
    says(database, f"{lead}-1/1", {"budget": "none"}, NOW + HOUR)
    tells(database, f"{lead}-1/2", {"budget": "reserved", "wants": ["visit"]})
    assert points_of(database, lead) == Points(intent=-5, interest=4), "nobody had asked what it wants"
    with database.read() as read:
        said = {row.question: row.value for row in read.execute(select(tables.answers))}
    assert said == {"budget": "none", "wants": ["visit"]}


def test_all_that_is_told_of_one_submission_tells_of_one_grade(database: Database) -> None:
    survey, _ = load_survey(RAISING, "surveys/raising.yaml", ("en",))
    assert survey is not None
    lead, kinds = a_lead(database), ("quote.requested", "answered", "grade.changed")
    rules = (Rule("title", "", "profile", 30, condition=parse_condition("known(lead.job_title)")),)
    scores = Scores((*rules, Rule("asked", "", "intent", 50, "quote.requested")))
    place = Position(1, 1)
    sends, hears = (tuple(Located(word, place, place) for word in words) for words in (("lead.grade",), kinds))
    hooks = hooks_of({"crm": Hook("https://crm.example/", sends, hears)}, Rules(scores.grades))
    invited = Invitation(f"{lead}-1/1", lead, "ask", "en", None, answered=False)
    answers: Mapping[str, Answer] = {"wish": "quote", "role": "Director"}
    house: dict[str, Any] = {**HOUSE, "ears": FlowEars(scores, hooks=hooks)}
    submit(database, survey, invited, answers, NOW, **house)
    with database.read() as read:
        bodies = list(read.execute(select(tables.deliveries.c.body).order_by(tables.deliveries.c.id)).scalars())
        row = lead_row(read, lead)
    assert [body["type"] for body in bodies] == list(kinds)
    assert {body["data"]["lead"]["grade"] for body in bodies} == {f"{row.profile}{row.engagement}"}


def test_what_is_emptied_is_worth_nothing_any_more_and_may_be_said_again(database: Database) -> None:
    lead = a_lead(database)
    says(database, f"{lead}-1/1", {"budget": "planned", "wants": ["sample", "visit"]})
    says(database, f"{lead}-1/2", {"budget": "planned"}, NOW + HOUR, LeftOpen(emptied=["wants"]))
    assert points_of(database, lead) == Points(intent=10)
    assert given_of(database, lead) == [10, 3, 4, -3, -4]
    with database.read() as read:
        assert [row.question for row in read.execute(select(tables.answers))] == ["budget"]
    says(database, f"{lead}-1/3", {"wants": ["visit"]}, NOW + 2 * HOUR)
    assert points_of(database, lead) == Points(intent=10, interest=4)


def test_what_a_colleague_heard_is_withdrawn_only_by_whoever_saw_it(database: Database) -> None:
    lead = a_lead(database)
    tells(database, f"{lead}-1/1", {"wants": ["visit"]})
    says(database, f"{lead}-1/2", {"budget": "none"}, NOW + HOUR, LeftOpen(unasked=["wants"]))
    assert points_of(database, lead) == Points(intent=-5, interest=4)
    says(database, f"{lead}-1/3", {"budget": "none"}, NOW + 2 * HOUR, LeftOpen(emptied=["wants"]))
    assert points_of(database, lead) == Points(intent=-5)


def test_of_two_who_are_one_the_last_answer_counts_once_until_they_are_two_again(database: Database) -> None:
    first, second = a_lead(database, "a", created_at=NOW - HOUR), a_lead(database, "b")
    says(database, f"{first}-1/1", {"budget": "reserved", "wants": ["visit"]})
    says(database, f"{second}-1/1", {"budget": "planned", "wants": ["visit"]}, NOW + HOUR)
    merged = join(database, first, second)
    assert merged.kept == first
    assert points_of(database, first) == Points(intent=10, interest=4)
    says(database, f"{first}-1/2", {"budget": "none"}, NOW + 2 * HOUR)
    unmerge(database, merged.id, "bob", NOW + 3 * HOUR, FlowEars())
    assert points_of(database, first) == Points(intent=-5, interest=4)
    assert points_of(database, second) == Points(intent=10, interest=4)


def join(db: Database, one: str, other: str) -> Merged:
    return merge(db, one, other, {}, "bob", NOW + 9 * HOUR, FlowEars(), str)


_budgets = st.sampled_from(["reserved", "planned", "none"])
_wants = st.lists(st.sampled_from(["sample", "visit"]), unique=True, min_size=1)
_answers = st.fixed_dictionaries({}, optional={"budget": _budgets, "wants": _wants}).filter(bool)
_deeds = st.one_of(
    st.tuples(st.sampled_from([says, tells]), st.integers(0, 1), _answers, st.integers(0, 8)), st.just("merge")
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(deeds=st.lists(_deeds, max_size=10))
def test_whatever_is_said_and_whoever_is_one_the_sum_is_what_the_answers_are_worth(
    database: Database, deeds: list[Any]
) -> None:
    both = [a_lead(database, token_hex(4)) for _ in range(2)]
    merged: Merged | None = None
    for n, deed in enumerate(deeds):
        if deed != "merge":
            way, which, answers, hours = deed
            if way is says or merged is None:  # who is gone is not called
                way(database, f"{both[which]}-1/{n}", answers, NOW + hours * HOUR)
        elif merged is None:
            merged = join(database, *both)
        else:
            unmerge(database, merged.id, "bob", NOW + 9 * HOUR, FlowEars())
            merged = None
        for lead in both:
            is_worth_its_answers(database, lead)


def is_worth_its_answers(db: Database, lead: str) -> None:
    with db.read() as read:
        if living(read, lead) != lead:
            return
    points_of(db, lead)
    with db.read() as read:
        for said in read.execute(select(tables.answers).where(tables.answers.c.lead_id == lead)).all():
            due: dict[str, int] = {}
            for option in options_of(said.value):
                for axis, more in WORTH[said.question].get(option, {}).items():
                    due[axis] = due.get(axis, 0) + more
            p = tables.points.c
            rows = select(p.axis, p.points).where(p.lead_id == lead, p.because.contains(f": {said.question} = "))
            stands: dict[str, int] = {}
            for axis, more in read.execute(rows):
                stands[axis] = stands.get(axis, 0) + more
            assert {axis: more for axis, more in stands.items() if more} == due
