"""A remedy keeps what its author wrote: his path, his hours, his mails, his condition. One message each, at its
line; and typed in, the remedy is sound."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from kweek.linting import lint_unrendered
from kweek.workspace import read_workspace
from tests.unit.test_lint_slips import EVENTS, FAIR, RENEWAL, WHITEPAPER, is_told, slip

TESTED: Final = "send: { drying-figures: 45%, drying-story: 45%, nothing: 10% }"
HALVES: Final = "send: { drying-figures: 50%, drying-story: 50% }"
CLOCK: Final = "      follow_up: 24 hours\n      remind: 20 hours\n"
TAG: Final = "  - tag: met-in-person"
TWO_TAGS: Final = "  - tag: [met-in-person, at-fair]"
READY: Final = "        - if: lead.sales_ready\n          go: sales"
QUOTE: Final = "  quote.requested: done\n"
START: Final = "  event: fair.visited\n  if: known(event.wish)  "
GOAL: Final = '  if: lead.grade in ["A2", "B1"] and not known(survey.brochure.wish)\n  go: judge'
WEEKLY: Final = "start:\n  every: monday 09:00\n  if: lead.sales_ready"
DAYS: Final = ("monday", "thursday")
CLAUSES: Final = """\
        else: flow long-term
      otherwise: missed
