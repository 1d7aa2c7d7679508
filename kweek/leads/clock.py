"""What time is it in the flows? Flow time runs at the installation's tempo; in earnest it is the time itself.

One row, written once: a clock that two processes reckoned by themselves would run apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select

from kweek.errors import KweekError
from kweek.leads.database import Database
from kweek.leads.tables import clock


@dataclass(frozen=True, slots=True)
class Clock:
    """tempo: flow seconds per real second; 1 in earnest."""

    tempo: float = 1.0
    anchor_real: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    anchor_flow: datetime = datetime(1970, 1, 1, tzinfo=UTC)

    def flow(self, real: datetime) -> datetime:
        """Which flow time it is at this real time."""
        return self.anchor_flow + (real.astimezone(UTC) - self.anchor_real) * self.tempo

    def real(self, flow: datetime) -> datetime:
        """When it is that flow time; never before it, so that a timer set to it does not find it too early."""
        real = self.anchor_real + (flow.astimezone(UTC) - self.anchor_flow) / self.tempo
        while self.flow(real) < flow:
            real += datetime.resolution
        return real


class TempoError(KweekError):
    """The tempo was settled before, as another one."""


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
            f"These leads live at a tempo of {settled.tempo:g}, not {tempo:g}; it cannot change under them. "
            "Leave KWEEK_TEMPO out, or start with another KWEEK_DATA."
        )
    return settled


def _settled(connection: Connection) -> Clock | None:
    row = connection.execute(select(clock)).one_or_none()
    return None if row is None else Clock(row.tempo, row.anchor_real, row.anchor_flow)


def _settle(connection: Connection, tempo: float) -> Clock:
    """In earnest flow time is real time, to the microsecond; at another tempo they part from now on."""
    now = datetime.now(UTC)
    made = Clock(tempo, now, now)
    if connection.dialect.name == "postgresql":  # two starts at once: the second waits here, and then reads
        connection.exec_driver_sql("LOCK TABLE clock IN SHARE ROW EXCLUSIVE MODE")
        if (settled := _settled(connection)) is not None:
            return settled
    connection.execute(
        insert(clock).values(id=1, tempo=tempo, anchor_real=made.anchor_real, anchor_flow=made.anchor_flow)
    )
    return made
