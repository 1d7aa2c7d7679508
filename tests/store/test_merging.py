"""Two leads become one, and two again: is everything there, once, and is everything as it was after that?"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Table, func, insert, select

from kweek.flow.conditions import parse_condition
from kweek.flow.state import Enrolment, Token
from kweek.flow.stored import dump_enrolment
from kweek.intake.ears import FlowEars
from kweek.intake.incoming import CompanyIn, ConsentIn, Incoming, LeadIn
from kweek.intake.merging.merge import Merged, merge
from kweek.intake.merging.unmerge import unmerge
from kweek.intake.outcomes import ClosedError, OutcomeError
from kweek.intake.record import hear_grade, record
from kweek.intake.suppress import unsubscribe
from kweek.leads import tables
from kweek.leads.database import Database
from kweek.leads.events import pull
from kweek.leads.points import add_points, sums_of
from kweek.leads.publish import publish
from kweek.leads.reckoned import Scores
from kweek.leads.traits import add_tags
from kweek.rules.grades import Grades, Points
from kweek.rules.scoring import Rule
from tests.store.making import NOW, a_lead

LATER = NOW + timedelta(days=1)
TITLE = Rule("title", "told us the job title", "profile", 10, condition=parse_condition("known(lead.job_title)"))
TOOK = Rule("took", "took a download", "interest", 10, "download.taken")
EARS = FlowEars(scores=Scores((TITLE, TOOK)))
FLOW = "flow: talk\ntitle: Talk\nstart: talk.wanted\nsteps:\n  - wait: 30 days\n  - end: done\n"


def key(address: str) -> str:
    return f"hash of {address.casefold()}"


def told(db: Database, lead: LeadIn, id: str, kind: str = "download.taken", at: datetime = NOW, **more: Any) -> str:
    return record(db, Incoming(id, kind, at, lead, **more), at, EARS).lead_id


def join(db: Database, one: str, other: str, chosen: Mapping[str, str] | None = None, by: str = "anna") -> Merged:
    return merge(db, one, other, chosen or {}, by, LATER, EARS, key)


def rows(db: Database, table: Table, **which: object) -> list[Any]:
    with db.read() as read:
        return list(read.execute(select(table).filter_by(**which).order_by(*table.primary_key)).all())


def books(db: Database) -> dict[str, list[dict[str, Any]]]:
    """All there is, but for the numbers of events, which are never given out twice."""
    found = {table.name: [dict(row._mapping) for row in rows(db, table)] for table in tables.metadata.sorted_tables}
    for lead in found["leads"]:
        del lead["seq"]
    return found


@pytest.fixture
def two(database: Database) -> tuple[str, str]:
    """Ann, who came first, by her work's address; and Ann, who came by her own. Both did, said and got things."""
    work = LeadIn(
        email="ann@acme.test", external_id="crm-1", company=CompanyIn("Acme"), fields={"sector": "steel"},
        profile={"name": "Ann Smit", "phone": "+31612345678"},
        consents=(ConsentIn("email", "advice", "Yes.", "form"),),
    )  # fmt: skip
    home = LeadIn(
        email="ann@home.test", external_id="crm-2", fields={"sector": "metal", "size": 5},
        profile={"name": "Ann Smit-Bos", "job_title": "Buyer"},
        consents=(ConsentIn("telephone", "telephone", "Do call.", "fair"),),
    )  # fmt: skip
    first, second = told(database, work, "w1"), told(database, home, "h1", at=NOW + timedelta(hours=1))
    told(database, work, "w2", "page.viewed", NOW + timedelta(hours=2))
    told(database, home, "h2", "download.taken", NOW + timedelta(hours=3))
    with database.write() as tx:
        for n, lead in enumerate((first, second)):
            at = NOW + timedelta(hours=n)
            add_tags(tx, lead, ["warm", f"tag-{n}"])
            add_points(tx, lead, f"{lead}-1/1", {"intent": 5 + n}, "asked for it", at, Grades())
            answer = {"lead_id": lead, "value": n, "source": f"{lead}-1/2", "at": at}
            for question in ("need", f"own-{n}"):
                tx.execute(insert(tables.answers).values(survey="talk", question=question, **answer))
            tx.execute(insert(tables.bant).values(fact="budget", how="survey", **answer))
            tx.execute(insert(tables.topics).values(lead_id=lead, topic="heat", views=2 + n, last_at=at))
            tx.execute(insert(tables.touches).values(lead_id=lead, how="form", more={}, at=at))
            tx.execute(insert(tables.visitors).values(id=f"v{n}", consent="Yes", at=at, lead_id=lead))
            mail = {"audience": "lead", "mail": "survey", "kind": "marketing", "status": "sent", "claimed_at": at}
            tx.execute(insert(tables.mails).values(key=f"{lead}-1/3", lead_id=lead, recipient="ann@x.test", **mail))
            since = {"campaign": f"fair-{n}", "campaign_at": at, "last_campaign": f"fair-{n}"}
            tx.execute(tables.leads.update().where(tables.leads.c.id == lead).values(**since))
            hear_grade(tx, lead, at, EARS)
        tx.execute(tables.leads.update().values(seen=tables.leads.c.seq))
    return first, second


