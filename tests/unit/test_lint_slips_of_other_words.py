"""Other words than ours, of another program or another language, are answered by ours; what is of the flow stands at
its top."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from tests.unit.test_lint_slips import BROCHURE, FAIR, RENEWAL, REVIVAL, TEAMS, WHITEPAPER, is_told
from tests.unit.test_lint_slips_of_lines import MAIL

SCORING, WORKSPACE = "rules/scoring.yaml", "rules/workspace.yaml"
OF_FAIR: Final = "flows/tests/fair-leads.yaml"
GO: Final = "    - go: account                      # sent, and not signed\n      at_most: 2 times\n      then: silent"

GOAL: Final = "steps:\n  - goal: lead.sales_ready\n"
ASLEEP: Final = "    otherwise: done\n  - tag: asleep\n  - untag: dormant"

WORDS: Final = [
    (REVIVAL, "- untag: dormant", "- remove tag: dormant", 52, "Did you mean “untag”?"),
    (REVIVAL, "- tag: dormant", "- add_tag: dormant", 21, "Did you mean “tag”?"),
    (FAIR, "- set: { met_at", "- update field: { met_at", 21, "Did you mean “set”?"),
    (REVIVAL, "- choose:", "- branch:", 22, "Did you mean “choose”?"),
    (RENEWAL, "to: owner", "assignee: owner", 43, "Did you mean “to”?"),
    (RENEWAL, "to: owner", "assigned_to: owner", 43, "Did you mean “to”?"),
    (FAIR, "text: A lead", "message: A lead", 71, "Did you mean “text”?"),
    (FAIR, "  if: known(event.wish)", "  when: known(event.wish)", 10, "Did you mean “if”?"),
    (REVIVAL, "every: monday 09:00", "cron: monday 09:00", 9, "Did you mean “every”?"),
    (REVIVAL, "share: 20%\n        go: call", "share: 20%\n        do: call", 24, "Did you mean “go”?"),
    (REVIVAL, "- share: 20%", "- random: 20%", 23, "Did you mean “share”?"),
    (REVIVAL, "- else: next", "- else: continue", 25, "Did you mean “next”?"),
    (REVIVAL, 'tagged("quote-out")', 'has_tag("quote-out")', 10, "Did you mean “tagged”?"),
    (FAIR, "known(event.wish)", 'matches(lead.function, "*chef*")', 10, "Did you mean “lead.job_title”?"),
    (FAIR, "known(event.wish)", "company.employees > 50", 10, "Did you mean “company.size”?"),
    (FAIR, "known(event.wish)", 'has("fair.visited", "30 days")', 10, "Did you mean “happened”?"),
    (BROCHURE, "- wait: 7 days", "- after: 7 days", 12, "Did you mean “wait”?"),
    (BROCHURE, "within: 5 business days", "due: 5 business days", 37, "Did you mean “within”?"),
    (
        BROCHURE,
        "- send: survey ",
        "- send: survey.md ",
        14,
        "“survey.md” is a file. A step calls the mail by its name.",
    ),
    (
        BROCHURE,
        "start: brochure.requested",
        "start: webinar.visited",
        5,
        "There are: webinar.registered, webinar.attended.",
    ),
    (
        BROCHURE,
        "start: brochure.requested",
        "start:\n  brochure.requested: known(lead.phone)",
        6,
        "Write: - event: brochure.requested — and below “event”, in its column: if: known(lead.phone)",
    ),
]
WHOLE: Final = [
    (BROCHURE, "steps:\n", "status: active\nsteps:\n", 11, "Delete this line"),
    (BROCHURE, "steps:\n", "enabled: true\nsteps:\n", 11, "Delete this line"),
    (FAIR, "steps:\n", f"{GOAL}    go: sales\n", 21, "“if: lead.sales_ready” and “go: sales”"),
    (FAIR, "steps:\n", GOAL, 21, "“if: lead.sales_ready” and “go: done” (or another path)"),
    (
        FAIR,
        "steps:\n",
        "steps:\n  - goal:\n      if: lead.sales_ready\n      go: sales\n",
        21,
        "above “steps:” write goal:",
    ),
    (
        FAIR,
        "steps:\n",
        "steps:\n  - goal:\n    if: lead.sales_ready\n    go: sales\n",
        21,
        "above “steps:” write goal:",
    ),
    (FAIR, "steps:\n", "steps:\n  - whenever:\n      webinar.attended: done\n", 21, "The flow has one in line 14"),
    (
        REVIVAL,
        "share: 20%\n        go: call",
        "share: 20%\n        send: sizing-guide",
        24,
        "Write go: and below it, two spaces deeper: - send: sizing-guide",
    ),
    (REVIVAL, "    otherwise: done ", ASLEEP, 41, "below the untag in line 42: - end: done"),
    (
        REVIVAL,
        "  - wait: until tuesday 10:00\n",
        "  - end: done\n  - wait: until tuesday 10:00\n",
        34,
        "Take the end in line 33 away",
    ),
]
ONE: Final = [
    (WORKSPACE, "languages: [nl, en]", "languages: [nl, en, de]", 4, "Take de away — or write the first mail in de"),
    (WORKSPACE, "languages: [nl, en]", "languages:\n  - nl\n  - en\n  - de", 7, "Nothing is written in de yet"),
    (RENEWAL, "    otherwise: account ", "    otherwise:\n      nothing: account ", 33, "Did you mean “else”?"),
    (RENEWAL, "    otherwise: account ", "    otherwise:\n      no answer: account ", 33, "Write: else: account."),
    (MAIL, "subject: Heating", "title: Heating", 2, "Did you mean “subject”?"),
    (OF_FAIR, "day 1: handover sales", "day 1: sales handover", 15, "Write: handover sales"),
    (
        OF_FAIR,
        "day 2: { clicked: book-a-visit }",
        "day 2: clicked: book-a-visit",
        60,
        "day 2: { clicked: book-a-visit }",
    ),
    ("flows/tests/brochure-request.yaml", "{ under way: 0 }", "{ underway: 0 }", 330, "Did you mean “under way”?"),
    (BROCHURE, "start: brochure.requested", "on: brochure.requested", 5, "Did you mean “start”?"),
    (BROCHURE, "steps:\n", "actions:\n", 11, "Did you mean “steps”?"),
    (OF_FAIR, "  - name: ", "  - title: ", 6, "Did you mean “name”?"),
    (SCORING, "    interest: +3", "    score: +3", 66, "Write: interest: +3 — or intent, or profile"),
    (SCORING, "    interest: +3", "    points: 3", 66, "Write: interest: +3 — or intent, or profile"),
    (BROCHURE, "  - wait: 7 days", "  - name: Rest a while\n    wait: 7 days", 12, "Write: id: rest-a-while"),
    (BROCHURE, "  - wait: 7 days", "  - name: rest\n    wait: 7 days", 12, "Did you mean “id”?"),
    (BROCHURE, "  - wait: 7 days", "  - name: Rest\n  - wait: 7 days", 12, "make it a remark: # Rest"),
    (
        FAIR,
        "    within: 1 week\n",
        "    within: 1 week\n    wait: 1 week\n",
        33,
        "“within” in line 32 says. Take this line",
    ),
    (
        FAIR,
        "- go: flow long-term\n\n  s",
        "- wait: 1 day then go flow long-term\n\n  s",
        72,
        "below it: - go: flow long-term",
    ),
    (
        RENEWAL,
        GO,
        "    - go: account 2 times\n      then: silent",
        52,
        "- go: account — and below it: at_most: 2 times",
    ),
    (RENEWAL, GO, "    - go: account at_most 2 times then silent", 52, "at_most: 2 times, and then: silent"),
    (RENEWAL, "      otherwise: late\n", "      otherwise:\n        not done: late\n", 49, "Did you mean “else”?"),
    (BROCHURE, "- else: done", "- if: true\n          go: done", 33, "Write one line for the two: - else: done"),
    (RENEWAL, "    - end: won", "    - exit", 14, "Write: - end: done"),
    (
        BROCHURE,
        "      opened: call ",
        "      clicked survey: call\n      opened: call ",
        21,
        "Write it under when: “clicked",
    ),
    (
        BROCHURE,
        "  appointment.requested: sales\n",
        "  appointment.requested: sales\n  lead.sales_ready: sales\n",
        9,
        "goal: in column 1, and below it, two spaces deeper, “if: lead.sales_ready” and “go: sales”",
    ),
    (BROCHURE, "start: brochure.requested", "start: requested brochure", 5, "Did you mean “brochure.requested”?"),
    (BROCHURE, "start: brochure.requested", "start:\n  - flow long-term\n  - brochure.requested", 6, "Write: manual"),
    (BROCHURE, "  call:\n", "  call:\n    steps:\n", 36, "Take this line away"),
    (RENEWAL, "  - wait: until 45", "  * wait: until 45", 25, "In YAML it has another meaning."),
    (TEAMS, "capacity: 60 per day", "capacity: 15 per week", 37, "3 per day"),
    (WORKSPACE, "sales-floor: slack ", "sales-floor: #sales ", 31, "Write: sales-floor: slack — or teams"),
    (WHITEPAPER, 'lead.grade in ["A2", "B1"]', 'lead.email.endswith("@x.nl")', 13, 'matches(lead.email, "*@x.nl")'),
    (RENEWAL, "tell: manager\n      text: A", "tell: manager A", 77, "tell: manager — and below it: text: A contract"),
]


@pytest.mark.parametrize(("file", "before", "after", "line", "words"), WORDS, ids=[slip[2] for slip in WORDS])
def test_another_word_for_one_of_ours_is_answered_by_it(
    shipped: Path, file: str, before: str, after: str, line: int, words: str
) -> None:
    is_told(shipped, file, before, after, line, words)


@pytest.mark.parametrize(("file", "before", "after", "line", "words"), WHOLE, ids=[slip[2] for slip in WHOLE])
def test_what_stands_among_the_steps_though_it_is_none_is_told_its_place(
    shipped: Path, file: str, before: str, after: str, line: int, words: str
) -> None:
    is_told(shipped, file, before, after, line, words)


@pytest.mark.parametrize(("file", "before", "after", "line", "words"), ONE, ids=[slip[2] for slip in ONE])
def test_what_was_said_twice_or_by_a_list_of_all_words_is_said_once(
    shipped: Path, file: str, before: str, after: str, line: int, words: str
) -> None:
    is_told(shipped, file, before, after, line, words)
