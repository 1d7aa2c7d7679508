"""What time is it in the flows? Flow time runs at the installation's tempo; in earnest it is the time itself.

Written once, at the very first start: a clock that two processes reckoned by themselves would run apart. One row for
each tempo, in order; in earnest and nearly always there is one. Where there are several, their turns may be called up
once, before the first of them: whoever lives so long looks at the clock by a `Watch`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from sqlalchemy import Connection, insert, select, update

from kweek.errors import KweekError
from kweek.leads.database import Database
from kweek.leads.tables import clock

_SOME_DAY: Final = timedelta(days=36_500)  # when the paces begin that nobody has called up yet
_NOTICE: Final = timedelta(seconds=1)  # so that whoever looks at the clock just now will look again


class FlowTime(Protocol):
    """What tells flow time."""

    @property
    def fastest(self) -> float: ...

    def flow(self, real: datetime) -> datetime: ...

    def real(self, flow: datetime) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Clock:
    """tempo: flow seconds per real second; 1 in earnest. before: the clock until the anchor, where it ran at another
    tempo: known from the start, so no deadline ever moves."""

    tempo: float = 1.0
    anchor_real: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    anchor_flow: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    before: Clock | None = None

    def flow(self, real: datetime) -> datetime:
        """Which flow time it is at this real time."""
        now = self.at(real)
        return now.anchor_flow + (real.astimezone(UTC) - now.anchor_real) * now.tempo

    def at(self, real: datetime) -> Clock:
        """The clock as it runs at this real time."""
        return self if self.before is None or real >= self.anchor_real else self.before.at(real)

    def waits(self, real: datetime) -> bool:
        """Have none of the turns to another tempo come yet?"""
        return self.before is not None and self.at(real).before is None

    @property
    def fastest(self) -> float:
        """Of all its tempos."""
        return self.tempo if self.before is None else max(self.tempo, self.before.fastest)

    def real(self, flow: datetime) -> datetime:
        """When it is that flow time; never before it, so that a timer set to it does not find it too early."""
        if self.before is not None and flow < self.anchor_flow:
            return self.before.real(flow)
        real = self.anchor_real + (flow.astimezone(UTC) - self.anchor_flow) / self.tempo
        while self.flow(real) < flow:
            real += datetime.resolution
        return real


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


def settle_paces(db: Database, since: datetime, paces: Sequence[tuple[float, timedelta]], tempo: float) -> None:
    """A clock that begins at this flow time, and is as slow as the world's until `begin_paces`. Then it runs at one
    tempo after the other, each for so long (of real time), and then at the last one. For a database whose clock nobody
    has settled."""
    begins = datetime.now(UTC)
    made = Clock(tempo, begins, since)
    for pace, lasts in ((1.0, _SOME_DAY), *paces):
        begins += lasts
        past = replace(made, tempo=pace)
        made = Clock(tempo, begins, past.flow(begins), past)
    with db.write() as connection:
        _write(connection, made)


def begin_paces(db: Database) -> Clock:
    """Now is when the first of them begins: once, before anybody has a deadline."""
    with db.write() as connection:
        slow, *turns = connection.execute(select(clock).order_by(clock.c.id)).all()
        sooner = turns[0].anchor_real - datetime.now(UTC) - _NOTICE
        for turn in turns:
            moved = {"anchor_real": turn.anchor_real - sooner, "anchor_flow": turn.anchor_flow - sooner * slow.tempo}
            connection.execute(update(clock).where(clock.c.id == turn.id).values(moved))
    return flow_clock(db)


def _settled(connection: Connection) -> Clock | None:
    settled: Clock | None = None
    for row in connection.execute(select(clock).order_by(clock.c.id)):
        settled = Clock(row.tempo, row.anchor_real, row.anchor_flow, settled)
    return settled


def _settle(connection: Connection, tempo: float) -> Clock:
    """In earnest flow time is real time, to the microsecond; at another tempo they part from now on."""
    now = datetime.now(UTC)
    made = Clock(tempo, now, now)
    if connection.dialect.name == "postgresql":  # two starts at once: the second waits here, and then reads
        connection.exec_driver_sql("LOCK TABLE clock IN SHARE ROW EXCLUSIVE MODE")
        if (settled := _settled(connection)) is not None:
            return settled
    _write(connection, made)
    return made


def _write(connection: Connection, made: Clock) -> int:
    """The earliest tempo first; how many there are."""
    number = 1 + (0 if made.before is None else _write(connection, made.before))
    row = {"id": number, "tempo": made.tempo, "anchor_real": made.anchor_real, "anchor_flow": made.anchor_flow}
    connection.execute(insert(clock).values(row))
    return number
