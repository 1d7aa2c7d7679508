"""A remedy keeps what its author wrote, and says nothing else: numbers, dates, steps beside a way."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from tests.unit.test_lint_slips import BROCHURE, ON_TIME, REVIVAL, WEBINAR, is_told

HOUR: Final = "wait: until 1 hour before event.starts_at"
ALL_SHARES: Final = "- share: 80%\n        go: call\n      - share: 30%\n        go: call\n"

SLIPS: Final = [
    (WEBINAR, ON_TIME, "days_until(event.starts_at, 3)", 23, "days_until(event.starts_at) < 3."),
    (WEBINAR, ON_TIME, "days_since(event.starts_at) > 3", 23, "below 0 once it has passed."),
    (WEBINAR, ON_TIME, 'happened("page.viewed", "14 days") > 2', 23, 'write count("page.viewed", "14 days") > 2.'),
    (WEBINAR, ON_TIME, "lead.opened > 2", 23, 'or how often: count("opened") > 1.'),
    (WEBINAR, ON_TIME, "sales ready", 23, "Write lead.sales_ready."),
    (WEBINAR, ON_TIME, "lead.profile = A or B", 23, 'Write lead.profile in ["A", "B"].'),
    (WEBINAR, ON_TIME, 'lead.profile in ("A", "B"', 23, 'Write ["A", "B"].'),
    (WEBINAR, HOUR, "wait: for webinar.attended", 30, "when: with the line “webinar.attended: next”."),
    (WEBINAR, "until 1 business day after event.starts_at", "until 1 business day after", 33, "such as 1 business day"),
    (WEBINAR, "clicked watch: attended", "clicked watch: attended, tell manager", 40, "- tell: manager, and - go: att"),
    (
        WEBINAR,
        "    - go: flow long-term\n",
        "    - discard: no use\n",
        124,
        "end: discard — and below it: because: no use",
    ),
    (BROCHURE, "start: brochure.requested", "start: by hand", 5, "Write: manual"),
    (BROCHURE, "      attempts: 3\n", "      follow_up: 24 hours\n      attempts: 3\n", 38, "Take it away: how long"),
    (REVIVAL, "- share: 20%\n        go: call\n", ALL_SHARES, 22, "make less than 100%: else has the rest."),
]


@pytest.mark.parametrize(("file", "before", "after", "line", "words"), SLIPS, ids=[one[2] for one in SLIPS])
def test_what_was_written_is_kept_in_the_remedy(
    shipped: Path, file: str, before: str, after: str, line: int, words: str
) -> None:
    is_told(shipped, file, before, after, line, words)
