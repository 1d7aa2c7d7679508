"""A remedy keeps what its author wrote: the day of an `ends`, the thousands of a number, the head of a name."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from tests.unit.test_lint_slips import BROCHURE, REVIVAL, is_told, slip

TESTS: Final = "flows/tests/brochure-request.yaml"
DEMO: Final = "flows/demo-request.yaml"
ENDS: Final = "ends: day 14, discard"
STARTS: Final = "start: brochure.requested"
LARGE: Final = "{ event: brochure.requested, if: company.size > 1,000 }"
BOUNCED: Final = "bounced: discard\n"

SLIPS: Final = [
    (TESTS, ENDS, "ends: day 14, discarded", 20, "Write ends: day 14, discard."),
    (TESTS, ENDS, "ends: day14, discard", 20, "Write ends: day 14, discard."),
    (TESTS, ENDS, "ends: discarded", 20, "Did you mean “discard”?"),
    # a number has no comma
    (BROCHURE, STARTS, f"start: {LARGE}", 5, "Write: if: company.size > 1000"),
    (BROCHURE, STARTS, f"start: {LARGE[:-2]} and lead.sales_ready }}", 5, "size > 1000 and lead.sales_ready"),
    # an ending, and more words
    (BROCHURE, BOUNCED, "bounced: discard all\n", 17, "Write the name alone: discard"),
    (BROCHURE, "  - wait: 7 days", "  - wait: 09:30", 12, "Write: until 09:30."),
    (BROCHURE, BOUNCED, "bounced: not lost\n", 17, "“not lost” is not a name"),
    (BROCHURE, BOUNCED, "bounced: discard the lead\n", 17, "Write the name alone: discard"),
    (BROCHURE, BOUNCED, "bounced: discard because dead\n", 17, "- end: discard — and below that: because: dead"),
    (REVIVAL, "read-changes: nurture", "read-changes: discard all", 32, "Write the name alone: discard"),
]


@pytest.mark.parametrize(("file", "before", "after", "line", "words"), SLIPS, ids=[one[2] for one in SLIPS])
def test_a_remedy_keeps_what_was_written(
    shipped: Path, file: str, before: str, after: str, line: int, words: str
) -> None:
    is_told(shipped, file, before, after, line, words)


def test_whose_first_word_it_is_comes_first(shipped: Path) -> None:
    slip(shipped, "rules/workspace.yaml", "  sales-floor:", "  marketing-room:")
    is_told(shipped, DEMO, "tell: engineers", "tell: marketing", 30, "Write marketing-room — or telemarketing.")
