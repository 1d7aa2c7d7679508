"""Other words than ours, of another program or another language, are answered by ours; what is of the flow stands at
its top."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from tests.unit.test_lint_slips import BROCHURE, FAIR, RENEWAL, REVIVAL, is_told

GOAL: Final = "steps:\n  - goal: lead.sales_ready\n"
ASLEEP: Final = "    otherwise: done\n  - tag: asleep\n  - untag: dormant"

WORDS: Final = [
    (REVIVAL, "- untag: dormant", "- remove tag: dormant", 52, "Did you mean “untag”?"),
    (REVIVAL, "- tag: dormant", "- add_tag: dormant", 21, "Did you mean “tag”?"),
    (FAIR, "- set: { met_at", "- update field: { met_at", 21, "Did you mean “set”?"),
    (REVIVAL, "- choose:", "- branch:", 22, "Did you mean “choose”?"),
    (RENEWAL, "to: owner", "assignee: owner", 43, "Did you mean “to”?"),
    (RENEWAL, "to: owner", "assigned_to: owner", 43, "Did you mean “to”?"),
    (FAIR, "text: A lead", "message: A lead", 71, "Did you mean “text”?"),
    (FAIR, "  if: known(event.wish)", "  when: known(event.wish)", 10, "Did you mean “if”?"),
    (REVIVAL, "every: monday 09:00", "cron: monday 09:00", 9, "Did you mean “every”?"),
    (REVIVAL, "share: 20%\n        go: call", "share: 20%\n        do: call", 24, "Did you mean “go”?"),
    (REVIVAL, "- share: 20%", "- random: 20%", 23, "Did you mean “share”?"),
    (REVIVAL, "- else: next", "- else: continue", 25, "Did you mean “next”?"),
    (REVIVAL, 'tagged("quote-out")', 'has_tag("quote-out")', 10, "Did you mean “tagged”?"),
]
WHOLE: Final = [
    (BROCHURE, "steps:\n", "status: active\nsteps:\n", 11, "Delete this line"),
    (BROCHURE, "steps:\n", "enabled: true\nsteps:\n", 11, "Delete this line"),
    (FAIR, "steps:\n", f"{GOAL}    go: sales\n", 21, "“if: lead.sales_ready” and “go: sales”"),
    (FAIR, "steps:\n", GOAL, 21, "“if: lead.sales_ready” and “go: done” (or another path)"),
    (
        FAIR,
        "steps:\n",
        "steps:\n  - goal:\n      if: lead.sales_ready\n      go: sales\n",
        21,
        "above “steps:” write goal:",
    ),
    (
        FAIR,
        "steps:\n",
        "steps:\n  - goal:\n    if: lead.sales_ready\n    go: sales\n",
        21,
        "above “steps:” write goal:",
    ),
    (FAIR, "steps:\n", "steps:\n  - whenever:\n      webinar.attended: done\n", 21, "The flow has one in line 14"),
    (
        REVIVAL,
        "share: 20%\n        go: call",
        "share: 20%\n        send: sizing-guide",
        24,
        "Write go: and below it, two spaces deeper: - send: sizing-guide",
    ),
    (REVIVAL, "    otherwise: done ", ASLEEP, 41, "below the untag in line 42: - end: done"),
    (
        REVIVAL,
        "  - wait: until tuesday 10:00\n",
        "  - end: done\n  - wait: until tuesday 10:00\n",
        34,
        "Take the end in line 33 away",
    ),
]


@pytest.mark.parametrize(("file", "before", "after", "line", "words"), WORDS, ids=[slip[2] for slip in WORDS])
def test_another_word_for_one_of_ours_is_answered_by_it(
    shipped: Path, file: str, before: str, after: str, line: int, words: str
) -> None:
    is_told(shipped, file, before, after, line, words)


@pytest.mark.parametrize(("file", "before", "after", "line", "words"), WHOLE, ids=[slip[2] for slip in WHOLE])
def test_what_stands_among_the_steps_though_it_is_none_is_told_its_place(
    shipped: Path, file: str, before: str, after: str, line: int, words: str
) -> None:
    is_told(shipped, file, before, after, line, words)
