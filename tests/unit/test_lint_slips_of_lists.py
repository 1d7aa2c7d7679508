"""Two things written as one, a dash too few, a name with words round it: one message, whose remedy is sound."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from kweek.linting import lint_unrendered
from kweek.workspace import read_workspace
from tests.unit.test_lint_slips import BROCHURE, FAIR, OUTCOMES, RENEWAL, REVIVAL, WEBINAR, WHITEPAPER, is_told, slip

READY: Final = "- if: lead.sales_ready       # rules/sales-ready.yaml\n          go: sales\n"
ALARM: Final = "          tell: manager\n        - after: 48"
MONDAY: Final = "- wait: 1 week, and below it - wait: until monday 09:00."
TESTED: Final = "send: { drying-figures: 45%, drying-story: 45%, nothing: 10% }"
SCORED: Final = "score: { intent: +10 }\n"
TAG: Final = "  - tag: met-in-person\n"
OTHERWISE: Final = (
    "      undelivered: call              # our mail never got through: not the lead's fault\n      else: discard\n"
)
CHOICE: Final = """\
    - choose:
        - if: handover.reason in ["student", "competitor"]
          go: discard
        - else: flow long-term
"""

SLIPS: Final = [
    (
        BROCHURE,
        "start: brochure.requested",
        "start: brochure.requested\nstart: manual",
        6,
        "start: [brochure.requested, manual]",
    ),
    (
        BROCHURE,
        "start: brochure.requested",
        "start:\n  - brochure.requested or quote.requested",
        6,
        "Write a line for each: - brochure.requested, and - quote.requested",
    ),
    (FAIR, "  event: fair.visited\n  if: k", "  - fair.visited\n    if: k", 9, "Write: - event: fair.visited"),
    (RENEWAL, OUTCOMES, "extends / thinks it over / stops", 59, f"Write a list: outcomes: {OUTCOMES}"),
    (RENEWAL, OUTCOMES, "extends | thinks it over | stops", 59, f"Write a list: outcomes: {OUTCOMES}"),
    # steps beside an if, lines of choose without their dashes, numbers for dashes
    (
        BROCHURE,
        READY,
        "- if: lead.sales_ready\n          tag: ready\n          end: won\n",
        30,
        "- tag: ready, and - end: won",
    ),
    (
        BROCHURE,
        CHOICE,
        '    - choose:\n        if: tagged("x")\n        go: discard\n        else: flow long-term\n',
        67,
        'Write: - if: tagged("x") — with “go” two spaces deeper, and - else: flow long-term',
    ),
    (BROCHURE, "  - wait: 7 days\n", "  1. wait: 7 days\n", 12, "Write: - wait: 7 days"),
    (FAIR, TAG, "  2) tag: met-in-person\n", 22, "Write: - tag: met-in-person"),
    (FAIR, TAG, "  - tag:\n    - met-in-person\n    warm\n", 24, "Write: - warm"),
    (BROCHURE, OTHERWISE, OTHERWISE.replace("else:", "otherwise:"), 24, "Write: else: discard"),
    # names with words round them
    (BROCHURE, "- send: survey", "- send: mail survey", 14, "Write: send: survey"),
    (BROCHURE, "call: brochure", "call: the brochure", 36, "Write: call: brochure"),
    (BROCHURE, "later: flow long-term", "later: flow Long term", 61, "Write: flow long-term"),
    (BROCHURE, "later: flow long-term", "later: long-term flow", 61, "Write: flow long-term"),
    (BROCHURE, "bounced: discard", "bounced: exit flow", 17, "Write: done"),
    (WEBINAR, "clicked watch: attended", "clicks on watch: attended", 40, "“clicked watch”"),
    (
        BROCHURE,
        ALARM,
        ALARM.replace("manager", "anna and bram"),
        54,
        "Write one: anna — and a step, or an alarm, for bram.",
    ),
    (WHITEPAPER, TESTED, "send: drying-figures 45% drying-story 45% nothing 10%", 25, f"Write: {TESTED}"),
    # points, a share with its way, a clock for a span
    (FAIR, SCORED, "score: +10 intent\n", 23, "Write: score: { intent: +10 }"),
    (FAIR, SCORED, "score: intent 10\n", 23, "Write: score: { intent: +10 }"),
    (FAIR, SCORED, "score: intent\n    points: 10\n", 23, "Write: score: { intent: +10 }"),
    (REVIVAL, "- share: 20%\n        go: ", "- share: 20% ", 23, "Write: - share: 20% — and below “share”: go: "),
    (BROCHURE, "follow_up: 24 hours", "follow_up: 24:00", 50, "Write 24 hours."),
    (BROCHURE, "follow_up: 24 hours", "follow_up: 1:30", 50, "Write 90 minutes."),
    (FAIR, "per event.fair", "per day", 11, "Write after 1 day."),
    # two waits
    (BROCHURE, "wait: 7 days", "wait: 1 week until monday 09:00", 12, MONDAY),
    (BROCHURE, "wait: 7 days", "wait: 1 week, 10:00", 12, "- wait: 1 week, and below it - wait: until 10:00."),
    (BROCHURE, "wait: 7 days", "wait: 1 week and then until monday 09:00", 12, MONDAY),
]


@pytest.mark.parametrize(("file", "before", "after", "line", "words"), SLIPS, ids=[one[2] for one in SLIPS])
def test_what_was_written_as_one_is_told_apart(
    shipped: Path, file: str, before: str, after: str, line: int, words: str
) -> None:
    is_told(shipped, file, before, after, line, words)


def test_a_list_that_lost_its_last_go_is_offered_the_path_that_leads_on(shipped: Path) -> None:
    demo = "flows/demo-request.yaml"
    is_told(shipped, demo, "  - go: sales\n", "  - tag: asked\n", 13, "Add a step “- go: sales” below it.")
    slip(shipped, demo, "  - tag: asked\n", "  - tag: asked\n  - go: sales\n")
    assert not lint_unrendered(read_workspace(shipped))


def test_another_flow_that_is_taken_for_a_path_is_told_once_though_it_may_refuse(shipped: Path) -> None:
    words = "write: flow long-term"
    is_told(shipped, WEBINAR, "    - go: flow long-term\n", "    - go: long-term\n      then: done\n", 124, words)


def test_once_per_day_may_be_once_per_value_of_a_field_of_that_name(shipped: Path) -> None:
    slip(
        shipped,
        "rules/events.yaml",
        "    fair: { type: text, title",
        "    day: { type: text }\n    fair: { type: text, title",
    )
    is_told(shipped, FAIR, "per event.fair", "per day", 11, "Write per event.day, once for each day that its data says")
