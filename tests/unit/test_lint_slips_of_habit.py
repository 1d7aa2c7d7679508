"""Habits of other programs and of other files: each is one message, whose remedy is what the author wrote, in our
words."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from kweek.linting import lint_unrendered
from kweek.workspace import read_workspace
from tests.unit.test_lint_slips import FAIR, WHITEPAPER, is_told, slip

BROCHURE: Final = "flows/brochure-request.yaml"
LONG: Final = "flows/long-term.yaml"
CASES: Final = "flows/tests/brochure-request.yaml"
SCORING: Final = "rules/scoring.yaml"
SURVEY: Final = "surveys/fair.yaml"

STARTS: Final = "start: manual "
ANSWERED: Final = "      answered: triage\n"
ASKS: Final = 'survey.keep-in-touch.wish == "call"'
HALVES: Final = "  - send: { drying-figures: 45%, drying-story: 45%, nothing: 10% }\n"
IN_BRACES: Final = "send: { drying-figures: 45%, drying-story: 45%, nothing: 10% }"
KNOWN: Final = "    if: known(company.name)"

SLIPS: Final[list[tuple[str, str, str, int, str]]] = [
    # what stands below something of which it is no part
    (BROCHURE, "  - wait: 7 days", "  -\twait: 7 days", 12, "Write one space behind the dash"),
    (
        BROCHURE, ANSWERED, f"{ANSWERED}      if: lead.sales_ready\n      go: sales\n", 20,
        "“- if: lead.sales_ready”, with “go: sales” below “if”, and “- else: triage”",
    ),
    (
        BROCHURE, "    within: 7 days                   # how long we wait for a reaction\n    when:",
        "    when:\n      within: 7 days", 16, "Put it above “when”, in column 5",
    ),
    # an A/B test, written as a list
    (
        WHITEPAPER, HALVES, "  - send:\n      - drying-figures: 45%\n      - drying-story: 45%\n      - nothing: 10%\n",
        26, IN_BRACES,
    ),
    (
        WHITEPAPER, HALVES,
        "  - send:\n" + "".join(
            f"      - mail: {mail}\n        share: {share}%\n"
            for mail, share in (("drying-figures", 45), ("drying-story", 45), ("nothing", 10))
        ), 26, IN_BRACES,
    ),
    (WHITEPAPER, HALVES, "  - send: [drying-figures 45%, drying-story 45%, nothing 10%]\n", 25, IN_BRACES),
    # lists without dashes, and lists of quoted words
    (LONG, "    - wait: 3 weeks\n    - end: done", "    wait: 3 weeks\n    end: done", 54, "weeks, and - end"),
    (BROCHURE, "      remind: 20 hours", "      remind: [10 hours, 20 hours]", 51, "remind: 10 hours — or 20 hours"),
    (FAIR, "  - tag: met-in-person", '  - tag: "met-in-person", "vip"', 22, 'tag: ["met-in-person", "vip"]'),
    (
        "rules/calendars.yaml", "    monday-friday: 08:00-18:00",
        '    monday-friday: 08:00-18:00\n    saturday: "09:00-12:00", "13:00-15:00"', 19,
        'saturday: ["09:00-12:00", "13:00-15:00"]',
    ),
    # an alias of nothing
    (BROCHURE, "  - wait: 7 days", "  - wait: *pause", 12, "aliases are not allowed"),
    (BROCHURE, "  - wait: 7 days", "  - *pause", 12, "aliases are not allowed"),
    (BROCHURE, "          go: sales", "          go: *there", 30, "aliases are not allowed"),
    # moments
    (LONG, STARTS, "start: { every: monday, wednesday 09:00 } ", 8, "{ every: monday 09:00 }, { every: wednesday"),
    (
        LONG, STARTS, "start: { every: monday 09:00, wednesday 11:00 } ", 8,
        "[{ every: monday 09:00 }, { every: wednesday 11:00 }]",
    ),
    (FAIR, "until 10:00", "until tomorrow 10:00", 30, "Write: until 10:00."),
    # names
    (WHITEPAPER, "id: figures-or-story", "id: Figures or Story", 26, "hyphens: figures-or-story"),
    (BROCHURE, "        - else: done", "        - else: drying-story", 33, "- send: drying-story"),
    (LONG, "    - go: seasons", "    - go: drying-story", 49, "Write: - send: drying-story"),
    # conditions
    (LONG, ASKS, 'clicked("link")', 42, "Name one that this flow sends: energy-case, humidity-checklist"),
    (LONG, ASKS, 'clicked("link", "book-a-demo")', 42, "Did you mean “demo-invitation”?"),
    (LONG, ASKS, "wish == call or wish == check", 42, 'put the text in quotes: "call", "check"'),
    (LONG, ASKS, 'lead.job_title.lower() == "director"', 42, 'write matches(lead.job_title, "director")'),
    (LONG, ASKS, 'lower(lead.job_title) != "director"', 42, 'write not matches(lead.job_title, "director")'),
    (LONG, ASKS, 'lead.country.lower() in ["NL"]', 42, "Write the field alone: lead.country"),
    (LONG, ASKS, '"student" in lead.job_title.lower()', 42, 'matches(lead.job_title, "*student*")'),
    # points
    (FAIR, "score: { intent: +10 }", "score: { engagement: +10 }", 23, "Write: interest: +10 — or intent, in"),
    (FAIR, "score: { intent: +10 }", "score: { points: 10 }", 23, "Write: interest: +10 — or intent, or profile"),
    (SURVEY, "visit: { intent: 15 }", "visit: { engagement: 15 }", 62, "Write: interest: +15 — or intent"),
    (SCORING, "    interest: +10", "    engagement: +10", 61, "Write: interest: +10 — or intent"),
    (SCORING, KNOWN, "    if: lead.profile > 10", 30, "cannot ask for lead.profile"),
    # tests
    (CASES, "ends: day 14, discard", "ends: day 14, longterm", 20, "Write ends: day 14, flow long-term."),
    (CASES, "ends: day 14, discard", "ends: day 14, discarded", 20, "Write ends: day 14, discard."),
    (CASES, "ends: day 14, discard", "ends: 14 days, discard", 20, "Write ends: day 14, discard."),
    (CASES, "day 7 + 2 hours: opened", "day 7, 10:00: opened", 32, "Write day 7 10:00"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "before", "after", "line", "words"), SLIPS, ids=[slip[2] for slip in SLIPS])
def test_a_habit_has_one_message(shipped: Path, file: str, before: str, after: str, line: int, words: str) -> None:
    is_told(shipped, file, before, after, line, words)


def test_what_is_of_the_whole_flow_is_no_step(shipped: Path) -> None:
    path = shipped / LONG
    head, whenever, steps = path.read_text(encoding="utf-8").partition("whenever:\n")
    lines, _, rest = (whenever + steps).partition("\nsteps:\n")
    below = "".join(f"  {line}\n" for line in lines.splitlines() if line)
    path.write_text(f"{head}steps:\n{below}{rest}", encoding="utf-8")
    [problem] = lint_unrendered(read_workspace(shipped))
    assert (problem.line, problem.column) == (13, 3)
    assert "Put it above “steps:”, in column 1" in str(problem)


def test_an_outcome_that_a_script_has_lost_may_be_written_there_again(shipped: Path) -> None:
    slip(shipped, SURVEY, "  visit: { nl: Wil een meetbezoek", "  measure: { nl: Wil een meetbezoek")
    [problem] = lint_unrendered(read_workspace(shipped))
    assert problem.file == FAIR
    assert "Or add it to outcomes of surveys/fair.yaml" in str(problem)
