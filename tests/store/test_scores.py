"""Is the ledger what the rules reckon? Whatever the order of arrival, whoever looks, however often."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from secrets import token_hex
from types import SimpleNamespace
from typing import cast
from unittest.mock import Mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.event import listen

from activities.desk import Desks
from kweek.flow.answers import Answers
from kweek.flow.catalogue import ScoringRule
from kweek.flow.conditions import parse_condition
from kweek.flow.lint.gather import OWN_DATA
from kweek.flow.lint.names import Names
from kweek.flow.lint.report import Report
from kweek.flow.lint.scoring import lint_scoring
from kweek.flow.problems import Located, Position
from kweek.flow.state import Effect
from kweek.flow.words import BUILT_IN, GRADE_CHANGED, LEAD_RECEIVED
from kweek.intake.ears import FlowEars
from kweek.intake.fates import tell_flow
from kweek.intake.hooks import Hooks
from kweek.intake.incoming import Incoming, LeadIn
from kweek.intake.record import record
from kweek.intake.rescoring import rescore
from kweek.leads import tables
from kweek.leads.database import Database
from kweek.leads.ledger import Result
from kweek.leads.points import add_points
from kweek.leads.reckoned import Scores
from kweek.leads.scores import settle
from kweek.leads.traits import set_fields
from kweek.rulebook import RulesNow
from kweek.rules.grades import Grades, Points
from kweek.rules.scoring import COUNTS, Did, Rule, reckon
from kweek.rules.wall import zone
from tests.store.making import NOW, a_lead
from tests.unit.test_scoring import known, lives, rules, total

ZONE = "Europe/Amsterdam"


def tell(db: Database, lead: str, did: Did, scores: Scores) -> None:
    incoming = Incoming(f"{lead}/{did.id}", did.kind, did.at, LeadIn(id=lead), did.data)
    record(db, incoming, NOW + timedelta(days=200), FlowEars(scores=scores))


def points_of(db: Database, lead: str) -> Points:
    with db.read() as read:
        row = read.execute(select(tables.leads).where(tables.leads.c.id == lead)).one()
    return Points(row.points_profile, row.points_intent, row.points_interest)


def ledger(db: Database, lead: str) -> list[tuple[str, str, int]]:
    p = tables.points.c
    with db.read() as read:
        found = read.execute(select(p.rule, p.about, p.points).where(p.lead_id == lead).order_by(p.id))
        return [(row.rule, row.about, row.points) for row in found]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rules=rules, life=lives, data=st.data())
def test_any_order_of_arrival_gives_what_is_reckoned(
    database: Database, rules: Sequence[Rule], life: list[Did], data: st.DataObject
) -> None:
    lead = a_lead(database, token_hex(4))
    scores = Scores(tuple(rules), timezone=ZONE)
    now = NOW + timedelta(days=200)
    for did in data.draw(st.permutations(life)):
        tell(database, lead, did, scores)
    with database.lead_tx(lead) as tx:
        settle(tx, scores, lead, now)
        assert not settle(tx, scores, lead, now), "twice is once"
    there = [Did(f"{lead}/{did.id}", did.kind, did.at, did.data) for did in life]
    assert points_of(database, lead) == total(reckon(rules, there, known(), now, zone(ZONE)))


VIEW = Rule("view", "looked around", "interest", 2, "page.viewed", at_most=3)
TITLE = Rule("title", "told us the job title", "profile", 5, condition=parse_condition("known(lead.job_title)"))


def looked(name: str, hours: int) -> Did:
    return Did(name, "page.viewed", NOW + timedelta(hours=hours))


def test_a_late_event_takes_the_room_of_another_and_no_row_is_changed(database: Database) -> None:
    lead, scores = a_lead(database), Scores((VIEW,))
    for did in (looked("second", 2), looked("third", 3)):
        tell(database, lead, did, scores)
    assert ledger(database, lead) == [("view", "lead/second", 2), ("view", "lead/third", 1)]
    tell(database, lead, looked("first", 1), scores)
    assert ledger(database, lead)[2:] == [
        ("view", "lead/first", 2), ("view", "lead/second", -1), ("view", "lead/third", -1),
    ]  # fmt: skip
    assert points_of(database, lead) == Points(interest=3)


def test_what_becomes_known_and_what_is_forgotten(database: Database) -> None:
    lead, ears = a_lead(database), FlowEars(scores=Scores((TITLE,)))
    for n, title in enumerate(("grower", "head grower")):
        said = LeadIn(id=lead, profile={"job_title": title})
        record(database, Incoming(f"e{n}", "sent", NOW, said), NOW, ears)
    assert ledger(database, lead) == [("title", "", 5)]
    with database.lead_tx(lead) as tx:
        set_fields(tx, lead, {"job_title": None})
        assert settle(tx, ears.scores, lead, NOW)
    assert ledger(database, lead) == [("title", "", 5), ("title", "", -5)]
    assert points_of(database, lead) == Points()


def test_a_rule_that_went_takes_back_what_it_gave_and_comes_again(database: Database) -> None:
    lead = a_lead(database)
    tell(database, lead, looked("only", 1), Scores((VIEW,)))
    for now_there_are, points in (((), 0), ((VIEW,), 2), ((VIEW,), 2)):
        with database.lead_tx(lead) as tx:
            settle(tx, Scores(now_there_are), lead, NOW)
        assert points_of(database, lead) == Points(interest=points)
    assert ledger(database, lead) == [("view", "lead/only", 2), ("view", "lead/only", -2), ("view", "lead/only", 2)]


def test_the_same_event_again_gives_nothing(database: Database) -> None:
    lead, plain = a_lead(database), Scores((Rule("view", "looked", "interest", 2, "page.viewed"),))
    for _ in range(2):
        tell(database, lead, looked("only", 1), plain)
    assert ledger(database, lead) == [("view", "lead/only", 2)]


def let_through() -> list[str]:
    """Kinds of events for which the linter lets a rule give points."""
    names = Names(events={**OWN_DATA, "download.taken": {}})

    def sound(kind: str) -> bool:
        here = Position(1, 1)
        rule = ScoringRule(Located("r", here, here), "r", "interest", 1, Located(kind, here, here))
        lint_scoring((rule,), names, report := Report("rules/scoring.yaml", []))
        return not report.problems

    return [kind for kind in (*BUILT_IN, *names.events, "enrol", "merged", "goal") if sound(kind)]


KINDS = let_through()
OWN_WAY: tuple[Result, ...] = ("sent", "bounced", "undelivered", "blocked")
"""What comes of a mail is told by whoever sends it; all else is recorded."""
EVERYTHING = Hooks({GRADE_CHANGED: {}})
"""Somebody hears of every grade."""


def test_points_may_be_given_for_all_but_what_follows_from_points() -> None:
    assert {*BUILT_IN, LEAD_RECEIVED} <= set(KINDS)
    assert not {GRADE_CHANGED, "enrol", "merged", "goal"} & set(KINDS)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_whatever_kind_a_rule_is_about_rescoring_finds_what_stands(database: Database, data: st.DataObject) -> None:
    lead, now = a_lead(database, token_hex(4)), NOW + timedelta(days=200)
    about = data.draw(st.lists(st.sampled_from(KINDS), unique=True, min_size=1, max_size=4))
    given = [
        Rule(
            kind, kind, "interest", data.draw(st.sampled_from([-7, 9])), kind, counts=data.draw(st.sampled_from(COUNTS))
        )
        for kind in about
    ]
    heard = FlowEars(scores=Scores(tuple(given)), hooks=EVERYTHING)
    for n, kind in enumerate(data.draw(st.lists(st.sampled_from([*about, *OWN_WAY]), max_size=6))):
        at = NOW + timedelta(days=data.draw(st.integers(0, 30)))
        if kind in OWN_WAY:
            with database.lead_tx(lead) as tx:
                tell_flow(tx, lead, f"{lead}-1/{n}", kind, at, heard, heard_at=now)
        else:
            record(database, Incoming(f"{lead}/{n}", kind, at, LeadIn(id=lead)), now, heard)
    live = points_of(database, lead)
    for _ in range(2):
        list(rescore(database, heard, "", lambda: now))
        assert points_of(database, lead) == live


def test_what_comes_of_a_mail_is_worth_what_the_rules_say_and_moves_the_grade(database: Database) -> None:
    lead = a_lead(database)
    gone = Rule("gone", "its address is dead", "interest", 10, "bounced")
    with database.lead_tx(lead) as tx:
        for _ in range(2):  # told twice is once
            tell_flow(tx, lead, f"{lead}-1/1", "bounced", NOW, FlowEars(scores=Scores((gone,)), hooks=EVERYTHING))
    assert ledger(database, lead) == [("gone", f"{lead}-1/1/bounced", 10)]
    assert points_of(database, lead) == Points(interest=10)
    with database.read() as read:
        kinds = read.execute(select(tables.events.c.kind).order_by(tables.events.c.seq)).scalars().all()
        row = read.execute(select(tables.leads)).one()
    assert (kinds, row.seq, row.graded) == (["bounced", GRADE_CHANGED], 2, "C3")


def test_where_no_rule_is_about_it_nothing_is_read(database: Database) -> None:
    lead, said = a_lead(database), list[str]()
    with database.lead_tx(lead) as tx:
        listen(tx, "before_cursor_execute", lambda *args: said.append(args[2].split()[0]))
        tell_flow(tx, lead, f"{lead}-1/1", "sent", NOW, FlowEars(scores=Scores((VIEW, TITLE))))
    assert said == ["UPDATE", "INSERT", "UPDATE"]


def test_a_call_that_cannot_be_made_is_scored_as_well(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    lead = a_lead(database)
    ears = FlowEars(scores=Scores((Rule("mute", "has no number", "profile", -5, "blocked"),)))
    monkeypatch.setattr("activities.desk.open_call_task", Mock(return_value="no number"))
    desks = Desks(cast("RulesNow", lambda: SimpleNamespace(ears=ears)), str)
    with database.lead_tx(lead) as tx:
        effect = Effect(f"{lead}-1/1", "open_call_task", f"{lead}-1", "steps/call", {})
        assert desks.apply(tx, lead, effect, NOW, cast("Answers", None))
    assert points_of(database, lead) == Points(profile=-5)


def test_what_flows_and_surveys_gave_is_nobody_elses(database: Database) -> None:
    lead = a_lead(database)
    with database.lead_tx(lead) as tx:
        add_points(tx, lead, "e-1/1", {"intent": 15}, "opened the calculator", NOW, Grades())
        assert not settle(tx, Scores(()), lead, NOW)
    assert points_of(database, lead) == Points(intent=15)
