"""A slip in a step, in what it hears or where it leads is one message, and its remedy keeps what the author meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from kweek.linting import lint_unrendered
from kweek.workspace import read_workspace
from tests.unit.test_lint_slips import (
    BROCHURE,
    FAIR,
    RENEWAL,
    REVIVAL,
    WHITEPAPER,
    is_told,
    slip,
    told_once,
)

DEMO = "flows/demo-request.yaml"
CALLED = "        else: flow long-term\n      otherwise: flow long-term\n"
OUTCOME = "        else: flow long-term\n"
TRIED = "        attempted:\n          - tag: tried\n"
BY_THEN = "      otherwise:\n        {}: done\n        else: flow long-term\n"
UNREACHED = "        unreachable: done\n" + OUTCOME + BY_THEN.format("unreachable")
BACK = """\
    - choose:
        - if: handover.reason in ["student", "competitor"]
          go: discard
        - else: flow long-term
"""
AS_STEPS = """\
    - if: handover.reason in ["student", "competitor"]
      go: discard
    - else: flow long-term
"""
GOAL = 'if: lead.grade in ["A2", "B1"] and not known(survey.brochure.wish)\n  go: judge '
SHARES = "{ drying-figures: 45%, drying-story: 45%, nothing: 10% }"
THIRDS = "{ drying-figures: 33.3%, drying-story: 33.3%, nothing: 33.4% }"
EVERY = """\
start:
  every: monday 09:00
  if: days_since("sent") > 180 and lead.profile in ["A", "B"] and not tagged("quote-out")
"""
IN_BRACES = "start: { every: monday 09:00"
ASKED = " if: known(lead.phone) }\n"
BOUNCED = "      bounced: discard\n      blocked: done\n      answered"
ELSE_CALL = "        - else: flow long-term\n\n  call:"
STARTS = "start:\n  - at: 90 days before lead.contract_end\n    manual"
SCORED = """\
- tag: met-in-person
  - score: { intent: +10 }
    because: talked with us on our stand
"""
CLOSED = "        won: won\n        lost: lost"
TIMES = "      at_most: 3 times\n"
FAIR_START = "start:\n  event: fair.visited\n  if: known(event.wish) "
REJECTED = "        rejected: back\n"

RUNG = "- after: 24 hours\n          tell: manager\n"
BESIDE = """\
    - choose:
      if: handover.reason in ["student", "competitor"]
      go: discard
      else: flow long-term
