"""What becomes of all leads by other rules? Told before anything changes; done a batch at a time, from lead to lead.

A batch is one transaction: no lead ever shows points half of which are by the old rules. Twice is once.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, func, select

from kweek.intake.ears import FlowEars
from kweek.leads import rescorings
from kweek.leads.database import Database
from kweek.leads.publish import published
from kweek.leads.reckoned import Scores, reckon_leads
from kweek.leads.scores import say_again, settle_all
from kweek.leads.tables import leads
from kweek.rules.grades import Points

BATCH: Final = 200
"""Leads in one transaction: on SQLite everybody else waits for it, about a tenth of a second."""
LANES: Final = 2
"""Batches at once, where the database can."""

_ALONE: Final = leads.c.merged_into.is_(None)
"""One that was merged is counted where it went."""
_IDS: Final = (
    select(leads.c.id).where(leads.c.id > bindparam("after"), _ALONE).order_by(leads.c.id).limit(bindparam("most"))
)
_LOCK: Final = (
    select(leads.c.id)
    .where(leads.c.id.between(bindparam("first"), bindparam("last")), _ALONE)
    .order_by(leads.c.id)
    .with_for_update()
)


# --- before -----------------------------------------------------------------------------------------------


@dataclass
class Preview:
    """leads: how many there are. points: of how many the points change. grades: from and to → how many. flows: how many
    the matrix sends into each; whom it lets in, the flow says. before: how many have which grade now. failed: lead →
    why its points cannot be reckoned."""

    leads: int = 0
    points: int = 0
    grades: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    flows: Counter[str] = field(default_factory=Counter[str])
    before: Counter[str] = field(default_factory=Counter[str])
    failed: dict[str, str] = field(default_factory=dict[str, str])

    def becomes(self, grade: str) -> tuple[int, int]:
        """How many get this grade that they have not, and how many lose it."""
        moves = [(old, new, count) for (old, new), count in self.grades.items()]
        return (
            sum(count for _, new, count in moves if new == grade),
            sum(count for old, _, count in moves if old == grade),
        )


def preview(
    db: Database, scores: Scores, now: datetime, told: Callable[[int, int], None] = lambda done, of: None
) -> Preview:
    """What these rules would make of every lead. Nothing is written. told: how many are done, of how many."""
    found, grades, fresh = Preview(), scores.grades, scores.grades.grade_of(Points())
    with db.read() as read:
        of, there = count(read), {row.flow for row in published(read)}
    for first, last in _batches(db):
        with db.read() as read:
            for one in reckon_leads(read, scores, first, last, now):
                found.leads += 1
                before = f"{one.lead.profile}{one.lead.engagement}" if one.lead.profile else fresh
                found.before[before] += 1
                if one.failed is not None:
                    found.failed[one.lead.id] = one.failed
                    continue
                after = grades.grade_of(one.points)
                found.points += bool(one.missing)
                if before != after:
                    found.grades[before, after] += 1
                    if (flow := scores.matrix.get(after)) is not None and flow in there:
                        found.flows[flow] += 1
        told(found.leads, max(of, found.leads))
    return found


def _batches(db: Database, after: str = "") -> Iterator[tuple[str, str]]:
    """The first and the last lead of each."""
    while True:
        with db.read() as read:
            ids = list(read.execute(_IDS, {"after": after, "most": BATCH}).scalars())
        if not ids:
            return
        yield ids[0], ids[-1]
        after = ids[-1]


def count(read: Connection) -> int:
    return read.execute(select(func.count()).select_from(leads).where(_ALONE)).scalar_one()


# --- and then ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Batch:
    """last: id of its last lead. changed: whose points or grade did."""

    last: str
    leads: int
    changed: int
    failed: Mapping[str, str]


def rescore(
    db: Database,
    ears: FlowEars,
    after: str,
    clock: Callable[[], datetime],
    on: Callable[[], bool] = lambda: True,
    job: str = "",
) -> Iterator[Batch]:
    """The leads after this one, by the rules that are in force, a batch at a time and in their order. Flows are told of
    grades that change. on: shall another batch be begun? job: where what changed is counted (`kweek.leads.rescorings`).

    PostgreSQL works at one batch while another is reckoned here; SQLite has one writer."""
    batches, under_way = _batches(db, after), deque[Future[Batch]]()
    lanes = 1 if db.sqlite else LANES
    with ThreadPoolExecutor(lanes) as pool:
        while True:
            while len(under_way) < lanes and on() and (ends := next(batches, None)) is not None:
                under_way.append(pool.submit(_rescore, db, ears, *ends, clock(), job))
            if not under_way:
                return
            yield under_way.popleft().result()


def _rescore(db: Database, ears: FlowEars, first: str, last: str, now: datetime, job: str) -> Batch:
    failed: dict[str, str] = {}
    with db.write() as tx:
        there = tx.execute(_LOCK, {"first": first, "last": last}).all()
        moved = settle_all(tx, ears.scores, first, last, now, failed)
        ears.hear_points(tx, moved, now)
        say_again(tx, ears.scores, failed, now)
        rescorings.add(tx, job, len(moved))
    return Batch(last, len(there), len(moved), failed)
