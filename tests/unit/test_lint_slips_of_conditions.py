"""A unit, a sign of another language, a word too many, half a bracket in a condition; a figure or a moment that is said
in another way: one message each, at its place, with what mends it when it is typed in."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from kweek.flow.conditions import ConditionError, parse_condition
from kweek.flow.duration import parse_duration
from kweek.flow.load.texts import parse_capacity, parse_times
from kweek.flow.moment import parse_at, parse_wait, parse_weekly
from kweek.linting import lint_unrendered
from kweek.workspace import read_workspace
from tests.unit.test_lint_slips import FAIR, RENEWAL, WHITEPAPER, slip

ASKED: Final = "if: lead.sales_ready"
COLUMN: Final = 15  # where that condition begins


@pytest.mark.parametrize(
    ("said", "at", "words", "right"),
    [
        # units
        ("lead.score.intent > 500 m2", 24, "leave the unit out: 500", "lead.score.intent > 500"),
        ("lead.score.intent > 500 m²", 24, "leave the unit out: 500", "lead.score.intent > 500"),
        ("lead.score.intent > 500 square metres", 24, "leave the unit out: 500", "lead.score.intent > 500"),
        ("lead.score.intent > 500m2", 23, "leave the unit out: 500", "lead.score.intent > 500"),
        ("event.seconds > 1 minute", 18, "event.seconds counts seconds: write 60", "event.seconds > 60"),
        ("event.hours > 2 days", 16, "event.hours counts hours: write 48", "event.hours > 48"),
        ("event.depth > 1 minute", 16, "write it in its own unit, without a word", "event.depth > 1"),
        ('days_since("opened") > 3 weeks', 25, "counts days: write 21", 'days_since("opened") > 21'),
        ("lead.contract_end < 2 weeks", 22, "ask days_until(lead.contract_end) < 14", "lead.score.intent < 14"),
        ("lead.score.intent > 5k", 21, "write 5000", "lead.score.intent > 5000"),
        # lists and quotes
        ('lead.x in [hall, cold store]', 11, 'write ["hall", "cold store"]', 'lead.x in ["hall", "cold store"]'),
        ('lead.x == cold store', 10, 'write "cold store"', 'lead.x == "cold store"'),
        ('lead.x == "a", "b"', 0, 'write lead.x in ["a", "b"]', 'lead.x in ["a", "b"]'),
        ('lead.x != "a", "b" and lead.y', 0, 'write lead.x not in ["a", "b"]', 'lead.x not in ["a", "b"] and lead.y'),
        ('lead.x == ("a", "b")', 10, 'write in ["a", "b"] instead of ==', 'lead.x in ["a", "b"]'),
        ("lead.x in (NL, BE)", 10, 'write ["NL", "BE"]', 'lead.x in ["NL", "BE"]'),
        ("lead.x in (cold store, hall)", 10, 'write ["cold store", "hall"]', 'lead.x in ["cold store", "hall"]'),
        ("lead.x in NL, BE", 0, 'write lead.x in ["NL", "BE"]', 'lead.x in ["NL", "BE"]'),
        ('lead.x = ["a", "b"]', 9, 'write in ["a", "b"] instead of =', 'lead.x in ["a", "b"]'),
        ('lead.x == ["a", "b"]', 10, 'write in ["a", "b"] instead of ==', 'lead.x in ["a", "b"]'),
        ("lead.x != [a, b]", 10, 'write not in ["a", "b"] instead of !=', 'lead.x not in ["a", "b"]'),
        ('lead.x in ["a" or "b"]', 10, 'write ["a", "b"]', 'lead.x in ["a", "b"]'),
        ('lead.x in ["a", "b" or "c"]', 10, 'write ["a", "b", "c"]', 'lead.x in ["a", "b", "c"]'),
        ("lead.x in (a or b)", 10, 'write ["a", "b"]', 'lead.x in ["a", "b"]'),
        ('lead.x in "a" or "b"', 0, 'write lead.x in ["a", "b"]', 'lead.x in ["a", "b"]'),
        ("lead.x = cold store and lead.y", 7, 'Did you mean “== "cold store"”?', 'lead.x == "cold store" and lead.y'),
        ("event.path == /prices", 14, 'write "/prices"', 'event.path == "/prices"'),
        ("event.path in [/prices, /demo]", 15, 'write ["/prices", "/demo"]', 'event.path in ["/prices", "/demo"]'),
        ("event.path == /prices*", 0, 'write matches(event.path, "/prices*")', 'matches(event.path, "/prices*")'),
        ("lead.email == anna@example.com", 14, 'write "anna@example.com"', 'lead.email == "anna@example.com"'),
        ("matches(event.path, /prices)", 20, 'write "/prices"', 'matches(event.path, "/prices")'),
        # a yes or no
        ('lead.x = "yes"', 7, "write lead.x — or", "lead.x"),
        ('lead.x = "false"', 7, "write not lead.x", "not lead.x"),
        # amounts
        ("event.amount > 500,- and lead.x", 15, "write 500", "event.amount > 500 and lead.x"),
        ("event.amount > € 500", 15, "write 500", "event.amount > 500"),
        ("event.amount > € 1.500,- and lead.x", 15, "write 1500", "event.amount > 1500 and lead.x"),
        ("event.amount > EUR 500,50", 15, "write 500.50", "event.amount > 500.50"),
        ("event.amount > 1.500,00", 15, "write 1500", "event.amount > 1500"),
        # dates
        ("event.on < 01-02-2026", 11, 'write "2026-02-01"', 'event.on < "2026-02-01"'),
        ("event.on < 1/2/2026 and lead.x", 11, 'write "2026-02-01"', 'event.on < "2026-02-01" and lead.x'),
        ("event.on < 31.12.2026", 11, 'write "2026-12-31"', 'event.on < "2026-12-31"'),
        ("event.on < 12/31/2026", 11, 'write "2026-12-31"', 'event.on < "2026-12-31"'),
        ("event.on < 2026-1-2", 11, 'write "2026-01-02"', 'event.on < "2026-01-02"'),
        ("event.on < 1 maart 2026", 11, 'write "2026-03-01"', 'event.on < "2026-03-01"'),
        ("event.on < today()", 11, "write today", "event.on < today"),
        ("event.on < now()", 11, "write today", "event.on < today"),
        # signs of other languages
        ('lead.x !== "a"', 7, "“!==” does not compare; Did you mean “!=”?", 'lead.x != "a"'),
        ('lead.x === "a"', 7, "“===” does not compare; Did you mean “==”?", 'lead.x == "a"'),
        ("lead.x: true", 6, "write lead.x == true", "lead.x == true"),
        ("lead.x: hall", 6, 'write lead.x == "hall"', 'lead.x == "hall"'),
        # a word or a sign too many
        ("lead.x, or lead.y > 3", 6, "take the comma away", "lead.x or lead.y > 3"),
        ("lead.x yes", 7, "leave it out: lead.x", "lead.x"),
        ("lead.x no and lead.y", 7, "write not lead.x", "not lead.x and lead.y"),
        ("lead.x or if lead.y > 2", 10, "“if” is a word too many; leave it out", "lead.x or lead.y > 2"),
        ('lead.x is in ["a"]', 7, "“is” is a word too many; leave it out", 'lead.x in ["a"]'),
        # functions
        ('happened("a" in "5 days")', 13, 'write happened("a", "5 days")', 'happened("a", "5 days")'),
        ('("a" in "5 days")', 5, 'write happened("a", "5 days")', 'happened("a", "5 days")'),
        ('count("a" within 5 days) > 2', 10, 'write count("a", "5 days")', 'count("a", "5 days") > 2'),
        ('days_until("answered") < 10', 11, 'write days_since("answered") < 10', 'days_since("answered") < 10'),
        ('days_until("quote.requested") < 10', 11, 'write days_since("quote.requested") < 10', 'days_since("a") < 10'),
        ('known("replied")', 6, 'write happened("replied")', 'happened("replied")'),
        ('lead.x matches "*b*"', 7, 'write matches(lead.x, "*b*")', 'matches(lead.x, "*b*")'),
        ('lead.x not contains "b"', 11, 'write not matches(lead.x, "*b*")', 'not matches(lead.x, "*b*")'),
        ('lead.x starts with "b"', 7, 'write matches(lead.x, "b*")', 'matches(lead.x, "b*")'),
        ('count("a", "14 days" > 2', 5, 'put “)” behind "14 days"', 'count("a", "14 days") > 2'),
        ('lead.x in ["A", "B" and lead.y', 10, 'put “]” behind "B"', 'lead.x in ["A", "B"] and lead.y'),
        ('count("7 days", "a") > 1', 6, 'write count("a", "7 days")', 'count("a", "7 days") > 1'),
        ('matches("*b*", lead.x)', 8, 'write matches(lead.x, "*b*")', 'matches(lead.x, "*b*")'),
        ('count("7 days") > 1', 6, 'count("clicked", "7 days")', 'count("clicked", "7 days") > 1'),
        ("days_until lead.x < 30", 0, "write days_until(lead.x) < 30", "days_until(lead.x) < 30"),
        ("days_until() < 30", 0, "write days_until(lead.contract_end) < 30", "days_until(lead.contract_end) < 30"),
        ("30 > days_until()", 5, "write days_until(lead.contract_end) < 30", "days_until(lead.contract_end) < 30"),
        ('days_since("a", "30 days") > 90', 0, 'leave out what stands behind it: days_since("a") > 90', "lead.x"),
        ('count("a", "9 days")', 0, 'compare it: count("a", "9 days") > 0', 'count("a", "9 days") > 0'),
        # the owner of a field, and a half that is lost
        ("company size >= 50", 0, "write company.size", "company.size >= 50"),
        ("lead.x and lead score intent > 5", 11, "write lead.score.intent", "lead.x and lead.score.intent > 5"),
        ("lead.x or", 9, "write a condition behind “or”, or take “or” away", "lead.x"),
        ("and lead.x", 0, "on both sides of “and”, or take “and” away", "lead.x"),
        ("lead.x in “A”, “B”", 10, 'write straight quotes: lead.x in ["A", "B"]', 'lead.x in ["A", "B"]'),
        (
            "days_until(lead.x) between 10 and 30", 19, "write 10 <= days_until(lead.x) <= 30",
            "10 <= days_until(lead.x) <= 30",
        ),
    ],
)  # fmt: skip
def test_a_slip_in_a_condition_is_answered_with_what_can_be_read(said: str, at: int, words: str, right: str) -> None:
    with pytest.raises(ConditionError) as refused:
        parse_condition(said)
    assert words in str(refused.value)
    assert refused.value.offset == at
    assert parse_condition(right)


def test_the_first_of_two_slips_is_said_first() -> None:
    with pytest.raises(ConditionError) as refused:
        parse_condition("lead.x > 500 m2 and lead.y = 3")
    assert refused.value.offset == 13
    with pytest.raises(ConditionError) as refused:
        parse_condition("lead.y = 3 and lead.x > 500 m2")
    assert refused.value.offset == 7


def test_two_things_side_by_side_need_a_word_between_them() -> None:
    with pytest.raises(ConditionError, match="put a comparison, “and” or “or” between the two"):
        parse_condition("lead.x lead.y")


@pytest.mark.parametrize(
    ("condition", "column", "words"),
    [
        ("yes", 15, "“yes” asks nothing. Ask something of the lead"),
        ("no", 15, "“no” asks nothing. Ask something of the lead"),
        ("share 25%", 15, "Write - share: 25%"),
        ("lead.sales_ready: true", 31, "Write: if: lead.sales_ready == true"),
        ("lead.building: cold store", 28, 'Write: if: lead.building == "cold store"'),
        ('count("clicked") > -1', 15, "This condition is always true."),
        ('known(lead.phone) and count("clicked") > -1', 37, "A part of this condition is always true."),
    ],
)
def test_what_asks_nothing_is_said_once(shipped: Path, condition: str, column: int, words: str) -> None:
    slip(shipped, WHITEPAPER, ASKED, f"if: {condition}")
    [problem] = lint_unrendered(read_workspace(shipped))
    assert (problem.file, problem.column) == (WHITEPAPER, column), problem
    assert words in str(problem)


@pytest.mark.parametrize(
    ("file", "before", "after", "words"),
    [
        (RENEWAL, "- wait: 1 week", "- wait: 1 week// once a month", "blank: 1 week  # once a month"),
        (FAIR, "within: 1 week", "within: 1 week // so", "blank: 1 week  # so"),
    ],
)
def test_two_slashes_begin_no_remark(shipped: Path, file: str, before: str, after: str, words: str) -> None:
    slip(shipped, file, before, after)
    [problem] = lint_unrendered(read_workspace(shipped))
    assert "“//” begins no remark" in problem.what
    assert words in problem.fix


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ("2,5 weeks", "420 hours"), ("1.5 days", "36 hours"), ("2.5 hours", "150 minutes"), ("max 2 weeks", "2 weeks"),
        ("2 weeks 3 days", "17 days"), ("2 weeks and 3 days", "17 days"), ("1 day 12 hours", "36 hours"),
        ("about 3 weeks", "3 weeks"), ("1h 30m", "90 minutes"),
    ],
)  # fmt: skip
def test_a_figure_is_made_of_those_of_the_author(said: str, right: str) -> None:
    with pytest.raises(ValueError, match=f"write {right}$"):
        parse_duration(said)
    assert parse_duration(right)


@pytest.mark.parametrize("said", ["four times", "4x", "x4", "four", "4 keer", "4"])
def test_as_often_as_the_author_says(said: str) -> None:
    with pytest.raises(ValueError, match=r"write: 4 times$"):
        parse_times(said)


@pytest.mark.parametrize(
    ("said", "right"),
    [("15 a day", 15), ("15/day", 15), ("15", 15), ("ten a day", 10), ("a day", 60), ("9 a week", 1)],
)
def test_as_many_a_day_as_the_author_says(said: str, right: int) -> None:
    with pytest.raises(ValueError, match=f"write: {right} per day$"):
        parse_capacity(said)


@pytest.mark.parametrize(
    "said", ['wednesday "08:30"', "08:30 wednesday", "08:30 on wednesday", '"wednesday" "08:30"', "wed 8:30"]
)
def test_the_day_and_the_time_of_the_author_are_kept(said: str) -> None:
    with pytest.raises(ValueError, match=r"write: wednesday 08:30$"):
        parse_weekly(said)
    assert parse_weekly("wednesday 08:30")


def test_before_a_date_says_not_how_long() -> None:
    shown = r"write: until 1 day before lead.contract_end — or until lead.contract_end$"
    for said in ("until before lead.contract_end", "before lead.contract_end"):
        with pytest.raises(ValueError, match=shown):
            parse_wait(said)
    with pytest.raises(ValueError, match=r"write: 1 day before lead.contract_end — or lead.contract_end$"):
        parse_at("before lead.contract_end")


def test_what_happens_is_no_moment() -> None:
    words = "write how long at most, 7 days, and below it when: with the line “answered: next”"
    for said in ("until answered", "until the survey is answered", "until they have answered"):
        with pytest.raises(ValueError, match=words):
            parse_wait(said)
