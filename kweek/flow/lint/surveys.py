"""Do the surveys name what there is? The fields that answers fill, the events they raise, their conditions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from kweek.flow.lint.asks import ask
from kweek.flow.lint.names import BANT, COMPUTED, Names
from kweek.flow.lint.report import Report
from kweek.flow.problems import Located, Problem, did_you_mean, nearest
from kweek.flow.surveys import Question, Survey


def lint_surveys(surveys: Iterable[Survey], names: Names) -> tuple[Problem, ...]:
    """What is wrong with them, in this workspace."""
    found: list[Problem] = []
    for survey in surveys:
        report = Report(survey.file)
        for question in survey.questions:
            _look_at(question, names, report)
        found += report.problems
    return tuple(found)


def _look_at(question: Question, names: Names, report: Report) -> None:
    fills = question.fills
    if fills and fills.value.startswith("lead."):
        _fills(fills, question.type, names, report)
    elif fills and fills.value not in BANT and (near := nearest(fills.value, BANT)):
        report.error(fills.at, "unknown-field", f"There is no fact {fills.value}", "", f"Did you mean “{near}”?")
    for event in question.raises.values():
        if event.value not in names.events:
            fix = did_you_mean(event.value, names.events)
            report.error(event.at, "unknown-event", f"There is no event “{event.value}”", "", fix)
    if question.condition:
        ask(question.condition, names, report)


def _fills(field: Located[str], question: str, names: Names, report: Report) -> None:
    kind = names.settable().get(field.value.removeprefix("lead."))
    if field.value in COMPUTED:
        why = "Kweek works it out from rules and events"
        report.error(field.at, "computed-field", f"{field.value} cannot be filled", why, "Give points instead")
    elif kind is None:
        known = [f"lead.{name}" for name in names.settable()]
        fix = f"{did_you_mean(field.value, known)} Own fields are declared in rules/workspace.yaml"
        report.error(field.at, "unknown-field", f"There is no field {field.value}", "", fix)
    elif kind.kind in _FILLED_BY and question not in _FILLED_BY[kind.kind]:
        what = f"{field.value} is {kind}; a question of type {question} does not give one"
        fix = f"Write type: {_FILLED_BY[kind.kind][0]}, or fill another field"
        report.error(field.at, "wrong-type", what, "", fix)


_FILLED_BY: Final = {"number": ("number", "scale"), "date": ("date",), "moment": ("date",)}
