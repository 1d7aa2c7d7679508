"""A remedy means what the author meant: `!= "A" or "B"` is `not in`, `minus 30` is -30, a limit keeps its period. One
message each; and typed in, the remedy is sound."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from kweek.flow.conditions.schema import FieldType
from kweek.flow.world import World
from kweek.linting import lint_unrendered, names_in
from kweek.workspace import read_workspace
from tests.unit.test_lint_slips import EVENTS, FAIR, RENEWAL, TEAMS, WHITEPAPER, is_told, slip, told_once

ASKED: Final = 'if: event.wish == "call"'
FIELDS: Final = "  met_at: { type: text"
MORE: Final = """\
  machines: { type: number, title: { en: machines, nl: machines } }
  lease_end: { type: date, title: { en: lease end, nl: einde huur } }
  vip: { type: yes/no, title: { en: known well, nl: bekend } }
"""


@pytest.fixture
def office(shipped: Path) -> Path:
    """The workspace that ships, with a number, a date and a yes or no of its own."""
    slip(shipped, "rules/workspace.yaml", FIELDS, MORE + FIELDS)
    return shipped


CONDITIONS: Final = [
    # what is denied stays denied
    ('lead.profile != "A" or "B"', 'lead.profile not in ["A", "B"]'),
    ('lead.profile == "A" or "B" or "C"', 'lead.profile in ["A", "B", "C"]'),
    ('not lead.profile == "A" or "B"', 'lead.profile not in ["A", "B"]'),
    ('lead.profile not in ["A"] or "B"', 'lead.profile not in ["A", "B"]'),
    ("unknown(lead.country)", "not known(lead.country)"),
    ("is_empty(lead.country)", "not known(lead.country)"),
    ("lead.country not known", "not known(lead.country)"),
    ("lead.country empty", "not known(lead.country)"),
    ('tagged != "met-in-person"', 'not tagged("met-in-person")'),
    ('opened == "fair-thanks"', 'opened("fair-thanks")'),
    ('clicked("30 days") > 2', 'count("clicked", "30 days") > 2'),
    ('clicked == "book-a-visit"', 'clicked("fair-thanks", "book-a-visit")'),
    ("lead.vip == vip", "lead.vip"),
    ("lead.vip != vip", "not lead.vip"),
    ('lead.vip == "true"', "lead.vip"),
    ('lead.vip == "no"', "not lead.vip"),
    # dates, spans and periods
    ("lead.lease_end > 2 days", "days_until(lead.lease_end) > 2"),
    ("lead.lease_end before 2027-06-01", 'lead.lease_end < "2027-06-01"'),
    (
        "lead.lease_end between 2027-01-01 and 2027-02-01",
        '(lead.lease_end >= "2027-01-01" and lead.lease_end <= "2027-02-01")',
    ),
    ("lead.machines in 5..10", "5 <= lead.machines <= 10"),
    ("lead.machines not in 5-10", "not (5 <= lead.machines <= 10)"),
    ("lead.machines in [5..10]", "5 <= lead.machines <= 10"),
    ('count("pricing.viewed") > 3 within "14 days"', 'count("pricing.viewed", "14 days") > 3'),
    ('count("pricing.viewed") > 3 in "7 days"', 'count("pricing.viewed", "7 days") > 3'),
    ('count("pricing.viewed") in the last 7 days > 3', 'count("pricing.viewed", "7 days") > 3'),
    ('happened("pricing.viewed") within 14 days', 'happened("pricing.viewed", "14 days")'),
    ("lead.lease_end < today + 30", "days_until(lead.lease_end) < 30"),
    ("lead.lease_end < in 30 days", "days_until(lead.lease_end) < 30"),
    ("lead.lease_end > today - 7 days", "days_until(lead.lease_end) > -7"),
    # parts of a text
    ('lead.email like "guide%"', 'matches(lead.email, "guide*")'),
    ('lead.email like "guide"', 'matches(lead.email, "*guide*")'),
    ("matches(lead.email, guide*)", 'matches(lead.email, "guide*")'),
    ('"@gmail.com" in lead.email', 'matches(lead.email, "*@gmail.com*")'),
    ('"A" in lead.profile', 'lead.profile == "A"'),
    ('lead.vip and "NL" not in lead.country', 'lead.country != "NL"'),
    ('lead.vip and "@gmail.com" not in lead.email', 'not matches(lead.email, "*@gmail.com*")'),
    (
        'matches(lead.job_title, "director|ceo")',
        '(matches(lead.job_title, "*director*") or matches(lead.job_title, "*ceo*"))',
    ),
    ('matches(lead.job_title, "ceo|dir*")', '(matches(lead.job_title, "ceo") or matches(lead.job_title, "dir*"))'),
    ('matches lead.postal_code "9*"', 'matches(lead.postal_code, "9*")'),
    # as one says it aloud
    ("lead is sales_ready", "lead.sales_ready"),
    ("lead is not sales_ready", "not lead.sales_ready"),
    ('lead.profile is one of ["A", "B"]', 'lead.profile in ["A", "B"]'),
    ('lead.profile is none of ["A", "B"]', 'lead.profile not in ["A", "B"]'),
    ('lead.profile is one of "A", "B"', 'lead.profile in ["A", "B"]'),
    ('lead.country is either "NL" or "BE"', 'lead.country in ["NL", "BE"]'),
    ('lead.country: ["NL", "BE"]', 'lead.country in ["NL", "BE"]'),
    ('lead.vip and lead.country: ["NL", "BE"]', 'lead.country in ["NL", "BE"]'),
    ('days since("sent") > 3', 'days_since("sent") > 3'),
    ('no tagged("met-in-person")', 'not tagged("met-in-person")'),
    ("known(lead.phone or lead.email)", "(known(lead.phone) or known(lead.email))"),
    ("known(lead.phone, lead.email)", "(known(lead.phone) or known(lead.email))"),
    ("known(lead.phone and lead.email)", "(known(lead.phone) and known(lead.email))"),
    # texts that are compared as if they were numbers
    ('lead.profile >= "B"', 'lead.profile in ["A", "B"]'),
    ('lead.profile > "B"', 'lead.profile in ["A"]'),
    ('lead.profile < "B"', 'lead.profile in ["C", "D"]'),
    ('lead.profile <= "B"', 'lead.profile in ["B", "C", "D"]'),
    ("lead.postal_code > 9000", 'matches(lead.postal_code, "9*")'),
    # numbers that are written as texts, in words, or as an amount
    ('lead.machines == "5-10"', "5 <= lead.machines <= 10"),
    ('lead.machines != "5 - 10 machines"', "not (5 <= lead.machines <= 10)"),
    ('lead.machines >= "5-10"', "lead.machines >= 5"),
    ("lead.machines == 5-10", "5 <= lead.machines <= 10"),
    ('lead.machines == "5+"', "lead.machines >= 5"),
    ('lead.machines != "5 or more"', "lead.machines < 5"),
    ('lead.machines == ">5"', "lead.machines > 5"),
    ('lead.machines == "1.000"', "lead.machines == 1000"),
    ('lead.machines == "5 or 6"', "lead.machines in [5, 6]"),
    ('lead.machines == "fifty"', "lead.machines == 50"),
    ('lead.vip and "fifty" < lead.machines', "lead.machines > 50"),
    ('lead.vip and "B" <= lead.profile', 'lead.profile in ["A", "B"]'),
    ("survey.webinar.useful == 4 or 5", "survey.webinar.useful in [4, 5]"),
    ("not survey.webinar.useful == 4 or 5 or 3", "survey.webinar.useful not in [4, 5, 3]"),
    ('count("clicked") != 1 or 2', 'count("clicked") not in [1, 2]'),
    # several texts, that have lost their list
    ("lead.profile is not one of A or B", 'lead.profile not in ["A", "B"]'),
    ("lead.building is one of hall, cold store and lead.vip", 'lead.building in ["hall", "cold store"]'),
    ("lead.building == hall or cold store", 'lead.building in ["hall", "cold store"]'),
    ("lead.profile == A or B", 'lead.profile in ["A", "B"]'),
    ("lead.profile == A or B and lead.vip", 'lead.profile in ["A", "B"]'),
    ("lead.vip and lead.profile != A or B or C", 'lead.profile not in ["A", "B", "C"]'),
    ('lead.profile == "A" or B', 'lead.profile in ["A", "B"]'),
    ("lead.country == NL or BE", 'lead.country in ["NL", "BE"]'),
    ('lead.vip and lead.country == NL or "BE"', 'lead.country in ["NL", "BE"]'),
    ('lead.vip and lead.country == "NL" or "BE"', 'lead.country in ["NL", "BE"]'),
    ('lead.profile == "A or B"', 'lead.profile in ["A", "B"]'),
    ('lead.profile != "A, B"', 'lead.profile not in ["A", "B"]'),
    ('lead.country == "NL/BE"', 'lead.country in ["NL", "BE"]'),
    ('tagged(["met-in-person", "at-fair"])', '(tagged("met-in-person") or tagged("at-fair"))'),
    ("known([lead.phone, lead.email])", "(known(lead.phone) or known(lead.email))"),
    # tags are no field
    ('lead.tags not contains "at-fair"', 'not tagged("at-fair")'),
    ('tags contains "at-fair"', 'tagged("at-fair")'),
    ('lead.tags has "at-fair"', 'tagged("at-fair")'),
    # what is compared stands within the parentheses; a plus, a sign of another language
    ('days_since("sent" > 30)', 'days_since("sent") > 30'),
    ('count("clicked", "14 days" > 2)', 'count("clicked", "14 days") > 2'),
    ("days_until(lead.lease_end < 30)", "days_until(lead.lease_end) < 30"),
    ("lead.machines > 10+", "lead.machines > 10"),
    ("lead.machines == 10+", "lead.machines >= 10"),
    ('lead.email ~ "gmail"', 'matches(lead.email, "*gmail*")'),
    ('lead.email !~ "gmail"', 'not matches(lead.email, "*gmail*")'),
    ('lead.country = "NL" && lead.profile = B', 'lead.country == "NL" and lead.profile == "B"'),
    ("lead.vip || lead.sales_ready || lead.machines = 3", "lead.vip or lead.sales_ready or lead.machines == 3"),
    ("lead.lease_end within 90 days", "0 <= days_until(lead.lease_end) <= 90"),
    ("lead.lease_end not within the next 2 weeks", "not (0 <= days_until(lead.lease_end) <= 14)"),
    ("lead.lease_end in the last 30 days", "-30 <= days_until(lead.lease_end) <= 0"),
    # a whole address, and what is never true
    ('matches(lead.email, "gmail.com")', 'matches(lead.email, "*@gmail.com")'),
    ('matches(lead.email, "@gmail.com")', 'matches(lead.email, "*@gmail.com")'),
    ('matches(lead.email, "info@")', 'matches(lead.email, "info@*")'),
    ('lead.email == "gmail.com"', 'matches(lead.email, "*@gmail.com")'),
    # regular expressions, and those of databases
    (r'matches(lead.email, ".*@gmail\.com")', 'matches(lead.email, "*@gmail.com")'),
    (r"matches(lead.email, /gmail\.com$/i)", 'matches(lead.email, "*gmail.com")'),
    (r'lead.email like "%@gmail\.com"', 'matches(lead.email, "*@gmail.com")'),
    ("lead.email =~ /gmail/", 'matches(lead.email, "*gmail*")'),
    ('lead.email ends with ".*gmail.com"', 'matches(lead.email, "*gmail.com")'),
    (r'lead.email contains "@gmail\.com"', 'matches(lead.email, "*@gmail.com*")'),
    ('lead.email == "@gmail.com$"', 'matches(lead.email, "*@gmail.com")'),
    ('lead.email != ".*@gmail.com"', 'not matches(lead.email, "*@gmail.com")'),
    (r'matches(lead.email, "\w+@gmail\.com")', 'matches(lead.email, "*@gmail.com")'),
    ('lead.job_title == "^director"', 'matches(lead.job_title, "director*")'),
    (
        r'not matches(lead.email, ".+@(gmail|hotmail)\.com")',
        '(matches(lead.email, "*@gmail.com") or matches(lead.email, "*@hotmail.com"))',
    ),
    # what another owner has, and an event that is asked as if it were a function
    ('count("clicked") "30 days"', 'count("clicked", "30 days") > 0'),
    ('count("clicked") "30 days" > 2', 'count("clicked", "30 days") > 2'),
    ('answered("fair-thanks")', 'happened("answered")'),
    ('not replied("30 days")', 'happened("replied", "30 days")'),
    ('sent("fair-thanks") > 2', 'count("sent") > 2'),
    ("called()", 'happened("attempted")'),
    # quotes, events, owners
    ('"lead.machines > 5" and lead.vip', "lead.machines > 5 and lead.vip"),
    ("quote.requested", 'happened("quote.requested")'),
]
MEANT: Final = [
    ('lead.grade > "B2"', "Name those that you mean, in a list behind “lead.grade in”."),
    ("lead.postal_code > 5000", "or name those that you mean"),
    ('lead.country != ["NL", "BE"]', 'Write not in ["NL", "BE"] instead of != […].'),
    ('lead.country == not "NL"', 'Write != "NL".'),
    ('count("quote.requested") == true', "Compare it with 0: count(…) > 0."),
    ('count("quote.requested") == false', "Compare it with 0: count(…) == 0."),
    ("lead.handover.reason", "Did you mean “handover.reason”?"),
    ('survey.wish == "extend"', "Did you mean “survey.renewal.wish”?"),
    ('survey.wish == "call"', "Did you mean “survey.fair.wish”?"),  # of the script of this flow
    ("survey.wish", "Did you mean “survey.fair.wish”?"),
    ('answered == "extend"', "Did you mean “survey.renewal.wish”?"),
    ("survey.webinar.useful in [8, 9]", "is never 8, nor 9. Write numbers from 1 to 5."),
    ('lead.country == "UK"', 'lead.country is never “UK”. Write "GB"'),
    ('lead.country in ["UK", "NL"]', 'lead.country is never “UK”. Write "GB"'),
    ('lead.vip and (lead.profile != "A" or lead.profile != "B")', 'Write lead.profile not in ["A", "B"].'),
    ("lead.vip and (known(lead.phone) or not known(lead.phone))", "A part of this condition is always true."),
    ("lead.machines contains 10", 'Write lead.machines == 10 — or, of a text, matches(lead.machines, "*10*").'),
    ("lead.postal_code starts with 90", 'Write matches(lead.postal_code, "90*").'),
    ('lead.machines in ["1-10", "50+"]', "(1 <= lead.machines <= 10 or lead.machines >= 50), instead of the list."),
    ("lead.machines > -500,-", "Write -500."),
    ("lead.company_size > 5", "Did you mean “company.size”?"),
    ('lead.email in ["^info", "a@b.nl"]', 'Write (matches(lead.email, "info*") or lead.email in ["a@b.nl"])'),
    ('count("mail") > 2', "Did you mean “sent”?"),
    ("lead.vip then call", "Leave it out: lead.vip — where it leads, its line “go” says: go: call."),
    ("lead.machines > twenty-five", "“twenty-five” is no number. Write 25."),
    ("lead.machines > 4 or 5", "Write each comparison in full: lead.machines > 5."),
    ('lead.machines == "many"', "Write a number, without quotes"),
    ('survey.webinar.useful == "8-9"', "Write a number from 1 to 5, without quotes."),
    ("lead.profile > 10", "lead.profile is a text, and is compared with a number. Did you mean “lead.score.profile”?"),
    ("10 < lead.profile < 20", "Did you mean “lead.score.profile”?"),
    ('lead.company == "Acme"', "Did you mean “company.name”?"),
    ('company == "Acme"', "Did you mean “company.name”?"),
    ("lead.vip == urgent", "Write lead.vip by itself, or not lead.vip."),
]


@pytest.mark.parametrize(("said", "right"), CONDITIONS, ids=[said for said, _ in CONDITIONS])
def test_a_condition_is_mended_into_what_its_author_meant(office: Path, said: str, right: str) -> None:
    problem = told_once(office, FAIR, ASKED, f"if: {said}")
    assert (problem.file, problem.line) == (FAIR, 26)
    assert problem.fix.rstrip(".").endswith(right), problem
    slip(office, FAIR, f"if: {said}", f"if: {right}")
    assert not lint_unrendered(read_workspace(office))


@pytest.mark.parametrize(("said", "words"), MEANT, ids=[said for said, _ in MEANT])
def test_a_condition_that_cannot_be_is_told_what_there_is(office: Path, said: str, words: str) -> None:
    assert words in str(told_once(office, FAIR, ASKED, f"if: {said}"))


SCORING: Final = "rules/scoring.yaml"
SURVEY: Final = "surveys/fair.yaml"
MANAGER: Final = "manager: { name: hanneke, email: hanneke@lisveld.example.com }"
MEMBERS: Final = """\
      - { name: els, email: els@lisveld.example.com }
      - { name: joris, email: joris@lisveld.example.com }
