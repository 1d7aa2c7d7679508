"""What was said holds for so long, from when it was said; in rules, in tests of flows and in simulations alike."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from kweek.flow.catalogue import Rules
from kweek.flow.conditions import parse_condition
from kweek.flow.lint.gather import names_of
from kweek.flow.lint.rules import lint_rules
from kweek.flow.lint.surveys import lint_surveys
from kweek.flow.load.rules import read_rules
from kweek.flow.load.surveys import load_survey
from kweek.flow.problems import Problem
from kweek.flow.simulate.memory import Memory
from kweek.flow.world import World
from kweek.rules.qualification import Need, SalesReady
from kweek.rules.said import FactType, FactTypes, Term, parse_term

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MARCH = datetime(2026, 3, 1, 9, tzinfo=UTC)
TIME = FactType("time", holds={"three-months": Term(3, "month"), "else": Term(14, "day")})
FACTS = FactTypes({"time": TIME}, "Europe/Amsterdam")


@pytest.mark.parametrize(
    ("text", "from_", "until"),
    [
        ("3 months", MARCH, "2026-06-01 10:00"),
        ("14 days", MARCH, "2026-03-15 10:00"),
        ("2 weeks", datetime(2026, 3, 20, 9, tzinfo=UTC), "2026-04-03 10:00"),  # the clock went forward in between
        ("1 month", datetime(2026, 1, 31, 9, tzinfo=UTC), "2026-02-28 10:00"),
        ("12 months", datetime(2028, 2, 29, 9, tzinfo=UTC), "2029-02-28 10:00"),
        ("3 months", datetime(2026, 2, 28, 23, 30, tzinfo=UTC), "2026-06-01 00:30"),  # which is 1 March in Amsterdam
    ],
)
def test_a_term_runs_by_the_calendar(text: str, from_: datetime, until: str) -> None:
    term = parse_term(text)
    assert f"{term.after(from_, AMSTERDAM).astimezone(AMSTERDAM):%Y-%m-%d %H:%M}" == until
    assert str(term) == text


@pytest.mark.parametrize("text", ["", "3", "months", "0 days", "3 years", "1.5 months", "3 business days"])
def test_what_is_no_term_is_answered_with_one(text: str) -> None:
    with pytest.raises(ValueError, match="14 days, 3 months"):
        parse_term(text)


@pytest.mark.parametrize(("day", "state"), [(date(2026, 5, 31), "met"), (date(2026, 6, 1), "expired")])
def test_a_need_is_met_until_it_is_over(day: date, state: str) -> None:
    definition = SalesReady((Need("time", parse_condition('bant.time in ["three-months"]')),))
    memory = Memory(World({}, sales_ready=definition, facts=FACTS)).at(MARCH)
    memory.learn({"bant.time": "three-months"})
    facts = memory.at(datetime.combine(day, MARCH.timetz())).facts(None)
    expired = {"bant.time"} if facts.field("bant.time") is None else set[str]()
    assert [one for _, one in definition.checklist(facts, expired)] == [state]
    assert facts.field("lead.sales_ready") is (True if state == "met" else None)


def test_said_again_it_holds_anew_and_a_fork_remembers_by_itself() -> None:
    memory = Memory(World({}, facts=FACTS)).at(MARCH)
    memory.learn({"bant.time": "later"})
    other = memory.fork()
    memory.at(MARCH + timedelta(days=13)).learn({"bant.time": "later"})
    other.at(MARCH + timedelta(days=13))
    for lead, known in ((memory, "later"), (other, None)):
        assert lead.at(MARCH + timedelta(days=20)).facts(None).field("bant.time") == known


# --- the file ---------------------------------------------------------------------------------------

SOUND = """\
facts:
  pain:
    title: { en: pain, nl: pijn }
    values: { strong: { en: strong, nl: hevig }, none: }
    holds: { strong: 3 months, else: 14 days }
    found_by: [survey, call]
  money:
    found_by: sales
needs:
  - fact: pain
    if: bant.pain == "strong"
  - fact: money
    if: bant.money == "there"
