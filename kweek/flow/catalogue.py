"""What does a workspace agree on? Its rules, as files: events, calendars, teams, scoring, sales ready, itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, Literal

from msgspec import Struct, field

from kweek.flow.duration import Duration
from kweek.flow.plan import Limit
from kweek.flow.problems import Located
from kweek.flow.surveys import Words, say
from kweek.rules.calendars import Calendar
from kweek.rules.grades import Axis, Grades
from kweek.rules.said import FactType, bant
from kweek.rules.scoring import Counts

FieldWord = Literal["text", "number", "date", "moment", "yes/no"]
FIELD_WORDS: Final[tuple[FieldWord, ...]] = ("text", "number", "date", "moment", "yes/no")
ChannelKind = Literal["slack", "teams"]
CHANNEL_KINDS: Final[tuple[ChannelKind, ...]] = ("slack", "teams")
KEEP_VISITS: Final = Duration(400, "day")
RULES: Final = ("events", "calendars", "teams", "scoring", "personas", "sales-ready", "workspace")


class OwnField(Struct, frozen=True):
    """What an event carries, or what is kept of a lead besides. title: what people call it."""

    kind: Located[FieldWord]
    title: Words = {}


class EventType(Struct, frozen=True):
    """An own event, `noun.past_verb`. title: what people call it. hard, soft: a conversion. `source` (`from:`),
    `condition`: made of another."""

    name: Located[str]
    title: Words = {}
    hard: bool = False
    soft: bool = False
    data: Mapping[str, OwnField] = {}
    source: Located[str] | None = None
    condition: Located[str] | None = None


class CalendarEntry(Struct, frozen=True):
    """`spec` is as written, every scalar a text, for `kweek.rules.opening.calendar_from`."""

    name: Located[str]
    spec: Mapping[str, object]
    calendar: Calendar


class Person(Struct, frozen=True):
    """A member or a manager."""

    name: Located[str]
    email: Located[str]


class Team(Struct, frozen=True):
    """Members get leads in turn. capacity: handovers a day, of all members together; None: no limit is known."""

    name: Located[str]
    members: tuple[Person, ...] = ()
    manager: Person | None = None
    calendar: Located[str] | None = None
    region: Located[str] | None = None
    parent: Located[str] | None = None
    capacity: int | None = None


class Queue(Struct, frozen=True):
    """capacity: calls a day; None: no limit."""

    name: Located[str]
    team: Located[str] | None = None
    calendar: Located[str] | None = None
    capacity: int | None = None


class Teams(Struct, frozen=True):
    """rules/teams.yaml."""

    teams: Mapping[str, Team] = {}
    queues: Mapping[str, Queue] = {}

    def line(self, name: str | None) -> Iterator[Team]:
        """This team, then the one that it is part of, and so on up; nothing, where there is no such team."""
        passed: set[str] = set()
        while name is not None and name in self.teams and name not in passed:
            passed.add(name)
            team = self.teams[name]
            yield team
            name = team.parent.value if team.parent is not None else None

    def manager_of(self, name: str | None) -> Person | None:
        """Its own, else that of what it is part of."""
        return next((team.manager for team in self.line(name) if team.manager is not None), None)

    def people(self) -> tuple[Person, ...]:
        """Members and managers, each once."""
        everyone = (p for team in self.teams.values() for p in (*team.members, team.manager) if p is not None)
        return tuple({person.name.value: person for person in everyone}.values())


class Line(Struct, frozen=True):
    """A line of sales-ready.yaml: a word (`fact:` or `because:`), its condition, and what people call it."""

    word: Located[str]
    condition: Located[str]
    title: Words = {}


class SalesReadyLines(Struct, frozen=True):
    """rules/sales-ready.yaml, its conditions as texts. facts: what can be found out."""

    needs: tuple[Line, ...] = ()
    disqualified: tuple[Line, ...] = ()
    facts: Mapping[str, FactType] = field(default_factory=bant)


class ScoringRule(Struct, frozen=True):
    """A rule of scoring.yaml; see `kweek.rules.scoring.Rule`. `when`: the event; None: it is about what is known.
    title: what people call its `because`, in the languages that they read."""

    id: Located[str]
    because: str
    axis: Axis
    points: int
    when: Located[str] | None = None
    condition: Located[str] | None = None
    counts: Counts = "every time"
    at_most: int | None = None
    fades: int = 0
    title: Words = {}


class Scoring(Struct, frozen=True):
    """rules/scoring.yaml. grades is None where it says nothing of them: the standard ones hold. matrix: grade → the
    flow that a lead enters there; at any other it rests."""

    grades: Grades | None = None
    rules: tuple[ScoringRule, ...] = ()
    matrix: Mapping[str, Located[str]] = {}


class Persona(Struct, frozen=True):
    """A portrait of the ideal customer. condition (`is:`): who fits it. about: what moves them; channels: by which they
    are reached. max_cost: of winning one, lifetime_value: what one brings in all, in whole units of the workspace's
    money. rules: profile points that only they get, and an `if:` of each of them."""

    name: Located[str]
    condition: Located[str]
    title: Words = {}
    about: str = ""
    channels: tuple[str, ...] = ()
    max_cost: int | None = None
    lifetime_value: int | None = None
    rules: tuple[ScoringRule, ...] = ()

    def id_of(self, rule: ScoringRule) -> str:
        """By which the ledger names a rule of it."""
        return f"{self.name.value}-{rule.id.value}"


class Sender(Struct, frozen=True):
    """From whom mail comes."""

    name: str
    address: str
    reply_to: str | None = None
    postal_address: str | None = None


class Hook(Struct, frozen=True):
    """A webhook. sends: what of the lead is in it besides its ids, as conditions name it: `lead.email`. hears: events
    of which it is told without any flow's doing."""

    url: str
    sends: tuple[Located[str], ...] = ()
    hears: tuple[Located[str], ...] = ()


