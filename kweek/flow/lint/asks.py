"""Can every condition be asked? Each `if:` of a flow, read and held against the fields that there are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from msgspec.structs import replace

from kweek.flow.conditions import Condition, ConditionError, parse_condition
from kweek.flow.conditions.schema import FieldType, Schema
from kweek.flow.conditions.text import mixed
from kweek.flow.conditions.tree import Ask, Constant, walk
from kweek.flow.conditions.types import check_condition
from kweek.flow.lint.names import Names, start_data
from kweek.flow.lint.offers import no_tag
from kweek.flow.lint.report import Report
from kweek.flow.model import Call, Choose, Flow, Send
from kweek.flow.problems import Located
from kweek.flow.surveys import Survey


def check_conditions(flow: Flow, names: Names, report: Report, misread: Collection[int]) -> None:
    """misread: lines of which the loader has said already that they are not what was meant."""
    data = start_data(flow, names)
    for start in flow.start:
        if start.condition and start.condition.at.line not in misread:
            event = names.events.get(start.event.value, data) if start.event else None
            ask(start.condition, names, report, event, flow)
    for step in flow.walk():
        if isinstance(step, Choose):
            for branch in step.branches:
                if branch.condition and branch.condition.value and branch.condition.at.line not in misread:
                    ask(branch.condition, names, report, data, flow)
    if flow.goal and flow.goal.condition.value and flow.goal.condition.at.line not in misread:
        condition = ask(flow.goal.condition, names, report, data, flow)
        if condition and condition.clock:
            report.error(
                flow.goal.condition.at,
                "goal-by-clock",
                "A goal cannot depend on the clock",
                "it is judged when a score, grade or field changes, and not when time merely passes",
                "Leave out today, days_since, days_until and periods; for time, use a wait and a choose",
            )


_BARE: Final = "if it is a text, put it in quotes: "


def ask(
    text: Located[str],
    names: Names,
    report: Report,
    event: Mapping[str, FieldType] | None = None,
    place: Flow | Survey | None = None,
) -> Condition | None:
    """The condition, after reporting all that is wrong with it; None if it cannot be read. place: where it stands."""
    try:
        condition = parse_condition(text.value)
    except ConditionError as error:
        report.error(text.inside(error.offset), "condition", error.message, "", error.fix)
        return None
    wrong = check_condition(condition, _near(place, text, names, names.schema(event)))
    bare = [fix.removeprefix(_BARE).rstrip(".") for _, _, fix in wrong if fix.startswith(_BARE)]
    if bare and (asked := next((one for one in wrong if one[2].startswith("name one of these: survey.")), None)):
        offset, what, fix = asked
        wrong = [one for one in wrong if one[1:] != asked[1:] and not one[2].startswith(_BARE)]
        wrong.append((offset, what, f"{fix} — and put the text in quotes: {', '.join(bare)}"))
    for offset, what, fix in wrong:
        if fix.startswith(_BARE):  # one who forgets quotes forgets them all: one message
            if not bare:
                continue
            fix, bare = _BARE + ", ".join(bare), []
        code = "unknown-field" if "no field" in what else "condition"
        report.error(text.inside(offset), code, what, "", fix)
    _tags(condition, text, names, report)
    if not wrong and (at := mixed(text.value)) is not None:
        what = "“and” and “or” stand side by side"
        why = "“and” goes first: a or b and c is a or (b and c)"
        fix = "Put parentheses round what belongs together"
        report.warning(text.inside(at), "and-or", what, why, fix)
    return condition


def _near(place: Flow | Survey | None, text: Located[str], names: Names, schema: Schema) -> Schema:
    """With what the flow of this condition asks, and sends above it (else anywhere)."""
    if not isinstance(place, Flow):
        name = place.name.value if place else ""
        return replace(schema, asked=(name,), own=name)
    sends = [step for step in place.walk() if isinstance(step, Send)]
    mails = [(step.at.line, share.mail.value or "") for step in sends for share in step.mails]
    mails = [(line, mail) for line, mail in mails if mail in names.mails]
    above = [mail for line, mail in mails if line < text.at.line]
    scripts = {step.script.value for step in place.walk() if isinstance(step, Call)}
    asked = scripts | {survey for _, mail in mails if (survey := names.mails[mail].survey)}
    return replace(schema, sent=above or [mail for _, mail in mails], asked=asked)


def _tags(condition: Condition, text: Located[str], names: Names, report: Report) -> None:
    """Is a tag that it asks for misspelt? One that no flow sets and that is like no other, is set elsewhere."""
    for node in walk(condition.tree):
        match node:
            case Ask(function="tagged", arguments=(Constant(offset=offset, value=str(tag)),)):
                if fix := no_tag(tag, names.tags):
                    what = f"No step sets the tag “{tag}”"
                    report.warning(text.inside(offset), "unknown-tag", what, "so no lead has it", fix)
            case _:
                pass
