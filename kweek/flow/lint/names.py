"""What is there to name? The workspace as the linter sees it: names and types, no contents."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from msgspec import Struct, field

from kweek.flow.conditions.schema import FieldType, Schema
from kweek.flow.model import Flow
from kweek.flow.plan import Limit, Reentry
from kweek.flow.problems import Located, nearest
from kweek.flow.words import BUILT_IN
from kweek.rules.matrix import GRADES
from kweek.rules.said import ROOT, FactType, bant
from kweek.rules.stages import STAGES

_TEXT, _NUMBER, _DATE, _MOMENT = FieldType("text"), FieldType("number"), FieldType("date"), FieldType("moment")
_POINTS = FieldType("number", known=True)
_ANY = FieldType("any")

PROFILE: Final[Mapping[str, FieldType]] = dict.fromkeys(
    ("email", "name", "first_name", "last_name", "phone", "job_title", "language", "country", "timezone", "owner"),
    _TEXT,
)
"""What every lead may have; a flow may set it."""

COMPUTED: Final[Mapping[str, FieldType]] = {
    "lead.profile": FieldType("text", ("A", "B", "C", "D"), known=True),
    "lead.engagement": FieldType("number", known=True, least=1, most=4),
    "lead.grade": FieldType("text", GRADES, known=True),
    "lead.score.profile": _POINTS,
    "lead.score.intent": _POINTS,
    "lead.score.interest": _POINTS,
    "lead.sales_ready": FieldType("yes/no", known=True),
    "lead.disqualified": FieldType("yes/no", known=True),
    "lead.stage": FieldType("text", STAGES),
    "lead.persona": _TEXT,
    "lead.topic": _TEXT,
    "company.name": _TEXT,
    "company.country": _TEXT,
    "company.legal_form": _TEXT,
    "company.sector": _TEXT,
    "company.size": _NUMBER,
    "campaign.name": _TEXT,
    "campaign.channel": _TEXT,
    "handover.reason": _TEXT,
    "handover.later_on": _DATE,
}
"""What a flow may read, and not set."""


class Mail(Struct, frozen=True):
    """languages: those that it is written in. links: names that `clicked` may give. service: no limit counts it.
    has_link: there is something to click."""

    languages: frozenset[str]
    links: frozenset[str] = frozenset()
    survey: str | None = None
    service: bool = False
    has_link: bool = True


class Week(Struct, frozen=True):
    """An ordinary week of a calendar. days: on how many it is open. shortest, longest: of those, in minutes."""

    days: int
    shortest: int
    longest: int


class Survey(Struct, frozen=True):
    """answers: question → type. outcomes: the call script's own. fills: `bant.…` facts → type. sets: the profile
    fields that an answer sets, as `lead.…`."""

    answers: Mapping[str, FieldType] = {}
    outcomes: tuple[str, ...] = ()
    fills: Mapping[str, FieldType] = {}
    sets: frozenset[str] = frozenset()


class Names(Struct, frozen=True):
    """All names of a workspace. flows: with their re-entry. events: own events with their data. fields: own profile
    fields, without `lead.`. people: members and managers. member_of: each member with their teams. addresses: theirs,
    with whose it is. facts: what can be found out. limit: the workspace's. has_manager: some team has one. teams: has
    it members of its own? queues: with what each can take a day. weeks: when those queues
    are open whose calendar is there. tags: those that some flow sets. handed: flows to
    which another leads that hands leads over."""

    languages: tuple[str, ...] = ()
    flows: Mapping[str, Reentry] = {}
    events: Mapping[str, Mapping[str, FieldType]] = {}
    hard: frozenset[str] = frozenset()
    mails: Mapping[str, Mail] = {}
    surveys: Mapping[str, Survey] = {}
    calendars: frozenset[str] = frozenset()
    teams: Mapping[str, bool] = {}
    people: frozenset[str] = frozenset()
    member_of: Mapping[str, tuple[str, ...]] = {}
    addresses: Mapping[str, str] = {}
    queues: Mapping[str, int | None] = {}
    weeks: Mapping[str, Week] = {}
    channels: frozenset[str] = frozenset()
    webhooks: frozenset[str] = frozenset()
    fields: Mapping[str, FieldType] = {}
    personas: tuple[str, ...] = ()
    facts: Mapping[str, FactType] = field(default_factory=bant)
    limit: Limit | None = None
    has_manager: bool = True
    tags: frozenset[str] = frozenset()
    handed: frozenset[str] = frozenset()

    def settable(self) -> dict[str, FieldType]:
        """Profile fields, without `lead.`."""
        return {**PROFILE, **self.fields}

    def schema(self, event: Mapping[str, FieldType] | None = None) -> Schema:
        """What a condition may name. event: the data of the event that is at hand."""
        fields = dict(COMPUTED)
        fields |= {f"lead.{name}": kind for name, kind in self.settable().items()}
        facts = {f"{ROOT}{name}": FieldType("text", tuple(fact.values)) for name, fact in self.facts.items()}
        filled: dict[str, FieldType] = {}
        for name, survey in self.surveys.items():
            for fact, kind in survey.fills.items():  # two surveys that fill one fact differently: any value fits
                filled[fact] = kind if filled.get(fact, kind) == kind else _ANY
            fields |= {f"survey.{name}.{question}": kind for question, kind in survey.answers.items()}
        fields |= {path: kind if kind.choices else filled.get(path, _ANY) for path, kind in facts.items()}
        if len(self.personas) > 1:  # of a single one it would say that everybody is that
            fields["lead.persona"] = FieldType("text", self.personas)
        fields |= {f"event.{name}": kind for name, kind in (event or {}).items()}
        mails = {name: mail.links for name, mail in self.mails.items()}
        outcomes = {outcome for survey in self.surveys.values() for outcome in survey.outcomes}
        return Schema(fields, frozenset({*BUILT_IN, *self.events, *outcomes}), mails)


def start_data(flow: Flow, names: Names) -> dict[str, FieldType]:
    """The fields of all start events together; where two disagree on a type, any fits. Of a misspelt event, those of
    the one that was meant."""
    data: dict[str, FieldType] = {}
    for start in flow.start:
        for name, kind in names.events.get(_meant(start.event, names) or "", {}).items():
            data[name] = kind if data.get(name, kind) == kind else _ANY
    return data


def starts_unknown(flow: Flow, names: Names) -> bool:
    """Can nobody tell what starts this flow? That has a message of its own, and any field may be one of its."""
    return not flow.start or any(start.event and _meant(start.event, names) is None for start in flow.start)


def _meant(event: Located[str] | None, names: Names) -> str | None:
    if event is None or event.value in names.events:
        return event.value if event else None
    return event_meant(event.value, names.events)


def event_meant(word: str, events: Collection[str], about: str = "") -> str | None:
    """The event of the workspace that was probably meant: misspelt, without its noun, or with another verb, where its
    noun has but one. about: words in which the noun may stand."""
    ends = [event for event in events if event.partition(".")[2] == word]
    if ends:
        return next((event for event in ends if event.partition(".")[0] in about), nearest(word, ends) or ends[0])
    if near := nearest(word, events):
        return near
    nouns = [event.partition(".")[0] for event in events]
    noun = nearest(word.partition(".")[0], set(nouns)) if "." in word else None
    return next(event for event in events if event.startswith(f"{noun}.")) if nouns.count(noun or "") == 1 else None
