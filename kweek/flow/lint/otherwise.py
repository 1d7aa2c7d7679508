"""When the time is up: is every line of `otherwise` possible, and does nobody lose a lead for want of knowing?"""

from __future__ import annotations

from collections.abc import Collection

from kweek.flow.denied import denied
from kweek.flow.lint.hears import Hears
from kweek.flow.lint.report import Report
from kweek.flow.lint.targets import in_words
from kweek.flow.load.texts import words_in
from kweek.flow.load.time_up import is_silence
from kweek.flow.model import AnyStep, Call, End, Ending, Flow, Inline, Reaction, Send, Target, Task, Wait
from kweek.flow.problems import did_you_mean, nearest
from kweek.flow.words import STATES


def check_otherwise(step: Wait | Send | Call | Task, known: Hears, report: Report, *, follows: bool) -> None:
    """known: the events that the step hears. follows: another step stands below it."""
    lines = step.otherwise
    above: list[str] = []
    heard = {line.event.value for line in step.when if not line.link and line.event.value in known.all}
    closed = heard - {*known.passing}  # at the others the lead stays
    states = STATES.get(step.verb, ())
    for number, line in enumerate(lines):
        state, at = line.state.value, line.state.at
        if state not in states:
            why = f"when the time of a {step.verb} is up, it asks what is known by then"
            fix = did_you_mean(state, states)
            if near := denied(state, states):
                why, fix = _who_did_not(near, number, step)
            elif state in closed and not isinstance(step, Wait):
                why, fix = f"“{state}” under when has ended the step by then", "Take this line away"
            elif means_else(step):
                fix = "Did you mean “else”?"
            elif each := one_by_one(state, states):
                why, fix = "a line asks one thing", each
            elif (state.startswith("clicked ") and "clicked" in known.all) or state in known.all:
                why, fix = "it is something that happens", f"Write it under when: “{state}: …”"
            report.error(at, "unknown-state", f"“{state}” is no state", why, fix)
        elif "else" in above:
            continue  # said where else stands
        elif state == "else" and number < len(lines) - 1:
            why = "the first line that is true decides, and else is always true"
            report.error(at, "else-last", "The lines below this “else” are never asked", why, "Put else last")
        elif cover := next((word for word in above if state in _COVERS.get(word, (word,))), None):
            why = f"who {_DID[state]} has also {_DID[cover]}, and “{cover}” above it is asked first"
            report.error(
                at, "shadowed-otherwise", f"This line “{state}” is never true", why, f"Move it above “{cover}”"
            )
        elif state in closed and state != "else":
            why = f"“{state}” under when has ended the step by then"
            report.error(
                at, "shadowed-otherwise", f"This line “{state}” is never true", why, "Take one of the two away"
            )
        above.append(state)
    if isinstance(step, Send):
        _nobody_knows(step, report, follows=follows)
    if isinstance(step, Call):
        _nobody_called(step, report)


def means_else(step: AnyStep) -> bool:
    """Is the last line of its `otherwise` misspelt, and for all others? No other is then, and all it could be besides
    stands above it already."""
    lines = [line.state.value for line in step.otherwise] if isinstance(step, Wait | Send | Call | Task) else []
    if not lines or "else" in lines or lines[-1] in STATES[step.verb]:
        return False
    if is_silence(lines[-1]):
        return True
    if lines[-1].startswith(("not ", "no ")) and STATES[step.verb] == ("else",):
        return True  # there is nothing but whom nothing happened to
    return nearest(lines[-1], STATES[step.verb]) in ("else", *lines[:-1])


def one_by_one(text: str, known: Collection[str]) -> str | None:
    """`opened, clicked`, `opened or clicked`: the fix, where each of them is known; below `otherwise` and `when`."""
    words = words_in(text.replace("/", ", "))
    if len(words) < 2 or not set(words) <= set(known):
        return None
    return f"Write a line for each: {' — and '.join(f'“{word}: …”' for word in words)}"


