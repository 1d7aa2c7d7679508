"""What does a version of a flow hold, and what is it called? All that the flow names, by the hash of its content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping

from kweek.flow.compile import compile_flow
from kweek.flow.load.flow import load_flow
from kweek.flow.model import AnyStep, Call, Send, Tell
from kweek.flow.plan import Plan
from kweek.flow.problems import BrokenSourceError, Problem
from kweek.workspace import Workspace


def source_of(workspace: Workspace, flow: str) -> dict[str, str]:
    """What a version holds: path → text of the flow, the mails it names in every language, and the surveys that
    these name. KeyError: there is no such flow. What is named and absent is left out: the linter says so."""
    steps = list(workspace.flows[flow].walk())
    mails = [path for step in steps for mail in _mails(step) for path in workspace.mails.get(mail, {}).values()]
    scripts = [step.script.value for step in steps if isinstance(step, Call)]
    asked = [survey for mail in mails for survey in _survey_of_mail(workspace.texts[mail])]
    surveys = [f"surveys/{survey}.yaml" for survey in (*scripts, *asked)]
    paths = {workspace.flows[flow].file, *mails, *surveys}
    return {path: workspace.texts[path] for path in sorted(paths) if path in workspace.texts}


def _mails(step: AnyStep) -> list[str]:
    """Those that the step names."""
    match step:
        case Send(mails=shares):
            return [share.mail.value for share in shares if share.mail.value is not None]
        case Tell(mail=mail) if mail is not None:
            return [mail.value]
        case _:
            return []


def _survey_of_mail(text: str) -> Iterator[str]:
    """The survey that a mail's front matter names."""
    lines = text.splitlines()
    if not lines or lines[0].strip() != "---":
        return
    for line in lines[1:]:
        if line.strip() == "---":
            return
        key, _, value = line.partition(":")
        if key.strip() == "survey" and value.strip():
            yield value.split(" #")[0].strip().strip("\"'")


def version_of(source: Mapping[str, str]) -> str:
    """The hash that names this content: SHA-256 over paths and texts."""
    return hashlib.sha256(json.dumps(sorted(source.items()), ensure_ascii=False).encode()).hexdigest()


def plan_of(source: Mapping[str, str]) -> Plan:
    """The plan of a stored source. BrokenSourceError: it is not whole, which publishing never lets through."""
    path = next((path for path in source if path.startswith("flows/")), None)
    if path is None:
        what = "This version holds no flow."
        raise BrokenSourceError([Problem("flows", 1, 1, "error", "missing", what, "", "Publish the flow again.")])
    loaded = load_flow(source[path], path)
    if loaded.flow is None or not loaded.whole:
        raise BrokenSourceError(loaded.problems)
    return compile_flow(loaded.flow, version_of(source))
