"""Is every reaction possible, and does everything that closes a step have a way?"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final

from kweek.flow.denied import denied
from kweek.flow.lint.graph import Graph
from kweek.flow.lint.hears import Hears, hears
from kweek.flow.lint.names import Names, event_meant
from kweek.flow.lint.otherwise import check_otherwise, one_by_one, with_condition
from kweek.flow.lint.outcomes import outcome_of_another, own_outcome_meant
from kweek.flow.lint.report import Report
from kweek.flow.lint.ways import says_nothing
from kweek.flow.load.texts import words_in
from kweek.flow.load.time_up import is_silence
from kweek.flow.model import (
    AnyStep,
    Call,
    Flow,
    Handover,
    Inline,
    Next,
    Reaction,
    Send,
    Task,
    ToPath,
    Wait,
)
from kweek.flow.problems import Position, did_you_mean, nearest
from kweek.flow.words import BUILT_IN, IMMEDIATE, STATES


def check_reactions(flow: Flow, graph: Graph, names: Names, report: Report, misread: Collection[int]) -> None:
    """`when` and `otherwise` of every step."""
    reached = graph.reach([root.to for root in graph.roots])
    unled = [path.name.value for path in flow.paths if graph.heads[path.name.value] not in reached]
    for node in graph.nodes:
        step, whole = node.step, not node.misread(misread)
        match step:
            case Wait() | Send() | Call() | Task():
                _when(step, step.when, names, unled, graph.heads, report, whole, follows=node.below >= 0)
                check_otherwise(step, _hears(step, names), report, follows=node.below >= 0)
            case Handover():
                _when(step, step.when, names, unled, graph.heads, report, whole, follows=True)
            case _:
                pass


def _hears(step: AnyStep, names: Names) -> Hears:
    survey = names.surveys.get(step.script.value) if isinstance(step, Call) else None
    return hears(step, survey.outcomes if survey else ())


# --- when -----------------------------------------------------------------------------------------


def _when(
    step: AnyStep,
    lines: tuple[Reaction, ...],
    names: Names,
    unled: Sequence[str],
    paths: Collection[str],
    report: Report,
    whole: bool,
    *,
    follows: bool,
) -> None:
    known = _hears(step, names)
    strangers = _not_declared(step, lines, known, names, report)
    named: set[str] = set()
    meant: set[str] = set()  # what a misspelt line stood for, so that it is not missed as well
    for number, line in enumerate(lines):
        event, at = line.event.value, line.event.at
        if event == "else":
            if number < len(lines) - 1:
                why = "it reads as if the lines below never counted"
                report.error(at, "else-last", "“else” is not the last line", why, "Move it down")
        elif event in known.all or event in names.events:
            if line.link and "clicked" in named:
                what, why = f"“clicked {line.link}” can never fire", "“clicked” above it takes every click"
                report.error(at, "shadowed-when", what, why, "Move it above “clicked”")
            if event in known.passing:
                _passing(step, line, report)
            if not line.link:
                named.add(event)
        elif event not in strangers:
            one = _renamed(step, line, lines, known, names, report) or _unknown(step, event, at, known, names, report)
            meant |= {one, *words_in(event.replace("/", ", "))}
    unread = isinstance(step, Task) and any(not outcome.value for outcome in step.outcomes)
    if whole and not unread:
        _closings(step, lines, known, named | meant | _below_otherwise(step), unled, paths, report, follows=follows)
    _dead(step, lines, names, report)


def _not_declared(
    step: AnyStep, lines: tuple[Reaction, ...], known: Hears, names: Names, report: Report
) -> Collection[str]:
    """Several lines of which no outcome is declared: one slip. They are all outcomes that the task should have."""
    if not isinstance(step, Task) or not step.outcomes or not all(outcome.value for outcome in step.outcomes):
        return ()
    said = [line.event for line in lines]
    strange = [event for event in said if event.value not in (*known.all, "else") and event.value not in names.events]
    near = any("." in event.value or nearest(event.value, (*known.all, "else")) for event in strange)
    if len(strange) < 2 or near:
        return ()
    every = (*(outcome.value for outcome in step.outcomes), *(event.value for event in strange))
    what = f"{' and '.join(f'“{event.value}”' for event in strange)} are no outcomes of this task"
    why = f"there is only {', '.join(f'“{outcome.value}”' for outcome in step.outcomes)}"
    report.error(step.outcomes[0].at, "unknown-event", what, why, f"Write: outcomes: [{', '.join(every)}]")
    return [event.value for event in strange]


def _below_otherwise(step: AnyStep) -> set[str]:
    """What its `otherwise` names. An event among them stands there by mistake, which has a message of its own."""
    match step:
        case Wait() | Send() | Call() | Task():
            return {line.state.value for line in step.otherwise} - {"else"}
        case _:
            return set()


def _unknown(step: AnyStep, event: str, at: Position, known: Hears, names: Names, report: Report) -> str:
    """Reports it; the word that was meant."""
    can = [*known.all, *names.events]
    if isinstance(step, Call) and step.script.value not in names.surveys and not nearest(event, known.all):
        return ""  # an outcome of its own, maybe, of a script that is not there
    if event in BUILT_IN:
        fix = f"A {step.verb} hears: {', '.join(known.all) or 'own events'}"
        if event in STATES.get(step.verb, ()):
            fix = f"It is known when the time is up: write it under otherwise, “{event}: …”"
        report.error(at, "never-fires", f"“{event}” can never fire here", f"a {step.verb} does not hear it", fix)
        return ""
    if of_another := outcome_of_another(step, event, names):
        report.error(at, "never-fires", f"“{event}” can never fire here", *of_another)
        return ""
    if isinstance(step, Send) and event in _links(step, names):
        what, why = f"“{event}” is a link of this mail, not an event", "what happens is that somebody clicks it"
        report.error(at, "unknown-event", what, why, f"Write: clicked {event}")
        return "clicked"
    if isinstance(step, Send) and (found := _CLICKED.fullmatch(event)) and found["link"] in _links(step, names):
        what, why = f"There is no event “{event}”", "a click is “clicked”, a blank, and the link"
        report.error(at, "unknown-event", what, why, f"Write: clicked {found['link']}")
        return "clicked"
    if isinstance(step, Send) and (found := _TURNED.fullmatch(event)) and found["link"] in _links(step, names):
        why = "the link stands behind what is done with it"
        report.error(at, "unknown-event", f"There is no event “{event}”", why, f"Write: clicked {found['link']}")
        return "clicked"
    if did_not := denied(event, STATES.get(step.verb, ())):
        why = "what did not happen is known when the time is up"
        fix = f"Write it below otherwise: a line for “{did_not}”, and below that “else” is who did not"
        report.error(at, "unknown-event", f"There is no event “{event}”", why, fix)
        return ""
    if isinstance(step, Call) and event.lower() in _NOBODY and "unreachable" in known.all:
        fix = "Write: unreachable"
        if any(line.event.value == "unreachable" for line in step.when):
            fix = "Take this line away: “unreachable” has its own"
        report.error(
            at, "unknown-event", f"There is no event “{event}”", "whoever nobody reaches is “unreachable”", fix
        )
        return "unreachable"
    if is_silence(event) and step.verb in STATES:
        why = "that nothing happened is known when the time is up"
        fix = "Write instead: otherwise: …"
        if isinstance(step, Wait | Send | Call | Task) and step.otherwise:
            fix = f"Take this line away: that is otherwise, in line {step.otherwise[0].state.at.line}"
        report.error(at, "unknown-event", f"There is no event “{event}”", why, fix)
        return ""
    if own := own_outcome_meant(step, event, names):
        report.error(at, "unknown-event", f"There is no event “{event}”", "", f"Did you mean “{own}”?")
        return own
    if each := one_by_one(event, can):
        report.error(at, "unknown-event", f"There is no event “{event}”", "a line hears one thing", each)
        return ""
    if asked := with_condition(event, can):
        report.error(at, "unknown-event", f"There is no event “{event}”", *asked)
        return ""
    fix = remedy(event, (*can, "else"), known.all)
    if isinstance(step, Task) and step.outcomes and "." not in event:
        fix = f"{fix} Or add it to outcomes in line {step.outcomes[0].at.line}"
    if (
        isinstance(step, Call)
        and step.script.value in names.surveys
        and "." not in event
        and nearest(event, can) is None
    ):
        fix = f"{fix} Or add it to outcomes of surveys/{step.script.value}.yaml"
    report.error(at, "unknown-event", f"There is no event “{event}”", "", fix)
    return nearest(event, (*can, "else")) or ""


_CLICKED: Final = re.compile(r"click(?:ed|s)?(?:[^\w ]+| +on +)(?P<link>[\w-]+)\W*")
_TURNED: Final = re.compile(r"(?P<link>[\w-]+) click(?:ed|s)?")
_NOBODY: Final = (
    "no answer", "not answered", "no reply", "not reached", "no contact", "voicemail", "busy", "nobody", "no response",
    "geen gehoor", "niet bereikt", "in gesprek", "no pickup", "not available",
)  # fmt: skip
"""What somebody may write where a lead cannot be reached by telephone."""


def _links(step: Send, names: Names) -> Collection[str]:
    mails = (names.mails.get(share.mail.value or "") for share in step.mails)
    return {link for mail in mails if mail is not None for link in mail.links}


def _renamed(
    step: AnyStep, line: Reaction, lines: tuple[Reaction, ...], known: Hears, names: Names, report: Report
) -> str | None:
    """The one outcome that no line names, where this is the one line that names none: reported as one slip, for nobody
    can tell in which of the two places it was made."""
    event = line.event.value
    if not isinstance(step, Task | Call | Handover) or ("." in event and nearest(event, names.events)):
        return None
    if isinstance(step, Call) and step.script.value not in names.surveys:
        return None
    said = {one.event.value for one in lines}
    left = [outcome for outcome in known.closing if outcome and outcome not in said]
    strange = said - {*known.all, "else"} - names.events.keys()
    if len(left) != 1 or len(strange) != 1 or "else" in said or nearest(event, known.all) not in (None, left[0]):
        return None
    what = f"“{event}” is no outcome of this {step.verb}"
    fix = f"Did you mean “{left[0]}”?"
    if not isinstance(step, Task):
        report.error(line.event.at, "unknown-event", what, f"“{left[0]}” is one, and has no line", fix)
        return left[0]
    at = next((outcome.at.line for outcome in step.outcomes if outcome.value == left[0]), step.at.line)
    why = f"“{left[0]}” in line {at} is one, and has no line"
    report.error(line.event.at, "unknown-event", what, why, f"{fix} Or change the outcome")
    return left[0]


def remedy(event: str, can: Sequence[str], here: Sequence[str] = ()) -> str:
    """One of our own events has a dot, and is never meant for what Kweek records by itself. here: what this step hears
    besides."""
    if "." not in event:
        if lost := [name for name in can if name.endswith(f".{event}")]:  # its noun
            return f"Did you mean “{nearest(event, lost) or lost[0]}”?"
        word, _, link = event.partition(" ")
        if link and "clicked" in can and nearest(word, can) == "clicked" and nearest(event, can) in (None, "clicked"):
            return f"Did you mean “clicked {link}”?"
        return did_you_mean(event, can if not here or nearest(event, can) else here)
    meant = event_meant(event, [name for name in can if "." in name])
    declare = "declare it in rules/events.yaml"
    if meant is None:
        return f"D{declare[1:]}"
    return f"Did you mean “{meant}”?" + ("" if nearest(event, (meant,)) else f" Or {declare}")


def _passing(step: AnyStep, line: Reaction, report: Report) -> None:
    event = line.event.value
    fix = f"Write a list of {', '.join(IMMEDIATE)} (without within) below it, or take the line away"
    if not isinstance(line.target, Inline):
        what = f"“{event}” leads nowhere: it does not end a {step.verb}"
        report.error(line.event.at, "passing-event", what, "the lead stays where it is", fix)
        return
    for inner in line.target.steps:
        waits = isinstance(inner, Send) and inner.within is not None
        if inner.verb not in IMMEDIATE or waits:
            what = f"“{inner.verb}”{' with within' if waits else ''} cannot stand under “{event}”"
            report.error(inner.at, "passing-event", what, f"the lead stays in the {step.verb} meanwhile", fix)


def _closings(
    step: AnyStep,
    lines: tuple[Reaction, ...],
    known: Hears,
    named: set[str],
    unled: Sequence[str],
    paths: Collection[str],
    report: Report,
    *,
    follows: bool,
) -> None:
    """Has every event that ends the step a way, and `else` something to catch? unled: paths to which nothing leads.
    paths: all that there are."""
    has_else = next((line for line in lines if line.event.value == "else"), None)
    if has_else is None and "else" in named:  # it is misspelt
        return
    missing = [event for event in known.closing if event not in named]
    if has_else and isinstance(step, Wait):
        why, fix = "nothing closes a wait but what you name", "Use otherwise for when the time is up"
        report.error(has_else.event.at, "never-fires", "“else” can never fire here", why, fix)
    elif has_else and not missing:
        why = "every closing event has a line of its own"
        leads = not isinstance(has_else.target, ToPath) or has_else.target.name in paths
        say = report.warning if leads else report.error
        say(has_else.event.at, "never-fires", "“else” can never fire here", why, "Take it away")
    elif missing and not has_else and not isinstance(step, Send):
        words = ", ".join(f"“{event}”" for event in missing)
        what = f"This {step.verb} can end with {words}, and nothing says where the lead goes"
        why = "nothing that can happen to a lead is left undefined"
        cut = follows and _passes_by(step)
        unled, way = (("next",), "next") if cut else (unled, "done")
        fix = f"Name each under when, or all of them in its last line: “else: {way}” (or a path)"
        if len(missing) == 1 and (way := missing[0] if missing[0] in unled else unled[0] if len(unled) == 1 else None):
            fix = f"Add below when: “{missing[0]}: {way}”"
        if not lines:
            fix = f"Add “when:”, and below it “{missing[0] if len(missing) == 1 else 'else'}: done” (or a path)"
            if says_nothing(step) and not follows:
                fix = f"{fix}; and beside when, for when its time is up, “otherwise: done” (or a path)"
        report.error(step.at, "closing-event-without-way", what, why, fix)


def _passes_by(step: AnyStep) -> bool:
    """Do all the lines of this step lead away from the one below it?"""
    if not isinstance(step, Call | Task) or not step.when or not step.otherwise:
        return False
    return not any(isinstance(line.target, Next | Inline) for line in (*step.when, *step.otherwise))


def _dead(step: AnyStep, lines: tuple[Reaction, ...], names: Names, report: Report) -> None:
    """An answer to a mail that asks nothing, a click in one in which there is nothing to click."""
    if not isinstance(step, Send):
        return
    mails = [names.mails.get(share.mail.value) for share in step.mails if share.mail.value is not None]
    if any(mail is None or mail.survey for mail in mails):
        return
    named = [*((line.event, line.link) for line in lines), *((line.state, None) for line in step.otherwise)]
    instead = "take this line away" if any(said.value == "clicked" for said, _ in named) else "use clicked"
    nothing = all(mail is not None and not mail.has_link for mail in mails)
    for said, link in named:
        if said.value == "answered":
            fix = f"Write “survey: <name>” in the mail's front matter, or {instead}"
            report.error(said.at, "never-fires", "“answered” can never fire here", "the mail has no survey", fix)
        elif said.value == "clicked" and link is None and nothing:
            fix = "Put a link in the mail, or take this line away"
            report.error(said.at, "never-fires", "“clicked” can never fire here", "the mail has no link", fix)