def with_condition(text: str, known: Collection[str]) -> tuple[str, str] | None:
    """`ticket.bought if event.seats > 2`: why and fix; None: it is no such thing. Below `when` and `whenever`."""
    event, _, asked = text.partition(" if ")
    if not asked or event.rstrip(",") not in known:
        return None
    fix = f"Write {event.rstrip(',')}: alone, and ask it below, in a choose: - if: {asked}"
    return "a line hears an event, and asks nothing", fix


def asked_by_a_goal(field: str, line: Reaction, flow: Flow) -> str:
    """The fix of a line of `whenever` that names what a condition asks: `lead.sales_ready: sales`."""
    if flow.goal is not None:
        return f"Take this line away: the goal in line {flow.goal.at.line} is what is asked anywhere"
    to = in_words(line.target) or "… (where the lead goes)"
    return f"Write instead goal: in column 1, and below it, two spaces deeper, “if: {field}” and “go: {to}”"


def _who_did_not(state: str, number: int, step: Wait | Send | Call | Task) -> tuple[str, str]:
    """Why and fix of a line for those of whom a state is not true."""
    lines = step.otherwise
    above = next((line.state.at.line for line in lines[:number] if line.state.value == state), None)
    if above is not None:
        why = f"“{state}” stands in line {above}; below it, “else” is who did not"
    elif state in {line.event.value for line in step.when if not line.link}:
        why = f"“{state}” under when has ended the step by then, so “else” is who did not"
    else:
        why = f"when the time of a {step.verb} is up, it asks what is known by then"
        return why, f"Write a line for “{state}”; below it, “else” is who did not"
    here, below = lines[number], lines[number + 1 :]
    right = f"else: {in_words(here.target)}" if in_words(here.target) else "else:"
    match below:
        case []:
            return why, f"Write: {right}"
        case [last] if last.state.value == "else":
            return why, f"Write one line instead of this and the next: {right}"
        case _:
            return why, "Take this line away"


def _nobody_called(step: Call, report: Report) -> None:
    """When the time of a call is up, nobody had the time for it, whatever was tried."""
    for line in step.otherwise:
        if line.state.value == "else" and _discards(line.target):
            what, why = "This otherwise discards leads whom nobody had the time to call", "that is never their fault"
            report.warning(line.state.at, "uncalled-discarded", what, why, "Write done, or another path or flow")


_COVERS = {"opened": ("opened", "clicked", "answered"), "clicked": ("clicked", "answered")}
_DID = {"opened": "opened", "clicked": "clicked", "answered": "answered"}


def _nobody_knows(step: Send, report: Report, *, follows: bool) -> None:
    """A machine's hit, or tracking that is not allowed, says nothing about the lead."""
    lines, states = step.otherwise, [line.state.value for line in step.otherwise]
    asked = {*states, *(line.event.value for line in step.when)}
    if set(states) - set(STATES["send"]):
        return  # a misspelt state may have been “unclear”
    for line in lines:
        named = line.state.value == "unclear"
        hinges = line.state.value == "else" and "unclear" not in states and not asked.isdisjoint(("opened", "clicked"))
        if (named or hinges) and _discards(line.target):
            why = "only a machine touched the mail, or tracking is not allowed: nobody can know what the lead did"
            what = (
                "“unclear” discards the lead"
                if named
                else "“else” also discards leads of whom nobody knows (“unclear”)"
            )
            on = "on to the next step (unclear: next)" if follows else "to another path or flow"
            fix = f"Send “unclear” to a call, or {on}"
            if len(lines) == 1 and not named:
                what = "This otherwise also discards leads of whom nobody knows (“unclear”)"
                fix = f"{fix}: below otherwise, write that line, and below it “else: discard”"
            report.warning(line.state.at, "unclear-discarded", what, why, fix)


def _discards(target: Target) -> bool:
    match target:
        case Ending(result="discard"):
            return True
        case Inline(steps=(*_, End(result=result))):
            return result.value == "discard"
        case _:
            return False