"""
REFUSED = "        not interested:\n          - end: discard\n          because: no\n"
OWNS = (
    "- wait: until 10:00\n    within: 3 days\n    when:\n      fair.visited: done\n    otherwise:\n      else: next\n"
)
EACH_DAY = "- after: 1 business day\n          every: 1 business day\n          tell: manager\n"
IN_ONE = "- after 1 business day: tell manager\n          every: 1 business day\n"
AWAKE = "      bounced: discard\n      blocked: call      "

SLIPS = [
    (RENEWAL, "until 45 days before", "30 days until", 25, "Write: until 30 days before lead.contract_end."),
    (FAIR, "until 10:00", "until weekday 09:00", 30, "There are until 09:00, on any day, and 1 business day."),
    (FAIR, "until 10:00", "until 10:00 on working days", 30, "There are until 10:00, on any day, and 1 business day."),
    (REVIVAL, "every: monday 09:00", "every: weekday 09:00", 9, "names no day."),
    (WHITEPAPER, CALLED, UNREACHED, 79, "Take this line away."),
    (FAIR, "      opened: judge\n", "      bounced: call\n      opened: judge\n", 39, "Take this line away."),
    (FAIR, "else: flow long-term\n\npaths", "never: flow long-term\n\npaths", 42, "Did you mean “else”?"),
    (FAIR, "quote.requested:", "quote.requested if event.seats > 2:", 17, "in a choose: - if: event.seats > 2."),
    (FAIR, CLOSED, "        won/lost: done", 89, "Write a line for each: “won: …” — and “lost: …”."),
    (FAIR, CLOSED, "        won, lost: done", 89, "Write a line for each: “won: …” — and “lost: …”."),
    (FAIR, "otherwise: missed", "otherwise: missed and done", 67, "Write one: missed — or done"),
    (FAIR, "rejected: back", "rejected: goto back", 87, "Write the name alone: back"),
    (WHITEPAPER, REJECTED, f"{REJECTED}        quoted:\n          tag: x\n", 94, "Write: - tag: x"),
    (FAIR, BACK, BACK.replace("- choose", "choose"), 100, "Write it with its dash: - choose:"),
    (FAIR, f"  back:\n{BACK}", "  back: discard\n", 99, "Write below it, two spaces deeper: - end: discard"),
    (FAIR, BACK, AS_STEPS, 100, "Write - choose: above it, and begin lines 100 to 102 four spaces further right."),
    (FAIR, "  missed:  ", "  late:  ", 67, "Or should the path in line 69 be called “missed”?"),
    (FAIR, "otherwise: missed", "otherwise: task", 67, "There is no path “task”"),
    (FAIR, "rejected: back", "rejected: next", 87, "“next” stands on the last step."),
    (FAIR, "per event.fair", "per lead", 11, "Write never"),
    (RENEWAL, "end: lost\n            because: contract not", "end: lost, not", 66, "below it: because: not renewed"),
    (FAIR, TIMES + "      then: ", "      at_most: 3 times, then ", 96, "at_most: 3 times — and below it: then: flow"),
    (FAIR, TIMES, "      attempts: 3\n", 96, "Did you mean “at_most”? Write: at_most: 3 times"),
    (FAIR, "      then: flow", "      otherwise: flow", 97, "Did you mean “then”?"),
    (WHITEPAPER, "    within: 2 weeks\n", "    wait: 2 weeks\n", 36, "Did you mean “within”?"),
    (FAIR, "          every: 24", "          repeat: 24", 83, "Did you mean “every”?"),
    (FAIR, "- handover: sales\n", "- handover:\n      team: sales\n", 75, "for the two: - handover: sales"),
    (FAIR, "- wait: until 10:00\n", "- wait:\n    within: 3 days\n", 30, "for the two: - wait: 3 days"),
    (FAIR, "- wait: until 10:00\n", "- wait:\n    until: 10:00\n", 30, "for the two: - wait: until 10:00"),
    (WHITEPAPER, SHARES, THIRDS, 25, "{ drying-figures: 33%, drying-story: 33%, nothing: 34% }"),
    (WHITEPAPER, GOAL, "- lead.sales_ready: judge ", 13, "“if: lead.sales_ready”, and below it “go: judge”"),
    (RENEWAL, "{ at: 90 days", "{ event: 90 days", 8, "Write: at: 90 days before lead.contract_end"),
    (BROCHURE, "start: brochure.requested", "start: page.viewed /prices", 5, '“if: matches(event.path, "/prices")”'),
    (FAIR, FAIR_START, "start: fair.visited if known(event.wish) ", 8, "“event: fair.visited”, and “if: known"),
    (FAIR, "  - tag: met-in-person\n", "  - tag: met\n    because: met\n", 23, "Take it away."),
    (FAIR, TIMES, "      repeat: 3 times\n", 96, "Did you mean “at_most”?"),
    (FAIR, f"    - go: sales\n{TIMES}", "    - repeat: 3 times\n", 95, "and below it: at_most: 3 times"),
    (FAIR, "  demo.requested: done\n", "  on: bounced\n", 16, "Write: bounced: done (or a path)"),
    (FAIR, "pace: after-fair", "owner: anna", 12, "Take it away"),
    (WHITEPAPER, f"  {GOAL}", "  lead.score.intent >= 30\n  go: judge ", 13, "Write: if: lead.score.intent >= 30"),
    (WHITEPAPER, GOAL[:9], GOAL[4:9], 13, 'Write: if: lead.grade in ["A2", "B1"] and not known'),
    (WHITEPAPER, "- send: drying-calculator", "- mail drying-calculator", 35, "Write: send: drying-calculator"),
    (FAIR, "        won: won\n", "        won\n", 89, "Write: won: won"),
    (WHITEPAPER, BOUNCED, BOUNCED.replace(":", " -", 1), 48, "Write: bounced: discard"),
    (FAIR, ELSE_CALL, "        - else\n          go: flow long-term\n\n  call:", 51, "- else: flow long-term"),
    (FAIR, "          go: discard\n", "          - tag: x\n          - end: discard\n", 102, "Write go: above it"),
    (
        FAIR,
        "        go: call\n      - else",
        "        - tag: x\n        - go: call\n      - else",
        27,
        "Write go: above",
    ),
    (FAIR, "tell: manager\n      text", "tell: manager", 70, "Write: tell: manager — and below it: text: A lead"),
    (BROCHURE, "start: brochure.requested", STARTS, 7, "Write: - manual — in column 3 (2 spaces)"),
    (REVIVAL, EVERY, f"{IN_BRACES};{ASKED}", 8, "{ every: monday 09:00, if: known(lead.phone) }"),
    (REVIVAL, EVERY, f"{IN_BRACES}{ASKED}", 8, "{ every: monday 09:00, if: known(lead.phone) }"),
    (FAIR, SCORED, "- score: { intent: +10 }, tag: met-in-person\n", 22, "with a dash: - tag: met-in-person"),
    (WHITEPAPER, "after 26 weeks", "per month", 9, "Write after 30 days."),
    (REVIVAL, "share: 20%", "share: 1 in 5", 23, "Write whole per cents: 20%."),
    (REVIVAL, "share: 20%", "share: one fifth", 23, "Write whole per cents: 20%."),
    (REVIVAL, "share: 20%", "share: some", 23, "Write whole per cents, such as 50%."),
    (WHITEPAPER, "interested: discard", "interested: lost because of the price", 75, "because: of the price"),
    (FAIR, "- send: fair-thanks", "- mail: Fair thanks", 31, "Write: - send: fair-thanks"),
    (BROCHURE, "steps:\n", "paths:\n", 11, "Write: steps:"),
    (FAIR, "about: >-", "about: >-x", 5, "Write: about: >-"),
    (FAIR, "about: >-", "about: -", 5, "Write: about: >-"),
    (REVIVAL, "    within: 3 weeks", "\twithin: 3 weeks", 35, "Write 4 spaces instead: it begins in column 5 then."),
    (REVIVAL, "      answered: judge", "\tanswered: judge", 39, "Write 6 spaces instead"),
    (REVIVAL, 'in ["A", "B"]', "in [“A”, “B”]", 10, 'Write straight quotes: ["A", "B"].'),
    (
        FAIR,
        "      prefer: same person\n",
        "      within: 2 weeks\n",
        76,
        "Take it away; follow_up in line 77 is its clock.",
    ),
    (FAIR, "      attempts: 4\n", "      attempts: 12\n", 59, "do not fit into 3 business days"),
    (FAIR, "attempts: 4\n      apart: 4 business", "attempts: 12\n      apart: 24", 59, "or “attempts: 3”"),
    (FAIR, "within: 3 business days", "within: 3 hours", 59, "do not fit into 3 hours"),
    (FAIR, "- tag: met-in-person", "- tag: { warm: true }", 22, "Write: tag: warm"),
    (FAIR, "        not interested: discard\n", REFUSED, 67, "Begin it in column 13 (12 spaces)."),
    (FAIR, "- send: fair-thanks", "- send:\n      fair-thanks\n      what-changed", 32, "Write a step for each"),
    (FAIR, RUNG, "- after: 24 hours\n        - tell: manager\n", 81, "Write: tell: manager — in column 11 (10 spaces)"),
    (FAIR, RUNG, "- after: 24 hours\n        - reassign: sales\n", 81, "reassign: sales — in column 11 (10 spaces)"),
    (REVIVAL, AWAKE, AWAKE.replace("discard", "discard;"), 30, "Write it without: discard"),
    (REVIVAL, AWAKE, AWAKE.replace("discard", "discard."), 30, "Write it without: discard"),
    (FAIR, BACK, BESIDE, 101, "in column 9 (8 spaces), with a dash: - if: … and - else: … — and “go” in column 11"),
    (DEMO, EACH_DAY, IN_ONE, 24, "Write: - after: 1 business day — and below it: tell: manager"),
    (FAIR, f"    - go: sales\n{TIMES}", f"    - go: done\n{TIMES}", 95, "take “at_most” and “then” below it away"),
    (FAIR, "    - go: flow long-term\n\n  sales", "    - go: next\n\n  sales", 72, "to end here, write: - end: done"),
    (REVIVAL, "answered: judge", "answered: [done, discard]", 39, "Write one: done — or discard"),
    (FAIR, "- wait: until 10:00\n", OWNS, 31, "A wait has no “within”"),
    (FAIR, f"    - go: sales\n{TIMES}", f"    - go: back to sales\n{TIMES}", 95, "Write the name alone: sales"),
    (FAIR, "- handover: sales", "- handover: anna", 75, "Write the team that anna is in: sales."),
    (FAIR, "          reassign: sales", "          reassign: bram", 85, "Write the team that bram is in: sales."),
    (WHITEPAPER, "- wait: 1 week", "- wait: 3 days -- time to read", 23, "behind a blank: 3 days  # time to read"),
    (WHITEPAPER, "- wait: 1 week", "- wait: 3 days# time to read", 23, "a blank before it: 3 days  # time to read"),
    (FAIR, "  a mail the morning", "a mail the morning", 7, "Begin it in column 3 (2 spaces)."),
]


@pytest.mark.parametrize(("file", "before", "after", "line", "words"), SLIPS, ids=[slip[2] for slip in SLIPS])
def test_a_slip_of_a_step_is_said_once_where_it_is(
    shipped: Path, file: str, before: str, after: str, line: int, words: str
) -> None:
    is_told(shipped, file, before, after, line, words)


def test_a_call_that_was_attempted_may_be_asked_for_when_its_time_is_up(shipped: Path) -> None:
    slip(shipped, WHITEPAPER, CALLED, TRIED + OUTCOME + BY_THEN.format("attempted"))
    assert lint_unrendered(read_workspace(shipped)) == ()


def test_an_event_at_which_a_lead_stays_contradicts_no_line_of_otherwise(shipped: Path) -> None:
    after = "        attempted: done\n" + OUTCOME + BY_THEN.format("attempted")
    problem = told_once(shipped, WHITEPAPER, CALLED, after)
    assert "does not end a call" in problem.what
