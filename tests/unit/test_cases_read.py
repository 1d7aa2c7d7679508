"""A file of tests is read whole: every mistake with its place, its reason and the nearest right word."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from textwrap import dedent

import pytest
from msgspec.structs import replace

from kweek.flow.cases.case import Case, CaseMoment
from kweek.flow.cases.read import read_cases
from kweek.flow.conditions.schema import FieldType
from kweek.flow.lint.names import Survey
from kweek.flow.plan import Call
from kweek.flow.problems import Problem
from tests.unit.broken_names import NAMES as BARE
from tests.unit.flow_of import BROCHURE
from tests.unit.manual import CASES

WISH = BARE.surveys["brochure"].answers
NAMES = replace(BARE, surveys={"brochure": Survey(WISH, fills={"bant.budget": FieldType("any")})})
FILE = "flows/tests/brochure-request.yaml"


def read(text: str) -> tuple[tuple[Case, ...], tuple[Problem, ...]]:
    return read_cases(dedent(text), FILE, BROCHURE, NAMES)


def read_one(body: str) -> tuple[Case, tuple[Problem, ...]]:
    """The case with this body; `expect` is there already."""
    lines = "".join(f"    {line}\n" for line in dedent(body).strip().splitlines())
    expect = "" if "expect:" in body else "    expect: { ends: done }\n"
    cases, problems = read(f"flow: brochure-request\ntests:\n  - name: a test\n{lines}{expect}")
    return cases[0], problems


def test_a_case_as_the_manual_writes_it() -> None:
    (first, second, third), problems = read(CASES)
    assert problems == ()
    assert first.starts == datetime.fromisoformat("2026-03-02 09:30")
    assert (first.lead.fields, first.lead.profile) == ({"lead.country": "NL"}, "B")
    assert [(str(one.when), one.kind) for one in first.given] == [("day 7 + 2 hours", "opened")]
    assert [(one.day, one.words) for one in first.expected] == [(7, "send survey"), (14, "call brochure")]
    assert second.starts == datetime.fromisoformat("2026-03-02 09:00")
    assert [(one.when.day, one.kind) for one in second.given] == [(7, "bounced"), (8, "opened"), (8, "clicked")]
    assert second.ends is not None
    assert (second.ends.day, second.ends.result) == (7, "discard")
    assert [str(one) for one in second.expected] == ["never call", "never handover"]
    assert (third.leads, third.mix) == (1000, (("opened", 45), ("bounced", 4), ("answered", 25)))
    assert [str(count) for count in third.counts] == ["under way: 0"]


def test_the_moments() -> None:
    case, problems = read_one("""
        events:
          day 7: opened
          day 7 + 2 hours: opened
          day 7 10:30: opened
        """)
    assert problems == ()
    assert [one.when for one in case.given] == [
        CaseMoment(7, text="day 7"),
        CaseMoment(7, timedelta(hours=2), text="day 7 + 2 hours"),
        CaseMoment(7, clock=630, text="day 7 10:30"),
    ]


def test_what_events_say() -> None:
    case, problems = read_one("""
        events:
          day 8:
            - { clicked: book-a-demo }
            - { clicked: { link: book-a-demo, mail: survey } }
            - { opened: survey }
            - { rejected: student }
            - { later: 2026-09-01 }
            - { call_back: day 9 10:00 }
            - { brochure.requested: { brochure: pumps } }
            - { answered: { wish: quote, bant.budget: true } }
        """)
    assert problems == ()
    click, click_of, opened, rejected, later, call_back, own, answered = case.given
    assert (click.data, click.what) == ({"link": "book-a-demo"}, None)
    assert (click_of.data, click_of.what) == ({"link": "book-a-demo"}, "survey")
    assert opened.what == "survey"
    assert rejected.data == {"reason": "student"}
    assert later.data == {"later_on": date(2026, 9, 1)}
    assert call_back.call_back == CaseMoment(9, clock=600, text="day 9 10:00")
    assert own.data == {"brochure": "pumps"}
    assert answered.facts == {"wish": "quote", "bant.budget": True}


def test_who_the_lead_is() -> None:
    case, problems = read_one("""
        start: { brochure.requested: { brochure: pumps } }
        lead:
          job_title: director
          contract_end: 2026-09-01
          company: { size: 40 }
          bant: { budget: reserved }
          survey: { brochure: { wish: quote } }
          tags: [fair, vip]
          engagement: 2
          score: { profile: -5 }
          tracking: false
          consent: false
        """)
    assert problems == ()
    who = case.lead
    assert who.fields == {
        "lead.job_title": "director",
        "lead.contract_end": date(2026, 9, 1),
        "company.size": 40,
        "bant.budget": "reserved",
        "survey.brochure.wish": "quote",
    }
    assert (case.start, case.data) == ("brochure.requested", {"brochure": "pumps"})
    assert (who.tags, who.engagement, who.points) == (("fair", "vip"), 2, {"profile": -5})
    assert (who.tracking, who.consent) == (False, False)


@pytest.mark.parametrize(
    ("body", "place", "what", "fix"),
    [
        ("starts: tuesday 2026-03-02 09:00", (4, 13), "is not a tuesday", "monday 2026-03-02 09:00"),
        ("starts: 2 March", (4, 13), "is not a moment", "monday 2026-03-02 09:00"),
        ("start: brochure.request", (4, 12), "does not start this flow", "“brochure.requested”"),
        ("lead: { countri: NL }", (4, 13), "no field “countri”", "“country”"),
        ("lead: { profile: E }", (4, 22), "“E”", "A, B, C, D"),
        ("lead: { sales_ready: true }", (4, 13), "worked out", "bant"),
        ("lead: { disqualified: true }", (4, 13), "worked out", "tags"),
        ("lead: { contract_end: soon }", (4, 27), "“soon” is not a date", "2026-09-01"),
        ("lead: { bant: { budgt: x } }", (4, 21), "no field bant.budgt", "“bant.budget”"),
        ("lead: { score: { profile: much } }", (4, 31), "“much” is not a number of points", "15"),
        ("events: { day seven: opened }", (4, 15), "is not a moment of a test", "Write day 7."),
        ("events: { 2 weeks + 2 hours: opened }", (4, 15), "is not a moment of a test", "Write day 14 + 2 hours."),
        ("events: { day 7 + 2 hrs: opened }", (4, 15), "no such unit", "hours"),
        ("events: { day 7 + 2 business hours: opened }", (4, 15), "runs on a calendar", "day 7 + 2 hours"),
        ("events: { day 7 25:00: opened }", (4, 15), "no such time", "23:59"),
        ("events: { day 7: openend }", (4, 22), "“openend”", "“opened”"),
        ("events: { day 7: clicked book-a-demo }", (4, 22), "not something that people do", "{clicked: book-a-demo}"),
        ("events: { day 7: unreachable }", (4, 22), "not something that people do", "attempted"),
        ("events: { day 7: { clicked: bok-a-demo } }", (4, 33), "no mail of this flow has a link", "book-a-demo"),
        ("events: { day 7: { opened: reminder } }", (4, 32), "sends no mail “reminder”", "survey"),
        ("events: { day 7: { later: maybe } }", (4, 31), "“maybe” is not a date", "2026-09-01"),
        ("events: { day 7: { answered: { wsh: quote } } }", (4, 36), "“brochure” does not ask “wsh”", "“wish”"),
        (
            "events: { day 7: { answered: { bant.time: now } } }",
            (4, 36),
            "does not ask “bant.time”",
            "It asks wish, and fills bant.budget.",
        ),
        ("events: { day 7: { answered: { lead.phone: x } } }", (4, 36), "ask “lead.phone”", "below “lead:”"),
        ("events: { day 7: { answered: { survey.fair.wish: x } } }", (4, 36), "not ask “survey.fair.wish”", "It asks"),
        ("events: { day 7: { won: { wish: quote } } }", (4, 31), "“won” says nothing like “wish”", "“answered”"),
        ("events: { day 7: { answered: { wish: gold } } }", (4, 42), "“gold” is not one of its values", "quote"),
        ("events: { day 7: { brochure.requested: { brochur: x } } }", (4, 46), "has no brochur", "“brochure”"),
        ("expect: { day 7: send surveyy }", (4, 22), "never does “send surveyy”", "“send survey”"),
        ("expect: { day 7: survey }", (4, 22), "does not begin with", "Write: send survey"),
        ("expect: { 1 day: send survey }", (4, 15), "is not something to expect", "“day 1”"),
        ("expect: { day 7: cal brochure }", (4, 22), "does not begin with", "“call”"),
        ("expect: { day 7: discard }", (4, 22), "does not begin with", "ends: day 7, discard"),
        ("expect: { day 7 + 1 hour: call }", (4, 15), "is more than a day", "day 7"),
        ("expect: { ends: tomorrow }", (4, 21), "“tomorrow” is no way to end", "day 7, discard"),
        ("expect: { after 6 weeks: { under way: 0 } }", (4, 15), "not a number of days", "Write after 42 days."),
        ("expect: { after 3 months: { under way: 0 } }", (4, 15), "not a number of days", "Write after 90 days."),
        ("expect: { after 60 days: { under way: few } }", (4, 43), "not a number of leads", "at least 10"),
        ("expect: { 90 days: { under way: 0 } }", (4, 15), "not something to expect", "“after 90 days”"),
        ("expect: { nevr: call }", (4, 15), "“nevr” is not something to expect", "“never”"),
        ("expect: {}", (4, 5), "expects nothing", "Say what"),
        ("expct: { never: call }", (4, 5), "“expct” is not a key", "“expect”"),
        ("leads: 10", (3, 5), "belong together", "leads: 1000"),
        ("leads: 10\nmix: { opend: 45% }", (5, 12), "“opend”", "“opened”"),
        ("leads: 10\nmix: { opened: 60%, bounced: 60% }", (5, 5), "makes 120%", "100%"),
        ("leads: 10\nmix: { opened: 45% }\nexpect: { day 7: call }", (3, 5), "no day in common", "after 60 days"),
    ],
)
def test_a_mistake_has_its_place_and_its_fix(body: str, place: tuple[int, int], what: str, fix: str) -> None:
    _, problems = read_one(body)
    found = [problem for problem in problems if what.lower() in problem.what.lower()]
    assert found, [str(problem) for problem in problems]
    assert (found[0].line, found[0].column) == place
    assert fix in found[0].fix
    assert found[0].file == FILE


def test_nobody_is_called_by_a_flow_that_calls_nobody() -> None:
    assert not read_one("events: { day 7: interested }")[1]
    calls = [name for name, step in BROCHURE.steps.items() if isinstance(step, Call)]
    plan = replace(BROCHURE, steps={name: step for name, step in BROCHURE.steps.items() if name not in calls})
    events = "    events: { day 7: interested, day 8: won }\n    expect: { never: handover }\n"
    text = f"flow: brochure-request\ntests:\n  - name: a test\n{events}"
    _, (problem, *others) = read_cases(text, FILE, plan, NAMES)
    assert (problem.line, problem.column, others) == (4, 22, [])
    assert problem.why == "This flow calls nobody."


def test_the_file_itself() -> None:
    for text, what in (
        ("flow: brochure\ntests: []\n", "This file tests “brochure-request”"),
        ("flow: brochure-request\n", "There are no tests here"),
        ("", "is empty"),
        ("flow: brochure-request\ntest:\n  - name: x\n", "“test” is not a key"),
        ("flow: brochure-request\ntests:\n  - expect: {never: call}\n", "This test has no name"),
        ("flow: brochure-request\ntests:\n  - name: a promise\n", "This test expects nothing"),
    ):
        _, problems = read(text)
        assert any(what in problem.what for problem in problems), (text, problems)


def test_two_tests_of_one_name() -> None:
    _, problems = read("""\
        flow: brochure-request
        tests:
          - { name: twice, expect: { never: call } }
          - { name: twice, expect: { never: call } }
        """)
    assert [(problem.line, problem.what) for problem in problems] == [(4, "Two tests are named “twice”.")]
