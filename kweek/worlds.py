"""What does a workspace mean to the machine? Its rules as a world: calendars, limits, grades, what counts as ready."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain

from msgspec.structs import replace

from kweek.flow.catalogue import EventType, SalesReadyLines, ScoringRule
from kweek.flow.catalogue import Persona as Portrait
from kweek.flow.conditions import parse_condition
from kweek.flow.conditions.schema import FieldType
from kweek.flow.plan import Plan
from kweek.flow.problems import BrokenSourceError, Problem, value_of
from kweek.flow.world import World
from kweek.mails.template import MailTemplate, parse_mail
from kweek.rules.calendars import Calendar
from kweek.rules.grades import Grades
from kweek.rules.personas import Persona
from kweek.rules.qualification import Disqualifier, Need, SalesReady, asks_itself
from kweek.rules.said import FactTypes
from kweek.rules.scoring import Rule
from kweek.rules.stages import Conversions
from kweek.versions import plan_of, source_of
from kweek.workspace import Workspace


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
        conversions=conversions_of(rules.events),
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
        asked=workspace.surveys,
        links={name: mail.link_names for name, mail in mails.items()},
        grades=rules.scoring.grades or Grades(),
        scoring=(*map(_rule, rules.scoring.rules), *chain.from_iterable(map(_rules_of, rules.personas.values()))),
        personas=tuple(map(_persona, rules.personas.values())),
        matrix={grade: flow.value for grade, flow in rules.scoring.matrix.items()},
        sales_ready=_sales_ready(rules.sales_ready),
        own={name: FieldType(field.kind.value) for name, field in settings.fields.items()},
        facts=FactTypes(rules.sales_ready.facts, settings.timezone),
    )


def conversions_of(events: Mapping[str, EventType]) -> Conversions:
    return Conversions(
        hard=frozenset(name for name, event in events.items() if event.hard),
        soft=frozenset(name for name, event in events.items() if event.soft),
    )


def _rule(rule: ScoringRule) -> Rule:
    return Rule(
        id=rule.id.value,
        because=rule.because,
        axis=rule.axis,
        points=rule.points,
        event=value_of(rule.when),
        condition=parse_condition(rule.condition.value) if rule.condition else None,
        counts=rule.counts,
        at_most=rule.at_most,
        fades=rule.fades,
    )


def _persona(persona: Portrait) -> Persona:
    return Persona(
        persona.name.value, parse_condition(persona.condition.value), persona.max_cost, persona.lifetime_value
    )


def _rules_of(persona: Portrait) -> Iterator[Rule]:
    """Its own: for whoever fits it."""
    for rule in persona.rules:
        if rule.condition is not None:
            both = f"({persona.condition.value}) and ({rule.condition.value})"
            yield replace(_rule(rule), id=persona.id_of(rule), condition=parse_condition(both))


def _sales_ready(lines: SalesReadyLines) -> SalesReady:
    needs = [Need(line.word.value, parse_condition(line.condition.value)) for line in lines.needs]
    out = [Disqualifier(line.word.value, parse_condition(line.condition.value)) for line in lines.disqualified]
    for line in (*lines.needs, *lines.disqualified):
        if asks_itself(parse_condition(line.condition.value)):
            at, what = line.condition.at, "The definition of sales ready asks whether the lead is sales ready."
            fix = "Ask for the facts that make it so: bant.budget, lead.profile."
            raise BrokenSourceError(
                [Problem("rules/sales-ready.yaml", at.line, at.column, "error", "circular", what, "", fix)]
            )
    return SalesReady(tuple(needs), tuple(out))


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
