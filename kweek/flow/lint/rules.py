"""Do the rules and the surveys name what there is? Their conditions, the fields they fill, the events they raise."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from kweek.flow.catalogue import Rules
from kweek.flow.lint.asks import ask
from kweek.flow.lint.gather import event_data
from kweek.flow.lint.names import BANT, COMPUTED, Names
from kweek.flow.lint.report import Report
from kweek.flow.problems import Located, Problem, did_you_mean, nearest
from kweek.flow.surveys import Survey


def lint_rules(rules: Rules, names: Names) -> tuple[Problem, ...]:
    """rules/events.yaml and rules/sales-ready.yaml; what the others name, the loader has looked up."""
    events, ready = Report("rules/events.yaml"), Report("rules/sales-ready.yaml")
    for event in rules.events.values():
        if event.condition:
            ask(event.condition, names, events, event_data(rules, event.source.value if event.source else ""))
        if _round(rules, event.name.value):
            why, fix = "neither would ever happen", "Take one “from” away"
            events.error(event.name.at, "event-in-circle", f"“{event.name.value}” is made of itself", why, fix)
    for line in (*rules.sales_ready.needs, *rules.sales_ready.disqualified):
        condition = ask(line.condition, names, ready)
        if condition and "lead.sales_ready" in condition.names:
            what = "The definition of sales ready asks whether the lead is sales ready"
            ready.error(
                line.condition.at,
                "asks-itself",
                what,
                "nobody could answer",
                'Ask for facts: lead.profile in ["A", "B"]',
            )
    return (*events.problems, *ready.problems)


def _round(rules: Rules, name: str) -> bool:
    seen, at = {name}, rules.events[name].source
    while at is not None and at.value in rules.events:
        if at.value in seen:
            return at.value == name
        seen.add(at.value)
        at = rules.events[at.value].source
    return False


def lint_surveys(surveys: Iterable[Survey], names: Names) -> tuple[Problem, ...]:
    """Fields that answers fill, events that they raise, conditions on earlier answers."""
    found: list[Problem] = []
    for survey in surveys:
        report = Report(survey.file)
        for question in survey.questions:
            if question.fills and question.fills.value.startswith("lead."):
                _fills(question.fills, question.type, names, report)
            elif question.fills and question.fills.value not in BANT and (near := nearest(question.fills.value, BANT)):
                what = f"There is no fact {question.fills.value}"
                report.error(question.fills.at, "unknown-field", what, "", f"Did you mean “{near}”?")
            for event in question.raises.values():
                if event.value not in names.events:
                    fix = did_you_mean(event.value, names.events)
                    report.error(event.at, "unknown-event", f"There is no event “{event.value}”", "", fix)
            if question.condition:
                ask(question.condition, names, report)
        found += report.problems
    return tuple(found)


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
