"""Which tests does a flow still lack? A case for every row that none walks, as text to put into its file of tests."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from kweek.errors import KweekError
from kweek.flow.cases.case import Case
from kweek.flow.cases.drawn import drawn, draws
from kweek.flow.cases.read import read_cases
from kweek.flow.cases.report import try_case
from kweek.flow.cases.suggest import suggest
from kweek.flow.cases.written import written
from kweek.flow.conditions.schema import FieldType
from kweek.flow.lint.names import Names
from kweek.flow.plan import Choose, Plan
from kweek.flow.problems import BrokenSourceError, errors
from kweek.flow.yaml import Items, read_yaml
from kweek.linting import names_in
from kweek.versions import plan_of, source_of
from kweek.workspace import Workspace
from kweek.worlds import world_of

_HEAD: Final = "# One case for every way through the flow, as kweek test --suggest found them.\n"
_ITEM: Final = re.compile(r"( *)- ")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """path: the flow's file of tests. added: what to put behind all that stands there (the whole file, where there is
    none). cases: how many these are. notes: on rows that have no case."""

    path: str
    added: str
    cases: int
    notes: tuple[str, ...]


def suggestion(workspace: Workspace, flow: str, told: Callable[[int, int], None] = lambda done, of: None) -> Suggestion:
    """BrokenSourceError: flow or tests cannot be read. KweekError: the file is written so that nothing can be added.
    told: so many of the tests that are there were run, of so many."""
    path, names, world = f"flows/tests/{flow}.yaml", names_in(workspace), world_of(workspace)
    plan = world.plans.get(flow) or plan_of(source_of(workspace, flow))
    there = workspace.texts.get(path, "")
    cases = _read(there, path, plan, names) if there else ()
    walked = frozenset[str]()
    for done, case in enumerate(cases):
        told(done, len(cases) + 1)  # the search itself is the last of them
        walked |= try_case(plan, case, world).rows
    indent = _indent(there, path) if there else 2

    def holds(item: str, rows: Collection[str]) -> bool:
        """Is it read again as it was written, and does it come out the same?"""
        again, problems = read_cases(_top(flow) + item, path, plan, names)
        if errors(problems) or len(again) != 1:
            return False
        result = try_case(plan, again[0], world)
        return result.holds and result.rows.issuperset(rows)

    schema = names.schema(_start_data(plan, names)).fields
    found = suggest(plan, world, walked, schema, lambda one: holds(written([one], plan, (), indent), one.rows))
    lives = [lived for lived in found.cases if lived.rows - walked or not cases]
    taken = {case.name for case in cases}
    crowds = [one for one in drawn(plan, world, found.left, taken, indent) if holds(one.text, [one.row])]
    items = "\n".join(filter(None, (written(lives, plan, taken, indent), *(crowd.text for crowd in crowds))))
    left = {row: words for row, words in found.left.items() if row not in {crowd.row for crowd in crowds}}
    notes = tuple(_notes(left, found.unheld, plan))
    added = items + "".join(f"{' ' * indent}# {note}\n" for note in notes if note not in there)
    if there:
        added = f"{'' if there.endswith(chr(10)) else chr(10)}\n{added}" if items else ""
    else:
        added = f"{_HEAD}{_top(flow)}{added}"
    number = len(lives) + len(crowds)
    if items:
        again, problems = read_cases(there + added, path, plan, names)
        if len(again) != len(cases) + number:
            raise KweekError(f"{path} is written so that nothing can be added below it. Let “tests:” be its last key")
        if wrong := errors(problems):
            raise KweekError(f"what would be suggested cannot be read again; please report this: {wrong[0]}")
    return Suggestion(path, added, number, notes)


def _top(flow: str) -> str:
    return f"flow: {flow}\ntests:\n"


def _read(text: str, path: str, plan: Plan, names: Names) -> tuple[Case, ...]:
    cases, problems = read_cases(text, path, plan, names)
    if wrong := errors(problems):
        raise BrokenSourceError(wrong)
    return cases


def _start_data(plan: Plan, names: Names) -> Mapping[str, FieldType]:
    event = next((start.event for start in plan.start if start.event), None)
    return names.events.get(event or "", {})


def _indent(text: str, path: str) -> int:
    """How far the dashes of the list stand to the right."""
    root = read_yaml(text, path).root
    lists = [pair.value for pair in root.pairs if pair.key.value == "tests"] if root else []
    lines = text.splitlines()
    for found in lists:
        if isinstance(found, Items) and found.items:
            dash = _ITEM.match(lines[found.items[-1].at.line - 1])
            if dash is not None:
                return len(dash[1])
    return 2


def _notes(left: Mapping[str, str], unheld: Collection[str], plan: Plan) -> Iterator[str]:
    """What no case was found for, and why."""
    for row, words in left.items():
        step = plan.steps.get(row.rpartition(" ")[0])
        if draws(plan, row):
            why = "the draw says who goes there, and of a hundred leads it sent none that can be told from the others"
        elif row in unheld:
            why = "a life leads there, but written as a test it does not come out the same"
        elif isinstance(step, Choose) and words != "else":
            why = "no facts were found that make it true where a lead comes by"
        else:
            why = "nothing was found that leads there"
        yield f"Not walked: {row} ({words}): {why}."
