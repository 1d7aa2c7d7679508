"""Leads that share a life live as if each were alone: the same journal, to the letter."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from kweek.flow.conditions import parse_condition
from kweek.flow.plan import Plan
from kweek.flow.simulate.crowd import Crowd, Newcomer
from kweek.flow.simulate.life import Life
from kweek.flow.simulate.memory import Memory
from kweek.flow.simulate.mix import Mix, usual
from kweek.flow.simulate.people import RASTER, People
from kweek.flow.simulate.walk import live
from kweek.flow.state import Entry, Event
from kweek.flow.world import World
from kweek.rules.grades import Points
from kweek.rules.scoring import Rule
from kweek.rules.stages import Conversions
from kweek.workspace import read_workspace
from kweek.worlds import world_of
from tests import flows_of_chance as chance
from tests.lives import DAY, MONDAY, OFFICE
from tests.stories import plans_of

ROOT = Path(__file__).parents[2]
WORLD = world_of(read_workspace(ROOT))
BROCHURE = WORLD.plans["brochure-request"]
LIVELY = Mix(
    (("opened", 30), ("clicked", 10), ("answered", 20), ("replied", 5), ("bounced", 5), ("unsubscribed", 5),
     ("undelivered", 5), ("quote.requested", 30), ("demo.booked", 20))
)  # fmt: skip


def enter(memory: Memory, at: datetime) -> Life:
    life = Life(memory, at)
    life.hear(at, "brochure.requested")
    return life


def crowd_of(people: People, leads: int, days: int, spread: int = 3, shared: bool = True) -> Crowd:
    newcomers = [
        Newcomer(f"n-{n}", MONDAY + n % spread * RASTER, Points(profile=(0, 10, 20)[n % 3])) for n in range(leads)
    ]
    crowd = Crowd(people, newcomers, enter, MONDAY + days * DAY, shared)
    crowd.run()
    return crowd


def alone(people: People, one: Newcomer, days: int) -> Life:
    life = enter(Memory(people.world, one.name, points=one.points), one.at)
    for _ in live(life, people, MONDAY + days * DAY):
        pass
    return life


def called(name: str, journal: list[tuple[datetime, Entry]]) -> list[tuple[datetime, Entry]]:
    """In a crowd everybody is called “lead”."""

    def own(text: Any) -> Any:
        return text.replace(f"{name}-", "lead-", 1) if isinstance(text, str) else text

    return [
        (at, replace(entry, enrolment=own(entry.enrolment), detail={k: own(v) for k, v in entry.detail.items()}))
        for at, entry in journal
    ]


def happened(name: str, events: list[Event]) -> list[Event]:
    return [replace(event, ref=event.ref and event.ref.replace(f"{name}-", "lead-", 1)) for event in events]


def differences(people: People, crowd: Crowd, days: int) -> Iterator[tuple[str, Any, Any]]:
    for number, one in enumerate(crowd.newcomers):
        life = alone(people, one, days)
        same = called(one.name, life.journal) == crowd.journal(number)
        waited = {key.replace(f"{one.name}-", "lead-", 1): whys for key, whys in life.waited.items()}
        if not same or happened(one.name, life.memory.events) != crowd.events(number) or waited != crowd.waited(number):
            yield one.name, called(one.name, life.journal), crowd.journal(number)


@pytest.mark.parametrize("flow", sorted(WORLD.plans))
def test_in_flows_that_ship(flow: str) -> None:
    world = replace(WORLD, plans={**WORLD.plans, flow: replace(WORLD.plans[flow], start=BROCHURE.start)})
    people = People(world, usual(WORLD.plans[flow]), 60)
    crowd = crowd_of(people, 60, 100)
    assert next(differences(people, crowd, 100), None) is None
    assert len(crowd.segments) < 0.8 * sum(map(len, crowd.histories))


@given(chance.workspaces, st.integers(0, 1_000))
@settings(max_examples=12, deadline=None)
def test_in_flows_of_chance(plans: tuple[Plan, ...], seed: int) -> None:
    world = World(
        {plan.flow: plan for plan in plans}, calendar=OFFICE, conversions=Conversions(frozenset({"quote.requested"}))
    )
    people = People(world, LIVELY, 20)
    crowd = crowd_of(people, 10, 25)
    assert next(differences(people, crowd, 25), None) is None


TESTED = """
    steps:
      - send: { news: 30%, offer: 50%, nothing: 20% }
        id: test
        within: 4 days
        when: { bounced: discard, blocked: done }
        otherwise: { opened: warm, else: cold }
    paths:
      warm:
        - choose:
            - share: 25%
              go: call
            - if: happened("opened", "3 days") or days_since("opened") > 4
              go: cold
            - else: call
      call:
        - call: script
          within: 3 days
          when: { interested: won, else: cold }
          otherwise: cold
      cold:
        - wait: until monday 09:00
        - choose:
            - if: lead.profile == "A" or opened("news")
              go: call
            - else: done
