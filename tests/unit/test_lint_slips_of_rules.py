"""Slips in rules/events.yaml and rules/scoring.yaml, teams that nobody leads, and a limit that no longer wait can keep:
one message each, whose remedy is what was meant."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from tests.unit.test_lint_slips import EVENTS, WHITEPAPER, is_told

RENEWED: Final = "contract.renewed:   "
CALCULATE: Final = """\
      clicked calculate:               # to reckon with one's own figures is more than to read
        - score: { intent: +15 }
          because: opened the calculator

  - wait: 1 week
"""
WITHIN: Final = "within: 2 weeks\n    when:\n      bounced: discard\n      blocked: done\n"

SLIPS: Final = [
    (EVENTS, RENEWED, f"trial.upgraded: hard\n\n{RENEWED}", 78, "below it: hard: true."),
    (EVENTS, RENEWED, f"trial.upgraded: soft\n\n{RENEWED}", 78, "below it: soft: true."),
    (EVENTS, RENEWED, f"trial.upgraded: [hard]\n\n{RENEWED}", 78, "below it: hard: true."),
    (EVENTS, RENEWED, f"trial.upgraded: a trial ended well\n\n{RENEWED}", 78, "below it: soft: true."),
    (EVENTS, RENEWED, f"trial.upgraded: {{ hard }}\n\n{RENEWED}", 78, "Write: hard: true — or delete the key."),
    (EVENTS, "  hard: true\n", "  hard:\n", 10, "Write: hard: true — or delete the key."),
    # what is clicked leads on at once, however long it may take
    (WHITEPAPER, CALCULATE, "      clicked calculate: next\n\n", 42, "pass on this way (a wait), or allow 2 mails."),
    (WHITEPAPER, f"{WITHIN}{CALCULATE}", "within: 2 days\n", 37, "(a wait, or a longer within), or allow 2 mails."),
]  # fmt: skip


@pytest.mark.parametrize(("file", "before", "after", "line", "words"), SLIPS, ids=[one[2] for one in SLIPS])
def test_a_slip_in_the_rules_is_one_message(
    shipped: Path, file: str, before: str, after: str, line: int, words: str
) -> None:
    is_told(shipped, file, before, after, line, words)