def test_the_kept_lead_has_the_past_of_both_and_points_for_both(database: Database, two: tuple[str, str]) -> None:
    first, second = two
    merged = join(database, *two)
    assert (merged.kept, merged.gone) == two, "both are in nobody's hands: the older one goes on"
    [lead] = rows(database, tables.leads, id=first)
    assert (lead.name, lead.job_title, lead.phone) == ("Ann Smit-Bos", "Buyer", "+31612345678")
    assert (lead.campaign, lead.campaign_at, lead.last_campaign) == ("fair-0", NOW, "fair-1")
    assert lead.fields == {"sector": "metal", "size": 5}, "the later word counts where both said something"
    assert [row.id for row in rows(database, tables.events, lead_id=first)] == ["w1", "w2", "h1", "h2"]
    with database.read() as read:
        assert sums_of(read, first) == Points(profile=10, intent=11, interest=30)
        assert pull(read, first, 0)[-1].kind == "page.viewed", "no flow hears of what was before"
        assert [event.kind for event in pull(read, second, 2)] == ["merged"]
    assert (lead.points_profile, lead.points_intent, lead.points_interest) == (10, 11, 30)
    assert {row.tag for row in rows(database, tables.tags, lead_id=first)} == {"warm", "tag-0", "tag-1"}
    answers = {row.question: row.value for row in rows(database, tables.answers, lead_id=first)}
    assert answers == {"need": 1, "own-0": 0, "own-1": 1}
    assert [row.views for row in rows(database, tables.topics, lead_id=first)] == [5]
    for table in (tables.consents, tables.touches, tables.visitors):
        assert {row.lead_id for row in rows(database, table)} == {first}
    assert second in {row.lead_id for row in rows(database, tables.outbox)}


def test_a_person_chooses_whose_words_count_and_both_addresses_find_the_lead(
    database: Database, two: tuple[str, str]
) -> None:
    first, second = two
    join(database, *two, chosen={"name": first, "email": second, "fields.sector": first})
    [lead] = rows(database, tables.leads, id=first)
    assert (lead.name, lead.email, lead.fields["sector"]) == ("Ann Smit", "ann@home.test", "steel")
    for n, who in enumerate(
        (LeadIn(email="Ann@Home.test"), LeadIn(email="ann@acme.test"), LeadIn(external_id="crm-2"), LeadIn(id=second))
    ):
        assert told(database, who, f"new{n}", at=LATER) == first
    assert told(database, LeadIn(email="ann@acme.test", external_id="crm-2"), "both", at=LATER) == first
    assert told(database, LeadIn(id=second), "h1") == first, "the same event again is that of the kept lead"
    assert rows(database, tables.leads, id=first)[0].email == "ann@home.test"
    assert len(rows(database, tables.leads)) == 2
    assert len(rows(database, tables.duplicates)) == 1


