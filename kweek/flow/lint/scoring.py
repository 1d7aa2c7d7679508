"""Can the points be reckoned, and what follows from them? rules/scoring.yaml, held against what the workspace has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from kweek.flow.catalogue import ScoringRule
from kweek.flow.conditions import Condition, ConditionError, parse_condition
from kweek.flow.lint.asks import ask
from kweek.flow.lint.names import Names
from kweek.flow.lint.report import Report
from kweek.flow.problems import Located, did_you_mean, value_of
from kweek.flow.words import BUILT_IN, GRADE_CHANGED

_FOLLOWS: Final = (
    "lead.score.", "lead.profile", "lead.engagement", "lead.grade", "lead.sales_ready", "lead.disqualified",
    "lead.stage",
)  # fmt: skip
_TOPIC: Final = "lead.topic"
_PORTRAIT: Final = "lead.persona"
_PASSES: Final = ("bant.", "handover.", "today")
_MAY_ASK: Final = frozenset({"known", "matches", "tagged"})


def lint_scoring(rules: tuple[ScoringRule, ...], names: Names, report: Report) -> None:
    for rule in rules:
        when, about = rule.when.value if rule.when else None, None
        if rule.when is not None and when == GRADE_CHANGED:
            what, fix = f"A rule cannot give points for {when}", "Name the event that moves it: when: download.taken"
            report.error(rule.when.at, "scoring-asks", what, "that follows from the points", fix)
            continue
        if rule.when is not None:
            about = names.events.get(rule.when.value, {})
            if not _known(rule.when, rule.condition, names, report) and "event." in (value_of(rule.condition) or ""):
                continue  # nobody knows what that one carries
        event = rule.condition is not None and _is_event(rule.condition, rule.when, names, report)
        if rule.condition is None or event or _refused(rule.condition, "A rule", report):
            continue
        condition = ask(rule.condition, names, report, about)
        if condition and when is None and any(name.startswith("event.") for name in condition.names):
            fix = "Add when: with the event that carries it"
            report.error(rule.condition.at, "condition", "Without a when there is no event to ask about", "", fix)


def lint_fits(condition: Located[str], names: Names, report: Report) -> None:
    """Who fits a persona: asked of what is known of the lead, as points are."""
    if not _refused(condition, "A persona", report):
        ask(condition, names, report)


def _refused(text: Located[str], subject: str, report: Report) -> bool:
    """Does it ask what may not be asked? Whether it is compared with the right thing is no matter then."""
    try:
        found = list(_cannot(parse_condition(text.value), subject))
    except ConditionError:
        return False
    for what, why, fix in found:
        report.error(text.at, "scoring-asks", what, why, fix)
    return bool(found)


def lint_matrix(matrix: Mapping[str, Located[str]], names: Names, report: Report) -> None:
    """Each flow is there, and can be entered without an event of its own."""
    for flow in {cell.at: cell for cell in matrix.values()}.values():  # a cell may stand for several grades
        reentry = names.flows.get(flow.value)
        if reentry is None:
            report.error(
                flow.at, "unknown-flow", f"There is no flow “{flow.value}”", "", did_you_mean(flow.value, names.flows)
            )
        elif (reentry.per or "").startswith("event."):
            what = f"The flow “{flow.value}” takes a lead in once per {reentry.per}, and a grade brings no event along"
            fix = "Name a flow with another “reentry”, such as: after 26 weeks"
            report.error(flow.at, "enters-without-event", what, "the lead would get in once, and never again", fix)


def _known(when: Located[str], also: Located[str] | None, names: Names, report: Report) -> bool:
    """also: the rule's condition, if it has one."""
    if when.value in names.events or when.value in BUILT_IN:
        return True
    if asked := _condition_meant(when.value, names):
        what, why = f"“{when.value}” is a condition, and no event", "“when” names an event, and “if” asks a condition"
        fix = f"Write: if: {asked}"
        if also is not None:
            fix = f"Take it away, and write in line {also.at.line}: if: ({asked}) and ({also.value})"
        report.error(when.key, "unknown-event", what, why, fix)
        return False
    fix = did_you_mean(when.value, (*(event for event in names.events if event != GRADE_CHANGED), *BUILT_IN))
    why = "an event is declared once, in rules/events.yaml"
    report.error(when.at, "unknown-event", f"There is no event “{when.value}”", why, fix)
    return False


def _condition_meant(text: str, names: Names) -> str:
    """Empty: it is none, and nearly one neither."""
    fields = names.schema().fields
    if text in fields:
        return text if fields[text].kind == "yes/no" else f"known({text})"
    try:
        condition = parse_condition(text)
    except ConditionError:
        return text if text.partition(" ")[0] in fields else ""
    return text if condition.functions or not fields.keys().isdisjoint(condition.names) else ""


def _is_event(condition: Located[str], when: Located[str] | None, names: Names, report: Report) -> bool:
    """Does `if` name an event? Points for one are given by `when`."""
    event = condition.value
    if event not in names.events and event not in BUILT_IN:
        return False
    fix = "Take it away" if when else f"Write: when: {event}"
    report.error(condition.key, "condition", f"“{event}” is an event, and no condition", "“when” names an event", fix)
    return True


def _cannot(condition: Condition, subject: str) -> Iterator[tuple[str, str, str]]:
    """What would make the sum depend on itself, or on when somebody looks."""
    for name in sorted(condition.names):
        if name.startswith(_FOLLOWS):
            what = f"{subject} cannot ask for {name}"
            yield what, "that follows from the points", "Ask for what is known of the lead: lead.job_title"
        elif name == _TOPIC:
            yield f"{subject} cannot ask for {name}", "that changes from page to page", "Ask for event.topic"
        elif name == _PORTRAIT:
            fix = "Write the rule under the persona, in rules/personas.yaml"
            yield f"{subject} cannot ask for {name}", "a persona has rules of its own", fix
        elif name.startswith(_PASSES):
            what, why = f"{subject} cannot ask for {name}", "that changes without anything being recorded of the lead"
            yield what, why, "Ask for what is known of the lead, or what its event says"
    for function in sorted(condition.functions - _MAY_ASK):
        what, why = f"{subject} cannot ask {function}(…)", "points follow from each event by itself"
        yield what, why, "Name the event by when:, and how often it counts by counts: or at_most:"
