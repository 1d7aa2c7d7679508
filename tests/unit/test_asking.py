"""Which questions stand on which page? What an `if` asks for has been answered before."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from kweek.flow.facts import Fact
from kweek.flow.load.surveys import load_survey
from kweek.flow.simulate.memory import Memory
from kweek.flow.world import World
from kweek.intake.surveys.asking import Answer, asked_on_page, asked_on_telephone, may_go_on, pages

TEXT = """\
survey: s
title: {en: S}
questions:
  - {ask: a, text: {en: A}, type: text, fills: bant.need}
  - {ask: b, text: {en: B}, type: text}
  - {ask: c, text: {en: C}, type: text, if: survey.s.a == "x"}
  - {ask: d, text: {en: D}, type: text, if: bant.need == "x" and survey.s.c == "y"}
  - {ask: e, text: {en: E}, type: text}
  - {ask: f, text: {en: F}, type: text, if: lead.job_title == "buyer"}
"""
loaded, _ = load_survey(TEXT, "surveys/s.yaml", ("en",))
assert loaded is not None
SURVEY = loaded


def shown(answers: Mapping[str, Answer], passed: str, **known: Fact) -> list[str]:
    facts = Memory(World({}), fields={name.replace("__", "."): fact for name, fact in known.items()}).facts(None)
    found = pages(SURVEY, answers, passed, asked_on_page(SURVEY, facts))
    return ["".join(one.name.value for one in page) for page in found]


@pytest.mark.parametrize(
    ("answers", "passed", "expected"),
    [
        ({}, "", ["ab"]),
        ({"a": "x"}, "a", ["ab"]),
        ({"a": "x"}, "ab", ["ab", "c"]),
        ({"a": "z"}, "ab", ["ab", "e"]),  # d hangs on c, which is not asked: it is not asked either
        ({"a": "x", "c": "y"}, "abc", ["ab", "c", "de"]),
        ({"a": "x", "c": "z"}, "abc", ["ab", "c", "e"]),
        ({"a": "x", "c": "y"}, "abcde", ["ab", "c", "de"]),
    ],
)
def test_a_page_ends_where_the_next_question_hangs_on_it(
    answers: Mapping[str, Answer], passed: str, expected: list[str]
) -> None:
    assert shown(answers, passed) == expected


def test_what_is_known_of_the_lead_decides_too_but_an_earlier_sitting_does_not() -> None:
    assert shown({}, "ab", lead__job_title="buyer", survey__s__a="x") == ["ab", "ef"]


def test_on_the_telephone_what_was_answered_before_need_not_be_asked_again() -> None:
    facts = Memory(World({}), fields={"survey.s.a": "x"}).facts(None)
    [third] = [one for one in SURVEY.questions if one.name.value == "c"]
    assert asked_on_telephone(SURVEY, facts)(third, {})
    assert not asked_on_telephone(SURVEY, facts)(third, {"a": "z"})
    assert not asked_on_page(SURVEY, facts)(third, {})


def test_whether_there_may_be_another_page() -> None:
    by_name = {one.name.value: one for one in SURVEY.questions}
    assert may_go_on(SURVEY, (by_name["a"], by_name["b"]))
    assert not may_go_on(SURVEY, (by_name["e"],))
