"""Do the points of a lead follow from what it did and what is known, whatever the order, whoever looks and when?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kweek.flow.conditions import parse_condition
from kweek.flow.facts import Fact
from kweek.flow.simulate.memory import Memory
from kweek.flow.simulate.memory_facts import LeadFacts
from kweek.flow.world import World
from kweek.rules.grades import Points
from kweek.rules.scoring import COUNTS, Ask, Did, Row, Rule, next_monday, reckon
from kweek.workspace import read_workspace
from kweek.worlds import world_of

ZONE = ZoneInfo("Europe/Amsterdam")
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=ZONE)
SHIPPED = world_of(read_workspace(Path(__file__).parents[2]))
NEWSLETTER: Mapping[str, Fact] = {"lead.name": "Ann de Vries", "lead.email": "ann@kwekerij.example"}


def known(**fields: Fact) -> Ask:
    """Fields by their path, with `__` for the dot."""
    memory = Memory(World({}), "lead", {path.replace("__", "."): value for path, value in fields.items()})
    return lambda did: LeadFacts(memory.at(MONDAY), did.data if did else {}, None)


def total(rows: list[Row]) -> Points:
    sums = {axis: sum(row.points for row in rows if row.axis == axis) for axis in ("profile", "intent", "interest")}
    return Points(**sums)


# --- the points that ship, worked by hand -------------------------------------------------------------


def did(*kinds: str | tuple[str, Mapping[str, str]]) -> list[Did]:
    events = [(kind, {}) if isinstance(kind, str) else kind for kind in kinds]
    return [Did(f"e{n}", kind, MONDAY + timedelta(hours=n), data) for n, (kind, data) in enumerate(events)]


BUSY = (
    "newsletter.subscribed", "download.taken", "download.taken", "opened", "clicked",
    ("page.viewed", {"topic": "humidity"}),
)  # fmt: skip


@pytest.mark.parametrize(
    ("title", "events", "points", "grade"),
    [
        ("student", BUSY, Points(-20, 0, 39), "D2"),
        ("manager", BUSY, Points(10, 0, 39), "B2"),
        ("manager", (*BUSY, "contact.requested"), Points(10, 15, 39), "B1"),
    ],
)
def test_the_worked_examples(
    title: str, events: tuple[str | tuple[str, Mapping[str, str]], ...], points: Points, grade: str
) -> None:
    ask = known(lead__name="Ann", lead__email="ann@kwekerij.example", company__name="Kwekerij", lead__job_title=title)
    rows = reckon(SHIPPED.scoring, did(*events), ask, MONDAY + timedelta(days=400), ZONE)
    assert total(rows) == points
    assert SHIPPED.grades.grade_of(points) == grade


def test_every_row_names_its_rule_and_its_event() -> None:
    rows = reckon(SHIPPED.scoring, did("download.taken"), known(lead__job_title="grower"), MONDAY, ZONE)
    assert [(row.rule, row.about, row.axis, row.points, row.because) for row in rows] == [
        ("told-us-the-job-title", "", "profile", 5, "told us the job title"),
        ("took-a-download", "e0", "interest", 10, "took a download"),
    ]


def test_a_private_mailbox_is_no_business_address() -> None:
    for address, points in (("ann@gmail.com", 0), ("ann@kwekerij.example", 10)):
        ask = known(lead__name="Ann", lead__email=address)
        assert total(reckon(SHIPPED.scoring, did("newsletter.subscribed"), ask, MONDAY, ZONE)).interest == points


# --- how often, how much, how long ----------------------------------------------------------------------


def looked(*hours: float) -> list[Did]:
    return [Did(f"v{n}", "page.viewed", MONDAY + timedelta(hours=after)) for n, after in enumerate(hours)]


def given_by(rule: Rule, did: list[Did], now: datetime = MONDAY + timedelta(days=4)) -> list[tuple[str, int]]:
    return [(row.about, row.points) for row in reckon([rule], did, known(), now, ZONE)]


VIEW = Rule("view", "looked", "interest", 2, "page.viewed")


def test_once_and_once_per_day() -> None:
    views = looked(0, 1, 14.9, 15.1, 30)  # Monday 9:00, …; Tuesday begins after fifteen hours
    assert given_by(VIEW, views) == [(f"v{n}", 2) for n in range(5)]
    once, daily = (Rule("view", "looked", "interest", 2, "page.viewed", counts=how) for how in COUNTS[1:])
    assert given_by(once, views) == [("v0", 2)]
    assert given_by(daily, views) == [("v0", 2), ("v3", 2)]


def test_a_cap_gives_what_there_is_room_for() -> None:
    capped = Rule("view", "looked", "interest", 2, "page.viewed", at_most=5)
    assert given_by(capped, looked(0, 1, 2, 3)) == [("v0", 2), ("v1", 2), ("v2", 1)]


def test_it_fades_on_mondays_until_nothing_stands_and_gives_room_again() -> None:
    fading = Rule("view", "looked", "interest", 4, "page.viewed", at_most=4, fades=3)
    views = looked(0, 24 * 8)  # on the second Monday three are gone; on Tuesday after it there is room for three
    assert given_by(fading, views, MONDAY + timedelta(days=40)) == [
        ("v0", 4), ("2026-03-09", -3), ("v1", 3), ("2026-03-16", -3), ("2026-03-23", -1),
    ]  # fmt: skip


def test_what_is_bad_fades_upwards() -> None:
    bad = Rule("bad", "left at once", "interest", -5, "page.viewed", fades=2)
    assert given_by(bad, looked(0), MONDAY + timedelta(days=30)) == [
        ("v0", -5), ("2026-03-09", 2), ("2026-03-16", 2), ("2026-03-23", 1),
    ]  # fmt: skip


def test_a_monday_begins_by_the_clock_on_the_wall() -> None:
    sunday = datetime(2026, 3, 29, 23, 59, tzinfo=ZONE)  # the clock went forward that night
    assert next_monday(sunday, ZONE) == datetime(2026, 3, 29, 22, 0, tzinfo=UTC)
    assert next_monday(sunday + timedelta(minutes=1), ZONE) == datetime(2026, 4, 5, 22, 0, tzinfo=UTC)


# --- for any rules and any life ---------------------------------------------------------------------------

points = st.integers(-40, 40).filter(bool)
rules = st.lists(
    st.builds(
        Rule,
        id=st.sampled_from("abcdefg"),
        because=st.just("so"),
        axis=st.sampled_from(["profile", "intent", "interest"]),
        points=points,
        event=st.sampled_from(["opened", "clicked", "page.viewed"]),
        condition=st.sampled_from([None, parse_condition('event.topic == "x"'), parse_condition("known(lead.phone)")]),
        counts=st.sampled_from(COUNTS),
        at_most=st.none() | st.integers(1, 60),
        fades=st.integers(0, 9),
    ),
    max_size=5,
    unique_by=lambda rule: rule.id,
)
lives = st.lists(
    st.builds(
        Did,
        id=st.integers(0, 10**6).map(str),
        kind=st.sampled_from(["opened", "clicked", "page.viewed", "sent"]),
        at=st.integers(0, 90 * 24 * 60).map(lambda minutes: MONDAY + timedelta(minutes=minutes)),
        data=st.sampled_from([{}, {"topic": "x"}]),
    ),
    max_size=25,
    unique_by=lambda did: did.id,
)


@given(rules, lives, st.data())
def test_the_order_of_arrival_is_all_the_same(rules: list[Rule], life: list[Did], data: st.DataObject) -> None:
    now, other = MONDAY + timedelta(days=100), data.draw(st.permutations(life))
    assert reckon(rules, life, known(), now, ZONE) == reckon(rules, other, known(), now, ZONE)


@given(rules, lives, st.integers(0, 200), st.integers(0, 200))
def test_whoever_looks_later_sees_what_was_there_and_more(
    rules: list[Rule], life: list[Did], first: int, second: int
) -> None:
    early, late = (MONDAY + timedelta(days=day) for day in sorted((first, second)))
    before = reckon(rules, [one for one in life if one.at <= early], known(), early, ZONE)
    after = reckon(rules, [one for one in life if one.at <= late], known(), late, ZONE)
    assert [row for row in after if row.at is not None and row.at <= early] == before


@given(rules, lives)
def test_no_more_stands_than_the_cap_and_what_fades_ends_at_nothing(rules: list[Rule], life: list[Did]) -> None:
    rows = reckon(rules, life, known(), MONDAY + timedelta(days=90 + 7 * 41 * 25), ZONE)
    for rule in rules:
        standing = 0
        for row in (row for row in rows if row.rule == rule.id):
            standing += row.points
            assert rule.at_most is None or abs(standing) <= rule.at_most
        assert not rule.fades or standing == 0


@given(rules, lives, st.integers(0, 90), st.integers(91, 200))
def test_a_make_believe_lead_has_the_points_that_the_books_would_give(
    rules: list[Rule], life: list[Did], learned: int, looked: int
) -> None:
    """What it did before its telephone was known counts by what is known now."""
    memory = Memory(World({}, timezone=ZONE.key, scoring=tuple(rules)))
    when, now = MONDAY + timedelta(days=learned), MONDAY + timedelta(days=looked)
    told = False
    for one in sorted(life, key=lambda one: one.at):
        if one.at > when and not told:
            memory.learn({"lead.phone": "+31201234567"})
            told = True
        memory.record(one.kind, one.at, data=one.data)
    if not told:
        memory.learn({"lead.phone": "+31201234567"})
    did = [Did(f"{event.seq:03}", event.kind, event.at, event.data) for event in memory.events]
    assert memory.at(now).judged() == total(reckon(rules, did, known(lead__phone="+31201234567"), now, ZONE))