"""


GRADED = """
    whenever:
      grade.changed:
        - tag: warmer
    steps:
      - send: news
        within: 9 days
        when: { bounced: discard, blocked: done }
        otherwise: next
      - score: { intent: +12 }
        because: got this far
      - wait: 20 days
        when:
          grade.changed: hot
      - end: done
    paths:
      hot:
        - call: script
          within: 3 days
          when: { interested: won, else: done }
          otherwise: done
"""


def test_halves_profiles_and_moments_that_conditions_ask_for() -> None:
    (plan,) = plans_of(TESTED)
    people = People(World({plan.flow: plan}, calendar=OFFICE), LIVELY, 20)
    crowd = crowd_of(people, 100, 30)
    assert next(differences(people, crowd, 30), None) is None
    ends = {
        entry.detail["result"] for segment in crowd.segments for _, entry in segment.journal if entry.kind == "ended"
    }
    assert ends == {"done", "won", "discard"}


def test_a_lead_does_the_same_in_two_versions_of_a_flow() -> None:
    """Only what is new differs: a step more, and all draws are what they were."""
    before, after = (
        plans_of(f"""
            steps:
              - send: news
                within: 5 days
                when: {{ bounced: discard, else: done }}
                otherwise: call
            paths:
              call:
                {more}
                - call: script
                  within: 3 days
                  when: {{ interested: won, else: lost }}
                  otherwise: done
            """)[0]
        for more in ("", "- tag: called")
    )
    ended = []
    for plan in (before, after):
        crowd = crowd_of(People(World({plan.flow: plan}, calendar=OFFICE), LIVELY, 20), 100, 30)
        ended.append([[e.detail["result"] for _, e in crowd.journal(n) if e.kind == "ended"] for n in range(100)])
    assert ended[0] == ended[1]


def test_many_leads_share_few_lives() -> None:
    people = People(WORLD, usual(BROCHURE), 60)
    few, many = (crowd_of(people, leads, 60, spread=1) for leads in (100, 1_000))
    assert len(many.segments) < 7.5 * len(few.segments)


def test_points_by_rules_that_fade_and_grades_that_flows_hear_of() -> None:
    (plan,) = plans_of(GRADED)
    scoring = (
        Rule("opened", "opened a mail", "interest", 11, "opened", fades=6),
        Rule("clicked", "clicked through", "interest", 15, "clicked", parse_condition('tagged("warmer")'), "once"),
    )
    people = People(World({plan.flow: plan}, calendar=OFFICE, scoring=scoring), LIVELY, 20)
    crowd = crowd_of(people, 100, 45)
    assert next(differences(people, crowd, 45), None) is None
    told = [event.data for segment in crowd.segments for event in segment.events if event.kind == "grade.changed"]
    moves = {(data["from"], data["to"]) for data in told}
    assert ("B4", "B3") in moves, "an opened mail is worth eleven points"
    assert ("B3", "B4") in moves, "and they fade"
