"""What may stand behind a verb that says nothing? Names of the workspace, first the mails that nothing sends yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Final

from msgspec.structs import replace

from kweek.flow.lint.names import Names
from kweek.flow.model import AnyStep, Call, Flow, Go, Handover, Send, Share, Tell
from kweek.flow.problems import Problem

_MOST_SHOWN: Final = 6


def with_names(problems: Iterable[Problem], flows: Mapping[str, Flow], names: Names) -> Iterator[Problem]:
    """What the loader said of the flows, and of a verb that says nothing also what could stand there."""
    for problem in problems:
        flow = flows.get(PurePosixPath(problem.file).stem) if problem.code == "empty" else None
        steps = flow.walk() if flow is not None and flow.file == problem.file else ()
        step = next((one for one in steps if one.at == (problem.line, problem.column)), None)
        can = _names_for(step, flow, flows, names) if step is not None and flow is not None else []
        shown = f"{problem.fix.removesuffix('.')}: {', '.join(can)}" if can else problem.fix
        yield replace(problem, fix=shown)


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
