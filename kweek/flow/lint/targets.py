"""Is everything there that a target names? Paths and flows; where a flow may refuse the lead, what then."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from kweek.flow.kebab import kebab
from kweek.flow.lint.graph import Graph, cut_off
from kweek.flow.lint.hears import hears
from kweek.flow.lint.names import Names
from kweek.flow.lint.report import Report
from kweek.flow.meant import meant
from kweek.flow.model import (
    ENDINGS,
    AnyStep,
    Call,
    Ending,
    Flow,
    Go,
    Handover,
    Inline,
    Next,
    Send,
    Target,
    ToFlow,
    ToPath,
    targets_of,
)
from kweek.flow.problems import Problem, did_you_mean, lines_in_words, nearest
from kweek.flow.words import WHENEVER_DEFAULTS

_ITSELF: Final = ("itself", "self", "this", "here", "same")
"""Words that somebody may write for the path in which he is."""
_LOSES_PATHS: Final = ("reserved", "indentation", "keys-wanted", "duplicate-key", "unknown-key", "syntax")


def check_targets(flow: Flow, graph: Graph, names: Names, report: Report, read: Collection[Problem]) -> None:
    """Every path and flow that is named exists; where a flow may refuse the lead, `then` decides.

    read: errors of the loader. Where it may have lost whole paths, only a name that is near another is a slip.
    """
    unsure = any(problem.code in _LOSES_PATHS and not problem.guessed for problem in read)
    paths = ("steps", *(path.name.value for path in flow.paths))
    absent: dict[str, list[ToPath]] = {}
    for step in flow.walk():
        nowhere = _leading_nowhere(step, names)
        for target in targets_of(step):
            if target in nowhere:
                continue
            _exists(target, flow, names, report, absent)
            then = step.then if isinstance(step, Go) and target is step.target else None
            if isinstance(target, ToFlow) and then is None:
                _refusal(target, flow, names, report, in_go=isinstance(step, Go))
    anywhere = (*(line.target for line in flow.whenever), *((flow.goal.target,) if flow.goal else ()))
    for target in anywhere:
        _exists(target, flow, names, report, absent)
        match target:
            case Next(at=at):
                why = "this line holds anywhere in the flow, so no step comes after it"
                report.error(at, "next-of-nothing", "“next” has no meaning here", why, "Name a path or an ending")
            case ToFlow():
                _refusal(target, flow, names, report, in_go=False)
            case _:
                pass
    if len(absent) == 1 and any(problem.code == "reserved" for problem in read):
        return  # the path of that name is there, and its message says so
    if len(absent) == 1 and not read and _lost_its_heading(*next(iter(absent.items())), flow, graph, report):
        return
    for name, targets in absent.items():
        if not unsure or nearest(name, (*paths[1:], *ENDINGS)) is not None:
            _is_not_there(name, targets, anywhere, flow, names, report, only=len(absent) == 1)


def _leading_nowhere(step: AnyStep, names: Names) -> list[Target]:
    """Targets of events at which the lead stays, and of an `else` that can never fire: no such line leads anywhere,
    and that has its own message."""
    match step:
        case Call() | Handover():
            passing = hears(step).passing
            lines = (line for line in step.when if line.event.value in passing)
            spare = (line for line in step.when if line.event.value == "else" and _names_all(step, names))
            return [line.target for line in (*lines, *spare) if not isinstance(line.target, Inline)]
        case _:
            return []


def _names_all(step: Call | Handover, names: Names) -> bool:
    """Has every event that closes it a line of its own?"""
    survey = names.surveys.get(step.script.value) if isinstance(step, Call) else None
    if isinstance(step, Call) and survey is None:
        return False
    return {line.event.value for line in step.when}.issuperset(hears(step, survey.outcomes if survey else ()).closing)


def _exists(target: Target, flow: Flow, names: Names, report: Report, absent: dict[str, list[ToPath]]) -> None:
    """absent: the paths that are not there, each with the targets that name it."""
    paths = ("steps", *(path.name.value for path in flow.paths))
    match target:
        case ToPath(name=name) if name not in paths:
            misnamed = any(kebab(path) == kebab(name) for path in paths if kebab(path) != path)  # has its own message
            if not misnamed:
                absent.setdefault(name, []).append(target)
        case ToFlow(flow=name, at=at) if name not in names.flows:
            fix = did_you_mean(name, names.flows)
            if name in _ITSELF:
                fix = f"A flow is called by its name, and this one is “{flow.name.value}”"
            if name in paths:
                fix = f"To go to the path of that name, leave out “flow”: {name}"
            report.error(at, "unknown-flow", f"There is no flow “{name}”", "", fix)
        case _:
            pass


def _lost_its_heading(name: str, targets: list[ToPath], flow: Flow, graph: Graph, report: Report) -> bool:
    """Do its steps stand below those of the path above, to which no lead comes? Then it is said there."""
    rows = cut_off(graph, graph.reach([root.to for root in graph.roots]))
    step = graph.nodes[rows[0][1]].step if len(rows) == 1 else None
    column = flow.paths[0].name.at.column if flow.paths else 0
    if step is None or step.at.column != column + 4 or nearest(name, ("next",)) is not None:
        return False
    what = f"“{name}:” seems to be missing above this line"
    lines = sorted({target.at.line for target in targets})
    why = f"{lines_in_words(lines)} lead{'' if lines[1:] else 's'} to “{name}”, and no lead comes to these steps"
    fix = f"Write {name}: above it, in column {column} ({column - 1} spaces)"
    report.error(step.at, "unknown-target", what, why, fix)
    return True


def _is_not_there(
    name: str,
    targets: list[ToPath],
    anywhere: Collection[Target],
    flow: Flow,
    names: Names,
    report: Report,
    *,
    only: bool,
) -> None:
    """Said once. Where several lines name it, and none names a path that is called nearly so, or the only one that no
    line names, that one has the wrong name.

    anywhere: targets that hold anywhere in the flow, so that no step comes after them. only: no other path is missed.
    """
    first, *others = sorted(targets, key=lambda target: target.at)
    there = {path.name.value: path.name.at for path in flow.paths}
    every = (*anywhere, *(target for step in flow.walk() for target in targets_of(step)))
    named = {target.name for target in every if isinstance(target, ToPath)}
    unnamed = sorted(there.keys() - named)
    alone = nearest(name, unnamed) or (unnamed[0] if only and len(unnamed) == 1 else None)
    what, why = f"There is no path “{name}” in this flow", ""
    if alone is not None and (kebab(alone) != alone or (others and name not in names.flows)):
        what, why = (
            f"{what}, and nothing leads to “{alone}”",
            f"{lines_in_words(target.at.line for target in (first, *others))} lead{'' if others else 's'} to “{name}”",
        )
        report.error(there[alone], "unknown-target", what, why, f"Did you mean “{name}”?")
        return
    if others:
        why = f"{lines_in_words(target.at.line for target in others)} lead{'' if others[1:] else 's'} there too"
    can = tuple(dict.fromkeys(("steps", *there, *ENDINGS, *(() if first in anywhere else ("next",)))))
    fix = did_you_mean(name, can)
    if name in _ITSELF and (own := _path_of(first, flow)):
        fix = f"A path is called by its name, and this one is “{own}”. There are: {', '.join(can)}."
    elif link := _clicked(first, flow, names, sure=nearest(name, can) is not None):
        fix = f"It is a link of this mail. Write: clicked {link}: … (where the lead goes)"
    elif first in anywhere and (name == "nothing" or meant(name, ("nothing",))) and not _by_default(first, flow):
        fix = "Take this line away: without it, nothing happens"
    elif first in anywhere and (meant(name, ("ignore",)) or meant(name, ("nothing",)) or name == "nothing"):
        fix = "Did you mean “ignore”?"
    elif name in names.flows:
        fix = f"To send the lead to the flow of that name, write: flow {name}"
        if near := nearest(name, can) or alone:
            fix += f" — or, where a path was meant: {near}"
    elif name in names.mails and nearest(name, can) is None:
        why, fix = (
            "it is a mail, and a lead goes to a path",
            f"Write it below, on a line of its own and two spaces deeper: - send: {name}",
        )
        if any(isinstance(step, Go) and step.target is first for step in flow.walk()):
            fix = f"Write: - send: {name}"
    elif alone is not None:
        fix = f"Did you mean “{alone}”? Or should the path in line {there[alone].line} be called “{name}”?"
    elif others or (not flow.paths and nearest(name, can) is None):  # nobody misspells a name twice in the same way
        fix = f"Write this path below “paths”. There are: {', '.join(can)}."
    report.error(first.at, "unknown-target", what, why, fix)


def _by_default(target: ToPath, flow: Flow) -> bool:
    """Does something happen, too, where no line names its event?"""
    return any(line.target is target and line.event.value in WHENEVER_DEFAULTS for line in flow.whenever)


def _clicked(target: ToPath, flow: Flow, names: Names, *, sure: bool) -> str | None:
    """`clicked: ask-quote`: the link that stands where its target should. sure: it is a path, rather than a link that
    is misspelt."""
    for step in flow.walk():
        if isinstance(step, Send) and any(
            line.target is target and line.event.value == "clicked" and not line.link for line in step.when
        ):
            mails = (names.mails.get(share.mail.value or "") for share in step.mails)
            links = [link for mail in mails if mail for link in sorted(mail.links)]
            return target.name if target.name in links else None if sure else nearest(target.name, links)
    return None


def _path_of(target: ToPath, flow: Flow) -> str | None:
    """The path in which it stands."""
    above = [path.name for path in (flow.steps, *flow.paths) if path.name.at < target.at]
    return max(above, key=lambda name: name.at).value if above else None


def _refusal(target: ToFlow, flow: Flow, names: Names, report: Report, in_go: bool) -> None:
    reentry = names.flows.get(target.flow)
    if reentry is None or reentry.rule == "always":
        return
    rule = {"never": "only once", "after": "only after a while", "per": "once per value"}[reentry.rule]
    fix = (
        "Add “then: done” (or another target) to this go"
        if in_go
        else f"Write a list: “- go: flow {target.flow}” with “then: done” below it, or give that flow “reentry: always”"
    )
    why = f"it lets a lead in {rule}, and nothing says what then"
    report.error(target.at, "flow-without-then", f"“flow {target.flow}” may refuse the lead", why, fix)


def in_words(target: Target) -> str | None:
    """In the author's words. None: a list of steps, like which there is no other."""
    match target:
        case Next():
            return "next"
        case Ending(result=result):
            return result
        case ToPath(name=name):
            return name
        case ToFlow(flow=name):
            return f"flow {name}"
        case _:
            return None