def test_undone_every_row_is_as_it_was(database: Database, two: tuple[str, str]) -> None:
    with database.write() as tx:  # the other was seen at a fair before
        tx.execute(tables.leads.update().where(tables.leads.c.id == two[1]).values(campaign_at=NOW - timedelta(9)))
    before = books(database)
    merged = join(database, *two, chosen={"email": two[1]})
    assert unmerge(database, merged.id, "bob", LATER, EARS) == two
    after = books(database)
    more = {name: [row for row in after[name] if row not in before[name]] for name in after}
    gone = {name for name in before for row in before[name] if row not in after[name]}
    assert gone == set(), "nothing is missing"
    assert {name for name, new in more.items() if new} == {"merges", "duplicates", "outbox", "events", "points"}
    assert [row["kind"] for row in more["events"]] == ["merged", "unmerged"]
    assert {row["rule"] for row in more["points"]} == {"title"}, "it was counted when it was known, and taken back"
    assert sum(row["points"] for row in more["points"]) == 0
    assert [row["status"] for row in more["duplicates"]] == ["different"], "nobody is asked again"
    with pytest.raises(ClosedError, match="undone, by bob"):
        unmerge(database, merged.id, "anna", LATER, EARS)


def test_what_came_meanwhile_stays_but_for_what_is_about_the_others_mails(
    database: Database, two: tuple[str, str]
) -> None:
    first, second = two
    merged = join(database, *two)
    told(database, LeadIn(id=first, profile={"job_title": "Head of buying"}), "new", at=LATER)
    told(database, LeadIn(id=second), "click", "clicked", LATER, ref=f"{second}-1/3")
    since = {"survey": "talk", "question": "since", "value": "x", "source": f"{second}-1/3", "at": LATER}
    with database.write() as tx:
        tx.execute(insert(tables.answers).values(lead_id=first, **since))
    unmerge(database, merged.id, "bob", LATER, EARS)
    assert [row.id for row in rows(database, tables.events, lead_id=first)] == ["w1", "w2", "new"]
    theirs = rows(database, tables.events, lead_id=second)
    assert [(row.id, row.merged) for row in theirs if "merged" not in row.kind] == [
        ("h1", None), ("h2", None), ("click", True),
    ]  # fmt: skip
    assert [row.lead_id for row in rows(database, tables.answers, question="since")] == [second]
    assert rows(database, tables.leads, id=first)[0].job_title == "Head of buying", "somebody said so since"
    assert rows(database, tables.leads, id=second)[0].job_title == "Buyer"
    with database.read() as read:
        assert sums_of(read, first) == Points(profile=10, intent=5, interest=20)
        assert sums_of(read, second) == Points(profile=10, intent=6, interest=20)


def test_merged_undone_and_merged_again_as_often_as_you_like(database: Database, two: tuple[str, str]) -> None:
    for _ in range(3):
        merged = join(database, *two)
        with database.read() as read:
            assert sums_of(read, two[0]) == Points(profile=10, intent=11, interest=30)
        unmerge(database, merged.id, "bob", LATER, EARS)
        with database.read() as read:
            assert sums_of(read, two[0]) == Points(intent=5, interest=10)


def test_merges_of_merges_are_undone_from_the_last_to_the_first(database: Database, two: tuple[str, str]) -> None:
    third = told(database, LeadIn(email="ann@third.test"), "t1", at=LATER)
    before = {row.id: row.lead_id for row in rows(database, tables.events)}
    one = join(database, *two)
    other = join(database, one.kept, third)
    assert told(database, LeadIn(email="ann@home.test"), "new", at=LATER) == other.kept
    with pytest.raises(OutcomeError, match="undo that one first"):
        unmerge(database, one.id, "bob", LATER, EARS)
    for merged in (other, one):
        unmerge(database, merged.id, "bob", LATER, EARS)
    after = {row.id: row.lead_id for row in rows(database, tables.events) if "merged" not in row.kind}
    assert after == {**before, "new": two[1]}, "it was sent to an address of hers"


def test_of_two_colleagues_at_once_the_second_is_told(database: Database, two: tuple[str, str]) -> None:
    def attempt(by: str) -> Merged | str:
        try:
            return join(database, *two, by=by)
        except ClosedError as error:
            return str(error.by)

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(attempt, ("anna", "bob")))
    [merged] = [one for one in done if isinstance(one, Merged)]
    assert set(done) == {merged, rows(database, tables.merges)[0].by}
    with pytest.raises(OutcomeError, match="one lead"):
        join(database, merged.kept, merged.kept)


