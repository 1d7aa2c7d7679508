"""All of a workspace is proven together: rules, surveys, mails and tests with the flows; what ships is sound."""

from __future__ import annotations

from pathlib import Path

import pytest

from kweek.linting import lint, lint_unrendered
from kweek.mails.render import Renderer
from kweek.workspace import read_workspace

REPOSITORY = Path(__file__).parents[2]
pytestmark = pytest.mark.usefixtures("cache")


def test_what_ships_is_sound(renderer: Renderer) -> None:
    assert lint(read_workspace(REPOSITORY), renderer) == ()


BROKEN = [
    ("rules/events.yaml", "matches(event.path,", "matches(event.pth,", "Did you mean “event.path”?"),
    ("rules/sales-ready.yaml", '["reserved"', '["reservd"', "Did you mean “reserved”?"),
    (
        "rules/workspace.yaml",
        "websites:",
        "webhooks:\n  crm: { url: https://crm.example.com, sends: [lead.emial] }\n\nwebsites:",
        "Did you mean “lead.email”?",
    ),
    ("flows/webinar.yaml", "to: engineers", "to: sales-floor", "“sales-floor” is a channel"),
    ("surveys/brochure.yaml", "fills: lead.job_title", "fills: lead.jobtitle", "lead.job_title"),
    ("surveys/brochure.yaml", "quote: quote.requested", "quote: quote.asked", "quote.requested"),
    ("templates/mails/survey.en.md", "lead.first_name }}", "lead.firstname }}", "first_name"),
    ("templates/mails/survey.en.md", "survey: brochure", "survey: brochur", "“brochure”"),
    ("templates/mails/survey.en.md", "subject:", "subjct:", "subject"),
    ("flows/tests/brochure-request.yaml", "answered", "anwsered", "“answered”"),
    ("flows/brochure-request.yaml", "send: survey", "send: survy", "“survey”"),
    # one mistake, one message: nothing of what follows from it is said
    ("flows/long-term.yaml", "reentry: always", "reentry: allways", "always"),
    (
        "templates/mails/demo-invitation.nl.md",
        '"book-a-demo"',
        '"boek-een-demo"',
        "A flow waits for “clicked book-a-demo”",
    ),
    ("templates/mails/demo-invitation.en.md", '"book-a-demo"', '"book-demo"', "A flow waits for “clicked book-a-demo”"),
    ("templates/mails/survey.nl.md", "subject:", "onderwerp:", "“subject”"),
    ("templates/mails/survey.nl.md", "{% endif %}", "", "Write {% endif %}"),
    ("templates/mails/survey.nl.md", "first_name }}", "first_name }", "Write }}"),
    ("surveys/brochure.yaml", "bant.need\n", "bant.needs\n", "“bant.need”"),
    ("surveys/brochure.yaml", "questions:", "questions: [", "never closed"),
    ("rules/events.yaml", "contact.requested:", "contact.requested: [", "Take it away"),
    (
        "rules/events.yaml",
        "{ en: contact requested, nl: contact gevraagd }",
        "[ en: contact requested",
        "Close it with ]",
    ),
    ("rules/events.yaml", "from: page.viewed", "from: [page.viewed", "Close it with ]"),
    ("rules/teams.yaml", "parent: benelux", "parent: beneluks", "“benelux”"),
    ("rules/teams.yaml", "    region:", "    parent: sales\n    region:", "“benelux” is part of itself"),
    ("rules/teams.yaml", "  benelux:", "  field: { calendar: office }\n  benelux:", "“field” has no members"),
    ("flows/contact-request.yaml", "handover: sales", "handover: benelux", "Name one of: sales, telemarketing"),
    ("rules/workspace.yaml", "languages:", "talen:", "“languages”"),
    ("rules/sales-ready.yaml", 'lead.profile in ["A", "B"]', "lead.sales_ready", "facts"),
    ("rules/sales-ready.yaml", 'tagged("competitor")', "lead.disqualified", "asks whether the lead is disqualified"),
    (
        "rules/scoring.yaml",
        'if: matches(lead.job_title, "*student*")',
        "if: lead.disqualified",
        "cannot ask for lead.disqualified",
    ),
    # what cannot be read is there all the same, and is read as it was probably meant
    ("rules/workspace.yaml", "contract_end: { type: date", "contract_end: { type: datum", "“date”"),
    ("rules/workspace.yaml", "languages: [nl, en]", "languages: nl, en", "languages: [nl, en]"),
    ("rules/events.yaml", "type: number", "type: many", "text, number"),
    ("rules/workspace.yaml", "  installer:", "  score: number\n  installer:", "Kweek itself works out lead.score"),
    ("rules/workspace.yaml", "  installer:", "  phone: number\n  installer:", "it is a text"),
    ("flows/long-term.yaml", "clicked book-a-demo", "clicked book-demo", "None of these mails has a link “book-demo”"),
    (
        "rules/events.yaml",
        '  from: page.viewed\n  if: matches(event.path, "/prices*")',
        "  from: prices.seen\nprices.seen:\n  from: pricing.viewed",
        "“pricing.viewed” is made of “prices.seen”, and that of “pricing.viewed”",
    ),
    ("flows/renewal.yaml", "tell: manager", "tell: [manager, owner]", "Write one: tell: manager"),
    ("flows/renewal.yaml", "- end: won", "- ende: won", "“end”"),
    (
        "flows/brochure-request.yaml",
        "      answered: triage",
        "      answered: triage\n      unclear: call",
        "otherwise",
    ),
    ("flows/webinar.yaml", "until 1 hour before event.starts_at", "until 1 hour before", "1 hour before lead."),
    ("flows/webinar.yaml", "clicked watch: attended", "clicked: watch: attended", "Write: clicked watch: attended"),
    ("surveys/brochure.yaml", "      planned: { nl: Het", "      reserved: { nl: Het", "is said twice"),
    ("flows/tests/webinar.yaml", "flow: webinar", "flow: webinars", "Write flow: webinar"),
    ("surveys/brochure.yaml", "ask: authority", "ask: role", "“role” is asked twice"),
    (
        "flows/brochure-request.yaml",
        '["student", "competitor"]',
        "[“student”, “competitor”]",
        'quotes: ["student", "competitor"]',
    ),
    (
        "flows/brochure-request.yaml",
        'lead.profile in ["A", "B"]',
        'days_since("contract_end") > 3',
        "write days_until(lead.contract_end)",
    ),
    # what the events carry that start the flows of a mail
    ("templates/mails/webinar-recording.en.md", "event.webinar", "event.webiner", "Did you mean “event.webinar”?"),
    ("templates/mails/webinar-recording.nl.md", "event.title", "event.titel", "Did you mean “event.title”?"),
    ("templates/mails/webinar-recording.en.md", "event.webinar", "event.brochure", "There are: event.starts_at"),
    (
        "flows/renewal.yaml",
        "task: Ask {{ company.name",
        "task: Ask {{ event.nothing or company.name",
        "The nearest are",
    ),
    ("rules/workspace.yaml", "[nl, en]", "[nl, eng]", "Did you mean “en”?"),
    ("rules/workspace.yaml", "[nl, en]", "[nl, xx]", "Write its two letters"),
    ("rules/scoring.yaml", 'event.topic == "humidity"', 'lead.topic == "humidity"', "Ask for event.topic"),
    ("rules/workspace.yaml", "fields: ", "keep_visits: 9 business days\nfields: ", "Write 9 days"),
    ("rules/sales-ready.yaml", "if: lead.profile in", "is: lead.profile in", "Did you mean “if”?"),
    ("rules/sales-ready.yaml", "lead.profile in", "lead.intent > 3 and lead.profile in", "“lead.score.intent”"),
]

