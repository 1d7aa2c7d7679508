"""Is a life in rows the life in memory? The same events, walked by the same machine, with each of the two answering."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

import pytest
from sqlalchemy import Connection, insert, select

from kweek.flow.drive import Driven, drive
from kweek.flow.simulate.memory import Memory
from kweek.flow.state import Effect, Entry, LeadState, Value
from kweek.flow.world import World
from kweek.leads import tables
from kweek.leads.answers import RowAnswers
from kweek.leads.database import Database
from kweek.leads.effects import issue, pending
from kweek.leads.enrolments import (
    fold,
    lead_row,
    load_state,
    positions,
    read_journal,
    save_state,
    standing,
    write_journal,
)
from kweek.leads.events import append, pull
from kweek.leads.points import add_points, sums_of
from kweek.leads.publish import plan, publish
from kweek.leads.tally import Tally, counted, numbers
from kweek.leads.traits import add_tags, remove_tags, set_fields
from kweek.rules.grades import Points
from tests.store.making import NOW, a_lead

TRIAL = """
flow: trial
title: Trial
start: trial.requested
reentry: after 10 days
steps:
  - wait: 1 day
  - score: { profile: 12, interest: 30 }
    because: asked for a trial
  - tag: [warm, trial]
  - untag: trial
  - set: { sector: event.sector, seen_on: today }
  - choose:
      - if: lead.grade == "B2" and tagged("warm") and not tagged("trial") and count("trial.requested", "2 days") == 1
        go: mail
      - else: done
paths:
  mail:
    - send: survey
      within: 7 days
      when:
        answered: talk
        bounced: discard
        blocked: done
      otherwise:
        opened: talk
        unclear: unclear
        else: discard
  unclear:
    - end: done
      because: nobody can know
  talk:
    - handover: sales
      follow_up: 24 hours
      remind: 20 hours
      escalate: [{ after: 24 hours, every: 24 hours, tell: manager }]
      when: { rejected: back, later: done, won: won, lost: lost }
  back:
    - choose:
        - if: handover.reason == "student" and opened("survey") and lead.sector == "steel"
          go: discard
        - else: done
