"""How much processor time does one advance take? The life of a brochure request: `python bench/machine.py`.

Conditions and calendars are asked as in the simulator, so their time is in it; rows are not.
"""

from __future__ import annotations

import gc
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time

from msgspec.structs import replace

from kweek.flow.machine import advance
from kweek.flow.plan import Plan
from kweek.flow.simulate.memory import Memory
from kweek.flow.state import Event, LeadState
from kweek.flow.stored import dump_enrolment, load_enrolment
from kweek.flow.world import World
from kweek.versions import plan_of, source_of
from kweek.workspace import read_workspace

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
TARGET = 50  # µs
BATCHES = 15


@dataclass
class Timed:
    """A lead in memory; only the time inside `advance` and inside storing is counted."""

    memory: Memory
    state: LeadState
    now: datetime = MONDAY
    advances: int = 0
    machine: float = 0.0
    storing: float = 0.0

    def hear(self, kind: str | None = None, ref: str | None = None) -> None:
        event = None if kind is None else self.memory.record(kind, self.now, ref)
        self.step(event)
        if event is not None:
            self.step(None)
        started = process_time()
        rows = [dump_enrolment(enrolment) for enrolment in self.state.enrolments]
        self.state = replace(self.state, enrolments=tuple(map(load_enrolment, rows)))
        self.storing += process_time() - started

    def step(self, event: Event | None) -> None:
        self.memory.at(self.now)
        started = process_time()
        advanced = advance(self.state, self.now, event, self.memory)
        self.machine += process_time() - started
        self.advances += 1
        self.state = advanced.state
        for effect in advanced.effects:
            self.memory.apply(effect)

    @property
    def ref(self) -> str | None:
        token = self.state.enrolments[-1].token
        return token.ref if token else None

    def live(self) -> None:
        """Start, wait, mail, reaction, call task, handover, its clock, the contact, won."""
        self.hear("brochure.requested")
        self.now += 7 * DAY
        self.hear()
        self.hear("sent", self.ref)
        self.now += DAY
        self.hear("opened", self.ref)
        self.now += 6 * DAY
        self.hear()
        self.now += HOUR
        self.hear("taken", self.ref)
        self.hear("interested", self.ref)
        self.now += 20 * HOUR
        self.hear()
        self.now += 4 * HOUR
        self.hear()
        self.hear("contacted", self.ref)
        self.now += 9 * DAY
        self.hear("won", self.ref)


def measure(plan: Plan, lives: int) -> tuple[int, float, float]:
    """Advances, µs an advance, µs of storing and loading a turn."""
    world = World({plan.flow: plan})
    advances, machine, storing, turns = 0, 0.0, 0.0, 0
    for n in range(lives):
        timed = Timed(Memory(world, f"lead{n}"), LeadState(f"lead{n}"))
        timed.live()
        assert timed.state.enrolments[0].ended is not None
        assert timed.state.enrolments[0].ended.result == "won"
        advances, machine, storing, turns = (
            advances + timed.advances, machine + timed.machine, storing + timed.storing, turns + 11,
        )  # fmt: skip
    return advances, machine / advances * 1e6, storing / turns * 1e6


def main() -> None:
    workspace = read_workspace(Path(__file__).parent.parent)
    plan = plan_of(source_of(workspace, "brochure-request"))
    measure(plan, 50)
    gc.disable()
    batches = sorted((measure(plan, 100) for _ in range(BATCHES)), key=lambda batch: batch[1])
    advances, each, stored = batches[BATCHES // 2]
    print(f"{BATCHES} times {advances:,} advances over 100 brochure lives; the batch in the middle (and the quickest):")
    print(f"machine       {each:6.1f} µs an advance ({batches[0][1]:.1f}), at most {TARGET}")
    print(f"dump and load {stored:6.1f} µs a turn")


if __name__ == "__main__":
    main()
