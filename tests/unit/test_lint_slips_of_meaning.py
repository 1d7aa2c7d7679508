"""What can be read, but cannot be meant: a tag that nobody sets, a round without an end, a number where a name belongs.
One message each, with the remedy."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from kweek.linting import lint_unrendered
from kweek.workspace import read_workspace
from tests.unit.test_lint_slips import CALENDARS, FAIR, OUTCOMES, RENEWAL, REVIVAL, WHITEPAPER, is_told, slip, told_once

CONTACT: Final = "flows/contact-request.yaml"
IS_CALL: Final = 'if: event.wish == "call"'
TEN: Final = "wait: until 10:00"
POINTS: Final = "{ intent: +10 }"
GRADES: Final = 'lead.grade in ["A2", "B1"]'
READY: Final = "  - choose:\n      - if: lead.sales_ready\n"
STEPS: Final = "\nsteps:\n"

TAGS: Final = [
    (
        REVIVAL,
        '"quote-out"',
        '"quote-ou"',
        10,
        "No step sets the tag “quote-ou”. So no lead has it. Did you mean “quote",
    ),
    (FAIR, IS_CALL, 'if: tagged("met_in_person")', 26, "Did you mean “met-in-person”?"),
    (REVIVAL, "untag: dormant", "untag: dormnt", 52, "Did you mean “dormant”?"),
]
NOT_HANDED: Final = [
    (FAIR, TEN, "wait: until handover.later_on", 30, "Move this wait behind a handover, or write how long"),
    (FAIR, TEN, "wait: until 2 days after handover.later_on", 30, "Sales says it when a handover ends"),
]
MOMENTS: Final = [
    (FAIR, TEN, "wait: until monday", 30, "Write: until monday 09:00."),
    (FAIR, TEN, "wait: until next monday", 30, "until monday 09:00."),
    (FAIR, TEN, "wait: until monday, tuesday 10:00", 30, "Write one: until monday 10:00."),
]
WIDE_SIGNS: Final = [
    (RENEWAL, OUTCOMES, "[extends，thinks it over， stops]", 59, f"Write: outcomes: {OUTCOMES}"),
    (FAIR, POINTS, "{ intent：+10 }", 23, f"Write: - score: {POINTS}"),
    (WHITEPAPER, GRADES, 'lead.grade in ["A2"， "B1"]', 13, "is not the comma of the keyboard"),
    (FAIR, TEN, "wait: until 10：00", 30, "Write: - wait: until 10:00"),
]
NUMBERS: Final = [
    (FAIR, POINTS, "{ interest: 2,5 }", 23, "“2,5” has a comma in it. Points are whole numbers. Write: interest: +3"),
    (WHITEPAPER, "drying-figures: 45%", "drying-figures: 45,5%", 25, "Write: drying-figures: 45%"),
    (REVIVAL, "share: 20%", "share: 130%", 23, "Write less than 100%: 30%."),
    (FAIR, "pace: after-fair", "pace: 60 per day", 12, "Write the name of one: default."),
    (FAIR, "pace: after-fair", "pace: 70 per day", 12, "in rules/teams.yaml, its capacity: 70 per day."),
]
PERIODS: Final = [
    (FAIR, IS_CALL, 'if: count("clicked", "30 days")', 26, 'Compare it: count("clicked", "30 days") > 0.'),
    (FAIR, IS_CALL, "if: days_until(lead.contract_end)", 26, "Compare it: days_until(lead.contract_end) < 90."),
    (FAIR, IS_CALL, 'if: count("clicked", "3 months") > 1', 26, 'Write "90 days".'),
    (FAIR, IS_CALL, 'if: count("clicked", "5 business days") > 1', 26, 'Write "5 days".'),
]
OTHERS: Final = [
    (
        FAIR,
        "call: fair\n",
        "call: fair-thanks\n",
        54,
        "is a mail, not a survey. A call has a survey for its script. Write",
    ),
    (FAIR, "call: fair\n", "call: request-received\n", 54, "is a mail, not a survey."),
]
ROUNDS: Final = [
    (CONTACT, "  - go: sales\n", f"{READY}        go: flow contact-request\n      - else: sales\n", 18),
    (CONTACT, STEPS, "\ngoal:\n  if: lead.sales_ready\n  go: flow contact-request\n\nsteps:\n", 16),
    (
        CONTACT,
        "  - go: sales\n",
        "  - send: drying-story\n    within: 1 week\n    when:\n      bounced: sales\n"
        "      blocked: flow contact-request\n    otherwise: sales\n",
        20,
    ),
    (
        CONTACT,
        "  - go: sales\n",
        f"{READY}        go: sales\n      - else: next\n"
        "  - go: flow renewal\n    then: flow contact-request\n",
        21,
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "before", "after", "line", "words"),
    [*TAGS, *NOT_HANDED, *MOMENTS, *WIDE_SIGNS, *NUMBERS, *PERIODS, *OTHERS],
    ids=lambda one: str(one)[:40],
)
def test_what_cannot_be_meant_is_said_once(
    shipped: Path, file: str, before: str, after: str, line: int, words: str
) -> None:
    is_told(shipped, file, before, after, line, words)


@pytest.mark.parametrize(("file", "before", "after", "line"), ROUNDS)
def test_a_round_through_flows_that_takes_no_time(shipped: Path, file: str, before: str, after: str, line: int) -> None:
    problem = told_once(shipped, file, before, after)
    assert (problem.file, problem.line, problem.code) == (file, line, "instant-loop"), problem
    assert "Put a wait before it" in problem.fix


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (IS_CALL, 'if: tagged("vip")'),  # set by nobody, and like no other
        ("title: Leads from a fair", "title: Leads， from： a fair"),
        ("tag: met-in-person", 'tag: [met-in-person, fair-2026]\n  - untag: fair-2027'),
    ],
)  # fmt: skip
def test_what_may_well_be_meant_is_left_alone(shipped: Path, before: str, after: str) -> None:
    slip(shipped, FAIR, before, after)
    assert lint_unrendered(read_workspace(shipped)) == ()


def test_a_flow_that_another_hands_on_to_may_wait_for_the_day_that_was_agreed(shipped: Path) -> None:
    slip(shipped, "flows/long-term.yaml", STEPS, "\nsteps:\n  - wait: until handover.later_on\n")
    assert "nobody-said" not in {problem.code for problem in lint_unrendered(read_workspace(shipped))}


def test_a_calendar_without_a_time_zone_has_that_of_the_workspace(shipped: Path) -> None:
    slip(shipped, CALENDARS, "office:\n  timezone: Europe/Amsterdam\n", "office:\n")
    slip(shipped, "rules/workspace.yaml", "Europe/Amsterdam", "Europe/Lisbon")
    workspace = read_workspace(shipped)
    assert lint_unrendered(workspace) == ()
    assert workspace.rules.calendars["office"].calendar.timezone == "Europe/Lisbon"
