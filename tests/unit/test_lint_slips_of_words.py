"""A sign that is no colon, a name that is lost or is none, an hour or a share that is half said: one message each, with
what belongs there."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from kweek.linting import lint_unrendered
from kweek.workspace import read_workspace
from tests.unit.test_lint_slips import (
    ANSWER,
    BROCHURE,
    CALENDARS,
    FAIR,
    RENEWAL,
    REVIVAL,
    STARTS,
    WEBINAR,
    WHITEPAPER,
    slip,
    told_once,
)
from tests.unit.test_lint_slips_of_lines import MAIL

WAITS: Final = "  - wait: 1 week                       # time to read it"
HALVES: Final = "{ drying-figures: 45%, drying-story: 45%, nothing: 10% }"
ELSE: Final = "        - else: account                # to change, to stop, not to know: that takes a talk"
SUBJECT: Final = "subject: Heating"
UNTIL: Final = "until lead.contract_end"

SIGNS: Final = [
    (WHITEPAPER, WAITS, "  - wait; 1 week", 23, "Write a colon instead of “;”: - wait: 1 week"),
    (WHITEPAPER, WAITS, "  - wait = 1 week", 23, "Write a colon instead of “=”: - wait: 1 week"),
    (WHITEPAPER, WAITS, "  - wait - 1 week", 23, "Write a colon instead of “-”: - wait: 1 week"),
    (MAIL, SUBJECT, "subject Heating", 2, "“subject” has no colon behind it."),
    (MAIL, SUBJECT, "subject = Heating", 2, "Write: subject: Heating with"),
    (MAIL, SUBJECT, "Heating", 2, "Write: subject: Heating with"),
    (MAIL, "purpose: advice", "purpose advice", 5, "Write: purpose: advice"),
]
QUOTES: Final = [
    (WHITEPAPER, "- if: lead.sales_ready", '- if: "NL" == lead.country', 60, """Write: if: '"NL" == lead.country'"""),
    (
        REVIVAL,
        ANSWER,
        'if: "A" in lead.profile and lead.country == "NL"',
        45,
        """if: lead.profile == "A" and lead.coun""",
    ),
    (FAIR, "if: known(event.wish)", 'if: "call" == event.wish', 10, """Write: if: '"call" == event.wish'"""),
]
SAYS_NOTHING: Final = [
    (FAIR, "- send: fair-thanks", "- send:", 31, "Write the name of a mail behind the colon: fair-thanks"),
    (FAIR, "- call: fair", "- call:", 54, "Write the survey that is its script behind the colon: fair,"),
    (FAIR, "- handover: sales", "- handover:", 75, "behind the colon: sales, telemarketing, engineers"),
    (RENEWAL, "- tell: manager", "- tell:", 77, "behind the colon: owner, manager, sales-floor, or a person"),
    (RENEWAL, "- wait: 1 week", "- wait:", 71, "Write how long, such as 7 days, behind the colon."),
    (RENEWAL, "- go: account ", "- go: ", 52, "Write the name of a path behind the colon: judge, papers,"),
]
NUMBERS: Final = [
    (CALENDARS, "08:00-18:00", "07:30-6:30", 18, "Write 07:30-18:30 — or the other way round: 06:30-07:30."),
    (CALENDARS, "08:00-18:00", "18:00-08:00", 18, "Write 08:00-18:00 — or, for a night,"),
    (CALENDARS, "08:00-18:00", "09:00-9:00", 18, "“09:00-9:00” is no time at all."),
    (CALENDARS, "08:00-18:00", "8am to 6:30pm", 18, "in 24 hours: 08:00-18:30."),
    (WHITEPAPER, HALVES, "{ drying-figures: 60, drying-story: 30 }", 25, "for that makes 90%."),
    (WHITEPAPER, HALVES, HALVES.replace("%", ""), 25, f"These 3 shares have no %. Write whole per cents: {HALVES}"),
    (WHITEPAPER, HALVES, HALVES.replace("45%", "40", 1), 25, "“40” is not a share."),
]
DATES: Final = [
    (RENEWAL, UNTIL, "until contract_end", 85, "Did you mean “lead.contract_end”?"),
    (RENEWAL, UNTIL, "until lead contract_end", 85, "Did you mean “lead.contract_end”?"),
    (RENEWAL, UNTIL, "until company.contract_end", 85, "Did you mean “lead.contract_end”?"),
    (RENEWAL, UNTIL, "contract_end", 85, "Write: until lead.contract_end."),
    (RENEWAL, UNTIL, "until {{ lead.contract_end }}", 85, "Write: until lead.contract_end."),
    (RENEWAL, "45 days before lead.contract_end", "45 days before contract_ends", 25, "mean “lead.contract_end”?"),
    (RENEWAL, "90 days before lead.contract_end", "contract_end", 8, "Did you mean “lead.contract_end”?"),
    (FAIR, "until handover.later_on", "until later_on", 93, "Did you mean “handover.later_on”?"),
    (FAIR, "until handover.later_on", "until lead.later_on", 93, "Did you mean “handover.later_on”?"),
    (WEBINAR, "before event.starts_at", "before starts_at", 25, "Did you mean “event.starts_at”?"),
    (RENEWAL, UNTIL, "until lead.ripe_on", 85, "Declare it below fields in rules/workspace.yaml: ripe_on: date"),
    (RENEWAL, "{ renewed_on:", "{ renewd_on:", 13, "Did you mean “renewed_on”?"),
    (RENEWAL, "{ renewed_on:", "{ sown:", 13, "clare it below fields in rules/workspace.yaml: sown: date"),
]
EVENTS: Final = [
    (BROCHURE, STARTS, "start: requested", 5, "Did you mean “brochure.requested”?"),
    (BROCHURE, STARTS, "start: brochure.asked", 5, "“brochure.requested”? Or declare it in rules/events.yaml."),
    (WHITEPAPER, "start: whitepaper.downloaded", "start: whitepaper.taken", 8, "mean “whitepaper.downloaded”?"),
    (WHITEPAPER, "start: whitepaper.downloaded", "start: webinar.seen", 8, "webinar.registered, webinar.attended."),
    (WHITEPAPER, "  demo.requested: done", "  demo.asked: done", 18, "Did you mean “demo.requested”?"),
    (RENEWAL, "  contract.renewed: ", "  renewed: ", 12, "Did you mean “contract.renewed”?"),
]
COLLEAGUES: Final = [
    (RENEWAL, "tell: manager", "tell: lead", 77, "To write to the lead, send a mail: - send: …"),
    (RENEWAL, "tell: manager", "tell: words", 77, "Write a role (owner, manager), a person (anna,"),
    (RENEWAL, "tell: manager", "tell: mangaer", 77, "Did you mean “manager”?"),
    (
        FAIR,
        "    - tell: manager\n      text: A",
        "    - tell: A",
        70,
        "Write: tell: owner — and below it: text: A lead",
    ),
    (RENEWAL, "to: owner", "to: customer", 43, "here stands a colleague. Name a role (owner, manager)"),
]
ITSELF: Final = [
    (
        RENEWAL,
        "then: silent",
        "then: itself",
        54,
        "A path is called by its name, and this one is “signature”. There are:",
    ),
    (RENEWAL, "- go: account ", "- go: itself ", 52, "A path is called by its name, and this one is “signature”."),
    (RENEWAL, "then: silent", "then: flow itself", 54, "A flow is called by its name, and this one is “renewal”."),
]
ABOVE_ITS_LIKE: Final = [
    (RENEWAL, ELSE, f'{ELSE}\n        - if: survey.renewal.wish == "extend"\n          go: done', 39, "Put else last."),
]
IN_A_LIST: Final = [
    (BROCHURE, "if: lead.sales_ready", 'if: survey.brochure.time == "3 months"', 29, "Did you mean “three-months”?"),
    (
        RENEWAL, 'survey.renewal.wish == "extend"', 'survey.renewal.wish in ["change", "cancel"]', 37,
        "survey.renewal.wish is never “cancel”. There are: extend, change, stop, unsure.",
    ),
    (
        RENEWAL, 'survey.renewal.wish == "extend"', 'survey.renewal.wish in ["change", "extendd"]', 37,
        "Did you mean “extend”?",
    ),
]  # fmt: skip
CARRIED: Final = [
    (
        "flows/demo-request.yaml", "  - go: sales\n",
        "  - choose:\n      - if: event.surface > 1000\n        go: sales\n      - else: sales\n", 14,
        "There is no field event.surface. There are: event.building.",
    ),
]  # fmt: skip
RUNS_OUT: Final = [
    (
        FAIR,
        "        won: won",
        "        won:\n          - tag: customer",
        90,
        "Add a step “- end: won” (or a go) below it.",
    ),
    (FAIR, "        lost: lost", "        lost:\n          - tag: gone", 91, "Add a step “- end: lost” (or a go)"),
    (FAIR, "- else: next", "- else: next step", 28, "“next step” has a word too many. Write: next"),
]
OUTCOMES_OF: Final = [
    (FAIR, "visit: sales ", "viewing: sales ", 61, "unreachable, blocked, visit, attempted."),
    (FAIR, "visit: sales ", "home visit: sales ", 61, "Did you mean “visit”?"),
    (
        "surveys/fair.yaml",
        "  visit: { nl: Wil een",
        "  viewing: { nl: Wil een",
        61,
        "unreachable, blocked, viewing, att",
    ),
]

WHAT_DID_NOT_HAPPEN: Final = [
    (FAIR, "clicked book-a-visit: call", "not opened: call", 37, "Write it below otherwise: a line for “opened”"),
    (FAIR, "clicked book-a-visit: call", "no reaction: call", 37, "that is otherwise, in line 39"),
    (FAIR, "  appointment.requested: done", "  opened fair-thanks: done", 18, "Write opened alone, for any mail"),
]
CODES_OF: Final = [
    (FAIR, "known(event.wish)", 'lead.country == "Netherlands"', 10, 'Write "NL".'),
    (FAIR, "known(event.wish)", 'lead.language in ["Dutch", "en"]', 10, 'Write "nl".'),
    (FAIR, "known(event.wish)", 'happened("clicked book-a-visit")', 10, 'clicked("fair-thanks", "book-a-visit")'),
    (FAIR, "known(event.wish)", 'lead.profile in "A, B"', 10, 'Write in ["A", "B"]'),
    (FAIR, "known(event.wish)", "lead.contract_end < 90 days", 10, "days_until(lead.contract_end) < 90"),
    (FAIR, "known(event.wish)", "lead.contract_end < 90", 10, "days_until(lead.contract_end) < 90"),
    (FAIR, "known(event.wish)", 'lead.contract_end < "1-2-2027"', 10, 'the year first: "2027-02-01"'),
    (FAIR, "known(event.wish)", "lead.score > 30", 10, "lead.score.profile, lead.score.intent, lead.score.interest"),
]
AT_ITS_PLACE: Final = [
    (FAIR, "        rejected: ", "        appointment: call\n        rejected: ", 87, "it does not end a handover"),
]
SEVERAL_AT_ONCE: Final = [
    (FAIR, "      opened: judge\n", "      opened, clicked: judge\n", 39, "each: “opened: …” — and “clicked: …”"),
    (FAIR, "      opened: judge\n", "      clicked or opened: judge\n", 39, "each: “clicked: …” — and “opened: …”"),
    (FAIR, "      answered: judge\n", "      answered, replied: judge\n", 36, "each: “answered: …” — and “replied: …”"),
    (FAIR, "clicked book-a-visit: call", "clicked: book-a-visit", 37, "Write: clicked book-a-visit: … (where"),
]


@pytest.mark.parametrize(
    ("file", "before", "after", "line", "words"),
    [
        *SEVERAL_AT_ONCE,
        *WHAT_DID_NOT_HAPPEN,
        *CODES_OF,
        *AT_ITS_PLACE,
        *SIGNS,
        *QUOTES,
        *SAYS_NOTHING,
        *NUMBERS,
        *DATES,
        *EVENTS,
        *COLLEAGUES,
        *ITSELF,
        *ABOVE_ITS_LIKE,
        *IN_A_LIST,
        *CARRIED,
        *RUNS_OUT,
        *OUTCOMES_OF,
    ],
    ids=lambda one: str(one)[:40],
)
def test_a_word_that_is_none_is_said_once_with_what_belongs_there(
    shipped: Path, file: str, before: str, after: str, line: int, words: str
) -> None:
    problem = told_once(shipped, file, before, after)
    assert (problem.file, problem.line) == (FAIR if file == "surveys/fair.yaml" else file, line), problem
    assert words in str(problem)


@pytest.mark.parametrize(
    ("before", "after", "file", "line", "words"),
    [
        (
            "  contract_end: ",
            "  # ",
            RENEWAL,
            8,
            "Declare it below fields in rules/workspace.yaml: contract_end: date",
        ),
        ("  contract_end: ", "  contract_ends: ", RENEWAL, 8, "Did you mean “lead.contract_ends”?"),
        (
            "  renewed_on: ",
            "  # ",
            RENEWAL,
            13,
            "Declare it below fields in rules/workspace.yaml: renewed_on: date",
        ),
        ("  met_at: ", "  # ", FAIR, 21, "Declare it below fields in rules/workspace.yaml: met_at: text"),
    ],
)
def test_a_field_that_is_gone_is_to_be_declared_where_fields_are(
    shipped: Path, before: str, after: str, file: str, line: int, words: str
) -> None:
    slip(shipped, "rules/workspace.yaml", before, after)
    [problem] = lint_unrendered(read_workspace(shipped))
    assert (problem.file, problem.line) == (file, line), problem
    assert words in str(problem)


CONTACT: Final = "flows/contact-request.yaml"
CLICKED: Final = "    within: 1 day\n    when:\n      clicked: next\n    otherwise: next\n#"


@pytest.mark.parametrize(
    ("before", "after", "line", "words"),
    [
        ("        later: later\n", "", 20, "Add below when: “later: later”"),
        ("rejected: back", "refused: back", 32, "Did you mean “rejected”?"),
        ("rejected: back", "opened: back", 32, "Did you mean “rejected”?"),
        ("- after: 24 hours", "- after: 2 hours", 25, "Write: after: 24 hours"),
        ("request-received", f"request-received\n{CLICKED}", 0, "Put a link in the mail"),
    ],
)  # fmt: skip
def test_a_word_of_a_way_that_is_not_there(shipped: Path, before: str, after: str, line: int, words: str) -> None:
    slip(shipped, CONTACT, before, after)
    [problem] = lint_unrendered(read_workspace(shipped))
    assert words in str(problem)
    assert problem.line == line or not line


def test_an_else_that_alone_leads_on_is_not_to_be_taken_away(shipped: Path) -> None:
    shares = "  - choose:\n      - share: 100%\n        go: flow long-term\n      - else: next\n"
    slip(shipped, CONTACT, "  - send: request-received", f"{shares}  - send: request-received")
    [problem] = lint_unrendered(read_workspace(shipped))
    assert problem.fix == "Make the shares less than 100%."


KEPT: Final = [
    (FAIR, "attempts: 4", "attempts: two", "Write 2."),
    (FAIR, "title:", "send_hours: 08:00-18:00\ntitle:", "Write the name of one that has them: calling-hours"),
    (RENEWAL, "renewed_on: today", "renewed_on: 15-03-2027", "Write 2027-03-15."),
    (RENEWAL, "\nsteps:", "\ngoal: lead.sales_ready\nsteps:", "go: account"),
]


@pytest.mark.parametrize(("file", "before", "after", "words"), KEPT)
def test_what_the_author_wrote_is_in_the_remedy(shipped: Path, file: str, before: str, after: str, words: str) -> None:
    slip(shipped, file, before, after)
    [problem] = lint_unrendered(read_workspace(shipped))
    assert words in problem.fix
