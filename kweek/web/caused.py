"""When did a turn move a lead, as a reader sees it? Never before what it reacted to, though its clock was behind.

An event is written by one part of the house, the turn that hears it by another. Where flow time runs fast, a moment
between their clocks is hours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, select

from kweek.leads import tables


@dataclass(frozen=True, slots=True)
class Caused:
    """Only of turns whose clock was behind. turns: by enrolment and number. effects: by their keys."""

    turns: Mapping[tuple[str, int], datetime] = field(default_factory=dict[tuple[str, int], datetime])
    effects: Mapping[str, datetime] = field(default_factory=dict[str, datetime])


def caused(read: Connection, lead_id: str) -> Caused:
    j, e = tables.journal.c, tables.events.c
    heard = (e.lead_id == j.lead_id) & (e.seq == j.detail["seq"].as_integer())
    query = select(j.enrolment_id, j.turn, e.at).join_from(tables.journal, tables.events, heard)
    behind = query.where(j.lead_id == lead_id, j.kind == "reacted", e.at > j.at).order_by(e.at)
    turns = {(row.enrolment_id, row.turn): row.at for row in read.execute(behind)}
    if not turns:
        return Caused()
    effects = select(j.enrolment_id, j.turn, j.detail).where(j.lead_id == lead_id, j.kind == "effect")
    keys = {
        str(row.detail.get("key")): turns[row.enrolment_id, row.turn]
        for row in read.execute(effects)
        if (row.enrolment_id, row.turn) in turns
    }
    return Caused(turns, keys)
