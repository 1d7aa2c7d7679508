"""A line gone, joined with another or in the place of another; half a quote or a bracket: one message each."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from tests.unit.test_lint import lint
from tests.unit.test_lint_one_slip import SOUND
from tests.unit.test_lint_slips import ANSWER, EVENTS, FAIR, OUTCOMES, RENEWAL, REVIVAL, WHITEPAPER, is_told

MAIL: Final = "templates/mails/drying-story.en.md"
SURVEY: Final = "surveys/brochure.yaml"
POINTS: Final = "  - score: { intent: +10 }\n"
TELL: Final = "    - tell: manager\n"
GOAL: Final = "goal:                                  # judged on entry, and whenever points or a grade change\n"
ENDS_ON: Final = "data:\n    ends_on: { type: date, title: { en: ends on, nl: loopt tot } }\n"
GO: Final = "    - go: account                      # sent, and not signed\n"
RUNG: Final = "          tell: manager\n          reassign: sales\n"
WIDE: Final = "task: Ask {{ company.name or lead.name }} about the contract that ends"

GONE: Final = [
    (FAIR, "  judge:\n", "", 45, "Write judge: above it, in column 3 (2 spaces)."),
    (FAIR, "  call:\n", "", 53, "Write call: above it, in column 3 (2 spaces)."),
    (WHITEPAPER, GOAL, "", 12, "Write goal: above it, in column 1 (0 spaces)."),
    (FAIR, POINTS, "", 23, "If the line of its step is lost, write - end: … or - score: … above it, in column 3."),
    (FAIR, TELL, "", 70, "Write - tell: above it, in column 5 (4 spaces)."),
    (RENEWAL, GO, "", 52, "Write - go: above it, in column 5 (4 spaces)."),
    (RENEWAL, "  contract.renewed: ", "  # ", 13, "Write it above this line, with a colon, in column 3 (2 spaces)."),
    (RENEWAL, f"      outcomes: {OUTCOMES}\n", "", 57, f"Add: outcomes: {OUTCOMES}"),
]
JOINED: Final = [
    (FAIR, "judge\n      unclear: judge", "judge unclear: judge", 39, "Put “unclear: judge” on a line of its own"),
    (FAIR, "blocked: call\n      answered", "blocked: call answered", 35, "Put “answered: judge” on a line of its own"),
    (FAIR, "hours\n      when:\n", "hours when:\n", 59, "Put “when:” on a line of its own"),
    (FAIR, "met-in-person\n  -", "met-in-person -", 22, "Put “- score: { intent: +10 }” on a line of its own"),
    (FAIR, "sales_ready\n          go", "sales_ready go", 47, "Put “go: sales” on a line of its own"),
    (FAIR, "10:00\n  - send", "10:00 - send", 30, "Put “- send: fair-thanks” on a line of its own"),
    (FAIR, "paths:\n ", "paths:", 44, "Put “judge:” on a line of its own below it, in column 3"),
]
JOINED_TO_WORDS: Final = [
    (MAIL, "purpose: advice", "purpose: advise", 5, "Did you mean “advice”?"),
    (REVIVAL, ANSWER, "if: survey.keep-in-touch.wish = yes", 45, 'Did you mean “== "yes"”?'),
    (
        FAIR,
        "working days.\n    - go",
        "working days. - go",
        71,
        "Put “- go: flow long-term” on a line of its own, below",
    ),
    (RENEWAL, "contract that ends\n      to", "contract that ends to", 57, "Put “to: owner” on a line of its own"),
    (FAIR, "Leads from a fair\nabout: >-\n", "Leads from a fair about: >-\n", 4, "Put “about: >-” on a line"),
    (FAIR, "otherwise:\n      opened", "otherwise: opened", 38, "Write “opened: judge” on a line of its own"),
]
ASTRAY: Final = [
    (FAIR, RUNG, RUNG.replace("  reassign", "- reassign"), 85, "Write: reassign: sales"),
    (FAIR, "      then: flow", "  then: flow", 97, "Begin it in column 7 (6 spaces)."),
    (RENEWAL, "      because: contract e", "  because: contract e", 87, "Begin it in column 7 (6 spaces)."),
    (FAIR, "    because: talked", "because: talked", 24, "It belongs to “score” in line 23."),
    (FAIR, TELL, "      tell: manager\n", 70, "Write: - tell: manager — in column 5 (4 spaces)"),
    (
        FAIR,
        "  - send: fair-thanks\n    within: 1 week\n",
        "    within: 1 week\n  - send: fair-thanks\n",
        31,
        "Put it below",
    ),
    (RENEWAL, "    - end: lost\n      b", "    - go: lost\n      b", 86, "Write: - end: lost"),
    (
        RENEWAL,
        "    - go: account\n      at_most: 3",
        "    - go: account\n    - go: account\n      at_most: 3",
        73,
        "Delete one",
    ),
    (RENEWAL, WIDE, WIDE.replace("task", "call"), 57, "Write: - task: Ask {{ company.name or lead.name }}"),
]
HALVES: Final = [
    (FAIR, "score: { intent: +10 }", "score: intent: +10 }", 23, "Write: score: { intent: +10 }"),
    (RENEWAL, "start: { at: 90", "start: at: 90", 8, "Write: start: { at: 90 days before lead.contract_end }"),
    (RENEWAL, OUTCOMES, OUTCOMES[1:], 59, f"Write a list: outcomes: {OUTCOMES}"),
    (RENEWAL, OUTCOMES, f'"{OUTCOMES}', 59, f"Take it away: outcomes: {OUTCOMES}"),
    (RENEWAL, OUTCOMES, f'"{OUTCOMES}"', 59, f"Write a list: outcomes: {OUTCOMES}"),
    (RENEWAL, OUTCOMES, f'{OUTCOMES}"', 59, f"Write: outcomes: {OUTCOMES}"),
    (RENEWAL, OUTCOMES, '[extends", thinks it over, stops]', 59, "Write it without: extends"),
    (RENEWAL, OUTCOMES, '[extends, thinks it over, "stops]', 59, 'Close it behind the text: "stops"'),
]
WORDS: Final = [
    (
        FAIR,
        "      clicked book-a-visit: call\n",
        "      clicked:\n        book-a-visit: call\n",
        37,
        "Write: clicked book-a-visit: call",
    ),
    (REVIVAL, "monday 09:00", "munday 09:00", 9, "Write: monday 09:00."),
    (FAIR, "event.fair }", "evnet.fair }", 21, "Did you mean “event.fair”?"),
    (RENEWAL, "renewed_on: today", "renewed_on: todya", 13, "Did you mean “today”?"),
    (SURVEY, "type: choice", "type: choise", 29, "Did you mean “choice”?"),
    (SURVEY, "fills: bant.budget", "fills: bant.budgets", 54, "Did you mean “bant.budget”?"),
    (EVENTS, ENDS_ON, "data: [ends_on]\n", 80, "Write: data: { ends_on: date }"),
]
OTHERWISE: Final = "    otherwise:\n      opened: judge\n      unclear: judge "
WHEN: Final = "      when:\n        rejected: back\n        later: later\n"
GO_SALES: Final = "        - if: lead.sales_ready\n          go: sales\n"
GO_LIST: Final = "        - if: lead.sales_ready\n          go:\n        - tag: hot\n        - go: sales\n"
STOPS: Final = "        stops:\n          - end: lost\n            because: contract not renewed\n"
LATE: Final = "      otherwise: late\n"
OF_CALL: Final = "      otherwise: flow long-term\n"
NOT_FOR_US: Final = "        not interested: discard\n"
ELSE: Final = "        else: flow long-term\n"
FALLEN: Final = [
    (RENEWAL, STOPS + LATE, LATE + STOPS, 66, "Put it above line 65, below “when” in line 62."),
    (RENEWAL, STOPS + LATE, f"{LATE}      stops: silent\n", 66, "Put it above line 65, below “when” in line 62."),
    (RENEWAL, f"        done: signature\n{LATE}", f"{LATE}      done: signature\n", 48, "below “when” in line 46."),
    (
        WHITEPAPER,
        NOT_FOR_US + ELSE + OF_CALL,
        ELSE + OF_CALL + NOT_FOR_US,
        77,
        "above line 75, below “when” in line 71.",
    ),
    (RENEWAL, STOPS + LATE, f"      otherwise:\n{STOPS}        else: late\n", 66, "Write it under when: “stops: …”."),
]
LEFT: Final = [
    (FAIR, OTHERWISE, OTHERWISE.replace("      ", "    "), 39, "Begin it in column 7 (6 spaces), and line 40 too."),
    (FAIR, WHEN, WHEN.replace("        ", "      "), 87, "Begin it in column 9 (8 spaces), and line 88 too."),
    (FAIR, GO_SALES, GO_LIST, 49, "It belongs to “go” in line 48. Begin it in column 11 (10 spaces), and line 50 too."),
]


@pytest.mark.parametrize(
    ("file", "before", "after", "line", "words"),
    [*GONE, *JOINED, *JOINED_TO_WORDS, *ASTRAY, *HALVES, *WORDS, *LEFT, *FALLEN],
    ids=lambda one: str(one)[:40],
)
def test_a_slip_of_a_line_is_said_once_where_it_is(
    shipped: Path, file: str, before: str, after: str, line: int, words: str
) -> None:
    is_told(shipped, file, before, after, line, words)


def test_the_heading_of_a_start_is_missed_above_its_lines() -> None:
    text = SOUND.replace("start: brochure.requested", "  event: brochure.requested\n  if: lead.sales_ready")
    [problem] = lint(text, "sound.yaml")
    assert (problem.line, problem.fix) == (4, "Write start: above it, in column 1 (0 spaces).")


def test_a_lost_else_led_to_the_path_to_which_no_other_line_leads() -> None:
    text = SOUND.replace("      opened: call\n      unclear: call\n", "      unclear: sales\n")
    text = text.replace('        - if: lead.profile in ["A", "B"]\n          go: call\n        - else: done\n', "")
    [problem] = lint(text, "sound.yaml")
    assert (problem.line, problem.fix) == (23, "Add a last line: - else: call")
