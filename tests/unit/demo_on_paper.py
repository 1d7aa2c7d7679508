"""The stage of the demo without a house: the pure machine in virtual time, with every lead in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final, cast

from kweek.demo.days import AFTERWARDS, ASLEEP, EARLY, EVENING, Days
from kweek.demo.hands import Hands
from kweek.demo.play import Play
from kweek.demo.sheets import Sheet, keep, raised_by
from kweek.demo.stage import Letter, OpenCall, OpenHandover, OpenTask, Place, Stage, Walk
from kweek.flow.conditions import parse_condition
from kweek.flow.plan import Call, Plan
from kweek.flow.rows import place_in
from kweek.flow.simulate.life import Life, Opened, Said
from kweek.flow.simulate.memory import Memory
from kweek.flow.state import Event, Value
from kweek.flow.surveys import Survey
from kweek.intake.check import check
from kweek.intake.check_lead import Vocabulary
from kweek.intake.incoming import Incoming
from kweek.workspace import Workspace, read_workspace
from kweek.worlds import world_of

BEGUN: Final = datetime(2026, 3, 2, 9, tzinfo=UTC)
_SHIPPED: Final = Path(__file__).parents[2]
_CLOSES: Final = {"reject": "rejected", "later": "later", "won": "won", "lost": "lost"}
_PASSES: Final = {"accept": "accepted", "contact": "contacted", "appointment": "appointment", "quote": "quoted"}
_TRIES: Final = {"no answer": "attempted", "call back": "call_back"}


def play_on_paper(seed: int, *, leads: int = 200, days: int = 60, workspace: Path = _SHIPPED) -> Play:
    """A whole demo, in seconds. How much passes between two looks is what passes on a real clock."""
    files = read_workspace(workspace)
    stage = OnPaper(files, days)
    play, known = Play(stage, files, leads, seed, Hands(1)), stage.days()
    looks = (
        (known.early, timedelta(hours=1)), (known.opens, timedelta(days=10)),
        (known.over, timedelta(hours=1)), (known.home, timedelta(hours=3)),
        (known.closes, timedelta(days=10)),
    )  # fmt: skip
    for until, pause in looks:
        while stage.now() < until:
            play.live()
            stage.pass_time(pause)
    play.look()
    return play


@dataclass
class _Somebody:
    life: Life
    said: Incoming
    seen: int = 0  # so many of what was opened
    noted: int = 0  # so many lines of the journal
    consents: dict[tuple[str, str], datetime | None] = field(default_factory=dict[tuple[str, str], "datetime | None"])


@dataclass
class _Desk:
    who: str
    opened: Opened
    tries: int = 0
    not_before: datetime | None = None


class OnPaper(Stage):
    def __init__(self, workspace: Workspace, days: int) -> None:
        events = workspace.rules.events
        self.world = world_of(workspace)
        self.words = Vocabulary(
            {name: {key: own.kind.value for key, own in event.data.items()} for name, event in events.items()},
            {name: own.kind.value for name, own in workspace.rules.settings.fields.items()},
            lambda: tuple(self.world.plans),
        )
        self.derived = [
            (event.source.value, name, event.condition.value if event.condition else None)
            for name, event in events.items()
            if event.source is not None
        ]
        self.at = BEGUN
        opens = BEGUN + EARLY + ASLEEP
        over = opens + timedelta(days=days)
        self._days = Days(BEGUN, BEGUN + EARLY, opens, over, over + EVENING, over + EVENING + AFTERWARDS)
        self.everybody: dict[str, _Somebody] = {}
        self.desks: dict[str, _Desk] = {}
        self.mails: dict[str, tuple[str, Opened]] = {}
        self._new: list[Letter] = []
        self.starts: list[tuple[datetime, str, str]] = []
        self.told = 0

    def now(self) -> datetime:
        return self.at

    def days(self) -> Days:
        return self._days

    def pass_time(self, pause: timedelta) -> None:
        self.at += pause
        for at, who, flow in [one for one in self.starts if one[0] <= self.at]:
            self.starts.remove((at, who, flow))
            self._hear(who, [("enrol", None, {"flow": flow})])
        for who, one in self.everybody.items():
            self._let(who, one)

    # --- what leads do ----------------------------------------------------------------------------------

    def tell(self, events: Sequence[Mapping[str, object]]) -> None:
        for raw in events:
            said = check(dict(raw), self.words, self.at)
            who = said.lead.external_id or ""
            one = self.everybody.get(who)
            if one is None:
                one = self.everybody[who] = _Somebody(Life(Memory(self.world, who), self.at), said)
            self._learn(one, said)
            derived: list[Said] = []
            for source, name, condition in self.derived:
                if source == said.kind and (condition is None or _is_so(condition, one, said)):
                    derived.append((name, None, said.data))
            self._dates(who, said)
            self._hear(who, [(said.kind, None, said.data), *derived])

    def _learn(self, one: _Somebody, said: Incoming) -> None:
        memory = one.life.memory
        memory.fields.update(
            {f"lead.{name}": value for name, value in {**said.lead.profile, **said.lead.fields}.items()}
        )
        for consent in said.lead.consents:
            one.consents[consent.channel, consent.purpose] = consent.expires_at
        memory.tracking = any(channel == "open tracking" for channel, _ in one.consents)
        if said.lead.consents:
            one.said = said
            memory.suppressed = memory.suppressed or (None if said.lead.email else "no address")

    def _dates(self, who: str, said: Incoming) -> None:
        for plan in self.world.plans.values():
            for start in plan.start:
                day = said.lead.fields.get((start.at.date_field or "").removeprefix("lead.")) if start.at else None
                if start.at and start.at.offset and day is not None:
                    moment = datetime.combine(cast("Any", day), time(), UTC)
                    away = start.at.offset.elapsed
                    self.starts.append((moment - away if start.at.before else moment + away, who, plan.flow))

    def look(self, address: str) -> None:
        kind, key, *link = address.split("|")
        if kind == "pixel":
            self._mail(key, "opened")
        else:
            self._mail(key, "clicked", {"link": link[0]} if link else {})

    def answer(self, address: str, answers: Mapping[str, Any]) -> None:
        key = address.split("|")[1]
        who, opened = self.mails[key]
        self._keep(who, self.world.asked[self.world.surveys[opened.what]], dict(answers), ("answered", opened.key, {}))

    def leave(self, address: str) -> None:
        self._mail(address.split("|")[1], "unsubscribed")

    def come_back(self, letter: Letter, action: str, words: str = "") -> None:
        kinds = {"reply": "replied", "bounce": "bounced", "complain": "complained"}
        self._mail(letter.key, kinds[action])

    def out_of_office(self, letter: Letter) -> None:
        self._mail(letter.key, "out of office")

    def _mail(self, key: str, kind: str, data: Mapping[str, Value] | None = None) -> None:
        who, opened = self.mails[key]
        self._hear(who, [(kind, opened.key, data or {})])

    def _keep(self, who: str, survey: Survey, answers: Sheet, closing: Said) -> None:
        keep(self.everybody[who].life.memory.at(self.at), survey, answers)
        self._hear(who, [*((kind, None, {}) for kind in raised_by(survey, answers)), closing])

    # --- what colleagues do -----------------------------------------------------------------------------

    def act(self, path: str, by: str, **said: Any) -> bool:
        kind, _, rest = path.removeprefix("/api/").partition("/")
        key, _, action = rest.rpartition("/")
        desk = self.desks.get(key)
        if desk is None:
            return False
        ref = desk.opened.key
        if kind == "handovers":
            if action in _CLOSES:
                del self.desks[key]
            self._hear(desk.who, [({**_CLOSES, **_PASSES}[action], ref, said)])
        elif action == "take":
            self._hear(desk.who, [("taken", ref, {})])
        elif kind == "tasks":
            del self.desks[key]
            self._hear(desk.who, [(said["outcome"], ref, {})])
        else:
            self._called(desk, key, said)
        return True

    def _called(self, desk: _Desk, key: str, said: Mapping[str, Any]) -> None:
        outcome, ref, desk.tries = said["outcome"], desk.opened.key, desk.tries + 1
        step = self._step(desk)
        if outcome == "no answer":
            queue = self.world.queues.get(step.queue or "default", self.world.calendar)
            desk.not_before = queue.add(self.at, step.apart) if step.apart else self.at
        elif outcome == "call back":
            desk.not_before = said["call_back_at"]
        else:
            del self.desks[key]
        data = {"at": said["call_back_at"].isoformat()} if "call_back_at" in said else {}
        closing: Said = (_TRIES.get(outcome, outcome), ref, data)
        if "answers" in said:
            self._keep(desk.who, self.world.asked[step.script], said["answers"], closing)
        else:
            self._hear(desk.who, [closing])

    def _step(self, desk: _Desk) -> Call:
        effect = desk.opened.effect
        step = self.everybody[desk.who].life.plan_of(effect.enrolment).steps[effect.step]
        assert isinstance(step, Call)
        return step

    # --- what lies there --------------------------------------------------------------------------------

    def letters(self) -> list[Letter]:
        letters, self._new = self._new, []
        return letters

    def open_calls(self) -> list[OpenCall]:
        return [
            OpenCall(key, desk.who, desk.opened.what, self._step(desk).queue or "default", desk.tries)
            for key, desk in self._desks("call")
            if desk.not_before is None or desk.not_before <= self.at
        ]

    def open_handovers(self) -> list[OpenHandover]:
        return [OpenHandover(key, desk.who, desk.opened.what, None) for key, desk in self._desks("handover")]

    def open_tasks(self) -> list[OpenTask]:
        return [OpenTask(key, desk.who, None, desk.opened.outcomes) for key, desk in self._desks("task")]

    def _desks(self, verb: str) -> Iterator[tuple[str, _Desk]]:
        return ((key, desk) for key, desk in self.desks.items() if desk.opened.verb == verb)

    def walks(self) -> list[Walk]:
        found: list[Walk] = []
        for who, one in self.everybody.items():
            for _, entry in one.life.journal[one.noted :]:
                row = place_in(entry)
                if row is not None or entry.kind == "entered":
                    plan = one.life.plan_of(entry.enrolment)
                    found.append(Walk(who, plan.flow, plan.version, entry.step or "", row))
            one.noted = len(one.life.journal)
        return found

    def place(self, key: str) -> Place | None:
        who, opened = self.mails[key] if key in self.mails else (self.desks[key].who, self.desks[key].opened)
        return Place(self.everybody[who].life.plan_of(opened.effect.enrolment), opened.effect.step)

    def plans(self) -> list[Plan]:
        return list(self.world.plans.values())

    def plan(self, version: str) -> Plan:
        return self.world.versions[version]

    # --- a life goes on ---------------------------------------------------------------------------------

    def _hear(self, who: str, said: Sequence[Said]) -> None:
        one = self.everybody[who]
        self._let(who, one)
        one.life.hear_all(self.at, said)
        self._let(who, one)

    def _let(self, who: str, one: _Somebody) -> None:
        life = one.life
        given = [until for (channel, _), until in one.consents.items() if channel == "email"]
        if None not in given and (last := max(filter(None, given), default=None)) and life.now < last < self.at:
            life.run(last)
        life.memory.consent = any(until is None or until > life.now for until in given)
        life.run(self.at)
        while one.seen < len(life.opened):
            opened = life.opened[one.seen]
            one.seen += 1
            self._lies_there(who, one, opened)
        for key in [key for key, desk in self.desks.items() if desk.who == who and desk.opened.key in life.withdrawn]:
            del self.desks[key]

    def _lies_there(self, who: str, one: _Somebody, opened: Opened) -> None:
        key, lead = f"{who}/{opened.key}", one.said.lead
        if opened.verb == "send":
            if "+policy" in (lead.email or ""):
                one.life.hear(self.at, "undelivered", opened.key)
            else:
                self.mails[key] = who, opened
                self._new.append(self._letter(who, one, key, opened))
        elif opened.verb == "call" and (not lead.profile.get("phone") or ("telephone", "advice") not in one.consents):
            one.life.hear(self.at, "blocked", opened.key)
        else:
            self.desks[key] = _Desk(who, opened)

    def _letter(self, who: str, one: _Somebody, key: str, opened: Opened) -> Letter:
        seen, mail = one.life.memory.tracking, opened.what
        links = {link: f"link|{key}|{link}" for link in self.world.links.get(mail, ())} if seen else {}
        return Letter(
            len(self.mails), key, who, mail, opened.at, f"pixel|{key}" if seen else None, links,
            f"survey|{key}" if mail in self.world.surveys else None, f"leave|{key}",
        )  # fmt: skip


def _is_so(condition: str, one: _Somebody, said: Incoming) -> bool:
    event = Event(1, said.kind, said.at, None, said.data)
    return parse_condition(condition).test(one.life.memory.facts(None, event)) is True
