"""Sales ready is one definition; what nobody knows yet is said, and is not held to be true."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kweek.flow.conditions import parse_condition
from kweek.flow.facts import Fact
from kweek.rules.qualification import Disqualifier, Need, SalesReady, Verdict

DEFINITION = SalesReady(
    needs=(
        Need("fits", parse_condition('lead.profile in ["A", "B"]')),
        Need("budget", parse_condition("bant.budget == true")),
    ),
    disqualified=(Disqualifier("student", parse_condition('lead.job_title == "student"')),),
)


class Known:
    """A lead of whom these fields are known."""

    now = datetime(2026, 3, 2, tzinfo=UTC)

    def __init__(self, **fields: Fact) -> None:
        self.fields = {name.replace("__", "."): value for name, value in fields.items()}

    def field(self, path: str) -> Fact | None:
        return self.fields.get(path)

    def count(self, event: str, period: timedelta | None) -> int:
        return 0

    def last(self, event: str) -> datetime | None:
        return None

    def opened(self, mail: str) -> bool:
        return False

    def clicked(self, mail: str, link: str | None) -> bool:
        return False

    def tagged(self, tag: str) -> bool:
        return False


@pytest.mark.parametrize(
    ("lead", "verdict"),
    [
        (Known(lead__profile="A", bant__budget=True), Verdict(True, met=("fits", "budget"))),
        (Known(lead__profile="C", bant__budget=True), Verdict(False, met=("budget",), not_met=("fits",))),
        (Known(lead__profile="A"), Verdict(None, met=("fits",), unknown=("budget",))),
        (Known(lead__profile="D"), Verdict(False, not_met=("fits",), unknown=("budget",))),
        (
            Known(lead__profile="A", bant__budget=True, lead__job_title="student"),
            Verdict(False, met=("fits", "budget"), disqualified=("student",)),
        ),
    ],
)
def test_needs_and_disqualifiers(lead: Known, verdict: Verdict) -> None:
    assert DEFINITION.judge(lead) == verdict


def test_nobody_is_ready_before_anything_was_agreed() -> None:
    assert SalesReady().judge(Known(lead__profile="A")).ready is False


@pytest.mark.parametrize("asks", ["lead.sales_ready", "not lead.disqualified"])
def test_the_definition_does_not_ask_itself(asks: str) -> None:
    with pytest.raises(ValueError, match="asks what this definition is to say"):
        SalesReady((Need("ready", parse_condition(asks)),))