"""
FILE: Final = "is a file. “{}” takes its name. Write: {}: {}"

SLIPS: Final = [
    # several mails: with an id, it is a test
    (WHITEPAPER, TESTED, "send: [drying-figures, drying-story]", 25, f"For an A/B test, write: {HALVES}.", HALVES),
    (WHITEPAPER, TESTED, "send: drying-figures or drying-story", 25, f"For an A/B test, write: {HALVES}.", HALVES),
    (WHITEPAPER, TESTED, "send: drying-figures, drying-story", 25, f"For an A/B test, write: {HALVES}.", HALVES),
    # a file, or words for people, where a name belongs
    (
        RENEWAL,
        "send: renewal-notice",
        "send: templates/mails/renewal-notice",
        17,
        "send: renewal-notice",
        "send: renewal-notice",
    ),
    (
        RENEWAL,
        "send: renewal-notice",
        "send: mails/renewal-notice.en.md",
        17,
        "send: renewal-notice",
        "send: renewal-notice",
    ),
    (FAIR, "call: fair", "call: surveys/fair.yaml", 54, FILE.format("call", "call", "fair"), "call: fair"),
    (FAIR, "send: fair-thanks", 'send: "Fair thanks mail"', 31, "Did you mean “fair-thanks”?", "send: fair-thanks"),
    # the clock of a handover keeps its length
    (
        FAIR,
        "follow_up: 24 hours",
        "within: 8 business hours",
        77,
        "Write: follow_up: 8 business hours",
        "follow_up: 24 hours",
    ),
    (FAIR, "follow_up: 24 hours", "within: 1 day", 77, "Write: follow_up: 1 day", "follow_up: 24 hours"),
    # several tags
    (FAIR, TAG, "  - tag: { met-in-person, at-fair }", 22, "Write a list: tag: [met-in-person, at-fair]", TWO_TAGS),
    (
        FAIR,
        TAG,
        "  - tag:\n      met-in-person\n      at-fair",
        23,
        "Write a list: tag: [met-in-person, at-fair]",
        TWO_TAGS,
    ),
    (FAIR, TAG, "  - tag:\n    met-in-person\n    at-fair", 23, "Write: tag: [met-in-person, at-fair]", TWO_TAGS),
    # a field of the event has no braces
    (
        FAIR,
        "set: { met_at: event.fair }",
        "set:\n      met_at: {{ event.fair }}",
        22,
        "Write: met_at: event.fair",
        "set:\n      met_at: event.fair",
    ),
    # what is asked, and where it leads
    (
        WHITEPAPER,
        READY,
        "        - lead.sales_ready: sales",
        60,
        "“- if: lead.sales_ready”, and below “if”: “go: sales”",
        READY,
    ),
    (
        WHITEPAPER,
        READY,
        "        - if: lead.sales_ready then sales",
        60,
        "“- if: lead.sales_ready”, and below “if”: “go: sales”",
        READY,
    ),
    (
        WHITEPAPER,
        READY,
        "        - if: lead.sales_ready -> sales",
        60,
        "“- if: lead.sales_ready”, and below “if”: “go: sales”",
        READY,
    ),
    (
        WHITEPAPER,
        READY,
        "        - if: lead.sales_ready, go to sales",
        60,
        "“- if: lead.sales_ready”, and below “if”: “go: sales”",
        READY,
    ),
    (
        WHITEPAPER,
        GOAL,
        '  - if: lead.grade in ["A2", "B1"] and not known(survey.brochure.wish)\n    go: judge',
        13,
        "Take the dash away: if in column 5",
        GOAL,
    ),
    (
        FAIR,
        START,
        "  event: fair.visited if known(event.wish)",
        9,
        "event: fair.visited — and below it, in the same column: if: known(event.wish)",
        START,
    ),
    (
        WHITEPAPER,
        "start: whitepaper.downloaded",
        WEEKLY.replace("monday", "monday, thursday"),
        9,
        "“- every: thursday 09:00”, and below “every”: “if: lead.sales_ready”",
        f"start:{''.join(f'{chr(10)}  - every: {day} 09:00{chr(10)}    if: lead.sales_ready' for day in DAYS)}",
    ),
    (
        WHITEPAPER,
        "known(survey.brochure.wish)\n",
        "known(survey.brochure.wish)\n  and known(lead.phone)\n",
        14,
        "Begin it in column 5 (4 spaces).",
        "known(survey.brochure.wish)\n    and known(lead.phone)\n",
    ),
    # where it leads, and what happens
    (WHITEPAPER, QUOTE, f"{QUOTE}  replied: nothing\n", 20, "Did you mean “ignore”?", f"{QUOTE}  replied: ignore\n"),
    (WHITEPAPER, QUOTE, f"{QUOTE}  replied: do nothing\n", 20, "Did you mean “ignore”?", f"{QUOTE}  replied: ignore\n"),
    (WHITEPAPER, QUOTE, "  quote.requested: nothing\n", 19, "Take this line away", ""),
    (
        WHITEPAPER,
        "      answered: judge",
        "      answered: paths.judge",
        50,
        "Write the name alone: judge",
        "      answered: judge",
    ),
    (
        WHITEPAPER,
        "      answered: judge",
        "      answered: paths/judge",
        50,
        "Write the name alone: judge",
        "      answered: judge",
    ),
    (
        WHITEPAPER,
        "clicked calculate:",
        "click calculate:",
        40,
        "Did you mean “clicked calculate”?",
        "clicked calculate:",
    ),
    (
        WHITEPAPER,
        "clicked calculate:",
        "clicked on calculate:",
        40,
        "Did you mean “clicked calculate”?",
        "clicked calculate:",
    ),
    (
        FAIR,
        START,
        '  event: fair.visited and event.wish != "mail"',
        9,
        'in the same column: if: event.wish != "mail"',
        START,
    ),
    # what stands behind a verb, in its place
    (
        RENEWAL,
        "- send: renewal-notice",
        "- template: renewal-notice",
        17,
        "Write: - send: renewal-notice",
        "- send: renewal-notice",
    ),
    (
        FAIR,
        "send: fair-thanks",
        "send: |\n            fair-thanks",
        31,
        "in its line. Write: send: fair-thanks",
        "send: fair-thanks",
    ),
    (
        "surveys/webinar.yaml",
        "fills: bant.need\n",
        "fills: bant.needs\n",
        30,
        "Did you mean “bant.need”?",
        "fills: bant.need\n",
    ),
    (
        RENEWAL,
        "- send: renewal-notice",
        "- send: renewal-notice\n    subject: Hello",
        18,
        "Take it away, and write “subject:” in the front matter of the mail, in templates/mails",
        "- send: renewal-notice",
    ),
    (
        EVENTS,
        "contact.requested:\n",
        "contactrequested:\n",
        8,
        "noun.past_verb: contact.requested",
        "contact.requested:\n",
    ),
    # moments
    (
        "flows/webinar.yaml",
        "until 1 day before event.starts_at",
        "1 day before the webinar begins",
        25,
        "Write: until 1 day before event.starts_at",
        "until 1 day before event.starts_at",
    ),
    (
        "flows/webinar.yaml",
        "1 day before event.starts_at",
        "1 day before the webinar begins",
        25,
        "Did you mean “event.starts_at”?",
        "1 day before event.starts_at",
    ),
    (FAIR, "until 10:00", "until 9 o'clock", 30, "Write: until 09:00.", "until 09:00"),
    (FAIR, "until 10:00", "until 9 o’clock", 30, "Write: until 09:00.", "until 09:00"),
    (
        RENEWAL,
        "45 days before lead.contract_end",
        "45 days before the contract ends",
        25,
        "Did you mean “lead.contract_end”?",
        "45 days before lead.contract_end",
    ),
    (
        "flows/webinar.yaml",
        "1 day before event.starts_at",
        "1 day before event.date",
        25,
        "Did you mean “event.starts_at”?",
        "1 day before event.starts_at",
    ),
]


@pytest.mark.parametrize(("file", "before", "after", "line", "words", "right"), SLIPS, ids=[one[2] for one in SLIPS])
def test_the_remedy_is_what_its_author_meant(
    shipped: Path, file: str, before: str, after: str, line: int, words: str, right: str
) -> None:
    is_told(shipped, file, before, after, line, words)
    slip(shipped, file, after, right)
    assert not lint_unrendered(read_workspace(shipped))


def test_two_mails_without_an_id_may_be_two_steps(shipped: Path) -> None:
    words = "- send: fair-thanks, then - send: survey. Or, for an A/B test: send: { fair-thanks: 50%, survey: 50% }"
    is_told(shipped, FAIR, "send: fair-thanks", "send: [fair-thanks, survey]", 31, words)


def test_a_call_names_a_survey(shipped: Path) -> None:
    is_told(shipped, FAIR, "call: fair", "call: Ask about the fault", 54, "“call” names the survey that is its script:")


@pytest.mark.parametrize("said", ["{{ lead.phone }}", '"{{ lead.phone }}"'])
def test_braces_are_no_survey(shipped: Path, said: str) -> None:
    is_told(shipped, FAIR, "call: fair", f"call: {said}", 54, ": fair, ")


def test_a_mail_that_is_not_there_may_be_written(shipped: Path) -> None:
    words = "Or write templates/mails/new-mail.nl.md and templates/mails/new-mail.en.md."
    is_told(shipped, RENEWAL, "send: renewal-notice", "send: new-mail", 17, words)


def test_an_answer_that_is_renamed_is_missed_in_the_flow_and_in_its_tests(shipped: Path) -> None:
    slip(shipped, "surveys/renewal.yaml", "extend:", "prolong:")
    found = lint_unrendered(read_workspace(shipped))
    assert [(one.file, one.line) for one in found] == [
        (RENEWAL, 37), ("flows/tests/renewal.yaml", 9), ("flows/tests/renewal.yaml", 82),
    ]  # fmt: skip


def test_clauses_that_begin_too_far_left_move_together(shipped: Path) -> None:
    text = (shipped / FAIR).read_text(encoding="utf-8")
    begun = text.index("      when:\n        visit:")
    clauses = text[begun : text.index(CLAUSES) + len(CLAUSES)]
    moved = "".join(line[2:] for line in clauses.splitlines(keepends=True))
    words = "It belongs to “call” in line 54. Begin it in column 7 (6 spaces), and line 67 too, with what stands below."
    is_told(shipped, FAIR, clauses, moved, 60, words)


def test_a_rung_that_nobody_climbs_is_told(shipped: Path) -> None:
    rung = "      escalate:\n        - after: {}\n          every: 1 day\n          tell: manager\n"
    after = "within: 5 business days\n" + rung.format("10 business days")
    words = "This rung (10 business days) is never climbed: by then the time of the task (5 business days) is up."
    slip(shipped, RENEWAL, "      within: 5 business days          # so it was promised\n", f"      {after}")
    [problem] = lint_unrendered(read_workspace(shipped))
    assert (problem.line, problem.severity) == (46, "warning")
    assert words in str(problem)
    slip(shipped, RENEWAL, "- after: 10 business days", "- after: 4 business days")
    assert not lint_unrendered(read_workspace(shipped))


def test_a_date_that_may_be_declared_is_waited_for_with_until(shipped: Path) -> None:
    before, words = "until 45 days before lead.contract_end", "— and begin the wait with “until”."
    is_told(shipped, RENEWAL, before, "45 days before the lease ends", 25, words)


def test_who_was_not_called_is_not_discarded(shipped: Path) -> None:
    slip(
        shipped,
        WHITEPAPER,
        "        else: flow long-term\n      otherwise: flow long-term",
        "        else: flow long-term\n      otherwise: discard",
    )
    [problem] = lint_unrendered(read_workspace(shipped))
    assert (problem.line, problem.severity) == (77, "warning")
    assert "That is never their fault." in str(problem)