disqualified:
  - because: rival
    title: { en: rival, nl: concurrent }
    if: tagged("rival")
"""
SURVEY = """\
survey: qualify
title: { en: Q }
questions:
  - ask: pain
    text: { en: Pain? }
    type: choice
    options: { strong: { en: Yes }, none: { en: No } }
    fills: bant.pain
"""


def found(text: str, survey: str = SURVEY) -> list[Problem]:
    rules, problems = read_rules({"rules/sales-ready.yaml": text})
    asked, more = load_survey(survey, "surveys/qualify.yaml", ("en",))
    assert asked is not None
    names = names_of({}, rules, {"qualify": asked}, {})
    return [*problems, *more, *lint_rules(rules, names), *lint_surveys([asked], names)]


def test_a_set_of_facts_is_read_with_what_people_call_it() -> None:
    assert found(SOUND) == []
    facts = read_rules({"rules/sales-ready.yaml": SOUND})[0].sales_ready.facts
    assert facts["pain"].values == {"strong": {"en": "strong", "nl": "hevig"}, "none": {}}
    assert facts["pain"].holds == {"strong": Term(3, "month"), "else": Term(14, "day")}
    assert (facts["pain"].found_by, facts["money"].found_by) == (("survey", "call"), ("sales",))
    assert set(Rules().sales_ready.facts) == {"budget", "authority", "need", "time"}


SLIPS = {
    "a fact that there is not": ("bant.pain ==", "bant.pian ==", (11, 9), "no field bant.pian", "“bant.pain”"),
    "a value that it has not": ('== "strong"', '== "weak"', (11, 22), "never", "strong"),
    "a need nobody finds out": ("found_by: sales", "title: money", (13, 9), "Nobody can find out", "sales"),
    "itself": ('tagged("rival")', "lead.sales_ready", (17, 9), "asks whether the lead is sales ready", "Ask for"),
    "no term": ("else: 14 days", "else: 1 year", (5, 38), "does not say for how long", "3 months"),
    "a term of no value": ("holds: { strong", "holds: { strng", (5, 14), "none of the values", "“strong”"),
    "a stranger who finds it out": ("[survey, call]", "[survey, phone]", (6, 24), "“phone” finds nothing out", "call"),
    "a value that means all others": ("none: }", "else: }", (4, 50), "No value can be called “else”", "another name"),
    "a name that is none": ("  money:", "  Money:", (7, 3), "not the name of a fact", "budget"),
    "a key that there is not": ("    holds:", "    lasts:", (5, 5), "“lasts” is not a key", ""),
}  # fmt: skip


@pytest.mark.parametrize("slip", SLIPS.values(), ids=SLIPS.keys())
def test_a_slip_is_answered_at_its_place(slip: tuple[str, str, tuple[int, int], str, str]) -> None:
    right, wrong, place, what, fix = slip
    assert right in SOUND
    said = next(iter(found(SOUND.replace(right, wrong))))
    assert ((said.line, said.column), what in said.what, fix in said.fix) == (place, True, True), said


ASKED_WRONG = {
    "an option that is no value": ("{ strong: { en: Yes }", "{ strng: { en: Yes }", "“strng” is not a value of"),
    "another type": ("type: choice\n    options: { strong: { en: Yes }, none: { en: No } }", "type: text", "type text"),
    "a fact that there is not": ("bant.pain", "bant.charm", "no fact bant.charm"),
}  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "what"), ASKED_WRONG.values(), ids=ASKED_WRONG.keys())
def test_a_survey_fills_a_fact_with_its_values_only(right: str, wrong: str, what: str) -> None:
    assert right in SURVEY
    assert any(what in one.what for one in found(SOUND, SURVEY.replace(right, wrong)))


def test_a_fact_that_a_survey_is_said_to_find_out_has_one_that_asks() -> None:
    [said] = found(SOUND.replace("found_by: sales", "found_by: [call, sales]"))
    assert (said.severity, said.line) == ("warning", 7)
    assert "“money” is said to be found out by call, and no survey asks for it" in said.what
