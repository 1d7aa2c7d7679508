"""The `go` that nobody stands on are known by what led to them."""

from __future__ import annotations

import pytest

from kweek.flow.passed import passed_in
from kweek.flow.state import Entry
from tests.unit.flow_of import plan_from

PLAN = plan_from(
    """\
    flow: f
    title: T
    start: contact.requested
    whenever: { quote.requested: sales }
    steps:
      - send: received
      - go: sales
    paths:
      sales:
        - handover: sales
          when: { rejected: done, later: later, won: won, lost: lost }
      later:
        - wait: 1 day
        - go: round
          at_most: 3 times
          then: done
      round:
        - go: sales
    """,
    "f",
)


def line(kind: str, step: str | None = None, **detail: str) -> Entry:
    return Entry("f-1", kind, step, 1, detail)


SENT = [line("started"), line("effect", "steps/send-received"), line("entered", "sales/handover-sales")]
LATER = [line("reacted", "sales/handover-sales", row="when:2"), line("entered", "later/wait-1")]
ONCE = [*LATER, line("timed_out", "later/wait-1")]


@pytest.mark.parametrize(
    ("journal", "steps"),
    [
        (SENT, {"steps/send-received/go-1"}),
        ([line("started"), line("reacted", "steps/send-received", row="whenever:1")], set[str]()),
        (LATER, set[str]()),
        ([*ONCE, line("entered", "sales/handover-sales")], {"later/go-1", "round/go-1"}),
        ([*ONCE, line("chose", "later/go-1", row="then"), line("ended")], set[str]()),
    ],
    ids=["below a mail", "by another line", "not yet", "one after the other", "often enough"],
)
def test_what_led_to_a_go_tells_that_it_was_passed(journal: list[Entry], steps: set[str]) -> None:
    assert passed_in(PLAN, journal) == steps
