"""How many leads are where? Numbers that are kept as leads walk, so that a board need not count a million rows.

They are written in the turn's own transaction, with the journal: what is committed is counted, once, and a restart
changes nothing. A place is named as in the picture of the flow: `<step>` for who stands there now, `<step> when:1` for
how often that row was taken, `whenever:1` and `goal` for those of the whole flow, `<step> end` for who came to that
end; and `ended:won` for who left so.

One row for each place would be one lock that every lead waits for: a number lies in shards, by lead, and is their sum.
Whoever writes takes the locks last and in one order, so nobody waits in a circle.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, Executable, String, func, literal, select, true, union_all
from sqlalchemy.dialects import postgresql, sqlite

from kweek.flow.rows import place_in
from kweek.flow.state import Enrolment, Entry, LeadState
from kweek.leads.tables import enrolments, journal, tallies

SHARDS: Final = 8
ENDED: Final = "ended:"

Numbers = Mapping[str, Mapping[str, Mapping[str, int]]]
"""flow → version → place → how many."""

_VERSIONS: Final = select(tallies.c.version).distinct()


class Place(NamedTuple):
    flow: str
    version: str
    place: str


class Tally:
    """What the turns of one transaction change."""

    def __init__(self, lead_id: str) -> None:
        self.shard: Final = zlib.crc32(lead_id.encode()) % SHARDS
        self.changes: Final[Counter[Place]] = Counter()

    def add(self, before: LeadState, after: LeadState, written: Iterable[Entry]) -> None:
        """An advance from one state to the other, and what it wrote in the journal."""
        known = {enrolment.id: enrolment for enrolment in before.enrolments}
        now = {enrolment.id: enrolment for enrolment in after.enrolments}
        for one in now.values():
            was = known.get(one.id)
            self._count(one, _stands(was) if was else None, -1)
            self._count(one, _stands(one), 1)
        for entry in written:
            self._count(now[entry.enrolment], place_in(entry), 1)

    def forget(self, tx: Connection, lead_id: str) -> None:
        """All that is counted of a lead whose rows go."""
        for flow, version, place, count in tx.execute(_rows_of(enrolments.c.lead_id == lead_id)):
            self.changes[Place(flow, version, place)] -= count

    def write(self, tx: Connection) -> None:
        """The last thing that a transaction does before its commit."""
        rows = [
            {**place._asdict(), "shard": self.shard, "count": change}
            for place, change in sorted(self.changes.items())
            if change
        ]
        if rows:
            tx.execute(_add(tx.dialect.name), rows)

    def _count(self, of: Enrolment, place: str | None, change: int) -> None:
        if place is not None:
            self.changes[Place(of.flow, of.version, place)] += change


@contextmanager
def tallied(tx: Connection, lead_id: str) -> Generator[Tally]:
    """Written when all else is; nothing of it where something fails."""
    tally = Tally(lead_id)
    yield tally
    tally.write(tx)


def is_step(place: str) -> bool:
    """Is it a step on which leads stand, and neither a row nor an ending?"""
    return " " not in place and ":" not in place and place != "goal"


def numbers(read: Connection, flow: str | None = None) -> Numbers:
    """All that is not nothing; of one flow, or of each."""
    t = tallies.c
    query = select(t.flow, t.version, t.place, func.sum(t.count)).group_by(t.flow, t.version, t.place)
    return _nested(read, query.having(func.sum(t.count) != 0) if flow is None else query.where(t.flow == flow))


def versions_there(read: Connection) -> Sequence[str]:
    """The versions that somebody walks or has walked."""
    return read.execute(_VERSIONS).scalars().all()


def counted(read: Connection) -> Numbers:
    """The same by the rows themselves, which takes its time; the two agree, always."""
    return _nested(read, _rows_of(true()))


def _rows_of(which: ColumnElement[bool]) -> Executable:
    """What is to be counted of some enrolments: flow, version, place, how often."""
    e, j = enrolments.c, journal.c
    of, how_many = (e.flow, e.version), func.count()
    ended = literal(ENDED, String).concat(e.result)
    taken = select(*of, j.place, how_many).join(enrolments, e.id == j.enrolment_id)
    return union_all(
        select(*of, e.step, how_many).where(which, e.step.is_not(None)).group_by(*of, e.step),
        select(*of, ended, how_many).where(which, e.ended_at.is_not(None)).group_by(*of, ended),
        taken.where(which, j.place.is_not(None)).group_by(*of, j.place),
    )


def _nested(read: Connection, query: Executable) -> Numbers:
    found: dict[str, dict[str, dict[str, int]]] = {}
    for flow, version, place, count in read.execute(query):
        if count:
            found.setdefault(flow, {}).setdefault(version, {})[place] = int(count)
    return found


def _stands(enrolment: Enrolment) -> str | None:
    """As `kweek.leads.enrolments` writes it into the row."""
    if enrolment.ended is not None:
        return f"{ENDED}{enrolment.ended.result}"
    return enrolment.token.step if enrolment.token else None


@cache
def _add(dialect: str) -> Executable:
    statement = postgresql.insert(tallies) if dialect == "postgresql" else sqlite.insert(tallies)
    more = {"count": tallies.c.count + statement.excluded.count}
    return statement.on_conflict_do_update(index_elements=list(tallies.primary_key.columns), set_=more)
