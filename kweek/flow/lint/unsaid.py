"""What may stand behind a verb that says nothing? Names of the workspace, first the mails that nothing sends yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Final

from msgspec.structs import replace

from kweek.flow.kebab import kebab
from kweek.flow.lint.names import Names
from kweek.flow.model import AnyStep, Call, Flow, Go, Handover, Send, Share, Task, Tell, Wait
from kweek.flow.problems import Position, Problem, nearest

_OF_NAMES: Final = ("empty", "name", "quotes-needed")
EVENTS: Final = "rules/events.yaml"
_MOST_SHOWN: Final = 6


def with_names(problems: Iterable[Problem], flows: Mapping[str, Flow], names: Names) -> Iterator[Problem]:
    """What the loader said of the flows, and of a verb that says nothing also what could stand there."""
    heard = {event for flow in flows.values() for event in _events_of(flow)} - names.events.keys()
    for problem in problems:
        if problem.file == EVENTS and problem.code == "name":
            yield replace(problem, fix=_as_flows_say(problem, heard))
            continue
        flow = flows.get(PurePosixPath(problem.file).stem) if problem.code in _OF_NAMES else None
        steps = flow.walk() if flow is not None and flow.file == problem.file else ()
        if problem.code != "empty":
            step = next((one for one in steps if (problem.line, problem.column) in _named_at(one)), None)
            yield replace(problem, fix=_fix_of(problem, step, flow, names) if step and flow else problem.fix)
            continue
        step = next((one for one in steps if one.at == (problem.line, problem.column)), None)
        can = _names_for(step, flow, flows, names) if step is not None and flow is not None else []
        shown = f"{problem.fix.removesuffix('.')}: {', '.join(can)}" if can else problem.fix
        yield replace(problem, fix=shown)


def _events_of(flow: Flow) -> Iterator[str]:
    """Those that it starts on or hears, anywhere."""
    yield from (start.event.value for start in flow.start if start.event)
    yield from (line.event.value for line in flow.whenever)
    for step in flow.walk():
        if isinstance(step, Wait | Send | Call | Handover | Task):
            yield from (line.event.value for line in step.when)


def _as_flows_say(problem: Problem, heard: Iterable[str]) -> str:
    """`openday-signed-up:`, where a flow starts on openday.signed_up: the loader, who knows no flow, can only guess."""
    said = kebab(problem.what.partition("“")[2].partition("”")[0])
    meant = next((event for event in sorted(heard) if "." in event and kebab(event) == said), None)
    head, colon, _ = problem.fix.rpartition(": ")
    return f"{head}{colon}{meant}" if meant and colon else problem.fix


def _named_at(step: AnyStep) -> tuple[Position, ...]:
    match step:
        case Send(mails=mails):
            return tuple(share.mail.at for share in mails)
        case Call(script=script):
            return (script.at,)
        case _:
            return ()


def _fix_of(problem: Problem, step: AnyStep, flow: Flow, names: Names) -> str:
    """`send: "Are you still welcome?"`, `call: {{ lead.phone }}`: a name that there is, where the one is none that the
    loader could make of it."""
    known, kind = (
        (names.mails, "a mail") if isinstance(step, Send) else (names.surveys, "the survey that is its script")
    )
    said = kebab(problem.what.partition("“")[2].rpartition("”")[0]) if problem.code == "name" else ""
    made = problem.fix.rstrip(".").rpartition(": ")[2]
    if made in known or not known:
        return problem.fix
    if said and (near := nearest(said, known)):
        return f"Did you mean “{near}”?"
    begun = f"“{step.verb}” names {kind}" if problem.code == "name" else "Write the name itself"
    return f"{begun}: {', '.join(_near(flow, known))}"


def _names_for(step: AnyStep, flow: Flow, flows: Mapping[str, Flow], names: Names) -> list[str]:
    match step:
        case Send():
            sent = {share.mail.value for one in flows.values() for share in _shares(one)}
            return [mail for mail in sorted(names.mails) if mail not in sent][:_MOST_SHOWN] or _near(flow, names.mails)
        case Call():
            return _near(flow, names.surveys)
        case Handover():
            return [team for team, has_members in names.teams.items() if has_members][:_MOST_SHOWN]
        case Tell():
            return ["owner", *(["manager"] if names.has_manager else []), *sorted(names.channels), "or a person"]
        case Go():
            return [path.name.value for path in flow.paths]
        case _:
            return []


def _shares(flow: Flow) -> Iterator[Share]:
    for step in flow.walk():
        if isinstance(step, Send):
            yield from step.mails


def _near(flow: Flow, words: Iterable[str]) -> list[str]:
    import difflib  # only where a name is missing

    return difflib.get_close_matches(flow.name.value, list(words), n=_MOST_SHOWN, cutoff=0.0)
