"""What did the lead answer? A form of strings becomes typed answers, or a fault beside each question; pure."""

from __future__ import annotations

import decimal
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final, cast

from kweek.errors import KweekError
from kweek.flow.surveys import Question, Survey
from kweek.intake.imports.cells import Decimal, Order, date_order, decimal_sign, read_date, read_number
from kweek.intake.outcomes import OutcomeError
from kweek.intake.surveys.asking import Answer, Asked
from kweek.intake.values import LARGEST_NUMBER, YEARS, Checker, nearest

Given = Mapping[str, Sequence[str]]  # question → what the form held

_LONGEST: Final = 2_000


@dataclass(frozen=True, slots=True)
class AnswerFault:
    """`key` names the sentence (`kweek.words`), `values` what stands in it."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict[str, object])


class AnswersError(KweekError):
    """Answers that cannot be kept; `faults` by question."""

    def __init__(self, faults: Mapping[str, AnswerFault]) -> None:
        super().__init__(f"These answers cannot be kept: {', '.join(faults)}.")
        self.faults = faults


class _WrongError(Exception):
    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.fault = AnswerFault(key, values)


def read_answers(
    survey: Survey, given: Given, asked: Asked, language: str | None = None
) -> tuple[dict[str, Answer], dict[str, AnswerFault]]:
    """Question → answer, and question → fault. A question whose `if` is not true is not asked: what was filled in
    there is left out. language: of whoever fills it in; of a day that can be read in two ways it may say which."""
    answers: dict[str, Answer] = {}
    faults: dict[str, AnswerFault] = {}
    for question in survey.questions:
        if not asked(question, answers):
            continue
        try:
            values = [value.strip() for value in given.get(question.name.value, ()) if value.strip()]
            answer = _read(question, values, language)
        except _WrongError as wrong:
            faults[question.name.value] = wrong.fault
        else:
            if answer is not None:
                answers[question.name.value] = answer
    return answers, faults


def given_answers(raw: object, check: Checker) -> Given:
    """`{"need": "problem", "budget": 2500, "topics": ["a", "b"]}`, as a form would have held it."""
    given: dict[str, list[str]] = {}
    if raw is None:
        return given
    if not isinstance(raw, Mapping):
        check.fault("answers", "this must be an object: question → answer")
        return given
    for name, answer in cast("Mapping[str, object]", raw).items():
        values = cast("list[object]", answer) if isinstance(answer, list) else [answer]
        if all(isinstance(value, str | int | float) and not isinstance(value, bool) for value in values):
            given[name] = [_as_typed(value) for value in values]
        elif answer is not None:
            check.fault(f"answers.{name[:60]}", "this must be a text, a number or a list of texts")
    return given


def mark_of(given: Given) -> str:
    """By which the same answers are known again; it tells nothing of them. Nothing for none."""
    said = json.dumps({name: list(values) for name, values in given.items()}, sort_keys=True)
    return sha256(said.encode()).hexdigest()[:16] if given else ""


def spoken_answers(survey: Survey, given: Given, asked: Asked) -> dict[str, Answer]:
    """The same on the telephone, where the caller asks what suits. AnswersError; OutcomeError: there is no such
    question."""
    known = [question.name.value for question in survey.questions]
    for name in given:
        if name not in known:
            raise OutcomeError(
                f"The script does not ask “{name[:60]}”{nearest(name, tuple(known))}.", (), f"answers.{name}"
            )
    answers, faults = read_answers(survey, given, asked)
    if wrong := {name: fault for name, fault in faults.items() if name in given}:
        raise AnswersError(wrong)
    return answers


def _read(question: Question, values: Sequence[str], language: str | None) -> Answer | None:
    if not values:
        if question.required:
            raise _WrongError("fault.required")
        return None
    value = values[0]
    match question.type:
        case "choice":
            return _option(question, value)
        case "several":
            return [_option(question, one) for one in dict.fromkeys(values)]
        case "scale":
            return _scale(question, value)
        case "number":
            return _number(value)
        case "date":
            return _date(value, language)
        case "text":
            return _text(value)


def _option(question: Question, value: str) -> str:
    if value not in [option.name.value for option in question.options]:
        raise _WrongError("fault.choice")
    return value


def _scale(question: Question, value: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,6}", value) or not question.low <= int(value) <= question.high:
        raise _WrongError("fault.scale", start=question.low, end=question.high)
    return int(value)


def _number(value: str) -> int | float:
    """As forms and imports read it. `1.200` may be either, and here somebody can be asked."""
    sign = decimal_sign([value], None)
    number = read_number(value, cast("Decimal", sign.as_written))
    if number is None or abs(number) > LARGEST_NUMBER:
        raise _WrongError("fault.number")
    if not sign.sure:
        raise _WrongError("fault.number.which", **_both_ways(value))
    return int(number) if math.floor(number) == number else number


def _both_ways(value: str) -> Mapping[str, object]:
    """`1.200` with thousands, `1200`, and with decimals, 1.2, which each language writes in its own way; neither is
    asked about again."""
    digits = re.sub(r"[^-0-9.,]", "", value)
    short = digits.rstrip("0").rstrip(".,")
    broken = f"{digits}0" if short == digits else short
    return {"whole": re.sub(r"[.,]", "", digits), "broken": decimal.Decimal(broken.replace(",", "."))}


_THOUSANDS: Final = re.compile(r"[-+]?[1-9][0-9]{0,2}([.,][0-9]{3})+")


def _as_typed(value: object) -> str:
    """A number of a program is no number of thousands."""
    text = str(value)
    return f"{text}0" if isinstance(value, float) and _THOUSANDS.fullmatch(text) else text


_DAY_FIRST: Final = ("nl",)
_SHORT_YEAR: Final = re.compile(r"\d{1,2}[-/. ]\d{1,2}[-/. ]\d{2}")


def _date(value: str, language: str | None) -> str:
    """As imports read it, where it can only be one day. `1-2-2027` is two, but for whoever writes the day first; and
    with two digits of a year nobody knows where that stands."""
    days = {day for order in _orders(value, language) if (day := read_date(value, order)) is not None}
    if not days or _SHORT_YEAR.fullmatch(value):
        raise _WrongError("fault.date")
    if len(days) > 1:
        one, other = sorted(day.isoformat() for day in days)
        raise _WrongError("fault.date.which", one=one, other=other)
    day = days.pop()
    if day.year not in YEARS:
        raise _WrongError("fault.date.year", year=str(day.year), first=str(YEARS[0]), last=str(YEARS[-1]))
    return day.isoformat()


def _orders(value: str, language: str | None) -> Sequence[Order]:
    order = date_order([value], None)
    if order.sure:
        return [cast("Order", order.as_written)]
    return ["dmy"] if language in _DAY_FIRST else ["dmy", "mdy"]


def _text(value: str) -> str:
    if len(value) > _LONGEST:
        raise _WrongError("fault.long")
    if re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]", value):
        raise _WrongError("fault.text")
    return value
