"""Which names does this workspace have? Collected from what was read, for the linter and for whoever asks for types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from msgspec import structs

from kweek.flow.catalogue import FieldWord, Rules, Teams
from kweek.flow.conditions.schema import FieldType
from kweek.flow.duration import ELAPSED
from kweek.flow.lint.carries import doors_of
from kweek.flow.lint.names import COMPUTED, Mail, Names, Survey, Week
from kweek.flow.load.texts import EACH_LEAD
from kweek.flow.model import Flow, Handover, Tag
from kweek.flow.plan import Reentry
from kweek.flow.problems import Located
from kweek.flow.surveys import Question
from kweek.flow.surveys import Survey as SurveyFile
from kweek.flow.words import GRADE_CHANGED, LEAD_RECEIVED

OWN_DATA: Final[Mapping[str, Mapping[str, FieldType]]] = {
    GRADE_CHANGED: {"from": COMPUTED["lead.grade"], "to": COMPUTED["lead.grade"]},
    LEAD_RECEIVED: {},
}
"""Kweek's own events that flows may start on as on the workspace's, and what they carry."""


def names_of(
    flows: Mapping[str, Flow],
    rules: Rules,
    surveys: Mapping[str, SurveyFile],
    mails: Mapping[str, Mail],
    unreadable: Iterable[str] = (),
) -> Names:
    """unreadable: flows that are there, but whom they let in could not be read; nothing is held against whoever names
    them."""
    reentries = {name: _lets_in(flow) for name, flow in flows.items()}
    unreadable = frozenset(unreadable)
    above = {team.parent.value for team in rules.teams.teams.values() if team.parent}
    return Names(
        languages=rules.settings.languages,
        flows={**reentries, **dict.fromkeys(unreadable, Reentry("always"))},
        events={**{name: event_data(rules, name) for name in rules.events}, **OWN_DATA},
        hard=frozenset(name for name, event in rules.events.items() if event.hard),
        mails=mails,
        surveys={name: _survey(survey) for name, survey in surveys.items()},
        calendars=frozenset(rules.calendars),
        teams={name: bool(team.members) or name not in above for name, team in rules.teams.teams.items()},
        people=frozenset(person.name.value for person in rules.teams.people()),
        member_of=_teams_of(rules.teams),
        addresses={person.email.value.lower(): person.name.value for person in rules.teams.people()},
        queues={name: queue.capacity for name, queue in rules.teams.queues.items()},
        weeks=_weeks(rules),
        channels=frozenset(rules.settings.channels),
        webhooks=frozenset(rules.settings.webhooks),
        fields={name: _declared(own.kind) for name, own in rules.settings.fields.items()},
        personas=tuple(rules.personas),
        facts=rules.sales_ready.facts,
        limit=rules.settings.limit,
        has_manager=any(team.manager for team in rules.teams.teams.values()),
        tags=_tags(flows) if not unreadable else frozenset(),
        handed=_handed(flows) if not unreadable else frozenset(flows),
    )


def _lets_in(flow: Flow) -> Reentry:
    """What is counted by no field is told where it stands, and held against nobody who names the flow."""
    reentry = flow.reentry.value if flow.reentry else Reentry()
    return Reentry("always") if reentry.per in (*EACH_LEAD, *ELAPSED) else reentry


def _weeks(rules: Rules) -> dict[str, Week]:
    found: dict[str, Week] = {}
    for name, queue in rules.teams.queues.items():
        entry = rules.calendars.get(queue.calendar.value) if queue.calendar else None
        days = [sum(end - start for start, end in hours) for hours in entry.calendar.week if hours] if entry else []
        if days:
            found[name] = Week(len(days), min(days), max(days))
    return found


def _teams_of(teams: Teams) -> dict[str, tuple[str, ...]]:
    """Each member, with the teams that have them."""
    found: dict[str, tuple[str, ...]] = {}
    for name, team in teams.teams.items():
        for member in team.members:
            found[member.name.value] = (*found.get(member.name.value, ()), name)
    return found


def _tags(flows: Mapping[str, Flow]) -> frozenset[str]:
    steps = (step for flow in flows.values() for step in flow.walk())
    return frozenset(tag.value for step in steps if isinstance(step, Tag) for tag in step.tags)


def _handed(flows: Mapping[str, Flow]) -> frozenset[str]:
    """The flows to which one leads that hands leads over, straight or through others."""
    found: set[str] = set()
    todo = [name for name, flow in flows.items() if any(isinstance(step, Handover) for step in flow.walk())]
    while todo:
        news = {door.flow for door in doors_of(flows[todo.pop()]) if door.flow in flows} - found
        found |= news
        todo += news
    return frozenset(found)


def _survey(survey: SurveyFile) -> Survey:
    return Survey(
        answers={question.name.value: _type(question) for question in survey.questions},
        outcomes=tuple(survey.outcomes),
        fills={
            question.fills.value: structs.replace(_type(question), titles={})
            for question in survey.questions
            if question.fills and question.fills.value.startswith("bant.")
        },
        sets=frozenset(
            question.fills.value
            for question in survey.questions
            if question.fills and question.fills.value.startswith("lead.")
        ),
    )


def _type(question: Question) -> FieldType:
    choices = tuple(option.name.value for option in question.options)
    titles = {words.lower(): option.name.value for option in question.options for words in option.words.values()}
    titles = {words: choice for words, choice in titles.items() if words not in choices}
    match question.type:
        case "choice" | "text":
            return FieldType("text", choices, titles=titles)
        case "several":
            return FieldType("several", choices, titles=titles)
        case "number":
            return FieldType("number")
        case "scale":
            return FieldType("number", least=question.low, most=question.high)
        case "date":
            return FieldType("date")


def _declared(kind: Located[FieldWord]) -> FieldType:
    """Its type; of one that could not be read, nothing is known."""
    return FieldType(kind.value) if kind.said is None else FieldType("any")


def event_data(rules: Rules, name: str) -> dict[str, FieldType]:
    """The fields of an own event."""
    return {field: _declared(own.kind) for field, own in rules.data_of(name).items()}