# within rules: where exactly, and what else is wrong there
RULES = [
    (
        "rules/calendars.yaml",
        'monday-thursday: ["08:30-12:30", "13:00-17:30"]\n    friday: ["08:30-12:30", "13:00-16:30"]',
        'maandag: ["08:30-12:30"]\n    monday-thursday: ["08:30-13:30", "13:00-17:30"]\n    friday: [16:30-13:00, 8-9]',
        [(8, 5, "“maandag” is not a weekday"), (9, 38, "begin the second at 13:30"), (10, 14, "Write 13:00-16:30"),
         (10, 27, "08:00-09:00")],
    ),
    ("rules/calendars.yaml", "[2026-12-24, 2026-12-31,", "[2026-12-24, 31-12-2026,", [(11, 24, "year-month-day")]),
    (
        "rules/workspace.yaml",
        "websites:",
        "webhooks:\n  crm:\n    url: https://crm.example.com/\n    hears: [lead.recieved, qoute.requested, won, sent]\n"
        "    sends: [lead.owner, event.surface, event.from]\nwebsites:",
        [(30, 13, "“lead.received”"), (30, 28, "“quote.requested”"), (30, 50, "no event “sent” to hear"),
         (31, 25, "There is no field event.surface"), (31, 40, "There is no field event.from")],
    ),
    (
        "rules/workspace.yaml",
        "websites:",
        "webhooks:\n  crm:\n    url: https://crm.example.com/\n    hears: [lead.handed]\nwebsites:",
        [(30, 13, "The nearest that can be heard are: ")],
    ),
    (
        "rules/workspace.yaml",
        "websites:",
        "webhooks:\n  crm:\n    url: https://crm.example.com/\n    "
        "hears: [grade.changed, quote.requested, handover.given]\n    sends: [lead.owner, event.surface, event.from]\n"
        "websites:",
        [],
    ),
    ("rules/events.yaml", "brochure.requested:", "lead.received:\nbrochure.requested:", [(34, 1, "of Kweek's own")]),
    ("rules/events.yaml", "brochure.requested:", "grade.changed:\nbrochure.requested:", [(34, 1, "of Kweek's own")]),
    ("rules/scoring.yaml", "{ A: 20, B: 10, C: 0 }", "{ A: 10, B: 20, C: 0 }", [(8, 12, "Write A: 20, B: 10, C: 0")]),
    ("rules/scoring.yaml", "1: flow hot-lead,", "1: flow hot-laed,", [(14, 11, "Did you mean “hot-lead”?")]),
    ("rules/scoring.yaml", "1: flow hot-lead,", "1: hot-lead,", [(14, 11, "Write flow hot-lead, or rest")]),
    ("rules/scoring.yaml", "1: flow hot-lead,", "1: flow fair-leads,", [(14, 11, "another “reentry”")]),
    ("rules/scoring.yaml", "4: rest }", "5: rest }", [(14, 3, "Add it, or: else: rest"), (14, 55, "is not a key")]),
    ("rules/scoring.yaml", "3: rest, 4: rest }", "2: rest, 4: rest }", [(14, 3, "no cell for 3"), (14, 46, "")]),
    ("rules/scoring.yaml", "  D: rest\n", "", [(13, 1, "no row for D")]),
    ("rules/scoring.yaml", "  D: rest\n", "  E: rest\n", [(13, 1, "no row for D"), (17, 3, "is not a key")]),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "wanted"), RULES)
