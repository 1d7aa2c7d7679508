"""Does a condition fit the workspace? One mistake is one message, at its place."""

from __future__ import annotations

from datetime import date

import pytest

from kweek.flow.conditions import parse_condition
from kweek.flow.conditions.schema import FieldType, Schema, parse_value
from kweek.flow.conditions.shape import Kind
from kweek.flow.conditions.types import check_condition
from kweek.flow.state import Value

SCHEMA = Schema(
    fields={
        "lead.profile": FieldType("text", ("A", "B", "C", "D")),
        "lead.country": FieldType("text"),
        "lead.language": FieldType("text"),
        "lead.engagement": FieldType("number"),
        "lead.score.intent": FieldType("number"),
        "lead.sales_ready": FieldType("yes/no"),
        "lead.contract_end": FieldType("date"),
        "survey.brochure.topics": FieldType("several", ("price", "service")),
        "event.starts_at": FieldType("moment"),
    },
    events=("clicked", "opened", "quote.requested"),
    mails={"survey": ("book-a-demo",)},
)


@pytest.mark.parametrize(
    "text",
    [
        'lead.profile in ["A", "B"] and lead.score.intent >= 10 and lead.sales_ready',
        'lead.contract_end < "2026-12-31" and lead.contract_end > today and event.starts_at > lead.contract_end',
        'days_until(event.starts_at) < 3 or happened("quote.requested")',
        'clicked("survey", "book-a-demo") and matches(lead.country, "N*") and "price" in survey.brochure.topics',
    ],
)
def test_a_condition_that_fits_the_workspace_is_left_alone(text: str) -> None:
    assert check_condition(parse_condition(text), SCHEMA) == []


@pytest.mark.parametrize(
    ("text", "offset", "words"),
    [
        ('lead.profil == "A"', 0, "Did you mean “lead.profile”"),
        ("profile == 3", 0, "Did you mean “lead.profile”"),
        ('lead.engagement > "3"', 18, "write 3 without quotes"),
        ('lead.engagement > "high"', 18, "write a number"),
        ("lead.profile == 1", 16, "write one of these, in quotes: A, B, C, D"),
        ('lead.country in ["N*"]', 17, 'write matches(lead.country, "N*"), instead of the list'),
        (
            'lead.country not in ["N*", "BE"]',
            21,
            'write (not matches(lead.country, "N*") and lead.country not in ["BE"]), instead',
        ),
        ("lead.country == NL", 16, 'put it in quotes: "NL"'),
        ("lead.country == NO", 16, 'put it in quotes: "NO"'),
        ("lead.sales_ready == yes", 20, "write true"),
        ("not no", 4, "write false"),
        ("event.brochure == 1", 0, "There are: event.starts_at"),
        ("lead.country == 31", 16, "a country is its two letters, in capitals"),
        ('lead.engagement in ["hot", "warm"]', 20, "write numbers, without quotes"),
        ("lead.profile in [1, 2]", 17, "write one of these, in quotes: A, B, C, D"),
        ('lead.profile == "E"', 16, "There are: A, B, C, D"),
        ('lead.profile in ["A", "b"]', 22, "Did you mean “B”"),
        ('lead.profile > "B"', 15, "compares numbers and dates"),
        ("lead.profile > 3", 15, 'lead.profile in ["A"'),
        ("lead.country", 0, "not a yes or no"),
        ("lead.engagement and lead.sales_ready", 0, "lead.engagement > 0"),
        ('lead.sales_ready == "yes"', 20, "write lead.sales_ready"),
        ("lead.contract_end < 90", 20, "days_until"),
        ('lead.contract_end < "31-12-2026"', 20, '"2026-12-31"'),
        ('count("cliked") > 1', 6, "“clicked”"),
        ('count("clicked") > "1"', 19, "without quotes"),
        ('opened("survy")', 7, "“survey”"),
        ('clicked("survey", "book-demo")', 18, "“book-a-demo”"),
        ("days_until(lead.country) < 3", 11, "not a date"),
        ("lead.engagement == lead.profile", 19, "like with like"),
        ('survey.brochure.topics == "price"', 0, "several answers"),
        ('"prise" in survey.brochure.topics', 0, "“price”"),
        ("lead.country in lead.profile", 16, "needs a list"),
        ('lead.country == "Germany"', 16, 'write "DE"'),
        ('lead.country == "duitsland"', 16, 'write "DE"'),
        ('lead.country != "nl"', 16, 'write "NL"'),
        ('lead.country == "Lilliput"', 16, "two letters, in capitals"),
        ('lead.country in ["Netherlands", "Belgium", "DE"]', 17, 'write ["NL", "BE", "DE"]'),
        ("lead.country in (NL)", 17, 'write ["NL"]'),
        ('lead.language == "Dutch"', 17, 'write "nl"'),
        ("lead.contract_end < now", 20, "Did you mean “today”?"),
        ('lead.contract_end < "1 March 2026"', 20, '"2026-03-01"'),
        ("lead.__class__ == 1", 0, "no field lead.__class__"),
    ],
)
def test_one_mistake_in_a_condition_is_one_message_at_its_place(text: str, offset: int, words: str) -> None:
    findings = check_condition(parse_condition(text), SCHEMA)
    assert [(at, words in f"{what} {fix}") for at, what, fix in findings] == [(offset, True)], findings


@pytest.mark.parametrize(
    ("said", "kind", "right"),
    [
        ("800 euro", "number", 800), ("€ 1.500", "number", 1500), ("12,50", "number", 12.5),
        ("31/12/2026", "date", date(2026, 12, 31)), ("ja", "yes/no", True),
    ],
)  # fmt: skip
def test_a_value_that_is_written_in_another_way_is_told_as_it_is_written(said: str, kind: Kind, right: Value) -> None:
    with pytest.raises(ValueError, match="is not a") as refused:
        parse_value(said, FieldType(kind))
    assert parse_value(str(refused.value).rpartition("write ")[2], FieldType(kind)) == right
