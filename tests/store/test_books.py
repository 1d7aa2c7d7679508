"""Do the books add up? Points and their totals, fields, consents, effects, and the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Connection, func, insert, select
from sqlalchemy.exc import IntegrityError

from kweek.flow.state import Effect
from kweek.leads import tables
from kweek.leads.clock import Clock, TempoError, Watch, begin_paces, flow_clock, settle_paces
from kweek.leads.database import Database
from kweek.leads.effects import close, find, issue, pending, postpone
from kweek.leads.enrolments import lead_row
from kweek.leads.events import append, pull
from kweek.leads.permission import address_key, allowed, suppressed
from kweek.leads.points import add_points, grade
from kweek.leads.publish import publish_in
from kweek.leads.traits import add_tags, remove_tags, set_fields
from kweek.rules.grades import Grades
from tests.store.making import NOW, a_lead
from tests.store.test_publish import source

DAY = timedelta(days=1)


def test_the_ledger_is_the_total_and_a_source_gives_once(database: Database) -> None:
    """The worked example of the product: B2, and B1 after one contact request more."""
    lead = a_lead(database)
    given = [("sign-up", "interest", 10), ("download 1", "interest", 10), ("download 2", "interest", 10),
             ("opened", "interest", 3), ("clicked", "interest", 5), ("page", "interest", 1),
             ("title", "profile", 5), ("company", "profile", 5)]  # fmt: skip
    with database.lead_tx(lead) as tx:
        for source_, axis, points in given:
            assert add_points(tx, lead, source_, {axis: points}, source_, NOW, Grades())
            assert not add_points(tx, lead, source_, {axis: points}, source_, NOW, Grades())
        row = lead_row(tx, lead)
        assert (row.points_interest, row.points_intent, row.points_profile) == (39, 0, 10)
        assert f"{row.profile}{row.engagement}" == "B2"
        add_points(tx, lead, "contact", {"intent": 15}, "contact request", NOW, Grades())
        row = lead_row(tx, lead)
        assert f"{row.profile}{row.engagement}" == "B1"
        add_points(tx, lead, "student", {"profile": -30}, "student", NOW, Grades())
        assert lead_row(tx, lead).profile == "D"
        total = tx.execute(select(func.sum(tables.points.c.points))).scalar_one()
        row = lead_row(tx, lead)
        assert total == row.points_profile + row.points_intent + row.points_interest
        grade(tx, lead, Grades(profile=(0, -10, -20)))  # the limits were changed
        assert lead_row(tx, lead).profile == "C"


def test_fields_go_where_they_belong(database: Database) -> None:
    lead = a_lead(database, fields={"old": 1, "away": 2})
    with database.lead_tx(lead) as tx:
        set_fields(tx, lead, {"lead.job_title": "Buyer", "size": 3, "contract_end": date(2026, 6, 1), "away": None})
        row = lead_row(tx, lead)
        assert (row.job_title, row.fields) == ("Buyer", {"old": 1, "size": 3, "contract_end": "2026-06-01"})
        set_fields(tx, lead, {"job_title": None, "stage": "customer", "seen": NOW})
        row = lead_row(tx, lead)
        assert (row.job_title, row.stage, row.fields["seen"]) == (None, "customer", "2026-03-02T09:00:00+00:00")


def test_a_tag_is_there_once(database: Database) -> None:
    lead = a_lead(database)
    with database.lead_tx(lead) as tx:
        add_tags(tx, lead, ["warm", "warm", "new"])
        add_tags(tx, lead, ["warm"])
        remove_tags(tx, lead, ["new", "never"])
        assert list(tx.execute(select(tables.tags.c.tag)).scalars()) == ["warm"]


def test_events_come_back_as_they_went_in(database: Database) -> None:
    lead = a_lead(database)
    data = {"on": date(2026, 6, 1), "at": NOW, "n": 3, "x": 1.5, "yes": True, "none": None, "text": "é 😀"}
    with database.lead_tx(lead) as tx:
        append(tx, lead, "a", "x.done", NOW, "key", data, recorded_at=NOW)
        append(tx, lead, "b", "x.done", NOW + DAY, recorded_at=NOW)
        first, second = pull(tx, lead, 0)
        assert (first.seq, first.at, first.ref, dict(first.data)) == (1, NOW, "key", data)
        assert (second.seq, second.ref, second.data) == (2, None, {})
        assert pull(tx, lead, 1) == [second]
        assert append(tx, lead, "a", "x.done", NOW, recorded_at=NOW) is None


def test_a_moment_is_the_same_moment_from_any_zone(database: Database) -> None:
    tokyo = datetime.fromisoformat("2026-03-02T18:00:00.123456+09:00")
    lead = a_lead(database, wake_at=tokyo)
    with database.read() as tx:
        found = lead_row(tx, lead).wake_at
        assert (found, found.tzinfo) == (tokyo, UTC)
        assert tx.execute(select(tables.leads.c.id).where(tables.leads.c.wake_at <= tokyo)).scalar_one() == lead


@pytest.mark.parametrize(
    ("when", "expected"), [(NOW - DAY, False), (NOW, True), (NOW + DAY, True), (NOW + 2 * DAY, False)]
)
def test_a_consent_stands_from_when_it_was_given_until_it_is_withdrawn(
    database: Database, when: datetime, expected: bool
) -> None:
    lead = a_lead(database)
    with database.write() as tx:
        row = {"lead_id": lead, "channel": "email", "purpose": "news", "words": "Yes", "source": "form", "at": NOW}
        tx.execute(insert(tables.consents).values(**row, withdrawn_at=NOW + 2 * DAY))
        assert allowed(tx, lead, "email", when) is expected
        assert allowed(tx, lead, "email", when, "news") is expected
        assert not allowed(tx, lead, "email", when, "other")
        assert not allowed(tx, lead, "telephone", when)


def test_a_suppression_knows_the_address_and_does_not_tell_it(database: Database) -> None:
    key = address_key(b"secret", "Anna@Example.com ")
    assert key == address_key(b"secret", "anna@example.com")
    assert key != address_key(b"other", "anna@example.com")
    with database.write() as tx:
        tx.execute(insert(tables.suppressions).values(channel="email", address_key=key, reason="complained", at=NOW))
        assert suppressed(tx, "email", key) == "complained"
        assert suppressed(tx, "telephone", key) is None


def test_an_effect_is_closed_by_the_first_who_does(database: Database) -> None:
    lead = a_lead(database)
    with database.lead_tx(lead) as tx:
        enrol(tx, lead)
        send = [Effect(f"lead-1/{n}", "send_mail", "lead-1", "steps/send", {"mail": "survey"}) for n in (2, 10, 9)]
        score = Effect("lead-1/1", "add_points", "lead-1", "steps/score", {"points": {"intent": 1}})
        issue(tx, lead, [score, *send], NOW)
        assert [row.key for row in pending(tx, lead)] == ["lead-1/2", "lead-1/9", "lead-1/10"]
        postpone(tx, "lead-1/9", NOW + DAY, "outside hours")
        assert close(tx, ["lead-1/10", "lead-1/1"], "cancelled") == ["lead-1/10"]
        assert close(tx, ["lead-1/10"], "done") == []
        assert [(row.key, row.due_at) for row in pending(tx, lead)] == [("lead-1/2", None), ("lead-1/9", NOW + DAY)]
        assert find(tx, "lead-1/2") == send[0]
        assert find(tx, "nothing") is None


def test_an_effect_needs_its_enrolment_by_the_end_of_the_turn(database: Database) -> None:
    lead = a_lead(database)
    effect = Effect("lead-1/1", "send_mail", "lead-1", "steps/send", {})
    with pytest.raises(IntegrityError), database.lead_tx(lead) as tx:
        issue(tx, lead, [effect], NOW)
    with database.lead_tx(lead) as tx:
        issue(tx, lead, [effect], NOW)
        enrol(tx, lead)
    with pytest.raises(IntegrityError), database.lead_tx(lead) as tx:
        issue(tx, lead, [effect], NOW)  # a key is issued once


def enrol(tx: Connection, lead: str) -> None:
    version = publish_in(tx, source(), "trial", "anna", NOW)
    row = {"id": f"{lead}-1", "lead_id": lead, "flow": "trial", "version": version.hash, "started_at": NOW}
    tx.execute(insert(tables.enrolments).values(**row, state={}, live=True))


# --- the clock ---------------------------------------------------------------------------------------


def test_the_tempo_is_settled_once(database: Database) -> None:
    clock = flow_clock(database, 17_280.0)
    assert flow_clock(database) == clock
    with pytest.raises(TempoError, match="5 seconds a day"):
        flow_clock(database, 1.0)


def test_in_earnest_flow_time_is_the_time(database: Database) -> None:
    clock = flow_clock(database)
    assert (clock.flow(NOW), clock.real(NOW)) == (NOW, NOW)


def test_a_clock_may_run_at_one_tempo_after_the_other_and_stays_whole(database: Database) -> None:
    minute = timedelta(minutes=1)
    settle_paces(database, NOW, [(60.0, minute), (86_400.0, minute)], 60.0)
    clock = begin_paces(database)
    assert flow_clock(database, 60.0) == clock
    begun = _first_turn(clock)
    assert (clock.tempo, clock.at(begun + 1.5 * minute).tempo, clock.fastest) == (60.0, 86_400.0, 86_400.0)
    for real, flow in ((0, 0), (30, 30 * 60), (60, 3_600), (90, 3_600 + 30 * 86_400), (180, 7_200 + 60 * 86_400)):
        moment = begun + timedelta(seconds=real)
        assert clock.flow(moment) == clock.flow(begun) + timedelta(seconds=flow)
        assert clock.real(clock.flow(moment)) == moment


def test_until_its_paces_are_called_up_a_clock_is_as_slow_as_the_world_and_who_looks_at_it_then_sees_them(
    database: Database,
) -> None:
    settle_paces(database, NOW, [(86_400.0, timedelta(hours=1))], 1.0)
    watch, since = Watch(database), flow_clock(database).real(NOW)
    for passed in (timedelta(), timedelta(days=1)):
        assert watch.flow(since + passed) == NOW + passed
    assert watch.fastest == 86_400
    begun = _first_turn(begin_paces(database))
    assert timedelta() < begun - datetime.now(UTC) <= timedelta(seconds=1)
    assert watch.flow(begun) - NOW == begun - since
    assert watch.flow(begun + timedelta(seconds=9)) - watch.flow(begun) == timedelta(days=9)
    assert watch.real(NOW + timedelta(days=9)) - since < timedelta(minutes=1)


def test_what_is_settled_is_read_once_and_what_waits_is_read_again(database: Database) -> None:
    settle_paces(database, NOW, [(2.0, timedelta(hours=1))], 1.0)
    watch = Watch(database)
    read = watch.clock()
    assert read.waits(datetime.now(UTC))
    assert watch.clock() is not read
    begun = begin_paces(database)
    assert begun.waits(_first_turn(begun) - datetime.resolution)
    assert not begun.waits(_first_turn(begun))


def test_in_earnest_a_clock_is_read_once(database: Database) -> None:
    watch = Watch(database)
    assert watch.clock() is watch.clock()


def _first_turn(clock: Clock) -> datetime:
    """When it ceases to be as slow as the world's."""
    return clock.earlier[1].anchor_real


@pytest.mark.parametrize("tempo", [0.5, 1.0, 7.0, 17_280.0, 3_153_600.0])
def test_a_timer_set_to_a_flow_moment_never_finds_it_too_early(tempo: float) -> None:
    clock = Clock(tempo, NOW, NOW)
    for microseconds in (0, 1, 333_333, 86_399_999_999, 31_536_000_000_001):
        moment = NOW + timedelta(microseconds=microseconds)
        assert clock.flow(clock.real(moment)) >= moment
        assert clock.flow(clock.real(moment)) - moment <= timedelta(microseconds=2 * tempo + 2)
