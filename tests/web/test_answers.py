"""Every type of question: what is read as what, and what is a fault."""

from __future__ import annotations

import pytest

from kweek.flow.load.surveys import load_survey
from kweek.intake.surveys.answers import read_answers
from kweek.words import Tongue

SURVEY = """
survey: all-types
title: {en: All}
questions:
  - {ask: one, text: {en: One}, type: choice, options: {a: {en: A}, b: {en: B}}}
  - {ask: many, text: {en: Many}, type: several, options: {a: {en: A}, b: {en: B}}}
  - {ask: words, text: {en: Words}, type: text}
  - {ask: sum, text: {en: Sum}, type: number}
  - {ask: day, text: {en: Day}, type: date}
  - {ask: mark, text: {en: Mark}, type: scale, from: 0, to: 10}
"""

READ = [
    ("one", ["a"], "a"), ("one", ["c"], "fault.choice"), ("one", ["  "], None), ("many", ["b", "a", "b"], ["b", "a"]),
    ("many", ["a", "c"], "fault.choice"), ("words", [" two\r\nlines "], "two\r\nlines"), ("sum", ["25"], 25),
    ("sum", ["2,5"], 2.5), ("sum", ["-0.25"], -0.25), ("sum", ["2.0"], 2),
    ("sum", ["1.200"], "fault.number.which"), ("sum", ["1e9"], "fault.number"),
    ("sum", ["1 200"], 1200), ("sum", ["1.200,00"], 1200), ("sum", ["1.234,5"], 1234.5),
    ("sum", ["1.200.000"], 1200000),
    ("sum", ["9" * 5_000], "fault.number"), ("sum", ["many"], "fault.number"),
    ("sum", ["9" * 30], "fault.number"), ("day", ["2026-03-02"], "2026-03-02"),
    ("day", ["2026-02-30"], "fault.date"), ("day", ["next week"], "fault.date"), ("day", ["31-12-2026"], "2026-12-31"),
    ("day", ["31/12/2026"], "2026-12-31"), ("day", ["12/31/2026"], "2026-12-31"), ("day", ["2-2-2027"], "2027-02-02"),
    ("day", ["31 december 2026"], "2026-12-31"), ("day", ["Dec. 31, 2026"], "2026-12-31"),
    ("day", ["1 mrt. 2027"], "2027-03-01"),
    ("day", ["31 februari 2026"], "fault.date"), ("day", ["1-2-2027"], "fault.date.which"),
    ("day", ["31-12-26"], "fault.date"),
    ("day", ["32-1-2026"], "fault.date"),
    ("day", ["0001-01-01"], "fault.date.year"), ("day", ["9999-12-31"], "fault.date.year"),
    ("day", ["1899-12-31"], "fault.date.year"), ("day", ["1900-01-01"], "1900-01-01"),
    ("day", ["2199-12-31"], "2199-12-31"), ("mark", ["0"], 0),
    ("mark", ["10"], 10), ("mark", ["11"], "fault.scale"), ("mark", ["7.5"], "fault.scale"),
]  # fmt: skip


@pytest.mark.parametrize(("question", "given", "read"), READ)
def test_an_answer_is_read_by_the_type_of_its_question(question: str, given: list[str], read: object) -> None:
    survey, problems = load_survey(SURVEY, "surveys/all-types.yaml", ("en",))
    assert survey is not None
    assert not problems
    answers, faults = read_answers(survey, {question: given}, lambda question, answers: True)
    fault = faults[question].key if faults else None
    assert (fault or answers.get(question)) == read


@pytest.mark.parametrize(
    ("given", "whole", "broken", "written"),
    [
        ("1.200", "1200", "1.2", "1,2"),
        ("1,000", "1000", "1", "1"),
        ("1.234", "1234", "1.2340", "1,2340"),
        ("-1.200", "-1200", "-1.2", "-1,2"),
    ],
)
def test_what_may_be_thousands_is_asked_with_both_readings_and_either_is_read(
    given: str, whole: str, broken: str, written: str
) -> None:
    """written: as the Dutch do."""
    survey, _ = load_survey(SURVEY, "surveys/all-types.yaml", ("en",))
    assert survey is not None
    _, faults = read_answers(survey, {"sum": [given]}, lambda question, answers: True)
    fault = faults["sum"]
    assert f"{whole} or {broken}." in Tongue("en")(fault.key, **fault.values)
    assert f"{whole} of {written}." in Tongue("nl")(fault.key, **fault.values)
    for one in (whole, broken, written):
        answers, again = read_answers(survey, {"sum": [one]}, lambda question, answers: True)
        assert (answers, again) == ({"sum": float(one.replace(",", "."))}, {})


def test_whoever_writes_the_day_first_means_one_day_where_another_is_asked_which() -> None:
    survey, _ = load_survey(SURVEY, "surveys/all-types.yaml", ("en",))
    assert survey is not None
    given = {"day": ["1-2-2027"]}
    assert read_answers(survey, given, lambda question, answers: True, "nl") == ({"day": "2027-02-01"}, {})
    _, faults = read_answers(survey, given, lambda question, answers: True, "en")
    assert dict(faults["day"].values) == {"one": "2027-01-02", "other": "2027-02-01"}