"""

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@dataclass
class Told:
    """After so long, this happens (None: only time passes). about: kind of the effect that it is about."""

    after: timedelta
    kind: str | None = None
    about: str | None = None
    data: Mapping[str, Value] = field(default_factory=dict[str, Value])


REQUEST = Told(timedelta(0), "trial.requested", data={"sector": "steel"})
LEFT = (REQUEST, Told(DAY), Told(DAY + HOUR, "sent", "send_mail"))
LIVES = {
    "bounced": (*LEFT, Told(2 * DAY, "bounced", "send_mail")),
    "nobody can know": (*LEFT, Told(9 * DAY)),
    "opened, called, a student": (
        *LEFT,
        Told(2 * DAY, "opened", "send_mail"),
        Told(9 * DAY),
        Told(9 * DAY + 21 * HOUR),
        Told(10 * DAY + HOUR),
        Told(11 * DAY, "rejected", "give_handover", {"reason": "student"}),
    ),
    "answered and won": (
        *LEFT,
        Told(3 * DAY, "answered", "send_mail"),
        Told(3 * DAY + HOUR, "contacted", "give_handover"),
        Told(6 * DAY, "won", "give_handover"),
    ),
    "once more, too soon and then in time": (
        *LEFT,
        Told(3 * DAY, "answered", "send_mail"),
        Told(4 * DAY, "lost", "give_handover"),
        Told(5 * DAY, "trial.requested"),
        Told(20 * DAY, "trial.requested", data={"sector": "wood"}),
        Told(21 * DAY),
    ),
    "unsubscribed half-way": (*LEFT, Told(2 * DAY, "unsubscribed")),
}


ENDS = {
    "bounced": ["discard"],
    "nobody can know": ["done"],
    "opened, called, a student": ["discard"],
    "answered and won": ["won"],
    "once more, too soon and then in time": ["lost", "done"],
    "unsubscribed half-way": ["discard"],
}


@pytest.mark.parametrize("name", LIVES)
def test_rows_and_memory_answer_alike(database: Database, name: str) -> None:
    version = publish(database, {"flows/trial.yaml": TRIAL}, "trial", "anna", NOW)
    world = World({"trial": plan(database, version.hash)})
    a_lead(database)
    by_rows = InRows(database, world)
    in_memory = InMemory(world)
    for told in LIVES[name]:
        now = NOW + told.after
        assert by_rows.hear(told, now) == in_memory.hear(told, now), f"after {told.after}"
        by_rows.check()
    with database.read() as tx:
        results = tx.execute(select(tables.enrolments.c.result).order_by(tables.enrolments.c.id))
        assert list(results.scalars()) == ENDS[name]


def test_a_turn_that_is_tried_again_decides_nothing_twice(database: Database) -> None:
    version = publish(database, {"flows/trial.yaml": TRIAL}, "trial", "anna", NOW)
    a_lead(database)
    rows = InRows(database, World({"trial": plan(database, version.hash)}))
    rows.hear(REQUEST, NOW)
    rows.hear(Told(DAY), NOW + DAY)
    again = rows.turn(NOW + DAY)
    assert (again.effects, again.journal) == ((), ())
    rows.check()


@dataclass
class InMemory:
    world: World
    state: LeadState = field(default_factory=lambda: LeadState("lead"))
    effects: list[Effect] = field(default_factory=list[Effect])

    def __post_init__(self) -> None:
        self.memory = Memory(self.world, "lead", tracking=False)

    def hear(self, told: Told, now: datetime) -> list[object]:
        news = [self.memory.record(told.kind, now, key_of(told, self.effects), told.data)] if told.kind else []

        def apply(effect: Effect) -> None:
            self.effects.append(effect)
            self.memory.apply(effect)

        driven = drive(self.state, now, news, lambda: self.memory.at(now), apply)
        self.state = driven.state
        self.memory.keep(driven.state)
        return essence(driven)


@dataclass
class InRows:
    database: Database
    world: World
    effects: list[Effect] = field(default_factory=list[Effect])
    heard: int = 0

    def hear(self, told: Told, now: datetime) -> list[object]:
        if told.kind:
            self.heard += 1
            with self.database.lead_tx("lead") as tx:
                key = key_of(told, self.effects)
                append(tx, "lead", f"event-{self.heard}", told.kind, now, key, told.data, recorded_at=now)
        return essence(self.turn(now))

    def turn(self, now: datetime) -> Driven:
        with self.database.lead_tx("lead") as tx:
            row = lead_row(tx, "lead")
            before, events = load_state(tx, row), pull(tx, "lead", row.seen)

            def apply(effect: Effect) -> None:
                self.effects.append(effect)
                issue(tx, "lead", [effect], now)
                do(tx, effect, now, self.world)

            driven = drive(before, now, events, lambda: RowAnswers(tx, "lead", now, self.world, spread_over=0), apply)
            seen = events[-1].seq if events else row.seen
            save_state(tx, before, driven.state, turn=row.turn + 1, seen=seen, wake_at=driven.wake_at)
            write_journal(tx, "lead", row.turn + 1, now, driven.journal)
            tally = Tally("lead")
            tally.add(before, driven.state, driven.journal)
            tally.write(tx)
            return driven

    def check(self) -> None:
        """Positions folded from the journal equal the stored tokens; counts equal both; the ledger is the total."""
        with self.database.read() as tx:
            stored = positions(tx, "lead")
            assert fold(read_journal(tx, "lead")) == stored
            steps = [step for step, _ in stored.values()]
            assert standing(tx) == ({"trial": {step: steps.count(step) for step in sorted(steps)}} if steps else {})
            assert numbers(tx) == counted(tx)
            row = lead_row(tx, "lead")
            assert sums_of(tx, "lead") == Points(row.points_profile, row.points_intent, row.points_interest)
            assert row.open is bool(steps)
            world = [effect.key for effect in self.effects if effect.kind in ("send_mail", "tell")]
            assert set(world) <= {one.key for one in pending(tx, "lead")}


def do(tx: Connection, effect: Effect, now: datetime, world: World) -> None:
    args = cast("Mapping[str, Any]", effect.args)
    match effect.kind:
        case "add_points":
            because = args.get("because") or effect.step
            add_points(tx, "lead", effect.key, args["points"], because, now, world.grades)
        case "add_tags":
            add_tags(tx, "lead", args["tags"])
        case "remove_tags":
            remove_tags(tx, "lead", args["tags"])
        case "set_fields":
            set_fields(tx, "lead", args["fields"])
        case "send_mail":
            row = {"key": effect.key, "lead_id": "lead", "mail": args["mail"], "audience": "lead", "kind": "marketing"}
            tx.execute(insert(tables.mails).values(**row, status="sent", claimed_at=now))
        case _:
            pass


def key_of(told: Told, effects: list[Effect]) -> str | None:
    return [effect.key for effect in effects if effect.kind == told.about][-1] if told.about else None


def essence(driven: Driven) -> list[object]:
    entries: tuple[Entry, ...] = driven.journal
    return [driven.wake_at, driven.cancel, [(e.key, e.kind, e.step, dict(e.args)) for e in driven.effects], entries]
