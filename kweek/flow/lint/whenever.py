"""What can happen to a lead wherever in the flow it is? What only a step can hear is refused in `whenever`."""

from __future__ import annotations

from typing import Final

from kweek.flow.lint.names import Names
from kweek.flow.lint.otherwise import asked_by_a_goal, one_by_one, with_condition
from kweek.flow.lint.reactions import remedy
from kweek.flow.lint.report import Report
from kweek.flow.model import AnyStep, Call, Flow, Handover, Ignore, Reaction
from kweek.flow.problems import lines_in_words
from kweek.flow.words import BUILT_IN, CALL, DURING_HANDOVER, HANDOVER, MAIL, WHENEVER_DEFAULTS

_CLOSE_ONLY: Final = {*CALL, *HANDOVER} - {*DURING_HANDOVER, *MAIL}


def _heard(step: AnyStep) -> tuple[Reaction, ...]:
    return step.when if isinstance(step, Call | Handover) else ()


def check_whenever(flow: Flow, names: Names, report: Report) -> None:
    """Each line of `whenever` names something that happens."""
    own = {outcome for survey in names.surveys.values() for outcome in survey.outcomes}
    for line in flow.whenever:
        event, at = line.event.value, line.event.at
        if event == "else":
            why = "it would catch everything that ever happens"
            report.error(at, "never-fires", "“else” is not possible in whenever", why, "Name the events")
        elif event in _CLOSE_ONLY and event not in names.events:
            what, why = (
                f"“{event}” can never fire here",
                "it ends the call or the handover that it is of, by a line there",
            )
            fix = "Write it under “when” of that step"
            there = [one.event.at.line for step in flow.walk() for one in _heard(step) if one.event.value == event]
            if there:
                fix = f"Take it away: {lines_in_words(there)} {'say' if there[1:] else 'says'} it under “when”"
            report.error(at, "never-fires", what, why, fix)
        elif event not in BUILT_IN and event not in names.events and event not in own:
            kind, _, mail = event.partition(" ")
            why = ""
            if each := one_by_one(event, (*names.events, *BUILT_IN)):
                fix = each
            elif asked := with_condition(event, (*names.events, *BUILT_IN)):
                why, fix = asked
            elif event in names.schema().fields:
                why, fix = "what is true of a lead is asked, and does not happen", asked_by_a_goal(event, line, flow)
            elif kind in MAIL and mail in names.mails:
                alone = f"Write {kind} alone, for any mail of this flow"
                fix = f"{alone} — or put it under “when” of the step that sends it"
            else:
                fix = remedy(event, (*names.events, *BUILT_IN))
            report.error(at, "unknown-event", f"There is no event “{event}”", why, fix)
        elif isinstance(line.target, Ignore) and event not in WHENEVER_DEFAULTS:
            what, why = f"“{event}: ignore” changes nothing", "only the defaults can be taken away"
            report.warning(at, "nothing-to-ignore", what, why, f"The defaults are {', '.join(WHENEVER_DEFAULTS)}")
