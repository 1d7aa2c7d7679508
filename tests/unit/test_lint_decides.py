"""A condition that moves nobody is found, and no other is."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kweek.flow.conditions import parse_condition
from kweek.flow.conditions.schema import FieldType, Schema
from kweek.flow.conditions.worlds import idle
from kweek.flow.facts import Fact
from kweek.flow.lint.decides import asks_less
from kweek.flow.lint.names import Names
from tests.unit.test_conditions import Lead

SCHEMA = Schema(
    fields={
        "lead.profile": FieldType("text", ("A", "B", "C", "D")),
        "lead.country": FieldType("text"),
        "lead.engagement": FieldType("number"),
        "lead.sales_ready": FieldType("yes/no"),
        "lead.contract_end": FieldType("date"),
        "survey.brochure.topics": FieldType("several", ("price", "service")),
    },
    events=("clicked",),
)
NAMED = Names(events={"quote.requested": {}}).schema()


def weighed(*lines: str) -> tuple[list[int], list[int]]:
    found = idle([parse_condition(line).tree for line in lines], SCHEMA)
    return found.never, found.shadowed


def always(*lines: str) -> list[int]:
    return idle([parse_condition(line).tree for line in lines], NAMED).always


@pytest.mark.parametrize(
    "line",
    [
        'lead.profile == "A" and lead.profile == "B"',
        "lead.sales_ready and not lead.sales_ready",
        "lead.engagement > 3 and lead.engagement < 2",
        "lead.engagement > 3 and lead.engagement <= 3",
        "3 < lead.engagement < 2",
        'not known(lead.country) and lead.country == "NL"',
        'lead.profile != "A" and lead.profile not in ["B", "C", "D"]',
        "lead.sales_ready == true and lead.sales_ready == false",
        'count("clicked") > 3 and count("clicked") < 1',
        'tagged("x") and not tagged("x")',
    ],
)
def test_what_excludes_itself_is_never_true(line: str) -> None:
    assert weighed(line) == ([0], [])


@pytest.mark.parametrize(
    "lines",
    [
        ("lead.sales_ready", "lead.sales_ready"),
        ('lead.profile in ["A", "B"]', 'lead.profile == "A"'),
        ('lead.profile != "D"', 'lead.profile == "A"'),
        ("lead.engagement >= 2", "lead.engagement > 2"),
        ("true", "lead.sales_ready"),
        ('lead.sales_ready or tagged("x")', 'tagged("x") and lead.engagement > 1'),
        ('lead.profile == "A"', 'lead.profile == "B"', 'lead.profile in ["A", "B"]'),
        ("lead.contract_end < today", "lead.sales_ready and lead.contract_end < today"),
        ("known(lead.country)", 'lead.country == "NL"'),
    ],
)
def test_a_line_that_those_above_leave_nobody_never_decides(lines: tuple[str, ...]) -> None:
    assert weighed(*lines) == ([], [len(lines) - 1])


@pytest.mark.parametrize(
    "lines",
    [
        ('lead.profile == "A"', 'lead.profile in ["A", "B"]'),
        ("lead.engagement > 2", "lead.engagement > 1"),
        ("lead.sales_ready", "not lead.sales_ready"),
        ('lead.country == "NL"', 'lead.country == "BE"'),
        ("known(lead.country)", "not known(lead.country)"),
        ('lead.country == "NL" or lead.country == "BE"',),
        ('count("clicked", "7 days") > 1', 'count("clicked", "14 days") > 1'),
        ('"price" in survey.brochure.topics', '"service" in survey.brochure.topics'),
        ('lead.contract_end < "2026-01-01"', 'lead.contract_end < "2027-01-01"'),
        ("1 < lead.engagement < 3 and not lead.engagement == 1",),
    ],
)
def test_lines_that_part_leads_are_left_alone(lines: tuple[str, ...]) -> None:
    assert weighed(*lines) == ([], [])


@pytest.mark.parametrize(
    "line",
    [
        "true",
        'lead.profile in ["A", "B", "C", "D"]',
        'lead.profile != "A" or lead.grade in ["A1", "A2"] or lead.profile == "A"',
        "lead.engagement >= 1",
        "lead.sales_ready or not lead.sales_ready",
        'count("clicked", "14 days") >= 0',
        'tagged("x") or not tagged("x")',
        "known(lead.phone) or not known(lead.phone)",
    ],
)
def test_what_asks_nothing_is_always_true(line: str) -> None:
    assert always("lead.sales_ready", line) == [1]


@pytest.mark.parametrize(
    "line",
    [
        'lead.country == "NL" or lead.country != "NL"',  # not of whom the country is not known
        'days_since("clicked") >= 0',  # not who never clicked
        "lead.score.intent >= 0",  # points may be negative
        'matches(lead.job_title, "*") or not matches(lead.job_title, "*")',
        'lead.profile in ["A", "B", "C"]',
        "lead.engagement > 1",
    ],
)
def test_what_is_true_of_most_is_not_always_true(line: str) -> None:
    assert always(line) == []


@pytest.mark.parametrize(
    "line", ["lead.engagement > 4", 'count("clicked") < 0', 'days_since("clicked") < 0', "0.5 < lead.engagement < 1"]
)
def test_a_number_that_there_is_not_is_never_true(line: str) -> None:
    assert idle([parse_condition(line).tree], NAMED).never == [0]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("lead.engagement <= 9", "Write lead.engagement < 4, or a lower number"),
        ("lead.engagement > 0", "Write lead.engagement > 1, or a higher number"),
        ('lead.profile in ["A", "B", "C", "D"]', "Keep those that you mean"),
        ('lead.profile != "A" or lead.profile != "B"', "else “and” between the two"),
    ],
)
def test_what_is_asked_in_vain_is_answered_by_how_it_is_asked(line: str, words: str) -> None:
    assert words in asks_less(parse_condition(line).tree, NAMED)


def test_more_kinds_of_leads_than_can_be_tried_prove_nothing() -> None:
    many = " or ".join(f'lead.country == "{number}" and tagged("{number}")' for number in range(12))
    assert weighed(many, many) == ([], [])


_WORDS = st.sampled_from(
    [
        'lead.profile == "A"', 'lead.profile in ["A", "B"]', "lead.engagement > 1", "lead.engagement < 3",
        "known(lead.engagement)", "lead.sales_ready",
    ]
)  # fmt: skip
_LINE = st.recursive(
    _WORDS,
    lambda inner: st.one_of(
        inner.map("not ({})".format),
        st.tuples(inner, inner).map(" and ".join),
        st.tuples(inner, inner).map(lambda two: f"({two[0]} or {two[1]})"),
    ),
    max_leaves=4,
)


@settings(max_examples=100, deadline=None)
@given(st.lists(_LINE, min_size=1, max_size=3))
def test_no_line_that_is_found_to_move_nobody_moves_anybody(lines: list[str]) -> None:
    conditions = [parse_condition(line) for line in lines]
    never, shadowed = weighed(*lines)
    for profile, engagement, ready in itertools.product(
        [None, "A", "B", "C"], [None, 0, 1, 2, 3, 4], [None, True, False]
    ):
        fields: dict[str, Fact | None] = {
            "lead.profile": profile,
            "lead.engagement": engagement,
            "lead.sales_ready": ready,
        }
        lead = Lead(fields={name: value for name, value in fields.items() if value is not None})
        true = [number for number, one in enumerate(conditions) if one.test(lead)]
        assert not set(true) & set(never)
        assert not set(true[:1]) & set(shadowed)
