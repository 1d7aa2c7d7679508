"""What is a duration, and what is longer than anybody waits?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from kweek.flow.duration import Duration, parse_duration


@pytest.mark.parametrize(
    "text", ["1 minute", "36 hours", "520 weeks", "3650 days", "2600 business days", "20000 business hours"]
)
def test_what_is_written_is_what_is_said_again(text: str) -> None:
    assert str(parse_duration(text)) == text


@pytest.mark.parametrize(
    ("text", "most"),
    [
        ("521 weeks", "520 weeks"), ("3651 days", "3650 days"), ("87601 hours", "87600 hours"),
        ("2601 business days", "2600 business days"), ("60000 business hours", "20000 business hours"),
        ("999999999999 weeks", "520 weeks"),
    ],
)  # fmt: skip
def test_more_than_ten_years_is_refused(text: str, most: str) -> None:
    with pytest.raises(ValueError, match=f"longer than anybody waits; write ten years at most: {most}"):
        parse_duration(text)


def test_a_longer_one_that_was_published_before_is_ten_years() -> None:
    assert Duration(10**9, "week").elapsed == timedelta(days=3_653)
