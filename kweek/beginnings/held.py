"""Do the tests of a new flow hold in this workspace? Where they do not, tests that say what happens there.

Another flow that begins at the same event may have the lead called or handed over, or send mail of its own first.
"""

from __future__ import annotations

from dataclasses import replace

from kweek.flow.cases.read import read_cases
from kweek.flow.cases.report import try_case
from kweek.flow.problems import BrokenSourceError, errors
from kweek.linting import names_in
from kweek.suggesting import suggestion
from kweek.workspace import Workspace
from kweek.worlds import world_of


def other_tests(workspace: Workspace, flow: str) -> str | None:
    """The text that its file of tests should have instead. None: they hold, or the workspace cannot say so yet, and
    the linter tells why."""
    path = f"flows/tests/{flow}.yaml"
    try:
        world = world_of(workspace)
        plan = world.plans[flow]
        cases, problems = read_cases(workspace.texts[path], path, plan, names_in(workspace))
        if errors(problems) or all(try_case(plan, case, world).holds for case in cases if not case.mix):
            return None
        texts = {known: text for known, text in workspace.texts.items() if known != path}
        return suggestion(replace(workspace, texts=texts), flow).added
    except (BrokenSourceError, KeyError):
        return None
