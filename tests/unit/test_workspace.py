"""A folder is read at once: what is whole is there, what is broken is told, and a version holds what it names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from kweek.flow.load.rules import read_rules
from kweek.flow.load.surveys import load_survey
from kweek.flow.origin import parse_origin
from kweek.flow.problems import BrokenSourceError
from kweek.flow.surveys import say
from kweek.versions import plan_of, source_of, version_of
from kweek.words import own_words
from kweek.workspace import read_workspace

SHIPPED = Path(__file__).parents[2]
FILES = {
    "rules/workspace.yaml": "name: Demo\nlanguages: [nl, en]\ntimezone: Europe/Amsterdam\n",
    "flows/demo.yaml": "flow: demo\ntitle: Demo\nstart: manual\nsteps:\n  - send: hello\n  - call: script\n"
    "    within: 1 day\n    otherwise: done\n",
    "templates/mails/hello.nl.md": "---\nsubject: Dag\nsurvey: wishes\n---\nDag\n",
    "templates/mails/hello.en.md": "---\nsubject: Hello\nsurvey: wishes\n---\nHello\n",
    "templates/mails/other.en.md": "---\nsubject: Other\n---\nOther\n",
    "surveys/wishes.yaml": "survey: wishes\ntitle: { nl: Wens, en: Wish }\nintro: { nl: Dag, en: Hello }\n",
    "surveys/script.yaml": "survey: script\ntitle: { nl: Wens, en: Wish }\nintro: { nl: Dag, en: Hello }\n",
}


def make(folder: Path, files: Mapping[str, str]) -> Path:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


def told(folder: Path) -> list[tuple[str, int, str]]:
    return [(problem.file, problem.line, problem.code) for problem in read_workspace(folder).problems]


def test_the_workspace_that_ships_is_whole() -> None:
    workspace = read_workspace(SHIPPED)
    assert [str(problem) for problem in workspace.problems] == []
    assert {"brochure-request", "contact-request", "long-term"} <= workspace.flows.keys()
    assert workspace.rules.settings.languages == ("nl", "en")
    for name in workspace.flows:
        source = source_of(workspace, name)
        assert plan_of(source).version == version_of(source)


def test_a_version_holds_the_flow_its_mails_in_every_language_and_their_surveys(tmp_path: Path) -> None:
    workspace = read_workspace(make(tmp_path, FILES))
    source = source_of(workspace, "demo")
    assert list(source) == [
        "flows/demo.yaml", "surveys/script.yaml", "surveys/wishes.yaml", "templates/mails/hello.en.md",
        "templates/mails/hello.nl.md",
    ]  # fmt: skip
    assert plan_of(source).entry == "steps/send-hello"


def test_a_version_is_named_by_its_content(tmp_path: Path) -> None:
    source = source_of(read_workspace(make(tmp_path, FILES)), "demo")
    assert version_of(source) == version_of(dict(reversed(source.items())))
    changed = {**source, "templates/mails/hello.nl.md": "---\nsubject: Hoi\n---\nHoi\n"}
    assert version_of(changed) != version_of(source)


def test_a_stored_version_that_is_broken_says_why() -> None:
    with pytest.raises(BrokenSourceError, match=r"flows/demo\.yaml:1:1"):
        plan_of({"flows/demo.yaml": "title: x\n"})
    with pytest.raises(BrokenSourceError, match="no flow"):
        plan_of({})


def test_a_broken_file_does_not_hide_the_others(tmp_path: Path) -> None:
    make(tmp_path, {**FILES, "flows/bad.yaml": "flow: bad\nsteps: {{ x }}, y\n", "surveys/script.yaml": "- x\n"})
    workspace = read_workspace(tmp_path)
    assert "demo" in workspace.flows
    assert workspace.broken("flows/bad.yaml")
    assert not workspace.broken("flows/demo.yaml")
    assert ("surveys/script.yaml", 1, "not-a-mapping") in told(tmp_path)


def test_files_that_nobody_would_read_are_pointed_out(tmp_path: Path) -> None:
    make(tmp_path, {**FILES, "flows/x.yml": "", "rules/team.yaml": "teams: {}\n"})
    assert {("flows/x.yml", 1, "file-name"), ("rules/team.yaml", 1, "file-name")} <= set(told(tmp_path))


def test_a_folder_that_is_no_workspace_is_said_to_be_none(tmp_path: Path) -> None:
    assert told(tmp_path) == [(".", 1, "no-workspace")]
    make(tmp_path, {"flows/demo.yaml": FILES["flows/demo.yaml"]})
    assert ("rules/workspace.yaml", 1, "missing") in told(tmp_path)


RULES = [
    ("events", "brochure: {}\n", 1, "name", "noun.past_verb"),
    ("events", "a.b: { hard: yes }\n", 1, "yes-or-no", "true"),
    ("events", "a.b: { title: [x] }\n", 1, "keys-wanted", "en: …"),
    ("events", "a.b:\n  title: { Dutch: b }\n", 2, "language", "en, nl"),
    ("events", "a.b: { hard: true, soft: true }\n", 1, "hard-and-soft", "one of the two"),
    ("events", "a.b:\n  data: { seats: integer }\n", 2, "field-type", "number"),
    ("events", "a.b:\n  data: { seats: { type: integer } }\n", 2, "field-type", "number"),
    ("events", "a.b:\n  data:\n    ends_on: { title: End }\n", 3, "missing", "Add: type: date"),
    ("events", "a.b:\n  data:\n    seats: {}\n", 3, "missing", "Add: type: text"),
    ("events", "a.b:\n  data:\n    seats: { kind: number }\n", 3, "unknown-key", "“type”"),
    ("events", "a.b:\n  data:\n    seats:\n      type: number\n      titel: Seats\n", 5, "unknown-key", "“title”"),
    ("events", "a.b:\n  data:\n    seats:\n      - type: number\n", 4, "dashes", "Leave out the dashes"),
    ("events", "a.b:\n  data:\n    seats: { number }\n", 3, "text-wanted", "seats: number"),
    ("events", "a.b:\n  data:\n    seats: { type: }\n", 3, "empty", "behind the colon"),
    ("events", "a.b:\n  data:\n    seats: { type: number, title: }\n", 3, "empty", "behind the colon"),
    ("events", "a.b:\n  data:\n    seats: { type: number, title: {} }\n", 3, "empty", "en: …, nl: …"),
    ("events", "a.b:\n  data:\n    seats: { type: number, title: { Dutch: x } }\n", 3, "language", "en, nl"),
    ("events", "a.b:\n  from: c.d\n", 2, "unknown-event", "a.b"),
    ("events", "a.b:\n  from: a.b\n  if: event.path = 3\n", 3, "condition", "=="),
    ("events", "a.b:\n  if: event.path == 3\n", 2, "missing", "from"),
    ("calendars", "office:\n  timezone: Europe/Amsterdm\n  hours: { monday: 09:00-17:00 }\n", 2, "calendar", "Europe"),
    ("calendars", "office:\n  timezone: UTC\n  hours: { monday: 17:00-09:00 }\n", 3, "calendar", ""),
    ("calendars", "office:\n  timezone: UTC\n  hour: { monday: 09:00-17:00 }\n", 3, "unknown-key", "hours"),
    (
        "teams",
        "teams:\n  sales:\n    calendar: offices\n    members: [{ name: a, email: a@b.nl }]\n",
        3,
        "unknown-calendar",
        "",
    ),
    ("teams", "teams:\n  sales:\n    members: [{ name: a, email: a.b.nl }]\n", 3, "address", "Write a@b.nl."),
    ("teams", "teams:\n  sales: {}\n", 2, "missing", "members"),
    ("teams", "queues:\n  default: { team: sales, capacity: 60 }\n", 2, "capacity", "60 per day"),
    (
        "teams",
        "teams:\n  sales:\n    capacity: 15 a week\n    members: [{ name: a, email: a@b.nl }]\n",
        3,
        "capacity",
        "Write: 3 per day",
    ),
    ("sales-ready", "needs:\n  - fact: fits\n", 2, "missing", "if: "),
    ("sales-ready", "needs:\n  - fact: fits\n    if: lead.x ==\n", 3, "condition", ""),
    ("scoring", "grades:\n  profile: { A: 5, B: 10, C: 0 }\n", 2, "grades", ""),
    ("workspace", "name: x\nlanguages: [dutch]\ntimezone: UTC\n", 2, "language", "nl"),
    ("workspace", "name: x\nlanguages: [nl]\ntimezone: Amsterdam\n", 3, "timezone", "Europe/Amsterdam"),
    ("workspace", "name: x\nlanguages: [nl]\ntimezone: UTC\ncurrency: euro\n", 4, "currency", "EUR"),
    ("workspace", "name: x\nlanguages: [nl]\ntimezone: UTC\nlimit: 3\n", 4, "limit", "3 mails per 7 days"),
    ("workspace", "name: x\nlanguages: [nl]\ntimezone: UTC\nfields: { seats: int }\n", 4, "field-type", "number"),
    ("workspace", "name: x\nlanguages: [nl]\ntimezone: UTC\nfields:\n  on: { title: x }\n", 5, "missing", "Add: type"),
    (
        "workspace",
        "name: x\nlanguages: [nl]\ntimezone: UTC\nfields:\n  seats: { type: number, title: { dutch: x } }\n",
        5,
        "language",
        "en, nl",
    ),
    ("workspace", "name: x\nlanguages: [nl]\ntimezone: UTC\nsender: { name: x }\n", 4, "missing", "address"),
    (
        "workspace",
        "name: x\nlanguages: [nl]\ntimezone: UTC\nwebsites: [www.example.com]\n",
        4,
        "website",
        "Write https://www.example.com",
    ),
    (
        "workspace",
        "name: x\nlanguages: [nl]\ntimezone: UTC\nwebsites:\n  - https://www.example.com\n  - https://x.nl/thanks\n",
        6,
        "website",
        "Write https://x.nl",
    ),
    ("workspace", "name: x\nlanguages: [nl]\ntimezone: UTC\nchannels: { floor: slak }\n", 4, "channel", "slack"),
    (
        "workspace",
        "name: x\nlanguages: [nl]\ntimezone: UTC\nchannels: { Sales Floor: slack }\n",
        4,
        "name",
        "sales-floor",
    ),
    (
        "workspace",
        "name: x\nlanguages: [nl]\ntimezone: UTC\nwebhooks: { crm: Our CRM }\n",
        4,
        "keys-wanted",
        "url: https://",
    ),
    (
        "workspace",
        "name: x\nlanguages: [nl]\ntimezone: UTC\nwebhooks:\n  crm: { sends: [lead.email] }\n",
        5,
        "missing",
        "url: https://",
    ),
    (
        "workspace",
        "name: x\nlanguages: [nl]\ntimezone: UTC\nwebhooks:\n  crm: { url: crm.example.com }\n",
        5,
        "url",
        "https://crm.example.com/kweek",
    ),
    (
        "workspace",
        'name: x\nlanguages: [nl]\ntimezone: UTC\nwebhooks:\n  crm: { url: "https://u:p@crm.nl" }\n',
        5,
        "url",
        "",
    ),
    (
        "workspace",
        "name: x\nlanguages: [nl]\ntimezone: UTC\nwebhooks:\n  crm: { url: http://crm.nl }\n",
        5,
        "plain-http",
        "https://",
    ),
    ("workspace", "name: x\nlanguages: [nl]\n", 1, "missing", "timezone"),
]


@pytest.mark.parametrize(("file", "text", "line", "code", "remedy"), RULES)
def test_a_mistake_in_the_rules_is_told_at_its_place(file: str, text: str, line: int, code: str, remedy: str) -> None:
    path = f"rules/{file}.yaml"
    _, problems = read_rules({path: text})
    mine = [p for p in problems if (p.file, p.line, p.code) == (path, line, code)]
    assert mine, "\n".join(map(str, problems))
    assert remedy in str(mine[0])


TITLED = "surface: { type: number, title: { en: surface in m², nl: oppervlak in m² } }"


def test_a_field_says_its_type_and_what_people_call_it() -> None:
    events = (
        f"a.b:\n  data:\n    {TITLED}\n    note: {{ type: text, title: Note }}\n    seats: number\nc.d:\n  from: a.b\n"
    )
    us = f"name: x\nlanguages: [nl]\ntimezone: UTC\nfields:\n  {TITLED}\n  met_at: text\n"
    rules, problems = read_rules({"rules/events.yaml": events, "rules/workspace.yaml": us})
    assert not problems
    assert {name: own.kind.value for name, own in rules.events["a.b"].data.items()} == {
        "surface": "number",
        "note": "text",
        "seats": "number",
    }
    dutch, english = (dict(own_words(language, rules, (), {})) for language in ("nl", "en"))
    assert dutch == {
        "field.lead.surface": "oppervlak in m²",
        **dict.fromkeys(
            ("field.event.a.b.surface", "field.event.c.d.surface", "field.event.surface"), "oppervlak in m²"
        ),
        **dict.fromkeys(("field.event.a.b.note", "field.event.c.d.note", "field.event.note"), "Note"),
    }
    assert english["field.lead.surface"] == "surface in m²"


def test_what_two_events_call_otherwise_has_no_name_for_both() -> None:
    events = "".join(f"a.{n}:\n  data:\n    at: {{ type: text, title: at {n} }}\n" for n in ("fair", "desk"))
    rules, problems = read_rules({"rules/events.yaml": events})
    assert [problem for problem in problems if problem.file == "rules/events.yaml"] == []
    assert dict(own_words("en", rules, (), {})) == {
        "field.event.a.fair.at": "at fair",
        "field.event.a.desk.at": "at desk",
    }


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("https://Www.Example.com", "https://www.example.com"),
        ("http://example.com:8080/a?b#c", "http://example.com:8080"),
        ("https://me:secret@example.com", "https://example.com"),
        ("ftp://example.com", "https://www.example.com"),
        ("https://*.example.com", "https://www.example.com"),
        ("https://[::", "https://www.example.com"),
        ("javascript:alert(1)", "https://www.example.com"),
    ],
)
def test_a_website_is_an_origin_and_nothing_more(text: str, fix: str) -> None:
    with pytest.raises(ValueError, match="is not the address of a website") as error:
        parse_origin(text)
    assert str(error.value).endswith(f"write {fix}")
    assert parse_origin(fix) == fix


QUESTION = "survey: s\ntitle: { nl: T, en: T }\nquestions:\n  - ask: a\n    text: { nl: V, en: Q }\n    type: choice\n"
OPTIONS = "    options:\n      yes: { nl: Ja, en: Yes }\n"
SURVEYS = [
    ("survey: other\ntitle: { nl: T, en: T }\nintro: { nl: I, en: I }\n", 1, "name-of-file", "survey: s"),
    ("survey: s\ntitle: Wens\nintro: { nl: I, en: I }\n", 2, "language", "nl: …"),
    ("survey: s\ntitle: { nl: T }\nintro: { nl: I, en: I }\n", 2, "language", "en: …"),
    ("survey: s\ntitle: { nl: T, en: T, fr: T }\nintro: { nl: I, en: I }\n", 2, "language", "fr"),
    ("survey: s\ntitle: { nl: T, en: T }\n", 1, "missing", "questions"),
    (QUESTION, 4, "missing", "options"),
    (QUESTION.replace("choice", "choise"), 6, "question-type", "choice"),
    (QUESTION + OPTIONS + "    points: { no: { intent: 5 } }\n", 9, "unknown-option", "yes"),
    (QUESTION + OPTIONS + "    points: { yes: { intend: 5 } }\n", 9, "unknown-key", "intent"),
    (QUESTION + OPTIONS + "    fills: the company\n", 9, "fills", "bant.need"),
    (QUESTION + OPTIONS + '    if: survey.s.a == "x"\n', 9, "unknown-question", "earlier"),
    (QUESTION + OPTIONS + "    from: 1\n", 9, "unknown-key", "scale"),
    (QUESTION.replace("choice", "scale") + "    from: 5\n    to: 1\n", 8, "scale", "to: 5"),
    (QUESTION + OPTIONS + QUESTION.split("questions:\n")[1] + OPTIONS, 9, "twice", "Rename"),
]


@pytest.mark.parametrize(("text", "line", "code", "remedy"), SURVEYS)
def test_a_mistake_in_a_survey_is_told_at_its_place(text: str, line: int, code: str, remedy: str) -> None:
    _, problems = load_survey(text, "surveys/s.yaml", ("nl", "en"))
    mine = [p for p in problems if (p.line, p.code) == (line, code)]
    assert mine, "\n".join(map(str, problems))
    assert remedy in str(mine[0])


def test_a_survey_speaks_the_lead_s_language_or_the_first_that_there_is() -> None:
    survey, problems = load_survey(QUESTION + OPTIONS, "surveys/s.yaml", ("nl", "en"))
    assert problems == ()
    assert survey is not None
    words = survey.questions[0].options[0].words
    assert [say(words, language) for language in ("en", "fr", None)] == ["Yes", "Ja", "Ja"]