def test_a_mistake_in_rules_is_shown_where_it_stands(
    shipped: Path, file: str, old: str, new: str, wanted: list[tuple[int, int, str]]
) -> None:
    path = shipped / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    found = lint_unrendered(read_workspace(shipped))
    assert [(one.file, one.line, one.column) for one in found] == [(file, *place) for *place, _ in wanted]
    assert all(words in str(one) for one, (*_, words) in zip(found, wanted, strict=True)), "\n".join(map(str, found))


@pytest.mark.parametrize(("file", "old", "new", "words"), BROKEN, ids=lambda value: str(value)[:40])
def test_every_file_of_a_workspace_is_proven(
    shipped: Path, renderer: Renderer, file: str, old: str, new: str, words: str
) -> None:
    path = shipped / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    found = lint(read_workspace(shipped), renderer)
    assert [problem.file for problem in found] == [file], "\n".join(map(str, found))
    assert words in str(found[0])


def test_who_tells_a_manager_needs_one(shipped: Path, renderer: Renderer) -> None:
    teams = shipped / "rules/teams.yaml"
    text = "".join(line for line in teams.read_text().splitlines(keepends=True) if "manager:" not in line)
    teams.write_text(text, encoding="utf-8")
    found = lint(read_workspace(shipped), renderer)
    assert {(one.code, one.what) for one in found} == {("unknown-person", "No team has a manager.")}


def flow(name: str, steps: str, reentry: str = "always") -> str:
    return f"flow: {name}\ntitle: Round\nstart: manual\nreentry: {reentry}\nsteps:\n{steps}"


def test_a_lead_is_not_sent_round_through_flows_without_time(shipped: Path) -> None:
    one, two = shipped / "flows/one.yaml", shipped / "flows/two.yaml"
    two.write_text(flow("two", "  - choose:\n      - if: lead.sales_ready\n        go: one-again\n      - else: done\n"
                        "paths:\n  one-again:\n    - go: flow one\n"), encoding="utf-8")  # fmt: skip
    one.write_text(flow("one", "  - tag: x\n  - go: flow two\n"), encoding="utf-8")
    (problem,) = lint_unrendered(read_workspace(shipped))
    assert (problem.file, problem.line, problem.code) == ("flows/two.yaml", 12, "instant-loop")
    assert "one → two → one" in problem.what
    one.write_text(flow("one", "  - wait: 1 day\n  - go: flow two\n"), encoding="utf-8")
    assert lint_unrendered(read_workspace(shipped)) == ()
    one.write_text(flow("one", "  - go: flow two\n", "after 30 days"), encoding="utf-8")
    again = two.read_text().replace("go: flow one\n", "go: flow one\n      then: done\n")
    two.write_text(again, encoding="utf-8")
    assert lint_unrendered(read_workspace(shipped)) == ()
    two.unlink()
    one.write_text(flow("one", "  - go: flow one\n"), encoding="utf-8")
    (problem,) = lint_unrendered(read_workspace(shipped))
    assert "one → one" in problem.what