def test_whom_people_have_goes_on_and_of_two_at_sales_the_earlier_promise(
    database: Database, two: tuple[str, str]
) -> None:
    first, second = two
    call = {"script": "intro", "attempts_allowed": 3, "status": "taken", "opened_at": NOW, "enrolment_id": "x"}
    given = {"team": "sales", "status": "open", "given_at": NOW, "enrolment_id": "x"}
    third = a_lead(database, "third", created_at=NOW - timedelta(days=9))
    with database.write() as tx:
        tx.execute(insert(tables.call_tasks).values(key="c", lead_id=first, **call))
        tx.execute(
            insert(tables.handovers).values(key="h", lead_id=second, follow_up_at=NOW + timedelta(days=1), **given)
        )
        tx.execute(
            insert(tables.handovers).values(key="i", lead_id=third, follow_up_at=NOW + timedelta(days=2), **given)
        )
    merged = join(database, first, second)
    assert merged.kept == second
    assert join(database, third, second).kept == second


@pytest.mark.parametrize(
    ("status", "has_it", "owner", "becomes"),
    [
        ("open", "anna", "anna", "anna"),
        ("accepted", "anna", None, "anna"),  # whoever was nobody's when it was given
        ("accepted", "carl", "anna", "carl"),
        ("open", None, "anna", "bob"),  # a team has it
        ("closed", "anna", "anna", "bob"),
    ],
)
def test_whoever_has_the_open_handover_goes_on_owning_the_lead(
    database: Database, two: tuple[str, str], status: str, has_it: str | None, owner: str | None, becomes: str
) -> None:
    """The other was heard of later, and is told to be bob's."""
    first, second = two
    given = {"team": "sales", "given_at": NOW, "enrolment_id": "x", "owner": has_it, "status": status}
    with database.write() as tx:
        tx.execute(insert(tables.handovers).values(key="h", lead_id=first, **given))
        tx.execute(tables.leads.update().where(tables.leads.c.id == first).values(owner=owner))
        tx.execute(tables.leads.update().where(tables.leads.c.id == second).values(owner="bob"))
    before = books(database)["leads"]
    merged = join(database, *two, chosen={"owner": second})
    assert (merged.kept, rows(database, tables.leads, id=first)[0].owner) == (first, becomes)
    unmerge(database, merged.id, "bob", LATER, EARS)
    assert [lead["owner"] for lead in books(database)["leads"]] == [lead["owner"] for lead in before]


def test_who_said_no_under_one_address_said_no_under_the_other(database: Database, two: tuple[str, str]) -> None:
    first, second = two
    unsubscribe(database, f"{second}-1/3", "page", NOW, key, EARS)
    merged = join(database, *two)
    hashes = {row.address_key for row in rows(database, tables.suppressions)}
    assert hashes == {key(address) for address in ("ann@home.test", "ann@acme.test", "ann@x.test")}
    unmerge(database, merged.id, "bob", LATER, EARS)
    assert key("ann@acme.test") not in {row.address_key for row in rows(database, tables.suppressions)}
    merged = join(database, *two)
    unsubscribe(database, f"{second}-1/3", "page", LATER, key, EARS)
    told(database, LeadIn(id=first), "gone", "unsubscribed", LATER)
    unmerge(database, merged.id, "bob", LATER, EARS)
    assert hashes == {row.address_key for row in rows(database, tables.suppressions)}


def test_what_no_flow_had_heard_is_heard_by_the_kept_leads_flows(database: Database, two: tuple[str, str]) -> None:
    version = publish(database, {"flows/talk.yaml": FLOW}, "talk", "anna", NOW).hash
    told(database, LeadIn(id=two[1]), "wish", "talk.wanted", LATER)
    state = dump_enrolment(Enrolment(f"{two[0]}-1", "talk", version, NOW, 1, Token("wait-30-days", 1, NOW)))
    with database.write() as tx:
        tx.execute(
            insert(tables.enrolments).values(
                id=f"{two[0]}-1", lead_id=two[0], flow="talk", version=version, started_at=NOW, state=state, live=True
            )
        )
        tx.execute(tables.leads.update().where(tables.leads.c.id == two[0]).values(open=True))
        tx.execute(tables.outbox.delete())
    join(database, *two)
    with database.read() as read:
        assert [event.kind for event in pull(read, two[0], 2)] == ["talk.wanted"]
        assert set(read.execute(select(tables.outbox.c.lead_id)).scalars()) == set(two)
        assert read.execute(select(func.max(tables.outbox.c.seq)).filter_by(lead_id=two[0])).scalar_one() == 5
