"""What shall be rung? Rows only: whoever writes an event leaves one; the relay carries it to Temporal."""

from __future__ import annotations

from sqlalchemy import Connection, insert

from kweek.leads import tables


def leave(tx: Connection, lead_id: str, seq: int) -> None:
    """In the event's own transaction: an accepted event and its bell are one thing."""
    tx.execute(insert(tables.outbox).values(lead_id=lead_id, seq=seq))