def test_a_mail_in_another_encoding_is_said_and_never_sent(shipped: Path, renderer: Renderer) -> None:
    mail = shipped / "templates/mails/survey.nl.md"
    mail.write_bytes("---\nsubject: Één vraag\n---\nDag\n".encode("latin-1"))
    (problem,) = lint(read_workspace(shipped), renderer)
    assert (problem.file, problem.line, problem.column, problem.code) == (
        "templates/mails/survey.nl.md", 2, 10, "not-utf-8",
    )  # fmt: skip


def test_a_folder_or_a_dead_link_that_is_named_like_a_flow_is_said(shipped: Path, renderer: Renderer) -> None:
    flow = shipped / "flows/brochure-request.yaml"
    flow.unlink()
    flow.mkdir()
    (problem,) = lint(read_workspace(shipped), renderer)
    assert (problem.file, problem.code) == ("flows/brochure-request.yaml", "unreadable")
    flow.rmdir()
    flow.symlink_to(shipped / "nowhere.yaml")
    (problem,) = lint(read_workspace(shipped), renderer)
    assert "link" in problem.what


def test_a_mail_that_is_missing_in_a_language_is_said_where_it_is_sent(shipped: Path, renderer: Renderer) -> None:
    (shipped / "templates/mails/survey.en.md").unlink()
    (problem,) = lint(read_workspace(shipped), renderer)
    assert (problem.file, problem.code) == ("flows/brochure-request.yaml", "mail-language")
    assert "templates/mails/survey.en.md" in problem.fix


@pytest.mark.parametrize("called", ["survey_en.md", "survei.en.md"])
def test_a_mail_whose_file_is_misnamed_is_to_be_renamed(shipped: Path, renderer: Renderer, called: str) -> None:
    mails = shipped / "templates/mails"
    (mails / "survey.en.md").rename(mails / called)
    (problem,) = lint(read_workspace(shipped), renderer)
    assert (problem.file, problem.code) == (f"templates/mails/{called}", "mail-name")
    assert problem.fix == "Rename it to survey.en.md."


def test_a_broken_file_of_rules_is_not_held_against_the_flows(shipped: Path, renderer: Renderer) -> None:
    (shipped / "rules/events.yaml").write_text("contact.requested: {", encoding="utf-8")
    found = lint(read_workspace(shipped), renderer)
    assert found
    assert {problem.file for problem in found} == {"rules/events.yaml"}, "\n".join(map(str, found))


def test_a_test_of_a_flow_that_is_not_there_is_said(shipped: Path, renderer: Renderer) -> None:
    (shipped / "flows/tests/brochure.yaml").write_text("flow: brochure\n", encoding="utf-8")
    (problem,) = lint(read_workspace(shipped), renderer)
    assert "brochure-request" in problem.fix


def test_a_flow_that_calls_itself_otherwise_is_told_so_and_nothing_else(shipped: Path, renderer: Renderer) -> None:
    flow = shipped / "flows/renewal.yaml"
    flow.write_text(flow.read_text(encoding="utf-8").replace("flow: renewal", "flow: renewals"), encoding="utf-8")
    [problem] = lint(read_workspace(shipped), renderer)
    assert (problem.file, problem.code) == ("flows/renewal.yaml", "name-of-file")


def test_no_answer_lies_beyond_the_ends_of_its_scale(shipped: Path, renderer: Renderer) -> None:
    flow = shipped / "flows/renewal.yaml"
    asked = 'survey.renewal.wish == "extend"'
    text = flow.read_text(encoding="utf-8")
    assert asked in text
    flow.write_text(text.replace(asked, "survey.renewal.satisfied > 10", 1), encoding="utf-8")
    [problem] = lint(read_workspace(shipped), renderer)
    assert problem.code == "never-true"
    assert "survey.renewal.satisfied runs from 1 to" in problem.why
