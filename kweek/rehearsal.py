"""How is a workspace tried out without a house around it? Its flows in a world in memory, its cases run and judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kweek.flow.case_report import Result, try_case
from kweek.flow.conditions import parse_condition
from kweek.flow.plan import Plan
from kweek.flow.problems import BrokenSourceError, Problem, did_you_mean, errors, in_order
from kweek.flow.read_cases import read_cases
from kweek.flow.world import World
from kweek.linting import names_in
from kweek.mails.template import MailTemplate, parse_mail
from kweek.rules.calendars import Calendar
from kweek.rules.grades import Grades
from kweek.rules.qualification import Disqualifier, Need, SalesReady
from kweek.workspace import Workspace, plan_of, source_of


@dataclass(frozen=True, slots=True)
class Tested:
    """What came of testing. problems: of reading the flows under test and their tests."""

    results: tuple[Result, ...]
    problems: tuple[Problem, ...]

    @property
    def holds(self) -> bool:
        return all(result.holds for result in self.results) and not errors(self.problems)


def rehearse(workspace: Workspace, flows: Iterable[str]) -> Tested:
    """Run the tests of these flows. A flow that is broken is not run: its problems say why."""
    world, names = world_of(workspace), names_in(workspace)
    results: list[Result] = []
    problems: list[Problem] = []
    for flow in flows:
        path, plan = f"flows/tests/{flow}.yaml", world.plans.get(flow)
        problems += [problem for problem in workspace.problems if problem.file == f"flows/{flow}.yaml"]
        if plan is None:
            if flow not in workspace.flows:
                what, fix = f"There is no flow “{flow}” to test.", did_you_mean(flow, workspace.flows)
                problems.append(Problem(path, 1, 1, "error", "unknown-flow", what, "", fix))
            else:
                problems += _broken(workspace, flow)
            continue
        cases, found = read_cases(workspace.texts[path], path, plan, names)
        problems += found
        if not errors(found):
            results += [try_case(plan, case, world) for case in cases]
    return Tested(tuple(results), in_order(problems))


def _broken(workspace: Workspace, flow: str) -> tuple[Problem, ...]:
    try:
        plan_of(source_of(workspace, flow))
    except BrokenSourceError as error:
        return error.problems
    return ()


def world_of(workspace: Workspace) -> World:
    """Its drafts as if they were published; a flow that is broken is not there."""
    rules, settings = workspace.rules, workspace.rules.settings
    calendars = {name: entry.calendar for name, entry in rules.calendars.items()}
    own = calendars.get(settings.calendar.value) if settings.calendar else None
    own = own or Calendar.always(settings.timezone)
    mails = mails_of(workspace)
    plans: dict[str, Plan] = {}
    for flow in workspace.flows:
        try:
            plans[flow] = plan_of(source_of(workspace, flow))
        except BrokenSourceError:
            continue  # the linter says why
    return World(
        plans=plans,
        calendar=own,
        calendars=calendars,
        queues={n: calendars.get(q.calendar.value, own) for n, q in rules.teams.queues.items() if q.calendar},
        teams={n: calendars.get(t.calendar.value, own) for n, t in rules.teams.teams.items() if t.calendar},
        hard=frozenset(name for name, event in rules.events.items() if event.hard),
        timezone=settings.timezone,
        limit=settings.limit,
        send_hours=settings.send_hours.value if settings.send_hours else None,
        service=frozenset(name for name, mail in mails.items() if mail.kind == "service"),
        surveys={name: mail.survey for name, mail in mails.items() if mail.survey},
        fills={
            f"survey.{name}.{question.name.value}": question.fills.value
            for name, survey in workspace.surveys.items()
            for question in survey.questions
            if question.fills
        },
        grades=rules.grades or Grades(),
        sales_ready=SalesReady(
            tuple(Need(line.word.value, parse_condition(line.condition.value)) for line in rules.sales_ready.needs),
            tuple(
                Disqualifier(line.word.value, parse_condition(line.condition.value))
                for line in rules.sales_ready.disqualified
            ),
        ),
    )


def mails_of(workspace: Workspace) -> Mapping[str, MailTemplate]:
    """One language of each mail: kind and survey are the same in all."""
    found: dict[str, MailTemplate] = {}
    for name, files in workspace.mails.items():
        for path in files.values():
            mail, _ = parse_mail(path, workspace.texts[path])
            if mail is not None:
                found[name] = mail
                break
    return found
