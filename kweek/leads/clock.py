"""What time is it in the flows? Flow time runs at the installation's tempo; in earnest it is the time itself.

Written once, at the very first start: a clock that two processes reckoned by themselves would run apart. One row for
each tempo, in order; in earnest and nearly always there is one. Where there are several, their turns may be called up
once, before the first of them: whoever lives so long looks at the clock by a `Watch`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Final, Protocol

from sqlalchemy import Connection, delete, insert, select

from kweek.errors import KweekError
from kweek.leads.database import Database
from kweek.leads.tables import clock

_SOME_DAY: Final = timedelta(days=36_500)  # when the paces begin that nobody has called up yet
_NOTICE: Final = timedelta(seconds=1)  # so that whoever looks at the clock just now will look again
_WATCHED: Final = timedelta(seconds=1)  # before and after: a page that shows time shows no shorter turns
_REAL, _FLOW = attrgetter("anchor_real"), attrgetter("anchor_flow")


class FlowTime(Protocol):
    """What tells flow time."""

    @property
    def fastest(self) -> float: ...

    def flow(self, real: datetime) -> datetime: ...

    def real(self, flow: datetime) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Clock:
    """tempo: flow seconds per real second; 1 in earnest. earlier: the clocks until the anchor, where it ran at other
    tempos, each until the anchor of the next: known from the start, so no deadline ever moves."""

    tempo: float = 1.0
    anchor_real: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    anchor_flow: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    earlier: tuple[Clock, ...] = ()

    def flow(self, real: datetime) -> datetime:
        """Which flow time it is at this real time."""
        now = self.at(real)
        return now.anchor_flow + (real.astimezone(UTC) - now.anchor_real) * now.tempo

    def at(self, real: datetime) -> Clock:
        """The clock as it runs at this real time."""
        return self._turn(_REAL, real)

    def pace(self, real: datetime) -> float:
        """How fast it goes around this real time, where its turns are too short to be watched."""
        if self.at(real - _WATCHED) is self.at(real + _WATCHED):
            return self.at(real).tempo
        return (self.flow(real + _WATCHED) - self.flow(real - _WATCHED)) / (2 * _WATCHED)

    def waits(self, real: datetime) -> bool:
        """Have none of the turns to another tempo come yet?"""
        return bool(self.earlier) and self.at(real) is self.earlier[0]

    @property
    def fastest(self) -> float:
        """Of all its tempos."""
        return max(turn.tempo for turn in (self, *self.earlier))

    def real(self, flow: datetime) -> datetime:
        """When it is that flow time; never before it, so that a timer set to it does not find it too early."""
        turn = self._turn(_FLOW, flow)
        real = turn.anchor_real + (flow.astimezone(UTC) - turn.anchor_flow) / turn.tempo
        while self.flow(real) < flow:
            real += datetime.resolution
        return real

    def _turn(self, anchor: Callable[[Clock], datetime], moment: datetime) -> Clock:
        """The last one that has begun; before the first one it is the first."""
        if not self.earlier or moment >= anchor(self):
            return self
        return self.earlier[max(0, bisect_right(self.earlier, moment, key=anchor) - 1)]


class Watch:
    """How a process looks at the installation's clock: it is read when it is first needed, and again as long as it
    waits for the turns that may still be called up. tempo: see `flow_clock`."""

    def __init__(self, db: Database, tempo: float | None = None) -> None:
        self._db, self._tempo = db, tempo
        self._read: Clock | None = None

    def clock(self) -> Clock:
        """TempoError, and what a database says that is away, until it has been read."""
        if self._read is None or self._read.waits(datetime.now(UTC)):
            self._read = flow_clock(self._db, self._tempo)
        return self._read

    @property
    def fastest(self) -> float:
        return self.clock().fastest

    def flow(self, real: datetime) -> datetime:
        return self.clock().flow(real)

    def real(self, flow: datetime) -> datetime:
        return self.clock().real(flow)


class TempoError(KweekError):
    """The tempo was settled before, as another one."""


def pace(tempo: float) -> str:
    """`5 seconds a day`, as one says it to `kweek up`."""
    seconds = f"{86_400 / tempo:.6g}"
    return "the pace of the world" if tempo == 1 else f"{seconds} second{'' if seconds == '1' else 's'} a day"


def flow_clock(db: Database, tempo: float | None = None) -> Clock:
    """The installation's clock. `tempo` counts the first time only; None: whatever was settled, else 1.

    TempoError: it was settled otherwise. Changing it would move every deadline that leads have.
    """
    with db.read() as connection:
        settled = _settled(connection)
    if settled is None:
        with db.write() as connection:
            settled = _settled(connection) or _settle(connection, tempo or 1.0)
    if tempo is not None and tempo != settled.tempo:
        raise TempoError(
            f"these leads live at {pace(settled.tempo)}, not at {pace(tempo)}, and no pace can change under them. "
            "Leave --tempo (KWEEK_TEMPO) out, or begin anew in another folder: --data DIR (KWEEK_DATA)"
        )
    return settled


def settle_paces(db: Database, since: datetime, paces: Iterable[tuple[float, timedelta]], tempo: float) -> None:
    """A clock that begins at this flow time, and is as slow as the world's until `begin_paces`. Then it runs at one
    tempo after the other, each for so long (of real time), and then at the last one. For a database whose clock nobody
    has settled."""
    begins = datetime.now(UTC)
    turns = [Clock(1.0, begins, since)]
    begins += _SOME_DAY
    for pace, lasts in (*paces, (tempo, timedelta())):
        turns.append(Clock(pace, begins, turns[-1].flow(begins)))
        begins += lasts
    with db.write() as connection:
        _write(connection, turns)


def begin_paces(db: Database) -> Clock:
    """Now is when the first of them begins: once, before anybody has a deadline."""
    with db.write() as connection:
        slow, *turns = _turns(connection)
        sooner = turns[0].anchor_real - datetime.now(UTC) - _NOTICE
        moved = [
            replace(turn, anchor_real=turn.anchor_real - sooner, anchor_flow=turn.anchor_flow - sooner * slow.tempo)
            for turn in turns
        ]
        connection.execute(delete(clock))
        _write(connection, (slow, *moved))
    return flow_clock(db)


def _settled(connection: Connection) -> Clock | None:
    turns = _turns(connection)
    return replace(turns[-1], earlier=tuple(turns[:-1])) if turns else None


def _turns(connection: Connection) -> list[Clock]:
    rows = connection.execute(select(clock).order_by(clock.c.id))
    return [Clock(row.tempo, row.anchor_real, row.anchor_flow) for row in rows]


def _settle(connection: Connection, tempo: float) -> Clock:
    """In earnest flow time is real time, to the microsecond; at another tempo they part from now on."""
    now = datetime.now(UTC)
    made = Clock(tempo, now, now)
    if connection.dialect.name == "postgresql":  # two starts at once: the second waits here, and then reads
        connection.exec_driver_sql("LOCK TABLE clock IN SHARE ROW EXCLUSIVE MODE")
        if (settled := _settled(connection)) is not None:
            return settled
    _write(connection, [made])
    return made


def _write(connection: Connection, turns: Iterable[Clock]) -> None:
    rows = [
        {"id": number, "tempo": turn.tempo, "anchor_real": turn.anchor_real, "anchor_flow": turn.anchor_flow}
        for number, turn in enumerate(turns, 1)
    ]
    connection.execute(insert(clock), rows)
