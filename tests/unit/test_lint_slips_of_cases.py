"""Tests of flows that say what cannot be: an outcome of no task here, a flow that is not there, a country by its name,
an answer that nobody is asked for. One message each."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from tests.unit.test_lint_slips import is_told

FAIR: Final = "flows/tests/fair-leads.yaml"
RENEWAL: Final = "flows/tests/renewal.yaml"
CONTACT: Final = "flows/tests/contact-request.yaml"
LEAD: Final = "lead: { profile: B, tracking: false }"
STOPS: Final = "day 60: stops"
EVENTS: Final = "    events:\n"
OUTCOMES: Final = "The tasks and calls of this flow come to: done, extends, thinks it over, stops."
NOBODY: Final = "Nobody can answer here. No mail of this flow has a survey."

SLIPS: Final = [
    # outcomes
    (RENEWAL, STOPS, "day 60: satisfied", 30, OUTCOMES),
    (RENEWAL, STOPS, 'day 60: "ready"', 30, OUTCOMES),
    (RENEWAL, STOPS, "day 60: [extend]", 30, "Did you mean “extends”?"),
    (FAIR, "      opened: 30%\n", "      visiting: 30%\n", 131, "Did you mean “visit”?"),
    (FAIR, "day 1: visit\n", "day 1: at ease\n", 10, "come to: visit, interested, not interested, quote,"),
    # flows
    (FAIR, "ends: day 8, flow long-term", "ends: day 8, flow longterm", 24, "Did you mean “long-term”?"),
    (FAIR, "ends: day 8, flow long-term", "ends: flow longterm", 24, "Did you mean “long-term”?"),
    (FAIR, "won: at least 1 }", "flow longterm: at least 1 }", 145, "Did you mean “long-term”?"),
    # codes
    (FAIR, LEAD, "lead: { country: Netherlands }", 98, "Write NL."),
    (FAIR, LEAD, "lead:\n      country: nl", 99, "Write NL."),
    (FAIR, LEAD, "lead: { country: Narnia }", 98, "A country is its two letters, in capitals"),
    (FAIR, LEAD, "lead: { language: Dutch }", 98, "Write nl."),
    (FAIR, LEAD, "lead: { company: { country: Holland } }", 98, "Write NL."),
    (FAIR, LEAD, "lead: { timezone: Amsterdam }", 98, "Did you mean “Europe/Amsterdam”?"),
    (FAIR, LEAD, "lead: { profile: E }", 98, "There are: A, B, C, D."),
    # answers
    (CONTACT, EVENTS, f"{EVENTS}      day 6: {{ answered: {{ wish: call }} }}\n", 31, NOBODY),
    (CONTACT, EVENTS, f"{EVENTS}      day 6: [opened, answered]\n", 31, NOBODY),
]  # fmt: skip


@pytest.mark.parametrize(("file", "before", "after", "line", "words"), SLIPS, ids=[one[2] for one in SLIPS])
def test_a_slip_in_a_test_of_a_flow_is_one_message(
    shipped: Path, file: str, before: str, after: str, line: int, words: str
) -> None:
    is_told(shipped, file, before, after, line, words)
