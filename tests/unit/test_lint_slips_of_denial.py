"""What denies a word is never answered with that word: `unopened` is not `opened`. One message each."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from kweek.flow.denied import denied
from kweek.flow.problems import nearest
from tests.unit.test_lint_slips import BROCHURE, is_told

TESTS: Final = "flows/tests/brochure-request.yaml"
TRIAGE: Final = "      answered: triage\n"
OPENED: Final = "      opened: call      "
ASKED: Final = "if: lead.sales_ready      "
WHEN: Final = "Write it below otherwise: a line for “{}”, and below that “else” is who did not."

SLIPS: Final = [
    (BROCHURE, TRIAGE, f"{TRIAGE}      unopened: call\n", 20, WHEN.format("opened")),
    (BROCHURE, TRIAGE, f"{TRIAGE}      not_opened: call\n", 20, WHEN.format("opened")),
    (BROCHURE, TRIAGE, f"{TRIAGE}      notopened: call\n", 20, WHEN.format("opened")),
    (BROCHURE, TRIAGE, f"{TRIAGE}      non-opened: call\n", 20, WHEN.format("opened")),
    (BROCHURE, TRIAGE, f"{TRIAGE}      unclicked: call\n", 20, WHEN.format("clicked")),
    (BROCHURE, TRIAGE, f"{TRIAGE}      unanswered: call\n", 20, WHEN.format("answered")),
    (BROCHURE, OPENED, OPENED.replace("opened", "unopened"), 21, "Write a line for “opened”; below it, “else”"),
    (BROCHURE, OPENED, OPENED.replace("opened", "unanswered"), 21, "“answered” under when has ended the step by then"),
    (BROCHURE, "        interested: ", "        uninterested: ", 41, "Did you mean “not interested”?"),
    (BROCHURE, ASKED, 'if: unopened("survey")', 29, 'Write not opened("survey").'),
    (BROCHURE, ASKED, 'if: untagged("fair")', 29, 'Write not tagged("fair").'),
    (BROCHURE, ASKED, "if: lead.not_sales_ready", 29, "Write not lead.sales_ready."),
    (BROCHURE, ASKED, "if: lead.no_phone", 29, "Write not known(lead.phone)."),
    (BROCHURE, ASKED, 'if: happened("unopened")', 29, "The nearest are: quoted,"),
    (TESTS, "day 8: [opened, clicked]", "day 8: unopened", 11, "what a test does not name does not happen."),
]  # fmt: skip


@pytest.mark.parametrize(("file", "before", "after", "line", "words"), SLIPS, ids=[one[2].strip() for one in SLIPS])
def test_what_is_denied_stays_denied(shipped: Path, file: str, before: str, after: str, line: int, words: str) -> None:
    is_told(shipped, file, before, after, line, words)


@pytest.mark.parametrize(
    ("word", "known", "contrary"),
    [
        ("unopened", ("opened", "clicked"), "opened"),
        ("newsletter.unsubscribed", ("newsletter.subscribed",), "newsletter.subscribed"),
        ("unsubscribd", ("unsubscribed",), None),
        ("undeliverd", ("undelivered", "answered"), None),
        ("notify", ("tell", "modify"), None),
        ("untill", ("until",), None),
    ],
)
def test_only_a_contrary_is_one(word: str, known: tuple[str, ...], contrary: str | None) -> None:
    assert denied(word, known) == contrary
    assert nearest(word, known) != contrary or contrary is None
