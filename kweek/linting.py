"""Is the whole workspace sound? Everything that can be proven of its files, before a lead meets them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import PurePosixPath
from typing import Final

from msgspec.structs import replace

from kweek.flow.cases.read import read_cases
from kweek.flow.compile import compile_flow
from kweek.flow.lint import lint_flow
from kweek.flow.lint.carries import carried
from kweek.flow.lint.doors import check_doors
from kweek.flow.lint.gather import names_of
from kweek.flow.lint.names import Mail, Names
from kweek.flow.lint.rules import lint_rules
from kweek.flow.lint.surveys import lint_surveys
from kweek.flow.lint.unsaid import with_names
from kweek.flow.lint.unwritten import WORKSPACE, said_once
from kweek.flow.problems import BrokenSourceError, Problem, did_you_mean, errors, in_order, lines_in_words
from kweek.mails.event_fields import check_event_fields, check_event_words
from kweek.mails.remembered import Remembered
from kweek.mails.render import Renderer
from kweek.mails.template import MailTemplate
from kweek.rendering import Rendering, misnamed_in, parse_mails
from kweek.versions import source_of
from kweek.workspace import Workspace


def lint(
    workspace: Workspace, renderer: Renderer | None = None, remembered: Remembered | None = None
) -> tuple[Problem, ...]:
    """What is wrong with it, loading included, in order. Errors stop publishing; warnings do not.

    renderer: where mails are rendered; its process is best started before the workspace is read. remembered: what
    was found in these mails before.
    """
    mails, found = parse_mails(workspace)
    whole = [mail for mail in mails if not any(problem.file == mail.file for problem in errors(found))]
    rendering = Rendering(whole, workspace, renderer, remembered)  # in its own process, while ours goes on
    names = names_in(workspace, mails)
    problems = _without_rendering(workspace, mails, found, names)
    said = {problem.what for problem in problems if problem.code == "mail-language"}
    problems += (one for one in rendering.problems() if not _is_said(one, said, workspace, names))
    return in_order(_without_unwritten(problems, workspace, mails))


def lint_unrendered(workspace: Workspace) -> tuple[Problem, ...]:
    """The same without what only rendering the mails can tell: soon enough to be asked whenever a file has changed."""
    mails, found = parse_mails(workspace)
    problems = _without_rendering(workspace, mails, found, names_in(workspace, mails))
    return in_order(_without_unwritten(problems, workspace, mails))


def _without_unwritten(
    problems: Sequence[Problem], workspace: Workspace, mails: Sequence[MailTemplate]
) -> list[Problem]:
    """What a language lacks in which nothing is written, as one."""
    source = workspace.texts.get(WORKSPACE, "")
    languages = workspace.rules.settings.languages
    return said_once(problems, languages, {mail.language for mail in mails}, str(source))


_OF_A_TYPE: Final = ("condition", "not-a-date")
"""Codes of what is said of a name that has another type than its lines need."""


def _without_rendering(
    workspace: Workspace, mails: Sequence[MailTemplate], found: Sequence[Problem], names: Names
) -> list[Problem]:
    read = with_names(workspace.problems, workspace.flows, names)
    problems = [*read, *found, *_of_rules(workspace, names), *_of_flows(workspace, names)]
    problems += _of_event_fields(workspace, mails, names)
    problems += _of_cases(workspace, names, problems)
    return list(_once(in_order(problem for problem in problems if not _follows(problem, workspace))))


def _once(problems: Sequence[Problem]) -> Iterator[Problem]:
    """A name that several lines of a file give though there is no such thing is one slip, wherever it was made. In the
    order of the lines. A path to which the others lead by another name is misnamed, however it is spelt."""
    renamed = {(one.file, one.line, one.column) for one in problems if one.code == "unknown-target"}
    alike: dict[tuple[str, str], list[int]] = {}
    for one in problems:
        if one.code.startswith("unknown-") or one.code in _OF_A_TYPE:
            alike.setdefault((one.file, one.what), []).append(one.line)
    for one in problems:
        first, *others = dict.fromkeys(alike.get((one.file, one.what), [one.line]))
        if one.line == first and not (one.code == "name" and (one.file, one.line, one.column) in renamed):
            too = f"{lines_in_words(others).capitalize()} name{'' if others[1:] else 's'} it too." if others else ""
            yield replace(one, why=" ".join(filter(None, (one.why, too))))


def _of_rules(workspace: Workspace, names: Names) -> Iterator[Problem]:
    yield from lint_rules(workspace.rules, names)
    yield from lint_surveys(workspace.surveys.values(), names)


def _of_flows(workspace: Workspace, names: Names) -> Iterator[Problem]:
    rounds = check_doors([flow for flow in workspace.flows.values() if not workspace.broken(flow.file)], names)
    round_about = {problem.file for problem in rounds}
    for flow in workspace.flows.values():
        read = [problem for problem in workspace.problems if problem.file == flow.file]
        found = lint_flow(flow, names, read)
        # what is not reached any more, may be so for the same line
        yield from (one for one in found if flow.file not in round_about or not one.code.startswith("unreached-"))
    yield from rounds


def _of_event_fields(workspace: Workspace, mails: Sequence[MailTemplate], names: Names) -> Iterator[Problem]:
    """Do mails show what the events that start their flows carry? One that no flow sends, what some event carries."""
    declared = frozenset(field for data in names.events.values() for field in data)
    sent: dict[str, frozenset[str]] = {}
    for name, fields in carried(workspace.flows.values(), names).items():
        yield from check_event_words(workspace.flows[name], fields)
        for path in source_of(workspace, name):
            sent[path] = sent.get(path, frozenset()) | fields
    if set(flows_in(workspace)) - workspace.flows.keys():  # one that cannot be read may send any of them
        sent.clear()
    for mail in mails:
        yield from check_event_fields(mail, sent.get(mail.file, declared))


def _is_said(problem: Problem, said: Collection[str], workspace: Workspace, names: Names) -> bool:
    """Has the flow that names this mail said already in which languages it is not there?"""
    if problem.code != "mail-language":
        return False
    name, _ = _name_and_language(problem.file)
    there = set(names.languages) <= names.mails[name].languages  # one of them is broken or misnamed, and says so
    return there or any(f"“{name}”" in what for what in said)


def _name_and_language(path: str) -> tuple[str, str]:
    """Of a mail file that has both."""
    name, language, *_ = PurePosixPath(path).name.split(".")
    return name, language


def flows_in(workspace: Workspace) -> tuple[str, ...]:
    """The names of all flow files, those that cannot be read included."""
    return tuple(PurePosixPath(path).stem for path in workspace.texts if path.count("/") == 1 and path[:6] == "flows/")


def _misnamed(folder: str, workspace: Workspace) -> set[str]:
    """What the files of this folder are called that nobody reads, for their names end in .yml."""
    paths = (PurePosixPath(problem.file) for problem in workspace.problems if problem.code == "file-name")
    return {path.stem for path in paths if path.suffix == ".yml" and str(path.parent) == folder}


def belongs_to(flow: str, workspace: Workspace, problem: Problem) -> bool:
    """Is it said of this flow, or of the rules, mails, surveys and tests that it stands on?"""
    file = problem.file
    if file.startswith("rules/") or file in (f"flows/{flow}.yaml", f"flows/tests/{flow}.yaml"):
        return True
    return flow in workspace.flows and file in source_of(workspace, flow)


def names_in(workspace: Workspace, mails: Sequence[MailTemplate] | None = None) -> Names:
    """The names of a workspace, and the types of its fields. mails: if they were read already."""
    by_name: dict[str, Mail] = {}
    for mail in parse_mails(workspace)[0] if mails is None else mails:
        known = by_name.get(mail.name, Mail(frozenset()))
        by_name[mail.name] = Mail(
            known.languages | {mail.language},
            known.links | set(mail.link_names),
            known.survey or mail.survey,
            mail.kind == "service",
            mail.has_link or (known.has_link and bool(known.languages)),
        )
    for name, files in workspace.mails.items():  # one that cannot be read is there all the same
        by_name[name] = replace(by_name.get(name, Mail(frozenset())), languages=frozenset(files))
    for name, language in map(_name_and_language, misnamed_in(workspace).values()):  # and so is one that is misnamed
        by_name[name] = replace(by_name[name], languages=by_name[name].languages | {language})
    unread = (set(flows_in(workspace)) | _misnamed("flows", workspace)) - workspace.flows.keys()
    unclear = {PurePosixPath(problem.file).stem for problem in workspace.problems if problem.code == "reentry"}
    return names_of(workspace.flows, workspace.rules, workspace.surveys, by_name, unreadable=unread | unclear)


# --- tests of flows -------------------------------------------------------------------------------


def _of_cases(workspace: Workspace, names: Names, problems: Sequence[Problem]) -> Iterator[Problem]:
    """Files of tests name what there is. They are read against the plan, so only where the flow has no error."""
    broken = {problem.file for problem in errors(problems) if problem.code != "condition"}
    mails_broken = any(file.startswith("templates/") for file in broken)
    for path in workspace.tests:
        flow = PurePosixPath(path).stem
        if workspace.broken(f"flows/{flow}.yaml"):
            continue
        if f"flows/{flow}.yaml" not in workspace.texts:
            what = f"There is no flow “{flow}” that this file could test."
            yield Problem(path, 1, 1, "error", "unknown-flow", what, "", did_you_mean(flow, workspace.flows))
        elif flow in workspace.flows and f"flows/{flow}.yaml" not in broken:
            try:
                plan = compile_flow(workspace.flows[flow], "draft")
            except BrokenSourceError:  # a condition that cannot be read; one that asks too much changes no plan
                continue
            found = read_cases(workspace.texts[path], path, plan, names)[1]
            # a mail that cannot be read may well have a survey
            yield from (one for one in found if one.code != "nobody-answers" or not mails_broken)


# --- what follows from a file that could not be read ----------------------------------------------

_FOLLOWS: Final = {
    "rules/events.yaml": ("unknown-event", "not-sales-ready"),
    "rules/calendars.yaml": ("unknown-calendar",),
    "rules/teams.yaml": ("unknown-team", "unknown-queue", "unknown-person"),
    "rules/workspace.yaml": ("unknown-webhook", "unknown-person", "unknown-field", "mail-language", "language"),
}


def _follows(problem: Problem, workspace: Workspace) -> bool:
    """Is it only there because another file is broken? That one has its own message."""
    for file, codes in _FOLLOWS.items():
        if problem.code in codes and problem.file != file and workspace.broken(file):
            return True
    if problem.code in ("unknown-flow", "unknown-survey", "unknown-field"):
        misnamed = _misnamed("flows", workspace) | _misnamed("surveys", workspace)
        if any(f"“{name}”" in problem.what or f"survey.{name}." in problem.what for name in misnamed):
            return True
    if problem.file == "rules/events.yaml" and problem.fix.startswith("Names begin with"):
        return workspace.broken(problem.file)  # the event that it is made of could not be read
    if "no field event." in problem.what and workspace.broken("rules/events.yaml"):
        return True
    if problem.file.startswith("flows/tests/") and " has no " in problem.what and workspace.broken("rules/events.yaml"):
        return True
    surveys = [path for path in workspace.texts if path.startswith("surveys/") and workspace.broken(path)]
    if surveys and problem.file.startswith("flows/tests/"):  # one of them may have asked it, or had that answer
        return problem.code == "unknown-question" or "is not one of its values" in problem.what
    unread = surveys or _misnamed("surveys", workspace)
    if unread and problem.code in ("nobody-asks", "nobody-finds-out"):  # one of them may well ask for it
        return True
    if "bant." in problem.what and "is never" in problem.what and surveys:
        return True
    of_a_survey = "no field survey." in problem.what or problem.what.startswith("survey.")
    if problem.code in ("unknown-survey", "unknown-field") or of_a_survey:
        return any(PurePosixPath(path).stem in problem.what for path in surveys if _may_lack(problem, path, workspace))
    return False


def _may_lack(problem: Problem, path: str, workspace: Workspace) -> bool:
    """May this broken file be why something is not found? Of its own questions only where one has another's name."""
    return path != problem.file or any(one.file == path and one.code == "twice" for one in workspace.problems)
