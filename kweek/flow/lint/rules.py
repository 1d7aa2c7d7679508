"""Do the rules ask what can be answered? The conditions of events, points and sales ready; what is made of itself."""

from __future__ import annotations

from typing import Final

from kweek.flow.catalogue import Hook, Rules
from kweek.flow.lint.asks import ask
from kweek.flow.lint.gather import event_data
from kweek.flow.lint.names import COMPUTED, PROFILE, Names
from kweek.flow.lint.report import Report
from kweek.flow.lint.sales_ready import lint_sales_ready
from kweek.flow.lint.scoring import lint_fits, lint_matrix, lint_scoring
from kweek.flow.problems import Problem, did_you_mean, nearest, nearest_of
from kweek.flow.words import HEARD_OUTSIDE

_MOST_HEARD: Final = 12  # of what a webhook can hear, where a name is unknown


def lint_rules(rules: Rules, names: Names) -> tuple[Problem, ...]:
    """The conditions of rules/, and what webhooks send; what else its files name, the loader has looked up."""
    events, ready = Report("rules/events.yaml"), Report("rules/sales-ready.yaml")
    hooks = Report("rules/workspace.yaml")
    for hook in rules.settings.webhooks.values():
        _hook(hook, names, hooks)
    _own_fields(rules, hooks)
    for event in rules.events.values():
        if event.condition:
            ask(event.condition, names, events, event_data(rules, event.source.value if event.source else ""))
        circle = _circle(rules, event.name.value)
        if circle and event.name.value == min(circle, key=lambda name: rules.events[name].name.at):  # said once
            made = f"“{circle[0]}” is made of " + (
                ", and that of ".join(f"“{name}”" for name in (*circle[1:], circle[0]))
            )
            why, fix = "none of it would ever happen", "Take one “from” away"
            events.error(event.name.at, "event-in-circle", made, why, fix)
    lint_sales_ready(rules.sales_ready, names, ready)
    scoring, personas = Report("rules/scoring.yaml"), Report("rules/personas.yaml")
    for persona in rules.personas.values():
        lint_fits(persona.condition, names, personas)
        lint_scoring(persona.rules, names, personas)
    lint_scoring(rules.scoring.rules, names, scoring)
    lint_matrix(rules.scoring.matrix, names, scoring)
    return (*events.problems, *ready.problems, *scoring.problems, *personas.problems, *hooks.problems)


def _hook(hook: Hook, names: Names, report: Report) -> None:
    """Is there what it shall hear, and what it sends of that?"""
    known = tuple(dict.fromkeys((*names.events, *HEARD_OUTSIDE)))
    for event in hook.hears:
        if event.value not in known:
            fix = _what_can_be_heard(event.value, known)
            report.error(event.at, "unknown-event", f"There is no event “{event.value}” to hear", "", fix)
    heard = [names.events.get(event.value, {}) for event in hook.hears]
    fields = names.schema({name: kind for data in heard for name, kind in data.items()}).fields
    for path in hook.sends:
        if path.value not in fields:
            fix = did_you_mean(path.value, fields)
            report.error(path.at, "unknown-field", f"There is no field {path.value}", "", fix)


def _what_can_be_heard(word: str, known: tuple[str, ...]) -> str:
    """The one that is meant, or else the nearest; of any kind, for nothing says that it is one of `lead.…`."""
    if nearest(word, known) is not None:
        return did_you_mean(word, known)
    return f"The nearest that can be heard are: {', '.join(nearest_of(word, known, _MOST_HEARD))}"


def _own_fields(rules: Rules, report: Report) -> None:
    """Does none of them take the name of what every lead has?"""
    for name, own in rules.settings.fields.items():
        if any(path == f"lead.{name}" or path.startswith(f"lead.{name}.") for path in COMPUTED):
            what, why = f"“{name}” cannot be a field of your own", f"Kweek itself works out lead.{name}"
            report.error(own.kind.key, "reserved", what, why, "Give it another name")
        elif name in PROFILE and own.kind.value != PROFILE[name].kind:
            what, fix = f"Every lead has “{name}” already, and it is {PROFILE[name]}", "Take the line away"
            report.error(own.kind.key, "reserved", what, "", fix)


def _circle(rules: Rules, name: str) -> tuple[str, ...]:
    """The events of which it is made, itself first, if it is made of itself."""
    found, source = [name], rules.events[name].source
    while source is not None and source.value in rules.events:
        if source.value in found:
            return tuple(found) if source.value == name else ()
        found.append(source.value)
        source = rules.events[source.value].source
    return ()
