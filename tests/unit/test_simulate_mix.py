"""A mix and arrivals are read or refused in a sentence; what is not said is usual, and shown."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from kweek.flow.simulate.arrivals import Arrivals, arrival, parse_arrivals, usual_arrivals
from kweek.flow.simulate.mix import Mix, parse_mix, usual
from kweek.flow.simulate.sheets import SHEETS, sheets_of
from kweek.workspace import read_workspace
from kweek.worlds import world_of

WORLD = world_of(read_workspace(Path(__file__).parents[2]))
PLAN = WORLD.plans["brochure-request"]
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


def test_what_is_said_stands_and_the_rest_is_usual() -> None:
    mix = parse_mix("opened45%, bounced: 4%, interested=30 %", PLAN, WORLD)
    assert mix.lines[:3] == (("opened", 45), ("bounced", 4), ("interested", 30))
    assert mix.own == usual(PLAN).own == (("appointment.requested", 2), ("quote.requested", 2))
    assert mix.profiles == (("A", 15), ("B", 25), ("C", 40), ("D", 20))
    assert str(Mix((("opened", 45), ("profile A", 5)))) == "opened 45%, profile A 5%"


WRONG = {
    "opened": "write what happens and its share: opened 45%",
    "opned 45%": "Did you mean “opened”?",
    "profile E 45%": "Did you mean “profile",
    "opened 45%, answered 60%": "What happens to a mail makes 105% together",
    "interested 60%, quote 50%": "What a call comes to makes 110% together",
    "profile A 60%, profile B 50%": "Who the leads are makes 110% together",
    "opened 101%": "more than all of them",
    "opened 5%, opened 6%": "in the mix twice",
    "opened -5%": "“-5%” is no share; write a whole number from 0 to 100",
    "opened 1e400%": "“1e400%” is no share",
    "opened 12.5%": "“12.5%” is no share",
    "opened 99999999999999999999%": "is no share",
    "demo.asked 5%": "“demo.asked” is not something that people do",
    "": "write what happens",
}


@pytest.mark.parametrize("text", WRONG)
def test_a_mix_that_makes_no_sense(text: str) -> None:
    with pytest.raises(ValueError) as wrong:
        parse_mix(text, PLAN, WORLD, ["demo.requested"])
    assert WRONG[text] in str(wrong.value)


def test_own_events_are_each_of_their_own() -> None:
    assert parse_mix("quote.requested 80%, appointment.requested 80%", PLAN, WORLD).own == (
        ("quote.requested", 80),
        ("appointment.requested", 80),
    )


@pytest.mark.parametrize("text", ["20 days", "1 day", "5 days in working hours", "at once", "at once in working hours"])
def test_arrivals(text: str) -> None:
    assert str(parse_arrivals(text)) == text


@pytest.mark.parametrize("text", ["", "20", "20 weeks", "soon", "20 days at night"])
def test_arrivals_that_say_nothing(text: str) -> None:
    with pytest.raises(ValueError, match="20 days in working hours"):
        parse_arrivals(text)


def test_leads_come_in_evenly_on_a_raster() -> None:
    assert usual_arrivals(60) == Arrivals(20)
    assert usual_arrivals(2) == Arrivals(1)
    moments = Arrivals(7).moments(MONDAY, WORLD.calendar)
    assert len(moments) == 84
    days = [arrival(f"1-{n}", moments).day for n in range(7_000)]
    assert all(900 < days.count(day) < 1_100 for day in range(2, 9))
    assert Arrivals(0).moments(MONDAY, WORLD.calendar) == (MONDAY,)
    assert all(WORLD.calendar.is_open(at) for at in Arrivals(7, working=True).moments(MONDAY, WORLD.calendar))
    with pytest.raises(ValueError, match="nobody is at work"):
        Arrivals(1, working=True).moments(datetime(2026, 3, 7, tzinfo=UTC), WORLD.calendar)


def test_some_of_those_who_answer_are_sales_ready() -> None:
    sheets = sheets_of(WORLD, WORLD.asked["brochure"])
    assert len(set(sheets)) == SHEETS
    assert sheets == sheets_of(WORLD, WORLD.asked["brochure"])