"""
CASES: Final = "flows/tests/fair-leads.yaml"
PROMISE: Final = "- name: who asked to be called is called, and no mail is sent"
LIMIT: Final = "limit: 1 mail per 7 days"
STUDENT: Final = "profile: -30"
WAIT: Final = "  - wait: until 10:00\n"
NEED: Final = "      new-building: { intent: 5 }\n      replacement: { intent: 5 }\n      problem: { intent: 5 }\n"

GOAL: Final = '  if: lead.grade in ["A2", "B1"] and not known(survey.brochure.wish)\n'

ELSEWHERE: Final = [
    # conditions that are a list, or keys and values
    (FAIR, ASKED, "if:\n          event.wish: call", 27, 'Write: if: event.wish == "call"'),
    (
        FAIR,
        ASKED,
        'if:\n          event.wish: "call"\n          lead.vip: true',
        27,
        'wish == "call" and lead.vip == true',
    ),
    (
        FAIR,
        ASKED,
        "if:\n          - lead.vip\n          - known(lead.phone)",
        27,
        "Write: if: lead.vip and known(lead.phone)",
    ),
    (FAIR, ASKED, 'if: [lead.country in ["NL"], lead.vip]', 26, 'Write: if: lead.country in ["NL"] and lead.vip'),
    (FAIR, ASKED, "if: [lead.vip, lead.sales_ready]", 26, "Write: if: lead.vip and lead.sales_ready"),
    (WHITEPAPER, GOAL, GOAL.replace("if:", "when:"), 13, "Did you mean “if”?"),
    # names with their owner, and the right brackets
    (FAIR, "set: { met_at: event.fair }", "set: [met_at: event.fair]", 21, "Write braces: set: { met_at: event.fair }"),
    ("rules/workspace.yaml", "  lease_end:", "  lease end:", 26, "underscores: lease_end"),
    (SURVEY, "fills: bant.talk", "fills: talk", 60, "Write bant.talk."),
    (FAIR, "clicked book-a-visit", "book-a-visit clicked", 37, "Write: clicked book-a-visit."),
    (RENEWAL, "before lead.contract_end     #", "before the lease_end     #", 25, "with its owner: lead.lease_end."),
    (CASES, PROMISE, PROMISE.replace("name: ", ""), 6, f"Write: {PROMISE[2:]}"),
    # numbers keep their worth
    (SCORING, STUDENT, "profile: minus 30", 36, "with its sign: -30."),
    (SCORING, STUDENT, "profile: 30 less", 36, "with its sign: -30."),
    (SCORING, STUDENT, "profile: - 30", 36, "Write: profile: -30"),
    (FAIR, WAIT, f"  - set: {{ machines: five }}\n{WAIT}", 30, "Write 5."),
    (FAIR, WAIT, f"  - set: {{ machines: 5 pieces }}\n{WAIT}", 30, "Write 5."),
    (FAIR, WAIT, f"  - set: {{ machines: +1 }}\n{WAIT}", 30, "set does not add. Write the number itself"),
    (WHITEPAPER, LIMIT, "limit: 2 mails / 5 days", 10, "Write: 2 mails per 5 days."),
    (WHITEPAPER, LIMIT, "limit: 1 mail per 2 weeks per lead", 10, "Write: 1 mail per 2 weeks."),
    (WHITEPAPER, LIMIT, "limit: 1 mail per lead per 3 days", 10, "Write: 1 mail per 3 days."),
    (WHITEPAPER, LIMIT, "limit: 2 mails per fortnight", 10, "Write: 2 mails per 2 weeks."),
    # surveys
    (SURVEY, NEED, NEED.replace("{ intent: 5 }", "10", 1), 33, "Write: new-building: { intent: 10 } — or interest"),
    (SURVEY, f"    points:\n{NEED}", "    points: 10\n", 32, "for each that has one: new-building: { intent: 10 }"),
    (SURVEY, f"    points:\n{NEED}", "    raises: quote.requested\n", 32, "new-building: quote.requested"),
    (SURVEY, "fills: bant.need", "fills: installer", 31, "Write lead.installer."),
    (SURVEY, "fills: bant.need", "fills: need", 31, "Write bant.need."),
    (SURVEY, "    text:\n      nl: Wat", "    question:\n      nl: Wat", 19, "Did you mean “text”?"),
    (
        SURVEY,
        "  - ask: need\n",
        "  - ask: more\n    text: { nl: a, en: b }\n    type: text\n    options: [a, b]\n  - ask: need\n",
        21,
        "A question of type text has no “options”.",
    ),
    (SURVEY, "type: choice", "type: multiple choice", 22, "Write: type: choice"),
    (SURVEY, "type: choice", "type: checkbox", 22, "Write: type: choice"),
    # events, personas, people
    (EVENTS, "contact.requested:\n", "contact_requested:\n", 8, "noun.past_verb: contact.requested"),
    ("rules/personas.yaml", "  is: lead.b", "  if: lead.b", 7, "Did you mean “is”?"),
    (TEAMS, MANAGER, "manager: anna", 7, "Write: manager: { name: anna, email: anna@lisveld.example.com }"),
    (TEAMS, MANAGER, "manager: ada", 7, "Write: manager: { name: ada, email: ada@example.com }"),
    (TEAMS, MANAGER, "manager: Ada <ada@example.com>", 7, "Write: manager: { name: ada, email: ada@example.com }"),
    (TEAMS, f"\n{MEMBERS}", " [els, anna]\n", 21, "members: [{ name: els, email: els@example.com }, { name: anna, "),
    (TEAMS, "name: bram,", "name: bram de wit,", 15, "Write: name: bram-de-wit"),
    (RENEWAL, "to: owner", "to: anna@lisveld.example.com", 43, "Did you mean “anna”?"),
    (RENEWAL, "to: owner", "to: ana@lisveld.exmaple.com", 43, "nobody of rules/teams.yaml has this one"),
    # a line that says all in one
    (EVENTS, "  hard: true", "  hard", 10, "Write: hard: true"),
    (WHITEPAPER, "  if: lead.grade in", "  lead.grade in", 13, "Write: if: lead.grade in"),
    (WHITEPAPER, GOAL, "  lead.score.intent >= 30\n", 13, "Write: if: lead.score.intent >= 30"),
    (WHITEPAPER, GOAL, "  known(lead.phone)\n", 13, "Write: if: known(lead.phone)"),
    (CASES, "      day 1: visit\n", "      day 1 visit\n", 10, "Write: day 1: visit"),
    (CASES, "day 1 + 2 hours: contacted", "day 1 + 2 hours contacted", 11, "Write: day 1 + 2 hours: contacted"),
    (FAIR, "per event.fair", "per lead", 11, "is once for each lead. Write never — or"),
    # tests
    (CASES, "ends: day 30, won", "ends: day 30 won", 16, "Write ends: day 30, won."),
    (CASES, "ends: day 30, won", "ends: won on day 30", 16, "Write ends: day 30, won."),
]


@pytest.mark.parametrize(("file", "before", "after", "line", "words"), ELSEWHERE, ids=[one[2] for one in ELSEWHERE])
def test_what_is_proposed_elsewhere_is_what_was_meant(
    office: Path, file: str, before: str, after: str, line: int, words: str
) -> None:
    is_told(office, file, before, after, line, words)


def test_two_quotes_empty_a_field_of_any_type(office: Path) -> None:
    slip(office, FAIR, WAIT, f'  - set: {{ lease_end: "", machines: "", vip: "", installer: "" }}\n{WAIT}')
    assert not lint_unrendered(read_workspace(office))
    own = {name: FieldType(name) for name in ("date", "number", "yes/no", "text")}
    emptied = World({}, own=own).as_set(dict.fromkeys(own, ""))
    assert emptied == {"date": None, "number": None, "yes/no": None, "text": ""}


@pytest.mark.parametrize("said", ["met at", "met-at", "Met At"])
def test_a_field_whose_name_is_written_in_another_way_is_there_for_all_who_name_it(office: Path, said: str) -> None:
    problem = told_once(office, "rules/workspace.yaml", "  met_at:", f"  {said}:")
    assert problem.fix == "Use small letters, digits and underscores: met_at"
    assert "met_at" in names_in(read_workspace(office)).fields
