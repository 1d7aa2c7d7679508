"""Where a key is missing and an unknown one stands, which is it? One message, with the author's own value."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from tests.unit.test_lint_slips import BROCHURE, FAIR, RENEWAL, TEAMS, is_told

SCORING: Final = "rules/scoring.yaml"
POINTS: Final = "    when: download.taken\n    interest: +10\n"
WHEN: Final = "    when: download.taken\n"
LONG_PROSE: Final = "  - because: took a download"
TESTS: Final = "flows/tests/brochure-request.yaml"
BOUNCES: Final = "a bounce stops everything at once"
ANNA: Final = "{ name: anna, email: anna@lisveld.example.com }"
AN_AXIS: Final = "Write: interest: +10 — or intent, or profile, in its place"

SLIPS: Final = [
    (SCORING, POINTS, f"{WHEN}    behaviour: +10\n", 76, AN_AXIS),
    (SCORING, POINTS, f"{WHEN}    weight: 10\n", 76, AN_AXIS),
    (SCORING, POINTS, f"{WHEN}    engagement: +10\n", 76, "Write: interest: +10 — or intent, in its place"),
    (SCORING, POINTS, f"{WHEN}    score: {{ intent: +10 }}\n", 76, "Write: intent: +10"),
    (SCORING, POINTS, f"{WHEN}    score:\n      profile: -5\n", 76, "Write: profile: -5"),
    (SCORING, LONG_PROSE, "  - name: took a download", 73, "Did you mean “because”?"),
    (SCORING, LONG_PROSE, "  - took a download:", 73, "Write: because: took a download"),
    (RENEWAL, "title: ", "name: ", 4, "Did you mean “title”?"),
    (RENEWAL, "title: ", "description: ", 4, "Did you mean “title”?"),
    (BROCHURE, "flow: ", "id: ", 3, "Did you mean “flow”?"),
    (BROCHURE, "steps:\n", "journey:\n", 11, "Did you mean “steps”?"),
    (TEAMS, "    members:", "    people:", 13, "Did you mean “members”?"),
    (TEAMS, ANNA, ANNA.replace("name", "who"), 14, "Did you mean “name”?"),
    (TEAMS, ANNA, ANNA.replace("email", "address"), 14, "Did you mean “email”?"),
    ("surveys/fair.yaml", "title:", "name:", 4, "Did you mean “title”?"),
    ("rules/workspace.yaml", "name:", "company:", 3, "Did you mean “name”?"),
    (BROCHURE, "    within: 7 days", "    after: 10 days", 15, "Did you mean “within”?"),
    (BROCHURE, "    within: 7 days", "    for: 2 weeks", 15, "Did you mean “within”?"),
    (BROCHURE, "      within: 5 business days", "      max: 5 business days", 37, "Did you mean “within”?"),
    (RENEWAL, "      within: 5 business days", "      deadline: 5 business days", 44, "Did you mean “within”?"),
    (RENEWAL, "      within: 5 business days", "      for: 5 business days", 44, "Did you mean “within”?"),
    (RENEWAL, "      to: owner", "      for: owner", 43, "Did you mean “to”?"),
    (TESTS, f"  - name: {BOUNCES}\n", f"  - {BOUNCES}:\n", 8, f"Write: name: {BOUNCES}"),
    (TESTS, "    expect:\n", "    result:\n", 12, "Did you mean “expect”?"),
    (FAIR, "- after: 24 hours\n", "- when: 24 hours\n", 80, "Did you mean “after”?"),
]


@pytest.mark.parametrize(("file", "before", "after", "line", "words"), SLIPS, ids=[one[2][:50] for one in SLIPS])
def test_a_stranger_is_the_key_that_is_missing(
    shipped: Path, file: str, before: str, after: str, line: int, words: str
) -> None:
    is_told(shipped, file, before, after, line, words)
