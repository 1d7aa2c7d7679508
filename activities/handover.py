"""Who in sales gets the lead, and what happens when nobody calls? Rows of `handovers`, written in the turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from kweek.flow.state import Effect
from kweek.leads.tables import absences, effects, handovers, leads, turns


@dataclass(frozen=True, slots=True)
class Desk:
    """A team as the handover sees it: names, in turn."""

    team: str
    members: Sequence[str]
    manager: str | None


def give_handover(
    tx: Connection, lead_id: str, effect: Effect, now: datetime, desk: Desk, sales_ready: bool | None, definition: int
) -> None:
    """Give the lead to whoever's turn it is; `prefer` first asks for the owner, or whoever had this lead before.
    definition: the number of the one by which it is sales ready or not."""
    args = effect.args
    wanted = _preferred(tx, lead_id, str(args["prefer"]) if args.get("prefer") else None)
    present = _present(tx, desk.members, now)
    owner = wanted if wanted in present else _next_in_turn(tx, desk, present)
    follow_up = args.get("follow_up_at")
    tx.execute(
        insert(handovers).values(
            key=effect.key, lead_id=lead_id, enrolment_id=effect.enrolment, team=desk.team, owner=owner,
            status="open", sales_ready=sales_ready, definition=definition, given_at=now,
            follow_up_at=datetime.fromisoformat(str(follow_up)) if follow_up else None,
        )
    )  # fmt: skip
    if owner is not None:
        tx.execute(update(leads).where(leads.c.id == lead_id).values(owner=owner))


def escalate(tx: Connection, lead_id: str, effect: Effect, now: datetime, reassign_to: Desk | None) -> None:
    """Climb one rung. Given to another, the promise to the lead stays as it was: its clock never starts anew."""
    key = str(effect.args["ref"])
    row = tx.execute(select(handovers).where(handovers.c.key == key)).one_or_none()
    if row is None:
        return
    tx.execute(update(handovers).where(handovers.c.key == key).values(rungs=handovers.c.rungs + 1))
    if reassign_to is None:
        return
    others = [name for name in _present(tx, reassign_to.members, now) if name != row.owner]
    owner = _next_in_turn(tx, reassign_to, others)
    if owner is not None:  # nobody else is there: it stays where it is, and the manager was told
        change = {"owner": owner, "team": reassign_to.team, "status": "open"}
        tx.execute(update(handovers).where(handovers.c.key == key).values(**change))
        tx.execute(update(leads).where(leads.c.id == lead_id).values(owner=owner))
        # who was late is known now; by the time the manager is told, it is another's
        tx.execute(
            update(effects).where(effects.c.key == effect.key).values(args={**dict(effect.args), "late": row.owner})
        )


def withdraw_handover(tx: Connection, key: str, because: str | None, now: datetime) -> None:
    """The flow takes it back."""
    row = handovers.c
    tx.execute(
        update(handovers)
        .where(row.key == key, row.status != "closed")
        .values(status="closed", closed_at=now, outcome="withdrawn", reason=because)
    )


def handover_of(tx: Connection, key: object) -> Row[Any] | None:
    """key: None answers None."""
    return None if key is None else tx.execute(select(handovers).where(handovers.c.key == key)).one_or_none()


def _preferred(tx: Connection, lead_id: str, prefer: str | None) -> str | None:
    match prefer:
        case "owner":
            return tx.execute(select(leads.c.owner).where(leads.c.id == lead_id)).scalar()
        case "same person":
            before = select(handovers.c.owner).where(handovers.c.lead_id == lead_id, handovers.c.owner.is_not(None))
            return tx.execute(before.order_by(handovers.c.given_at.desc()).limit(1)).scalar()
        case _:
            return None


def _present(tx: Connection, members: Sequence[str], now: datetime) -> list[str]:
    absence = absences.c
    gone = select(absence.member).where(absence.from_at <= now, or_(absence.until_at.is_(None), absence.until_at > now))
    absent = set(tx.execute(gone).scalars())
    return [name for name in members if name not in absent]


def _next_in_turn(tx: Connection, desk: Desk, present: Sequence[str]) -> str | None:
    """Round the whole team, past whoever is not there: counted among those present only, a lead that nobody called went
    to and fro between two of three. The count is raised and read in one statement: never twice the same turn."""
    if not present:
        return None
    upsert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    given: int = tx.execute(
        upsert(turns)
        .values(team=desk.team, given=1)
        .on_conflict_do_update(index_elements=[turns.c.team], set_={"given": turns.c.given + 1})
        .returning(turns.c.given)
    ).scalar_one()
    first = (given - 1) % len(desk.members)
    return next(name for name in (*desk.members[first:], *desk.members[:first]) if name in present)