class Settings(Struct, frozen=True):
    """rules/workspace.yaml. The first language is spoken to whoever speaks none of them. channels: of a chat; their
    addresses are secrets, which stand in the environment. websites: origins (`https://www.example.com`) to which a form
    may send its visitor back, and whose visitors are followed. keep_visits: so long what they looked at is kept.
    currency: ISO 4217."""

    name: str = "Kweek"
    languages: tuple[str, ...] = ("en",)
    timezone: str = "UTC"
    calendar: Located[str] | None = None
    send_hours: Located[str] | None = None
    limit: Limit | None = None
    sender: Sender | None = None
    fields: Mapping[str, OwnField] = {}
    channels: Mapping[str, ChannelKind] = {}
    webhooks: Mapping[str, Hook] = {}
    when_unsure: Literal["resend", "hold"] = "resend"
    websites: tuple[str, ...] = ()
    currency: str = "EUR"
    keep_visits: Duration = KEEP_VISITS


class Rules(Struct, frozen=True):
    """All of `rules/`."""

    events: Mapping[str, EventType] = {}
    calendars: Mapping[str, CalendarEntry] = {}
    teams: Teams = field(default_factory=Teams)
    sales_ready: SalesReadyLines = field(default_factory=SalesReadyLines)
    scoring: Scoring = field(default_factory=Scoring)
    personas: Mapping[str, Persona] = {}
    settings: Settings = field(default_factory=Settings)

    def titles(self, language: str) -> Mapping[str, str]:
        """event → what people call it in this language, where its author has said so."""
        return {name: say(event.title, language) for name, event in self.events.items() if event.title}

    def data_of(self, name: str) -> Mapping[str, OwnField]:
        """The fields of an own event; one that is derived has those of its source as well."""
        data: dict[str, OwnField] = {}
        seen: set[str] = set()
        while name in self.events and name not in seen:
            seen.add(name)
            event = self.events[name]
            data = {**event.data, **data}
            name = event.source.value if event.source else ""
        return data
