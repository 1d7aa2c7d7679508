"""Two were one by mistake: does each have what came in for it meanwhile?"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from kweek.flow.conditions import parse_condition
from kweek.intake.check_lead import Vocabulary
from kweek.intake.ears import Derivation, FlowEars
from kweek.intake.incoming import ConsentIn, Incoming, LeadIn, TouchIn
from kweek.intake.merging.merge import merge
from kweek.intake.merging.unmerge import unmerge
from kweek.intake.outcomes import ClosedError, NoSuchTaskError, OutcomeError
from kweek.intake.received import check_received, receive
from kweek.intake.record import record
from kweek.leads import bant, tables
from kweek.leads.bant import Found
from kweek.leads.database import Database
from kweek.leads.events import pull
from kweek.leads.points import add_points, sums_of
from kweek.leads.rows import upsert
from kweek.rules.grades import Grades, Points
from kweek.rules.stages import Conversions
from tests.store.making import NOW
from tests.store.test_merging import EARS, LATER, key, rows

ANN = LeadIn(email="ann@acme.test", external_id="crm-1", profile={"name": "Ann", "phone": "+31612345678"})
BOB = LeadIn(email="bob@acme.test", external_id="crm-2", profile={"name": "Bob"})


def told(db: Database, lead: LeadIn, id: str, kind: str = "download.taken", **more: Any) -> str:
    return record(db, Incoming(id, kind, LATER, lead, **more), LATER, EARS).lead_id


@pytest.fixture
def two(database: Database) -> tuple[str, str]:
    """Ann was there first: she goes on."""
    first, second = (
        record(database, Incoming(id, "page.viewed", at, lead), at, EARS).lead_id
        for id, lead, at in (("a", ANN, NOW), ("b", BOB, NOW + timedelta(hours=1)))
    )
    return first, second


def one_of(db: Database, two: tuple[str, str], *, address: str) -> int:
    """address: whose the kept lead has."""
    chosen = {"email": two[address == "bob"]}
    merged = merge(db, *two, chosen, "anna", LATER, EARS, key)
    assert (merged.kept, merged.gone) == two
    return merged.id


def kinds(db: Database, lead: str) -> list[str]:
    return [row.id for row in rows(db, tables.events, lead_id=lead) if "merged" not in row.kind]


@pytest.mark.parametrize("address", ["ann", "bob"])
def test_whatever_name_was_said_it_is_with_whoever_has_it(
    database: Database, two: tuple[str, str], address: str
) -> None:
    merge_id = one_of(database, two, address=address)
    for lead, said in (("ann", ANN), ("bob", BOB)):
        whose = two[lead == "bob"]
        ways = (said, LeadIn(email=said.email), LeadIn(external_id=said.external_id), LeadIn(id=whose),
                LeadIn(email=said.email, external_id="nobody's"))  # fmt: skip
        for n, way in enumerate(ways):
            assert told(database, replace(way, profile={}), f"{lead}{n}") == two[0]
    unmerge(database, merge_id, "bob", LATER, EARS)
    assert kinds(database, two[0]) == ["a", *(f"ann{n}" for n in range(5))]
    assert kinds(database, two[1]) == ["b", *(f"bob{n}" for n in range(5))]
    for lead in two:
        events = rows(database, tables.events, lead_id=lead)
        assert [row.seq for row in events] == sorted({row.seq for row in events})
        assert rows(database, tables.leads, id=lead)[0].seq >= events[-1].seq
        with database.read() as read:
            heard = [event.kind for event in pull(read, lead, 1)]
            assert heard.count("download.taken") == 5, "its flows hear of it"
            assert sums_of(read, lead) == Points(interest=50)


@pytest.mark.parametrize("address", ["ann", "bob"])
def test_what_was_kept_with_it_goes_along(database: Database, two: tuple[str, str], address: str) -> None:
    merge_id = one_of(database, two, address=address)
    said = replace(
        BOB, profile={"name": "Bob Bos", "phone": "+31687654321"}, fields={"sector": "steel"},
        consents=(ConsentIn("email", "advice", "Yes.", "form", proof="new"),),
        facts=(Found("budget", "yes", "form"),),
    )  # fmt: skip
    told(database, said, "new", "demo.requested", touch=TouchIn("form", "fair"))
    told(database, LeadIn(id=two[0], profile={"job_title": "Buyer"}), "hers")
    ears = FlowEars(scores=EARS.scores, conversions=Conversions(hard=frozenset({"demo.requested"})))
    unmerge(database, merge_id, "bob", LATER, ears)
    ann, bob = (rows(database, tables.leads, id=lead)[0] for lead in two)
    assert (ann.name, ann.phone, ann.job_title) == ("Ann", "+31612345678", "Buyer")
    assert (bob.name, bob.phone) == ("Bob Bos", "+31687654321")
    assert ann.fields == {"sector": "steel"}, "of what was not known before, it goes on with it"
    assert (ann.campaign, bob.campaign, bob.stage) == (None, "fair", "sales qualified")
    for table in (tables.touches, tables.bant):
        assert [row.lead_id for row in rows(database, table)] == [two[1]], table.name
    assert [row.lead_id for row in rows(database, tables.consents)] == [two[1]]


def test_what_was_taken_away_of_the_one_is_known_of_the_other_again(database: Database, two: tuple[str, str]) -> None:
    merge_id = one_of(database, two, address="ann")
    told(database, replace(BOB, profile={}, forgets=frozenset({"phone"})), "new")
    assert rows(database, tables.leads, id=two[0])[0].phone is None
    unmerge(database, merge_id, "bob", LATER, EARS)
    ann, bob = (rows(database, tables.leads, id=lead)[0] for lead in two)
    assert (ann.phone, bob.phone) == ("+31612345678", None)


def test_what_follows_from_it_goes_along(database: Database, two: tuple[str, str]) -> None:
    merge_id = one_of(database, two, address="bob")
    wish = Derivation("demo.requested", "download.taken", parse_condition("event.wish == 'demo'"))
    ears = FlowEars(scores=EARS.scores, derivations=(wish,))
    record(database, Incoming("new", "download.taken", LATER, BOB, {"wish": "demo"}), LATER, ears)
    words = Vocabulary(flows=lambda: ("warm",))
    raw = {"id": "sent", "lead": {"email": "bob@acme.test"}, "flow": "warm"}
    receive(database, check_received(raw, words, LATER), LATER, EARS)
    raised = f"{two[1]}-1/3/raised/meeting.requested"
    told(database, LeadIn(id=two[0]), raised, "meeting.requested")
    unmerge(database, merge_id, "bob", LATER, EARS)
    assert kinds(database, two[0]) == ["a"]
    assert kinds(database, two[1]) == ["b", "new", "new/demo.requested", "sent", "sent/enrol", raised]


def survey(db: Database, lead: str, kept: str, value: str, at: Any = LATER) -> None:
    """What a survey that was mailed to this lead leaves with the one that it is by now."""
    mail = f"{lead}-1/3"
    with db.write() as tx:
        upsert(tx, tables.answers, {"lead_id": kept, "survey": "s", "question": "q", "value": value, "source": mail,
               "at": at})  # fmt: skip
        bant.keep(tx, kept, [Found("budget", value, "survey")], mail, at)
        add_points(tx, kept, f"{mail}/answered/q/{value}", {"intent": 27}, "survey", at, Grades())
    said = LeadIn(id=lead, profile={"job_title": value})
    told(db, said, f"{mail}/answered", "answered", ref=mail)


def held(db: Database, lead: str) -> tuple[list[object], list[object], int]:
    """Facts, answers and points of intent."""
    facts, answers = (rows(db, table, lead_id=lead) for table in (tables.bant, tables.answers))
    with db.read() as read:
        return [row.value for row in facts], [row.value for row in answers], sums_of(read, lead).intent


def test_what_the_other_one_answered_takes_nothing_away(database: Database, two: tuple[str, str]) -> None:
    survey(database, two[0], two[0], "hers")
    before = rows(database, tables.bant, lead_id=two[0]), rows(database, tables.answers, lead_id=two[0])
    merge_id = one_of(database, two, address="ann")
    survey(database, two[1], two[0], "his")
    assert held(database, two[0]) == (["his"], ["his"], 54)
    unmerge(database, merge_id, "bob", LATER, EARS)
    assert (held(database, two[0]), held(database, two[1])) == ((["hers"], ["hers"], 27), (["his"], ["his"], 27))
    assert (rows(database, tables.bant, lead_id=two[0]), rows(database, tables.answers, lead_id=two[0])) == before
    assert [rows(database, tables.leads, id=lead)[0].job_title for lead in two] == ["hers", "his"]


def test_what_one_answered_who_went_on_in_another_goes_back_all_the_way(
    database: Database, two: tuple[str, str]
) -> None:
    early = NOW - timedelta(days=1)
    third = record(database, Incoming("c", "page.viewed", early, LeadIn(email="cas@acme.test")), early, EARS).lead_id
    first = one_of(database, two, address="ann")
    last = merge(database, third, two[0], {}, "anna", LATER, EARS, key)
    survey(database, two[1], last.kept, "his")
    for merge_id in (last.id, first):
        unmerge(database, merge_id, "bob", LATER, EARS)
    none: tuple[list[object], list[object], int] = ([], [], 0)
    assert [held(database, lead) for lead in (third, *two)] == [none, none, (["his"], ["his"], 27)]


def test_an_address_that_was_changed_meanwhile_takes_none_away(database: Database, two: tuple[str, str]) -> None:
    merge_id = one_of(database, two, address="bob")
    told(database, LeadIn(external_id="crm-1", email="new@acme.test"), "moved")
    unmerge(database, merge_id, "bob", LATER, EARS)
    for address, lead in (("ann@acme.test", two[0]), ("new@acme.test", two[0]), ("bob@acme.test", two[1])):
        assert told(database, LeadIn(email=address), address) == lead


def test_of_a_lead_in_which_nobody_goes_on_no_name_is_kept(database: Database, two: tuple[str, str]) -> None:
    told(database, BOB, "before")
    merge_id = one_of(database, two, address="ann")
    told(database, BOB, "while")
    unmerge(database, merge_id, "bob", LATER, EARS)
    told(database, BOB, "after")
    names = {row.id: row.came_as for row in rows(database, tables.events) if row.came_as}
    assert names == {"while": "external:crm-2"}


def test_events_merges_and_undoings_do_not_wait_for_each_other_for_ever(database: Database) -> None:
    """Whoever sends by a name of the one that goes holds it, and then waits for the one that goes on."""
    many = [LeadIn(email=f"m{n}@acme.test", external_id=f"m{n}") for n in range(4)]
    ids = [told(database, lead, f"m{n}") for n, lead in enumerate(many)]

    def press(n: int) -> None:
        chance = Random(n)
        one, other = chance.sample(range(4), 2)
        match n % 4:
            case 0:
                with suppress(ClosedError):
                    merge(database, ids[one], ids[other], {}, "anna", LATER, EARS, key)
            case 1:
                standing = [row.id for row in rows(database, tables.merges) if row.undone_at is None]
                with suppress(ClosedError, OutcomeError, NoSuchTaskError):
                    unmerge(database, max(standing, default=0), "bob", LATER, EARS)
            case 2:
                told(database, LeadIn(email=many[one].email), f"event-{n}")
            case _:
                told(database, LeadIn(email=many[one].email, external_id=many[other].external_id), f"event-{n}")

    with ThreadPoolExecutor(8) as hands:
        list(hands.map(press, range(200)))  # raises what failed
    assert len([row for row in rows(database, tables.events) if row.id.startswith("event-")]) == 100
    for row in rows(database, tables.leads):
        with database.read() as read:
            assert sums_of(read, row.id) == Points(row.points_profile, row.points_intent, row.points_interest)
