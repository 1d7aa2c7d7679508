"""Do conditions see what the rows say? Fields of every kind, counts, mails, and what is not known."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, insert

from kweek.flow.conditions import parse_condition
from kweek.flow.conditions.schema import FieldType
from kweek.flow.state import Enrolment, Event
from kweek.flow.world import World
from kweek.leads import tables
from kweek.leads.answers import RowAnswers
from kweek.leads.database import Database
from kweek.leads.events import append
from kweek.leads.facts import RowFacts
from kweek.leads.points import add_points
from kweek.leads.publish import pause, publish
from kweek.leads.traits import set_fields
from kweek.rules.grades import Grades
from kweek.rules.qualification import Disqualifier, Need, SalesReady
from tests.store.making import NOW, a_lead

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
READY = SalesReady(
    needs=(Need("budget", parse_condition("bant.budget >= 10000")),),
    disqualified=(Disqualifier("student", parse_condition('matches(lead.job_title, "*student*")')),),
)
WORLD = World({}, sales_ready=READY, timezone="Europe/Amsterdam")
TYPES = {"lead.contract_end": FieldType("date"), "survey.brochure.when": FieldType("date")}

EXPECTED = {
    'lead.job_title == "Buyer"': True,
    'lead.profile == "A" and lead.engagement == 3 and lead.grade == "A3"': True,
    "lead.score.profile == 25 and lead.score.intent == 0 and lead.score.interest == 12": True,
    'lead.stage == "suspect"': True,
    'lead.sector == "steel"': True,
    'lead.contract_end > "2026-05-01" and days_until(lead.contract_end) == 91': True,
    "known(lead.phone)": False,
    'lead.phone == "1"': None,
    'company.name == "Acme" and company.size > 40 and company.colour == "red"': True,
    'bant.budget == 20000 and not known(bant.need)': True,
    "lead.sales_ready": True,
    'survey.brochure.wish == "call" and "price" in survey.brochure.topics': True,
    'survey.brochure.when == "2026-06-01"': True,
    'campaign.name == "fair"': True,
    'handover.reason == "too early" and handover.later_on == "2026-09-01"': True,
    'event.webinar == "spring"': True,
    'today == "2026-03-02"': True,
    'count("page.viewed") == 3 and count("page.viewed", "2 days") == 2 and count("page.viewed", "1 day") == 1': True,
    'happened("page.viewed", "2 hours")': True,
    'happened("quote.requested")': False,
    'days_since("page.viewed") == 0': True,
    'days_since("quote.requested") > 3': None,
    'opened("survey") and clicked("survey") and clicked("survey", "book-a-demo")': True,
    'clicked("survey", "other") or opened("other") or clicked("other")': False,
    'tagged("warm") and not tagged("cold")': True,
}  # fmt: skip


@pytest.mark.parametrize("condition", EXPECTED)
def test_a_condition_sees_the_rows(database: Database, condition: str) -> None:
    fill(database)
    with database.lead_tx("lead") as tx:
        answers = RowAnswers(tx, "lead", NOW, WORLD, TYPES)
        facts = answers.facts(None, Event(9, "webinar.registered", NOW, data={"webinar": "spring"}))
        assert parse_condition(condition).test(facts) is EXPECTED[condition]


def fill(database: Database) -> None:
    with database.write() as tx:
        company = {"id": "acme", "name": "Acme", "name_key": "acme", "size": 50, "fields": {"colour": "red"}}
        tx.execute(insert(tables.companies).values(**company))
    a_lead(database, job_title="Buyer", company_id="acme", campaign="fair")
    with database.lead_tx("lead") as tx:
        add_points(tx, "lead", "x/1", {"profile": 25, "interest": 12}, "visit", NOW, Grades())
        set_fields(tx, "lead", {"sector": "steel", "lead.contract_end": date(2026, 6, 1)})
        rows = {"lead_id": "lead", "source": "x", "at": NOW}
        tx.execute(insert(tables.bant).values(fact="budget", value=20000, **rows))
        tx.execute(insert(tables.bant).values(fact="need", value="yes", expires_at=NOW - MINUTE, **rows))
        for question, value in {"wish": "call", "topics": ["price", "time"], "when": "2026-06-01"}.items():
            tx.execute(insert(tables.answers).values(survey="brochure", question=question, value=value, **rows))
        tx.execute(insert(tables.tags).values(lead_id="lead", tag="warm"))
        mail(tx, "lead-1/1", "survey")
        for n, ago in enumerate((MINUTE, 2 * DAY, 2 * DAY + MINUTE)):
            append(tx, "lead", f"view-{n}", "page.viewed", NOW - ago, recorded_at=NOW)
        append(tx, "lead", "click", "clicked", NOW, "lead-1/1", {"link": "book-a-demo"}, recorded_at=NOW)
        later = {"reason": "too early", "later_on": "2026-09-01"}
        append(tx, "lead", "lost", "lost", NOW, "lead-1/2", {"reason": "price"}, recorded_at=NOW)
        append(tx, "lead", "later", "later", NOW, "lead-1/3", later, recorded_at=NOW)


def mail(tx: Connection, key: str, name: str) -> None:
    row = {"key": key, "lead_id": "lead", "mail": name, "audience": "lead", "kind": "marketing", "status": "sent"}
    tx.execute(insert(tables.mails).values(**row, claimed_at=NOW - DAY))


def test_a_disqualified_lead_is_not_ready_and_one_without_facts_is_unknown(database: Database) -> None:
    a_lead(database, "unknown")
    a_lead(database, "student", job_title="PhD student")
    with database.write() as tx:
        assert RowAnswers(tx, "unknown", NOW, WORLD).facts(None).field("lead.sales_ready") is None
        assert RowAnswers(tx, "unknown", NOW, WORLD).facts(None).field("lead.disqualified") is False
        assert RowAnswers(tx, "student", NOW, WORLD).facts(None).field("lead.sales_ready") is False
        assert RowAnswers(tx, "student", NOW, WORLD).facts(None).field("lead.disqualified") is True


HITS = {
    "nothing, and no consent to look": ([], None, False, {"unclear"}),
    "nothing, though it could be seen": ([], None, True, set[str]()),
    "a machine, though people could be seen": ([], "machine", True, {"unclear"}),
    "opened": (["opened"], "machine", True, {"opened"}),
    "clicked": (["clicked"], None, False, {"opened", "clicked"}),
    "answered": (["answered"], None, False, {"opened", "clicked", "answered"}),
    "never got through": (["undelivered"], None, False, {"undelivered"}),
}


@pytest.mark.parametrize("case", HITS)
def test_what_is_known_of_a_mail(database: Database, case: str) -> None:
    kinds, grade, consent, expected = HITS[case]
    a_lead(database)
    with database.lead_tx("lead") as tx:
        mail(tx, "lead-1/1", "survey")
        for kind in kinds:
            append(tx, "lead", kind, kind, NOW, "lead-1/1", recorded_at=NOW)
        if grade:
            hit = {"mail_key": "lead-1/1", "lead_id": "lead", "kind": "open", "method": "GET", "at": NOW}
            tx.execute(insert(tables.hits).values(**hit, grade=grade))
        if consent:
            words = {"channel": "open tracking", "purpose": "news", "words": "May we see it?", "source": "form"}
            tx.execute(insert(tables.consents).values(lead_id="lead", at=NOW - 2 * DAY, **words))
        answers = RowAnswers(tx, "lead", NOW, WORLD)
        assert answers.mail_states("lead-1/1") == expected
        assert answers.grading_until("lead-1/1") is None


def test_a_hit_that_is_being_graded_is_waited_for(database: Database) -> None:
    a_lead(database)
    with database.lead_tx("lead") as tx:
        mail(tx, "lead-1/1", "survey")
        hit = {"mail_key": "lead-1/1", "lead_id": "lead", "kind": "open", "method": "GET", "at": NOW}
        tx.execute(insert(tables.hits).values(**hit, grade_at=NOW + 2 * MINUTE))
        assert RowAnswers(tx, "lead", NOW, WORLD).grading_until("lead-1/1") == NOW + 2 * MINUTE


ZONES = {
    "its own": ({"timezone": "America/New_York", "country": "NL"}, "04:00"),
    "its country's": ({"country": "IN"}, "14:30"),
    "a country with several": ({"country": "US"}, "10:00"),
    "nonsense that someone sent": ({"timezone": "Mars/Olympus"}, "10:00"),
}


@pytest.mark.parametrize("case", ZONES)
def test_a_lead_lives_in_its_own_time(database: Database, case: str) -> None:
    values, clock = ZONES[case]
    a_lead(database, **values)
    with database.read() as tx:
        assert f"{RowAnswers(tx, 'lead', NOW, WORLD).facts(None).now:%H:%M}" == clock


def test_what_is_published_is_asked_of_the_rows(database: Database) -> None:
    flow = "flow: {}\ntitle: T\nstart: {}\ntimezone: Asia/Tokyo\nsteps:\n  - wait: 1 day\n  - end: done\n"
    for name, start in (("b", "x.done"), ("a", "x.done"), ("c", "y.done")):
        publish(database, {f"flows/{name}.yaml": flow.format(name, start)}, name, "anna", NOW)
    a_lead(database)
    with database.lead_tx("lead") as tx:
        pause(tx, "b", NOW)
        answers = RowAnswers(tx, "lead", NOW, WORLD)
        assert [found.flow for found in answers.starting("x.done")] == ["a", "b"]
        assert answers.published("nobody") is None
        assert [answers.paused(name) for name in ("a", "b", "nobody")] == [False, True, False]
        found = answers.published("c")
        assert found is not None
        assert answers.plan(found.version) is found
        enrolment = Enrolment("lead-1", "c", found.version, NOW, 0, None, start_data={"size": 3})
        facts = answers.facts(enrolment)
        assert isinstance(facts, RowFacts)
        assert (f"{facts.now:%H:%M}", facts.field("event.size")) == ("18:00", 3)
        with pytest.raises(KeyError):
            answers.plan("no such version")
