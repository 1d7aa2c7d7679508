"""Is the ledger what the rules reckon? Whatever the order of arrival, whoever looks, however often."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from secrets import token_hex

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from kweek.flow.conditions import parse_condition
from kweek.intake.ears import FlowEars
from kweek.intake.incoming import Incoming, LeadIn
from kweek.intake.record import record
from kweek.leads import tables
from kweek.leads.database import Database
from kweek.leads.points import add_points
from kweek.leads.reckoned import Scores
from kweek.leads.scores import settle
from kweek.leads.traits import set_fields
from kweek.rules.grades import Grades, Points
from kweek.rules.scoring import Did, Rule, reckon
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


def test_what_flows_and_surveys_gave_is_nobody_elses(database: Database) -> None:
    lead = a_lead(database)
    with database.lead_tx(lead) as tx:
        add_points(tx, lead, "e-1/1", {"intent": 15}, "opened the calculator", NOW, Grades())
        assert not settle(tx, Scores(()), lead, NOW)
    assert points_of(database, lead) == Points(intent=15)
