"""How are the tests of a workspace run? Its flows in a world in memory, its cases lived through and judged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from time import perf_counter

from msgspec import Struct, field
from msgspec.structs import replace

from kweek.flow.cases.case import Case
from kweek.flow.cases.read import read_cases
from kweek.flow.cases.report import Result, try_case
from kweek.flow.plan import Plan
from kweek.flow.problems import BrokenSourceError, Problem, did_you_mean, errors, in_order
from kweek.flow.rows import rows_of
from kweek.flow.world import World
from kweek.linting import flows_in, names_in
from kweek.versions import plan_of, source_of
from kweek.workspace import Workspace
from kweek.worlds import world_of


class Tested(Struct, frozen=True):
    """What came of testing. problems: of reading the flows under test and their tests. rows: of each flow that was
    tested, with the words that stand there. engine: where they were run, besides the pure machine."""

    results: tuple[Result, ...]
    problems: tuple[Problem, ...]
    rows: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    engine: str = "machine"

    @property
    def holds(self) -> bool:
        return all(result.holds for result in self.results) and not errors(self.problems)

    def unwalked(self, flow: str) -> dict[str, str]:
        """The rows that no test walks."""
        seen = frozenset[str]().union(*(result.rows for result in self.results if result.case.flow == flow))
        return {row: words for row, words in self.rows[flow].items() if row not in seen}


def rehearse(
    workspace: Workspace, flows: Iterable[str], told: Callable[[int, int], None] = lambda done, of: None
) -> Tested:
    """Run the tests of these flows. A flow that is broken is not run: its problems say why. told: so many tests are
    done, of so many."""
    world, names = world_of(workspace), names_in(workspace)
    every: list[tuple[Plan, Case]] = []
    results: list[Result] = []
    problems: list[Problem] = []
    rows: dict[str, Mapping[str, str]] = {}
    for flow in flows:
        path, plan = f"flows/tests/{flow}.yaml", world.plans.get(flow)
        problems += [problem for problem in workspace.problems if problem.file == f"flows/{flow}.yaml"]
        if plan is None:
            if flow in workspace.flows:
                problems += _broken(workspace, flow)
            elif flow not in flows_in(workspace):  # else it cannot be read, and its problems say why
                what, fix = f"There is no flow “{flow}” to test.", did_you_mean(flow, workspace.flows)
                problems.append(Problem(path, 1, 1, "error", "unknown-flow", what, "", fix))
            continue
        cases, found = read_cases(workspace.texts[path], path, plan, names)
        problems += found
        if not errors(found):
            every += [(plan, case) for case in cases]
            rows[flow] = rows_of(plan)
    for done, (plan, case) in enumerate(every):
        told(done, len(every))
        results.append(_timed(plan, case, world))
    return Tested(tuple(results), in_order(problems), rows)


def _timed(plan: Plan, case: Case, world: World) -> Result:
    began = perf_counter()
    return replace(try_case(plan, case, world), seconds=perf_counter() - began)


def _broken(workspace: Workspace, flow: str) -> tuple[Problem, ...]:
    try:
        plan_of(source_of(workspace, flow))
    except BrokenSourceError as error:
        return error.problems
    return ()
