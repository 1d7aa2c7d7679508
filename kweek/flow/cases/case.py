"""What does the author of a flow expect of it? `flows/tests/<flow>.yaml`, read into cases; each mistake with its place.

- `starts`: the moment of the start event by the clock in the flow's time zone (`monday 2026-03-02 09:00`, which is
  also the default; the weekday may be left out, and is checked). `start`: which event it is, with its data where it
  has any (`start: {webinar.registered: {webinar: pumps}}`); the default is the flow's first, or enrolling by hand.
- `lead`: profile fields; `company`, `bant`, `campaign`, `survey` with theirs below them; `tags`; `profile: B` and
  `engagement: 2` mean the least points that make them, `score` the points themselves; `tracking: false` for who does
  not allow it (nothing of its mails is known: `unclear`), `consent: false` for who may have no marketing mail.
- `events`: what people do, and when. `day 7` is 7 × 24 hours after the start, as `wait: 7 days` counts; `day 7 + 2
  hours` is later, `day 7 10:30` is by the clock of that day. What happens is a word (`opened`), a list, or a word with
  what it says: `{clicked: book-a-demo}` a link, `{rejected: student}` a reason, `{later: 2026-09-01}` a date,
  `{call_back: day 9 10:00}` a moment, `{opened: survey}` of which mail, `{answered: {wish: quote, bant.budget:
  reserved}}` answers to the survey at hand and facts that it fills, `{quote.requested: {surface: 100}}` data. A word is
  about the last mail, call, handover or task to which it can happen; as long as the lead is in this flow, this flow's
  own come first. `unclear`: only a machine touched the mail.
- `expect`: `day 14: call brochure` — it happens on that date, counted from the start's (mail: when it leaves). `ends:
  day 7, discard`, either half may be left out; `never: [call, handover]`; `after 60 days: {under way: 0}` counts leads
  that have done so by the end of that day: `0`, `45%`, `at least 10`, `at most 5%`.
- `leads: 1000` with `mix: {opened: 45%, …}`: so many leads; for what happens to them see `kweek.flow.simulate.people`.

What is not mentioned may happen. A story is told until the lead has left the flow, or 90 days after the last moment
that the case mentions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final

from msgspec import Struct, field

from kweek.flow.facts import Fact
from kweek.flow.problems import Position
from kweek.flow.state import Value
from kweek.rules.grades import Grades, Points
from kweek.rules.wall import moment as utc
from kweek.rules.wall import ticks

DEFAULT_START: Final = datetime.combine(date(2026, 3, 2), time(9))
"""By the clock on the wall of whichever zone the flow is in."""


class CaseMoment(Struct, frozen=True):
    """`day 7`, `day 7 + 2 hours`, `day 7 10:30` (clock: minutes after midnight). text: as it was written."""

    day: int
    plus: timedelta = timedelta()
    clock: int | None = None
    text: str = ""

    def after(self, start: datetime, zone: tzinfo) -> datetime:
        """In UTC."""
        if self.clock is None:
            return start + timedelta(days=self.day) + self.plus
        day = start.astimezone(zone).date() + timedelta(days=self.day)
        return utc(ticks(datetime.combine(day, time(*divmod(self.clock, 60)), zone)))

    def __str__(self) -> str:
        return self.text or f"day {self.day}"


class Given(Struct, frozen=True):
    """Something that people do. facts: what becomes known of the lead just before, by dotted path; a name without
    a dot is a question of the survey at hand. what: of which mail. call_back: data that is a moment of the case."""

    when: CaseMoment
    kind: str
    at: Position
    data: Mapping[str, Value] = {}
    facts: Mapping[str, Fact] = {}
    what: str | None = None
    call_back: CaseMoment | None = None


class Expected(Struct, frozen=True):
    """Words of the story (`send survey`, or only `call`) on a day; None: never."""

    words: str
    day: int | None
    at: Position

    def __str__(self) -> str:
        return self.words if self.day is not None else f"never {self.words}"


class Ends(Struct, frozen=True):
    """When and how the lead leaves the flow; what is None is left open."""

    day: int | None
    result: str | None
    at: Position


class Count(Struct, frozen=True):
    """How many leads have done this by the end of the day: `under way`, a result, or words of the story."""

    day: int
    what: str
    least: int
    most: int | None
    share: bool
    at: Position

    def holds(self, number: int, leads: int) -> bool:
        """Shares are compared in whole per cents."""
        shown = round(100 * number / leads) if self.share else number
        return self.least <= shown and (self.most is None or shown <= self.most)

    def __str__(self) -> str:
        unit = "%" if self.share else ""
        if self.most is None:
            return f"{self.what}: at least {self.least}{unit}"
        return f"{self.what}: {'' if self.least == self.most else 'at most '}{self.most}{unit}"


class LeadGiven(Struct, frozen=True):
    """Who it is. profile, engagement: the grade wished for; points: more exactly."""

    fields: Mapping[str, Fact] = {}
    tags: tuple[str, ...] = ()
    profile: str | None = None
    engagement: int | None = None
    points: Mapping[str, int] = {}
    tracking: bool = True
    consent: bool = True

    def points_by(self, grades: Grades) -> Points:
        """The least points that make the grade wished for."""
        profile = 0
        if self.profile is not None:
            place = "ABCD".index(self.profile)
            profile = grades.profile[place] if place < 3 else grades.profile[2] - 1
        interest = grades.engagement[self.engagement - 1] if self.engagement in (1, 2, 3) else 0
        return Points(
            self.points.get("profile", profile), self.points.get("intent", 0), self.points.get("interest", interest)
        )


class Case(Struct, frozen=True):
    """One test of a flow. start: None is the flow's first event, or by hand where it has none."""

    flow: str
    file: str
    name: str
    at: Position
    starts: datetime = DEFAULT_START
    start: str | None = None
    data: Mapping[str, Value] = {}
    lead: LeadGiven = field(default_factory=LeadGiven)
    given: tuple[Given, ...] = ()
    expected: tuple[Expected, ...] = ()
    ends: Ends | None = None
    counts: tuple[Count, ...] = ()
    leads: int = 1
    mix: tuple[tuple[str, int], ...] = ()

    @property
    def last_day(self) -> int:
        """The last day that it mentions."""
        return max(self._days(), default=0)

    def _days(self) -> Iterator[int]:
        yield from (one.when.day + one.when.plus.days + 1 for one in self.given)
        yield from (one.call_back.day for one in self.given if one.call_back)
        yield from (one.day for one in self.expected if one.day is not None)
        yield from (one.day for one in self.counts)
        if self.ends and self.ends.day is not None:
            yield self.ends.day
