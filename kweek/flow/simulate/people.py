"""What do people do about it, and when? One model of how leads, callers and sales behave, for tests and simulations.

No chance is in it: a hash of the lead and of what it reacts to draws, so that every run is the same, and a lead does
the same in two versions of a flow: what counts is the mail's name (the script's, the team's) and the how-manieth it is.

- A mail: `mix` says which share does what, the rest does nothing. An address is found dead within a minute; people
  react within two days, most of them soon. Only a mail with a survey is answered; another is opened instead.
- A call, a handover, a task: what `mix` says of it, the rest is left undone. Where it says nothing of calls (of
  handovers, of tasks), all that can come of one is equally probable, being left undone included — but sales contacts
  everyone and closes every handover within two or three weeks. They work in the opening hours of their calendar.
- `unreachable` is as many attempts as the call allows. With `answered` and `interested` the survey is filled in. Who
  clicks, clicks a link for which the step waits, else one that has a name; who rejects, gives one of the reasons that
  the flow knows, or another. An own event happens once, sometime in the first days of the lead.

Moments are drawn from a few and lie on a raster of two hours, so that what happens to many leads happens to them at
the same time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Final, NamedTuple

from msgspec import Struct

from kweek.flow.duration import Duration
from kweek.flow.plan import Call, Plan, Send
from kweek.flow.reasons import reasons_of
from kweek.flow.simulate.life import Life, Opened
from kweek.flow.simulate.mix import CALL_WORDS, MAIL_WORDS, Mix
from kweek.flow.simulate.sheets import SHEETS, sheets_of
from kweek.flow.state import Value
from kweek.flow.words import CALL, HANDOVER
from kweek.flow.world import World
from kweek.rules.calendars import Calendar
from kweek.rules.wall import EPOCH

MOMENTS: Final = 6
"""So many moments at which somebody may react, each as probable as the others."""

RASTER: Final = timedelta(hours=2)
_OWN_MOMENTS: Final = 4 * MOMENTS
_AT_ONCE: Final = ("bounced", "undelivered", "blocked")
_FILLS_IN: Final = ("answered", "interested")
_ANOTHER_REASON: Final = "no budget"
_LATER: Final = timedelta(days=30)
_NOTHING: Final = ""

Shares = tuple[tuple[float, str], ...]
"""Up to which part of all leads each kind goes."""


class Held(NamedTuple):
    """A handover: its key, its team, of which enrolment, since when."""

    key: str
    team: str
    enrolment: str
    since: datetime


class Deed(Struct, frozen=True):
    """What somebody does, and when. sheet: the survey that is filled in with it, and which of its sheets. closes: what
    it was about is closed later, how is drawn then."""

    at: datetime
    kind: str
    ref: str | None = None
    data: tuple[tuple[str, Value], ...] = ()
    sheet: tuple[str, int] | None = None
    closes: Held | None = None


class Draw(NamedTuple):
    """What a lead draws: what it does, when (the how-manieth moment), and which of the variants there are."""

    kind: str
    moment: int
    variant: int


_NO_DRAW: Final = Draw(_NOTHING, 0, 0)


class Reaction(Struct, frozen=True):
    """What can come of one thing. label: what it is, for the hash."""

    label: str
    shares: Shares
    variants: int
    deeds: Callable[[Draw], tuple[Deed, ...]]

    def draw(self, lead: str) -> Draw:
        part, moment, variant = _drawn(lead, self.label)
        for upto, kind in self.shares:
            if part < upto:
                return Draw(kind, moment % MOMENTS, variant % self.variants) if kind else _NO_DRAW
        return _NO_DRAW


def _drawn(lead: str, label: str) -> tuple[float, int, int]:
    drawn = int.from_bytes(blake2b(f"{lead}\n{label}".encode(), digest_size=12).digest(), "big")
    return (drawn >> 48) / 2**48, drawn >> 24 & 0xFFFFFF, drawn & 0xFFFFFF


@dataclass(frozen=True)
class People:
    """days: in so many days after its start, a lead does what it does by itself."""

    world: World
    mix: Mix
    days: int
    _sheets: dict[str, tuple[int, ...]] = field(default_factory=dict[str, tuple[int, ...]])
    _known: dict[tuple[int, datetime, int], datetime] = field(default_factory=dict[tuple[int, datetime, int], datetime])
    _cut: dict[tuple[str, ...], Shares] = field(default_factory=dict[tuple[str, ...], Shares])

    # --- by themselves ------------------------------------------------------------------------------------

    def by_itself(self, lead: str) -> tuple[tuple[str, int], ...]:
        """The own events of this lead, each with its moment."""
        drawn = ((kind, share, _drawn(lead, kind)) for kind, share in self.mix.own)
        return tuple((kind, moment % _OWN_MOMENTS) for kind, share, (part, moment, _) in drawn if part * 100 < share)

    def own_deeds(self, drawn: Iterable[tuple[str, int]], start: datetime) -> tuple[Deed, ...]:
        span = timedelta(days=self.days) / _OWN_MOMENTS
        deeds = (Deed(_on_raster(start + span * (moment + 0.5)), kind) for kind, moment in drawn)
        return tuple(sorted(deeds, key=lambda deed: deed.at))

    def profile(self, lead: str) -> str | None:
        """Its grade, where the mix says something of that."""
        drawn, total = _drawn(lead, "profile")[0] * 100, 0
        for grade, share in self.mix.profiles:
            total += share
            if drawn < total:
                return grade
        return None

    # --- in reaction to something ---------------------------------------------------------------------------

    def reaction(self, life: Life, opened: Opened, nth: int) -> Reaction:
        """To what was opened just now: the nth of its name."""
        label = f"{opened.verb} {opened.what} {nth}"
        match opened.verb:
            case "send":
                return self._to_mail(life, opened, label)
            case "call":
                return self._to_call(life, opened, label)
            case "handover":
                return self._to_handover(life, opened, label)
            case "task":
                return self._to_task(life, opened, label)

    def _to_mail(self, life: Life, opened: Opened, label: str) -> Reaction:
        world, key = self.world, opened.key
        survey = world.surveys.get(opened.what)
        links = _links(life.plan_of(opened.effect.enrolment), opened) or world.links.get(opened.what, ())

        def deeds(draw: Draw) -> tuple[Deed, ...]:
            kind = draw.kind
            if kind == "answered" and survey is None and world.asked:
                kind = "opened"
            part = (draw.moment + 0.5) / MOMENTS
            at = opened.at + timedelta(minutes=1 if kind in _AT_ONCE else int(10 + part * part * 2_880))
            link = (("link", links[draw.variant % len(links)]),) if kind == "clicked" and links else ()
            at = at if kind in _AT_ONCE else _on_raster(at)
            return (Deed(at, kind, key, link, self._sheet(survey, draw, kind)),)

        return Reaction(label, self._shares(MAIL_WORDS), max(SHEETS, len(links)), deeds)

    def _to_call(self, life: Life, opened: Opened, label: str) -> Reaction:
        plan, args = life.plan_of(opened.effect.enrolment), opened.effect.args
        step = plan.steps.get(opened.effect.step)
        queue = args.get("queue")
        calendar = life.memory.calendar_of("call", None if queue is None else str(queue))
        attempts, apart = (step.attempts, step.apart) if isinstance(step, Call) else (3, None)

        def deeds(draw: Draw) -> tuple[Deed, ...]:
            at = self._soon(calendar, opened.at, draw)
            if draw.kind != "unreachable":
                return (Deed(at, draw.kind, opened.key, (), self._sheet(opened.what, draw, draw.kind)),)
            tries = [at]
            while len(tries) < attempts:
                tries.append(calendar.add(tries[-1], apart or Duration(1, "day", business=True)))
            return tuple(Deed(one, "attempted", opened.key) for one in tries)

        return Reaction(label, self._shares((*CALL_WORDS, *_own_outcomes(plan, opened), _NOTHING)), SHEETS, deeds)

    def _to_handover(self, life: Life, opened: Opened, label: str) -> Reaction:
        """First sales calls; what comes of it is drawn after that."""
        calendar, shares = life.memory.calendar_of("handover", opened.what), self._shares(HANDOVER)
        held = Held(opened.key, opened.what, opened.effect.enrolment, opened.at)

        def deeds(draw: Draw) -> tuple[Deed, ...]:
            return (Deed(self._soon(calendar, opened.at, draw), "contacted", opened.key, closes=held),)

        return Reaction(label, shares, 1, deeds)

    def closing(self, life: Life, held: Held, nth: int) -> Reaction:
        """How and when sales closes the handover of a lead that it spoke to."""
        calendar = life.memory.calendar_of("handover", held.team)
        reasons = (*reasons_of(life.plan_of(held.enrolment)), _ANOTHER_REASON)

        def deeds(draw: Draw) -> tuple[Deed, ...]:
            days = Duration(2 + 2 * draw.moment, "day", business=True)
            close = max(_on_raster(calendar.add(held.since, days)), life.now + RASTER)
            said: tuple[tuple[str, Value], ...] = ()
            if draw.kind == "later":
                said = (("later_on", (close + _LATER).date()),)
            elif draw.kind == "rejected":
                said = (("reason", reasons[draw.variant]),)
            return (Deed(close, draw.kind, held.key, said),)

        return Reaction(f"handover {held.team} {nth}", self._shares(HANDOVER), len(reasons), deeds)

    def _to_task(self, life: Life, opened: Opened, label: str) -> Reaction:
        calendar = life.memory.calendar_of("task", str(opened.effect.args.get("to") or "") or None)
        undone = () if opened.effect.args.get("deadline") is None else (_NOTHING,)

        def deeds(draw: Draw) -> tuple[Deed, ...]:
            return (Deed(self._soon(calendar, opened.at, draw), draw.kind, opened.key),)

        return Reaction(label, self._shares((*opened.outcomes, *undone)), 1, deeds)

    def _soon(self, calendar: Calendar, at: datetime, draw: Draw) -> datetime:
        """Within about a working day. Reckoned once: much is opened at the same moment."""
        key = (id(calendar), at, draw.moment)
        soon = self._known.get(key)
        if soon is None:
            hours = Duration(1 + draw.moment, "hour", business=True)
            soon = self._known[key] = calendar.next_open(_on_raster(calendar.add(at, hours)))
        return soon

    def _sheet(self, name: str | None, draw: Draw, kind: str) -> tuple[str, int] | None:
        survey = self.world.asked.get(name or "")
        if survey is None or name is None or kind not in _FILLS_IN:
            return None
        sheets = self._sheets.get(name)
        if sheets is None:
            sheets = self._sheets[name] = sheets_of(self.world, survey)
        return name, sheets[draw.variant % len(sheets)]

    def _shares(self, ways: tuple[str, ...]) -> Shares:
        """What the mix says of these; else all are equally probable."""
        shares = self._cut.get(ways)
        if shares is None:
            said = self.mix.of(ways)
            even = tuple(((n + 1) / len(ways), kind) for n, kind in enumerate(ways))
            shares = self._cut[ways] = _cumulated(said) if said or ways == MAIL_WORDS else even
        return shares


def _cumulated(lines: Iterable[tuple[str, int]]) -> Shares:
    total, found = 0, list[tuple[float, str]]()
    for kind, share in lines:
        total += share
        found.append((total / 100, kind))
    return tuple(found)


def _on_raster(at: datetime) -> datetime:
    """The next moment of it; what is on it stays."""
    return at + (EPOCH - at) % RASTER


def _links(plan: Plan, opened: Opened) -> tuple[str, ...]:
    """Those for which the step waits."""
    step = plan.steps.get(opened.effect.step)
    return tuple(line.link for line in step.when if line.link) if isinstance(step, Send) else ()


def _own_outcomes(plan: Plan, opened: Opened) -> tuple[str, ...]:
    """Those of the script that the flow names."""
    step = plan.steps.get(opened.effect.step)
    named = (line.event for line in step.when) if isinstance(step, Call) else ()
    return tuple(event for event in named if event not in (*CALL, "else", "attempted") and "." not in event)
