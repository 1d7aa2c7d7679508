"""What does a merge take from the lead that goes, so that somebody has to hear of it where they are two after all?"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, bindparam, select

from kweek.flow.stored import load_enrolment
from kweek.intake.merging.rows import Told
from kweek.leads.tables import effects, enrolments, handovers

_WALKS: Final = (
    select(enrolments.c.state)
    .where(enrolments.c.lead_id == bindparam("lead"), enrolments.c.ended_at.is_(None))
    .order_by(enrolments.c.started_at, enrolments.c.id)
)
_KIND: Final = select(effects.c.kind).where(effects.c.key == bindparam("key"))
_DESK: Final = select(handovers.c.owner, handovers.c.team).where(handovers.c.key == bindparam("key"))
_LIES: Final = {"give_handover": "handover", "open_call_task": "call", "open_task": "task"}
"""What an enrolment may wait for, the weightiest first."""
_WEIGHT: Final = (*_LIES.values(), "flow")


def what_it_ends(read: Connection, gone: str) -> Told:
    """As the data of `unmerged` say it (`kweek.flow.machine.people.owe_a_look`); of several the weightiest. Nothing:
    the lead walked nowhere."""
    walks = [load_enrolment(state) for state in read.execute(_WALKS, {"lead": gone}).scalars()]
    found = [_taken_by(read, walk.id, walk.token.ref if walk.token else None) for walk in walks]
    return min(found, key=lambda one: _WEIGHT.index(one["withdrew"]), default=Told())


def _taken_by(read: Connection, enrolment: str, ref: str | None) -> Told:
    kind = read.execute(_KIND, {"key": ref}).scalar() if ref is not None else None
    withdrew = _LIES.get(kind or "", "flow")
    told: Told = {"enrolment": enrolment, "withdrew": withdrew}
    desk = read.execute(_DESK, {"key": ref}).one_or_none() if withdrew == "handover" else None
    return told if desk is None else {**told, "to": desk.owner or desk.team}
