"""Do the surveys name what there is? The fields that answers fill, the events they raise, their conditions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from kweek.flow.lint.asks import ask
from kweek.flow.lint.names import COMPUTED, Names
from kweek.flow.lint.offers import no_field
from kweek.flow.lint.report import Report
from kweek.flow.problems import Located, Problem, did_you_mean
from kweek.flow.surveys import Question, Survey
from kweek.rules.said import ROOT


def lint_surveys(surveys: Iterable[Survey], names: Names) -> tuple[Problem, ...]:
    """What is wrong with them, in this workspace."""
    found: list[Problem] = []
    for survey in surveys:
        report = Report(survey.file)
        for question in survey.questions:
            _look_at(question, survey, names, report)
        found += report.problems
    return tuple(found)


def _look_at(question: Question, survey: Survey, names: Names, report: Report) -> None:
    fills = question.fills
    if fills and "." not in fills.value:
        what = f"“{fills.value}” is nothing that can be filled"
        report.error(fills.at, "fills", what, "it says not whose it is", f"Write {_with_owner(fills.value, names)}")
    elif fills and fills.value.startswith("lead."):
        _fills(fills, question.type, names, report)
    elif fills:
        _finds_out(question, fills, names, report)
    for event in question.raises.values():
        if event.value not in names.events:
            fix = did_you_mean(event.value, names.events)
            report.error(event.at, "unknown-event", f"There is no event “{event.value}”", "", fix)
    if question.condition:
        ask(question.condition, names, report, None, survey)


def _with_owner(bare: str, names: Names) -> str:
    owned = [f"{ROOT}{bare}"] * (bare in names.facts) + [f"lead.{bare}"] * (bare in names.settable())
    return " or ".join(owned) or f"lead.<field> or bant.<fact>: lead.{bare}, or bant.need"


def _finds_out(question: Question, fills: Located[str], names: Names, report: Report) -> None:
    """Is it a fact that there is, and does every answer say one of its values?"""
    fact = names.facts.get(fills.value.removeprefix(ROOT))
    if fact is None:
        fix = f"{did_you_mean(fills.value, [ROOT + name for name in names.facts])} Facts are declared in {_FACTS}"
        report.error(fills.at, "unknown-field", f"There is no fact {fills.value}", "", fix)
    elif fact.values and question.type != "choice":
        what = (
            f"{fills.value} is one of {', '.join(fact.values)}; a question of type {question.type} gives no such thing"
        )
        report.error(fills.at, "wrong-type", what, "", "Write type: choice")
    elif fact.values:
        for option in question.options:
            if option.name.value not in fact.values:
                what = f"“{option.name.value}” is not a value of {fills.value}"
                fix = f"{did_you_mean(option.name.value, fact.values)} Values are declared in {_FACTS}"
                report.error(option.name.at, "unknown-value", what, "no condition could ask for it", fix)


_FACTS: Final = "rules/sales-ready.yaml"


def _fills(field: Located[str], question: str, names: Names, report: Report) -> None:
    kind = names.settable().get(field.value.removeprefix("lead."))
    if field.value in COMPUTED:
        why = "Kweek works it out from rules and events"
        report.error(field.at, "computed-field", f"{field.value} cannot be filled", why, "Give points instead")
    elif kind is None:
        fits = next((kind for kind, questions in _FILLED_BY.items() if question in questions), "text")
        fix = no_field(field.value.removeprefix("lead."), fits, names, "lead.")
        report.error(field.at, "unknown-field", f"There is no field {field.value}", "", fix)
    elif kind.kind in _FILLED_BY and question not in _FILLED_BY[kind.kind]:
        what = f"{field.value} is {kind}; a question of type {question} does not give one"
        fix = f"Write type: {_FILLED_BY[kind.kind][0]}, or fill another field"
        report.error(field.at, "wrong-type", what, "", fix)


_FILLED_BY: Final = {"number": ("number", "scale"), "date": ("date",), "moment": ("date",)}
