"""A lead comes back never, always, after a while, or once per value of a field: slips in it, one message each."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from tests.unit.test_lint_slips import FAIR, WEBINAR, is_told

FAIR_ONCE: Final = "per event.fair"
DEMO: Final = "flows/demo-request.yaml"

SLIPS: Final = [
    (FAIR, FAIR_ONCE, "per lead", 11, "Write never — or, for once per value of a field, name one: per event.fair"),
    (FAIR, FAIR_ONCE, "per webinar", 11, "There is no field webinar. Write per event.fair — or per event.wish"),
    (FAIR, FAIR_ONCE, "per starts_at", 11, "Write per event.fair — or per event.wish"),
    (FAIR, FAIR_ONCE, "per fair", 11, "Did you mean “event.fair”?"),
    (FAIR, FAIR_ONCE, "every fair", 11, "Write per event.fair."),
    (FAIR, FAIR_ONCE, "once per fair", 11, "Write per event.fair."),
    (FAIR, FAIR_ONCE, "per company", 11, "Did you mean “company.name”?"),
    # a unit is a word, and no part of one
    (FAIR, FAIR_ONCE, "once a fortnight", 11, "Write after 2 weeks."),
    (FAIR, FAIR_ONCE, "per wek", 11, "Write after 1 week."),
    (WEBINAR, "per event.webinar", "per course", 9, "Write per event.webinar — or per event.title"),
    (WEBINAR, "per event.webinar", "once per course", 9, "Write per event.course."),
    (DEMO, "reentry: always", "reentry: per webinar", 9, "Write per event.building."),
]


@pytest.mark.parametrize(("file", "before", "after", "line", "words"), SLIPS, ids=[one[2] for one in SLIPS])
def test_a_slip_in_reentry_is_one_message(
    shipped: Path, file: str, before: str, after: str, line: int, words: str
) -> None:
    is_told(shipped, file, before, after, line, words)


@pytest.mark.parametrize(("said", "words"), [("per lead", "Write never."), ("per day", "Write after 1 day.")])
def test_what_is_counted_by_nothing_is_held_against_no_other_flow(shipped: Path, said: str, words: str) -> None:
    is_told(shipped, "flows/long-term.yaml", "reentry: always", f"reentry: {said}", 9, words)
