"""Conditions read like English, answer in three values, and refuse everything else at its very place."""

from __future__ import annotations

import pickle
import timeit
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kweek.flow.conditions import ConditionError, parse_condition
from kweek.flow.facts import Fact

NOW = datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Europe/Amsterdam"))


@dataclass
class Lead:
    """Someone of whom little is known."""

    now: datetime = NOW
    fields: dict[str, Fact] = field(
        default_factory=lambda: {
            "lead.profile": "A",
            "lead.engagement": 2,
            "lead.customer": True,
            "lead.job_title": "Sales Director",
            "lead.contract_end": date(2026, 5, 1),
            "event.starts_at": datetime(2026, 3, 2, 23, 30, tzinfo=UTC),
            "survey.long-term.from": "fair",
            "survey.long-term.topics": ("price", "service"),
        }
    )

    def field(self, path: str) -> Fact | None:
        return self.fields.get(path)

    def count(self, event: str, period: timedelta | None) -> int:
        return {"clicked": 3, "opened": 5}.get(event, 0) - (1 if period == timedelta(days=14) else 0)

    def last(self, event: str) -> datetime | None:
        return NOW - timedelta(days=3, hours=5) if event == "clicked" else None

    def opened(self, mail: str) -> bool:
        return mail == "survey"

    def clicked(self, mail: str, link: str | None) -> bool:
        return mail == "survey" and link in (None, "book-a-demo")

    def tagged(self, tag: str) -> bool:
        return tag == "beurs"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ('lead.profile in ["A", "B"] and count("clicked", "14 days") > 2', False),
        ('lead.profile in ["A", "B"] and count("clicked") > 2', True),
        ('lead.profile not in ["C", "D"]', True),
        ("lead.profile == 'A'", True),
        ("1 < lead.engagement < 3", True),
        ("1 < lead.engagement < 2", False),
        ("lead.engagement > -1.5", True),
        ("lead.customer", True),
        ("not lead.customer", False),
        ("lead.customer == true", True),
        # what is not known is unknown, and so is its contrary
        ('lead.country == "NL"', None),
        ('not lead.country == "NL"', None),
        ('lead.country == "NL" or lead.customer', True),
        ('lead.country == "NL" and lead.customer', None),
        ('lead.country == "NL" and not lead.customer', False),
        ('lead.country in ["NL"]', None),
        ('lead.profile in ["B", lead.country]', None),
        ('lead.profile in ["A", lead.country]', True),
        ("known(lead.country)", False),
        ("known(lead.profile)", True),
        ('matches(lead.country, "N*")', None),
        ("days_until(lead.country) < 3", None),
        # dates and moments
        ('lead.contract_end > "2026-04-30"', True),
        ('lead.contract_end == "2026-05-01"', True),
        ("lead.contract_end > today", True),
        ("days_until(lead.contract_end) == 60", True),
        ("days_since(\"clicked\") == 3", True),
        ("days_since(\"opened\") > 3", None),
        ('event.starts_at == "2026-03-03"', True),  # in the lead's own time zone it is tomorrow
        ('event.starts_at < "2026-03-03T00:31"', True),
        # functions
        ('happened("opened")', True),
        ('happened("replied", "3 weeks")', False),
        ('opened("survey") and clicked("survey") and clicked("survey", "book-a-demo")', True),
        ('clicked("survey", "other")', False),
        ('tagged("beurs")', True),
        ('matches(lead.job_title, "*director*")', True),
        ('matches(lead.job_title, "director*")', False),
        ('survey.long-term.from == "fair"', True),  # hyphens and Python's own words are fine in a name
        ('"price" in survey.long-term.topics', True),
        ('"speed" not in survey.long-term.topics', True),
        ("(\n  lead.customer\n  or false\n)", True),
    ],
)  # fmt: skip
def test_a_condition_is_true_false_or_unknown(text: str, answer: bool | None) -> None:
    assert parse_condition(text).test(Lead()) is answer


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.text(max_size=200),
        st.lists(
            st.sampled_from(
                [
                    "lead.x",
                    "not",
                    "and",
                    "or",
                    "in",
                    "(",
                    ")",
                    "[",
                    "]",
                    "==",
                    "<",
                    "-",
                    '"a"',
                    "1",
                    ",",
                    "count",
                    "if",
                    "é",
                ]
            ),
            max_size=80,
        ).map(" ".join),
    )
)
def test_no_text_makes_the_parser_fall_over(text: str) -> None:
    refused: ConditionError | None = None
    try:
        assert parse_condition(text).test(Lead()) in (True, False, None)
    except ConditionError as error:
        refused = error
    if refused:
        assert 0 <= refused.offset <= len(text)
        assert refused.message
        assert refused.fix


def test_what_a_condition_asks_is_known_without_asking_it() -> None:
    condition = parse_condition('lead.profile == "A" and count("clicked") > 1 and happened("quote.requested")')
    assert condition.names == {"lead.profile"}
    assert condition.functions == {"count", "happened"}
    assert condition.events == {"clicked", "quote.requested"}
    assert not condition.clock


@pytest.mark.parametrize(
    "text",
    ['count("clicked", "3 days") > 1', 'days_since("opened") > 2', "days_until(lead.x) < 3", "lead.x > today"],
)
def test_a_condition_says_whether_mere_time_can_change_it(text: str) -> None:
    assert parse_condition(text).clock


def test_equal_texts_are_equal_conditions_and_travel() -> None:
    one = parse_condition('lead.profile == "A"')
    parse_condition.cache_clear()
    two = parse_condition('lead.profile == "A"')
    assert one == two
    assert hash(one) == hash(two)
    assert pickle.loads(pickle.dumps(one)) == one


def test_an_evaluation_takes_microseconds() -> None:
    condition, lead = parse_condition('lead.profile in ["A", "B"] and count("clicked", "14 days") > 2'), Lead()
    best = min(timeit.repeat(lambda: condition.test(lead), number=2_000, repeat=5)) / 2_000
    assert best < 20e-6  # 1.5 µs on a quiet machine; this one may be busy
